"""What a won deal brings, as a characteristic function: a table per distinct spread.

An amount is a * exp(s Z - s^2 / 2), Z standard normal: mean a, log-sd s. Its characteristic function at w is
e^{iwa} T_s(w a s), where T_s, freed of the turning of the mean, is smooth and is read from a table by linear
interpolation; error below 3e-5. One table row per distinct spread ("kind"), because an organisation has few.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Ints = NDArray[np.int64]
MOST_KINDS = 200
STEPS = 128
"""Table points per unit of w a s."""
_LONGEST = 16 * STEPS
_GONE = 2e-5


class Amounts(NamedTuple):
    """Per kind of spread, amounts of mean 1.

    ``spread`` log-sd; ``real``, ``imaginary`` of T at 0, 1/128, 2/128 …, zero at the end; ``raw`` moments about zero
    1-4, shape (kinds, 4); ``stretch`` how far beyond its mean an amount matters to the frequencies; ``highest`` what
    it can hardly exceed (four log-sds).
    """

    spread: Floats
    real: Singles
    imaginary: Singles
    raw: Floats
    stretch: Floats
    highest: Floats


def amounts(spreads: Floats) -> Amounts:
    """The table for the given log-sds (kinds,), 0 <= s < 5. A log-sd of 0 is a certain amount.

    >>> table = amounts(np.array([0.0, 0.5]))
    >>> w, s, z = 3.0, 0.5, np.linspace(-8, 8, 4001)
    >>> exact = (np.exp(-z * z / 2 + 1j * w * np.exp(s * z - s * s / 2))).sum() * 0.004 / np.sqrt(2 * np.pi)
    >>> at = int(w * s * STEPS)
    >>> bool(abs((table.real[1, at] + 1j * table.imaginary[1, at]) * np.exp(1j * w) - exact) < 1e-6)
    True
    """
    tables = [_table(float(s)) for s in spreads]
    longest = max(len(t) for t in tables) + 2
    every = np.zeros((len(spreads), longest), complex)
    for k, t in enumerate(tables):
        every[k, : len(t)] = t
    raw = np.exp(np.outer(spreads**2, [0.0, 1.0, 3.0, 6.0]))
    return Amounts(
        np.asarray(spreads, float), every.real.astype(np.float32), every.imag.astype(np.float32), raw,
        1 + spreads, np.exp(4 * spreads),
    )  # fmt: skip


@lru_cache(maxsize=2 * MOST_KINDS)
def _table(s: float) -> NDArray[np.complex128]:
    """T_s by the trapezoidal rule over Z, which converges exponentially for a normal weight."""
    if s == 0:
        return np.ones(1, complex)
    step = min(0.08, 0.25 * float(np.exp(-3 * s)))
    z = np.arange(-8, 8 + step, step)
    weight = np.exp(-z * z / 2) * step / np.sqrt(2 * np.pi)
    turn = (np.exp(s * z - s * s / 2) - 1) / s
    found = []
    for first in range(0, _LONGEST, STEPS):
        t = np.arange(first, first + STEPS) / STEPS
        found.append(np.exp(1j * t[:, None] * turn[None, :]) @ weight)
        if abs(found[-1][-1]) < _GONE:
            break
    return np.concatenate(found)


def kinds_of(spreads: Floats) -> tuple[Floats, Ints]:
    """Distinct spreads (rising) and the kind of each deal. More than 200 distinct ones are rounded to 0.01."""
    distinct, kind = np.unique(spreads, return_inverse=True)
    if len(distinct) > MOST_KINDS:
        distinct, kind = np.unique(np.round(spreads, 2), return_inverse=True)
    return distinct, kind.astype(np.int64)

"""Weekly hazards of won and lost from counts, and effects of owners pooled towards none: millions of rows in seconds.

Rows of the same kind have the same chance, so that counts of kinds (cells) say all that rows say: two ridge-penalised
logistic regressions on the cells give what the same regressions on the rows would. Effects of owners need one more
number per row, whose cell and owner it is; they are fitted one dimension at a time and their spread is estimated
along (empirical Bayes). They are for sums; this module returns them to its caller and keeps nothing.
Source: as in :mod:`~fairlead.forecasting.hazards`; the spread by the EM algorithm (Dempster, Laird & Rubin 1977).
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from math import prod
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fairlead.forecasting import jit
from fairlead.forecasting.design import TOGETHER_SD, USUAL_SD
from fairlead.forecasting.glm import expit, fit_logit, logit
from fairlead.forecasting.threads import one_thread

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Codes = NDArray[Any]
"""Whole numbers of any width."""
MOST_CELLS = 20_000_000
"""Possible kinds that are counted in one table; with more of them only those that occur are."""
COMPILED_FROM = 2_000_000
"""Rows from which compiled loops are worth what their first compilation takes."""
PRIOR_ROWS, PRIOR_WON, PRIOR_LOST = 200.0, 0.02, 0.05
"""Weeks of deals that the hazards before any data are worth."""
ROUNDS, FIRST_SPREAD = 8, 0.5


@dataclass(frozen=True)
class Cells:
    """Counts per kind: ``codes`` (kinds, factors), -1 where a level is not known, and how many ended how."""

    sizes: tuple[int, ...]
    codes: Ints
    rows: Floats
    won: Floats
    lost: Floats


@dataclass(frozen=True)
class Fit:
    """Weekly hazards: a base and one effect per level of each factor, in log-odds, for won and for lost.

    ``crossed`` are pairs of factors whose levels also have an effect together.
    """

    sizes: tuple[int, ...]
    crossed: tuple[tuple[int, int], ...]
    base: tuple[float, float]
    won: Floats
    lost: Floats

    def log_odds(self, codes: Ints) -> tuple[Floats, Floats]:
        """Log-odds of being won, and of being lost, within the week."""
        X = columns_of(codes, self.sizes, self.crossed)
        return self.base[0] + X @ self.won, self.base[1] + X @ self.lost

    def chances(self, codes: Ints) -> tuple[Floats, Floats]:
        """P(won within the week), P(lost within the week) per kind."""
        won, lost = self.log_odds(codes)
        return expit(won), expit(lost)


@dataclass(frozen=True)
class Effects:
    """Effects of owners in log-odds, pooled towards 0, and the spread they were found to have."""

    effect: Floats
    spread: float


def gather(factors: Sequence[Codes], sizes: Sequence[int], event: Codes) -> tuple[Cells, NDArray[np.int32]]:
    """Rows counted to cells, and which cell each row belongs to. ``event``: 0 still open, 1 won, 2 lost.

    Raises ValueError where a code lies outside of its factor.
    """
    for codes, size in zip(factors, sizes, strict=True):
        if len(codes) and not (int(codes.min()) >= 0 and int(codes.max()) < size):
            raise ValueError(f"Codes of a factor of {size} levels lie outside 0 to {size - 1}.")
    possible = prod(sizes)
    if len(event) >= COMPILED_FROM and possible <= MOST_CELLS:
        counts, cell = _gather_compiled(factors, sizes, event)
    elif possible <= MOST_CELLS:
        cell = np.ravel_multi_index([np.asarray(c, np.int64) for c in factors], tuple(sizes)).astype(np.int32)
        counts = np.bincount(cell * np.int64(3) + event, minlength=3 * possible).reshape(possible, 3)
    else:
        kinds, at = np.unique(
            np.column_stack([np.asarray(c, np.int64) for c in factors]), axis=0, return_inverse=True
        )
        at = at.ravel()
        counts = np.bincount(at * 3 + event, minlength=3 * len(kinds)).reshape(-1, 3)
        return _cells(kinds, sizes, counts), at.astype(np.int32)
    taken = np.flatnonzero(counts.sum(axis=1))
    place = np.zeros(possible, np.int32)
    place[taken] = np.arange(len(taken), dtype=np.int32)
    codes = np.column_stack(np.unravel_index(taken, tuple(sizes)))
    return _cells(codes, sizes, counts[taken]), place[cell]


def _cells(codes: Ints, sizes: Sequence[int], counts: Codes) -> Cells:
    found = counts.astype(float)
    return Cells(tuple(sizes), codes.astype(np.int64), found.sum(axis=1), found[:, 1], found[:, 2])


@one_thread
def fit(cells: Cells, *, crossed: Sequence[tuple[int, int]] = ()) -> Fit:
    """Hazards of won and lost, each effect pooled towards 0; all of them together move a hazard by about 0.8."""
    pairs = tuple(crossed)
    X = columns_of(cells.codes, cells.sizes, pairs)
    features = sum(size > 1 for size in cells.sizes) + len(pairs)
    sd = min(USUAL_SD, TOGETHER_SD / max(features, 1) ** 0.5)
    ridge = np.full(X.shape[1], sd**-2)
    base, found = [], []
    for count, prior in ((cells.won, PRIOR_WON), (cells.lost, PRIOR_LOST)):
        rate = (count.sum() + PRIOR_ROWS * prior) / (cells.rows.sum() + PRIOR_ROWS)
        base.append(float(logit(np.array(rate))))
        share = count / np.maximum(cells.rows, 1e-9)
        found.append(fit_logit(X, share, cells.rows, ridge, np.full(len(share), base[-1])))
    return Fit(cells.sizes, pairs, (base[0], base[1]), found[0], found[1])


def columns_of(codes: Ints, sizes: Sequence[int], crossed: Sequence[tuple[int, int]]) -> Floats:
    """A column per level of each factor and of each pair; a level that is not known has none."""
    blocks = [(codes[:, k], size) for k, size in enumerate(sizes)]
    for a, b in crossed:
        both = np.where((codes[:, a] >= 0) & (codes[:, b] >= 0), codes[:, a] * sizes[b] + codes[:, b], -1)
        blocks.append((both, sizes[a] * sizes[b]))
    X = np.zeros((len(codes), sum(size for _, size in blocks)))
    at = 0
    for code, size in blocks:
        known = np.flatnonzero(code >= 0)
        X[known, at + code[known]] = 1.0
        at += size
    return X


def pooled(log_odds: Floats, cell: Codes, owner: Codes, happened: Codes, owners: int) -> Effects:
    """Effects of owners beside what their deals' kinds say. ``log_odds`` per cell, the rest per row of the weeks.

    Newton steps in one dimension per owner, the spread by EM between them. A row costs a product and a division
    a round: the exponential of a sum is a product of two that are read from tables.
    """
    came = np.bincount(owner[np.asarray(happened, bool)], minlength=owners).astype(float)
    effect, spread = np.zeros(owners), FIRST_SPREAD**2
    against = np.exp(-np.clip(log_odds, -30, 30))
    for _ in range(ROUNDS):
        expected, curvature = _sums(against, np.exp(-effect), cell, owner)
        room = 1 / (curvature + 1 / spread)
        step = room * (came - expected - effect / spread)
        effect = np.clip(effect + np.clip(step, -1.0, 1.0), -6.0, 6.0)
        spread = max(float(np.mean(effect * effect + room)), 1e-6)
    return Effects(effect, float(np.sqrt(spread)))


def _sums(against: Floats, factor: Floats, cell: Codes, owner: Codes) -> tuple[Floats, Floats]:
    """Per owner the sum of p and of p (1 - p), where p = 1 / (1 + against * factor)."""
    if len(cell) < COMPILED_FROM:
        p = 1 / (1 + against[cell] * factor[owner])
        return (
            np.asarray(np.bincount(owner, weights=p, minlength=len(factor)), float),
            np.asarray(np.bincount(owner, weights=p * (1 - p), minlength=len(factor)), float),
        )
    loops = _loops()
    parts = _in_two(len(cell), lambda a, b: loops.owner_sums(against, factor, cell[a:b], owner[a:b]))
    return parts[0][0] + parts[1][0], parts[0][1] + parts[1][1]


def _gather_compiled(
    factors: Sequence[Codes], sizes: Sequence[int], event: Codes
) -> tuple[Codes, NDArray[np.int32]]:
    loops = _loops()
    narrow = [np.ascontiguousarray(c, np.int16 if max(sizes) > 127 else np.int8) for c in factors]
    ended = np.ascontiguousarray(event, np.int8)
    cell = np.zeros(len(event), np.int32)

    def count(first: int, last: int) -> Any:
        for codes, size in zip(narrow, sizes, strict=True):
            loops.shift(cell[first:last], codes[first:last], size)
        return loops.count(cell[first:last], ended[first:last], prod(sizes))

    return sum(_in_two(len(event), count)), cell


@cache
def _loops() -> ModuleType:
    """The compiled loops, tried on a row; compiled in memory where what is kept on disk cannot be used."""
    jit.settle()
    loops = importlib.import_module("fairlead.forecasting.cellkernels")
    try:
        _try_out(loops)
    except Exception:  # whatever is wrong with the cache folder must never stop a fit
        jit.keep(False)
        loops = importlib.reload(loops)
        _try_out(loops)
    return loops


def _try_out(loops: ModuleType) -> None:
    cell, owner = np.zeros(1, np.int32), np.zeros(1, np.int32)
    loops.shift(cell, np.zeros(1, np.int8), 1)
    loops.count(cell, np.zeros(1, np.int8), 1)
    loops.owner_sums(np.ones(1), np.ones(1), cell, owner)


def _in_two(rows: int, work: Any) -> list[Any]:
    """The work on both halves of the rows, each on a thread of its own; always the same halves, so the same sums."""
    edges = [0, rows // 2, rows]
    with ThreadPoolExecutor(2) as threads:
        return list(threads.map(lambda pair: work(*pair), pairwise(edges)))

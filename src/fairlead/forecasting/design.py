"""From features to a design matrix: pooled one-hot columns, standardised numbers, a few interactions.

Pooling is a ridge per column: a penalty 1/sd^2 is a normal prior with that sd in log-odds on the effect of a
level, so a level with little history stays near zero. Rare levels share one column. The priors are shared out: all
features together may move a chance by so much before any data, so that many columns on few deals say little.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fairlead.forecasting.evidence import OWNER, TEAM, Table

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
PRIOR_SD = {OWNER: 0.35, TEAM: 0.3}
"""Largest prior sd in log-odds of the effect of one level; other columns may take up to :data:`USUAL_SD`."""
USUAL_SD, PRODUCT_SHARE = 0.6, 0.6
TOGETHER_SD = 0.8
"""Prior sd of the log-odds that all features have together: half of all chances of .25 lie in .16-.36."""
_MOST_LEVELS = 150
_CROSSED_STAGES = 8


@dataclass(frozen=True)
class Column:
    """One column of the design. ``group`` is the feature it belongs to, for drop-one reasons."""

    group: str
    level: int | None
    number: str | None
    centre: float
    scale: float
    ridge: float


@dataclass(frozen=True)
class Design:
    """A fitted recipe: the same columns for any table of the same timeline.

    ``lookup`` maps a level code to its column within the block of a text column (-1: pooled to zero).
    """

    blocks: tuple[tuple[str, dict[int, int]], ...]
    columns: tuple[Column, ...]

    @property
    def ridge(self) -> Floats:
        """Penalty per column; the first is the intercept and free."""
        return np.array([1e-6] + [c.ridge for c in self.columns])

    @property
    def groups(self) -> tuple[str, ...]:
        """Group of each column after the intercept."""
        return tuple(c.group for c in self.columns)

    def matrix(self, table: Table) -> Floats:
        """Design matrix, shape (rows, 1 + columns)."""
        X = np.zeros((len(table), 1 + len(self.columns)))
        X[:, 0] = 1.0
        for j, c in enumerate(self.columns, start=1):
            if c.number is not None:
                X[:, j] = _standard(table.values[c.number], c.centre, c.scale)
        for name, lookup in self.blocks:
            _set_levels(X, table.codes[name], lookup, len(table.levels[name]))
        for j, c in enumerate(self.columns, start=1):
            if c.number is not None and c.level is not None:
                X[:, j] *= table.codes["stage"] == c.level
        return X


def _standard(x: Floats, centre: float, scale: float) -> Floats:
    return np.clip(np.nan_to_num((x - centre) / scale, nan=0.0), -4, 4)


def _set_levels(X: Floats, codes: Ints, lookup: dict[int, int], levels: int) -> None:
    where = np.full(levels, -1)
    for code, column in lookup.items():
        where[code] = column
    at = where[codes]
    rows = np.flatnonzero(at >= 0)
    X[rows, at[rows]] = 1.0


def design(table: Table, *, without: frozenset[str] = frozenset()) -> Design:
    """Choose the columns from the levels and spreads seen in ``table``; ``without`` leaves features out."""
    columns: list[Column] = []
    blocks: list[tuple[str, dict[int, int]]] = []
    usual = {n: _frequent(table.codes[n], len(table.levels[n])) for n in sorted(set(table.codes) - without)}
    numbers = sorted(set(table.values) - without)
    features = sum(bool(codes) for codes in usual.values()) + len(numbers)
    sd = min(USUAL_SD, TOGETHER_SD / max(features, 1) ** 0.5)
    for name, codes in usual.items():
        lookup = {}
        for code in codes:
            columns.append(Column(name, code, None, 0, 1, min(PRIOR_SD.get(name, sd), sd) ** -2))
            lookup[code] = len(columns)
        blocks.append((name, lookup))
    for name in numbers:
        columns += _number_columns(name, table.values[name], sd)
    columns += _crossed(table, without, PRODUCT_SHARE * sd)
    return Design(tuple(blocks), tuple(columns))


def _frequent(codes: Ints, levels: int) -> list[int]:
    """The levels worth a column: seen five times or more, most frequent first, none where only one is."""
    counts = np.bincount(codes, minlength=levels)
    order = np.argsort(-counts, kind="stable")[:_MOST_LEVELS]
    kept = [int(c) for c in order if counts[c] >= 5]
    return kept if len(kept) > 1 or (kept and counts[kept[0]] < len(codes)) else []


def _number_columns(name: str, x: Floats, sd: float) -> list[Column]:
    """The number against its mean, in its own standard deviations."""
    known = x[np.isfinite(x)]
    if len(known) < 5 or np.ptp(known) < 1e-9:
        return []
    return [Column(name, None, name, float(known.mean()), float(known.std()) or 1.0, sd**-2)]


def _crossed(table: Table, without: frozenset[str], sd: float) -> list[Column]:
    """Stage by time: how age, time in stage and days left act differs between stages."""
    if "stage" not in table.codes or "stage" in without:
        return []
    stages = _frequent(table.codes["stage"], len(table.levels["stage"]))[:_CROSSED_STAGES]
    out = []
    for name in ("age", "in stage", "quiet", "left"):
        if name in table.values and name not in without:
            for c in _number_columns(name, table.values[name], sd):
                out += [Column("stage", s, name, c.centre, c.scale, c.ridge) for s in stages]
    return out

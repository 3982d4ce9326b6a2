"""From features to a design matrix: pooled one-hot columns, standardised numbers, a few interactions.

Pooling is a ridge per column: a penalty 1/sd^2 is a normal prior with that sd in log-odds on the effect of a
level, so a level with little history stays near zero. Rare levels share one column.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fairlead.forecasting.evidence import OWNER, TEAM, Table

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
PRIOR_SD = {OWNER: 0.35, TEAM: 0.3}
"""Prior sd in log-odds of the effect of one level; other text columns take :data:`USUAL_SD`."""
USUAL_SD, NUMBER_SD, PRODUCT_SD = 0.6, 0.5, 0.3
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
    for name in sorted(set(table.codes) - without):
        lookup = {}
        for code in _frequent(table.codes[name], len(table.levels[name])):
            columns.append(Column(name, code, None, 0, 1, PRIOR_SD.get(name, USUAL_SD) ** -2))
            lookup[code] = len(columns)
        blocks.append((name, lookup))
    for name in sorted(set(table.values) - without):
        columns += _number_columns(name, table.values[name])
    columns += _crossed(table, without)
    return Design(tuple(blocks), tuple(columns))


def _frequent(codes: Ints, levels: int) -> list[int]:
    """The levels worth a column: seen five times or more, most frequent first, none where only one is."""
    counts = np.bincount(codes, minlength=levels)
    order = np.argsort(-counts, kind="stable")[:_MOST_LEVELS]
    kept = [int(c) for c in order if counts[c] >= 5]
    return kept if len(kept) > 1 or (kept and counts[kept[0]] < len(codes)) else []


def _number_columns(name: str, x: Floats) -> list[Column]:
    """The number and, where it spreads over more than a few values, two hinges at its outer thirds."""
    known = x[np.isfinite(x)]
    if len(known) < 5 or np.ptp(known) < 1e-9:
        return []
    return [Column(name, None, name, float(known.mean()), float(known.std()) or 1.0, NUMBER_SD**-2)]


def _crossed(table: Table, without: frozenset[str]) -> list[Column]:
    """Stage by time: how age, time in stage and days left act differs between stages."""
    if "stage" not in table.codes or "stage" in without:
        return []
    stages = _frequent(table.codes["stage"], len(table.levels["stage"]))[:_CROSSED_STAGES]
    out = []
    for name in ("age", "in stage", "quiet", "left"):
        if name in table.values and name not in without:
            for c in _number_columns(name, table.values[name]):
                out += [Column("stage", s, name, c.centre, c.scale, PRODUCT_SD**-2) for s in stages]
    return out

"""A test in the order of time on weekly cells: what was said of the next week, against what came.

Sums are made by the engine, so that the rows of a history never come here: only kinds of deals with their counts. Each
company is taught by its own past alone. Owners take no part, so no effect of a person is computed or kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fairlead.forecasting import cells
from fairlead.forecasting.lake import expressions
from fairlead.forecasting.lake.engines import Engine
from fairlead.forecasting.lake.reading import Lake, Unreadable
from fairlead.forecasting.weekly import FACTORS

Floats = NDArray[np.float64]
REFIT_WEEKS, LEAST_WEEKS = 4, 8
LOWEST = 1e-5
_BINS = 10


@dataclass(frozen=True)
class Look:
    """Four weeks that one fit was asked about. ``taught`` are the rows before them."""

    week: date
    taught: int
    rows: int
    won: int
    said: float


@dataclass(frozen=True)
class Tested:
    """Scores of the chance that an open deal is won before the next Monday. None where nothing can be said."""

    company: str
    rows: int
    won: int
    said: float
    log_loss: float | None
    base_rate_log_loss: float | None
    brier: float | None
    ece: float | None
    looks: tuple[Look, ...]


def backtest(
    lake: Lake,
    engine: Engine,
    *,
    companies: Sequence[str],
    start: date,
    end: date | None = None,
    progress: Callable[[str], None] | None = None,
) -> tuple[Tested, ...]:
    """Fit on the weeks before each look, four weeks apart from ``start`` on, and score those four weeks.

    ``end``: only weeks that begin before it. Raises Unreadable where a company has no weeks on both sides of ``start``.
    """
    out = []
    for company in companies:
        if progress:
            progress(company)
        out.append(_company(lake, engine, company, start, end))
    return tuple(out)


@dataclass(frozen=True)
class _Asked:
    """What one look adds to the scores: counts and chances per kind."""

    rows: Floats
    won: Floats
    said: Floats
    base: float


def _company(lake: Lake, engine: Engine, company: str, start: date, end: date | None) -> Tested:
    table = expressions.of_company(lake.table(engine, "cells", company), company)
    spans = engine.rows(expressions.spans(table))
    first, last = (spans[0][1], spans[0][2]) if spans else (start, start)
    until = min(last + timedelta(days=7), end or date.max)
    if not spans or start >= until or start - first < timedelta(weeks=LEAST_WEEKS):
        raise Unreadable(
            f"{company}: its weeks go from {first} to {last}; a test needs {LEAST_WEEKS} of them before --from and "
            "one after it."
        )
    looks, asked = [], []
    for begins, stops in _looks(start, until):
        learn = engine.rows(expressions.kinds(table, date.min, begins))
        ask = engine.rows(expressions.kinds(table, begins, stops))
        if learn and ask:
            one = _ask(learn, ask)
            asked.append(one)
            said = float(one.said @ one.rows)
            taught = sum(row[-3] for row in learn)
            looks.append(Look(begins, taught, int(one.rows.sum()), int(one.won.sum()), round(said, 4)))
    return _scored(company, looks, asked)


def _looks(start: date, until: date) -> Iterator[tuple[date, date]]:
    begins = start + timedelta(days=-start.weekday() % 7)
    while begins < until:
        yield begins, min(begins + timedelta(weeks=REFIT_WEEKS), until)
        begins += timedelta(weeks=REFIT_WEEKS)


def _ask(learn: list[tuple[Any, ...]], ask: list[tuple[Any, ...]]) -> _Asked:
    levels = [sorted({row[1 + k] for row in learn}) for k in range(len(FACTORS))]
    place = [{text: code for code, text in enumerate(known)} for known in levels]
    sizes = tuple(len(known) for known in levels)

    def read(rows: list[tuple[Any, ...]]) -> cells.Cells:
        codes = [[place[k].get(row[1 + k], -1) for k in range(len(FACTORS))] for row in rows]
        counts = np.array([row[-3:] for row in rows], float)
        return cells.Cells(sizes, np.array(codes, np.int64), counts[:, 0], counts[:, 1], counts[:, 2])

    taught, asked = read(learn), read(ask)
    won, _ = cells.fit(taught).chances(asked.codes)
    base = (taught.won.sum() + cells.PRIOR_ROWS * cells.PRIOR_WON) / (taught.rows.sum() + cells.PRIOR_ROWS)
    return _Asked(asked.rows, asked.won, np.clip(won, LOWEST, 1 - LOWEST), float(base))


def _scored(company: str, looks: list[Look], asked: list[_Asked]) -> Tested:
    if not asked:
        return Tested(company, 0, 0, 0.0, None, None, None, None, ())
    rows, won, said = (
        np.concatenate([getattr(one, name) for one in asked]) for name in ("rows", "won", "said")
    )
    base = np.concatenate([np.full(len(one.rows), one.base) for one in asked])
    n = rows.sum()
    return Tested(
        company, int(n), int(won.sum()), round(float(said @ rows), 4), _loss(said, rows, won),
        _loss(base, rows, won), round(float(won @ (1 - said) ** 2 + (rows - won) @ said**2) / float(n), 6),
        _calibration(said, rows, won), tuple(looks),
    )  # fmt: skip


def _loss(p: Floats, rows: Floats, won: Floats) -> float:
    return round(-float(won @ np.log(p) + (rows - won) @ np.log1p(-p)) / float(rows.sum()), 6)


def _calibration(said: Floats, rows: Floats, won: Floats) -> float:
    """Mean distance of what was said from what came, over ten bins of about the same number of rows."""
    order = np.argsort(said, kind="stable")
    middle = (np.cumsum(rows[order]) - rows[order] / 2) / rows.sum()
    which = np.minimum((middle * _BINS).astype(int), _BINS - 1)
    gap = np.bincount(which, weights=(rows * said - won)[order], minlength=_BINS)
    return round(float(np.abs(gap).sum() / rows.sum()), 6)

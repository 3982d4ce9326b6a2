"""What is asked of a history on disk, written once for every engine: Narwhals expressions over lazy frames.

Nothing here knows which engine computes: DuckDB in this process, or Spark on many machines.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import narwhals.stable.v2 as nw

from fairlead.forecasting.weekly import FACTORS, LOST, RUNNING, WON

Frame = nw.LazyFrame[Any]
CELL = ("company", "period", "week", *FACTORS)
KIND = ("company", *FACTORS)


def of_company(frame: Frame, company: str) -> Frame:
    """The rows of one company."""
    return frame.filter(nw.col("company") == company)


def cells(snapshots: Frame) -> Frame:
    """Weekly rows counted: one row per company, week and kind of deal. A running week has none."""
    ended = snapshots.filter(nw.col("event") != RUNNING)
    counted = ended.select(
        *CELL,
        one=nw.lit(1, nw.Int64),
        is_won=(nw.col("event") == WON).cast(nw.Int64),
        is_lost=(nw.col("event") == LOST).cast(nw.Int64),
        cents=nw.when(nw.col("event") == WON)
        .then(nw.col("cents").fill_null(0))
        .otherwise(nw.lit(0, nw.Int64)),
    )
    summed = counted.group_by(*CELL).agg(
        rows=nw.col("one").sum(),
        won=nw.col("is_won").sum(),
        lost=nw.col("is_lost").sum(),
        won_cents=nw.col("cents").sum(),
    )
    return _whole(summed.select(*CELL, "rows", "won", "lost", "won_cents")).sort(*CELL)


def kinds(cells: Frame, first: date, until: date) -> Frame:
    """Cells of the weeks from ``first`` to before ``until`` added up over weeks: what a fit learns from."""
    summed = (
        within(cells, first, until)
        .group_by(*KIND)
        .agg(rows=nw.col("rows").sum(), won=nw.col("won").sum(), lost=nw.col("lost").sum())
    )
    return _whole(summed.select(*KIND, "rows", "won", "lost")).sort(*KIND)


def within(cells: Frame, first: date, until: date) -> Frame:
    """Cells of the weeks that begin on ``first`` or later and before ``until``."""
    return cells.filter(nw.col("week") >= nw.lit(first), nw.col("week") < nw.lit(until))


def spans(cells: Frame) -> Frame:
    """First and last week of each company, and how many deals and wins were counted in all."""
    summed = cells.group_by("company").agg(
        first=nw.col("week").min(),
        last=nw.col("week").max(),
        rows=nw.col("rows").sum(),
        won=nw.col("won").sum(),
        lost=nw.col("lost").sum(),
    )
    return _whole(summed).sort("company")


def ordered(frame: Frame, *keys: str) -> Frame:
    """Rows in the order they had in the source."""
    return frame.sort(*keys)


def _whole(frame: Frame) -> Frame:
    """Sums as 64-bit whole numbers: engines widen them, each in its own way."""
    names = [n for n in ("rows", "won", "lost", "won_cents") if n in frame.collect_schema().names()]
    return frame.with_columns(*(nw.col(name).cast(nw.Int64) for name in names))

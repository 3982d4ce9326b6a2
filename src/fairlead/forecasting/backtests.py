"""The time-ordered test of the estimate on a history of one's own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from fairlead.forecasting.periods import Calendar
from fairlead.forecasting.results import Backtest
from fairlead.forecasting.types import History


def backtest(
    history: History,
    *,
    start: date | str,
    end: date | None = None,
    every: int | str = "week",
    horizon_days: int | None = None,
    period_kind: str = "quarter",
    calendar: Calendar | None = None,
    levels: Sequence[str] = ("company", "team", "person"),
    by: Sequence[str] = (),
    progress: Callable[[int, int], None] | None = None,
) -> Backtest:
    """Estimate at every as-of date from ``start`` on and score against what came."""
    raise NotImplementedError

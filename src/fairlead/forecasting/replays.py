"""One's own past at once: the last ended periods, seen from the same week."""

from __future__ import annotations

from datetime import date

from fairlead.forecasting.periods import Calendar
from fairlead.forecasting.results import Replay
from fairlead.forecasting.types import COMPANY, History


def replay(
    history: History,
    *,
    as_of: date,
    periods: int = 8,
    calendar: Calendar | None = None,
    kind: str = "quarter",
    node: str = COMPANY,
) -> Replay:
    """What the estimate would have said of the last ``periods`` ended periods at today's week."""
    raise NotImplementedError

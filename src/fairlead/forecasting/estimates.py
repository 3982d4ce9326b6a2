"""The estimate of a period: public entry of the library."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from fairlead.forecasting.periods import Calendar, Period
from fairlead.forecasting.types import Forecast, History


def estimate(
    history: History,
    *,
    as_of: date,
    period: Period,
    calendar: Calendar | None = None,
    targets: Mapping[str, float] | None = None,
) -> Forecast:
    """What the period brings, for every node and deal, from what was recorded before ``as_of``."""
    raise NotImplementedError

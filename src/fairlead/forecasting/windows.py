"""The window a look asks about: to the end of the running period, or a fixed number of days."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray

from fairlead.forecasting.periods import Calendar, Period

Ints = NDArray[np.int64]


@dataclass
class Windows:
    """``kind`` month, quarter or year asks to the end of the period; window asks ``days`` ahead."""

    kind: str
    calendar: Calendar
    days: int = 0
    _known: dict[int, Period] = field(default_factory=dict)

    @property
    def periodic(self) -> bool:
        """Whether windows end with the periods of the calendar."""
        return self.kind != "window"

    def period_of(self, day: int) -> Period:
        """The calendar period that holds the day."""
        found = self._known.get(day)
        if found is None:
            found = of_kind(self.calendar, self.kind if self.periodic else "quarter", date.fromordinal(day))
            span = range(found.starts_on.toordinal(), found.ends_on.toordinal() + 1)
            self._known.update(dict.fromkeys(span, found))
        return found

    def end(self, day: int) -> int:
        """Last day (inclusive) of the window of a look at ``day``."""
        return self.period_of(day).ends_on.toordinal() if self.periodic else day + self.days - 1

    def start(self, day: int) -> int:
        """First day of the period of a look at ``day``; the day itself for a plain window."""
        return self.period_of(day).starts_on.toordinal() if self.periodic else day

    def weeks(self, days: Ints) -> Ints:
        """Week of the period of each day, counted from its end so that closing weeks line up (0 = last)."""
        return np.array([(self.end(int(d)) - int(d)) // 7 for d in days], np.int64)


def of_kind(calendar: Calendar, kind: str, day: date) -> Period:
    """The month, quarter or year of the calendar that holds ``day``."""
    if kind == "month":
        return calendar.month_of(day)
    if kind == "quarter":
        return calendar.quarter_of(day)
    if kind == "year":
        return calendar.year_of(day)
    raise ValueError(f"{kind!r} is no kind of period; use month, quarter or year.")


def windows_of(period: Period, calendar: Calendar, as_of: date) -> Windows:
    """The windows that fit a wanted period seen from ``as_of``."""
    if period.kind in ("month", "quarter", "year"):
        return Windows(period.kind, calendar)
    return Windows("window", calendar, (period.ends_on - max(as_of, period.starts_on)).days + 1)

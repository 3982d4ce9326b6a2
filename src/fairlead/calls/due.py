"""When a number is due: a weekly moment per team in the team's time zone. No Django here.

A moment is a wall-clock time on a weekday; daylight saving moves it in UTC, never on the wall. A wall-clock
time that does not exist on the day the clocks go forward is due one hour later on the wall; one that exists
twice is due the first time. Where the weekly day is a day off, the next working day counts.
"""

from __future__ import annotations

import zoneinfo
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from fairlead.forecasting.periods import Period
from fairlead.people import workdays

State = Literal["submitted", "due", "late", "over"]
_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A team's weekly due moment. ``weekday`` 0 is Monday; ``zone`` is an IANA name; ``off`` are its days off.

    Nothing is due before ``begun``, when the organisation began here.
    """

    weekday: int
    time: time
    zone: str
    off: frozenset[date] = frozenset()
    begun: datetime | None = None

    def on(self, day: date) -> datetime:
        """The due moment, in UTC, of the week's due day ``day``; never as late as the next week's."""
        local = datetime.combine(self._working(day), self.time, zoneinfo.ZoneInfo(self.zone))
        return local.astimezone(UTC)

    def _working(self, day: date) -> date:
        if day not in self.off:
            return day
        following = (day + timedelta(days=n) for n in range(1, 7))
        return next((one for one in following if workdays.is_workday(one, self.off)), day)

    def midnight(self, day: date) -> datetime:
        """The moment a day begins for the team, in UTC."""
        return datetime.combine(day, time(), zoneinfo.ZoneInfo(self.zone)).astimezone(UTC)

    def next_from(self, at: datetime) -> datetime:
        """The first due moment that is not before ``at``."""
        day = at.astimezone(zoneinfo.ZoneInfo(self.zone)).date() - _WEEK - timedelta(days=1)
        day += timedelta(days=(self.weekday - day.weekday()) % 7)
        while self.on(day) < at:
            day += _WEEK
        return self.on(day)

    def last_before(self, at: datetime) -> datetime:
        """The last due moment before ``at``."""
        day = at.astimezone(zoneinfo.ZoneInfo(self.zone)).date() + timedelta(days=1)
        day -= timedelta(days=(day.weekday() - self.weekday) % 7)
        while self.on(day) >= at:
            day -= _WEEK
        return self.on(day)


@dataclass(frozen=True, slots=True)
class Due:
    """How a leader stands with the weekly number.

    ``at`` is the moment that is open: the missed one when late, else the next one; None when the period has
    no due moment left. ``left`` is the time until it, negative when late.
    """

    state: State
    at: datetime | None
    left: timedelta | None


def standing(rhythm: Rhythm, period: Period, at: datetime, answered: datetime | None) -> Due:
    """Where a leader stands. ``answered`` is the latest due moment a standing submission was sent for."""
    last, following = _around(rhythm, period, at)
    if last is not None and (answered is None or answered < last):
        return Due("late", last, last - at)
    if following is None:
        return Due("over", None, None)
    done = answered is not None and answered >= following
    return Due("submitted" if done else "due", following, following - at)


def coming(rhythm: Rhythm, period: Period, at: datetime, answered: datetime | None) -> datetime | None:
    """The next due moment of the period that is not answered yet, whatever was missed before it."""
    following = _around(rhythm, period, at)[1]
    return None if following is None or (answered is not None and answered >= following) else following


def answers(rhythm: Rhythm, period: Period, at: datetime, answered: datetime | None) -> datetime:
    """The due moment a submission at ``at`` is for: the nearer of a missed one and the next, else the period's end.

    A number sent minutes before Tuesday's hour is Tuesday's, also of somebody who missed the week before.
    """
    last, following = _around(rhythm, period, at)
    missed = last is not None and (answered is None or answered < last)
    if missed and last is not None and (following is None or at - last <= following - at):
        return last
    return following or rhythm.midnight(period.ends_on + timedelta(days=1))


def _around(rhythm: Rhythm, period: Period, at: datetime) -> tuple[datetime | None, datetime | None]:
    """The due moments of the period before and from ``at`` on; None where the period has none."""
    begins, ends = rhythm.midnight(period.starts_on), rhythm.midnight(period.ends_on + timedelta(days=1))
    last = rhythm.last_before(min(at, ends))
    if rhythm.begun is not None:
        begins = max(begins, rhythm.begun)
    following = rhythm.next_from(max(at, begins))
    return (last if last >= begins else None), (following if following < ends else None)

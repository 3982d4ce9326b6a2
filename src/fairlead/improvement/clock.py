"""The days of a plan: which of them count, when it ends, when its check-ins are. No Django here.

A day counts unless the plan was paused on it (leave, or a change that waits to be read) or the company was late with
what it promised for it. So a late day adds a day, and a day that is both adds one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from fairlead.people.workdays import is_workday, workdays_after

CHECKINS = 4
"""Check-ins of a plan that was not extended."""
GRACE = 3
"""Working days after a check-in's day until it counts as missed by the manager."""
DECIDES_IN = 5
"""Working days after a plan's end until its decision is overdue."""
APPEALS_IN = 10
"""Working days in which a decision can be appealed."""
_LONGEST = 1000
"""Days after which a plan that never gets on has no end that could be named."""


@dataclass(frozen=True, slots=True)
class Span:
    """Days from ``first`` to ``last``, both of them in it; without ``last`` nobody knows the end."""

    first: date
    last: date | None

    def has(self, day: date) -> bool:
        return self.first <= day <= (self.last or date.max)


@dataclass(frozen=True, slots=True)
class Clock:
    """What a plan's days are reckoned from. ``days`` counted ones after ``starts_on``, of which ``more`` were added
    by an extension; ``off`` are days on which nobody works."""

    starts_on: date
    days: int
    more: int = 0
    paused: tuple[Span, ...] = ()
    late: tuple[Span, ...] = ()
    off: frozenset[date] = field(default_factory=frozenset)
    away: frozenset[date] = field(default_factory=frozenset)
    """days on leave: no time that somebody has to act runs on them"""

    @property
    def free(self) -> frozenset[date]:
        """Days on which no time runs for the person: days off, and leave."""
        return self.off | self.away

    def counts(self, day: date) -> bool:
        return not any(span.has(day) for span in (*self.paused, *self.late))


def after(clock: Clock, count: int) -> date | None:
    """The day on which so many counted days are over; None while a pause without an end lies before it."""
    day, left, gone = clock.starts_on, count, 0
    while left > 0:
        day += timedelta(days=1)
        gone += 1
        if gone > _LONGEST or any(span.last is None and span.first <= day for span in clock.paused):
            return None
        left -= clock.counts(day)
    return day


def days_away(leave: Iterable[Span]) -> frozenset[date]:
    """The days of leave one by one; of one without an end, so many that no time ends before it does."""
    found: set[date] = set()
    for span in leave:
        last = span.last or span.first + timedelta(days=_LONGEST)
        found.update(span.first + timedelta(days=n) for n in range((last - span.first).days + 1))
    return frozenset(found)


def passed(clock: Clock, today: date) -> int:
    """How many counted days are over."""
    days = (today - clock.starts_on).days
    return sum(clock.counts(clock.starts_on + timedelta(days=n)) for n in range(1, days + 1))


def on_workday(day: date, off: Collection[date]) -> date:
    """The day, or the next one on which people work."""
    while not is_workday(day, off):
        day += timedelta(days=1)
    return day


def ends_on(clock: Clock) -> date | None:
    """The last day of the plan, a working day; None while nobody knows."""
    day = after(clock, clock.days + clock.more)
    return None if day is None else on_workday(day, clock.off)


def checkins(clock: Clock) -> tuple[date | None, ...]:
    """The days of the check-ins: four over the plan, and one more for each week of an extension.

    They wait for no late company, only for a pause: people go on talking.
    """
    clock = replace(clock, late=())
    first = [(clock.days - 2) * n // CHECKINS for n in range(1, CHECKINS + 1)]
    later = [clock.days + 7 * n - 2 for n in range(1, clock.more // 7 + 1)]
    days = [after(clock, count) for count in (*first, *later)]
    return tuple(None if day is None else on_workday(day, clock.off) for day in days)


def decide_by(clock: Clock) -> date | None:
    """The day by which the decision is made."""
    end = ends_on(clock)
    return None if end is None else workdays_after(end, DECIDES_IN, clock.off)


def late_spans(owed: Iterable[tuple[date, date | None]], today: date) -> tuple[Span, ...]:
    """The days on which the company was late, from (due, delivered) of what it promised; known up to today."""
    spans = []
    for due, delivered in owed:
        last = today if delivered is None else min(delivered, today)
        if last > due:
            spans.append(Span(due + timedelta(days=1), last))
    return tuple(spans)


def days_of(spans: Iterable[Span], first: date, last: date) -> int:
    """How many days from ``first`` to ``last`` lie in one of the spans."""
    kept = list(spans)
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return sum(any(span.has(day) for span in kept) for day in days)

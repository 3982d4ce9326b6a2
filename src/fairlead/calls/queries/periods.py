"""The forecast periods of a page."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from fairlead.forecasting.periods import Period
from fairlead.people import access
from fairlead.people import queries as people

PAST = 8


def period_at(at: datetime) -> Period:
    """The forecast period of an instant."""
    house = people.house()
    return house.period(house.day(at))


def period_named(name: str) -> Period:
    """The forecast period of a name. Raises Refused that says how periods are written."""
    try:
        return people.house().calendar.period(name)
    except ValueError as problem:
        raise access.Refused("bad_period", str(problem)) from problem


def periods_around(at: datetime, *, back: int = 4, ahead: int = 1) -> list[Period]:
    """The periods to choose from on a page, oldest first."""
    calendar, now = people.house().calendar, period_at(at)
    before, after, period = [], [], now
    for _ in range(back):
        period = calendar.previous(period)
        before.append(period)
    period = now
    for _ in range(ahead):
        period = calendar.next(period)
        after.append(period)
    return [*reversed(before), now, *after]


def past_periods(period: Period, count: int = PAST) -> list[Period]:
    """The periods before one, oldest first."""
    found: list[Period] = []
    for _ in range(count):
        found.append(people.house().calendar.previous(found[-1] if found else period))
    return found[::-1]


def same_week(period: Period, past: Period, at: datetime) -> datetime:
    """The instant of a past period that lies as far from its start as ``at`` from the period's start."""
    return at - (period.starts_on - past.starts_on)


def past_day(period: Period, day: date | None, at: datetime) -> date:
    """The day a past look is of: ``day`` where it lies in the period and is over, else a week ago or the nearest.

    Raises Refused that says which days there are.
    """
    today = people.house().day(at)
    first, last = period.starts_on, min(today - timedelta(days=1), period.ends_on)
    if last < first:
        raise access.Refused(
            "no_past",
            f"No day of {period.name} is over yet. Look at the call of today, or at an earlier period.",
        )
    if day is None:
        return max(first, min(last, today - timedelta(days=7)))
    if not first <= day <= last:
        raise access.Refused("bad_day", f"Choose a day from {first} to {last}, written like {last}.")
    return day

"""The forecast periods of a page."""

from __future__ import annotations

from datetime import datetime

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

"""The moment and the zone of the request being answered, for filters that write days and times."""

from __future__ import annotations

from contextvars import ContextVar
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

_MOMENT: ContextVar[tuple[datetime, ZoneInfo] | None] = ContextVar("moment", default=None)


def begin(at: datetime, zone: str) -> None:
    """Say for this request what now is and in which zone days are read. Called by the middleware."""
    _MOMENT.set((at, ZoneInfo(zone)))


def now() -> datetime:
    """The moment of the request being answered."""
    found = _MOMENT.get()
    return found[0] if found else datetime.now(UTC)


def zone() -> ZoneInfo:
    """The zone days and times are written in."""
    found = _MOMENT.get()
    return found[1] if found else ZoneInfo("UTC")


def a_week_ago(at: datetime) -> datetime:
    """The first moment of the day six days ago: one whole week with today in it."""
    return datetime.combine(at.astimezone(zone()).date() - timedelta(days=6), time(), zone())

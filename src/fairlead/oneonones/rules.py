"""When a pair meets: the rhythm, its days, what moved one. A meeting nobody said anything about is nothing. No Django.

A meeting is named by its slot, the day the rhythm gives it, also after it has moved. Times are kept on the clock of
the rhythm's zone, so that an hour stays that hour when clocks change.
"""

from __future__ import annotations

import zoneinfo
from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from fairlead.people import access

Kind = Literal["weekly", "fortnightly", "monthly", "none"]
KINDS: tuple[Kind, ...] = Kind.__args__  # type: ignore[attr-defined]
StepKind = Literal["held", "moved", "skipped", "back"]
STEPS: tuple[StepKind, ...] = StepKind.__args__  # type: ignore[attr-defined]
LONGEST = 8000
LONGEST_POINT = 300
MINUTES = (15, 120)
LATEST = timedelta(days=366)
AHEAD = timedelta(days=183)
"""So far ahead a calendar carries meetings."""
FEED_BYTES = 24


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often two people meet, from ``starts_on`` on. ``weekday`` 0 is Monday; ``at`` is a time in ``zone``."""

    kind: Kind = "none"
    weekday: int = 0
    at: time = time(10)
    zone: str = "UTC"
    minutes: int = 30
    starts_on: date = date(2000, 1, 3)


def checked(rhythm: Rhythm, zones: Iterable[str]) -> Rhythm:
    """A rhythm as it is kept. Raises Refused: bad_rhythm."""
    if rhythm.kind not in KINDS or not 0 <= rhythm.weekday <= 6:
        raise access.Refused("bad_rhythm", "Choose how often and on which weekday.")
    if rhythm.zone not in set(zones):
        raise access.Refused("bad_rhythm", "Choose the time zone of one of you.")
    if not MINUTES[0] <= rhythm.minutes <= MINUTES[1]:
        raise access.Refused("bad_rhythm", f"A 1:1 takes between {MINUTES[0]} and {MINUTES[1]} minutes.")
    return rhythm


def slots(rhythm: Rhythm, first: date, last: date) -> list[date]:
    """The days of a rhythm from ``first`` to ``last``. Monthly keeps the place of the weekday, at most the fourth."""
    if rhythm.kind == "none" or last < rhythm.starts_on:
        return []
    anchor = rhythm.starts_on + timedelta(days=(rhythm.weekday - rhythm.starts_on.weekday()) % 7)
    if rhythm.kind == "monthly":
        return [day for day in _monthly(rhythm, anchor, last) if day >= first]
    days = 7 if rhythm.kind == "weekly" else 14
    start = anchor + timedelta(days=max(0, -((anchor - first).days // days)) * days)
    return [start + timedelta(days=n * days) for n in range(max(0, (last - start).days // days + 1))]


def _monthly(rhythm: Rhythm, anchor: date, last: date) -> Iterable[date]:
    place = min((anchor.day - 1) // 7, 3)
    year, month = anchor.year, anchor.month
    while (year, month) <= (last.year, last.month):
        begins, _ = monthrange(year, month)
        day = date(year, month, 1 + (rhythm.weekday - begins) % 7 + 7 * place)
        if anchor <= day <= last:
            yield day
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def starts_at(rhythm: Rhythm, slot: date) -> datetime:
    """The instant a slot begins, in UTC. An hour that the clock leaves out is the one after it."""
    return datetime.combine(slot, rhythm.at, zoneinfo.ZoneInfo(rhythm.zone)).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Step:
    """One step with a meeting. ``starts_at`` is where it moved to; ``back`` takes the step before back."""

    kind: str
    starts_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting as it stands: planned, held, moved or skipped."""

    slot: date
    starts_at: datetime
    minutes: int
    state: str

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)


def meeting(slot: date, begins: datetime, minutes: int, steps: Sequence[Step]) -> Meeting:
    """How a meeting stands after its steps, oldest first."""
    kept: list[Step] = []
    for step in steps:
        if step.kind == "back":
            kept = kept[:-1]
        else:
            kept.append(step)
    for step in kept:
        if step.kind == "moved" and step.starts_at is not None:
            begins = step.starts_at
    return Meeting(slot, begins, minutes, kept[-1].kind if kept else "planned")


def next_of(meetings: Iterable[Meeting], now: datetime) -> Meeting | None:
    """The meeting the agenda is for: the first that was neither held nor skipped and is not a day over."""
    still = [
        one for one in meetings
        if one.state in ("planned", "moved") and one.ends_at + timedelta(hours=12) > now
    ]  # fmt: skip
    return min(still, key=lambda one: one.starts_at, default=None)


def may(one: Meeting) -> tuple[str, ...]:
    """The steps either of the two may take with a meeting."""
    if one.state in ("held", "skipped"):
        return ("back",)
    return ("held", "moved", "skipped", *(("back",) if one.state == "moved" else ()))


def refuse_step(kind: str, one: Meeting) -> None:
    """Raises Refused for a step that does not fit."""
    if kind not in may(one):
        raise access.Refused(
            "settled", "It does not stand so that this can be said now. Open the page again."
        )


def refuse_moment(when: datetime, now: datetime) -> None:
    """Raises Refused for a moment nobody can meet at."""
    if not now < when <= now + LATEST:
        raise access.Refused("bad_day", "Choose a day and time ahead, within a year.")

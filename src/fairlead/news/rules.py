"""News: what may be told, when a change is late, how old news was when it was told. No Django here.

News protects who tells it. It is never a performance item: `NEVER_EVIDENCE` lists the subjects of the ledger that
no judgement of a person may be built on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from fairlead.people import access, workdays

NEVER_EVIDENCE = frozenset({"news", "news_told", "news_surprise"})
"""Subject kinds of the ledger that are refused as evidence about a person, whoever asks and whatever for."""
LONGEST = 300
"""A news item is one sentence."""
SHARE = 0.01
"""A change outside Commit counts from this share of the target on."""


@dataclass(frozen=True, slots=True)
class Change:
    """A deal that moved the number since the last standing submission. ``in_commit``: it moved Commit."""

    deal: int
    reason: str
    amount: int
    known_at: datetime
    in_commit: bool = True


@dataclass(frozen=True, slots=True)
class Clock:
    """How long something may wait: working days, counted in a zone around weekends and days off."""

    limit: int
    zone: str
    off: frozenset[date] = frozenset()

    def late_at(self, known_at: datetime) -> datetime:
        """The moment from which something known at ``known_at`` is late.

        ``limit`` working days later at the same hour on the wall; what is learned on a day without work counts
        from the first moment of the next working day.
        """
        zone = ZoneInfo(self.zone)
        local = known_at.astimezone(zone)
        works = workdays.is_workday(local.date(), self.off)
        day = workdays.workdays_after(local.date(), self.limit, self.off)
        return datetime.combine(day, local.time() if works else time(), zone).astimezone(UTC)

    def is_late(self, known_at: datetime, at: datetime) -> bool:
        """Whether the limit has passed; at the very moment it has not."""
        return at > self.late_at(known_at)


def counting(changes: Iterable[Change], target: int | None) -> list[Change]:
    """The changes worth telling: every one in Commit, others from 1 % of the target on; oldest first."""
    found = [
        change
        for change in changes
        if change.amount and (change.in_commit or (target and abs(change.amount) >= SHARE * target))
    ]
    return sorted(found, key=lambda change: (change.known_at, change.deal))


def known_at(known_on: date, reported_at: datetime, zone: str) -> datetime:
    """When news was known: at its telling on the day itself, else at the end of the day it was known on."""
    local = reported_at.astimezone(ZoneInfo(zone))
    if known_on >= local.date():
        return reported_at
    midnight = datetime.combine(known_on + timedelta(days=1), time(), ZoneInfo(zone)).astimezone(UTC)
    return min(midnight, reported_at)


def days_left(today: date, close_on: date | None, ends_on: date) -> int:
    """Days still left to fix something: to the close date, at most to the period's end; 0 when it is past."""
    until = min(close_on, ends_on) if close_on is not None and close_on >= today else ends_on
    return max((until - today).days, 0)


def median_age(ages: Sequence[timedelta]) -> timedelta | None:
    """The middle age of news when it was told."""
    return timedelta(seconds=median(age.total_seconds() for age in ages)) if ages else None


def is_surprise(reported_on: date, period_ends_on: date) -> bool:
    """Whether news came after its period ended. It counts for the team, never for a person."""
    return reported_on > period_ends_on


def refuse_telling(*, kind: str, what: str, known_on: date, today: date, amount: int | None) -> None:
    """Refuse news that says nothing, or lies in the future."""
    if kind not in ("good", "bad"):
        raise access.Refused("bad_kind", "Choose whether it is good or bad news.")
    if not what.strip():
        raise access.Refused("what_missing", "Say in one sentence what happened.")
    if len(what) > LONGEST:
        raise access.Refused("too_long", f"One sentence is enough: at most {LONGEST} characters.")
    if known_on > today:
        raise access.Refused("known_later", "The day you heard it lies in the future.")
    if amount is not None and amount < 0:
        raise access.Refused(
            "bad_amount", "Write the money it moves without a sign; good or bad says the direction."
        )


def refuse_change(*, reporter: int, by: int, withdrawn: bool) -> None:
    """Refuse a correction or withdrawal by anybody but who told it, or of what is withdrawn."""
    if reporter != by:
        raise access.Refused("not_yours", "Only who told the news corrects or withdraws it.")
    if withdrawn:
        raise access.Refused("withdrawn", "It is withdrawn. Tell it anew if it is true after all.")


def untold(changes: Iterable[Change], told: Collection[tuple[int, str, int]]) -> list[Change]:
    """The changes that were not in an explicit notice upward since the last submission."""
    return [one for one in changes if (one.deal, one.reason, one.amount) not in told]

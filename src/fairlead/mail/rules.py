"""When a person gets mail, when sending is tried again, what an address may be. No Django here."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from fairlead.people import access
from fairlead.people.workdays import is_workday

MODES = ("off", "once", "digest")
OLDEST = timedelta(days=7)
"""Notices older than this are not mailed any more: they stand in Fairlead, and a mail of old news is noise."""
KEPT = timedelta(days=14)
"""How long the bytes of a mail stay that failed or waits for its sender."""
TOLD = timedelta(days=90)
"""How long sizes, times and reasons of mail stay, for the counts."""
LEASE = timedelta(minutes=10)
"""How long one worker has a letter to itself; after a crash another takes it up."""
_WAITS = (5, 15, 60, 240, 720)
"""Minutes between two tries."""
MOST_TRIES = len(_WAITS) + 1
MOST_UNSURE = 60
"""So many mails in one person's name wait for a confirmation at most."""


def gives_way(waiting: Mapping[str, int], server: str) -> str | None:
    """Which server's newest mail is not kept when one more in somebody's name comes from ``server``; None while there
    is room. The one with most of them gives way, so that who floods pushes out no mail of another server."""
    if sum(waiting.values()) < MOST_UNSURE:
        return None
    most = max(waiting, key=lambda one: (waiting[one], one))
    return server if waiting.get(server, 0) + 1 >= waiting[most] else most


@dataclass(frozen=True, slots=True)
class Wish:
    """How a person wants notices by mail. Hours from 0 to 23 on the person's wall clock; quiet lasts from
    ``quiet_from`` up to ``quiet_to``, over midnight where it is later; the same hour twice is no quiet at all.
    ``weekends`` says that mail comes on weekends and days off as well."""

    mode: str = "digest"
    hour: int = 8
    quiet_from: int = 18
    quiet_to: int = 8
    weekends: bool = False


DEFAULT = Wish()


def wish_of(mode: str, hour: int, quiet_from: int, quiet_to: int, weekends: bool) -> Wish:
    """A wish as it was chosen. Raises Refused."""
    if mode not in MODES:
        raise access.Refused("bad_mode", "Choose no mail, at once, or a digest.")
    if not all(0 <= one <= 23 for one in (hour, quiet_from, quiet_to)):
        raise access.Refused("bad_hour", "Hours lie between 0 and 23.")
    return Wish(mode, hour, quiet_from, quiet_to, weekends)


def quiet(wish: Wish, local: datetime, off: Collection[date] = ()) -> bool:
    """Whether a person wants no mail at a moment of the own wall clock."""
    if not wish.weekends and not is_workday(local.date(), off):
        return True
    start, end = wish.quiet_from, wish.quiet_to
    if start < end:
        return start <= local.hour < end
    return start > end and (local.hour >= start or local.hour < end)


def is_due(
    wish: Wish, at: datetime, zone: str, last_digest: datetime | None, off: Collection[date] = ()
) -> bool:
    """Whether mail of what waits leaves now. ``last_digest`` is when the person's last digest was made."""
    local = at.astimezone(ZoneInfo(zone))
    if wish.mode == "off" or quiet(wish, local, off):
        return False
    if wish.mode == "once":
        return True
    last = last_digest.astimezone(ZoneInfo(zone)).date() if last_digest else None
    return local.hour >= wish.hour and (last is None or last < local.date())


def next_try(tries: int, at: datetime) -> datetime | None:
    """When sending is tried again after so many failures; None when it is given up."""
    return at + timedelta(minutes=_WAITS[tries - 1]) if tries < MOST_TRIES else None


_LOCAL = r"[A-Za-z0-9._-]{1,40}"
_ADDRESS = re.compile(
    rf"{_LOCAL}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{{0,61}}[A-Za-z0-9])?\.)+[A-Za-z]{{2,24}}", re.ASCII
)


def address_of(text: str) -> str:
    """The address of the desk as it was typed, in lower case; '' switches it off. Raises Refused."""
    said = text.strip().lower()
    if said and not (len(said) <= 120 and _ADDRESS.fullmatch(said)):
        raise access.Refused("bad_address", "Write one address without a plus, as in desk@example.com.")
    return said


def tag_of(address: str, desk: str) -> str | None:
    """What stands behind the plus of an address of the desk, '' without one; None for any other address."""
    local, _, domain = address.rpartition("@")
    base, _, own = desk.rpartition("@")
    name, plus, tag = local.partition("+")
    if not base or domain.lower() != own.lower() or name.lower() != base.lower() or (plus and not tag):
        return None
    return tag

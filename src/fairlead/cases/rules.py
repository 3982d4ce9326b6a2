"""What a case of HR may read, until when, and how it stands. No Django here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args

from fairlead.people import texts
from fairlead.people.access import Refused

LONGEST = 1000
MOST_DAYS = 30
"""So many days ahead a case may run; what takes longer is a new case with a new reason."""
MOST_SPAN = 366
"""Days of the past that one case may read."""
What = Literal["agreements", "notes", "promises"]
WHATS: Mapping[str, str] = {
    "agreements": "Working agreements with the manager, in all their versions",
    "notes": "Shared notes of one-to-ones with the manager",
    "promises": "Promises between the person and the manager",
}
"""What a case can read. Private notes, requests for help and what a shield says are not among it, ever."""
StepKind = Literal["confirmed", "declined", "closed"]
STEPS: tuple[StepKind, ...] = get_args(StepKind)
State = Literal["waits", "runs", "declined", "closed", "over"]
STATES: Mapping[State, str] = {
    "waits": "waits for a second HR partner", "runs": "runs", "declined": "declined", "closed": "closed",
    "over": "over",
}  # fmt: skip
NEVER = ("help", "shield")
"""Where promises come from that no case reads: who asked whom for help is nobody's but theirs."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a case asks for: kinds of records, of which days, and the last day on which they are read."""

    what: tuple[str, ...]
    first: date | None
    last: date | None
    until: date | None
    reason: str


def refuse(asked: Asked, today: date) -> None:
    """Raises Refused: nothing_asked, bad_span, bad_until, text_missing, text_long."""
    if not asked.what or set(asked.what) - set(WHATS):
        raise Refused("nothing_asked", "Choose what is read, and no more than the reason needs.")
    if asked.first is None or asked.last is None or not asked.first <= asked.last <= today:
        raise Refused("bad_span", "Say of which days: from one day to another, none of them to come.")
    if (asked.last - asked.first).days >= MOST_SPAN:
        raise Refused("bad_span", "One case reads a year at most. Choose the days that the reason is about.")
    if asked.until is None or not today <= asked.until <= today + timedelta(days=MOST_DAYS):
        raise Refused("bad_until", f"It ends by itself: choose a day of the next {MOST_DAYS}.")
    words(asked.reason, "why this has to be read")


def words(text: str, what: str) -> str:
    """Words without space around them. Raises Refused: text_missing, text_long."""
    return texts.needed(text, what, LONGEST)


def state(second: bool, steps: Collection[str], until: date, today: date) -> State:
    """How a case stands; ``second``: whether it waits for another HR partner first. After its last day it is over."""
    if "closed" in steps:
        return "closed"
    if "declined" in steps:
        return "declined"
    if today > until:
        return "over"
    return "waits" if second and "confirmed" not in steps else "runs"


def in_words(what: Iterable[str]) -> str:
    """What is read, as a list in words, in the order of the table."""
    chosen = set(what)
    return "; ".join(says[0].lower() + says[1:] for key, says in WHATS.items() if key in chosen)

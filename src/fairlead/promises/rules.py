"""What a promise comes to from the steps that were taken, and who may take which. No Django here.

A promise is due by the end of its day in its owner's time zone. What was said stays: a move, a withdrawal and an
undo are steps of their own, and the state is read off them. ``broken`` is never stored: it is open and past due.
"""

from __future__ import annotations

import unicodedata
import zoneinfo
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from fairlead.people import access

Kind = Literal["kept", "moved", "withdrawn", "confirmed", "not_kept", "undone"]
KINDS: tuple[Kind, ...] = Kind.__args__  # type: ignore[attr-defined]
State = Literal["open", "kept", "withdrawn", "broken", "disputed"]
OWNERS: frozenset[Kind] = frozenset({"kept", "moved", "withdrawn"})
"""Steps of the one who promised; ``undone`` is of whoever took the step before."""
PRIVATE = frozenset({"help", "shield", "agreement", "oneonone", "diagnosis"})
"""Sources of promises that stand on no page others look at as well, such as that of a meeting."""
BOUND = frozenset({"agreement", "oneonone", "diagnosis"})
"""Sources of promises that the one above reads only while the other reports to them."""
LONGEST = 300
LATEST = timedelta(days=731)
ENOUGH = 5
"""Under so many closed promises a rate is too few to say."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step. ``due_on`` is a move's new day; ``about`` is the number of the step that is undone."""

    number: int
    kind: Kind
    by: int
    at: datetime
    due_on: date | None = None
    reason: str = ""
    about: int | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """A date that was given up for another one; ``late`` when it had passed by then."""

    was: date
    became: date
    reason: str
    at: datetime
    late: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """How a promise stands at an instant.

    ``until`` is the last instant of the due day. ``in_time`` is None while nothing is settled: open, withdrawn in
    time, or kept by one word against the other.
    """

    state: State
    due_on: date
    until: datetime
    in_time: bool | None
    kept_at: datetime | None
    confirmed: bool
    said_not_kept: bool
    reason: str
    moves: tuple[Move, ...]
    newest: Step | None
    """the last step that counts; the one that can be undone"""

    @property
    def closed(self) -> bool:
        return self.state in ("kept", "withdrawn", "disputed")


def end_of(day: date, zone: str) -> datetime:
    """The last instant of a day in a time zone, in UTC."""
    following = datetime.combine(day + timedelta(days=1), time(), zoneinfo.ZoneInfo(zone))
    return following.astimezone(UTC) - timedelta(microseconds=1)


def day_of(at: datetime, zone: str) -> date:
    """The day of an instant in a time zone."""
    return at.astimezone(zoneinfo.ZoneInfo(zone)).date()


def counting(steps: Iterable[Step]) -> list[Step]:
    """The steps that count, in order: without those undone and without the undoing."""
    every = sorted(steps, key=lambda step: step.number)
    gone = {step.about for step in every if step.kind == "undone"}
    return [step for step in every if step.kind != "undone" and step.number not in gone]


def standing(due_on: date, zone: str, steps: Iterable[Step], at: datetime) -> Standing:
    """How a promise stands, from its first due day and its steps."""
    due, missed, moves = due_on, False, []
    state: State = "open"
    in_time: bool | None = None
    kept_at: datetime | None = None
    confirmed = said = False
    reason = ""
    valid = counting(steps)
    for step in valid:
        late = step.at > end_of(due, zone)
        if step.kind == "moved" and step.due_on is not None:
            moves.append(Move(due, step.due_on, step.reason, step.at, late))
            due, missed = step.due_on, missed or late
        elif step.kind == "kept":
            state, kept_at, in_time, said = "kept", step.at, not (missed or late), False
        elif step.kind == "withdrawn":
            state, reason, in_time = "withdrawn", step.reason, False if missed or late else None
        elif step.kind == "confirmed":
            confirmed = True
        elif step.kind == "not_kept":
            said = True
            if state == "kept":
                state, in_time = "disputed", None
    until = end_of(due, zone)
    if state == "open" and at > until:
        state, in_time = "broken", False
    return Standing(
        state, due, until, in_time, kept_at, confirmed, said, reason, tuple(moves),
        valid[-1] if valid else None,
    )  # fmt: skip


def may(now: Standing, *, owner: bool, by: int) -> tuple[Kind, ...]:
    """The steps that one of the two people may take now."""
    found: list[Kind] = []
    if owner:
        if now.state in ("open", "broken", "disputed"):
            found.append("kept")
        if now.state in ("open", "broken"):
            found += ["moved", "withdrawn"]
    else:
        if now.state == "kept" and not now.confirmed:
            found += ["confirmed", "not_kept"]
        if now.state == "broken" and not now.said_not_kept:
            found.append("not_kept")
    if now.newest is not None and now.newest.by == by:
        found.append("undone")
    return tuple(found)


def refuse_step(kind: Kind, now: Standing, *, owner: bool, by: int) -> None:
    """Raises Refused with what stands in the way of a step."""
    if kind in may(now, owner=owner, by=by):
        return
    if kind in OWNERS and not owner:
        raise access.Refused(
            "not_yours", "Who made a promise says that it is kept, moved or withdrawn; you can confirm it."
        )
    if kind in ("confirmed", "not_kept") and owner:
        raise access.Refused(
            "not_yours", "Whether it was kept is confirmed by the person you promised it to."
        )
    if kind == "undone":
        raise access.Refused(
            "nothing_to_undo",
            "There is nothing of yours to take back: the last step was the other person’s, or there is none.",
        )
    if kind == "not_kept" and now.state == "open":
        raise access.Refused("not_due", f"It is due on {now.due_on}; until then it is open.")
    words = {"kept": "kept", "disputed": "kept, and not agreed", "withdrawn": "withdrawn"}
    raise access.Refused("settled", f"This promise is {words.get(now.state, now.state)} already.")


def refuse_day(due_on: date, *, today: date, was: date | None = None) -> None:
    """Raises Refused for a day nothing can be promised for."""
    if due_on < today:
        raise access.Refused("day_passed", f"{due_on} has passed. Choose today or a later day.")
    if due_on > today + LATEST:
        raise access.Refused("day_far", "Choose a day within the next two years.")
    if due_on == was:
        raise access.Refused("same_day", f"It is due on {due_on} already. Choose another day.")


def sentence(text: str, *, what: str = "what you promise") -> str:
    """Text as it is kept: one line, no control characters. Raises Refused when empty or too long."""
    kept = " ".join("".join(c if unicodedata.category(c)[0] != "C" else " " for c in text).split())
    if not kept:
        raise access.Refused("text_missing", f"Say {what} in a sentence.")
    if len(kept) > LONGEST:
        raise access.Refused("text_long", f"Say it in at most {LONGEST} characters; this is {len(kept)}.")
    return kept


@dataclass(frozen=True, slots=True)
class Rate:
    """Of the promises whose time has come, how many were kept in time. A count, never a score.

    ``apart`` are those the two do not agree on; they count neither way.
    """

    kept: int
    of: int
    apart: int = 0

    @property
    def words(self) -> str:
        """ "7 of 9 kept in time", or that there are too few."""
        said = "too few to say" if self.of < ENOUGH else f"{self.kept} of {self.of} kept in time"
        return f"{said}, {self.apart} not agreed" if self.apart else said


def rate(standings: Sequence[Standing]) -> Rate:
    """The kept-rate of some promises. Open ones and those withdrawn in time are not counted."""
    settled = [one for one in standings if one.in_time is not None]
    apart = sum(one.state == "disputed" for one in standings)
    return Rate(sum(one.in_time is True for one in settled), len(settled), apart)

"""How a request for help stands, who may take which step with it, what counts, and how a shield is agreed."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from fairlead.news.rules import Clock
from fairlead.people import access, workdays

LONGEST_SUBJECT = 160
LONGEST = 4000
LATEST = timedelta(days=366)
ENOUGH = 3
"""From so many people who asked on, a manager's superior sees how many requests were not answered in time."""
NOTICE_DAYS = 5
"""A shield ends at the earliest so many working days after somebody says so."""
MOST_LINES = 8
LONGEST_LINE = 300

Door = Literal["first", "above", "hr"]
DOORS = ("first", "above", "hr")
StepKind = Literal[
    "answered", "declined", "asked_back", "replied", "helped", "not_helped", "withdrawn", "moved"
]
STEPS: tuple[StepKind, ...] = StepKind.__args__  # type: ignore[attr-defined]
RESPONSES = frozenset({"answered", "declined", "asked_back"})
"""Steps of who was asked; all others are of who asked."""
State = Literal["waiting", "asked_back", "answered", "declined", "helped", "not_helped", "withdrawn", "moved"]


# Settings


@dataclass(frozen=True, slots=True)
class Setting:
    """The setting in force: ``days`` working days until a request is late, ``outside`` what exists outside."""

    version: int = 0
    days: int = 3
    outside: str = ""


def setting_of(days: int, outside: str, version: int) -> Setting:
    """A setting as typed. Raises Refused for days outside 1 to 10."""
    if not 1 <= days <= 10:
        raise access.Refused("bad_limit", "A request waits between 1 and 10 working days.")
    return Setting(version, days, lines(outside, what="", longest=600) if outside.strip() else "")


def lines(text: str, *, what: str, longest: int = LONGEST) -> str:
    """A text of several lines as it is kept, without control characters. Raises Refused when empty or too long."""
    kept = "\n".join(
        "".join(c for c in one if unicodedata.category(c)[0] != "C" or c == "\t").rstrip()
        for one in text.replace("\r\n", "\n").split("\n")
    ).strip()
    if not kept:
        raise access.Refused("text_missing", f"Write {what}.")
    if len(kept) > longest:
        raise access.Refused("text_long", f"At most {longest} characters: {what or 'the text'}.")
    return kept


def subject_of(text: str) -> str:
    """The subject of a request in one line. Raises Refused when empty or too long."""
    kept = " ".join("".join(c if unicodedata.category(c)[0] != "C" else " " for c in text).split())
    if not kept:
        raise access.Refused("text_missing", "Write in a few words what it is about.")
    if len(kept) > LONGEST_SUBJECT:
        raise access.Refused("text_long", f"At most {LONGEST_SUBJECT} characters of subject.")
    return kept


def refuse_day(needed_by: date | None, today: date) -> None:
    """Raises Refused for a day nothing can be needed by."""
    if needed_by is not None and not today <= needed_by <= today + LATEST:
        raise access.Refused("bad_day", "Choose today or a later day, within a year.")


# How a request stands


@dataclass(frozen=True, slots=True)
class Step:
    """One step with a request."""

    number: int
    kind: StepKind
    at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """How a request stands at a moment.

    ``due`` is until when an answer is in time, while one is waited for; ``late`` that this has passed. ``responded``
    says that who was asked said something; ``newest`` is the number of the last step.
    """

    state: State
    due: datetime | None
    late: bool
    responded: bool
    newest: int

    @property
    def open(self) -> bool:
        """Whether somebody still has something to do with it."""
        return self.state in ("waiting", "asked_back", "answered")

    @property
    def opens_second(self) -> bool:
        """Whether what was asked came to nothing, so that the second door is open."""
        return self.late or self.state in ("declined", "not_helped")


def standing(asked_at: datetime, steps: Iterable[Step], clock: Clock, at: datetime) -> Standing:
    """How a request stands at a moment from its steps up to then. A reply to a question starts the clock anew."""
    state: State = "waiting"
    since, responded, newest = asked_at, False, 0
    for step in sorted(steps, key=lambda one: one.number):
        if step.at > at:
            break
        newest = step.number
        responded = responded or step.kind in RESPONSES
        if step.kind == "replied":
            state, since = "waiting", step.at
        else:
            state = step.kind
    due = clock.late_at(since) if state == "waiting" else None
    return Standing(state, due, due is not None and at > due, responded, newest)


def may(now: Standing, *, asker: bool, door: str) -> tuple[StepKind, ...]:
    """The steps the one or the other of the two may take now.

    An answer may be added to while nothing is closed: that is its correction. Whether it helped may be said anew.
    """
    if now.state in ("withdrawn", "moved"):
        return ()
    found: list[StepKind] = []
    if not asker:
        if now.state != "helped":
            found.append("answered")
        if now.state in ("waiting", "asked_back"):
            found.append("declined")
        if now.state == "waiting":
            found.append("asked_back")
        return tuple(found)
    if now.state == "asked_back":
        found.append("replied")
    if now.state in ("answered", "not_helped"):
        found.append("helped")
    if now.state in ("answered", "helped"):
        found.append("not_helped")
    if now.state in ("waiting", "asked_back"):
        found.append("withdrawn")
        if door == "first":
            found.append("moved")
    return tuple(found)


def refuse_step(kind: str, now: Standing, *, asker: bool, door: str) -> None:
    """Raises Refused with what stands in the way of a step."""
    if kind not in STEPS:
        raise access.Refused("no_step", "Choose what you do with it.")
    if kind in may(now, asker=asker, door=door):
        return
    if (kind in RESPONSES) == asker:
        raise access.Refused("not_yours", "That is said by the other one of the two.")
    if kind == "withdrawn":
        raise access.Refused("settled", "It is answered. Say whether it helped.")
    raise access.Refused("settled", "It does not stand so that this can be said now. Open the page again.")


def refuse_second(now: Standing, running: bool) -> None:
    """Raises Refused while the second door is closed: nothing has come to nothing yet, or one is on its way."""
    if now.state in ("withdrawn", "moved"):
        raise access.Refused("withdrawn", "You withdrew it, or let it go on. Ask anew.")
    if not now.opens_second:
        raise access.Refused(
            "not_yet",
            "The second door opens once it was not answered in time or declined, or did not help. A complaint about "
            "the manager need not wait.",
        )
    if running:
        raise access.Refused("on_its_way", "It is with somebody else already. Wait for that answer.")


# What counts, against the person asked and nobody else

Outcome = Literal["in_time", "late", "unanswered", "running", "dropped"]
_WORST: tuple[Outcome, ...] = ("unanswered", "late", "running", "dropped", "in_time")


def outcome(asked_at: datetime, steps: Iterable[Step], clock: Clock, at: datetime) -> Outcome:
    """What became of a request for the person asked: the worst of the times somebody waited for them."""
    found: list[Outcome] = []
    since: datetime | None = asked_at
    for step in sorted(steps, key=lambda one: one.number):
        if step.at > at:
            break
        if since is not None and step.kind in RESPONSES:
            found.append("in_time" if step.at <= clock.late_at(since) else "late")
            since = None
        elif since is not None and step.kind in ("withdrawn", "moved"):
            found.append("dropped" if step.at <= clock.late_at(since) else "unanswered")
            since = None
        elif step.kind == "replied":
            since = step.at
    if since is not None:
        found.append("running" if at <= clock.late_at(since) else "unanswered")
    return next(one for one in _WORST if one in found)


@dataclass(frozen=True, slots=True)
class Counts:
    """Requests that came to one person: in time, late, or not at all though it was time; ``people`` asked."""

    came: int
    in_time: int
    late: int
    unanswered: int
    people: int

    @property
    def not_in_time(self) -> int:
        return self.late + self.unanswered

    @property
    def enough(self) -> bool:
        """Whether so many people asked that a superior learns of nobody in particular."""
        return self.people >= ENOUGH


def counts(cases: Sequence[tuple[int, Outcome]]) -> Counts:
    """Counts of (who asked, what became of it). What was withdrawn in time is not counted."""
    kept = [(who, what) for who, what in cases if what != "dropped"]
    said = [what for _, what in kept]
    return Counts(
        len(kept), said.count("in_time"), said.count("late"), said.count("unanswered"), len({who for who, _ in kept})
    )  # fmt: skip


# The shield

ActKind = Literal["signed", "asked_back", "ended"]
ACTS: tuple[ActKind, ...] = ActKind.__args__  # type: ignore[attr-defined]
Side = Literal["rep", "manager"]
ShieldState = Literal["asked", "answered", "asked_back", "agreed", "ending", "ended"]


@dataclass(frozen=True, slots=True)
class Act:
    """What one side did with a version."""

    side: Side
    kind: ActKind
    at: datetime
    on: date | None = None


def shield_lines(text: str, *, what: str) -> tuple[str, ...]:
    """One line each, as they are kept; none is allowed. Raises Refused for too many or too long ones."""
    found = []
    for one in text.replace("\r\n", "\n").split("\n"):
        kept = " ".join("".join(c if unicodedata.category(c)[0] != "C" else " " for c in one).split())
        if kept:
            found.append(kept)
    if len(found) > MOST_LINES:
        raise access.Refused("too_many", f"At most {MOST_LINES} lines of {what}.")
    if any(len(one) > LONGEST_LINE for one in found):
        raise access.Refused("text_long", f"At most {LONGEST_LINE} characters a line of {what}.")
    if len(set(found)) != len(found):
        raise access.Refused("twice", f"One line of {what} stands there twice.")
    return tuple(found)


def digest(content: Mapping[str, object]) -> str:
    """SHA-256 of a version's content, which both sides sign."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def shield_state(by: Side, acts: Iterable[Act], today: date) -> ShieldState:
    """How a version stands. ``by`` wrote it: the rep's is a request, the manager's carries the manager's signature."""
    done = sorted(acts, key=lambda one: one.at)
    ends = [one.on for one in done if one.kind == "ended" and one.on is not None]
    if ends:
        return "ending" if today < min(ends) else "ended"
    signed = {one.side for one in done if one.kind == "signed"}
    if signed == {"rep", "manager"}:
        return "agreed"
    if done and done[-1].kind == "asked_back":
        return "asked_back"
    return "asked" if by == "rep" else "answered"


def in_force(state: ShieldState) -> bool:
    """Whether both hold to it."""
    return state in ("agreed", "ending")


def shield_may(state: ShieldState, side: Side, by: Side, *, newest: bool, held: bool) -> tuple[str, ...]:
    """What a side may do with a version: ``signed``, ``asked_back``, ``ended``, ``written`` (a new version).

    ``held`` says that this is the version both hold to, which can be ended though a newer one is on its way.
    """
    found: list[str] = []
    if newest and side == "rep" and by == "manager" and state == "answered":
        found += ["signed", "asked_back"]
    if newest and side == "manager" and by == "rep" and state == "asked":
        found.append("asked_back")
    if held and state == "agreed":
        found.append("ended")
    if newest and (side == "rep" or state != "ended"):
        found.append("written")
    return tuple(found)


def refuse_shield(kind: str, allowed: Sequence[str], *, digest: str, read: str) -> None:
    """Raises Refused for an act that does not fit, or to something else than was read."""
    if kind not in ACTS:
        raise access.Refused("no_step", "Choose what you do with it.")
    if read != digest:
        raise access.Refused(
            "not_what_you_read", "What you read is not what stands here. Open the page again."
        )
    if kind not in allowed:
        raise access.Refused(
            "settled", "It does not stand so that this can be said now. Open the page again."
        )


def refuse_dates(review_on: date, today: date) -> None:
    """Raises Refused for a review that nobody will hold."""
    if not today < review_on <= today + LATEST:
        raise access.Refused("bad_day", "Choose a review day from tomorrow on, within a year.")


def earliest_end(today: date, off: Iterable[date]) -> date:
    """The first day a shield can end on when it is ended today."""
    return workdays.workdays_after(today, NOTICE_DAYS, frozenset(off))


def refuse_end(on: date, today: date, off: Iterable[date]) -> None:
    """Raises Refused for an end without notice."""
    first = earliest_end(today, off)
    if on < first:
        raise access.Refused(
            "no_notice", f"Give {NOTICE_DAYS} working days of notice: {first.isoformat()} at the earliest."
        )
    if on > today + LATEST:
        raise access.Refused("bad_day", "Choose a day within a year.")

"""What stands in an agreement, how its versions stand, and which side may do what. No Django here.

An agreement is one span between two people. Its version in force is the newest one that both signed; a newer one
changes nothing until both have signed it. It is over when its last day has passed, or when the reporting line is.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date, timedelta
from typing import Any, Literal

from fairlead.people import access

LONGEST = 2000
LONGEST_LINE = 250
MOST_LINES = 8
LATEST = timedelta(days=366)
MOST_HOURS = 240
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

Side = Literal["rep", "manager"]
Kind = Literal["signed", "asked_back", "withdrawn", "ended", "settled"]
KINDS: tuple[Kind, ...] = Kind.__args__  # type: ignore[attr-defined]
State = Literal["waiting", "asked_back", "withdrawn", "in_force", "replaced", "ended"]


# What stands in it


@dataclass(frozen=True, slots=True)
class Content:
    """What is signed. The first four are the rep's own words and can be changed by the rep alone.

    ``news_hours`` and ``plans_weekday`` (0 is Monday) are what the rep owes in figures, or None.
    """

    affects: str = ""
    shielded: tuple[str, ...] = ()
    hours: str = ""
    channels: str = ""
    news_hours: int | None = None
    plans_weekday: int | None = None
    rep_owes: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    manager_owes: tuple[str, ...] = ()

    @property
    def rep_promises(self) -> tuple[str, ...]:
        """What the rep owes, as it stands in the promise ledger."""
        found = []
        if self.news_hours:
            hours = f"{self.news_hours} hour{'s' if self.news_hours != 1 else ''}"
            found.append(f"News of my deals, good and bad, within {hours} of my knowing it")
        if self.plans_weekday is not None:
            found.append(f"The plans of my deals are current each {WEEKDAYS[self.plans_weekday]}")
        return (*found, *self.rep_owes)


OWN_WORDS = ("affects", "shielded", "hours", "channels")
"""The rep's own words: no version of the manager's changes them, and they alone are carried to a new manager."""
CARRIED = (*OWN_WORDS, "news_hours", "plans_weekday", "rep_owes")
_LISTS = frozenset({"shielded", "rep_owes", "needs", "manager_owes"})


def content_of(kept: Mapping[str, Any]) -> Content:
    """Content from how it is stored."""
    known = {field.name for field in fields(Content)}
    values: dict[str, Any] = {
        name: tuple(value) if name in _LISTS else value for name, value in kept.items() if name in known
    }
    return Content(**values)


def stored(content: Content) -> dict[str, Any]:
    """Content as it is stored and signed."""
    return {name: list(v) if isinstance(v, tuple) else v for name, v in asdict(content).items()}


def checked(given: Content) -> Content:
    """Content as it is kept. Raises Refused: text_long, too_many, twice, bad_hours, bad_weekday, nothing_owed."""
    if given.news_hours is not None and not 1 <= given.news_hours <= MOST_HOURS:
        raise access.Refused("bad_hours", f"News within 1 to {MOST_HOURS} hours, or leave it empty.")
    if given.plans_weekday is not None and not 0 <= given.plans_weekday <= 6:
        raise access.Refused("bad_weekday", "Choose a weekday, or none.")
    kept = Content(
        paragraph(given.affects, what="how noise from above affects you"),
        lines(given.shielded, what="what is shielded"),
        line(given.hours, what="hours"),
        line(given.channels, what="channels"),
        given.news_hours,
        given.plans_weekday,
        lines(given.rep_owes, what="what the rep owes"),
        lines(given.needs, what="what the manager needs"),
        lines(given.manager_owes, what="what the manager owes"),
    )
    if not kept.rep_promises and not kept.manager_owes:
        raise access.Refused("nothing_owed", "Write at least one thing that one of you owes the other.")
    return kept


def paragraph(text: str, *, what: str, longest: int = LONGEST) -> str:
    """A text of several lines as it is kept, empty or without control characters. Raises Refused: text_long."""
    kept = "\n".join(
        "".join(c for c in one if unicodedata.category(c)[0] != "C" or c == "\t").rstrip()
        for one in text.replace("\r\n", "\n").split("\n")
    ).strip()
    if len(kept) > longest:
        raise access.Refused("text_long", f"At most {longest} characters of {what}.")
    return kept


def line(text: str, *, what: str, longest: int = LONGEST_LINE) -> str:
    """A text in one line as it is kept; empty is allowed. Raises Refused: text_long."""
    kept = " ".join("".join(c if unicodedata.category(c)[0] != "C" else " " for c in text).split())
    if len(kept) > longest:
        raise access.Refused("text_long", f"At most {longest} characters a line of {what}.")
    return kept


def lines(given: Sequence[str], *, what: str) -> tuple[str, ...]:
    """Lines as they are kept, without empty ones. Raises Refused: text_long, too_many, twice."""
    found = [kept for kept in (line(one, what=what) for one in given) if kept]
    if len(found) > MOST_LINES:
        raise access.Refused("too_many", f"At most {MOST_LINES} lines of {what}.")
    if len(set(found)) != len(found):
        raise access.Refused("twice", f"One line of {what} stands there twice.")
    return tuple(found)


def written_by(side: Side, given: Content, before: Content | None) -> Content:
    """What a side's version says: the rep's own words stay as they were where the manager writes."""
    if side == "rep":
        return given
    own = before or Content()
    kept = {name: getattr(own, name) for name in OWN_WORDS}
    rest = {field.name: getattr(given, field.name) for field in fields(Content) if field.name not in kept}
    return Content(**kept, **rest)


def carried(content: Content) -> Content:
    """What goes to a new manager when the rep carries it over: the rep's own part, nothing the former manager said."""
    return Content(**{name: getattr(content, name) for name in CARRIED})


def refuse_same(given: Content, review_on: date, before: Content, before_on: date) -> None:
    """Raises Refused for a version that says what the one before says."""
    if (given, review_on) == (before, before_on):
        raise access.Refused("the_same", "Nothing is changed. To go on as it is, choose a new review date.")


def digest(content: Mapping[str, Any]) -> str:
    """SHA-256 of what is signed."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def refuse_review(review_on: date, today: date) -> None:
    """Raises Refused for a review nobody will hold."""
    if not today < review_on <= today + LATEST:
        raise access.Refused("bad_day", "Choose a review date from tomorrow on, within a year.")


def refuse_last_day(on: date, today: date) -> None:
    """Raises Refused for a last day that has passed or is too far."""
    if not today <= on <= today + LATEST:
        raise access.Refused("bad_day", "Choose today or a later day as its last, within a year.")


# How it stands


@dataclass(frozen=True, slots=True)
class Act:
    """What a side did with a version, by its number."""

    number: int
    side: str
    kind: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How an agreement stands on a day.

    ``held`` is the number of the version in force, None where there is none; ``pending`` the one that waits for a
    signature, by ``pending_by``; ``last_day`` the day it ends on or ended with; ``over`` whether it has ended.
    """

    held: int | None
    pending: int | None
    pending_by: Side | None
    asked_back: bool
    last_day: date | None
    over: bool
    review_due: bool
    states: Mapping[int, State]


def standing(
    versions: Sequence[tuple[int, Side, date]],
    acts: Sequence[Act],
    today: date,
    line_ended: date | None = None,
) -> Standing:
    """How it stands from its versions (number, writer, review date) and acts.

    ``line_ended`` is the first day on which the one does not report to the other any more, None while the line holds.
    """
    signed: dict[int, set[str]] = {}
    for act in acts:
        if act.kind == "signed":
            signed.setdefault(act.number, set()).add(act.side)
    both = [number for number, _, _ in versions if signed.get(number) == {"rep", "manager"}]
    held = max(both, default=None)
    ended = [act.on for act in acts if act.kind == "ended" and act.on is not None]
    ends = [*ended, *([line_ended - timedelta(days=1)] if line_ended is not None else [])]
    last_day = min(ends, default=None)
    over = last_day is not None and today > last_day
    gone = {act.number for act in acts if act.kind == "withdrawn"}
    newest, by, _ = max(versions)
    waits = not over and newest not in gone and (held is None or newest > held)
    asked = any(act.kind == "asked_back" and act.number == newest for act in acts)
    states: dict[int, State] = {}
    for number, _, _ in versions:
        if number == held:
            states[number] = "ended" if over else "in_force"
        elif number in both:
            states[number] = "replaced"
        elif number == newest and waits:
            states[number] = "asked_back" if asked else "waiting"
        else:
            states[number] = "withdrawn"
    review = next((on for number, _, on in versions if number == held), None)
    due = review is not None and not over and not waits and review <= today
    return Standing(
        held, newest if waits else None, by if waits else None, waits and asked, last_day, over, due, states
    )


def may(now: Standing, side: Side) -> tuple[str, ...]:
    """What a side may do: ``signed``, ``asked_back``, ``withdrawn``, ``written`` (a new version), ``ended``."""
    if now.over:
        return ()
    found: list[str] = []
    if now.pending is not None and now.pending_by != side:
        found.append("signed")
        if not now.asked_back:
            found.append("asked_back")
    if now.pending is not None and now.pending_by == side:
        found.append("withdrawn")
    if now.last_day is None:
        found.append("written")
        if now.held is not None:
            found.append("ended")
    return tuple(found)


def refuse_act(kind: str, now: Standing, side: Side, *, digest: str, read: str) -> None:
    """Raises Refused for an act that does not fit, or to something else than was read."""
    if kind not in may(now, side):
        raise access.Refused(
            "settled", "It does not stand so that this can be said now. Open the page again."
        )
    if read != digest:
        raise access.Refused(
            "not_what_you_read", "What you read is not what stands here. Open the page again."
        )


def waits_for(now: Standing, side: Side) -> bool:
    """Whether a side has something to do: sign what the other wrote, answer a question, or hold the review."""
    to_sign = now.pending is not None and now.pending_by != side and not now.asked_back
    to_answer = now.asked_back and now.pending_by == side
    return to_sign or to_answer or now.review_due

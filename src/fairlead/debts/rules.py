"""What a company debt comes to from the steps that were taken, and who may take which. No Django here.

A debt is owed by one person to another in the company's name. What was said stays: a day, a delivery, a dispute and
an undo are steps of their own. ``late`` is never stored: it is open and past its day.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from fairlead.people import access

Kind = Literal["dated", "delivered", "rated", "disputed", "lifted", "undone"]
KINDS: tuple[Kind, ...] = Kind.__args__  # type: ignore[attr-defined]
State = Literal["open", "delivered", "disputed", "lifted"]
Side = Literal["owes", "owed"]
RATINGS: dict[str, str] = {
    "helped": "it helped",
    "in_part": "it helped in part",
    "no_help": "it did not help",
}
LONGEST = 300
LATEST = timedelta(days=731)
WORDS_NEEDED: dict[Kind, str] = {
    "delivered": "what was delivered and where it can be seen",
    "disputed": "why; the other person reads it",
    "lifted": "why it is no longer owed",
}
"""Step -> what has to be said with it."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step. ``words`` are the evidence of a delivery, or the reason; ``by`` None is the plan or ask behind it."""

    number: int
    kind: Kind
    by: int | None
    at: datetime
    due_on: date | None = None
    words: str = ""
    rating: str = ""
    about: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a debt stands. ``due_on`` is None while no day was named; ``newest`` is the step that can be undone."""

    state: State
    due_on: date | None
    delivered_at: datetime | None
    evidence: str
    rating: str
    reason: str
    newest: Step | None

    @property
    def open(self) -> bool:
        """Whether it is still owed: neither delivered nor lifted. A dispute does not settle it."""
        return self.state in ("open", "disputed")

    def days_late(self, today: date) -> int:
        if not self.open or self.due_on is None:
            return 0
        return max((today - self.due_on).days, 0)


def standing(due_on: date | None, steps: Iterable[Step]) -> Standing:
    """How a debt stands, from its first due day and its steps."""
    every = sorted(steps, key=lambda step: step.number)
    gone = {step.about for step in every if step.kind == "undone"}
    valid = [step for step in every if step.kind != "undone" and step.number not in gone]
    state: State = "open"
    due, delivered_at, evidence, rating, reason = due_on, None, "", "", ""
    for step in valid:
        if step.kind == "dated":
            due = step.due_on
        elif step.kind == "delivered":
            state, delivered_at, evidence, reason = "delivered", step.at, step.words, ""
        elif step.kind == "rated":
            rating = step.rating
        elif step.kind == "disputed":
            state, delivered_at, rating, reason = "disputed", None, "", step.words
        elif step.kind == "lifted":
            state, reason = "lifted", step.words
    return Standing(state, due, delivered_at, evidence, rating, reason, valid[-1] if valid else None)


def first_day(due_on: date | None, steps: Iterable[Step]) -> date | None:
    """The day that was named first and not taken back: a day that is moved later is late from the first on."""
    every = sorted(steps, key=lambda step: step.number)
    gone = {step.about for step in every if step.kind == "undone"}
    named_ = [step.due_on for step in every if step.kind == "dated" and step.number not in gone]
    return due_on or next((day for day in named_ if day is not None), None)


def may(now: Standing, side: Side | None, by: int) -> tuple[Kind, ...]:
    """The steps somebody may take now; ``side`` None is a manager who only reads."""
    if side is None:
        return ()
    found: list[Kind] = []
    if side == "owes" and now.open:
        found += ["dated", "delivered"]
    if side == "owes" and now.state == "open":
        found.append("disputed")
    if side == "owed" and now.open:
        found.append("lifted")
    if side == "owed" and now.state == "delivered":
        found += [] if now.rating else ["rated"]
        found.append("disputed")
    if now.newest is not None and now.newest.by == by:
        found.append("undone")
    return tuple(found)


def refuse_step(kind: Kind, now: Standing, side: Side | None, by: int) -> None:
    """Raises Refused with what stands in the way of a step."""
    if kind in may(now, side, by):
        return
    if side is None:
        raise access.Refused("not_yours", "Who owes it and who it is owed to say what becomes of it.")
    if kind == "undone":
        raise access.Refused("nothing_to_undo", "The last step was not yours, or there is none.")
    if kind in ("dated", "delivered") and side == "owed":
        raise access.Refused("not_yours", "Who owes it names the day and says that it is delivered.")
    if kind in ("rated", "lifted") and side == "owes":
        raise access.Refused("not_yours", "The person it is owed to says that.")
    words = {"open": "open", "delivered": "delivered", "disputed": "disputed", "lifted": "no longer owed"}
    raise access.Refused("settled", f"It is {words[now.state]} already. Open the page again.")


def refuse_day(due_on: date | None, today: date) -> None:
    """Raises Refused for a day by which nothing can be delivered."""
    if due_on is None:
        raise access.Refused("bad_day", "Choose the day by which it is delivered.")
    if due_on < today:
        raise access.Refused("day_passed", f"{due_on} has passed. Choose today or a later day.")
    if due_on > today + LATEST:
        raise access.Refused("day_far", "Choose a day within the next two years.")


def refuse_rating(rating: str) -> None:
    """Raises Refused for a rating that is none of the three."""
    if rating not in RATINGS:
        raise access.Refused("bad_rating", f"Choose one: {', '.join(RATINGS.values())}.")


def named(who: str, people: Iterable[tuple[int, str]]) -> int | None:
    """The person a plan names as "Otto" or "Otto Brandt", where exactly one is meant."""
    wanted = " ".join(who.split()).casefold()
    if not wanted:
        return None
    every = [(person, name.casefold()) for person, name in people]
    whole = [person for person, name in every if name == wanted]
    first = [person for person, name in every if name.split(" ")[0] == wanted]
    found = whole or first
    return found[0] if len(found) == 1 else None

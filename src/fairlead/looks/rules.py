"""When a look opens and at what, by when it is decided, and what may be done with it. No Django here."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal, get_args

from fairlead.people import texts
from fairlead.people.access import Refused
from fairlead.people.workdays import is_workday, workdays_after, workdays_between

LEAST_GROUP = 4
"""Of fewer sellers of one role, half is one or two persons: then a look is at a person."""
SETTLES_AFTER = 3
"""Working days after a quarter's end until looks open, so that its last bookings are in."""
TAKES_OVER = 10
"""Working days that somebody who takes a team over has at least, whatever the day."""
LONGEST = 2000

Reason = Literal["luck", "peers", "late_deal", "target", "ramp", "leave", "territory", "debt", "other"]
REASONS: tuple[Reason, ...] = get_args(Reason)
Side = Literal["person", "manager", "hr"]
Kind = Literal["answered", "waived", "undone", "diagnosed", "decided", "reopened"]
"""The last three follow what becomes of a diagnosis: it is shared, it is used, it is withdrawn."""
KINDS: tuple[Kind, ...] = get_args(Kind)
State = Literal["open", "overdue", "waived", "diagnosis", "decided"]
About = Literal["target", "territory", "both", "nothing"]
ABOUTS: tuple[About, ...] = get_args(About)


def group_is_under(missed: Sequence[bool]) -> bool:
    """Whether half or more of the sellers of a role were under the line, the one asked about among them."""
    return len(missed) >= LEAST_GROUP and 2 * sum(missed) >= len(missed)


def opens_on(closed_on: date, off: Collection[date] = ()) -> date:
    """The day from which looks at a quarter open, from its last day."""
    return workdays_after(closed_on, SETTLES_AFTER, off)


def due_on(
    closed_on: date,
    days: int,
    away: Iterable[tuple[date, date | None]] = (),
    led_since: date | None = None,
    off: Collection[date] = (),
) -> date | None:
    """The day by which a look is decided: so many days after the quarter, and never on a weekend or a day off.

    Days on which the seller is away do not count; while nobody knows when they come back it is None. Who leads
    the seller only since ``led_since`` has TAKES_OVER working days from then on.
    """
    day, left = closed_on, days
    spans = list(away)
    while left:
        day += timedelta(days=1)
        open_end = [first for first, last in spans if last is None and first <= day]
        if open_end:
            return None
        left -= not any(first <= day <= (last or date.max) for first, last in spans)
    while not is_workday(day, off):
        day += timedelta(days=1)
    if led_since is not None and led_since > closed_on:
        return max(day, workdays_after(led_since, TAKES_OVER, off))
    return day


def days_late(due: date | None, until: date, off: Collection[date] = ()) -> int:
    """Working days past the day of decision; 0 while it is to come or paused."""
    return workdays_between(due, until, off) if due is not None else 0


@dataclass(frozen=True, slots=True)
class Step:
    """One act with a look, as taken: ``about`` is the number of the step that is undone."""

    number: int
    kind: str
    by: int
    at: datetime
    words: str = ""
    reason: str = ""
    about: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What the acts amount to. ``waiver`` is the one that counts; ``answers`` are the seller's, oldest first.

    ``diagnosed`` is the sharing of the diagnosis that runs, ``decided`` its use; both end when it is withdrawn.
    """

    waiver: Step | None
    answers: tuple[Step, ...]
    newest: Step | None
    undone: frozenset[int] = field(default_factory=frozenset)
    diagnosed: Step | None = None
    decided: Step | None = None

    @property
    def open(self) -> bool:
        """Whether it waits for its decision: while a diagnosis runs it does, until that is used."""
        return self.waiver is None and self.decided is None

    @property
    def closing(self) -> Step | None:
        """The act that decided it."""
        return self.decided or self.waiver


def standing(steps: Iterable[Step]) -> Standing:
    """Fold the acts of a look, in their order."""
    every = list(steps)
    undone = frozenset(step.about for step in every if step.kind == "undone" and step.about is not None)
    kept = [step for step in every if step.kind != "undone" and step.number not in undone]
    waivers = [step for step in kept if step.kind == "waived"]
    diagnosed = decided = None
    for step in kept:
        if step.kind == "reopened":
            diagnosed = decided = None
        elif step.kind == "diagnosed":
            diagnosed = step
        elif step.kind == "decided":
            decided = step
    return Standing(
        waivers[-1] if waivers else None,
        tuple(step for step in kept if step.kind == "answered"),
        every[-1] if every else None,
        undone,
        diagnosed,
        decided,
    )


def may(now: Standing, side: Side | None, by: int) -> tuple[Kind, ...]:
    """What a side may do now: the seller answers always, the manager decides once and may undo it.

    While a diagnosis runs the look is not closed beside it: it is used or withdrawn, and the look follows.
    """
    if side == "person":
        return ("answered",)
    if side != "manager":
        return ()
    if now.open:
        return ("waived",) if now.diagnosed is None else ()
    return ("undone",) if now.waiver is not None and now.waiver.by == by else ()


def refuse_step(kind: str, now: Standing, side: Side | None, by: int) -> None:
    """Raises Refused for an act out of order or by somebody else."""
    if kind not in KINDS:
        raise Refused("bad_step", f"Choose one of: {', '.join(KINDS)}.")
    if kind in may(now, side, by):
        return
    if kind == "answered":
        raise Refused("not_yours", "Only the person it is about writes in this box; nobody else can.")
    if side != "manager":
        raise Refused("not_yours", "The manager decides on a look, and nobody in their stead.")
    if kind in ("diagnosed", "decided", "reopened"):
        raise Refused("bad_step", "A look follows its diagnosis. Open that.")
    if kind == "undone":
        raise Refused("nothing_to_undo", "There is no decision of yours to take back.")
    if now.open:
        raise Refused(
            "diagnosis",
            "A diagnosis of this look is shared. Withdraw that first if something else explains it.",
        )
    raise Refused("decided", "This look has its decision already. Take that back first if it was a mistake.")


def refuse_follow(kind: str, now: Standing) -> None:
    """Raises Refused where a look can not follow its diagnosis: it was closed meanwhile, or another one runs."""
    if kind == "diagnosed" and not now.open:
        raise Refused(
            "decided", "This look has its decision already. Take that back first if it was a mistake."
        )
    if kind == "diagnosed" and now.diagnosed is not None:
        raise Refused("diagnosis", "Another diagnosis of this look is shared.")
    if kind == "decided" and (not now.open or now.diagnosed is None):
        raise Refused("decided", "This look waits for no diagnosis.")


def refuse_words(words: str, what: str) -> str:
    """The words without space around them. Raises Refused: text_missing, text_long."""
    return texts.needed(words, what, LONGEST)


def refuse_reason(reason: str) -> None:
    """Raises Refused for a waiver without one of the reasons that can be looked up later."""
    if reason not in REASONS:
        raise Refused("no_reason", "Choose what speaks against a diagnosis, then say it in your words.")


# Replay


def replays(facts: Mapping[str, object]) -> bool:
    """Whether the frozen inputs of a look give the result that opened it: every quarter of the run under the line."""
    line, quarters = facts["line"], facts["quarters"]
    assert isinstance(line, int)
    assert isinstance(quarters, list)
    return len(quarters) >= int(str(facts["in_a_row"])) and all(
        one["asked"] > 0 and one["won"] * 100 < one["asked"] * line for one in quarters
    )

"""What an ask says, the states it goes through, who may take which step, and what asks came to. No Django here.

A state is read off the steps; an undo is a step of its own. ``expired`` needs no step: a day that passed is enough,
and the clock's step only says when it was noticed.
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from typing import Literal

from fairlead.people import access

Kind = Literal[
    "sent", "sent_back", "turned_down", "approved", "passed", "accepted", "declined", "proposed", "agreed",
    "withdrawn", "debriefed", "expired", "undone",
]  # fmt: skip
KINDS: tuple[Kind, ...] = Kind.__args__  # type: ignore[attr-defined]
State = Literal[
    "with_manager", "sent_back", "turned_down", "asked", "proposed", "accepted", "declined", "withdrawn", "expired",
    "done",
]  # fmt: skip
Part = Literal["owner", "manager", "executive", "clock"]
"""Whose step it is: the deal's owner, the owner's manager, who is asked, or nobody but time."""

_MACHINE: dict[State, dict[Kind, tuple[frozenset[Part], State]]] = {
    "with_manager": {
        "sent": (frozenset({"owner"}), "with_manager"),
        "sent_back": (frozenset({"manager"}), "sent_back"),
        "turned_down": (frozenset({"manager"}), "turned_down"),
        "approved": (frozenset({"manager"}), "asked"),
        "passed": (frozenset({"owner"}), "asked"),
        "withdrawn": (frozenset({"owner"}), "withdrawn"),
        "expired": (frozenset({"clock"}), "expired"),
    },
    "sent_back": {
        "sent": (frozenset({"owner"}), "with_manager"),
        "withdrawn": (frozenset({"owner"}), "withdrawn"),
        "expired": (frozenset({"clock"}), "expired"),
    },
    "asked": {
        "accepted": (frozenset({"executive"}), "accepted"),
        "declined": (frozenset({"executive"}), "declined"),
        "proposed": (frozenset({"executive"}), "proposed"),
        "withdrawn": (frozenset({"owner", "manager"}), "withdrawn"),
        "expired": (frozenset({"clock"}), "expired"),
    },
    "proposed": {
        "agreed": (frozenset({"owner", "manager"}), "accepted"),
        "accepted": (frozenset({"executive"}), "accepted"),
        "declined": (frozenset({"executive"}), "declined"),
        "proposed": (frozenset({"executive"}), "proposed"),
        "withdrawn": (frozenset({"owner", "manager"}), "withdrawn"),
        "expired": (frozenset({"clock"}), "expired"),
    },
    "accepted": {
        "debriefed": (frozenset({"owner", "executive"}), "done"),
        "declined": (frozenset({"executive"}), "declined"),
        "proposed": (frozenset({"executive"}), "proposed"),
        "withdrawn": (frozenset({"owner", "manager"}), "withdrawn"),
    },
    "done": {"debriefed": (frozenset({"owner", "executive"}), "done")},
    "turned_down": {},
    "declined": {},
    "withdrawn": {},
    "expired": {},
}
"""State -> step -> (whose step it is, the state it leads to). What is not here is refused."""

WAITING: frozenset[State] = frozenset({"with_manager", "sent_back", "asked", "proposed"})
"""States in which a day that passes ends the ask."""
CLOSED: frozenset[State] = frozenset({"turned_down", "declined", "withdrawn", "expired", "done"})
BEFORE_EXECUTIVE: frozenset[State] = frozenset({"with_manager", "sent_back", "turned_down"})
REACHED: frozenset[Kind] = frozenset({"approved", "passed"})
"""Steps by which an ask comes before the one who is asked."""
ANSWERS: frozenset[Kind] = frozenset({"accepted", "declined", "proposed"})
REASONED: frozenset[Kind] = frozenset({"sent_back", "turned_down", "declined"})
"""Steps that say why."""
_NOT_UNDONE: frozenset[Kind] = frozenset({"sent", "passed", "debriefed", "expired"})
LONGEST = 300
BRIEF = 220
"""Characters of a line of the brief: three of them fit a phone's screen."""
MOST_OFFERS = 8
LATEST = timedelta(days=366)
CLOCK = timedelta(hours=24)
"""Within it what was promised to the buyer is logged."""
TYPES: dict[str, str] = {
    "call": "call a peer",
    "attend": "attend a meeting",
    "reference": "give or open a reference",
    "block": "remove an internal block",
    "roadmap": "talk about the roadmap",
}
REACHED_WORDS: dict[str, str] = {"yes": "reached", "partly": "reached in part", "no": "not reached"}
ENOUGH_ANSWERS = 3
"""Under so many answers a middle time says too little."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step. ``on`` is the day accepted, proposed or agreed; ``about`` the number of the step that is undone."""

    number: int
    kind: Kind
    by: int | None
    at: datetime
    on: date | None = None
    reason: str = ""
    about: int | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """How an ask stands. ``on`` is the day accepted or proposed; ``until`` the day by which it waits.

    ``reached_at`` is when it came before the one who is asked, ``answered_at`` when they first answered.
    """

    state: State
    on: date | None
    until: date
    reason: str
    reached_at: datetime | None
    answered_at: datetime | None
    newest: Step | None

    @property
    def closed(self) -> bool:
        return self.state in CLOSED

    @property
    def reached(self) -> bool:
        """Whether it came before the one who is asked."""
        return self.reached_at is not None


def standing(deadline: date, steps: Iterable[Step], today: date) -> Standing:
    """How an ask stands on a day, from the newest version's deadline and its steps. Raises ValueError for a step
    that no state of the machine allows."""
    every = sorted(steps, key=lambda step: step.number)
    gone = {step.about for step in every if step.kind == "undone"}
    valid = [step for step in every if step.kind != "undone" and step.number not in gone]
    state: State = "with_manager"
    on, reason, reached_at, answered_at = None, "", None, None
    for step in valid:
        if step.kind not in _MACHINE[state]:
            raise ValueError(f"Step {step.number}, {step.kind}, does not follow {state}.")
        state = _MACHINE[state][step.kind][1]
        reason = step.reason
        if state in ("accepted", "proposed"):
            on = step.on
        if step.kind in REACHED:
            reached_at = step.at
        if step.kind in ANSWERS and answered_at is None:
            answered_at = step.at
    until = on if state == "proposed" and on is not None else deadline
    if state in WAITING and today > until:
        state = "expired"
    return Standing(state, on, until, reason, reached_at, answered_at, valid[-1] if valid else None)


def waits(now: Standing, parts: Collection[Part], *, debriefs: bool) -> bool:
    """Whether the next step is one of these parts'. ``debriefs``: a debrief is owed."""
    if now.state == "with_manager":
        return "manager" in parts
    if now.state == "asked":
        return "executive" in parts
    if now.state in ("sent_back", "proposed"):
        return "owner" in parts or (now.state == "proposed" and "manager" in parts)
    return debriefs and ("owner" in parts or "executive" in parts)


def shown_from(steps: Sequence[Step]) -> int:
    """The number of the manager's answer: what came before it stays between the deal's owner and the manager."""
    return max(
        (step.number for step in steps if step.kind in REACHED or step.kind == "turned_down"), default=1
    )


def without_others_reasons(steps: Sequence[Step], owner: int | None) -> list[Step]:
    """The steps as a deal's owner reads them: why an ask was sent back is said to who had sent it alone."""
    found, sent_by = [], None
    for step in steps:
        if step.kind == "sent":
            sent_by = step.by
        others = step.kind == "sent_back" and sent_by != owner
        found.append(replace(step, reason="") if others else step)
    return found


def may(now: Standing, parts: Collection[Part], by: int | None) -> tuple[Kind, ...]:
    """The steps that somebody with these parts may take now; ``passed`` is the sponsor's rule and never offered."""
    found: list[Kind] = [
        kind for kind, (whose, _) in _MACHINE[now.state].items() if whose & set(parts) and kind != "passed"
    ]
    newest = now.newest
    # A step that time has ended is not taken back: what expired is asked anew.
    if by is not None and newest is not None and newest.by == by and newest.kind not in _NOT_UNDONE:
        found += [] if now.state == "expired" else ["undone"]
    return tuple(found)


_WHOSE: dict[Part, str] = {
    "owner": "the deal’s owner", "manager": "the owner’s manager", "executive": "who is asked", "clock": "the clock",
}  # fmt: skip


def refuse_step(kind: Kind, now: Standing, parts: Collection[Part], by: int | None) -> None:
    """Raises Refused with what stands in the way of a step."""
    if kind in may(now, parts, by):
        return
    if kind == "undone":
        raise access.Refused(
            "nothing_to_undo",
            "The last step was not yours, or somebody acted on it; it cannot be taken back.",
        )
    step = _MACHINE[now.state].get(kind)
    if step is not None and not step[0] & set(parts):
        raise access.Refused(
            "not_yours", f"That is for {' or '.join(sorted(_WHOSE[one] for one in step[0]))}."
        )
    words = STATE_WORDS[now.state]
    raise access.Refused("settled", f"The ask is {words} now. Open the page again to see what can be done.")


STATE_WORDS: dict[State, str] = {
    "with_manager": "with the manager",
    "sent_back": "sent back to be written again",
    "turned_down": "declined by the manager",
    "asked": "waiting for an answer",
    "proposed": "answered with another day",
    "accepted": "accepted",
    "declined": "declined",
    "withdrawn": "withdrawn",
    "expired": "expired",
    "done": "done",
}


def refuse_day(kind: Kind, on: date | None, now: Standing, today: date) -> None:
    """Raises Refused for a day that cannot be accepted or proposed."""
    if kind not in ("accepted", "proposed"):
        return
    if on is None:
        raise access.Refused("bad_day", "Choose the day on which you do it.")
    if on < today:
        raise access.Refused("day_passed", f"{on} has passed. Choose today or a later day.")
    if on > today + LATEST:
        raise access.Refused("day_far", "Choose a day within a year.")
    if kind == "accepted" and on > now.until:
        raise access.Refused(
            "day_late",
            f"It is needed by {now.until}. Propose that day instead; the manager or the rep answers.",
        )


def refuse_reason(kind: Kind, now: Standing, reason: str) -> None:
    """Raises Refused where a step needs a reason and has none."""
    needs = kind in REASONED or (kind == "withdrawn" and now.reached)
    if needs and not reason.strip():
        raise access.Refused("reason_missing", "Say why in a sentence; the others read it.")


# What it says


@dataclass(frozen=True, slots=True)
class Content:
    """What an ask says. ``whose``, ``helps`` and ``background`` are the three lines of the brief."""

    kind: str
    buyer: str
    buyer_role: str
    purpose: str
    outcome: str
    deadline: date
    whose: str
    helps: str
    background: str
    do_not_offer: tuple[str, ...] = ()


def line(text: str) -> str:
    """Text as it is kept: one line, no control characters."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def kept(content: Content) -> Content:
    """An ask as it is kept, or Refused: bad_type, missing, text_long, many_offers."""
    texts = {name: line(getattr(content, name)) for name in _TEXTS}
    if content.kind not in TYPES:
        raise access.Refused("bad_type", f"Choose what is asked for: {', '.join(TYPES.values())}.")
    for name, (words, longest) in _TEXTS.items():
        needed = name not in ("buyer", "buyer_role") or (name == "buyer" and content.kind != "block")
        if needed and not texts[name]:
            raise access.Refused("missing", f"Say {words}.")
        if len(texts[name]) > longest:
            raise access.Refused(
                "text_long", f"At most {longest} characters: {words}. This is {len(texts[name])}."
            )
    offers = tuple(dict.fromkeys(filter(None, (line(one) for one in content.do_not_offer))))
    if len(offers) > MOST_OFFERS:
        raise access.Refused(
            "many_offers", f"At most {MOST_OFFERS} lines of what not to offer: it is read on a phone."
        )
    if any(len(one) > BRIEF for one in offers):
        raise access.Refused("text_long", f"At most {BRIEF} characters for each thing not to offer.")
    return Content(kind=content.kind, deadline=content.deadline, do_not_offer=offers, **texts)


_TEXTS: dict[str, tuple[str, int]] = {
    "buyer": ("which person of the buyer it is about, as in the plan", 120),
    "buyer_role": ("their role", 120),
    "purpose": ("what you ask for, in one sentence", LONGEST),
    "outcome": ("how one will know afterwards that it worked", LONGEST),
    "whose": ("whose number it is", BRIEF),
    "helps": ("what helps", BRIEF),
    "background": ("what one has to know", BRIEF),
}


def refuse_deadline(deadline: date, today: date) -> None:
    """Raises Refused for a deadline that leaves nobody time, or too much."""
    if deadline < today:
        raise access.Refused("day_passed", f"{deadline} has passed. Choose today or a later day.")
    if deadline > today + LATEST:
        raise access.Refused("day_far", "Choose a deadline within a year.")


def refuse_buyer(content: Content, players: Collection[str]) -> None:
    """The person at the buyer stands in the plan; only an internal block needs none. Raises Refused."""
    if content.buyer and content.buyer not in players:
        raise access.Refused(
            "no_player", f"{content.buyer} is not among the plan’s players. Add them to the plan first."
        )


# The debrief


@dataclass(frozen=True, slots=True)
class Word:
    """Something promised or conceded to the buyer: what, whose part it is to keep, by when."""

    text: str
    whose: Part
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Debrief:
    """What came of it. ``blocks`` stands in our way; ``provides`` is what the one who was asked provides by a day."""

    said: str
    reached: str
    happened_on: date | None
    blocks: str = ""
    provides: str = ""
    provides_by: date | None = None
    words: tuple[Word, ...] = ()


LONGEST_SAID = 2000
MOST_WORDS = 8


def kept_debrief(given: Debrief, *, today: date) -> Debrief:
    """A debrief as it is kept, or Refused with what is missing."""
    said = "\n".join(line(one) for one in given.said.splitlines()).strip()
    if not said:
        raise access.Refused("missing", "Say what was said, in a few sentences.")
    if len(said) > LONGEST_SAID:
        raise access.Refused("text_long", f"At most {LONGEST_SAID} characters of what was said.")
    if given.reached not in REACHED_WORDS:
        raise access.Refused("missing", "Say whether the outcome was reached.")
    if given.happened_on is None or given.happened_on > today:
        raise access.Refused("bad_day", "Say on which day it happened: today or earlier.")
    blocks, provides = line(given.blocks), line(given.provides)
    if max(len(blocks), len(provides)) > LONGEST:
        raise access.Refused("text_long", f"At most {LONGEST} characters a line.")
    if provides and given.provides_by is None:
        raise access.Refused(
            "bad_day", "Say by when it will be provided: it becomes a company debt with that day."
        )
    if provides and given.provides_by is not None and given.provides_by < today:
        raise access.Refused(
            "day_passed", f"{given.provides_by} has passed. Choose a day on which it can be provided."
        )
    return Debrief(
        said, given.reached, given.happened_on, blocks, provides, given.provides_by if provides else None,
        _kept_words(given.words, today),
    )  # fmt: skip


def _kept_words(given: Sequence[Word], today: date) -> tuple[Word, ...]:
    found = tuple(Word(text, word.whose, word.due_on) for word in given if (text := line(word.text)))
    if len(found) > MOST_WORDS:
        raise access.Refused("many_rows", f"At most {MOST_WORDS} promises in one debrief.")
    for word in found:
        if len(word.text) > LONGEST:
            raise access.Refused("text_long", f"At most {LONGEST} characters: “{word.text[:40]}…”.")
        if word.whose not in ("owner", "manager", "executive"):
            raise access.Refused("no_owner", f"Say who keeps it: “{word.text[:40]}”.")
        if word.due_on is None or word.due_on < today:
            raise access.Refused("bad_day", f"Say by when it is kept, today or later: “{word.text[:40]}”.")
    return found


def debrief_due(on: date, zone: str) -> datetime:
    """Until when what was said is logged: 24 hours after the end of the day it was accepted for, in UTC."""
    end = datetime.combine(on + timedelta(days=1), time(), zoneinfo.ZoneInfo(zone)).astimezone(UTC)
    return end + CLOCK


def debrief_owed(now: Standing, today: date) -> bool:
    """Whether the day has come and nothing is logged yet."""
    return now.state == "accepted" and now.on is not None and today >= now.on


# Counts


@dataclass(frozen=True, slots=True)
class Load:
    """What was asked of one person in a year: counts, and the middle time to an answer of ``answered`` of them."""

    asked: int
    waiting: int
    accepted: int
    declined: int
    expired: int
    answered: int
    middle: timedelta | None

    @property
    def too_few(self) -> bool:
        return self.answered < ENOUGH_ANSWERS


def load(standings: Sequence[Standing]) -> Load:
    """The load of one person from the asks that came before them; one withdrawn unanswered counts as asked only."""
    came = [one for one in standings if one.reached]
    times = [
        (one.answered_at - one.reached_at).total_seconds()
        for one in came
        if one.answered_at and one.reached_at
    ]
    return Load(
        asked=len(came),
        waiting=sum(one.state == "asked" for one in came),
        accepted=sum(one.state in ("accepted", "done") for one in came),
        declined=sum(one.state == "declined" for one in came),
        expired=sum(one.state == "expired" for one in came),
        answered=len(times),
        middle=timedelta(seconds=median(times)) if len(times) >= ENOUGH_ANSWERS else None,
    )


# What asks came to

ENOUGH_DEALS = 10
"""Under so many deals on either side the comparison says nothing."""
_AGES = (30, 90, 180)


def age_band(days: int) -> int:
    """0 up to 30 days, 1 up to 90, 2 up to 180, 3 beyond."""
    return sum(days > limit for limit in _AGES)


def alike(one: tuple[int, str, int], other: tuple[int, str, int]) -> bool:
    """Whether two deals, as (amount, stage, age in days) on one day, are matched: same stage, same band of age, and
    the other between half and twice the amount."""
    return (
        one[1] == other[1]
        and age_band(one[2]) == age_band(other[2])
        and one[0] <= 2 * other[0]
        and other[0] <= 2 * one[0]
    )


@dataclass(frozen=True, slots=True)
class Pair:
    """A deal with an ask and the deals it is matched with: whether each was won by the end of the ask's period."""

    won: bool
    others: tuple[tuple[int, bool], ...]
    """(deal, won)"""


@dataclass(frozen=True, slots=True)
class Effect:
    """Deals with asks beside matched deals without. ``won`` and ``others_won`` are shares; the second weighs every
    deal with an ask alike, whatever the number of its matches. ``unmatched`` deals had no match and are left out."""

    deals: int
    others: int
    unmatched: int
    running: int
    won: float
    others_won: float

    @property
    def too_few(self) -> bool:
        return min(self.deals, self.others) < ENOUGH_DEALS


def effect(pairs: Sequence[Pair], *, running: int = 0) -> Effect:
    """What asks came to; ``running`` asks lie in a period that has not ended and are not counted yet."""
    matched = [pair for pair in pairs if pair.others]
    others = {deal for pair in matched for deal, _ in pair.others}
    count = len(matched)
    shares = [sum(won for _, won in pair.others) / len(pair.others) for pair in matched]
    return Effect(
        deals=count,
        others=len(others),
        unmatched=len(pairs) - count,
        running=running,
        won=sum(pair.won for pair in matched) / count if count else 0.0,
        others_won=sum(shares) / count if count else 0.0,
    )

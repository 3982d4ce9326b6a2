"""The order of a plan's acts: who may do what, when, and what has to be there before. No Django here.

Everything that happened to a plan is an act with a number. ``fold`` says how it stands, ``why_not`` why an act is
refused, and ``outcomes`` what the decision may be. What depends on days is given in ``Given``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal, get_args

from fairlead.improvement.content import LONGEST, RUBRIC, RUBRIC_MOST
from fairlead.people import texts
from fairlead.people.access import Refused

Form = Literal["plan", "redeployment", "self"]
FORMS: tuple[Form, ...] = get_args(Form)
"""A formal plan, redeployment without a plan, and a plan that somebody gave themself."""

Side = Literal["person", "manager", "hr", "decider", "hearer"]
Kind = Literal[
    "submitted", "returned", "approved", "published", "received", "handed", "agreed", "partly", "refused",
    "deals_agreed", "deals_refused", "replied", "checked_in", "missed", "measured", "freed", "changed", "kept",
    "decided", "seconded", "objected", "appealed", "heard", "summed_up", "summary_read", "withdrawn", "shared", "ended",
    "lifted",
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)
Outcome = Literal["met", "extended", "redeployed", "leaves", "withdrawn"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
PARTING: frozenset[str] = frozenset({"redeployed", "leaves"})
"""Outcomes that two people decide, with a cover plan."""
Phase = Literal[
    "draft", "at_hr", "approved", "running", "paused", "decided", "pending", "appealed", "closed", "void"
]
HEARD = ("upheld", "overturned")
Duty = Literal["gate", "second", "decision", "appeal"]
"""What somebody from outside takes over, of one plan, where nobody inside is free."""
DUTIES: dict[Duty, tuple[Side, tuple[str, ...]]] = {
    "gate": ("hr", ("approved", "returned")),
    "second": ("hr", ("seconded", "objected")),
    "decision": ("decider", ("decided",)),
    "appeal": ("hearer", ("heard",)),
}
"""Duty -> the side it stands on, and the only acts it allows."""
LEAST_PEOPLE = 3
"""So many different people stand behind a parting at least."""
MOST_MORE = 30
"""Days of an extension."""
LEAST_MORE = 7
WAITS = 5
"""Working days that a person has to reply before redeployment without a plan is decided."""


@dataclass(frozen=True, slots=True)
class Step:
    """One act. ``which`` names the check-in, task or deal it is about; ``said`` the outcome, or who missed.

    ``by`` is a person, or below zero somebody from outside (:func:`outsider`).
    """

    number: int
    kind: str
    by: int
    at: datetime
    on: date
    version: int = 0
    which: str = ""
    said: str = ""
    value: int | None = None
    scores: Mapping[str, int] = field(default_factory=dict)
    words: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """How a plan stands by its acts alone."""

    form: Form
    phase: Phase = "draft"
    saved: int = 0
    in_force: int = 0
    proposed: int = 0
    gate: Step | None = None
    """HR's answer to what was submitted last"""
    gates: frozenset[int] = frozenset()
    """everybody who answered for HR"""
    published: Step | None = None
    received: Step | None = None
    stance: Step | None = None
    deals: Step | None = None
    replies: tuple[Step, ...] = ()
    checkins: Mapping[str, Step] = field(default_factory=dict)
    measured: Mapping[str, tuple[Step, ...]] = field(default_factory=dict)
    freed: Mapping[str, Step] = field(default_factory=dict)
    pauses: tuple[tuple[date, date | None], ...] = ()
    extended: Step | None = None
    decision: Step | None = None
    second: Step | None = None
    appeal: Step | None = None
    heard: Step | None = None
    summary: Step | None = None
    summary_read: Step | None = None
    ended: Step | None = None
    lifted: Step | None = None
    newest: int = 0
    writers: frozenset[int] = frozenset()
    """everybody who wrote a version of it or led it"""

    @property
    def open(self) -> bool:
        return self.phase not in ("closed", "void")

    @property
    def shown_to_person(self) -> bool:
        return self.form == "self" or self.published is not None


def fold(form: Form, versions: int, steps: Iterable[Step], writers: Collection[int] = ()) -> State:
    """How a plan stands after its acts, in their order; ``versions`` is how many were saved, by ``writers``."""
    now: dict[str, object] = {"form": form, "saved": versions, "proposed": versions}
    checkins: dict[str, Step] = {}
    measured: dict[str, tuple[Step, ...]] = {}
    freed: dict[str, Step] = {}
    pauses: list[tuple[date, date | None]] = []
    gates: set[int] = set()
    replies: list[Step] = []
    phase: Phase = "running" if form == "self" else "draft"
    in_force, newest, hands = 0, 0, set(writers)
    for step in steps:
        newest = step.number
        if step.kind in _BY_SIDE["manager"] and step.kind not in _BY_SIDE["hr"]:
            hands.add(step.by)
        match step.kind:
            case "shared":
                phase, in_force = "running", step.version
                now |= {"published": step, "received": step}
            case "submitted":
                phase = "at_hr"
            case "returned":
                gates.add(step.by)
                now["gate"] = step
                phase = "paused" if now.get("published") else "draft"
            case "approved":
                gates.add(step.by)
                now["gate"] = step
                phase = "paused" if now.get("published") else "approved"
            case "published":
                phase, in_force = "running", step.version
                now["published"] = step
            case "received" | "handed":
                now["received"] = step
                if phase == "paused":
                    phase, in_force = "running", step.version
                    pauses[-1] = (pauses[-1][0], step.on)
                    now |= {"stance": None, "deals": None}
            case "agreed" | "partly" | "refused":
                now["stance"] = step
            case "deals_agreed" | "deals_refused":
                now["deals"] = step
            case "replied":
                replies.append(step)
            case "checked_in" | "missed":
                checkins[step.which] = step
            case "measured":
                measured[step.which] = (*measured.get(step.which, ()), step)
            case "freed":
                freed[step.which] = step
            case "changed":
                if phase != "paused":
                    pauses.append((step.on, None))
                phase = "paused"
                now["gate"] = None
            case "kept":
                phase = "running"
                pauses[-1] = (pauses[-1][0], step.on)
                now["proposed"] = in_force
            case "decided":
                if step.said == "extended":
                    now["extended"] = step
                else:
                    now["decision"] = step
                    now["second"] = None
                    phase = "pending" if step.said in PARTING else "closed"
            case "objected":
                now |= {"decision": None, "second": step}
                phase = "running"
            case "seconded":
                now["second"] = step
                phase = "decided"
            case "appealed":
                now["appeal"] = step
                phase = "appealed"
            case "heard":
                now["heard"] = step
                phase = "closed" if step.said == "upheld" else "void"
            case "summed_up":
                now["summary"], now["summary_read"] = step, None
            case "summary_read":
                now["summary_read"] = step
            case "withdrawn":
                now["ended"] = step
                phase = "void"
            case "ended":
                now["ended"] = step
                phase = "closed"
            case "lifted":
                now["lifted"] = step
    return State(
        **now,  # type: ignore[arg-type]
        phase=phase,
        in_force=in_force,
        newest=newest,
        writers=frozenset(hands),
        checkins=checkins,
        measured=measured,
        freed=freed,
        pauses=tuple(pauses),
        gates=frozenset(gates),
        replies=tuple(replies),
    )


@dataclass(frozen=True, slots=True)
class Given:
    """What an act depends on besides the acts before it.

    ``ends_on`` is the last day of the plan, None while nobody knows; ``checkins`` the days of its check-ins;
    ``reached`` whether every task is, for who decides; ``covered`` whether every account has its cover, for who decides
    or seconds; ``reply_until`` the last day
    to reply before redeployment; ``appeal_until`` the last day of an appeal; ``hand_from`` the day from which a plan
    that was not received may be handed over instead; ``owed`` what the company owes the person past its day.
    """

    sides: frozenset[Side]
    by: int
    authors: frozenset[int]
    today: date
    ends_on: date | None = None
    checkins: tuple[date | None, ...] = ()
    reached: bool = False
    covered: bool = False
    reply_until: date | None = None
    appeal_until: date | None = None
    hand_from: date | None = None
    owed: tuple[str, ...] = ()


_BY_SIDE: dict[Side, tuple[str, ...]] = {
    "person": ("received", "agreed", "partly", "refused", "deals_agreed", "deals_refused", "replied", "appealed",
               "summary_read", "ended"),
    "manager": ("submitted", "published", "handed", "checked_in", "missed", "freed", "changed", "kept", "summed_up",
                "withdrawn"),
    "hr": ("returned", "approved", "seconded", "objected", "lifted", "withdrawn", "summed_up"),
    "decider": ("decided",),
    "hearer": ("heard",),
}  # fmt: skip
_WHO: dict[str, frozenset[Side]] = {
    kind: frozenset(side for side, kinds in _BY_SIDE.items() if kind in kinds) for kind in KINDS
}
_OF_FORM: dict[Form, frozenset[str]] = {
    "plan": frozenset(KINDS) - {"shared", "ended", "lifted"},
    "redeployment": frozenset(
        {"submitted", "returned", "approved", "published", "received", "handed", "replied", "decided", "seconded",
         "objected", "appealed", "heard", "summed_up", "summary_read", "withdrawn"}
    ),
    "self": frozenset({"replied", "measured", "checked_in", "ended", "lifted"}),
}  # fmt: skip
WORDS_NEEDED: dict[str, str] = {
    "returned": "what has to change",
    "handed": "how it was handed over, and who was there",
    "partly": "with what you agree and with what not",
    "refused": "why you refuse",
    "deals_refused": "why these deals",
    "replied": "your reply",
    "checked_in": "what you found together",
    "missed": "what happened",
    "measured": "what it rests on",
    "freed": "why it was nobody’s fault",
    "changed": "why the plan changes",
    "kept": "why it stays as it was",
    "decided": "why",
    "objected": "what speaks against it",
    "appealed": "what was not counted",
    "heard": "why",
    "summed_up": "what a new manager should know",
    "withdrawn": "why",
    "ended": "what came of it",
    "lifted": "why it no longer protects",
}
"""Act -> what has to be said with it."""


def duty(word: str) -> Duty:
    """A duty as it is kept. Raises ValueError for no such word."""
    if (found := next((one for one in DUTIES if one == word), None)) is None:
        raise ValueError(word)
    return found


def outsider(key: int) -> int:
    """The number under which somebody from outside acts: below zero, so that it is nobody's of the company."""
    return -key


def behind(now: State, also: int = 0) -> frozenset[int]:
    """Who stands behind what is decided: who wrote or led it, who checked and decided, and who seconds (``also``)."""
    return frozenset({*now.writers, *now.gates, *((now.decision.by,) if now.decision else ()), also} - {0})


@dataclass(frozen=True, slots=True)
class Stand:
    """Who would stand behind a parting of somebody: each of another name, None where nobody inside is free."""

    lead: int
    gate: int | None
    decider: int | None
    hearer: int | None

    @property
    def inside(self) -> int:
        """How many different people inside."""
        return len({one for one in (self.lead, self.gate, self.decider, self.hearer) if one is not None})

    @property
    def missing(self) -> tuple[Duty, ...]:
        """What somebody from outside would have to take."""
        held: tuple[tuple[Duty, int | None], ...] = (
            ("gate", self.gate), ("decision", self.decider), ("appeal", self.hearer),
        )  # fmt: skip
        return tuple(duty for duty, one in held if one is None)


def stand(lead: int, above: Sequence[int], partners: Collection[int]) -> Stand:
    """Who would check, decide and hear, where ``lead`` leads: ``above`` from the nearest up, ``partners`` of HR.

    Where an HR partner is needed to decide, because nobody is above, the check goes outside before the decision does.
    """
    free = [one for one in partners if one != lead]
    upward = [one for one in above if one not in free and one != lead]
    if upward:
        rest = [*upward[1:], *free[1:]]
        return Stand(lead, free[0] if free else None, upward[0], rest[0] if rest else None)
    decider, gate, hearer, *_ = [*free, None, None, None]
    return Stand(lead, gate, decider, hearer)


def as_told(now: State) -> State:
    """How a plan stands for the person: a parting that was not seconded, or objected to, is no decision."""
    if now.phase == "pending":
        return replace(now, phase="running", decision=None)
    return replace(now, second=None) if now.second is not None and now.second.kind == "objected" else now


def untold(steps: Iterable[Step]) -> frozenset[int]:
    """The numbers of acts that the person does not read: what was before publication, partings without a second."""
    hidden: set[int] = set()
    waits: int | None = None
    for step in steps:
        if step.kind in ("submitted", "returned", "approved"):
            hidden.add(step.number)
        elif step.kind == "decided" and step.said in PARTING:
            waits = step.number
            hidden.add(step.number)
        elif step.kind == "objected":
            hidden.add(step.number)
        elif step.kind == "seconded" and waits is not None:
            hidden.discard(waits)
    return frozenset(hidden)


def may(now: State, given: Given) -> frozenset[str]:
    """The acts that would not be refused now."""
    return frozenset(
        kind for kind in KINDS if kind not in ("shared", "measured") and why_not(kind, now, given) is None
    )


def refuse_step(kind: str, now: State, given: Given) -> None:
    """Raises Refused for an act out of order, by somebody else, or before its gate."""
    if (refusal := why_not(kind, now, given)) is not None:
        raise refusal


def why_not(kind: str, now: State, given: Given) -> Refused | None:
    """Why an act is refused; None where it is not. ``measured`` is judged by who measures, elsewhere."""
    if kind not in KINDS or kind == "shared" or kind not in _OF_FORM[now.form]:
        return Refused("bad_step", "There is no such act here.")
    if kind != "measured" and not _WHO[kind] & given.sides:
        return Refused("not_yours", _YOURS[kind])
    out = Refused("not_now", _NOT_NOW[now.phase])
    phase = now.phase
    match kind:
        case "replied":
            return None if now.shown_to_person else out
        case "submitted":
            return None if phase == "draft" and now.saved else out
        case "returned" | "approved":
            if given.by in given.authors:
                return Refused("same_person", "Whoever wrote a plan or led it does not check it for HR.")
            waits = phase == "at_hr" or (phase == "paused" and now.gate is None)
            return None if waits else out
        case "published":
            if phase == "approved" and now.form == "plan" and given.owed:
                return Refused(
                    "company_owes",
                    "The company is late with what it owes this person: "
                    f"{'; '.join(given.owed[:3])}{' and more' if len(given.owed) > 3 else ''}. "
                    "Nothing is demanded before it is delivered.",
                )
            return None if phase == "approved" else out
        case "received" | "handed":
            if kind == "handed" and (given.hand_from is None or given.today < given.hand_from):
                return Refused("too_early", "The person has some working days to say so themself.")
            if phase == "paused":
                return None if now.gate is not None and now.gate.kind == "approved" else out
            return None if phase == "running" and now.received is None else out
        case "agreed" | "partly" | "refused":
            if now.received is None:
                return Refused(
                    "not_received", "First say that you have received it. Agreeing is another act."
                )
            return None if phase == "running" and now.stance is None else out
        case "deals_agreed" | "deals_refused":
            if now.received is None:
                return Refused("not_received", "First say that you have received it.")
            return None if phase == "running" and now.deals is None else out
        case "checked_in" | "missed":
            return None if phase in ("running", "paused") and (now.received or now.form == "self") else out
        case "measured" | "freed":
            return None if phase in ("running", "paused") else out
        case "changed":
            return None if phase in ("running", "paused") and now.received is not None else out
        case "kept":
            return None if phase == "paused" else out
        case "decided":
            return _why_undecided(now, given)
        case "seconded" | "objected":
            if given.by in given.authors or (now.decision is not None and now.decision.by == given.by):
                return Refused(
                    "same_person", "Two people decide this: who decided, wrote or led it does not second it."
                )
            if kind == "seconded" and phase == "pending" and len(behind(now, given.by)) < LEAST_PEOPLE:
                return Refused("three_people", _THREE)
            if kind == "seconded" and phase == "pending" and not given.covered:
                return Refused(
                    "no_cover", "The cover plan is not whole any more. It has to be before this holds."
                )
            return None if phase == "pending" else out
        case "appealed":
            if phase != "decided":
                return out
            late = given.appeal_until is not None and given.today > given.appeal_until
            return Refused("too_late", "The time for an appeal is over.") if late else None
        case "heard":
            if given.by in given.authors | behind(now, now.second.by if now.second else 0):
                return Refused("same_person", "Whoever had a part in it does not hear the appeal.")
            return None if phase == "appealed" else out
        case "summed_up":
            over = phase in ("decided", "appealed", "closed") and now.form != "self"
            return None if over and now.summary_read is None else out
        case "summary_read":
            return None if now.summary is not None and now.summary_read is None else out
        case "withdrawn":
            if now.published is None and "hr" in given.sides and "manager" not in given.sides:
                return Refused("not_yours", "HR sends a draft back; withdrawing it is the manager’s.")
            return None if phase in ("draft", "at_hr", "approved", "running", "paused") else out
        case "ended":
            return None if phase == "running" else out
        case "lifted":
            return None if phase == "running" and now.lifted is None else out
    raise AssertionError(kind)


def _why_undecided(now: State, given: Given) -> Refused | None:
    if now.phase != "running":
        return Refused("not_now", _NOT_NOW[now.phase])
    if given.by in given.authors:
        return Refused("same_person", "Whoever wrote the plan or led it does not decide on it.")
    if given.by in now.gates:
        return Refused("same_person", "Whoever checked it for HR does not decide on it.")
    if now.received is None:
        return Refused("not_received", "The person has not received it yet.")
    if not any(why_not_outcome(one, now, given) is None for one in OUTCOMES):
        return why_not_outcome("met", now, given)
    return None


def outcomes(now: State, given: Given) -> tuple[Outcome, ...]:
    """What may be decided now."""
    return tuple(one for one in OUTCOMES if why_not_outcome(one, now, given) is None)


def why_not_outcome(outcome: str, now: State, given: Given) -> Refused | None:
    """Why a decision cannot be this one; None where it can."""
    over = given.ends_on is not None and given.today >= given.ends_on
    if outcome not in OUTCOMES:
        return Refused("no_outcome", "Choose what you decide.")
    if now.form == "redeployment":
        if outcome in ("met", "extended"):
            return Refused("no_outcome", "There is no plan here that could be met or extended.")
        waits = not now.replies and (given.reply_until is None or given.today <= given.reply_until)
        if waits:
            return Refused("must_wait", "The person has not replied, and has time to.")
        if outcome in PARTING and not given.covered:
            return Refused(
                "no_cover", "First write who covers each account, from when and how it is handed over."
            )
        return None
    if outcome == "met" and not over and not given.reached:
        return Refused("too_early", "Not every task is reached, and the last day is not over.")
    if outcome == "extended" and now.extended is not None:
        return Refused("extended_once", "A plan is extended once.")
    if outcome != "met" and not over:
        return Refused("too_early", "The plan’s last day is not over.")
    if outcome in PARTING:
        missing = [str(n) for n in range(1, len(given.checkins) + 1) if not _kept(now.checkins.get(str(n)))]
        if missing:
            return Refused(
                "checkin_missing",
                f"Check-in {', '.join(missing)} was not held. Hold it first, or extend: it is not the person’s fault.",
            )
        if not given.covered:
            return Refused(
                "no_cover", "First write who covers each account, from when and how it is handed over."
            )
    return None


def _kept(step: Step | None) -> bool:
    return step is not None and (step.kind == "checked_in" or step.said == "person")


_THREE = (
    "Three different people stand behind a parting: who leads, who checked it, who decided. Somebody else has to "
    "second it, from outside where nobody inside is free."
)
_YOURS: dict[str, str] = {
    **dict.fromkeys(_BY_SIDE["person"], "Only the person it is about does this; nobody can in their stead."),
    **dict.fromkeys(_BY_SIDE["manager"], "The manager does this."),
    **dict.fromkeys(_BY_SIDE["hr"], "HR of the unit does this."),
    "decided": "Who decides is above the manager and did not write the plan.",
    "heard": "An appeal is heard by somebody who neither wrote the plan nor decided on it.",
    "withdrawn": "The manager or HR withdraws a plan.",
    "summed_up": "The manager or HR writes the summary.",
}
_NOT_NOW: dict[Phase, str] = {
    "draft": "It is a draft. First it goes to HR.",
    "at_hr": "It waits for HR.",
    "approved": "HR has checked it; it is not published yet.",
    "running": "It runs: that is done already, or comes later.",
    "paused": "It is paused until the change was checked by HR and read.",
    "decided": "It is decided.",
    "pending": "It waits for the second of two people.",
    "appealed": "It waits for whoever hears the appeal.",
    "closed": "It is over.",
    "void": "It was withdrawn.",
}


# Single values


def refuse_words(words: str, what: str) -> str:
    """The words without space around them. Raises Refused: text_missing, text_long."""
    return texts.needed(words, what, LONGEST)


def refuse_checkin(which: str, given: Given) -> int:
    """The number of a check-in whose day has come. Raises Refused: no_checkin, too_early."""
    number = int(which) if which.isascii() and which.isdigit() and len(which) < 3 else 0
    if not 1 <= number <= len(given.checkins):
        raise Refused("no_checkin", "There is no such check-in.")
    day = given.checkins[number - 1]
    if day is None or day > given.today:
        raise Refused("too_early", "Its day has not come.")
    return number


def refuse_more(days: int | None) -> int:
    """Raises Refused for an extension that is no extension."""
    if days is None or not LEAST_MORE <= days <= MOST_MORE:
        raise Refused("bad_days", f"Extend by {LEAST_MORE} to {MOST_MORE} days.")
    return days


def score(given: Mapping[str, int | None]) -> tuple[int, dict[str, int]]:
    """The points of a teach-back and their sum. Raises Refused for a part without points."""
    said: dict[str, int] = {}
    for part in RUBRIC:
        points = given.get(part)
        if points is None or not 0 <= points <= RUBRIC_MOST:
            raise Refused("bad_rubric", f"Give {part} 0 to {RUBRIC_MOST} points.")
        said[part] = points
    return sum(said.values()), said


def protects(started_on: date, today: date, days: int, *, on_time: bool, now: State) -> bool:
    """Whether a self-plan keeps a formal plan on the same gap away: while it runs on time, and HR did not lift it."""
    return now.phase == "running" and now.lifted is None and on_time and (today - started_on).days <= days

"""The seven layers, what a diagnosis comes to from its acts, when it may be used, and what follows from a layer.

No Django here. A human judges every layer; what is computed beside the layers is plain arithmetic and decides nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import factorial, lcm
from typing import Literal, get_args

from fairlead.people import texts
from fairlead.people.access import Refused
from fairlead.people.workdays import is_workday

LAYERS = ("Environment", "Results", "Effort", "Knowledge", "Skill", "Will", "Fit")
FIT = len(LAYERS) - 1
ORDERS = tuple("p" * n for n in range(len(LAYERS) + 1)) + tuple("p" * n + "f" for n in range(len(LAYERS)))
"""Every order of verdicts there is: passes from the first layer on, and nothing behind the first fail."""
LONGEST = 2000
ANSWER_DAYS = 5
"""Working days in which the seller answers, leave not counted."""
LEAST_SEEN, LEAST_OBSERVERS, LEAST_QUARTERS = 3, 2, 2
OLDEST_SEEN = timedelta(days=366)
LATEST = timedelta(days=366)

Verdict = Literal["pass", "fail", ""]
Side = Literal["person", "manager", "hr"]
Kind = Literal[
    "shared", "taken_back", "read", "answered", "nothing_to_add", "used", "withdrawn", "held", "not_held", "signed",
    "kept", "not_kept",
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)
WORDED = ("answered", "withdrawn", "held", "not_held", "kept", "not_kept")
"""Acts that say something."""
State = Literal["draft", "shared", "used", "withdrawn"]
Route = Literal["change", "talk", "plan", "agreement", "redeployment"]
ROUTES: tuple[Route, ...] = get_args(Route)
ROUTE_OF: tuple[Route, ...] = ("change", "talk", "talk", "plan", "plan", "agreement", "redeployment")
"""The route of each layer that fails."""
Change = Literal["target", "territory", "debt"]
CHANGES: tuple[Change, ...] = get_args(Change)


# Findings


@dataclass(frozen=True, slots=True)
class Findings:
    """The judged layers in order as a word of p and f, and the evidence of every layer, '' where there is none."""

    verdicts: str = ""
    words: tuple[str, ...] = ("",) * len(LAYERS)

    def verdict(self, layer: int) -> Verdict:
        """pass, fail, or '' for not evaluated."""
        if layer >= len(self.verdicts):
            return ""
        return "pass" if self.verdicts[layer] == "p" else "fail"

    @property
    def failing(self) -> int | None:
        """The layer that failed, None while none did."""
        return len(self.verdicts) - 1 if self.verdicts.endswith("f") else None

    @property
    def nothing_found(self) -> bool:
        """Whether every layer passed."""
        return self.verdicts == "p" * len(LAYERS)

    @property
    def next(self) -> int | None:
        """The layer that may be judged next; None behind a fail and at the end."""
        return None if self.failing is not None or self.nothing_found else len(self.verdicts)


def findings(given: Sequence[tuple[str, str]]) -> Findings:
    """The findings from (verdict, evidence) of each layer. Raises Refused: bad_verdict, order, text_missing, text_long.

    A layer is judged when all before it passed, nothing is behind a fail, and what is judged says on what evidence. The
    next layer may hold words that are not judged yet.
    """
    if len(given) != len(LAYERS):
        raise Refused(
            "bad_verdict", "A diagnosis has seven layers, and says of each pass, fail or not evaluated."
        )
    verdicts, stopped = "", ""
    for layer, (verdict, words) in enumerate(given):
        name, said = LAYERS[layer], words.strip()
        if verdict not in ("pass", "fail", ""):
            raise Refused("bad_verdict", f"Choose pass, fail or not evaluated for {name.lower()}.")
        if len(said) > LONGEST:
            raise Refused(
                "text_long", f"Write the evidence of {name.lower()} in at most {LONGEST} characters."
            )
        if stopped and (verdict or said):
            raise Refused("order", f"{name} is not looked at: {stopped}")
        if verdict and not said:
            raise Refused("text_missing", f"Write on what evidence {name.lower()} is a {verdict}.")
        if not verdict:
            stopped = stopped or f"{name} before it is not evaluated. The layers are judged in order."
        elif verdict == "fail":
            stopped = f"a diagnosis stops at the first layer that fails, and {name.lower()} did."
        verdicts += verdict[:1]
    return Findings(verdicts, tuple(words.strip() for _, words in given))


# Observations


@dataclass(frozen=True, slots=True)
class Seen:
    """A behaviour that was observed: by whom, and on which day."""

    by: int
    on: date


def fit_lacks(seen: Sequence[Seen], quarter_of: Sequence[str]) -> str:
    """What is missing before fit may fail, as a sentence; '' when nothing is. ``quarter_of``: of each observation."""
    lacks = []
    if len(seen) < LEAST_SEEN:
        lacks.append(f"{LEAST_SEEN} observed behaviours (there {_are(len(seen))})")
    if len({one.by for one in seen}) < LEAST_OBSERVERS:
        lacks.append(f"{LEAST_OBSERVERS} observers")
    if len(set(quarter_of)) < LEAST_QUARTERS:
        lacks.append(f"days in {LEAST_QUARTERS} quarters")
    return f"Fit is a fail only with {', '.join(lacks)}." if lacks else ""


def _are(count: int) -> str:
    return "are none" if count == 0 else "is one" if count == 1 else f"are {count}"


def refuse_seen_on(on: date | None, today: date) -> date:
    """Raises Refused for a day on which nothing can have been observed that counts."""
    if on is None or on > today:
        raise Refused("bad_day", "Choose the day on which it was done or said.")
    if on < today - OLDEST_SEEN:
        raise Refused("day_old", "That is more than a year ago, and does not count any more.")
    return on


# Acts


@dataclass(frozen=True, slots=True)
class Step:
    """One act with a diagnosis, as taken. ``version``: the one it was shared as, or that was read, answered, used."""

    number: int
    kind: str
    by: int
    at: datetime
    version: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """A saved version: its number, who wrote it, and what it finds."""

    number: int
    by: int
    findings: Findings


@dataclass(frozen=True, slots=True)
class Standing:
    """What versions and acts amount to.

    ``shared`` is the newest sharing; ``current`` while it is what the seller reads now. ``replied`` is the newest act
    by which the seller answered the shared version or has nothing to add. ``answers`` are all answers, oldest first.
    ``talk`` is the newest act that says whether a talk was held.
    """

    state: State
    newest: Version
    shared: Step | None
    current: bool
    read: Step | None
    replied: Step | None
    answers: tuple[Step, ...]
    used: Step | None
    withdrawn: Step | None
    talk: Step | None
    signed: frozenset[int]
    reviewed: Step | None

    @property
    def ever_shared(self) -> bool:
        return self.shared is not None


def standing(newest: Version, steps: Iterable[Step]) -> Standing:
    """Fold the acts of a diagnosis, in their order."""
    state: State = "draft"
    shared = read = replied = used = withdrawn = talk = reviewed = None
    answers: list[Step] = []
    signed: set[int] = set()
    for step in steps:
        if step.kind == "shared":
            state, shared, read, replied = "shared", step, None, None
        elif step.kind == "taken_back":
            state, read, replied = "draft", None, None
        elif step.kind == "read":
            read = step
        elif step.kind in ("answered", "nothing_to_add"):
            answers += [step] if step.kind == "answered" else []
            if state == "shared":
                replied, read = step, read or step
        elif step.kind == "used":
            state, used = "used", step
        elif step.kind == "withdrawn":
            state, withdrawn = "withdrawn", step
        elif step.kind in ("held", "not_held"):
            talk = step
        elif step.kind == "signed":
            signed.add(step.by)
        elif step.kind in ("kept", "not_kept"):
            reviewed = step
    current = state in ("shared", "used")
    return Standing(
        state,
        newest,
        shared,
        current,
        read,
        replied,
        tuple(answers),
        used,
        withdrawn,
        talk,
        frozenset(signed),
        reviewed,
    )


@dataclass(frozen=True, slots=True)
class Moment:
    """What decides beside the acts: the day, the last day of the wait, and the days of the route.

    ``talk_on`` and ``review_on`` are None where the route has no talk; ``waits_until`` while the seller is away without
    an end.
    """

    today: date
    waits_until: date | None = None
    route: Route | None = None
    talk_on: date | None = None
    review_on: date | None = None


def waits_until(
    shared_on: date, away: Iterable[tuple[date, date | None]], off: Collection[date] = ()
) -> date | None:
    """The last day on which a manager waits for an answer: the fifth working day after sharing, leave not counted.

    None while the seller is away and nobody knows until when.
    """
    spans, day, left = list(away), shared_on, ANSWER_DAYS
    while left:
        day += timedelta(days=1)
        if any(last is None and first <= day for first, last in spans):
            return None
        left -= is_workday(day, off) and not any(first <= day <= (last or date.max) for first, last in spans)
    return day


def may_use(now: Standing, moment: Moment) -> bool:
    """Whether a shared version may be used: it was answered, nothing is to be added, or the wait is over."""
    if now.state != "shared":
        return False
    over = moment.waits_until is not None and moment.today > moment.waits_until
    return now.replied is not None or over


def may(now: Standing, side: Side | None, by: int, moment: Moment) -> tuple[Kind, ...]:
    """What a side may do now. Who used somebody else's findings would answer for words that are not theirs."""
    if side == "person":
        return _person_may(now, by, moment)
    if side != "manager":
        return ()
    mine = now.newest.by == by
    if now.state == "draft":
        found: list[Kind] = ["shared"] if mine and now.newest.findings.failing is not None else []
        return (*found, "withdrawn")
    if now.state == "shared":
        use: tuple[Kind, ...] = ("used",) if mine and may_use(now, moment) else ()
        return (*use, "taken_back", "withdrawn")
    if now.state == "used":
        return (*_route_may(now, by, moment), "withdrawn")
    return ()


def _person_may(now: Standing, by: int, moment: Moment) -> tuple[Kind, ...]:
    if not now.ever_shared:
        return ()
    found: list[Kind] = ["answered"]
    if now.state == "shared" and now.replied is None:
        found += ["nothing_to_add"] if now.read else ["read", "nothing_to_add"]
    if now.state == "used" and moment.route == "agreement" and by not in now.signed and now.reviewed is None:
        found.append("signed")
    return tuple(found)


def _route_may(now: Standing, by: int, moment: Moment) -> tuple[Kind, ...]:
    """What a manager says of the route: whether the talk was held, the signature, and the review on its day."""
    found: list[Kind] = []
    if now.reviewed is not None:
        return ()
    if moment.talk_on is not None and moment.today >= moment.talk_on:
        found += ["held", "not_held"] if now.talk is None or now.talk.kind == "not_held" else []
    if moment.route == "agreement" and by not in now.signed:
        found.append("signed")
    held = now.talk is not None and now.talk.kind == "held"
    signed = moment.route != "agreement" or len(now.signed) > 1
    if moment.review_on is not None and moment.today >= moment.review_on and held and signed:
        found += ["kept", "not_kept"]
    return tuple(found)


def refuse_act(kind: str, now: Standing, side: Side | None, by: int, moment: Moment) -> None:
    """Raises Refused with what stands in the way of an act."""
    if kind not in KINDS:
        raise Refused("bad_step", "That can not be done with a diagnosis.")
    if kind in may(now, side, by, moment):
        return
    if kind in ("answered", "nothing_to_add", "read"):
        if side != "person":
            raise Refused("not_yours", "Only the person it is about writes in this box; nobody else can.")
        raise Refused("answered", "You have said so already. The box below stays open for more.")
    if kind == "signed":
        raise Refused("no_signature", "There is nothing for you to sign here, or you have signed.")
    if side != "manager":
        raise Refused("not_yours", "The manager diagnoses, and nobody in their stead.")
    raise Refused(*_why_not(kind, now, by, moment))


def _why_not(kind: str, now: Standing, by: int, moment: Moment) -> tuple[str, str]:
    if now.state == "withdrawn":
        return "withdrawn", "This diagnosis was withdrawn. Open a new one from the look."
    if kind == "shared":
        if now.state != "draft":
            return "shared", "It is shared already."
        return (
            "nothing_found",
            "A diagnosis is shared when a layer failed. Where every layer passed, close the look.",
        )
    if kind == "used" and now.state == "shared":
        if now.newest.by != by:
            return (
                "not_your_words",
                "Somebody else wrote these findings. Take it back, write your own, and share it.",
            )
        until = moment.waits_until
        day = f"{until.day} {until:%b}" if until else "five working days after they are back"
        return (
            "waits",
            f"It may be used when it was answered, or after {day}: the person reads it before it counts.",
        )
    if kind == "used":
        return "not_shared", "It is used after it was shared and the person could answer."
    if kind == "taken_back":
        return "not_shared", "Only what is shared, and not used yet, can be taken back to a draft."
    if kind in ("kept", "not_kept"):
        return (
            "not_yet",
            "It is reviewed on its day, when the talk was held and an agreement is signed by both.",
        )
    return "not_yet", "The talk has its day, and it is said on that day or later whether it was held."


def refuse_words(text: str, what: str) -> str:
    """The words without space around them. Raises Refused: text_missing, text_long."""
    return texts.needed(text, what, LONGEST)


# The remedy


@dataclass(frozen=True, slots=True)
class Remedy:
    """What follows from a layer. ``owner`` is the public id of who answers for a change; days are None where unused."""

    text: str = ""
    change: str = ""
    owner: str = ""
    due_on: date | None = None
    talk_on: date | None = None
    review_on: date | None = None


def refuse_remedy(layer: int, given: Remedy, today: date) -> Remedy:
    """The remedy of a failing layer as it is kept: only what its route asks for.

    Raises Refused: no_change, no_owner, text_missing, text_long, bad_day, day_passed, day_far.
    """
    route = ROUTE_OF[layer]
    if route in ("plan", "redeployment"):
        return Remedy()
    if route == "change":
        if given.change not in CHANGES:
            raise Refused(
                "no_change", "Choose what changes: the target, the territory, or what the company owes."
            )
        if given.change == "debt" and not given.owner:
            raise Refused("no_owner", "Choose who answers for what the company owes.")
        text = refuse_words(given.text, "what changes")
        owner = given.owner if given.change == "debt" else ""
        return Remedy(text, given.change, owner, _ahead(given.due_on, today, "the day by which it is done"))
    asks = "what is expected, in words" if route == "talk" else "what you agree on, in words"
    text = refuse_words(given.text, asks)
    talk = _ahead(given.talk_on, today, "the day of the talk")
    review = _ahead(given.review_on, today, "the day on which you look at it again")
    if review <= talk:
        raise Refused("bad_day", "It is looked at again on a day after the talk.")
    return Remedy(text, talk_on=talk, review_on=review)


def _ahead(day: date | None, today: date, what: str) -> date:
    if day is None:
        raise Refused("bad_day", f"Choose {what}.")
    if day < today:
        raise Refused("day_passed", f"{what[0].upper()}{what[1:]} has passed. Choose today or a later day.")
    if day > today + LATEST:
        raise Refused("day_far", f"Choose {what} within the next year.")
    return day


# Earlier success, and when it changed

LEAST_EACH, LEAST_KNOWN = 2, 5


@dataclass(frozen=True, slots=True)
class ChangePoint:
    """The best split of a run of figures into two levels: before the ``at``-th and from it on.

    ``as_good`` of ``of`` orders of the same figures can be split as well as this one or better: the exact chance.
    """

    at: int
    before: float
    after: float
    as_good: int
    of: int

    @property
    def chance(self) -> float:
        return self.as_good / self.of


def change_point(values: Sequence[int]) -> ChangePoint | None:
    """Where a run of figures changed its level most, by least squares; None of fewer than five, or where all are alike.

    A split leaves at least two figures on each side. What it explains is n1·n2/n·(difference of the two middles)²; the
    chance is over all orders of the figures, exactly; an order counts once however many of its splits are as good.
    Source: the permutation test of a maximum of two-sample statistics, after A. N. Pettitt, Applied Statistics 28
    (1979), with sums of squares in place of ranks.
    """
    count = len(values)
    if count < LEAST_KNOWN or len(set(values)) == 1:
        return None
    best = max(range(LEAST_EACH, count - LEAST_EACH + 1), key=lambda cut: (_explained(values, cut), cut))
    least = _explained(values, best)
    as_good, of = _orders_as_good(values, least)
    before, after = values[:best], values[best:]
    return ChangePoint(best, sum(before) / len(before), sum(after) / len(after), as_good, of)


def _explained(values: Sequence[int], cut: int) -> int:
    """What a split explains, times count², times the sizes: whole numbers, so that equals are equal."""
    return _between(sum(values[:cut]), cut, sum(values), len(values))


def _between(head: int, size: int, total: int, count: int) -> int:
    """(count·head − size·total)² / (size·(count − size)), over the common multiple of all such products."""
    spread = count * head - size * total
    return spread * spread * _common(count) // (size * (count - size))


def _common(count: int) -> int:
    return lcm(*(size * (count - size) for size in range(1, count)))


def _orders_as_good(values: Sequence[int], least: int) -> tuple[int, int]:
    """Of all orders (equal figures told apart): how many have a split that explains as much, and how many there are.

    An order is walked as a growing set of its first figures; what a split explains depends on that set alone, so the
    orders that never reach ``least`` are counted over sets, 2^n of them.
    """
    count, total = len(values), sum(values)
    never = [0] * (1 << count)
    never[0] = 1
    sums = [0] * (1 << count)
    for chosen in range(1, 1 << count):
        low = chosen & -chosen
        sums[chosen] = sums[chosen ^ low] + values[low.bit_length() - 1]
        size = chosen.bit_count()
        splits = LEAST_EACH <= size <= count - LEAST_EACH
        if splits and _between(sums[chosen], size, total, count) >= least:
            continue
        never[chosen] = sum(never[chosen ^ (1 << n)] for n in range(count) if chosen >> n & 1)
    return factorial(count) - never[-1], factorial(count)

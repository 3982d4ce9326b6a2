"""A deal plan as plain values: what it holds, when a deal is worth one, what is flagged by which rule. No Django."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date
from statistics import median
from typing import Any

from fairlead.people import access
from fairlead.plans.wording import ANSWERS, INFLUENCES, KINDS, STANCES, STATES, STRATEGIES, WHY_MISSING

LONGEST = 300
MOST_ROWS = 20
TIMES_MEDIAN = 3
SHARE_OF_TARGET = 0.05
ENOUGH = 5
"""Under so many won deals a median says too little."""
THREADS, THREAD_DAYS, CONTACT_DAYS = 2, 30, 21
NOTHING = "Doing nothing"
"""The rival that stands in every plan."""


# What a plan holds


@dataclass(frozen=True, slots=True)
class Rival:
    """Somebody they compare us with, doing nothing included, and our case against it."""

    name: str = ""
    case: str = ""


@dataclass(frozen=True, slots=True)
class Player:
    """A person at the buyer. ``contact_on`` is the last day on which they answered, or we talked."""

    name: str = ""
    role: str = ""
    influence: str = "unknown"
    stance: str = "unknown"
    contact_on: date | None = None


@dataclass(frozen=True, slots=True)
class Tactic:
    """An act. ``serves`` is "strategy" or a criterion's key; ``buyer`` the person of the buyer who does their part."""

    action: str = ""
    serves: str = ""
    owner: str = ""
    due_on: date | None = None
    buyer: str = ""
    done_when: str = ""
    state: str = "to_do"


@dataclass(frozen=True, slots=True)
class Resource:
    """What is asked for: asked, granted or refused. ``on`` is the day of that, ``needed_by`` the day it is needed."""

    what: str = ""
    kind: str = "people"
    state: str = "asked"
    who: str = ""
    on: date | None = None
    needed_by: date | None = None


@dataclass(frozen=True, slots=True)
class Risk:
    """What could go wrong and what we do then; with ``kill`` it is what makes us stop."""

    what: str = ""
    answer: str = ""
    kill: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """A deal plan as it is kept in one version."""

    what: str = ""
    how_much: str = ""
    by_when: date | None = None
    signed_by: str = ""
    strategy: str = ""
    why: str = ""
    changes_if: str = ""
    rivals: tuple[Rival, ...] = ()
    players: tuple[Player, ...] = ()
    tactics: tuple[Tactic, ...] = ()
    resources: tuple[Resource, ...] = ()
    risks: tuple[Risk, ...] = ()

    @property
    def objective(self) -> str:
        """The objective as one sentence, '' while a part of it is missing."""
        if not (self.what and self.how_much and self.by_when and self.signed_by):
            return ""
        day = f"{self.by_when.day} {self.by_when:%B %Y}"
        return f"{self.what}, {self.how_much}, by {day}, signed by {self.signed_by}."


_ROWS: dict[str, type[Any]] = {
    "rivals": Rival, "players": Player, "tactics": Tactic, "resources": Resource, "risks": Risk,
}  # fmt: skip
_DAYS = ("by_when", "contact_on", "due_on", "on", "needed_by")
_CHOICES: dict[str, Collection[str]] = {
    "strategy": ("", *STRATEGIES), "influence": tuple(INFLUENCES), "stance": tuple(STANCES), "kind": tuple(KINDS),
}  # fmt: skip
_STATE = {"tactics": tuple(STATES), "resources": tuple(ANSWERS)}
FIRST = {"rivals": "name", "players": "name", "tactics": "action", "resources": "what", "risks": "what"}
"""The field without which a row says nothing."""
UNNAMED = {
    "rivals": "A case stands beside no rival. Name the rival, or empty the case.",
    "players": "A role or a day stands beside no name. Name the player, or empty them.",
    "tactics": "A day or a person stands beside no act. Say what is done, or empty them.",
    "resources": "A day or a person stands beside no resource. Say what is asked for, or empty them.",
    "risks": "An answer stands beside no risk. Say what could happen, or empty it.",
}
"""What to do about a row that was filled without its first field."""


def plan_of(content: Mapping[str, Any]) -> Plan:
    """A plan from what is kept or was sent: texts trimmed, rows without their first field dropped.

    Raises Refused for a day, a choice or a length that cannot be kept.
    """
    plain = {
        one.name: _value("", one.name, content.get(one.name)) for one in fields(Plan) if one.name not in _ROWS
    }
    rows: dict[str, Any] = {name: _rows(name, content.get(name) or ()) for name in _ROWS}
    told: dict[str, Any] = {name: value for name, value in plain.items() if value is not None}
    return Plan(**told, **rows)


def _rows(name: str, given: Sequence[Mapping[str, Any]]) -> tuple[Any, ...]:
    kind = _ROWS[name]
    made = []
    for row in given:
        values = {one.name: _value(name, one.name, row.get(one.name)) for one in fields(kind)}
        made.append(kind(**{key: value for key, value in values.items() if value is not None}))
    kept = tuple(row for row in made if getattr(row, FIRST[name]))
    if len(kept) > MOST_ROWS:
        raise access.Refused("many_rows", f"At most {MOST_ROWS} rows of {name}: a plan is read, not filed.")
    return kept


def _value(rows: str, name: str, given: Any) -> Any:
    """None where nothing is given, so that the default of the field stands."""
    if given is None or given == "":
        return None
    if name in _DAYS:
        try:
            return given if isinstance(given, date) else date.fromisoformat(str(given).strip())
        except ValueError as odd:
            raise access.Refused(
                "bad_day", f"“{str(given)[:30]}” is no day. Write it as in 2026-11-24."
            ) from odd
    if isinstance(given, bool):
        return given
    text = " ".join("".join(c if c.isprintable() else " " for c in str(given)).split())
    choices = _STATE.get(rows) if name == "state" else _CHOICES.get(name)
    if choices is not None and text not in choices:
        raise access.Refused(
            "bad_choice", f"“{text[:30]}” is not among the choices: {', '.join(filter(None, choices))}."
        )
    if len(text) > LONGEST:
        raise access.Refused("text_long", f"Say it in at most {LONGEST} characters: “{text[:40]}…”.")
    return text or None


def content_of(plan: Plan) -> dict[str, Any]:
    """A plan as it is kept: plain values, days as text."""
    return {name: _plain(value) for name, value in asdict(plan).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


def with_need(plan: Plan, need: str) -> Plan:
    """A plan in which one thing more is asked of an executive, first of all that is."""
    known = [one for one in plan.resources if (one.kind, one.state, one.what) != ("executive", "asked", need)]
    return replace(plan, resources=(Resource(need, "executive"), *known))


def copied(plan: Plan) -> Plan:
    """A plan to begin another one with: its strategy, acts, risks and rivals, without people, days and results."""
    return Plan(
        strategy=plan.strategy, why=plan.why, changes_if=plan.changes_if, rivals=plan.rivals, risks=plan.risks,
        tactics=tuple(Tactic(t.action, t.serves, done_when=t.done_when) for t in plan.tactics if t.state != "dropped"),
    )  # fmt: skip


def differing(mine: Plan, theirs: Plan) -> tuple[str, ...]:
    """The parts in which two plans differ, by name."""
    return tuple(one.name for one in fields(Plan) if getattr(mine, one.name) != getattr(theirs, one.name))


# Worth a plan


@dataclass(frozen=True, slots=True)
class Worth:
    """Whether a deal needs a plan, and the arithmetic of it. Money in minor units.

    ``usual`` is the median of ``sizes`` won deals, None where there are too few; ``target`` None where none is set.
    """

    amount: int | None
    usual: int | None
    sizes: int
    target: int | None
    in_commit: bool

    @property
    def threshold(self) -> int | None:
        return None if self.usual is None else TIMES_MEDIAN * self.usual

    @property
    def by_size(self) -> bool:
        return self.amount is not None and self.threshold is not None and self.amount >= self.threshold

    @property
    def share(self) -> float | None:
        """The amount as a share of the target."""
        return self.amount / self.target if self.amount is not None and self.target else None

    @property
    def by_commit(self) -> bool:
        return self.in_commit and self.share is not None and self.share > SHARE_OF_TARGET

    @property
    def required(self) -> bool:
        return self.by_size or self.by_commit


def worth(amount: int | None, sizes: Sequence[int], target: int | None, *, in_commit: bool) -> Worth:
    """The rule: 3 times the median amount or more, or in Commit with more than 5 % of the target."""
    usual = round(median(sizes)) if len(sizes) >= ENOUGH else None
    return Worth(amount, usual, len(sizes), target, in_commit)


# Flags


@dataclass(frozen=True, slots=True)
class Flag:
    """Something that needs attention: what, the values that made it so, and the rule in words."""

    key: str
    title: str
    detail: str
    rule: str


def flags(plan: Plan, criteria: Mapping[str, str], today: date) -> list[Flag]:
    """What the rules flag in a plan. ``criteria``: key -> name of those in force."""
    rules: tuple[Callable[[Plan, Mapping[str, str], date], list[Flag]], ...] = (
        _no_buyer, _single_thread, _stale_contacts, _overdue, _orphans,
    )  # fmt: skip
    return [flag for rule in rules for flag in rule(plan, criteria, today)]


def _no_buyer(plan: Plan, criteria: Mapping[str, str], today: date) -> list[Flag]:
    if any(player.influence == "decides" for player in plan.players):
        return []
    open_ = sum(player.influence == "unknown" for player in plan.players)
    named = f"{len(plan.players)} named, none of them decides about the money"
    if open_:
        named += f"; of {open_} it is not known"
    named = f"{named}." if plan.players else "Nobody is named."
    rule = "At least one player decides about the money."
    return [Flag("no_economic_buyer", "No economic buyer", named, rule)]


def _single_thread(plan: Plan, criteria: Mapping[str, str], today: date) -> list[Flag]:
    fresh = [p for p in plan.players if p.contact_on and (today - p.contact_on).days <= THREAD_DAYS]
    if len(fresh) >= THREADS:
        return []
    who = f"only {fresh[0].name}" if fresh else "nobody"
    rule = f"At least {THREADS} players with two-way contact within {THREAD_DAYS} days."
    return [Flag("single_thread", "Single thread", f"In {THREAD_DAYS} days we talked with {who}.", rule)]


def _stale_contacts(plan: Plan, criteria: Mapping[str, str], today: date) -> list[Flag]:
    rule = f"Who decides or can stop it was talked with within {CONTACT_DAYS} days."
    found = []
    for player in plan.players:
        if player.influence not in ("decides", "stops"):
            continue
        if player.contact_on is None:
            found.append(
                Flag("stale_contact", f"No contact with {player.name}", "No two-way contact is known.", rule)
            )
        elif (age := (today - player.contact_on).days) > CONTACT_DAYS:
            detail = f"Last two-way contact {_day(player.contact_on)}, {age} days ago."
            found.append(Flag("stale_contact", f"Contact with {player.name} is old", detail, rule))
    return found


def _overdue(plan: Plan, criteria: Mapping[str, str], today: date) -> list[Flag]:
    rule = "A step with an owner at the buyer is done by its day, or gets another one."
    found = []
    for tactic in plan.tactics:
        if tactic.state == "to_do" and tactic.buyer and tactic.due_on and tactic.due_on < today:
            late = (today - tactic.due_on).days
            detail = f"“{tactic.action}”, at the buyer {tactic.buyer}, due {_day(tactic.due_on)}: {_days(late)} late."
            found.append(Flag("overdue_buyer_step", "A buyer step is late", detail, rule))
    return found


def _day(day: date) -> str:
    return f"{day.day} {day:%b}"


def _days(number: int) -> str:
    return f"{number} day{'' if number == 1 else 's'}"


def _orphans(plan: Plan, criteria: Mapping[str, str], today: date) -> list[Flag]:
    orphans = [
        t for t in plan.tactics if t.state == "to_do" and t.serves != "strategy" and t.serves not in criteria
    ]
    rule = "Every tactic serves the strategy or a criterion."
    return [
        Flag(
            "orphan_tactic",
            "A tactic serves nothing",
            f"“{tactic.action}” names neither.",
            rule,
        )
        for tactic in orphans
    ]


START = ("objective", "players", "nothing", "tactics", "kills")
"""What a first plan says, in the order of the form: ten minutes. The strategy is chosen with more time."""


def missing(plan: Plan) -> list[str]:
    """What a useful plan has and this one has not, by key of ``wording.WHY_MISSING``, those of ``START`` first."""
    told = {
        "objective": bool(plan.objective),
        "players": any(player.influence != "unknown" for player in plan.players),
        "nothing": any(rival.name == NOTHING and rival.case for rival in plan.rivals),
        "tactics": any(tactic.due_on for tactic in plan.tactics),
        "kills": any(risk.kill for risk in plan.risks),
        "strategy": bool(plan.strategy and plan.why and plan.changes_if),
    }
    return [key for key in WHY_MISSING if not told[key]]


# What the deal already knows


@dataclass(frozen=True, slots=True)
class Begun:
    """A plan to begin with from what the deal knows, and per value where it comes from.

    ``sources``: (part, value) -> words, such as ("players", "Karin Holm") -> "from the evidence, 12 Nov".
    """

    plan: Plan = field(default_factory=lambda: Plan())
    sources: Mapping[tuple[str, str], str] = field(default_factory=dict)
    more_people: int = 0


def with_known(plan: Plan, known: Plan) -> Plan:
    """A template or a copy with what the deal knows in the places it leaves empty."""
    people = {player.name.casefold() for player in plan.players}
    rivals = {rival.name.casefold() for rival in plan.rivals}
    return replace(
        plan,
        how_much=plan.how_much or known.how_much,
        by_when=plan.by_when or known.by_when,
        players=plan.players + tuple(one for one in known.players if one.name.casefold() not in people),
        rivals=plan.rivals + tuple(one for one in known.rivals if one.name.casefold() not in rivals),
    )


def refuse_nothing_own(plan: Plan, known: Plan) -> None:
    """What the deal knew already is not a plan: somebody has to say something."""
    if plan in (Plan(), known):
        raise access.Refused("empty", "Nothing of your own is written yet. Begin with what is signed.")


def refuse_days(plan: Plan, today: date) -> None:
    """What happened is of a day that has come: a talk or an answer that is planned is none yet."""
    for player in plan.players:
        if player.contact_on is not None and player.contact_on > today:
            raise access.Refused(
                "day_later",
                f"The contact with {player.name} lies in the future. Write the last talk there was.",
            )
    for one in plan.resources:
        if one.on is not None and one.on > today:
            raise access.Refused(
                "day_later",
                f"“{one.what}” is {one.state} on a day that has not come. The day by which it is needed stands in "
                "its own box, “Needed by”.",
            )


def refuse_test(*, author: int, by: int, words: str) -> None:
    """A tester is not the author, and signs with a sentence."""
    if author == by:
        raise access.Refused(
            "own_plan", "Who wrote a version does not test it. Ask your manager, or the owner."
        )
    if not words.strip():
        raise access.Refused(
            "words_missing", "Sign the test with a sentence: what you tried to break, and what held."
        )


# Templates


@dataclass(frozen=True, slots=True)
class Template:
    """A plan to begin with."""

    key: str
    name: str
    plan: Plan = field(default_factory=Plan)


TEMPLATES = (
    Template(
        "new_customer", "A new customer",
        Plan(
            strategy="direct",
            rivals=(Rival(NOTHING), Rival("Building it themselves")),
            tactics=(
                Tactic("Cost of waiting on one page", "strategy", done_when="they correct a figure and send it on"),
                Tactic("A customer like them, visited or called", "strategy", done_when="they say what spoke for it"),
                Tactic("Steps from yes to signature, with days", "strategy", done_when="purchasing confirms the days"),
            ),
            risks=(
                Risk("The one who decides does not meet us", "Ask our executive to call theirs"),
                Risk("No budget by the day in the objective", kill=True),
            ),
        ),
    ),
    Template(
        "renewal", "A renewal others want",
        Plan(
            strategy="defend",
            rivals=(Rival(NOTHING), Rival("The challenger")),
            tactics=(
                Tactic("What it brought them, in their figures", "strategy", done_when="they confirm the figures"),
                Tactic("Meet whoever is new since the last signature", "strategy", done_when="two-way contact"),
            ),
            risks=(Risk("Price is the only thing they compare", "Bring the cost of changing into their list"),),
        ),
    ),
)  # fmt: skip

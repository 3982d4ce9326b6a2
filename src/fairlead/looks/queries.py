"""Reading looks: the seller's own, a manager's register, what a superior and HR see of those past their day."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal

from fairlead.grounds import queries as grounds
from fairlead.grounds.rules import Rule
from fairlead.looks import evidence, rules
from fairlead.looks.models import Look, LookAct, RoleDecision, RoleHanded, RoleLook, Sweep
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.guard import GuardedQuerySet
from fairlead.standing import measuring
from fairlead.standing import queries as standing
from fairlead.standing.models import Leave

_HANDED = "to whom looks at roles went on since their owners are gone; the looks went through the table"
_ACTS = "the acts of looks that were read through the table"
_LEADS_TO = "a page of standing leads to its look; callers checked whose"
_LEAVE = "days away move the day of decision; the reader sees no reason and no days"
Reader = Literal["person", "manager", "hr"]


@dataclass(frozen=True, slots=True)
class Due:
    """By when a look is decided: ``on`` is None while the seller is away without an end. ``late`` in working days."""

    on: date | None
    late: int


@dataclass(frozen=True, slots=True)
class Line:
    """A look in a list. ``facts`` are frozen; ``late`` of one that is decided is what it was then."""

    public_id: str
    person: people.Node
    manager: people.Node | None
    quarter: str
    facts: Mapping[str, Any]
    opened_at: datetime
    due: Due
    standing: rules.Standing
    state: rules.State
    decided_late: int


@dataclass(frozen=True, slots=True)
class Page:
    """One look as the seller and the manager read it, the same for both, with what each may do."""

    line: Line
    side: Reader
    may: tuple[rules.Kind, ...]
    steps: tuple[tuple[rules.Step, str], ...]
    rule: Rule
    now: tuple[tuple[str, int | None, bool], ...]
    """quarters whose attainment is another one today than when the look opened"""
    replays: bool


@dataclass(frozen=True, slots=True)
class Status:
    """All that a superior or HR sees of a look before a diagnosis: whose manager, since when, by when, how late.

    ``look`` is its public id for callers, on no page; ``diagnosed_on`` the day since which a diagnosis is shared.
    """

    manager: people.Node | None
    person: people.Node
    quarter: str
    opened_on: date
    due: Due
    state: rules.State
    decided_late: int
    address: str
    """the look's public id where its reader may open it, else ''"""
    look: str = ""
    diagnosed_on: date | None = None


@dataclass(frozen=True, slots=True)
class RolePage:
    """A look at a role's target and territory with its decisions, newest first as (row, who)."""

    row: RoleLook
    due: date
    late: int
    decisions: tuple[tuple[RoleDecision, str], ...]
    mine: bool

    @property
    def decided(self) -> RoleDecision | None:
        return self.decisions[0][0] if self.decisions else None


def require_any(actor: access.Actor) -> None:
    """Raises NotAllowed for whom no role gives any sight of looks."""
    if not any(access.may(actor, act) for act in ("look.read", "look.status", "look.register")):
        access.require(actor, "look.read")


def mine(actor: access.Actor, at: datetime) -> list[Line]:
    """The looks at one's own results, newest first."""
    return _lines(_readable(actor).filter(person=actor.id), at)


def of_reports(actor: access.Actor, at: datetime) -> list[Line]:
    """The looks at direct reports: those to be decided first, by their day; then the decided ones, newest first."""
    lines = _lines(_readable(actor).exclude(person=actor.id), at)
    still = [line for line in lines if line.standing.open]
    still.sort(key=lambda line: (line.due.on or date.max, line.person.name))
    return still + [line for line in lines if not line.standing.open]


def one(actor: access.Actor, public_id: str, at: datetime) -> Page:
    """One look. Raises NotAllowed, NotFound."""
    row = found(actor, public_id, at)
    line = _lines([row], at)[0]
    side = side_of(row, actor)
    rule = grounds.rule_of(row.rule_version)
    calendar = people.house().calendar
    periods = [calendar.period(one["name"]) for one in row.facts["quarters"]]
    measured = standing.measured([row.person_id], periods, rule, at)
    return Page(
        line=line,
        side=side,
        may=rules.may(line.standing, side, actor.id),
        steps=_steps([row.pk]).get(row.pk, ()),
        rule=rule,
        now=tuple(evidence.today_says([measured[row.person_id, one.name] for one in periods], row.facts)),
        replays=rules.replays(row.facts),
    )


def waiting(actor: access.Actor, at: datetime) -> int:
    """How many looks wait for the actor's decision, those at roles too."""
    count = 0
    if access.may(actor, "look.decide"):
        rows = Look.objects.seen_by(actor, "look.decide").exclude(person=actor.id)
        kept = [row for row in rows if not row.erased]
        steps = _steps([row.pk for row in kept])
        count += sum(rules.standing(step for step, _ in steps.get(row.pk, ())).open for row in kept)
    if access.may(actor, "role_look.decide"):
        roles = roles_of(actor, "role_look.decide")
        count += roles.exclude(pk__in=RoleDecision.objects.for_system(_ACTS).values("look")).count()
    return count


def open_of(person: int, at: datetime) -> str:
    """The public id of a person's look that waits for its decision, '' where none does; callers checked whose."""
    rows = list(
        Look.objects.for_system("a page of standing leads to its look; callers checked whose").filter(
            person=person
        )
    )
    steps = _steps([row.pk for row in rows])
    still = [
        row for row in rows
        if not row.erased and rules.standing(step for step, _ in steps.get(row.pk, ())).open
    ]  # fmt: skip
    return still[-1].public_id if still else ""


# What is seen from further away


def overdue_below(actor: access.Actor, at: datetime) -> list[Status]:
    """Looks past their day, of managers who report to the actor: whose, which, how late; nothing of what is in them."""
    access.require(actor, "look.status")
    below = [one.id for one in people.reports(actor.id)]
    reports = set(people.reached(actor, "look.status", [p for lead in below for p in _direct(lead)]))
    statuses = _statuses(reports, at)
    return [replace(one, address="", look="") for one in statuses if one.state == "overdue"]


def _direct(lead: int) -> list[int]:
    return [one.id for one in people.reports(lead)]


def register(actor: access.Actor, at: datetime) -> list[Status]:
    """HR's register: every look in its units with its state, those past their day first."""
    access.require(actor, "look.register")
    rows = Look.objects.seen_by(actor, "look.register")
    order = {"overdue": 0, "open": 1, "diagnosis": 1}
    found_ = _status_of(list(rows.order_by("-opened_at", "-pk")), at)
    return sorted(found_, key=lambda one: (order.get(one.state, 2), one.due.on or date.max))


@dataclass(frozen=True, slots=True)
class Complete:
    """That nobody is missing in HR's register: sellers gone through, when, and those past the line without a look."""

    swept_on: date | None
    sellers: int
    under: int
    looks: int
    by_role: int


def complete(actor: access.Actor, at: datetime) -> Complete:
    """Recount of the last closed quarter in HR's units, apart from what the sweep opened."""
    access.require(actor, "look.register")
    rule, day = grounds.rule(at), people.house().day(at)
    periods = standing.quarters_before(at, rule.in_a_row)
    unit = {one.id for one in standing.unit_of(actor)}
    here = set(grounds.in_force(unit, periods[-1].ends_on)) & measuring.sellers(unit, day)
    facts = standing.measured(here, periods, rule, at) if here else {}
    past = [
        person for person in here
        if (person, periods[-1].name) in facts and all(facts[person, one.name].under for one in periods)
    ]  # fmt: skip
    looked = set(
        Look.objects.seen_by(actor, "look.register")
        .filter(quarter=periods[-1].name)
        .values_list("person_id", flat=True)
    )
    newest = Sweep.objects.order_by("-day").first()
    return Complete(
        newest.day if newest else None, len(here), len(past), len(looked & set(past)), len(set(past) - looked)
    )


def _statuses(persons: Collection[int], at: datetime) -> list[Status]:
    rows = Look.objects.for_system("a superior sees that a look is past its day, and nothing of it")
    return _status_of(list(rows.filter(person__in=list(persons)).order_by("-opened_at", "-pk")), at)


def _status_of(rows: list[Look], at: datetime) -> list[Status]:
    return [
        Status(
            line.manager, line.person, line.quarter, people.house().day(line.opened_at), line.due, line.state,
            line.decided_late,
            line.public_id if _read_by_hr(line.standing, line.due, line.decided_late) else "", line.public_id,
            people.house().day(line.standing.diagnosed.at) if line.standing.diagnosed else None,
        )
        for line in _lines(rows, at)
    ]  # fmt: skip


# Roles


def role_looks(actor: access.Actor, at: datetime) -> list[RolePage]:
    """The looks at roles that the actor owns, or that are in HR's units, newest first."""
    rows = roles_of(actor, "role_look.read").order_by("-opened_at", "-pk")
    owners = role_owners(rows)
    return [_role_page(actor, row, owners[row.pk], at) for row in rows]


def role_owners(rows: Iterable[RoleLook]) -> dict[int, int]:
    """Look at a role -> who answers for it today: its owner, or to whom it went on; callers checked whose."""
    found = {row.pk: row.owner_id for row in rows}
    handed = RoleHanded.objects.for_system(_HANDED).filter(look__in=list(found)).order_by("look", "number")
    return found | dict(handed.values_list("look_id", "to_id"))


def roles_of(actor: access.Actor, act: str) -> GuardedQuerySet[RoleLook]:
    """The looks at roles that the actor may do the act on: own ones that went on to nobody, those that came to them."""
    own = set(RoleLook.objects.seen_by(actor, act).values_list("pk", flat=True))
    came = set(RoleHanded.objects.seen_by(actor, act).values_list("look_id", flat=True))
    rows = RoleLook.objects.for_system(_HANDED).filter(pk__in=own | came)
    owners = role_owners(rows)
    lost = {
        row.pk for row in rows
        if owners[row.pk] != actor.person and (row.pk not in own or row.owner_id == actor.person)
        and not people.may_on(actor, act, owners[row.pk])
    }  # fmt: skip
    return rows.exclude(pk__in=lost)


def role_look(actor: access.Actor, public_id: str, at: datetime) -> RolePage:
    """One look at a role. Raises NotAllowed, NotFound."""
    row = roles_of(actor, "role_look.read").filter(public_id=public_id).first()
    if row is None:
        raise access.NotFound("look")
    return _role_page(actor, row, role_owners([row])[row.pk], at)


def _role_page(actor: access.Actor, row: RoleLook, owner: int, at: datetime) -> RolePage:
    rows = RoleDecision.objects.for_system(_ACTS).filter(look=row).select_related("by").order_by("-number")
    due = rules.due_on(row.closed_on, row.decide_days, off=people.off_of_teams([owner])[owner])
    assert due is not None
    return RolePage(
        row, due, rules.days_late(due, people.house().day(at)), tuple((one, one.by.name) for one in rows),
        owner == actor.person,
    )  # fmt: skip


# Rows


def _readable(actor: access.Actor) -> GuardedQuerySet[Look]:
    return Look.objects.seen_by(actor, "look.read").order_by("-opened_at", "-pk")


def found(actor: access.Actor, public_id: str, at: datetime) -> Look:
    """A look the actor reads as the seller or the manager, or as HR once it is late or diagnosed.

    Raises NotAllowed, NotFound.
    """
    if not access.may(actor, "look.read") and not access.may(actor, "look.read_late"):
        access.require(actor, "look.read")
    row = _readable(actor).filter(public_id=public_id).first() if access.may(actor, "look.read") else None
    if row is None and access.may(actor, "look.read_late"):
        late = Look.objects.seen_by(actor, "look.read_late").filter(public_id=public_id).first()
        row = late if late is not None and _is_hrs(late, at) else None
    if row is None or row.erased:
        raise access.NotFound("look")
    return row


def _is_hrs(row: Look, at: datetime) -> bool:
    now = standing_of(row)
    return _read_by_hr(now, due_of(row, at), _late_of(row.pk, now))


def _read_by_hr(now: rules.Standing, due: Due, decided_late: int) -> bool:
    """HR reads a look that is past its day or was decided past it, and from a shared diagnosis on."""
    return now.diagnosed is not None or bool(decided_late) or (now.open and bool(due.late))


def side_of(row: Look, actor: access.Actor) -> Reader:
    """On which side of a look its reader stands."""
    if actor.person == row.person_id:
        return "person"
    return "manager" if people.may_on(actor, "look.read", row.person_id) else "hr"


def standing_of(row: Look) -> rules.Standing:
    """What the acts of a look amount to that the caller may read."""
    return rules.standing(step for step, _ in _steps([row.pk]).get(row.pk, ()))


def due_of(row: Look, at: datetime) -> Due:
    """By when a look that the caller may read is decided."""
    return _dues([row], at)[row.pk]


def _dues(rows: Iterable[Look], at: datetime) -> dict[int, Due]:
    kept = list(rows)
    persons = {row.person_id for row in kept}
    day = people.house().day(at)
    away: dict[int, list[tuple[date, date | None]]] = {}
    leave = Leave.objects.for_system(_LEAVE).filter(person__in=list(persons), taken_back_at=None)
    for person, first, last in leave.values_list("person_id", "first", "last"):
        away.setdefault(person, []).append((first, last))
    leads = {person: people.manager_of(person) for person in persons}
    since = people.led_since(persons, day)
    off = people.off_of_teams({lead for lead in leads.values() if lead is not None})
    found_ = {}
    for row in kept:
        free = off.get(leads[row.person_id] or 0, frozenset())
        took_over = since.get(row.person_id)
        late_start = took_over if took_over and took_over > people.house().day(row.opened_at) else None
        due = rules.due_on(row.closed_on, row.decide_days, away.get(row.person_id, ()), late_start, free)
        found_[row.pk] = Due(due, rules.days_late(due, day, free))
    return found_


def _lines(rows: Iterable[Look], at: datetime) -> list[Line]:
    kept = [row for row in rows if not row.erased]
    steps, dues = _steps([row.pk for row in kept]), _dues(kept, at)
    managers = {row.person_id: people.manager_of(row.person_id) for row in kept}
    wanted = {row.person_id for row in kept} | {one for one in managers.values() if one is not None}
    nodes = {node.id: node for node in people.nodes(wanted)}
    found_ = []
    for row in kept:
        now, due = rules.standing(step for step, _ in steps.get(row.pk, ())), dues[row.pk]
        state = _state(now, due)
        found_.append(
            Line(
                row.public_id, nodes[row.person_id], nodes.get(managers[row.person_id] or 0), row.quarter, row.facts,
                row.opened_at, due, now, state, _late_of(row.pk, now),
            )
        )  # fmt: skip
    return found_


def _state(now: rules.Standing, due: Due) -> rules.State:
    if not now.open:
        return "waived" if now.decided is None else "decided"
    if due.late:
        return "overdue"
    return "open" if now.diagnosed is None else "diagnosis"


def _late_of(look: int, now: rules.Standing) -> int:
    if now.closing is None:
        return 0
    row = LookAct.objects.for_system(_ACTS).get(look=look, number=now.closing.number)
    return row.days_late


def _steps(looks: Collection[int]) -> Mapping[int, tuple[tuple[rules.Step, str], ...]]:
    rows = LookAct.objects.for_system(_ACTS).filter(look__in=list(looks)).select_related("by")
    found_: dict[int, list[tuple[rules.Step, str]]] = {}
    for row in rows.order_by("look", "number"):
        step = rules.Step(row.number, row.kind, row.by_id, row.at, row.words, row.reason, row.about)
        found_.setdefault(row.look_id, []).append((step, row.by.name))
    return {look: tuple(steps) for look, steps in found_.items()}


def steps_taken(row: Look) -> int:
    """How many acts a look has that the caller may read."""
    return len(_steps([row.pk]).get(row.pk, ()))

"""Reading plans: who stands on which side of one, what its clock says, and what each side may read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db.models import Q

from fairlead.debts import queries as debts
from fairlead.grounds import queries as grounds
from fairlead.improvement import clock, content, covering, impact, measures, rules
from fairlead.improvement.clock import Clock, Span
from fairlead.improvement.content import Content, Task
from fairlead.improvement.models import Act, Assessment, Cover, Plan, Reviewer, SelfDraft, Version
from fairlead.looks.models import Look
from fairlead.people import access, kept
from fairlead.people import queries as people
from fairlead.people.models import Person
from fairlead.people.workdays import workdays_after, workdays_between
from fairlead.records import queries as records
from fairlead.standing.models import Leave
from fairlead.territories import queries as territories
from fairlead.territories.models import Account

_ACTS = "the acts, versions and cover of plans that went through the table"
_SIDES = "who stands on which side of a plan decides whether it is read at all"
_LEAVE = "days away pause a plan; the reader sees no reason and no days"
_ACCOUNTS = "the accounts of somebody whose plan may end, for their cover plan"
_SCREENED = "to whom something happened is counted for groups that HR brings; nobody is named"
DEBT_SOURCE = "manager"
"""A company debt that came of a plan says no more than that the manager said so, as others do."""
CATALOGUE = "catalogue"
"""The source of company debts for what the catalogue owes a role: they hold a plan up, or extend it, as well."""
RESOURCES = ("plan", "ask", "debrief")
"""The sources of company debts for what a deal was refused or promised: they do so as well, from a named day on."""
RESOURCE_WORDS = "A resource that was promised for a deal"
"""What a plan says of such a debt: its own words are about the deal, and are read under Company debts."""
RESIGNS = 3
"""Working days after publication from which a plan may be handed over in person instead of received on the page."""


@dataclass(frozen=True, slots=True)
class Found:
    """A plan with its acts, for whoever may read it on one of ``sides``."""

    row: Plan
    steps: tuple[tuple[rules.Step, str], ...]
    now: rules.State
    given: rules.Given
    clock: Clock | None
    content: Content | None
    """what is in force, else what was saved last"""
    proposed: Content | None
    """a change that is not in force yet"""

    @property
    def sides(self) -> frozenset[rules.Side]:
        return self.given.sides


@dataclass(frozen=True, slots=True)
class TaskLine:
    """A task with where it stands. ``now`` is None where nothing was measured; ``state`` is one of reached, on_way,
    behind, to_come."""

    task: Task
    now: int | None
    state: str
    reached_on: date | None
    assessor: str
    readings: tuple[tuple[rules.Step, str], ...]


@dataclass(frozen=True, slots=True)
class MilestoneLine:
    """A milestone of a deal: when and by whom at the buyer it was met, or how it stands."""

    milestone: content.Milestone
    on: date | None
    buyer: str
    late: bool


@dataclass(frozen=True, slots=True)
class DealLine:
    """A deal of a plan; ``freed`` is the act by which it was lost through nobody's fault."""

    deal: content.PlanDeal
    milestones: tuple[MilestoneLine, ...]
    freed: rules.Step | None


@dataclass(frozen=True, slots=True)
class OwedLine:
    """What the company does for a plan: delivered on a day, or days late."""

    commitment: content.Commitment
    delivered_on: date | None
    days_late: int
    lifted: bool


@dataclass(frozen=True, slots=True)
class CheckinLine:
    """A check-in: its day, and what was written of it. ``missed_by``: person, manager or '', also where it was held
    later."""

    number: int
    on: date | None
    step: rules.Step | None
    missed_by: str


@dataclass(frozen=True, slots=True)
class CoverLine:
    """Who covers an account. ``suggested`` is a suggestion and why; ``open_deals`` counts."""

    account: str
    name: str
    industry: str
    open_deals: int
    covered_by: str
    covered_by_name: str
    hand_over: str
    first_call_on: date | None
    suggested: str
    why: str
    last_two_way: date | None = None
    due_on: date | None = None
    """by when the next two-way contact is due by the account's tier, None where it has none"""

    @property
    def late_call(self) -> bool:
        """Whether the first call is later than the tier allows."""
        return bool(self.first_call_on and self.due_on and self.first_call_on > self.due_on)

    @property
    def whole(self) -> bool:
        return bool(self.covered_by and self.hand_over and self.first_call_on)


@dataclass(frozen=True, slots=True)
class Line:
    """A plan in a list."""

    public_id: str
    form: rules.Form
    person: people.Node
    author: str
    phase: rules.Phase
    starts_on: date | None
    ends_on: date | None
    day: int
    days: int
    decide_late: int
    outcome: str
    next_checkin: date | None
    waits: bool
    """whether something waits for the reader"""


@dataclass(frozen=True, slots=True)
class Page:
    """A plan as one of its sides reads it, with what they may do."""

    line: Line
    found: Found
    manager: people.Node | None
    may: frozenset[str]
    outcomes: tuple[rules.Outcome, ...]
    tasks: tuple[TaskLine, ...]
    deals: tuple[DealLine, ...]
    owed: tuple[OwedLine, ...]
    catalogue: tuple[debts.Late, ...]
    checkins: tuple[CheckinLine, ...]
    late_days: int
    paused_days: int
    away: bool
    decide_by: date | None
    appeal_until: date | None
    cover: tuple[CoverLine, ...]
    cover_number: int
    deciders: tuple[str, ...]
    hearers: tuple[str, ...]
    names: Mapping[int, str]
    companion: bool
    """whether the person may bring somebody along, by the rule of the country"""

    @property
    def is_covered(self) -> bool:
        """Whether every account of the cover plan has somebody, a hand-over and a first call."""
        return all(one.whole for one in self.cover)


def least_days(person: int, at: datetime) -> int:
    """How many days a formal plan lasts at least in the country whose law holds for a person."""
    return records.rule_of(person, at).min_plan_days


# Who stands where


def partners(person: int) -> list[int]:
    """The HR partners of a person's units, never the person."""
    return sorted(people.hr_partners([person]))


def deciders(row: Plan, now: rules.State) -> list[int]:
    """Who decides: the nearest above the manager who neither wrote the plan nor checked it; else HR who did not."""
    above = people.chain(row.person_id)[2:]
    taken = {row.by_id, *now.writers, *now.gates, people.manager_of(row.person_id) or 0}
    if now.second is not None:
        taken.add(now.second.by)
    first = next((one for one in above if one not in taken), None)
    if first is not None:
        return [first]
    return [one for one in partners(row.person_id) if one not in taken]


def hearers(row: Plan, now: rules.State) -> list[int]:
    """Who hears an appeal: the nearest above whoever decided who had no part in it; else HR who had none."""
    if now.decision is None:
        return []
    second = [now.second.by] if now.second else []
    manager = people.manager_of(row.person_id) or 0
    taken = {row.by_id, manager, now.decision.by, *now.writers, *now.gates, *second}
    above = people.chain(row.person_id)[2:]
    later = above[above.index(now.decision.by) + 1 :] if now.decision.by in above else above
    first = next((one for one in later if one not in taken), None)
    if first is not None:
        return [first]
    return [one for one in partners(row.person_id) if one not in taken]


def _sides(actor: access.Actor, row: Plan, now: rules.State) -> frozenset[rules.Side]:
    if actor.person is None:
        return frozenset()
    if actor.person == row.person_id:
        return frozenset({"person"})
    sides: set[rules.Side] = set()
    if people.may_on(actor, "improvement.lead", row.person_id):
        sides.add("manager")
    elif people.may_on(actor, "improvement.gate", row.person_id):
        sides.add("hr")
    if row.form == "self":
        return frozenset(sides)
    if actor.person in deciders(row, now) and people.may_on(actor, "improvement.decide", row.person_id):
        sides.add("decider")
    if (
        now.appeal
        and actor.person in hearers(row, now)
        and people.may_on(actor, "improvement.hear", row.person_id)
    ):
        sides.add("hearer")
    return frozenset(sides)


def _reads(found: Found, at: datetime) -> bool:
    """Whether a reader on these sides reads the plan now."""
    now, row, sides = found.now, found.row, found.sides
    if "person" in sides:
        return now.shown_to_person
    if "manager" in sides and not _came_after(row, now, at):
        return True
    if "hr" in sides and any(step.kind == "submitted" for step, _ in found.steps):
        return True
    if "hearer" in sides:
        return True
    return "decider" in sides and _to_decide(found)


def _to_decide(found: Found) -> bool:
    """A decider reads a plan from the day on which it can be decided, and what they decided."""
    if found.now.decision is not None and found.now.decision.by == found.given.by:
        return True
    if found.now.phase != "running":
        return False
    return bool(rules.outcomes(found.now, found.given)) or (
        found.given.ends_on is not None and found.given.today >= found.given.ends_on
    )


def _came_after(row: Plan, now: rules.State, at: datetime) -> bool:
    """Whether today's manager took the person over after the plan was closed: they read the summary and no more."""
    closed = closed_on(now)
    since = people.led_since([row.person_id], people.house().day(at)).get(row.person_id)
    return closed is not None and since is not None and since >= closed


def closed_on(now: rules.State) -> date | None:
    """The day on which a plan was decided, withdrawn or ended; None while it is open."""
    if now.open and now.phase not in ("decided", "appealed"):
        return None
    last = now.heard or now.decision or now.ended
    return last.on if last else None


# Rows


def _step(row: Act) -> rules.Step:
    by = row.by_id if row.outside is None else rules.outsider(row.outside.identity)
    assert by is not None
    return rules.Step(
        row.number, row.kind, by, row.at, row.on, row.version, row.which, row.said, row.value, row.scores,
        row.words,
    )  # fmt: skip


def _steps(plans: Collection[int]) -> dict[int, list[tuple[rules.Step, str]]]:
    found: dict[int, list[tuple[rules.Step, str]]] = {}
    rows = Act.objects.for_system(_ACTS).filter(plan__in=list(plans)).select_related("by", "outside")
    for row in rows.order_by("plan", "number"):
        who = row.by.name if row.by is not None else outsider_words(row.outside)
        found.setdefault(row.plan_id, []).append((_step(row), who))
    return found


def outsider_words(row: Reviewer | None) -> str:
    """How somebody from outside is named wherever they acted or read."""
    return f"outside reviewer {row.name} of {row.organisation}" if row is not None else ""


def _versions(plans: Collection[int]) -> dict[int, list[Version]]:
    found: dict[int, list[Version]] = {}
    for row in Version.objects.for_system(_ACTS).filter(plan__in=list(plans)).order_by("plan", "number"):
        found.setdefault(row.plan_id, []).append(row)
    return found


def where_it_runs(rows: Iterable[Plan], at: datetime) -> list[Plan]:
    """Those of people in whose unit the ground is in force."""
    kept = list(rows)
    here = grounds.in_force({row.person_id for row in kept}, people.house().day(at)) if kept else {}
    return [row for row in kept if row.person_id in here]


@dataclass(frozen=True, slots=True)
class Outside:
    """Somebody from outside who holds an address to a plan: on which side, and under which number they act."""

    side: rules.Side
    by: int


def together(
    rows: Iterable[Plan], actor: access.Actor, at: datetime, outside: Outside | None = None
) -> list[Found]:
    """Plans with their acts and clocks and where the actor stands; none that was erased after its time."""
    kept = list(rows)
    keys = [row.pk for row in kept]
    steps, versions = _steps(keys), _versions(keys)
    return [
        _found(row, steps.get(row.pk, []), versions.get(row.pk, []), actor, at, outside)
        for row in kept
        if not any(one.content.get("erased") for one in versions.get(row.pk, []))
    ]


def _found(
    row: Plan,
    steps: list[tuple[rules.Step, str]],
    versions: list[Version],
    actor: access.Actor,
    at: datetime,
    outside: Outside | None = None,
) -> Found:
    form: rules.Form = row.form  # type: ignore[assignment]
    writers = {row.by_id, *(one.by_id for one in versions)}
    now = rules.fold(form, len(versions), [step for step, _ in steps], writers)
    sides = _sides(actor, row, now) if outside is None else frozenset({outside.side})
    number = now.in_force
    if now.phase == "draft" and "hr" in sides:  # what was not sent again is the manager's
        number = max((step.version for step, _ in steps if step.kind == "submitted"), default=0)
    shown = next((one for one in versions if one.number == number), versions[-1] if versions else None)
    held = content.content_of(shown.content) if shown else None
    newest = versions[-1] if versions else None
    proposed = (
        content.content_of(newest.content)
        if newest and now.phase == "paused" and newest.number != now.in_force
        else None
    )
    house = people.house()
    manager = people.manager_of(row.person_id)
    off = people.off_of_teams([manager])[manager] if manager is not None else frozenset()
    leave = _leave_of(row) if now.published is not None and form != "self" else ()
    free = off | clock.days_away(leave)
    ticking = _clock(row, now, held, house.day(at), off)
    today = house.day(at)
    decided = now.decision
    given = rules.Given(
        sides=sides,
        by=outside.by if outside is not None else actor.person or 0,
        authors=now.writers,
        today=today,
        ends_on=clock.ends_on(ticking) if ticking else None,
        checkins=clock.checkins(ticking) if ticking and form == "plan" else (),
        reached="decider" in sides and held is not None and _all_reached(row, now, held, ticking, at),
        covered=bool({"decider", "hr"} & sides) and _is_covered(row),
        reply_until=workdays_after(now.published.on, rules.WAITS, free) if now.published else None,
        appeal_until=workdays_after((now.second or decided).on, clock.APPEALS_IN, free) if decided else None,
        hand_from=_hand_from(now, free),
        owed=tuple(one.item for one in late_towards(row.person_id, today)) if now.phase == "approved" else (),
    )
    if sides == {"person"}:
        hidden = rules.untold(step for step, _ in steps)
        steps, now = [one for one in steps if one[0].number not in hidden], rules.as_told(now)
    return Found(row, tuple(steps), now, given, ticking, held, proposed)


def _hand_from(now: rules.State, off: frozenset[date]) -> date | None:
    last = now.gate if now.phase == "paused" else now.published
    return workdays_after(last.on, RESIGNS, off) if last is not None else None


def _leave_of(row: Plan) -> tuple[Span, ...]:
    """The days on which the person is away, without the reason."""
    rows = Leave.objects.for_system(_LEAVE).filter(person=row.person_id, taken_back_at=None).order_by("first")
    return tuple(Span(first, last) for first, last in rows.values_list("first", "last"))


def _clock(
    row: Plan, now: rules.State, held: Content | None, today: date, off: frozenset[date]
) -> Clock | None:
    if now.published is None or held is None or now.form == "redeployment":
        return None
    leave = _leave_of(row)
    paused = list(leave)
    for first, resumed in now.pauses:
        if resumed is None:
            paused.append(Span(first, None))
        elif resumed > first:
            paused.append(Span(first, resumed - timedelta(days=1)))
    until = closed_on(now) or today
    owed = [(one.due_on, done) for one, done in _delivered(held) if one.due_on is not None]
    owed += [(one.due_on, one.settled_on) for one in _company_debts(row.person_id)]
    return Clock(
        now.published.on, held.days, (now.extended.value or 0) if now.extended else 0, tuple(paused),
        clock.late_spans(owed, min(until, today)), off,
        clock.days_away(leave),
    )  # fmt: skip


def _late_debts(row: Plan, now: rules.State, today: date) -> tuple[debts.Late, ...]:
    """What the company owed past its day since the plan was published, or owes before it is."""
    if now.form != "plan" or (not now.open and now.phase not in ("draft", "at_hr", "approved")):
        return ()
    since = now.published.on if now.published else None
    return tuple(
        one
        for one in _company_debts(row.person_id)
        if one.due_on < (one.settled_on or today)
        and (one.settled_on is None or (since is not None and one.settled_on > since))
    )


def _company_debts(person: int) -> list[debts.Late]:
    """What the company owes a person and has a day for: of the catalogue, and what a deal was refused or promised.

    A refusal without a day demands nothing: a deal may ask for what nobody can give. Once who owes it named a day it is
    a promise like any other. Callers checked whose.
    """
    of_deals = [one for kind in RESOURCES for one in debts.days_of(kind, person)]
    return [*debts.days_of(CATALOGUE, person), *(replace(one, item=RESOURCE_WORDS) for one in of_deals)]


def late_towards(person: int, today: date) -> list[debts.Late]:
    """What the company owes a person, past its day and not delivered. Callers checked whose."""
    return [one for one in _company_debts(person) if one.settled_on is None and one.due_on < today]


def _delivered(held: Content) -> list[tuple[content.Commitment, date | None]]:
    known = debts.settled_of(DEBT_SOURCE, [one.ref for one in held.commitments])
    return [(one, known[one.ref].on if one.ref in known else None) for one in held.commitments]


def of_person(actor: access.Actor, public_id: str, at: datetime) -> Found:
    """One plan the actor reads on one of its sides. Raises NotAllowed, NotFound."""
    require_any(actor)
    row = Plan.objects.for_system(_SIDES).filter(public_id=public_id).first()
    if row is None or not grounds.covered(row.person_id, people.house().day(at)):
        raise access.NotFound("plan")
    found = next(iter(together([row], actor, at)), None)
    if found is None or not found.sides or not _reads(found, at):
        raise access.NotFound("plan")
    return found


def states(rows: Iterable[Plan]) -> list[tuple[Plan, rules.State]]:
    """Plans with how they stand by their acts alone, without clocks, sides and what is counted in the deals."""
    kept = list(rows)
    steps = _steps([row.pk for row in kept])
    return [
        (row, rules.fold(row.form, 1, [step for step, _ in steps.get(row.pk, [])]))  # type: ignore[arg-type]
        for row in kept
    ]


def of_diagnosis(actor: access.Actor, diagnosis: str, at: datetime) -> str:
    """The public id of what a diagnosis led to, newest first, where the actor reads it; '' otherwise."""
    rows = Plan.objects.for_system(_SIDES).filter(diagnosis=diagnosis).order_by("-attempt")
    found = _readable_found(rows, actor, at)
    return found[0].row.public_id if found else ""


def runs_from(diagnosis: str) -> bool:
    """Whether a plan, or a talk about another place, came of a diagnosis and was not withdrawn."""
    rows = Plan.objects.for_system(_SIDES).filter(diagnosis=diagnosis)
    return any(now.phase != "void" for _, now in states(rows))


def require_any(actor: access.Actor) -> None:
    """Raises NotAllowed for whom no role gives any sight of plans."""
    if not any(access.may(actor, act) for act in _READS):
        access.require(actor, "improvement.own")


_READS = ("improvement.own", "improvement.lead", "improvement.gate", "improvement.decide", "improvement.hear")


def locked(actor: access.Actor, public_id: str, at: datetime) -> Found:
    """The same, held until the transaction ends, so that acts follow each other."""
    seen = of_person(actor, public_id, at)
    held = Plan.objects.for_system(_SIDES).select_for_update(of=("self",), no_key=True).get(pk=seen.row.pk)
    return together([held], actor, at)[0]


# Where things stand


def _tasks(
    row: Plan, now: rules.State, held: Content, ticking: Clock | None, at: datetime
) -> tuple[TaskLine, ...]:
    today = people.house().day(at)
    last = min(closed_on(now) or today, today)
    names = {
        one.public_id: one.name
        for one in Person.objects.filter(
            public_id__in=[task.assessor for task in held.tasks if task.assessor]
        )
    }
    lines = []
    for task in held.tasks:
        readings = tuple((step, "") for step in now.measured.get(task.key, ()))
        value, on = None, None
        if task.metric in content.COMPUTED:
            if ticking is not None:
                value = measures.counted(task.metric, [row.person_id], ticking.starts_on, last)[row.person_id]
        elif readings:
            value = readings[-1][0].value
            on = next((step.on for step, _ in readings if (step.value or 0) >= task.target), None)
        state = _state(task, value, today)
        lines.append(
            TaskLine(
                task, value, state, on if state == "reached" else None, names.get(task.assessor, ""), readings
            )
        )
    return tuple(lines)


def _all_reached(row: Plan, now: rules.State, held: Content, ticking: Clock | None, at: datetime) -> bool:
    lines = _tasks(row, now, held, ticking, at)
    return bool(lines) and all(one.state == "reached" for one in lines)


def _state(task: Task, value: int | None, today: date) -> str:
    if value is not None and value >= task.target:
        return "reached"
    if task.due_on is not None and today > task.due_on:
        return "behind"
    started = value is not None and value > (0 if task.metric in content.COMPUTED else task.baseline)
    return "on_way" if started else "to_come"


def _deals(now: rules.State, held: Content, today: date) -> tuple[DealLine, ...]:
    if now.published is None:
        known: dict[str, tuple[date, str]] = {}
    else:
        known = measures.reached_by({one.deal: one.milestones for one in held.deals}, now.published.on)
    return tuple(
        DealLine(
            deal,
            tuple(
                MilestoneLine(mark, *known[mark.key], False)
                if mark.key in known
                else MilestoneLine(mark, None, "", mark.due_on is not None and mark.due_on < today)
                for mark in deal.milestones
            ),
            now.freed.get(deal.deal),
        )
        for deal in held.deals
    )


def _owed(held: Content, today: date) -> tuple[OwedLine, ...]:
    known = debts.settled_of(DEBT_SOURCE, [one.ref for one in held.commitments])
    lines = []
    for one in held.commitments:
        settled = known.get(one.ref)
        done = settled.on if settled else None
        late = max(((done or today) - one.due_on).days, 0) if one.due_on else 0
        lines.append(OwedLine(one, done, late, bool(settled and settled.lifted)))
    return tuple(lines)


def _checkins(found: Found, free: frozenset[date]) -> tuple[CheckinLine, ...]:
    now, given, lines = found.now, found.given, []
    until = min(closed_on(now) or given.today, given.today)
    noted = {step.which: step.said for step, _ in found.steps if step.kind == "missed"}
    for number, day in enumerate(given.checkins, 1):
        step = now.checkins.get(str(number))
        missed, last = noted.get(str(number), ""), step.on if step is not None else until
        if not missed and day is not None and last > workdays_after(day, clock.GRACE, free):
            missed = "manager"
        lines.append(CheckinLine(number, day, step, missed))
    return tuple(lines)


def _line(found: Found, at: datetime, nodes: Mapping[int, people.Node], names: Mapping[int, str]) -> Line:
    now, row, given = found.now, found.row, found.given
    ticking = found.clock
    off = ticking.off if ticking else frozenset()
    by_day = clock.decide_by(ticking) if ticking else None
    open_ = now.phase in ("running", "paused")
    end = closed_on(now) or given.today
    nexts = [
        day
        for number, day in enumerate(given.checkins, 1)
        if day is not None and str(number) not in now.checkins and day >= given.today
    ]
    held = found.content
    late = _late_days(ticking, end) if ticking else 0
    return Line(
        row.public_id, now.form, nodes[row.person_id], names.get(row.by_id, ""), now.phase,
        now.published.on if now.published else None, given.ends_on,
        clock.passed(ticking, end) + late if ticking else 0,
        (held.days if held else 0) + (ticking.more + late if ticking else 0),
        workdays_between(by_day, given.today, off) if open_ and by_day is not None and given.today > by_day else 0,
        now.decision.said if now.decision else ("withdrawn" if now.phase == "void" else ""),
        min(nexts) if nexts and open_ else None,
        bool(_waiting_acts(found)),
    )  # fmt: skip


def _late_days(ticking: Clock, until: date) -> int:
    """Days that the company was late on and that were not paused: they are days of the plan, and added to it."""
    first, end = ticking.starts_on + timedelta(days=1), clock.ends_on(ticking)
    late = clock.days_of(ticking.late, first, min(until, end or until))
    both = [
        Span(max(one.first, other.first), min(one.last or until, other.last or until))
        for one in ticking.late
        for other in ticking.paused
        if max(one.first, other.first) <= min(one.last or until, other.last or until)
    ]
    return late - clock.days_of(both, first, min(until, end or until))


_PRESSING: dict[str, frozenset[str]] = {
    "person": frozenset({"received", "summary_read"}),
    "manager": frozenset({"submitted", "published", "summed_up"}),
    "hr": frozenset({"approved", "seconded"}),
    "decider": frozenset({"decided"}),
    "hearer": frozenset({"heard"}),
}


def _waiting_acts(found: Found) -> set[str]:
    """What waits for the reader: not what they may do at any time."""
    may = rules.may(found.now, found.given)
    wanted = frozenset().union(*(_PRESSING[side] for side in found.sides))
    waits = {kind for kind in may & wanted if kind != "submitted" or found.now.gate is not None}
    if "manager" in found.sides and found.now.phase in ("running", "paused"):
        for number, day in enumerate(found.given.checkins, 1):
            if day is not None and day <= found.given.today and str(number) not in found.now.checkins:
                waits.add("checked_in")
    return waits


def _lines(found: Collection[Found], at: datetime) -> list[Line]:
    nodes = {node.id: node for node in people.nodes({one.row.person_id for one in found})}
    names = people.names({one.row.by_id for one in found})
    return [_line(one, at, nodes, names) for one in found]


def page(actor: access.Actor, public_id: str, at: datetime) -> Page:
    """One plan. Raises NotAllowed, NotFound."""
    return page_of(of_person(actor, public_id, at), at)


def page_of(found: Found, at: datetime) -> Page:
    """A plan that went through the table, or that an address leads to, as its reader's side sees it."""
    now, row, held, given = found.now, found.row, found.content, found.given
    manager = people.manager_of(row.person_id)
    today = given.today
    free = found.clock.free if found.clock else frozenset()
    until = min(closed_on(now) or today, given.ends_on or today)
    spans = (found.clock.starts_on + timedelta(days=1), until) if found.clock else None
    deciding, hearing = deciders(row, now), hearers(row, now)
    names = people.names({row.by_id, *deciding, *hearing})
    cover, number = _cover_seen(found, at)
    return Page(
        line=_lines([found], at)[0],
        found=found,
        manager=people.node(manager) if manager is not None else None,
        may=rules.may(now, given),
        outcomes=rules.outcomes(now, given) if "decided" in rules.may(now, given) else (),
        tasks=_tasks(row, now, held, found.clock, at) if held else (),
        deals=_deals(now, held, today) if held else (),
        owed=_owed(held, today) if held else (),
        catalogue=_late_debts(row, now, today),
        checkins=_checkins(found, free),
        late_days=_late_days(found.clock, until) if found.clock else 0,
        paused_days=clock.days_of(found.clock.paused, *spans) if found.clock and spans else 0,
        away=bool(
            found.clock and any(span.has(today) for span in found.clock.paused) and now.phase == "running"
        ),
        decide_by=clock.decide_by(found.clock) if found.clock else None,
        appeal_until=given.appeal_until,
        cover=cover,
        cover_number=number,
        deciders=tuple(names[one] for one in deciding),
        hearers=tuple(names[one] for one in hearing),
        names=names,
        companion=records.rule_of(row.person_id, at).companion,
    )


# Lists


def mine(actor: access.Actor, at: datetime) -> list[Line]:
    """The plans that are one's own to read, newest first."""
    rows = Plan.objects.seen_by(actor, "improvement.own").filter(person=actor.id).order_by("-at", "-pk")
    return _readable(rows, actor, at)


def of_reports(actor: access.Actor, at: datetime) -> list[Line]:
    """Plans of direct reports: what runs first, by its end."""
    rows = Plan.objects.seen_by(actor, "improvement.lead").order_by("-at", "-pk")
    lines = _readable(rows, actor, at)
    return sorted(
        lines, key=lambda one: (one.phase in ("closed", "void"), one.ends_on or date.max, one.person.name)
    )


def for_hr(actor: access.Actor, at: datetime) -> list[Line]:
    """Every plan of HR's units that came to HR, those that wait first."""
    rows = Plan.objects.seen_by(actor, "improvement.gate").exclude(form="self").order_by("-at", "-pk")
    return sorted(
        _readable(rows, actor, at), key=lambda one: (not one.waits, one.phase in ("closed", "void"))
    )


def to_decide(actor: access.Actor, at: datetime) -> list[Line]:
    """Plans that wait for the actor's decision, or for them to hear an appeal."""
    found = _readable_found(_reached(actor), actor, at)
    return _lines([one for one in found if {"decided", "heard"} & _waiting_acts(one)], at)


def _reached(actor: access.Actor) -> Iterable[Plan]:
    rows: dict[int, Plan] = {}
    for act in ("improvement.decide", "improvement.hear"):
        if access.may(actor, act):
            rows |= {row.pk: row for row in Plan.objects.seen_by(actor, act).exclude(form="self")}
    return rows.values()


def _readable_found(rows: Iterable[Plan], actor: access.Actor, at: datetime) -> list[Found]:
    found = together(where_it_runs(rows, at), actor, at)
    return [one for one in found if one.sides and _reads(one, at)]


def _readable(rows: Iterable[Plan], actor: access.Actor, at: datetime) -> list[Line]:
    return _lines(_readable_found(rows, actor, at), at)


@dataclass(frozen=True, slots=True)
class Status:
    """All that a manager's superior sees of a plan before it is theirs to decide: whose manager, its days, how late."""

    manager: str
    person: str
    phase: rules.Phase
    starts_on: date | None
    ends_on: date | None
    late: int


def below(actor: access.Actor, at: datetime) -> list[Status]:
    """Published plans two levels below, as days. Raises NotAllowed."""
    access.require(actor, "improvement.status")
    rows = Plan.objects.seen_by(actor, "improvement.status").filter(form="plan")
    reports = {one.id for one in people.reports(actor.id)} | {actor.id}
    kept = where_it_runs((row for row in rows if row.person_id not in reports), at)
    found = [one for one in together(kept, actor, at) if one.now.published]
    still = [one for one in found if one.now.phase in ("running", "paused")]
    leads = people.names({people.manager_of(one.row.person_id) or 0 for one in still})
    return [
        Status(
            leads.get(people.manager_of(one.row.person_id) or 0, ""), line.person.name, line.phase, line.starts_on,
            line.ends_on, line.decide_late,
        )
        for one, line in zip(still, _lines(still, at), strict=True)
    ]  # fmt: skip


def waiting(actor: access.Actor, at: datetime) -> int:
    """How many plans wait for something of the actor's, and how many tasks of their first measuring. For every page."""
    return kept.once(("plans waiting", actor.person, at), lambda: _waiting(actor, at))


def _waiting(actor: access.Actor, at: datetime) -> int:
    return len(_that_wait(actor, at)) + sum(not one.readings for one in to_measure(actor, at))


def _that_wait(actor: access.Actor, at: datetime) -> list[Found]:
    return kept.once(("plans that wait", actor.person, at), lambda: _found_waiting(actor, at))


def _found_waiting(actor: access.Actor, at: datetime) -> list[Found]:
    where = Q(pk__in=[])
    for act in _READS:
        if access.may(actor, act):
            where |= people.scope(actor, act, Plan.owner_path)
    rows = list(Plan.objects.for_system(_SIDES).filter(where))
    return [one for one in _readable_found(rows, actor, at) if _waiting_acts(one)] if rows else []


@dataclass(frozen=True, slots=True)
class Waits:
    """A plan that waits for the actor: the acts it waits for, each with the day by which, None where it has none."""

    line: Line
    acts: tuple[tuple[str, date | None], ...]


def waits_for(actor: access.Actor, at: datetime) -> list[Waits]:
    """The plans that wait for something of the actor's, as :func:`waiting` counts them."""
    found = _that_wait(actor, at)
    return [
        Waits(line, tuple((act, _wanted_on(act, one)) for act in sorted(_waiting_acts(one))))
        for one, line in zip(found, _lines(found, at), strict=True)
    ]


def _wanted_on(act: str, found: Found) -> date | None:
    given, now = found.given, found.now
    if act == "checked_in":
        return min(
            (
                day
                for number, day in enumerate(given.checkins, 1)
                if day is not None and day <= given.today and str(number) not in now.checkins
            ),
            default=None,
        )
    if act == "decided":
        return clock.decide_by(found.clock) if found.clock else None
    return given.hand_from if act == "received" else None


# The summary for a new manager


@dataclass(frozen=True, slots=True)
class Summary:
    """What a new manager reads of a plan that was over before they came: the summary and the person's word on it."""

    public_id: str
    person: str
    outcome: str
    closed_on: date
    words: str
    answer: str


def summaries(actor: access.Actor, at: datetime) -> list[Summary]:
    """Of direct reports' plans that were over before the actor became the manager, once the person has read them."""
    access.require(actor, "improvement.lead")
    rows = Plan.objects.seen_by(actor, "improvement.lead").exclude(form="self").exclude(person=actor.id)
    found = []
    for one in together(where_it_runs(rows.order_by("-at"), at), actor, at):
        closed, now = closed_on(one.now), one.now
        if (
            closed is None
            or now.summary is None
            or now.summary_read is None
            or not _came_after(one.row, now, at)
        ):
            continue
        name = people.node(one.row.person_id).name
        outcome = now.decision.said if now.decision else ""
        found.append(
            Summary(one.row.public_id, name, outcome, closed, now.summary.words, now.summary_read.words)
        )
    return found


# Measuring


@dataclass(frozen=True, slots=True)
class ToMeasure:
    """What somebody is named to measure: for whom, what, and until when. Nothing else of the plan."""

    plan: str
    task: Task
    person: str
    readings: tuple[rules.Step, ...]


def to_measure(actor: access.Actor, at: datetime, plan: str | None = None) -> list[ToMeasure]:
    """What waits to be measured by the actor. What a former manager was named for is the manager's of today.

    ``plan`` keeps to one of them, so that nothing else is read for its page.
    """
    if not access.may(actor, "improvement.assess"):
        return []
    named = Assessment.objects.seen_by(actor, "improvement.assess").select_related("plan")
    if plan is not None:
        named = named.filter(plan__public_id=plan)
    rows = {row.plan_id: row.plan for row in named.order_by("pk")}
    if access.may(actor, "improvement.lead"):
        led = Plan.objects.seen_by(actor, "improvement.lead").filter(form="plan")
        if plan is not None:
            led = led.filter(public_id=plan)
        rows |= {row.pk: row for row in led.order_by("pk")}
    kept = where_it_runs(rows.values(), at)
    found = [one for one in together(kept, actor, at) if one.now.phase in ("running", "paused")]
    names = people.names({one.row.person_id for one in found})
    return [
        ToMeasure(one.row.public_id, task, names[one.row.person_id], one.now.measured.get(task.key, ()))
        for one in found
        if one.content is not None
        for task in one.content.tasks
        if task.assessor and _measurer(one, task) == actor.person
    ]


def _measurer(found: Found, task: Task) -> int | None:
    """Who measures a task: whoever is named; where that is somebody who led the plan once, the manager of today."""
    person = (
        Person.objects.filter(public_id=task.assessor, voided_at=None).values_list("pk", flat=True).first()
    )
    manager = people.manager_of(found.row.person_id)
    return manager if person is None or (person in found.now.writers and person != manager) else person


def one_to_measure(actor: access.Actor, plan: str, task: str, at: datetime) -> ToMeasure:
    """Raises NotFound for what is not the actor's to measure."""
    access.require(actor, "improvement.assess")
    found = next((one for one in to_measure(actor, at, plan) if one.task.key == task), None)
    if found is None:
        raise access.NotFound("task")
    return found


# The cover plan


def newest_cover(row: Plan) -> Cover | None:
    return Cover.objects.for_system(_ACTS).filter(plan=row).order_by("-number").first()


def accounts_of(person: int) -> list[Account]:
    """The accounts of a person, by name; for the cover plan."""
    return list(Account.objects.for_system(_ACCOUNTS).filter(owner=person).order_by("name", "pk"))


def _is_covered(row: Plan) -> bool:
    """Whether the newest cover plan names somebody, a hand-over and a first call for every account of today."""
    accounts = accounts_of(row.person_id)
    if not accounts:
        return True
    cover = newest_cover(row)
    kept = {one["account"]: one for one in cover.lines} if cover else {}
    return all(_whole(kept.get(one.public_id)) for one in accounts)


def _whole(line: Mapping[str, str] | None) -> bool:
    return line is not None and all(line.get(name) for name in ("covered_by", "hand_over", "first_call_on"))


def _cover_seen(found: Found, at: datetime) -> tuple[tuple[CoverLine, ...], int]:
    """The cover plan for the sides that may read it: the person from the decision on, and not before."""
    if found.now.form == "self" or found.now.published is None:
        return (), 0
    parted = found.now.decision is not None and found.now.decision.said in rules.PARTING
    if "person" in found.sides and not (parted and found.now.phase in ("decided", "appealed", "closed")):
        return (), 0
    cover = newest_cover(found.row)
    return tuple(cover_lines(found.row, cover, people.house().day(at))), cover.number if cover else 0


def cover_lines(row: Plan, cover: Cover | None, today: date) -> list[CoverLine]:
    """Every account of the person with its cover as written, else with a suggestion."""
    accounts = accounts_of(row.person_id)
    kept = {one["account"]: one for one in cover.lines} if cover else {}
    open_deals = measures.open_by_account(row.person_id)
    given = [
        covering.Account(one.public_id, one.name, one.industry, open_deals.get(one.name, 0))
        for one in accounts
    ]
    missing = [one for one in given if not _whole(kept.get(one.key))]
    told = {one.account: one for one in covering.suggest(missing, mates_of(row.person_id))}
    last, due = _contacts_of(accounts, today)
    lines = []
    for one in given:
        line = kept.get(one.key, {})
        day = line.get("first_call_on") or ""
        hint = told.get(one.key)
        lines.append(
            CoverLine(
                one.key, one.name, one.industry, one.open_deals, line.get("covered_by", ""),
                line.get("covered_by_name", ""), line.get("hand_over", ""), date.fromisoformat(day) if day else None,
                hint.mate if hint else "", hint.why if hint else "", last.get(one.key), due.get(one.key),
            )
        )  # fmt: skip
    return lines


def _contacts_of(accounts: Collection[Account], day: date) -> tuple[dict[str, date], dict[str, date]]:
    """Account -> its last two-way contact, and by when its tier asks for the next."""
    keys = {one.pk: one.public_id for one in accounts}
    last = {keys[pk]: on for pk, on in territories.last_two_way(keys, day).items()}
    tiers = territories.tiers_on(keys, day)
    policy = territories.policy_for(one.owner_id for one in accounts)
    due = {}
    for one in accounts:
        days = policy[one.owner_id].days(tiers.get(one.pk, ""))
        if days is not None and one.public_id in last:
            due[one.public_id] = last[one.public_id] + timedelta(days=days)
    return last, due


def mates_of(person: int) -> list[covering.Mate]:
    """Who could cover: the team mates who sell, and the manager, with what they carry."""
    manager = people.manager_of(person)
    return [] if manager is None else mates_below(manager, without={person})


def mates_below(leader: int, without: Collection[int] = ()) -> list[covering.Mate]:
    """Who of a leader's team could cover, the leader where nobody else could, with what they carry."""
    mates = [one for one in people.reports(leader) if one.id not in without]
    return carrying(mates or [people.node(leader)])


def carrying(nodes: Collection[people.Node]) -> list[covering.Mate]:
    """People with how many accounts they have, and in which industries."""
    rows = Account.objects.for_system(_ACCOUNTS).filter(owner__in=[one.id for one in nodes])
    carried: dict[int, dict[str, int]] = {}
    for owner, industry in rows.values_list("owner_id", "industry"):
        if owner is not None:
            mine_ = carried.setdefault(owner, {})
            mine_[industry] = mine_.get(industry, 0) + 1
    return [
        covering.Mate(one.public_id, one.name, sum(carried.get(one.id, {}).values()), carried.get(one.id, {}))
        for one in nodes
    ]


# A plan of one's own


def self_draft(actor: access.Actor) -> SelfDraft | None:
    """What the actor writes for themself. Nobody else reads it by any door."""
    access.require(actor, "improvement.self")
    row = SelfDraft.objects.seen_by(actor, "improvement.self").filter(person=actor.id).first()
    return None if row is not None and row.content.get("erased") else row


def protecting(person: int, layer: int | None, at: datetime) -> Plan | None:
    """A self-plan on the same gap that keeps a formal plan away; None where none does. Callers checked whose."""
    today = people.house().day(at)
    rows = Plan.objects.for_system(_SIDES).filter(person=person, form="self")
    system = access.system("whether a plan of one's own protects")
    for one in together(rows.order_by("-at"), system, at):
        same = one.row.layer is None or layer is None or one.row.layer == layer
        if not same or one.now.published is None or one.content is None:
            continue
        lines = _tasks(one.row, one.now, one.content, one.clock, at)
        on_time = bool(lines) and not any(line.state == "behind" for line in lines)
        started, days = one.now.published.on, min(one.content.days, content.SELF_DAYS)
        if rules.protects(started, today, days, on_time=on_time, now=one.now):
            return one.row
    return None


@dataclass(frozen=True, slots=True)
class Protection:
    """A plan of somebody's own that keeps a formal plan away: whose, on which layer, since when and until when."""

    public_id: str
    person: str
    layer: int | None
    since: date
    until: date


def protections(actor: access.Actor, at: datetime) -> list[Protection]:
    """In HR's units; nothing of what is in these plans. Raises NotAllowed."""
    access.require(actor, "improvement.gate")
    rows = Plan.objects.seen_by(actor, "improvement.gate").filter(form="self").order_by("-at")
    kept = where_it_runs(rows, at)
    names = people.names({row.person_id for row in kept})
    found = []
    for one in together(kept, actor, at):
        if protecting(one.row.person_id, one.row.layer, at) == one.row and one.now.published and one.content:
            until = one.now.published.on + timedelta(days=min(one.content.days, content.SELF_DAYS))
            name = names[one.row.person_id]
            found.append(Protection(one.row.public_id, name, one.row.layer, one.now.published.on, until))
    return found


# The screen for adverse impact

SCREENED: dict[str, str] = {
    "look": "a look opened at their results",
    "plan": "a formal plan was published for them",
    "parted": "they were parted from their place after a plan or a talk",
}
"""What can be compared between groups, in words."""


@dataclass(frozen=True, slots=True)
class Screen:
    """A screen as HR reads it once: a line for each group, the names that were nobody, how many were compared."""

    lines: tuple[impact.Line, ...]
    unknown: tuple[str, ...]
    people: int


def screen(actor: access.Actor, at: datetime, *, text: str, what: str, months: int) -> Screen:
    """Compare groups of people in HR's units that HR brings along as text. Nothing of the groups is kept.

    Raises Refused: bad_choice, bad_line, too_many, twice, one_group; NotAllowed.
    """
    access.require(actor, "impact.screen")
    if what not in SCREENED or months not in MONTHS:
        raise access.Refused("bad_choice", "Choose what is compared, and over how long.")
    rows = impact.read(text)
    unit = Person.objects.filter(people.scope(actor, "impact.screen", "pk"), voided_at=None)
    known: dict[str, set[int]] = {}
    for key, name in unit.values_list("pk", "name"):
        known.setdefault(name.casefold(), set()).add(key)
    groups, unknown = impact.placed(rows, known)
    since = at - timedelta(days=round(months * 365 / 12))
    return Screen(tuple(impact.screen(groups, _struck(groups, what, since))), tuple(unknown), len(groups))


MONTHS = (12, 24, 36)


def _struck(persons: Collection[int], what: str, since: datetime) -> set[int]:
    if what == "look":
        looks = Look.objects.for_system(_SCREENED).filter(person__in=list(persons), opened_at__gte=since)
        return set(looks.values_list("person_id", flat=True))
    kind = "published" if what == "plan" else "seconded"
    acts = Act.objects.for_system(_SCREENED).filter(plan__person__in=list(persons), kind=kind, at__gte=since)
    if what == "plan":
        acts = acts.filter(plan__form="plan")
    return set(acts.values_list("plan__person_id", flat=True))

"""Results: what runs for the asker, standing, seats and leave, looks and their acts, grounds and the rule."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema

from fairlead.api.door import REFUSALS, asker
from fairlead.grounds import actions as ground_actions
from fairlead.grounds import queries as grounds
from fairlead.grounds import rules as ground_rules
from fairlead.looks import actions, queries
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.records import reads
from fairlead.standing import actions as standing_actions
from fairlead.standing import queries as standing

router = Router(tags=["results"])


class ResultPerson(Schema):
    public_id: str
    name: str


class Stretch(Schema):
    """Working days that ask for ``share`` percent of a target, of ``of`` in the period."""

    first: date
    last: date
    days: int
    of: int
    target_minor: int
    share: int
    why: str


class ResultQuarter(Schema):
    """A quarter; ``under`` is null while it runs and where nothing was asked."""

    quarter: str
    won_minor: int
    asked_minor: int | None
    target_minor: int | None
    percent: int | None
    under: bool | None
    deals_won: int
    deals_closed: int
    stretches: list[Stretch]
    peers: int | None
    peers_low: int | None
    peers_middle: int | None
    peers_high: int | None


class StandingOut(Schema):
    person: ResultPerson
    job: str
    segment: str
    line: int
    run: int
    now: ResultQuarter
    quarters: list[ResultQuarter]
    look: str


class StandingRow(Schema):
    person: ResultPerson
    job: str
    segment: str
    run: int
    percents: dict[str, int | None]


class SeatIn(Schema):
    person: str
    job: str
    segment: str = ""
    starts_on: date
    ramps: bool = False


class SeatOut(Schema):
    public_id: str
    person: ResultPerson
    job: str
    segment: str
    starts_on: date
    ramps: bool


class LeaveIn(Schema):
    person: str
    first: date
    last: date | None = None
    reason: str = ""


class LeaveOut(Schema):
    public_id: str
    person: ResultPerson
    first: date
    last: date | None
    reason: str


class LookStepOut(Schema):
    number: int
    kind: str
    by: str
    at: datetime
    reason: str
    words: str


class LookOut(Schema):
    """``facts`` are what was known when it opened, kept as it was."""

    public_id: str
    person: ResultPerson
    quarter: str
    state: str
    opened_at: datetime
    due_on: date | None
    days_late: int
    facts: dict[str, Any]
    steps: list[LookStepOut]
    may: list[str]


class LookLine(Schema):
    public_id: str
    person: ResultPerson
    quarter: str
    state: str
    due_on: date | None
    days_late: int


class LookStatus(Schema):
    """``look`` is the public id where the asker may read it, else empty."""

    person: ResultPerson | None
    manager: ResultPerson | None
    quarter: str
    state: str
    opened_on: date
    due_on: date | None
    days_late: int
    look: str


class LookBook(Schema):
    mine: list[LookLine]
    of_reports: list[LookLine]
    overdue_below: list[LookStatus]
    of_units: list[LookStatus]


class LookActIn(Schema):
    """``reason`` is for waived; ``words`` for answered and waived. ``after``: how many acts were read before."""

    act: Literal["answered", "waived", "undone"]
    words: str = ""
    reason: str = ""
    after: int | None = None


class RoleDecisionOut(Schema):
    about: str
    words: str
    by: str
    at: datetime
    days_late: int


class RoleLookOut(Schema):
    public_id: str
    job: str
    segment: str
    quarter: str
    sellers: int
    under: int
    facts: dict[str, Any]
    due_on: date
    decisions: list[RoleDecisionOut]


class RoleDecisionIn(Schema):
    about: Literal["target", "territory", "both", "nothing"]
    words: str
    after: int | None = None


class GroundIn(Schema):
    country: str
    notice_on: date
    notice_words: str
    basis: str
    consulted: Literal["held", "none_required"]
    consulted_on: date | None = None
    consulted_words: str
    runs_from: date
    after: int


class StopIn(Schema):
    words: str
    after: int


class GroundOut(Schema):
    """What stands for a unit: ``state`` is none, recorded, ahead or stopped."""

    head: ResultPerson
    unit: str
    state: str
    number: int
    runs_from: date | None
    covers: int


class RuleIn(Schema):
    line: int
    in_a_row: int
    decide_days: int
    early_chance: int
    ramps: dict[str, list[int]] = {}
    after_version: int


class RuleOut(Schema):
    version: int
    line: int
    in_a_row: int
    decide_days: int
    early_chance: int
    ramps: dict[str, list[int]]


def _person(node: people.Node) -> ResultPerson:
    return ResultPerson(public_id=node.public_id, name=node.name)


def _quarter(one: standing.Quarter, beside: dict[str, Any]) -> ResultQuarter:
    peers = beside.get(one.period.name)
    return ResultQuarter(
        quarter=one.period.name,
        won_minor=one.won_minor,
        asked_minor=one.asked.minor,
        target_minor=one.asked.whole_minor,
        percent=one.percent,
        under=one.under,
        deals_won=one.win_rate.hits,
        deals_closed=one.win_rate.cases,
        stretches=[
            Stretch(
                first=part.first, last=part.last, days=part.days, of=part.of, target_minor=part.target_minor,
                share=part.share, why=part.why,
            )
            for part in one.asked.stretches
        ],
        peers=peers.count if peers else None,
        peers_low=peers.low if peers else None,
        peers_middle=peers.middle if peers else None,
        peers_high=peers.high if peers else None,
    )  # fmt: skip


def _standing(request: HttpRequest, person: int) -> StandingOut:
    who = asker(request)
    found = standing.of(who.actor, person, who.at)
    beside = {one.period.name: one.peers for one in found.beside}
    return StandingOut(
        person=_person(found.person),
        job=found.seat.job,
        segment=found.seat.segment,
        line=found.rule.line,
        run=found.run,
        now=_quarter(found.now, {}),
        quarters=[_quarter(one, beside) for one in found.quarters],
        look=queries.open_of(person, who.at),
    )


@router.get("standing", response={200: StandingOut, **REFUSALS})
def own(request: HttpRequest) -> StandingOut:
    """The asker's own results; 404 where nothing runs for them."""
    return _standing(request, asker(request).actor.id)


@router.get("standing/team", response={200: list[StandingRow], **REFUSALS})
def team(request: HttpRequest) -> list[StandingRow]:
    """The results of direct reports, by name."""
    who = asker(request)
    return [
        StandingRow(
            person=_person(row.person), job=row.job, segment=row.segment, run=row.run,
            percents={period.name: percent for period, percent, _ in row.quarters},
        )
        for row in standing.of_reports(who.actor, who.at)
    ]  # fmt: skip


@router.get("standing/{public_id}", response={200: StandingOut, **REFUSALS})
def of(request: HttpRequest, public_id: str) -> StandingOut:
    """One direct report's results."""
    who = asker(request)
    standing.require_readable(who.actor, people.find(public_id).pk, who.at)
    return _standing(request, people.find(public_id).pk)


@router.get("seats", response={200: list[SeatOut], **REFUSALS})
def seats(request: HttpRequest) -> list[SeatOut]:
    """The seats the asker may read, newest first."""
    return [
        SeatOut(
            public_id=one.public_id, person=_person(one.person), job=one.job, segment=one.segment,
            starts_on=one.starts_on, ramps=one.ramps,
        )
        for one in standing.seats(asker(request).actor)
    ]  # fmt: skip


@router.post("seats", response={200: list[SeatOut], **REFUSALS})
def seat(request: HttpRequest, body: SeatIn) -> list[SeatOut]:
    """Set a seat; the same day again replaces it."""
    who = asker(request, "results")
    standing_actions.set_seat(by=who.actor, at=who.at, **body.dict())
    return seats(request)


@router.post("seats/{public_id}/back", response={200: list[SeatOut], **REFUSALS})
def seat_back(request: HttpRequest, public_id: str) -> list[SeatOut]:
    """Take a seat back."""
    who = asker(request, "results")
    standing_actions.take_back_seat(by=who.actor, at=who.at, seat=public_id)
    return seats(request)


@router.get("leave", response={200: list[LeaveOut], **REFUSALS})
def leaves(request: HttpRequest) -> list[LeaveOut]:
    """Own leave, and for HR that of its units, with the reason."""
    return [
        LeaveOut(
            public_id=one.public_id,
            person=_person(one.person),
            first=one.first,
            last=one.last,
            reason=one.reason,
        )
        for one in standing.leaves(asker(request).actor)
    ]


@router.post("leave", response={200: list[LeaveOut], **REFUSALS})
def leave(request: HttpRequest, body: LeaveIn) -> list[LeaveOut]:
    """Write leave down."""
    who = asker(request, "results")
    standing_actions.write_leave(by=who.actor, at=who.at, **body.dict())
    return leaves(request)


@router.post("leave/{public_id}/back", response={200: list[LeaveOut], **REFUSALS})
def leave_back(request: HttpRequest, public_id: str) -> list[LeaveOut]:
    """Take leave back."""
    who = asker(request, "results")
    standing_actions.take_back_leave(by=who.actor, at=who.at, leave=public_id)
    return leaves(request)


def _line(line: queries.Line) -> LookLine:
    return LookLine(
        public_id=line.public_id, person=_person(line.person), quarter=line.quarter, state=line.state,
        due_on=line.due.on, days_late=line.due.late,
    )  # fmt: skip


def _status(one: queries.Status, *, named: bool) -> LookStatus:
    return LookStatus(
        person=_person(one.person) if named else None,
        manager=_person(one.manager) if one.manager else None,
        quarter=one.quarter, state=one.state, opened_on=one.opened_on, due_on=one.due.on, days_late=one.due.late,
        look=one.address,
    )  # fmt: skip


@router.get("looks", response={200: LookBook, **REFUSALS})
def looks(request: HttpRequest) -> LookBook:
    """The looks the asker reads; below and in HR's register as a state with its days."""
    who = asker(request)
    queries.require_any(who.actor)
    return LookBook(
        mine=[_line(line) for line in queries.mine(who.actor, who.at)]
        if access.may(who.actor, "look.read")
        else [],
        of_reports=[_line(line) for line in queries.of_reports(who.actor, who.at)]
        if access.may(who.actor, "look.decide")
        else [],
        overdue_below=[_status(one, named=False) for one in queries.overdue_below(who.actor, who.at)]
        if access.may(who.actor, "look.status")
        else [],
        of_units=[_status(one, named=True) for one in queries.register(who.actor, who.at)]
        if access.may(who.actor, "look.register")
        else [],
    )


def _look(request: HttpRequest, public_id: str) -> LookOut:
    who = asker(request)
    page = queries.one(who.actor, public_id, who.at)
    line = page.line
    reads.note(actor=who.actor, at=who.at, kind="look", subject=line.person.id, public_id=line.public_id)
    return LookOut(
        public_id=line.public_id,
        person=_person(line.person),
        quarter=line.quarter,
        state=line.state,
        opened_at=line.opened_at,
        due_on=line.due.on,
        days_late=line.decided_late if not line.standing.open else line.due.late,
        facts=dict(line.facts),
        steps=[
            LookStepOut(
                number=step.number, kind=step.kind, by=name, at=step.at, reason=step.reason, words=step.words
            )
            for step, name in page.steps
        ],
        may=list(page.may),
    )


@router.get("looks/{public_id}", response={200: LookOut, **REFUSALS})
def look(request: HttpRequest, public_id: str) -> LookOut:
    """One look with what speaks for the seller, and its acts."""
    return _look(request, public_id)


@router.post("looks/{public_id}/act", response={200: LookOut, **REFUSALS})
def act(request: HttpRequest, public_id: str, body: LookActIn) -> LookOut:
    """Answer as the seller, close it with a reason as the manager, or take that back."""
    who = asker(request, "results")
    actions.act(
        by=who.actor,
        at=who.at,
        look=public_id,
        kind=body.act,
        words=body.words,
        reason=body.reason,
        after=body.after,
    )
    return _look(request, public_id)


@router.get("roles/{public_id}", response={200: RoleLookOut, **REFUSALS})
def role(request: HttpRequest, public_id: str) -> RoleLookOut:
    """A look at a role's target and territory."""
    who = asker(request)
    page = queries.role_look(who.actor, public_id, who.at)
    row = page.row
    return RoleLookOut(
        public_id=row.public_id, job=row.job, segment=row.segment, quarter=row.quarter, sellers=row.sellers,
        under=row.under, facts=row.facts, due_on=page.due,
        decisions=[
            RoleDecisionOut(about=one.about, words=one.words, by=name, at=one.at, days_late=one.days_late)
            for one, name in page.decisions
        ],
    )  # fmt: skip


@router.post("roles/{public_id}", response={200: RoleLookOut, **REFUSALS})
def decide_role(request: HttpRequest, public_id: str, body: RoleDecisionIn) -> RoleLookOut:
    """Decide on a role's target and territory as its owner."""
    who = asker(request, "results")
    actions.decide_role(
        by=who.actor, at=who.at, look=public_id, about=body.about, words=body.words, after=body.after
    )
    return role(request, public_id)


def _ground(unit: grounds.Unit) -> GroundOut:
    row = unit.newest
    state = "none" if row is None else "ahead" if unit.ahead else row.kind
    return GroundOut(
        head=ResultPerson(public_id=unit.public_id, name=unit.name), unit=unit.unit, state=state,
        number=row.number if row else 0, runs_from=row.runs_from if row else None, covers=unit.covers,
    )  # fmt: skip


@router.get("units", response={200: list[GroundOut], **REFUSALS})
def units(request: HttpRequest) -> list[GroundOut]:
    """HR's units with what is recorded for each."""
    who = asker(request)
    return [_ground(unit) for unit in grounds.units(who.actor, who.at)]


@router.post("units/{public_id}", response={200: GroundOut, **REFUSALS})
def record(request: HttpRequest, public_id: str, body: GroundIn) -> GroundOut:
    """Record what stands for a unit before results are looked at there."""
    who = asker(request, "results")
    said = body.dict()
    after = said.pop("after")
    ground_actions.record(
        by=who.actor, at=who.at, head=public_id, given=ground_rules.Given(**said), after_number=after
    )
    return _ground(grounds.unit(who.actor, public_id, who.at))


@router.post("units/{public_id}/stop", response={200: GroundOut, **REFUSALS})
def stop(request: HttpRequest, public_id: str, body: StopIn) -> GroundOut:
    """Stop what runs in a unit."""
    who = asker(request, "results")
    ground_actions.stop(by=who.actor, at=who.at, head=public_id, words=body.words, after_number=body.after)
    return _ground(grounds.unit(who.actor, public_id, who.at))


def _rule(rule: ground_rules.Rule) -> RuleOut:
    return RuleOut(
        version=rule.version, line=rule.line, in_a_row=rule.in_a_row, decide_days=rule.decide_days,
        early_chance=rule.early_chance, ramps={job: list(shares) for job, shares in rule.ramps.items()},
    )  # fmt: skip


@router.get("rule", response={200: RuleOut, **REFUSALS})
def rule(request: HttpRequest) -> RuleOut:
    """The rule by which results are looked at, the same for everybody."""
    return _rule(grounds.rule(asker(request).at))


@router.put("rule", response={200: RuleOut, **REFUSALS})
def set_rule(request: HttpRequest, body: RuleIn) -> RuleOut:
    """A new version of the rule."""
    who = asker(request, "results")
    said = ground_rules.Rule(
        body.line, body.in_a_row, body.decide_days, body.early_chance,
        {" ".join(job.lower().split()): tuple(shares) for job, shares in body.ramps.items()},
    )  # fmt: skip
    ground_actions.set_rule(by=who.actor, at=who.at, rule=said, after_version=body.after_version)
    return _rule(grounds.rule(who.at))

"""A seller's own quarter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from fairlead.calls import actions, due, kinds, numbers, pipeline, rules, wording
from fairlead.calls import estimates as stored
from fairlead.calls.models import EstimateRun, Target
from fairlead.calls.queries import habits
from fairlead.calls.queries.chances import deal_chances
from fairlead.calls.queries.copies import Copy, newest_copy
from fairlead.calls.queries.heads import Head, Outlook, outlook_of
from fairlead.deals import queries as deals
from fairlead.deals.models import Deal
from fairlead.forecasting.periods import Period
from fairlead.people import access
from fairlead.people import queries as people


@dataclass(frozen=True, slots=True)
class Urgent:
    """A deal that needs its owner today, with the reason in a sentence."""

    public_id: str
    name: str
    amount: int | None
    close_on: date | None
    chance: float | None
    why: str
    counted: bool


@dataclass(frozen=True, slots=True)
class OwnCall:
    """A seller's number in one category, what the own deals add up to, and the superior's number beside it."""

    category: str
    computed: int
    call: numbers.Said | None
    typed_by: str
    overlay: numbers.Beside | None
    overlay_by: str


@dataclass(frozen=True, slots=True)
class OwnType:
    """A seller's numbers in one forecast type, in its measure. ``calls`` is empty where no number is asked for."""

    kind: rules.Kind
    target: int | None
    booked: int
    computed: int
    pipeline: int
    calls: tuple[OwnCall, ...]

    @property
    def gap(self) -> int | None:
        return None if self.target is None else max(self.target - self.booked, 0)


@dataclass(frozen=True, slots=True)
class MyQuarter:
    """Everything on a seller's own page; seen by nobody else. ``calls`` has Commit first, then the wider columns."""

    head: Head
    target: int | None
    booked: int
    year_ago: int | None
    call: numbers.Said | None
    call_typed_by: str
    computed: int
    overlay: numbers.Beside | None
    overlay_by: str
    outlook: Outlook | None
    needed: rules.Needed | None
    sentences: tuple[str, ...]
    path: rules.Path | None
    path_sentences: tuple[str, ...]
    courses: tuple[rules.Course, ...]
    urgent: tuple[Urgent, ...]
    open_deals: int
    not_counted: tuple[pipeline.NotCounted, ...]
    copy: Copy | None
    calls: tuple[OwnCall, ...]
    types: tuple[OwnType, ...] = ()


def my_quarter(actor: access.Actor, period: Period, at: datetime) -> MyQuarter:
    """The actor's own quarter: what is booked, what is still needed, and what needs them today."""
    access.require(actor, "quarter.open")
    node, today = people.node(actor.id), people.house().day(at)
    lines = pipeline.lines(actor, [node.id], period=period, at=at)
    run = stored.run_of(period.name, at)
    estimate = stored.of_people(actor, run, [node.id], own_deals=True).get(node.id)
    # A leader's target is the team's, and is read on the Call page.
    target = None if node.id in numbers.leaders([node.id]) else own_target(actor, node.id, period.name)
    booked = pipeline.column(lines, node.id, period, "closed")
    calls = _own_calls(actor, node, lines, period, at)
    commit = calls[0]
    call = commit.call
    year = habits.year(actor, node, today)
    needed = _needed(year, lines, period, target, booked)
    path = _path(year, lines, period, today, target, booked, estimate)
    currency = people.house().currency
    return MyQuarter(
        head=_own_head(node, period, at, run),
        target=target,
        booked=booked,
        year_ago=estimate.year_ago if estimate else None,
        call=call,
        call_typed_by=commit.typed_by,
        computed=commit.computed,
        overlay=commit.overlay,
        overlay_by=commit.overlay_by,
        outlook=outlook_of(estimate, target, call.amount if call else None),
        needed=needed,
        sentences=wording.needed_sentences(needed, lambda minor: pipeline.money(minor, currency)),
        path=path,
        path_sentences=wording.path_sentences(
            path, period.ends_on, today, lambda minor: pipeline.money(minor, currency)
        ),
        courses=_courses(actor, node.id, period, today),
        urgent=_urgent(actor, node.id, period, today, run),
        open_deals=sum(line.status == "open" for line in lines),
        not_counted=tuple(pipeline.not_counted(lines, period, today, {node.id: node.name})),
        copy=newest_copy(actor, node, period, at),
        calls=calls,
        types=_own_types(actor, node, lines, period, at),
    )


def _own_types(
    actor: access.Actor, node: people.Node, lines: Sequence[pipeline.Line], period: Period, at: datetime
) -> tuple[OwnType, ...]:
    """The own numbers in every forecast type in force; nothing where the company has none."""
    found = []
    for kind in kinds.in_force(at):
        mine = kinds.taken(lines, kind, at)
        # A leader's target is the team's, and is read on the Call page.
        leads = node.id in numbers.leaders([node.id])
        found.append(
            OwnType(
                kind,
                None if leads else own_target(actor, node.id, period.name, kind.key),
                pipeline.column(mine, node.id, period, "closed"),
                pipeline.column(mine, node.id, period, "commit"),
                pipeline.column(mine, node.id, period, "pipeline"),
                _own_calls(actor, node, mine, period, at, kind.key) if kind.asked else (),
            )
        )
    return tuple(found)


def _own_head(node: people.Node, period: Period, at: datetime, run: EstimateRun | None) -> Head:
    """A rep has no due moment of their own: the manager's counts."""
    manager = node.manager
    state = due.Due("over", None, None)
    if manager is not None:
        sent = numbers.standing_of([manager], period.name, at).get(manager)
        rhythm = actions.rhythm_of(manager)
        state = due.standing(rhythm, period, at, sent.due_at if sent else None)
    week = period.week_of(people.house().day(at))
    as_of = run.as_of if run else None
    notes = tuple(run.warnings) if run else ()
    return Head(node, period, week, period.weeks, people.house().currency, at, as_of, state, notes)


def own_target(actor: access.Actor, person: int, period: str, type: str = "new") -> int | None:
    """A seller's newest target of a period, None where none is set."""
    return own_targets(actor, person, [period], type).get(period)


def own_targets(
    actor: access.Actor, person: int, periods: Sequence[str], type: str = "new"
) -> dict[str, int | None]:
    """period -> a seller's newest target, of the periods that have one."""
    rows = Target.objects.seen_by(actor, "target.read").filter(person=person, type=type, period__in=periods)
    return dict(rows.order_by("pk").values_list("period", "amount_minor"))


def _own_calls(
    actor: access.Actor,
    node: people.Node,
    lines: Sequence[pipeline.Line],
    period: Period,
    at: datetime,
    type: str = "",
) -> tuple[OwnCall, ...]:
    """The own calls in every called category, with the overlays the seller may see."""
    said = numbers.calls_said([node.id], period.name, rules.CALLED, at, type)
    shown = node.manager is not None and people.may_on(actor, "overlay.read", node.id)
    beside = numbers.overlays_beside([node.id] if shown else [], period.name, rules.CALLED, at, type)
    found = []
    for category in rules.CALLED:
        call = said[category].get(node.id)
        overlay = beside[category].get((node.id, node.manager or 0))
        names = people.names([one for one in (call and call.by, overlay and overlay.author) if one])
        found.append(
            OwnCall(
                category,
                pipeline.column(lines, node.id, period, category),
                call,
                names.get(call.by, "") if call and call.by != node.id else "",
                overlay,
                names.get(overlay.author, "") if overlay else "",
            )
        )
    return tuple(found)


def _needed(
    year: habits.Year, lines: Sequence[pipeline.Line], period: Period, target: int | None, booked: int
) -> rules.Needed | None:
    """From a year of the own closed deals; the team's sizes where the own are too few."""
    won = habits.sizes(year.own)
    candidates = [
        rules.Candidate(line.id, line.name, line.amount or 0)
        for line in lines
        if line.status == "open" and pipeline.counted(line, period) and line.amount
    ]
    return rules.needed(
        target=target,
        booked=booked,
        won=won,
        lost=sum(not deal.won for deal in year.own),
        team_won=() if len(won) >= rules.LEAST_OWN else habits.sizes(year.team),
        open_deals=candidates,
    )


def _path(
    year: habits.Year,
    lines: Sequence[pipeline.Line],
    period: Period,
    today: date,
    target: int | None,
    booked: int,
    estimate: stored.Estimate | None,
) -> rules.Path | None:
    if target is None:
        return None
    return rules.path(
        target=target,
        booked=booked,
        open_amount=sum(
            line.amount or 0 for line in lines if line.status == "open" and pipeline.counted(line, period)
        ),
        open_brings=estimate.from_open.mean if estimate else None,
        found=year.habits,
        today=today,
        ends_on=period.ends_on,
    )


_PAST_COURSES = 4


def _courses(actor: access.Actor, person: int, period: Period, today: date) -> tuple[rules.Course, ...]:
    """What was booked by week: this period up to today, then the last ones that have any own booking, newest first."""
    calendar, periods = people.house().calendar, [period]
    for _ in range(_PAST_COURSES):
        periods.append(calendar.previous(periods[-1]))
    rows = (
        Deal.objects.seen_by(actor, "deal.read")
        .filter(deals.counted_won(), owner=person, home_minor__isnull=False)
        .filter(closed_on__range=(periods[-1].starts_on, min(period.ends_on, today)))
        .values_list("closed_on", "home_minor")
    )
    wins = [(day, amount) for day, amount in rows if day is not None and amount is not None]
    found = []
    for one in periods:
        own = [(day, amount) for day, amount in wins if one.contains(day)]
        if own or one is period:
            until = today if one.ends_on >= today else None
            found.append(rules.course(one.name, one.starts_on, one.weeks, own, until))
    return tuple(found)


def _urgent(
    actor: access.Actor, person: int, period: Period, today: date, run: EstimateRun | None, count: int = 3
) -> tuple[Urgent, ...]:
    rows = list(
        Deal.objects.seen_by(actor, "deal.read").filter(owner=person, status="open", missing_since=None)
    )
    lines = {line.id: line for line in pipeline.states(rows, today)}
    chances = deal_chances(actor, run, [row.pk for row in rows])
    found = []
    for row in rows:
        need = rules.attention(
            id=row.pk,
            amount=lines[row.pk].amount,
            category=lines[row.pk].category,
            close_on=row.close_on,
            changed_on=row.changed_at.date(),
            pushes=row.pushes,
            chance=chances.get(row.pk),
            today=today,
            ends_on=period.ends_on,
        )
        if need is not None:
            found.append((need, row))
    found.sort(key=lambda pair: (-pair[0].weight, pair[0].id))
    return tuple(
        Urgent(
            row.public_id,
            row.name or row.external_id,
            lines[row.pk].amount,
            row.close_on,
            chances.get(row.pk),
            need.why,
            pipeline.counted(lines[row.pk], period),
        )
        for need, row in found[:count]
    )

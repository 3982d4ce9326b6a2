"""What the pages of the forecast call show: the Call page, the board, My quarter, copies and records.

All money is minor units of the organisation's currency. Every read goes through the access table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from fairlead.calls import actions, due, numbers, pipeline, rules, wording
from fairlead.calls import estimates as stored
from fairlead.calls.models import Call, DealEstimate, EstimateRun, Receipt, Submission, Target, Withdrawal
from fairlead.deals.models import Deal
from fairlead.forecasting.periods import Period
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.models import Person

_PAST = 8


# Periods


def period_at(at: datetime) -> Period:
    """The forecast period of an instant."""
    house = people.house()
    return house.period(house.day(at))


def period_named(name: str) -> Period:
    """The forecast period of a name. Raises Refused that says how periods are written."""
    try:
        return people.house().calendar.period(name)
    except ValueError as problem:
        raise access.Refused("bad_period", str(problem)) from problem


def periods_around(at: datetime, *, back: int = 4, ahead: int = 1) -> list[Period]:
    """The periods to choose from on a page, oldest first."""
    calendar, now = people.house().calendar, period_at(at)
    before, after, period = [], [], now
    for _ in range(back):
        period = calendar.previous(period)
        before.append(period)
    period = now
    for _ in range(ahead):
        period = calendar.next(period)
        after.append(period)
    return [*reversed(before), now, *after]


def _past_periods(period: Period, count: int = _PAST) -> list[Period]:
    """The periods before one, oldest first."""
    found: list[Period] = []
    for _ in range(count):
        found.append(people.house().calendar.previous(found[-1] if found else period))
    return found[::-1]


def _same_week(period: Period, past: Period, at: datetime) -> datetime:
    """The instant of a past period that lies as far from its start as ``at`` from the period's start."""
    return at - (period.starts_on - past.starts_on)


# What pages have in common


@dataclass(frozen=True, slots=True)
class Head:
    """Whose page it is, for when, and how things stand. ``as_of`` is the newest estimate's moment."""

    person: people.Node
    period: Period
    week: int
    weeks: int
    currency: str
    at: datetime
    as_of: datetime | None
    due: due.Due


@dataclass(frozen=True, slots=True)
class Outlook:
    """A node's estimate read against a target and a number. Dots are of 20."""

    estimate: stored.Estimate
    chance_of_target: float | None
    chance_of_number: float | None
    dots_reaching_target: int | None
    dots_reaching_number: int | None


@dataclass(frozen=True, slots=True)
class Waterfall:
    """From one number to another; start + the bars = end, to the minor unit."""

    start: int
    start_at: datetime
    bars: tuple[rules.Bar, ...]
    end: int


@dataclass(frozen=True, slots=True)
class Sent:
    """A submission as a list shows it."""

    public_id: str
    version: int
    person: str
    by: str
    at: datetime
    due_at: datetime
    amount: int
    calls_sum: int
    difference: int | None
    reason: str
    withdrawn_at: datetime | None
    standing: bool

    @property
    def late_by(self) -> timedelta:
        """How long after the due moment it came; nothing when it was in time."""
        return max(self.at - self.due_at, timedelta())


@dataclass(frozen=True, slots=True)
class Read:
    """Who may read a submission, and when they opened it (None: not yet)."""

    name: str
    at: datetime | None
    superior: bool


def _head(number: numbers.Number, at: datetime) -> Head:
    period, sent = number.period, number.standing.get(number.person.id)
    rhythm = actions.rhythm_of(number.person.id)
    return Head(
        person=number.person,
        period=period,
        week=period.week_of(people.house().day(at)),
        weeks=period.weeks,
        currency=people.house().currency,
        at=at,
        as_of=number.run.as_of if number.run else None,
        due=due.standing(rhythm, period, at, sent.due_at if sent else None),
    )


def _outlook(estimate: stored.Estimate | None, target: int | None, number: int | None) -> Outlook | None:
    if estimate is None:
        return None
    return Outlook(
        estimate,
        None if target is None else estimate.chance(target),
        None if number is None else estimate.chance(number),
        None if target is None else estimate.dots_reaching(target),
        None if number is None else estimate.dots_reaching(number),
    )


# The Call page


@dataclass(frozen=True, slots=True)
class Voice:
    """One of the numbers side by side: the leader's, the reports' added up, the estimate's middle."""

    who: str
    amount: int | None
    apart: int | None
    record: rules.Record


@dataclass(frozen=True, slots=True)
class Row:
    """One direct report on the Call page: the facts apart, and none of them overwritten.

    ``said`` is None while the number follows from the deals; ``typed_by`` is who typed the call in, if not
    the person. ``coverage`` is open pipeline of the period over the gap. ``due`` and ``sent`` are for leaders.
    """

    person: people.Node
    own_call: int
    said: int | None
    said_at: datetime | None
    typed_by: str
    overlay: int | None
    overlay_note: str
    overlay_at: datetime | None
    drift: rules.Drift | None
    in_call: int
    computed: int
    target: int | None
    booked: int
    gap: int | None
    coverage: float | None
    outlook: Outlook | None
    record: rules.Record
    sent: numbers.Standing | None
    due: due.Due | None


@dataclass(frozen=True, slots=True)
class Column:
    """A category: alone, and as the cumulative column with its formula."""

    category: str
    alone: int
    cumulative: int | None
    formula: str
    deals: int


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody who carries a number and has no target."""

    person: people.Node


@dataclass(frozen=True, slots=True)
class CallPage:
    """Everything on a leader's Call page.

    ``amount`` is the number to start from; ``expected_previous`` goes back with the form. ``hidden`` is what
    counts in the number and is not listed, because the actor may not see it person by person.
    """

    head: Head
    superior: people.Node | None
    superior_has_account: bool
    amount: int
    said: int | None
    calls_sum: int
    with_overlays: int
    target: int | None
    booked: int
    outlook: Outlook | None
    voices: tuple[Voice, ...]
    reason_required: bool
    reason_asked: bool
    last: Sent | None
    expected_previous: str
    may_withdraw: bool
    changes: Waterfall | None
    rows: tuple[Row, ...]
    hidden: int
    columns: tuple[Column, ...]
    not_counted: tuple[pipeline.NotCounted, ...]
    without_target: tuple[Seat, ...]
    readers: tuple[Read, ...]

    @property
    def gap(self) -> int | None:
        return None if self.target is None else max(self.target - self.booked, 0)


def call_page(actor: access.Actor, person: int, period: Period, at: datetime) -> CallPage:
    """The Call page of a leader. Raises NotAllowed or NotFound by ``call.open``."""
    people.require_on(actor, "call.open", person)
    number = numbers.number_of(actor, person, period, at)
    newest = _newest(actor, person, period.name)
    before = _standing_row(actor, number.standing.get(person))
    superior = people.node(number.person.manager) if number.person.manager else None
    outlook = _outlook(number.estimate, number.target, number.suggestion)
    middle = number.estimate.p50 if number.estimate else None
    required, asked = rules.reason_wanted(number.suggestion, number.calls_sum, middle)
    past = _Past.of(actor, [person, *(cell.person for cell in number.cells)], period, at)
    shown = [cell for cell in number.cells if cell.person not in number.hidden]
    rhythms = actions.rhythms([cell.person for cell in shown if cell.leads])
    return CallPage(
        head=_head(number, at),
        superior=superior,
        superior_has_account=superior is not None and _has_account(superior.id),
        amount=number.suggestion,
        said=number.said,
        calls_sum=number.calls_sum,
        with_overlays=number.with_overlays,
        target=number.target,
        booked=number.booked,
        outlook=outlook,
        voices=_voices(number, past),
        reason_required=required,
        reason_asked=asked,
        last=_sent_lines([before], at)[0] if before else None,
        expected_previous=newest.public_id if newest else "",
        may_withdraw=before is not None and not actions.is_used(before),
        changes=_since(before, number),
        rows=tuple(_row(cell, number, past, rhythms) for cell in shown),
        hidden=sum(cell.in_call for cell in number.cells if cell.person in number.hidden),
        columns=_columns(number),
        not_counted=tuple(_left_out(number, at)),
        without_target=_without_target(number),
        readers=_readers(before, actor) if before else (),
    )


def _newest(actor: access.Actor, person: int, period: str) -> Submission | None:
    rows = Submission.objects.seen_by(actor, "submission.read").filter(person=person, period=period)
    return rows.defer("cells", "deals", "changes").order_by("-version").first()


def _standing_row(actor: access.Actor, standing: numbers.Standing | None) -> Submission | None:
    if standing is None:
        return None
    rows = Submission.objects.seen_by(actor, "submission.read").select_related("person", "by", "previous")
    return rows.filter(pk=standing.id).first()


def _has_account(person: int) -> bool:
    return Person.objects.filter(pk=person, user__is_active=True).exists()


def _since(before: Submission | None, number: numbers.Number) -> Waterfall | None:
    if before is None:
        return None
    bars = actions.bars_since(before, number, number.suggestion)
    return Waterfall(before.amount_minor, before.at, tuple(bars), number.suggestion)


def _voices(number: numbers.Number, past: _Past) -> tuple[Voice, ...]:
    person, mine = number.person.id, number.suggestion
    middle = number.estimate.p50 if number.estimate else None
    return (
        Voice("you", mine, None, past.record(person, past.numbers)),
        Voice("calls", number.calls_sum, mine - number.calls_sum, past.record(person, past.sums)),
        Voice(
            "estimate", middle, None if middle is None else mine - middle, past.record(person, past.middles)
        ),
    )


def _row(cell: rules.Cell, number: numbers.Number, past: _Past, rhythms: Mapping[int, due.Rhythm]) -> Row:
    overlay, call = number.overlays.get(cell.person), number.calls.get(cell.person)
    if cell.person == number.person.id:
        overlay = call = None
    sent = number.standing.get(cell.person) if cell.leads else None
    gap = None if cell.target is None else max(cell.target - cell.booked, 0)
    estimate = number.estimates.get(cell.person)
    typed = call is not None and call.by != cell.person
    return Row(
        person=number.nodes[cell.person],
        own_call=cell.own_call,
        said=cell.said,
        said_at=sent.at if sent else call.at if call else None,
        typed_by=people.names([call.by]).get(call.by, "") if call and typed else "",
        overlay=cell.overlay,
        overlay_note=overlay.note if overlay else "",
        overlay_at=overlay.at if overlay else None,
        drift=rules.drift(overlay.amount, overlay.base, cell.own_call) if overlay else None,
        in_call=cell.in_call,
        computed=cell.computed,
        target=cell.target,
        booked=cell.booked,
        gap=gap,
        coverage=_open_of(cell, number, estimate) / gap if gap else None,
        outlook=_outlook(estimate, cell.target, cell.own_call) if cell.person != number.person.id else None,
        record=past.record(cell.person, past.numbers if cell.leads else past.calls),
        sent=sent,
        due=_due_of(rhythms[cell.person], number, sent) if cell.leads else None,
    )


def _due_of(rhythm: due.Rhythm, number: numbers.Number, sent: numbers.Standing | None) -> due.Due:
    return due.standing(rhythm, number.period, number.at, sent.due_at if sent else None)


def _open_of(cell: rules.Cell, number: numbers.Number, estimate: stored.Estimate | None) -> int:
    if cell.leads:
        return estimate.open_amount if estimate else 0
    return pipeline.column(number.lines, cell.person, number.period, "pipeline")


def _columns(number: numbers.Number) -> tuple[Column, ...]:
    owners = {cell.person for cell in number.cells}
    sums = pipeline.singles(number.lines, owners, number.period)
    added = rules.cumulative(sums)
    return tuple(
        Column(
            category,
            sums[category],
            added.get(category),
            rules.FORMULAS.get(category, ""),
            sum(
                line.category == category and line.owner in owners and pipeline.is_due(line, number.period)
                for line in number.lines
            ),
        )
        for category in rules.CATEGORIES
    )


def _left_out(number: numbers.Number, at: datetime) -> list[pipeline.NotCounted]:
    names = {cell.person: cell.name for cell in number.cells}
    return pipeline.not_counted(number.lines, number.period, people.house().day(at), names)


def _without_target(number: numbers.Number) -> tuple[Seat, ...]:
    lacking = [c for c in number.cells if c.target is None and c.person != number.person.id]
    return tuple(Seat(number.nodes[cell.person]) for cell in lacking if cell.person not in number.hidden)


def _readers(row: Submission, actor: access.Actor) -> tuple[Read, ...]:
    """The superior and the team of a submission, with who opened it when."""
    opened = dict(
        Receipt.objects.seen_by(actor, "submission.read")
        .filter(submission=row)
        .values_list("person_id", "at")
    )
    team = [cell["person"] for cell in row.cells if cell["person"] != row.person_id]
    names = people.names([*team, *opened, *([row.superior_id] if row.superior_id else [])])
    wanted = dict.fromkeys([*([row.superior_id] if row.superior_id else []), *team])
    return tuple(Read(names[p], opened.get(p), p == row.superior_id) for p in wanted if p in names)


# Records of past periods

_Pairs = Mapping[tuple[int, str], int]


@dataclass(frozen=True, slots=True)
class _Past:
    """What was said of past periods at the same week, and what came: (person, period) -> minor units."""

    periods: tuple[str, ...]
    numbers: _Pairs
    sums: _Pairs
    calls: _Pairs
    middles: _Pairs
    came: _Pairs

    @classmethod
    def of(cls, actor: access.Actor, ids: Sequence[int], period: Period, at: datetime) -> _Past:
        past = _past_periods(period)
        moments = {one.name: _same_week(period, one, at) for one in past}
        sent, sums = _said_before(actor, ids, moments)
        return cls(
            periods=tuple(moments),
            numbers=sent,
            sums=sums,
            calls=_calls_before(actor, ids, moments),
            middles=_middles_before(actor, ids[0], moments),
            came=_came(actor, ids, period, at, moments),
        )

    def record(self, person: int, said: _Pairs) -> rules.Record:
        keys = [(person, name) for name in self.periods]
        known = [key for key in keys if key in said and key in self.came]
        return rules.record((key[1], said[key], self.came[key]) for key in known)


def _said_before(
    actor: access.Actor, ids: Sequence[int], moments: Mapping[str, datetime]
) -> tuple[dict[tuple[int, str], int], dict[tuple[int, str], int]]:
    """The numbers that stood at the same week of past periods, and the sums of calls beside them."""
    rows = Submission.objects.seen_by(actor, "submission.read").filter(
        person__in=ids, period__in=list(moments)
    )
    withdrawn = Withdrawal.objects.seen_by(actor, "submission.read").values("submission")
    sent, sums = {}, {}
    for person, period, at, amount, calls in (
        rows.exclude(pk__in=withdrawn)
        .order_by("version")
        .values_list("person_id", "period", "at", "amount_minor", "reps_sum_minor")
    ):
        if at <= moments[period]:
            sent[person, period], sums[person, period] = amount, calls
    return sent, sums


def _calls_before(
    actor: access.Actor, ids: Sequence[int], moments: Mapping[str, datetime]
) -> dict[tuple[int, str], int]:
    if not access.may(actor, "call.read"):
        return {}
    rows = Call.objects.seen_by(actor, "call.read").filter(
        person__in=ids, period__in=list(moments), category="commit"
    )
    found: dict[tuple[int, str], int] = {}
    for person, period, at, amount in rows.order_by("pk").values_list(
        "person_id", "period", "at", "amount_minor"
    ):
        if at <= moments[period] and amount is not None:
            found[person, period] = amount
    return found


def _middles_before(
    actor: access.Actor, person: int, moments: Mapping[str, datetime]
) -> dict[tuple[int, str], int]:
    """The middle of the estimate of the same week of past periods, as it was stored then."""
    rows = EstimateRun.objects.filter(period__in=list(moments)).order_by("as_of", "pk")
    every = rows.values_list("pk", "period", "as_of")
    runs = {period: pk for pk, period, as_of in every if as_of <= moments[period]}
    return {(person, period): middle for period, middle in stored.medians(actor, runs, person).items()}


def _came(
    actor: access.Actor, ids: Sequence[int], period: Period, at: datetime, moments: Mapping[str, datetime]
) -> dict[tuple[int, str], int]:
    """What past periods brought, from the newest run; nothing booked counts as 0 once there is a history."""
    known = stored.of_people(actor, stored.run_of(period.name, at), ids)
    first = min((name for estimate in known.values() for name in estimate.past), default=None)
    return {
        (person, name): estimate.past.get(name, 0)
        for person, estimate in known.items()
        for name in moments
        if first is not None and name >= first
    }


# The board


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One leader's team on the board. ``since`` is how the number moved from ``since_at`` on."""

    leader: people.Node
    amount: int
    overlay: int | None
    in_call: int
    sent: numbers.Standing | None
    since: int | None
    since_at: datetime | None
    target: int | None
    booked: int
    outlook: Outlook | None
    record: rules.Record
    words: str
    due: due.Due


@dataclass(frozen=True, slots=True)
class Board:
    """An executive's board: each leader's number and one person to ask, never a list of reps.

    ``total`` adds the leaders' numbers with one's overlays; ``others`` is what else counts in the own number.
    """

    head: Head
    superior: people.Node | None
    rows: tuple[BoardRow, ...]
    total: int
    others: int
    since: int | None
    said: int | None
    last: Sent | None
    target: int | None
    booked: int
    outlook: Outlook | None
    changes: Waterfall
    submitted: int
    late: int


def board(
    actor: access.Actor, person: int, period: Period, at: datetime, *, since: datetime | None = None
) -> Board:
    """The board of an executive, with what moved since an instant (default: seven days ago)."""
    people.require_on(actor, "board.open", person)
    number = numbers.number_of(actor, person, period, at)
    since = since or at - timedelta(days=7)
    cells = [cell for cell in number.cells if cell.leads]
    ids = [cell.person for cell in cells]
    then = numbers.standing_of(ids, period.name, since)
    past = _Past.of(actor, [person, *ids], period, at)
    rhythms = actions.rhythms(ids)
    rows = tuple(_board_row(c, number, then.get(c.person), past, rhythms[c.person]) for c in cells)
    before = _standing_row(actor, number.standing.get(person))
    total = sum(cell.in_call for cell in cells)
    moved = [row.since for row in rows if row.since is not None]
    return Board(
        head=_head(number, at),
        superior=people.node(number.person.manager) if number.person.manager else None,
        rows=rows,
        total=total,
        others=number.with_overlays - total,
        since=sum(moved) if moved else None,
        said=number.said,
        last=_sent_lines([before], at)[0] if before else None,
        target=number.target,
        booked=number.booked,
        outlook=_outlook(number.estimate, number.target, total),
        changes=_board_changes(cells, then, number, since, total),
        submitted=sum(row.due.state in ("submitted", "over") and row.sent is not None for row in rows),
        late=sum(row.due.state == "late" for row in rows),
    )


def _board_row(
    cell: rules.Cell,
    number: numbers.Number,
    then: numbers.Standing | None,
    past: _Past,
    rhythm: due.Rhythm,
) -> BoardRow:
    sent = number.standing.get(cell.person)
    return BoardRow(
        leader=number.nodes[cell.person],
        amount=cell.own_call,
        overlay=cell.overlay,
        in_call=cell.in_call,
        sent=sent,
        since=cell.own_call - then.amount if then else None,
        since_at=then.at if then else None,
        target=cell.target,
        booked=cell.booked,
        outlook=_outlook(number.estimates.get(cell.person), cell.target, cell.own_call),
        record=past.record(cell.person, past.numbers),
        words=sent.reason if sent else "",
        due=_due_of(rhythm, number, sent),
    )


def _board_changes(
    cells: Sequence[rules.Cell],
    then: Mapping[int, numbers.Standing],
    number: numbers.Number,
    since: datetime,
    total: int,
) -> Waterfall:
    """What moved the leaders' numbers since an instant, by reason, from what they submitted."""
    ids = [cell.person for cell in cells]
    author = number.person.id
    beside = numbers.overlays_on(ids, number.period.name, "commit", since)
    before = [_cell_then(cell, then.get(cell.person), beside.get((cell.person, author))) for cell in cells]
    start = sum(cell.in_call for cell in before)
    steps = numbers.chain(ids, number.period.name, since, number.at)
    told = [
        bar
        for cell, was in zip(cells, before, strict=True)
        for bar in numbers.team_bars(was, cell, steps.get(cell.person, []))
    ]
    bars = rules.standing_bars(before, start, cells, total, rules.add_bars(told))
    return Waterfall(start, since, tuple(bars), total)


def _cell_then(cell: rules.Cell, sent: numbers.Standing | None, overlay: numbers.Beside | None) -> rules.Cell:
    amount = sent.amount if sent else 0
    return rules.Cell(
        cell.person,
        cell.name,
        True,
        amount,
        amount,
        amount,
        overlay.amount if overlay else None,
        overlay.amount if overlay else amount,
        submission=sent.public_id if sent else "",
    )


# My quarter


@dataclass(frozen=True, slots=True)
class Urgent:
    """A deal that needs its owner today, with the reason in a sentence."""

    public_id: str
    name: str
    amount: int | None
    close_on: date | None
    chance: float | None
    why: str


@dataclass(frozen=True, slots=True)
class MyQuarter:
    """Everything on a seller's own page; seen by nobody else."""

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
    urgent: tuple[Urgent, ...]
    open_deals: int
    not_counted: tuple[pipeline.NotCounted, ...]
    copy: Copy | None


def my_quarter(actor: access.Actor, period: Period, at: datetime) -> MyQuarter:
    """The actor's own quarter: what is booked, what is still needed, and what needs them today."""
    access.require(actor, "quarter.open")
    node, today = people.node(actor.id), people.house().day(at)
    lines = pipeline.lines(actor, [node.id], period=period, at=at)
    run = stored.run_of(period.name, at)
    estimate = stored.of_people(actor, run, [node.id], own_deals=True).get(node.id)
    # A leader's target is the team's, and is read on the Call page.
    target = None if node.id in numbers.leaders([node.id]) else _own_target(actor, node.id, period.name)
    booked = pipeline.column(lines, node.id, period, "closed")
    call = numbers.calls_of([node.id], period.name, "commit", at).get(node.id)
    overlay = _overlay_on(actor, node, period.name, at)
    needed = _needed(actor, node, lines, period, today, target, booked)
    currency = people.house().currency
    return MyQuarter(
        head=_own_head(node, period, at, run),
        target=target,
        booked=booked,
        year_ago=estimate.year_ago if estimate else None,
        call=call,
        call_typed_by=people.names([call.by]).get(call.by, "") if call and call.by != node.id else "",
        computed=pipeline.column(lines, node.id, period, "commit"),
        overlay=overlay,
        overlay_by=people.names([overlay.author]).get(overlay.author, "") if overlay else "",
        outlook=_outlook(estimate, target, call.amount if call else None),
        needed=needed,
        sentences=wording.needed_sentences(needed, lambda minor: pipeline.money(minor, currency)),
        urgent=_urgent(actor, node.id, period, today, run),
        open_deals=sum(line.status == "open" for line in lines),
        not_counted=tuple(pipeline.not_counted(lines, period, today, {node.id: node.name})),
        copy=_newest_copy(actor, node, period, at),
    )


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
    return Head(node, period, week, period.weeks, people.house().currency, at, as_of, state)


def _own_target(actor: access.Actor, person: int, period: str) -> int | None:
    rows = Target.objects.seen_by(actor, "target.read").filter(person=person, period=period, type="new")
    newest = rows.order_by("-pk").first()
    return newest.amount_minor if newest else None


def _overlay_on(actor: access.Actor, node: people.Node, period: str, at: datetime) -> numbers.Beside | None:
    if node.manager is None or not people.may_on(actor, "overlay.read", node.id):
        return None
    return numbers.overlays_on([node.id], period, "commit", at).get((node.id, node.manager))


def _needed(
    actor: access.Actor,
    node: people.Node,
    lines: Sequence[pipeline.Line],
    period: Period,
    today: date,
    target: int | None,
    booked: int,
) -> rules.Needed | None:
    """From a year of the own closed deals; the team's sizes where the own are too few."""
    closed = Deal.objects.seen_by(actor, "deal.read").filter(
        owner=node.id, closed_on__gt=today - timedelta(days=365), closed_on__lte=today
    )
    won = [a for a in closed.filter(status="won").values_list("home_minor", flat=True) if a]
    candidates = [
        rules.Candidate(line.id, line.name, line.amount or 0)
        for line in lines
        if line.status == "open" and pipeline.counted(line, period) and line.amount
    ]
    return rules.needed(
        target=target,
        booked=booked,
        won=won,
        lost=closed.filter(status="lost").count(),
        team_won=() if len(won) >= 3 else _team_sizes(node, today),
        open_deals=candidates,
    )


def _team_sizes(node: people.Node, today: date) -> list[int]:
    """The sizes of the team's won deals of a year, as numbers without names."""
    if node.manager is None:
        return []
    team = [report.id for report in people.reports(node.manager)]
    won = Deal.objects.for_system("the team's usual deal size, a median without names").filter(
        owner__in=team, status="won", closed_on__gt=today - timedelta(days=365), closed_on__lte=today
    )
    return [amount for amount in won.values_list("home_minor", flat=True)[:2000] if amount]


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
        )
        for need, row in found[:count]
    )


def deal_chances(actor: access.Actor, run: EstimateRun | None, ids: Iterable[int]) -> dict[int, float]:
    """deal -> the chance to close in the period of a run, of the deals the actor may read."""
    if run is None:
        return {}
    rows = DealEstimate.objects.seen_by(actor, "deal.read").filter(run=run, deal__in=list(ids))
    return dict(rows.values_list("deal_id", "chance_in_period"))


@dataclass(frozen=True, slots=True)
class DealChance:
    """The newest estimate of one deal, with its reasons in plain words and their effect in percentage points."""

    as_of: datetime
    period: str
    chance_in_period: float
    chance_ever: float
    expected_close_on: date | None
    reasons: tuple[tuple[str, float], ...]


def chance_of_deal(actor: access.Actor, deal: str, at: datetime) -> DealChance | None:
    """What the newest run says of a deal (by public id); None before the first run or out of the actor's reach."""
    rows = DealEstimate.objects.seen_by(actor, "deal.read").filter(deal__public_id=deal, run__as_of__lte=at)
    row = rows.select_related("run").order_by("-run__as_of", "-run").first()
    if row is None:
        return None
    reasons = tuple((text, effect) for text, effect in row.reasons)
    return DealChance(
        row.run.as_of, row.run.period, row.chance_in_period, row.chance_ever, row.expected_close_on, reasons
    )


# Copies and submissions


@dataclass(frozen=True, slots=True)
class CopyCell:
    """One person in a copy: the own call, and the overlay where the reader may see it."""

    name: str
    own_call: int
    overlay: int | None
    in_call: int | None
    mine: bool


@dataclass(frozen=True, slots=True)
class Copy:
    """A submission as its reader sees it: the same version that went up.

    ``cells`` hold what the reader may see: calls inside the team, an overlay only on oneself or for who leads.
    ``changes`` name no person for a reader of the team. ``newer`` is the public id of a newer standing one.
    """

    public_id: str
    person: people.Node
    superior: str
    by: str
    period: str
    version: int
    at: datetime
    due_at: datetime
    amount: int
    currency: str
    calls_sum: int
    reason: str
    target: int | None
    booked: int
    estimate: Mapping[str, Any]
    dots_reaching_target: int | None
    cells: tuple[CopyCell, ...]
    changes: tuple[rules.Bar, ...]
    previous: int | None
    withdrawn_at: datetime | None
    newer: str
    read_at: datetime | None
    readers: tuple[Read, ...]
    digest: str

    @property
    def difference(self) -> int:
        return self.amount - self.calls_sum


def team_copy(actor: access.Actor, public_id: str) -> Copy:
    """A submission by public id, as the actor may read it. Raises NotFound."""
    row = (
        Submission.objects.seen_by(actor, "submission.read")
        .filter(public_id=public_id)
        .select_related("person", "by", "previous")
        .first()
    )
    if row is None:
        raise access.NotFound("submission")
    return _copy(actor, row)


def _newest_copy(actor: access.Actor, node: people.Node, period: Period, at: datetime) -> Copy | None:
    if node.manager is None:
        return None
    standing = numbers.standing_of([node.manager], period.name, at).get(node.manager)
    return team_copy(actor, standing.public_id) if standing else None


def _copy(actor: access.Actor, row: Submission) -> Copy:
    # Names of the team stand in the author's own copy only: above it there is one person to ask.
    leads = actor.person is None or people.may_on(actor, "submission.make", row.person_id)
    dots = row.estimate.get("dots", [])
    bars = numbers.bars_from(row.changes)
    gone = Withdrawal.objects.seen_by(actor, "submission.read").filter(submission=row).first()
    opened = Receipt.objects.seen_by(actor, "submission.read").filter(submission=row, person=actor.person)
    receipt = opened.first()
    standing = numbers.standing_of([row.person_id], row.period, _FOREVER).get(row.person_id)
    return Copy(
        public_id=row.public_id,
        person=people.node(row.person_id),
        superior=people.names([row.superior_id]).get(row.superior_id, "") if row.superior_id else "",
        by=row.by.name,
        period=row.period,
        version=row.version,
        at=row.at,
        due_at=row.due_at,
        amount=row.amount_minor,
        currency=row.currency,
        calls_sum=row.reps_sum_minor,
        reason=row.reason,
        target=row.target_minor,
        booked=row.booked_minor,
        estimate=row.estimate,
        dots_reaching_target=sum(dot >= row.target_minor for dot in dots)
        if dots and row.target_minor is not None
        else None,
        cells=_copy_cells(actor, row),
        changes=tuple(bars if leads else rules.add_bars(_nameless(bars))),
        previous=row.previous.amount_minor if row.previous else None,
        withdrawn_at=gone.at if gone else None,
        newer=standing.public_id if standing and standing.version > row.version else "",
        read_at=receipt.at if receipt else None,
        readers=_readers(row, actor) if leads else (),
        digest=row.digest,
    )


_FOREVER = datetime(9999, 1, 1, tzinfo=UTC)


def _nameless(bars: Iterable[rules.Bar]) -> list[rules.Bar]:
    return [rules.Bar(bar.kind, bar.amount) for bar in bars]


def _copy_cells(actor: access.Actor, row: Submission) -> tuple[CopyCell, ...]:
    cells = actions.cells_of(row)
    ids = [cell.person for cell in cells]
    calls, overlays = _allowed(actor, "call.read", ids), _allowed(actor, "overlay.read", ids)
    return tuple(
        CopyCell(
            cell.name,
            cell.own_call,
            cell.overlay if cell.person in overlays else None,
            cell.in_call if cell.person in overlays else None,
            cell.person == actor.person,
        )
        for cell in cells
        if cell.person in calls
    )


def _allowed(actor: access.Actor, act: str, ids: Sequence[int]) -> set[int]:
    if not access.may(actor, act):
        return set()
    return set(Person.objects.filter(people.scope(actor, act, "pk"), pk__in=ids).values_list("pk", flat=True))


def as_text(actor: access.Actor, public_id: str) -> str:
    """A submission as plain text to copy, for a superior without an account."""
    copy = team_copy(actor, public_id)
    zone = people.house().time_zone
    estimate = copy.estimate
    sent = wording.Sent(
        name=copy.person.name,
        team=copy.person.team,
        period=copy.period,
        at=wording.moment(copy.at, zone),
        version=copy.version,
        amount=copy.amount,
        calls_sum=copy.calls_sum,
        target=copy.target,
        booked=copy.booked,
        estimate=(estimate["p10"], estimate["p50"], estimate["p90"]) if estimate else None,
        dots_reaching=copy.dots_reaching_target,
        reason=copy.reason,
        previous=copy.previous,
        changes=tuple((wording.bar(bar), bar.amount) for bar in copy.changes),
        cells=tuple((cell.name, cell.in_call) for cell in copy.cells if cell.in_call is not None),
    )
    return wording.as_text(sent, lambda minor: pipeline.money(minor, copy.currency))


def submissions(actor: access.Actor, person: int, period: Period, at: datetime) -> list[Sent]:
    """Everything a leader sent for a period, newest first, with what was withdrawn."""
    rows = (
        Submission.objects.seen_by(actor, "submission.read")
        .filter(person=person, period=period.name)
        .defer("cells", "deals", "changes", "rates", "estimate")
        .select_related("person", "by", "previous")
        .order_by("-version")
    )
    return _sent_lines(list(rows), at)


def _sent_lines(rows: Sequence[Submission], at: datetime) -> list[Sent]:
    withdrawn = dict(numbers.withdrawn(at).filter(submission__in=rows).values_list("submission_id", "at"))
    pairs = {(row.person_id, row.period) for row in rows}
    standing = {s.id for person, period in pairs for s in numbers.standing_of([person], period, at).values()}
    return [
        Sent(
            public_id=row.public_id,
            version=row.version,
            person=row.person.name,
            by=row.by.name,
            at=row.at,
            due_at=row.due_at,
            amount=row.amount_minor,
            calls_sum=row.reps_sum_minor,
            difference=row.amount_minor - row.previous.amount_minor if row.previous else None,
            reason=row.reason,
            withdrawn_at=withdrawn.get(row.pk),
            standing=row.pk in standing,
        )
        for row in rows
    ]


# Targets


@dataclass(frozen=True, slots=True)
class TargetLine:
    """One person's target; ``amount`` None where there is none."""

    person: people.Node
    amount: int | None
    set_at: datetime | None


def targets(
    actor: access.Actor,
    period: Period,
    at: datetime,
    *,
    after: tuple[str, int] | None = None,
    limit: int = 50,
) -> list[TargetLine]:
    """The targets the actor may see, by name, for everybody who carries a number; paged by (name, id)."""
    found = Person.objects.filter(people.scope(actor, "target.read", "pk"), voided_at=None)
    found = found.filter(pk__in=numbers.selling(at)).order_by("name", "pk")
    if after is not None:
        found = found.filter(name__gte=after[0]).exclude(name=after[0], pk__lte=after[1])
    nodes = people.nodes(found.values_list("pk", flat=True)[:limit])
    rows = Target.objects.seen_by(actor, "target.read").filter(
        person__in=[node.id for node in nodes], period=period.name, type="new"
    )
    newest = {row.person_id: row for row in rows.order_by("pk")}
    return [
        TargetLine(
            node,
            newest[node.id].amount_minor if node.id in newest else None,
            newest[node.id].set_at if node.id in newest else None,
        )
        for node in nodes
    ]


# Own past and accuracy


@dataclass(frozen=True, slots=True)
class PastPeriod:
    """One ended period at the same week as now: what would have been said, and what came."""

    period: str
    as_of: date
    week: int
    mean: int
    p10: int
    p50: int
    p90: int
    actual: int
    weighted_pipeline: int


@dataclass(frozen=True, slots=True)
class OwnPast:
    """My own past at once: the replay of the last periods of the own data."""

    as_of: date
    period: str
    currency: str
    periods: tuple[PastPeriod, ...]
    inside: int
    booked_now: int
    booked_last_period: int | None
    booked_last_year: int | None


def own_past(actor: access.Actor, at: datetime) -> OwnPast | None:
    """The newest replay of the whole organisation's past; None before the first estimate."""
    access.require(actor, "accuracy.read")
    runs = EstimateRun.objects.filter(as_of__lte=at).defer("not_counted").order_by("-as_of", "-id")
    run = next((run for run in runs[:20] if run.own_past.get("periods")), None)
    if run is None:
        return None
    kept = run.own_past
    periods = [PastPeriod(**(one | {"as_of": date.fromisoformat(one["as_of"])})) for one in kept["periods"]]
    return OwnPast(
        as_of=date.fromisoformat(kept["as_of"]),
        period=kept["period"],
        currency=run.currency,
        periods=tuple(periods),
        inside=kept["inside"],
        booked_now=kept["booked_now"],
        booked_last_period=kept["booked_last_period"],
        booked_last_year=kept["booked_last_year"],
    )


@dataclass(frozen=True, slots=True)
class Judged:
    """A stored estimate of a past period, as it was shown then, beside the call and what came."""

    period: str
    as_of: datetime
    week: int
    p10: int
    p50: int
    p90: int
    weighted: int
    call: int | None
    actual: int

    @property
    def inside(self) -> bool:
        return self.p10 <= self.actual <= self.p90


def accuracy(actor: access.Actor, person: int, at: datetime, *, periods: int = _PAST) -> list[Judged]:
    """What was stored of a team's past periods at today's week, beside what came, oldest first."""
    people.require_on(actor, "estimate.read", person)
    period = period_at(at)
    past = _past_periods(period, periods)
    moments = {one.name: _same_week(period, one, at) for one in past}
    came = _came(actor, [person], period, at, moments)
    said, _ = _said_before(actor, [person], moments)
    found = []
    for one in past:
        run = stored.run_of(one.name, moments[one.name])
        estimate = stored.of_people(actor, run, [person]).get(person)
        if estimate is None or (person, one.name) not in came:
            continue
        found.append(
            Judged(
                one.name,
                estimate.as_of,
                one.week_of(people.house().day(estimate.as_of)),
                estimate.p10,
                estimate.p50,
                estimate.p90,
                estimate.weighted,
                said.get((person, one.name)),
                came[person, one.name],
            )
        )
    return found

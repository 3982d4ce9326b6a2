"""The Call page of a leader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from fairlead.calls import actions, deciding, due, judging, kinds, numbers, pipeline, rules
from fairlead.calls import estimates as stored
from fairlead.calls.models import Submission
from fairlead.calls.queries.copies import named_bars, readers_of
from fairlead.calls.queries.heads import (
    Head,
    Outlook,
    Read,
    Sent,
    Waterfall,
    due_of,
    head_of,
    outlook_of,
    sent_in,
    standing_row,
    typed_row,
)
from fairlead.calls.queries.records import Past
from fairlead.forecasting.periods import Period
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.models import Person


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
    credit: int = 0
    """overlay credit in the category, which counts in no sum"""


@dataclass(frozen=True, slots=True)
class Column:
    """A category: alone, and as the cumulative column with its formula, both from the deals.

    ``call`` is the leader's number where the column is called; ``sent`` what went up in it last. Deals of teams below
    are as of the newest estimate, ``deals`` counts those of direct reports.
    """

    category: str
    alone: int
    cumulative: int | None
    formula: str
    deals: int
    call: int | None = None
    sent: int | None = None


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody who carries a number and has no target."""

    person: people.Node


@dataclass(frozen=True, slots=True)
class ToJudge:
    """An open deal of a direct report that the leader may judge. ``counted``: it stands in the page's column."""

    public_id: str
    name: str
    owner: str
    category: str
    amount: int | None
    close_on: date | None
    counted: bool
    mine: judging.Judged | None


@dataclass(frozen=True, slots=True)
class CallPage:
    """Everything on a leader's Call page in one category.

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
    deciding: tuple[deciding.Deciding, ...] = ()
    judged: judging.Evidence | None = None
    category: str = "commit"
    to_judge: tuple[ToJudge, ...] = ()
    kind: rules.Kind | None = None
    """the forecast type; None for all business"""

    @property
    def credit(self) -> int:
        """Overlay credit of everybody listed. A deal that credits two of them is in it twice."""
        return sum(row.credit for row in self.rows)

    @property
    def called(self) -> tuple[Column, ...]:
        """The columns that people give a number for, the narrowest first."""
        by_name = {column.category: column for column in self.columns}
        return tuple(by_name[category] for category in rules.CALLED)

    @property
    def gap(self) -> int | None:
        return None if self.target is None else max(self.target - self.booked, 0)


def number_of(
    actor: access.Actor, person: int, period: Period, at: datetime, *, past: bool = False
) -> numbers.Number:
    """A leader's Commit, for a page that asks several questions about it. Raises by ``call.open``."""
    people.require_on(actor, "call.open", person)
    return numbers.number_of(actor, person, period, at, past=past)


def numbers_of(
    actor: access.Actor, person: int, period: Period, at: datetime, *, past: bool = False
) -> dict[str, numbers.Number]:
    """category -> a leader's number, read at once. Raises by ``call.open``."""
    people.require_on(actor, "call.open", person)
    return numbers.numbers_of(actor, person, period, at, past=past)


@dataclass(frozen=True, slots=True)
class OfType:
    """A leader's numbers in one forecast type, by category."""

    kind: rules.Kind
    every: Mapping[str, numbers.Number]

    @property
    def commit(self) -> numbers.Number:
        return self.every["commit"]


def types_of(actor: access.Actor, whole: numbers.Number, *, past: bool = False) -> tuple[OfType, ...]:
    """A leader's numbers in every forecast type in force, beside those of all business. Raises by ``call.open``."""
    wanted = kinds.in_force(whole.at, past=past)
    if not wanted:
        return ()
    person, period, at = whole.person.id, whole.period, whole.at
    people.require_on(actor, "call.open", person)
    return tuple(
        OfType(kind, numbers.numbers_of(actor, person, period, at, past=past, kind=kind, whole=whole))
        for kind in wanted
    )


def call_page(
    actor: access.Actor,
    person: int,
    period: Period,
    at: datetime,
    *,
    past: bool = False,
    every: Mapping[str, numbers.Number] | None = None,
    category: str = "commit",
    kind: rules.Kind | None = None,
) -> CallPage:
    """The Call page of a leader in one category, or with ``past`` as it was at an earlier instant.

    What it adds up is as it was known then; who sees it is decided by the rights of now. ``every`` are the same
    actor's ``numbers_of``, where they are known already. Raises NotAllowed or NotFound by ``call.open``, Refused for
    a category that nobody calls. ``kind``: of a forecast type, whose ``every`` they then are; it has no estimate, no
    record and no judgements.
    """
    actions.refuse_category(category)
    if every is None:
        people.require_on(actor, "call.open", person)
        every = numbers.numbers_of(actor, person, period, at, past=past, kind=kind)
    number = every[category]
    newest = _newest(actor, person, period.name)
    sent = standing_row(actor, number.standing.get(person))
    before: actions.Sentable | None = typed_row(actor, sent, kind.key) if kind else sent
    superior = people.node(number.person.manager) if number.person.manager else None
    outlook = outlook_of(number.estimate, number.target, number.suggestion)
    middle = number.estimate.p50 if number.estimate else None
    required, asked = rules.reason_wanted(number.suggestion, number.calls_sum, middle)
    records = (
        Past.of(actor, [person, *(cell.person for cell in number.cells)], period, at, category)
        if kind is None
        else Past.none(actor)
    )
    shown = [cell for cell in number.cells if cell.person not in number.hidden]
    rhythms = actions.rhythms([cell.person for cell in shown if cell.leads])
    judged = judging.of_author(actor, person, period.name, at) if kind is None else {}
    return CallPage(
        head=head_of(number, at),
        superior=superior,
        superior_has_account=superior is not None and _has_account(superior.id),
        amount=number.suggestion,
        said=number.said,
        calls_sum=number.calls_sum,
        with_overlays=number.with_overlays,
        target=number.target,
        booked=number.booked,
        outlook=outlook,
        voices=_voices(number, records),
        reason_required=required,
        reason_asked=asked,
        last=next(iter(sent_in(actor, [sent], at, category, kind.key if kind else "")), None)
        if sent
        else None,
        expected_previous=newest.public_id if newest else "",
        may_withdraw=sent is not None and not actions.is_used(sent),
        changes=_since(actor, before, number),
        rows=tuple(_row(cell, number, records, rhythms) for cell in shown),
        hidden=sum(cell.in_call for cell in number.cells if cell.person in number.hidden),
        columns=_columns(every),
        not_counted=tuple(_left_out(number, at)),
        without_target=_without_target(number),
        readers=readers_of(sent, actor) if sent and not past else (),
        deciding=()
        if past or kind is not None
        else deciding.deciding(
            actor, person, number.run, number.estimate, number.target, period, people.house().day(at)
        ),
        judged=_judged(judged, number) if kind is None else None,
        to_judge=()
        if past or kind is not None or not access.may(actor, "judgement.set")
        else _to_judge(judged, number),
        category=category,
        kind=kind,
    )


def _newest(actor: access.Actor, person: int, period: str) -> Submission | None:
    rows = Submission.objects.seen_by(actor, "submission.read").filter(person=person, period=period)
    return rows.defer("cells", "deals", "changes", "others").order_by("-version").first()


def _has_account(person: int) -> bool:
    return Person.objects.filter(pk=person, user__is_active=True).exists()


def _since(actor: access.Actor, before: actions.Sentable | None, number: numbers.Number) -> Waterfall | None:
    start = actions.amount_in(before, number.category) if before else None
    if before is None or start is None:
        return None
    bars = named_bars(actor, actions.bars_since(before, number, number.suggestion))
    return Waterfall(start, before.at, tuple(bars), number.suggestion)


def _voices(number: numbers.Number, past: Past) -> tuple[Voice, ...]:
    person, mine = number.person.id, number.suggestion
    middle = number.estimate.p50 if number.estimate else None
    return (
        Voice("you", mine, None, past.record(person, past.numbers)),
        Voice("calls", number.calls_sum, mine - number.calls_sum, past.record(person, past.sums)),
        Voice(
            "estimate", middle, None if middle is None else mine - middle, past.record(person, past.middles)
        ),
    )


def _row(cell: rules.Cell, number: numbers.Number, past: Past, rhythms: Mapping[int, due.Rhythm]) -> Row:
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
        outlook=outlook_of(estimate, cell.target, cell.own_call) if cell.person != number.person.id else None,
        record=past.record(cell.person, past.numbers if cell.leads else past.calls),
        sent=sent,
        due=due_of(rhythms[cell.person], number, sent) if cell.leads else None,
        credit=cell.credit,
    )


def _open_of(cell: rules.Cell, number: numbers.Number, estimate: stored.Estimate | None) -> int:
    if cell.leads:
        return estimate.open_amount if estimate else 0
    return pipeline.column(number.lines, cell.person, number.period, "pipeline")


def _columns(every: Mapping[str, numbers.Number]) -> tuple[Column, ...]:
    number = every["commit"]
    owners = {cell.person for cell in number.cells}
    own = pipeline.singles(number.lines, owners, number.period)
    below = rules.singles_of(number.below) if number.below else dict.fromkeys(rules.CATEGORIES, 0)
    sums = {category: own[category] + below[category] for category in rules.CATEGORIES}
    added = rules.cumulative(sums)
    sent = number.standing.get(number.person.id)
    return tuple(
        Column(
            category,
            sums[category],
            added.get(category),
            rules.FORMULAS.get(category, ""),
            len(
                {
                    line.id
                    for line in number.lines
                    if line.category == category
                    and line.owner in owners
                    and pipeline.is_due(line, number.period)
                }
            ),
            every[category].suggestion if category in every else None,
            sent.number(category) if sent and category in every else None,
        )
        for category in rules.CATEGORIES
    )


def _judged(mine: Mapping[int, judging.Judged], number: numbers.Number) -> judging.Evidence | None:
    owners = {cell.person for cell in number.cells}
    closed = pipeline.singles(number.lines, owners, number.period)["closed"]
    return judging.evidence(number.lines, mine, number.period, closed, number.category)


def _to_judge(mine: Mapping[int, judging.Judged], number: numbers.Number) -> tuple[ToJudge, ...]:
    """Open deals of direct reports that are due in the period or judged already, the largest first."""
    names = {c.person: c.name for c in number.cells if c.person not in (number.person.id, *number.hidden)}
    judgeable = [line for line in number.lines if (line.deal_owner if line.divided else line.owner) in names]
    # A divided deal is judged once, at its owner; what is held of it in the team is its amount here.
    held: dict[int, int] = {}
    for line in judgeable:
        held[line.id] = held.get(line.id, 0) + (line.amount or 0)
    found = [
        ToJudge(
            line.public_id,
            line.name,
            names[(line.deal_owner if line.divided else line.owner) or 0],
            line.category,
            held[line.id] if line.divided else line.amount,
            line.close_on,
            pipeline.counted(line, number.period, number.category),
            mine.get(line.id),
        )
        for line in {line.id: line for line in judgeable}.values()
        if line.status == "open"
        and not line.missing
        and (pipeline.is_due(line, number.period) or line.id in mine)
    ]
    return tuple(sorted(found, key=lambda deal: (-(deal.amount or 0), deal.name, deal.public_id)))


def _left_out(number: numbers.Number, at: datetime) -> list[pipeline.NotCounted]:
    names = {cell.person: cell.name for cell in number.cells}
    return pipeline.not_counted(number.lines, number.period, people.house().day(at), names, number.kind)


def _without_target(number: numbers.Number) -> tuple[Seat, ...]:
    lacking = [c for c in number.cells if c.target is None and c.person != number.person.id]
    return tuple(Seat(number.nodes[cell.person]) for cell in lacking if cell.person not in number.hidden)

"""The forecast call: the page's numbers, the own call, overlays, submissions, the copy and the board."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from django.http import HttpRequest
from ninja import Field, Router, Schema
from ninja.params.functions import Query

from fairlead.api.door import REFUSALS, asker
from fairlead.calls import actions, kinds, queries, rules, supposing, wording
from fairlead.forecasting.periods import Period
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.models import Person

router = Router(tags=["calls"])
Called = Literal["commit", "most_likely", "best_case"]
Category = Query("commit", description="The called column: commit, most_likely or best_case.")
PeriodName = Query("", max_length=20, description="Such as 2026Q4; empty for the current one.")
On = Query(None, description="A day of the period that is over: the page as it was known at its end.")
Type = Query(
    "",
    max_length=20,
    alias="type",
    description="A forecast type by its key; empty: all business. It has no outlook. See forecast/types.",
)
Whose = Query(
    "", alias="for", max_length=16, description="public_id of the person one stands in for; empty: own."
)


class Who(Schema):
    public_id: str
    name: str
    team: str


class Outlook(Schema):
    """The computed estimate. Chances are 0 to 1; ``dots`` are 20 equally likely results."""

    as_of: datetime
    booked: int
    mean: int
    p10: int
    p50: int
    p90: int
    dots: list[int]
    chance_of_target: float | None
    chance_of_number: float | None


class Row(Schema):
    """One direct report: own call, overlay beside it, and what counts."""

    person: Who
    own_call: int
    overlay: int | None
    overlay_note: str
    drift: int | None = Field(None, description="How far the own call moved since the overlay was set.")
    in_call: int
    target: int | None
    booked: int
    outlook: Outlook | None


class ColumnOut(Schema):
    """A category: alone and cumulative from the deals; ``call`` and ``sent`` where the column is called."""

    category: str
    alone: int
    cumulative: int | None
    call: int | None
    sent: int | None


class Bar(Schema):
    kind: str
    amount: int
    label: str
    deals: int


class ForecastType(Schema):
    """A forecast type in force. ``deal_types`` empty: all deals; ``asked``: numbers are given for it.

    ``per_unit`` is how much one unit counts in its numbers, null where they are money in minor units.
    """

    key: str
    name: str
    measure: str
    deal_types: list[str]
    asked: bool
    per_unit: int | None


class SentOfType(Schema):
    """What a submission holds of a forecast type."""

    key: str
    name: str
    measure: str
    numbers: dict[str, int]


class OwnOfType(Schema):
    """The own numbers in a forecast type: ``calls`` by category, null where none is set."""

    key: str
    target: int | None
    booked: int
    computed: int
    calls: dict[str, int | None]


class Call(Schema):
    """A leader's Call page in one category. Money in minor units of ``currency``.

    ``type`` is null for all business.
    """

    person: Who
    period: str
    category: str
    currency: str
    at: datetime
    due_at: datetime | None
    number: int
    calls_sum: int
    target: int | None
    booked: int
    outlook: Outlook | None
    rows: list[Row]
    columns: list[ColumnOut]
    changes: list[Bar]
    not_counted: int
    expected_previous: str
    type: ForecastType | None


class InEach(Schema):
    """What counts in each called column, overlays included."""

    commit: int
    most_likely: int
    best_case: int


class BoardRow(Schema):
    leader: Who
    number: int
    in_each: InEach
    since: int | None
    target: int | None
    booked: int
    outlook: Outlook | None
    submitted_at: datetime | None
    words: str
    due: str


class Board(Schema):
    period: str
    category: str
    currency: str
    total: int
    totals: InEach
    target: int | None
    booked: int
    outlook: Outlook | None
    rows: list[BoardRow]
    type: ForecastType | None


class Quarter(Schema):
    period: str
    currency: str
    target: int | None
    booked: int
    call: int | None
    calls: dict[str, int | None] = Field(description="The own call in each called column.")
    outlook: Outlook | None
    sentences: list[str]
    open_deals: int
    copy_id: str | None
    types: list[OwnOfType]


class Sent(Schema):
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


class Copy(Schema):
    public_id: str
    person: Who
    period: str
    category: str
    version: int
    at: datetime
    amount: int
    most_likely: int | None
    best_case: int | None
    currency: str
    calls_sum: int
    reason: str
    target: int | None
    booked: int
    withdrawn_at: datetime | None
    digest: str
    types: list[SentOfType]


class Number(Schema):
    amount_minor: int | None
    note: str = ""


class OverlayIn(Schema):
    amount_minor: int | None
    note: str = ""


class SubmissionIn(Schema):
    """A number to send: ``amount_minor`` is Commit, the others go up as they stand where none is given.

    ``key`` makes sending it twice harmless; ``expected_previous`` is what one has seen."""

    amount_minor: int
    most_likely_minor: int | None = None
    best_case_minor: int | None = None
    types: dict[str, dict[Called, int]] = Field(
        {}, description="Numbers of forecast types that are asked for: key, category, amount."
    )
    reason: str = ""
    key: str
    expected_previous: str = ""


class Withdraw(Schema):
    reason: str = ""


def _period(name: str, at: datetime) -> Period:
    return queries.period_named(name) if name else queries.period_at(at)


def _whose(actor: access.Actor, public_id: str) -> Person:
    return people.find(public_id) if public_id else Person.objects.get(pk=actor.id)


def _who(node: people.Node) -> Who:
    return Who(public_id=node.public_id, name=node.name, team=node.team)


def _outlook(found: queries.Outlook | None) -> Outlook | None:
    if found is None:
        return None
    e = found.estimate
    return Outlook(
        as_of=e.as_of,
        booked=e.booked,
        mean=e.mean,
        p10=e.p10,
        p50=e.p50,
        p90=e.p90,
        dots=list(e.dots),
        chance_of_target=found.chance_of_target,
        chance_of_number=found.chance_of_number,
    )


def _sent(row: queries.Sent) -> Sent:
    return Sent(**{name: getattr(row, name) for name in Sent.model_fields})


def _type(kind: rules.Kind | None) -> ForecastType | None:
    if kind is None:
        return None
    return ForecastType(
        key=kind.key,
        name=kind.name,
        measure=kind.measure,
        deal_types=list(kind.words),
        asked=kind.asked,
        per_unit=kinds.unit() if kind.measure == "quantity" else None,
    )


@router.get("types", response={200: list[ForecastType], **REFUSALS})
def types(request: HttpRequest) -> list[ForecastType]:
    """The forecast types in force beside all business; none where the company has none."""
    who = asker(request)
    access.require(who.actor, "target.read")
    return [found for kind in kinds.in_force(who.at) if (found := _type(kind)) is not None]


@router.get("call", response={200: Call, **REFUSALS})
def call(
    request: HttpRequest,
    period: str = PeriodName,
    whose: str = Whose,
    category: Called = Category,
    on: date | None = On,
    type: str = Type,
) -> Call:
    """The numbers of a leader's Call page, now or as they were at the end of an earlier day."""
    who = asker(request)
    access.require(who.actor, "call.open")
    person, of = _whose(who.actor, whose).pk, _period(period, who.at)
    at = who.at if on is None else queries.end_of(queries.past_day(of, on, who.at), who.at)
    page = queries.call_page(
        who.actor, person, of, at, past=on is not None, category=category, kind=kinds.named(type, at)
    )
    return _call(page)


def _call(page: queries.CallPage) -> Call:
    return Call(
        person=_who(page.head.person),
        period=page.head.period.name,
        category=page.category,
        currency=page.head.currency,
        at=page.head.at,
        due_at=page.head.due.at,
        number=page.amount,
        calls_sum=page.calls_sum,
        target=page.target,
        booked=page.booked,
        outlook=_outlook(page.outlook),
        rows=[
            Row(
                person=_who(row.person),
                own_call=row.own_call,
                overlay=row.overlay,
                overlay_note=row.overlay_note,
                drift=row.drift.by if row.drift else None,
                in_call=row.in_call,
                target=row.target,
                booked=row.booked,
                outlook=_outlook(row.outlook),
            )
            for row in page.rows
        ],
        columns=[
            ColumnOut(
                category=one.category,
                alone=one.alone,
                cumulative=one.cumulative,
                call=one.call,
                sent=one.sent,
            )
            for one in page.columns
        ],
        changes=[
            Bar(kind=bar.kind, amount=bar.amount, label=bar.label, deals=len(bar.deals))
            for bar in (page.changes.bars if page.changes else ())
        ],
        not_counted=len(page.not_counted),
        expected_previous=page.expected_previous,
        type=_type(page.kind),
    )


class PackOut(Schema):
    """The forecast pack of a leader: each part where its reader may open it, else null. Minor units.

    ``sent`` is what stands submitted in each called column; ``live`` the Call page of now.
    """

    person: Who
    period: str
    currency: str
    at: datetime
    as_of: datetime | None
    superior: str
    number: int | None
    target: int | None
    booked: int | None
    outlook: Outlook | None
    live: Call | None
    sent: list[Copy]
    changes: list[Bar] | None
    deciding: list[DecidingOut]


class SaidOut(Schema):
    """One thing said of a person's number. An empty amount took it back; ``base`` is the own call under an overlay."""

    at: datetime
    kind: Literal["call", "overlay"]
    category: str
    amount: int | None
    moved: int | None
    base: int | None
    note: str
    by: str
    typed_by: str


class DecidingOut(Schema):
    """A deal that decides the period: the chance of the target if it closes in it, and if it does not."""

    public_id: str
    name: str
    owner: str
    ask: str
    amount: int
    close_on: date | None
    chance: float
    if_won: float
    if_not: float
    question: str


@router.get("pack/{public_id}", response={200: PackOut, **REFUSALS})
def pack(request: HttpRequest, public_id: str, period: str = PeriodName) -> PackOut:
    """The pack of a leader's node for a period: the parts the asker may open, and nothing besides."""
    who = asker(request)
    access.require(who.actor, "pack.open")
    found = queries.pack(who.actor, people.find(public_id).pk, _period(period, who.at), who.at)
    return PackOut(
        person=_who(found.person),
        period=found.period.name,
        currency=found.currency,
        at=found.at,
        as_of=found.as_of,
        superior=found.superior,
        number=found.number,
        target=found.target,
        booked=found.booked,
        outlook=_outlook(found.outlook),
        live=_on_paper(found.live),
        sent=[_copy(one) for one in found.sent],
        changes=None
        if found.changes is None
        else [
            Bar(kind=bar.kind, amount=bar.amount, label=wording.KINDS[bar.kind][0], deals=bar.count)
            for bar in found.changes.bars
        ],
        deciding=[
            DecidingOut(**{name: getattr(one, name) for name in DecidingOut.model_fields})
            for one in found.deciding
        ],
    )


@router.get("reports/{public_id}/said", response={200: list[SaidOut], **REFUSALS})
def said(request: HttpRequest, public_id: str, period: str = PeriodName, type: str = Type) -> list[SaidOut]:
    """Own calls of a person and overlays beside them, newest first, for the person and the superior."""
    who = asker(request)
    kind = kinds.named(type, who.at)
    person = people.find(public_id).pk
    found = queries.said_of(who.actor, person, _period(period, who.at), who.at, kind.key if kind else "")
    return [SaidOut(**{name: getattr(line, name) for name in SaidOut.model_fields}) for line in found.lines]


def _on_paper(page: queries.CallPage | None) -> Call | None:
    """A Call page without the notes to overlays, as the printed pack has it."""
    live = _call(page) if page else None
    for row in live.rows if live else []:
        row.overlay_note = ""
    return live


class RecordWeek(Schema):
    """What stood at the end of a week of an ended period: the number, and the estimate stored then."""

    week: int
    number: int | None
    p10: int | None
    p50: int | None
    p90: int | None


class RecordPeriod(Schema):
    """One ended period. ``others_from`` is the day from which others than the person read it."""

    period: str
    came: int
    target: int | None
    sent: int
    late: int
    others_from: date
    weeks: list[RecordWeek]


class RecordOf(Schema):
    person: Who
    currency: str
    kept_back: int
    periods: list[RecordPeriod]


@router.get("record", response={200: RecordOf, **REFUSALS})
def record(request: HttpRequest, whose: str = Whose) -> RecordOf:
    """A leader's record: numbers said week by week in past periods, and what came. Minor units."""
    who = asker(request)
    found = queries.manager_record(who.actor, _whose(who.actor, whose).pk, who.at)
    return RecordOf(
        person=_who(found.person),
        currency=found.currency,
        kept_back=found.kept_back,
        periods=[
            RecordPeriod(
                period=one.period,
                came=one.came,
                target=one.target,
                sent=one.sent,
                late=one.late,
                others_from=one.others_from,
                weeks=[
                    RecordWeek(week=w.week, number=w.number, p10=w.p10, p50=w.p50, p90=w.p90)
                    for w in one.weeks
                ],
            )
            for one in found.periods
        ],
    )


@router.get("board", response={200: Board, **REFUSALS})
def board(
    request: HttpRequest,
    period: str = PeriodName,
    whose: str = Whose,
    category: Called = Category,
    type: str = Type,
) -> Board:
    """An executive's board: each leader's number and one person to ask."""
    who = asker(request)
    access.require(who.actor, "board.open")
    page = queries.board(
        who.actor, _whose(who.actor, whose).pk, _period(period, who.at), who.at, category=category,
        kind=kinds.named(type, who.at),
    )  # fmt: skip
    return Board(
        period=page.head.period.name,
        type=_type(page.kind),
        category=page.category,
        totals=InEach(**dict(page.totals)),
        currency=page.head.currency,
        total=page.total,
        target=page.target,
        booked=page.booked,
        outlook=_outlook(page.outlook),
        rows=[
            BoardRow(
                leader=_who(row.leader),
                number=row.amount,
                in_each=InEach(**dict(row.in_each)),
                since=row.since,
                target=row.target,
                booked=row.booked,
                outlook=_outlook(row.outlook),
                submitted_at=row.sent.at if row.sent else None,
                words=row.words,
                due=row.due.state,
            )
            for row in page.rows
        ],
    )


@router.get("quarter", response={200: Quarter, **REFUSALS})
def quarter(request: HttpRequest, period: str = PeriodName) -> Quarter:
    """The asker's own quarter; nobody else's can be asked for."""
    who = asker(request)
    access.require(who.actor, "quarter.open")
    page = queries.my_quarter(who.actor, _period(period, who.at), who.at)
    return Quarter(
        period=page.head.period.name,
        currency=page.head.currency,
        target=page.target,
        booked=page.booked,
        call=page.call.amount if page.call else None,
        calls={one.category: one.call.amount if one.call else None for one in page.calls},
        outlook=_outlook(page.outlook),
        sentences=list(page.sentences),
        open_deals=page.open_deals,
        copy_id=page.copy.public_id if page.copy else None,
        types=[
            OwnOfType(
                key=one.kind.key,
                target=one.target,
                booked=one.booked,
                computed=one.computed,
                calls={call.category: call.call.amount if call.call else None for call in one.calls},
            )
            for one in page.types
        ],
    )


class JudgementIn(Schema):
    """in or out of the period; empty takes the judgement back."""

    verdict: Literal["", "in", "out"]
    note: str = Field("", max_length=500)


class Judgement(Schema):
    verdict: str
    note: str
    author: str
    by: str
    at: datetime


@router.put("deals/{public_id}/judgement", response={200: list[Judgement], **REFUSALS})
def judge(
    request: HttpRequest, public_id: str, body: JudgementIn, period: str = PeriodName
) -> list[Judgement]:
    """Judge a direct report's open deal in or out of a period. Answers every judgement of it that stands."""
    who = asker(request, "call")
    access.require(who.actor, "judgement.set")
    when = _period(period, who.at)
    if body.verdict:
        actions.judge(
            by=who.actor, at=who.at, deal=public_id, period=when, verdict=body.verdict, note=body.note
        )
    else:
        actions.clear_judgement(by=who.actor, at=who.at, deal=public_id, period=when)
    return [
        Judgement(verdict=one.verdict, note=one.note, author=one.author, by=one.by, at=one.at)
        for one in queries.judgements_of_deal(who.actor, public_id, when, who.at)
    ]


class SupposedDeal(Schema):
    """What is supposed of one open deal. ``outcome`` is won, lost, later or empty; minor units."""

    deal: str = Field(max_length=16)
    outcome: supposing.Outcome = ""
    amount_minor: int | None = None


class SupposedNew(Schema):
    """``count`` new deals of one size. Without ``chance`` (0 to 1) each is like a new deal of the asker, or the team's.

    ``person`` is for whom, of a team; empty is the first of it, or the asker for own deals.
    """

    amount_minor: int
    chance: float | None = None
    count: int = 1
    person: str = Field("", max_length=16)


class SupposalIn(Schema):
    """What to suppose. ``own`` asks about own deals, as My quarter does; else about the team's of a leader."""

    own: bool = False
    deals: list[SupposedDeal] = []
    added: list[SupposedNew] = []
    target_minor: int | None = None


class SideOut(Schema):
    """A distribution in minor units; ``dots`` are 20 equally likely results, chances 0 to 1."""

    mean: int
    p10: int
    p50: int
    p90: int
    dots: list[int]
    target: int | None
    chance_of_target: float | None
    chance_of_number: float | None


class WhatIfOut(Schema):
    """Before and after, both null where ``why_not`` says why there is no answer. Nothing of it is kept."""

    person: Who
    period: str
    currency: str
    as_of: datetime | None
    before: SideOut | None
    after: SideOut | None
    sentence: str
    supposed: list[str]
    why_not: str


@router.post("what-if", response={200: WhatIfOut, **REFUSALS})
def what_if(
    request: HttpRequest, body: SupposalIn, period: str = PeriodName, whose: str = Whose
) -> WhatIfOut:
    """What a number would be if. Reads only; a deal that is not the asker's to read here is not there (404)."""
    who = asker(request)
    access.require(who.actor, "quarter.open" if body.own else "call.open")
    supposal = supposing.Supposal(
        {one.deal: supposing.OfDeal(one.outcome, one.amount_minor) for one in body.deals},
        tuple(supposing.Added(one.amount_minor, one.chance, one.count, one.person) for one in body.added),
        body.target_minor,
    )
    when = _period(period, who.at)
    if body.own:
        found = queries.own_what_if(who.actor, when, who.at, supposal)
    else:
        found = queries.team_what_if(who.actor, _whose(who.actor, whose).pk, when, who.at, supposal)
    if found.unknown:
        raise access.NotFound("deal")
    return WhatIfOut(
        person=_who(found.person),
        period=found.period.name,
        currency=found.currency,
        as_of=found.as_of,
        before=_side(found.before),
        after=_side(found.after),
        sentence=found.sentence,
        supposed=list(found.supposed),
        why_not=found.why_not,
    )


def _side(side: queries.Side | None) -> SideOut | None:
    if side is None:
        return None
    return SideOut(
        mean=side.reading.mean,
        p10=side.reading.p10,
        p50=side.reading.p50,
        p90=side.reading.p90,
        dots=list(side.reading.dots),
        target=side.target,
        chance_of_target=side.chance_of_target,
        chance_of_number=side.chance_of_number,
    )


@router.put("quarter/call", response={200: Quarter, **REFUSALS})
def set_call(
    request: HttpRequest,
    body: Number,
    period: str = PeriodName,
    category: Called = Category,
    type: str = Type,
) -> Quarter:
    """Set the own call; null takes it back."""
    who = asker(request, "call")
    access.require(who.actor, "call.set")
    person = _whose(who.actor, "")
    actions.set_call(
        by=who.actor,
        at=who.at,
        person=person,
        period=_period(period, who.at),
        amount_minor=body.amount_minor,
        note=body.note,
        category=category,
        type=type,
    )
    return quarter(request, period)


@router.put("reports/{public_id}/call", response={200: Number, **REFUSALS})
def type_in_call(
    request: HttpRequest,
    public_id: str,
    body: Number,
    period: str = PeriodName,
    category: Called = Category,
    type: str = Type,
) -> Number:
    """Type in the call a direct report gave in words."""
    who = asker(request, "call")
    access.require(who.actor, "call.type_in")
    actions.type_in_call(
        by=who.actor,
        at=who.at,
        person=people.find(public_id),
        period=_period(period, who.at),
        amount_minor=body.amount_minor,
        note=body.note,
        category=category,
        type=type,
    )
    return body


@router.put("reports/{public_id}/overlay", response={200: OverlayIn, **REFUSALS})
def set_overlay(
    request: HttpRequest,
    public_id: str,
    body: OverlayIn,
    period: str = PeriodName,
    category: Called = Category,
    type: str = Type,
) -> OverlayIn:
    """Set a number beside a direct report's call, with a note; null takes it back."""
    who = asker(request, "call")
    access.require(who.actor, "overlay.set")
    person, when = people.find(public_id), _period(period, who.at)
    if body.amount_minor is None:
        actions.reset_overlay(
            by=who.actor, at=who.at, person=person, period=when, category=category, type=type
        )
    else:
        actions.set_overlay(
            by=who.actor,
            at=who.at,
            person=person,
            period=when,
            amount_minor=body.amount_minor,
            note=body.note,
            category=category,
            type=type,
        )
    return body


class DriftIn(Schema):
    """``follow`` moves the overlay by as much as its base moved; else it stands on the new base."""

    follow: bool


@router.post("reports/{public_id}/overlay/drift", response={200: OverlayIn, **REFUSALS})
def answer_drift(
    request: HttpRequest,
    public_id: str,
    body: DriftIn,
    period: str = PeriodName,
    category: Called = Category,
    type: str = Type,
) -> OverlayIn:
    """Answer a base that moved under an overlay."""
    who = asker(request, "call")
    access.require(who.actor, "overlay.set")
    row = actions.answer_drift(
        by=who.actor, at=who.at, person=people.find(public_id), period=_period(period, who.at),
        follow=body.follow, category=category, type=type,
    )  # fmt: skip
    return OverlayIn(amount_minor=row.amount_minor, note=row.note)


@router.get("submissions", response={200: list[Sent], **REFUSALS})
def submissions(
    request: HttpRequest,
    period: str = PeriodName,
    whose: str = Whose,
    category: Called = Category,
    type: str = Type,
) -> list[Sent]:
    """What a leader sent for a period, newest first."""
    who = asker(request)
    access.require(who.actor, "submission.read")
    person = _whose(who.actor, whose)
    people.require_on(who.actor, "submission.read", person.pk)
    when = _period(period, who.at)
    return [_sent(row) for row in queries.submissions(who.actor, person.pk, when, who.at, category, type)]


@router.post("submissions", response={200: Sent, **REFUSALS})
def submit(request: HttpRequest, body: SubmissionIn, period: str = PeriodName, whose: str = Whose) -> Sent:
    """Send the number: frozen, with the team's copy, in one step. The same key twice sends once."""
    who = asker(request, "call")
    access.require(who.actor, "submission.make")
    person, when = _whose(who.actor, whose), _period(period, who.at)
    row = actions.submit(
        by=who.actor,
        at=who.at,
        person=person,
        period=when,
        amount_minor=body.amount_minor,
        reason=body.reason,
        key=body.key,
        expected_previous=body.expected_previous,
        others={
            category: amount
            for category, amount in (
                ("most_likely", body.most_likely_minor), ("best_case", body.best_case_minor),
            )
            if amount is not None
        },
        types={type: {str(one): amount for one, amount in given.items()} for type, given in body.types.items()},
    )  # fmt: skip
    rows = queries.submissions(who.actor, person.pk, when, who.at)
    return _sent(next(sent for sent in rows if sent.public_id == row.public_id))


@router.get("submissions/{public_id}", response={200: Copy, **REFUSALS})
def copy(request: HttpRequest, public_id: str, category: Called = Category, type: str = Type) -> Copy:
    """One submission as the asker may read it: the team's copy is the version that went up."""
    who = asker(request)
    return _copy(queries.team_copy(who.actor, public_id, category, type))


def _copy(found: queries.Copy) -> Copy:
    sent, numbers = dict(found.numbers), {"person", "most_likely", "best_case", "types"}
    return Copy(
        person=_who(found.person),
        most_likely=sent.get("most_likely"),
        best_case=sent.get("best_case"),
        types=[
            SentOfType(key=one.key, name=one.name, measure=one.measure, numbers=dict(one.numbers))
            for one in found.types
        ],
        **{name: getattr(found, name) for name in Copy.model_fields if name not in numbers},
    )


@router.post("submissions/{public_id}/read", response={200: Copy, **REFUSALS})
def mark_read(request: HttpRequest, public_id: str) -> Copy:
    """Say that the copy was read; its author sees who has."""
    who = asker(request, "call")
    actions.mark_read(by=who.actor, at=who.at, submission=public_id)
    return copy(request, public_id, "commit", "")


@router.post("submissions/{public_id}/withdraw", response={200: Copy, **REFUSALS})
def withdraw(request: HttpRequest, public_id: str, body: Withdraw) -> Copy:
    """Take a submission back, until the superior has used it."""
    who = asker(request, "call")
    actions.withdraw(by=who.actor, at=who.at, submission=public_id, reason=body.reason)
    return copy(request, public_id, "commit", "")

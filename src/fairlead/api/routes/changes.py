"""What changed between two instants, as JSON: the same answer as the page."""

from __future__ import annotations

from datetime import date, datetime

from django.http import HttpRequest
from ninja import Router, Schema
from ninja.params.functions import Query
from pydantic import Field

from fairlead.api.door import REFUSALS, asker
from fairlead.api.routes.calls import PeriodName, Who
from fairlead.calls import queries
from fairlead.people import access
from fairlead.people import queries as people

router = Router(tags=["changes"])
What = Query(...)


class Asked(Schema):
    """Which number of whom, between which instants, and of which deals. Empty means all."""

    node: str = Field("", max_length=16, description="public_id of a leader or rep; empty: own.")
    since: str = Field("", max_length=12, description="submission, week, period or date.")
    day: date | None = Field(None, description="With since=date: from the start of this day.")
    until: date | None = Field(None, description="To the end of this day; empty: now.")
    column: str = Field(
        "commit", max_length=12, description="closed, commit, most_likely, best_case, pipeline."
    )
    alone: bool = Field(False, description="The category by itself instead of the cumulative column.")
    kind: str = Field("", max_length=20, description="Only deals with this reason.")
    owner: str = Field("", max_length=16, description="public_id of an owner whose deals one may read.")
    product: str = Field("", max_length=160)
    stage: str = Field("", max_length=120)
    account: str = Field("", max_length=100, description="Words of the account, among deals one may read.")
    amount_from: int | None = Field(None, ge=-(10**18), le=10**18, description="Minor units.")
    amount_to: int | None = Field(None, ge=-(10**18), le=10**18, description="Minor units.")
    type: str = Field("", max_length=20, description="A forecast type that adds up amounts, by its key.")
    pushes: int = Field(0, ge=0, le=255, description="Pushed at least so often.")


class MovedDeal(Schema):
    public_id: str
    name: str
    account: str
    owner: str
    kind: str
    before: int | None
    after: int | None
    by_reason: int
    by_amount: int
    by_split: int
    category_before: str
    category_after: str
    due_before: date | None
    due_after: date | None
    stage: str
    pushes: int
    holder: str = Field(description="Whose share of a divided deal this is; empty for a whole deal.")
    held_before: int = Field(description="Hundredths of a percent of the deal's amount at the start.")
    held_after: int


class Ask(Schema):
    """Whom to ask about deals that are not named; null where nobody in the tree owns them."""

    person: Who | None
    count: int
    amount: int


class ChangeBar(Schema):
    kind: str
    count: int
    amount: int
    deals: list[MovedDeal]
    more: int
    asks: list[Ask]


class Flow(Schema):
    source: str
    goal: str
    count: int
    before: int
    after: int


class Times(Schema):
    pushes: int
    count: int
    amount: int


class Pushes(Schema):
    times: list[Times]
    since: int
    since_amount: int
    repeated_count: int
    repeated: list[MovedDeal]
    others: list[Ask]


class Branch(Schema):
    person: Who | None
    own: bool
    start: int
    end: int
    came: int
    left: int


class Changes(Schema):
    """start + the bars = end. Money in minor units of ``currency``."""

    person: Who
    period: str
    currency: str
    start_at: datetime
    end_at: datetime
    start: int
    end: int
    deals_before: int
    deals_after: int
    bars: list[ChangeBar]
    flow: list[Flow]
    pushes: Pushes
    branches: list[Branch]


@router.get("changes", response={200: Changes, **REFUSALS})
def changes(request: HttpRequest, asked: Asked = What, period: str = PeriodName) -> Changes:
    """What moved a node's number between two instants, by reason, with the deals the asker may read."""
    who = asker(request)
    access.require(who.actor, "changes.read")
    node = queries.node_of(who.actor, asked.node)
    people.require_on(who.actor, "changes.read", node)
    when = queries.period_named(period) if period else queries.period_at(who.at)
    start, _ = queries.instant(who.actor, node, when, who.at, asked.since, asked.day)
    found = queries.changes(
        who.actor,
        node,
        when,
        start,
        queries.end_of(asked.until, who.at),
        at=who.at,
        asked=queries.Asked(
            category=asked.column,
            alone=asked.alone,
            kinds=(asked.kind,) if asked.kind else (),
            owners=(asked.owner,) if asked.owner else (),
            product=asked.product,
            stage=asked.stage,
            account=asked.account,
            amount_from=asked.amount_from,
            amount_to=asked.amount_to,
            pushes=asked.pushes,
            type=asked.type,
        ),
    )
    return _told(found)


def _told(found: queries.Changes) -> Changes:
    plain = ("currency", "start_at", "end_at", "start", "end", "deals_before", "deals_after")
    return Changes(
        person=_who(found.person),
        period=found.period.name,
        bars=[
            ChangeBar(
                kind=bar.kind,
                count=bar.count,
                amount=bar.amount,
                deals=[_deal(deal) for deal in bar.deals],
                more=bar.more,
                asks=[_ask(ask) for ask in bar.asks],
            )
            for bar in found.bars
        ],
        flow=[Flow(**{name: getattr(cell, name) for name in Flow.model_fields}) for cell in found.flow],
        pushes=Pushes(
            times=[Times(pushes=n, count=count, amount=amount) for n, count, amount in found.pushes.times],
            since=found.pushes.since,
            since_amount=found.pushes.since_amount,
            repeated_count=found.pushes.repeated_count,
            repeated=[_deal(deal) for deal in found.pushes.repeated],
            others=[_ask(ask) for ask in found.pushes.others],
        ),
        branches=[
            Branch(
                person=_who(branch.person) if branch.person else None,
                own=branch.own,
                start=branch.start,
                end=branch.end,
                came=branch.came,
                left=branch.left,
            )
            for branch in found.branches
        ],
        **{name: getattr(found, name) for name in plain},
    )


def _who(node: people.Node) -> Who:
    return Who(public_id=node.public_id, name=node.name, team=node.team)


def _deal(deal: queries.DealMoved) -> MovedDeal:
    return MovedDeal(**{name: getattr(deal, name) for name in MovedDeal.model_fields})


def _ask(ask: queries.Ask) -> Ask:
    return Ask(person=_who(ask.person) if ask.person else None, count=ask.count, amount=ask.amount)

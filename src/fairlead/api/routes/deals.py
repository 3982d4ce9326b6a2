"""Deals: the list with keyset paging, one deal with its history, the own category, what is not counted."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from django.http import HttpRequest
from ninja import Field, Router, Schema
from ninja.params.functions import Query

from fairlead.api.door import REFUSALS, asker
from fairlead.calls import queries as calls
from fairlead.deals import actions, queries, shares
from fairlead.people import access
from fairlead.people import queries as people

router = Router(tags=["deals"])


class Deal(Schema):
    """A deal. Money in minor units of its own currency, and as ``home_minor`` in the organisation's."""

    public_id: str
    name: str
    account: str
    owner: str
    owner_id: str
    amount_minor: int | None
    currency: str
    home_minor: int | None
    stage: str
    category: str
    category_from: str
    category_by: str
    close_on: date | None
    closed_on: date | None
    status: str
    pushes: int
    created_on: date | None
    age_days: int | None
    changed_at: datetime
    next_step: str


class Deals(Schema):
    deals: list[Deal]
    next: str | None
    """Send it back as ``after`` for the next page; null on the last one."""


class Event(Schema):
    """One change: when it was true (``at``, or only since ``at_from``) and when the source recorded it."""

    field: str
    old: str | None
    new: str
    at: datetime
    at_from: datetime | None
    recorded_at: datetime
    by: str
    how: str


class Reason(Schema):
    text: str
    effect: float


class Chance(Schema):
    in_period: float
    ever: float
    expected_close_on: date | None
    reasons: list[Reason]


class Share(Schema):
    """A share of a deal in hundredths of a percent. Revenue shares are 10,000 together; overlay counts in no sum."""

    person: str
    person_id: str
    kind: str
    hundredths: int
    home_minor: int | None


class Division(Schema):
    """How a deal is divided; without shares it is undivided again. ``number`` counts the divisions said so far."""

    shares: list[Share]
    starts_on: date
    recorded_at: datetime
    by: str
    number: int


class Detail(Schema):
    deal: Deal
    history: list[Event]
    chance: Chance | None
    may_categorise: bool
    division: Division | None


class ShareGiven(Schema):
    person: str = Field(max_length=16, description="public_id of the person.")
    hundredths: int = Field(ge=1, le=shares.WHOLE, description="Hundredths of a percent of the amount.")
    kind: Literal["revenue", "overlay"] = "revenue"


class NewDivision(Schema):
    shares: list[ShareGiven] = Field(max_length=shares.MOST)
    """None of them ends the division: the deal is its owner's again."""
    starts_on: date | None = None
    seen: int | None = Field(
        None, ge=0, description="The number of the division this was made from; 0 for none."
    )


class OwnCategory(Schema):
    category: Literal["", "omitted", "pipeline", "best_case", "most_likely", "commit"]
    """An empty one clears the own choice: the stage decides again."""


class Left(Schema):
    reason: str
    says: str
    to_do: str
    who: str
    count: int
    more: bool


def _deal(line: queries.DealLine) -> Deal:
    return Deal(**{name: getattr(line, name) for name in Deal.model_fields})


@router.get("", response={200: Deals, **REFUSALS})
def list_deals(
    request: HttpRequest,
    search: str = Query("", max_length=100),
    owner: str = Query("", max_length=16),
    status: Literal["", "open", "won", "lost"] = "",
    stage: str = Query("", max_length=120),
    category: Literal["", "omitted", "pipeline", "best_case", "most_likely", "commit", "closed"] = "",
    close_from: date | None = None,
    close_to: date | None = None,
    order: Literal["close_on", "amount", "name", "changed"] = "close_on",
    after: str | None = Query(None, max_length=400),
    limit: int = Query(50, ge=1, le=500),
) -> Deals:
    """The deals the asker may see, a page at a time."""
    who = asker(request)
    filters = queries.DealFilter(
        search=search,
        owners=(owner,) if owner else (),
        status=status,
        stage=stage,
        category=category,
        close_from=close_from,
        close_to=close_to,
    )
    today = people.house().day(who.at)
    page = queries.list_deals(who.actor, filters=filters, order=order, after=after, limit=limit, on=today)
    return Deals(deals=[_deal(line) for line in page.rows], next=page.next)


@router.get("not-counted", response={200: list[Left], **REFUSALS})
def not_counted(request: HttpRequest) -> list[Left]:
    """What the sums leave out, within the asker's reach, with what to do about it."""
    who = asker(request)
    hints = queries.not_counted(who.actor, on=people.house().day(who.at), limit=1)
    return [Left(**{name: getattr(hint, name) for name in Left.model_fields}) for hint in hints]


@router.get("{public_id}", response={200: Detail, **REFUSALS})
def deal(request: HttpRequest, public_id: str) -> Detail:
    """One deal with its history in both clocks and, where an estimate is stored, its chance and reasons."""
    who = asker(request)
    found = queries.deal(who.actor, public_id, on=people.house().day(who.at))
    chance = calls.chance_of_deal(who.actor, public_id, who.at)
    return Detail(
        deal=_deal(found.line),
        history=[Event(**{n: getattr(event, n) for n in Event.model_fields}) for event in found.events],
        chance=None
        if chance is None
        else Chance(
            in_period=chance.chance_in_period,
            ever=chance.chance_ever,
            expected_close_on=chance.expected_close_on,
            reasons=[Reason(text=text, effect=effect) for text, effect in chance.reasons],
        ),
        may_categorise=found.may_categorise,
        division=_division(found.division),
    )


def _division(found: queries.DivisionSeen | None) -> Division | None:
    if found is None:
        return None
    return Division(
        shares=[Share(**{n: getattr(one, n) for n in Share.model_fields}) for one in found.shares],
        starts_on=found.starts_on,
        recorded_at=found.recorded_at,
        by=found.by,
        number=found.before + 1,
    )


@router.post("{public_id}/split", response={200: Division | None, **REFUSALS})
def divide(request: HttpRequest, public_id: str, body: NewDivision) -> Division | None:
    """Divide a deal among people from a day on; past weeks keep what was known then."""
    who = asker(request, "import")
    access.require(who.actor, "split.write")
    given = [shares.Given(people.find(one.person).pk, one.kind, one.hundredths) for one in body.shares]
    actions.divide(
        by=who.actor, at=who.at, deal=public_id, given=given, starts_on=body.starts_on, seen=body.seen
    )
    return _division(queries.deal(who.actor, public_id, on=people.house().day(who.at)).division)


@router.post("{public_id}/category", response={200: Deal, **REFUSALS})
def set_category(request: HttpRequest, public_id: str, body: OwnCategory) -> Deal:
    """The owner's own choice of category; it sticks until cleared."""
    who = asker(request, "call")
    actions.set_own_category(by=who.actor, at=who.at, deal=public_id, category=body.category)
    return _deal(queries.deal(who.actor, public_id, on=people.house().day(who.at)).line)

"""News of deals: told, corrected, withdrawn, thanked for, told upward; and what is untold."""

from __future__ import annotations

from datetime import date, datetime

from django.http import HttpRequest
from ninja import Router, Schema
from ninja.params.functions import Query

from fairlead.api.door import REFUSALS, asker
from fairlead.calls import queries as calls
from fairlead.news import actions, queries
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.models import Person

router = Router(tags=["news"])
Whose = Query(
    "", alias="for", max_length=16, description="public_id of the person one stands in for; empty: own."
)


class News(Schema):
    """A news item. ``amount`` is minor units with the sign of good or bad; ``reporter`` only near the deal."""

    public_id: str
    deal_id: str
    deal: str
    reporter: str
    at: datetime
    kind: str
    what: str
    known_on: date
    amount: int | None
    moves_to: str
    days_left: int
    version: int
    thanked_at: datetime | None
    told_at: datetime | None
    withdrawn_at: datetime | None


class NewsIn(Schema):
    """``amount_minor`` has no sign: ``kind`` (good or bad) says the direction."""

    kind: str
    what: str
    known_on: date
    amount_minor: int | None = None
    moves_to: str = ""


class ReportIn(NewsIn):
    deal: str


class WhyWithdrawn(Schema):
    reason: str


class Words(Schema):
    words: str = ""


class Line(Schema):
    deal_id: str
    deal: str
    what: str
    amount: int | None
    known_at: datetime
    late: bool


class Untold(Schema):
    lines: list[Line]
    moving: int
    oldest: datetime | None
    limit: int


class Told(Schema):
    public_id: str
    leader: str
    period: str
    at: datetime
    words: str
    lines: list[Line]
    moving: int


class Counted(Schema):
    counted: bool


def _news(one: queries.News) -> News:
    said = one.said
    return News(
        public_id=one.public_id,
        deal_id=one.deal_id,
        deal=one.deal,
        reporter=one.reporter,
        at=one.at,
        kind=said.kind,
        what=said.what,
        known_on=said.known_on,
        amount=one.signed,
        moves_to=said.moves_to,
        days_left=said.days_left,
        version=said.number,
        thanked_at=one.thanked_at,
        told_at=one.told_at,
        withdrawn_at=one.withdrawn_at,
    )


def _lines(lines: tuple[queries.UntoldLine, ...]) -> list[Line]:
    return [Line(**{name: getattr(line, name) for name in Line.model_fields}) for line in lines]


@router.get("", response={200: list[News], **REFUSALS})
def listing(request: HttpRequest, untold: bool = False) -> list[News]:
    """News the asker may read, newest first; at most 100."""
    who = asker(request)
    return [_news(one) for one in queries.listing(who.actor, who.at, only_untold=untold)]


@router.post("", response={200: News, **REFUSALS})
def report(request: HttpRequest, body: ReportIn) -> News:
    """Tell news of a deal: its manager hears it at once."""
    who = asker(request, "call")
    row = actions.report(by=who.actor, at=who.at, **body.dict())
    return _news(queries.one(who.actor, row.public_id, who.at))


@router.get("untold", response={200: Untold, **REFUSALS})
def untold(request: HttpRequest, whose: str = Whose) -> Untold:
    """What the superior does not know yet; for the leader alone."""
    who = asker(request)
    access.require(who.actor, "news.lead")
    person = people.find(whose).pk if whose else who.actor.id
    found = queries.untold_of(who.actor, person, calls.period_at(who.at), who.at)
    return Untold(lines=_lines(found.lines), moving=found.moving, oldest=found.oldest, limit=found.limit)


@router.post("tell", response={200: Told, **REFUSALS})
def tell(request: HttpRequest, body: Words, whose: str = Whose) -> Told:
    """Tell the superior everything untold, in one act."""
    who = asker(request, "call")
    access.require(who.actor, "news.lead")
    person = people.find(whose) if whose else Person.objects.get(pk=who.actor.id)
    period = calls.period_at(who.at)
    row = actions.tell_upward(by=who.actor, at=who.at, person=person, period=period, words=body.words)
    return _told(queries.told(who.actor, row.public_id))


@router.get("told/{public_id}", response={200: Told, **REFUSALS})
def told(request: HttpRequest, public_id: str) -> Told:
    """One notice upward, as the asker may read it."""
    return _told(queries.told(asker(request).actor, public_id))


def _told(page: queries.ToldPage) -> Told:
    return Told(
        public_id=page.public_id,
        leader=page.person.name,
        period=page.period,
        at=page.at,
        words=page.words,
        lines=_lines(page.lines),
        moving=page.moving,
    )


@router.put("{public_id}", response={200: News, **REFUSALS})
def correct(request: HttpRequest, public_id: str, body: NewsIn) -> News:
    """Correct one's own news by a new version."""
    who = asker(request, "call")
    access.require(who.actor, "news.report")
    actions.correct(by=who.actor, at=who.at, item=public_id, **body.dict())
    return _news(queries.one(who.actor, public_id, who.at))


@router.post("{public_id}/withdraw", response={200: News, **REFUSALS})
def withdraw(request: HttpRequest, public_id: str, body: WhyWithdrawn) -> News:
    """Withdraw one's own news with a reason."""
    who = asker(request, "call")
    access.require(who.actor, "news.report")
    actions.withdraw(by=who.actor, at=who.at, item=public_id, reason=body.reason)
    return _news(queries.one(who.actor, public_id, who.at))


@router.post("{public_id}/thank", response={200: News, **REFUSALS})
def thank(request: HttpRequest, public_id: str) -> News:
    """Thank for news of the own team."""
    who = asker(request, "call")
    actions.thank(by=who.actor, at=who.at, item=public_id)
    return _news(queries.one(who.actor, public_id, who.at))


@router.post("{public_id}/surprise", response={200: Counted, **REFUSALS})
def surprise(request: HttpRequest, public_id: str) -> Counted:
    """Count that the manager heard it first from above; for the team, never on a person."""
    who = asker(request, "call")
    return Counted(counted=actions.count_surprise(by=who.actor, at=who.at, item=public_id))

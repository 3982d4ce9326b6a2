"""Executive asks: written, approved, answered, debriefed; what they came to; the sponsor of a deal."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from fairlead.api.door import REFUSALS, asker
from fairlead.asks import actions, queries, rules
from fairlead.people import access
from fairlead.people import queries as people

router = Router(tags=["asks"])


class AskIn(Schema):
    """What an ask says. ``whose``, ``helps`` and ``background`` are the three lines of the brief."""

    kind: str = Field(max_length=10)
    buyer: str = ""
    buyer_role: str = ""
    purpose: str
    outcome: str
    deadline: date
    whose: str
    helps: str
    background: str
    do_not_offer: list[str] = []


class NewAsk(AskIn):
    """An ask for a deal of the asker. ``key`` makes sending it twice harmless."""

    deal: str = Field(max_length=16)
    addressee: str = Field(max_length=16)
    key: str = Field(max_length=64)


class AskAgain(AskIn):
    """The version after ``after_version``; 409 when another came between."""

    after_version: int = Field(ge=0, le=100_000)
    key: str = Field(max_length=64)


class AskStepIn(Schema):
    """``on`` is for accepted and proposed; ``reason`` for sent_back, turned_down, declined and withdrawn."""

    act: Literal[
        "sent_back",
        "turned_down",
        "approved",
        "accepted",
        "declined",
        "proposed",
        "agreed",
        "withdrawn",
        "undone",
    ]
    on: date | None = None
    reason: str = ""
    key: str = Field(max_length=64)


class WordIn(Schema):
    """Promised or conceded to the buyer; ``whose`` part it is to keep it."""

    text: str
    whose: Literal["owner", "manager", "executive"]
    due_on: date


class DebriefIn(Schema):
    said: str
    reached: Literal["yes", "partly", "no"]
    happened_on: date
    blocks: str = ""
    provides: str = ""
    provides_by: date | None = None
    words: list[WordIn] = []
    key: str = Field(max_length=64)


class SponsorIn(Schema):
    """The person (public id), or '' for nobody."""

    person: str = Field(max_length=16)


class AskOut(Schema):
    """An ask as the asker sees it. ``deal`` is '' where the asker may not read the deal; ``may`` are the steps left."""

    public_id: str
    deal: str
    deal_name: str
    owner: str
    manager: str
    addressee: str
    addressee_name: str
    sponsored: bool
    version: int
    state: str
    on: date | None
    until: date
    reason: str
    debrief_due: datetime | None
    debrief_late: bool
    content: AskIn
    may: list[str]


class AskStep(Schema):
    number: int
    act: str
    by: str
    at: datetime
    on: date | None
    reason: str


class Promised(Schema):
    text: str
    who: str
    due_on: date


class DebriefOut(Schema):
    said: str
    reached: str
    happened_on: date
    blocks: str
    provides: str
    provides_by: date | None
    words: list[Promised]
    by: str
    at: datetime
    late: bool


class AskWhole(AskOut):
    """One ask with its steps and debriefs."""

    plan_version: int
    steps: list[AskStep]
    debriefs: list[DebriefOut]


class AskBook(Schema):
    waiting: list[AskOut]
    of_me: list[AskOut]
    running: list[AskOut]
    closed: list[AskOut]


class AskLoad(Schema):
    """Counts of a year; ``middle_hours`` is null under three answers."""

    name: str
    asked: int
    waiting: int
    accepted: int
    declined: int
    expired: int
    answered: int
    middle_hours: float | None


class AskEffect(Schema):
    """Shares are null where either side has too few deals."""

    deals: int
    others: int
    unmatched: int
    running: int
    too_few: bool
    won: float | None
    others_won: float | None


def _values(line: queries.Line) -> dict[str, object]:
    c, now = line.content, line.standing
    return {
        "public_id": line.public_id,
        "deal": line.deal_id,
        "deal_name": line.deal,
        "owner": line.owner,
        "manager": line.manager,
        "addressee": line.addressee.public_id,
        "addressee_name": line.addressee.name,
        "sponsored": line.sponsored,
        "version": line.version,
        "state": now.state,
        "on": now.on,
        "until": now.until,
        "reason": now.reason,
        "debrief_due": line.debrief_due,
        "debrief_late": line.debrief_late,
        "content": AskIn(
            kind=c.kind,
            buyer=c.buyer,
            buyer_role=c.buyer_role,
            purpose=c.purpose,
            outcome=c.outcome,
            deadline=c.deadline,
            whose=c.whose,
            helps=c.helps,
            background=c.background,
            do_not_offer=list(c.do_not_offer),
        ),
        "may": list(line.may),
    }


def _ask(line: queries.Line) -> AskOut:
    return AskOut.model_validate(_values(line))


def _whole(page: queries.AskPage) -> AskWhole:
    return AskWhole.model_validate(
        _values(page.line)
        | {
            "plan_version": page.plan_version,
            "steps": [
                AskStep(number=s.number, act=s.kind, by=who, at=s.at, on=s.on, reason=s.reason)
                for s, who in page.steps
            ],
            "debriefs": [
                DebriefOut(
                    said=d.said,
                    reached=d.reached,
                    happened_on=d.happened_on,
                    blocks=d.blocks,
                    provides=d.provides,
                    provides_by=d.provides_by,
                    words=[Promised(text=text, who=who, due_on=due) for text, who, due in d.words],
                    by=d.by,
                    at=d.at,
                    late=d.late_by is not None,
                )
                for d in page.debriefs
            ],
        }
    )


def _content(body: AskIn) -> rules.Content:
    return rules.Content(
        kind=body.kind, buyer=body.buyer, buyer_role=body.buyer_role, purpose=body.purpose, outcome=body.outcome,
        deadline=body.deadline, whose=body.whose, helps=body.helps, background=body.background,
        do_not_offer=tuple(body.do_not_offer),
    )  # fmt: skip


@router.get("asks", response={200: AskBook, **REFUSALS})
def asks(request: HttpRequest) -> AskBook:
    """The asks the asker may read."""
    who = asker(request)
    book = queries.book(who.actor, who.at)
    return AskBook(
        waiting=[_ask(line) for line in book.waiting],
        of_me=[_ask(line) for line in book.of_me],
        running=[_ask(line) for line in book.running],
        closed=[_ask(line) for line in book.closed],
    )


@router.post("asks", response={200: AskWhole, **REFUSALS})
def write(request: HttpRequest, body: NewAsk) -> AskWhole:
    """Write an ask for an own deal and send it to the manager, or to the deal's sponsor; or, as the manager, for a
    report's deal, which approves it."""
    who = asker(request, "ask")
    access.require(who.actor, "ask.write")
    row = actions.write(
        by=who.actor, at=who.at, deal=body.deal, addressee=people.find(body.addressee), content=_content(body),
        key=body.key,
    )  # fmt: skip
    return _whole(queries.one(who.actor, row.public_id, who.at))


@router.get("asks/loads", response={200: list[AskLoad], **REFUSALS})
def loads(request: HttpRequest) -> list[AskLoad]:
    """How much is asked of the asker, and of those above whom the asker may ask."""
    who = asker(request)
    return [
        AskLoad(
            name=name,
            asked=load.asked,
            waiting=load.waiting,
            accepted=load.accepted,
            declined=load.declined,
            expired=load.expired,
            answered=load.answered,
            middle_hours=load.middle.total_seconds() / 3600 if load.middle is not None else None,
        )
        for name, load in queries.loads(who.actor, who.at)
    ]


@router.get("asks/effect", response={200: AskEffect, **REFUSALS})
def effect(request: HttpRequest) -> AskEffect:
    """Deals with asks beside matched deals without, as counts of the whole organisation."""
    who = asker(request)
    found = queries.effect(who.actor, who.at)
    return AskEffect(
        deals=found.deals,
        others=found.others,
        unmatched=found.unmatched,
        running=found.running,
        too_few=found.too_few,
        won=None if found.too_few else found.won,
        others_won=None if found.too_few else found.others_won,
    )


@router.get("asks/{public_id}", response={200: AskWhole, **REFUSALS})
def one(request: HttpRequest, public_id: str) -> AskWhole:
    """One ask."""
    who = asker(request)
    return _whole(queries.one(who.actor, public_id, who.at))


@router.put("asks/{public_id}", response={200: AskWhole, **REFUSALS})
def revise(request: HttpRequest, public_id: str, body: AskAgain) -> AskWhole:
    """Write it again as the deal's owner, which sends it; or approve it with edits as the manager."""
    who = asker(request, "ask")
    line = queries.one(who.actor, public_id, who.at).line
    if not line.parts & {"owner", "manager"}:
        raise access.NotFound("ask")
    actions.revise(
        by=who.actor,
        at=who.at,
        ask=public_id,
        content=_content(body),
        after_version=body.after_version,
        key=body.key,
    )
    return _whole(queries.one(who.actor, public_id, who.at))


@router.post("asks/{public_id}/act", response={200: AskWhole, **REFUSALS})
def act(request: HttpRequest, public_id: str, body: AskStepIn) -> AskWhole:
    """Take a step with an ask."""
    who = asker(request, "ask")
    queries.one(who.actor, public_id, who.at)
    actions.act(
        by=who.actor, at=who.at, ask=public_id, kind=body.act, on=body.on, reason=body.reason, key=body.key
    )
    return _whole(queries.one(who.actor, public_id, who.at))


@router.post("asks/{public_id}/debrief", response={200: AskWhole, **REFUSALS})
def debrief(request: HttpRequest, public_id: str, body: DebriefIn) -> AskWhole:
    """Write what came of it: what was promised becomes promises, what is provided a company debt."""
    who = asker(request, "ask")
    given = rules.Debrief(
        body.said, body.reached, body.happened_on, body.blocks, body.provides, body.provides_by,
        tuple(rules.Word(one.text, one.whose, one.due_on) for one in body.words),
    )  # fmt: skip
    actions.debrief(by=who.actor, at=who.at, ask=public_id, given=given, key=body.key)
    return _whole(queries.one(who.actor, public_id, who.at))


@router.put("deals/{public_id}/sponsor", response={200: SponsorIn, **REFUSALS})
def sponsor(request: HttpRequest, public_id: str, body: SponsorIn) -> SponsorIn:
    """Name the sponsor of a direct report's deal, or nobody."""
    who = asker(request, "ask")
    access.require(who.actor, "ask.decide")
    person = people.find(body.person) if body.person else None
    actions.name_sponsor(by=who.actor, at=who.at, deal=public_id, person=person)
    return body

"""What to expect of a period: reading, writing, signing, not agreeing."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from ninja.params.functions import Query

from fairlead.api.door import REFUSALS, asker
from fairlead.calls import queries as calls
from fairlead.expectations import actions, queries
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.models import Person

router = Router(tags=["expectations"])
PeriodName = Query("", max_length=20, description="Such as 2026Q4; empty for the current one.")
Whose = Query(
    "", alias="for", max_length=16, description="public_id of the person one stands in for; empty: own."
)


class Signature(Schema):
    side: str
    name: str
    by: str
    at: datetime


class Statement(Schema):
    """One version. Money in minor units of ``currency``; ``theirs`` is what the superior said instead."""

    public_id: str
    leader: str
    team: str
    superior: str
    period: str
    version: int
    at: datetime
    currency: str
    expected: int
    target: int | None
    low: int | None
    middle: int | None
    high: int | None
    assumptions: str
    risks: str
    reason: str
    state: str
    agreed_at: datetime | None
    theirs: int | None
    their_name: str
    their_reason: str
    digest: str
    newest: bool
    signatures: list[Signature]


class StatementIn(Schema):
    expected_minor: int
    assumptions: str
    risks: str = ""
    reason: str = ""
    after_version: int = 0


class SignIn(Schema):
    """``digest`` is of the version that was read; a signature binds to it."""

    digest: str


class OtherNumberIn(SignIn):
    number_minor: int
    reason: str


def _statement(one: queries.Version) -> Statement:
    named: dict[str, Any] = {"leader": one.person.name, "team": one.person.team}
    named |= {"signatures": [Signature(**asdict(s)) for s in one.signatures]}
    kept = {n: getattr(one, n) for n in Statement.model_fields if n not in named}
    return Statement(**kept, **named)


@router.get("", response={200: list[Statement], **REFUSALS})
def listing(request: HttpRequest, period: str = PeriodName) -> list[Statement]:
    """The newest version of everybody the asker may read, for a period."""
    who = asker(request)
    when = calls.period_named(period) if period else calls.period_at(who.at)
    rows = queries.listing(who.actor, when, who.at)
    return [_statement(row.version) for row in rows if row.version is not None]


@router.post("", response={200: Statement, **REFUSALS})
def write(request: HttpRequest, body: StatementIn, period: str = PeriodName, whose: str = Whose) -> Statement:
    """Write a version; nobody else sees it before it is signed."""
    who = asker(request, "call")
    access.require(who.actor, "expectation.write")
    person = people.find(whose) if whose else Person.objects.get(pk=who.actor.id)
    row = actions.write(
        by=who.actor,
        at=who.at,
        person=person,
        period=calls.period_named(period) if period else calls.period_at(who.at),
        **body.dict(),
    )
    return _statement(queries.page(who.actor, row.public_id, who.at).version)


@router.get("{public_id}", response={200: list[Statement], **REFUSALS})
def versions(request: HttpRequest, public_id: str) -> list[Statement]:
    """A version and all others of its leader and period, newest first."""
    who = asker(request)
    return [_statement(one) for one in queries.page(who.actor, public_id, who.at).versions]


@router.post("{public_id}/sign", response={200: Statement, **REFUSALS})
def sign(request: HttpRequest, public_id: str, body: SignIn) -> Statement:
    """Sign as the leader who wrote it."""
    who = asker(request, "call")
    access.require(who.actor, "expectation.write")
    actions.sign(by=who.actor, at=who.at, statement=public_id, digest=body.digest)
    return _statement(queries.page(who.actor, public_id, who.at).version)


@router.post("{public_id}/agree", response={200: Statement, **REFUSALS})
def agree(request: HttpRequest, public_id: str, body: SignIn) -> Statement:
    """Sign as the superior: it is agreed."""
    who = asker(request, "call")
    access.require(who.actor, "expectation.answer")
    actions.agree(by=who.actor, at=who.at, statement=public_id, digest=body.digest)
    return _statement(queries.page(who.actor, public_id, who.at).version)


@router.post("{public_id}/disagree", response={200: Statement, **REFUSALS})
def disagree(request: HttpRequest, public_id: str, body: OtherNumberIn) -> Statement:
    """Say as the superior what one expects instead, and why."""
    who = asker(request, "call")
    access.require(who.actor, "expectation.answer")
    actions.disagree(by=who.actor, at=who.at, statement=public_id, **body.dict())
    return _statement(queries.page(who.actor, public_id, who.at).version)

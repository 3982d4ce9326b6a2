"""Working agreements between the asker and the manager, and the asker and direct reports."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from fairlead.agreements import actions, queries, rules
from fairlead.api.door import REFUSALS, asker
from fairlead.people import access

router = Router(tags=["agreements"])


class AgreementContent(Schema):
    """What is signed. The first four are the rep's own words; ``plans_weekday``: 0 is Monday."""

    affects: str = Field("", max_length=2000)
    shielded: list[str] = Field([], max_length=8)
    hours: str = Field("", max_length=250)
    channels: str = Field("", max_length=250)
    news_hours: int | None = Field(None, ge=1, le=240)
    plans_weekday: int | None = Field(None, ge=0, le=6)
    rep_owes: list[str] = Field([], max_length=8)
    needs: list[str] = Field([], max_length=8)
    manager_owes: list[str] = Field([], max_length=8)


class AgreementIn(AgreementContent):
    """The first version, with a person (public id) of a direct line."""

    other: str = Field(max_length=16)
    review_on: date
    key: str = Field(max_length=64)


class AgreementChangeIn(AgreementContent):
    """A new version with its reason. ``after`` is the newest version's number."""

    review_on: date
    reason: str = Field(max_length=300)
    after: int = Field(ge=1, le=100_000)
    key: str = Field(max_length=64)


class AgreementActIn(Schema):
    """``digest`` is of the version that was read; ``on`` is the last day where it is ended."""

    act: Literal["signed", "asked_back", "withdrawn", "ended"]
    digest: str = Field(max_length=64)
    text: str = Field("", max_length=2000)
    on: date | None = None


class AgreementCarryIn(Schema):
    review_on: date
    key: str = Field(max_length=64)


class AgreementActOut(Schema):
    by: str
    what: str
    text: str
    on: date | None
    at: datetime


class AgreementVersionOut(AgreementContent):
    number: int
    by: str
    state: str
    review_on: date
    reason: str
    digest: str
    at: datetime
    acts: list[AgreementActOut]


class AgreementOut(Schema):
    """``in_force`` and ``waits`` are numbers of versions; ``mine``: the asker is the rep."""

    public_id: str
    rep: str
    manager: str
    mine: bool
    in_force: int | None
    waits: int | None
    last_day: date | None
    over: bool
    review_due: bool
    may: list[str]
    versions: list[AgreementVersionOut]


class AgreementPair(Schema):
    """Somebody the asker could agree with, and the agreement there is."""

    public_id: str
    name: str
    side: str
    agreement: str | None


class AgreementBook(Schema):
    beside: list[AgreementPair]
    agreements: list[AgreementOut]


class AgreementPage(AgreementOut):
    """With how both keep what they promised in it; under five ``of`` that says too little."""

    mine_kept_in_time: int
    mine_of: int
    theirs_kept_in_time: int
    theirs_of: int
    carry_to: str


def _version(one: queries.VersionLine) -> AgreementVersionOut:
    acts = [AgreementActOut(by=a.who, what=a.words, text=a.text, on=a.on, at=a.at) for a in one.acts]
    return AgreementVersionOut(
        **rules.stored(one.content), number=one.number, by=one.by, state=one.state, review_on=one.review_on,
        reason=one.reason, digest=one.digest, at=one.at, acts=acts,
    )  # fmt: skip


def _fields(line: queries.Line) -> dict[str, Any]:
    now = line.standing
    return {
        "public_id": line.public_id, "rep": line.rep, "manager": line.manager, "mine": line.mine,
        "in_force": None if now.over else now.held, "waits": now.pending, "last_day": now.last_day, "over": now.over,
        "review_due": now.review_due, "may": list(line.may), "versions": [_version(one) for one in line.versions],
    }  # fmt: skip


def _page(actor: access.Actor, public_id: str, at: datetime) -> AgreementPage:
    page = queries.one(actor, public_id, at)
    return AgreementPage(
        **_fields(page.line), mine_kept_in_time=page.mine.kept, mine_of=page.mine.of,
        theirs_kept_in_time=page.theirs.kept, theirs_of=page.theirs.of, carry_to=page.carry_to,
    )  # fmt: skip


def _content(body: AgreementContent) -> rules.Content:
    return rules.Content(
        body.affects, tuple(body.shielded), body.hours, body.channels, body.news_hours, body.plans_weekday,
        tuple(body.rep_owes), tuple(body.needs), tuple(body.manager_owes),
    )  # fmt: skip


def _day(on: date) -> date:
    if not 2000 < on.year < 2200:
        raise access.Refused("bad_day", "Choose a day of this century.")
    return on


@router.get("agreements", response={200: AgreementBook, **REFUSALS})
def agreements(request: HttpRequest) -> AgreementBook:
    """With whom the asker could agree, and the asker's agreements."""
    who = asker(request)
    book = queries.book(who.actor, who.at)
    every = [*(one.line for one in book.beside if one.line), *book.over]
    return AgreementBook(
        beside=[
            AgreementPair(
                public_id=one.pair.other_id, name=one.pair.other, side=one.pair.side,
                agreement=one.line.public_id if one.line else None,
            )
            for one in book.beside
        ],
        agreements=[AgreementOut(**_fields(line)) for line in every],
    )  # fmt: skip


@router.post("agreements", response={200: AgreementPage, **REFUSALS})
def begin(request: HttpRequest, body: AgreementIn) -> AgreementPage:
    """Write the first version with somebody of a direct line; it carries the asker's signature."""
    who = asker(request, "together")
    queries.pair_with(who.actor, body.other.replace("\x00", ""))
    version = actions.begin(
        by=who.actor, at=who.at, other=body.other, content=_content(body), review_on=_day(body.review_on), key=body.key
    )  # fmt: skip
    return _page(who.actor, version.agreement.public_id, who.at)


@router.get("agreements/{public_id}", response={200: AgreementPage, **REFUSALS})
def one(request: HttpRequest, public_id: str) -> AgreementPage:
    """One agreement, for its two people while the line holds, and then for the rep."""
    who = asker(request)
    return _page(who.actor, public_id, who.at)


@router.post("agreements/{public_id}/versions", response={200: AgreementPage, **REFUSALS})
def propose(request: HttpRequest, public_id: str, body: AgreementChangeIn) -> AgreementPage:
    """Propose a change; what is in force stays so until the other has signed."""
    who = asker(request, "together")
    queries.found(who.actor, public_id)
    actions.propose(
        by=who.actor, at=who.at, agreement=public_id, content=_content(body), review_on=_day(body.review_on),
        reason=body.reason, after=body.after, key=body.key,
    )  # fmt: skip
    return _page(who.actor, public_id, who.at)


@router.post("agreements/{public_id}/act", response={200: AgreementPage, **REFUSALS})
def act(request: HttpRequest, public_id: str, body: AgreementActIn) -> AgreementPage:
    """Sign, ask back about or take back the version that waits, or end the agreement."""
    who = asker(request, "together")
    queries.found(who.actor, public_id)
    actions.act(
        by=who.actor, at=who.at, agreement=public_id, kind=body.act, digest=body.digest, text=body.text,
        on=_day(body.on) if body.on else None,
    )  # fmt: skip
    return _page(who.actor, public_id, who.at)


@router.post("agreements/{public_id}/carry", response={200: AgreementPage, **REFUSALS})
def carry(request: HttpRequest, public_id: str, body: AgreementCarryIn) -> AgreementPage:
    """Carry the own part of an agreement that is over to today's manager."""
    who = asker(request, "together")
    row = queries.found(who.actor, public_id)
    if row.rep_id != who.actor.id:
        raise access.NotFound("agreement")
    version = actions.carry_over(
        by=who.actor, at=who.at, agreement=public_id, review_on=_day(body.review_on), key=body.key
    )
    return _page(who.actor, version.agreement.public_id, who.at)

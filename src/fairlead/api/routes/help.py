"""Help: asking, answering, the second door, shields, counts, the setting."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from fairlead.api.door import REFUSALS, asker
from fairlead.help import actions, queries
from fairlead.people import access

router = Router(tags=["help"])


class HelpIn(Schema):
    """What is asked. ``deal`` is an own deal (public id) or empty."""

    subject: str = Field(max_length=160)
    need: str = Field(max_length=4000)
    tried: str = Field("", max_length=4000)
    deal: str = Field("", max_length=16)
    needed_by: date | None = None
    key: str = Field(max_length=64)


class FurtherIn(HelpIn):
    """Through the second door, to somebody of those offered (public id)."""

    to: str = Field(max_length=16)
    tell_manager: bool = False


class ComplaintIn(HelpIn):
    """A complaint about the manager, to somebody of those offered (public id)."""

    to: str = Field(max_length=16)


class HelpStepIn(Schema):
    """A step. ``promise`` with ``due_on`` goes with an answer and stands in the promise ledger."""

    act: Literal["answered", "declined", "asked_back", "replied", "helped", "not_helped", "withdrawn"]
    text: str = Field("", max_length=4000)
    promise: str = Field("", max_length=300)
    due_on: date | None = None
    key: str = Field("", max_length=40)


class HelpStepOut(Schema):
    number: int
    act: str
    text: str
    promise: str
    by: str
    at: datetime


class HelpLine(Schema):
    """A request as one of its two people reads it. ``door``: first, above or hr; ``manager`` is whom it goes past."""

    public_id: str
    mine: bool
    by: str
    to: str
    door: str
    complaint: bool
    manager: str
    subject: str
    need: str
    tried: str
    deal: str
    deal_name: str
    needed_by: date | None
    at: datetime
    state: str
    due: datetime | None
    late: bool
    steps: list[HelpStepOut]
    may: list[str]


class FurtherOut(Schema):
    """What the manager knows of a second door where who asked agreed."""

    to: str
    door: str
    at: datetime


class HelpOut(HelpLine):
    """One request. ``second`` is filled for who asked alone."""

    second: list[HelpLine]
    further: list[FurtherOut]
    opens: bool


class DoorOut(Schema):
    public_id: str
    name: str
    door: str


class DoorsOut(Schema):
    """Who is offered behind the second door, and what exists outside."""

    offered: list[DoorOut]
    outside: str


class HelpCountsOut(Schema):
    period: str
    came: int
    in_time: int
    late: int
    unanswered: int


class HelpTotalOut(Schema):
    """``not_in_time`` is null where fewer than three people asked."""

    manager: str
    period: str
    not_in_time: int | None


class HelpCountsPage(Schema):
    own: list[HelpCountsOut]
    totals: list[HelpTotalOut]


class ShieldIn(Schema):
    """What a rep wants; ``shielded`` is one line each."""

    affects: str = Field(max_length=4000)
    shielded: list[str] = Field(max_length=20)
    hours: str = Field("", max_length=300)
    channels: str = Field("", max_length=300)
    review_on: date
    after_version: int = Field(0, ge=0, le=100_000)
    key: str = Field(max_length=64)


class ShieldAnswerIn(Schema):
    promised: list[str] = Field(max_length=20)
    needed: list[str] = Field([], max_length=20)
    review_on: date
    key: str = Field(max_length=64)


class ShieldActIn(Schema):
    """``digest`` is of what was read; ``on`` the last day where it is ended."""

    act: Literal["signed", "asked_back", "ended"]
    digest: str = Field(max_length=64)
    text: str = Field("", max_length=4000)
    on: date | None = None


class ShieldOut(Schema):
    public_id: str
    rep: str
    manager: str
    version: int
    by: str
    affects: str
    shielded: list[str]
    hours: str
    channels: str
    promised: list[str]
    needed: list[str]
    review_on: date
    ends_on: date | None
    digest: str
    state: str
    in_force: bool
    may: list[str]


class HelpSettingIn(Schema):
    days: int = Field(ge=-1000, le=1000)
    outside: str = Field("", max_length=600)
    after_version: int | None = Field(None, ge=0, le=100_000)


class HelpSettingOut(Schema):
    version: int
    days: int
    outside: str


def _line(one: queries.Line) -> dict[str, Any]:
    return {
        "public_id": one.public_id, "mine": one.mine, "by": one.by, "to": one.to, "door": one.door,
        "complaint": one.complaint, "manager": one.manager, "subject": one.subject, "need": one.need,
        "tried": one.tried, "deal": one.deal_id, "deal_name": one.deal, "needed_by": one.needed_by, "at": one.at,
        "state": one.standing.state, "due": one.standing.due, "late": one.standing.late, "may": list(one.may),
        "steps": [
            HelpStepOut(number=s.number, act=s.kind, text=s.text, promise=s.promise, by=s.who, at=s.at)
            for s in one.steps
        ],
    }  # fmt: skip


def _whole(actor: access.Actor, public_id: str, at: datetime) -> HelpOut:
    page = queries.one(actor, public_id, at)
    return HelpOut(
        **_line(page.line), second=[HelpLine(**_line(one)) for one in page.second], opens=page.opens,
        further=[FurtherOut(to=one.to, door=one.door, at=one.at) for one in page.further],
    )  # fmt: skip


def _given(body: HelpIn) -> actions.Asked:
    if body.needed_by is not None and not 2000 < body.needed_by.year < 2200:
        raise access.Refused("bad_day", "Choose a day of this century.")
    return actions.Asked(body.subject, body.need, body.tried, body.deal, body.needed_by)


@router.get("help", response={200: list[HelpLine], **REFUSALS})
def listing(request: HttpRequest) -> list[HelpLine]:
    """The asker's own requests, and those asked of the asker at either door."""
    who = asker(request)
    access.require(who.actor, "help.read")
    book = queries.book(who.actor, who.at)
    every = (*book.mine, *book.asked, *book.asked_done, *book.second, *book.second_done)
    return [HelpLine(**_line(one)) for one in every]


@router.post("help", response={200: HelpOut, **REFUSALS})
def ask(request: HttpRequest, body: HelpIn) -> HelpOut:
    """Ask the manager of today; the same key asks once."""
    who = asker(request, "help")
    row = actions.ask(by=who.actor, at=who.at, given=_given(body), key=body.key)
    return _whole(who.actor, row.public_id, who.at)


@router.get("help/doors", response={200: DoorsOut, **REFUSALS})
def offered(request: HttpRequest, request_id: str = "") -> DoorsOut:
    """Whom the asker could send an own request to (``request_id``), or a complaint about the manager."""
    who = asker(request)
    access.require(who.actor, "help.ask")
    first = queries.own(who.actor, request_id.replace("\x00", "")) if request_id else None
    found = queries.second_doors(who.actor, first, who.at)
    return DoorsOut(
        offered=[DoorOut(public_id=one.public_id, name=one.name, door=one.kind) for one in found],
        outside=queries.setting(who.at).outside,
    )  # fmt: skip


@router.get("help/counts", response={200: HelpCountsPage, **REFUSALS})
def counts(request: HttpRequest) -> HelpCountsPage:
    """Own counts at the first door, and one figure of each manager below, of the quarter that ended."""
    who = asker(request)
    access.require(who.actor, "help.counts")
    page = queries.counts_page(who.actor, who.at)
    if page is None:
        return HelpCountsPage(own=[], totals=[])
    own = [
        HelpCountsOut(
            period=name, came=c.came, in_time=c.in_time, late=c.late, unanswered=c.unanswered
        )
        for name, c in ((page.period, page.own), (page.before_name, page.before))
    ]  # fmt: skip
    totals = [HelpTotalOut(manager=t.name, period=t.period, not_in_time=t.not_in_time) for t in page.totals]
    return HelpCountsPage(own=own, totals=totals)


@router.post("help/complaint", response={200: HelpOut, **REFUSALS})
def complain(request: HttpRequest, body: ComplaintIn) -> HelpOut:
    """A complaint about the manager: it never goes to the manager."""
    who = asker(request, "help")
    row = actions.complain(by=who.actor, at=who.at, to=body.to, given=_given(body), key=body.key)
    return _whole(who.actor, row.public_id, who.at)


@router.get("help/{public_id}", response={200: HelpOut, **REFUSALS})
def one(request: HttpRequest, public_id: str) -> HelpOut:
    """One request of the asker’s, or asked of them."""
    who = asker(request)
    return _whole(who.actor, public_id, who.at)


@router.post("help/{public_id}/act", response={200: HelpOut, **REFUSALS})
def act(request: HttpRequest, public_id: str, body: HelpStepIn) -> HelpOut:
    """A step with a request, of who asked or of who was asked."""
    who = asker(request, "help")
    queries.one(who.actor, public_id, who.at)
    actions.step(
        by=who.actor, at=who.at, request=public_id, kind=body.act, text=body.text, promise=body.promise,
        due_on=body.due_on, key=body.key,
    )  # fmt: skip
    return _whole(who.actor, public_id, who.at)


@router.post("help/{public_id}/further", response={200: HelpOut, **REFUSALS})
def further(request: HttpRequest, public_id: str, body: FurtherIn) -> HelpOut:
    """Open the second door of an own request."""
    who = asker(request, "help")
    queries.own(who.actor, public_id)
    row = actions.send_further(
        by=who.actor, at=who.at, request=public_id, to=body.to, given=_given(body), key=body.key,
        tell_manager=body.tell_manager,
    )  # fmt: skip
    return _whole(who.actor, row.public_id, who.at)


@router.post("help/{public_id}/follow", response={200: HelpOut, **REFUSALS})
def follow(request: HttpRequest, public_id: str) -> HelpOut:
    """Let an open own request go on to the manager of today."""
    who = asker(request, "help")
    row = actions.let_follow(by=who.actor, at=who.at, request=public_id)
    return _whole(who.actor, row.public_id, who.at)


@router.post("help/{public_id}/tell", response={200: HelpOut, **REFUSALS})
def tell(request: HttpRequest, public_id: str) -> HelpOut:
    """Agree that the manager knows of an own second door; it cannot be taken back."""
    who = asker(request, "help")
    actions.tell_manager(by=who.actor, at=who.at, request=public_id)
    return _whole(who.actor, public_id, who.at)


def _shield(one: queries.ShieldLine) -> ShieldOut:
    return ShieldOut(
        public_id=one.public_id, rep=one.rep, manager=one.manager, version=one.version, by=one.by, affects=one.affects,
        shielded=list(one.shielded), hours=one.hours, channels=one.channels, promised=list(one.promised),
        needed=list(one.needed), review_on=one.review_on, ends_on=one.ends_on, digest=one.digest, state=one.state,
        in_force=one.in_force, may=list(one.may),
    )  # fmt: skip


def _shields(actor: access.Actor, at: datetime) -> list[ShieldOut]:
    return [
        _shield(line) for pair in queries.pairs(actor, at) for line in (pair.newest, *pair.earlier)
    ]  # fmt: skip


@router.get("shield", response={200: list[ShieldOut], **REFUSALS})
def shields(request: HttpRequest) -> list[ShieldOut]:
    """Every version between the asker and today’s manager, and between the asker and direct reports."""
    who = asker(request)
    access.require(who.actor, "shield.read")
    return _shields(who.actor, who.at)


@router.post("shield", response={200: list[ShieldOut], **REFUSALS})
def ask_shield(request: HttpRequest, body: ShieldIn) -> list[ShieldOut]:
    """Write what the asker wants to be shielded from, as a new version."""
    who = asker(request, "help")
    wish = actions.Wish(
        body.affects, "\n".join(body.shielded), body.hours, body.channels, _review(body.review_on)
    )
    actions.ask_shield(by=who.actor, at=who.at, wish=wish, after_version=body.after_version, key=body.key)
    return _shields(who.actor, who.at)


def _review(on: date) -> date:
    if not 2000 < on.year < 2200:
        raise access.Refused("bad_day", "Choose a day of this century.")
    return on


@router.post("shield/{public_id}/answer", response={200: list[ShieldOut], **REFUSALS})
def answer_shield(request: HttpRequest, public_id: str, body: ShieldAnswerIn) -> list[ShieldOut]:
    """Answer a direct report as the manager; it carries the asker’s signature."""
    who = asker(request, "help")
    access.require(who.actor, "shield.answer")
    queries.shield_of(who.actor, public_id)
    actions.answer_shield(
        by=who.actor, at=who.at, shield=public_id, promised="\n".join(body.promised), needed="\n".join(body.needed),
        review_on=_review(body.review_on), key=body.key,
    )  # fmt: skip
    return _shields(who.actor, who.at)


@router.post("shield/{public_id}/act", response={200: list[ShieldOut], **REFUSALS})
def act_on_shield(request: HttpRequest, public_id: str, body: ShieldActIn) -> list[ShieldOut]:
    """Sign, ask back, or end a version with notice."""
    who = asker(request, "help")
    queries.shield_of(who.actor, public_id)
    actions.act_on_shield(
        by=who.actor,
        at=who.at,
        shield=public_id,
        kind=body.act,
        digest=body.digest,
        text=body.text,
        on=body.on,
    )
    return _shields(who.actor, who.at)


@router.get("operations/help", response={200: HelpSettingOut, **REFUSALS})
def setting(request: HttpRequest) -> HelpSettingOut:
    """The setting in force."""
    who = asker(request)
    access.require(who.actor, "settings.write")
    found = queries.setting(who.at)
    return HelpSettingOut(version=found.version, days=found.days, outside=found.outside)


@router.put("operations/help", response={200: HelpSettingOut, **REFUSALS})
def set_up(request: HttpRequest, body: HelpSettingIn) -> HelpSettingOut:
    """Put a setting in force from now on, as a new version."""
    who = asker(request, "import")
    access.require(who.actor, "settings.write")
    row = actions.set_up(
        by=who.actor, at=who.at, days=body.days, outside=body.outside, after_version=body.after_version
    )
    return HelpSettingOut(version=row.version, days=row.days, outside=row.outside)

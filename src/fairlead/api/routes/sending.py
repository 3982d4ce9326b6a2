"""The sender's side of the desk: messages to many, notices to everybody, the pressure calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import AwareDatetime, Field

from fairlead.api.door import REFUSALS, asker
from fairlead.desk import actions, broadcasts, calendar, company
from fairlead.people import access

router = Router(tags=["desk"])


class BroadcastIn(Schema):
    """A message to many: ``to`` are managers below (public ids), or ``everybody`` of them. Nobody passes it on before
    ``release_at``. ``job`` is whose job it is, as the sender sees it."""

    title: str = Field("", max_length=160)
    text: str
    to: list[str] = Field([], max_length=500)
    everybody: bool = False
    release_at: AwareDatetime | None = None
    urgency: Literal["today", "week", "none"] = "week"
    lane: Literal["", "hr", "ethics_report", "complaint"] = ""
    job: Literal["", "mine", "manager", "rep", "other"] = ""
    job_name: str = Field("", max_length=160)
    key: str = Field(min_length=1, max_length=64)


class ReceiverOut(Schema):
    """One manager of a broadcast. ``state``: with_manager, answered, declined, direct or withdrawn."""

    message: str
    manager: str
    state: str
    answers: list[str]


class BroadcastOut(Schema):
    public_id: str
    title: str
    text: str
    at: datetime
    release_at: datetime | None
    answered: int
    receivers: list[ReceiverOut]


class BroadcastStraightIn(Schema):
    """A correction of all of them, or with an empty text a withdrawal."""

    text: str = ""
    key: str = Field(min_length=1, max_length=64)


class EverybodyIn(Schema):
    """A notice to everybody."""

    reason: Literal["safety", "security", "outage", "closed"]
    title: str = Field(max_length=200)
    text: str = Field(max_length=2000)
    key: str = Field(min_length=1, max_length=64)


class EverybodyOut(Schema):
    """A notice to everybody. ``straight`` are corrections; an empty one withdraws it."""

    public_id: str
    reason: str
    title: str
    text: str
    by: str
    at: datetime
    straight: list[str]


class PressureDayIn(Schema):
    on: date
    kind: Literal["board", "announcement"]


class PressureDayOut(Schema):
    """A day of the pressure calendar. ``public_id`` is empty for the end of a period."""

    public_id: str
    on: date
    kind: str
    own: bool


def _utc(moment: datetime | None) -> datetime | None:
    """A moment that calendars can count with. Raises Refused for any other year."""
    if moment is not None and not 2000 < moment.year < 2200:
        raise access.Refused("bad_moment", "Choose a moment of this century.")
    return moment.astimezone(UTC) if moment is not None else None


def _broadcast(one: broadcasts.Broadcast) -> BroadcastOut:
    receivers = [
        ReceiverOut(
            message=line.public_id,
            manager=line.manager,
            state=line.state,
            answers=[a.text for a in line.answers],
        )
        for line in one.lines
    ]
    return BroadcastOut(
        public_id=one.public_id, title=one.title, text=one.text, at=one.at, release_at=one.release_at,
        answered=one.answered, receivers=receivers,
    )  # fmt: skip


@router.get("broadcasts", response={200: list[BroadcastOut], **REFUSALS})
def listing(request: HttpRequest) -> list[BroadcastOut]:
    """The asker's own messages to many, newest first."""
    who = asker(request)
    return [_broadcast(one) for one in broadcasts.listing(who.actor, who.at)]


@router.post("broadcasts", response={200: BroadcastOut, **REFUSALS})
def send(request: HttpRequest, body: BroadcastIn) -> BroadcastOut:
    """Write to several managers at once; the same key sends it once."""
    who = asker(request, "desk")
    access.require(who.actor, "message.send")
    given = actions.Given(
        title=body.title,
        text=body.text,
        urgency=body.urgency,
        lane=body.lane,
        job=body.job,
        job_name=body.job_name,
    )
    sent = broadcasts.send(
        by=who.actor, at=who.at, given=given, key=body.key, to=body.to, everybody=body.everybody,
        release_at=_utc(body.release_at),
    )  # fmt: skip
    return _broadcast(broadcasts.one(who.actor, sent, who.at))


@router.get("broadcasts/{public_id}", response={200: BroadcastOut, **REFUSALS})
def one(request: HttpRequest, public_id: str) -> BroadcastOut:
    """One of the asker's own: with whom it is, and who answered; never who of a team heard it."""
    who = asker(request)
    return _broadcast(broadcasts.one(who.actor, public_id, who.at))


@router.post("broadcasts/{public_id}/straight", response={200: BroadcastOut, **REFUSALS})
def straight(request: HttpRequest, public_id: str, body: BroadcastStraightIn) -> BroadcastOut:
    """Correct or withdraw all messages of it at once."""
    who = asker(request, "desk")
    broadcasts.set_straight(by=who.actor, at=who.at, broadcast=public_id, text=body.text, key=body.key)
    return _broadcast(broadcasts.one(who.actor, public_id, who.at))


def _everybody(line: company.NoticeLine) -> EverybodyOut:
    return EverybodyOut(
        public_id=line.public_id, reason=line.reason, title=line.title, text=line.text, by=line.by, at=line.at,
        straight=[one.text for one in line.straight],
    )  # fmt: skip


@router.get("everybody", response={200: list[EverybodyOut], **REFUSALS})
def notices(request: HttpRequest) -> list[EverybodyOut]:
    """Notices to everybody, newest first."""
    who = asker(request)
    return [_everybody(line) for line in company.listing(who.actor, who.at)]


@router.post("everybody", response={200: EverybodyOut, **REFUSALS})
def tell(request: HttpRequest, body: EverybodyIn) -> EverybodyOut:
    """Tell everybody at once, from the top, HR or an admin."""
    who = asker(request, "desk")
    company.require_send(who.actor)
    row = company.send(
        by=who.actor, at=who.at, reason=body.reason, title=body.title, text=body.text, key=body.key
    )
    return _everybody(company.one(who.actor, row.public_id, who.at))


@router.post("everybody/{public_id}/straight", response={200: EverybodyOut, **REFUSALS})
def correct(request: HttpRequest, public_id: str, body: BroadcastStraightIn) -> EverybodyOut:
    """Correct an own notice to everybody, or withdraw it with an empty text. It reaches everybody again."""
    who = asker(request, "desk")
    company.require_send(who.actor)
    company.set_straight(by=who.actor, at=who.at, notice=public_id, text=body.text, key=body.key)
    return _everybody(company.one(who.actor, public_id, who.at))


def _day(line: calendar.DayLine) -> PressureDayOut:
    return PressureDayOut(public_id=line.public_id, on=line.on, kind=line.kind, own=line.own)


@router.get("pressure-days", response={200: list[PressureDayOut], **REFUSALS})
def days(request: HttpRequest) -> list[PressureDayOut]:
    """The days to come: those of the organisation and of the asker's own desk."""
    who = asker(request)
    return [_day(line) for line in calendar.listing(who.actor, who.at)]


@router.post("pressure-days", response={200: list[PressureDayOut], **REFUSALS})
def keep(request: HttpRequest, body: PressureDayIn) -> list[PressureDayOut]:
    """Keep a day, for every desk by sales operations, else for the own one."""
    who = asker(request, "desk")
    calendar.keep(by=who.actor, at=who.at, on=body.on, kind=body.kind)
    return [_day(line) for line in calendar.listing(who.actor, who.at)]


@router.post("pressure-days/{public_id}/take-back", response={200: list[PressureDayOut], **REFUSALS})
def take_back(request: HttpRequest, public_id: str) -> list[PressureDayOut]:
    """Take a day back."""
    who = asker(request, "desk")
    calendar.take_back(by=who.actor, at=who.at, day=public_id)
    return [_day(line) for line in calendar.listing(who.actor, who.at)]

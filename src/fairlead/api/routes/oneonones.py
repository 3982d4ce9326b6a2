"""One-to-ones of the asker with the manager and with direct reports."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from fairlead.api.door import REFUSALS, asker
from fairlead.oneonones import actions, queries, rules
from fairlead.people import access

router = Router(tags=["one-to-ones"])


class OneOnOneRhythm(Schema):
    """``weekday``: 0 is Monday; ``at`` on the clock of ``zone``, which is one of the two people's."""

    kind: Literal["weekly", "fortnightly", "monthly", "none"]
    weekday: int = Field(0, ge=0, le=6)
    at: time = time(10)
    zone: str = Field("UTC", max_length=60)
    minutes: int = Field(30, ge=15, le=120)
    starts_on: date


class OneOnOneRhythmIn(OneOnOneRhythm):
    after: int = Field(0, ge=0, le=100_000)


class OneOnOneActIn(Schema):
    """What is done with the meeting of ``slot``. ``line`` names a line of the agenda; ``after`` the notes' version."""

    act: Literal[
        "held", "moved", "skipped", "back", "point", "off", "carried", "put_back", "note", "private", "action"
    ]
    slot: date
    starts_at: datetime | None = None
    line: str = Field("", max_length=80)
    text: str = Field("", max_length=8000)
    after: int = Field(0, ge=0, le=100_000)
    mine: bool = True
    due_on: date | None = None
    key: str = Field("", max_length=60)


class OneOnOneMeeting(Schema):
    slot: date
    starts_at: datetime
    minutes: int
    state: str


class OneOnOneLine(Schema):
    key: str
    kind: str
    title: str
    detail: str
    path: str
    carried_from: date | None


class OneOnOneNote(Schema):
    number: int
    text: str
    by: str
    at: datetime


class OneOnOneBeside(Schema):
    public_id: str
    name: str
    mine: bool
    meeting: OneOnOneMeeting | None


class OneOnOnePage(OneOnOneBeside):
    """The meeting of ``slot``. ``private`` is the asker's own note and nobody else's."""

    slot: date
    rhythm: OneOnOneRhythm
    rhythm_number: int
    may: list[str]
    agenda: list[OneOnOneLine]
    notes: list[OneOnOneNote]
    private: str
    actions: list[str]
    earlier: list[OneOnOneMeeting]


def _meeting(one: rules.Meeting | None) -> OneOnOneMeeting | None:
    if one is None:
        return None
    return OneOnOneMeeting(slot=one.slot, starts_at=one.starts_at, minutes=one.minutes, state=one.state)


def _page(actor: access.Actor, other: str, at: datetime, slot: date | None = None) -> OneOnOnePage:
    page = queries.page(actor, other, at, slot)
    rhythm = page.rhythm
    return OneOnOnePage(
        public_id=page.pair.other_id, name=page.pair.other, mine=page.pair.mine, meeting=_meeting(page.meeting),
        slot=page.slot, rhythm_number=page.rhythm_number, may=list(page.may),
        rhythm=OneOnOneRhythm(
            kind=rhythm.kind, weekday=rhythm.weekday, at=rhythm.at, zone=rhythm.zone, minutes=rhythm.minutes,
            starts_on=rhythm.starts_on,
        ),
        agenda=[
            OneOnOneLine(
                key=one.key, kind=one.kind, title=one.title, detail=one.detail, path=one.path, carried_from=one.since
            )
            for one in page.agenda
        ],
        notes=[OneOnOneNote(number=one.number, text=one.text, by=one.by, at=one.at) for one in page.notes],
        private=page.private, actions=[one.public_id for one in page.actions],
        earlier=[found for one in page.earlier if (found := _meeting(one)) is not None],
    )  # fmt: skip


@router.get("one-to-ones", response={200: list[OneOnOneBeside], **REFUSALS})
def listing(request: HttpRequest) -> list[OneOnOneBeside]:
    """With whom the asker meets, and the next meeting of each pair."""
    who = asker(request)
    return [
        OneOnOneBeside(
            public_id=one.pair.other_id,
            name=one.pair.other,
            mine=one.pair.mine,
            meeting=_meeting(one.meeting),
        )
        for one in queries.book(who.actor, who.at).beside
    ]


@router.get("one-to-ones/{public_id}", response={200: OneOnOnePage, **REFUSALS})
def one(request: HttpRequest, public_id: str, slot: date | None = None) -> OneOnOnePage:
    """The next meeting with a person of a direct line, or the one of ``slot``."""
    who = asker(request, "together")
    return _page(who.actor, public_id, who.at, slot)


@router.put("one-to-ones/{public_id}/rhythm", response={200: OneOnOnePage, **REFUSALS})
def rhythm(request: HttpRequest, public_id: str, body: OneOnOneRhythmIn) -> OneOnOnePage:
    """Set how often the two meet."""
    who = asker(request, "together")
    queries.pair_with(who.actor, public_id)
    wanted = rules.Rhythm(
        body.kind, body.weekday, body.at.replace(tzinfo=None), body.zone, body.minutes, _day(body.starts_on)
    )
    actions.set_rhythm(by=who.actor, at=who.at, other=public_id, rhythm=wanted, after=body.after)
    return _page(who.actor, public_id, who.at)


@router.post("one-to-ones/{public_id}/act", response={200: OneOnOnePage, **REFUSALS})
def act(request: HttpRequest, public_id: str, body: OneOnOneActIn) -> OneOnOnePage:
    """Whatever either does with a meeting, its agenda, notes and actions; a private note is the asker's own."""
    who = asker(request, "together")
    queries.pair_with(who.actor, public_id)
    by, at, slot = who.actor, who.at, _day(body.slot)
    if body.act in ("held", "moved", "skipped", "back"):
        starts = body.starts_at
        if starts is not None:
            _day(starts.date())
            starts = (starts if starts.tzinfo else starts.replace(tzinfo=UTC)).astimezone(UTC)
        actions.step(by=by, at=at, other=public_id, slot=slot, kind=body.act, starts_at=starts)
    elif body.act == "point":
        actions.add_point(by=by, at=at, other=public_id, text=body.text, key=body.key)
    elif body.act in ("off", "carried", "put_back"):
        kind = "back" if body.act == "put_back" else body.act
        actions.mark(by=by, at=at, other=public_id, slot=slot, line=body.line, kind=kind)
    elif body.act == "note":
        actions.write_note(by=by, at=at, other=public_id, slot=slot, text=body.text, after=body.after)
    elif body.act == "private":
        actions.write_private(by=by, at=at, other=public_id, slot=slot, text=body.text)
    else:
        if body.due_on is None:
            raise access.Refused("bad_day", "Send by when as due_on.")
        actions.agree_action(
            by=by,
            at=at,
            other=public_id,
            mine=body.mine,
            text=body.text,
            due_on=_day(body.due_on),
            key=body.key,
        )
    return _page(who.actor, public_id, who.at)


def _day(on: date) -> date:
    if not 2000 < on.year < 2200:
        raise access.Refused("bad_day", "Choose a day of this century.")
    return on

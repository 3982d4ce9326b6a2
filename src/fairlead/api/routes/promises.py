"""Promises between the asker and others: what was promised, how it stands, the steps."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from fairlead.api.door import REFUSALS, asker
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.models import Person
from fairlead.promises import actions, queries

router = Router(tags=["promises"])


class PromisePerson(Schema):
    public_id: str
    name: str


class Moved(Schema):
    was: date
    became: date
    reason: str
    at: datetime


class Promise(Schema):
    """A promise as both of its people read it. ``may`` are the steps the asker can take now."""

    public_id: str
    text: str
    owner: PromisePerson
    made_to: PromisePerson
    mine: bool
    made_at: datetime
    due_on: date
    due_until: datetime
    state: str
    in_time: bool | None
    kept_at: datetime | None
    confirmed: bool
    moves: list[Moved]
    source_kind: str
    source_id: str
    source_label: str
    may: list[str]


class Rate(Schema):
    """Counts of the promises between the asker and one person; under five ``of`` they say too little."""

    other: PromisePerson
    mine_kept_in_time: int
    mine_of: int
    theirs_kept_in_time: int
    theirs_of: int


class Book(Schema):
    overdue: list[Promise]
    due_today: list[Promise]
    mine: list[Promise]
    made_to_me: list[Promise]
    closed: list[Promise]
    rates: list[Rate]


class PromiseIn(Schema):
    """An own promise. ``key`` makes sending it twice harmless."""

    made_to: str = Field(max_length=16)
    text: str
    due_on: date
    key: str = Field(max_length=64)


class StepIn(Schema):
    """``due_on`` is for moved; ``reason`` for moved and withdrawn."""

    act: Literal["kept", "moved", "withdrawn", "confirmed", "not_kept", "undone"]
    due_on: date | None = None
    reason: str = ""


def _who(party: queries.Party) -> PromisePerson:
    return PromisePerson(public_id=party.public_id, name=party.name)


def _promise(line: queries.Line) -> Promise:
    now = line.standing
    return Promise(
        public_id=line.public_id,
        text=line.text,
        owner=_who(line.owner),
        made_to=_who(line.made_to),
        mine=line.mine,
        made_at=line.made_at,
        due_on=now.due_on,
        due_until=now.until,
        state=now.state,
        in_time=now.in_time,
        kept_at=now.kept_at,
        confirmed=now.confirmed,
        moves=[Moved(was=m.was, became=m.became, reason=m.reason, at=m.at) for m in now.moves],
        source_kind=line.source_kind,
        source_id=line.source_id,
        source_label=line.source_label,
        may=list(line.may),
    )


@router.get("", response={200: Book, **REFUSALS})
def promises(request: HttpRequest) -> Book:
    """The asker's promises, both ways; nobody else's can be asked for."""
    who = asker(request)
    book = queries.book(who.actor, who.at)
    return Book(
        overdue=[_promise(line) for line in book.overdue],
        due_today=[_promise(line) for line in book.due_today],
        mine=[_promise(line) for line in book.mine],
        made_to_me=[_promise(line) for line in book.made_to_me],
        closed=[_promise(line) for line in book.closed],
        rates=[
            Rate(
                other=_who(pair.other),
                mine_kept_in_time=pair.mine.kept,
                mine_of=pair.mine.of,
                theirs_kept_in_time=pair.theirs.kept,
                theirs_of=pair.theirs.of,
            )
            for pair in book.rates
        ],
    )


@router.post("", response={200: Promise, **REFUSALS})
def make(request: HttpRequest, body: PromiseIn) -> Promise:
    """Promise something to somebody by a day. The same key twice makes it once."""
    who = asker(request, "promise")
    access.require(who.actor, "promise.make")
    row = actions.make(
        by=who.actor,
        at=who.at,
        owner=Person.objects.get(pk=who.actor.id),
        made_to=people.find(body.made_to),
        text=body.text,
        due_on=body.due_on,
        key=body.key,
    )
    return _promise(queries.one(who.actor, row.public_id, who.at))


@router.get("{public_id}", response={200: Promise, **REFUSALS})
def one(request: HttpRequest, public_id: str) -> Promise:
    """One promise, for its two people."""
    who = asker(request)
    return _promise(queries.one(who.actor, public_id, who.at))


@router.post("{public_id}/act", response={200: Promise, **REFUSALS})
def act(request: HttpRequest, public_id: str, body: StepIn) -> Promise:
    """Take a step with a promise: say that it is kept, move it, withdraw it, confirm it, or take the last step back."""
    who = asker(request, "promise")
    queries.one(who.actor, public_id, who.at)
    if body.act == "moved":
        if body.due_on is None:
            raise access.Refused("bad_day", "Send the new day as due_on.")
        actions.move(by=who.actor, at=who.at, promise=public_id, due_on=body.due_on, reason=body.reason)
    elif body.act == "withdrawn":
        actions.withdraw(by=who.actor, at=who.at, promise=public_id, reason=body.reason)
    else:
        step = {
            "kept": actions.keep,
            "confirmed": actions.confirm,
            "not_kept": actions.say_not_kept,
            "undone": actions.undo,
        }[body.act]
        step(by=who.actor, at=who.at, promise=public_id)
    return _promise(queries.one(who.actor, public_id, who.at))

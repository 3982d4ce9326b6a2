"""The directory and reporting lines."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest
from ninja import Router, Schema
from ninja.params.functions import Query

from fairlead.api.door import REFUSALS, asker
from fairlead.people import access, actions, queries

router = Router(tags=["people"])


class Person(Schema):
    public_id: str
    name: str
    title: str
    team: str
    manager: str
    manager_id: str
    roles: list[str]
    starts_on: date | None
    ends_on: date | None
    reports: int


class People(Schema):
    people: list[Person]
    after_name: str | None
    after_id: int | None


class Move(Schema):
    manager: str | None
    """public_id of the new manager, or null for the top."""
    starts_on: date


@router.get("", response={200: People, **REFUSALS})
def directory(
    request: HttpRequest,
    search: str = Query("", max_length=100),
    after_name: str | None = Query(None, max_length=200),
    after_id: int | None = Query(None, ge=0, le=2**62),
    limit: int = Query(50, ge=1, le=500),
) -> dict[str, object]:
    """People by name. To page on, send back `after_name` and `after_id`."""
    who = asker(request)
    after = (after_name, after_id) if after_name is not None and after_id is not None else None
    on = queries.house().day(who.at)
    page = queries.directory(who.actor, on=on, search=search, after=after, limit=limit + 1)
    more = page[limit - 1] if len(page) > limit else None
    return {
        "people": page[:limit],
        "after_name": more.name if more else None,
        "after_id": more.id if more else None,
    }


@router.get("{public_id}", response={200: Person, **REFUSALS})
def person(request: HttpRequest, public_id: str) -> queries.Entry:
    """One person of the directory."""
    who = asker(request)
    return queries.entry(who.actor, public_id, on=queries.house().day(who.at))


@router.post("{public_id}/move", response={200: Person, **REFUSALS})
def move(request: HttpRequest, public_id: str, body: Move) -> queries.Entry:
    """From a day on, the person reports to somebody else."""
    who = asker(request, "import")
    access.require(who.actor, "person.write")
    moved = queries.find(public_id)
    manager = queries.find(body.manager) if body.manager else None
    actions.move(by=who.actor, at=who.at, person=moved, manager=manager, starts_on=body.starts_on)
    return queries.entry(who.actor, public_id, on=queries.house().day(who.at))

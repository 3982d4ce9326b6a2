"""What the catalogue owes a role: what one is owed, what one answers for, deliveries; what reps know."""

from __future__ import annotations

from datetime import date
from typing import Literal

from django.http import HttpRequest
from ninja import Router, Schema

from fairlead.api.door import REFUSALS, asker
from fairlead.enablement import actions, queries

router = Router(tags=["owed"])


class CatalogueItem(Schema):
    """An item of the catalogue. ``product`` is empty where it is owed whatever somebody sells."""

    public_id: str
    version: int
    role: str
    product: str
    kind: str
    item: str
    counts_as_delivered: str
    days: int
    owed_to: str
    owner: str
    team: str


class OwedItem(Schema):
    """An item that is owed. ``words`` of a rating only for who wrote them and who answers for the item."""

    public_id: str
    person: str
    item: str
    role: str
    product: str
    kind: str
    owner: str
    due_on: date
    state: str
    days_late: int
    delivery: str
    delivered_on: date | None
    evidence: str
    link: str
    rating: str
    words: str


class DeliverIn(Schema):
    """``persons`` are public ids; one of ``words`` and ``link`` shows it."""

    persons: list[str]
    on: date
    words: str = ""
    link: str = ""


class RateIn(Schema):
    rating: Literal["helped", "in_part", "no_help"]
    words: str = ""


class KnownEntry(Schema):
    """Something a rep wrote down; ``used_in`` are public ids of deals whose live plan cites it now."""

    public_id: str
    kind: str
    title: str
    about: str
    learnt: str
    sources: str
    on: date
    used_in: list[str]


def _owed(line: queries.OwedLine) -> OwedItem:
    done = line.delivered
    return OwedItem(
        public_id=line.public_id, person=line.person.name, item=line.item.what, role=line.item.role,
        product=line.item.product, kind=line.item.kind, owner=line.owner.name, due_on=line.due_on, state=line.state,
        days_late=line.days_late, delivery=line.delivery, delivered_on=done.on if done else None,
        evidence=done.words if done else "", link=done.link if done else "", rating=line.rating, words=line.words,
    )  # fmt: skip


@router.get("catalogue", response={200: list[CatalogueItem], **REFUSALS})
def catalogue(request: HttpRequest) -> list[CatalogueItem]:
    """The catalogue as the asker reads it."""
    who = asker(request)
    return [
        CatalogueItem(
            public_id=one.public_id, version=one.number, role=one.item.role, product=one.item.product,
            kind=one.item.kind, item=one.item.what, counts_as_delivered=one.item.proof, days=one.item.days,
            owed_to=one.item.scope, owner=one.owner, team=one.team,
        )
        for one in queries.listing(who.actor, who.at)
    ]  # fmt: skip


@router.get("owed", response={200: list[OwedItem], **REFUSALS})
def owed(request: HttpRequest) -> list[OwedItem]:
    """What the asker is owed, and what direct reports are."""
    who = asker(request)
    own = queries.mine(who.actor, who.at).lines
    team = [line for row in queries.of_reports(who.actor, who.at) for line in row.lines]
    return [_owed(line) for line in (*own, *team)]


@router.get("owe", response={200: list[OwedItem], **REFUSALS})
def owe(request: HttpRequest) -> list[OwedItem]:
    """What the asker answers for, towards whom."""
    who = asker(request)
    return [_owed(line) for one in queries.owe(who.actor, who.at).items for line in one.lines]


@router.post("owe/{public_id}/deliver", response={200: list[OwedItem], **REFUSALS})
def deliver(request: HttpRequest, public_id: str, body: DeliverIn) -> list[OwedItem]:
    """Say that an item was delivered to some of those it is owed to."""
    who = asker(request, "ask")
    actions.deliver(
        by=who.actor,
        at=who.at,
        item=public_id,
        persons=body.persons,
        on=body.on,
        words=body.words,
        link=body.link,
    )
    found = [one for one in queries.owe(who.actor, who.at).items if one.public_id == public_id]
    return [_owed(line) for one in found for line in one.lines]


@router.post("owed/deliveries/{public_id}/rate", response={200: None, **REFUSALS})
def rate(request: HttpRequest, public_id: str, body: RateIn) -> None:
    """Say what a delivery to oneself was worth."""
    who = asker(request, "ask")
    actions.rate(by=who.actor, at=who.at, delivery=public_id, rating=body.rating, words=body.words)


@router.get("know", response={200: list[KnownEntry], **REFUSALS})
def known(request: HttpRequest) -> list[KnownEntry]:
    """What the asker wrote down, and what direct reports did."""
    who = asker(request)
    own = queries.known_by(who.actor, who.at).lines
    team = [line for _, lines in queries.team_known(who.actor, who.at) for line in lines]
    return [
        KnownEntry(
            public_id=one.public_id, kind=one.kind, title=one.title, about=one.about, learnt=one.learnt,
            sources=one.sources, on=one.on, used_in=[use.deal for use in one.uses],
        )
        for one in (*own, *team)
    ]  # fmt: skip

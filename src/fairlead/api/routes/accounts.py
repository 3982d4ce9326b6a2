"""Accounts: one's own, one of them, its contacts, empty seats, and the watch while a look waits."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from fairlead.api.door import REFUSALS, asker
from fairlead.people import access
from fairlead.records import reads
from fairlead.territories import noting
from fairlead.territories import queries as territories
from fairlead.watch import queries

router = Router(tags=["accounts"])


class MoneyAtRisk(Schema):
    """In minor units of the organisation's currency; ``total_minor`` is the sum of the three."""

    renewals_minor: int
    open_minor: int
    last_year_minor: int
    total_minor: int
    not_twice_minor: int


class AccountLine(Schema):
    """An account and how it is looked after. ``days_allowed`` is null without a tier: then nothing is a breach."""

    public_id: str
    name: str
    industry: str
    country: str
    owner: str
    tier: str
    days_allowed: int | None
    last_two_way_on: date | None
    next_due_on: date | None
    in_breach: bool
    reasons: list[str]
    money: MoneyAtRisk
    covered_by: str


class AccountNamed(Schema):
    public_id: str
    name: str
    industry: str
    country: str
    owner: str


class EmptySeat(Schema):
    """A seat without an active owner. ``key`` stands in addresses; ``left_on`` is null where nobody knows."""

    key: str
    name: str
    left_on: date | None
    leader: str
    accounts: int
    in_breach: int
    at_risk_minor: int
    covered: int


class AccountContactMade(Schema):
    """One dated contact; it has no content."""

    public_id: str
    on: date
    kind: str
    way: str
    by: str
    contact: str


class AccountContactIn(Schema):
    """A contact to be noted. ``key`` is the sender's own id: the same again corrects it, ``gone`` takes it back."""

    account: str = Field(max_length=16)
    on: date
    kind: Literal["call", "meeting", "mail", "visit", "event"]
    way: Literal["two", "one", "unknown"] = "unknown"
    contact: str = Field("", max_length=16)
    key: str = Field(min_length=1, max_length=120)
    gone: bool = False


class AccountContactsIn(Schema):
    contacts: list[AccountContactIn] = Field(max_length=noting.MOST_AT_ONCE)


class ContactsNoted(Schema):
    noted: int


class SellersWatch(Schema):
    """A direct report's accounts while the look named here waits."""

    person: str
    look: str
    accounts: list[AccountLine]


class CoverDone(Schema):
    what: str
    done_by: str
    done_at: datetime


class AccountCover(Schema):
    interim: str
    hand_over: str
    first_call_on: date | None
    first_called_on: date | None
    done: list[CoverDone]


class BuyersPerson(Schema):
    """Somebody at the buyer's. ``stale``: left, bounced, or silent for longer than the tier allows; else ''."""

    public_id: str
    name: str
    title: str
    last_two_way_on: date | None
    stale: str


class OneAccount(Schema):
    account: AccountLine
    empty_seat: bool
    cover: AccountCover | None
    renewals: list[date]
    rivals: list[str]
    people: list[BuyersPerson]


def _line(one: queries.Line) -> AccountLine:
    money = one.money
    return AccountLine(
        public_id=one.public_id, name=one.name, industry=one.industry, country=one.country, owner=one.owner,
        tier=one.facts.tier, days_allowed=one.facts.allowed, last_two_way_on=one.facts.last, next_due_on=one.due_on,
        in_breach=one.breach, reasons=[reason.says for reason in one.reasons], covered_by=one.covered_by,
        money=MoneyAtRisk(
            renewals_minor=money.renewals, open_minor=money.open, last_year_minor=money.year,
            total_minor=money.total, not_twice_minor=money.not_twice,
        ),
    )  # fmt: skip


@router.get("accounts", response={200: list[AccountLine], **REFUSALS})
def mine(request: HttpRequest) -> list[AccountLine]:
    """The asker's own accounts and those they cover, in breach first, the most money at risk first."""
    who = asker(request)
    return [_line(one) for one in queries.mine(who.actor, who.at)]


@router.get("accounts/found", response={200: list[AccountNamed], **REFUSALS})
def found(request: HttpRequest, name: str = "") -> list[AccountNamed]:
    """Accounts the asker may read by a part of their name, fifty at most; nothing of how they are looked after."""
    who = asker(request)
    rows = queries.search(who.actor, name.replace("\x00", ""), who.at)
    return [
        AccountNamed(
            public_id=one.public_id,
            name=one.name,
            industry=one.industry,
            country=one.country,
            owner=one.owner,
        )
        for one in rows
    ]


@router.get("accounts/seats", response={200: list[EmptySeat], **REFUSALS})
def seats(request: HttpRequest) -> list[EmptySeat]:
    """Empty seats in the asker's reach, the most money at risk first."""
    who = asker(request)
    return [_seat(one) for one in queries.seats(who.actor, who.at)]


def _seat(one: queries.SeatSeen) -> EmptySeat:
    return EmptySeat(
        key=one.key, name=one.name, left_on=one.left_on, leader=one.leader, accounts=one.sums.accounts,
        in_breach=one.sums.breach, at_risk_minor=one.sums.breach_minor, covered=one.covered,
    )  # fmt: skip


@router.get("accounts/seats/{key}", response={200: list[AccountLine], **REFUSALS})
def seat(request: HttpRequest, key: str) -> list[AccountLine]:
    """The accounts of an empty seat."""
    who = asker(request)
    return [_line(one) for one in queries.seat(who.actor, key, who.at).lines]


@router.get("accounts/watch/{public_id}", response={200: SellersWatch, **REFUSALS})
def watch(request: HttpRequest, public_id: str) -> SellersWatch:
    """A direct report's accounts while a look at their results waits for the asker; not found at any other time."""
    who = asker(request)
    person, look, lines = queries.of_seller(who.actor, public_id, who.at)
    reads.note(actor=who.actor, at=who.at, kind="watch", subject=person.id, public_id=look)
    return SellersWatch(person=person.name, look=look, accounts=[_line(one) for one in lines])


@router.post("accounts/contacts", response={200: ContactsNoted, **REFUSALS})
def note(request: HttpRequest, body: AccountContactsIn) -> ContactsNoted:
    """Note contacts with accounts, all of them or none. The same key again corrects, and makes no second one."""
    who = asker(request, "accounts")
    access.require(who.actor, "activity.write")
    given = [
        (one.account, noting.Given(one.kind, one.way, one.on, one.contact, one.key, one.gone))
        for one in body.contacts
    ]
    return ContactsNoted(noted=noting.note_activities(by=who.actor, at=who.at, given=given))


@router.get("accounts/{public_id}", response={200: OneAccount, **REFUSALS})
def one(request: HttpRequest, public_id: str) -> OneAccount:
    """One account: how it is looked after, renewals, rivals and who covers it."""
    who = asker(request)
    page = queries.page(who.actor, public_id, who.at)
    cover = page.cover
    return OneAccount(
        account=_line(page.line),
        empty_seat=page.empty,
        cover=AccountCover(
            interim=cover.interim, hand_over=cover.hand_over, first_call_on=cover.first_call_on,
            first_called_on=cover.called_on,
            done=[CoverDone(what=what, done_by=by, done_at=at) for what, (by, at) in sorted(cover.done.items())],
        ) if cover else None,
        renewals=[row.on for row in page.renewals],
        rivals=[row.rival for row in page.rivals],
        people=[
            BuyersPerson(
                public_id=each.row.public_id, name=each.row.name, title=each.row.title, last_two_way_on=each.last,
                stale=each.stale,
            )
            for each in page.buyers
        ],
    )  # fmt: skip


@router.get("accounts/{public_id}/contacts", response={200: list[AccountContactMade], **REFUSALS})
def contacts(request: HttpRequest, public_id: str) -> list[AccountContactMade]:
    """The newest hundred contacts with an account. They have no content."""
    who = asker(request)
    row = territories.find(who.actor, public_id, who.at)
    return [
        AccountContactMade(
            public_id=one.public_id, on=one.on, kind=one.kind, way=one.way,
            by=one.by.name if one.by else one.by_label, contact=one.contact.name if one.contact else "",
        )
        for one in territories.activities(row.pk)
        if one.on is not None
    ]  # fmt: skip

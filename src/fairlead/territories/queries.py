"""Reading accounts and contacts, as far as the actor may."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from django.db.models import Max, QuerySet

from fairlead.people import access, kept
from fairlead.people import queries as people
from fairlead.people.models import Team
from fairlead.territories.models import (
    EMPTY_WITHOUT,
    Account,
    AccountTier,
    Activity,
    Contact,
    Cover,
    Owned,
    Renewal,
    RivalSeen,
    TierPolicy,
)
from fairlead.territories.rules import STATES, AccountRow, ActivityRow, ContactRow, Policy, State

_OWNERS = "since when somebody owns an account that the caller read through the table"
_FACTS = "facts of accounts that the caller read through the table"


@dataclass(frozen=True, slots=True)
class Buyer:
    """A person at a buyer's."""

    name: str
    title: str
    email: str
    public_id: str = ""


@dataclass(frozen=True, slots=True)
class AccountSeen:
    """An account with its contacts."""

    name: str
    industry: str
    country: str
    owner: str
    contacts: tuple[Buyer, ...]
    public_id: str = ""


def account(actor: access.Actor, *, source: str, name: str) -> AccountSeen | None:
    """The account a deal of a source names (by id or name), or None when there is none to see."""
    if not name or not access.may(actor, "account.read"):
        return None
    mine = Account.objects.seen_by(actor, "account.read").filter(source=source).select_related("owner")
    row = mine.filter(external_id=name).first() or mine.filter(name=name).first()
    if row is None:
        return None
    contacts = Contact.objects.seen_by(actor, "account.read").filter(account=row.pk).order_by("name", "id")
    buyers = tuple(Buyer(c.name, c.title, c.email, c.public_id) for c in contacts[:50])
    return AccountSeen(
        row.name, row.industry, row.country, row.owner.name if row.owner else "", buyers, row.public_id
    )


def in_units(minor: int, _currency: str) -> Decimal:
    """Two decimals, whatever the currency; the export brings what knows better."""
    return Decimal(minor).scaleb(-2)


def account_rows(
    actor: access.Actor, day: date | None = None, major: Callable[[int, str], Decimal] = in_units
) -> list[AccountRow]:
    """Every account the actor may read, as rows of the exchange format, by source and id.

    Tiers are those in force on ``day``; none are told without one.
    """
    seen = list(
        Account.objects.seen_by(actor, "account.read")
        .select_related("owner")
        .order_by("source", "external_id")
    )
    ids = [one.pk for one in seen]
    tiers = tiers_on(ids, day) if day else {}
    renewed: dict[int, Renewal] = {}
    for found in renewals(ids):
        renewed.setdefault(found.account_id, found)
    return [_account_row(one, tiers.get(one.pk, ""), renewed.get(one.pk), major) for one in seen]


def _account_row(
    a: Account, tier: str, renewal: Renewal | None, major: Callable[[int, str], Decimal]
) -> AccountRow:
    amount = None
    if renewal is not None and renewal.amount_minor is not None:
        amount = major(renewal.amount_minor, renewal.currency)
    return AccountRow(
        a.external_id, a.name, a.owner.external_id if a.owner else "", a.industry, a.country, a.extra, tier=tier,
        renewal_on=renewal.on if renewal else None, renewal_amount=amount,
        renewal_currency=renewal.currency if renewal else "",
    )  # fmt: skip


def activity_rows(actor: access.Actor, names: Mapping[int, str]) -> Iterator[ActivityRow]:
    """Every contact that counts, as rows of the exchange format; ``names``: person -> the source's own id."""
    access.require(actor, "import.run")
    rows = Activity.objects.seen_by(actor, "account.read").filter(replaced_at=None, gone=False)
    columns = (
        "external_id",
        "account__external_id",
        "on",
        "kind",
        "way",
        "by",
        "by_label",
        "contact__external_id",
    )
    ordered = rows.order_by("source", "external_id").values_list(*columns)
    for id, account, on, kind, way, by, label, contact in ordered.iterator(chunk_size=2_000):
        yield ActivityRow(
            id, account, "", on, kind, way, names.get(by, label) if by else label, contact or ""
        )


def contact_rows(actor: access.Actor) -> list[ContactRow]:
    """Every contact the actor may read, as rows of the exchange format, by source and id."""
    seen = Contact.objects.seen_by(actor, "account.read").order_by("source", "external_id")
    accounts = dict(Account.objects.seen_by(actor, "account.read").values_list("pk", "external_id"))
    return [
        ContactRow(
            c.external_id,
            accounts.get(c.account_id or 0, ""),
            c.name,
            c.email,
            c.title,
            state=_state(c.state),
        )
        for c in seen
    ]


def _state(kept: str) -> State | Literal[""]:
    return next((one for one in STATES if one == kept), "")


# Tiers


def policies() -> dict[int | None, Policy]:
    """Unit (its leader, None: the whole organisation) -> its newest policy. Everybody may read it."""
    return dict(kept.once("tier policies", _policies))


def _policies() -> dict[int | None, Policy]:
    newest: dict[int | None, TierPolicy] = {}
    for row in TierPolicy.objects.order_by("number"):
        newest[row.head_id] = row
    return {
        head: Policy(tuple((name, days) for name, days in row.tiers), row.renewal_days, row.number)
        for head, row in newest.items()
        if row.tiers
    }


def policy_for(people_: Iterable[int | None]) -> dict[int | None, Policy]:
    """Owner -> the policy that holds for their accounts: of the nearest unit above, else of all, else what ships."""
    known = policies()
    usual = known.get(None, Policy())
    found: dict[int | None, Policy] = {}
    for person in set(people_):
        chain = people.chain(person) if person is not None and len(known) > (None in known) else []
        found[person] = next((known[head] for head in chain if head in known), usual)
    return found


@dataclass(frozen=True, slots=True)
class PolicySaid:
    """A version of a unit's tiers, with who set it."""

    row: TierPolicy
    by: str


def policy_versions(head: int | None) -> list[PolicySaid]:
    """Every version of a unit's tiers, newest first. Everybody may read it."""
    rows = list(TierPolicy.objects.filter(head=head).order_by("-number")[:50])
    names = people.who(row.by for row in rows)
    return [PolicySaid(row, names.get(row.by) or "Fairlead") for row in rows]


def policy_number(head: int | None) -> int:
    """The number of the newest version of a unit's tiers, 0 where there is none."""
    rows = TierPolicy.objects.filter(head=head).order_by("-number")
    return rows.values_list("number", flat=True).first() or 0


def leaders() -> list[people.Node]:
    """Everybody who leads a team, by name: the units that may have tiers of their own."""
    return people.nodes(Team.objects.values_list("lead_id", flat=True))


def units_with_tiers() -> list[tuple[people.Node, Policy]]:
    """Units with tiers of their own."""
    known = policies()
    return [(node, known[node.id]) for node in people.nodes(head for head in known if head is not None)]


def tiers_on(accounts: Collection[int], day: date) -> dict[int, str]:
    """Account -> its tier on a day, of those that have one: set by hand, else as imports say."""
    said: dict[int, str] = {}
    hand: dict[int, str] = {}
    rows = AccountTier.objects.for_system(_FACTS).filter(starts_on__lte=day)
    for some in _some(accounts):
        ordered = rows.filter(account__in=some).order_by("starts_on", "pk")
        for account, tier, by_hand in ordered.values_list("account", "tier", "by_hand"):
            (hand if by_hand else said)[account] = tier
    found = {one: hand.get(one) or said.get(one, "") for one in {*said, *hand}}
    return {one: tier for one, tier in found.items() if tier}


# What is known of accounts that the caller read


_MANY = 800


def _some(accounts: Collection[int]) -> Iterator[list[int]]:
    every = sorted(accounts)
    for start in range(0, len(every), _MANY):
        yield every[start : start + _MANY]


def last_two_way(accounts: Collection[int], day: date) -> dict[int, date]:
    """Account -> the last day of two-way contact, of those that have any."""
    found: dict[int, date] = {}
    rows = _activities().filter(way="two", on__lte=day)
    for some in _some(accounts):
        found |= dict(rows.filter(account__in=some).values_list("account").annotate(Max("on")))
    return found


def held_since(accounts: Sequence[Account], day: date) -> dict[int, date]:
    """Account -> the day from which its owner answers for it: when an import named them, or their first day here.

    Where neither is known the account has no row: nobody can say since when.
    """
    house = people.house()
    owner = {one.pk: one.owner_id for one in accounts if one.owner_id is not None}
    began = people.first_days(set(owner.values()))
    found = {account: began[person] for account, person in owner.items() if person in began}
    for some in _some(list(owner)):
        rows = Owned.objects.for_system(_OWNERS).filter(account__in=some).order_by("at", "pk")
        for account, person, at in rows.values_list("account", "owner", "at"):
            if person == owner[account]:
                found[account] = max(house.day(at), found.get(account, date.min))
    return {account: on for account, on in found.items() if on <= day}


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody at a buyer's: whether they are there as an import said, and the last two-way contact with them."""

    account: int
    id: int
    state: str
    last: date | None


def buyers(accounts: Collection[int], day: date) -> list[Known]:
    """The buyers' people of accounts, with the last day of two-way contact that names them."""
    people_ = Contact.objects.for_system(_FACTS).order_by("account", "name", "pk")
    rows = _activities().filter(way="two", on__lte=day, contact__isnull=False)
    found = []
    for some in _some(accounts):
        last = dict(rows.filter(account__in=some).values_list("contact").annotate(Max("on")))
        found += [
            Known(account, pk, state, last.get(pk))
            for account, pk, state in people_.filter(account__in=some).values_list("account", "pk", "state")
            if account is not None
        ]
    return found


def last_with_nobody(accounts: Collection[int], day: date) -> dict[int, date]:
    """Account -> the last two-way contact that does not say with whom it was."""
    found: dict[int, date] = {}
    rows = _activities().filter(way="two", on__lte=day, contact=None)
    for some in _some(accounts):
        found |= dict(rows.filter(account__in=some).values_list("account").annotate(Max("on")))
    return found


def planned(accounts: Collection[int], day: date) -> dict[int, date]:
    """Account -> the next day of a contact that is in the calendar."""
    found: dict[int, date] = {}
    rows = _activities().filter(on__gt=day).order_by("-on")
    for some in _some(accounts):
        found |= {
            account: on for account, on in rows.filter(account__in=some).values_list("account", "on") if on
        }
    return found


def _activities() -> QuerySet[Activity]:
    return Activity.objects.for_system(_FACTS).filter(replaced_at=None, gone=False)


def activities(account: int, limit: int = 100) -> list[Activity]:
    """The contacts with an account that count, newest first."""
    rows = _activities().filter(account=account).select_related("by", "contact", "noted_by")
    return list(rows.order_by("-on", "-pk")[:limit])


def renewals(accounts: Collection[int]) -> list[Renewal]:
    """The renewals that count, the next first."""
    rows = Renewal.objects.for_system(_FACTS).filter(replaced_at=None).select_related("by")
    found = [row for some in _some(accounts) for row in rows.filter(account__in=some)]
    return sorted(found, key=lambda row: (row.on, row.pk))


def rivals(accounts: Collection[int]) -> list[RivalSeen]:
    """Where rivals were seen, newest first."""
    rows = RivalSeen.objects.for_system(_FACTS).filter(replaced_at=None).select_related("by")
    found = [row for some in _some(accounts) for row in rows.filter(account__in=some)]
    return sorted(found, key=lambda row: (row.on, row.pk), reverse=True)


def covers(accounts: Collection[int], day: date) -> dict[int, Cover]:
    """Account -> who covers it on a day: nobody does whose owner is there, also where they came back."""
    rows = (
        Cover.objects.for_system(_FACTS).filter(replaced_at=None).select_related("interim", "by", "account")
    )
    found = [row for some in _some(accounts) for row in rows.filter(account__in=some)]
    owners = {row.account.owner_id for row in found}
    gone = people.gone_of({one for one in owners if one is not None}, day, EMPTY_WITHOUT)
    return {
        row.account_id: row for row in found if row.account.owner_id is None or row.account.owner_id in gone
    }


# Empty seats


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat without an active owner: who had it (None: nobody was known), and which leader answers for it."""

    person: int | None
    leader: int | None

    def __post_init__(self) -> None:
        if self.person is None and self.leader is not None:
            raise ValueError("Accounts that are nobody's are in nobody's team.")


def empty_seats(actor: access.Actor, at: datetime) -> list[Seat]:
    """The seats in the actor's reach whose accounts have no active owner. Raises NotAllowed."""
    access.require(actor, "empty_seat.read")
    found = _empty_seats(people.house().day(at))
    leaders = {one.leader for one in found if one.leader is not None}
    mine = people.reached(actor, "empty_seat.read", leaders)
    every = any(reach is access.Reach.COMPANY for _, reach in access.reaches(actor, "empty_seat.read"))
    return [one for one in found if every or one.leader in mine]


def _empty_seats(day: date) -> list[Seat]:
    return list(kept.once(("empty seats", day), lambda: _find_empty(day)))


def _find_empty(day: date) -> list[Seat]:
    rows = Account.objects.for_system("which owners of accounts are no longer there")
    owners = set(rows.values_list("owner", flat=True).distinct().order_by())
    gone = people.gone_of({one for one in owners if one is not None}, day, EMPTY_WITHOUT)
    seats = [Seat(person, _leader_of(person, day)) for person in sorted(gone)]
    return seats + ([Seat(None, None)] if None in owners else [])


def _leader_of(person: int, day: date) -> int | None:
    """The last manager of somebody who left, or the first above who is still there."""
    boss = people.led_last(person)
    return people.first_there(
        boss, lambda one: people.gone(one, day, "empty_seat.cover"), above=people.led_last
    )


def accounts_of_seats(seats: Collection[Seat]) -> QuerySet[Account]:
    """The accounts of seats that the caller found through the table."""
    rows = Account.objects.for_system("accounts of an empty seat, for its leader; callers found the seat")
    nobodys = rows.filter(owner=None) if any(one.person is None for one in seats) else rows.none()
    return rows.filter(owner__in=[one.person for one in seats if one.person is not None]) | nobodys


def readable(actor: access.Actor, at: datetime) -> QuerySet[Account]:
    """Every account the actor reads: within reach, covered, or of an empty seat. Raises NotAllowed."""
    access.require(actor, "account.read")
    mine = Account.objects.seen_by(actor, "account.read")
    if access.may(actor, "empty_seat.read"):
        seats = empty_seats(actor, at)
        return mine | accounts_of_seats(seats) if seats else mine
    return mine


def find(actor: access.Actor, public_id: str, at: datetime) -> Account:
    """An account the actor reads. Raises NotAllowed, NotFound."""
    row = readable(actor, at).filter(public_id=public_id).select_related("owner").first()
    if row is None:
        raise access.NotFound("account")
    return row


def may_note(actor: access.Actor, account: Account, at: datetime) -> bool:
    """Whether the actor notes contacts, renewals and rivals here: owner, leader, who covers it, or operations."""
    if actor.person is None or not access.may(actor, "activity.write"):
        return actor.person is None
    if account.owner_id is not None and people.may_on(actor, "activity.write", account.owner_id):
        return True
    if any(reach is access.Reach.COMPANY for _, reach in access.reaches(actor, "activity.write")):
        return True
    cover = covers([account.pk], people.house().day(at)).get(account.pk)
    return (cover is not None and cover.interim_id == actor.person) or may_cover(actor, account, at)


def seat_of(account: Account, at: datetime) -> Seat | None:
    """The empty seat an account is in; None where it has an active owner."""
    return next((one for one in _empty_seats(people.house().day(at)) if one.person == account.owner_id), None)


def may_cover(actor: access.Actor, account: Account, at: datetime) -> bool:
    """Whether the actor says who covers an account of an empty seat."""
    seat = seat_of(account, at)
    if seat is None or actor.person is None or not access.may(actor, "empty_seat.cover"):
        return False
    if seat.leader is None:
        return any(reach is access.Reach.COMPANY for _, reach in access.reaches(actor, "empty_seat.cover"))
    return people.may_on(actor, "empty_seat.cover", seat.leader)

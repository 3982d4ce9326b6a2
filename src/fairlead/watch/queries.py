"""Reading how accounts are looked after: one's own, those of an empty seat, those of a seller while a look waits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet

from fairlead.deals import queries as deal_queries
from fairlead.deals.models import Deal
from fairlead.improvement import covering
from fairlead.improvement import queries as improvement
from fairlead.looks import queries as looks
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.models import Person, RoleGrant
from fairlead.territories import models
from fairlead.territories import queries as territories
from fairlead.territories.models import (
    Account,
    AccountTier,
    Activity,
    Contact,
    Cover,
    CoverMark,
    Owned,
    RivalSeen,
)
from fairlead.territories.rules import Policy
from fairlead.watch import rules

_SUMS = "money at risk of an empty seat is a sum; no deal is shown"
_SEEN = "what belongs to an account that the reader found through the table"
_MANY = 400
MOST_DEALS, MOST_LOSSES = 100, 10


@dataclass(frozen=True, slots=True)
class Line:
    """An account on a list: how it is looked after, why it is on the list, and the money at risk."""

    public_id: str
    name: str
    industry: str
    country: str
    owner: str
    facts: rules.Facts
    breach: bool
    due_on: date | None
    reasons: tuple[rules.Reason, ...]
    money: rules.Money
    mine: bool = False
    covered_by: str = ""
    cover_whole: bool = False


@dataclass(frozen=True, slots=True)
class Sums:
    """What a list adds up to."""

    accounts: int
    breach: int
    breach_minor: int
    without_tier: int


def sums(lines: Iterable[Line]) -> Sums:
    every = list(lines)
    late = [one for one in every if one.breach]
    return Sums(
        len(every),
        len(late),
        sum(one.money.total for one in late),
        sum(one.facts.allowed is None for one in every),
    )


# Lists


def mine(actor: access.Actor, at: datetime) -> list[Line]:
    """The actor's own accounts and those they cover, in order. Raises NotAllowed."""
    rows = Account.objects.seen_by(actor, "account.read")
    own = rows.filter(Q(owner=actor.id) | Q(pk__in=models.covered_by(actor)))
    return _lines(list(own.select_related("owner")), _readable_deals(actor), actor, at)


def of_seller(actor: access.Actor, person: str, at: datetime) -> tuple[people.Node, str, list[Line]]:
    """A direct report (public id), the look that waits, and their accounts while it does.

    Without such a look, or for anybody but the manager of today, there is no such page: NotFound, the same for both.
    Raises NotAllowed for whom no role has such a page at all.
    """
    access.require(actor, "watch.read")
    found, look = _watched(actor, person, at)
    rows = Account.objects.seen_by(actor, "account.read").filter(owner=found).select_related("owner")
    return people.node(found), look, _lines(list(rows), _readable_deals(actor), actor, at)


def _watched(actor: access.Actor, person: str, at: datetime) -> tuple[int, str]:
    """(seller, look that waits). Raises NotFound."""
    try:
        found = people.find(person).pk
    except access.NotFound:
        raise access.NotFound("page") from None
    if found == actor.person or not people.may_on(actor, "watch.read", found):
        raise access.NotFound("page")
    look = looks.open_of(found, at)
    if not look or not people.may_on(actor, "look.read", found):
        raise access.NotFound("page")
    return found, look


def watched(actor: access.Actor, person: int, at: datetime) -> bool:
    """Whether the actor has the watch of a seller now: for links on pages that show the look anyway."""
    if person == actor.person or not access.may(actor, "watch.read"):
        return False
    return people.may_on(actor, "watch.read", person) and bool(looks.open_of(person, at))


def looked_at(actor: access.Actor, at: datetime) -> list[people.Node]:
    """Direct reports whose look waits for the actor's decision: their accounts can be watched."""
    if not access.may(actor, "watch.read") or not access.may(actor, "look.read"):
        return []
    open_ = [line for line in looks.of_reports(actor, at) if line.standing.open]
    return list({line.person.id: line.person for line in open_}.values())


@dataclass(frozen=True, slots=True)
class SeatSeen:
    """An empty seat: whose it was ('' for nobody's), since when, who answers for it, and its accounts in order."""

    key: str
    name: str
    left_on: date | None
    leader: str
    may_cover: bool
    lines: tuple[Line, ...]
    sums: Sums

    @property
    def covered(self) -> int:
        return sum(one.cover_whole for one in self.lines)


NOBODYS = "nobody"


def seats(actor: access.Actor, at: datetime) -> list[SeatSeen]:
    """The empty seats in the actor's reach, the most money at risk first. Raises NotAllowed."""
    found = [_seat_seen(actor, one, at) for one in territories.empty_seats(actor, at)]
    return sorted(found, key=lambda one: (-one.sums.breach_minor, -one.sums.accounts, one.name))


def seat(actor: access.Actor, key: str, at: datetime) -> SeatSeen:
    """One empty seat by whose it was. Raises NotAllowed, NotFound."""
    return _seat_seen(actor, _seat(actor, key, at), at)


def _seat(actor: access.Actor, key: str, at: datetime) -> territories.Seat:
    known = territories.empty_seats(actor, at)
    keys = dict(Person.objects.filter(pk__in=[one.person for one in known]).values_list("pk", "public_id"))
    for one in known:
        if (NOBODYS if one.person is None else keys[one.person]) == key:
            return one
    raise access.NotFound("seat")


def _seat_seen(actor: access.Actor, one: territories.Seat, at: datetime) -> SeatSeen:
    rows = list(territories.accounts_of_seats([one]).select_related("owner"))
    lines = _lines(rows, Deal.objects.for_system(_SUMS), actor, at)
    person = Person.objects.get(pk=one.person) if one.person is not None else None
    leader = people.names([one.leader])[one.leader] if one.leader is not None else ""
    may = bool(rows) and territories.may_cover(actor, rows[0], at)
    return SeatSeen(
        person.public_id if person else NOBODYS, person.name if person else "", person.ends_on if person else None,
        leader, may, tuple(lines), sums(lines),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Named:
    """An account that a search found: its facts, and nothing of how it is looked after."""

    public_id: str
    name: str
    industry: str
    country: str
    owner: str


MOST_NAMED = 50


def search(actor: access.Actor, words: str, at: datetime) -> list[Named]:
    """Accounts the actor reads whose name has the words, by name. Raises NotAllowed."""
    rows = territories.readable(actor, at).filter(name__icontains=words.strip()[:100])
    return [
        Named(one.public_id, one.name, one.industry, one.country, one.owner.name if one.owner else "")
        for one in rows.select_related("owner").order_by("name", "pk")[:MOST_NAMED]
    ]


# Lines


def _readable_deals(actor: access.Actor) -> QuerySet[Deal] | None:
    return Deal.objects.seen_by(actor, "deal.read") if access.may(actor, "deal.read") else None


def _lines(
    accounts: Sequence[Account], deals: QuerySet[Deal] | None, actor: access.Actor, at: datetime
) -> list[Line]:
    day = people.house().day(at)
    facts = facts_of(accounts, deals, day)
    covers = territories.covers([one.pk for one in accounts], day)
    gone = people.gone_of({c.interim_id for c in covers.values() if c.interim_id}, day, "activity.write")
    lines = [_line(one, facts[one.pk], covers.get(one.pk), gone, actor, day) for one in accounts]
    order = rules.in_order((one.breach, one.money.total, one.name) for one in lines)
    return [lines[place] for place in order]


def _line(
    one: Account,
    facts: rules.Facts,
    cover: Cover | None,
    gone: Collection[int],
    actor: access.Actor,
    day: date,
) -> Line:
    held = cover is not None and cover.interim is not None and cover.interim_id not in gone
    return Line(
        one.public_id, one.name, one.industry, one.country, one.owner.name if one.owner else "", facts,
        rules.in_breach(facts, day), rules.due_on(facts), rules.reasons(facts, day), rules.money(facts),
        one.owner_id is not None and one.owner_id == actor.person,
        cover.interim.name if held and cover and cover.interim else "",
        bool(held and cover and cover.hand_over and cover.first_call_on),
    )  # fmt: skip


def facts_of(accounts: Sequence[Account], deals: QuerySet[Deal] | None, day: date) -> dict[int, rules.Facts]:
    """Account -> what is known of it. ``deals`` are those that may be added up; callers checked the accounts."""
    ids = [one.pk for one in accounts]
    tiers = territories.tiers_on(ids, day)
    policy = territories.policy_for(one.owner_id for one in accounts)
    last, planned = territories.last_two_way(ids, day), territories.planned(ids, day)
    held = territories.held_since(accounts, day)
    renewals = _renewals(accounts, policy, day)
    rivals: dict[int, RivalSeen] = {}
    for seen in territories.rivals(ids):
        rivals.setdefault(seen.account_id, seen)
    added = _deals_of(accounts, deals, day) if deals is not None else {}
    known, nobody = territories.buyers(ids, day), territories.last_with_nobody(ids, day)
    buyers: dict[int, list[territories.Known]] = {}
    for buyer in known:
        buyers.setdefault(buyer.account, []).append(buyer)
    found = {}
    for one in accounts:
        rival, said = rivals.get(one.pk), policy[one.owner_id]
        tier = tiers.get(one.pk, "")
        allowed = said.days(tier) if tier else None
        there = [
            rules.stale(each.state, each.last, allowed, day, nobody.get(one.pk))
            for each in buyers.get(one.pk, ())
        ]
        found[one.pk] = rules.Facts(
            said.named(tier), allowed, last.get(one.pk), planned.get(one.pk),
            tuple(renewals.get(one.pk, ())), rival.rival if rival else "", rival.on if rival else None,
            added.get(one.pk, rules.Deals()), held.get(one.pk), rules.counted(there),
        )  # fmt: skip
    return found


def _renewals(
    accounts: Sequence[Account], policy: dict[int | None, Policy], day: date
) -> dict[int, list[rules.Renewal]]:
    """Account -> renewals within the days its policy looks ahead, or that were due lately and are not renewed."""
    ahead = {one.pk: policy[one.owner_id].renewal_days for one in accounts}
    rates, found = deal_queries.rates(), dict[int, list[rules.Renewal]]()
    for row in territories.renewals(ahead):
        if not -YEAR_BACK <= (row.on - day).days <= ahead[row.account_id]:
            continue
        minor = None if row.amount_minor is None else rates.convert(row.amount_minor, row.currency, day)
        lost = row.currency if row.amount_minor is not None and minor is None else ""
        found.setdefault(row.account_id, []).append(rules.Renewal(row.on, minor, lost))
    return found


YEAR_BACK = 90
"""So long a renewal that was due and is still listed stays on the list."""


def words_of(accounts: Iterable[Account]) -> dict[tuple[str, str], int]:
    """(source, word) -> account: deals name an account by its id, or by a name that only one has in its source."""
    every = list(accounts)
    named = Counter((one.source, one.name) for one in every)
    by_name = {(one.source, one.name): one.pk for one in every if named[one.source, one.name] == 1}
    return by_name | {(one.source, one.external_id): one.pk for one in every}


def deals_at(accounts: Sequence[Account], deals: QuerySet[Deal]) -> Iterator[QuerySet[Deal]]:
    """Deals of accounts, a few hundred accounts at a time."""
    by_source: dict[str, list[str]] = {}
    for source, word in words_of(accounts):
        by_source.setdefault(source, []).append(word)
    for source, words in sorted(by_source.items()):
        for start in range(0, len(words), _MANY):
            yield deals.filter(source__name=source, account__in=words[start : start + _MANY])


def _deals_of(accounts: Sequence[Account], deals: QuerySet[Deal], day: date) -> dict[int, rules.Deals]:
    words, found = words_of(accounts), dict[int, rules.Deals]()
    lately = Q(closed_on__gt=day - timedelta(days=rules.YEAR), closed_on__lte=day)
    where = deal_queries.counted_open() | (deal_queries.counted_won() & lately)
    columns = ("source__name", "account", "status", "home_minor", "type", "next_step")
    for some in deals_at(accounts, deals):
        for source, word, status, minor, kind, step in some.filter(where).values_list(*columns):
            account = words.get((source, word))
            if account is None:
                continue
            before = found.get(account, rules.Deals())
            found[account] = _added(before, status, minor, kind, step)
    return found


def _added(before: rules.Deals, status: str, minor: int | None, kind: str, step: str) -> rules.Deals:
    if status == "won":
        return replace(before, year_minor=before.year_minor + (minor or 0))
    return replace(
        before,
        open=before.open + 1,
        open_minor=before.open_minor + (minor or 0),
        open_unknown=before.open_unknown + (minor is None),
        without_step=before.without_step + (not step.strip()),
        renewing_minor=before.renewing_minor + ((minor or 0) if "renew" in kind.lower() else 0),
    )


# One account


@dataclass(frozen=True, slots=True)
class DealSeen:
    """A deal of the account that the reader may read."""

    public_id: str
    name: str
    owner: str
    status: str
    stage: str
    home_minor: int | None
    on: date | None
    next_step: str


@dataclass(frozen=True, slots=True)
class CoverSeen:
    """Who covers the account meanwhile, and what was done. ``gone``: whoever was named is not there any more."""

    interim: str
    gone: bool
    mine: bool
    hand_over: str
    first_call_on: date | None
    called_on: date | None
    """a two-way contact since the cover was written"""
    done: dict[str, tuple[str, datetime]]
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class BuyerSeen:
    """Somebody at the buyer's: the last two-way contact that names them, and why they are stale ('' where not)."""

    row: Contact
    last: date | None
    stale: rules.Stale


@dataclass(frozen=True, slots=True)
class AccountPage:
    """One account."""

    line: Line
    policy: Policy
    tiers: tuple[AccountTier, ...]
    owners: tuple[Owned, ...]
    empty: bool
    """whether its seat is empty"""
    cover: CoverSeen | None
    deals: tuple[DealSeen, ...]
    more_deals: bool
    lost: tuple[DealSeen, ...]
    """the newest that were lost; their story is told by the page, through the reader's own rights"""
    activities: tuple[Activity, ...]
    renewals: tuple[models.Renewal, ...]
    rivals: tuple[RivalSeen, ...]
    contacts: tuple[Contact, ...]
    buyers: tuple[BuyerSeen, ...]
    may_note: bool
    may_tier: bool
    may_cover: bool
    seat: str

    @property
    def open(self) -> list[DealSeen]:
        return [one for one in self.deals if one.status == "open"]

    @property
    def closed(self) -> list[DealSeen]:
        return [one for one in self.deals if one.status != "open"]


def page(actor: access.Actor, public_id: str, at: datetime) -> AccountPage:
    """One account with everything the actor may read of it. Raises NotAllowed, NotFound."""
    row = territories.find(actor, public_id, at)
    deals = _readable_deals(actor)
    line = _lines([row], deals, actor, at)[0]
    found = _deals_seen(row, deals) if deals is not None else []
    seat_ = territories.seat_of(row, at)
    contacts = tuple(
        Contact.objects.for_system(_SEEN).filter(account=row).order_by("name", "pk")[:MOST_DEALS]
    )
    return AccountPage(
        line=line,
        policy=territories.policy_for([row.owner_id])[row.owner_id],
        tiers=tuple(
            AccountTier.objects.for_system(_SEEN).filter(account=row).order_by("-starts_on", "-pk")[:20]
        ),
        owners=tuple(
            Owned.objects.for_system(_SEEN)
            .filter(account=row)
            .select_related("before", "owner")
            .order_by("-at")[:20]
        ),
        empty=seat_ is not None,
        cover=_cover_seen(row, actor, line, at) if seat_ is not None else None,
        deals=tuple(found[:MOST_DEALS]),
        more_deals=len(found) > MOST_DEALS,
        lost=tuple(one for one in found if one.status == "lost")[:MOST_LOSSES],
        activities=tuple(territories.activities(row.pk)),
        renewals=tuple(territories.renewals([row.pk])),
        rivals=tuple(territories.rivals([row.pk])),
        contacts=contacts,
        buyers=_buyers(row, contacts, line.facts.allowed, people.house().day(at)),
        may_note=territories.may_note(actor, row, at),
        may_tier=access.may(actor, "tier.keep"),
        may_cover=territories.may_cover(actor, row, at),
        seat=_seat_key(row) if seat_ is not None and access.may(actor, "empty_seat.read") else "",
    )


def _buyers(
    row: Account, contacts: Sequence[Contact], allowed: int | None, day: date
) -> tuple[BuyerSeen, ...]:
    """The account's people, those who are no way to it last."""
    last = {one.id: one.last for one in territories.buyers([row.pk], day)}
    nobody = territories.last_with_nobody([row.pk], day).get(row.pk)
    seen = [
        BuyerSeen(one, last.get(one.pk), rules.stale(one.state, last.get(one.pk), allowed, day, nobody))
        for one in contacts
    ]
    return tuple(sorted(seen, key=lambda one: one.stale in ("left", "bounced")))


def _seat_key(row: Account) -> str:
    return row.owner.public_id if row.owner else NOBODYS


def _deals_seen(row: Account, deals: QuerySet[Deal]) -> list[DealSeen]:
    """The deals of an account the reader may read: open ones by their day, then closed ones, newest first."""
    rows: list[Deal] = []
    for some in deals_at([row], deals):
        rows += some.select_related("owner").order_by("-closed_on", "close_on", "pk")[: MOST_DEALS + 1]
    seen = [
        DealSeen(
            one.public_id, one.name or one.account or one.external_id, one.owner.name if one.owner else "", one.status,
            one.stage, one.home_minor, one.close_on if one.status == "open" else one.closed_on, one.next_step,
        )
        for one in rows
    ]  # fmt: skip
    first = sorted((one for one in seen if one.status == "open"), key=lambda one: one.on or date.max)
    return first + [one for one in seen if one.status != "open"]


def _cover_seen(row: Account, actor: access.Actor, line: Line, at: datetime) -> CoverSeen | None:
    day = people.house().day(at)
    cover = territories.covers([row.pk], day).get(row.pk)
    if cover is None or cover.interim is None:
        return None
    done: dict[str, tuple[str, datetime]] = {}
    same = Cover.objects.for_system(_SEEN).filter(account=row, interim=cover.interim, at=cover.at)
    for mark in (
        CoverMark.objects.for_system(_SEEN).filter(cover__in=same).select_related("by").order_by("pk")
    ):
        done.pop(mark.what, None)
        if mark.done:
            done[mark.what] = (mark.by.name, mark.at)
    called = line.facts.last if line.facts.last and line.facts.last >= people.house().day(cover.at) else None
    return CoverSeen(
        cover.interim.name, people.gone(cover.interim.pk, day, "activity.write"), cover.interim_id == actor.person,
        cover.hand_over, cover.first_call_on, called, done, cover.by.name, cover.at,
    )  # fmt: skip


def first_calls(actor: access.Actor, at: datetime) -> list[tuple[str, str, date]]:
    """(account, its name, day) of first calls that the actor has to make at accounts they cover. Raises NotAllowed."""
    rows = Account.objects.seen_by(actor, "account.read").filter(pk__in=models.covered_by(actor))
    kept = list(rows.select_related("owner"))
    lines = {line.public_id: line for line in _lines(kept, _readable_deals(actor), actor, at)}
    found = []
    for row in kept:
        seen = _cover_seen(row, actor, lines[row.public_id], at)
        if seen is None or not seen.mine or seen.called_on or "first_call" in seen.done:
            continue
        if seen.first_call_on:
            found.append((row.public_id, row.name, seen.first_call_on))
    return found


# The cover plan of an empty seat


@dataclass(frozen=True, slots=True)
class CoverLine:
    """An account of an empty seat with its cover as written, else with a suggestion and why."""

    line: Line
    number: int
    """the key of the cover the reader read, 0 for none"""
    interim: str
    """public id of whoever covers it"""
    interim_name: str
    hand_over: str
    first_call_on: date | None
    suggested: str
    why: str
    first_call_late: bool
    """a first call that should have been, and no two-way contact since"""

    @property
    def whole(self) -> bool:
        return bool(self.interim and self.hand_over and self.first_call_on)


@dataclass(frozen=True, slots=True)
class CoverPlan:
    """The cover plan of an empty seat."""

    seat: SeatSeen
    lines: tuple[CoverLine, ...]
    mates: tuple[tuple[str, str], ...]

    @property
    def missing(self) -> int:
        return sum(not one.whole for one in self.lines)


def mates_of(actor: access.Actor, key: str, at: datetime) -> list[covering.Mate]:
    """Who could cover the accounts of an empty seat: who sells in its leader's team; of nobody's, every seller."""
    one = _seat(actor, key, at)
    day = people.house().day(at)
    if one.leader is None:
        held = RoleGrant.objects.filter(role="rep", starts_on__lte=day).exclude(ends_on__lte=day)
        nodes = people.nodes(set(held.values_list("person_id", flat=True)))
    else:
        nodes = people.reports(one.leader)
    gone = people.gone_of([node.id for node in nodes], day, "activity.write")
    there = [node for node in nodes if node.id not in gone]
    if not there and one.leader is not None:
        there = [people.node(one.leader)]
    return improvement.carrying(there)


def cover_plan(actor: access.Actor, key: str, at: datetime) -> CoverPlan:
    """The cover plan of an empty seat, as its leader fills it. Raises NotAllowed, NotFound."""
    seen = seat(actor, key, at)
    mates = mates_of(actor, key, at)
    names = {mate.key: mate.name for mate in mates}
    ids = dict(territories.accounts_of_seats([_seat(actor, key, at)]).values_list("public_id", "pk"))
    day = people.house().day(at)
    covers = territories.covers(list(ids.values()), day)
    missing = [one for one in seen.lines if not one.cover_whole]
    told = {
        one.account: one
        for one in covering.suggest(
            [covering.Account(m.public_id, m.name, m.industry, m.facts.deals.open) for m in missing], mates
        )
    }
    lines = []
    for one in seen.lines:
        cover, hint = covers.get(ids[one.public_id]), told.get(one.public_id)
        interim = cover.interim if cover else None
        there = interim is not None and interim.public_id in names
        first = cover.first_call_on if cover else None
        since = people.house().day(cover.at) if cover else None
        called = bool(since and one.facts.last and one.facts.last >= since)
        lines.append(
            CoverLine(
                one, cover.pk if cover else 0, interim.public_id if there and interim else "",
                interim.name if interim else "", cover.hand_over if cover else "", first,
                hint.mate if hint else "", hint.why if hint else "", bool(first and first < day and not called),
            )
        )  # fmt: skip
    return CoverPlan(seen, tuple(lines), tuple(sorted(names.items(), key=lambda pair: pair[1])))


def mate_ids(mates: Iterable[covering.Mate]) -> dict[str, int]:
    """Public id -> person, of those who could cover."""
    keys = [mate.key for mate in mates]
    return dict(Person.objects.filter(public_id__in=keys).values_list("public_id", "pk"))

"""The catalogue as it stands, and what follows from it for each seller. Takes persons: callers checked whose."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from fairlead.debts import queries as debts
from fairlead.enablement import rules
from fairlead.enablement.models import Delivery, EntryVersion, Product, Rating, Sells
from fairlead.enablement.rules import Item
from fairlead.people import queries as people
from fairlead.people.models import Person, Reach, RoleGrant
from fairlead.standing import measuring


@dataclass(frozen=True, slots=True)
class Owed:
    """An item that is owed to a seller, with how it stands. ``rating`` is the newest said of the delivery."""

    item: Item
    person: int
    begins_on: date
    standing: rules.Standing
    rating: str = ""


def products(*, retired: bool = False) -> dict[str, date | None]:
    """Name -> launch day of the products that are sold, by name; with ``retired`` those that were sold, too."""
    newest: dict[str, Product] = {}
    for row in Product.objects.order_by("pk"):
        newest[rules.folded(row.name)] = row
    kept = [row for row in newest.values() if retired or not row.retired]
    return {row.name: row.launched_on for row in sorted(kept, key=lambda row: row.name.casefold())}


def items(*, retired: bool = False) -> list[Item]:
    """The items of the catalogue as they stand, by role, product and day; with ``retired`` those taken out, too."""
    house = people.house()
    versions: dict[int, list[EntryVersion]] = {}
    for row in EntryVersion.objects.select_related("entry").order_by("entry", "number"):
        versions.setdefault(row.entry_id, []).append(row)
    found = []
    for rows in versions.values():
        now = rows[-1]
        since = [row for row in rows if row.again or row.number == 1][-1].at
        if now.retired and not retired:
            continue
        found.append(
            Item(
                now.entry_id, now.entry.lead_id, now.role, now.product, now.kind, now.what, now.proof, now.owner_id,
                now.days, now.scope, now.retired, since, house.day(since), house.day(rows[0].at),
            )
        )  # fmt: skip
    return sorted(
        found, key=lambda one: (one.role.casefold(), one.product.casefold(), one.days, one.what.casefold())
    )


def sellers(persons: Collection[int], today: date) -> list[rules.Seller]:
    """Those who are reps on a day, with the role and the products of that day."""
    here = sorted(measuring.sellers(persons, today))
    seats = measuring.seats_of(here)
    sold: dict[int, list[tuple[date, list[str]]]] = {}
    rows = Sells.objects.for_system("what somebody sells decides on what is owed; callers checked whose")
    for row in rows.filter(person__in=here, starts_on__lte=today).order_by("person", "starts_on", "pk"):
        sold.setdefault(row.person_id, []).append((row.starts_on, row.products))
    leads = _leads(here)
    found = []
    for person in here:
        role, since = rules.role_of([(one.job, one.since) for one in seats[person]], today)
        found.append(
            rules.Seller(
                person, role, since, leads.get(person), rules.sold_since(_last_of_day(sold.get(person, ())))
            )
        )
    return found


def _last_of_day(said: Iterable[tuple[date, list[str]]]) -> list[tuple[date, list[str]]]:
    return list(dict(said).items())


def _leads(persons: Collection[int]) -> dict[int, int]:
    rows = Reach.objects.filter(member__in=list(persons), depth=1)
    return dict(rows.values_list("member_id", "boss_id"))


def everybody(today: date) -> list[int]:
    """Everybody who is a rep."""
    rows = RoleGrant.objects.filter(role="rep", starts_on__lte=today).exclude(ends_on__lte=today)
    here = Person.objects.filter(voided_at=None).exclude(ends_on__lte=today)
    return sorted(set(rows.values_list("person_id", flat=True)) & set(here.values_list("pk", flat=True)))


def owed(persons: Collection[int], at: datetime, known: list[Item] | None = None) -> dict[int, list[Owed]]:
    """person -> what is owed to each of these sellers, by its day; nobody whose role owes nothing."""
    house = people.house()
    today, every = house.day(at), items() if known is None else known
    launches = {rules.folded(name): day for name, day in products().items()}
    wanted = [
        (item, seller, begun)
        for seller in sellers(persons, today)
        for item in every
        if (not item.product or rules.folded(item.product) in launches)
        and (begun := rules.begins(item, seller, launches)) is not None
    ]
    delivered = deliveries({seller.id for _, seller, _ in wanted})
    ratings = _ratings(one.id for one in delivered.values())
    settled = debts.of_kind(rules.SOURCE, {rules.debt_of(item.key, seller.id) for item, seller, _ in wanted})
    found: dict[int, list[Owed]] = {}
    for item, seller, begun in wanted:
        given = delivered.get((seller.id, item.key))
        if given is not None and given.at < item.since:
            given = None
        held = settled.get(rules.debt_of(item.key, seller.id), [])
        last = held[-1] if held else None
        waived = False
        if given is None and last is not None and last.by_human and not last.standing.open:
            now = last.standing
            if now.delivered_at is not None and now.delivered_at >= item.since:
                given = rules.Delivered(
                    0, house.day(now.delivered_at), last.owner, now.evidence, "", now.delivered_at
                )
            waived = now.state == "lifted"
        due = begun + timedelta(days=item.days)
        rating = ratings.get(given.id, "") if given else ""
        if given is not None and given.id == 0 and last is not None:
            rating = last.standing.rating
        found.setdefault(seller.id, []).append(
            Owed(item, seller.id, begun, rules.Standing(due, given, waived), rating)
        )
    for lines in found.values():
        lines.sort(key=lambda one: (one.standing.due_on, one.item.what.casefold()))
    return found


def deliveries(persons: Collection[int]) -> dict[tuple[int, int], rules.Delivered]:
    """(person, item) -> the newest delivery that was not taken back. Callers checked whose."""
    rows = Delivery.objects.for_system("what was delivered decides on what is owed; callers checked whose")
    kept = list(rows.filter(person__in=list(persons)).order_by("pk"))
    gone = {row.undoes_id for row in kept if row.undoes_id}
    return {
        (row.person_id, row.entry_id): rules.Delivered(row.pk, row.on, row.by_id, row.words, row.link, row.at)
        for row in kept
        if row.undoes_id is None and row.pk not in gone
    }


def _ratings(ids: Iterable[int]) -> dict[int, str]:
    rows = Rating.objects.for_system("how a delivery was rated, without words; callers checked whose")
    found = rows.filter(delivery__in=[one for one in ids if one]).order_by("pk")
    return dict(found.values_list("delivery_id", "rating"))


@dataclass(frozen=True, slots=True)
class Count:
    """How an item stands over everybody it is owed to, None for each figure with too few people behind it."""

    people: int
    delivered: int | None
    late: int | None
    helped: int | None
    rated: int | None


def counts(at: datetime, known: list[Item]) -> dict[int, Count]:
    """item -> counts without names, five people or more behind each. Callers checked that the actor may."""
    today = people.house().day(at)
    by_item: dict[int, list[Owed]] = {}
    for lines in owed(everybody(today), at, known).values():
        for one in lines:
            by_item.setdefault(one.item.key, []).append(one)
    return {item.key: _count(by_item.get(item.key, ()), today) for item in known}


def _count(lines: Collection[Owed], today: date) -> Count:
    many = len(lines)
    if many < rules.ENOUGH:
        return Count(many, None, None, None, None)
    states = [one.standing.state(today) for one in lines]
    rated = [one.rating for one in lines if one.rating]
    enough = len(rated) >= rules.ENOUGH
    return Count(
        many, states.count("delivered"), states.count("late"),
        rated.count("helped") if enough else None, len(rated) if enough else None,
    )  # fmt: skip


def names_of(known: Iterable[Item]) -> Mapping[int, str]:
    """Person -> name of those who answer for items, or whose team an item is for."""
    return people.names({one.owner for one in known} | {one.lead for one in known if one.lead})

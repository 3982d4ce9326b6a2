"""Contacts with accounts and their tiers, by plain rules from the accounts' ids; a seat that is empty since October."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal

from fairlead.calls import intake
from fairlead.forecasting.simulate import marlow
from fairlead.forecasting.simulate.marlow import Marlow
from fairlead.people import access, queries
from fairlead.people import actions as people
from fairlead.people.models import Person
from fairlead.people.rules import PersonRow
from fairlead.territories import noting
from fairlead.territories.rules import AccountRow, ActivityRow, Kind, Way
from fairlead.watch import queries as watch

MOST = 2_000
"""So many accounts have contacts: enough for every page, however large the demo."""
LEFT = date(2026, 10, 30)
EMPTY = 5
_ALLOWED = {"A": 30, "B": 60, "C": 120}
_TWO_WAY: tuple[Kind, ...] = ("call", "meeting", "mail", "visit")


def _number(id: str) -> int:
    """A number of its own for an account, the same in every demo."""
    found = 7
    for letter in id:
        found = (found * 31 + ord(letter)) % 10_007
    return found


def tier_of(id: str) -> str:
    """Of eight accounts two are A, three B, two C, and one has no tier yet."""
    return "AABBBCC "[_number(id) % 8].strip()


def fill(company: Marlow, everybody: dict[str, Person], source: str, at: datetime) -> None:
    """What the CRM says of contacts, tiers and renewals this morning, who left, and what Mina and Rosa noted."""
    by = access.system("the demo fills its company")
    left = _who_left(by, everybody, source)
    seat = _seat(company)
    rows = list(_accounts(company, seat))
    contacts = [row for one in rows for row in _contacts(one, at.date())]
    intake.take_in_batch(
        by=by,
        at=at,
        rows=intake.Rows(accounts=rows, activities=contacts),
        manner=intake.Manner(source=source, kind="fairlead", file_name="marlow-accounts.zip", as_of=at),
        with_estimate=False,
    )
    _noted(everybody, left)


def _who_left(by: access.Actor, everybody: dict[str, Person], source: str) -> Person:
    """Nils Aho sold in Mina's team for ten months and has left."""
    begun, gone = datetime(2026, 1, 12, 9, tzinfo=marlow.ZONE), datetime(2026, 10, 30, 16, tzinfo=marlow.ZONE)
    person = people.add_person(
        by=by, at=begun, name="Nils Aho", title="Account executive", manager=everybody["mina"],
        roles=frozenset({access.Role.REP}), starts_on=begun.date(), source=source, external_id="nils",
    )  # fmt: skip
    people.move(by=by, at=gone, person=person, manager=None, starts_on=LEFT)
    row = PersonRow(
        person_id="nils", name="Nils Aho", title="Account executive", starts_on=begun.date(), ends_on=LEFT
    )
    people.take_in(by=by, at=gone, source=source, rows=[row])
    return person


def _seat(company: Marlow) -> set[str]:
    """The accounts he had: of Mina's team, in a tier, with something won in the last year and nothing open."""
    team = {one.key for one in company.people if one.manager == "mina"}
    open_, won = set(), set()
    for deal in company.now.history.deals:
        if deal.status == "open":
            open_.add(deal.account)
        elif deal.status == "won" and deal.closed_on and deal.closed_on > date(2025, 12, 1):
            won.add(deal.account)
    fit = [a.id for a in company.now.accounts if a.owner in team and a.id in won - open_ and tier_of(a.id)]
    return set(sorted(fit, key=_number)[:EMPTY])


def _accounts(company: Marlow, seat: set[str]) -> Iterator[AccountRow]:
    for one in sorted(company.now.accounts, key=lambda one: (one.id not in seat, one.id))[:MOST]:
        number = _number(one.id)
        renews = one.id in seat or number % 5 == 0
        yield AccountRow(
            one.id, one.name, "nils" if one.id in seat else one.owner, one.industry, tier=tier_of(one.id),
            renewal_on=date(2026, 12, 4) + timedelta(days=number % 170) if renews else None,
            renewal_amount=Decimal(10_000 + number % 90 * 500) if renews else None,
            renewal_currency="EUR" if renews else "",
        )  # fmt: skip


def _contacts(one: AccountRow, today: date) -> Iterator[ActivityRow]:
    """A two-way contact within the tier's days for three accounts of four, an older one, and mails nobody answered."""
    number = _number(one.account_id)
    allowed = _ALLOWED.get(one.tier, 90)
    ago = 1 + number % allowed if number % 4 else allowed + 1 + number % 60
    first = (today - LEFT).days + 1 if one.owner == "nils" else 0
    if first:
        ago = max(first, allowed + 4 + number % 40 if number % 5 else allowed * 3 // 4)
    said: tuple[tuple[int, Kind, Way], ...] = (
        (ago, _TWO_WAY[number % 4], "two"), (ago + 45 + number % 30, _TWO_WAY[(number + 1) % 4], "two"),
        (max(first, ago * 2 // 3), "mail", "one"),
    )  # fmt: skip
    for place, (days, kind, way) in enumerate(said):
        yield ActivityRow(
            f"{one.account_id}-{place}", account=one.account_id, on=today - timedelta(days=days), kind=kind, way=way,
            by=one.owner,
        )  # fmt: skip


def _noted(everybody: dict[str, Person], left: Person) -> None:
    """Rosa saw a rival; Mina wrote who covers the account that matters most."""
    at = datetime(2026, 11, 5, 15, tzinfo=marlow.ZONE)
    rosa = queries.actor(everybody["rosa"].pk, at)
    for line in watch.mine(rosa, at)[:1]:
        noting.note_rival(
            by=rosa,
            at=at,
            account=line.public_id,
            rival="Kestrel Systems",
            on=at.date(),
            known_from="their plant manager",
        )
    at = datetime(2026, 11, 23, 11, tzinfo=marlow.ZONE)
    mina = queries.actor(everybody["mina"].pk, at)
    plan = watch.cover_plan(mina, left.public_id, at)
    first = plan.lines[0]
    noting.cover(
        by=mina, at=at, mates=watch.mate_ids(watch.mates_of(mina, left.public_id, at)),
        lines=[{
            "account": first.line.public_id, "interim": first.suggested, "hand_over": "Notes are in the shared folder.",
            "first_call_on": "2026-11-26",
        }],
    )  # fmt: skip

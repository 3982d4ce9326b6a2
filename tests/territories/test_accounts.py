"""Accounts and the buyers' people: taken in idempotently, seen within one's own reach."""

from __future__ import annotations

import pytest

from fairlead.deals import queries as deals_queries
from fairlead.ledger.models import Entry
from fairlead.people import access
from fairlead.territories import actions, queries
from fairlead.territories.models import Account, Contact
from fairlead.territories.rules import AccountRow, ContactRow
from tests.cast import AT, Cast

ACCOUNTS = [
    AccountRow("a1", "Aalborg Vand", owner="rosa", industry="utilities", country="DK"),
    AccountRow("a2", "Bergen Stål", owner="pia"),
]
CONTACTS = [
    ContactRow("c1", account="a1", name="Dr. Ida Krogh", email="ida@aalborg.example", title="Head of plants")
]


def take(cast: Cast, reader: str = "olu") -> actions.TakenIn:
    people = {name: getattr(cast, name).pk for name in cast.names}
    return actions.take_in(
        by=cast.actor(reader), at=AT, source="crm", accounts=ACCOUNTS, contacts=CONTACTS, people_ids=people
    )


def test_accounts_and_contacts_come_once(cast: Cast) -> None:
    first, again = take(cast), take(cast)
    assert (first.accounts_added, first.contacts_added) == (2, 1)
    assert (again.accounts_unchanged, again.contacts_unchanged) == (2, 1)
    assert (again.accounts_added, again.accounts_changed, again.contacts_changed) == (0, 0, 0)
    assert Account.objects.for_system("tests").count() == 2
    assert Contact.objects.for_system("tests").get().account_id is not None
    assert Entry.objects.filter(kind="import.accounts").count() == 2


def test_an_account_is_seen_within_reach_only(cast: Cast) -> None:
    take(cast)
    seen = queries.account(cast.actor("rosa"), source="crm", name="Aalborg Vand")
    assert seen is not None
    assert [buyer.name for buyer in seen.contacts] == ["Dr. Ida Krogh"]
    assert queries.account(cast.actor("mina"), source="crm", name="a1") == seen
    assert queries.account(cast.actor("pia"), source="crm", name="Aalborg Vand") is None
    assert queries.account(cast.actor("hana"), source="crm", name="Aalborg Vand") is None


def test_only_sales_operations_takes_accounts_in(cast: Cast) -> None:
    with pytest.raises(access.NotAllowed):
        take(cast, "mina")


def test_a_deal_shows_its_account_where_the_reader_may_see_it(cast: Cast) -> None:
    from datetime import UTC, datetime

    from fairlead.deals import actions as deals
    from fairlead.deals.rules import DealRow

    take(cast)
    deals.take_in(
        by=cast.actor("olu"),
        at=AT,
        source="crm",
        as_of=datetime(2026, 11, 1, tzinfo=UTC),
        deals=[DealRow("d1", name="Pumps", owner="ravi", account="Aalborg Vand")],
        people_ids={"ravi": cast.ravi.pk},
    )
    found = deals_queries.list_deals(cast.actor("olu")).rows[0].public_id
    assert deals_queries.deal(cast.actor("mina"), found).account is not None
    assert deals_queries.deal(cast.actor("ravi"), found).account is None

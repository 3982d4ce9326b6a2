"""Reading accounts and contacts, as far as the actor may."""

from __future__ import annotations

from dataclasses import dataclass

from fairlead.people import access
from fairlead.territories.models import Account, Contact
from fairlead.territories.rules import AccountRow, ContactRow


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
    return AccountSeen(row.name, row.industry, row.country, row.owner.name if row.owner else "", buyers)


def account_rows(actor: access.Actor) -> list[AccountRow]:
    """Every account the actor may read, as rows of the exchange format, by source and id."""
    seen = (
        Account.objects.seen_by(actor, "account.read")
        .select_related("owner")
        .order_by("source", "external_id")
    )
    return [
        AccountRow(
            a.external_id, a.name, a.owner.external_id if a.owner else "", a.industry, a.country, a.extra
        )
        for a in seen
    ]


def contact_rows(actor: access.Actor) -> list[ContactRow]:
    """Every contact the actor may read, as rows of the exchange format, by source and id."""
    seen = Contact.objects.seen_by(actor, "account.read").order_by("source", "external_id")
    accounts = dict(Account.objects.seen_by(actor, "account.read").values_list("pk", "external_id"))
    return [
        ContactRow(c.external_id, accounts.get(c.account_id or 0, ""), c.name, c.email, c.title) for c in seen
    ]

"""Taking accounts and contacts in from a source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import islice

from django.db import transaction

from fairlead.ledger import actions as ledger
from fairlead.people import access
from fairlead.territories.models import Account, Contact
from fairlead.territories.rules import AccountRow, ContactRow

_WHY = "an import compares with what is kept"
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What an import of accounts and contacts changed, in rows."""

    accounts_added: int = 0
    accounts_changed: int = 0
    accounts_unchanged: int = 0
    contacts_added: int = 0
    contacts_changed: int = 0
    contacts_unchanged: int = 0


@transaction.atomic
def take_in(
    *,
    by: access.Actor,
    at: datetime,
    source: str,
    accounts: Sequence[AccountRow] = (),
    contacts: Sequence[ContactRow] = (),
    people_ids: Mapping[str, int] | None = None,
) -> TakenIn:
    """Take accounts and contacts in: add the new, change what differs. Idempotent.

    ``people_ids`` maps owners as the source spells them to persons. A contact whose account is not known is
    kept without one. Raises NotAllowed.
    """
    access.require(by, "import.run")
    first = _take_in_accounts(source, accounts, people_ids or {})
    second = _take_in_contacts(source, contacts)
    done = TakenIn(*first, *second)
    ledger.append(
        kind="import.accounts", by=by.ref, at=at, subject_kind="source", subject=source, facts=asdict(done)
    )
    return done


def _chunked(rows: Iterable[AccountRow]) -> Iterable[list[AccountRow]]:
    walking = iter(rows)
    while some := list(islice(walking, _CHUNK)):
        yield some


def _take_in_accounts(
    source: str, rows: Sequence[AccountRow], people: Mapping[str, int]
) -> tuple[int, int, int]:
    added = changed = unchanged = 0
    for some in _chunked(rows):
        wanted = {row.account_id: _account(source, row, people) for row in some}
        kept = Account.objects.for_system(_WHY).filter(source=source, external_id__in=list(wanted))
        known = {account.external_id: account for account in kept}
        fresh = [account for id, account in wanted.items() if id not in known]
        differing = [known[id] for id in known if _copied(wanted[id], known[id], _ACCOUNT)]
        Account.objects.bulk_create(fresh, batch_size=_CHUNK)
        Account.objects.for_system(_WHY).bulk_update(differing, [*_ACCOUNT], batch_size=_CHUNK)
        added, changed = added + len(fresh), changed + len(differing)
        unchanged += len(known) - len(differing)
    return added, changed, unchanged


_ACCOUNT = ("name", "owner_id", "industry", "country", "extra")
_CONTACT = ("name", "email", "title", "account_id")


def _account(source: str, row: AccountRow, people: Mapping[str, int]) -> Account:
    return Account(
        source=source,
        external_id=row.account_id,
        name=(row.name or row.account_id)[:200],
        owner_id=people.get(row.owner),
        industry=row.industry[:120],
        country=row.country[:120],
        extra=dict(row.extra),
    )


def _copied(said: Account | Contact, kept: Account | Contact, names: Sequence[str]) -> bool:
    """Put what is said into what is kept; whether anything differed. What is not said stays."""
    differing = [n for n in names if getattr(said, n) and getattr(said, n) != getattr(kept, n)]
    for name in differing:
        setattr(kept, name, getattr(said, name))
    return bool(differing)


def _take_in_contacts(source: str, rows: Sequence[ContactRow]) -> tuple[int, int, int]:
    if not rows:
        return 0, 0, 0
    accounts = Account.objects.for_system(_WHY).filter(source=source).values_list("external_id", "name", "pk")
    ids = {word: pk for external, name, pk in accounts for word in (name, external)}
    wanted = {row.contact_id: _contact(source, row, ids) for row in rows}
    kept = Contact.objects.for_system(_WHY).filter(source=source)
    known = {contact.external_id: contact for contact in kept if contact.external_id in wanted}
    fresh = [contact for id, contact in wanted.items() if id not in known]
    differing = [known[id] for id in known if _copied(wanted[id], known[id], _CONTACT)]
    Contact.objects.bulk_create(fresh, batch_size=_CHUNK)
    Contact.objects.for_system(_WHY).bulk_update(differing, [*_CONTACT], batch_size=_CHUNK)
    return len(fresh), len(differing), len(known) - len(differing)


def _contact(source: str, row: ContactRow, accounts: Mapping[str, int]) -> Contact:
    return Contact(
        source=source,
        external_id=row.contact_id,
        account_id=accounts.get(row.account),
        name=(row.name or row.contact_id)[:200],
        email=row.email if "@" in row.email else "",
        title=row.title[:160],
    )

"""Taking accounts, contacts and what is known of them in from a source, and noting it by hand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from typing import TypeVar

from django.db import transaction
from django.db.models import QuerySet

from fairlead.ledger import actions as ledger
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.territories import rules
from fairlead.territories.models import Account, AccountTier, Activity, Contact, Cover, Owned, Renewal
from fairlead.territories.rules import AccountRow, ActivityRow, ContactRow

T = TypeVar("T")

_WHY = "an import compares with what is kept"
_TERMS = "an import compares tiers and renewals with those kept"
_CHUNK = 500


Minor = Callable[[Decimal, str], int]
"""An amount in major units of a currency in its minor ones."""


def in_cents(amount: Decimal, _currency: str) -> int:
    """Two decimals, whatever the currency; the door of imports brings what knows better."""
    return int((amount * 100).to_integral_value())


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What an import of accounts and contacts changed, in rows."""

    accounts_added: int = 0
    accounts_changed: int = 0
    accounts_unchanged: int = 0
    contacts_added: int = 0
    contacts_changed: int = 0
    contacts_unchanged: int = 0
    tiers: int = 0
    renewals: int = 0


def take_in(
    *,
    by: access.Actor,
    at: datetime,
    source: str,
    accounts: Sequence[AccountRow] = (),
    contacts: Sequence[ContactRow] = (),
    people_ids: Mapping[str, int] | None = None,
    as_of: datetime | None = None,
    minor: Minor = in_cents,
) -> TakenIn:
    """Take accounts and contacts in: add the new, change what differs. Idempotent.

    A few hundred rows at a time, each time in a transaction of its own, so that nobody who writes meanwhile waits for
    the whole file; where it stops, the same file again brings the rest.

    ``as_of`` is the moment the file shows (default: ``at``): from that day on a tier holds that the file says anew, and
    a renewal that an earlier file says later does not come back.

    ``people_ids`` maps owners as the source spells them to persons. A contact whose account is not known is
    kept without one. Raises NotAllowed.
    """
    access.require(by, "import.run")
    first, terms = (0, 0, 0), (0, 0)
    for some in _chunked(accounts):
        with transaction.atomic():
            taken = _take_in_accounts(source, some, people_ids or {}, at)
            said = _take_in_terms(by, at, source, some, as_of or at, minor)
        first = (first[0] + taken[0], first[1] + taken[1], first[2] + taken[2])
        terms = (terms[0] + said[0], terms[1] + said[1])
    second = _take_in_contacts(source, contacts)
    done = TakenIn(*first, *second, *terms)
    with transaction.atomic():
        ledger.append(
            kind="import.accounts",
            by=by.ref,
            at=at,
            subject_kind="source",
            subject=source,
            facts=asdict(done),
        )
    return done


def _chunked(rows: Iterable[T]) -> Iterable[list[T]]:
    walking = iter(rows)
    while some := list(islice(walking, _CHUNK)):
        yield some


def _take_in_accounts(
    source: str, rows: Sequence[AccountRow], people: Mapping[str, int], at: datetime
) -> tuple[int, int, int]:
    added = changed = unchanged = 0
    for some in _chunked(rows):
        wanted = {row.account_id: _account(source, row, people) for row in some}
        kept = Account.objects.for_system(_WHY).filter(source=source, external_id__in=list(wanted))
        known = {account.external_id: account for account in kept}
        fresh = [account for id, account in wanted.items() if id not in known]
        before = {account.pk: account.owner_id for account in known.values()}
        differing = [known[id] for id in known if _copied(wanted[id], known[id], _ACCOUNT)]
        _keep_owners(differing, before, source, at)
        Account.objects.bulk_create(fresh, batch_size=_CHUNK)
        Account.objects.for_system(_WHY).bulk_update(differing, [*_ACCOUNT], batch_size=_CHUNK)
        added, changed = added + len(fresh), changed + len(differing)
        unchanged += len(known) - len(differing)
    return added, changed, unchanged


def _keep_owners(
    differing: Iterable[Account], before: Mapping[int, int | None], source: str, at: datetime
) -> None:
    """Keep who owned an account before; whoever covered it does no longer."""
    moved = [one for one in differing if one.owner_id is not None and one.owner_id != before[one.pk]]
    Owned.objects.bulk_create(
        Owned(account=one, before_id=before[one.pk], owner_id=one.owner_id, source=source, at=at)
        for one in moved
        if one.owner_id is not None
    )
    covers = Cover.objects.for_system("an account that has a new owner is covered no longer")
    covers.filter(account__in=[one.pk for one in moved], replaced_at=None).update(replaced_at=at)


_ACCOUNT = ("name", "owner_id", "industry", "country", "extra")
_CONTACT = ("name", "email", "title", "account_id", "state")


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
    added = changed = unchanged = 0
    for some in _chunked(rows):
        wanted = {row.contact_id: _contact(source, row, ids) for row in some}
        with transaction.atomic():
            kept = Contact.objects.for_system(_WHY).filter(source=source, external_id__in=list(wanted))
            known = {contact.external_id: contact for contact in kept}
            fresh = [contact for id, contact in wanted.items() if id not in known]
            differing = [known[id] for id in known if _copied(wanted[id], known[id], _CONTACT)]
            Contact.objects.bulk_create(fresh, batch_size=_CHUNK)
            Contact.objects.for_system(_WHY).bulk_update(differing, [*_CONTACT], batch_size=_CHUNK)
        added, changed = added + len(fresh), changed + len(differing)
        unchanged += len(known) - len(differing)
    return added, changed, unchanged


def _contact(source: str, row: ContactRow, accounts: Mapping[str, int]) -> Contact:
    return Contact(
        source=source,
        external_id=row.contact_id,
        account_id=accounts.get(row.account),
        name=(row.name or row.contact_id)[:200],
        email=row.email if "@" in row.email else "",
        title=row.title[:160],
        state=row.state,
    )


# Tiers and renewals that a file of accounts says


def _take_in_terms(
    by: access.Actor, at: datetime, source: str, rows: Sequence[AccountRow], as_of: datetime, minor: Minor
) -> tuple[int, int]:
    """How many tiers and renewals a file of accounts said anew."""
    tiers = renewals = 0
    day = people.house().day(as_of)
    telling = [row for row in rows if row.tier or row.renewal_on]
    for some in _chunked(telling):
        wanted = {row.account_id: row for row in some}
        kept = Account.objects.for_system(_WHY).filter(source=source, external_id__in=list(wanted))
        ids = dict(kept.values_list("external_id", "pk"))
        tiers += _take_in_tiers(by, at, day, {ids[key]: row.tier for key, row in wanted.items() if row.tier})
        said = {ids[key]: row for key, row in wanted.items() if row.renewal_on}
        renewals += _renew(said, as_of, minor)
    return tiers, renewals


def _take_in_tiers(by: access.Actor, at: datetime, day: date, said: Mapping[int, str]) -> int:
    """Keep the tiers that are another one than what holds on the day; how many.

    A file may come after a newer one: what that one said holds again from its day on.
    """
    held: dict[int, AccountTier] = {}
    rows = AccountTier.objects.for_system(_TERMS).filter(account__in=list(said), by_hand=False)
    for row in rows.filter(starts_on__lte=day).order_by("starts_on", "pk"):
        held[row.account_id] = row
    fresh, seen, changed = [], [], 0
    for account, word in said.items():
        tier, before = word.strip()[:20], held.get(account)
        if before is not None and before.tier == tier:
            seen += [before.pk] if before.seen_on < day else []
            continue
        changed += 1
        new = AccountTier(account_id=account, tier=tier, starts_on=day, seen_on=day, by=by.ref, at=at)
        fresh.append(new)
        if before is not None and before.seen_on > day:
            again = before.seen_on
            fresh.append(
                AccountTier(
                    account_id=account, tier=before.tier, starts_on=again, seen_on=again, by=before.by, at=at
                )
            )
    rows.filter(pk__in=seen).update(seen_on=day)
    AccountTier.objects.bulk_create(fresh)
    return changed


def _renew(said: Mapping[int, AccountRow], as_of: datetime, minor: Minor) -> int:
    """Take renewals in as the file says them; how many are new or another one. An older file changes nothing."""
    rows = Renewal.objects.for_system(_TERMS).filter(account__in=list(said), by=None, replaced_at=None)
    known = {row.account_id: row for row in rows}
    home = people.house().currency
    fresh, same = [], []
    for account, row in said.items():
        currency = row.renewal_currency or home
        amount = None if row.renewal_amount is None else minor(row.renewal_amount, currency)
        before = known.get(account)
        if before is not None and before.as_of > as_of:
            continue
        if before is not None and (before.on, before.amount_minor, before.currency) == (
            row.renewal_on, amount, currency,
        ):  # fmt: skip
            same.append(before.pk)
            continue
        assert row.renewal_on is not None
        fresh.append(
            Renewal(
                account_id=account, on=row.renewal_on, amount_minor=amount, currency=currency, as_of=as_of
            )
        )
    rows.filter(pk__in=same).update(as_of=as_of)
    rows.filter(account__in=[one.account_id for one in fresh]).update(replaced_at=as_of)
    Renewal.objects.bulk_create(fresh)
    return len(fresh)


# Activities


@dataclass(frozen=True, slots=True)
class ActivitiesTaken:
    """What came of a file's contacts. ``nowhere``: no account is known by the name, so they are left out."""

    added: int = 0
    corrected: int = 0
    removed: int = 0
    unchanged: int = 0
    older: int = 0
    nowhere: int = 0


def take_in_activities(
    *,
    by: access.Actor,
    at: datetime,
    source: str,
    rows: Iterable[ActivityRow],
    as_of: datetime,
    people_ids: Mapping[str, int],
    deal_accounts: Mapping[str, str],
    dry_run: bool = False,
) -> ActivitiesTaken:
    """Take contacts in, in any order and in any parts: the newest file that names one counts. Idempotent.

    A row that differs corrects what was known, one that is deleted removes it, and an older file changes nothing.
    ``deal_accounts``: deal -> account, for rows that name a deal only. Rows are walked once, a few hundred at a time,
    each time in a transaction of its own, so that nobody who writes meanwhile waits for the whole file. Each contact is
    a fact by itself: where an import stops, those before it stay, the ledger says that it stopped, and the same file
    again brings the rest. Raises NotAllowed.
    """
    access.require(by, "import.run")
    accounts = _account_ids(source)
    count: Counter[str] = Counter()
    whole = False
    try:
        for some in _chunked(rows):
            step = _Compared(at, source, some, as_of, people_ids, deal_accounts, accounts)
            if not dry_run:
                step = step.kept()
            count += step.count
        whole = True
    finally:
        if not dry_run and (whole or count):
            _say_taken(by, at, source, ActivitiesTaken(**count), whole)
    return ActivitiesTaken(**count)


@transaction.atomic
def _say_taken(by: access.Actor, at: datetime, source: str, done: ActivitiesTaken, whole: bool) -> None:
    ledger.append(
        kind="import.activities", by=by.ref, at=at, subject_kind="source", subject=source,
        facts=asdict(done) | ({} if whole else {"stopped": True}),
    )  # fmt: skip


def _account_ids(source: str) -> dict[str, int]:
    """Account by id and by name, the id the stronger."""
    rows = Account.objects.for_system(_WHY).filter(source=source).values_list("external_id", "name", "pk")
    found = list(rows)
    return {name: pk for _, name, pk in found} | {external: pk for external, _, pk in found}


class _Compared:
    """Some rows of a file beside what is known: what is new, what is the same, and how many of each.

    Reading and comparing hold no lock, so that others write meanwhile; what came in between is compared anew.
    """

    def __init__(
        self, at: datetime, source: str, rows: Sequence[ActivityRow], as_of: datetime,
        people_ids: Mapping[str, int], deal_accounts: Mapping[str, str], accounts: Mapping[str, int],
    ) -> None:  # fmt: skip
        self.given = (at, source, rows, as_of, people_ids, deal_accounts, accounts)
        self.source, self.at, self.as_of = source, at, as_of
        self.count: Counter[str] = Counter()
        self.fresh: dict[str, Activity] = {}
        self.same: list[int] = []
        found = self._current().filter(external_id__in=[row.activity_id for row in rows])
        self.known = {one.external_id: one for one in found}
        buyers = _buyers(source, rows)
        for row in rows:
            account = accounts.get(row.account) or accounts.get(deal_accounts.get(row.deal_id, ""))
            self._compare(row, account, people_ids.get(row.by), buyers.get(row.contact))

    def _current(self) -> QuerySet[Activity]:
        return Activity.objects.for_system(_WHY).filter(source=self.source, replaced_at=None)

    def _compare(self, row: ActivityRow, account: int | None, by: int | None, buyer: int | None) -> None:
        digest = rules.digest_of(row)
        before = self.fresh.get(row.activity_id) or self.known.get(row.activity_id)
        if before is not None and before.digest == digest:
            self.count["unchanged"] += 1
            self.same += [before.pk] if before.pk and before.as_of < self.as_of else []
        elif before is not None and (before.as_of, before.digest) > (self.as_of, digest):
            self.count["older"] += 1
        elif account is None and not row.deleted:
            self.count["nowhere"] += 1
        else:
            self.count["removed" if row.deleted else "corrected" if before is not None else "added"] += 1
            self.fresh[row.activity_id] = Activity(
                source=self.source, external_id=row.activity_id,
                account_id=account or (before.account_id if before else None), on=row.on, kind=row.kind, way=row.way,
                by_id=by, by_label=row.by[:160], contact_id=buyer, gone=row.deleted, digest=digest, as_of=self.as_of,
                at=self.at,
            )  # fmt: skip

    @transaction.atomic
    def kept(self) -> _Compared:
        """Keep what is new; the comparison it was kept by."""
        ids = {row.activity_id for row in self.given[2]}
        now = dict(self._current().filter(external_id__in=list(ids)).values_list("external_id", "pk"))
        if now != {id: one.pk for id, one in self.known.items()}:
            return _Compared(*self.given).kept()
        current = self._current()
        current.filter(pk__in=self.same).update(as_of=self.as_of)
        current.filter(external_id__in=list(self.fresh)).update(replaced_at=self.at)
        Activity.objects.bulk_create(self.fresh.values(), batch_size=_CHUNK)
        return self


def _buyers(source: str, rows: Iterable[ActivityRow]) -> dict[str, int]:
    """The buyers' people that rows name, by their id or by a name that only one has."""
    named = {row.contact for row in rows if row.contact}
    if not named:
        return {}
    kept = Contact.objects.for_system(_WHY).filter(source=source)
    by_name: dict[str, list[int]] = {}
    for name, pk in kept.filter(name__in=named).values_list("name", "pk"):
        by_name.setdefault(name, []).append(pk)
    ids = dict(kept.filter(external_id__in=named).values_list("external_id", "pk"))
    return {name: found[0] for name, found in by_name.items() if len(found) == 1} | ids

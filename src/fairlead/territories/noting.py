"""Noting by hand what is known of an account, setting tiers, and saying who covers an empty seat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from fairlead.ledger import actions as ledger
from fairlead.notices import actions as notices
from fairlead.people import access, kept
from fairlead.people import queries as people
from fairlead.people.models import Person
from fairlead.territories import queries, rules
from fairlead.territories.models import (
    Account,
    AccountTier,
    Activity,
    Contact,
    Cover,
    CoverMark,
    Renewal,
    RivalSeen,
    TierPolicy,
)

_OWN = "what is noted of an account goes through the table with the account"
_FILLED = "a seat whose owner is there again is covered no longer"
OLDEST = timedelta(days=5 * 366)
AHEAD = timedelta(days=2 * 366)
MOST_AT_ONCE = 1000


def _writable(by: access.Actor, account: str, at: datetime) -> Account:
    """An account on which the actor notes things. Raises NotAllowed, NotFound."""
    access.require(by, "activity.write")
    row = queries.find(by, account, at)
    if not queries.may_note(by, row, at):
        raise access.Refused(
            "not_yours",
            "Its owner, the owner's manager, whoever covers it and sales operations note things here.",
        )
    return row


# Contacts


@dataclass(frozen=True, slots=True)
class Given:
    """A contact as it is noted. ``key`` is the sender's own id: the same again corrects it, and makes no second one."""

    kind: str
    way: str
    on: date | None
    contact: str = ""
    key: str = ""
    gone: bool = False


@transaction.atomic
def note_activity(*, by: access.Actor, at: datetime, account: str, given: Given) -> Activity:
    """Note a contact with an account: that it was, never what was in it.

    Raises Refused: not_yours, bad_kind, bad_way, bad_day, bad_contact; NotAllowed, NotFound.
    """
    row = _note(by, at, _writable(by, account, at), given)
    ledger.append(
        kind="activity.noted", by=by.ref, at=at, subject_kind="account", subject=account,
        facts={"kind": row.kind, "way": row.way, "removed": row.gone},
    )  # fmt: skip
    return row


@transaction.atomic
def note_activities(*, by: access.Actor, at: datetime, given: Sequence[tuple[str, Given]]) -> int:
    """Note contacts of several accounts (public id, contact) at once, all or none. Raises as ``note_activity``."""
    access.require(by, "activity.write")
    if len(given) > MOST_AT_ONCE:
        raise access.Refused("too_many", f"Send {MOST_AT_ONCE} contacts at once at most.")
    accounts: dict[str, Account] = {}
    for number, (account, one) in enumerate(given, start=1):
        try:
            if account not in accounts:
                accounts[account] = _writable(by, account, at)
            _note(by, at, accounts[account], one)
        except access.Refused as refusal:
            raise access.Refused(refusal.code, f"Contact {number}: {refusal.sentence}") from refusal
    if given:
        ledger.append(
            kind="activity.sent", by=by.ref, at=at, subject_kind="person", subject=str(by.id),
            facts={"contacts": len(given), "accounts": len(accounts)},
        )  # fmt: skip
    return len(given)


def _note(by: access.Actor, at: datetime, account: Account, given: Given) -> Activity:
    today = people.house().day(at)
    if given.kind not in rules.KINDS:
        raise access.Refused("bad_kind", f"Choose one of: {', '.join(rules.KINDS)}.")
    if given.way not in rules.WAYS:
        raise access.Refused("bad_way", f"Choose one of: {', '.join(rules.WAYS)}.")
    if given.on is None or not today - OLDEST <= given.on <= today + AHEAD:
        raise access.Refused(
            "bad_day", "Choose the day of the contact; it may lie ahead, but not years away."
        )
    if given.on > today and given.way == "two":
        raise access.Refused("bad_day", "A contact counts as two-way after it was held. Note it as planned.")
    contact = None
    if given.contact:
        rows = Contact.objects.for_system(_OWN).filter(account=account, public_id=given.contact)
        contact = rows.first()
        if contact is None:
            raise access.Refused("bad_contact", "Choose one of the account's people.")
    row = Activity(
        source="", account=account, on=given.on, kind=given.kind, way=given.way, by_id=by.id, contact=contact,
        gone=given.gone, digest=0, as_of=at, noted_by_id=by.id, at=at,
    )  # fmt: skip
    row.external_id = f"{by.id}/{given.key}"[:160] if given.key else row.public_id
    known = Activity.objects.for_system(_OWN).filter(source="", external_id=row.external_id, replaced_at=None)
    before = known.select_for_update().first()
    if before is not None:
        if _says_same(before, row):
            return before
        known.update(replaced_at=at)
    row.save(force_insert=True)
    return row


def _says_same(one: Activity, other: Activity) -> bool:
    names = ("account_id", "on", "kind", "way", "contact_id", "gone")
    return all(getattr(one, name) == getattr(other, name) for name in names)


@transaction.atomic
def take_back_activity(*, by: access.Actor, at: datetime, account: str, activity: str) -> None:
    """Say that a contact was not so: it stays kept, and counts no more. Raises as ``note_activity``."""
    row = _writable(by, account, at)
    found = Activity.objects.for_system(_OWN).select_for_update()
    before = found.filter(account=row, public_id=activity, replaced_at=None, gone=False).first()
    if before is None:
        raise access.NotFound("contact")
    Activity.objects.for_system(_OWN).filter(pk=before.pk).update(replaced_at=at)
    Activity.objects.bulk_create([
        Activity(
            source=before.source, external_id=before.external_id, account=row, on=before.on, kind=before.kind,
            way=before.way, by_id=before.by_id, by_label=before.by_label, contact_id=before.contact_id, gone=True,
            digest=0, as_of=at, noted_by_id=by.id, at=at,
        )
    ])  # fmt: skip
    ledger.append(
        kind="activity.taken_back", by=by.ref, at=at, subject_kind="account", subject=account,
        facts={"kind": before.kind, "way": before.way},
    )  # fmt: skip


# Renewals and rivals


@transaction.atomic
def note_renewal(
    *, by: access.Actor, at: datetime, account: str, on: date | None, amount_minor: int | None, currency: str
) -> Renewal:
    """Note when a contract is to be renewed, and for how much. Raises Refused: bad_day, bad_amount, not_yours."""
    row = _writable(by, account, at)
    today = people.house().day(at)
    if on is None or not today - timedelta(days=366) <= on <= today + timedelta(days=10 * 366):
        raise access.Refused("bad_day", "Choose the day of the renewal, within the next ten years.")
    if amount_minor is not None and not 0 <= amount_minor < 10**16:
        raise access.Refused(
            "bad_amount", "Write the amount as a number, or leave it out while nobody knows."
        )
    made = Renewal.objects.create(
        account=row, on=on, amount_minor=amount_minor, currency=currency, by_id=by.id, as_of=at
    )
    ledger.append(
        kind="renewal.noted", by=by.ref, at=at, subject_kind="account", subject=account,
        facts={"on": on.isoformat(), "amount_minor": amount_minor, "currency": currency},
    )  # fmt: skip
    return made


@transaction.atomic
def end_renewal(*, by: access.Actor, at: datetime, account: str, renewal: str) -> None:
    """Take a renewal from the list: it was renewed, ended, or wrong. Raises NotFound, not_yours."""
    row = _writable(by, account, at)
    done = Renewal.objects.for_system(_OWN).filter(account=row, public_id=renewal, replaced_at=None)
    if not done.update(replaced_at=at):
        raise access.NotFound("renewal")
    ledger.append(kind="renewal.ended", by=by.ref, at=at, subject_kind="account", subject=account, facts={})


@transaction.atomic
def note_rival(
    *, by: access.Actor, at: datetime, account: str, rival: str, on: date | None, known_from: str
) -> RivalSeen:
    """Note that a rival was seen at an account. Raises Refused: text_missing, text_long, bad_day, not_yours."""
    row = _writable(by, account, at)
    name = rules.refuse_words(rival, "the rival's name", 80)
    if not name:
        raise access.Refused("text_missing", "Write which rival was seen.")
    if on is None or not people.house().day(at) - OLDEST <= on <= people.house().day(at):
        raise access.Refused("bad_day", "Choose the day on which the rival was seen, today at the latest.")
    seen = RivalSeen.objects.create(
        account=row, rival=name, on=on, known_from=rules.refuse_words(known_from, "where it is known from"),
        by_id=by.id, at=at,
    )  # fmt: skip
    ledger.append(
        kind="rival.noted",
        by=by.ref,
        at=at,
        subject_kind="account",
        subject=account,
        facts={"on": on.isoformat()},
    )
    return seen


@transaction.atomic
def take_back_rival(*, by: access.Actor, at: datetime, account: str, seen: str) -> None:
    """Take back that a rival was seen. Raises NotFound, not_yours."""
    row = _writable(by, account, at)
    rows = RivalSeen.objects.for_system(_OWN).filter(account=row, public_id=seen, replaced_at=None)
    if not rows.update(replaced_at=at):
        raise access.NotFound("report")
    ledger.append(
        kind="rival.taken_back", by=by.ref, at=at, subject_kind="account", subject=account, facts={}
    )


# Tiers


@transaction.atomic
def set_policy(
    *, by: access.Actor, at: datetime, unit: str, tiers: Sequence[tuple[str, int | None]], renewal_days: int | None,
    words: str, after: int | None = None,
) -> TierPolicy:  # fmt: skip
    """A new version of a unit's tiers (its leader's public id; '' for the whole organisation).

    Raises Refused: no_tiers, bad_tier, bad_days, text_long, changed_meanwhile; NotAllowed, NotFound.
    """
    access.require(by, "tier.keep")
    head = people.find(unit) if unit else None
    said = rules.refuse_tiers(tiers, renewal_days)
    number = _newest_policy(head)
    _refuse_changed(number, after)
    row = TierPolicy.objects.create(
        head=head, number=number + 1, tiers=[list(one) for one in said], renewal_days=renewal_days or 0,
        words=rules.refuse_words(words, "why", rules.LONGEST), by=by.ref, at=at,
    )  # fmt: skip
    _say_policy(by, at, head, row)
    return row


@transaction.atomic
def end_policy(*, by: access.Actor, at: datetime, unit: str, after: int | None = None) -> None:
    """Let a unit follow the one above again. Raises NotFound, changed_meanwhile."""
    access.require(by, "tier.keep")
    head = people.find(unit)
    number = _newest_policy(head)
    _refuse_changed(number, after)
    if head.pk not in queries.policies():
        raise access.NotFound("policy")
    row = TierPolicy.objects.create(head=head, number=number + 1, tiers=[], renewal_days=1, by=by.ref, at=at)
    _say_policy(by, at, head, row)


def _newest_policy(head: Person | None) -> int:
    rows = TierPolicy.objects.filter(head=head).order_by("-number")
    return rows.values_list("number", flat=True).first() or 0


def _refuse_changed(number: int, after: int | None) -> None:
    if after is not None and after != number:
        raise access.Refused(
            "changed_meanwhile", "Somebody changed the tiers meanwhile. Read them, then save yours."
        )


def _say_policy(by: access.Actor, at: datetime, head: Person | None, row: TierPolicy) -> None:
    kept.forget()
    ledger.append(
        kind="tiers.set", by=by.ref, at=at, subject_kind="unit" if head else "organisation",
        subject=head.public_id if head else "all",
        facts={"number": row.number, "tiers": row.tiers, "renewal_days": row.renewal_days},
    )  # fmt: skip


@transaction.atomic
def set_tier(
    *, by: access.Actor, at: datetime, account: str, tier: str, starts_on: date | None
) -> AccountTier:
    """The tier of an account from a day on, by hand; '' leaves it to the imports again.

    Raises Refused: bad_tier, bad_day; NotAllowed, NotFound.
    """
    access.require(by, "tier.keep")
    row = queries.find(by, account, at)
    policy = queries.policy_for([row.owner_id])[row.owner_id]
    if tier and policy.days(tier) is None:
        names = ", ".join(name for name, _ in policy.tiers)
        raise access.Refused("bad_tier", f"Choose one of: {names}.")
    if starts_on is None:
        raise access.Refused("bad_day", "Choose from which day on.")
    made = AccountTier.objects.create(
        account=row,
        tier=policy.named(tier),
        starts_on=starts_on,
        seen_on=starts_on,
        by_hand=True,
        by=by.ref,
        at=at,
    )
    ledger.append(
        kind="tier.set", by=by.ref, at=at, subject_kind="account", subject=account,
        facts={"tier": made.tier, "starts_on": starts_on.isoformat()},
    )  # fmt: skip
    return made


# Covering an empty seat


@transaction.atomic
def cover(
    *, by: access.Actor, at: datetime, lines: Sequence[Mapping[str, str]], mates: Mapping[str, int],
    after: Mapping[str, int] | None = None,
) -> int:  # fmt: skip
    """Say who covers which accounts of empty seats; how many lines changed.

    A line has account, interim (public id of one of ``mates``), hand_over, first_call_on. ``after``: account -> the
    cover (its key, 0 for none) the writer read. Whoever covers an account is told, and reads it from now on.
    Raises Refused: not_yours, bad_mate, bad_day, text_long, changed_meanwhile; NotAllowed, NotFound.
    """
    access.require(by, "empty_seat.cover")
    today = people.house().day(at)
    told: dict[int, int] = {}
    changed = 0
    for line in lines:
        account = queries.find(by, line["account"], at)
        if not queries.may_cover(by, account, at):
            raise access.Refused("not_yours", "The leader of the empty seat says who covers its accounts.")
        rows = Cover.objects.for_system(_OWN).filter(account=account, replaced_at=None)
        before = rows.select_for_update().first()
        if after is not None and after.get(line["account"], 0) != (before.pk if before else 0):
            raise access.Refused(
                "changed_meanwhile", "Somebody saved this cover plan meanwhile. Read it, then save yours."
            )
        said = _cover_said(line, mates, before, today)
        if before is not None and said == (before.interim_id, before.hand_over, before.first_call_on):
            continue
        if before is None and said == (None, "", None):
            continue
        rows.update(replaced_at=at)
        since = before.at if before is not None and before.interim_id == said[0] else at
        Cover.objects.bulk_create([
            Cover(
                account=account, interim_id=said[0], hand_over=said[1], first_call_on=said[2], by_id=by.id, at=since
            )
        ])  # fmt: skip
        changed += 1
        if said[0] is not None and said[0] != by.person and (before is None or before.interim_id != said[0]):
            told[said[0]] = told.get(said[0], 0) + 1
    if changed:
        kept.forget()
        for person, accounts in told.items():
            what = f"{accounts} account{'' if accounts == 1 else 's'}"
            notices.tell(to=person, kind="territories.cover", facts={"what": what}, at=at, path="/accounts/")
        ledger.append(
            kind="cover.written",
            by=by.ref,
            at=at,
            subject_kind="person",
            subject=str(by.id),
            facts={"accounts": changed},
        )
    return changed


def _cover_said(
    line: Mapping[str, str], mates: Mapping[str, int], before: Cover | None, today: date
) -> tuple[int | None, str, date | None]:
    mate = line.get("interim", "")
    if mate and mate not in mates:
        raise access.Refused("bad_mate", "Choose somebody of the team to cover an account.")
    text = line.get("first_call_on", "")
    try:
        day = date.fromisoformat(text) if text else None
    except ValueError as odd:
        raise access.Refused("bad_day", f"“{text[:30]}” is no day. Write it as in 2026-11-24.") from odd
    if day is not None and day < today and (before is None or before.first_call_on != day):
        raise access.Refused("bad_day", "A first call lies ahead. Choose a day from today on.")
    return (mates[mate] if mate else None), rules.refuse_words(line.get("hand_over", ""), "a hand-over"), day


@transaction.atomic
def mark(*, by: access.Actor, at: datetime, account: str, what: str, done: bool) -> None:
    """Say that a part of a cover was done, or not after all: its leader and whoever covers do.

    Raises Refused: bad_mark, not_yours; NotAllowed, NotFound.
    """
    row = queries.find(by, account, at)
    found = queries.covers([row.pk], people.house().day(at)).get(row.pk)
    if found is None or found.interim_id is None:
        raise access.NotFound("cover plan")
    if what not in rules.MARKS:
        raise access.Refused("bad_mark", f"Choose one of: {', '.join(rules.MARKS)}.")
    if found.interim_id != by.person and not queries.may_cover(by, row, at):
        raise access.Refused("not_yours", "Whoever covers the account, or the leader, says what was done.")
    CoverMark.objects.create(cover=found, what=what, done=done, by_id=by.id, at=at)
    ledger.append(
        kind="cover.marked", by=by.ref, at=at, subject_kind="account", subject=account,
        facts={"what": what, "done": done},
    )  # fmt: skip


@transaction.atomic
def watch(*, by: access.Actor, at: datetime) -> int:
    """End the covers of seats whose owner is there again, so that none comes back should they leave once more.

    How many ended. Twice does it once.
    """
    access.require(by, "import.run")
    rows = Cover.objects.for_system(_FILLED).filter(replaced_at=None)
    accounts = dict(rows.values_list("account", "pk"))
    still = queries.covers(list(accounts), people.house().day(at))
    over = [pk for account, pk in accounts.items() if account not in still]
    if over:
        rows.filter(pk__in=over).update(replaced_at=at)
        kept.forget()
        ledger.append(
            kind="cover.ended", by=by.ref, at=at, subject_kind="organisation", subject="all",
            facts={"accounts": len(over)},
        )  # fmt: skip
    return len(over)

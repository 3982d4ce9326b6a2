"""Telling news, correcting it, thanking for it, telling it upward. Each is one transaction, its ledger entry last."""

from __future__ import annotations

import hashlib
from datetime import date, datetime

from django.db import transaction

from fairlead.calls import numbers
from fairlead.calls import queries as calls
from fairlead.deals import rules as deal_rules
from fairlead.deals.models import Deal
from fairlead.forecasting.periods import Period
from fairlead.ledger import actions as ledger
from fairlead.news import rules, untold
from fairlead.news.models import Act, Item, Surprise, Told, Version
from fairlead.notices import actions as notices
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.guard import GuardedQuerySet
from fairlead.people.models import Person

LIST_PATH = "/news/"
TOLD_PATH = "/news/told/{}/"


@transaction.atomic
def report(
    *,
    by: access.Actor,
    at: datetime,
    deal: str,
    kind: str,
    what: str,
    known_on: date,
    amount_minor: int | None = None,
    moves_to: str = "",
) -> Item:
    """Tell news of a deal (public id): the direct manager is told at once.

    ``amount_minor`` is the money it moves without a sign, in the organisation's currency; ``moves_to`` the
    period it moves to. Raises Refused by `rules.refuse_telling`; NotAllowed and NotFound by the table.
    """
    access.require(by, "news.report")
    row = Deal.objects.seen_by(by, "news.report").filter(public_id=deal).select_related("owner").first()
    if row is None or row.owner is None:
        raise access.NotFound("deal")
    behalf = people.standing_in(by, "news.report", row.owner.pk)
    lead = (
        row.owner.pk if row.owner.pk in numbers.leaders([row.owner.pk]) else people.manager_of(row.owner.pk)
    )
    item = Item.objects.create(
        deal=row, person=row.owner, lead_id=lead, reporter_id=by.person or row.owner.pk,
        period=calls.period_at(at).name, at=at,
    )  # fmt: skip
    version = _say(item, 1, at, kind, what, known_on, amount_minor, moves_to)
    _tell_lead(by, "news.reported", at, item, {"what": version.what})
    _record("news.reported", by, at, item, behalf, version)
    return item


def _say(
    item: Item,
    number: int,
    at: datetime,
    kind: str,
    what: str,
    known_on: date,
    amount: int | None,
    moves_to: str,
) -> Version:
    today, period = people.house().day(at), calls.period_named(item.period)
    rules.refuse_telling(kind=kind, what=what, known_on=known_on, today=today, amount=amount)
    if moves_to:
        calls.period_named(moves_to)
    return Version.objects.create(
        item=item,
        number=number,
        kind=kind,
        what=what.strip(),
        known_on=known_on,
        amount_minor=amount,
        currency=people.house().currency,
        moves_to=moves_to,
        days_left=rules.days_left(today, item.deal.close_on, period.ends_on),
        at=at,
    )


@transaction.atomic
def correct(
    *,
    by: access.Actor,
    at: datetime,
    item: str,
    kind: str,
    what: str,
    known_on: date,
    amount_minor: int | None = None,
    moves_to: str = "",
) -> Version:
    """Correct news by a new version; the one before stays readable, and whoever was told hears of it."""
    row = _of_reporter(by, item, at)
    number = _versions(row).count() + 1
    version = _say(row, number, at, kind, what, known_on, amount_minor, moves_to)
    _tell_lead(by, "news.corrected", at, row, {"what": version.what})
    _tell_told(by, "news.corrected", at, row, {"what": version.what})
    _record("news.corrected", by, at, row, None, version)
    return version


@transaction.atomic
def withdraw(*, by: access.Actor, at: datetime, item: str, reason: str) -> Act:
    """Withdraw news with a reason; it stays readable as withdrawn, and whoever was told hears of it."""
    row = _of_reporter(by, item, at)
    if not reason.strip():
        raise access.Refused("reason_missing", "Say in a sentence why it is withdrawn.")
    act = Act.objects.create(item=row, kind="withdrawn", by_id=by.id, at=at, reason=reason.strip())
    _tell_lead(by, "news.withdrawn", at, row, {"reason": reason.strip()})
    _tell_told(by, "news.withdrawn", at, row, {"reason": reason.strip()})
    _record("news.withdrawn", by, at, row, None, texts={"reason": reason.strip()})
    return act


def _of_reporter(by: access.Actor, public_id: str, at: datetime) -> Item:
    row = Item.objects.seen_by(by, "news.report").filter(public_id=public_id).select_related("deal").first()
    if row is None:
        raise access.NotFound("news")
    rules.refuse_change(reporter=row.reporter_id, by=by.id, withdrawn=_has(row, "withdrawn"))
    return row


def _versions(row: Item) -> GuardedQuerySet[Version]:
    return Version.objects.for_system("the number of a correction").filter(item=row)


def _acts(row: Item) -> GuardedQuerySet[Act]:
    return Act.objects.for_system("what was done with news decides what may follow").filter(item=row)


def _has(row: Item, kind: str) -> bool:
    return _acts(row).filter(kind=kind).exists()


@transaction.atomic
def thank(*, by: access.Actor, at: datetime, item: str) -> Act:
    """Thank for news of the own team with one act; who told it sees that. Twice is once."""
    row, behalf = _of_lead(by, item)
    known = _acts(row).filter(kind="thanked").first()
    if known is not None:
        return known
    act = Act.objects.create(item=row, kind="thanked", by_id=by.id, at=at)
    reporter = Person.objects.get(pk=row.reporter_id)
    if reporter.user_id is not None and reporter.pk != by.person:
        facts = {"name": by.name, "deal": _name(row.deal)}
        notices.tell(to=reporter.pk, kind="news.thanked", facts=facts, at=at, path=LIST_PATH)
    _record("news.thanked", by, at, row, behalf)
    return act


@transaction.atomic
def count_surprise(*, by: access.Actor, at: datetime, item: str) -> bool:
    """Count that the manager heard this first from above, for the team; False when it was counted already.

    What is stored and recorded names the leader and the period, neither the news nor a rep.
    """
    row, behalf = _of_lead(by, item)
    lead = behalf or by.id
    once = hashlib.sha256(f"surprise {lead} {row.public_id}".encode()).hexdigest()
    if Surprise.objects.for_system("one thing counts once").filter(once=once).exists():
        return False
    Surprise.objects.create(person_id=lead, period=row.period, at=at, once=once)
    ledger.append(
        kind="news.surprise", by=by.ref, at=at, subject_kind="news_surprise", subject=row.period,
        facts={"leader": lead}, behalf=behalf,
    )  # fmt: skip
    return True


def _of_lead(by: access.Actor, public_id: str) -> tuple[Item, int | None]:
    """News of a team whose leader the actor is or stands in for, and whom the actor stands in for."""
    access.require(by, "news.lead")
    row = Item.objects.seen_by(by, "news.read_team").filter(~untold.leading(), public_id=public_id)
    item = row.select_related("deal").first()
    lead = people.manager_of(item.person_id) if item is not None else None
    if item is None or lead is None or not people.may_on(by, "news.lead", lead):
        raise access.NotFound("news")
    return item, people.standing_in(by, "news.lead", lead)


@transaction.atomic
def tell_upward(*, by: access.Actor, at: datetime, person: Person, period: Period, words: str = "") -> Told:
    """Tell the superior everything that is untold of a leader's period, in one act, with own words or without.

    Raises Refused: nothing_untold, nobody_above; NotAllowed and NotFound by the table.
    """
    behalf = people.standing_in(by, "news.lead", person.pk)
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    changes = untold.changes(numbers.number_of(by, person.pk, period, at))
    items = list(untold.of_lead(person.pk, period.name))
    superior = people.manager_of(person.pk)
    if superior is None:
        raise access.Refused("nobody_above", "Nobody stands above you here, so there is nobody to tell.")
    if not changes and not items:
        raise access.Refused("nothing_untold", "There is nothing untold. Your superior knows what you know.")
    told = Told.objects.create(
        person=person,
        superior_id=superior,
        by_id=by.person or person.pk,
        period=period.name,
        at=at,
        words=words.strip()[:2000],
        changes=[[one.deal, one.reason, one.amount, one.known_at.isoformat()] for one in changes],
    )
    for item in items:
        Act.objects.create(item=item, kind="told", told=told, by_id=by.person or person.pk, at=at)
    _tell_superior(superior, at, person, told, changes, items)
    ledger.append(
        kind="news.told", by=by.ref, at=at, subject_kind="news_told", subject=told.public_id,
        facts={"leader": person.pk, "period": period.name, "changes": len(changes), "items": len(items)},
        personal={"words": told.words} if told.words else {}, behalf=behalf,
    )  # fmt: skip
    return told


def _tell_superior(
    superior: int, at: datetime, person: Person, told: Told, changes: list[rules.Change], items: list[Item]
) -> None:
    if not Person.objects.filter(pk=superior, user__is_active=True).exists():
        return
    count = len({c.deal for c in changes} | {item.deal_id for item in items})
    moved = sum(change.amount for change in changes)
    currency = people.house().currency
    money = ("+" if moved >= 0 else "−") + deal_rules.spoken(abs(moved), currency)
    facts = {
        "name": person.name,
        "changes": f"{count} change{'' if count == 1 else 's'}",
        "together": f"together {money}" if changes else "no money moved yet",
        "words": told.words,
    }
    path = TOLD_PATH.format(told.public_id)
    notices.tell(to=superior, kind="news.told", facts=facts, at=at, path=path)


def _name(deal: Deal) -> str:
    return deal.name or deal.external_id


def _tell_lead(by: access.Actor, kind: str, at: datetime, item: Item, facts: dict[str, str]) -> None:
    """The direct manager, unless it is the one who tells, or the news is a leader's own."""
    lead = Person.objects.filter(pk=item.lead_id or 0, voided_at=None).first()
    if lead is None or lead.user_id is None or lead.pk in (by.person, item.person_id):
        return
    every = {"name": by.name, "deal": _name(item.deal), **facts}
    notices.tell(to=lead.pk, kind=kind, facts=every, at=at, path=LIST_PATH)


def _tell_told(by: access.Actor, kind: str, at: datetime, item: Item, facts: dict[str, str]) -> None:
    """Whoever the news was told to upward; the name of the rep does not go there, the manager's does."""
    act = _acts(item).filter(kind="told").select_related("told__superior", "told__person").first()
    if act is None or act.told is None or act.told.superior is None or act.told.superior.user_id is None:
        return
    every = {"name": act.told.person.name, "deal": _name(item.deal), **facts}
    path = TOLD_PATH.format(act.told.public_id)
    notices.tell(to=act.told.superior.pk, kind=kind, facts=every, at=at, path=path)


def _record(
    kind: str, by: access.Actor, at: datetime, item: Item, behalf: int | None, version: Version | None = None,
    texts: dict[str, str] | None = None,
) -> None:  # fmt: skip
    facts: dict[str, object] = {"deal": item.deal.public_id}
    if version is not None:
        facts |= {"version": version.number, "kind": version.kind, "amount_minor": version.amount_minor}
        texts = {"what": version.what}
    ledger.append(
        kind=kind, by=by.ref, at=at, subject_kind="news", subject=item.public_id, facts=facts,
        personal=texts or {}, behalf=behalf,
    )  # fmt: skip

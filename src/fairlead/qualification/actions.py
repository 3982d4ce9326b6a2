"""Scoring a deal, taking a score back, choosing the criteria. Each is one transaction, its ledger entry last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime

from django.conf import settings
from django.db import transaction

from fairlead.deals.models import Deal
from fairlead.ledger import actions as ledger
from fairlead.people import access, telling, versions
from fairlead.people import queries as people
from fairlead.qualification import queries, rules, wording
from fairlead.qualification.models import CriteriaSet, File, FileBytes, FileRemoved, Item
from fairlead.territories import queries as territories
from fairlead.territories.models import Contact

PATH = "/deals/{}/evidence/"


@transaction.atomic
def score(
    *,
    by: access.Actor,
    at: datetime,
    deal: str,
    criterion: str,
    score: int,
    what: str = "",
    on: date | None = None,
    contact: str = "",
    buyer_name: str = "",
    buyer_role: str = "",
    link: str = "",
    file: rules.Sent | None = None,
) -> Item:
    """Score one criterion of a deal (public id), with the evidence for it; the newest score stands.

    ``contact`` is the public id of a person of the account; without one ``buyer_name`` and ``buyer_role`` are typed.
    ``file`` is the evidence itself, for 2 and 3. Raises Refused: bad_score, what_missing, day_later, buyer_missing,
    bad_link, no_contact, no_criterion, deal_closed, file_for_belief, those of ``rules.kept_file``; NotAllowed and
    NotFound by the table. The same evidence sent twice is kept once.
    """
    row = _deal(by, deal)
    found = queries.criterion(criterion, people.house().day(at), at)
    person = _contact(by, row, contact)
    name, role = (person.name, person.title) if person else (rules.named(buyer_name), rules.named(buyer_role))
    today = people.house().day(at)
    said = rules.sentence(what, what="what we know") if what.strip() else ""
    rules.refuse_score(score=score, what=said, on=on or today, today=today, buyer=name)
    item = Item(
        deal=row, criterion=found.key, score=score, what=said, on=on or today, contact=person,
        buyer_name=name[:200] if score >= rules.SAID else "", buyer_role=role[:160] if score >= rules.SAID else "",
        link=rules.https(link), by_id=by.id, at=at,
    )  # fmt: skip
    if score < rules.SAID:
        item.contact = None
    sent = _file(row, score, file)
    known = queries.newest(row.pk, found.key)
    if known is not None and _same(known, item) and (sent is None or queries.digest_of(known) == sent.sha256):
        return known
    item.save(force_insert=True)
    texts, facts = {"what": item.what} if item.what else {}, {}
    if sent is not None:
        kept = File.objects.create(
            item=item,
            name=sent.name,
            kind=sent.kind,
            size=len(sent.data),
            sha256=sent.sha256,
            by_id=by.id,
            at=at,
        )
        FileBytes.objects.create(file=kept, data=sent.data)
        facts = {"file": kept.public_id, "file_sha256": kept.sha256, "file_size": kept.size}
        texts = texts | {"file_name": kept.name}
    _tell_owner(by, at, row, found, item)
    _record("evidence.scored", by, at, row, item, texts, **facts)
    return item


def _file(deal: Deal, score: int, file: rules.Sent | None) -> rules.Kept | None:
    """The file as it would be kept, within what the deal's files may take together."""
    if file is None:
        return None
    if score < rules.SAID:
        raise access.Refused(
            "file_for_belief", "A file goes with 2 or 3: what a named person at the buyer said, wrote or did."
        )
    most = settings.EVIDENCE_LIMIT
    return rules.kept_file(
        file, limit=most, taken=queries.bytes_of(deal.pk), most=settings.EVIDENCE_DEAL_LIMIT
    )


@transaction.atomic
def remove_file(*, by: access.Actor, at: datetime, file: str, reason: str) -> FileRemoved:
    """Erase the bytes of a file, also of a closed deal; who, when, why and its digest stay. Twice is once.

    Raises Refused ``reason_missing``; NotAllowed and NotFound by the table.
    """
    access.require(by, "evidence.score")
    rows = File.objects.seen_by(by, "evidence.score").filter(public_id=file)
    rows = rows.select_related("item", "item__deal", "item__deal__owner")
    row = rows.select_for_update(of=("self",), no_key=True).first()
    if row is None:
        raise access.NotFound("file")
    said = rules.sentence(reason, what="why it is removed") if reason.strip() else ""
    if not said:
        raise access.Refused("reason_missing", "Say in one sentence why the file is removed.")
    earlier = FileRemoved.objects.seen_by(by, "evidence.score").filter(file=row).first()
    if earlier is not None:
        return earlier
    removed = FileRemoved.objects.create(file=row, reason=said, by_id=by.id, at=at)
    FileBytes.objects.seen_by(by, "evidence.score").filter(file=row).delete()
    deal = row.item.deal
    facts = {"name": by.name, "deal": deal.name or deal.external_id, "reason": said}
    path = PATH.format(deal.public_id)
    telling.tell(deal.owner, by=by, kind="evidence.file_removed", facts=facts, at=at, path=path)
    _record(
        "evidence.file_removed",
        by,
        at,
        deal,
        row.item,
        {"reason": said},
        file=row.public_id,
        file_sha256=row.sha256,
    )
    return removed


_SAID = ("score", "what", "on", "contact_id", "buyer_name", "buyer_role", "link", "by_id")


def _same(known: Item, item: Item) -> bool:
    return all(getattr(known, name) == getattr(item, name) for name in _SAID)


def _deal(by: access.Actor, public_id: str) -> Deal:
    """The deal, held until the transaction ends, so that scores follow each other."""
    access.require(by, "evidence.score")
    mine = Deal.objects.seen_by(by, "evidence.score").filter(public_id=public_id)
    row = mine.select_for_update(of=("self",), no_key=True).first()
    if row is None:
        raise access.NotFound("deal")
    if row.status != "open":
        raise access.Refused("deal_closed", f"It is {row.status}. What was known of it stays as it was.")
    return row


def _contact(by: access.Actor, deal: Deal, public_id: str) -> Contact | None:
    if not public_id:
        return None
    source = deal.source.name
    seen = territories.account(by, source=source, name=deal.account)
    if seen is None or public_id not in {buyer.public_id for buyer in seen.contacts}:
        raise access.Refused(
            "no_contact", "This person is not among the account's. Type name and role instead."
        )
    return Contact.objects.seen_by(by, "account.read").get(public_id=public_id)


@transaction.atomic
def undo(*, by: access.Actor, at: datetime, deal: str, criterion: str) -> Item:
    """Take the newest score of a criterion back; the one before stands again. Both stay readable."""
    row = _deal(by, deal)
    found = queries.criterion(criterion, people.house().day(at), at)
    known = queries.newest(row.pk, found.key)
    if known is None:
        raise access.Refused("nothing_to_undo", "Nothing stands here that could be taken back.")
    item = Item.objects.create(
        deal=row, criterion=found.key, score=0, on=people.house().day(at), undoes=known, by_id=by.id, at=at
    )
    _record("evidence.undone", by, at, row, item, {})
    return item


def _tell_owner(by: access.Actor, at: datetime, deal: Deal, criterion: rules.Criterion, item: Item) -> None:
    facts = {
        "name": by.name,
        "criterion": criterion.name,
        "deal": deal.name or deal.external_id,
        "grade": f"{item.score}, {wording.GRADES[item.score]}",
        "what": item.what,
    }
    path = PATH.format(deal.public_id)
    telling.tell(deal.owner, by=by, kind="evidence.scored", facts=facts, at=at, path=path)


def _record(
    kind: str,
    by: access.Actor,
    at: datetime,
    deal: Deal,
    item: Item,
    texts: Mapping[str, str],
    **more: object,
) -> None:
    ledger.append(
        kind=kind, by=by.ref, at=at, subject_kind="deal", subject=deal.public_id,
        facts={"criterion": item.criterion, "score": item.score, "on": item.on, "item": item.public_id, **more},
        personal=texts,
    )  # fmt: skip


@transaction.atomic
def set_criteria(
    *,
    by: access.Actor,
    at: datetime,
    name: str,
    template: str,
    criteria: Sequence[rules.Criterion],
    exits: Mapping[str, Mapping[str, int]] | None = None,
    starts_on: date | None = None,
    after_version: int | None = None,
) -> CriteriaSet:
    """Put criteria in force from a day on (default today), as a new version; nothing that was scored is rewritten.

    ``exits``: stage -> criterion -> the least score to leave it with. Raises Refused: name_missing, the codes of
    ``rules.refuse_criteria``, day_passed, changed_meanwhile (``after_version`` is not the newest); NotAllowed.
    """
    access.require(by, "criteria.write")
    today = people.house().day(at)
    if not name.strip():
        raise access.Refused("name_missing", "Give the set a name.")
    if (starts_on or today) < today and by.person is not None:
        raise access.Refused("day_passed", f"{starts_on} has passed. Criteria change from today or later on.")
    wanted = {stage: dict(least) for stage, least in (exits or {}).items() if least}
    rules.refuse_criteria(criteria, wanted)
    _, newest = versions.newest(CriteriaSet.objects.all(), after_version)
    row = CriteriaSet.objects.create(
        version=newest + 1, name=name.strip()[:80], template=template[:40], criteria=[asdict(one) for one in criteria],
        exits=wanted, starts_on=starts_on or today, set_at=at, by=by.ref,
    )  # fmt: skip
    ledger.append(
        kind="settings.criteria", by=by.ref, at=at, subject_kind="criteria", subject=row.version,
        facts={"name": row.name, "criteria": [one.key for one in criteria], "starts_on": row.starts_on},
    )  # fmt: skip
    return row

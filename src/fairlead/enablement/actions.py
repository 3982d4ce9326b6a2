"""Keeping the catalogue, delivering, rating, writing down what one knows and citing it. Each is one transaction.

What is late becomes a company debt by the daily job, and by the delivery it is lifted.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Sum

from fairlead.deals.models import Deal
from fairlead.debts import actions as debts
from fairlead.debts import queries as debt_queries
from fairlead.enablement import catalogue, library, queries, rules
from fairlead.enablement.models import (
    Assessed,
    Attachment,
    AttachmentBytes,
    Cite,
    Delivery,
    Entry,
    EntryVersion,
    Gap,
    GapStep,
    Knowledge,
    KnowledgeVersion,
    Material,
    MaterialVersion,
    Product,
    Rating,
    Sells,
    Thanks,
)
from fairlead.ledger import actions as ledger
from fairlead.people import access, telling
from fairlead.people import queries as people
from fairlead.people.workdays import day_words
from fairlead.qualification import rules as files

OWED, OWE, KNOWN, ASSESS = "/owed/", "/owe/", "/know/", "/know/assess/{}/"
MATERIAL, GAPS = "/library/items/{}/", "/guidance/"
MOST_BYTES = 200 * 1024 * 1024
_CLOCK = "the catalogue is compared with what is owed"


# Products, and who sells which


@transaction.atomic
def set_product(
    *, by: access.Actor, at: datetime, name: str, launched_on: date | None, retired: bool = False
) -> Product:
    """Add a product, say its launch anew, or that it is sold no more. Raises Refused: text_missing, text_long."""
    access.require(by, "catalogue.keep")
    kept = rules.required(name, "how the product is called", rules.LONGEST_NAME)
    known = {rules.folded(one): one for one in catalogue.products(retired=True)}
    row = Product.objects.create(
        name=known.get(rules.folded(kept), kept), launched_on=launched_on, retired=retired, at=at, by_id=by.id
    )
    ledger.append(
        kind="enablement.product", by=by.ref, at=at, subject_kind="product", subject=row.pk,
        facts={"name": row.name, "launched_on": launched_on, "retired": retired},
    )  # fmt: skip
    return row


@transaction.atomic
def set_sells(
    *, by: access.Actor, at: datetime, person: str, products: Collection[str], starts_on: date | None
) -> Sells:
    """Say which products a seller (public id) sells from a day on. Raises Refused: no_product, bad_day; NotFound."""
    whom = people.find(person)
    people.require_on(by, "sells.keep", whom.pk)
    known = {rules.folded(name): name for name in catalogue.products()}
    odd = [name for name in products if rules.folded(name) not in known]
    if odd:
        raise access.Refused("no_product", f"“{odd[0][:40]}” is no product here.")
    if not products:
        raise access.Refused("no_product", "Choose at least one product.")
    day = starts_on or people.house().day(at)
    row = Sells.objects.create(
        person=whom, products=sorted({known[rules.folded(name)] for name in products}), starts_on=day, at=at,
        by_id=by.id,
    )  # fmt: skip
    facts = {"name": by.name, "products": ", ".join(row.products), "day": day_words(day)}
    telling.tell(whom, by=by, kind="enablement.sells", facts=facts, at=at, path=OWED)
    ledger.append(
        kind="enablement.sells", by=by.ref, at=at, subject_kind="person", subject=whom.pk,
        facts={"products": row.products, "starts_on": day},
    )  # fmt: skip
    return row


# The catalogue


@transaction.atomic
def keep_item(
    *,
    by: access.Actor,
    at: datetime,
    given: rules.Given,
    owner: str,
    item: str = "",
    team: bool = False,
    again: bool = False,
    after: int | None = None,
) -> EntryVersion:
    """Add an item to the catalogue, or keep the next version of one (public id of an entry).

    ``team``: for the own direct reports only. ``again``: what was delivered before counts no more. Raises Refused:
    those of ``rules.checked``, bad_owner, changed_meanwhile; NotAllowed, NotFound.
    """
    entry = _entry(by, item) if item else None
    lead = by.id if team and entry is None else entry.lead_id if entry else None
    _may_keep(by, lead)
    kept = rules.checked(given, catalogue.products())
    answers = people.find(owner) if owner else None
    if answers is None or answers.ends_on is not None or answers.voided_at is not None:
        raise access.Refused("bad_owner", "Choose who answers for it: somebody who is here.")
    before = _newest(entry) if entry else None
    if after is not None and before is not None and before.number != after:
        raise access.Refused(
            "changed_meanwhile",
            f"Version {before.number} was kept meanwhile. Compare, then keep yours again.",
        )
    values = {
        "role": kept.role, "product": kept.product, "kind": kept.kind, "what": kept.what, "proof": kept.proof,
        "days": kept.days, "scope": kept.scope, "owner_id": answers.pk,
    }  # fmt: skip
    same = before is not None and all(getattr(before, key) == value for key, value in values.items())
    if before is not None and same and not before.retired and not again:
        return before
    if entry is None:
        entry = Entry.objects.create(lead_id=lead, at=at, by_id=by.id)
    again = again or (before is not None and before.retired)
    row = EntryVersion.objects.create(
        entry=entry, number=before.number + 1 if before else 1, again=again, at=at, by_id=by.id, **values
    )
    if before is None or before.owner_id != answers.pk:
        facts = {"name": by.name, "item": row.what, "role": row.role}
        telling.tell(answers, by=by, kind="enablement.answers", facts=facts, at=at, path=OWE)
    _item_entry("enablement.item", by, at, row)
    return row


@transaction.atomic
def retire_item(*, by: access.Actor, at: datetime, item: str) -> EntryVersion:
    """Take an item out of the catalogue: nobody is owed it any more. Raises Refused ``retired``; NotFound."""
    entry = _entry(by, item)
    _may_keep(by, entry.lead_id)
    before = _newest(entry)
    if before.retired:
        raise access.Refused("retired", "It is out of the catalogue already.")
    row = EntryVersion.objects.create(
        entry=entry, number=before.number + 1, role=before.role, product=before.product, kind=before.kind,
        what=before.what, proof=before.proof, owner_id=before.owner_id, days=before.days, scope=before.scope,
        retired=True, at=at, by_id=by.id,
    )  # fmt: skip
    _item_entry("enablement.retired", by, at, row)
    return row


def _entry(by: access.Actor, public_id: str) -> Entry:
    """An item somebody may keep, held until the transaction ends."""
    row = Entry.objects.select_for_update().filter(public_id=public_id).first()
    if row is None or not queries.may_keep(by, row.lead_id):
        raise access.NotFound("item of the catalogue")
    return row


def _may_keep(by: access.Actor, lead: int | None) -> None:
    if lead is None:
        access.require(by, "catalogue.keep")
    elif not queries.may_keep(by, lead):
        raise access.NotAllowed("catalogue.keep_team")


def _newest(entry: Entry) -> EntryVersion:
    return EntryVersion.objects.filter(entry=entry).latest("number")


def _item_entry(kind: str, by: access.Actor, at: datetime, row: EntryVersion) -> None:
    ledger.append(
        kind=kind, by=by.ref, at=at, subject_kind="catalogue", subject=row.entry.public_id,
        facts={
            "number": row.number, "role": row.role, "product": row.product, "kind": row.kind, "owner": row.owner_id,
            "days": row.days, "scope": row.scope, "again": row.again,
        },
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """A row of a loaded file: an item with who answers for it; ``item`` is the public id of one to change."""

    item: str
    given: rules.Given
    owner: str
    after: int | None = None


@transaction.atomic
def load(*, by: access.Actor, at: datetime, rows: Sequence[Wanted]) -> int:
    """Keep every row of a file, or none. Returns how many changed something. Raises as ``keep_item``."""
    access.require(by, "catalogue.keep")
    before = EntryVersion.objects.count()
    for row in rows:
        keep_item(by=by, at=at, given=row.given, owner=row.owner, item=row.item, after=row.after)
    return EntryVersion.objects.count() - before


# Delivering


@transaction.atomic
def deliver(
    *,
    by: access.Actor,
    at: datetime,
    item: str,
    persons: Collection[str],
    on: date | None,
    words: str = "",
    link: str = "",
    file: files.Sent | None = None,
    answers_gaps: bool = False,
) -> list[Delivery]:
    """Say that an item (public id) was delivered to sellers (public ids) on a day, with what shows it.

    Whoever has it already is left out. Raises Refused: nobody, not_owed, bad_day, no_evidence, bad_link, and what is
    said of files; NotAllowed, NotFound.
    """
    access.require(by, "owed.deliver")
    page = queries.owe(by, at)
    mine = next((one for one in page.items if one.public_id == item), None)
    if mine is None:
        raise access.NotFound("item you answer for")
    if not persons:
        raise access.Refused("nobody", "Choose at least one person to whom it was delivered.")
    today = people.house().day(at)
    day = rules.refuse_delivery(on, today)
    said, where = rules.optional(words, "what shows it"), files.https(link)
    if not said and not where and file is None:
        raise access.Refused("no_evidence", "Say what shows it: a note, a link or a file.")
    lines = {one.person.public_id: one for one in mine.lines}
    if odd := [one for one in persons if one not in lines]:
        raise access.Refused(
            "not_owed", f"It is not owed to {len(odd)} of those chosen. Open the page again."
        )
    open_ = [lines[one] for one in dict.fromkeys(persons) if lines[one].state in ("due", "late", "waived")]
    kept = _attach(by, at, file) if open_ else None
    entry = Entry.objects.select_for_update().get(public_id=item)
    made = []
    for line in open_:
        row = Delivery.objects.create(
            entry=entry, person_id=line.person.id, answers_id=by.id, on=day, words=said, link=where, file=kept,
            by_id=by.id, at=at,
        )  # fmt: skip
        made.append(row)
        shown = said or where or (kept.name if kept else "")
        _lift(by, at, entry.pk, line.person.id, f"Delivered on {day_words(day)}: {shown}")
        facts = {"name": by.name, "item": mine.item.what, "words": shown}
        telling.tell(line.person.id, by=by, kind="enablement.delivered", facts=facts, at=at, path=OWED)
        _delivery_entry("enablement.delivered", by, at, row)
    if answers_gaps:
        for row in made:
            _answer_gaps(by, at, mine.item.kind, mine.item.product, mine.item.what, delivery=row)
    return made


def _attach(by: access.Actor, at: datetime, file: files.Sent | None) -> Attachment | None:
    """A file as it is kept, within what all files of one person may take together."""
    if file is None:
        return None
    own = Attachment.objects.for_system("how much the files of one person take together").filter(by=by.id)
    taken = own.aggregate(all=Sum("size"))["all"] or 0
    kept = files.kept_file(file, limit=settings.EVIDENCE_LIMIT, taken=taken, most=MOST_BYTES)
    row = Attachment.objects.create(
        name=kept.name, kind=kept.kind, size=len(kept.data), sha256=kept.sha256, by_id=by.id, at=at
    )
    AttachmentBytes.objects.create(attachment=row, data=kept.data)
    return row


def _lift(by: access.Actor, at: datetime, entry: int, person: int, words: str) -> None:
    debts.lift_of(by=by, at=at, source=(rules.SOURCE, rules.debt_of(entry, person)), words=words)


@transaction.atomic
def undeliver(*, by: access.Actor, at: datetime, delivery: str, words: str = "") -> Delivery:
    """Take a delivery (public id) back, as who said it, or as the person who did not get it, with why.

    Raises Refused: taken_back, text_missing, text_long; NotAllowed, NotFound.
    """
    access.require(by, "owed.deliver")
    row = _delivery(by, delivery)
    if Delivery.objects.seen_by(by, "owed.deliver").filter(undoes=row).exists():
        raise access.Refused("taken_back", "It was taken back already. Open the page again.")
    mine = row.person_id == by.person
    if not mine and row.by_id != by.person:
        raise access.NotFound("delivery")
    why = rules.required(words, "why; who answers for it reads it") if mine else "Taken back."
    undone = Delivery.objects.create(
        entry_id=row.entry_id, person_id=row.person_id, answers_id=row.answers_id, on=row.on, words=why, undoes=row,
        by_id=by.id, at=at,
    )  # fmt: skip
    facts = {"name": by.name, "item": _newest(row.entry).what, "words": why}
    if mine:
        telling.tell(row.answers_id, by=by, kind="enablement.not_received", facts=facts, at=at, path=OWE)
    else:
        telling.tell(row.person_id, by=by, kind="enablement.taken_back", facts=facts, at=at, path=OWED)
    _delivery_entry("enablement.taken_back", by, at, undone)
    return undone


def _delivery(by: access.Actor, public_id: str) -> Delivery:
    rows = Delivery.objects.seen_by(by, "owed.deliver").filter(public_id=public_id, undoes=None)
    row = rows.select_related("entry").select_for_update(of=("self",), no_key=True).first()
    if row is None:
        raise access.NotFound("delivery")
    return row


def _delivery_entry(kind: str, by: access.Actor, at: datetime, row: Delivery) -> None:
    ledger.append(
        kind=kind, by=by.ref, at=at, subject_kind="delivery", subject=row.public_id,
        facts={
            "item": row.entry.public_id, "person": row.person_id, "on": row.on,
            "file_sha256": row.file.sha256 if row.file else "",
        },
        personal={"words": row.words} if row.words else {},
    )  # fmt: skip


@transaction.atomic
def rate(*, by: access.Actor, at: datetime, delivery: str, rating: str, words: str = "") -> Rating:
    """Say what a delivery was worth; a new rating replaces the one before. Who answers for it reads the words.

    Raises Refused: bad_rating, text_long, taken_back; NotAllowed, NotFound.
    """
    access.require(by, "owed.rate")
    row = _delivery(by, delivery)
    if row.person_id != by.person:
        raise access.NotFound("delivery")
    if Delivery.objects.seen_by(by, "owed.deliver").filter(undoes=row).exists():
        raise access.Refused("taken_back", "It was taken back. Open the page again.")
    if rating not in rules.RATINGS:
        raise access.Refused("bad_rating", f"Choose one: {', '.join(rules.RATINGS.values())}.")
    said = rules.optional(words, "why")
    made = Rating.objects.create(
        delivery=row, person_id=row.person_id, answers_id=row.answers_id, rating=rating, words=said, at=at
    )
    facts = {"name": by.name, "item": _newest(row.entry).what, "words": rules.RATINGS[rating]}
    telling.tell(row.answers_id, by=by, kind="enablement.rated", facts=facts, at=at, path=OWE)
    ledger.append(
        kind="enablement.rated", by=by.ref, at=at, subject_kind="delivery", subject=row.public_id,
        facts={"rating": rating},
    )  # fmt: skip
    return made


@transaction.atomic
def watch(*, at: datetime) -> int:
    """Open a company debt for what is past its day, lift what is owed no more. Twice does it once.

    Returns how many were opened or lifted.
    """
    by, moved = access.system(_CLOCK), 0
    today, known = people.house().day(at), catalogue.items()
    late: dict[str, catalogue.Owed] = {}
    for lines in catalogue.owed(catalogue.everybody(today), at, known).values():
        late.update(
            (rules.debt_of(one.item.key, one.person), one)
            for one in lines
            if one.standing.state(today) == "late" and one.item.owner != one.person
        )
    there = debt_queries.of_kind(rules.SOURCE, late)
    for source, person in debt_queries.open_of_kind(rules.SOURCE):
        now = late.get(source)
        held = there.get(source, [])
        if now is not None and held[-1].owner == now.item.owner:
            continue
        words = "Somebody else answers for it now." if now else "The catalogue does not ask for it any more."
        debts.lift_of(by=by, at=at, source=(rules.SOURCE, source), words=words)
        moved += person > 0
    there = debt_queries.of_kind(rules.SOURCE, late)
    for source, one in late.items():
        held = there.get(source, [])
        if held and held[-1].standing.open:
            continue
        debts.open_debt(
            by=by, at=at, owner=one.item.owner, owed_to=one.person, item=one.item.what, due_on=one.standing.due_on,
            since=one.standing.due_on, source=(rules.SOURCE, source), key=str(len(held) + 1),
        )  # fmt: skip
        moved += 1
    return moved


# What a rep knows


@transaction.atomic
def keep_known(
    *, by: access.Actor, at: datetime, given: rules.Known, known: str = "", assessor: str = ""
) -> KnowledgeVersion:
    """Write down what one learnt, or the next version of it (public id). A teach-back names who assesses it.

    Raises Refused: those of ``rules.checked_known``, bad_assessor; NotAllowed, NotFound.
    """
    access.require(by, "knowledge.keep")
    row = _known(by, known) if known else None
    kept = rules.checked_known(
        given if row is None else rules.Known(row.kind, *_rest(given)), people.house().day(at)
    )
    who = None
    if kept.kind == "teach_back" and row is None:
        who = people.find(assessor) if assessor else None
        if who is None or who.pk == by.person or who.ends_on is not None:
            raise access.Refused(
                "bad_assessor", "Choose who saw it and assesses it: somebody else who is here."
            )
    if row is None:
        row = Knowledge.objects.create(person_id=by.id, kind=kept.kind, assessor=who, at=at)
    version = _version(row, kept, at)
    if who is not None:
        facts = {"name": by.name, "title": version.title}
        path = ASSESS.format(row.public_id)
        telling.tell(who, by=by, kind="enablement.assess", facts=facts, at=at, path=path)
    _known_entry("knowledge.kept", by, at, row, version=version.number, what=row.kind)
    return version


def _rest(given: rules.Known) -> tuple[str, str, str, str, date | None]:
    return given.title, given.about, given.learnt, given.sources, given.on


def _version(row: Knowledge, kept: rules.Known, at: datetime, *, withdrawn: bool = False) -> KnowledgeVersion:
    number = KnowledgeVersion.objects.for_system("the number of a version").filter(knowledge=row).count() + 1
    return KnowledgeVersion.objects.create(
        knowledge=row, number=number, title=kept.title, about=kept.about, learnt=kept.learnt, sources=kept.sources,
        on=kept.on or at.date(), withdrawn=withdrawn, at=at,
    )  # fmt: skip


def _known(by: access.Actor, public_id: str) -> Knowledge:
    rows = Knowledge.objects.seen_by(by, "knowledge.keep").filter(public_id=public_id)
    row = rows.select_for_update(of=("self",), no_key=True).first()
    if row is None:
        raise access.NotFound("knowledge")
    return row


@transaction.atomic
def withdraw_known(*, by: access.Actor, at: datetime, known: str) -> KnowledgeVersion:
    """Take something one wrote down off the list; plans cite it no more. Raises NotAllowed, NotFound."""
    access.require(by, "knowledge.keep")
    row = _known(by, known)
    last = KnowledgeVersion.objects.seen_by(by, "knowledge.keep").filter(knowledge=row).latest("number")
    if last.withdrawn:
        return last
    kept = rules.Known(row.kind, last.title, last.about, last.learnt, last.sources, last.on)
    version = _version(row, kept, at, withdrawn=True)
    _known_entry("knowledge.withdrawn", by, at, row, version=version.number)
    return version


@transaction.atomic
def assess(
    *,
    by: access.Actor,
    at: datetime,
    known: str,
    grades: Mapping[str, str],
    words: str = "",
    decline: bool = False,
) -> Assessed:
    """Say of each part of a teach-back whether it was clear, or decline. Said anew, the newest counts.

    Raises Refused: bad_rubric, text_long; NotAllowed, NotFound.
    """
    access.require(by, "teach_back.assess")
    row = queries.asked_of(by, known)
    said = {} if decline else rules.checked_grades(grades)
    made = Assessed.objects.create(
        knowledge=row, grades=said, words=rules.optional(words, "what you saw"), at=at
    )
    facts = {"name": by.name}
    kind = "enablement.declined" if decline else "enablement.assessed"
    telling.tell(row.person_id, by=by, kind=kind, facts=facts, at=at, path=KNOWN)
    _known_entry("knowledge.assessed", by, at, row, declined=decline)
    return made


def _known_entry(kind: str, by: access.Actor, at: datetime, row: Knowledge, **facts: object) -> None:
    ledger.append(
        kind=kind, by=by.ref, at=at, subject_kind="knowledge", subject=row.public_id, facts=dict(facts)
    )


def _cited(
    by: access.Actor, deal: str, at: datetime, page: queries.CitePage, known: str, material: str
) -> dict[str, int]:
    if material:
        piece = library.one_piece(by, material, at)
        if piece.retired and piece.id not in {one.id for one, _ in library.in_plan(by, deal, at).used}:
            raise access.NotFound("material")
        return {"material_id": piece.id}
    line = next((one for one in (*page.cited, *page.known) if one.public_id == known), None)
    if line is None:
        raise access.NotFound("knowledge")
    return {"knowledge_id": line.id}


@transaction.atomic
def cite(
    *,
    by: access.Actor,
    at: datetime,
    deal: str,
    where: str,
    known: str = "",
    material: str = "",
    on: bool = True,
) -> Cite:
    """Cite what the owner of a deal knows, or material, at a place of its plan (of ``CitePage.places``), or no more.

    Said twice is said once. Raises Refused: deal_closed, no_place; NotAllowed, NotFound.
    """
    access.require(by, "plan.write")
    row = Deal.objects.seen_by(by, "plan.write").filter(public_id=deal).first()
    if row is None or row.owner_id is None:
        raise access.NotFound("deal")
    if row.status != "open":
        raise access.Refused("deal_closed", f"It is {row.status}. Its plan stays as it was.")
    page = queries.cites(by, deal, at)
    of = _cited(by, deal, at, page, known, material)
    if on and where not in page.places:
        raise access.Refused("no_place", "Choose a place that stands in the newest version of the plan.")
    place, _, text = where.partition(":")
    if place not in rules.PLACES:
        raise access.Refused("no_place", "Choose a place that stands in the newest version of the plan.")
    found = Cite.objects.for_system("the same said twice is kept once; the plan's writer was checked")
    same = found.filter(deal=row, place=place, text=text, **of).order_by("-pk").first()
    if same is not None and same.on == on:
        return same
    made = Cite.objects.create(
        deal=row, place=place, text=text[: rules.LONGEST], on=on, by_id=by.id, at=at, **of
    )
    ledger.append(
        kind="knowledge.cited", by=by.ref, at=at, subject_kind="deal", subject=row.public_id,
        facts={"knowledge": known, "material": material, "place": place, "on": on},
    )  # fmt: skip
    return made


# The library, and what somebody had to work out alone


@transaction.atomic
def keep_material(
    *,
    by: access.Actor,
    at: datetime,
    given: rules.Offered,
    made_by: str = "",
    material: str = "",
    file: files.Sent | None = None,
    answers_gaps: bool = False,
    after: int | None = None,
) -> MaterialVersion:
    """Add material with a link or a file, or keep the next version of one's own (public id).

    ``made_by`` is who made it (default: oneself); a version without a new file keeps the one before.
    ``answers_gaps`` proposes it to who told of open gaps of its kind and product; what they told themself it closes,
    and so it does all of them where sales operations says it. Raises Refused: those of
    ``rules.checked_material``, bad_link, nothing_to_open, changed_meanwhile, and of files; NotAllowed, NotFound.
    """
    access.require(by, "material.add")
    row, before = None, None
    if material:
        row, before = _own_material(by, material, at)
        if after is not None and after != before.number:
            raise access.Refused(
                "changed_meanwhile",
                f"Version {before.number} was kept meanwhile. Compare, then keep yours again.",
            )
    kept = rules.checked_material(given, catalogue.products())
    link = files.https(kept.link)
    maker = people.find(made_by).pk if made_by else before.made_by_id if before else by.id
    attached = _attach(by, at, file) or (before.file if before and not link else None)
    if not link and attached is None:
        raise access.Refused("nothing_to_open", "Give a link or a file: material is there to be opened.")
    if row is None:
        row = Material.objects.create(by_id=by.id, at=at)
    version = MaterialVersion.objects.create(
        material=row, number=before.number + 1 if before else 1, title=kept.title, what=kept.what, kind=kept.kind,
        product=kept.product, role=kept.role, made_by_id=maker, link=link, file=attached, by_id=by.id, at=at,
    )  # fmt: skip
    path = MATERIAL.format(row.public_id)
    if before is None:
        facts = {"name": by.name, "title": version.title}
        telling.tell(maker, by=by, kind="enablement.credited", facts=facts, at=at, path=path)
    if answers_gaps:
        _answer_gaps(by, at, kept.kind, kept.product, version.title, material=row)
    _material_entry("material.kept", by, at, version)
    return version


def _own_material(by: access.Actor, public_id: str, at: datetime) -> tuple[Material, MaterialVersion]:
    """Material its adder or maker keeps, held until the transaction ends. Raises NotFound."""
    rows = Material.objects.seen_by(by, "material.read").filter(public_id=public_id)
    row = rows.select_for_update(of=("self",), no_key=True).first()
    if row is None or not library.one_piece(by, public_id, at).may:
        raise access.NotFound("material of yours")
    return row, _newest_version(by, row)


def _newest_version(by: access.Actor, row: Material) -> MaterialVersion:
    """The newest version with its file. Raises NotAllowed."""
    rows = MaterialVersion.objects.seen_by(by, "material.read").filter(material=row)
    return rows.select_related("file").latest("number")


@transaction.atomic
def retire_material(*, by: access.Actor, at: datetime, material: str) -> MaterialVersion:
    """Take material out of the library, as who added or made it, or as sales operations. Raises NotFound."""
    access.require(by, "material.add")
    rows = Material.objects.seen_by(by, "material.read").filter(public_id=material)
    row = rows.select_for_update(of=("self",), no_key=True).first()
    if row is None or not library.one_piece(by, material, at).may_retire:
        raise access.NotFound("material of yours")
    last = _newest_version(by, row)
    version = MaterialVersion.objects.create(
        material=row, number=last.number + 1, title=last.title, what=last.what, kind=last.kind, product=last.product,
        role=last.role, made_by_id=last.made_by_id, link=last.link, file=last.file, retired=True, by_id=by.id, at=at,
    )  # fmt: skip
    _material_entry("material.retired", by, at, version)
    return version


@transaction.atomic
def thank(*, by: access.Actor, at: datetime, material: str, on: bool = True) -> Thanks:
    """Thank for material, or no more; whoever made it is told. Raises Refused ``own``; NotAllowed, NotFound."""
    access.require(by, "material.add")
    piece = library.one_piece(by, material, at)
    if piece.made_by_id == people.node(by.id).public_id:
        raise access.Refused("own", "You made it yourself. Others thank you for it.")
    made = Thanks.objects.create(material_id=piece.id, person_id=by.id, on=on, at=at)
    if on and not piece.thanked:
        facts = {"name": by.name, "title": piece.title}
        maker, path = people.find(piece.made_by_id), MATERIAL.format(material)
        telling.tell_once(maker.pk, by=by, kind="enablement.thanked", facts=facts, at=at, path=path)
    ledger.append(
        kind="material.thanked", by=by.ref, at=at, subject_kind="material", subject=material, facts={"on": on}
    )
    return made


def _material_entry(kind: str, by: access.Actor, at: datetime, row: MaterialVersion) -> None:
    ledger.append(
        kind=kind, by=by.ref, at=at, subject_kind="material", subject=row.material.public_id,
        facts={
            "number": row.number, "kind": row.kind, "product": row.product, "made_by": row.made_by_id,
            "file_sha256": row.file.sha256 if row.file else "",
        },
    )  # fmt: skip


@transaction.atomic
def tell_gap(*, by: access.Actor, at: datetime, kind: str, product: str, words: str) -> Gap:
    """Tell what one had to work out alone. Raises Refused: text_missing, text_long, bad_kind, no_product."""
    access.require(by, "guidance.tell")
    said = rules.required(words, "what was missing")
    row = Gap.objects.create(
        person_id=by.id,
        kind=kind,
        product=rules.about(kind, product, catalogue.products()),
        words=said,
        at=at,
    )
    ledger.append(
        kind="guidance.told", by=by.ref, at=at, subject_kind="guidance", subject=row.public_id,
        facts={"kind": row.kind, "product": row.product},
    )  # fmt: skip
    return row


@transaction.atomic
def step_gap(*, by: access.Actor, at: datetime, gap: str, kind: str, answer: str = "") -> GapStep:
    """Say of a gap one told of that it is answered, still open, or withdrawn.

    ``answer`` is what was proposed and answers it (public id of material or a delivery). Raises Refused: bad_step,
    no_answer; NotFound.
    """
    access.require(by, "guidance.tell")
    row = (
        Gap.objects.seen_by(by, "guidance.tell").filter(public_id=gap).select_for_update(of=("self",)).first()
    )
    if row is None:
        raise access.NotFound("gap")
    rows = GapStep.objects.seen_by(by, "guidance.tell").filter(gap=row).order_by("pk")
    rules.refuse_gap_step(kind, list(rows.values_list("kind", flat=True)))
    material = delivery = None
    if kind == "closed":
        chosen = next(
            (one for one in library.proposals_of([row.pk])[row.pk] if one.public_id == answer), None
        )
        if chosen is None:
            raise access.Refused("no_answer", "Choose which of what was proposed answers it.")
        material, delivery = chosen.material, chosen.delivery
    made = GapStep.objects.create(gap=row, kind=kind, material_id=material, delivery_id=delivery, at=at)
    ledger.append(
        kind="guidance.stepped",
        by=by.ref,
        at=at,
        subject_kind="guidance",
        subject=row.public_id,
        facts={"kind": kind},
    )
    return made


@transaction.atomic
def accept_answers(*, by: access.Actor, at: datetime, material: str) -> None:
    """Say, as who keeps the catalogue, that material answers every open gap of its kind and product.

    Who told of one is told and can say that it is still open; who says it learns of nobody, not even whether there was
    one. Raises NotAllowed, NotFound.
    """
    access.require(by, "catalogue.keep")
    piece = library.one_piece(by, material, at)
    if piece.retired:
        raise access.NotFound("material of the library")
    row = Material.objects.seen_by(by, "material.read").get(pk=piece.id)
    _answer_gaps(by, at, piece.kind, piece.product, piece.title, material=row)
    ledger.append(
        kind="material.answers", by=by.ref, at=at, subject_kind="material", subject=material,
        facts={"kind": piece.kind, "product": piece.product},
    )  # fmt: skip


def _answer_gaps(
    by: access.Actor, at: datetime, kind: str, product: str, title: str, *, material: Material | None = None,
    delivery: Delivery | None = None,
) -> None:  # fmt: skip
    """Propose something as the answer to open gaps, and tell who told of them.

    It closes what the actor told themself; what others told it closes only where who keeps the catalogue says it
    of a whole kind; whether a delivery to one person answers is that person's to say.
    Whoever proposes learns of nobody. Nothing is proposed to the same gap twice.
    """
    persons = [delivery.person_id] if delivery is not None else None
    keeps = access.may(by, "catalogue.keep") and delivery is None
    found = library.open_gaps(kind, product, persons)
    known = library.proposed_before([gap.pk for gap in found], material.pk if material else None)
    for gap in found:
        step = "closed" if keeps or gap.person_id == by.person else "proposed"
        if step == "proposed" and gap.pk in known:
            continue
        GapStep.objects.create(gap=gap, kind=step, material=material, delivery=delivery, at=at)
        if step == "proposed":
            facts = {"title": title}
            telling.tell(gap.person_id, by=by, kind="enablement.proposed", facts=facts, at=at, path=GAPS)
        else:
            telling.tell(gap.person_id, by=by, kind="enablement.answered", facts={}, at=at, path=GAPS)
        ledger.append(
            kind=f"guidance.{step}", by=access.system("something answers a gap").ref, at=at, subject_kind="guidance",
            subject=gap.public_id, facts={"kind": kind, "product": product},
        )  # fmt: skip

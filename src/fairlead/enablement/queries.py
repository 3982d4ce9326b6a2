"""Reading the catalogue, what one is owed and owes, what reps know, and what a plan cites."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fairlead.deals.models import Deal
from fairlead.enablement import catalogue, rules
from fairlead.enablement.catalogue import Count, Owed
from fairlead.enablement.models import (
    Assessed,
    Attachment,
    AttachmentBytes,
    Cite,
    Delivery,
    Entry,
    EntryVersion,
    Knowledge,
    KnowledgeVersion,
    MaterialVersion,
    Rating,
    Sells,
)
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.models import Person
from fairlead.plans.models import Version
from fairlead.qualification import queries as evidence

# The catalogue


@dataclass(frozen=True, slots=True)
class Line:
    """An item in the catalogue. ``team`` names the manager whose team it is for; ``count`` is for sales operations."""

    public_id: str
    number: int
    item: rules.Item
    owner: str
    owner_id: str
    team: str
    may: bool
    count: Count | None


def may_keep(actor: access.Actor, lead: int | None) -> bool:
    """Whether the actor keeps the items of a team (its lead), or of the whole company."""
    if lead is None:
        return access.may(actor, "catalogue.keep")
    return access.may(actor, "catalogue.keep") or (
        actor.person == lead and access.may(actor, "catalogue.keep_team")
    )


def listing(actor: access.Actor, at: datetime, *, retired: bool = False) -> list[Line]:
    """The catalogue as its reader sees it: the company's items, those of the own team, and of all for operations.

    Raises NotAllowed.
    """
    access.require(actor, "catalogue.read")
    keeps = access.may(actor, "catalogue.keep")
    every = catalogue.items(retired=retired)
    boss = people.manager_of(actor.id) if actor.person is not None else None
    seen = [one for one in every if one.lead is None or keeps or one.lead in (actor.person, boss)]
    counts = catalogue.counts(at, [one for one in seen if not one.retired]) if keeps else {}
    return _lines(actor, seen, counts)


def _lines(actor: access.Actor, seen: list[rules.Item], counts: Mapping[int, Count]) -> list[Line]:
    keys = [one.key for one in seen]
    ids = dict(Entry.objects.filter(pk__in=keys).values_list("pk", "public_id"))
    numbers: dict[int, int] = {}
    for entry, number in EntryVersion.objects.filter(entry__in=keys).values_list("entry_id", "number"):
        numbers[entry] = max(number, numbers.get(entry, 0))
    nodes = {node.id: node for node in people.nodes({one.owner for one in seen})}
    names = catalogue.names_of(seen)
    return [
        Line(
            ids[one.key], numbers[one.key], one, names[one.owner], nodes[one.owner].public_id,
            names[one.lead] if one.lead else "", may_keep(actor, one.lead), counts.get(one.key),
        )
        for one in seen
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Past:
    """A version of an item as it was kept."""

    number: int
    row: EntryVersion
    owner: str
    by: str


def one_item(actor: access.Actor, public_id: str, at: datetime) -> tuple[Line, list[Past]]:
    """An item with its versions, newest first. Raises NotAllowed, NotFound."""
    line = next((one for one in listing(actor, at, retired=True) if one.public_id == public_id), None)
    if line is None:
        raise access.NotFound("item of the catalogue")
    rows = EntryVersion.objects.filter(entry__public_id=public_id).select_related("owner", "by")
    return line, [Past(row.number, row, row.owner.name, row.by.name) for row in rows.order_by("-number")]


def roles_in_use(at: datetime) -> list[str]:
    """The roles of sellers of today, as their seats or titles say."""
    today = people.house().day(at)
    found = {rules.folded(one.role): one.role for one in catalogue.sellers(catalogue.everybody(today), today)}
    return sorted(found.values())


# What is owed


@dataclass(frozen=True, slots=True)
class File:
    """A file as it is offered."""

    public_id: str
    name: str
    size: int


@dataclass(frozen=True, slots=True)
class OwedLine:
    """An item that is owed, as a page shows it. ``words`` of a rating only where the reader may have them."""

    public_id: str
    item: rules.Item
    owner: people.Node
    person: people.Node
    begins_on: date
    due_on: date
    state: str
    days_late: int
    delivery: str
    delivered: rules.Delivered | None
    by: str
    file: File | None
    rating: str
    words: str
    mine: bool


@dataclass(frozen=True, slots=True)
class OwedPage:
    """Everything a seller is owed. ``role`` and ``since`` are what it is reckoned from."""

    person: people.Node
    role: str
    since: date | None
    products: tuple[str, ...]
    lines: tuple[OwedLine, ...]
    mine: bool


def mine(actor: access.Actor, at: datetime) -> OwedPage:
    """What the actor is owed as a seller. Raises NotAllowed."""
    access.require(actor, "owed.read")
    return _page(actor, actor.id, at)


def of_person(actor: access.Actor, public_id: str, at: datetime) -> OwedPage:
    """What a direct report is owed, or oneself. Raises NotAllowed, NotFound."""
    access.require(actor, "owed.read")
    person = people.find(public_id).pk
    people.require_on(actor, "owed.read", person)
    return _page(actor, person, at)


def _page(actor: access.Actor, person: int, at: datetime) -> OwedPage:
    today = people.house().day(at)
    found = next(iter(catalogue.sellers([person], today)), None)
    lines = _owed_lines(actor, catalogue.owed([person], at).get(person, []), at)
    sold = tuple(
        name
        for name in catalogue.products()
        if found is not None and (found.sells is None or rules.folded(name) in found.sells)
    )
    return OwedPage(
        people.node(person), found.role if found else "", found.role_since if found else None, sold, lines,
        person == actor.person,
    )  # fmt: skip


def _owed_lines(actor: access.Actor, owed: Iterable[Owed], at: datetime) -> tuple[OwedLine, ...]:
    kept, today = list(owed), people.house().day(at)
    nodes = {
        node.id: node
        for node in people.nodes({one.person for one in kept} | {one.item.owner for one in kept})
    }
    ids = dict(Entry.objects.filter(pk__in={one.item.key for one in kept}).values_list("pk", "public_id"))
    given = [one.standing.delivered for one in kept if one.standing.delivered]
    shown = Delivery.objects.for_system("files and ids of deliveries that went through the table")
    rows = {
        row.pk: row for row in shown.filter(pk__in=[one.id for one in given]).select_related("file", "by")
    }
    words = _words(actor, rows)
    names = people.names({one.by for one in given})
    found = []
    for one in kept:
        done = one.standing.delivered
        row = rows.get(done.id) if done else None
        file = File(row.file.public_id, row.file.name, row.file.size) if row and row.file else None
        found.append(
            OwedLine(
                ids[one.item.key], one.item, nodes[one.item.owner], nodes[one.person], one.begins_on,
                one.standing.due_on, one.standing.state(today), one.standing.days_late(today),
                row.public_id if row else "", done, names.get(done.by, "") if done else "", file, one.rating,
                words.get(done.id, "") if done else "", one.person == actor.person,
            )
        )  # fmt: skip
    return tuple(found)


def _words(actor: access.Actor, deliveries: Iterable[int]) -> dict[int, str]:
    """Delivery -> the words of its newest rating, of those the actor wrote or answers for."""
    rows = Rating.objects.seen_by(actor, "rating.read").filter(delivery__in=list(deliveries)).order_by("pk")
    return dict(rows.values_list("delivery_id", "words"))


@dataclass(frozen=True, slots=True)
class TeamRow:
    """A direct report with how what they are owed stands, and what is late."""

    person: people.Node
    role: str
    products: tuple[str, ...]
    says: bool
    lines: tuple[OwedLine, ...]

    @property
    def due(self) -> int:
        return sum(one.state == "due" for one in self.lines)

    @property
    def delivered(self) -> int:
        return sum(one.state == "delivered" for one in self.lines)

    @property
    def late(self) -> list[OwedLine]:
        return [one for one in self.lines if one.state == "late"]


def of_reports(actor: access.Actor, at: datetime) -> list[TeamRow]:
    """The direct reports who sell, with what they are owed, by name. Raises NotAllowed."""
    access.require(actor, "owed.read")
    mates = people.reached(actor, "owed.read", [one.id for one in people.reports(actor.id)]) - {actor.id}
    today = people.house().day(at)
    owed = catalogue.owed(mates, at)
    names = catalogue.products()
    rows = []
    for seller in catalogue.sellers(mates, today):
        sold = tuple(name for name in names if seller.sells is None or rules.folded(name) in seller.sells)
        lines = _owed_lines(actor, owed.get(seller.id, ()), at)
        rows.append(TeamRow(people.node(seller.id), seller.role, sold, seller.sells is not None, lines))
    return sorted(rows, key=lambda row: row.person.name)


@dataclass(frozen=True, slots=True)
class OweItem:
    """An item one answers for, with everybody it is owed to, what is late first."""

    public_id: str
    item: rules.Item
    lines: tuple[OwedLine, ...]

    @property
    def open(self) -> list[OwedLine]:
        return [one for one in self.lines if one.state in ("due", "late")]

    @property
    def done(self) -> list[OwedLine]:
        return [one for one in self.lines if one.state in ("delivered", "waived")]

    @property
    def late(self) -> int:
        return sum(one.state == "late" for one in self.lines)


@dataclass(frozen=True, slots=True)
class OwePage:
    items: tuple[OweItem, ...]


def owe(actor: access.Actor, at: datetime) -> OwePage:
    """What the actor answers for towards whom. Raises NotAllowed."""
    access.require(actor, "owed.deliver")
    own = [one for one in catalogue.items() if one.owner == actor.person]
    if not own:
        return OwePage(())
    today = people.house().day(at)
    by_item: dict[int, list[Owed]] = {}
    for lines in catalogue.owed(catalogue.everybody(today), at, own).values():
        for one in lines:
            by_item.setdefault(one.item.key, []).append(one)
    ids = dict(Entry.objects.filter(pk__in=[one.key for one in own]).values_list("pk", "public_id"))
    found = []
    for item in own:
        shown = _owed_lines(actor, by_item.get(item.key, ()), at)
        order = sorted(shown, key=lambda line: (-line.days_late, line.due_on, line.person.name))
        found.append(OweItem(ids[item.key], item, tuple(order)))
    return OwePage(
        tuple(sorted(found, key=lambda one: (-one.late, -len(one.open), one.item.what.casefold())))
    )


def named_as_owner(person: int) -> bool:
    """Whether somebody was ever named to answer for an item: a link may lead to an empty page, never be missing."""
    return EntryVersion.objects.filter(owner=person).exists()


def answers_for_any(person: int) -> bool:
    """Whether somebody answers for an item of the catalogue."""
    return any(one.owner == person for one in catalogue.items())


def file(actor: access.Actor, public_id: str, at: datetime) -> tuple[File, str, bytes]:
    """A file with its content type and bytes, for whoever may read what it shows. Raises NotFound."""
    rows = Attachment.objects.for_system("a file is read by whoever may read what it belongs to")
    row = rows.filter(public_id=public_id).first()
    if row is None or not _reads_file(actor, row):
        raise access.NotFound("file")
    held = AttachmentBytes.objects.for_system("the bytes of a file that went through the table").get(
        attachment=row
    )
    return File(row.public_id, row.name, row.size), row.kind, bytes(held.data)


def _reads_file(actor: access.Actor, row: Attachment) -> bool:
    of_delivery = Delivery.objects.for_system("who may read a file is asked of what it belongs to")
    for person, answers in of_delivery.filter(file=row).values_list("person_id", "answers_id"):
        if actor.person in (person, answers):
            return True
        if access.may(actor, "owed.read") and people.may_on(actor, "owed.read", person):
            return True
    return access.may(actor, "material.read") and _reads_material_file(actor, row)


def _reads_material_file(actor: access.Actor, row: Attachment) -> bool:
    """Whether a file is one of a piece in the library, or of a piece that the actor added, made or keeps."""
    of_material = MaterialVersion.objects.for_system("material is everybody's to read; which file is one")
    pieces = set(of_material.filter(file=row).values_list("material", flat=True))
    if pieces and access.may(actor, "material.keep"):
        return True
    newest: dict[int, MaterialVersion] = {}
    for version in of_material.filter(material__in=pieces).select_related("material").order_by("number"):
        newest[version.material_id] = version
    return any(
        (one.file_id == row.pk and not one.retired) or actor.person in (one.material.by_id, one.made_by_id)
        for one in newest.values()
    )


def sells_said(actor: access.Actor, public_id: str) -> list[tuple[date, list[str], str]]:
    """What was said of the products of a seller, newest first. Raises NotAllowed, NotFound."""
    person = people.find(public_id).pk
    people.require_on(actor, "sells.keep", person)
    rows = Sells.objects.seen_by(actor, "sells.keep").filter(person=person).select_related("by")
    return [(row.starts_on, row.products, row.by.name) for row in rows.order_by("-starts_on", "-pk")]


# What reps know


@dataclass(frozen=True, slots=True)
class Use:
    """Where a live plan uses something: the deal, and the place in words."""

    deal: str
    name: str
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KnownLine:
    """Something a rep wrote down. ``uses`` are live plans that cite it now: that, and nothing else, is the credit."""

    id: int
    public_id: str
    kind: str
    title: str
    about: str
    learnt: str
    sources: str
    on: date
    versions: int
    assessor: str
    assessor_id: str
    grades: Mapping[str, str]
    declined: bool
    saw: str
    uses: tuple[Use, ...]
    was_used: int


@dataclass(frozen=True, slots=True)
class KnownPage:
    person: people.Node
    lines: tuple[KnownLine, ...]
    mine: bool

    @property
    def used(self) -> int:
        return sum(bool(one.uses) for one in self.lines)


def known_by(actor: access.Actor, at: datetime, public_id: str = "") -> KnownPage:
    """What the actor wrote down, or a direct report (public id), newest first. Raises NotAllowed, NotFound."""
    access.require(actor, "knowledge.read")
    person = people.find(public_id).pk if public_id else actor.id
    if public_id:
        people.require_on(actor, "knowledge.read", person)
    rows = Knowledge.objects.seen_by(actor, "knowledge.read").filter(person=person)
    return KnownPage(
        people.node(person), tuple(_known_lines(rows.order_by("-pk"), at)), person == actor.person
    )


def one_known(actor: access.Actor, public_id: str, at: datetime) -> KnownLine:
    """One thing a rep wrote down. Raises NotAllowed, NotFound."""
    access.require(actor, "knowledge.read")
    rows = Knowledge.objects.seen_by(actor, "knowledge.read").filter(public_id=public_id)
    found = _known_lines(rows, at)
    if not found:
        raise access.NotFound("knowledge")
    return found[0]


def team_known(actor: access.Actor, at: datetime) -> list[tuple[people.Node, list[KnownLine]]]:
    """What direct reports wrote down, by name. Raises NotAllowed."""
    access.require(actor, "knowledge.read")
    mates = people.reached(actor, "knowledge.read", [one.id for one in people.reports(actor.id)])
    rows = Knowledge.objects.seen_by(actor, "knowledge.read").filter(person__in=mates - {actor.id})
    by_person: dict[int, list[int]] = {}
    for key, person in rows.order_by("-pk").values_list("pk", "person_id"):
        by_person.setdefault(person, []).append(key)
    lines = {line.id: line for line in _known_lines(rows, at)}
    return [
        (node, [lines[key] for key in by_person[node.id] if key in lines])
        for node in sorted(people.nodes(by_person), key=lambda node: node.name)
    ]


def _known_lines(rows: Iterable[Knowledge], at: datetime) -> list[KnownLine]:
    kept = list(rows)
    keys = [row.pk for row in kept]
    texts, numbers = _texts(keys)
    said: dict[int, Assessed] = {}
    found = Assessed.objects.for_system("assessments of teach-backs that went through the table")
    for one in found.filter(knowledge__in=keys).order_by("pk"):
        said[one.knowledge_id] = one
    uses, past = _uses(keys, at)
    who = {node.id: node for node in people.nodes({row.assessor_id for row in kept if row.assessor_id})}
    lines = []
    for row in kept:
        text, judged = texts[row.pk], said.get(row.pk)
        if text.withdrawn:
            continue
        node = who.get(row.assessor_id or 0)
        lines.append(
            KnownLine(
                row.pk, row.public_id, row.kind, text.title, text.about, text.learnt, text.sources, text.on,
                numbers[row.pk], node.name if node else "", node.public_id if node else "",
                judged.grades if judged else {}, judged is not None and not judged.grades,
                judged.words if judged else "", uses.get(row.pk, ()), past.get(row.pk, 0),
            )
        )  # fmt: skip
    return lines


def _texts(keys: Iterable[int]) -> tuple[dict[int, KnowledgeVersion], dict[int, int]]:
    """The newest version of each, and how many there are."""
    rows = KnowledgeVersion.objects.for_system("versions of what went through the table")
    newest: dict[int, KnowledgeVersion] = {}
    count: dict[int, int] = {}
    for row in rows.filter(knowledge__in=list(keys)).order_by("number"):
        newest[row.knowledge_id] = row
        count[row.knowledge_id] = row.number
    return newest, count


def _uses(keys: Iterable[int], at: datetime) -> tuple[dict[int, tuple[Use, ...]], dict[int, int]]:
    """Knowledge -> the live plans that cite it now; and in how many plans of closed deals it was cited."""
    rows = Cite.objects.for_system("what plans cite is counted for whoever may read the knowledge")
    cites = standing_cites(rows.filter(knowledge__in=list(keys)))
    deals = Deal.objects.for_system("whether a plan that cites something is live").in_bulk(
        {deal for deal, _, _, _ in cites}
    )
    places = {key: places_of(row, at) for key, row in deals.items() if row.status == "open"}
    found: dict[int, dict[int, list[str]]] = {}
    past: dict[int, set[int]] = {}
    for deal, knowledge, place, text in cites:
        if deal not in places:
            past.setdefault(knowledge, set()).add(deal)
        elif words := places[deal].get(f"{place}:{text}"):
            found.setdefault(knowledge, {}).setdefault(deal, []).append(words)
    uses = {
        knowledge: tuple(
            Use(deals[deal].public_id, deals[deal].name or deals[deal].account or "A deal", tuple(words))
            for deal, words in by_deal.items()
        )
        for knowledge, by_deal in found.items()
    }
    return uses, {knowledge: len(one) for knowledge, one in past.items()}


def standing_cites(rows: Any, of: str = "knowledge") -> list[tuple[int, int, str, str]]:
    """(deal, knowledge or material, place, text) of the cites that were not taken back."""
    newest: dict[tuple[int, int, str, str], bool] = {}
    for row in rows.exclude(**{of: None}).order_by("pk"):
        newest[row.deal_id, getattr(row, f"{of}_id"), row.place, row.text] = row.on
    return [key for key, on in newest.items() if on]


def places_of(deal: Deal, at: datetime) -> dict[str, str]:
    """What the newest version of a deal's plan, and the evidence that stands, can cite. Callers checked whose."""
    rows = Version.objects.for_system("whether the newest version of a plan still cites something")
    version = rows.filter(deal=deal).order_by("-number").first()
    if version is None:
        return {}
    return rules.anchors(version.content, evidence.standing_criteria(deal.pk, at))


@dataclass(frozen=True, slots=True)
class Cited:
    """Something the plan cites: what it is called and where it is used. Its words are the rep's and the manager's."""

    id: int
    public_id: str
    kind: str
    title: str
    about: str
    where: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class CitePage:
    """What a plan cites, what its owner knows and it does not cite, and the places it has. Place -> words."""

    cited: tuple[Cited, ...]
    known: tuple[Cited, ...]
    places: Mapping[str, str]


def cites(actor: access.Actor, deal: str, at: datetime) -> CitePage:
    """What the plan of a deal cites; for its writer also what could be cited. Raises NotAllowed, NotFound."""
    access.require(actor, "plan.read")
    row = Deal.objects.seen_by(actor, "plan.read").filter(public_id=deal).first()
    if row is None:
        raise access.NotFound("deal")
    places = places_of(row, at)
    cited = Cite.objects.for_system("what a plan cites is part of the plan; its reader was checked")
    by_known: dict[int, list[tuple[str, str]]] = {}
    for _, knowledge, place, text in standing_cites(cited.filter(deal=row)):
        if words := places.get(f"{place}:{text}"):
            by_known.setdefault(knowledge, []).append((f"{place}:{text}", words))
    writes = (
        row.status == "open" and row.owner_id is not None and people.may_on(actor, "plan.write", row.owner_id)
    )
    reads = (
        writes
        and access.may(actor, "knowledge.read")
        and people.may_on(actor, "knowledge.read", row.owner_id or 0)
    )
    own = Knowledge.objects.for_system("what a plan cites, and what its owner could cite, by title")
    keys = set(by_known) | (
        set(own.filter(person=row.owner_id).values_list("pk", flat=True)) if reads else set()
    )
    texts, _ = _texts(keys)
    ids = {one.pk: one for one in own.filter(pk__in=keys)}
    lines = [
        Cited(key, ids[key].public_id, ids[key].kind, text.title, text.about, tuple(by_known.get(key, ())))
        for key, text in sorted(texts.items(), reverse=True)
        if not text.withdrawn
    ]
    account = rules.folded(row.account or "")
    lines.sort(
        key=lambda one: not (account and rules.folded(one.about) in (account, rules.folded(row.name or "")))
    )
    return CitePage(
        tuple(one for one in lines if one.where), tuple(one for one in lines if not one.where), places
    )


# Teach-backs one was asked to assess


@dataclass(frozen=True, slots=True)
class ToAssess:
    """A teach-back as its assessor sees it: who showed what, and nothing else of what they know."""

    public_id: str
    person: str
    title: str
    about: str
    learnt: str
    on: date
    grades: Mapping[str, str]
    words: str
    declined: bool


def asked_of(actor: access.Actor, public_id: str) -> Knowledge:
    """A teach-back the actor was asked to assess. Raises NotAllowed, NotFound."""
    access.require(actor, "teach_back.assess")
    rows = Knowledge.objects.for_system("who was asked to assess finds what they were asked for")
    row = rows.filter(public_id=public_id, assessor=actor.person).first()
    if row is None:
        raise access.NotFound("teach-back")
    return row


def to_assess(actor: access.Actor, public_id: str, at: datetime) -> ToAssess:
    """One teach-back for its assessor. Raises NotAllowed, NotFound."""
    row = asked_of(actor, public_id)
    found = _assessing([row], at)
    if not found:
        raise access.NotFound("teach-back")
    return found[0]


def all_to_assess(actor: access.Actor, at: datetime) -> list[ToAssess]:
    """Every teach-back the actor was asked to assess, those that wait first. Raises NotAllowed."""
    access.require(actor, "teach_back.assess")
    rows = Knowledge.objects.for_system("who was asked to assess finds what they were asked for")
    found = _assessing(list(rows.filter(assessor=actor.person).order_by("-pk")[:100]), at)
    return sorted(found, key=lambda one: bool(one.grades or one.declined))


def _assessing(rows: list[Knowledge], at: datetime) -> list[ToAssess]:
    lines = {line.id: line for line in _known_lines(rows, at)}
    names = people.names({row.person_id for row in rows})
    return [
        ToAssess(
            one.public_id, names[row.person_id], one.title, one.about, one.learnt, one.on, one.grades, one.saw,
            one.declined,
        )
        for row in rows
        if (one := lines.get(row.pk)) is not None
    ]  # fmt: skip


def here(at: datetime) -> list[Person]:
    """Everybody who is here, by name, to choose from."""
    today = people.house().day(at)
    return list(Person.objects.filter(voided_at=None).exclude(ends_on__lte=today).order_by("name"))

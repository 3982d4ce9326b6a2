"""Reading the library of material, and what reps had to work out alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from fairlead.deals.models import Deal
from fairlead.enablement import queries, rules
from fairlead.enablement.models import (
    Cite,
    Delivery,
    EntryVersion,
    Gap,
    GapStep,
    Material,
    MaterialVersion,
    Thanks,
)
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.models import RoleGrant

MOST = 200


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of material. ``peer``: a rep made it. ``used`` are live plans that cite it now, as a count.

    What was taken out is opened by who added or made it and by who keeps the library: others read no link and no file.
    """

    id: int
    public_id: str
    number: int
    title: str
    what: str
    kind: str
    product: str
    role: str
    made_by: str
    made_by_id: str
    peer: bool
    link: str
    file: queries.File | None
    retired: bool
    added_by: str
    at: datetime
    thanks: int
    thanked: bool
    used: int
    may: bool
    may_retire: bool


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; '' is everything."""

    words: str = ""
    kind: str = ""
    product: str = ""
    role: str = ""
    peers: bool = False


def search(actor: access.Actor, at: datetime, wanted: Wanted) -> list[Piece]:
    """Material that fits, what is used most first. Raises NotAllowed."""
    access.require(actor, "material.read")
    pieces = _pieces(actor, at, None)
    terms = rules.folded(wanted.words).split()
    found = [
        one
        for one in pieces
        if not one.retired
        and (not wanted.kind or one.kind == wanted.kind)
        and (not wanted.product or rules.same_words(one.product, wanted.product))
        and (not wanted.role or rules.same_words(one.role, wanted.role))
        and (not wanted.peers or one.peer)
        and all(term in rules.folded(f"{one.title} {one.what} {one.product} {one.made_by}") for term in terms)
    ]
    return sorted(found, key=lambda one: (-one.used, -one.thanks, one.title.casefold()))[:MOST]


def one_piece(actor: access.Actor, public_id: str, at: datetime) -> Piece:
    """One piece, also one that was taken out. Raises NotAllowed, NotFound."""
    access.require(actor, "material.read")
    row = Material.objects.seen_by(actor, "material.read").filter(public_id=public_id).first()
    if row is None:
        raise access.NotFound("material")
    return _pieces(actor, at, [row.pk])[0]


@dataclass(frozen=True, slots=True)
class Past:
    """A version of a piece as it was kept. ``file`` is of an earlier version, for who added, made or keeps it."""

    number: int
    title: str
    by: str
    at: datetime
    file: queries.File | None


def past(actor: access.Actor, public_id: str) -> list[Past]:
    """The versions of a piece, newest first. Raises NotAllowed."""
    rows = MaterialVersion.objects.seen_by(actor, "material.read").filter(material__public_id=public_id)
    kept = list(rows.select_related("by", "file", "material").order_by("-number"))
    opens = bool(kept) and _opens_all(actor, kept[0])
    return [
        Past(
            row.number, row.title, row.by.name, row.at,
            queries.File(row.file.public_id, row.file.name, row.file.size)
            if row.file and opens and row.file_id != kept[0].file_id
            else None,
        )
        for row in kept
    ]  # fmt: skip


def _opens_all(actor: access.Actor, newest: MaterialVersion) -> bool:
    """Whether the actor opens also what is no longer in the library: who added or made it, or keeps the library."""
    return actor.person in (newest.material.by_id, newest.made_by_id) or access.may(actor, "material.keep")


def _pieces(actor: access.Actor, at: datetime, keys: Collection[int] | None) -> list[Piece]:
    rows = MaterialVersion.objects.seen_by(actor, "material.read").select_related(
        "material", "made_by", "by", "file"
    )
    if keys is not None:
        rows = rows.filter(material__in=list(keys))
    newest: dict[int, MaterialVersion] = {}
    for row in rows.order_by("number"):
        newest[row.material_id] = row
    thanks = _thanks(newest)
    used = live_uses(list(newest), at)
    reps = set(RoleGrant.objects.filter(role="rep").values_list("person_id", flat=True))
    keeps = access.may(actor, "material.keep")
    found = []
    for key, row in newest.items():
        mine = actor.person in (row.material.by_id, row.made_by_id)
        opens = not row.retired or mine or keeps
        file = queries.File(row.file.public_id, row.file.name, row.file.size) if row.file and opens else None
        found.append(
            Piece(
                key, row.material.public_id, row.number, row.title, row.what, row.kind, row.product, row.role,
                row.made_by.name, row.made_by.public_id, row.made_by_id in reps,
                row.link if opens else "", file, row.retired,
                row.by.name, row.at, len(thanks.get(key, ())), actor.person in thanks.get(key, ()), used.get(key, 0),
                mine and not row.retired, (mine or keeps) and not row.retired,
            )
        )  # fmt: skip
    return found


def _thanks(keys: Collection[int]) -> dict[int, set[int]]:
    rows = Thanks.objects.for_system("how many thanked for material, as a count")
    said: dict[tuple[int, int], bool] = {}
    for row in rows.filter(material__in=list(keys)).order_by("pk"):
        said[row.material_id, row.person_id] = row.on
    found: dict[int, set[int]] = {}
    for (material, person), on in said.items():
        if on:
            found.setdefault(material, set()).add(person)
    return found


def live_uses(keys: Collection[int], at: datetime) -> dict[int, int]:
    """Material -> how many plans of open deals cite it now. A count; no deal is named."""
    rows = Cite.objects.for_system("in how many live plans material is used, as a count")
    cites = queries.standing_cites(rows.filter(material__in=list(keys)), "material")
    deals = Deal.objects.for_system("whether a plan that uses material is live").filter(status="open")
    places = {row.pk: queries.places_of(row, at) for row in deals.filter(pk__in={deal for deal, *_ in cites})}
    found: dict[int, set[int]] = {}
    for deal, material, place, text in cites:
        if f"{place}:{text}" in places.get(deal, {}):
            found.setdefault(material, set()).add(deal)
    return {material: len(one) for material, one in found.items()}


@dataclass(frozen=True, slots=True)
class InPlan:
    """Material on a deal's plan: what it uses and where, and what fits and is not used."""

    used: tuple[tuple[Piece, tuple[tuple[str, str], ...]], ...]
    fits: tuple[Piece, ...]


def in_plan(actor: access.Actor, deal: str, at: datetime) -> InPlan:
    """The material a plan uses, and what fits the deal's product. Raises NotAllowed, NotFound."""
    access.require(actor, "plan.read")
    row = Deal.objects.seen_by(actor, "plan.read").filter(public_id=deal).first()
    if row is None:
        raise access.NotFound("deal")
    places = queries.places_of(row, at)
    rows = Cite.objects.for_system("what material a plan uses is part of the plan; its reader was checked")
    where: dict[int, list[tuple[str, str]]] = {}
    for _, material, place, text in queries.standing_cites(rows.filter(deal=row), "material"):
        if words := places.get(f"{place}:{text}"):
            where.setdefault(material, []).append((f"{place}:{text}", words))
    pieces = _pieces(actor, at, None) if access.may(actor, "material.read") else []
    fits = [
        one
        for one in pieces
        if one.id not in where
        and not one.retired
        and (not one.product or rules.same_words(one.product, row.product or ""))
    ]
    fits.sort(key=lambda one: (not one.product, -one.used, one.title.casefold()))
    return InPlan(tuple((one, tuple(where[one.id])) for one in pieces if one.id in where), tuple(fits[:20]))


# What somebody had to work out alone


@dataclass(frozen=True, slots=True)
class Proposal:
    """What was proposed as the answer to a gap: material of the library, or a delivery."""

    public_id: str
    title: str
    material: int | None
    delivery: int | None


@dataclass(frozen=True, slots=True)
class GapLine:
    """A gap as the rep and the manager read it. ``material`` and ``title`` are what closed it."""

    public_id: str
    person: str
    kind: str
    product: str
    words: str
    at: datetime
    state: str
    material: str
    title: str
    mine: bool
    proposals: tuple[Proposal, ...] = ()

    @property
    def open(self) -> bool:
        return self.state in ("open", "reopened", "proposed")


@dataclass(frozen=True, slots=True)
class GapCount:
    """Open gaps of a product and kind: how many people, None where too few; the words without names."""

    product: str
    kind: str
    people: int | None
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GapPage:
    own: tuple[GapLine, ...]
    team: tuple[GapLine, ...]
    counts: tuple[GapCount, ...] | None


def gaps(actor: access.Actor, at: datetime) -> GapPage:
    """The own gaps, those of direct reports, and counts for sales operations. Raises NotAllowed."""
    reads, counts = access.may(actor, "guidance.read"), access.may(actor, "guidance.counts")
    if not counts:
        access.require(actor, "guidance.read")
    lines = _gap_lines(actor) if reads else []
    return GapPage(
        tuple(one for one in lines if one.mine),
        tuple(one for one in lines if not one.mine and one.open),
        _gap_counts() if counts else None,
    )


def _gap_lines(actor: access.Actor) -> list[GapLine]:
    rows = list(Gap.objects.seen_by(actor, "guidance.read").select_related("person").order_by("-pk")[:MOST])
    steps = _gap_steps([row.pk for row in rows])
    pieces = {step.material_id for found in steps.values() for step in found if step.material_id is not None}
    versions = MaterialVersion.objects.for_system("what closed a gap, by its title")
    titles = {
        row.material_id: (row.material.public_id, row.title)
        for row in versions.filter(material__in=pieces).select_related("material").order_by("number")
    }
    proposals = proposals_of([row.pk for row in rows])
    found = []
    for row in rows:
        last = steps[row.pk][-1] if row.pk in steps else None
        by = titles.get(last.material_id or 0, ("", "")) if last and last.kind == "closed" else ("", "")
        state = last.kind if last else "open"
        if state == "proposed" and not proposals[row.pk]:
            state = "open"
        found.append(
            GapLine(
                row.public_id, row.person.name, row.kind, row.product, row.words, row.at, state,
                *by, row.person_id == actor.person, tuple(proposals[row.pk]),
            )
        )  # fmt: skip
    return found


def _gap_steps(keys: Collection[int]) -> Mapping[int, list[GapStep]]:
    rows = GapStep.objects.for_system("what became of gaps; callers checked whose")
    found: dict[int, list[GapStep]] = {}
    for row in rows.filter(gap__in=list(keys)).order_by("pk"):
        found.setdefault(row.gap_id, []).append(row)
    return found


def proposals_of(keys: Collection[int]) -> dict[int, list[Proposal]]:
    """Gap -> what is proposed as its answer and stands, without what left the library. Callers checked whose."""
    steps = _gap_steps(keys)
    standing: dict[int, list[GapStep]] = {}
    for key in keys:
        held = steps.get(key, [])
        standing[key] = held[rules.proposed_at([one.kind for one in held]) :]
    every = [one for held in standing.values() for one in held]
    versions = MaterialVersion.objects.for_system("what is proposed as an answer to a gap, by its title")
    pieces: dict[int, MaterialVersion] = {}
    wanted = {one.material_id for one in every if one.material_id is not None}
    for row in versions.filter(material__in=wanted).select_related("material").order_by("number"):
        pieces[row.material_id] = row
    deliveries = Delivery.objects.for_system("what is proposed as an answer to a gap, by what was delivered")
    given = {
        row.pk: row for row in deliveries.filter(pk__in=[one.delivery_id for one in every if one.delivery_id])
    }
    words = dict(
        EntryVersion.objects.filter(entry__in=[row.entry_id for row in given.values()])
        .order_by("number")
        .values_list("entry_id", "what")
    )
    found: dict[int, list[Proposal]] = {}
    for key, held in standing.items():
        shown: dict[str, Proposal] = {}
        for one in held:
            if one.material_id is not None and not (piece := pieces[one.material_id]).retired:
                shown[piece.material.public_id] = Proposal(
                    piece.material.public_id, piece.title, one.material_id, None
                )
            elif one.delivery_id is not None:
                row_ = given[one.delivery_id]
                shown[row_.public_id] = Proposal(row_.public_id, words[row_.entry_id], None, row_.pk)
        found[key] = list(shown.values())
    return found


def proposed_before(keys: Collection[int], material: int | None) -> set[int]:
    """The gaps to which a piece of material was proposed before. Nobody is named."""
    if material is None:
        return set()
    rows = GapStep.objects.for_system("the same material is proposed to a gap once; nobody is named")
    return set(
        rows.filter(gap__in=list(keys), material=material, kind="proposed").values_list("gap", flat=True)
    )


def open_gaps(kind: str, product: str, persons: Collection[int] | None = None) -> list[Gap]:
    """The open gaps of a kind and product, of some persons or of all. For what closes them; shown to nobody."""
    rows = Gap.objects.for_system("what answers a gap closes it, whoever told of it; nobody is named")
    rows = rows.filter(kind=kind)
    if persons is not None:
        rows = rows.filter(person__in=list(persons))
    kept = [row for row in rows.order_by("pk") if rules.same_words(row.product, product)]
    steps = _gap_steps([row.pk for row in kept])
    return [row for row in kept if rules.gap_open([step.kind for step in steps.get(row.pk, ())])]


def _gap_counts() -> tuple[GapCount, ...]:
    """Every product and kind with open gaps. Under five people not even how many."""
    rows = Gap.objects.for_system("gaps are counted by product and kind; nobody is named")
    groups = {(rules.folded(product), kind): product for product, kind in rows.values_list("product", "kind")}
    found = []
    for (_, kind), product in sorted(groups.items()):
        still = open_gaps(kind, product)
        if not still:
            continue
        people_ = len({row.person_id for row in still})
        enough = people_ >= rules.ENOUGH
        words = tuple(sorted((row.words for row in still), key=str.casefold)) if enough else ()
        found.append(GapCount(product, kind, people_ if enough else None, words))
    return tuple(found)


def makers(at: datetime) -> list[people.Node]:
    """Everybody who may have made something, by name."""
    return sorted(people.nodes([one.pk for one in queries.here(at)]), key=lambda one: one.name)

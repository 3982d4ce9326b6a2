"""The library of material and its files, what somebody had to work out alone, and issued support statements."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from ninja import Router, Schema
from pydantic import Field

from fairlead.api.door import REFUSALS, asker
from fairlead.enablement import actions, library, queries, statement
from fairlead.people import access

router = Router(tags=["library"])


class MaterialFile(Schema):
    public_id: str
    name: str
    size: int


class MaterialPiece(Schema):
    """A piece of material; ``used`` counts live plans that cite it. What was taken out has no link and no file, but for
    who added or made it and for sales operations."""

    public_id: str
    version: int
    title: str
    good_for: str
    kind: str
    product: str
    role: str
    made_by: str
    made_by_a_seller: bool
    link: str
    file: MaterialFile | None
    taken_out: bool
    used: int
    thanks: int


class GapProposal(Schema):
    """What is proposed as an answer: material of the library, or a delivery."""

    public_id: str
    title: str
    of: Literal["material", "delivery"]


class GuidanceGap(Schema):
    public_id: str
    person: str
    kind: str
    product: str
    words: str
    told_at: datetime
    state: str
    answered_by: str
    proposals: list[GapProposal]


class GapCounted(Schema):
    """Open gaps of a product and kind; ``people`` is null, and no words are there, under five people."""

    product: str
    kind: str
    people: int | None
    words: list[str]


class GuidanceGaps(Schema):
    """``counts`` is null for whoever is not sales operations."""

    own: list[GuidanceGap]
    of_reports: list[GuidanceGap]
    counts: list[GapCounted] | None


class GuidanceGapIn(Schema):
    kind: str = Field(max_length=20)
    product: str = Field("", max_length=200)
    words: str = Field(max_length=2000)


class GuidanceGapStepIn(Schema):
    """``answer`` is the proposal that answers it, for the step closed."""

    step: Literal["closed", "reopened", "withdrawn"]
    answer: str = Field("", max_length=16)


class SupportFigure(Schema):
    title: str
    says: str
    how: str


class SupportStatement(Schema):
    """An issued statement; ``text`` is the same inside and outside. ``newest``: no correction followed."""

    public_id: str
    year: int
    unit: str
    role: str
    version: int
    why_corrected: str
    newest: bool
    issued_by: str
    issued_at: datetime
    figures: list[SupportFigure]
    text: str
    sha256: str


def _piece(one: library.Piece) -> MaterialPiece:
    file = one.file
    return MaterialPiece(
        public_id=one.public_id, version=one.number, title=one.title, good_for=one.what, kind=one.kind,
        product=one.product, role=one.role, made_by=one.made_by, made_by_a_seller=one.peer, link=one.link,
        file=MaterialFile(public_id=file.public_id, name=file.name, size=file.size) if file else None,
        taken_out=one.retired, used=one.used, thanks=one.thanks,
    )  # fmt: skip


@router.get("library", response={200: list[MaterialPiece], **REFUSALS})
def material(
    request: HttpRequest,
    words: str = "",
    kind: str = "",
    product: str = "",
    role: str = "",
    by_sellers: bool = False,
) -> list[MaterialPiece]:
    """Material that fits, what is used most first."""
    who = asker(request)
    wanted = library.Wanted(words[:100], kind, product, role, by_sellers)
    return [_piece(one) for one in library.search(who.actor, who.at, wanted)]


@router.get("library/files/{public_id}", response={200: None, **REFUSALS})
def file(request: HttpRequest, public_id: str) -> HttpResponse:
    """A file of material or of a delivery, for whoever may read what it belongs to."""
    who = asker(request)
    access.require(who.actor, "owed.deliver")
    found, _, data = queries.file(who.actor, public_id, who.at)
    answer = HttpResponse(data, content_type="application/octet-stream")
    answer["Content-Disposition"] = content_disposition_header(True, found.name)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "no-store"
    return answer


@router.get("library/{public_id}", response={200: MaterialPiece, **REFUSALS})
def piece(request: HttpRequest, public_id: str) -> MaterialPiece:
    """One piece of material, also one that was taken out."""
    who = asker(request)
    return _piece(library.one_piece(who.actor, public_id, who.at))


def _gap(one: library.GapLine) -> GuidanceGap:
    return GuidanceGap(
        public_id=one.public_id, person=one.person, kind=one.kind, product=one.product, words=one.words, told_at=one.at,
        state=one.state, answered_by=one.material,
        proposals=[
            GapProposal(public_id=each.public_id, title=each.title, of="material" if each.material else "delivery")
            for each in one.proposals
        ],
    )  # fmt: skip


def _gaps(actor: access.Actor, at: datetime) -> GuidanceGaps:
    page = library.gaps(actor, at)
    counts = None
    if page.counts is not None:
        counts = [
            GapCounted(product=one.product, kind=one.kind, people=one.people, words=list(one.words))
            for one in page.counts
        ]
    return GuidanceGaps(
        own=[_gap(one) for one in page.own], of_reports=[_gap(one) for one in page.team], counts=counts
    )


@router.get("guidance", response={200: GuidanceGaps, **REFUSALS})
def guidance(request: HttpRequest) -> GuidanceGaps:
    """What the asker had to work out alone, and direct reports; counts for sales operations."""
    who = asker(request)
    return _gaps(who.actor, who.at)


@router.post("guidance", response={200: GuidanceGaps, **REFUSALS})
def tell(request: HttpRequest, body: GuidanceGapIn) -> GuidanceGaps:
    """Tell what one had to work out alone."""
    who = asker(request, "ask")
    actions.tell_gap(by=who.actor, at=who.at, kind=body.kind, product=body.product, words=body.words)
    return _gaps(who.actor, who.at)


@router.post("guidance/{public_id}", response={200: GuidanceGaps, **REFUSALS})
def step(request: HttpRequest, public_id: str, body: GuidanceGapStepIn) -> GuidanceGaps:
    """Say of a gap one told of that it is answered, still open, or withdrawn."""
    who = asker(request, "ask")
    actions.step_gap(by=who.actor, at=who.at, gap=public_id, kind=body.step, answer=body.answer)
    return _gaps(who.actor, who.at)


def _statement(one: statement.Line) -> SupportStatement:
    return SupportStatement(
        public_id=one.public_id, year=one.year, unit=one.unit, role=one.role, version=one.number,
        why_corrected=one.why, newest=one.newest, issued_by=one.by, issued_at=one.at, text=one.text, sha256=one.digest,
        figures=[SupportFigure(title=each["title"], says=each["says"], how=each["how"]) for each in one.figures],
    )  # fmt: skip


@router.get("support/statements", response={200: list[SupportStatement], **REFUSALS})
def statements(request: HttpRequest) -> list[SupportStatement]:
    """The support statements that were issued, newest first. Drafts are on the page alone."""
    who = asker(request)
    return [_statement(one) for one in statement.issued(who.actor)]


@router.get("support/statements/{public_id}", response={200: SupportStatement, **REFUSALS})
def issued(request: HttpRequest, public_id: str) -> SupportStatement:
    """One issued statement."""
    who = asker(request)
    return _statement(statement.one(who.actor, public_id))

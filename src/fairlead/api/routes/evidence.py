"""Evidence of deals: the criteria, what each comes to, scoring one, taking a score back."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import asdict
from datetime import date, datetime

from django.conf import settings
from django.http import HttpRequest
from ninja import Router, Schema
from ninja.files import UploadedFile
from ninja.params.functions import File, Form, Query
from pydantic import Field

from fairlead.api.door import REFUSALS, asker
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.qualification import actions, queries, rules

router = Router(tags=["evidence"])
Since = Query(None, description="What moved since the end of this day stands in ``moved``.")


class Criterion(Schema):
    """A criterion: ``counts`` says what it takes to score 0, 1, 2 and 3; an item counts in full for ``days``."""

    key: str
    name: str
    question: str
    counts: list[str]
    days: int


class Criteria(Schema):
    """The criteria in force; version 0 is what ships until somebody chooses. ``exits`` is stage, criterion, score."""

    version: int
    name: str
    starts_on: date | None
    criteria: list[Criterion]
    exits: dict[str, dict[str, int]]


class EvidenceFile(Schema):
    """A file that is the evidence. ``size`` in bytes; ``removed_by`` is '' while it is there."""

    public_id: str
    name: str
    kind: str
    size: int
    sha256: str
    removed_by: str
    removed_why: str


class EvidenceItem(Schema):
    """One item as it was given; ``undone_by`` names who took it back."""

    public_id: str
    score: int
    what: str
    on: date
    buyer_name: str
    buyer_role: str
    link: str
    by: str
    at: datetime
    undone_by: str
    file: EvidenceFile | None


class CriterionGrade(Schema):
    """What a criterion comes to: ``said`` as given, ``counted`` after ageing. ``wanted`` is what the stage asks for."""

    key: str
    name: str
    said: int
    counted: int
    stale_since: date | None
    wanted: int | None
    items: list[EvidenceItem]


class MovedGrade(Schema):
    name: str
    before: int
    after: int
    by_age: bool


class DealEvidence(Schema):
    """``score`` is the least of all criteria; unknown counts 0."""

    deal: str
    criteria: str
    version: int
    score: int
    weakest: list[str]
    grades: list[CriterionGrade]
    moved: list[MovedGrade]
    may_score: bool


class ScoreIn(Schema):
    """2 and 3 need a named person at the buyer: ``contact`` (public id) or ``buyer_name`` and ``buyer_role``."""

    criterion: str = Field(max_length=40)
    score: int
    what: str = ""
    on: date | None = None
    contact: str = Field("", max_length=16)
    buyer_name: str = Field("", max_length=200)
    buyer_role: str = Field("", max_length=160)
    link: str = Field("", max_length=500)


class EvidenceFileRead(EvidenceFile):
    """A file with its bytes in base 64. ``kind`` is what it was taken for; open it nowhere without a look."""

    data: str


class RemoveIn(Schema):
    """Why a file is erased; its name, digest and reason stay."""

    reason: str = Field(max_length=600)


class UndoIn(Schema):
    criterion: str = Field(max_length=40)


def _item(one: queries.Evidence) -> EvidenceItem:
    return EvidenceItem(
        public_id=one.public_id, score=one.score, what=one.what, on=one.on, buyer_name=one.buyer_name,
        buyer_role=one.buyer_role, link=one.link, by=one.by, at=one.at, undone_by=one.undone_by,
        file=EvidenceFile(**asdict(one.file)) if one.file else None,
    )  # fmt: skip


def _panel(found: queries.Panel) -> DealEvidence:
    return DealEvidence(
        deal=found.deal,
        criteria=found.criteria.name,
        version=found.criteria.version,
        score=found.score,
        weakest=list(found.weakest),
        grades=[
            CriterionGrade(
                key=line.criterion.key,
                name=line.criterion.name,
                said=line.grade.said,
                counted=line.grade.counted,
                stale_since=line.grade.stale_since,
                wanted=line.wanted,
                items=[_item(one) for one in line.past],
            )
            for line in found.lines
        ],
        moved=[MovedGrade(name=m.name, before=m.before, after=m.after, by_age=m.by_age) for m in found.moved],
        may_score=found.may_score,
    )


@router.get("criteria", response={200: Criteria, **REFUSALS})
def criteria(request: HttpRequest) -> Criteria:
    """The criteria in force today; they hold nothing of anybody."""
    who = asker(request)
    found = queries.criteria_on(people.house().day(who.at), who.at)
    return Criteria(
        version=found.version,
        name=found.name,
        starts_on=found.starts_on,
        criteria=[
            Criterion(key=c.key, name=c.name, question=c.question, counts=list(c.counts), days=c.days)
            for c in found.criteria
        ],
        exits={stage: dict(least) for stage, least in found.exits.items()},
    )


@router.get("deals/{public_id}/evidence", response={200: DealEvidence, **REFUSALS})
def evidence(request: HttpRequest, public_id: str, since: date | None = Since) -> DealEvidence:
    """What the evidence of a deal comes to, with every item there was."""
    who = asker(request)
    return _panel(queries.panel(who.actor, public_id, who.at, since=since))


@router.post("deals/{public_id}/evidence", response={200: DealEvidence, **REFUSALS})
def score(request: HttpRequest, public_id: str, body: ScoreIn) -> DealEvidence:
    """Score one criterion; the newest score stands, the ones before stay readable."""
    who = asker(request, "call")
    actions.score(by=who.actor, at=who.at, deal=public_id, **body.dict())
    return _panel(queries.panel(who.actor, public_id, who.at))


@router.post("deals/{public_id}/evidence/undo", response={200: DealEvidence, **REFUSALS})
def undo(request: HttpRequest, public_id: str, body: UndoIn) -> DealEvidence:
    """Take the newest score of a criterion back."""
    who = asker(request, "call")
    actions.undo(by=who.actor, at=who.at, deal=public_id, criterion=body.criterion)
    return _panel(queries.panel(who.actor, public_id, who.at))


@router.post("deals/{public_id}/evidence/with-file", response={200: DealEvidence, **REFUSALS})
def score_with_file(
    request: HttpRequest,
    public_id: str,
    file: UploadedFile | None = File(None),  # noqa: B008
    criterion: str = Form("", max_length=40),
    score: int = Form(rules.WROTE),
    what: str = Form(""),
    on: date | None = Form(None),  # noqa: B008
    contact: str = Form("", max_length=16),
    buyer_name: str = Form("", max_length=200),
    buyer_role: str = Form("", max_length=160),
    link: str = Form("", max_length=500),
) -> DealEvidence:
    """Score one criterion with 2 or 3 and the file that is the evidence, as multipart, as the page does."""
    who = asker(request, "call")
    access.require(who.actor, "evidence.score")
    if not queries.may_remove(who.actor, public_id):
        raise access.NotFound("deal")
    if file is None:
        raise access.Refused("file_missing", "Send the file in the part `file`.")
    sent = rules.Sent(file.name or "", file.read(settings.EVIDENCE_LIMIT + 1))
    actions.score(
        by=who.actor, at=who.at, deal=public_id, criterion=criterion, score=score, what=what, on=on, contact=contact,
        buyer_name=buyer_name, buyer_role=buyer_role, link=link, file=sent,
    )  # fmt: skip
    return _panel(queries.panel(who.actor, public_id, who.at))


@router.get("evidence-files/{public_id}", response={200: EvidenceFileRead, **REFUSALS})
def file(request: HttpRequest, public_id: str) -> EvidenceFileRead:
    """A file that is evidence, for whoever reads the evidence of its deal."""
    shown, data = queries.file(asker(request).actor, public_id)
    return EvidenceFileRead(**asdict(shown), data=b64encode(data).decode())


@router.post("evidence-files/{public_id}/remove", response={200: DealEvidence, **REFUSALS})
def remove_file(request: HttpRequest, public_id: str, body: RemoveIn) -> DealEvidence:
    """Erase the bytes of a file, with a reason; twice is once."""
    who = asker(request, "call")
    access.require(who.actor, "evidence.score")
    deal = queries.deal_of_file(who.actor, public_id)
    actions.remove_file(by=who.actor, at=who.at, file=public_id, reason=body.reason)
    return _panel(queries.panel(who.actor, deal, who.at))

"""The weekly review: the ones the asker was in, one of them, and running one."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from ninja.params.functions import Query
from pydantic import Field

from fairlead.api.door import REFUSALS, asker
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.models import Person
from fairlead.reviews import actions, queries, rules

router = Router(tags=["reviews"])
Whose = Query(
    "", alias="for", max_length=16, description="public_id of the leader one stands in for; empty: own."
)


class ReviewLine(Schema):
    """``state`` is open, ended or called_off; ``mine`` is how the asker was there."""

    public_id: str
    team: str
    leader: str
    begun_at: datetime
    state: str
    mine: str


class ReviewNumber(Schema):
    amount: int
    target: int | None
    booked: int
    calls_sum: int
    low: int | None
    middle: int | None
    high: int | None
    reach: int | None
    as_of: datetime | None
    submitted: int | None
    submitted_at: datetime | None


class ReviewDeal(Schema):
    deal: str
    name: str
    owner: str
    amount: int


class ReviewBar(Schema):
    """``count`` deals moved ``amount``; ``deals`` are those the asker may read by name."""

    kind: str
    amount: int
    count: int
    deals: list[ReviewDeal]


class ReviewCall(Schema):
    """``booked`` is null for whoever may not read the deals it adds up."""

    name: str
    call: int
    booked: int | None


class ReviewNews(Schema):
    deal: str
    name: str
    good: bool
    what: str
    reporter: str
    amount: int | None
    moves_to: str
    at: datetime


class ReviewDeciding(Schema):
    deal: str
    name: str
    owner: str
    amount: int
    chance: float
    if_won: float
    if_not: float
    question: str


class ReviewDue(Schema):
    name: str
    state: str
    at: datetime | None


class ReviewFacts(Schema):
    """Frozen when the review began, narrowed to what the asker may read. Money in minor units of ``currency``."""

    at: datetime
    since: datetime
    currency: str
    number: ReviewNumber
    start: int
    end: int
    bars: list[ReviewBar]
    calls: list[ReviewCall]
    news: list[ReviewNews]
    deciding: list[ReviewDeciding]
    due: list[ReviewDue]


class ReviewDecision(Schema):
    text: str
    deal: str
    deal_id: str


class ReviewQuestion(Schema):
    text: str
    finder: str
    asked_on: date


class ReviewAction(Schema):
    """``promise_id`` is '' for everybody but its two people."""

    text: str
    owner: str
    due_on: date
    promise_id: str = ""


class ReviewStraight(Schema):
    text: str
    name: str
    at: datetime


class ReviewMinutes(Schema):
    at: datetime
    by: str
    decisions: list[ReviewDecision]
    questions: list[ReviewQuestion]
    actions: list[ReviewAction]
    straight: list[ReviewStraight]
    digest: str


class DecisionNote(Schema):
    text: str = Field("", max_length=rules.TYPED)
    deal: str = Field("", max_length=16)


class QuestionNote(Schema):
    text: str = Field("", max_length=rules.TYPED)
    finder: str = Field("", max_length=16)
    since: str = Field("", max_length=10)


class ActionNote(Schema):
    """``to`` counts for the writer's own actions; a report's is promised to the leader."""

    text: str = Field("", max_length=rules.TYPED)
    owner: str = Field("", max_length=16)
    to: str = Field("", max_length=16)
    due_on: str = Field("", max_length=10)


class Notes(Schema):
    """People and deals by public_id; ``absent`` are those who were not there."""

    decisions: list[DecisionNote] = []
    questions: list[QuestionNote] = []
    actions: list[ActionNote] = []
    absent: list[str] = []


class ReviewRoom(Schema):
    """Somebody in the room; for a guest those of the team are not named."""

    key: str
    name: str
    kind: str


class Review(Schema):
    """One review. ``notes`` and ``version`` are for who runs it while it runs."""

    public_id: str
    team: str
    leader: str
    period: str
    begun_at: datetime
    state: str
    mine: str
    room: list[ReviewRoom]
    absent: list[str]
    team_count: int
    brief: list[str]
    facts: ReviewFacts | None
    notes: Notes | None
    version: int | None
    minutes: ReviewMinutes | None


class BeginIn(Schema):
    """``guest`` is the public_id of the superior or another executive, or ''."""

    guest: str = Field("", max_length=16)


class NotesIn(Schema):
    """``version`` is the one the notes were read with."""

    notes: Notes
    version: int = Field(ge=0, le=2**31)


class StraightIn(Schema):
    """``key`` makes sending it twice harmless."""

    text: str
    key: str = Field(max_length=64)


def _review(page: queries.Page) -> Review:
    kept: dict[str, Any] = {name: getattr(page, name) for name in _SAME}
    draft, minutes = page.draft, page.minutes
    written = None
    if minutes is not None:
        written = asdict(minutes)
        for one, agreed in zip(written["actions"], minutes.actions, strict=True):
            one["promise_id"] = agreed.promise.public_id if agreed.promise else ""
    return Review(
        **kept,
        leader=page.leader.name,
        room=[ReviewRoom(key=seat.key, name=seat.name, kind=seat.kind) for seat in page.room],
        facts=ReviewFacts(**asdict(page.facts)) if page.facts else None,
        notes=Notes(**asdict(draft.notes)) if draft else None,
        version=draft.version if draft else None,
        minutes=ReviewMinutes(**written) if written else None,
    )


_SAME = ("public_id", "team", "period", "begun_at", "state", "mine", "absent", "team_count", "brief")


@router.get("", response={200: list[ReviewLine], **REFUSALS})
def listing(request: HttpRequest) -> list[ReviewLine]:
    """The reviews the asker was in, and the running one of the own team; newest first."""
    who = asker(request)
    access.require(who.actor, "review.read")
    return [ReviewLine(**asdict(line)) for line in queries.listing(who.actor)]


@router.post("", response={200: Review, **REFUSALS})
def begin(request: HttpRequest, body: BeginIn, whose: str = Whose) -> Review:
    """Begin the review of the own team: the facts are frozen, the number is shown to the room."""
    who = asker(request, "review")
    access.require(who.actor, "review.run")
    leader = people.find(whose) if whose else Person.objects.get(pk=who.actor.id)
    guest = people.find(body.guest) if body.guest else None
    row = actions.begin(by=who.actor, at=who.at, leader=leader, guest=guest)
    return _review(queries.one(who.actor, row.public_id, who.at))


@router.get("{public_id}", response={200: Review, **REFUSALS})
def one(request: HttpRequest, public_id: str) -> Review:
    """One review: its facts, and its minutes once it ended."""
    who = asker(request)
    return _review(queries.one(who.actor, public_id, who.at))


@router.put("{public_id}/notes", response={200: Review, **REFUSALS})
def save(request: HttpRequest, public_id: str, body: NotesIn) -> Review:
    """Keep the notes of a running review, complete or not."""
    who = asker(request, "review")
    notes = rules.notes_of(body.notes.dict())
    actions.save(by=who.actor, at=who.at, review=public_id, notes=notes, version=body.version)
    return _review(queries.one(who.actor, public_id, who.at))


@router.post("{public_id}/end", response={200: Review, **REFUSALS})
def end(request: HttpRequest, public_id: str, body: NotesIn) -> Review:
    """End a review: minutes are frozen, actions become promises. The same notes again change nothing."""
    who = asker(request, "review")
    notes = rules.notes_of(body.notes.dict())
    actions.end(by=who.actor, at=who.at, review=public_id, notes=notes, version=body.version)
    return _review(queries.one(who.actor, public_id, who.at))


@router.post("{public_id}/call-off", response={200: Review, **REFUSALS})
def call_off(request: HttpRequest, public_id: str) -> Review:
    """Call off a review that was begun by mistake."""
    who = asker(request, "review")
    actions.call_off(by=who.actor, at=who.at, review=public_id)
    return _review(queries.one(who.actor, public_id, who.at))


@router.post("{public_id}/straight", response={200: Review, **REFUSALS})
def straight(request: HttpRequest, public_id: str, body: StraightIn) -> Review:
    """Set something straight under the minutes, in the own name."""
    who = asker(request, "review")
    actions.set_straight(by=who.actor, at=who.at, review=public_id, text=body.text, key=body.key)
    return _review(queries.one(who.actor, public_id, who.at))

"""The desk: messages from above and what is done with them, answers, what was heard, contact, counts, limits."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import AwareDatetime, Field, NaiveDatetime

from fairlead.api.door import REFUSALS, asker
from fairlead.desk import actions, answering, calm, facts, queries, rules
from fairlead.people import access
from fairlead.people import queries as people

router = Router(tags=["desk"])


class MessageIn(Schema):
    """A message from above. ``lane`` says that it belongs to a protected lane: then it is refused and not kept."""

    title: str = Field("", max_length=160)
    text: str
    deal: str = Field("", max_length=16)
    team: str = Field("", max_length=16)
    urgency: Literal["today", "week", "none"] = "week"
    lane: Literal["", "hr", "ethics_report", "complaint"] = ""
    key: str = Field(max_length=64)


class PastedIn(MessageIn):
    """What came elsewhere. ``sender`` is a person above (public id), or ``sender_name`` somebody without account."""

    sender: str = Field("", max_length=16)
    sender_name: str = Field("", max_length=160)
    message_id: str = Field("", max_length=250)
    received_at: AwareDatetime | None = None


class WrittenIn(MessageIn):
    """Written to a manager (``to``), of a deal or of a team."""

    to: str = Field("", max_length=16)
    praise: bool = False
    job: Literal["", "mine", "manager", "rep", "other"] = ""
    job_name: str = Field("", max_length=160)


class ActIn(Schema):
    """An act. ``opens`` is wall-clock time in each reader's own zone; ``kind`` sets the kind first."""

    act: Literal["answered", "held", "passed", "passed_raw", "declined"]
    kind: str = Field("", max_length=12)
    text: str = ""
    until: AwareDatetime | None = None
    event: str = Field("", max_length=200)
    to: list[str] = []
    opens: NaiveDatetime | None = None
    confirmed: bool = False
    attach: bool = True
    key: str = Field(max_length=64)


class KindIn(Schema):
    kind: str = Field(max_length=12)


class NumberIn(Schema):
    number: int = Field(ge=1, le=100_000)


class MessageStraightIn(Schema):
    """A correction, or with an empty text a withdrawal."""

    text: str = ""
    key: str = Field(max_length=64)


class ContactIn(Schema):
    executive: str = Field("", max_length=16)
    executive_name: str = Field("", max_length=160)
    rep: str = Field("", max_length=16)
    deal: str = Field("", max_length=16)
    on: date | None = None
    words: str = ""
    key: str = Field(max_length=64)


class AnswerIn(Schema):
    """A message to answer calmly, of a deal (public id) or of the number. Nothing of it is kept."""

    text: str = Field("", max_length=4000)
    deal: str = Field("", max_length=16)


class ConfidentialIn(Schema):
    until: AwareDatetime
    reason: str


class LimitsIn(Schema):
    """``days`` working days for must-pass kinds; ``share`` per cent and ``longest`` words for near words."""

    days: int = Field(ge=-1000, le=1000)
    share: int = Field(ge=-1000, le=1000)
    longest: int = Field(ge=-1000, le=1000)
    after_version: int | None = Field(None, ge=0, le=100_000)


class PraiseIn(Schema):
    on: bool


class DeskLine(Schema):
    """A message on a desk. ``state``: to_decide, held or decided. ``must_by`` is the limit of a must-pass kind, ``job``
    whose job it is as the sender said; before ``release_at`` nobody passes it on."""

    public_id: str
    sender: str
    title: str
    text: str
    about: str
    deal: str
    deal_name: str
    team: str
    urgency: str
    received_at: datetime
    kind: str
    suggested: str
    state: str
    held_until: datetime | None
    event: str
    must_by: datetime | None
    late: bool
    confidential_until: datetime | None
    manager: str
    job: str
    release_at: datetime | None


class Done(Schema):
    number: int
    act: str
    text: str
    until: datetime | None
    event: str
    opens_at: datetime | None
    to: list[str]
    facts: list[str]
    by: str
    at: datetime
    taken_back: bool


class Before(Schema):
    public_id: str
    title: str
    sender: str
    at: datetime
    answer: str


class Fact(Schema):
    """``link`` is a path inside Fairlead where its evidence opens."""

    text: str
    link: str


class Calm(Schema):
    facts: list[Fact]
    example: Fact | None
    ask: Fact | None
    text: str


class DeskMessageOut(DeskLine):
    """One message with what was done, the facts beside it, the calm card, and earlier answers to something alike."""

    done: list[Done]
    facts: list[str]
    untold: list[str]
    calm: Calm
    before: list[Before]


class Desk(Schema):
    to_decide: list[DeskLine]
    held: list[DeskLine]
    decided: int


class AnswerOut(Schema):
    calm: Calm
    before: list[Before]


class Answered(Schema):
    text: str
    declined: bool
    facts: list[str]
    at: datetime


class SentOut(Schema):
    """An own message. ``state``: with_manager, answered, declined, direct or withdrawn."""

    public_id: str
    title: str
    text: str
    manager: str
    received_at: datetime
    state: str
    answers: list[Answered]


class StraightOut(Schema):
    """A correction; an empty text says that it no longer holds as it was told."""

    text: str
    at: datetime


class HeardOut(Schema):
    """What the manager passed on. ``sender`` and ``title`` are filled only where it was passed as it is."""

    public_id: str
    manager: str
    sender: str
    title: str
    text: str
    at: datetime
    straight: list[StraightOut]


class ContactOut(Schema):
    rep: str
    executive: str
    deal: str
    deal_name: str
    on: date
    words: str
    by: str


class MustPassOut(Schema):
    """A must-pass message as HR sees it: never what it says."""

    public_id: str
    manager: str
    kind: str
    received_at: datetime
    must_by: datetime
    confidential_until: datetime | None
    late: bool


class CountsOut(Schema):
    """Counts of a quarter: ``raw`` of ``decided``, ``late`` of ``must``, ``alone`` of ``answered``."""

    period: str
    raw: int
    decided: int
    late: int
    must: int
    alone: int
    answered: int
    median_hours: float | None


class TotalOut(Schema):
    """A manager's quarter as the superior sees it."""

    manager: str
    period: str
    raw: int
    decided: int
    late: int
    must: int


class NoiseOut(Schema):
    name: str
    weeks: list[int]


class CountsPage(Schema):
    own: list[CountsOut]
    totals: list[TotalOut]
    weeks: list[date]
    noise: list[NoiseOut]


class LimitsOut(Schema):
    version: int
    days: int
    share: int
    longest: int


def _moment(at: datetime | None) -> datetime | None:
    """A moment that calendars can count with. Raises Refused for any other year."""
    if at is not None and not 2000 < at.year < 2200:
        raise access.Refused("bad_moment", "Choose a moment of this century.")
    return at.astimezone(UTC) if at is not None and at.tzinfo is not None else at


def _line(one: queries.Line) -> dict[str, Any]:
    now = one.standing
    return {
        "public_id": one.public_id, "sender": one.sender_name, "title": one.title, "text": one.text,
        "about": one.about, "deal": one.deal_id, "deal_name": one.deal_name, "team": one.team,
        "urgency": one.urgency, "received_at": one.received_at, "kind": one.kind,
        "suggested": one.suggestion.kind if one.suggestion else "", "state": now.state, "held_until": now.until,
        "event": now.event, "must_by": now.must_by, "late": now.late, "confidential_until": one.confidential,
        "manager": one.manager_name, "job": one.job, "release_at": one.release_at,
    }  # fmt: skip


def _calm(card: calm.Calm) -> Calm:
    def fact(one: calm.Said | None) -> Fact | None:
        return Fact(text=one.text, link=one.link) if one else None

    return Calm(
        facts=[Fact(text=one.text, link=one.link) for one in card.facts], example=fact(card.example),
        ask=fact(card.ask), text=card.text,
    )  # fmt: skip


def _before(found: tuple[queries.Before, ...]) -> list[Before]:
    return [
        Before(public_id=b.public_id, title=b.title, sender=b.sender_name, at=b.at, answer=b.answer) for b in found
    ]  # fmt: skip


def _whole(actor: access.Actor, public_id: str, at: datetime) -> DeskMessageOut:
    page = queries.one(actor, public_id, at)
    drawn = facts.of(actor, page.line.manager, page.line.deal, at)
    done = [
        Done(
            number=one.number, act=one.kind, text=one.text, until=one.until, event=one.event, opens_at=one.opens_at,
            to=list(one.to), facts=list(one.facts), by=one.by, at=one.at, taken_back=one.gone,
        )
        for one in page.done
    ]  # fmt: skip
    return DeskMessageOut(
        **_line(page.line), done=done, facts=[f"{b.head}: {b.large}. {b.text}" for b in drawn.boxes],
        untold=[what for what, _ in drawn.untold], calm=_calm(drawn.calm), before=_before(page.before),
    )  # fmt: skip


# The desk


@router.get("desk", response={200: Desk, **REFUSALS})
def desk(request: HttpRequest) -> Desk:
    """What waits and what is held on the asker's desk."""
    who = asker(request)
    tray = queries.tray(who.actor, who.at)
    return Desk(
        to_decide=[DeskLine(**_line(one)) for one in tray.to_decide],
        held=[DeskLine(**_line(one)) for one in tray.held],
        decided=tray.decided,
    )  # fmt: skip


@router.get("desk/decided", response={200: list[DeskLine], **REFUSALS})
def decided(request: HttpRequest, q: str = "") -> list[DeskLine]:
    """What was decided this quarter; ``q`` finds words of messages and answers."""
    who = asker(request)
    words = q.replace("\x00", "")[:100]
    if words.strip():
        return [DeskLine(**_line(one.line)) for one in queries.find(who.actor, who.at, words)]
    return [DeskLine(**_line(one)) for one in queries.decided(who.actor, who.at)]


@router.get("desk/counts", response={200: CountsPage, **REFUSALS})
def counts(request: HttpRequest) -> CountsPage:
    """Own counts, quarter totals of managers who report to the asker, and noise of the own team."""
    who = asker(request)
    page = queries.counts_page(who.actor, who.at)
    own = [
        CountsOut(
            period=name, raw=c.raw, decided=c.counted, late=c.late, must=c.must, alone=c.alone, answered=c.answered,
            median_hours=None if c.middle is None else round(c.middle.total_seconds() / 3600, 1),
        )
        for name, c in ((page.period, page.own), (page.before_name, page.before))
    ]  # fmt: skip
    totals = [
        TotalOut(
            manager=t.name, period=t.period, raw=t.counts.raw, decided=t.counts.counted, late=t.counts.late,
            must=t.counts.must,
        )
        for t in page.totals
    ]  # fmt: skip
    noise = [NoiseOut(name=name, weeks=list(found)) for name, found in page.noise]
    return CountsPage(own=own, totals=totals, weeks=list(page.weeks), noise=noise)


@router.put("desk/praise", response={200: PraiseIn, **REFUSALS})
def praise(request: HttpRequest, body: PraiseIn) -> PraiseIn:
    """Switch whether plain praise reaches the own team at once."""
    who = asker(request, "desk")
    actions.let_praise_pass(by=who.actor, at=who.at, on=body.on)
    return body


@router.post("desk/answer", response={200: AnswerOut, **REFUSALS})
def answer(request: HttpRequest, body: AnswerIn) -> AnswerOut:
    """The calm reply to a message, without keeping anything."""
    who = asker(request)
    reply = answering.reply(who.actor, body.text, body.deal, who.at)
    return AnswerOut(calm=_calm(reply.calm), before=_before(reply.before))


@router.post("desk/messages", response={200: DeskMessageOut, **REFUSALS})
def paste(request: HttpRequest, body: PastedIn) -> DeskMessageOut:
    """Put a message that came elsewhere on the own desk; the same key or Message-ID makes it once."""
    who = asker(request, "desk")
    access.require(who.actor, "desk.handle")
    given = actions.Given(
        title=body.title, text=body.text, sender=people.find(body.sender) if body.sender else None,
        sender_name=body.sender_name, deal=body.deal, team=body.team, urgency=body.urgency, lane=body.lane,
        message_id=body.message_id, received_at=_moment(body.received_at),
    )  # fmt: skip
    row = actions.receive(by=who.actor, at=who.at, given=given, key=body.key, door="api")
    return _whole(who.actor, row.public_id, who.at)


@router.get("desk/messages/{public_id}", response={200: DeskMessageOut, **REFUSALS})
def one(request: HttpRequest, public_id: str) -> DeskMessageOut:
    """One message on the asker's desk."""
    who = asker(request)
    return _whole(who.actor, public_id, who.at)


@router.post("desk/messages/{public_id}/act", response={200: DeskMessageOut, **REFUSALS})
def act(request: HttpRequest, public_id: str, body: ActIn) -> DeskMessageOut:
    """Decide on a message. 409 with near_verbatim where the words are nearly the original’s."""
    who = asker(request, "desk")
    queries.one(who.actor, public_id, who.at)
    wanted = rules.Wanted(
        body.act, body.text, _moment(body.until) if body.act == "held" else None, body.event,
        confirmed=body.confirmed,
    )  # fmt: skip
    passes = body.act in ("passed", "passed_raw")
    actions.act(
        by=who.actor, at=who.at, message=public_id, wanted=wanted, key=body.key, kind=body.kind,
        to=body.to if passes else (), opens=_moment(body.opens) if passes else None, attach=body.attach,
    )  # fmt: skip
    return _whole(who.actor, public_id, who.at)


@router.post("desk/messages/{public_id}/take-back", response={200: DeskMessageOut, **REFUSALS})
def take_back(request: HttpRequest, public_id: str, body: NumberIn) -> DeskMessageOut:
    """Take back a hold, or a pass that has opened for nobody."""
    who = asker(request, "desk")
    queries.one(who.actor, public_id, who.at)
    actions.take_back(by=who.actor, at=who.at, message=public_id, number=body.number)
    return _whole(who.actor, public_id, who.at)


@router.put("desk/messages/{public_id}/kind", response={200: DeskMessageOut, **REFUSALS})
def kind(request: HttpRequest, public_id: str, body: KindIn) -> DeskMessageOut:
    """Say what kind of message it is."""
    who = asker(request, "desk")
    queries.one(who.actor, public_id, who.at)
    actions.set_kind(by=who.actor, at=who.at, message=public_id, kind=body.kind)
    return _whole(who.actor, public_id, who.at)


@router.post("desk/messages/{public_id}/straight", response={200: MessageStraightIn, **REFUSALS})
def straight(request: HttpRequest, public_id: str, body: MessageStraightIn) -> MessageStraightIn:
    """Correct or withdraw a message, as its sender or on the sender's word."""
    who = asker(request, "desk")
    actions.set_straight(by=who.actor, at=who.at, message=public_id, text=body.text, key=body.key)
    return body


# The sender, the reader


def _sent(one: queries.SentLine) -> SentOut:
    answers = [Answered(text=a.text, declined=a.declined, facts=list(a.facts), at=a.at) for a in one.answers]
    return SentOut(
        public_id=one.public_id, title=one.title, text=one.text, manager=one.manager, received_at=one.received_at,
        state=one.state, answers=answers,
    )  # fmt: skip


@router.get("messages", response={200: list[SentOut], **REFUSALS})
def sent(request: HttpRequest) -> list[SentOut]:
    """The asker's own messages with the answers to them."""
    who = asker(request)
    return [_sent(one) for one in queries.sent(who.actor, who.at)]


@router.post("messages", response={200: SentOut, **REFUSALS})
def write(request: HttpRequest, body: WrittenIn) -> SentOut:
    """Write to a manager, of a deal or of a team; never to a rep."""
    who = asker(request, "desk")
    access.require(who.actor, "message.send")
    given = actions.Given(
        title=body.title, text=body.text, deal=body.deal, team=body.team, urgency=body.urgency, lane=body.lane,
        praise=body.praise, job=body.job, job_name=body.job_name,
    )  # fmt: skip
    to = people.find(body.to) if body.to else None
    row = actions.write(by=who.actor, at=who.at, given=given, to=to, key=body.key)
    return next(_sent(one) for one in queries.sent(who.actor, who.at) if one.public_id == row.public_id)


@router.get("inbox", response={200: list[HeardOut], **REFUSALS})
def inbox(request: HttpRequest) -> list[HeardOut]:
    """What the asker's manager passed on, in the words that were passed."""
    who = asker(request)
    return [
        HeardOut(
            public_id=one.public_id, manager=one.manager, sender=one.sender, title=one.title, text=one.text, at=one.at,
            straight=[StraightOut(text=text, at=at) for text, at in one.straight],
        )
        for one in queries.heard(who.actor, who.at)
    ]  # fmt: skip


@router.get("contacts", response={200: list[ContactOut], **REFUSALS})
def contacts(request: HttpRequest) -> list[ContactOut]:
    """Direct contact: what the asker logged, and as a manager what concerns direct reports."""
    who = asker(request)
    access.require(who.actor, "contact.log")
    return [
        ContactOut(
            rep=one.rep, executive=one.executive, deal=one.deal_id, deal_name=one.deal, on=one.on, words=one.words,
            by=one.by,
        )
        for one in queries.contacts(who.actor, who.at)
    ]  # fmt: skip


@router.post("contacts", response={200: list[ContactOut], **REFUSALS})
def log_contact(request: HttpRequest, body: ContactIn) -> list[ContactOut]:
    """Log that somebody above the manager made contact; the manager is told."""
    who = asker(request, "desk")
    access.require(who.actor, "contact.log")
    actions.log_contact(
        by=who.actor, at=who.at, key=body.key, executive_name=body.executive_name, deal=body.deal, on=body.on,
        executive=people.find(body.executive) if body.executive else None, words=body.words,
        rep=people.find(body.rep) if body.rep else None,
    )  # fmt: skip
    return contacts(request)


# HR, and the limits


def _must_pass(actor: access.Actor, at: datetime) -> list[MustPassOut]:
    return [
        MustPassOut(
            public_id=one.public_id, manager=one.manager, kind=one.kind, received_at=one.received_at,
            must_by=one.must_by, confidential_until=one.confidential, late=one.late,
        )
        for one in queries.must_pass_of_unit(actor, at)
    ]  # fmt: skip


@router.get("confidential", response={200: list[MustPassOut], **REFUSALS})
def must_pass(request: HttpRequest) -> list[MustPassOut]:
    """HR: must-pass messages that wait in the own units, never what they say."""
    who = asker(request)
    return _must_pass(who.actor, who.at)


@router.put("confidential/{public_id}", response={200: list[MustPassOut], **REFUSALS})
def keep_confidential(request: HttpRequest, public_id: str, body: ConfidentialIn) -> list[MustPassOut]:
    """HR: a must-pass message is confidential until a moment; its limit starts then."""
    who = asker(request, "desk")
    access.require(who.actor, "message.keep_confidential")
    until = _moment(body.until) or who.at
    actions.keep_confidential(by=who.actor, at=who.at, message=public_id, until=until, reason=body.reason)
    return _must_pass(who.actor, who.at)


@router.get("operations/desk", response={200: LimitsOut, **REFUSALS})
def limits(request: HttpRequest) -> LimitsOut:
    """The limits in force."""
    who = asker(request)
    access.require(who.actor, "settings.write")
    found = queries.limits(who.at)
    return LimitsOut(version=found.version, days=found.days, share=found.share, longest=found.longest)


@router.put("operations/desk", response={200: LimitsOut, **REFUSALS})
def set_limits(request: HttpRequest, body: LimitsIn) -> LimitsOut:
    """Put limits in force from now on, as a new version."""
    who = asker(request, "import")
    access.require(who.actor, "settings.write")
    row = actions.set_limits(
        by=who.actor, at=who.at, days=body.days, share=body.share, longest=body.longest,
        after_version=body.after_version,
    )  # fmt: skip
    return LimitsOut(version=row.version, days=row.days, share=row.share, longest=row.longest)

"""Deals that left the forecast: what is owed, short answers, packets, replies, cards for upstairs, the rule."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from fairlead.api.door import REFUSALS, asker
from fairlead.exits import actions, effects, owing, queries, rules
from fairlead.people import queries as people

router = Router(tags=["exits"])
_LEAST, _MOST = -(2**63), 2**63 - 1


class ExitLine(Schema):
    """A deal that left. ``need`` is packet, reason or sentence.

    ``state`` is owed, late, asked_back, waiting, accepted or said; ``age`` counts working days; ``answer`` is the
    public id of what was said, '' before.
    """

    deal: str
    name: str
    owner: str
    period: str
    way: str
    category: str
    amount_minor: int
    need: str
    state: str
    left_on: date
    due_on: date
    age: int
    answer: str
    why: str
    asked_back: str


class ExitBack(Schema):
    """A deal that left and is back (``since``), or of which corrected facts say that it never left (null)."""

    deal: str
    name: str
    owner: str
    since: datetime | None


class ExitList(Schema):
    period: str
    owed: list[ExitLine]
    waiting: list[ExitLine]
    done: list[ExitLine]
    back: list[ExitBack]


class ExitEffect(Schema):
    """A number with the deal and without it, as low, middle and high of 8 in 10; null with ``why_not``."""

    before_minor: list[int] | None
    after_minor: list[int] | None
    as_of: datetime | None
    why_not: str


class ExitReplacement(Schema):
    """A replacement as promised, and what became of it. ``expected_minor`` null: no stored estimate had a chance."""

    deal: str
    name: str
    amount_minor: int | None
    chance: float | None
    expected_minor: int | None
    status: str
    on: date | None
    amount_now_minor: int | None


class ExitReply(Schema):
    kind: str
    words: str
    by: str
    at: datetime


class ExitAnswer(Schema):
    """A short answer, or one version of a packet. Effects are null where the asker may not have the estimate."""

    public_id: str
    version: int
    kind: str
    period: str
    reason: str
    why: str
    packet: dict[str, Any]
    gap_minor: int
    shortfall_minor: int
    replacements: list[ExitReplacement]
    effect_own: ExitEffect | None
    effect_team: ExitEffect | None
    by: str
    at: datetime
    replies: list[ExitReply]
    up_since: datetime | None


class ExitOfDeal(Schema):
    """The exit of a deal. ``need`` '' where nothing is asked; ``ahead``: it stands still, a packet may come first."""

    deal: str
    period: str
    need: str
    state: str
    way: str
    category: str
    amount_minor: int
    ahead: bool
    left_on: date | None
    due_on: date | None
    threshold_minor: int | None
    version: int
    answers: list[ExitAnswer]


class ExitCandidate(Schema):
    """An own open deal of the period that does not count in Commit."""

    deal: str
    name: str
    amount_minor: int | None
    category: str
    chance: float | None
    expected_minor: int | None


class ExitWriting(Schema):
    """What a packet starts from: the draft as it was typed (only the writer's own), and deals that may replace it."""

    draft: dict[str, Any]
    draft_at: datetime | None
    replacements: list[ExitCandidate]
    first_known_on: date
    told_on: date | None


class ShortIn(Schema):
    """``reason`` for a lost deal; one sentence for any other exit."""

    reason: str = ""
    why: str = ""


class EvidenceIn(Schema):
    text: str = ""


class AlternativeIn(Schema):
    kind: str
    verdict: str
    reason: str


class SourcingIn(Schema):
    what: str
    by_when: date | None = None


class PacketIn(Schema):
    """A whole packet, handed in as the version after ``after_version``. ``criterion`` is a key of the criteria, or
    ``criterion_name`` says another one; with a key, ``old`` and ``new`` left empty come from its evidence."""

    after_version: int | None = Field(default=None, ge=0, le=100_000)
    why: str = ""
    reason: str = ""
    criterion: str = ""
    criterion_name: str = ""
    old: EvidenceIn = EvidenceIn()
    new: EvidenceIn = EvidenceIn()
    alternatives: list[AlternativeIn] = []
    replacements: list[str] = []
    sourcing: list[SourcingIn] = []
    shortfall: str = ""
    first_known_on: date | None = None
    told_on: date | None = None


class DraftIn(Schema):
    """Fields of the form by name, as far as they are typed."""

    typed: dict[str, str | list[str]]


class ReplyIn(Schema):
    verdict: Literal["accepted", "asked_back"]
    words: str = ""


class UpIn(Schema):
    """Upstairs, or with ``back`` back from there."""

    back: bool = False


class ExitFact(Schema):
    text: str
    source: str
    on: date


class ExitCard(Schema):
    """One page for upstairs; ``ask`` is the manager. ``effect`` is on the manager's number."""

    answer: str
    deal: str
    name: str
    period: str
    amount_minor: int
    stood_in: str
    way: str
    ask: str
    why: ExitFact
    changed: list[ExitFact]
    considered: list[ExitFact]
    replacements: list[ExitReplacement]
    acts: list[ExitFact]
    shortfall_minor: int
    shortfall: str
    effect: ExitEffect | None
    first_known_on: date | None
    told_on: date | None
    at: datetime
    version: int
    up_since: datetime | None


class ExitCardShort(Schema):
    answer: str
    name: str
    amount_minor: int
    way: str
    ask: str
    since: datetime


class ExitRule(Schema):
    """What exits ask for. ``fixed_minor`` takes the place of ``times`` the team's median amount where it is set."""

    times: float = 3.0
    fixed_minor: int | None = Field(default=None, ge=_LEAST, le=_MOST)
    days: int = 3
    blocking: bool = False
    who: str = "everybody"
    categories: list[str] = ["commit", "most_likely"]


class ExitRuleIn(ExitRule):
    starts_on: date | None = None


class ExitRuleVersion(ExitRule):
    version: int
    starts_on: date | None
    by: str


def _line(one: queries.Line) -> ExitLine:
    return ExitLine(
        deal=one.deal, name=one.name, owner=one.owner, period=one.period, way=one.way, category=one.category,
        amount_minor=one.amount, need=one.need, state=one.state, left_on=one.left_on, due_on=one.due_on, age=one.age,
        answer=one.answer, why=one.why, asked_back=one.asked_back,
    )  # fmt: skip


def _list(found: queries.Exits) -> ExitList:
    return ExitList(
        period=found.period.name,
        owed=[_line(one) for one in found.owed],
        waiting=[_line(one) for one in found.waiting],
        done=[_line(one) for one in found.done],
        back=[ExitBack(deal=one.deal, name=one.name, owner=one.owner, since=one.since) for one in found.back],
    )


def _effect(one: effects.Effect | None) -> ExitEffect | None:
    if one is None:
        return None
    return ExitEffect(
        before_minor=list(one.before) if one.before else None,
        after_minor=list(one.after) if one.after else None,
        as_of=one.as_of,
        why_not=one.why_not,
    )


def _outcome(one: queries.Outcome) -> ExitReplacement:
    promised = one.promised
    return ExitReplacement(
        deal=promised.deal, name=promised.name, amount_minor=promised.amount, chance=promised.chance,
        expected_minor=promised.expected, status=one.status, on=one.on, amount_now_minor=one.amount,
    )  # fmt: skip


def _answer(one: queries.Given) -> ExitAnswer:
    return ExitAnswer(
        public_id=one.public_id, version=one.number, kind=one.kind, period=one.period, reason=one.reason, why=one.why,
        packet=rules.content_of(one.packet) if one.kind == "packet" else {}, gap_minor=one.gap,
        shortfall_minor=one.shortfall, replacements=[_outcome(o) for o in one.outcomes], effect_own=_effect(one.own),
        effect_team=_effect(one.team), by=one.by, at=one.at,
        replies=[ExitReply(kind=s.kind, words=s.words, by=s.by, at=s.at) for s in one.replies],
        up_since=one.up_since,
    )  # fmt: skip


def _page(found: queries.ExitPage) -> ExitOfDeal:
    trace = found.found.trace if found.found else None
    standing = found.found.standing if found.found else None
    return ExitOfDeal(
        deal=found.deal,
        period=found.period.name,
        need=found.need,
        state=standing.state if standing else "",
        way=trace.reason if trace else "",
        category=trace.category if trace else "",
        amount_minor=trace.amount if trace else 0,
        ahead=trace is not None and trace.left_at is None,
        left_on=standing.left_on if standing else None,
        due_on=standing.due_on if standing and standing.need else None,
        threshold_minor=standing.threshold if standing else None,
        version=found.newest,
        answers=[_answer(one) for one in found.given],
    )


@router.get("exits", response={200: ExitList, **REFUSALS})
def own(request: HttpRequest) -> ExitList:
    """What one owes of own deals."""
    who = asker(request)
    return _list(queries.mine(who.actor, who.at))


@router.get("exits/team", response={200: ExitList, **REFUSALS})
def team(request: HttpRequest, leader: str = "") -> ExitList:
    """What a leader's direct reports owe, and what waits for a reply. ``leader`` (public id) for who stands in."""
    who = asker(request)
    person = people.find(leader).pk if leader else who.actor.id
    return _list(queries.of_team(who.actor, person, who.at))


@router.get("exits/upstairs", response={200: list[ExitCardShort], **REFUSALS})
def upstairs(request: HttpRequest) -> list[ExitCardShort]:
    """The cards that managers took upstairs, the newest first."""
    who = asker(request)
    return [
        ExitCardShort(
            answer=c.answer, name=c.name, amount_minor=c.amount, way=c.way, ask=c.ask, since=c.since
        )
        for c in queries.upstairs(who.actor, who.at)
    ]


@router.get("deals/{public_id}/exit", response={200: ExitOfDeal, **REFUSALS})
def exit_of(request: HttpRequest, public_id: str) -> ExitOfDeal:
    """The exit of a deal and everything that was said of it."""
    who = asker(request)
    return _page(queries.page(who.actor, public_id, who.at))


@router.post("deals/{public_id}/exit", response={200: ExitOfDeal, **REFUSALS})
def say(request: HttpRequest, public_id: str, body: ShortIn) -> ExitOfDeal:
    """Say in one sentence, or by one reason, why a deal left."""
    who = asker(request, "call")
    actions.say(by=who.actor, at=who.at, deal=public_id, reason=body.reason, why=body.why)
    return _page(queries.page(who.actor, public_id, who.at))


@router.get("deals/{public_id}/exit/draft", response={200: ExitWriting, **REFUSALS})
def draft(request: HttpRequest, public_id: str) -> ExitWriting:
    """What a packet starts from, the own draft included."""
    who = asker(request)
    found = queries.writing(who.actor, public_id, who.at)
    return ExitWriting(
        draft=dict(found.draft),
        draft_at=found.draft_at,
        replacements=[
            ExitCandidate(
                deal=r.deal, name=r.name, amount_minor=r.amount, category=r.category, chance=r.chance,
                expected_minor=r.expected,
            )
            for r in found.replacements
        ],
        first_known_on=found.first_known_on,
        told_on=found.told_on,
    )  # fmt: skip


@router.put("deals/{public_id}/exit/draft", response={200: ExitWriting, **REFUSALS})
def keep_draft(request: HttpRequest, public_id: str, body: DraftIn) -> ExitWriting:
    """Keep a draft of a packet; only its writer reads it."""
    who = asker(request, "call")
    actions.keep_draft(by=who.actor, at=who.at, deal=public_id, typed=body.typed)
    return draft(request, public_id)


@router.put("deals/{public_id}/exit/packet", response={200: ExitOfDeal, **REFUSALS})
def hand_in(request: HttpRequest, public_id: str, body: PacketIn) -> ExitOfDeal:
    """Hand a packet in. Refused as ``packet_incomplete`` with everything that lacks."""
    who = asker(request, "call")
    packet = rules.packet_of(body.dict(exclude={"after_version"}))
    actions.hand_in(by=who.actor, at=who.at, deal=public_id, packet=packet, after_version=body.after_version)
    return _page(queries.page(who.actor, public_id, who.at))


@router.post("exits/{public_id}/reply", response={200: ExitOfDeal, **REFUSALS})
def reply(request: HttpRequest, public_id: str, body: ReplyIn) -> ExitOfDeal:
    """Accept a packet of a direct report, or ask back."""
    who = asker(request, "call")
    deal = queries.deal_of_packet(who.actor, public_id)
    actions.reply(by=who.actor, at=who.at, answer=public_id, verdict=body.verdict, words=body.words)
    return _page(queries.page(who.actor, deal, who.at))


@router.post("exits/{public_id}/up", response={200: ExitCard, **REFUSALS})
def up(request: HttpRequest, public_id: str, body: UpIn) -> ExitCard:
    """Take the card of an accepted packet upstairs, or back."""
    who = asker(request, "call")
    act = actions.take_back if body.back else actions.take_up
    act(by=who.actor, at=who.at, answer=public_id)
    return card(request, public_id)


def _fact(one: queries.Fact) -> ExitFact:
    return ExitFact(text=one.text, source=one.source, on=one.on)


@router.get("exits/{public_id}/card", response={200: ExitCard, **REFUSALS})
def card(request: HttpRequest, public_id: str) -> ExitCard:
    """The card of a packet; above the manager only once it was taken upstairs."""
    who = asker(request)
    found = queries.card(who.actor, public_id, who.at)
    return ExitCard(
        answer=found.answer,
        deal=found.deal,
        name=found.name,
        period=found.period,
        amount_minor=found.amount,
        stood_in=found.stood_in,
        way=found.way,
        ask=found.ask,
        why=_fact(found.why),
        changed=[_fact(one) for one in found.changed],
        considered=[_fact(one) for one in found.considered],
        replacements=[_outcome(one) for one in found.instead],
        acts=[_fact(one) for one in found.acts],
        shortfall_minor=found.shortfall,
        shortfall=found.shortfall_says,
        effect=_effect(found.effect),
        first_known_on=found.first_known_on,
        told_on=found.told_on,
        at=found.at,
        version=found.version,
        up_since=found.up,
    )


def _rule(rule: rules.Rule, starts_on: date | None, by: str) -> ExitRuleVersion:
    return ExitRuleVersion(
        times=rule.times, fixed_minor=rule.fixed_minor, days=rule.days, blocking=rule.blocking, who=rule.who,
        categories=list(rule.categories), version=rule.version, starts_on=starts_on, by=by,
    )  # fmt: skip


@router.get("operations/exits", response={200: list[ExitRuleVersion], **REFUSALS})
def rule_versions(request: HttpRequest) -> list[ExitRuleVersion]:
    """Every version of the rule, the newest first; what ships where nobody set one."""
    who = asker(request)
    found = [_rule(one.rule, one.starts_on, one.by) for one in queries.rule_versions(who.actor)]
    return found or [_rule(owing.rule_on(people.house().day(who.at), who.at), None, "Fairlead")]


@router.put("operations/exits", response={200: ExitRuleVersion, **REFUSALS})
def set_rule(request: HttpRequest, body: ExitRuleIn) -> ExitRuleVersion:
    """Set the rule from a day on (today by default)."""
    who = asker(request, "import")
    rule = rules.Rule(
        0, body.times, body.fixed_minor, body.days, body.blocking, body.who, tuple(body.categories)
    )
    row = actions.set_rule(by=who.actor, at=who.at, rule=rule, starts_on=body.starts_on)
    return _rule(owing.rule_of(row), row.starts_on, who.actor.name)

"""Early talks and the gap ledger: the same as their pages."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from django.http import HttpRequest
from ninja import Router, Schema

from fairlead.api.door import REFUSALS, asker
from fairlead.calls import targets
from fairlead.early import actions as talk_actions
from fairlead.early import queries as talks
from fairlead.gaps import actions as gap_actions
from fairlead.gaps import queries as gaps
from fairlead.gaps import rules
from fairlead.people import access
from fairlead.people import queries as people

router = Router(tags=["results"])


class TargetChange(Schema):
    """An own target as it was set: ``before`` is null the first time, ``reason`` one of a few neutral words."""

    period: str
    amount_minor: int
    before: int | None
    set_at: datetime
    reason: str


class FigureBeside(Schema):
    now: int | None
    before: int | None


class TalkOut(Schema):
    """``why_not`` says why no talk is offered, '' where it is. Figures are null where their reader sees none."""

    person: str
    quarter: str
    why_not: str
    chance: int | None
    sellers: int | None
    past_due: int | None
    past_won: int | None
    won_minor: int | None
    line_minor: int | None
    open_minor: int | None
    pace: FigureBeside | None
    coverage: FigureBeside | None
    rate: FigureBeside | None
    size: FigureBeside | None
    cycle: FigureBeside | None
    to_try: str
    said: str
    had: bool
    on_agenda: bool


class TalkIn(Schema):
    word: Literal["talked", "not_now", "agenda", "off", "back"]


class PartIo(Schema):
    carrier: str
    minor: int
    first: date
    last: date


class CutIo(Schema):
    kind: Literal["programme", "support", "hiring", "other"]
    words: str
    first: date
    last: date | None = None


class GapLine(Schema):
    public_id: str
    person: str
    quarter: str
    gap_minor: int
    given_minor: int
    taken_back: bool


class GapTotal(Schema):
    """Figures are null where they are of too few sellers."""

    quarter: str
    sellers: int | None
    gap_minor: int | None
    given_minor: int | None
    carriers: int | None
    cuts: dict[str, int] | None


class GapBook(Schema):
    lines: list[GapLine]
    totals: list[GapTotal]


class EffectOut(Schema):
    quarter: str
    minor: int
    won_minor: int
    asked_minor: int
    with_it: int | None
    without: int | None


class BorneOut(Schema):
    part: PartIo
    carrier: str
    effects: list[EffectOut]


class GapOut(Schema):
    public_id: str
    person: str
    quarter: str
    number: int
    kind: str
    asked_minor: int
    won_minor: int
    gap_minor: int
    parts: list[BorneOut]
    cuts: list[CutIo]
    why: str


class GapIn(Schema):
    """``after`` is the number of the version that was read, 0 for none; ``why`` is for a correction."""

    parts: list[PartIo] = []
    cuts: list[CutIo] = []
    why: str = ""
    after: int


class GapBackIn(Schema):
    why: str
    after: int


@router.get("targets", response={200: list[TargetChange], **REFUSALS})
def own_targets(request: HttpRequest) -> list[TargetChange]:
    """The asker's own targets as they were set and changed, newest first."""
    actor = asker(request).actor
    access.require(actor, "quarter.open")
    return [
        TargetChange(
            period=one.period, amount_minor=one.amount_minor, before=one.before, set_at=one.set_at, reason=one.reason
        )
        for one in targets.own_history(actor)
    ]  # fmt: skip


def _talk(request: HttpRequest, person: int) -> TalkOut:
    who = asker(request)
    one = talks.one(who.actor, person, who.at)
    own = one.own
    reckoned = one.found.reckoned if one.found else None

    def beside(now: int | None, before: int | None) -> FigureBeside:
        return FigureBeside(now=now, before=before)

    return TalkOut(
        person=one.person.public_id,
        quarter=one.period.name,
        why_not=one.why_not,
        chance=reckoned.percent if reckoned else None,
        sellers=reckoned.sellers if reckoned else None,
        past_due=reckoned.past_due if reckoned else None,
        past_won=reckoned.past_won if reckoned else None,
        won_minor=own.won_minor if own else None,
        line_minor=own.line_minor if own else None,
        open_minor=own.open_minor if own else None,
        pace=beside(own.pace.now, own.pace.before) if own else None,
        coverage=beside(own.coverage.now, own.coverage.before) if own else None,
        rate=beside(own.rate.middle, own.rate_before.middle) if own else None,
        size=beside(own.size.now, own.size.before) if own else None,
        cycle=beside(own.cycle.now, own.cycle.before) if own else None,
        to_try=one.to_try.thing if one.to_try else "",
        said=one.said,
        had=one.had,
        on_agenda=one.on_agenda,
    )


@router.get("talk", response={200: TalkOut, **REFUSALS})
def own_talk(request: HttpRequest) -> TalkOut:
    """The asker's own early talk; 404 where nothing runs for them."""
    return _talk(request, asker(request).actor.id)


@router.get("talk/{public_id}", response={200: TalkOut, **REFUSALS})
def talk(request: HttpRequest, public_id: str) -> TalkOut:
    """The early talk with one direct report; there is no list of them."""
    access.require(asker(request).actor, "talk.read")
    return _talk(request, people.find(public_id).pk)


@router.post("talk/{public_id}/say", response={200: TalkOut, **REFUSALS})
def say(request: HttpRequest, public_id: str, body: TalkIn) -> TalkOut:
    """Say of a talk that it was had or is not now, or put it on the agenda; each of the two for themself."""
    who = asker(request, "results")
    talk_actions.say(by=who.actor, at=who.at, person=public_id, word=body.word)
    return _talk(request, people.find(public_id).pk)


@router.get("gaps", response={200: GapBook, **REFUSALS})
def gap_book(request: HttpRequest) -> GapBook:
    """The gap ledger as far as the asker reads it: entries, or totals of the teams below."""
    who = asker(request)
    book = gaps.book(who.actor, who.at)
    return GapBook(
        lines=[
            GapLine(
                public_id=one.public_id, person=one.person.name, quarter=one.quarter, gap_minor=one.gap_minor,
                given_minor=one.given_minor, taken_back=one.taken_back,
            )
            for one in book.lines
        ],
        totals=[
            GapTotal(
                quarter=one.quarter, sellers=one.sellers, gap_minor=one.gap_minor, given_minor=one.given_minor,
                carriers=one.carriers, cuts=dict(one.cuts) if one.cuts is not None else None,
            )
            for one in book.totals
        ],
    )  # fmt: skip


@router.get("gaps/{public_id}", response={200: GapOut, **REFUSALS})
def gap(request: HttpRequest, public_id: str) -> GapOut:
    """One entry: its newest version, and what each part did to who carries it."""
    return _gap(request, public_id)


def _gap(request: HttpRequest, public_id: str) -> GapOut:
    who = asker(request)
    page = gaps.one(who.actor, public_id, who.at)
    now = page.entry.newest
    return GapOut(
        public_id=page.entry.public_id, person=page.entry.person.name, quarter=page.entry.quarter, number=now.number,
        kind=now.kind, asked_minor=now.asked_minor, won_minor=now.won_minor, gap_minor=now.gap_minor, why=now.why,
        parts=[
            BorneOut(
                part=PartIo(
                    carrier=one.part.carrier, minor=one.part.minor, first=one.part.first, last=one.part.last
                ),
                carrier=one.carrier,
                effects=[
                    EffectOut(
                        quarter=effect.quarter, minor=effect.minor, won_minor=effect.won_minor,
                        asked_minor=effect.asked_minor, with_it=effect.with_it, without=effect.without,
                    )
                    for effect in one.effects
                ],
            )
            for one in page.borne
        ],
        cuts=[CutIo.model_validate(one, from_attributes=True) for one in now.cuts],
    )  # fmt: skip


@router.put("gaps/of/{public_id}/{quarter}", response={200: GapOut, **REFUSALS})
def keep_gap(request: HttpRequest, public_id: str, quarter: str, body: GapIn) -> GapOut:
    """Keep what the closed quarter of a direct report cost others, or correct it."""
    who = asker(request, "results")
    given = rules.Given(
        tuple(rules.Part(one.carrier, one.minor, one.first, one.last) for one in body.parts),
        tuple(rules.CutOrDelay(one.kind, one.words, one.first, one.last) for one in body.cuts),
        body.why,
    )
    row = gap_actions.keep(
        by=who.actor, at=who.at, person=public_id, quarter=quarter, given=given, after=body.after
    )
    return _gap(request, row.public_id)


@router.post("gaps/{public_id}/back", response={200: GapOut, **REFUSALS})
def gap_back(request: HttpRequest, public_id: str, body: GapBackIn) -> GapOut:
    """Take an entry back, with the reason."""
    who = asker(request, "results")
    access.require(who.actor, "gap.write")
    gap_actions.take_back(by=who.actor, at=who.at, gap=public_id, why=body.why, after=body.after)
    return _gap(request, public_id)

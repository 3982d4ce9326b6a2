"""Deal health: the rules with their record, a review's deals, snoozes, notes, corrections, and the message."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from fairlead.api.door import REFUSALS, Asker, asker
from fairlead.health import actions, queries
from fairlead.health import record as records
from fairlead.people import access

router = Router(tags=["deal health"])


class SideOfRecord(Schema):
    """Looks on one side, of how many different deals, and how many of the looks ended won."""

    rows: int
    deals: int
    won: int


class FlagRecordOut(Schema):
    """What became of deals with and without a flag. ``says``: unknown, few, nothing or differs; ``low`` and ``high``
    bound the difference of the shares won (95 %). ``beyond_chance``: few, nothing or adds, with the log loss saved."""

    up: SideOfRecord
    down: SideOfRecord
    says: str
    low: float | None
    high: float | None
    beyond_chance: str
    gain: float | None


class FlagRuleOut(Schema):
    key: str
    title: str
    rule: str
    words: str
    record: FlagRecordOut | None


class FlagRulesOut(Schema):
    """``thresholds`` is their version, 0 as shipped; ``computed_at`` null while the first record is computed."""

    thresholds: int
    computed_at: datetime | None
    looks: int
    rules: list[FlagRuleOut]


class SnoozeOut(Schema):
    id: str
    until: date
    reason: str
    by: str


class FlagOut(Schema):
    """One rule about a deal. ``state``: up, down or unknown; a snoozed flag is up and has ``snoozed``."""

    key: str
    title: str
    state: str
    detail: str
    rule: str
    record: str
    snoozed: SnoozeOut | None


class DealFlags(Schema):
    deal: str
    flags: list[FlagOut]


class ReviewedDeal(Schema):
    deal: str
    name: str
    owner: str
    amount_minor: int | None
    stage: str
    category: str
    close_on: date | None
    chance: float | None
    weight: float
    deciding: bool
    flags: list[FlagOut]
    weakest: int | None
    changed: list[str]
    next_step: str
    ask: str


class DealReviewOut(Schema):
    """A page of a review, most at risk that can still change first. ``left_light``: deals of lightly inspected
    owners that are left out; ``beyond``: smaller deals that are not looked at."""

    since: datetime
    found: int
    page: int
    pages: int
    beyond: int
    left_light: int
    deals: list[ReviewedDeal]


class ReviewAct(Schema):
    """One act on one or several deals. snooze: flag, until, text (the reason); question and thanks: text; correct:
    field and value. With ``whole`` one refusal undoes all."""

    act: Literal["snooze", "question", "thanks", "correct"]
    deals: list[str] = Field(max_length=200)
    flag: str = ""
    until: date | None = None
    text: str = ""
    field: str = ""
    value: str = ""
    whole: bool = False


class RefusedRow(Schema):
    name: str
    why: str


class ActOutcome(Schema):
    """What became of an act: those done, every refused one, and whether nothing was done because of them."""

    done: list[str]
    refused: list[RefusedRow]
    nothing: bool


class TakeBack(Schema):
    kind: Literal["snooze", "note", "correction"]
    id: str


class Taken(Schema):
    taken_back: bool


class CorrectionOut(Schema):
    """A proposed correction. ``state``: open, done (the CRM says so now), overtaken."""

    id: str
    deal: str
    external_id: str
    source: str
    field: str
    old: str
    new: str
    by: str
    at: datetime
    state: str


class NoteOut(Schema):
    kind: str
    deal: str
    name: str
    text: str


class MessageOut(Schema):
    """The message after a review; ``id`` is empty while it is not sent."""

    id: str
    to: str
    by: str
    at: datetime | None
    text: str
    notes: list[NoteOut]


class ThresholdsIn(Schema):
    """Thresholds to keep as the next version; what is left out is as shipped."""

    after_version: int | None = Field(default=None, ge=0, le=100_000)
    values: dict[str, float | str]


class ThresholdsOut(Schema):
    version: int


@router.get("/deal-review/rules", response={200: FlagRulesOut, **REFUSALS})
def flag_rules(request: HttpRequest) -> Any:
    """Every rule with its threshold, and what became of deals that had the flag."""
    who = asker(request)
    found = queries.flag_rules(who.actor, who.at)
    return {
        "thresholds": found.thresholds.version,
        "computed_at": found.known.computed_at,
        "looks": len(found.known.record.days) if found.known.record else 0,
        "rules": [
            {"key": r.key, "title": r.title, "rule": r.rule, "words": r.record, "record": _numbers(r.numbers)}
            for r in found.flags
        ],
    }


def _numbers(found: records.FlagRecord | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "up": found.up, "down": found.down, "says": found.word, "low": found.low, "high": found.high,
        "beyond_chance": found.beyond.word, "gain": found.beyond.gain,
    }  # fmt: skip


def _flag(flag: queries.Flag) -> dict[str, Any]:
    asleep = flag.asleep
    told = (
        {"id": asleep.public_id, "until": asleep.until, "reason": asleep.reason, "by": asleep.by}
        if asleep
        else None
    )
    return {
        "key": flag.verdict.key, "title": flag.verdict.title, "state": flag.verdict.state,
        "detail": flag.verdict.detail, "rule": flag.rule, "record": flag.record, "snoozed": told,
    }  # fmt: skip


@router.get("/deals/{public_id}/flags", response={200: DealFlags, **REFUSALS})
def flags_of_deal(request: HttpRequest, public_id: str) -> Any:
    """Every rule about one deal."""
    who = asker(request)
    found = queries.health(who.actor, public_id, who.at)
    return {"deal": found.deal, "flags": [_flag(flag) for flag in found.flags]}


@router.get("/deal-review", response={200: DealReviewOut, **REFUSALS})
def deal_review(
    request: HttpRequest,
    rep: str = "",
    only: str = "",
    since: str = "",
    page: int = 1,
) -> Any:
    """Open deals within reach. ``only``: flagged, commit, deciding; ``since``: review, submission, week."""
    who = asker(request)
    found = queries.review(who.actor, queries.Asked(rep[:16], only, since, page), who.at)
    return {
        "since": found.since, "found": found.found, "page": found.asked.page, "pages": found.pages,
        "beyond": found.beyond, "left_light": found.left_light, "deals": [_deal(deal) for deal in found.deals],
    }  # fmt: skip


def _deal(deal: queries.DealLine) -> dict[str, Any]:
    return {
        "deal": deal.public_id, "name": deal.name, "owner": deal.owner, "amount_minor": deal.amount,
        "stage": deal.stage, "category": deal.category, "close_on": deal.close_on, "chance": deal.chance,
        "weight": deal.weight, "deciding": deal.deciding, "flags": [_flag(flag) for flag in deal.flags],
        "weakest": deal.weakest, "changed": list(deal.changed), "next_step": deal.next_step, "ask": deal.ask,
    }  # fmt: skip


_NEEDS = {
    "snooze": "flag.snooze", "question": "inspection.ask", "thanks": "inspection.ask", "correct": "correction.propose",
}  # fmt: skip


@router.post("/deal-review/act", response={200: ActOutcome, **REFUSALS})
def act(request: HttpRequest, given: ReviewAct) -> Any:
    """Snooze, ask, thank or correct, one deal or several; every refused one is told with its reason."""
    who = asker(request, "call")
    access.require(who.actor, _NEEDS[given.act])
    found = actions.on_several(
        by=who.actor, at=who.at, deals=given.deals, whole=given.whole, act=_act_of(who, given)
    )
    refused = [{"name": name, "why": why} for name, why in found.refused]
    return {"done": list(found.done), "refused": refused, "nothing": found.nothing}


def _act_of(who: Asker, given: ReviewAct) -> Callable[[str], Any]:
    def one(deal: str) -> Any:
        if given.act == "snooze":
            if given.until is None:
                raise access.Refused("bad_day", "Choose the day on which the flag comes back.")
            return actions.snooze(
                by=who.actor, at=who.at, deal=deal, flag=given.flag, until=given.until, reason=given.text
            )
        if given.act == "correct":
            return actions.propose(by=who.actor, at=who.at, deal=deal, field=given.field, new=given.value)
        return actions.note(by=who.actor, at=who.at, deal=deal, kind=given.act, text=given.text)

    return one


@router.post("/deal-review/take-back", response={200: Taken, **REFUSALS})
def take_back(request: HttpRequest, given: TakeBack) -> Any:
    """Wake a snoozed flag, take back a note that is not sent, or a proposed correction."""
    who = asker(request, "call")
    if given.kind == "snooze":
        actions.wake(by=who.actor, at=who.at, snooze=given.id)
    elif given.kind == "note":
        access.require(who.actor, "inspection.note")
        actions.drop_note(by=who.actor, at=who.at, note=given.id)
    else:
        actions.take_back(by=who.actor, at=who.at, correction=given.id)
    return {"taken_back": True}


@router.get("/deal-review/corrections", response={200: list[CorrectionOut], **REFUSALS})
def corrections(request: HttpRequest) -> Any:
    """Every proposed correction within reach, with what became of it."""
    who = asker(request)
    return [
        {"id": c.public_id, "deal": c.deal, "external_id": c.external_id, "source": c.source, "field": c.field,
         "old": c.old, "new": c.new, "by": c.by, "at": c.at, "state": c.state}
        for c in queries.proposals(who.actor, who.at, state="")
    ]  # fmt: skip


@router.get("/deal-review/people/{public_id}/message", response={200: MessageOut, **REFUSALS})
def draft(request: HttpRequest, public_id: str) -> Any:
    """What is noted for a person, as one message that is not sent yet."""
    who = asker(request)
    found = queries.draft(who.actor, public_id, who.at)
    notes = [{"kind": n.kind, "deal": n.deal, "name": n.name, "text": n.text} for n in found.notes]
    return {"id": "", "to": found.name, "by": who.actor.name, "at": None, "text": found.text, "notes": notes}


@router.post("/deal-review/people/{public_id}/message", response={200: MessageOut, **REFUSALS})
def send(request: HttpRequest, public_id: str) -> Any:
    """Send it: the person is told and reads it, nobody else does."""
    who = asker(request, "call")
    kept = actions.send(by=who.actor, at=who.at, to=public_id)
    return _sent(queries.sent(who.actor, kept.public_id))


@router.get("/deal-review/messages/{public_id}", response={200: MessageOut, **REFUSALS})
def message(request: HttpRequest, public_id: str) -> Any:
    """A message as it was sent, for its writer and for whom it was written to."""
    who = asker(request)
    access.require(who.actor, "inspection.read")
    return _sent(queries.sent(who.actor, public_id))


def _sent(found: queries.Sent) -> dict[str, Any]:
    notes = [{"kind": n.kind, "deal": n.deal, "name": n.name, "text": n.text} for n in found.notes]
    return {
        "id": found.public_id, "to": found.to, "by": found.by, "at": found.at, "text": found.text, "notes": notes,
    }  # fmt: skip


@router.put("/operations/flags", response={200: ThresholdsOut, **REFUSALS})
def thresholds(request: HttpRequest, given: ThresholdsIn) -> Any:
    """Put thresholds in force as the next version."""
    who = asker(request, "import")
    kept = actions.set_thresholds(
        by=who.actor, at=who.at, values=dict(given.values), after_version=given.after_version
    )
    return {"version": kept.version}

"""Win and loss: what is owed, a deal's two accounts, interviews, what they come to, the rule."""

from __future__ import annotations

from datetime import date, datetime

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from fairlead.api.door import REFUSALS, asker
from fairlead.people import access
from fairlead.winloss import actions, queries, rules

router = Router(tags=["win and loss"])
_LEAST, _MOST = -(2**63), 2**63 - 1


class WinLossAccount(Schema):
    """One version of an account. ``source`` is rep or buyer; ``ratings`` says decisive, contributed, none or helped.

    ``quote`` is '' without the buyer's consent: everything else is then the interviewer's paraphrase. ``blind``:
    written before the writer could read the other source.
    """

    public_id: str
    source: str
    version: int
    outcome: str
    primary: str
    ratings: dict[str, str]
    other: str
    rival: str
    moment: str
    differently: str
    buyer_name: str
    buyer_role: str
    held_on: date | None
    interviewer: str
    may_quote: bool
    quote: str
    blind: bool
    by: str
    at: datetime


class WinLossBeside(Schema):
    reason: str
    rep: str
    buyer: str
    agree: bool


class WinLossReply(Schema):
    words: str
    by: str
    at: datetime


class WinLossOfDeal(Schema):
    """Both accounts as far as the asker may read them by now; null where not in, or not to be read yet."""

    deal: str
    name: str
    status: str
    closed_on: date | None
    due_on: date | None
    owed: bool
    rep_is_in: bool
    buyer_is_in: bool
    rep: WinLossAccount | None
    buyer: WinLossAccount | None
    beside: list[WinLossBeside]
    replies: list[WinLossReply]
    earlier: list[WinLossAccount]


class WinLossOwed(Schema):
    """``age`` counts working days since the deal closed."""

    deal: str
    name: str
    status: str
    closed_on: date
    due_on: date
    age: int
    late: bool


class WinLossTask(Schema):
    """An interview one was asked for."""

    public_id: str
    name: str
    status: str
    closed_on: date | None
    with_whom: str
    due_on: date
    dropped: bool
    written: WinLossAccount | None


class WinLossCount(Schema):
    reason: str
    name: str
    named: int
    primary: int
    of: int


class WinLossDifference(Schema):
    """Over the same deals: named by reps, by buyers; the difference of shares with its 95 % interval.

    ``more`` is rep or buyer where one names it more often beyond chance.
    """

    reason: str
    name: str
    reps: int
    buyers: int
    of: int
    difference: float
    low: float
    high: float
    more: str


class WinLossFigures(Schema):
    """Counts with five deals or more behind each; lists are empty and shares null where there are fewer.

    ``agree`` of ``pairs`` deals have the same primary reason from both, between ``agree_low`` and ``agree_high``.
    """

    reps: list[WinLossCount]
    buyers: list[WinLossCount]
    pairs: int | None
    agree: int | None
    agree_low: float | None
    agree_high: float | None
    differences: list[WinLossDifference]


class WinLossRow(Schema):
    """A deal of the list: the keys of the primary reasons, '' where not in or not to be read yet."""

    deal: str
    name: str
    closed_on: date | None
    outcome: str
    segment: str
    rivals: list[str]
    rep: str
    buyer: str


class WinLossList(Schema):
    owed: list[WinLossOwed]
    interviews: list[WinLossTask]
    own: list[WinLossRow]
    deals: list[WinLossRow]
    figures: WinLossFigures | None


class AccountIn(Schema):
    """What one source says. ``ratings`` may leave out what is not a factor; the primary reason is decisive."""

    outcome: str
    primary: str
    ratings: dict[str, str] = {}
    other: str = ""
    rival: str = ""
    moment: str
    differently: str = ""
    after_version: int | None = Field(default=None, ge=0, le=100_000)


class InterviewIn(AccountIn):
    """The interview. ``interviewer`` names somebody without an account here, whose notes sales operations types in."""

    buyer_name: str
    buyer_role: str = ""
    held_on: date | None = None
    interviewer: str = ""
    may_quote: bool = False
    quote: str = ""


class InterviewAskIn(Schema):
    """``interviewer`` is the public id of somebody neutral."""

    interviewer: str
    due_on: date
    with_whom: str = ""


class InterviewRef(Schema):
    public_id: str


class WordsIn(Schema):
    words: str


class WinLossReason(Schema):
    key: str
    name: str


class WinLossRule(Schema):
    """What closed deals ask for. ``fixed_minor`` takes the place of ``times`` the team's median amount."""

    asks: bool = False
    times: float = 3.0
    fixed_minor: int | None = Field(default=None, ge=_LEAST, le=_MOST)
    days: int = 5
    reasons: list[WinLossReason] = [WinLossReason(key=one.key, name=one.name) for one in rules.SHIPPED]


class WinLossRuleIn(WinLossRule):
    starts_on: date | None = None


class WinLossRuleVersion(WinLossRule):
    version: int
    starts_on: date
    by: str


def _account(one: queries.Shown | None) -> WinLossAccount | None:
    if one is None:
        return None
    said, talk = one.said, one.talk
    return WinLossAccount(
        public_id=one.public_id, source=one.source, version=one.number, outcome=said.outcome, primary=said.primary,
        ratings=dict(said.ratings), other=said.other, rival=said.rival, moment=said.moment,
        differently=said.differently, buyer_name=talk.buyer_name, buyer_role=talk.buyer_role, held_on=talk.held_on,
        interviewer=one.interviewer, may_quote=talk.may_quote, quote=one.quote, blind=one.blind, by=one.by, at=one.at,
    )  # fmt: skip


def _page(found: queries.DealPage) -> WinLossOfDeal:
    return WinLossOfDeal(
        deal=found.deal, name=found.name, status=found.status, closed_on=found.closed_on, due_on=found.due_on,
        owed=found.owed is not None, rep_is_in=found.rep_is_in, buyer_is_in=found.buyer_is_in,
        rep=_account(found.rep), buyer=_account(found.buyer),
        beside=[WinLossBeside(reason=b.name, rep=b.rep, buyer=b.buyer, agree=b.agree) for b in found.beside],
        replies=[WinLossReply(words=r.words, by=r.by, at=r.at) for r in found.replies],
        earlier=[one for shown in found.past if (one := _account(shown)) is not None],
    )  # fmt: skip


def _row(one: queries.Both) -> WinLossRow:
    return WinLossRow(
        deal=one.public_id, name=one.name, closed_on=one.closed_on, outcome=one.outcome, segment=one.segment,
        rivals=list(one.rivals), rep=one.rep.primary if one.rep else "", buyer=one.buyer.primary if one.buyer else "",
    )  # fmt: skip


def _count(one: rules.Pattern) -> WinLossCount:
    return WinLossCount(
        reason=one.key, name=one.name, named=one.named.count, primary=one.primary.count, of=one.named.of
    )


def _difference(one: rules.Named) -> WinLossDifference:
    middle, low, high = one.difference
    return WinLossDifference(
        reason=one.key, name=one.name, reps=one.reps, buyers=one.buyers, of=one.of, difference=middle, low=low,
        high=high, more=one.more,
    )  # fmt: skip


def _figures(found: queries.Figures | None) -> WinLossFigures | None:
    if found is None:
        return None
    compared = found.comparison
    share = compared.primary
    low, high = share.interval if share and share.interval else (None, None)
    return WinLossFigures(
        reps=[_count(one) for one in found.reps], buyers=[_count(one) for one in found.buyers],
        pairs=compared.deals if compared.deals >= rules.LEAST_DEALS else None,
        agree=share.count if share else None, agree_low=low, agree_high=high,
        differences=[_difference(one) for one in compared.reasons or ()],
    )  # fmt: skip


def _task(one: queries.Task) -> WinLossTask:
    return WinLossTask(
        public_id=one.public_id, name=one.name, status=one.status, closed_on=one.closed_on, with_whom=one.with_whom,
        due_on=one.due_on, dropped=one.dropped, written=_account(one.written),
    )  # fmt: skip


def _said(rule: rules.Rule, body: AccountIn) -> rules.Said:
    plain = {
        name: getattr(body, name)
        for name in ("outcome", "primary", "other", "rival", "moment", "differently")
    }
    return rules.said_of(rule, plain, body.ratings)


def _talk(body: InterviewIn) -> rules.Talk:
    names = [
        rules.line(one)[: rules.LONGEST_NAME] for one in (body.buyer_name, body.buyer_role, body.interviewer)
    ]
    return rules.Talk(names[0], names[1], body.held_on, names[2], body.may_quote, rules.line(body.quote))


@router.get("win-loss", response={200: WinLossList, **REFUSALS})
def listing(
    request: HttpRequest,
    period: str = "",
    segment: str = "",
    rival: str = "",
    outcome: str = "",
    team: bool = False,
) -> WinLossList:
    """What one owes, interviews to hold, deals with their accounts, and the counts, filtered as on the page."""
    who = asker(request)
    try:
        chosen = queries.Filter(period, segment, rival, outcome, team)
        found = queries.listing(who.actor, who.at, chosen)
    except ValueError as odd:
        raise access.Refused("bad_period", "There is no such period.") from odd
    return WinLossList(
        owed=[
            WinLossOwed(
                deal=o.deal, name=o.name, status=o.status, closed_on=o.closed_on, due_on=o.due_on, age=o.age,
                late=o.late,
            )
            for o in found.owed
        ],
        interviews=[_task(one) for one in found.tasks],
        own=[_row(one) for one in found.own],
        deals=[_row(one) for one in found.rows],
        figures=_figures(found.figures),
    )  # fmt: skip


@router.get("deals/{public_id}/win-loss", response={200: WinLossOfDeal, **REFUSALS})
def of_deal(request: HttpRequest, public_id: str) -> WinLossOfDeal:
    """Both accounts of a deal, as far as they may be read by now."""
    who = asker(request)
    return _page(queries.page(who.actor, public_id, who.at))


@router.post("deals/{public_id}/win-loss", response={200: WinLossOfDeal, **REFUSALS})
def say(request: HttpRequest, public_id: str, body: AccountIn) -> WinLossOfDeal:
    """Say as its owner what decided a closed deal; refused as ``account_incomplete`` with everything that lacks."""
    who = asker(request, "call")
    access.require(who.actor, "winloss.write")
    rule = queries.page(who.actor, public_id, who.at).rule
    actions.say(
        by=who.actor, at=who.at, deal=public_id, said=_said(rule, body), after_version=body.after_version
    )
    return _page(queries.page(who.actor, public_id, who.at))


@router.post("deals/{public_id}/win-loss/interview", response={200: WinLossOfDeal, **REFUSALS})
def interview(request: HttpRequest, public_id: str, body: InterviewIn) -> WinLossOfDeal:
    """Write an interview down as sales operations."""
    who = asker(request, "call")
    access.require(who.actor, "interview.ask")
    rule = queries.page(who.actor, public_id, who.at).rule
    actions.interview(
        by=who.actor, at=who.at, deal=public_id, said=_said(rule, body), talk=_talk(body),
        after_version=body.after_version,
    )  # fmt: skip
    return _page(queries.page(who.actor, public_id, who.at))


@router.post("deals/{public_id}/win-loss/ask", response={200: InterviewRef, **REFUSALS})
def ask(request: HttpRequest, public_id: str, body: InterviewAskIn) -> InterviewRef:
    """Ask somebody neutral for an interview."""
    who = asker(request, "call")
    row = actions.ask_for_interview(
        by=who.actor, at=who.at, deal=public_id, interviewer=body.interviewer, due_on=body.due_on,
        with_whom=body.with_whom,
    )  # fmt: skip
    return InterviewRef(public_id=row.public_id)


@router.get("interviews/{public_id}", response={200: WinLossTask, **REFUSALS})
def task(request: HttpRequest, public_id: str) -> WinLossTask:
    """An interview one was asked for."""
    who = asker(request)
    return _task(queries.task(who.actor, public_id, who.at))


@router.post("interviews/{public_id}", response={200: WinLossTask, **REFUSALS})
def write_interview(request: HttpRequest, public_id: str, body: InterviewIn) -> WinLossTask:
    """Write down the interview one was asked for, or its next version."""
    who = asker(request, "call")
    found = queries.task(who.actor, public_id, who.at)
    actions.write_interview(
        by=who.actor, at=who.at, request=public_id, said=_said(found.rule, body), talk=_talk(body),
        after_version=body.after_version,
    )  # fmt: skip
    return _task(queries.task(who.actor, public_id, who.at))


@router.post("interviews/{public_id}/answer", response={200: WinLossOfDeal, **REFUSALS})
def answer(request: HttpRequest, public_id: str, body: WordsIn) -> WinLossOfDeal:
    """The owner's answer under an interview (the public id of its account)."""
    who = asker(request, "call")
    deal = queries.deal_of_interview(who.actor, public_id)
    actions.answer(by=who.actor, at=who.at, account=public_id, words=body.words)
    return _page(queries.page(who.actor, deal, who.at))


@router.get("operations/win-loss", response={200: list[WinLossRuleVersion], **REFUSALS})
def rule_versions(request: HttpRequest) -> list[WinLossRuleVersion]:
    """Every version of the rule, the newest first."""
    who = asker(request)
    return [
        WinLossRuleVersion(
            asks=v.rule.asks, times=v.rule.times, fixed_minor=v.rule.fixed_minor, days=v.rule.days,
            reasons=[WinLossReason(key=r.key, name=r.name) for r in v.rule.reasons], version=v.rule.version,
            starts_on=v.starts_on, by=v.by,
        )
        for v in queries.versions(who.actor)
    ]  # fmt: skip


@router.put("operations/win-loss", response={200: list[WinLossRuleVersion], **REFUSALS})
def set_rule(request: HttpRequest, body: WinLossRuleIn) -> list[WinLossRuleVersion]:
    """Set the rule from a day on."""
    who = asker(request, "import")
    reasons = tuple(rules.Reason(one.key, one.name) for one in body.reasons)
    actions.set_rule(
        by=who.actor, at=who.at, starts_on=body.starts_on,
        rule=rules.Rule(0, body.asks, body.times, body.fixed_minor, body.days, reasons),
    )  # fmt: skip
    return rule_versions(request)

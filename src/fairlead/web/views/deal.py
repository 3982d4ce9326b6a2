"""One deal: what stands, what needs attention, the chance with its reasons, the history by both clocks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from fairlead.asks import queries as asks
from fairlead.calls import actions as call_actions
from fairlead.calls import queries as calls
from fairlead.deals import actions, shares
from fairlead.deals import queries as deals
from fairlead.deals import rules as deal_rules
from fairlead.deals.timelines import Event
from fairlead.exits import queries as exits
from fairlead.forecasting import periods
from fairlead.health import queries as health
from fairlead.mutual import queries as mutual
from fairlead.news import queries as news
from fairlead.people import access, queries
from fairlead.people.models import Person
from fairlead.plans import queries as plans
from fairlead.qualification import queries as qualification
from fairlead.reviews import queries as reviews
from fairlead.web import attention, formats
from fairlead.web.categories import CATEGORY_WORDS, OPEN_CATEGORIES
from fairlead.web.middleware import AskingRequest, signed_in
from fairlead.web.views import evidence
from fairlead.web.views.deals import line_of, today_of, unit_for
from fairlead.winloss import queries as winloss

STATUS_WORDS = {"open": "Open", "won": "Won", "lost": "Lost"}


@dataclass(frozen=True, slots=True)
class Happened:
    """One line of a deal's history: when it was true, when it was known here, what changed."""

    true: str
    known: str
    apart: bool
    what: str
    before: str
    after: str
    by: str
    how: str
    firsts: tuple[tuple[str, str], ...] = ()
    """what was known first, where one import or one moment told several values"""


@signed_in
@require_safe
def one(request: AskingRequest, public_id: str) -> HttpResponse:
    return _deal_page(request, public_id)


def _deal_page(
    request: AskingRequest,
    public_id: str,
    *,
    error: str = "",
    judging: str = "",
    splitting: str = "",
    status: int = 200,
) -> HttpResponse:
    today, house = today_of(request), queries.house()
    found = deals.deal(request.actor, public_id, on=today)
    unit = unit_for(house.currency, found.line.home_minor or 0)
    owners = {} if found.by_share else _what_is_the_owners(request, found, today)
    context = {
        "deal": found,
        "line": line_of(found.line, unit, today),
        "unit": unit.words,
        "status": STATUS_WORDS[found.line.status],
        "chance": _chance(request, public_id) if found.line.status == "open" else None,
        "history": _history(found, request, today),
        "before_close": _close_before(found.events, today),
        "categories": OPEN_CATEGORIES.items(),
        "from_stage": CATEGORY_WORDS.get(deals.mapping(today).get(found.line.stage, ""), ""),
        "own": found.line.category if found.line.category_from == "own" else "",
        "reasons": _not_counted(found.line, today),
        "extra": sorted(found.extra.items()),
        "error": error,
        "may_ask_for_help": access.may(request.actor, "help.ask")
        and found.line.owner_id == queries.node(request.actor.id).public_id,
        "may_tell_news": news.may_report(request.actor, public_id),
        "news": _news(request, public_id),
        "decisions": reviews.decisions_on(request.actor, public_id),
    }
    context |= owners | _judged(request, public_id, judging) | _divided(request, found, splitting)
    return render(request, "deals/deal.html", context, status=status)


def _what_is_the_owners(request: AskingRequest, found: deals.DealDetail, today: date) -> dict[str, object]:
    """Evidence, flags, plans, asks and accounts: what is read by the owner and the owner's line alone."""
    public_id, at = found.line.public_id, request.at
    panel = qualification.panel(request.actor, public_id, at)
    flags = health.health(request.actor, public_id, at)
    plan = plans.in_short(request.actor, public_id, at, panel)
    left = exits.in_short(request.actor, public_id, at)
    points = attention.of_deal(
        request.actor, public_id, today, exit=left, flags=flags, panel=panel,
        weakest=evidence.weakest_words(panel), plan=plan,
    )  # fmt: skip
    still_open = found.line.status == "open"
    return {
        "health": flags,
        "points": points if still_open else [],
        "plan": plan,
        "mutual": mutual.in_short(request.actor, public_id, at),
        "winloss": None if still_open else winloss.in_short(request.actor, public_id, at),
        "exit": left,
        "asks": asks.on_deal(request.actor, public_id, at),
        **evidence.context_of(panel),
    }


def _judged(request: AskingRequest, public_id: str, error: str) -> dict[str, object]:
    """How the deal is judged for the period that runs, and what the form of who may judge it starts from."""
    period, author = calls.period_at(request.at), calls.judge_of(request.actor, public_id)
    found = calls.judgements_of_deal(request.actor, public_id, period, request.at)
    mine = next((one for one in found if one.author_id == author), None)
    return {
        "judged": found,
        "judged_period": periods.period_words(period.name),
        "may_judge": author is not None,
        "my_judgement": mine,
        "judging_error": error,
        "judging_note": request.POST.get("note", "") if error else mine.note if mine else "",
    }


_BLANKS = 3
"""Empty lines a form of shares begins with."""


@dataclass(frozen=True, slots=True)
class ShareTyped:
    """A line of the form that divides a deal."""

    person: str
    percent: str
    kind: str


def _divided(request: AskingRequest, found: deals.DealDetail, error: str) -> dict[str, object]:
    """How the deal is divided, and what the form of who may divide it starts from."""
    division, currency = found.division, queries.house().currency
    context: dict[str, object] = {
        "division": division,
        "held": [
            (
                kind,
                [
                    (one, "" if one.home_minor is None else formats.exact(one.home_minor, currency))
                    for one in told
                ],
            )
            for kind, told in (
                ("Revenue", division.revenue if division else ()),
                ("Overlay credit", division.overlay if division else ()),
            )
            if told
        ],
    }
    if not found.may_split:
        return context
    lines = _typed_shares(request) if error else []
    if not error:
        told = division.shares if division else ()
        lines = [ShareTyped(one.person, one.percent.removesuffix(" %"), one.kind) for one in told]
        lines += (
            [ShareTyped(found.line.owner, "100", "revenue")] if not division or not division.revenue else []
        )
    blanks = [ShareTyped("", "", "revenue")] * _BLANKS
    return context | {
        "split_lines": list(enumerate([*lines, *blanks], 1)),
        "split_error": error,
        "split_seen": 0 if division is None else division.before + 1,
        "split_starts": request.POST.get("starts_on", "") if error else today_of(request).isoformat(),
        "split_names": [p.name for p in Person.objects.filter(voided_at=None).order_by("name")[:300]],
    }


def _typed_shares(request: AskingRequest) -> list[ShareTyped]:
    columns = (request.POST.getlist(name) for name in ("person", "percent", "kind"))
    lines = [ShareTyped(*(cell.strip() for cell in cells)) for cells in zip(*columns, strict=False)]
    return [line for line in lines if line.person or line.percent][: shares.MOST + 1]


def _given(lines: list[ShareTyped]) -> list[shares.Given]:
    """What was typed, as shares. Raises Refused with what to write instead."""
    found = []
    for line in lines:
        person = _person_named(line.person)
        try:
            percent = Decimal(line.percent.removesuffix("%").strip().replace(",", "."))
        except ArithmeticError:
            raise access.Refused(
                "bad_share", f"“{line.percent}” for {person.name} is no percentage. Write 60 or 33.34."
            ) from None
        kind: shares.Kind = "overlay" if line.kind == "overlay" else "revenue"
        found.append(shares.Given(person.pk, kind, shares.hundredths(percent)))
    return found


def _person_named(words: str) -> Person:
    """The one person of that name or mail address. Raises Refused."""
    rows = Person.objects.filter(voided_at=None)
    found = list(
        rows.filter(email__iexact=words)[:2] if "@" in words else rows.filter(name__iexact=words)[:2]
    )
    if len(found) > 1:
        raise access.Refused(
            "two_of_them", f"There are several people called {words}. Write the mail address."
        )
    if not found:
        raise access.Refused(
            "no_person", f"Nobody in the directory is called “{words}”. Write the name as it stands there."
        )
    return found[0]


@signed_in
@require_POST
def split(request: AskingRequest, public_id: str) -> HttpResponse:
    """Divide the deal among people from a day on, or end the division."""
    access.require(request.actor, "split.write")
    try:
        typed = [] if request.POST.get("act") == "end" else _typed_shares(request)
        if not typed and request.POST.get("act") != "end":
            raise access.Refused("no_shares", "Write at least one share, or end the split.")
        actions.divide(
            by=request.actor, at=request.at, deal=public_id, given=_given(typed),
            starts_on=_day_typed(request.POST.get("starts_on", "")), seen=_number(request.POST.get("seen", "")),
        )  # fmt: skip
    except access.Refused as refusal:
        return _deal_page(request, public_id, splitting=refusal.sentence, status=422)
    messages.success(request, "Divided. Sums count the shares from now on; past weeks stay as they were.")
    return redirect("deal", public_id)


def _day_typed(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text.strip() else None
    except ValueError:
        raise access.Refused("bad_day", f"“{text}” is no day. Write it as 2026-11-24.") from None


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 9 else None


def _news(request: AskingRequest, public_id: str) -> list[news.News]:
    """The news of a deal that the reader may see; sales operations sees none."""
    if not access.may(request.actor, "news.read"):
        return []
    return news.listing(request.actor, request.at, deal=public_id, limit=20)


@dataclass(frozen=True, slots=True)
class ReasonShown:
    """One reason: what it adds or takes, in points, and the chance without it."""

    text: str
    points: str
    tone: str
    without: str


@dataclass(frozen=True, slots=True)
class ChanceShown:
    """A deal's stored chance with its reasons."""

    per_cent: int
    of_20: str
    later: str
    lost: str
    expected: str
    period: str
    as_of: datetime
    reasons: list[ReasonShown]
    current: bool


def _chance(request: AskingRequest, public_id: str) -> ChanceShown | None:
    found = calls.chance_of_deal(request.actor, public_id, request.at)
    if found is None:
        return None
    now, house = calls.period_at(request.at).name, queries.house()
    this = "this month" if house.period_kind == "month" else "this quarter"
    expected = found.expected_close_on
    return ChanceShown(
        per_cent=formats.rounded(found.chance_in_period * 100),
        of_20=formats.of_20(found.chance_in_period),
        later=formats.of_20(max(0.0, found.chance_ever - found.chance_in_period)),
        lost=formats.of_20(1 - found.chance_ever),
        expected=formats.short_day(expected, today_of(request)) if expected else "",
        period=this if found.period == now else f"in {found.period}",
        as_of=found.as_of,
        reasons=[_reason(text, points, found.chance_in_period) for text, points in found.reasons],
        current=found.period == now,
    )


def _reason(text: str, points: float, chance: float) -> ReasonShown:
    """Each reason is what the chance would lose without it; they do not add up, because facts overlap."""
    without = min(max(chance - points / 100, 0.0), 1.0)
    return ReasonShown(text, formats.signed(points), "up" if points > 0 else "dn", formats.per_cent(without))


_FIELD_WORDS = {
    "name": "Name",
    "account": "Account",
    "owner": "Owner",
    "amount": "Amount",
    "currency": "Currency",
    "stage": "Stage",
    "forecast_category": "Category in the CRM",
    "close_on": "Expected close",
    "created_on": "Created",
    "status": "Status",
    "closed_on": "Closed on",
    "product": "Product",
    "source": "Lead source",
    "type": "Type",
    "next_step": "Next step",
}
_HOW = {
    "recorded": "",
    "compared": "Imports compared: it lies between the two days.",
    "first": "",
}


def _history(found: deals.DealDetail, request: AskingRequest, today: date) -> list[Happened]:
    """Events and own choices together, newest first; what was said of it first, at one moment, is one line."""
    zone, currency = ZoneInfo(queries.house().time_zone), found.line.currency
    firsts = _firsts(found.events)
    together = {event for group in firsts for event in group}
    told = [
        (event.recorded_at, _happened(event, currency, request, zone, today))
        for event in found.events
        if event not in together and (event.new or event.old)
    ]
    for group in firsts:
        line = _happened(group[0], currency, request, zone, today)
        known = tuple((_word(one.field), _value(one.field, one.new, currency, today)) for one in group)
        told.append((group[0].recorded_at, replace(line, what="Known first", firsts=known, how="")))
    for choice in found.choices:
        moment = formats.moment(choice.at, request.at, zone)
        what = "Own category" if choice.category else "Own category cleared"
        after = CATEGORY_WORDS.get(choice.category, "the stage speaks again")
        told.append((choice.at, Happened(moment, moment, False, what, "", after, choice.by, "")))
    return [happened for _, happened in sorted(told, key=lambda pair: pair[0], reverse=True)]


def _firsts(events: tuple[Event, ...]) -> list[list[Event]]:
    """The events that gave values for the first time, those of one moment together."""
    groups: dict[tuple[Any, ...], list[Event]] = {}
    for event in events:
        if event.new and not event.old:
            groups.setdefault((event.at, event.at_from, event.recorded_at, event.by), []).append(event)
    return [group for group in groups.values() if len(group) > 1 or group[0].how == "first"]


def _word(field: str) -> str:
    return _FIELD_WORDS.get(field, field)


def _happened(event: Event, currency: str, request: AskingRequest, zone: ZoneInfo, today: date) -> Happened:
    true = formats.moment(event.at, request.at, zone)
    if event.at_from is not None:
        first = formats.short_day(event.at_from.astimezone(zone).date(), today)
        true = f"{first} to {formats.short_day(event.at.astimezone(zone).date(), today)}"
    elif event.at.astimezone(zone).time() == time():
        true = formats.day(event.at.astimezone(zone).date(), today)
    return Happened(
        true=true,
        known=formats.moment(event.recorded_at, request.at, zone),
        apart=abs((event.recorded_at - event.at).total_seconds()) > 86_400,
        what=_word(event.field),
        before=_value(event.field, event.old or "", currency, today),
        after=_value(event.field, event.new, currency, today) or "empty",
        by=event.by,
        how=_HOW[event.how],
    )


def _value(field: str, text: str, currency: str, today: date) -> str:
    if not text:
        return ""
    try:
        if field in ("close_on", "created_on", "closed_on"):
            return formats.short_day(date.fromisoformat(text), today)
        if field == "amount":
            minor = deal_rules.minor_units(Decimal(text), currency, rounding=True)
            return formats.exact(minor, currency)
    except (ValueError, ArithmeticError):
        return text
    words = {"status": STATUS_WORDS, "forecast_category": CATEGORY_WORDS}.get(field, {})
    return words.get(text, text)


def _close_before(events: tuple[Event, ...], today: date) -> str:
    """The expected close date before the newest change of it, in words, or nothing."""
    for event in events:
        if event.field == "close_on" and event.old and event.how != "first":
            return _value("close_on", event.old, "", today)
    return ""


def _not_counted(line: deals.DealLine, today: date) -> list[str]:
    """Why the deal stands in no sum, and who can change that."""
    reasons = []
    if not line.owner_id:
        who = f"“{line.owner}”" if line.owner else "an owner without a name"
        reasons.append(f"Nobody in the tree is known as {who}. Sales operations can add them under People.")
    if line.missing_since is not None:
        reasons.append("The last full import did not show it. Sales operations says whether it was deleted.")
    if line.status == "open":
        reasons += _open_reasons(line)
    elif line.closed_on is not None and line.closed_on > today:
        reasons.append("It closed on a day to come. Correct the closing day in the CRM.")
    return reasons


def _open_reasons(line: deals.DealLine) -> list[str]:
    reasons = []
    if not line.category:
        stage = f"The stage “{line.stage}”" if line.stage else "A deal without a stage"
        reasons.append(f"{stage} means no forecast category yet. Sales operations maps stages.")
    if line.close_on is None:
        reasons.append("The expected close date is missing. Enter it in the CRM.")
    if line.home_minor is None:
        reasons.append("The amount is missing, or there is no rate for its currency.")
    return reasons


@signed_in
@require_POST
def categorise(request: AskingRequest, public_id: str) -> HttpResponse:
    """The owner's own category, or clearing it."""
    access.require(request.actor, "deal.categorise")
    category = request.POST.get("category", "")
    clear = request.POST.get("act") == "clear"
    if not clear and category not in OPEN_CATEGORIES:
        return _deal_page(request, public_id, error="Choose a category.", status=422)
    try:
        actions.set_own_category(
            by=request.actor, at=request.at, deal=public_id, category="" if clear else category
        )
    except access.Refused as refusal:
        return _deal_page(request, public_id, error=refusal.sentence, status=422)
    if clear:
        messages.success(request, "Cleared. The category follows from the stage again.")
    else:
        messages.success(request, f"In {OPEN_CATEGORIES[category]} by your own choice, until you clear it.")
    return redirect("deal", public_id)


@signed_in
@require_POST
def judge(request: AskingRequest, public_id: str) -> HttpResponse:
    """A leader's judgement of a report's deal for the period that runs, or taking it back."""
    access.require(request.actor, "judgement.set")
    act, period = request.POST.get("act", ""), calls.period_at(request.at)
    common = {"by": request.actor, "at": request.at, "deal": public_id, "period": period}
    try:
        if act == "clear":
            call_actions.clear_judgement(**common)  # type: ignore[arg-type]
        else:
            note = request.POST.get("note", "")
            call_actions.judge(**common, verdict=act, note=note)  # type: ignore[arg-type]
    except access.Refused as refusal:
        return _deal_page(request, public_id, judging=refusal.sentence, status=422)
    words = {"in": "Judged in.", "out": "Judged out."}.get(act, "Your judgement is taken back.")
    messages.success(request, f"{words} It changes no call; the owner sees it here.")
    return redirect("deal", public_id)

"""The list of deals, one deal with its history, the export of what one sees, and what is not counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from fairlead.asks import queries as asks
from fairlead.calls import actions as call_actions
from fairlead.calls import estimates as stored
from fairlead.calls import queries as calls
from fairlead.deals import actions, lookups
from fairlead.deals import queries as deals
from fairlead.deals import rules as deal_rules
from fairlead.deals.timelines import Event
from fairlead.exits import queries as exits
from fairlead.health import queries as health
from fairlead.news import queries as news
from fairlead.people import access, queries
from fairlead.people.access import Role
from fairlead.plans import queries as plans
from fairlead.qualification import queries as qualification
from fairlead.reviews import queries as reviews
from fairlead.web import downloads, formats
from fairlead.web.categories import CATEGORY_WORDS, OPEN_CATEGORIES
from fairlead.web.downloads import Cell
from fairlead.web.middleware import AskingRequest, signed_in
from fairlead.web.views import evidence
from fairlead.winloss import queries as winloss

PAGE = 50
XLSX_MOST = 100_000
STATUS_WORDS = {"open": "Open", "won": "Won", "lost": "Lost"}
_SMALL = 100_000
"""Below this many units of money as the largest of a page, thousands would say too little."""


# What to show


class FilterForm(forms.Form):
    """The filter as it stands in the address."""

    q = forms.CharField(required=False, max_length=100, label="Deal or account")
    owner = forms.CharField(required=False, max_length=100, label="Owner")
    status = forms.ChoiceField(
        required=False, choices=[("open", "Open"), ("won", "Won"), ("lost", "Lost"), ("all", "All")]
    )
    stage = forms.CharField(required=False, max_length=120)
    category = forms.ChoiceField(required=False, choices=[("", "All"), *CATEGORY_WORDS.items()])
    close_from = forms.DateField(required=False, label="Close from")
    close_to = forms.DateField(required=False, label="Close to")
    order = forms.ChoiceField(
        required=False,
        choices=[(word, word) for word in ("close_on", "amount", "name", "changed")],
    )
    after = forms.CharField(required=False, max_length=600)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        first, last = given.get("close_from"), given.get("close_to")
        if first and last and last < first:
            self.add_error("close_to", "The last day lies before the first.")
        return given


@dataclass(frozen=True, slots=True)
class Asked:
    """A filter that was understood: as a condition, and as the words of an address."""

    filters: deals.DealFilter
    order: deals.Order
    after: str | None
    words: Mapping[str, str]
    nobody: bool
    """whether the owner's name fits nobody"""

    @property
    def narrowed(self) -> bool:
        return any(value for key, value in self.words.items() if key not in {"order", "status"})

    def address(self, **changes: str) -> str:
        """The query of an address with these words in place of the present ones."""
        return urlencode({key: value for key, value in {**self.words, **changes}.items() if value})


def _asked(request: AskingRequest, form: FilterForm) -> Asked:
    given = form.cleaned_data
    owner = given["owner"].strip()
    owners: tuple[str, ...] = ()
    if owner:
        found = queries.directory(request.actor, on=_today(request), search=owner, limit=200)
        owners = tuple(entry.public_id for entry in found)
    status = given["status"] or "open"
    filters = deals.DealFilter(
        search=given["q"].strip(),
        owners=owners,
        status="" if status == "all" else status,
        stage=given["stage"].strip(),
        category=given["category"],
        close_from=given["close_from"],
        close_to=given["close_to"],
    )
    days = {key: given[key].isoformat() if given[key] else "" for key in ("close_from", "close_to")}
    plain = {key: given[key].strip() for key in ("q", "owner", "stage", "category", "order")}
    words = {**plain, **days, "status": "" if status == "open" else status}
    nobody = bool(owner and not owners)
    return Asked(filters, given["order"] or "close_on", given["after"] or None, words, nobody)


def _today(request: AskingRequest) -> date:
    return queries.house().day(request.at)


# The list


@dataclass(frozen=True, slots=True)
class Head:
    """A column of the table; ``url`` sorts by it."""

    label: str
    url: str = ""
    sorted: str = ""
    numeric: bool = False
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A deal of the list in words."""

    deal: deals.DealLine
    name: str
    amount: str
    exact: str
    foreign: str
    category: str
    category_from: str
    close: str
    late: str
    pushed: str
    age: str


@dataclass(frozen=True, slots=True)
class Unit:
    """How money is written on a page: in thousands, or in whole units where those would say too little."""

    currency: str
    thousand: bool

    @property
    def words(self) -> str:
        sign = formats.sign_of(self.currency).strip()
        return f"{sign} thousand" if self.thousand else sign

    def number(self, minor: int | None) -> str:
        exponent = formats.exponent_of(self.currency)
        return formats.thousands(minor, exponent) if self.thousand else formats.whole_units(minor, exponent)


def unit_for(currency: str, largest: int) -> Unit:
    """The unit for a page whose largest amount is ``largest`` (minor units)."""
    return Unit(currency, largest >= _SMALL * 10 ** formats.exponent_of(currency))


@signed_in
@require_safe
def listing(request: AskingRequest) -> HttpResponse:
    access.require(request.actor, "deal.read")
    form, today, house = FilterForm(request.GET), _today(request), queries.house()
    if not form.is_valid():
        stages = sorted(deals.mapping(today))
        return render(request, "deals/list.html", {"form": form, "wrong": True, "stages": stages}, status=422)
    asked = _asked(request, form)
    page = deals.Page((), None)
    if not asked.nobody:
        page = deals.list_deals(
            request.actor, filters=asked.filters, order=asked.order, after=asked.after, limit=PAGE, on=today
        )
    unit = unit_for(house.currency, max((row.home_minor or 0 for row in page.rows), default=0))
    context = {
        "form": form,
        "asked": asked,
        "lines": [line_of(row, unit, today) for row in page.rows],
        "heads": _heads(asked),
        "unit": unit.words,
        "next": asked.address(after=page.next) if page.next else "",
        "first": asked.address() if asked.after else "",
        "export": asked.address(),
        "may_export": access.may(request.actor, "export.run"),
        "one_owner": request.actor.roles <= {Role.REP},
        "stages": sorted({*deals.mapping(today), asked.words["stage"]} - {""}),
        "beyond": _beyond(request),
        "today": today,
    }
    return render(request, "deals/list.html", context)


_WAYS = {"name": "ascending", "amount": "descending", "close_on": "ascending", "changed": "descending"}


def _heads(asked: Asked) -> list[Head]:
    def head(label: str, order: str = "", numeric: bool = False, wide: bool = False) -> Head:
        url = asked.address(order=order) if order else ""
        return Head(label, url, _WAYS[order] if order == asked.order else "", numeric, wide)

    closing = "Expected close" if asked.filters.status in ("", "open") else "Closed"
    return [
        head("Deal", "name"),
        head("Owner"),
        head("Amount", "amount", numeric=True),
        head("Stage"),
        head("Category"),
        head(closing, "close_on"),
        head("Age", numeric=True, wide=True),
        head("Last change", "changed", wide=True),
    ]


def line_of(row: deals.DealLine, unit: Unit, today: date) -> Line:
    """A deal in the words of the page."""
    foreign = row.currency and row.currency != unit.currency and row.amount_minor is not None
    due = row.close_on if row.status == "open" else row.closed_on or row.close_on
    overdue = (today - row.close_on).days if row.status == "open" and row.close_on else 0
    return Line(
        deal=row,
        name=row.name or row.account or "Deal without a name",
        amount=unit.number(row.home_minor),
        exact=formats.exact(row.home_minor, unit.currency),
        foreign=formats.exact(row.amount_minor, row.currency) if foreign else "",
        category=CATEGORY_WORDS.get(row.category, "none"),
        category_from=_from_words(row),
        close=formats.short_day(due, today) if due else "no date",
        late=f"{formats.count(overdue, 'day')} past" if overdue > 0 else "",
        pushed=pushed_words(row.pushes),
        age=formats.count(row.age_days, "day") if row.age_days is not None else "unknown",
    )


def _from_words(row: deals.DealLine) -> str:
    return {
        "own": f"set by {row.category_by or 'the owner'}",
        "stage": "from stage",
        "source": "from the CRM",
        "status": "",
        "none": "not counted",
    }[row.category_from]


def pushed_words(pushes: int) -> str:
    """How often a close date moved later: "pushed once", "pushed 3 times", or nothing."""
    return {0: "", 1: "pushed once", 2: "pushed twice"}.get(pushes, f"pushed {pushes} times")


# Above the second line: counts and money, and whom to ask


@dataclass(frozen=True, slots=True)
class Team:
    """One team of somebody far above: its sums from the stored estimate, and the manager to ask."""

    name: str
    manager: str
    manager_id: str
    deals: str = "unknown"
    open: str = "unknown"
    commit: str = "unknown"
    booked: str = "unknown"


@dataclass(frozen=True, slots=True)
class Beyond:
    """The teams below somebody whose reach for names ends above their deals."""

    teams: list[Team]
    unit: str
    period: str
    as_of: datetime | None


def _beyond(request: AskingRequest) -> Beyond | None:
    """The teams of an executive whose people are further down than two levels; None for everybody else."""
    actor = request.actor
    if Role.EXECUTIVE not in actor.roles or Role.SALES_OPS in actor.roles:
        return None
    if len(queries.below(actor.id)) == len(queries.below(actor.id, 2)):
        return None
    period = calls.period_at(request.at)
    run = stored.run_of(period.name, request.at)
    leads = [node for node in queries.reports(actor.id) if node.team]
    known = stored.of_people(actor, run, [node.id for node in leads])
    unit = unit_for(queries.house().currency, max((e.open_amount for e in known.values()), default=0))
    teams = [_team(node, known.get(node.id), unit) for node in leads]
    return Beyond(teams, unit.words, period.name, run.as_of if run else None)


def _team(node: queries.Node, estimate: stored.Estimate | None, unit: Unit) -> Team:
    if estimate is None:
        return Team(node.team, node.name, node.public_id)
    return Team(
        node.team,
        node.name,
        node.public_id,
        formats.whole(estimate.open_deals),
        unit.number(estimate.open_amount),
        unit.number(estimate.commit),
        unit.number(estimate.booked),
    )


# Export


_EXPORT = (
    "deal_id name account owner amount currency stage category category_from close_date created_on status "
    "closed_on pushes next_step"
).split()


def _rows(request: AskingRequest, most: int | None = None) -> Iterator[list[Cell]]:
    """Every deal of the filter, page after page. Raises Refused for a filter nobody can mean."""
    form = FilterForm(request.GET)
    if not form.is_valid():
        raise access.Refused("bad_filter", "This filter is damaged. Go back to the list and set it anew.")
    asked, today = _asked(request, form), _today(request)
    return iter(()) if asked.nobody else _walked(request.actor, asked, today, most)


def _walked(actor: access.Actor, asked: Asked, today: date, most: int | None) -> Iterator[list[Cell]]:
    after, walked = None, 0
    while True:
        page = deals.list_deals(
            actor, filters=asked.filters, order=asked.order, after=after, limit=500, on=today
        )
        walked += len(page.rows)
        if most is not None and walked > most:
            raise access.Refused(
                "too_many", f"A workbook takes {most:,} deals here. Narrow the filter, or take the CSV."
            )
        for row in page.rows:
            yield _cells(row)
        if page.next is None:
            return
        after = page.next


def _cells(row: deals.DealLine) -> list[Cell]:
    amount = None if row.amount_minor is None else deal_rules.major_units(row.amount_minor, row.currency)
    return [
        row.public_id, row.name, row.account, row.owner, amount, row.currency, row.stage, row.category,
        row.category_from, row.close_on, row.created_on, row.status, row.closed_on, row.pushes, row.next_step,
    ]  # fmt: skip


@signed_in
@require_safe
def export_csv(request: AskingRequest) -> Any:
    access.require(request.actor, "export.run")
    return downloads.as_csv(f"deals-{_today(request)}", _EXPORT, _rows(request))


@signed_in
@require_safe
def export_xlsx(request: AskingRequest) -> Any:
    access.require(request.actor, "export.run")
    return downloads.as_xlsx(f"deals-{_today(request)}", "Deals", _EXPORT, _rows(request, XLSX_MOST))


# One deal


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
    request: AskingRequest, public_id: str, *, error: str = "", judging: str = "", status: int = 200
) -> HttpResponse:
    today, house = _today(request), queries.house()
    found = deals.deal(request.actor, public_id, on=today)
    unit = unit_for(house.currency, found.line.home_minor or 0)
    panel = qualification.panel(request.actor, public_id, request.at)
    context = {
        "deal": found,
        "line": line_of(found.line, unit, today),
        "unit": unit.words,
        "status": STATUS_WORDS[found.line.status],
        "health": health.health(request.actor, public_id, request.at),
        "chance": _chance(request, public_id) if found.line.status == "open" else None,
        "history": _history(found, request, today),
        "before_close": _close_before(found.events, today),
        "categories": OPEN_CATEGORIES.items(),
        "from_stage": CATEGORY_WORDS.get(deals.mapping(today).get(found.line.stage, ""), ""),
        "own": found.line.category if found.line.category_from == "own" else "",
        "reasons": _not_counted(found.line, today),
        "extra": sorted(found.extra.items()),
        "error": error,
        "may_tell_news": news.may_report(request.actor, public_id),
        "news": _news(request, public_id),
        "decisions": reviews.decisions_on(request.actor, public_id),
        "plan": plans.in_short(request.actor, public_id, request.at, panel),
        "exit": exits.in_short(request.actor, public_id, request.at),
        "asks": asks.on_deal(request.actor, public_id, request.at),
        "winloss": winloss.in_short(request.actor, public_id, request.at)
        if found.line.status != "open"
        else None,
        **evidence.context_of(panel),
    } | _judged(request, public_id, judging)
    return render(request, "deals/deal.html", context, status=status)


def _judged(request: AskingRequest, public_id: str, error: str) -> dict[str, object]:
    """How the deal is judged for the period that runs, and what the form of who may judge it starts from."""
    period, author = calls.period_at(request.at), calls.judge_of(request.actor, public_id)
    found = calls.judgements_of_deal(request.actor, public_id, period, request.at)
    mine = next((one for one in found if one.author_id == author), None)
    return {
        "judged": found,
        "judged_period": formats.period_words(period.name),
        "may_judge": author is not None,
        "my_judgement": mine,
        "judging_error": error,
        "judging_note": request.POST.get("note", "") if error else mine.note if mine else "",
    }


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
        expected=formats.short_day(expected, _today(request)) if expected else "",
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
    """Events and own choices together, newest first; first values only where something was said."""
    zone = ZoneInfo(queries.house().time_zone)
    told = []
    firsts: dict[tuple[Any, ...], list[Event]] = {}
    for event in found.events:
        if event.how == "first" and event.new:
            firsts.setdefault((event.at, event.at_from, event.recorded_at), []).append(event)
        elif event.new or event.old:
            happened = _happened(event, found.line.currency, request, zone, today)
            told.append((event.recorded_at, happened))
    for group in firsts.values():
        first = _happened(group[0], found.line.currency, request, zone, today)
        known = tuple(
            (_word(event.field), _value(event.field, event.new, found.line.currency, today))
            for event in group
        )
        told.append((group[0].recorded_at, replace(first, what="Known first", firsts=known, how="")))
    for choice in found.choices:
        moment = formats.moment(choice.at, request.at, zone)
        what = "Own category" if choice.category else "Own category cleared"
        after = CATEGORY_WORDS.get(choice.category, "the stage speaks again")
        told.append((choice.at, Happened(moment, moment, False, what, "", after, choice.by, "")))
    return [happened for _, happened in sorted(told, key=lambda pair: pair[0], reverse=True)]


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
    except (access.NotAllowed, access.NotFound):
        raise
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
    except (access.NotAllowed, access.NotFound):
        raise
    except access.Refused as refusal:
        return _deal_page(request, public_id, judging=refusal.sentence, status=422)
    words = {"in": "Judged in.", "out": "Judged out."}.get(act, "Your judgement is taken back.")
    messages.success(request, f"{words} It changes no call; the owner sees it here.")
    return redirect("deal", public_id)


# Not counted


@dataclass(frozen=True, slots=True)
class Group:
    """One reason with its deals in words."""

    hint: deals.Hint
    lines: list[Line]


@signed_in
@require_safe
def not_counted(request: AskingRequest) -> HttpResponse:
    access.require(request.actor, "not_counted.read")
    return _not_counted_page(request)


def _not_counted_page(request: AskingRequest, *, error: str = "", status: int = 200) -> HttpResponse:
    today = _today(request)
    hints = deals.not_counted(request.actor, on=today, limit=20)
    stages = lookups.unmapped_stages(request.actor, on=today)
    largest = max((row.home_minor or 0 for hint in hints for row in hint.deals), default=0)
    unit = unit_for(queries.house().currency, max(largest, *(row.minor for row in stages), 0))
    context = {
        "groups": [Group(hint, [line_of(row, unit, today) for row in hint.deals]) for hint in hints],
        "stages": [(number, stage, unit.number(stage.minor)) for number, stage in enumerate(stages)],
        "categories": OPEN_CATEGORIES.items(),
        "unit": unit.words,
        "total": sum(hint.count for hint in hints),
        "error": error,
    }
    return render(request, "deals/not_counted.html", context, status=status)


@signed_in
@require_POST
def map_stages(request: AskingRequest) -> HttpResponse:
    """Give all unmapped stages a category in one step."""
    access.require(request.actor, "settings.write")
    today = _today(request)
    stages = [row.stage for row in lookups.unmapped_stages(request.actor, on=today)]
    given = {request.POST.get(f"stage-{n}", ""): request.POST.get(f"category-{n}", "") for n in range(200)}
    chosen = {stage: given[stage] for stage in stages if given.get(stage) in OPEN_CATEGORIES}
    if not chosen:
        return _not_counted_page(request, error="Choose a category for at least one stage.", status=422)
    for stage, category in chosen.items():
        actions.set_category_mapping(by=request.actor, at=request.at, stage=stage, category=category)
    words = ", ".join(f"{stage} means {OPEN_CATEGORIES[category]}" for stage, category in chosen.items())
    messages.success(request, f"From today {words}. Their deals count at once.")
    return redirect("not_counted")

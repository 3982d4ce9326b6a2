"""Changes: what moved a number between two instants, the flow between categories, pushes, and the deals behind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from fairlead.calls import kinds, queries, wording
from fairlead.deals import rules as deal_rules
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.web import asking, charts, downloads, formats, numbers
from fairlead.web.categories import CATEGORY_WORDS
from fairlead.web.downloads import Cell
from fairlead.web.middleware import AskingRequest, signed_in

COLUMNS = {
    "commit": "Commit",
    "closed": "Closed",
    "most_likely": "Most Likely",
    "best_case": "Best Case",
    "pipeline": "Open pipeline",
}
SINCE = {
    "submission": "the last submission",
    "week": "a week ago",
    "period": "the period’s start",
    "date": "a day",
}


class AskForm(forms.Form):
    """What is asked, as it stands in the address."""

    node = forms.CharField(required=False, max_length=16)
    period = forms.CharField(required=False, max_length=20)
    since = forms.ChoiceField(required=False, choices=[("", ""), *SINCE.items()], label="From")
    day = forms.DateField(required=False, label="From the start of")
    until = forms.DateField(required=False, label="To the end of")
    column = forms.ChoiceField(required=False, choices=[("", ""), *COLUMNS.items()], label="Column")
    alone = forms.BooleanField(required=False)
    kind = forms.ChoiceField(
        required=False, choices=[("", "All"), *((k, name) for k, (name, _) in wording.KINDS.items())]
    )
    owner = forms.CharField(required=False, max_length=16)
    product = forms.CharField(required=False, max_length=160)
    stage = forms.CharField(required=False, max_length=120)
    account = forms.CharField(required=False, max_length=100)
    amount_from = forms.DecimalField(required=False, max_digits=12, label="Amount from")
    amount_to = forms.DecimalField(required=False, max_digits=12, label="Amount to")
    type = forms.CharField(required=False, max_length=20, label="Forecast type")
    pushes = forms.IntegerField(required=False, min_value=0, max_value=255, label="Pushed at least")

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        first, last = given.get("day"), given.get("until")
        if given.get("since") == "date" and not first and "day" not in self.errors:
            self.add_error("day", "Choose the day to start from.")
        if first and last and given.get("since") == "date" and last < first:
            self.add_error("until", "The last day lies before the first.")
        low, high = given.get("amount_from"), given.get("amount_to")
        if low is not None and high is not None and high < low:
            self.add_error("amount_to", "The largest amount is below the smallest.")
        return given


@dataclass(frozen=True, slots=True)
class Question:
    """A form that was understood: the answer, and the words of its address."""

    found: queries.Changes
    since: str
    words: dict[str, str]

    def address(self, **more: str) -> str:
        return urlencode({key: text for key, text in {**self.words, **more}.items() if text})


_FILTERS = ("kind", "owner", "product", "stage", "account", "amount_from", "amount_to", "pushes", "type")


def _answered(request: AskingRequest, form: AskForm, shown: int | None) -> Question:
    """The answer. Raises NotAllowed, NotFound, and Refused with what to choose instead."""
    given, actor = form.cleaned_data, request.actor
    access.require(actor, "changes.read")
    node, period = queries.node_of(actor, given["node"]), numbers.period_of(request)
    people.require_on(actor, "changes.read", node)
    end = queries.end_of(given["until"], request.at)
    start, since = queries.instant(actor, node, period, request.at, given["since"], given["day"])
    asked = queries.Asked(
        category=given["column"] or "commit",
        alone=given["alone"],
        kinds=(given["kind"],) if given["kind"] else (),
        owners=(given["owner"],) if given["owner"] else (),
        product=given["product"],
        stage=given["stage"],
        account=given["account"].strip(),
        amount_from=_minor(given["amount_from"]),
        amount_to=_minor(given["amount_to"]),
        pushes=given["pushes"] or 0,
        type=given["type"],
    )
    found = queries.changes(actor, node, period, start, end, at=request.at, asked=asked, shown=shown)
    words = {name: request.GET.get(name, "").strip() for name in form.fields}
    return Question(found, since, {name: text for name, text in words.items() if text})


def _minor(thousands: Decimal | None) -> int | None:
    exponent = formats.exponent_of(people.house().currency)
    return None if thousands is None else int(thousands * 1000 * 10**exponent)


@signed_in
@require_safe
def changes(request: AskingRequest) -> HttpResponse:
    access.require(request.actor, "changes.read")
    form = AskForm(request.GET)
    if not form.is_valid():
        return render(request, "changes/changes.html", {"form": form, **_controls(request)}, status=422)
    try:
        question = _answered(request, form, queries.SHOWN)
    except access.Refused as refusal:
        context = {"form": form, "refused": refusal.sentence, **_controls(request)}
        return render(request, "changes/changes.html", context, status=422)
    return render(request, "changes/changes.html", {"form": form, **_page(request, question)})


def _controls(request: AskingRequest) -> dict[str, object]:
    return {
        "columns": COLUMNS.items(),
        "sinces": SINCE.items(),
        "unit": numbers.unit(),
        "periods": queries.periods_around(request.at, back=4, ahead=1),
        "period": request.GET.get("period", "") or queries.period_at(request.at).name,
        "kinds": [(kind, name) for kind, (name, _) in wording.KINDS.items()],
        "types": [kind for kind in kinds.in_force(request.at) if kind.measure == "amount"],
        "filtered": any(request.GET.get(name) for name in _FILTERS),
    }


# The page


@dataclass(frozen=True, slots=True)
class BarShown:
    """One bar: its words, and what each deal behind it moved."""

    bar: queries.ChangeBar
    name: str
    means: str
    deals: list[tuple[queries.DealMoved, int, str]]


@dataclass(frozen=True, slots=True)
class FlowShown:
    source: str
    goal: str
    cell: queries.FlowCell


def _page(request: AskingRequest, question: Question) -> dict[str, object]:
    page = question.found
    zone, today = asking.zone(), request.at.astimezone(asking.zone()).date()
    bars = [_bar(bar, today) for bar in page.bars]
    column = COLUMNS[page.asked.category]
    formula = "alone" if page.asked.alone else page.asked.formula
    if page.asked.alone and page.asked.category == "pipeline":
        column = CATEGORY_WORDS["pipeline"]
    return {
        **_controls(request),
        "page": page,
        "since": question.since,
        "bars": bars,
        "column": column,
        "formula": formula,
        "moved": page.end - page.start,
        "waterfall": _waterfall(page, bars, request.at),
        "flow": _flow(page, zone, request.at),
        "flow_rows": [FlowShown(wording.PLACES[c.source], wording.PLACES[c.goal], c) for c in page.flow],
        "export": question.address(),
        "here": question,
        "steps": [(one, question.address(node=one.public_id)) for one in page.path],
        "reports": [_report(branch, question) for branch in page.branches],
        "asks": [ask for bar in page.bars for ask in bar.asks],
        "again": formats.count(page.pushes.repeated_count, "deal"),
        "unfiltered": question.address(**dict.fromkeys(_FILTERS, "")),
        "early": page.first_known is not None and page.start_at < page.first_known,
        "may_export": access.may(request.actor, "export.run"),
        "own": page.person.id == request.actor.person,
        "until_now": page.end_at == request.at,
    }


def _report(branch: queries.Branch, question: Question) -> tuple[queries.Branch, str]:
    link = question.address(node=branch.person.public_id) if branch.person and branch.may_open else ""
    return branch, link


def _bar(bar: queries.ChangeBar, today: date) -> BarShown:
    name, means = wording.KINDS[bar.kind]
    told = [(deal, deal.part_in(bar.kind), _due(deal, today)) for deal in bar.deals]
    return BarShown(bar, name, means, told)


def _due(deal: queries.DealMoved, today: date) -> str:
    """ "10 Dec", "10 Dec → 15 Jan 2027"."""
    before, after = (
        formats.short_day(day, today) if day else "" for day in (deal.due_before, deal.due_after)
    )
    if not before or not after or before == after:
        return after or before or "no date"
    return f"{before} → {after}"


def _waterfall(page: queries.Changes, bars: Sequence[BarShown], at: datetime) -> charts.Chart:
    end = "Now" if page.end_at == at else _instant(page.end_at, at)
    return charts.waterfall(
        charts.Walk(
            start=charts.Level(
                _instant(page.start_at, at), page.start, _count(page.deals_before), said=False
            ),
            end=charts.Level(end, page.end, _count(page.deals_after), said=False),
            changes=tuple(
                charts.Change(shown.name, shown.bar.amount, _detail(shown), f"#bar-{shown.bar.kind}")
                for shown in bars
            ),
        ),
        formats.exponent_of(page.currency),
    )


def _count(number: int) -> str:
    return formats.count(number, "deal")


def _instant(at: datetime, now: datetime) -> str:
    """An instant as a day; midnight is the end of the day before."""
    return formats.short_day(at.astimezone(asking.zone()).date(), now.astimezone(asking.zone()).date())


def _detail(shown: BarShown) -> str:
    if shown.bar.count == 1 and shown.deals:
        return shown.deals[0][0].name
    return _count(shown.bar.count)


def _flow(page: queries.Changes, zone: Any, at: datetime) -> charts.Chart:
    exponent = formats.exponent_of(page.currency)
    ribbons = [
        charts.Ribbon(wording.PLACES[cell.source], wording.PLACES[cell.goal], cell.before or cell.after)
        for cell in page.flow
        if (cell.before or cell.after) > 0
    ]
    return charts.flow(
        charts.Flow(
            tuple(ribbons),
            tuple(wording.PLACES.values()),
            _instant(page.start_at, at),
            "now" if page.end_at == at else _instant(page.end_at, at),
        ),
        lambda amount: formats.thousands(amount, exponent),
    )


# Export

_HEAD = (
    "row reason deals deal_id deal account owner amount_before amount_after moved category_before category_after "
    "due_before due_after stage pushes whom_to_ask share"
).split()


def _rows(request: AskingRequest) -> Iterator[list[Cell]]:
    """The start, every deal behind every bar (one row for all of a manager's that are not named), the end.

    What ``moved`` adds up to is the end less the start.
    """
    form = AskForm(request.GET)
    if not form.is_valid():
        raise access.Refused("bad_filter", "This filter is damaged. Go back to the page and set it anew.")
    page = _answered(request, form, None).found

    def major(minor: int | None) -> Decimal | None:
        return None if minor is None else deal_rules.major_units(minor, page.currency)

    def ends(what: str, count: int, before: int | None, after: int | None) -> list[Cell]:
        return [what, "", count, *[""] * 4, major(before), major(after), None, *[""] * 8]

    def told() -> Iterator[list[Cell]]:
        yield ends("start", page.deals_before, page.start, None)
        for bar in page.bars:
            name = wording.KINDS[bar.kind][0]
            for deal in bar.deals:
                yield _deal_row(name, bar.kind, deal, major)
            for ask in bar.asks:
                who = ask.person.name if ask.person else "Sales operations"
                cells: list[Cell] = ["change", name, ask.count, *[""] * 4, None, None, major(ask.amount)]
                yield [*cells, *[""] * 6, who, ""]
        yield ends("end", page.deals_after, None, page.end)

    return told()


def _deal_row(name: str, kind: str, deal: queries.DealMoved, major: Any) -> list[Cell]:
    return [
        "change", name, 1, deal.public_id, deal.name, deal.account, deal.owner, major(deal.before),
        major(deal.after), major(deal.part_in(kind)), deal.category_before, deal.category_after, deal.due_before,
        deal.due_after, deal.stage, deal.pushes, "", deal.share,
    ]  # fmt: skip


def _name(request: AskingRequest) -> str:
    return f"changes-{request.at.astimezone(asking.zone()).date()}"


@signed_in
@require_safe
def export_csv(request: AskingRequest) -> Any:
    access.require(request.actor, "export.run")
    return downloads.as_csv(_name(request), _HEAD, _rows(request))


@signed_in
@require_safe
def export_xlsx(request: AskingRequest) -> Any:
    access.require(request.actor, "export.run")
    return downloads.as_xlsx(_name(request), "Changes", _HEAD, _rows(request))

"""Grids loaded back from a spreadsheet: first what each row would change, then all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_safe

from fairlead.calls import loading, queries
from fairlead.calls.loading import GridRow
from fairlead.deals import rules as deal_rules
from fairlead.forecasting import periods
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.web import asking, downloads, formats, gridfiles, numbers
from fairlead.web.categories import CATEGORY_WORDS
from fairlead.web.downloads import Cell
from fairlead.web.middleware import AskingRequest, signed_in

WHAT = {"own_call": "Own call", "overlay": "Overlay", "target": "Target"}
MOST_LISTED = 100
"""Refused rows that are named; how many more there are is said."""
_Found = tuple[list[loading.Wanted], list[loading.Problem], int]
_TARGETS = "person_id person team period target currency reason target_before".split()


@dataclass(frozen=True, slots=True)
class Grid:
    """Which grid is loaded: its words, where its page and files are, and what goes along with every form."""

    title: str
    page: str
    csv: str
    xlsx: str
    here: str
    columns: str
    amounts: tuple[str, ...]
    hidden: dict[str, str]


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def calls(request: AskingRequest) -> HttpResponse:
    """Calls and overlays of a leader's grid, in one period and category; the board's file is read here as well."""
    access.require(request.actor, "call.open")
    person, period = numbers.whose(request), numbers.period_of(request)
    category = numbers.category_of(request)
    people.require_on(request.actor, "call.open", person.pk)

    def wanted(rows: Sequence[GridRow], columns: frozenset[str]) -> _Found:
        return loading.calls_wanted(request.actor, person.pk, period, category, request.at, rows, columns)

    lent = request.GET.get("for", "") or request.POST.get("for", "")
    hidden = {"period": period.name, "category": category} | ({"for": lent} if lent else {})
    query = urlencode(hidden)
    words = f"{CATEGORY_WORDS[category]}, {periods.period_words(period.name)}"
    grid = Grid(
        f"Calls and overlays: {words}", f"{reverse('call')}?{query}#reports", f"{reverse('call_csv')}?{query}",
        f"{reverse('call_xlsx')}?{query}", f"{reverse('call_load')}?{query}",
        "own_call, overlay and overlay_note", ("own_call", "overlay"), hidden,
    )  # fmt: skip
    return _loaded(request, grid, wanted)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def targets(request: AskingRequest) -> HttpResponse:
    """Targets of one period, for sales operations."""
    access.require(request.actor, "target.write")
    period = numbers.period_of(request)

    def wanted(rows: Sequence[GridRow], columns: frozenset[str]) -> _Found:
        return loading.targets_wanted(request.actor, period, request.at, rows, columns)

    query = urlencode({"period": period.name})
    grid = Grid(
        f"Targets, {periods.period_words(period.name)}", f"{reverse('targets')}?{query}",
        f"{reverse('targets_csv')}?{query}", f"{reverse('targets_xlsx')}?{query}",
        f"{reverse('targets_load')}?{query}", "target, and reason where one changes", ("target",),
        {"period": period.name},
    )  # fmt: skip
    return _loaded(request, grid, wanted)


def _loaded(
    request: AskingRequest, grid: Grid, ask: Callable[[Sequence[GridRow], frozenset[str]], _Found]
) -> HttpResponse:
    """The form, the preview of a file, or what a preview carried taken in."""
    if request.method != "POST":
        return _page(request, grid)
    try:
        if "rows" in request.POST:
            rows = gridfiles.carried(request.POST["rows"], grid.amounts)
            columns = frozenset(request.POST.get("columns", "").split())
            changes, problems, _ = ask(rows, columns)
            done = loading.taken(changes, problems, request.POST.get("digest", ""))
            messages.success(request, f"{formats.count(done, 'change')} loaded. Each stands in the ledger.")
            return redirect(grid.page)
        rows, columns = gridfiles.read(request.FILES.get("file"), grid.amounts)
        changes, problems, unchanged = ask(rows, columns)
        found = loading.previewed(changes, problems, unchanged)
    except access.Refused as refusal:
        return _page(request, grid, error=refusal.sentence, status=422)
    touched = {change.line for change in found.changes}
    refused = {problem.line for problem in found.problems}
    context: dict[str, object] = {
        "found": found,
        "problems": found.problems[:MOST_LISTED],
        "more": len(found.problems) - MOST_LISTED,
        "changes": [(change, WHAT[change.what]) for change in found.changes if change.line not in refused],
        "rows": gridfiles.kept(row for row in rows if row.line in touched),
        "columns": " ".join(sorted(columns)),
    }
    return _page(request, grid, status=422 if found.problems else 200, more=context)


def _page(
    request: AskingRequest,
    grid: Grid,
    *,
    error: str = "",
    status: int = 200,
    more: Mapping[str, object] | None = None,
) -> HttpResponse:
    currency = people.house().currency
    context: dict[str, object] = {
        "grid": grid,
        "error": error,
        "currency": currency,
        "unit": numbers.unit(),
    } | dict(more or {})
    return render(request, "call/load.html", context, status=status)


@signed_in
@require_safe
def targets_csv(request: AskingRequest) -> Any:
    return downloads.as_csv(_name(request), _TARGETS, _targets(request))


@signed_in
@require_safe
def targets_xlsx(request: AskingRequest) -> Any:
    return downloads.as_xlsx(_name(request), "Targets", _TARGETS, _targets(request))


def _name(request: AskingRequest) -> str:
    return f"targets-{numbers.period_of(request).name}-{request.at.astimezone(asking.zone()).date()}"


def _targets(request: AskingRequest) -> list[list[Cell]]:
    """A row for everybody who carries a number, with or without a target of their own."""
    access.require(request.actor, "target.write")
    access.require(request.actor, "export.run")
    period, currency = numbers.period_of(request), people.house().currency
    lines = queries.targets(request.actor, period, request.at, limit=100_000)
    rows: list[list[Cell]] = []
    for line in lines:
        amount = None if line.amount is None else deal_rules.major_units(line.amount, currency)
        who = line.person
        rows.append([who.public_id, who.name, who.team, period.name, amount, currency, "", amount])
    return rows

"""My quarter: what is booked, what is still needed, and the copy of what the manager sent."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from fairlead.calls import actions, queries, wording
from fairlead.early import queries as early
from fairlead.exits import queries as exits
from fairlead.forecasting import periods
from fairlead.people import access
from fairlead.people.models import Person
from fairlead.standing import queries as standing
from fairlead.web import charts, numbers
from fairlead.web.middleware import AskingRequest, signed_in


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def quarter(request: AskingRequest) -> HttpResponse:
    """The page; posting sets the own call (an empty number takes it back)."""
    access.require(request.actor, "quarter.open")
    error = _set_call(request) if request.method == "POST" else ""
    if request.method == "POST" and not error:
        period = request.POST.get("period", "")
        query = f"?{urlencode({'period': period})}" if period else ""
        return redirect(reverse("quarter") + query + ("#mytypes" if request.POST.get("type") else "#mycall"))
    page = queries.my_quarter(request.actor, numbers.period_of(request), request.at)
    call = page.call.amount if page.call else None
    at_fault = numbers.category_of(request) if error else ""
    asked = standing.asked_now(request.actor, request.at)
    of_type = request.POST.get("type", "") if error else ""
    context = {
        "page": page,
        "unit": numbers.unit(),
        "plot": numbers.dot_plot(page.outlook, page.target, call, "Your call"),
        "gap": None if page.target is None else max(page.target - page.booked, 0),
        "call": call,
        "asked": asked[1] if asked and asked[0] == page.head.period.name else None,
        "calls": [_own(request, one, "" if of_type else at_fault) for one in page.calls],
        "types": [_own_type(request, one, at_fault, of_type) for one in page.types],
        "fault_id": _fault(at_fault, of_type),
        "error": error,
        "at_fault": "" if of_type else at_fault,
        "of_20": page.outlook.dots_reaching_target if page.outlook else None,
        "copy_bars": _copy_lines(page.copy),
        "pace": _pace(page),
        "exits_owed": exits.owed_by(request.actor, request.at),
        "habits": page.path.habits if page.path else None,
        "talk": early.prompt(request.actor, request.actor.id, request.at),
    }
    return render(request, "quarter/quarter.html", context, status=422 if error else 200)


def _own(request: AskingRequest, one: queries.OwnCall, at_fault: str) -> tuple[queries.OwnCall, str]:
    """A category with what its field holds: what was typed where that was refused."""
    kept = numbers.plain(one.call.amount if one.call else None)
    return one, request.POST.get("number", kept) if one.category == at_fault else kept


def _fault(category: str, type: str) -> str:
    """The id of the field that was refused."""
    if type:
        return f"type-{type}-{category}"
    return "number" if category in ("", "commit") else f"number-{category}"


def _own_type(
    request: AskingRequest, one: queries.OwnType, at_fault: str, type: str
) -> tuple[queries.OwnType, str, list[tuple[queries.OwnCall, str, str]]]:
    """A forecast type, its unit, and per category what its field holds and the field's id."""
    mine = at_fault if one.kind.key == type else ""
    fields = [(*_own(request, call, mine), _fault(call.category, one.kind.key)) for call in one.calls]
    return one, numbers.unit(one.kind), fields


def _set_call(request: AskingRequest) -> str:
    """Set the call; the sentence of a refusal, or nothing."""
    text = request.POST.get("number", "")
    try:
        amount = numbers.typed(text) if text.strip() else None
        actions.set_call(
            by=request.actor,
            at=request.at,
            person=Person.objects.get(pk=request.actor.id),
            period=numbers.period_of(request),
            amount_minor=amount,
            note=request.POST.get("note", ""),
            category=numbers.category_of(request),
            type=request.POST.get("type", ""),
        )
    except access.Refused as refusal:
        return refusal.sentence
    kind = numbers.type_of(request)
    said = numbers.spoken(amount, kind) if amount is not None else "what your deals add up to"
    where = wording.for_category(numbers.category_of(request)) + wording.for_type(kind)
    messages.success(request, f"Your call{where} is {said}. Your manager sees it on the Call page.")
    return ""


def _pace(page: queries.MyQuarter) -> charts.Chart:
    this, *before = (charts.Booked(periods.period_words(one.period), one.by_week) for one in page.courses)
    return charts.pace(charts.Pace(this, tuple(before), page.head.weeks, page.target))


def _copy_lines(copy: queries.Copy | None) -> list[tuple[str, int]]:
    """From the team's own calls to what was submitted, a line for the difference."""
    if copy is None or not copy.difference:
        return []
    return [(copy.reason or "Difference, no reason given", copy.difference)]

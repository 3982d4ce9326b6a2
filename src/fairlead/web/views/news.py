"""News of deals: told in two clicks, thanked for with one, told upward with one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fairlead.calls import queries as calls
from fairlead.deals import queries as deals
from fairlead.news import actions, queries
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.models import Person
from fairlead.web import numbers
from fairlead.web.middleware import AskingRequest, signed_in


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form of news, prefilled or kept after a refusal."""

    kind: str = ""
    what: str = ""
    known_on: str = ""
    amount: str = ""
    moves_to: str = ""
    error: str = ""


def form_of(request: AskingRequest, deal: deals.DealLine) -> Typed:
    """What the form starts from: today and the deal's amount."""
    today = people.house().day(request.at)
    return Typed("bad", "", today.isoformat(), numbers.plain(deal.home_minor))


def _typed(request: AskingRequest, error: str = "") -> Typed:
    words = {name: request.POST.get(name, "") for name in ("kind", "what", "known_on", "amount", "moves_to")}
    return Typed(**words, error=error)


def _known_on(text: str, today: date) -> date:
    try:
        return date.fromisoformat(text) if text.strip() else today
    except ValueError as odd:
        raise access.Refused("bad_day", "Write the day as in 2026-11-24.") from odd


def _said(request: AskingRequest) -> dict[str, object]:
    """The fields of a form of news. Raises Refused for a day or an amount that cannot be read."""
    typed = _typed(request)
    return {
        "kind": typed.kind,
        "what": typed.what,
        "known_on": _known_on(typed.known_on, people.house().day(request.at)),
        "amount_minor": numbers.typed(typed.amount) if typed.amount.strip() else None,
        "moves_to": typed.moves_to,
    }


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: AskingRequest, public_id: str) -> HttpResponse:
    """The form for news of a deal; posting tells the direct manager at once."""
    access.require(request.actor, "news.report")
    if not queries.may_report(request.actor, public_id):
        raise access.NotFound("deal")
    if request.method != "POST":
        return _form(request, public_id)
    try:
        actions.report(by=request.actor, at=request.at, deal=public_id, **_said(request))  # type: ignore[arg-type]
    except access.Refused as refusal:
        return _form(request, public_id, _typed(request, refusal.sentence), 422)
    messages.success(request, "Told. Thank you for saying it early; nothing of it counts against anybody.")
    return redirect("news")


def _form(
    request: AskingRequest, public_id: str, typed: Typed | None = None, status: int = 200
) -> HttpResponse:
    deal = deals.deal(request.actor, public_id, on=people.house().day(request.at)).line
    context = {
        "deal": deal,
        "typed": typed or form_of(request, deal),
        "periods": calls.periods_around(request.at, back=0, ahead=3)[1:],
        "unit": numbers.unit(),
        "manager": _manager_of(request),
        "owns": deal.owner_id == Person.objects.get(pk=request.actor.id).public_id,
    }
    return render(request, "news/report.html", context, status=status)


def _manager_of(request: AskingRequest) -> str:
    manager = people.manager_of(request.actor.id)
    return people.names([manager]).get(manager, "") if manager else ""


@signed_in
@require_safe
def listing(request: AskingRequest) -> HttpResponse:
    """One's own news, or the team's; ``?untold=1`` leaves what is not told upward yet."""
    only = request.GET.get("untold") == "1"
    leads = access.may(request.actor, "news.lead")
    period = calls.period_at(request.at)
    context = {
        "news": queries.listing(request.actor, request.at, only_untold=only and leads),
        "only_untold": only,
        "leads": leads,
        "surprises": queries.surprises(request.actor, request.actor.id, period) if leads else 0,
        "period": period,
        "unit": numbers.unit(),
        "manager": _manager_of(request),
    }
    return render(request, "news/list.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: AskingRequest, public_id: str) -> HttpResponse:
    """A new version of one's own news; the one before stays readable."""
    access.require(request.actor, "news.report")
    found = queries.one(request.actor, public_id, request.at)
    if not found.may_correct:
        raise access.NotFound("news")
    typed = Typed(
        found.said.kind,
        found.said.what,
        found.said.known_on.isoformat(),
        numbers.plain(found.said.amount),
        found.said.moves_to,
    )
    status = 200
    if request.method == "POST":
        try:
            actions.correct(by=request.actor, at=request.at, item=public_id, **_said(request))  # type: ignore[arg-type]
            messages.success(request, "Corrected. Whoever was told before hears of it.")
            return redirect("news")
        except access.Refused as refusal:
            typed, status = _typed(request, refusal.sentence), 422
    context = {
        "news": found,
        "typed": typed,
        "periods": calls.periods_around(request.at, back=0, ahead=3)[1:],
        "unit": numbers.unit(),
    }
    return render(request, "news/correct.html", context, status=status)


@signed_in
@require_POST
def withdraw(request: AskingRequest, public_id: str) -> HttpResponse:
    access.require(request.actor, "news.report")
    try:
        actions.withdraw(
            by=request.actor, at=request.at, item=public_id, reason=request.POST.get("reason", "")
        )
        messages.success(request, "Withdrawn. It stays readable as withdrawn.")
    except access.Refused as refusal:
        messages.error(request, refusal.sentence)
    return redirect("news")


@signed_in
@require_POST
def thank(request: AskingRequest, public_id: str) -> HttpResponse:
    actions.thank(by=request.actor, at=request.at, item=public_id)
    messages.success(request, "Your thanks are told.")
    return redirect("news")


@signed_in
@require_POST
def surprise(request: AskingRequest, public_id: str) -> HttpResponse:
    """Count that one heard it first from above; for the team, never on a person."""
    counted = actions.count_surprise(by=request.actor, at=request.at, item=public_id)
    messages.success(request, "Counted for the team." if counted else "It was counted already.")
    return redirect("news")


@signed_in
@require_POST
def tell(request: AskingRequest) -> HttpResponse:
    """Tell the superior everything untold, in one act."""
    access.require(request.actor, "news.lead")
    person = numbers.whose(request)
    try:
        told = actions.tell_upward(
            by=request.actor,
            at=request.at,
            person=person,
            period=numbers.period_of(request),
            words=request.POST.get("words", ""),
        )
    except access.Refused as refusal:
        messages.error(request, refusal.sentence)
        return redirect("call")
    messages.success(request, "Told upward. This is what stands there.")
    return redirect("news_told", told.public_id)


@signed_in
@require_safe
def told(request: AskingRequest, public_id: str) -> HttpResponse:
    page = queries.told(request.actor, public_id)
    context = {
        "page": page,
        "mine": page.person.id == request.actor.id,
        "text": queries.as_text(request.actor, public_id),
        "unit": numbers.unit(),
    }
    return render(request, "news/told.html", context)

"""The pressure calendar: days on which questions from above are likely."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from fairlead.desk import calendar, sending
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.access import Role
from fairlead.web.middleware import AskingRequest, signed_in
from fairlead.web.views.desk import Typed, said


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def days(request: AskingRequest) -> HttpResponse:
    """The days to come, and one more."""
    access.require(request.actor, "pressure_day.read")
    if request.method != "POST":
        return _days(request, Typed({"kind": "board"}))
    values = {name: said(request.POST, name) for name in ("on", "kind")}
    try:
        row = calendar.keep(by=request.actor, at=request.at, on=_day(values["on"]), kind=values["kind"])
    except access.Refused as refusal:
        return _days(request, Typed(values, error=refusal.sentence), 422)
    whose = "every desk" if row.person_id is None else "your desk, and nobody else’s"
    messages.success(request, f"Kept for {whose}. Two working days before, the answers are shown as ready.")
    return redirect("pressure_days")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as odd:
        raise access.Refused("bad_day", "Choose a day, as in 2026-12-03.") from odd


def _days(request: AskingRequest, typed: Typed, status: int = 200) -> HttpResponse:
    context = {
        "typed": typed,
        "lines": calendar.listing(request.actor, request.at),
        "kinds": sending.PRESSURE.items(),
        "for_all": Role.SALES_OPS in request.actor.roles,
        "may": access.may(request.actor, "pressure_day.keep"),
        "today": people.house().day(request.at),
    }
    return render(request, "desk/pressure_days.html", context, status=status)


@signed_in
@require_POST
def take_back(request: AskingRequest, public_id: str) -> HttpResponse:
    """Take a day back."""
    calendar.take_back(by=request.actor, at=request.at, day=public_id)
    messages.success(request, "Taken back.")
    return redirect("pressure_days")

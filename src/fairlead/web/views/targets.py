"""One's own targets as they were set and changed, each with its day and a neutral reason."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from fairlead.calls import targets
from fairlead.people import access
from fairlead.web import numbers
from fairlead.web.middleware import AskingRequest, signed_in


@signed_in
@require_safe
def own(request: AskingRequest) -> HttpResponse:
    """The history of the own targets, newest first."""
    access.require(request.actor, "quarter.open")
    context = {"lines": targets.own_history(request.actor, types=True), "unit": numbers.unit()}
    return render(request, "quarter/targets.html", context)

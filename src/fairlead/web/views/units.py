"""What an admin turns on and off, unit by unit."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from fairlead.people import access, queries, switches
from fairlead.web.given import plain_text
from fairlead.web.middleware import AskingRequest, signed_in


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def units(request: AskingRequest) -> HttpResponse:
    """Every unit with its switches."""
    access.require(request.actor, "unit.switch")
    if request.method == "POST":
        feature, state = plain_text(request.POST, "feature"), plain_text(request.POST, "state")
        head = queries.find(plain_text(request.POST, "head"))
        switches.turn(by=request.actor, at=request.at, feature=feature, head=head, state=state)
        messages.success(
            request,
            f"{switches.FEATURES[feature]} below {head.name}: {switches.STATES[state]}. Nothing was deleted.",
        )
        return redirect("units")
    found = [
        (
            unit,
            [
                (feature, name, unit.states[feature], unit.on[feature])
                for feature, name in switches.FEATURES.items()
            ],
        )
        for unit in switches.units(request.actor)
    ]
    context = {"units": found, "features": switches.FEATURES, "states": switches.STATES.items()}
    return render(request, "settings/units.html", context)

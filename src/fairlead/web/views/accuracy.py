"""How good the estimate was: one's own past at once, and what was stored beside what came."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from fairlead.calls import queries
from fairlead.people import access
from fairlead.web import charts, numbers
from fairlead.web.middleware import AskingRequest, signed_in


@dataclass(frozen=True, slots=True)
class Past:
    """One replayed period with its drawing; ``inside`` = the result lay in the range of 8 in 10."""

    period: queries.PastPeriod
    glyph: charts.Chart
    inside: bool


@signed_in
@require_safe
def accuracy(request: AskingRequest) -> HttpResponse:
    access.require(request.actor, "accuracy.read")
    past = queries.own_past(request.actor, request.at)
    lines = [
        Past(one, numbers.glyph_past(one), one.p10 <= one.actual <= one.p90)
        for one in (past.periods if past else ())
    ]
    context = {
        "past": past,
        "lines": lines,
        "unit": numbers.unit(),
        "waits": past is None and queries.past_waits(request.actor, request.at),
        "first": "first" in request.GET,
    }
    return render(request, "accuracy/accuracy.html", context)

"""What was said of one person's number in a period: own calls and overlays in the order of time."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from fairlead.calls import queries, rules
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.web import downloads, numbers
from fairlead.web.middleware import AskingRequest, signed_in
from fairlead.web.views.grids import Money

_COLUMNS = "at kind category amount moved base note by typed_by person period".split()


@signed_in
@require_safe
def said(request: AskingRequest, public_id: str) -> HttpResponse:
    """The history of one person's number (``?period=2026Q4``, ``?type=renewals``)."""
    kind = numbers.type_of(request)
    found = _found(request, public_id, kind)
    context = {
        "found": found,
        "mine": found.person.id == request.actor.id,
        "periods": queries.periods_around(request.at, back=4, ahead=1),
        "unit": numbers.unit(kind),
        "kind": kind,
        "may_export": access.may(request.actor, "export.run"),
    }
    return render(request, "call/said.html", context)


@signed_in
@require_safe
def as_csv(request: AskingRequest, public_id: str) -> Any:
    """The same lines as a file, money in major units."""
    access.require(request.actor, "export.run")
    kind = numbers.type_of(request)
    found = _found(request, public_id, kind)
    major = Money(found.currency, kind)
    rows = [
        [
            line.at, line.kind, line.category, major(line.amount), major(line.moved), major(line.base), line.note,
            line.by, line.typed_by, found.person.name, found.period.name,
        ]
        for line in found.lines
    ]  # fmt: skip
    return downloads.as_csv(
        f"said-{found.person.public_id}-{found.period.name}{f'-{kind.key}' if kind else ''}", _COLUMNS, rows
    )


def _found(request: AskingRequest, public_id: str, kind: rules.Kind | None) -> queries.SaidOf:
    person = people.find(public_id)
    type = kind.key if kind else ""
    return queries.said_of(request.actor, person.pk, numbers.period_of(request), request.at, type)

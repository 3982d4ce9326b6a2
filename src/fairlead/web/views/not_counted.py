"""What stands in no sum, by reason, and the categories of stages that have none."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from fairlead.deals import actions, lookups
from fairlead.deals import queries as deals
from fairlead.people import access, queries
from fairlead.web.categories import OPEN_CATEGORIES
from fairlead.web.middleware import AskingRequest, signed_in
from fairlead.web.views.deals import Line, line_of, today_of, unit_for


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
    today = today_of(request)
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
    today = today_of(request)
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

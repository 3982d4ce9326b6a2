"""The assessment of a team: a page, on paper, and as a PDF."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from fairlead.assessment import queries
from fairlead.assessment.rules import Finding
from fairlead.forecasting import periods
from fairlead.people import queries as people
from fairlead.people.workdays import day_words
from fairlead.web import formats, paper
from fairlead.web.middleware import AskingRequest, signed_in


@signed_in
@require_safe
def listing(request: AskingRequest) -> HttpResponse:
    """The teams one may read about; straight to the only one."""
    found = queries.teams(request.actor, request.at)
    if len(found) == 1:
        return redirect("assessment", found[0].public_id)
    return render(request, "assessment/list.html", {"teams": found})


@signed_in
@require_safe
def one(request: AskingRequest, public_id: str) -> HttpResponse:
    """One team."""
    page = queries.page(request.actor, public_id, request.at)
    context = {
        "page": page,
        "sections": [(one, [(item, _url(item)) for item in one.findings]) for one in page.sections],
        "talks": [(item, _url(item)) for item in page.talks],
    }
    return render(request, "assessment/assessment.html", context)


def _url(item: Finding) -> str:
    return reverse(item.page, args=item.of)


@signed_in
@require_safe
def pdf(request: AskingRequest, public_id: str) -> HttpResponse:
    """The same as a PDF; ``?paper=letter`` for the other size. Raises Refused ``no_font``."""
    page = queries.page(request.actor, public_id, request.at)
    size = request.GET.get("paper", "a4")
    today = people.house().day(request.at)
    facts = {
        "title": f"{page.lead.team or page.lead.name}: an assessment",
        "under": f"{page.lead.name}, {formats.count(page.team, 'person', 'people')} reporting. "
        f"{periods.period_words(page.period)}, as of {day_words(today)} {today.year}. Read by {request.actor.name}.",
        "talks": [item.talk for item in page.talks],
        "sections": [
            {"title": one.title, "sentences": [item.words for item in one.findings]} for one in page.sections
        ],
        "left": ", ".join(page.left_out),
    }
    answer = HttpResponse(
        paper.assessment(facts, size if size in paper.PAPERS else "a4"), content_type="application/pdf"
    )
    answer["Content-Disposition"] = 'inline; filename="team-assessment.pdf"'
    return answer

"""Looks: the register, one look with its counter-evidence first, and a look at a role's targets."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fairlead.diagnoses import queries as diagnoses
from fairlead.forecasting import periods
from fairlead.looks import actions, queries, rules, wording
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.records import queries as records
from fairlead.records import reads
from fairlead.standing import queries as standing
from fairlead.watch import queries as watch
from fairlead.web import charts, formats, numbers
from fairlead.web.given import plain_text, whole
from fairlead.web.middleware import AskingRequest, signed_in


@signed_in
@require_safe
def register(request: AskingRequest) -> HttpResponse:
    """Own looks, those at direct reports, roles, what is past its day below, and HR's register."""
    actor = request.actor
    queries.require_any(actor)
    leads, hr = access.may(actor, "look.decide"), access.may(actor, "look.register")
    context = {
        "mine": queries.mine(actor, request.at) if access.may(actor, "look.read") else [],
        "reports": queries.of_reports(actor, request.at) if leads else [],
        "roles": queries.role_looks(actor, request.at) if access.may(actor, "role_look.read") else [],
        "overdue": queries.overdue_below(actor, request.at) if access.may(actor, "look.status") else [],
        "register": _registered(request) if hr else [],
        "below": diagnoses.statuses_below(actor, request.at) if access.may(actor, "diagnosis.status") else [],
        "complete": queries.complete(actor, request.at) if hr else None,
        "leads": leads,
        "hr": hr,
        "states": wording.STATES,
        "today": people.house().day(request.at),
    }
    return render(request, "looks/register.html", context)


def _registered(request: AskingRequest) -> list[tuple[queries.Status, diagnoses.Registered | None]]:
    """HR's register, each look with its diagnosis."""
    known = diagnoses.register(request.actor)
    return [(one, known.get(one.look)) for one in queries.register(request.actor, request.at)]


@signed_in
@require_safe
def one(request: AskingRequest, public_id: str) -> HttpResponse:
    """One look, the same for the seller and the manager."""
    return _one(request, public_id, {}, "")


def _one(request: AskingRequest, public_id: str, values: dict[str, str], error: str) -> HttpResponse:
    page = queries.one(request.actor, public_id, request.at)
    reads.note(
        actor=request.actor,
        at=request.at,
        kind="look",
        subject=page.line.person.id,
        public_id=page.line.public_id,
    )
    facts = page.line.facts
    bars = [(periods.period_words(one["name"]), one["percent"] or 0) for one in facts["quarters"]]
    context = {
        "page": page,
        "line": page.line,
        "diagnoses": diagnoses.of_look(request.actor, public_id, request.at),
        "facts": facts,
        "points": wording.counter_evidence(facts, formats.thousands),
        "plot": charts.attainment(bars, facts["line"]),
        "compared": standing.compared(request.actor, page.line.person.id, request.at),
        "unit": numbers.unit(),
        "steps": [
            (step, who, wording.reason(step.reason), step.number in page.line.standing.undone)
            for step, who in page.steps
        ],
        "state": wording.STATES[page.line.state],
        "waiver": wording.reason(page.line.standing.waiver.reason) if page.line.standing.waiver else "",
        "reasons": wording.REASONS.items(),
        "values": values,
        "error": error,
        "longest": rules.LONGEST,
        "watched": page.side == "manager" and watch.watched(request.actor, page.line.person.id, request.at),
        "reads": records.reads_of_me(request.actor, thing=public_id) if page.side == "person" else None,
    }
    return render(request, "looks/look.html", context, status=422 if error else 200)


@signed_in
@require_POST
def act(request: AskingRequest, public_id: str) -> HttpResponse:
    """Answer, close with a reason, or take that back."""
    values = {name: plain_text(request.POST, name).strip() for name in ("act", "words", "reason", "after")}
    queries.found(request.actor, public_id, request.at)
    try:
        actions.act(
            by=request.actor, at=request.at, look=public_id, kind=values["act"], words=values["words"],
            reason=values["reason"], after=int(whole(values["after"], -1)),
        )  # fmt: skip
    except access.Refused as refusal:
        return _one(request, public_id, values, refusal.sentence)
    done = {
        "answered": "Sent. It stands in the look as you wrote it, and nobody else can change it.",
        "waived": "Closed with your reason. The person is told.",
        "undone": "Taken back. The look waits for a decision again.",
    }
    messages.success(request, done[values["act"]])
    return redirect("look", public_id)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def role(request: AskingRequest, public_id: str) -> HttpResponse:
    """A look at a role's target and territory, and its decision."""
    page = queries.role_look(request.actor, public_id, request.at)
    values = {name: plain_text(request.POST, name).strip() for name in ("about", "words", "after")}
    error = ""
    if request.method == "POST":
        try:
            actions.decide_role(
                by=request.actor, at=request.at, look=public_id, about=values["about"], words=values["words"],
                after=int(whole(values["after"], -1)),
            )  # fmt: skip
        except access.Refused as refusal:
            error = refusal.sentence
        else:
            messages.success(request, "Decided. HR reads it in the register.")
            return redirect("role_look", public_id)
    context = {
        "page": page, "row": page.row, "values": values, "error": error, "abouts": wording.ABOUTS.items(),
        "about": dict(wording.ABOUTS), "unit": numbers.unit(), "longest": rules.LONGEST,
        "decisions": [(one, who, wording.ABOUTS[one.about]) for one, who in page.decisions],  # type: ignore[index]
    }  # fmt: skip
    return render(request, "looks/role.html", context, status=422 if error else 200)

"""What reps know: written down, shown in a teach-back, assessed, and cited where a live plan uses it."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fairlead.enablement import actions, queries, rules, wording
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.web.given import day_or_none, plain_text
from fairlead.web.middleware import AskingRequest, signed_in

_FIELDS = ("kind", "title", "about", "learnt", "sources", "on", "assessor")


def _words() -> dict[str, object]:
    return {
        "kinds": rules.KNOWN,
        "rubric": rules.RUBRIC.items(),
        "grades": rules.GRADES,
        "shapes": wording.GRADE_SHAPES,
    }


@signed_in
@require_safe
def listing(request: AskingRequest) -> HttpResponse:
    """What the reader wrote down, and what the direct reports did."""
    page = queries.known_by(request.actor, request.at)
    context = _words() | {
        "page": page,
        "seller": access.may(request.actor, "knowledge.keep"),
        "team": queries.team_known(request.actor, request.at),
        "to_assess": [
            one
            for one in queries.all_to_assess(request.actor, request.at)
            if not (one.grades or one.declined)
        ],
    }
    return render(request, "enablement/known.html", context)


@signed_in
@require_safe
def of_person(request: AskingRequest, public_id: str) -> HttpResponse:
    """What a direct report wrote down."""
    page = queries.known_by(request.actor, request.at, public_id)
    if page.mine:
        return redirect("known")
    return render(request, "enablement/known_of.html", _words() | {"page": page})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: AskingRequest) -> HttpResponse:
    """Write down what one learnt or showed."""
    access.require(request.actor, "knowledge.keep")
    today = people.house().day(request.at)
    typed = {"kind": plain_text(request.GET, "kind") or "account", "about": plain_text(request.GET, "about")}
    return _form(request, None, typed | {"on": today.isoformat()})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: AskingRequest, public_id: str) -> HttpResponse:
    """The next version of something one wrote down."""
    access.require(request.actor, "knowledge.keep")
    line = queries.one_known(request.actor, public_id, request.at)
    if line.id not in {one.id for one in queries.known_by(request.actor, request.at).lines}:
        raise access.NotFound("knowledge")
    typed = {
        "kind": line.kind, "title": line.title, "about": line.about, "learnt": line.learnt, "sources": line.sources,
        "on": line.on.isoformat(), "assessor": line.assessor_id,
    }  # fmt: skip
    return _form(request, line, typed)


def _form(request: AskingRequest, line: queries.KnownLine | None, typed: dict[str, str]) -> HttpResponse:
    error = ""
    if request.method == "POST":
        typed = {name: plain_text(request.POST, name) for name in _FIELDS}
        given = rules.Known(
            line.kind if line else typed["kind"], typed["title"], typed["about"], typed["learnt"], typed["sources"],
            day_or_none(typed["on"]),
        )  # fmt: skip
        try:
            actions.keep_known(
                by=request.actor, at=request.at, given=given, known=line.public_id if line else "",
                assessor=typed["assessor"],
            )  # fmt: skip
        except access.Refused as refusal:
            error = refusal.sentence
        else:
            messages.success(request, "Written down. It is credited where a live plan cites it.")
            return redirect("known")
    context = _words() | {
        "line": line,
        "typed": typed,
        "error": error,
        "people": [one for one in queries.here(request.at) if one.pk != request.actor.person],
        "today": people.house().day(request.at),
        "longest": rules.LONGEST,
        "longest_name": rules.LONGEST_NAME,
        "longest_text": rules.LONGEST_TEXT,
    }
    return render(request, "enablement/know.html", context, status=422 if error else 200)


@signed_in
@require_POST
def withdraw(request: AskingRequest, public_id: str) -> HttpResponse:
    """Take something off one's list."""
    actions.withdraw_known(by=request.actor, at=request.at, known=public_id)
    messages.success(request, "Taken off. No plan cites it any more.")
    return redirect("known")


@signed_in
@require_safe
def assessments(request: AskingRequest) -> HttpResponse:
    """The teach-backs one was asked to assess."""
    context = _words() | {"lines": queries.all_to_assess(request.actor, request.at)}
    return render(request, "enablement/assessments.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def assess(request: AskingRequest, public_id: str) -> HttpResponse:
    """One teach-back, part by part in words."""
    one = queries.to_assess(request.actor, public_id, request.at)
    said, words, error = dict(one.grades), one.words, ""
    if request.method == "POST":
        said = {part: plain_text(request.POST, part) for part in rules.RUBRIC}
        words = plain_text(request.POST, "words")
        try:
            actions.assess(
                by=request.actor, at=request.at, known=public_id, grades=said, words=words,
                decline=plain_text(request.POST, "act") == "decline",
            )  # fmt: skip
        except access.Refused as refusal:
            error = refusal.sentence
        else:
            messages.success(request, f"Said. {one.person} is told.")
            return redirect("assessments")
    context = _words() | {"one": one, "said": said, "words": words, "error": error, "longest": rules.LONGEST}
    return render(request, "enablement/assess.html", context, status=422 if error else 200)


@signed_in
@require_POST
def cite(request: AskingRequest, public_id: str) -> HttpResponse:
    """Cite what the owner knows at a place of the plan, or no more."""
    access.require(request.actor, "plan.write")
    on = plain_text(request.POST, "act") != "remove"
    try:
        actions.cite(
            by=request.actor, at=request.at, deal=public_id, known=plain_text(request.POST, "known"),
            material=plain_text(request.POST, "material"), where=plain_text(request.POST, "where"), on=on,
        )  # fmt: skip
    except access.Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, "The plan cites it." if on else "The plan does not cite it any more.")
    return redirect("plan", public_id)

"""The library of material made by peers and others, gaps of guidance, and the support statement."""

from __future__ import annotations

from collections.abc import Mapping

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fairlead.enablement import actions, catalogue, library, queries, rules, statement
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.qualification import rules as files
from fairlead.web import uploads
from fairlead.web.given import plain_text, whole
from fairlead.web.middleware import AskingRequest, signed_in

_FIELDS = ("title", "what", "kind", "product", "role", "link", "made_by", "after", "answers_gaps")


@signed_in
@require_safe
def listing(request: AskingRequest) -> HttpResponse:
    """The library with search and filters."""
    words, kind, product, role = (
        plain_text(request.GET, name)[:100] for name in ("q", "kind", "product", "role")
    )
    wanted = library.Wanted(words, kind, product, role, bool(plain_text(request.GET, "peers")))
    pieces = library.search(request.actor, request.at, wanted)
    context = {
        "pieces": pieces,
        "wanted": wanted,
        "filtered": wanted != library.Wanted(),
        "kinds": rules.KINDS,
        "products": catalogue.products(),
        "gaps": access.may(request.actor, "guidance.read") or access.may(request.actor, "guidance.counts"),
    }
    return render(request, "enablement/library.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: AskingRequest) -> HttpResponse:
    """Add material."""
    access.require(request.actor, "material.add")
    return _form(request, None, {"made_by": people.node(request.actor.id).public_id})


@signed_in
@require_safe
def piece(request: AskingRequest, public_id: str) -> HttpResponse:
    """One piece of material."""
    found = library.one_piece(request.actor, public_id, request.at)
    context = {
        "one": found,
        "past": library.past(request.actor, public_id),
        "kind": rules.KINDS[found.kind],
        "mine": found.made_by_id == people.node(request.actor.id).public_id,
        "answers": not found.retired and access.may(request.actor, "catalogue.keep"),
    }
    return render(request, "enablement/piece.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: AskingRequest, public_id: str) -> HttpResponse:
    """The next version of one's own material."""
    found = library.one_piece(request.actor, public_id, request.at)
    if not found.may:
        raise access.NotFound("material of yours")
    typed = {
        "title": found.title, "what": found.what, "kind": found.kind, "product": found.product, "role": found.role,
        "link": found.link, "made_by": found.made_by_id, "after": str(found.number),
    }  # fmt: skip
    return _form(request, found, typed)


def _form(request: AskingRequest, found: library.Piece | None, typed: Mapping[str, str]) -> HttpResponse:
    error = ""
    if request.method == "POST":
        typed = {name: plain_text(request.POST, name) for name in _FIELDS}
        given = rules.Offered(*(typed[name] for name in ("title", "what", "kind", "product", "role", "link")))
        try:
            row = actions.keep_material(
                by=request.actor, at=request.at, given=given, made_by=typed["made_by"],
                material=found.public_id if found else "", file=uploads.sent_file(request, "Give a link to it."),
                answers_gaps=bool(typed["answers_gaps"]), after=whole(typed["after"], None) if found else None,
            )  # fmt: skip
        except access.Refused as refusal:
            error = refusal.sentence
        else:
            words = "It is in the library."
            if typed["answers_gaps"]:
                words += " Whoever had to work something like it out alone is told, and says whether it answers it."
            messages.success(request, words)
            return redirect("material", row.material.public_id)
    context = {
        "one": found,
        "typed": typed,
        "error": error,
        "kinds": rules.KINDS,
        "products": catalogue.products(),
        "people": library.makers(request.at),
        "longest": rules.LONGEST,
        "longest_name": rules.LONGEST_NAME,
        "accept": ",".join(f".{ending}" for ending in files.KINDS),
        "accepted": files.ACCEPTED,
        "file_limit": files.megabytes(settings.EVIDENCE_LIMIT),
        "file_again": bool(error) and (bool(request.FILES) or uploads.was_too_large(request)),
    }
    return render(request, "enablement/piece_form.html", context, status=422 if error else 200)


@signed_in
@require_POST
def act(request: AskingRequest, public_id: str) -> HttpResponse:
    """Thank, take the thanks back, say that it answers what was missing, or take the material out."""
    access.require(request.actor, "material.add")
    what = plain_text(request.POST, "act")
    try:
        if what == "retire":
            actions.retire_material(by=request.actor, at=request.at, material=public_id)
            messages.success(request, "It is out of the library.")
            return redirect("library")
        if what == "answers":
            actions.accept_answers(by=request.actor, at=request.at, material=public_id)
            messages.success(request, "Said. Whoever told that something like it was missing is told.")
            return redirect("material", public_id)
        actions.thank(by=request.actor, at=request.at, material=public_id, on=what != "unthank")
    except access.Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, "Taken back." if what == "unthank" else "Thanked. Whoever made it is told.")
    return redirect("material", public_id)


# Gaps


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def gaps(request: AskingRequest) -> HttpResponse:
    """What reps had to work out alone: told here; counts for sales operations."""
    page = library.gaps(request.actor, request.at)
    typed, error = {"kind": "", "product": "", "words": ""}, ""
    if request.method == "POST":
        access.require(request.actor, "guidance.tell")
        typed = {name: plain_text(request.POST, name) for name in typed}
        try:
            actions.tell_gap(by=request.actor, at=request.at, **typed)
        except access.Refused as refusal:
            error = refusal.sentence
        else:
            messages.success(request, "Told. You are told when an answer is proposed.")
            return redirect("guidance")
    context = {
        "page": page,
        "typed": typed,
        "error": error,
        "tells": access.may(request.actor, "guidance.tell"),
        "leads": access.may(request.actor, "guidance.read"),
        "kinds": rules.KINDS,
        "steps": rules.GAP_STEPS,
        "products": catalogue.products(),
        "longest": rules.LONGEST,
        "enough": rules.ENOUGH,
    }
    return render(request, "enablement/gaps.html", context, status=422 if error else 200)


@signed_in
@require_POST
def gap_step(request: AskingRequest, public_id: str) -> HttpResponse:
    """Say that a gap is answered, that it is still open, or withdraw it."""
    access.require(request.actor, "guidance.tell")
    try:
        actions.step_gap(
            by=request.actor, at=request.at, gap=public_id, kind=plain_text(request.POST, "act"),
            answer=plain_text(request.POST, "answer"),
        )  # fmt: skip
    except access.Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, "Said.")
    return redirect("guidance")


# The support statement


@signed_in
@require_safe
def statements(request: AskingRequest) -> HttpResponse:
    """The support statements that were issued."""
    context = {
        "lines": statement.issued(request.actor),
        "issues": access.may(request.actor, "statement.issue"),
    }
    return render(request, "enablement/statements.html", context)


@signed_in
@require_safe
def one_statement(request: AskingRequest, public_id: str) -> HttpResponse:
    """One statement, to be read or printed."""
    found = statement.one(request.actor, public_id)
    return render(request, "enablement/statement.html", {"one": found})


@signed_in
@require_safe
def statement_text(request: AskingRequest, public_id: str) -> HttpResponse:
    """The text of a statement, the same inside and outside."""
    found = statement.one(request.actor, public_id)
    response = HttpResponse(found.text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="support-{found.year}-{found.number}.txt"'
    return response


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def issue(request: AskingRequest) -> HttpResponse:
    """Choose year, unit and role, read what it would say, and issue exactly that."""
    access.require(request.actor, "statement.issue")
    source = request.POST if request.method == "POST" else request.GET
    typed = {name: plain_text(source, name) for name in ("year", "unit", "role", "supporters", "why", "seen")}
    year = whole(typed["year"], people.house().day(request.at).year)
    made, error = None, ""
    asked = {
        "year": year, "unit": typed["unit"], "role": typed["role"], "supporters": whole(typed["supporters"], -1),
    }  # fmt: skip
    try:
        if request.method == "POST":
            row = statement.issue(
                by=request.actor,
                at=request.at,
                seen=typed["seen"],
                why=typed["why"],
                **asked,  # type: ignore[arg-type]
            )
            messages.success(request, "Issued. It is never changed; a correction is a new version.")
            return redirect("support_statement", row.public_id)
    except access.Refused as refusal:
        error = refusal.sentence
    try:
        if "supporters" in source:
            made = statement.drafted(by=request.actor, at=request.at, **asked)  # type: ignore[arg-type]
    except access.Refused as refusal:
        error = error or refusal.sentence
    known = [line for line in statement.issued(request.actor) if made and (line.year, line.unit, line.role) == (
        made.year, made.unit, made.role)]  # fmt: skip
    context = {
        "typed": typed | {"year": str(year)},
        "made": made,
        "error": error,
        "corrects": known[0] if known else None,
        "units": statement.units(request.actor),
        "roles": queries.roles_in_use(request.at),
        "years": [people.house().day(request.at).year - back for back in range(6)],
        "longest": rules.LONGEST,
    }
    return render(request, "enablement/issue.html", context, status=422 if error else 200)

"""What one is owed, what a team is owed, and what one answers for: delivered, rated, taken back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fairlead.enablement import actions, catalogue, queries, rules, wording
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.qualification import rules as files
from fairlead.web import downloads, formats, uploads
from fairlead.web.downloads import Cell
from fairlead.web.given import day, plain_text
from fairlead.web.middleware import AskingRequest, signed_in


@dataclass(frozen=True, slots=True)
class Shown:
    """A line with its shape and words."""

    line: queries.OwedLine
    shape: str
    word: str
    rating: str


def shown(line: queries.OwedLine) -> Shown:
    shape, word = wording.STATES[line.state]
    if line.days_late:
        word = f"{formats.count(line.days_late, 'day')} late"
    return Shown(line, shape, word, rules.RATINGS.get(line.rating, ""))


@signed_in
@require_safe
def mine(request: AskingRequest) -> HttpResponse:
    """What the reader is owed; a manager's team, with what is late first."""
    access.require(request.actor, "owed.read")
    return _mine(request)


def _mine(
    request: AskingRequest, error: str = "", typed: Mapping[str, str] | None = None, status: int = 200
) -> HttpResponse:
    page = queries.mine(request.actor, request.at)
    team = queries.of_reports(request.actor, request.at)
    seller = access.Role.REP in request.actor.roles
    context = {
        "page": page,
        "open": [shown(one) for one in page.lines if one.state in ("late", "due")],
        "done": [shown(one) for one in page.lines if one.state in ("delivered", "waived")],
        "seller": seller,
        "team": [(row, [shown(one) for one in row.late]) for row in team],
        "kinds": rules.KINDS,
        "ratings": rules.RATINGS.items(),
        "error": error,
        "typed": typed or {},
        "answers": queries.answers_for_any(request.actor.id),
        "longest": rules.LONGEST,
    }
    return render(request, "enablement/owed.html", context, status=status)


@signed_in
@require_safe
def of_person(request: AskingRequest, public_id: str) -> HttpResponse:
    """What a direct report is owed."""
    page = queries.of_person(request.actor, public_id, request.at)
    if page.mine:
        return redirect("owed")
    context = {
        "page": page,
        "open": [shown(one) for one in page.lines if one.state in ("late", "due")],
        "done": [shown(one) for one in page.lines if one.state in ("delivered", "waived")],
        "kinds": rules.KINDS,
        "ratings": rules.RATINGS.items(),
        "longest": rules.LONGEST,
    }
    return render(request, "enablement/owed_of.html", context)


@signed_in
@require_safe
def team_csv(request: AskingRequest) -> HttpResponse:
    """What the team is owed, or the reader, as a file."""
    access.require(request.actor, "owed.read")
    head = "person role product kind item answers_for_it due state days_late delivered_on rating".split()

    def rows() -> list[list[Cell]]:
        own = queries.mine(request.actor, request.at)
        every = [(own.role, line) for line in own.lines]
        every += [
            (row.role, line) for row in queries.of_reports(request.actor, request.at) for line in row.lines
        ]
        return [
            [
                line.person.name, role, line.item.product, line.item.kind, line.item.what, line.owner.name, line.due_on,
                line.state, line.days_late, line.delivered.on if line.delivered else None, line.rating,
            ]
            for role, line in every
        ]  # fmt: skip

    return downloads.as_csv(f"owed-{people.house().day(request.at)}", head, rows())  # type: ignore[return-value]


@signed_in
@require_POST
def step(request: AskingRequest, public_id: str) -> HttpResponse:
    """Rate a delivery, say that one did not get it, or take one's own word back."""
    access.require(request.actor, "owed.deliver")
    given = {name: plain_text(request.POST, name) for name in ("act", "rating", "words")} | {"of": public_id}
    try:
        if given["act"] == "rate":
            actions.rate(
                by=request.actor,
                at=request.at,
                delivery=public_id,
                rating=given["rating"],
                words=given["words"],
            )
            messages.success(request, "Said. Who answers for it reads it; your manager reads no words.")
            return redirect("owed")
        undone = actions.undeliver(by=request.actor, at=request.at, delivery=public_id, words=given["words"])
    except access.Refused as refusal:
        return _mine(request, refusal.sentence, given, 422)
    messages.success(request, "Taken back. It is owed again.")
    return redirect("owed" if undone.person_id == request.actor.person else "owe")


@signed_in
@require_safe
def file(request: AskingRequest, public_id: str) -> HttpResponse:
    """A file that shows a delivery."""
    access.require(request.actor, "owed.deliver")
    found, kind, data = queries.file(request.actor, public_id, request.at)
    return downloads.as_file(found.name, kind, data)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def sells(request: AskingRequest, public_id: str) -> HttpResponse:
    """Which products a seller sells, since when."""
    access.require(request.actor, "sells.keep")
    said = queries.sells_said(request.actor, public_id)
    whom = people.find(public_id)
    names = catalogue.products()
    chosen = (
        request.POST.getlist("products") if request.method == "POST" else said[0][1] if said else list(names)
    )
    error, starts = "", plain_text(request.POST, "starts_on")
    if request.method == "POST":
        try:
            actions.set_sells(
                by=request.actor, at=request.at, person=public_id, products=chosen, starts_on=day(starts)
            )
        except access.Refused as refusal:
            error = refusal.sentence
        else:
            messages.success(request, f"Kept. {whom.name} is told.")
            return redirect("owed_sells", public_id)
    context = {
        "whom": whom,
        "said": said,
        "products": names,
        "chosen": chosen,
        "starts_on": starts,
        "error": error,
        "today": people.house().day(request.at),
        "reads": people.may_on(request.actor, "owed.read", whom.pk)
        if access.may(request.actor, "owed.read")
        else False,
    }
    return render(request, "enablement/sells.html", context, status=422 if error else 200)


# What one answers for


@signed_in
@require_safe
def owe(request: AskingRequest) -> HttpResponse:
    """The items one answers for, with how many it is owed to, what is late first."""
    page = queries.owe(request.actor, request.at)
    context = {"page": page, "kinds": rules.KINDS, "late": sum(one.late for one in page.items)}
    return render(request, "enablement/owe.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def owe_item(request: AskingRequest, public_id: str) -> HttpResponse:
    """One item: to whom it is owed; delivered to some or to all of them at once."""
    access.require(request.actor, "owed.deliver")
    one = _mine_to_deliver(request, public_id)
    typed = {"on": people.house().day(request.at).isoformat(), "words": "", "link": ""}
    chosen, error = [line.person.public_id for line in one.open], ""
    if request.method == "POST":
        typed = {name: plain_text(request.POST, name) for name in typed}
        chosen = request.POST.getlist("persons")
        try:
            made = actions.deliver(
                by=request.actor, at=request.at, item=public_id, persons=chosen, on=day(typed["on"]),
                words=typed["words"], link=typed["link"], file=uploads.sent_file(request),
                answers_gaps=bool(plain_text(request.POST, "answers_gaps")),
            )  # fmt: skip
        except access.Refused as refusal:
            error = refusal.sentence
        else:
            messages.success(
                request, f"Delivered to {formats.count(len(made), 'person', 'people')}. They are told."
            )
            return redirect("owe_item", public_id)
    context = {
        "one": one,
        "open": [shown(line) for line in one.open],
        "done": [shown(line) for line in one.done],
        "kind": rules.KINDS[one.item.kind],
        "typed": typed,
        "chosen": chosen,
        "error": error,
        "today": people.house().day(request.at),
        "longest": rules.LONGEST,
        "accept": ",".join(f".{ending}" for ending in files.KINDS),
        "accepted": files.ACCEPTED,
        "file_limit": files.megabytes(settings.EVIDENCE_LIMIT),
        "file_again": bool(error) and (bool(request.FILES) or uploads.was_too_large(request)),
    }
    return render(request, "enablement/owe_item.html", context, status=422 if error else 200)


def _mine_to_deliver(request: AskingRequest, public_id: str) -> queries.OweItem:
    page = queries.owe(request.actor, request.at)
    found = next((one for one in page.items if one.public_id == public_id), None)
    if found is None:
        raise access.NotFound("item you answer for")
    return found

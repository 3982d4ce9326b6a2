"""Cases: HR opens one with a reason, another partner confirms it, those concerned see it, who opened it reads by it."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fairlead.cases import actions, queries, rules
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.records import queries as records
from fairlead.records import reads
from fairlead.web.given import day_or_none, plain_text
from fairlead.web.middleware import AskingRequest, signed_in
from fairlead.web.views.agreements import fresh

_FIELDS = ("first", "last", "until", "reason", "key")
_SAID = {
    "confirmed": "Confirmed. It runs from now on, and those concerned are told.",
    "declined": "Declined. Nothing is read by it, and nobody it was about is told.",
    "closed": "Closed. Nothing is read by it any more.",
}


@signed_in
@require_safe
def listing(request: AskingRequest) -> HttpResponse:
    """Every case of HR's units."""
    access.require(request.actor, queries.OPEN)
    return render(request, "cases/list.html", {"lines": queries.register(request.actor, request.at)})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: AskingRequest, public_id: str) -> HttpResponse:
    """Open a case about one person."""
    whose = records.whose(request.actor, public_id, queries.OPEN)
    today = people.house().day(request.at)
    values: Mapping[str, str] = {"last": today.isoformat(), "key": fresh()}
    chosen, error = [], ""
    if request.method == "POST":
        values = {name: plain_text(request.POST, name).strip() for name in _FIELDS}
        chosen = [str(one) for one in request.POST.getlist("what")]
        asked = rules.Asked(
            tuple(chosen), day_or_none(values["first"]), day_or_none(values["last"]), day_or_none(values["until"]),
            values["reason"],
        )  # fmt: skip
        try:
            case = actions.open_case(
                by=request.actor,
                at=request.at,
                person=public_id,
                asked=asked,
                key=values["key"][:64] or fresh(),
            )
        except access.Refused as refusal:
            error = refusal.sentence
        else:
            told = (
                f"{whose.name} and the manager are told."
                if not case.second
                else "Another HR partner is asked."
            )
            messages.success(request, f"The case is opened. {told}")
            return redirect("case", case.public_id)
    context = {
        "whose": whose, "values": values, "error": error, "longest": rules.LONGEST, "today": today,
        "whats": [(key, says, key in chosen) for key, says in rules.WHATS.items()], "most": rules.MOST_DAYS,
    }  # fmt: skip
    return render(request, "cases/new.html", context, status=422 if error else 200)


@signed_in
@require_safe
def one(request: AskingRequest, public_id: str) -> HttpResponse:
    """One case: for HR with its reason, for those concerned without."""
    return _one(request, public_id, "", "")


def _one(request: AskingRequest, public_id: str, words: str, error: str) -> HttpResponse:
    line, hr = queries.one(request.actor, public_id, request.at)
    context = {"line": line, "hr": hr, "words": words, "error": error, "longest": rules.LONGEST}
    return render(request, "cases/one.html", context, status=422 if error else 200)


@signed_in
@require_POST
def act(request: AskingRequest, public_id: str) -> HttpResponse:
    """Confirm, decline or close a case."""
    queries.row_of(request.actor, public_id)
    kind, words = plain_text(request.POST, "act"), plain_text(request.POST, "words").strip()
    try:
        if kind == "closed":
            actions.close(by=request.actor, at=request.at, case=public_id, words=words)
        else:
            actions.answer(by=request.actor, at=request.at, case=public_id, kind=kind, words=words)
    except access.Refused as refusal:
        return _one(request, public_id, words, refusal.sentence)
    messages.success(request, _SAID[kind])
    return redirect("case", public_id)


@signed_in
@require_safe
def read(request: AskingRequest, public_id: str) -> HttpResponse:
    """What a case reads. For everybody whose words these are it is noted, before anything is shown."""
    page = queries.content(request.actor, public_id, request.at)
    for person in page.whose:
        reads.note(actor=request.actor, at=request.at, kind="case", subject=person, public_id=public_id)
    return render(request, "cases/read.html", {"page": page, "line": page.line})

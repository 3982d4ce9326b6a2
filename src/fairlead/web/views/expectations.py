"""What to expect of a period: writing, signing, not agreeing, reading every version."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fairlead.calls import queries as calls
from fairlead.expectations import actions, queries
from fairlead.people import access
from fairlead.web import formats, numbers
from fairlead.web.given import whole
from fairlead.web.middleware import AskingRequest, signed_in


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed in a form that was refused, and why."""

    number: str = ""
    assumptions: str = ""
    risks: str = ""
    reason: str = ""
    error: str = ""


@signed_in
@require_safe
def listing(request: AskingRequest) -> HttpResponse:
    access.require(request.actor, "expectation.read")
    period = numbers.period_of(request)
    context = {
        "rows": queries.listing(request.actor, period, request.at),
        "period": period,
        "periods": calls.periods_around(request.at, back=4, ahead=1),
        "unit": numbers.unit(),
    }
    return render(request, "expectations/list.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: AskingRequest) -> HttpResponse:
    """The form for a new version; posting writes it, still unsigned and unseen."""
    access.require(request.actor, "expectation.write")
    if request.method != "POST":
        return _form(request)
    person, given = numbers.whose(request), request.POST
    typed = Typed(
        given.get("number", ""), given.get("assumptions", ""), given.get("risks", ""), given.get("reason", "")
    )
    after = given.get("after_version", "")
    try:
        row = actions.write(
            by=request.actor,
            at=request.at,
            person=person,
            period=numbers.period_of(request),
            expected_minor=numbers.typed(typed.number),
            assumptions=typed.assumptions,
            risks=typed.risks,
            reason=typed.reason,
            after_version=whole(after, 0),
        )
    except access.Refused as refusal:
        kept = Typed(typed.number, typed.assumptions, typed.risks, typed.reason, refusal.sentence)
        return _form(request, kept, 422)
    messages.success(request, f"Version {row.version} is written. Read it once more, then sign it.")
    return redirect("expectation", row.public_id)


def _form(request: AskingRequest, typed: Typed | None = None, status: int = 200) -> HttpResponse:
    person, period = numbers.whose(request), numbers.period_of(request)
    found = queries.proposal(request.actor, person.pk, period, request.at)
    start = Typed(numbers.plain(found.expected), found.assumptions, found.risks)
    context = {
        "proposal": found,
        "period": period,
        "typed": typed or start,
        "unit": numbers.unit(),
        "for": request.GET.get("for", "") or request.POST.get("for", ""),
    }
    return render(request, "expectations/write.html", context, status=status)


@signed_in
@require_safe
def one(request: AskingRequest, public_id: str) -> HttpResponse:
    return _page(request, public_id)


def _page(
    request: AskingRequest, public_id: str, typed: Typed | None = None, status: int = 200
) -> HttpResponse:
    page = queries.page(request.actor, public_id, request.at)
    one = page.version
    context = {
        "page": page,
        "one": one,
        "mine": one.person.id == request.actor.id,
        "apart": None if one.theirs is None else one.theirs - one.expected,
        "target_apart": None if one.target is None else one.expected - one.target,
        "typed": typed or Typed(number=numbers.plain(one.theirs)),
        "unit": numbers.unit(),
    }
    return render(request, "expectations/one.html", context, status=status)


@signed_in
@require_POST
def sign(request: AskingRequest, public_id: str) -> HttpResponse:
    """Sign as the one whose statement it is, or as the superior."""
    page = queries.page(request.actor, public_id, request.at)
    act = actions.agree if page.may_answer and not page.may_sign else actions.sign
    return _done(request, public_id, act)


def _done(request: AskingRequest, public_id: str, act: object) -> HttpResponse:
    try:
        act(by=request.actor, at=request.at, statement=public_id, digest=request.POST.get("digest", ""))  # type: ignore[operator]
    except access.Refused as refusal:
        return _page(request, public_id, Typed(error=refusal.sentence), 409)
    one = queries.page(request.actor, public_id, request.at).version
    words = {
        "agreed": f"Agreed: you both expect {formats.thousands(one.expected)}.",
        "signed": f"Signed. {one.superior} is told and signs next, or says another number.",
        "alone": "Signed. Nobody above has an account, so print it or copy it as text.",
    }
    messages.success(request, words.get(one.state, "Signed."))
    return redirect("expectation", public_id)


@signed_in
@require_POST
def disagree(request: AskingRequest, public_id: str) -> HttpResponse:
    """Say as the superior what one expects instead."""
    access.require(request.actor, "expectation.answer")
    number, reason = request.POST.get("number", ""), request.POST.get("reason", "")
    try:
        actions.disagree(
            by=request.actor,
            at=request.at,
            statement=public_id,
            digest=request.POST.get("digest", ""),
            number_minor=numbers.typed(number),
            reason=reason,
        )
    except access.Refused as refusal:
        # Whose page it is decides first, so that a bad number tells a stranger nothing.
        return _page(request, public_id, Typed(number, reason=reason, error=refusal.sentence), 422)
    messages.success(request, "Both numbers and both reasons now stand side by side.")
    return redirect("expectation", public_id)


@signed_in
@require_safe
def as_text(request: AskingRequest, public_id: str) -> HttpResponse:
    """A version as text to copy, for a superior without an account."""
    page = queries.page(request.actor, public_id, request.at)
    text = queries.as_text(request.actor, public_id, request.at)
    return render(request, "expectations/text.html", {"one": page.version, "text": text})

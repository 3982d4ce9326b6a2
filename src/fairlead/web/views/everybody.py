"""Notices to everybody, and the lanes that never enter a desk."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fairlead.desk import company, hints, offers, sending
from fairlead.desk import lanes as protected
from fairlead.people import access
from fairlead.web.given import whole
from fairlead.web.middleware import AskingRequest, signed_in
from fairlead.web.views.desk import Typed, fresh, said

_NOTICE = ("reason", "title", "text")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def notices(request: AskingRequest) -> HttpResponse:
    """Notices to everybody, how many there were, and the form for those who may write one."""
    access.require(request.actor, "company_notice.read")
    if request.method != "POST":
        return _notices(request, Typed(key=fresh()))
    company.require_send(request.actor)
    values = {name: said(request.POST, name) for name in _NOTICE}
    typed = Typed(values, key=said(request.POST, "key")[:64] or fresh())
    if "check" in request.POST:
        return _notices(request, typed, asked=True)
    try:
        row = company.send(by=request.actor, at=request.at, key=typed.key, **values)
    except access.Refused as refusal:
        return _notices(request, Typed(values, key=fresh(), error=refusal.sentence), 422)
    messages.success(request, "Everybody is told now. You can set it straight or withdraw it.")
    return redirect("everybody_notice", row.public_id)


def _notices(request: AskingRequest, typed: Typed, status: int = 200, *, asked: bool = False) -> HttpResponse:
    may = company.may_send(request.actor)
    text = f"{typed.values.get('title', '')}\n{typed.values.get('text', '')}".strip()
    found = hints.found(text, offers.names(request.actor)) if may and asked and text else ()
    number = min(whole(said(request.POST, "check"), 0), max(len(found) - 1, 0))
    context = {
        "typed": typed,
        "lines": company.listing(request.actor, request.at),
        "counts": company.counts(request.actor, request.at),
        "may_send": may,
        "reasons": sending.REASONS.items(),
        "longest": sending.LONGEST_NOTICE,
        "longest_title": sending.LONGEST_NOTICE_TITLE,
        "hints_on": True,
        "checked": asked and bool(text),
        "hint": found[number] if found else None,
        "hint_number": number + 1,
        "hint_next": number + 1 if number + 1 < len(found) else 0,
        "hint_count": len(found),
    }
    return render(request, "desk/everybody.html", context, status=status)


@signed_in
@require_safe
def notice(request: AskingRequest, public_id: str) -> HttpResponse:
    """One notice to everybody."""
    line = company.one(request.actor, public_id, request.at)
    return render(request, "desk/everybody_notice.html", {"line": line, "typed": Typed(key=fresh())})


@signed_in
@require_POST
def straight(request: AskingRequest, public_id: str) -> HttpResponse:
    """Correct or withdraw an own notice; everybody is told."""
    access.require(request.actor, "company_notice.send")
    line = company.one(request.actor, public_id, request.at)
    text = said(request.POST, "text")
    withdraws = request.POST.get("do") == "withdraw"
    if not (withdraws and line.mine):
        company.require_send(request.actor)
    key = said(request.POST, "key")[:64] or fresh()
    try:
        if not text and not withdraws:
            raise access.Refused("text_missing", "Write the correction, or withdraw the notice without one.")
        company.set_straight(
            by=request.actor, at=request.at, notice=public_id, text="" if withdraws else text, key=key
        )
    except access.Refused as refusal:
        typed = Typed({"text": text}, key=fresh(), error=refusal.sentence)
        return render(request, "desk/everybody_notice.html", {"line": line, "typed": typed}, status=422)
    messages.success(
        request, "Withdrawn. Everybody is told." if withdraws else "Set straight. Everybody is told."
    )
    return redirect("everybody_notice", public_id)


@signed_in
@require_safe
def lanes(request: AskingRequest) -> HttpResponse:
    """What never enters a desk, and whom to go to instead."""
    return render(request, "desk/lanes.html", {"lanes": protected.lanes(request.actor)})

"""What goes to a desk and comes from one: an executive's messages, a rep's inbox, direct contact, HR, the limits."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fairlead.deals import queries as deals
from fairlead.desk import actions, broadcasts, company, queries
from fairlead.mail import queries as mail
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.web.given import day, whole
from fairlead.web.middleware import AskingRequest, signed_in
from fairlead.web.views.desk import Typed, fresh, moment_of, said, straight_again

_CONTACT = ("executive", "executive_name", "rep", "deal", "on", "words")
STATES = {
    "with_manager": ("wait", "with"),
    "answered": ("ok", "answered by"),
    "declined": ("stop", "declined by"),
    "direct": ("half", "went directly, in copy"),
    "withdrawn": ("stop", "withdrawn, was with"),
}


@signed_in
@require_safe
def sent(request: AskingRequest) -> HttpResponse:
    """One's own messages with the answers to them."""
    return _sent(request)


def _sent(
    request: AskingRequest, straight: Typed | None = None, of: str = "", status: int = 200
) -> HttpResponse:
    words = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    # What was sent to many is listed once above; its answers are found by their words as any other.
    found = queries.sent(request.actor, request.at, alone=not words, search=words)
    lines = [(line, *STATES[line.state]) for line in found]
    context = {
        "words": words,
        "lines": lines,
        "mail_waits": mail.waits(request.actor),
        "broadcasts": broadcasts.listing(request.actor, request.at),
        "key": fresh(),
        "straight": straight or Typed(),
        "straight_of": of,
        "own_desk": queries.waiting(request.actor, request.at),
        "writes": bool(queries.to_write(request.actor, request.at).managers),
    }
    return render(request, "desk/messages.html", context, status=status)


@signed_in
@require_POST
def straight(request: AskingRequest, public_id: str) -> HttpResponse:
    """Correct or withdraw a message, as its sender or on the sender's word."""
    text, withdraws = said(request.POST, "text"), request.POST.get("do") == "withdraw"
    back = request.POST.get("back") == "messages"
    try:
        if not text and not withdraws:
            raise access.Refused("text_missing", "Write the correction, or withdraw the message without one.")
        row = actions.set_straight(
            by=request.actor, at=request.at, message=public_id, text="" if withdraws else text,
            key=said(request.POST, "key")[:64] or fresh(),
        )  # fmt: skip
    except access.Refused as refusal:
        kept = Typed({"text": text}, key=fresh(), error=refusal.sentence)
        return _sent(request, kept, public_id, 422) if back else straight_again(request, public_id, kept)
    what = "Set straight" if row.text else "Withdrawn"
    messages.success(request, f"{what}. It reaches exactly those the message reached.")
    return redirect("messages") if back else redirect("desk_message", public_id)


@signed_in
@require_safe
def inbox(request: AskingRequest) -> HttpResponse:
    """What one's manager passed on."""
    lines = queries.heard(request.actor, request.at)
    reads_noise = access.may(request.actor, "noise.read") and access.Role.REP in request.actor.roles
    weeks, noise = queries.own_noise(request.actor, request.at) if reads_noise else ((), ())
    manager = people.manager_of(request.actor.id)
    context = {
        "lines": lines,
        "everybody": company.fresh(request.actor, request.at),
        "weeks": list(zip(weeks, noise, strict=True)),
        "manager": people.names([manager]).get(manager, "") if manager else "",
    }
    return render(request, "desk/inbox.html", context)


# Contact


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def contacts(request: AskingRequest) -> HttpResponse:
    """Log that somebody above the manager made contact; what was logged."""
    access.require(request.actor, "contact.log")
    if request.method != "POST":
        today = people.house().day(request.at)
        start = {"deal": said(request.GET, "deal"), "on": today.isoformat()}
        return _contacts(request, Typed(start, key=fresh()))
    values = {name: said(request.POST, name) for name in _CONTACT}
    typed = Typed(values, key=said(request.POST, "key")[:64] or fresh())
    try:
        actions.log_contact(
            by=request.actor, at=request.at, key=typed.key, executive_name=values["executive_name"],
            executive=people.find(values["executive"]) if values["executive"] else None,
            rep=people.find(values["rep"]) if values["rep"] else None, deal=values["deal"], on=day(values["on"]),
            words=values["words"],
        )  # fmt: skip
    except access.Refused as refusal:
        return _contacts(request, Typed(values, key=fresh(), error=refusal.sentence), 422)
    messages.success(
        request, "Logged. Your manager is told, and nobody else." if not values["rep"] else "Logged."
    )
    return redirect("contacts")


def _contacts(request: AskingRequest, typed: Typed, status: int = 200) -> HttpResponse:
    mine: tuple[deals.DealLine, ...] = ()
    if access.may(request.actor, "deal.read"):
        listed = deals.list_deals(request.actor, filters=deals.DealFilter(status="open"), limit=100)
        mine = listed.rows
    team = people.reports(request.actor.id) if access.may(request.actor, "contact.read") else []
    context = {
        "typed": typed,
        "lines": queries.contacts(request.actor, request.at),
        "above": queries.above_the_manager(team[0].id if team else request.actor.id),
        "team": team,
        "deals": mine,
        "today": people.house().day(request.at),
        "calm": access.may(request.actor, "desk.handle"),
    }
    return render(request, "desk/contacts.html", context, status=status)


# HR, and the limits


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def confidential(request: AskingRequest) -> HttpResponse:
    """HR: which must-pass messages wait in the unit, and until when one is confidential."""
    access.require(request.actor, "message.keep_confidential")
    error, values = "", {}
    if request.method == "POST":
        values = {name: said(request.POST, name) for name in ("message", "until", "reason")}
        try:
            until = moment_of(values["until"])
            if until is None:
                raise access.Refused("bad_moment", "Choose until when it is confidential.")
            actions.keep_confidential(
                by=request.actor,
                at=request.at,
                message=values["message"],
                until=until,
                reason=values["reason"],
            )
        except access.Refused as refusal:
            error = refusal.sentence
        else:
            messages.success(request, "Kept. Its limit starts at that moment; the manager is told.")
            return redirect("confidential")
    context = {
        "lines": queries.must_pass_of_unit(request.actor, request.at),
        "error": error,
        "values": values,
    }
    return render(request, "desk/confidential.html", context, status=422 if error else 200)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def limits(request: AskingRequest) -> HttpResponse:
    """How long must-pass kinds may wait, and how near words may be to the original."""
    access.require(request.actor, "settings.write")
    found = queries.limits(request.at)
    values: Mapping[str, str] = {name: str(getattr(found, name)) for name in ("days", "share", "longest")}
    error = ""
    if request.method == "POST":
        values = {name: said(request.POST, name) for name in ("days", "share", "longest")}
        numbers = {name: whole(value, -1) for name, value in values.items()}
        after = whole(said(request.POST, "after_version"), -1)
        try:
            row = actions.set_limits(
                by=request.actor, at=request.at, after_version=after if after >= 0 else None, **numbers
            )
        except access.Refused as refusal:
            error = refusal.sentence
        else:
            messages.success(request, f"Version {row.version} is in force for what comes from now on.")
            return redirect("desk_settings")
    context = {
        "found": found, "values": values, "error": error, "versions": queries.limit_versions(request.actor),
    }  # fmt: skip
    return render(request, "desk/settings.html", context, status=422 if error else 200)

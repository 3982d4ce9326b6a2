"""The sender's side: writing to a manager with hints on one's own words, and to many at once. No draft is kept."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fairlead.desk import actions, broadcasts, hints, offers, queries, rules, sending, wording
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.promises import rules as promise_rules
from fairlead.web.given import whole
from fairlead.web.middleware import AskingRequest, signed_in
from fairlead.web.views.desk import Typed, fresh, given_of, moment_of, said
from fairlead.web.views.messages import STATES

_WRITE = ("title", "text", "to", "about", "urgency", "lane", "praise", "job", "job_name")
_MANY = ("title", "text", "urgency", "lane", "job", "job_name", "release_at", "everybody")
_YEAR = 365 * 24 * 3600


# Hints


def checked(request: AskingRequest, values: dict[str, str], *, asked: bool) -> dict[str, Any]:
    """What the check shows of a draft: one hint, the offered answers, and what follows from whose job it is.

    Nothing of it is stored, logged or counted. ``asked`` says that somebody wants the words looked at.
    """
    on = hints_shown(request)
    text = f"{values.get('title', '')}\n{values.get('text', '')}".strip()
    found = hints.found(text, offers.names(request.actor)) if on and asked and text else ()
    number = min(whole(said(request.POST, "check"), 0), max(len(found) - 1, 0))
    whom = offers.whom(request.actor, values.get("to", ""), request.at)
    return {
        "hints_on": on,
        "checked": asked and bool(text),
        "hint": found[number] if found else None,
        "hint_number": number + 1,
        "hint_next": number + 1 if number + 1 < len(found) else 0,
        "hint_count": len(found),
        "offers": offers.offered(request.actor, whom, text, request.at),
        "job": values.get("job", ""),
        "whom": whom,
    }


def _cookie(request: AskingRequest) -> str:
    return f"hints-off-{people.node(request.actor.id).public_id}"


def hints_shown(request: AskingRequest) -> bool:
    """Whether this person wants hints: a word in their own browser, which nobody else can read."""
    return request.COOKIES.get(_cookie(request)) != "1"


@signed_in
@require_POST
def check(request: AskingRequest) -> HttpResponse:
    """The hint on a draft as a fragment, while somebody types."""
    access.require(request.actor, "message.send")
    values = {name: said(request.POST, name) for name in _WRITE}
    return render(request, "desk/_check.html", checked(request, values, asked=True) | {"live": True})


@signed_in
@require_POST
def hints_on(request: AskingRequest) -> HttpResponse:
    """Switch hints off or on, for oneself in this browser."""
    access.require(request.actor, "message.send")
    response = redirect("message_write")
    if request.POST.get("on") == "yes":
        response.delete_cookie(_cookie(request))
    else:
        response.set_cookie(
            _cookie(request), "1", max_age=_YEAR, httponly=True, samesite="Lax", secure=request.is_secure()
        )
    return response


# Writing


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: AskingRequest) -> HttpResponse:
    """Write to a manager, of a deal or of a team; what it resolves to is said before sending."""
    access.require(request.actor, "message.send")
    if request.method != "POST":
        start = {"about": said(request.GET, "about"), "to": said(request.GET, "to"), "urgency": "week"}
        return _write_form(request, Typed(start, key=fresh()))
    values = {name: said(request.POST, name) for name in _WRITE}
    typed = Typed(values, key=said(request.POST, "key")[:64] or fresh())
    if "check" in request.POST:
        return _write_form(request, typed, asked=True)
    if request.POST.get("turn") == "promise":
        return _as_promise(request, values)
    try:
        what, _, which = values["to"].partition(":")
        given = given_of(values | {"about": "" if what == "manager" else values["to"]})
        to = people.find(which) if what == "manager" else None
        row = actions.write(by=request.actor, at=request.at, given=given, to=to, key=typed.key)
    except access.Refused as refusal:
        return _write_form(request, Typed(values, key=fresh(), error=refusal.sentence), 422)
    line = next(one for one in queries.sent(request.actor, request.at) if one.public_id == row.public_id)
    direct = " It went directly to the deal’s people, as agreed." if line.state == "direct" else ""
    messages.success(request, f"It is with {line.manager}.{direct} You can set it straight any time.")
    return redirect("messages")


def _as_promise(request: AskingRequest, values: dict[str, str]) -> HttpResponse:
    """The draft as the beginning of an own promise; nothing is kept by that."""
    whom = offers.whom(request.actor, values.get("to", ""), request.at)
    context = {
        "draft": values["text"],
        "text": " ".join(values["text"].split())[: promise_rules.LONGEST],
        "to": whom.name,
        "key": fresh(),
        "longest": promise_rules.LONGEST,
        "today": people.house().day(request.at),
    }
    return render(request, "desk/turn_promise.html", context)


def _write_form(
    request: AskingRequest, typed: Typed, status: int = 200, *, asked: bool = False
) -> HttpResponse:
    context = {
        "typed": typed,
        "offer": queries.to_write(request.actor, request.at),
        "urgencies": wording.URGENCIES.items(),
        "lanes": wording.LANES.items(),
        "jobs": sending.JOBS.items(),
        "longest": rules.LONGEST,
    } | checked(request, dict(typed.values), asked=asked)
    return render(request, "desk/write.html", context, status=status)


# To many


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def broadcast_write(request: AskingRequest) -> HttpResponse:
    """Write to several managers at once, or to all below."""
    access.require(request.actor, "message.send")
    if request.method != "POST":
        return _many_form(request, Typed({"urgency": "week"}, key=fresh()))
    values = {name: said(request.POST, name) for name in _MANY}
    to = tuple(request.POST.getlist("to"))[:500]
    typed = Typed(values, to, key=said(request.POST, "key")[:64] or fresh())
    if "check" in request.POST:
        return _many_form(request, typed, asked=True)
    if request.POST.get("turn") == "promise":
        return _as_promise(request, values)
    if said(request.POST, "looked") != "yes" and _hinted(request, values):
        return _many_form(request, typed, asked=True, stopped=True)
    try:
        sent = broadcasts.send(
            by=request.actor, at=request.at, given=given_of(values), key=typed.key, to=to,
            everybody=values["everybody"] == "yes", release_at=moment_of(values["release_at"]),
        )  # fmt: skip
    except access.Refused as refusal:
        return _many_form(request, Typed(values, to, key=fresh(), error=refusal.sentence), 422)
    messages.success(request, "Sent. Each manager decides for the own team; here you read who answered.")
    return redirect("broadcast", sent)


def _hinted(request: AskingRequest, values: dict[str, str]) -> bool:
    """Whether there is a hint on the words, for who wants hints. It is shown once; sent again it goes as it is."""
    text = f"{values['title']}\n{values['text']}".strip()
    return hints_shown(request) and bool(hints.found(text, offers.names(request.actor)))


def _many_form(
    request: AskingRequest, typed: Typed, status: int = 200, *, asked: bool = False, stopped: bool = False
) -> HttpResponse:
    context = {
        "typed": typed,
        "managers": broadcasts.teams_below(request.actor, request.at),
        "hr": queries.hr_of(request.actor.id),
        "urgencies": wording.URGENCIES.items(),
        "lanes": wording.LANES.items(),
        "jobs": sending.JOBS.items(),
        "longest": rules.LONGEST,
        "days": sending.EMBARGO.days,
        "stopped": stopped,
        "looked": asked or said(request.POST, "looked") == "yes",
    } | checked(request, dict(typed.values), asked=asked)
    return render(request, "desk/broadcast_write.html", context, status=status)


@signed_in
@require_safe
def broadcast(request: AskingRequest, public_id: str) -> HttpResponse:
    """One broadcast: to whom, who answered."""
    found = broadcasts.one(request.actor, public_id, request.at)
    return _broadcast(request, found, Typed(key=fresh()))


def _broadcast(
    request: AskingRequest, found: broadcasts.Broadcast, typed: Typed, status: int = 200
) -> HttpResponse:
    context = {"page": found, "lines": [(line, *STATES[line.state]) for line in found.lines], "typed": typed}
    return render(request, "desk/broadcast.html", context, status=status)


@signed_in
@require_POST
def broadcast_straight(request: AskingRequest, public_id: str) -> HttpResponse:
    """Correct or withdraw all messages of a broadcast at once."""
    found = broadcasts.one(request.actor, public_id, request.at)
    text = said(request.POST, "text")
    withdraws = request.POST.get("do") == "withdraw"
    key = said(request.POST, "key")[:64] or fresh()
    try:
        if not text and not withdraws:
            raise access.Refused("text_missing", "Write the correction, or withdraw the message without one.")
        broadcasts.set_straight(
            by=request.actor, at=request.at, broadcast=public_id, text="" if withdraws else text, key=key
        )
    except access.Refused as refusal:
        return _broadcast(request, found, Typed({"text": text}, key=fresh(), error=refusal.sentence), 422)
    what = "Withdrawn" if withdraws else "Set straight"
    messages.success(request, f"{what} everywhere. It reaches exactly those the message reached.")
    return redirect("broadcast", public_id)

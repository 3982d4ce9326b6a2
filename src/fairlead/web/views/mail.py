"""Mail: what a person wants by mail, mail to the desk that waits for its sender, and how mail stands."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from fairlead.mail import actions, outbox, queries, rules, wording
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.web.given import plain_text, whole
from fairlead.web.middleware import AskingRequest, signed_in

_HOURS = [(hour, f"{hour}:00") for hour in range(24)]


# What a person wants


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def wish(request: AskingRequest) -> HttpResponse:
    """Whether and when notices come by mail. In Fairlead they stand in any case."""
    access.require(request.actor, "mail.wish")
    kept = queries.wish(request.actor)
    error = ""
    if request.method == "POST":
        given = request.POST
        kept = rules.Wish(
            mode=plain_text(given, "mode"), hour=_hour(given.get("hour", "")),
            quiet_from=_hour(given.get("quiet_from", "")), quiet_to=_hour(given.get("quiet_to", "")),
            weekends=given.get("weekends") == "yes",
        )  # fmt: skip
        try:
            actions.wish(by=request.actor, at=request.at, wished=kept)
        except access.Refused as refusal:
            error = refusal.sentence
        else:
            said = {"off": "No mail comes to you any more.", "once": "Mail comes as things happen."}
            messages.success(request, said.get(kept.mode, f"A digest comes from {kept.hour}:00 on."))
            return redirect("mail_wish")
    context = {
        "wish": kept, "modes": wording.MODES.items(), "hours": _HOURS, "error": error, "sends": queries.sends(),
        "zone": queries.zone(request.actor),
        "address": request.user.email,  # type: ignore[union-attr]
    }  # fmt: skip
    return render(request, "mail/wish.html", context, status=422 if error else 200)


def _hour(said: str) -> int:
    return whole(said, -1)


# Mail that waits for its sender


@signed_in
@require_http_methods(["GET", "HEAD"])
def waiting(request: AskingRequest) -> HttpResponse:
    """Mail in one's own name that waits for a word."""
    access.require(request.actor, "mail.claim")
    return _waiting(request)


def _waiting(request: AskingRequest, error: str = "", at_mail: str = "", status: int = 200) -> HttpResponse:
    context = {
        "lines": queries.waiting(request.actor),
        "more": max(0, queries.waits(request.actor) - queries.SHOWN),
        "lost": queries.lost(request.actor),
        "above": [one for one in people.nodes(people.chain(request.actor.id)) if one.id != request.actor.id],
        "address": queries.address(),
        "error": error,
        "at_mail": at_mail,
        "days": rules.KEPT.days,
    }
    return render(request, "mail/waiting.html", context, status=status)


@signed_in
@require_POST
def act(request: AskingRequest, public_id: str) -> HttpResponse:
    """Say that a mail was one's own, or not, or from whom it came."""
    access.require(request.actor, "mail.claim")
    what, given = request.POST.get("do", ""), request.POST
    try:
        if what == "confirm":
            return _confirmed(request, public_id)
        if what == "from":
            sender = plain_text(given, "sender")
            actions.say_from(
                by=request.actor, at=request.at, mail=public_id, sender=people.find(sender) if sender else None,
                sender_name=plain_text(given, "sender_name"),
            )  # fmt: skip
            messages.success(request, "It is on your desk. Nobody else sees it.")
            return redirect("desk")
    except access.Refused as refusal:
        return _waiting(request, refusal.sentence, public_id, 422)
    if what == "alike":
        count = actions.discard_alike(by=request.actor, at=request.at, mail=public_id)
        messages.success(request, f"Discarded {count}. Nothing of them was kept, and nobody was told.")
        return redirect("desk_mail")
    if what != "discard":
        raise access.Refused("bad_act", "Choose what you do with it.")
    actions.discard(by=request.actor, at=request.at, mail=public_id)
    messages.success(request, "Discarded. Nothing of it was kept, and nobody was told.")
    return redirect("desk_mail")


def _confirmed(request: AskingRequest, public_id: str) -> HttpResponse:
    state, reason = actions.settled(
        actions.confirm(by=request.actor, at=request.at, mail=public_id), request.at
    )
    if state == "taken":
        messages.success(request, "It came to the desk.")
    elif state == "refused":
        messages.warning(request, f"It reached no desk. {wording.why(reason)}")
    elif state != "asks":
        messages.warning(request, "It could not be read just now, and is tried again.")
    return redirect("desk_mail")


# How mail stands


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: AskingRequest) -> HttpResponse:
    """The address of the desk; whether mail is configured, and counts. No word of any mail."""
    access.require(request.actor, "mail.keep")
    error, typed = "", None
    if request.method == "POST":
        typed = plain_text(request.POST, "address").strip()[:200]
        after = whole(plain_text(request.POST, "after_version"), -1)
        try:
            row = actions.set_address(by=request.actor, at=request.at, address=typed, after_version=after)
        except access.Refused as refusal:
            error = refusal.sentence
        else:
            said = (
                f"Mail to {row.address} comes to desks."
                if row.address
                else "No mail comes to desks any more."
            )
            messages.success(request, said)
            return redirect("mail_settings")
    found = queries.state(request.actor, request.at)
    context: Mapping[str, object] = {
        "found": found, "typed": found.address if typed is None else typed, "error": error,
        "any_in": any(count for _, count in found.taken_in), "any_out": any(count for _, count in found.out),
        "kept_days": rules.KEPT.days, "may_set": access.may(request.actor, "settings.write"),
    }  # fmt: skip
    return render(request, "mail/settings.html", context, status=422 if error else 200)


@signed_in
@require_POST
def test(request: AskingRequest) -> HttpResponse:
    """Send who asks a test mail."""
    problem = outbox.send_test(request.actor)
    if problem:
        messages.warning(request, f"It could not be sent: {problem}. The server's log says when.")
    else:
        messages.success(request, "Sent to the address you sign in with.")
    return redirect("mail_settings")


@signed_in
@require_POST
def again(request: AskingRequest, public_id: str) -> HttpResponse:
    """Try a mail again that failed."""
    state, _ = actions.settled(actions.try_again(by=request.actor, at=request.at, mail=public_id), request.at)
    said = {"failed": "It failed again.", "waiting": "It failed again and is tried twice more."}
    messages.success(request, said.get(state, "It was read this time."))
    return redirect("mail_settings")

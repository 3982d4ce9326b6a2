"""Webhooks: an admin registers and minds addresses; the person they are about says yes or no."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fairlead.people import access
from fairlead.web.given import plain_text
from fairlead.web.middleware import AskingRequest, signed_in
from fairlead.webhooks import actions, queries, ringing, rules, wording


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def every(request: AskingRequest) -> HttpResponse:
    """All addresses, and the form for one more. The secret stands on the answer to that form and nowhere else."""
    access.require(request.actor, "webhook.keep")
    if request.method != "POST":
        return _every(request)
    given = {name: plain_text(request.POST, name).strip()[:600] for name in ("person", "url")}
    groups = [str(group) for group in request.POST.getlist("groups")][:50]
    person = queries.person_to_ring(request.actor, given["person"], request.at)
    if person is None:
        said = "Choose for whom it rings: somebody who signs in here."
        return _every(request, given | {"groups": groups}, said, 422)
    try:
        row, secret = actions.register(
            by=request.actor, at=request.at, person=person, url=given["url"], groups=groups
        )
    except access.Refused as refusal:
        return _every(request, given | {"groups": groups}, refusal.sentence, 422, refusal.code)
    return _one(request, row.public_id, secret=secret)


def _every(
    request: AskingRequest, given: dict[str, Any] | None = None, error: str = "", status: int = 200,
    code: str = "nobody",
) -> HttpResponse:  # fmt: skip
    chosen = (given or {}).get("person", "")
    named = plain_text(request.GET, "who").strip()[:100]
    context = {
        "people": queries.to_ring(request.actor, request.at, named=named, chosen=chosen),
        "named": named, "most": queries.MOST_TO_RING,
        "found": queries.every(request.actor), "is_on": queries.is_on(), "offered": rules.OFFERED,
        "given": given or {"groups": []}, "error": error, "code": code, "never": rules.NEVER[0],
    }  # fmt: skip
    return render(request, "webhooks/every.html", context, status=status)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: AskingRequest, public_id: str) -> HttpResponse:
    """One address and its calls; test, pause, resume, a new secret, remove."""
    access.require(request.actor, "webhook.keep")
    if request.method != "POST":
        return _one(request, public_id)
    asked: dict[str, Callable[[AskingRequest, str], HttpResponse]] = {
        "test": _test, "pause": _pause, "resume": _resume, "rotate": _rotate, "remove": _remove,
    }  # fmt: skip
    done = asked.get(plain_text(request.POST, "do"))
    if done is None:
        raise access.Refused("bad_act", "Choose what to do with this address.")
    return done(request, public_id)


def _one(request: AskingRequest, public_id: str, *, secret: str = "") -> HttpResponse:
    context = {"page": queries.page(request.actor, public_id, request.at), "secret": secret}
    return render(request, "webhooks/one.html", context | {"is_on": queries.is_on()})


def _test(request: AskingRequest, public_id: str) -> HttpResponse:
    outcome = ringing.send_test(by=request.actor, at=request.at, webhook=public_id)
    if outcome.taken:
        messages.success(request, f"The test was taken ({outcome.status}).")
    else:
        said = wording.why(outcome.reason, outcome.status)
        messages.warning(request, f"The test was not taken. {said}")
    return redirect("webhook", public_id)


def _pause(request: AskingRequest, public_id: str) -> HttpResponse:
    actions.pause(by=request.actor, at=request.at, webhook=public_id)
    messages.success(request, "Nothing rings there until you resume it.")
    return redirect("webhook", public_id)


def _resume(request: AskingRequest, public_id: str) -> HttpResponse:
    actions.resume(by=request.actor, at=request.at, webhook=public_id)
    messages.success(request, "What comes from now on rings there.")
    return redirect("webhook", public_id)


def _rotate(request: AskingRequest, public_id: str) -> HttpResponse:
    secret = actions.rotate(by=request.actor, at=request.at, webhook=public_id)
    return _one(request, public_id, secret=secret)


def _remove(request: AskingRequest, public_id: str) -> HttpResponse:
    actions.remove(by=request.actor, at=request.at, webhook=public_id)
    messages.success(request, "It is called no more, and forgotten here.")
    return redirect("webhooks")


@signed_in
@require_POST
def again(request: AskingRequest, public_id: str, call: str) -> HttpResponse:
    """Have a call made again with the next run."""
    actions.send_again(by=request.actor, at=request.at, webhook=public_id, call=call)
    messages.success(request, "It goes again within five minutes, unless its notice was read or is too old.")
    return redirect("webhook", public_id)


# The person it is about


@signed_in
@require_safe
def own(request: AskingRequest) -> HttpResponse:
    """The addresses at which what waits for oneself rings, or would."""
    access.require(request.actor, "webhook.answer")
    context = {"found": queries.own(request.actor), "never": rules.NEVER[0]}
    return render(request, "webhooks/own.html", context)


@signed_in
@require_POST
def answer(request: AskingRequest, public_id: str) -> HttpResponse:
    """Say yes or no to an address; no at any time."""
    yes = plain_text(request.POST, "answer") == "yes"
    actions.answer(by=request.actor, at=request.at, webhook=public_id, yes=yes)
    said = ("Nothing of yours rings there.", "What waits for you rings there, outside your quiet hours.")
    messages.success(request, said[yes])
    return redirect("own_webhooks")

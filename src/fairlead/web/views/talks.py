"""An early talk: the seller's own page, and the manager's page of one person. There is no list of them anywhere."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from fairlead.early import actions, queries, wording
from fairlead.oneonones import queries as oneonones
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.web import numbers
from fairlead.web.given import plain_text
from fairlead.web.middleware import AskingRequest, signed_in

DONE = {
    "talked": "Said. The prompt steps back for you, until the quarter ends.",
    "not_now": "Said. The prompt steps back for you; nobody else sees that.",
    "agenda": "It stands on the agenda of your next one-to-one, for both of you.",
    "off": "Taken off the agenda.",
    "back": "Taken back.",
}


@signed_in
@require_safe
def own(request: AskingRequest) -> HttpResponse:
    """The seller's own page."""
    access.require(request.actor, "talk.read")
    return _page(request, request.actor.id)


@signed_in
@require_safe
def of(request: AskingRequest, public_id: str) -> HttpResponse:
    """The manager's page of one direct report."""
    access.require(request.actor, "talk.read")
    return _page(request, people.find(public_id).pk)


def _page(request: AskingRequest, person: int) -> HttpResponse:
    found = queries.one(request.actor, person, request.at)
    thing = found.to_try
    link = wording.link(thing, mine=found.mine, seller=found.person.name) if thing else None
    context = {
        "talk": found,
        "own": found.own,
        "reckoned": found.found.reckoned if found.found else None,
        "of_20": round(found.found.reckoned.percent / 5) if found.found and found.found.reckoned else None,
        "unit": numbers.unit(),
        "why_not": wording.WHY_NOT[found.why_not],
        "title": wording.TITLES[thing.thing] if thing else "",
        "why_try": wording.WHY_TRY[thing.thing] if thing else "",
        "link": link,
        "meets": _meets(request, found),
    }
    return render(request, "early/talk.html", context)


def _meets(request: AskingRequest, found: queries.Talk) -> str:
    """The public id of the other where the two have one-to-ones here, '' where they are off."""
    other = found.manager if found.mine else found.person
    known = {pair.other_id for pair in oneonones.pairs(request.actor)}
    return other.public_id if other and other.public_id in known else ""


@signed_in
@require_POST
def say(request: AskingRequest, public_id: str) -> HttpResponse:
    """One word of one of the two, or the talk on and off their agenda."""
    access.require(request.actor, "talk.say")
    person, word = people.find(public_id), plain_text(request.POST, "word")
    actions.say(by=request.actor, at=request.at, person=public_id, word=word)
    messages.success(request, DONE[word])
    return redirect(
        reverse("talk") if person.pk == request.actor.person else reverse("talk_of", args=[public_id])
    )

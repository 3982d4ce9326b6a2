"""The frame of every page: navigation by role, who is signed in, the theme."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from fairlead.agreements import queries as agreements
from fairlead.asks import queries as asks
from fairlead.desk import queries as desk
from fairlead.enablement import queries as enablement
from fairlead.feedback import queries as feedback
from fairlead.gaps import queries as gaps
from fairlead.grounds import queries as grounds
from fairlead.help import queries as help_queries
from fairlead.improvement import queries as improvement
from fairlead.looks import queries as looks
from fairlead.notices import queries as notices
from fairlead.oneonones import queries as oneonones
from fairlead.people import access
from fairlead.people.access import Role
from fairlead.promises import queries as promises
from fairlead.reviews import queries as reviews
from fairlead.standing import queries as standing


@dataclass(frozen=True, slots=True)
class Item:
    """One word of the navigation. ``count`` = decisions that wait for this person, nothing else."""

    label: str
    url: str
    current: bool
    count: int = 0


@dataclass(frozen=True, slots=True)
class _Place:
    label: str
    name: str
    act: str


_MY_QUARTER = _Place("My quarter", "quarter", "quarter.open")
_DESK = _Place("Desk", "desk", "desk.handle")
_CALL = _Place("Call", "call", "call.open")
_BOARD = _Place("Board", "board", "board.open")
_DEALS = _Place("Deals", "deals", "deal.read")
_REVIEW = _Place("Weekly review", "reviews", "review.read")
_ASKS = _Place("Asks", "asks", "ask.answer")
_MESSAGES = _Place("Messages", "messages", "message.sent")
_INBOX = _Place("Inbox", "inbox", "message.heard")
_NEWS = _Place("News", "news", "news.read")
_HELP = _Place("Help", "help", "help.read")
_LOOKS = _Place("Looks", "looks", "look.register")
_UNITS = _Place("Units", "ground_units", "ground.keep")
_CONFIDENTIAL = _Place("Must pass", "confidential", "message.keep_confidential")
_PEOPLE = _Place("People", "people", "person.read")
_IMPORTS = _Place("Imports", "imports", "import.read")
_NOT_COUNTED = _Place("Not counted", "not_counted", "not_counted.read")
_SETTINGS = _Place("Settings", "settings", "settings.write")
_ACCURACY = _Place("Accuracy", "accuracy", "accuracy.read")
_LEDGER = _Place("Ledger", "ledger", "ledger.read")

_ORDER: dict[Role, tuple[_Place, ...]] = {
    Role.MANAGER: (_DESK, _CALL, _REVIEW, _DEALS, _NEWS, _PEOPLE, _ACCURACY),
    Role.EXECUTIVE: (_BOARD, _CALL, _ASKS, _MESSAGES, _REVIEW, _PEOPLE, _ACCURACY),
    Role.REP: (_MY_QUARTER, _DEALS, _NEWS, _INBOX, _REVIEW, _PEOPLE, _LEDGER),
    Role.SALES_OPS: (_IMPORTS, _NOT_COUNTED, _SETTINGS, _ACCURACY, _PEOPLE, _LEDGER),
    Role.HR_PARTNER: (_PEOPLE, _HELP, _LOOKS, _UNITS, _CONFIDENTIAL, _LEDGER),
    Role.ADMIN: (_PEOPLE, _LEDGER),
}
MOST = 6


def places(actor: access.Actor) -> list[_Place]:
    """The places of a person's navigation beside their day: never more than six, those of the first role first.

    Somebody with several roles (a manager alone who also imports) gets the places of all, the first six.
    """
    found: list[_Place] = []
    for role, order in _ORDER.items():
        if role in actor.roles:
            found += [place for place in order if place not in found and access.may(actor, place.act)]
    if len(found) > MOST:
        found = [place for place in found if place not in {_LEDGER, _ACCURACY, _PEOPLE}] + [_PEOPLE]
    return found[:MOST]


def home_of(actor: access.Actor) -> str:
    """The name of the page of somebody's work: the first word of the own navigation but the desk, whose count calls."""
    found = [place for place in places(actor) if place is not _DESK]
    return found[0].name if found else "you"


def context(request: HttpRequest) -> dict[str, object]:
    """What base.html needs."""
    actor: access.Actor | None = getattr(request, "actor", None)
    frame: dict[str, object] = {
        "demo": settings.DEMO,
        "theme": request.COOKIES.get("theme") if request.COOKIES.get("theme") in {"light", "dark"} else "",
        "at": getattr(request, "at", None),
    }
    if actor is not None and actor.person is not None:
        mine = places(actor)
        waits = _Waits() if getattr(request, "refused", False) else _waits(actor, request.at)  # type: ignore[attr-defined]
        frame |= {
            "actor": actor,
            "nav": _items(request, actor, mine, {_ASKS: waits.asks, _DESK: waits.desk, _HELP: waits.help}),
            "asks_waiting": waits.asks,
            "asks_below": access.may(actor, "ask.read") and _ASKS not in mine,
            "desk_waiting": waits.desk,
            "desk_below": waits.desk > 0 and _DESK not in mine,
            "help_waiting": waits.help,
            "agreements_below": waits.agreements is not None,
            "agreements_waiting": waits.agreements or 0,
            "oneonones_below": waits.oneonones,
            "feedback_below": waits.feedback is not None,
            "feedback_waiting": waits.feedback or 0,
            "help_below": _HELP not in mine,
            "accuracy_below": access.may(actor, "accuracy.read") and _ACCURACY not in mine,
            "ledger_below": _LEDGER not in mine,
            "gaps_here": waits.gaps,
            "accounts_below": access.may(actor, "account.read"),
            "owed_below": access.may(actor, "owed.read"),
            "library_below": access.may(actor, "material.read"),
            "assessment_below": access.may(actor, "assessment.read"),
            "owe_below": waits.owes,
            "catalogue_below": access.may(actor, "catalogue.keep"),
            "records_below": access.may(actor, "hr_record.keep"),
            "me_title": ", ".join(_WORDS[role] for role in Role if role in actor.roles),
            "results_here": waits.results is not None,
            "results_waiting": waits.results or 0,
            "promises_waiting": waits.promises,
            "unread": waits.notices,
        }
    return frame


@dataclass(frozen=True, slots=True)
class _Waits:
    """What waits for a person, as counts. A page that only refuses counts nothing: it is answered at once."""

    asks: int = 0
    desk: int = 0
    help: int = 0
    oneonones: bool = False
    agreements: int | None = None
    """None where it is off for this person"""
    feedback: int | None = None
    """rounds to answer; None where it is off for this person"""
    owes: bool = False
    promises: int = 0
    notices: int = 0
    gaps: bool = False
    results: int | None = None
    """looks to be decided and what waits in plans; None where nothing of results runs, and no word of it is shown"""


def _waits(actor: access.Actor, at: datetime) -> _Waits:
    return _Waits(
        asks=asks.waiting(actor, at),
        desk=desk.waiting(actor, at),
        help=help_queries.waiting(actor, at),
        oneonones=oneonones.available(actor),
        agreements=agreements.waiting(actor, at) if agreements.available(actor) else None,
        feedback=feedback.waiting(actor, at) if feedback.available(actor) else None,
        owes=enablement.named_as_owner(actor.id),
        promises=promises.waiting(actor, at),
        notices=notices.unread(actor.id),
        gaps=gaps.available(actor, at),
        results=_results(actor, at),
    )


def _results(actor: access.Actor, at: datetime) -> int | None:
    if not grounds.anything_runs() or access.may(actor, "ground.keep"):
        return None
    if not standing.runs_for(actor, at) and not standing.runs_below(actor, at):
        return None
    return looks.waiting(actor, at) + improvement.waiting(actor, at)


_WORDS = {
    Role.REP: "Rep",
    Role.MANAGER: "Manager",
    Role.EXECUTIVE: "Executive",
    Role.SALES_OPS: "Sales operations",
    Role.HR_PARTNER: "HR partner",
    Role.ADMIN: "Admin",
}


def _items(
    request: HttpRequest, actor: access.Actor, mine: list[_Place], waits: Mapping[_Place, int]
) -> list[Item]:
    here = request.path
    items = [Item("Today", reverse("today"), here == reverse("today"))]
    for place in mine:
        if place is _REVIEW and not access.may(actor, "review.run") and not reviews.was_anywhere(actor):
            continue
        url = reverse(place.name)
        items.append(Item(place.label, url, here == url or here.startswith(url), waits.get(place, 0)))
    return items

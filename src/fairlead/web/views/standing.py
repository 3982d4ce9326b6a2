"""Standing: one's own results against what was asked, a manager's list, and the seats and leave behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fairlead.calls import targets
from fairlead.early import queries as early
from fairlead.forecasting import periods
from fairlead.grounds import queries as grounds
from fairlead.improvement import queries as improvement
from fairlead.looks import queries as looks
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.standing import actions, queries, rules, wording
from fairlead.web import charts, numbers
from fairlead.web.given import day_or_none, plain_text
from fairlead.web.middleware import AskingRequest, signed_in


@dataclass(frozen=True, slots=True)
class Part:
    """One line of a quarter's arithmetic: working days of a target at a share, and what they ask for."""

    days: int
    of: int
    target: int
    share: int
    why: str
    minor: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A quarter with its arithmetic as lines, and the words of what one deal does to it."""

    quarter: queries.Quarter
    parts: tuple[Part, ...]
    peers: rules.Peers | None
    cover: int | None


@signed_in
@require_safe
def standing(request: AskingRequest) -> HttpResponse:
    """A seller's own page; for a manager the list of direct reports; else what runs here and what not."""
    actor = request.actor
    if queries.runs_for(actor, request.at) and access.may(actor, "standing.read"):
        return _page(request, actor.id)
    leads = access.may(actor, "look.decide")
    rows = queries.of_reports(actor, request.at) if leads else []
    context = {
        "leads": leads,
        "rows": rows,
        "quarters": queries.quarters_before(request.at, 4),
        "rule": grounds.rule(request.at),
        "unit": grounds.of_me(actor, request.at),
        "waiting": looks.waiting(actor, request.at),
        "plans_waiting": improvement.waiting(actor, request.at),
        "seats": access.may(actor, "seat.keep"),
        "leave": access.may(actor, "leave.keep"),
    }
    return render(request, "standing/team.html", context)


@signed_in
@require_safe
def of(request: AskingRequest, public_id: str) -> HttpResponse:
    """One direct report's standing."""
    access.require(request.actor, "standing.read")
    return _page(request, people.find(public_id).pk)


def _page(request: AskingRequest, person: int) -> HttpResponse:
    found = queries.of(request.actor, person, request.at)
    peers = {one.period.name: one.peers for one in found.beside}
    bars = [
        (periods.period_words(one.period.name), one.percent)
        for one in reversed(found.quarters)
        if one.percent is not None
    ]
    context = {
        "found": found,
        "unit": numbers.unit(),
        "plot": charts.attainment(bars, found.rule.line),
        "now": _shown(found.now, None, found.covers),
        "quarters": [_shown(one, peers.get(one.period.name), found.covers) for one in found.quarters],
        "trend": _trend(found),
        "fell": -(_trend(found) or 0),
        "compared": queries.compared(request.actor, person, request.at),
        "late_days": queries.LATE_DAYS,
        "least_peers": rules.LEAST_PEERS,
        "look": looks.open_of(person, request.at),
        "plans_waiting": improvement.waiting(request.actor, request.at),
        "talk": early.prompt(request.actor, person, request.at),
        "changes": targets.own_history(request.actor) if person == request.actor.person else (),
        "habits": [
            ("Own", found.own, "none yet"),
            ("The year before", found.before, "none"),
            ("Role peers", found.peers, "too few to say"),
        ],
    }
    return render(request, "standing/standing.html", context)


def _trend(found: queries.Standing) -> int | None:
    """How many points of attainment the last year is above the one before, below zero under it."""
    now, before = found.own.attained, found.before.attained
    return None if now is None or before is None else now - before


def _shown(one: queries.Quarter, peers: rules.Peers | None, covers: Mapping[str, int]) -> Shown:
    parts = tuple(
        Part(part.days, part.of, part.target_minor, part.share, wording.WHY[part.why], round(part.minor))
        for part in one.asked.stretches
    )
    return Shown(one, parts, peers, covers.get(one.period.name))


# Seats


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def seats(request: AskingRequest) -> HttpResponse:
    """Sales operations' seats: who sells what, since when, and whether a ramp begins."""
    access.require(request.actor, "seat.keep")
    values, error = {name: plain_text(request.POST, name).strip() for name in _SEAT}, ""
    if request.method == "POST":
        try:
            actions.set_seat(
                by=request.actor, at=request.at, person=_chosen(values["person"]), job=values["job"],
                segment=values["segment"], starts_on=day_or_none(values["starts_on"]), ramps=bool(values["ramps"]),
            )  # fmt: skip
        except access.Refused as refusal:
            error = refusal.sentence
        else:
            messages.success(request, "Kept. The person is told.")
            return redirect("standing_seats")
    known = people.directory(request.actor, on=people.house().day(request.at), limit=_MOST_OFFERED)
    here = [one for one in known if "rep" in one.roles]
    context = {"lines": queries.seats(request.actor), "sellers": here, "values": values, "error": error}
    return render(request, "standing/seats.html", context, status=422 if error else 200)


_MOST_OFFERED = 2_000
_SEAT = ("person", "job", "segment", "starts_on", "ramps")
_LEAVE = ("person", "first", "last", "reason")


@signed_in
@require_POST
def seat_back(request: AskingRequest, public_id: str) -> HttpResponse:
    """Take a seat back."""
    access.require(request.actor, "seat.keep")
    actions.take_back_seat(by=request.actor, at=request.at, seat=public_id)
    messages.success(request, "Taken back.")
    return redirect("standing_seats")


# Leave


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: AskingRequest) -> HttpResponse:
    """HR's leave: who is away, from when to when, and why for HR and that person alone."""
    access.require(request.actor, "leave.keep")
    values, error = {name: plain_text(request.POST, name).strip() for name in _LEAVE}, ""
    if request.method == "POST":
        try:
            actions.write_leave(
                by=request.actor, at=request.at, person=_chosen(values["person"]), first=day_or_none(values["first"]),
                last=_last(values["last"]), reason=values["reason"],
            )  # fmt: skip
        except access.Refused as refusal:
            error = refusal.sentence
        else:
            messages.success(request, "Written down. The person is told; the manager reads no reason.")
            return redirect("standing_leave")
    context = {
        "lines": [one for one in queries.leaves(request.actor) if one.person.id != request.actor.person],
        "people": queries.unit_of(request.actor), "values": values, "error": error,
    }  # fmt: skip
    return render(request, "standing/leave.html", context, status=422 if error else 200)


@signed_in
@require_POST
def leave_back(request: AskingRequest, public_id: str) -> HttpResponse:
    """Take leave back."""
    access.require(request.actor, "leave.keep")
    actions.take_back_leave(by=request.actor, at=request.at, leave=public_id)
    messages.success(request, "Taken back. Write it down anew if its days were wrong.")
    return redirect("standing_leave")


def _chosen(person: str) -> str:
    if not person:
        raise access.Refused("nobody_chosen", "Choose the person.")
    return person


def _last(text: str) -> date | None:
    """The last day; left out while nobody knows it, and never by a mistake in typing."""
    day = day_or_none(text)
    if text and day is None:
        raise access.Refused(
            "bad_day", "Choose the last day of the leave, or leave it out while nobody knows."
        )
    return day

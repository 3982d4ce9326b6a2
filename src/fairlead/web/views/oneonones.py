"""One-to-ones: with whom, the next meeting and its agenda, notes, one's own private notes, the calendar address."""

from __future__ import annotations

import zoneinfo
from collections.abc import Mapping
from datetime import UTC, date, datetime, time

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fairlead.agreements import rules as agreement_rules
from fairlead.early import queries as early
from fairlead.oneonones import actions, calendar, queries, rules, wording
from fairlead.people import access, clock
from fairlead.people import actions as people_actions
from fairlead.people import queries as people
from fairlead.web.given import plain_text, whole
from fairlead.web.middleware import AskingRequest, signed_in
from fairlead.web.views.agreements import Typed, day_of, fresh, said
from fairlead.web.views.shared import outside

_FIELDS = (
    "do", "kind", "weekday", "at", "zone", "minutes", "starts_on", "after", "text", "line", "day", "due_on", "whose",
)  # fmt: skip
DONE = {
    "rhythm": "Set. {other} is told.",
    "held": "Held.",
    "moved": "Moved. {other} is told.",
    "skipped": "Skipped. {other} is told; it is counted nowhere.",
    "back": "Taken back.",
    "point": "On the agenda; {other} reads it.",
    "off": "Taken off. It stands below, to put back.",
    "carried": "Carried over to the next 1:1.",
    "put_back": "Back on the agenda.",
    "note": "Kept; {other} reads it.",
    "private": "Kept. Only you read it.",
    "action": "Written down. It stands in the promises of both.",
}


@signed_in
@require_safe
def listing(request: AskingRequest) -> HttpResponse:
    """Everybody one meets, with the next meeting of each pair."""
    book = queries.book(request.actor, request.at)
    return render(request, "oneonones/list.html", {"book": book, "kinds": wording.KINDS})


@signed_in
@require_safe
def one(request: AskingRequest, public_id: str) -> HttpResponse:
    """The next meeting with a person."""
    return _one(request, public_id, None, Typed(key=fresh()))


@signed_in
@require_safe
def meeting(request: AskingRequest, public_id: str, day: str) -> HttpResponse:
    """A meeting by its day."""
    return _one(request, public_id, _slot(day), Typed(key=fresh()))


def _slot(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise access.NotFound("meeting") from None


def _one(
    request: AskingRequest, public_id: str, slot: date | None, typed: Typed, status: int = 200
) -> HttpResponse:
    page = queries.page(request.actor, public_id, request.at, slot)
    today = people.house().day(request.at)
    context = {
        "page": page,
        "pair": page.pair,
        "typed": typed,
        "kinds": wording.KINDS,
        "weekdays": list(enumerate(agreement_rules.WEEKDAYS)),
        "states": wording.STATES,
        "today": today,
        "zone": page.rhythm.zone if page.rhythm_number else page.zones[0],
        "longest": rules.LONGEST,
        "talk": early.prompt(request.actor, page.pair.rep, request.at) if page.current else None,
    }
    return render(request, "oneonones/one.html", context, status=status)


@signed_in
@require_POST
def act(request: AskingRequest, public_id: str, day: str) -> HttpResponse:
    """Whatever either does with the meeting of a day: one form each."""
    slot = _slot(day)
    pair = queries.pair_with(request.actor, public_id)
    values = {name: said(request.POST, name) for name in _FIELDS} | {"text": plain_text(request.POST, "text")}
    typed = Typed(values, said(request.POST, "key")[:40] or fresh())
    try:
        _do(request, public_id, slot, typed)
    except access.Refused as refusal:
        return _one(request, public_id, slot, Typed(values, fresh(), refusal.sentence), 422)
    messages.success(request, DONE[values["do"]].format(other=pair.other))
    known = queries.page(request.actor, public_id, request.at)
    return redirect("oneonone", public_id) if known.slot == slot else _back(public_id, slot, values["do"])


def _back(public_id: str, slot: date, done: str) -> HttpResponse:
    if done in ("note", "private", "back"):
        return redirect("oneonone_meeting", public_id, slot.isoformat())
    return redirect("oneonone", public_id)


def _do(request: AskingRequest, other: str, slot: date, typed: Typed) -> None:
    values = typed.values
    by, at, what = request.actor, request.at, values["do"]
    if what == "rhythm":
        actions.set_rhythm(
            by=by,
            at=at,
            other=other,
            rhythm=_rhythm(values, people.house().day(at)),
            after=_number(values["after"]),
        )
    elif what in ("held", "skipped", "back"):
        actions.step(by=by, at=at, other=other, slot=slot, kind=what)
    elif what == "moved":
        when = _moment(day_of(values["day"], "the day"), values["at"], values["zone"])
        actions.step(by=by, at=at, other=other, slot=slot, kind="moved", starts_at=when)
    elif what == "point":
        actions.add_point(by=by, at=at, other=other, text=values["text"], key=typed.key)
    elif what in ("off", "carried", "put_back"):
        kind = "back" if what == "put_back" else what
        actions.mark(by=by, at=at, other=other, slot=slot, line=values["line"], kind=kind)
    elif what == "note":
        after = _number(values["after"])
        actions.write_note(by=by, at=at, other=other, slot=slot, text=values["text"], after=after)
    elif what == "private":
        actions.write_private(by=by, at=at, other=other, slot=slot, text=values["text"])
    elif what == "action":
        actions.agree_action(
            by=by, at=at, other=other, mine=values["whose"] != "theirs", text=values["text"],
            due_on=day_of(values["due_on"], "by when"), key=typed.key,
        )  # fmt: skip
    else:
        raise access.Refused("no_step", "Choose what to do.")


def _number(text: str) -> int:
    return int(whole(text, 0))


def _rhythm(given: Mapping[str, str], today: date) -> rules.Rhythm:
    starts = day_of(given["starts_on"], "from which day on") if given["kind"] != "none" else today
    return rules.Rhythm(
        given["kind"], _number(given["weekday"]), _time(given["at"] or "10:00"), given["zone"],  # type: ignore[arg-type]
        int(whole(given["minutes"], 30)), starts,
    )  # fmt: skip


def _time(text: str) -> time:
    try:
        return time.fromisoformat(text).replace(tzinfo=None, second=0, microsecond=0)
    except ValueError as odd:
        raise access.Refused("bad_time", f"“{text[:20]}” is no time. Write it as in 10:30.") from odd


def _moment(day: date, text: str, zone: str) -> datetime:
    try:
        return datetime.combine(day, _time(text), zoneinfo.ZoneInfo(zone)).astimezone(UTC)
    except (KeyError, ValueError, OverflowError) as odd:
        raise access.Refused("bad_time", "Choose the time zone of one of you.") from odd


@signed_in
@require_safe
def private(request: AskingRequest) -> HttpResponse:
    """Every private note of one's own."""
    return render(request, "oneonones/private.html", {"notes": queries.private_notes(request.actor)})


@signed_in
@require_safe
def ended(request: AskingRequest, public_id: str) -> HttpResponse:
    """What the rep keeps of one-to-ones with a former manager."""
    return render(request, "oneonones/ended.html", {"old": queries.old(request.actor, public_id)})


# The calendar


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def feed(request: AskingRequest) -> HttpResponse:
    """The own calendar address: make it, make it anew, end it. It is shown once, on the answer to the form."""
    queries.require_available(request.actor)
    secret = ""
    if request.method == "POST":
        if said(request.POST, "do") == "end":
            actions.end_feed(by=request.actor, at=request.at)
            messages.success(request, "The address leads nowhere any more.")
            return redirect("oneonone_feed")
        secret = actions.make_feed(
            by=request.actor, at=request.at, names=said(request.POST, "names") == "yes"
        )
    address = request.build_absolute_uri(f"/calendar/{secret}.ics") if secret else ""
    context = {"feed": queries.feed_of(request.actor), "address": address}
    return render(request, "oneonones/feed.html", context)


@signed_in
@require_safe
def download(request: AskingRequest, public_id: str) -> HttpResponse:
    """The meetings with a person as a file."""
    pair = queries.pair_with(request.actor, public_id)
    body = calendar.as_text(queries.events(request.actor, request.at, pair), request.at, names=True)
    answer = HttpResponse(body, content_type=calendar.TYPE, headers={"Cache-Control": "no-store"})
    answer["Content-Disposition"] = 'attachment; filename="one-to-ones.ics"'
    return answer


@outside
def shared(request: HttpRequest, secret: str) -> HttpResponse:
    """What a calendar program reads behind a secret address: times, and names where its owner wants them."""
    at = clock.now()
    today = people.house().day(at)
    if people_actions.lines_are_due(today):
        people_actions.settle_lines(on=today)
    actor, names = queries.feed_behind(secret.replace("\x00", ""), at)
    body = calendar.as_text(queries.events(actor, at), at, names=names)
    return HttpResponse(body, content_type=calendar.TYPE)

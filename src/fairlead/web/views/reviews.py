"""The weekly review: prepared by itself, begun, written down in one form, ended, read by who was there."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from fairlead.calls import wording as calls_wording
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.reviews import actions, facts, queries, rules, wording
from fairlead.web import asking, charts, formats, numbers
from fairlead.web.given import plain_text, whole
from fairlead.web.middleware import AskingRequest, signed_in

SPARE = 3
"""Empty rows below what is written; saving gives more."""


@dataclass(frozen=True, slots=True)
class BarShown:
    """One reason with its words."""

    bar: facts.Bar
    name: str
    means: str


@dataclass(frozen=True, slots=True)
class Typed:
    """A form that was refused: what was typed, why it was refused, and what somebody else kept meanwhile."""

    notes: rules.Notes
    error: str
    code: str
    theirs: queries.Kept | None = None
    straight: str = ""
    key: str = ""


# Before it begins


@signed_in
@require_safe
def reviews(request: AskingRequest) -> HttpResponse:
    """A leader's prepared review, or the way into the running one; below it every review one was in."""
    access.require(request.actor, "review.read")
    return _first(request)


def _first(request: AskingRequest, error: str = "", status: int = 200) -> HttpResponse:
    person = numbers.whose(request)
    leads = access.may(request.actor, "review.run") and people.may_on(request.actor, "review.run", person.pk)
    if person.pk != request.actor.id and not leads:
        raise access.NotFound("review")
    lines = queries.listing(request.actor)
    team = people.reports(person.pk) if leads else []
    running = queries.running_of(request.actor, person.pk) if team else ""
    found = queries.prepared(request.actor, person.pk, request.at) if team and not running else None
    context = {
        "leads": leads,
        "team": team,
        "running": running,
        "open": [line for line in lines if line.state == "open"],
        "past": [line for line in lines if line.state != "open"],
        "kinds": wording.KINDS,
        "found": found,
        "carried": [(q.text, found.finders.get(q.finder, ""), q.since) for q in found.carried]
        if found
        else [],
        "person": person,
        "standing_in": person.pk != request.actor.id,
        "for": request.GET.get("for", "") or request.POST.get("for", ""),
        "error": error,
        **(_facts(found.facts, person.name) if found else {}),
    }
    return render(request, "reviews/reviews.html", context, status=status)


def _facts(found: facts.Facts, leader: str) -> dict[str, object]:
    """What the part with the facts needs."""
    number = found.number
    bars = [BarShown(bar, *calls_wording.KINDS[bar.kind]) for bar in found.bars]
    return {
        "facts": found,
        "bars": bars,
        "walk": _walk(found, bars) if bars else None,
        "moved": found.end - found.start,
        "leader_first": leader.split()[0],
        "target_apart": None if number.target is None else number.amount - number.target,
        "middle_apart": None if number.middle is None else number.amount - number.middle,
        "submitted_apart": None if number.submitted is None else number.amount - number.submitted,
        "unit": numbers.unit(),
    }


def _walk(found: facts.Facts, bars: Sequence[BarShown]) -> charts.Chart:
    today = found.at.astimezone(asking.zone()).date()
    return charts.waterfall(
        charts.Walk(
            start=charts.Level(
                formats.short_day(found.since.astimezone(asking.zone()).date(), today), found.start, "Commit",
                said=False,
            ),
            end=charts.Level(formats.short_day(today, today), found.end, "Commit", said=False),
            changes=tuple(
                charts.Change(one.name, one.bar.amount, formats.count(one.bar.count, "deal"), f"#bar-{one.bar.kind}")
                for one in bars
            ),
        ),
        formats.exponent_of(found.currency),
    )  # fmt: skip


@signed_in
@require_POST
def begin(request: AskingRequest) -> HttpResponse:
    """Freeze the facts and open the room. A second click leads into the review that is running."""
    access.require(request.actor, "review.run")
    person, guest = numbers.whose(request), request.POST.get("guest", "")
    try:
        row = actions.begin(
            by=request.actor, at=request.at, leader=person, guest=people.find(guest) if guest else None
        )
    except access.Refused as refusal:
        if refusal.code == "running":
            return redirect("review", queries.running_of(request.actor, person.pk))
        return _first(request, refusal.sentence, 422)
    messages.success(request, "The review has begun. Everybody in the room reads the same facts now.")
    return redirect("review", row.public_id)


# One review


@signed_in
@require_safe
def one(request: AskingRequest, public_id: str) -> HttpResponse:
    return _page(request, public_id)


def _page(
    request: AskingRequest, public_id: str, typed: Typed | None = None, status: int = 200
) -> HttpResponse:
    page = queries.one(request.actor, public_id, request.at)
    notes = typed.notes if typed else page.draft.notes if page.draft else rules.Notes()
    context = {
        "page": page,
        "typed": typed,
        "key": (typed.key if typed else "") or secrets.token_urlsafe(12),
        "kinds": wording.KINDS,
        "guest": page.mine == "guest",
        "standing_in": page.may_run and page.leader.id != request.actor.id,
        "me": request.actor.id,
        "form": _form(notes, page) if page.may_run or (typed and not notes.empty) else None,
        "version": page.draft.version if page.draft else 0,
        "longest": rules.LONGEST,
        "today": people.house().day(request.at),
        "day": people.house().day(page.begun_at),
        **(_facts(page.facts, page.leader.name) if page.facts else {}),
    }
    return render(request, "reviews/review.html", context, status=status)


def _form(notes: rules.Notes, page: queries.Page) -> dict[str, object]:
    """The rows of the form: what is written, then empty ones; and who can be chosen where."""
    team = [seat for seat in page.room if seat.kind != "guest"]
    known = {key for key, _ in page.deals}
    return {
        "decisions": _rows(notes.decisions, rules.DecisionNote("")),
        "questions": _rows(notes.questions, rules.QuestionNote("")),
        "actions": _rows(notes.actions, rules.ActionNote("")),
        "absent": set(notes.absent),
        "finders": page.room,
        "owners": team,
        "receivers": team,
        "others": {row.deal for row in notes.decisions if row.deal} - known,
    }


def _rows(written: Sequence[object], empty: object) -> list[tuple[int, object]]:
    spare = max(min(SPARE, rules.MOST - len(written)), 0)
    return list(enumerate([*written, *[empty] * spare]))


def _typed_notes(request: HttpRequest) -> rules.Notes:
    """Everything typed in the form, in its order; rows without anything are left out."""
    return rules.notes_of(
        {
            "decisions": _sent(request, "decision", ("text", "deal"), ()),
            "questions": _sent(request, "question", ("text", "finder", "since"), ("since",)),
            "actions": _sent(request, "action", ("text", "owner", "to", "due_on"), ()),
            "absent": request.POST.getlist("absent")[: rules.MOST],
        }
    )


def _sent(
    request: HttpRequest, name: str, fields: Iterable[str], hidden: Iterable[str]
) -> list[dict[str, str]]:
    rows = []
    for n in range(rules.MOST):
        row = {field: request.POST.get(f"{name}-{n}-{field}", "").replace("\r\n", "\n") for field in fields}
        if any(value.strip() for field, value in row.items() if field not in hidden):
            rows.append(row)
    return rows


@signed_in
@require_POST
def write(request: AskingRequest, public_id: str) -> HttpResponse:
    """Save or end: both take everything that is typed. Refused: the page with it, and what to do."""
    access.require(request.actor, "review.run")
    notes, version = _typed_notes(request), request.POST.get("version", "")
    number = whole(version, -1)
    ending = request.POST.get("act") == "end"
    try:
        act = actions.end if ending else actions.save
        act(by=request.actor, at=request.at, review=public_id, notes=notes, version=number)
    except access.Refused as refusal:
        return _kept(request, public_id, notes, refusal)
    if ending:
        messages.success(
            request, "The review has ended. Everybody who was there is told, actions are promises."
        )
    else:
        messages.success(request, "Saved. Nobody else reads it before you end the review.")
    return redirect("review", public_id)


def _kept(
    request: AskingRequest, public_id: str, notes: rules.Notes, refusal: access.Refused
) -> HttpResponse:
    conflict = isinstance(refusal, rules.Conflict | rules.Ended)
    theirs = None
    if isinstance(refusal, rules.Conflict):
        theirs = queries.one(request.actor, public_id, request.at).draft
    typed = Typed(notes, refusal.sentence, refusal.code, theirs)
    return _page(request, public_id, typed, 409 if conflict else 422)


@signed_in
@require_POST
def call_off(request: AskingRequest, public_id: str) -> HttpResponse:
    """Call off a review that was begun by mistake."""
    access.require(request.actor, "review.run")
    try:
        actions.call_off(by=request.actor, at=request.at, review=public_id)
    except access.Refused as refusal:
        draft = queries.one(request.actor, public_id, request.at).draft
        kept = Typed(draft.notes if draft else rules.Notes(), refusal.sentence, refusal.code)
        return _page(request, public_id, kept, 422)
    messages.success(request, "Called off. Everybody who was in the room is told.")
    return redirect("reviews")


@signed_in
@require_POST
def straight(request: AskingRequest, public_id: str) -> HttpResponse:
    """Set something straight under the minutes, in the own name."""
    access.require(request.actor, "review.read")
    text, key = plain_text(request.POST, "text"), request.POST.get("key", "")[:64]
    try:
        actions.set_straight(by=request.actor, at=request.at, review=public_id, text=text, key=key)
    except access.Refused as refusal:
        kept = Typed(rules.Notes(), refusal.sentence, "straight", straight=text)
        return _page(request, public_id, kept, 422)
    messages.success(request, "It stands under the minutes, with your name. Everybody who was there is told.")
    return redirect("review", public_id)


@signed_in
@require_safe
def as_text(request: AskingRequest, public_id: str) -> HttpResponse:
    """The minutes as text to copy."""
    page = queries.one(request.actor, public_id, request.at)
    return render(request, "reviews/text.html", {"page": page, "text": queries.as_text(page)})

"""Promises: one's own and those made to one, with how each stands and what became of it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.models import Person
from fairlead.promises import actions, queries, rules
from fairlead.promises.models import Promise
from fairlead.promises.wording import DONE
from fairlead.web.given import plain_text
from fairlead.web.middleware import AskingRequest, signed_in

STATES = {
    "open": ("wait", "open"),
    "kept": ("ok", "kept"),
    "withdrawn": ("stop", "withdrawn"),
    "broken": ("late", "past due"),
    "disputed": ("half", "kept by one word, not by the other"),
}
"""State -> the shape and the words it is shown with."""
STEPS = {
    "kept": "said that it is kept",
    "moved": "moved it to",
    "withdrawn": "withdrew it",
    "confirmed": "confirmed that it was kept",
    "not_kept": "said that it was not kept",
    "undone": "took back step",
}


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed in a form that was refused, and why; kept so that nothing is lost."""

    values: dict[str, str] = field(default_factory=dict)
    error: str = ""
    act: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A promise as a page shows it."""

    line: queries.Line
    shape: str
    word: str
    late_days: int
    acts: tuple[str, ...]

    @property
    def in_short(self) -> str:
        return self.line.text if len(self.line.text) <= 60 else self.line.text[:57].rstrip() + "…"


def _shown(line: queries.Line, today: date) -> Shown:
    now = line.standing
    shape, word = STATES[now.state]
    if now.state == "kept":
        word = "kept in time" if now.in_time else "kept after its day"
        word += ", confirmed" if now.confirmed else ""
    late = max((today - now.due_on).days, 0) if now.state == "broken" else 0
    return Shown(line, shape, word, late, tuple(line.may))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def promises(request: AskingRequest) -> HttpResponse:
    """The page; posting makes a promise of one's own."""
    access.require(request.actor, "promise.read")
    if request.method != "POST":
        return _page(request)
    access.require(request.actor, "promise.make")
    try:
        made = _make(request)
    except access.Refused as refusal:
        again = _values(request) | {"key": secrets.token_urlsafe(12)}
        return _page(request, Typed(again, refusal.sentence, "make"), 422)
    messages.success(
        request,
        f"Promised to {made.made_to.name}, who is told. Due {made.due_on:%a} {made.due_on.day}"
        f" {made.due_on:%b}.",
    )
    return redirect("promises")


def _make(request: AskingRequest) -> Promise:
    given = _values(request)
    person = _named(given["to"])
    if person is None:
        raise access.Refused(
            "nobody", "Write the full name of the person you promise it to, as in the directory."
        )
    return actions.make(
        by=request.actor,
        at=request.at,
        owner=Person.objects.get(pk=request.actor.id),
        made_to=person,
        text=given["text"],
        due_on=_day(given["due_on"]),
        key=given["key"] or secrets.token_urlsafe(12),
    )


def _named(name: str) -> Person | None:
    found = people.named(name)
    return found[0] if len(found) == 1 else None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise access.Refused("bad_day", "Choose the day by which it is done.") from error


def _values(request: HttpRequest) -> dict[str, str]:
    return {name: plain_text(request.POST, name) for name in ("to", "text", "due_on", "reason", "key")}


def _page(request: AskingRequest, typed: Typed | None = None, status: int = 200) -> HttpResponse:
    today = people.house().day(request.at)
    book = queries.book(request.actor, request.at)
    groups = [
        ("overdue", "Past their day", "not kept yet", book.overdue, ""),
        ("today", "Due today", "by the end of the day", book.due_today, "Nothing is due today."),
        ("mine", "Mine", "what I said I will do", book.mine,
         "Nothing open. A promise you make here, or an action you take on in a review, stands here until it is kept."),
        ("tome", "Made to me", "what others said they will do", book.made_to_me,
         "Nothing open. When somebody promises you something, both of you read it here."),
    ]  # fmt: skip
    context = {
        "groups": [
            (key, title, says, [_shown(line, today) for line in lines], empty)
            for key, title, says, lines, empty in groups
            if lines or empty
        ],
        "closed": [_shown(line, today) for line in book.closed],
        "rates": book.rates,
        "typed": typed or Typed({"key": secrets.token_urlsafe(12)}),
        "today": today,
        "names": [p.name for p in Person.objects.filter(voided_at=None).order_by("name")[:300]],
        "longest": rules.LONGEST,
    }
    return render(request, "promises/promises.html", context, status=status)


@signed_in
@require_safe
def one(request: AskingRequest, public_id: str) -> HttpResponse:
    """One promise with every step, the same for both of its people."""
    return _one(request, public_id)


def _one(
    request: AskingRequest, public_id: str, typed: Typed | None = None, status: int = 200
) -> HttpResponse:
    line = queries.one(request.actor, public_id, request.at)
    today = people.house().day(request.at)
    context = {
        "shown": _shown(line, today),
        "line": line,
        "steps": [(step, who, STEPS[step.kind]) for step, who in line.steps],
        "typed": typed or Typed(),
        "today": today,
        "longest": rules.LONGEST,
    }
    return render(request, "promises/promise.html", context, status=status)


@signed_in
@require_POST
def act(request: AskingRequest, public_id: str) -> HttpResponse:
    """Take a step: kept, moved, withdrawn, confirmed, not_kept or undone. Refused: the page with what was typed."""
    line, kind, given = (
        queries.one(request.actor, public_id, request.at),
        request.POST.get("act", ""),
        _values(request),
    )
    try:
        _take(request, public_id, kind, given)
    except access.Refused as refusal:
        return _one(request, public_id, Typed(given, refusal.sentence, kind), 422)
    day = given["due_on"]
    messages.success(request, DONE[kind].format(other=line.other.name, day=_spoken(day)))
    if request.POST.get("back") == "today":
        return redirect("today")
    return redirect("promise", public_id)


def _spoken(day: str) -> str:
    return (
        f"{date.fromisoformat(day):%a} {date.fromisoformat(day).day} {date.fromisoformat(day):%b}"
        if day
        else ""
    )


def _take(request: AskingRequest, public_id: str, kind: str, given: dict[str, str]) -> None:
    by, at = request.actor, request.at
    if kind == "moved":
        actions.move(by=by, at=at, promise=public_id, due_on=_day(given["due_on"]), reason=given["reason"])
    elif kind == "withdrawn":
        actions.withdraw(by=by, at=at, promise=public_id, reason=given["reason"])
    elif kind in SIMPLE:
        SIMPLE[kind](by=by, at=at, promise=public_id)
    else:
        raise access.Refused("no_step", "Choose what became of the promise.")


SIMPLE = {
    "kept": actions.keep,
    "confirmed": actions.confirm,
    "not_kept": actions.say_not_kept,
    "undone": actions.undo,
}
"""Steps that need nothing typed."""

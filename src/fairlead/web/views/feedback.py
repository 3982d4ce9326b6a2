"""Upward feedback: what one is asked, answering with a preview, what was released, the rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fairlead.feedback import actions, queries, rules, wording
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.web import downloads
from fairlead.web.given import plain_text
from fairlead.web.middleware import AskingRequest, signed_in


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form, kept after a refusal and on the way back from the preview."""

    answers: Mapping[str, str] = field(default_factory=dict)
    comment: str = ""
    error: str = ""


@signed_in
@require_safe
def listing(request: AskingRequest) -> HttpResponse:
    """What one is asked, what was said of the own team, what was shared, and counts for HR."""
    return render(request, "feedback/list.html", {"book": queries.book(request.actor, request.at)})


@signed_in
@require_safe
def how(request: AskingRequest) -> HttpResponse:
    """The rules, with what remains."""
    queries.require_available(request.actor)
    context = {
        "policy": rules.POLICY,
        "days_open": rules.DAYS_OPEN,
        "remind": rules.REMIND,
        "items": wording.ITEMS.values(),
        "why": wording.WHY,
        "next_on": queries.next_on(people.house().day(request.at)),
    }
    return render(request, "feedback/rules.html", context)


@signed_in
@require_safe
def one(request: AskingRequest, public_id: str) -> HttpResponse:
    """A round: its words, or why there are none and when the next one comes."""
    page = queries.page(request.actor, public_id, request.at)
    context = {
        "page": page,
        "line": page.line,
        "next_on": queries.next_on(people.house().day(request.at)),
        "policy": rules.POLICY,
    }
    return render(request, "feedback/round.html", context)


@signed_in
@require_safe
def as_csv(request: AskingRequest, public_id: str) -> Any:
    """What the page of a round shows, as a file."""
    page = queries.page(request.actor, public_id, request.at)
    rows = queries.table(page)
    return downloads.as_csv(f"feedback-{page.line.quarter}", rows[0], rows[1:])


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: AskingRequest, public_id: str) -> HttpResponse:
    """The eight items, the preview, and the sending; nothing is kept before the sending."""
    asked = queries.to_answer(request.actor, public_id, request.at)
    if asked.answered or not asked.open:
        if request.method == "POST":
            return _form(request, asked, Typed(error=_refusal(asked)), status=422)
        return redirect("feedback_round", public_id)
    if request.method != "POST":
        return _form(request, asked, Typed())
    typed = _typed(request.POST)
    step = plain_text(request.POST, "do")
    if step == "back":
        return _form(request, asked, typed)
    try:
        if step != "send":
            said, text = rules.checked(typed.answers), rules.comment(typed.comment)
            return _preview(request, asked, Typed(said, text))
        actions.answer(
            by=request.actor, at=request.at, round=public_id, answers=typed.answers, comment=typed.comment
        )
    except access.Refused as refusal:
        return _form(request, asked, Typed(typed.answers, typed.comment, refusal.sentence), status=422)
    messages.success(request, "Sent. Nobody can see which answer is yours, and nobody can find it again.")
    return redirect("feedback")


def _refusal(asked: queries.ToAnswer) -> str:
    try:
        rules.refuse_answer(open_=asked.open, answered=asked.answered)
    except access.Refusal as refusal:
        return refusal.sentence
    return ""


def _typed(given: QueryDict) -> Typed:
    return Typed({item: plain_text(given, item) for item in rules.ITEMS}, plain_text(given, "comment"))


def _form(request: AskingRequest, asked: queries.ToAnswer, typed: Typed, status: int = 200) -> HttpResponse:
    rows = [(key, name, typed.answers.get(key, "")) for key, name in wording.ITEMS.items()]
    context = {
        "asked": asked,
        "typed": typed,
        "rows": rows,
        "answers": wording.ANSWERS.items(),
        "longest": rules.LONGEST,
        "policy": rules.POLICY,
        "done": asked.answered or not asked.open,
    }
    return render(request, "feedback/answer.html", context, status=status)


def _preview(request: AskingRequest, asked: queries.ToAnswer, typed: Typed) -> HttpResponse:
    rows = [
        (key, name, typed.answers[key], wording.ANSWERS[typed.answers[key]])
        for key, name in wording.ITEMS.items()
    ]
    context = {"asked": asked, "typed": typed, "rows": rows, "policy": rules.POLICY}
    return render(request, "feedback/preview.html", context)


@signed_in
@require_POST
def share(request: AskingRequest, public_id: str) -> HttpResponse:
    """The owner lets others read a result, or no longer."""
    on = plain_text(request.POST, "on") == "yes"
    actions.share(
        by=request.actor, at=request.at, round=public_id, whom=plain_text(request.POST, "whom"), on=on
    )
    messages.success(request, "Shared; they are told." if on else "No longer shared. What was read is read.")
    return redirect("feedback_round", public_id)

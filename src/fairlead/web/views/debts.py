"""Company debts: what one owes in the company's name, what is owed to one, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from fairlead.deals import queries as deals
from fairlead.debts import actions, queries, rules, wording
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.web import formats
from fairlead.web.given import plain_text
from fairlead.web.middleware import AskingRequest, signed_in


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed in a form that was refused, and why; kept so that nothing is lost."""

    values: dict[str, str] = field(default_factory=dict)
    error: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """A debt as a page shows it. ``deal`` is (public id, name) where it comes from a plan the reader may open."""

    line: queries.Line
    shape: str
    word: str
    source: str
    rating: str
    deal: tuple[str, str] | None

    @property
    def in_short(self) -> str:
        item = self.line.item
        return item if len(item) <= 60 else item[:57].rstrip() + "…"


def shown(line: queries.Line, request: AskingRequest) -> Shown:
    """A debt with its words; a debt past its day is shown late."""
    shape, word = wording.STATES[line.standing.state]
    if line.days_late:
        shape, word = "late", f"{formats.count(line.days_late, 'day')} past its day"
    of_plan = line.source_kind == "plan"
    deal = deals.named_by(request.actor, line.source_id) if of_plan else None
    return Shown(
        line,
        shape,
        word,
        wording.SOURCES[line.source_kind],
        rules.RATINGS.get(line.standing.rating, ""),
        deal,
    )


@signed_in
@require_safe
def listing(request: AskingRequest) -> HttpResponse:
    """Every debt the reader may see."""
    access.require(request.actor, "debt.read")
    book = queries.book(request.actor, request.at)
    groups = [
        ("mine", "You answer for", "owed in the company’s name", book.owed_by_me,
         "You owe nobody anything. What you refuse to a deal, or say you provide, stands here until it is delivered."),
        ("tome", "Owed to you", "by the company, through one person", book.owed_to_me,
         "The company owes you nothing. What a deal plan calls refused stands here, with who answers for it."),
        ("team", "Of your direct reports", "owed to them or by them", book.of_reports, ""),
    ]  # fmt: skip
    context = {
        "groups": [
            (key, title, says, [shown(line, request) for line in lines], empty)
            for key, title, says, lines, empty in groups
            if lines or empty
        ],
        "settled": [shown(line, request) for line in book.settled],
    }
    return render(request, "debts/list.html", context)


@signed_in
@require_safe
def one(request: AskingRequest, public_id: str) -> HttpResponse:
    """One debt with every step, the same for everybody who reads it."""
    return _one(request, public_id, Typed())


def _one(request: AskingRequest, public_id: str, typed: Typed, status: int = 200) -> HttpResponse:
    line = queries.one(request.actor, public_id, request.at)
    context = {
        "shown": shown(line, request),
        "line": line,
        "steps": [
            (step, who, wording.STEPS[step.kind], rules.RATINGS.get(step.rating, ""))
            for step, who in line.steps
        ],
        "typed": typed,
        "ratings": rules.RATINGS.items(),
        "today": people.house().day(request.at),
        "longest": rules.LONGEST,
    }
    return render(request, "debts/debt.html", context, status=status)


@signed_in
@require_POST
def act(request: AskingRequest, public_id: str) -> HttpResponse:
    """Take a step: dated, delivered, rated, disputed, lifted or undone. Refused: the page with what was typed."""
    line = queries.one(request.actor, public_id, request.at)
    names = ("act", "due_on", "words", "rating")
    given = {name: plain_text(request.POST, name).strip() for name in names}
    kind = given["act"]
    try:
        if kind not in rules.KINDS:
            raise access.Refused("bad_step", f"Choose one of: {', '.join(rules.KINDS)}.")
        actions.act(
            by=request.actor, at=request.at, debt=public_id, kind=kind, due_on=_day(given["due_on"]),
            words=given["words"], rating=given["rating"],
        )  # fmt: skip
    except access.Refused as refusal:
        return _one(request, public_id, Typed(given, refusal.sentence), 422)
    other = line.owed_to if line.side == "owes" else line.owner
    messages.success(request, wording.DONE[kind].format(other=other.name))
    return redirect("debt", public_id)


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as odd:
        raise access.Refused("bad_day", "Choose the day by which it is delivered.") from odd

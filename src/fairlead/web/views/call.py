"""The Call page: the manager's own number, what moved, the reports' calls, and the submission."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from fairlead.calls import actions, kinds, pipeline, queries, rules
from fairlead.calls.rules import Conflict
from fairlead.desk import offers as sends
from fairlead.exits import queries as exits
from fairlead.expectations import queries as expectations
from fairlead.forecasting.periods import Period
from fairlead.news import queries as news
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.models import Person
from fairlead.web import asking, charts, formats, numbers
from fairlead.web.categories import CATEGORY_WORDS
from fairlead.web.middleware import AskingRequest, signed_in

_A_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
LARGEST_TO_JUDGE = 8
VOICES = {"you": "You", "calls": "Your reports’ calls added up", "estimate": "Estimate, middle"}


@dataclass(frozen=True, slots=True)
class Line:
    """One report's row with its drawings and what its forms start from."""

    row: queries.Row
    glyph: charts.Chart
    record: charts.Chart
    record_words: str
    own_typed: str
    overlay_typed: str


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed in a form that was refused, and why; kept so that nothing is lost.

    ``others`` are the numbers besides Commit, by category.
    """

    number: str = ""
    reason: str = ""
    key: str = ""
    error: str = ""
    error_at: str = ""
    others: Mapping[str, str] = field(default_factory=dict)
    types: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """(forecast type, category) -> what was typed for it"""


@dataclass(frozen=True, slots=True)
class TypeField:
    """A field of the submission for a forecast type: what it offers, and what stands in it."""

    category: str
    name: str
    with_overlays: int
    shown: str
    typed: str
    sent: int | None


@dataclass(frozen=True, slots=True)
class TypeLine:
    """A forecast type on the Call page: its numbers, its unit, and the fields where it is asked for."""

    kind: rules.Kind
    unit: str
    number: queries.Number
    pipeline: int
    fields: tuple[TypeField, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """A judgement that was refused: of which deal, with what was typed, and why."""

    deal: str
    note: str
    why: str


@dataclass(frozen=True, slots=True)
class Other:
    """A field of the submission for a category besides Commit: what it offers, and what stands in it."""

    category: str
    with_overlays: int
    shown: str
    typed: str
    sent: int | None
    """What went up last by the leader's own word."""


@signed_in
@require_safe
def call(request: AskingRequest) -> HttpResponse:
    return _page(request)


def _page(
    request: AskingRequest, typed: Typed | None = None, status: int = 200, *, judging: Refused | None = None
) -> HttpResponse:
    access.require(request.actor, "call.open")
    person, period = numbers.whose(request), numbers.period_of(request)
    category, kind = numbers.category_of(request), numbers.type_of(request)
    every = queries.numbers_of(request.actor, person.pk, period, request.at)
    types = queries.types_of(request.actor, every["commit"])
    shown = next((one.every for one in types if kind is not None and one.kind.key == kind.key), every)
    page = queries.call_page(
        request.actor, person.pk, period, request.at, every=shown, category=category, kind=kind
    )
    last, lines = page.last, [_type_line(one, typed) for one in types]
    start = (formats.short_day(last.at.date(), request.at.date()), "submitted") if last else ("", "")
    mine = "call" if category == "commit" else CATEGORY_WORDS[category]
    context = {
        "page": page,
        "category": category,
        "categories": rules.CALLED,
        "kind": kind,
        "of_type": f"&type={kind.key}" if kind else "",
        "kinds": [one.kind for one in types],
        "types": lines,
        "asked": [one for one in lines if one.fields],
        "whole_pipeline": _open_pipeline(every["commit"]),
        "others": _others(every, typed),
        "judging": judging,
        "all_deals": (request.GET.get("deals", "") or request.POST.get("deals", "")) == "all",
        "to_judge": _shown(request, page.to_judge, judging.deal if judging else ""),
        "commit": every["commit"],
        "person": person,
        "standing_in": person.pk != request.actor.id,
        "for": request.GET.get("for", "") or request.POST.get("for", ""),
        "exits_waiting": exits.waiting_for(request.actor, person.pk, request.at),
        "unit": numbers.unit(kind),
        "house_unit": numbers.unit(),
        "periods": queries.periods_around(request.at, back=4, ahead=1),
        "plot": numbers.dot_plot(
            page.outlook,
            page.target,
            page.amount,
            f"Your {CATEGORY_WORDS[category]}" if category != "commit" else "Your call",
        ),
        "voices": [
            (VOICES[v.who], v.amount, v.apart, numbers.record_words(v.record))
            for v in page.voices
            if kind is None or v.who != "estimate"
        ],
        "waterfall": numbers.waterfall(
            request.actor,
            page.changes,
            start,
            ("Now", f"your {mine}"),
        ),
        "bars": numbers.bars_with_deals(request.actor, page.changes.bars if page.changes else ()),
        "lines": [_line(row) for row in page.rows],
        "target_apart": None if page.target is None else page.amount - page.target,
        "middle_apart": page.amount - page.outlook.estimate.p50 if page.outlook else None,
        "calls_apart": every["commit"].suggestion - every["commit"].calls_sum,
        "to": page.superior.name.split()[0] if page.superior else "",
        "shown": numbers.plain(every["commit"].suggestion),
        "own_number": numbers.plain(page.said),
        "typed": typed
        or Typed(number=numbers.plain(every["commit"].suggestion), key=secrets.token_urlsafe(12)),
        "may_import": access.may(request.actor, "import.run"),
        "agreed": expectations.newest(request.actor, [person.pk], period.name).get(person.pk),
        "untold": _untold(request, every["commit"]) if category == "commit" and kind is None else None,
        "history": queries.submissions(
            request.actor, person.pk, period, request.at, category, kind.key if kind else ""
        ),
    }
    return render(request, "call/call.html", context, status=status)


def _type_line(one: queries.OfType, typed: Typed | None) -> TypeLine:
    fields = []
    for category in rules.CALLED if one.kind.asked else ():
        number = one.every[category]
        shown = numbers.plain(number.suggestion)
        kept = typed.types.get((one.kind.key, category), shown) if typed else shown
        name = f"type_{one.kind.key}_{category}"
        fields.append(TypeField(category, name, number.with_overlays, shown, kept, number.own_word))
    return TypeLine(one.kind, numbers.unit(one.kind), one.commit, _open_pipeline(one.commit), tuple(fields))


def _open_pipeline(number: queries.Number) -> int:
    """Open deals of direct reports now, and of teams below as of the newest estimate."""
    owners = {cell.person for cell in number.cells}
    own = sum(
        line.amount or 0
        for line in number.lines
        if line.owner in owners and pipeline.counted(line, number.period)
    )
    return own + number.below.get("pipeline", 0)


def _shown(
    request: AskingRequest, deals: tuple[queries.ToJudge, ...], refused: str
) -> tuple[queries.ToJudge, ...]:
    """The largest deals, those that are judged, and the one in hand; all of them when asked for."""
    asked = request.GET.get("deals", "") or request.POST.get("deals", "")
    if asked == "all":
        return deals
    return tuple(
        deal
        for place, deal in enumerate(deals)
        if place < LARGEST_TO_JUDGE or deal.mine or deal.public_id == refused
    )


def _others(every: Mapping[str, queries.Number], typed: Typed | None) -> list[Other]:
    """The submission's fields besides Commit, the narrower first; each holds the narrower one.

    What the leader said in a category when submitting last stays in what is offered, and moves with the calls.
    """
    found = []
    for category in rules.CALLED[1:]:
        number = every[category]
        shown = numbers.plain(number.suggestion)
        kept = typed.others.get(category, shown) if typed else shown
        found.append(Other(category, number.with_overlays, shown, kept, number.own_word))
    return found


def _untold(request: AskingRequest, number: queries.Number) -> news.Untold | None:
    """What the superior does not know yet, for the period that runs; None where nobody stands above."""
    person, period = number.person, number.period
    if period.name != queries.period_at(request.at).name or person.manager is None:
        return None
    return news.untold_of(request.actor, person.id, period, request.at, number)


def _line(row: queries.Row) -> Line:
    return Line(
        row,
        numbers.glyph(row.outlook, row.booked, row.in_call, row.target),
        numbers.record(row.record),
        numbers.record_words(row.record),
        numbers.plain(row.said),
        numbers.plain(row.overlay),
    )


@signed_in
@require_safe
def then(request: AskingRequest) -> HttpResponse:
    """The Call page as it was at the end of an earlier day (``?on=2026-11-09``): to read, not to change."""
    access.require(request.actor, "call.open")
    person, period = numbers.whose(request), numbers.period_of(request)
    today = request.at.astimezone(asking.zone()).date()
    day = _day_of(request, period)
    at = queries.end_of(day, request.at)
    category, kind = numbers.category_of(request), numbers.type_of(request, at)
    page = queries.call_page(request.actor, person.pk, period, at, past=True, category=category, kind=kind)
    last = page.last
    start = (formats.short_day(last.at.date(), request.at.date()), "submitted") if last else ("", "")
    context = {
        "page": page,
        "category": category,
        "categories": rules.CALLED,
        "person": person,
        "for": request.GET.get("for", ""),
        "day": day,
        "first": period.starts_on,
        "newest": min(today - timedelta(days=1), period.ends_on),
        "weeks": _weeks(period, day, today),
        "kind": kind,
        "of_type": f"&type={kind.key}" if kind else "",
        "types": kinds.in_force(at, past=True),
        "unit": numbers.unit(kind),
        "plot": numbers.dot_plot(page.outlook, page.target, page.amount, "The call then"),
        "waterfall": numbers.waterfall(
            request.actor, page.changes, start, (formats.short_day(day, request.at.date()), "call")
        ),
        "lines": [_line(row) for row in page.rows],
        "history": queries.submissions(
            request.actor, person.pk, period, at, category, kind.key if kind else ""
        ),
    }
    return render(request, "call/then.html", context)


def _day_of(request: AskingRequest, period: Period) -> date:
    """The day asked for, inside the period and before today. Raises Refused that says which days there are."""
    text = request.GET.get("on", "")
    try:
        day = date.fromisoformat(text) if _A_DAY.fullmatch(text) else None
    except ValueError:
        day = None
    return queries.past_day(period, date.max if text and day is None else day, request.at)


def _weeks(period: Period, day: date, today: date) -> list[tuple[int, date, bool]]:
    """The last day of each week of the period that is over: number, day, whether it is the one shown."""
    ends = (period.starts_on + timedelta(days=7 * n + 6) for n in range(period.weeks))
    return [(n + 1, end, end == day) for n, end in enumerate(ends) if end < today and end <= period.ends_on]


@signed_in
@require_POST
def submit(request: AskingRequest) -> HttpResponse:
    """Send the number. Refused: the page again, with everything typed, and what to do about it."""
    access.require(request.actor, "submission.make")
    person = numbers.whose(request)
    given = [one for one in rules.CALLED[1:] if request.POST.get(f"number_{one}", "").strip()]
    typed = Typed(
        request.POST.get("number", ""), request.POST.get("reason", ""), request.POST.get("key", "")[:64],
        others={one: request.POST[f"number_{one}"] for one in given}, types=_types_given(request),
    )  # fmt: skip
    try:
        sent = actions.submit(
            by=request.actor,
            at=request.at,
            person=person,
            period=numbers.period_of(request),
            amount_minor=numbers.typed_or_shown(request),
            reason=typed.reason,
            key=typed.key or secrets.token_urlsafe(12),
            expected_previous=request.POST.get("expected_previous", ""),
            others={one: _typed(typed.others[one], one) for one in given if _changed(request, one)},
            types=_types_typed(request, typed.types),
        )
    except access.Refused as refusal:
        return _kept(request, typed, refusal)
    said = formats.thousands(sent.amount_minor)
    messages.success(request, f"{said} is submitted, and your team has its copy.")
    return redirect("copy", sent.public_id)


def _types_given(request: AskingRequest) -> dict[tuple[str, str], str]:
    """What stands in the fields of forecast types that are asked for."""
    return {
        (kind.key, category): text
        for kind in kinds.in_force(request.at)
        if kind.asked
        for category in rules.CALLED
        if (text := request.POST.get(f"type_{kind.key}_{category}", "").strip())
    }


def _types_typed(request: AskingRequest, given: Mapping[tuple[str, str], str]) -> dict[str, dict[str, int]]:
    """The numbers of forecast types that were typed anew; what was only shown goes up as it stands."""
    found: dict[str, dict[str, int]] = {}
    for (type, category), text in given.items():
        if text != request.POST.get(f"shown_type_{type}_{category}", ""):
            found.setdefault(type, {})[category] = _typed(text, category, type)
    return found


def _typed(text: str, category: str, type: str = "") -> int:
    try:
        return numbers.typed(text)
    except access.Refusal as refusal:
        raise rules.WrongNumber(category, refusal.code, refusal.sentence, type) from refusal


def _changed(request: AskingRequest, category: str) -> bool:
    """Whether a number besides Commit was typed anew; what was only shown goes up as it stands."""
    return request.POST[f"number_{category}"].strip() != request.POST.get(f"shown_{category}", "")


def _kept(request: AskingRequest, typed: Typed, refusal: access.Refused) -> HttpResponse:
    """The page after a refusal, with a new key: nothing was kept, so sending again is a new form."""
    key = secrets.token_urlsafe(12)
    at = "reason" if refusal.code == "reason_missing" else "number"
    if isinstance(refusal, rules.WrongNumber):
        at = f"type_{refusal.type}_{refusal.category}" if refusal.type else f"number-{refusal.category}"
    status = 409 if isinstance(refusal, Conflict) else 422
    return _page(request, replace(typed, key=key, error=refusal.sentence, error_at=at), status)


@signed_in
@require_POST
def set_number(request: AskingRequest) -> HttpResponse:
    """Set the own number before submitting, so that the page is computed for it."""
    access.require(request.actor, "call.set")
    text = request.POST.get("number", "").strip()
    actions.set_call(
        by=request.actor,
        at=request.at,
        person=Person.objects.get(pk=request.actor.id),
        period=numbers.period_of(request),
        amount_minor=numbers.typed(text) if text else None,
        category=numbers.category_of(request),
        note=request.POST.get("note", ""),
        type=request.POST.get("type", ""),
    )
    return redirect(_back(request, "own"))


@signed_in
@require_POST
def type_in(request: AskingRequest, public_id: str) -> HttpResponse:
    """Type in the call a report gave in words."""
    access.require(request.actor, "call.type_in")
    report, text = people.find(public_id), request.POST.get("number", "").strip()
    actions.type_in_call(
        by=request.actor,
        at=request.at,
        person=report,
        period=numbers.period_of(request),
        amount_minor=numbers.typed(text) if text else None,
        note=request.POST.get("note", ""),
        category=numbers.category_of(request),
        type=request.POST.get("type", ""),
    )
    messages.success(request, f"{report.name}’s call is kept, with your name as the one who typed it.")
    return redirect(_back(request))


@signed_in
@require_POST
def overlay(request: AskingRequest, public_id: str) -> HttpResponse:
    """Set a number beside a report's call with a note, take it back, or answer a base that moved."""
    access.require(request.actor, "overlay.set")
    report, text = people.find(public_id), request.POST.get("number", "").strip()
    common = {
        "by": request.actor, "at": request.at, "person": report, "period": numbers.period_of(request),
        "category": numbers.category_of(request), "type": request.POST.get("type", ""),
    }  # fmt: skip
    if request.POST.get("act") in ("follow", "keep"):
        actions.answer_drift(**common, follow=request.POST["act"] == "follow")  # type: ignore[arg-type]
        messages.success(request, "The overlay is answered.")
    elif request.POST.get("act") == "reset" or not text:
        actions.reset_overlay(**common)  # type: ignore[arg-type]
        messages.success(request, f"{report.name}’s own call counts again.")
    else:
        note = request.POST.get("note", "")
        actions.set_overlay(**common, amount_minor=numbers.typed(text), note=note)  # type: ignore[arg-type]
        messages.success(request, f"Your number stands beside {report.name}’s call, which is not touched.")
    return redirect(_back(request))


def _back(request: AskingRequest, to: str = "reports") -> str:
    """The Call page as it was asked for: of the same person, period and category."""
    kept = {name: request.POST.get(name, "") for name in ("for", "period", "category", "type", "deals")}
    query = urlencode({name: value for name, value in kept.items() if value})
    return reverse("call") + (f"?{query}" if query else "") + f"#{to}"


@signed_in
@require_POST
def judge(request: AskingRequest, public_id: str) -> HttpResponse:
    """Judge a report's deal beside the number, or take that back; the page comes back at the same deal."""
    access.require(request.actor, "judgement.set")
    act, note = request.POST.get("act", ""), request.POST.get("note", "")
    common = {
        "by": request.actor, "at": request.at, "deal": public_id, "period": numbers.period_of(request)
    }  # fmt: skip
    try:
        if act == "clear":
            actions.clear_judgement(**common)  # type: ignore[arg-type]
        else:
            actions.judge(**common, verdict=act, note=note)  # type: ignore[arg-type]
    except access.Refused as refusal:
        return _page(request, judging=Refused(public_id, note, refusal.sentence), status=422)
    words = {"in": "Judged in.", "out": "Judged out."}.get(act, "Your judgement is taken back.")
    messages.success(request, f"{words} It changes no call; the owner sees it at the deal.")
    return redirect(_back(request, f"judge-{public_id}"))


@signed_in
@require_safe
def copy(request: AskingRequest, public_id: str) -> HttpResponse:
    """What was submitted, as its reader may see it: the team's copy is the version that went up."""
    found = queries.team_copy(
        request.actor, public_id, numbers.category_of(request), request.GET.get("type", "")
    )
    context = {
        "copy": found,
        "unit": numbers.unit_of(found.type.measure if found.type else "amount"),
        "copy_types": [(one, numbers.unit_of(one.measure)) for one in found.types],
        "mine": found.person.id == request.actor.id,
        "writes": sends.may_write_to(request.actor, found.person.id),
        "agreed": expectations.newest(request.actor, [found.person.id], found.period).get(found.person.id),
        "bars": [(numbers.bar_name(bar), bar.amount) for bar in found.changes],
        "may_withdraw": found.withdrawn_at is None and not found.newer,
        "apart": None if found.target is None else found.amount - found.target,
    }
    return render(request, "call/copy.html", context)


@signed_in
@require_POST
def read(request: AskingRequest, public_id: str) -> HttpResponse:
    """Say that one has read the copy; its author sees it."""
    actions.mark_read(by=request.actor, at=request.at, submission=public_id)
    return redirect("copy", public_id)


@signed_in
@require_POST
def withdraw(request: AskingRequest, public_id: str) -> HttpResponse:
    """Take a submission back until the superior has used it."""
    actions.withdraw(
        by=request.actor, at=request.at, submission=public_id, reason=request.POST.get("reason", "")
    )
    messages.success(request, "The number is withdrawn. Everybody who had it is told.")
    return redirect("copy", public_id)


@signed_in
@require_safe
def as_text(request: AskingRequest, public_id: str) -> HttpResponse:
    """The submission as text to copy, for a superior without an account."""
    found = queries.team_copy(request.actor, public_id)
    context = {"copy": found, "text": queries.as_text(request.actor, public_id)}
    return render(request, "call/text.html", context)

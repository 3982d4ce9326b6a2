"""The gap ledger: what a quarter under its target cost others, for the manager and HR; totals for a superior."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from fairlead.deals import rules as deal_rules
from fairlead.gaps import actions, queries, rules, wording
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.web import downloads, numbers
from fairlead.web.given import day, plain_text, whole
from fairlead.web.middleware import AskingRequest, signed_in

ROWS = 4
"""Empty rows of a form beside those that are filled."""
_PART, _CUT = ("carrier", "amount", "first", "last"), ("kind", "words", "first", "last")


@signed_in
@require_safe
def listing(request: AskingRequest) -> HttpResponse:
    """Entries, closed quarters an entry can be begun of, and a superior's totals."""
    book = queries.book(request.actor, request.at)
    totals = [
        (one, [(wording.CUTS[kind], count) for kind, count in (one.cuts or {}).items()])
        for one in book.totals
    ]
    context = {
        "book": book, "totals": totals, "unit": numbers.unit(), "never": wording.NEVER, "least": rules.LEAST_TOTALS,
        "reads": access.may(request.actor, "gap.read"),
    }  # fmt: skip
    return render(request, "gaps/list.html", context)


@signed_in
@require_safe
def export_csv(request: AskingRequest) -> Any:
    """The entries the reader reads, a line for each part and each cut."""
    queries.require_available(request.actor, request.at)
    access.require(request.actor, "gap.read")
    head = "person quarter asked won gap what who_or_what amount first last taken_back".split()
    rows = list(_rows(request))
    return downloads.as_csv(f"gap-ledger-{people.house().day(request.at)}", head, rows)


def _rows(request: AskingRequest) -> Iterator[list[downloads.Cell]]:
    """Money in major units of the organisation's currency."""
    currency = people.house().currency

    def major(minor: int) -> downloads.Cell:
        return deal_rules.major_units(minor, currency)

    for line in queries.book(request.actor, request.at).lines:
        page = queries.one(request.actor, line.public_id, request.at)
        now = page.entry.newest
        before: list[downloads.Cell] = [
            line.person.name, line.quarter, *(major(one) for one in (now.asked_minor, now.won_minor, now.gap_minor)),
        ]  # fmt: skip
        back = "yes" if now.kind == "taken_back" else "no"
        for one in page.borne:
            part = one.part
            yield [*before, "part", one.carrier, major(part.minor), part.first, part.last, back]
        for cut in now.cuts:
            yield [*before, wording.CUTS[cut.kind].lower(), cut.words, None, cut.first, cut.last, back]
        if not page.borne and not now.cuts:
            yield [*before, "", "", None, None, None, back]


@signed_in
@require_safe
def one(request: AskingRequest, public_id: str) -> HttpResponse:
    """One entry."""
    return _one(request, public_id, "", "")


def _one(request: AskingRequest, public_id: str, error: str, why: str) -> HttpResponse:
    page = queries.one(request.actor, public_id, request.at)
    newest = page.entry.newest
    context = {
        "page": page, "entry": page.entry, "newest": newest, "error": error, "why": why, "unit": numbers.unit(),
        "never": wording.NEVER, "cuts": [(wording.CUTS[one.kind], one) for one in newest.cuts],
        "given": sum(part.minor for part in newest.parts), "longest": rules.LONGEST,
    }  # fmt: skip
    return render(request, "gaps/one.html", context, status=422 if error else 200)


@signed_in
@require_POST
def back(request: AskingRequest, public_id: str) -> HttpResponse:
    """Take an entry back, with the reason."""
    access.require(request.actor, "gap.write")
    why = plain_text(request.POST, "why")
    try:
        actions.take_back(
            by=request.actor, at=request.at, gap=public_id, why=why,
            after=whole(plain_text(request.POST, "after"), 0),
        )  # fmt: skip
    except access.Refused as refusal:
        return _one(request, public_id, refusal.sentence, why)
    messages.success(request, "Taken back. It can be kept again.")
    return redirect("gap", public_id)


# Writing


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form: lines of fields, prefilled or as they were typed."""

    parts: list[dict[str, str]]
    cuts: list[dict[str, str]]
    why: str


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def write(request: AskingRequest, public_id: str, quarter: str) -> HttpResponse:
    """Begin or correct the entry of a seller's closed quarter."""
    access.require(request.actor, "gap.write")
    form, error = queries.form(request.actor, public_id, quarter, request.at), ""
    typed = _typed(request.POST) if request.method == "POST" else _standing(form)
    if request.method == "POST":
        try:
            row = actions.keep(
                by=request.actor, at=request.at, person=public_id, quarter=quarter, given=_given(typed),
                after=whole(plain_text(request.POST, "after"), 0),
            )  # fmt: skip
        except access.Refused as refusal:
            error = refusal.sentence
        else:
            messages.success(request, "Kept. Nobody is told.")
            return redirect("gap", row.public_id)
    context = {
        "form": form, "error": error, "unit": numbers.unit(), "never": wording.NEVER, "cut_kinds": wording.CUTS,
        "parts": _filled(typed.parts, _PART), "cuts": _filled(typed.cuts, _CUT), "why": typed.why,
        "longest": rules.LONGEST,
    }  # fmt: skip
    return render(request, "gaps/write.html", context, status=422 if error else 200)


def _filled(rows: list[dict[str, str]], names: tuple[str, ...]) -> list[dict[str, str]]:
    empty = dict.fromkeys(names, "")
    count = min(max(ROWS, len(rows) + 1), rules.MOST_LINES)
    return [*rows, *([empty] * (count - len(rows)))]


def _standing(form: queries.Form) -> Typed:
    """The form of an entry as it stands; empty where there is none."""
    now = form.entry.newest if form.entry else None
    if now is None:
        return Typed([], [], "")
    parts = [
        {
            "carrier": part.carrier, "amount": numbers.plain(part.minor), "first": part.first.isoformat(),
            "last": part.last.isoformat(),
        }
        for part in now.parts
    ]  # fmt: skip
    cuts = [
        {
            "kind": one.kind, "words": one.words, "first": one.first.isoformat(),
            "last": one.last.isoformat() if one.last else "",
        }
        for one in now.cuts
    ]  # fmt: skip
    return Typed(parts, cuts, "")


def _typed(given: QueryDict) -> Typed:
    return Typed(_lines(given, "part", _PART), _lines(given, "cut", _CUT), plain_text(given, "why"))


def _lines(given: QueryDict, prefix: str, names: tuple[str, ...]) -> list[dict[str, str]]:
    """The lines of a form in which anything was typed."""
    rows = [
        {name: plain_text(given, f"{prefix}{n}-{name}").strip() for name in names}
        for n in range(1, rules.MOST_LINES + 1)
    ]
    return [row for row in rows if any(row.values())]


def _given(typed: Typed) -> rules.Given:
    parts = tuple(
        rules.Part(
            row["carrier"],
            numbers.typed(row["amount"]) if row["amount"] else 0,
            _day(row["first"]),
            _day(row["last"]),
        )
        for row in typed.parts
    )
    cuts = tuple(
        rules.CutOrDelay(row["kind"], row["words"], _day(row["first"]), day(row["last"]))
        for row in typed.cuts
    )
    return rules.Given(parts, cuts, typed.why)


def _day(text: str) -> Any:
    found = day(text)
    if found is None:
        raise access.Refused("bad_day", "Choose the days: from when, and of a part until when.")
    return found

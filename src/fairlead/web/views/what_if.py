"""Try out what would change a number: the own deals of My quarter, or the deals of a leader's team. Nothing is kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from fairlead.calls import queries
from fairlead.calls.supposing import MOST_ADDED, MOST_AMOUNT, OUTCOMES, Added, OfDeal, Outcome, Supposal
from fairlead.people import access
from fairlead.web import charts, formats, numbers
from fairlead.web.middleware import AskingRequest, signed_in

PAGE = 25
_KEY = re.compile(r"([da])\.([\w-]{1,16})", re.ASCII)
WORDS = {"": "as it is", "won": "won", "lost": "lost", "later": "later"}


@dataclass(frozen=True, slots=True)
class Typed:
    """What the address holds: the suppositions that can be read, the words typed, and what is wrong, by field."""

    supposal: Supposal
    amounts: Mapping[str, str]
    new_amount: str = ""
    new_count: str = ""
    new_chance: str = ""
    new_person: str = ""
    target: str = ""
    find: str = ""
    page: int = 1
    errors: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """A deal of the table with what was typed at it."""

    choice: queries.Choice
    outcome: str
    amount: str
    error: str


@signed_in
@require_safe
def own(request: AskingRequest) -> HttpResponse:
    """Own deals, from My quarter."""
    access.require(request.actor, "quarter.open")
    typed = _typed(request)
    page = queries.own_what_if(request.actor, numbers.period_of(request), request.at, typed.supposal)
    return _page(request, page, typed)


@signed_in
@require_safe
def team(request: AskingRequest) -> HttpResponse:
    """The deals of a leader's team, from the Call page."""
    access.require(request.actor, "call.open")
    typed, person = _typed(request), numbers.whose(request)
    page = queries.team_what_if(
        request.actor, person.pk, numbers.period_of(request), request.at, typed.supposal
    )
    return _page(request, page, typed)


def _page(request: AskingRequest, page: queries.WhatIf, typed: Typed) -> HttpResponse:
    lines, rest, found = _lines(page, typed)
    pages = max(-(-found // PAGE), 1)
    context = {
        "page": page,
        "typed": typed,
        "lines": lines,
        "rest": rest,
        "found": found,
        "pages": pages,
        "number": min(typed.page, pages),
        "outcomes": list(WORDS.items()),
        "unit": numbers.unit(),
        "drawing": _drawing(page),
        "rows": _rows(page),
        "for": request.GET.get("for", ""),
        "quick": page.habits.as_quick(page.days_left),
        "start": _address(request, page, Typed(Supposal(), {})),
        "address": _address(request, page, typed),
    }
    if not request.headers.get("HX-Request"):
        return render(request, "what_if/what_if.html", context, status=422 if typed.errors else 200)
    response = render(request, "what_if/_answer.html", context | {"live": True})
    response.headers["HX-Replace-Url"] = str(context["address"])
    return response


def _address(request: AskingRequest, page: queries.WhatIf, typed: Typed) -> str:
    """The address that holds what was typed and nothing that is empty."""
    words = {"period": page.period.name, "for": request.GET.get("for", "")}
    words |= {f"d.{key}": deal.outcome for key, deal in typed.supposal.deals.items()}
    words |= {f"a.{key}": text for key, text in typed.amounts.items()}
    words |= {"new": typed.new_amount, "times": typed.new_count, "chance": typed.new_chance}
    words |= {"who": typed.new_person if typed.new_amount else "", "target": typed.target}
    words |= {"find": typed.find, "page": str(typed.page) if typed.page > 1 else ""}
    return f"{request.path}?{urlencode({name: word for name, word in words.items() if word})}"


def _lines(page: queries.WhatIf, typed: Typed) -> tuple[list[Line], list[Line], int]:
    """The deals shown, those supposed on other pages of the table, and how many were found."""
    word = typed.find.strip().casefold()
    every = [_line(choice, typed) for choice in page.choices]
    found = [line for line in every if word in f"{line.choice.name} {line.choice.owner}".casefold()]
    first = PAGE * (min(typed.page, max(-(-len(found) // PAGE), 1)) - 1)
    shown = found[first : first + PAGE]
    keys = {line.choice.public_id for line in shown}
    rest = [line for line in every if (line.outcome or line.amount) and line.choice.public_id not in keys]
    return shown, rest, len(found)


def _line(choice: queries.Choice, typed: Typed) -> Line:
    key, supposed = choice.public_id, typed.supposal.deals.get(choice.public_id)
    outcome = supposed.outcome if supposed else ""
    return Line(choice, outcome, typed.amounts.get(key, ""), typed.errors.get(f"a.{key}", ""))


def _drawing(page: queries.WhatIf) -> charts.Chart | None:
    if page.before is None or page.after is None:
        return None
    return charts.beside(_outlook(page.before), _outlook(page.after))


def _outlook(side: queries.Side) -> charts.Outlook:
    reading = side.reading
    return charts.Outlook(reading.dots, side.target, side.number, reading.p10, reading.p90)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table before and after, in words. Chances change by points."""

    label: str
    before: str
    after: str
    change: str
    note: str = ""


def _rows(page: queries.WhatIf) -> list[Row]:
    if page.before is None or page.after is None:
        return []
    old, new = page.before.reading, page.after.reading
    rows = [
        _money("Middle", old.p50, new.p50),
        _money("8 in 10, from", old.p10, new.p10),
        _money("8 in 10, to", old.p90, new.p90),
        _money("Mean", old.mean, new.mean),
    ]
    if page.after.chance_of_target is not None:
        rows.append(_chances("Chance of target", page.before.chance_of_target, page.after.chance_of_target))
    if page.after.chance_of_number is not None:
        note = formats.thousands(page.number)
        rows.append(
            _chances("Chance of the call", page.before.chance_of_number, page.after.chance_of_number, note)
        )
    return rows


def _money(label: str, before: int, after: int) -> Row:
    words = formats.thousands(before), formats.thousands(after)
    return Row(label, *words, formats.signed_between(before, after))


def _chances(label: str, before: float | None, after: float, note: str = "") -> Row:
    if before is None:
        return Row(label, "no target", formats.per_cent(after), "", note)
    points = formats.rounded(100 * after) - formats.rounded(100 * before)
    return Row(label, formats.per_cent(before), formats.per_cent(after), formats.signed(points), note)


# Reading the address


def _typed(request: AskingRequest) -> Typed:
    given, errors = request.GET, dict[str, str]()
    outcomes: dict[str, str] = {}
    amounts: dict[str, str] = {}
    for name in given:
        if (match := _KEY.fullmatch(name)) and (word := given[name].strip()):
            (outcomes if match[1] == "d" else amounts)[match[2]] = word[:30]
    deals = {
        key: OfDeal(_outcome(outcomes.get(key, "")), _amount(f"a.{key}", amounts.get(key, ""), errors))
        for key in dict.fromkeys([*outcomes, *amounts])
    }
    new = {name: given.get(name, "").strip()[:30] for name in ("new", "times", "chance", "who", "target")}
    return Typed(
        supposal=Supposal(
            {key: deal for key, deal in deals.items() if deal != OfDeal()},
            _added(new, errors),
            _amount("target", new["target"], errors),
        ),
        amounts=amounts,
        new_amount=new["new"],
        new_count=new["times"],
        new_chance=new["chance"],
        new_person=new["who"],
        target=new["target"],
        find=given.get("find", "")[:80],
        page=_whole(given.get("page", "")) or 1,
        errors=errors,
    )


def _outcome(word: str) -> Outcome:
    for known in OUTCOMES:
        if known == word:
            return known
    return ""


def _amount(name: str, text: str, errors: dict[str, str]) -> int | None:
    if not text:
        return None
    try:
        amount = numbers.typed(text)
    except access.Refusal as refusal:
        errors[name] = refusal.sentence
        return None
    if not 0 <= amount <= MOST_AMOUNT:
        errors[name] = "An amount is from 0 upwards, in thousands, such as 240."
        return None
    return amount


def _added(new: Mapping[str, str], errors: dict[str, str]) -> tuple[Added, ...]:
    amount = _amount("new", new["new"], errors)
    count = _whole(new["times"]) if new["times"] else 1
    if count is None or not 1 <= count <= MOST_ADDED:
        errors["times"] = f"Write how many deals, from 1 to {MOST_ADDED}."
    chance = _chance(new["chance"], errors)
    if amount is None:
        return ()
    return (
        (Added(amount, chance, count, new["who"]),) if not {"times", "chance"} & set(errors) and count else ()
    )


def _chance(text: str, errors: dict[str, str]) -> float | None:
    word = text.replace("%", "").replace(",", ".").strip()
    if not word:
        return None
    try:
        share = Decimal(word) / 100
    except InvalidOperation:
        share = Decimal(-1)
    if not share.is_finite() or not 0 <= share <= 1:
        errors["chance"] = f"“{text}” is no chance. Write per cent, for example 30, or leave it empty."
        return None
    return float(share)


def _whole(text: str) -> int | None:
    return int(text) if re.fullmatch(r"[0-9]{1,4}", text.strip(), re.ASCII) else None

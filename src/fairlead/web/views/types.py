"""Forecast types: which the company has beside all business, what each takes and adds up, from which day on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from fairlead.calls import actions, kinds, rules
from fairlead.deals import lookups
from fairlead.people import access, queries
from fairlead.web.middleware import AskingRequest, signed_in

MEASURES = {
    "amount": "The amount of the deals",
    "arr": "ARR: the column for recurring revenue a year",
    "quantity": "Units: the column for the quantity",
}


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form, and why it was refused."""

    key: str = ""
    name: str = ""
    measure: str = "amount"
    words: tuple[str, ...] = ()
    more: str = ""
    asked: bool = True
    starts_on: str = ""
    errors: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class InUse:
    """A deal type of open deals: how many, and which forecast types take it by its words."""

    word: str
    deals: int
    taken_by: tuple[str, ...]


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def types(request: AskingRequest) -> HttpResponse:
    """The page; posting adds a type, says anew what one is, or ends it from a day on."""
    access.require(request.actor, "settings.write")
    if request.method != "POST":
        return _page(request, _asked_for(request))
    typed = _typed(request)
    ending = request.POST.get("act") == "end"
    try:
        day = _day(typed.starts_on, queries.house().day(request.at))
        if ending:
            row = actions.end_type(by=request.actor, at=request.at, key=typed.key, starts_on=day)
        else:
            row = actions.set_type(
                by=request.actor, at=request.at, key=typed.key, name=typed.name, measure=typed.measure,
                deal_types=[*typed.words, *typed.more.splitlines()], asked=typed.asked, starts_on=day,
            )  # fmt: skip
    except access.Refused as refusal:
        place = {"bad_day": "starts_on", "all_again": "words", "many_words": "words"}
        place |= {"measure_stays": "measure", "bad_measure": "measure"}
        typed.errors[place.get(refusal.code, "name")] = refusal.sentence
        return _page(request, typed, status=422)
    end = f"From {row.starts_on} on {row.name} is no forecast type any more."
    messages.success(request, end if ending else f"From {row.starts_on} on {row.name} counts like this.")
    return redirect(reverse("forecast_types"))


def _day(text: str, today: date) -> date:
    if not text.strip():
        return today
    try:
        return date.fromisoformat(text.strip())
    except ValueError as odd:
        raise access.Refused("bad_day", f"Write a day like {today}.") from odd


def _typed(request: AskingRequest) -> Typed:
    given = request.POST
    return Typed(
        given.get("key", ""), given.get("name", ""), given.get("measure", ""), tuple(given.getlist("words")),
        given.get("more", ""), given.get("asked", "") == "on", given.get("starts_on", ""),
    )  # fmt: skip


def _asked_for(request: AskingRequest) -> Typed:
    """An empty form, or with ``?key=`` what the type is today."""
    key = request.GET.get("key", "")
    found = kinds.named(key, request.at)
    if found is None:
        return Typed()
    return Typed(found.key, found.name, found.measure, found.words, "", found.asked)


def _page(request: AskingRequest, typed: Typed, status: int = 200) -> HttpResponse:
    today = queries.house().day(request.at)
    known = kinds.in_force(request.at)
    in_use = [
        InUse(word, count, tuple(one.name for one in known if one.words and one.takes(word)))
        for word, count in lookups.deal_types(request.actor)
    ]
    offered = {" ".join(one.word.split()).casefold(): one.word for one in in_use if one.word}
    for word in typed.words:
        offered.setdefault(" ".join(word.split()).casefold(), word)
    chosen = {" ".join(word.split()).casefold() for word in typed.words}
    every = kinds.said()
    who = queries.who(row.by for row in kinds.rows())
    context = {
        "types": [
            (one, rules.MEASURES[one.measure], [
                (row, who[row.by]) for row in kinds.rows() if row.key == one.key
            ][::-1])
            for one in known
        ],
        "coming": [one for one in every if one.starts_on > today],
        "ended": sorted({one.kind.name for one in every} - {one.name for one in known}),
        "in_use": in_use,
        "typed": typed,
        "offered": [(word, key in chosen) for key, word in offered.items()],
        "measures": MEASURES,
        "measure_words": MEASURES.get(typed.measure, ""),
        "today": today,
        "most": rules.MOST_TYPES,
    }  # fmt: skip
    return render(request, "settings/types.html", context, status=status)

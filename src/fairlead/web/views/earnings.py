"""What the own attainment pays: for the seller alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from fairlead.calls import queries as calls
from fairlead.earnings import actions, queries, rules
from fairlead.forecasting import periods
from fairlead.forecasting.periods import Period
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.web import formats, numbers
from fairlead.web.given import plain_text
from fairlead.web.middleware import AskingRequest, signed_in

ROWS = 4
"""Bands that the form has room for; more come when the last is used."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form, and why it was refused."""

    values: Mapping[str, str] = field(default_factory=dict)
    bands: tuple[tuple[str, str], ...] = ()
    error: str = ""


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def earnings(request: AskingRequest) -> HttpResponse:
    """The page; posting keeps or deletes the own pay plan."""
    access.require(request.actor, "earnings.own")
    period = numbers.period_of(request)
    if request.method != "POST":
        return _page(request, period)
    try:
        if request.POST.get("act") == "delete":
            actions.delete(by=request.actor, period=plain_text(request.POST, "starts"))
            messages.success(request, "Deleted. Nothing of it is left.")
        else:
            starts = calls.period_named(plain_text(request.POST, "starts") or period.name)
            actions.keep(by=request.actor, at=request.at, period=starts, plan=_plan(request.POST))
            messages.success(request, f"Kept from {periods.period_words(starts.name)} on. You alone see it.")
    except access.Refused as refusal:
        return _page(request, period, _typed(request.POST, refusal.sentence), 422)
    return redirect(f"{reverse('earnings')}?period={period.name}")


def _plan(given: QueryDict) -> rules.Plan:
    bands = [
        rules.Band(_percent(above or "0"), _percent(rate))
        for above, rate in _band_fields(given)
        if above or rate
    ]
    cap = plain_text(given, "cap").strip()
    return rules.Plan(
        base=numbers.typed_units(plain_text(given, "base") or "0"),
        variable=numbers.typed_units(plain_text(given, "variable")),
        bands=tuple(bands) or (rules.Band(0, 100),),
        threshold=_percent(plain_text(given, "threshold") or "0"),
        cap=_percent(cap) if cap else None,
    )


def _band_fields(given: QueryDict) -> list[tuple[str, str]]:
    names = zip(given.getlist("above"), given.getlist("rate"), strict=False)
    return [(above.replace("\x00", "").strip(), rate.replace("\x00", "").strip()) for above, rate in names][
        :20
    ]


def _percent(text: str) -> int:
    word = text.strip().removesuffix("%").strip()
    if not (word.isascii() and word.isdecimal() and len(word) < 6):
        raise access.Refused("bad_percent", f"“{text[:20]}” is no whole percent. Write for example 100.")
    return int(word)


def _typed(given: QueryDict, error: str) -> Typed:
    names = ("base", "variable", "threshold", "cap", "starts")
    return Typed({name: plain_text(given, name) for name in names}, tuple(_band_fields(given)), error)


def _of(plan: rules.Plan | None, period: Period) -> Typed:
    if plan is None:
        return Typed({"starts": period.name}, (("0", "100"),))
    exponent = formats.exponent_of(people.house().currency)

    def money(minor: int) -> str:
        return f"{minor / 10**exponent:,.{0 if minor % 10**exponent == 0 else exponent}f}"

    return Typed(
        {
            "base": money(plan.base), "variable": money(plan.variable), "threshold": str(plan.threshold or ""),
            "cap": str(plan.cap or ""), "starts": period.name,
        },
        tuple((str(band.above), str(band.rate)) for band in plan.bands),
    )  # fmt: skip


def _page(
    request: AskingRequest, period: Period, typed: Typed | None = None, status: int = 200
) -> HttpResponse:
    wrong, supposed = "", None
    end = request.GET.get("end", "").strip()
    if end:
        try:
            supposed = numbers.typed(end)
        except access.Refusal as refusal:
            wrong = refusal.sentence
    page = queries.page(request.actor, period, request.at, supposed=supposed)
    typed = typed or _of(page.plan, period)
    calendar = people.house().calendar
    bands = [*typed.bands, *[("", "")] * max(ROWS - len(typed.bands), 1)][: rules.MOST_BANDS]
    context = {
        "page": page,
        "period": period,
        "unit": numbers.unit(),
        "money": numbers.units_words,
        "pay": _pay(page.now.pay) if page.now.pay else None,
        "periods": [_row(one) for one in page.periods],
        "sum": numbers.units_words(sum(one.pay.total for one in page.periods if one.pay)),
        "endings": [
            (one.words, one.sold, _attained(one.pay), numbers.units_words(one.pay.total)) for one in page.endings
        ],
        "supposed": page.supposed and (page.supposed.sold, _attained(page.supposed.pay), _pay(page.supposed.pay)),
        "worth": [(one, numbers.units_words(one.adds)) for one in page.worth],
        "ote": numbers.units_words(page.plan.at_target) if page.plan else "",
        "typed": typed,
        "bands": bands,
        "starts": [calendar.previous(period), period, calendar.next(period)],
        "end": end,
        "end_error": wrong,
    }  # fmt: skip
    return render(request, "earnings.html", context, status=status)


def _attained(pay: rules.Pay) -> str:
    return f"{rules.round_half_up(pay.attained)} %"


def _pay(pay: rules.Pay) -> dict[str, object]:
    return {
        "total": numbers.units_words(pay.total),
        "base": numbers.units_words(pay.base),
        "variable": numbers.units_words(pay.variable),
        "before_cap": numbers.units_words(pay.before_cap),
        "capped": pay.capped,
        "below": pay.below_threshold,
        "attained": _attained(pay),
        "lines": [
            (line.above, line.until, line.sold, line.rate, numbers.units_words(line.pays))
            for line in pay.lines
        ],
    }


def _row(one: queries.OfPeriod) -> tuple[str, int, int | None, str, str, str]:
    paid = one.pay
    if paid is None:
        return one.period.name, one.sold, one.target, "", "", ""
    words = (numbers.units_words(paid.variable), numbers.units_words(paid.total))
    return one.period.name, one.sold, one.target, _attained(paid), *words

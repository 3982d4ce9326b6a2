"""What the forecast pages share: periods of the address, people one stands in for, money typed in, drawings."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from django.urls import reverse

from fairlead.calls import kinds, rules, wording
from fairlead.calls import queries as calls
from fairlead.deals import queries as deals
from fairlead.forecasting.periods import Period
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.models import Person
from fairlead.web import asking, charts, formats
from fairlead.web.middleware import AskingRequest

_AMOUNT = re.compile(r"(-?[0-9]{1,3}(?:[ ,.’'][0-9]{3})+|-?[0-9]+)(?:[.,]([0-9]{1,2}))?", re.ASCII)
_FINE = 100
"""Below so many thousands a form field shows decimals."""


def period_of(request: AskingRequest) -> Period:
    """The period in the address (``?period=2026Q4``), or the current one."""
    name = request.GET.get("period", "") or request.POST.get("period", "")
    return calls.period_named(name) if name else calls.period_at(request.at)


def category_of(request: AskingRequest) -> str:
    """The called category in the address or the form (``?category=best_case``), Commit without one."""
    name = request.GET.get("category", "") or request.POST.get("category", "") or "commit"
    if name not in rules.CALLED:
        raise access.NotFound("category")
    return name


def type_of(request: AskingRequest, at: datetime | None = None) -> rules.Kind | None:
    """The forecast type in the address or the form (``?type=renewals``), None for all business.

    ``at``: an earlier instant, by what was known then. Raises NotFound for a type that is not in force.
    """
    key = request.GET.get("type", "") or request.POST.get("type", "")
    return kinds.named(key, at or request.at, past=at is not None)


def whose(request: AskingRequest) -> Person:
    """The person one stands in for (``?for=``), or oneself. Access is asked by what is done next."""
    public_id = request.GET.get("for", "") or request.POST.get("for", "")
    return people.find(public_id) if public_id else Person.objects.get(pk=request.actor.id)


def typed(text: str) -> int:
    """Thousands as typed ("2,470", "2470", "66.4") in minor units. Raises Refused with what was probably meant.

    Three figures behind a mark are thousands of thousands, one or two are decimals.
    """
    word = text.strip().replace("−", "-").replace("\u00a0", " ")
    found = _AMOUNT.fullmatch(word)
    if not found:
        raise access.Refused(
            "bad_amount",
            f"“{text.strip()[:30]}” is no number of thousands. Write for example 2470, 2,470 or 66.4.",
        )
    number = Decimal(f"{re.sub(r'[^0-9-]', '', found[1])}.{found[2] or 0}")
    return int(number * 1000 * 10 ** formats.exponent_of(people.house().currency))


_UNITS = re.compile(r"([0-9]{1,3}(?:[., ’'][0-9]{3})+|[0-9]{1,13})(?:[.,]([0-9]{1,2}))?", re.ASCII)


def typed_units(text: str) -> int:
    """Whole money as typed ("60,000", "60 000", "60000.50") in minor units. Raises Refused with an example."""
    word = text.strip().replace("\u00a0", " ").removeprefix(formats.sign_of(people.house().currency)).strip()
    found = _UNITS.fullmatch(word)
    if not found:
        raise access.Refused(
            "bad_amount", f"“{text.strip()[:30]}” is no amount. Write for example 60000 or 60,000."
        )
    number = Decimal(f"{re.sub(r'[^0-9]', '', found[1])}.{found[2] or 0}")
    return int((number * 10 ** formats.exponent_of(people.house().currency)).to_integral_value(ROUND_HALF_UP))


def units_words(minor: int) -> str:
    """Whole money with its sign: "€18,750"."""
    currency = people.house().currency
    return f"{formats.sign_of(currency)}{formats.whole_units(minor, formats.exponent_of(currency))}"


def typed_or_shown(request: AskingRequest) -> int:
    """The number of a form in minor units; exactly what was offered, where the field still shows that."""
    text, exact = request.POST.get("number", ""), request.POST.get("exact", "")
    if text and text == request.POST.get("shown", "") and re.fullmatch(r"-?[0-9]{1,18}", exact, re.ASCII):
        return int(exact)
    return typed(text)


def plain(minor: int | None) -> str:
    """Minor units as a form field shows them: whole thousands, below a hundred with up to two decimals."""
    if minor is None:
        return ""
    thousands = Decimal(minor) / (1000 * 10 ** formats.exponent_of(people.house().currency))
    if abs(thousands) >= _FINE:
        return str(formats.rounded(thousands))
    text = f"{thousands.quantize(Decimal('0.01'), rounding=ROUND_HALF_UP):f}"
    return text.rstrip("0").rstrip(".")


def unit(kind: rules.Kind | None = None) -> str:
    """The unit that stands once in a section's corner: "€ thousand"; of a forecast type "€ thousand, ARR", "units"."""
    return unit_of(kind.measure if kind else "amount")


def unit_of(measure: str) -> str:
    """The unit of what a forecast type adds up."""
    if measure == "quantity":
        return "units"
    words = formats.unit_words(people.house().currency)
    return f"{words}, ARR" if measure == "arr" else words


def spoken(amount: int, kind: rules.Kind | None) -> str:
    """An amount in a message: thousands of the currency, or units."""
    return formats.thousands(amount) + (" units" if kind is not None and kind.measure == "quantity" else "")


def dot_plot(
    outlook: calls.Outlook | None, target: int | None, number: int | None, caller: str
) -> charts.Chart | None:
    """The signature drawing of an estimate; None before the first estimate."""
    if outlook is None:
        return None
    estimate = outlook.estimate
    return charts.dot_plot(
        charts.Outlook(
            dots=tuple(estimate.dots),
            target=target,
            call=number,
            p10=estimate.p10,
            p90=estimate.p90,
            caller=caller,
        )
    )


def glyph(outlook: calls.Outlook | None, booked: int, number: int | None, target: int | None) -> charts.Chart:
    """Booked, estimate, call and target of one row."""
    e = outlook.estimate if outlook else None
    return charts.interval_glyph(
        charts.Interval(
            booked=booked,
            p10=e.p10 if e else None,
            p50=e.p50 if e else None,
            p90=e.p90 if e else None,
            call=number,
            target=target,
        )
    )


def record(found: rules.Record) -> charts.Chart:
    """Results against calls of past periods, in per cent."""
    return charts.record_chart(
        tuple(100 * share for _, share in found.shares), periods=tuple(name for name, _ in found.shares)
    )


def record_words(found: rules.Record) -> str:
    """ "within 5 % in 6 of 8, mostly too high"."""
    if found.periods < 3:
        return "too few to say"
    lean = f", mostly too {found.leaning}" if found.leaning else ""
    return f"within 5 % in {found.within} of {found.periods}{lean}"


def bar_name(bar: rules.Bar) -> str:
    """The reason of a bar in words."""
    return wording.bar(bar)


def waterfall(
    actor: access.Actor, found: calls.Waterfall | None, start: tuple[str, str], end: tuple[str, str]
) -> charts.Chart | None:
    """The bars of what changed, each leading to its deals in the list below where the actor may see them."""
    if found is None:
        return None
    names = deals.named(actor, {deal for bar in found.bars for deal in bar.deals})
    return charts.waterfall(
        charts.Walk(
            start=charts.Level(start[0], found.start, start[1]),
            end=charts.Level(end[0], found.end, end[1]),
            changes=tuple(
                charts.Change(bar_name(bar), bar.amount, _detail(bar, names), _href(bar, names))
                for bar in found.bars
            ),
        )
    )


def _detail(bar: rules.Bar, names: dict[int, tuple[str, str]]) -> str:
    if not bar.deals:
        return ""
    known = [names[deal][1] for deal in bar.deals if deal in names]
    if len(bar.deals) == 1 and known:
        return known[0]
    return formats.count(len(bar.deals), "deal")


def _href(bar: rules.Bar, names: dict[int, tuple[str, str]]) -> str:
    return f"#bar-{bar.kind}" if any(deal in names for deal in bar.deals) else ""


def bars_with_deals(
    actor: access.Actor, bars: Iterable[rules.Bar]
) -> list[tuple[str, str, int, list[tuple[str, str]]]]:
    """(anchor, reason, amount, deals) of every bar, for the list that a bar opens; a divided deal with who holds it."""
    kept = list(bars)
    names = deals.named(actor, {deal for bar in kept for deal in bar.deals})
    for deal, held in deals.held_in_words(names).items():
        names[deal] = (names[deal][0], f"{names[deal][1]} ({held})")
    return [
        (
            f"bar-{bar.kind}",
            bar_name(bar),
            bar.amount,
            [(reverse("deal", args=[names[deal][0]]), names[deal][1]) for deal in bar.deals if deal in names],
        )
        for bar in kept
    ]


def short_day() -> str:
    """Today as the end of a waterfall names it."""
    return formats.short_day(asking.now().astimezone(asking.zone()).date(), asking.now().date())


def glyph_past(past: calls.PastPeriod) -> charts.Chart:
    """What would have been said of a past period, and what came (the diamond)."""
    return charts.interval_glyph(
        charts.Interval(booked=0, p10=past.p10, p50=past.p50, p90=past.p90, call=past.actual, target=None)
    )

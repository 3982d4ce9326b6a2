"""Filters and tags of the pages: money, days, ages, chances, charts. The rules stand in ``web.formats``."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django import template

from fairlead.forecasting import periods
from fairlead.web import asking, formats, glossary
from fairlead.web.charts import Chart

register = template.Library()


@register.filter
def moment(at: datetime | None) -> str:
    """ "today 14:10" or "Tue 24 Nov, 14:10" in the organisation's zone."""
    return "" if at is None else formats.moment(at, asking.now(), asking.zone())


@register.filter
def day(when: date | datetime | None) -> str:
    """ "Tue 24 Nov", the year only when it is not this one."""
    if when is None:
        return ""
    if isinstance(when, datetime):
        when = when.astimezone(asking.zone()).date()
    return formats.day(when, asking.now().astimezone(asking.zone()).date())


@register.filter
def full_day(when: date | None) -> str:
    """ "24 November 2026", always with its year: for readers elsewhere, and later."""
    return "" if when is None else f"{when.day} {when:%B %Y}"


@register.filter
def iso_day(text: str) -> str:
    """ "2026-11-17" as people write it; anything else as it is."""
    try:
        return day(date.fromisoformat(text))
    except ValueError:
        return text


@register.filter
def last_day(until: datetime | None) -> str:
    """The last day that was known at an instant: midnight belongs to the day it ends."""
    return "" if until is None else day(until - timedelta(microseconds=1))


@register.filter
def age(since: datetime | None) -> str:
    """ "31 h" up to 72 hours, then days."""
    return "" if since is None else formats.age(since, asking.now())


@register.filter
def isoday(value: Any) -> Any:
    """A day as a date field wants it; anything else unchanged."""
    return value.isoformat() if isinstance(value, date) and not isinstance(value, datetime) else value


@register.filter
def thousands(minor: int | float | None) -> str:
    """Minor units in thousands: "2,470"."""
    return formats.thousands(minor)


@register.filter
def signed_thousands(minor: int | float | None) -> str:
    """Minor units in thousands with a sign."""
    return formats.signed_thousands(minor)


@register.filter
def of_20(chance: float | None) -> str:
    return formats.of_20(chance)


@register.filter
def per_cent(share: float | None) -> str:
    return formats.per_cent(share)


@register.filter
def points(share: float | None) -> str:
    """A difference of shares in points: "−19"."""
    return "" if share is None else formats.signed(100 * share)


@register.inclusion_tag("parts/chart.html")
def chart(drawing: Chart, table: bool = True) -> dict[str, Any]:
    """A drawing in both widths, and its numbers as a table."""
    return {"chart": drawing, "table": table}


@register.inclusion_tag("parts/term.html")
def term(name: str) -> dict[str, str]:
    """A term explained in place, folded. An unknown one is a KeyError: no page explains what no page says."""
    return {"question": glossary.question(name), "means": glossary.TERMS[name]}


@register.filter
def left(until: datetime | None) -> str:
    """ "2 h 50 min left"."""
    return "" if until is None else formats.left(until, asking.now())


@register.filter
def apart(difference: int | None, what: str) -> str:
    """ "70 over target", "35 under the middle of the estimate", "equal to target"."""
    if difference is None:
        return ""
    words = formats.thousands(abs(difference))
    if words == "0":
        return f"equal to {what}"
    return f"{words} {'over' if difference > 0 else 'under'} {what}"


@register.filter
def share_of(part: int | float | None, whole: int | float | None) -> str:
    """ "50 %"."""
    return formats.per_cent(part / whole) if part is not None and whole else ""


@register.filter
def updown(amount: int | float | None) -> str:
    """The class of a change of money; never used for people."""
    return "" if not amount else "up" if amount > 0 else "dn"


@register.filter
def times(ratio: float | None) -> str:
    return "" if ratio is None else formats.times(ratio)


@register.filter
def category_words(category: str) -> str:
    """ "best_case" as people write it: "Best Case"."""
    return category.replace("_", " ").title()


@register.filter
def long_moment(at: datetime | None) -> str:
    """ "Tue 24 Nov 2026, 14:10", also for today."""
    if at is None:
        return ""
    local = at.astimezone(asking.zone())
    return f"{formats.day(local.date(), local.date())} {local.year}, {local:%H:%M}"


@register.filter
def period_words(name: str) -> str:
    """ "2026Q4" as people say it: "Q4 2026"; other names stay."""
    return periods.period_words(name)


@register.filter
def lasts(length: timedelta | None) -> str:
    """ "31 h" up to 72 hours, then days."""
    return "" if length is None else formats.duration(length)


@register.filter
def since_agreed(number: int | None, agreed: int | None) -> str:
    """How a number stands to what was agreed: "70 above", "the same"."""
    if number is None or agreed is None:
        return ""
    words = formats.thousands(abs(number - agreed))
    return "the same" if words == "0" else f"{words} {'above' if number > agreed else 'below'}"


@register.filter
def short_day(when: date | datetime | None) -> str:
    """ "8 Oct", the year only when it is not this one."""
    return day(when).split(" ", 1)[-1]


@register.filter
def short_moment(at: datetime | None) -> str:
    """In a narrow column: "13:20" today, "Mon 16:40" within six days, else "8 Oct"."""
    if at is None:
        return ""
    local, now = at.astimezone(asking.zone()), asking.now().astimezone(asking.zone())
    days = (now.date() - local.date()).days
    if days == 0:
        return f"{local:%H:%M}"
    return f"{formats.DAYS[local.weekday()]} {local:%H:%M}" if 0 < days < 7 else short_day(at)


@register.filter
def percent_or(value: int | None) -> str:
    """Whole percent, or that there is nothing to say."""
    return "none" if value is None else f"{value} %"


@register.filter
def tenths(value: int) -> str:
    """Tenths as a number with one decimal."""
    return f"{value / 10:.1f}"

"""Working days: weekdays that are not days off. No Django here."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta

_SATURDAY = 5
_DAY = timedelta(days=1)


def is_workday(day: date, off: Collection[date] = ()) -> bool:
    """Whether a day is from Monday to Friday and not a day off."""
    return day.weekday() < _SATURDAY and day not in off


def workdays_after(day: date, count: int, off: Collection[date] = ()) -> date:
    """The working day ``count`` working days after ``day``; a day off counts as the next working day.

    Raises ValueError for a negative count.
    """
    if count < 0:
        raise ValueError(f"{count} working days after a day is not a question.")
    while not is_workday(day, off):
        day += _DAY
    for _ in range(count):
        day += _DAY
        while not is_workday(day, off):
            day += _DAY
    return day


def workdays_between(first: date, last: date, off: Collection[date] = ()) -> int:
    """How many working days follow ``first``, up to and with ``last``; 0 where ``last`` is not later."""
    days = (last - first).days
    return sum(is_workday(first + timedelta(days=n), off) for n in range(1, days + 1))


def day_words(day: date) -> str:
    """Tue 24 Nov."""
    return f"{day:%a} {day.day} {day:%b}"


def countries() -> dict[str, str]:
    """Code -> English name of the countries whose public holidays are known, by name."""
    import holidays
    from holidays.registry import COUNTRIES

    known = holidays.list_supported_countries(include_aliases=False)
    names = {code: _words(name) for name, code, *_ in COUNTRIES.values() if code in known}
    return dict(sorted(names.items(), key=lambda pair: pair[1]))


def _words(name: str) -> str:
    """``UnitedKingdom`` as it is written."""
    return "".join(f" {letter}" if letter.isupper() and n else letter for n, letter in enumerate(name))


def subdivisions(country: str) -> list[str]:
    """The codes of a country's parts with holidays of their own; empty where it has none or is not known."""
    import holidays

    return list(holidays.list_supported_countries(include_aliases=False).get(country, []))


def public_holidays(country: str, year: int, subdivision: str = "") -> Mapping[date, str]:
    """The public holidays of a country, or of a part of it, in a year: day -> English name.

    Raises ValueError that says what is not known.
    """
    import holidays

    known = holidays.list_supported_countries(include_aliases=False)
    if country not in known:
        raise ValueError(f"No public holidays are known for {country}.")
    if subdivision and subdivision not in known[country]:
        raise ValueError(f"{country} has no part {subdivision}. Write one of {', '.join(known[country])}.")
    found = holidays.country_holidays(country, subdiv=subdivision or None, years=year, language="en_US")
    return dict(sorted(found.items()))

"""Fiscal calendars: months, quarters and years from any month on, and the 4-4-5 family of retail calendars.

A period's days are inclusive on both ends. Periods of one kind tile time without gap or overlap.

Month calendars follow calendar months; a year that starts in another month than January carries the prefix
``FY`` and, by default, the calendar year in which it ends. Week calendars (4-4-5, 4-5-4, 5-4-4) have years of
52 or 53 whole weeks; a year ends on the last ``week end`` day of the month before ``starts_month`` or on the
one nearest to that month's end; a 53rd week belongs to the last month.
"""

from __future__ import annotations

import calendar as month_lengths
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

PeriodKind = Literal["month", "quarter", "year", "window"]
CalendarKind = Literal["months", "4-4-5", "4-5-4", "5-4-4"]
_DAY = timedelta(days=1)
_WEEKS: dict[str, tuple[int, int, int]] = {"4-4-5": (4, 4, 5), "4-5-4": (4, 5, 4), "5-4-4": (5, 4, 4)}


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A stretch of days with a name; ordered by its first day."""

    starts_on: date
    ends_on: date
    name: str
    kind: PeriodKind = "quarter"

    def __post_init__(self) -> None:
        if self.ends_on < self.starts_on:
            raise ValueError(f"{self.name} ends on {self.ends_on}, before it starts on {self.starts_on}.")

    @property
    def days(self) -> int:
        """How many days, both ends counted."""
        return (self.ends_on - self.starts_on).days + 1

    @property
    def weeks(self) -> int:
        """How many weeks, as people count them: 13 in a quarter; a day or two more belong to the last one."""
        return max(1, round(self.days / 7))

    def contains(self, day: date) -> bool:
        return self.starts_on <= day <= self.ends_on

    def week_of(self, day: date) -> int:
        """The week of the period a day lies in, from 1; before the period 1, after it the last."""
        return min(max((day - self.starts_on).days // 7 + 1, 1), self.weeks)


@dataclass(frozen=True, slots=True)
class Calendar:
    """How an organisation cuts time into periods.

    ``starts_month`` 1-12 is the first month of the year. For the week family ``week_starts`` (0 Monday) fixes
    the weekday a year starts on and ``year_end`` whether it ends on the last such week end of the month or on
    the one nearest to the month's end. ``year_named_by`` says which calendar year a year is called after.
    """

    kind: CalendarKind = "months"
    starts_month: int = 1
    week_starts: int = 0
    year_named_by: Literal["end", "start"] = "end"
    year_end: Literal["last", "nearest"] = "last"

    def __post_init__(self) -> None:
        if self.kind != "months" and self.kind not in _WEEKS:
            raise ValueError(f"Calendar kind {self.kind!r}: write months, {', '.join(_WEEKS)}.")
        if not 1 <= self.starts_month <= 12:
            raise ValueError(f"A year starts in month 1 to 12, not {self.starts_month}.")
        if not 0 <= self.week_starts <= 6:
            raise ValueError(f"A week starts on day 0 (Monday) to 6, not {self.week_starts}.")

    # Asking for a period

    def month_of(self, day: date) -> Period:
        """The fiscal month a day lies in."""
        return self._within(day, self._months(self._year_number(day)))

    def quarter_of(self, day: date) -> Period:
        """The fiscal quarter a day lies in."""
        return self._within(day, self._quarters(self._year_number(day)))

    def year_of(self, day: date) -> Period:
        """The fiscal year a day lies in."""
        return self._year(self._year_number(day))

    def of(self, day: date, kind: PeriodKind) -> Period:
        """The period of a kind a day lies in. Raises ValueError for a window, which has no calendar."""
        if kind == "month":
            return self.month_of(day)
        if kind == "quarter":
            return self.quarter_of(day)
        if kind == "year":
            return self.year_of(day)
        raise ValueError("A window has no place in a calendar.")

    def next(self, period: Period) -> Period:
        """The period of the same kind that follows; a window is followed by one of the same length."""
        if period.kind == "window":
            return _window(period.ends_on + _DAY, period.days)
        return self.of(period.ends_on + _DAY, period.kind)

    def previous(self, period: Period) -> Period:
        """The period of the same kind before; a window is preceded by one of the same length."""
        if period.kind == "window":
            return _window(period.starts_on - timedelta(days=period.days), period.days)
        return self.of(period.starts_on - _DAY, period.kind)

    def periods_between(self, first: date, last: date, kind: PeriodKind) -> list[Period]:
        """Every period of a kind that has a day from ``first`` to ``last``, in order."""
        found = [self.of(first, kind)]
        while found[-1].ends_on < last:
            found.append(self.next(found[-1]))
        return found

    def period(self, name: str) -> Period:
        """The period of a name: ``2017Q4``, ``FY2018Q1``, ``2017-10``, ``2017M10``, ``2017``.

        Raises ValueError that says how periods are written.
        """
        text = name.strip().upper()
        match = _NAME.fullmatch(text)
        if match is None:
            raise ValueError(f"{name!r} is no period. Write {self._examples()}.")
        year = int(match["year"])
        if match["quarter"]:
            return self._quarters(year)[int(match["quarter"]) - 1]
        if match["month"]:
            number = int(match["month"])
            if not 1 <= number <= 12:
                raise ValueError(f"{name!r}: a year has 12 months. Write {self._examples()}.")
            return self._month_named(year, number)
        return self._year(year)

    def _examples(self) -> str:
        year = f"{self._prefix()}2026"
        month = f"{year}M03" if self._prefix() else "2026-03"
        return f"{year}Q4 for a quarter, {month} for a month, {year} for a year"

    def _month_named(self, year: int, number: int) -> Period:
        return self._months(year)[number - 1]

    # Building a year

    def _prefix(self) -> str:
        return "FY" if self.starts_month != 1 or self.kind != "months" else ""

    def _year_number(self, day: date) -> int:
        for number in (day.year - 1, day.year, day.year + 1, day.year + 2):
            if 1 < number < 9998 and self._year(number).contains(day):
                return number
        raise ValueError(f"{day} lies outside of what a calendar here can hold.")

    def _first_day(self, number: int) -> date:
        """The first day of the fiscal year ``number``."""
        late = self.year_named_by == "end" and self.starts_month != 1
        year = number - 1 if late else number
        if self.kind == "months":
            return date(year, self.starts_month, 1)
        month_end = date(year, self.starts_month, 1) - _DAY
        back = (month_end.weekday() - (self.week_starts - 1)) % 7
        end = month_end - timedelta(days=back)
        if self.year_end == "nearest" and back > 3:
            end += timedelta(days=7)
        return end + _DAY

    def _year(self, number: int) -> Period:
        start, end = self._first_day(number), self._first_day(number + 1) - _DAY
        return Period(start, end, f"{self._prefix()}{number:04d}", "year")

    def _quarters(self, number: int) -> list[Period]:
        months = self._months(number)
        return [
            Period(
                months[3 * i].starts_on,
                months[3 * i + 2].ends_on,
                f"{self._prefix()}{number:04d}Q{i + 1}",
                "quarter",
            )
            for i in range(4)
        ]

    def _months(self, number: int) -> list[Period]:
        return list(self._calendar_months(number) if self.kind == "months" else self._week_months(number))

    def _calendar_months(self, number: int) -> Iterator[Period]:
        start = self._first_day(number)
        for i in range(12):
            year, month = start.year + (start.month - 1 + i) // 12, (start.month - 1 + i) % 12 + 1
            last = month_lengths.monthrange(year, month)[1]
            yield Period(date(year, month, 1), date(year, month, last), self._month_name(number, i), "month")

    def _week_months(self, number: int) -> Iterator[Period]:
        year, start = self._year(number), self._first_day(number)
        for i in range(12):
            end = start + timedelta(weeks=_WEEKS[self.kind][i % 3]) - _DAY
            if i == 11:
                end = year.ends_on
            yield Period(start, end, self._month_name(number, i), "month")
            start = end + _DAY

    def _month_name(self, number: int, index: int) -> str:
        if self._prefix():
            return f"FY{number:04d}M{index + 1:02d}"
        return f"{number:04d}-{index + 1:02d}"

    @staticmethod
    def _within(day: date, periods: list[Period]) -> Period:
        return next(period for period in periods if period.contains(day))


_NAME = re.compile(
    r"(?:FY)?(?P<year>[0-9]{4})(?:[ -]?Q(?P<quarter>[1-4])|(?:-|M|-M)(?P<month>[0-9]{2}))?", re.ASCII
)


def _window(start: date, days: int) -> Period:
    return window(start, start + timedelta(days=days - 1))


def window(starts_on: date, ends_on: date) -> Period:
    """A stretch of days outside of any calendar, such as the next 28 days."""
    return Period(starts_on, ends_on, f"{starts_on}..{ends_on}", "window")


def period_words(name: str) -> str:
    """ "2026Q4" as people say it: "Q4 2026"; other names stay."""
    year, mark, quarter = name.partition("Q")
    return f"Q{quarter} {year}" if mark and quarter.isdigit() else name

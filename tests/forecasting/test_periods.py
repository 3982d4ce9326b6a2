"""Periods tile time, names go round, and 53-week years lose no day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.forecasting.periods import Calendar, Period, window

DAYS = st.dates(date(1990, 1, 1), date(2120, 12, 31))
CALENDARS = st.builds(
    Calendar,
    kind=st.sampled_from(["months", "4-4-5", "4-5-4", "5-4-4"]),
    starts_month=st.integers(1, 12),
    week_starts=st.integers(0, 6),
    year_named_by=st.sampled_from(["end", "start"]),
    year_end=st.sampled_from(["last", "nearest"]),
)
KINDS = st.sampled_from(["month", "quarter", "year"])


@given(CALENDARS, DAYS, KINDS)
def test_every_day_lies_in_one_period_and_neighbours_touch(calendar: Calendar, day: date, kind: str) -> None:
    period = calendar.of(day, kind)  # type: ignore[arg-type]
    assert period.contains(day)
    following = calendar.next(period)
    assert following.starts_on == period.ends_on + timedelta(days=1)
    assert calendar.previous(following) == period


@given(CALENDARS, DAYS, KINDS)
def test_names_go_round(calendar: Calendar, day: date, kind: str) -> None:
    period = calendar.of(day, kind)  # type: ignore[arg-type]
    assert calendar.period(period.name) == period


@given(CALENDARS, DAYS)
def test_months_tile_quarters_and_quarters_tile_years(calendar: Calendar, day: date) -> None:
    year = calendar.year_of(day)
    for kind, count in (("quarter", 4), ("month", 12)):
        parts = calendar.periods_between(year.starts_on, year.ends_on, kind)  # type: ignore[arg-type]
        assert len(parts) == count
        assert (parts[0].starts_on, parts[-1].ends_on) == (year.starts_on, year.ends_on)
        assert sum(part.days for part in parts) == year.days


@given(CALENDARS.filter(lambda c: c.kind != "months"), DAYS)
def test_week_years_have_52_or_53_whole_weeks(calendar: Calendar, day: date) -> None:
    year = calendar.year_of(day)
    assert year.days in (364, 371)
    assert year.starts_on.weekday() == calendar.week_starts


def test_known_periods() -> None:
    assert Calendar().period("2017Q4") == Period(date(2017, 10, 1), date(2017, 12, 31), "2017Q4", "quarter")
    assert Calendar().period("2024-02").ends_on == date(2024, 2, 29)
    april = Calendar(starts_month=4)
    assert april.quarter_of(date(2026, 11, 24)).name == "FY2027Q3"
    retail = Calendar(kind="4-5-4", starts_month=2, week_starts=6, year_named_by="start", year_end="nearest")
    assert retail.year_of(date(2023, 6, 1)).days == 371  # the retail year 2023 had 53 weeks
    assert retail.year_of(date(2023, 6, 1)).starts_on == date(2023, 1, 29)


def test_the_week_of_a_period_counts_from_one() -> None:
    quarter = Calendar().period("2026Q4")
    assert quarter.week_of(date(2026, 10, 1)) == 1
    assert quarter.week_of(date(2026, 11, 24)) == 8
    assert quarter.weeks == 13
    assert quarter.week_of(date(2026, 12, 31)) == 13


@pytest.mark.parametrize("name", ["", "2017Q5", "Q4 2017", "2017-13", "17Q4", "2017W13", "٢٠١٧Q4"])
def test_a_name_that_is_no_period_is_refused_with_an_example(name: str) -> None:
    with pytest.raises(ValueError, match="2026"):
        Calendar().period(name)


def test_a_window_is_followed_by_one_of_its_length() -> None:
    first = window(date(2026, 1, 1), date(2026, 1, 28))
    assert Calendar().next(first).days == 28
    assert Calendar().previous(Calendar().next(first)).starts_on == first.starts_on

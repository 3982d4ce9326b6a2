"""Working days, and public holidays as a library knows them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.people import workdays

DAYS = st.dates(date(2024, 1, 1), date(2028, 12, 31))
OFF = st.sets(st.integers(-10, 30), max_size=20)
FRIDAY = date(2026, 11, 20)


def test_two_working_days_after_a_friday_is_a_tuesday() -> None:
    assert workdays.workdays_after(FRIDAY, 2) == date(2026, 11, 24)
    assert workdays.workdays_after(FRIDAY, 2, {date(2026, 11, 23)}) == date(2026, 11, 25)
    assert workdays.workdays_after(date(2026, 11, 21), 0) == date(2026, 11, 23)


@given(day=DAYS, count=st.integers(0, 15), shifts=OFF)
def test_counting_back_gives_the_count(day: date, count: int, shifts: set[int]) -> None:
    off = {day + timedelta(days=n) for n in shifts}
    begin = workdays.workdays_after(day, 0, off)
    end = workdays.workdays_after(day, count, off)
    assert workdays.is_workday(end, off)
    assert workdays.workdays_between(begin, end, off) == count


def test_less_than_none_is_refused() -> None:
    with pytest.raises(ValueError, match="-1 working days"):
        workdays.workdays_after(FRIDAY, -1)


def test_public_holidays_are_known_by_country_and_part() -> None:
    finland = workdays.public_holidays("FI", 2026)
    assert finland[date(2026, 12, 6)] == "Independence Day"
    bavaria, germany = (workdays.public_holidays("DE", 2026, part) for part in ("BY", ""))
    assert set(germany) < set(bavaria)
    assert workdays.countries()["GB"] == "United Kingdom"
    assert "BY" in workdays.subdivisions("DE")


def test_what_is_not_known_is_said() -> None:
    with pytest.raises(ValueError, match="No public holidays are known for XX"):
        workdays.public_holidays("XX", 2026)
    with pytest.raises(ValueError, match="DE has no part ZZ"):
        workdays.public_holidays("DE", 2026, "ZZ")

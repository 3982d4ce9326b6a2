"""A weekly number is due at the team's own wall-clock time, whatever the clocks do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.calls import due
from fairlead.forecasting.periods import Calendar

Q4 = Calendar().period("2026Q4")
HELSINKI = due.Rhythm(0, time(17), "Europe/Helsinki")
ZONES = st.sampled_from(["Europe/Helsinki", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"])
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2029, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


def test_the_due_moment_stays_on_the_wall_when_the_clocks_go_back() -> None:
    assert HELSINKI.next_from(utc(2026, 10, 20)) == utc(2026, 10, 26, 15)
    assert HELSINKI.next_from(utc(2026, 10, 13)) == utc(2026, 10, 19, 14)


def test_a_time_that_does_not_exist_is_due_one_hour_later_on_the_wall() -> None:
    sunday = due.Rhythm(6, time(3, 30), "Europe/Helsinki")
    moment = sunday.next_from(utc(2027, 3, 27))
    assert moment.astimezone(ZoneInfo("Europe/Helsinki")).strftime("%d %H:%M") == "28 04:30"


def test_a_time_that_exists_twice_is_due_the_first_time() -> None:
    sunday = due.Rhythm(6, time(3, 30), "Europe/Helsinki")
    assert sunday.next_from(utc(2026, 10, 24)) == utc(2026, 10, 25, 0, 30)


@given(weekday=st.integers(0, 6), moment=st.times(), zone=ZONES, at=MOMENTS)
def test_every_instant_lies_between_two_due_moments_of_one_weekday(
    weekday: int, moment: time, zone: str, at: datetime
) -> None:
    rhythm = due.Rhythm(weekday, moment.replace(tzinfo=None, second=0, microsecond=0), zone)
    before, after = rhythm.last_before(at), rhythm.next_from(at)
    assert before < at <= after
    assert timedelta(days=6, hours=22) <= after - before <= timedelta(days=7, hours=2)
    assert rhythm.next_from(after) == after
    assert rhythm.last_before(after) == before


@pytest.mark.parametrize(
    ("at", "answered", "state", "due_at"),
    [
        (utc(2026, 10, 2), None, "due", utc(2026, 10, 5, 14)),
        (utc(2026, 10, 6), None, "late", utc(2026, 10, 5, 14)),
        (utc(2026, 10, 6), utc(2026, 10, 5, 14), "due", utc(2026, 10, 12, 14)),
        (utc(2026, 10, 9), utc(2026, 10, 12, 14), "submitted", utc(2026, 10, 12, 14)),
        (utc(2026, 12, 29), utc(2026, 12, 28, 15), "over", None),
        (utc(2026, 12, 29), utc(2026, 12, 21, 15), "late", utc(2026, 12, 28, 15)),
        (utc(2026, 9, 20), None, "due", utc(2026, 10, 5, 14)),
    ],
)
def test_a_leader_stands_where_the_last_answered_due_moment_puts_them(
    at: datetime, answered: datetime | None, state: str, due_at: datetime | None
) -> None:
    found = due.standing(HELSINKI, Q4, at, answered)
    assert (found.state, found.at) == (state, due_at)


def test_a_late_number_is_for_the_moment_that_was_missed_and_not_for_the_next() -> None:
    tuesday = utc(2026, 10, 6)
    missed = due.answers(HELSINKI, Q4, tuesday, None)
    assert missed == utc(2026, 10, 5, 14)
    assert due.standing(HELSINKI, Q4, tuesday, missed).state == "due"
    assert due.answers(HELSINKI, Q4, tuesday, missed) == utc(2026, 10, 12, 14)


def test_after_the_last_due_moment_a_number_is_for_the_end_of_the_period() -> None:
    assert due.answers(HELSINKI, Q4, utc(2026, 12, 30), utc(2026, 12, 28, 15)) == utc(2026, 12, 31, 22)


def test_a_number_due_on_a_day_off_is_due_on_the_next_working_day() -> None:
    monday, tuesday = date(2026, 10, 26), date(2026, 10, 27)
    off = replace(HELSINKI, off=frozenset({monday}))
    assert off.next_from(utc(2026, 10, 24)) == HELSINKI.on(monday) + timedelta(days=1)
    assert off.next_from(utc(2026, 10, 27)) == off.on(monday) == utc(2026, 10, 27, 15)
    assert off.last_before(utc(2026, 10, 27, 16)) == off.on(monday)
    assert replace(off, off=frozenset({monday, tuesday})).on(monday) == utc(2026, 10, 28, 15)
    friday = due.Rhythm(4, time(17), "UTC", frozenset({date(2026, 12, 25)}))
    assert friday.on(date(2026, 12, 25)) == utc(2026, 12, 28, 17)


@given(weekday=st.integers(0, 6), zone=ZONES, at=MOMENTS, shifts=st.sets(st.integers(-20, 20), max_size=30))
def test_days_off_never_swap_or_lose_a_due_moment(
    weekday: int, zone: str, at: datetime, shifts: set[int]
) -> None:
    off = frozenset(at.date() + timedelta(days=n) for n in shifts)
    rhythm = due.Rhythm(weekday, time(17), zone, off)
    before, after = rhythm.last_before(at), rhythm.next_from(at)
    assert before < at <= after
    assert rhythm.next_from(before + timedelta(seconds=1)) == after
    assert rhythm.last_before(after) == before


def test_nothing_was_due_before_the_organisation_began_here() -> None:
    """Set up on a Wednesday in the eighth week: Monday's number was nobody's to send, the next Monday's is."""
    rhythm = due.Rhythm(0, time(17), "Europe/Helsinki", begun=datetime(2026, 11, 25, 9, tzinfo=UTC))
    found = due.standing(rhythm, Q4, datetime(2026, 11, 25, 10, tzinfo=UTC), None)
    assert (found.state, found.at) == ("due", datetime(2026, 11, 30, 15, tzinfo=UTC))
    assert due.standing(rhythm, Q4, datetime(2026, 12, 1, 10, tzinfo=UTC), None).state == "late"

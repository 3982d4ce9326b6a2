"""The days of a plan, against a count day by day written apart from it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.improvement import clock
from fairlead.improvement.clock import Clock, Span
from fairlead.people.workdays import is_workday

MONDAY = date(2026, 11, 2)


def test_thirty_days_from_a_monday_end_on_the_thirtieth_day_after() -> None:
    assert clock.ends_on(Clock(MONDAY, 30)) == date(2026, 12, 2)
    assert clock.checkins(Clock(MONDAY, 30)) == tuple(MONDAY + timedelta(days=7 * n) for n in range(1, 5))
    assert clock.decide_by(Clock(MONDAY, 30)) == date(2026, 12, 9)


def test_a_late_company_adds_day_for_day_and_a_day_that_is_paused_too_counts_once() -> None:
    late = clock.late_spans([(date(2026, 11, 18), date(2026, 11, 24))], date(2026, 12, 30))
    assert late == (Span(date(2026, 11, 19), date(2026, 11, 24)),)
    assert clock.ends_on(Clock(MONDAY, 30, late=late)) == date(2026, 12, 8)
    paused = (Span(date(2026, 11, 23), date(2026, 11, 25)),)
    assert clock.ends_on(Clock(MONDAY, 30, paused=paused, late=late)) == date(2026, 12, 9)


def test_what_is_not_delivered_is_late_up_to_today_and_what_was_in_time_is_not() -> None:
    due = date(2026, 11, 18)
    assert clock.late_spans([(due, None)], date(2026, 11, 20)) == (
        Span(date(2026, 11, 19), date(2026, 11, 20)),
    )
    assert clock.late_spans([(due, None)], due) == ()
    assert clock.late_spans([(due, due), (due, date(2026, 11, 1))], date(2026, 12, 1)) == ()


def test_leave_without_an_end_leaves_the_end_open_and_check_ins_before_it_in_place() -> None:
    away = Clock(MONDAY, 30, paused=(Span(date(2026, 11, 12), None),))
    assert clock.ends_on(away) is None
    assert clock.checkins(away) == (date(2026, 11, 9), None, None, None)


def test_an_end_on_a_weekend_or_a_day_off_moves_to_the_next_working_day() -> None:
    assert clock.ends_on(Clock(MONDAY, 33)) == date(2026, 12, 7), "the 33rd day is a Saturday"
    assert clock.ends_on(Clock(MONDAY, 33, off=frozenset({date(2026, 12, 7)}))) == date(2026, 12, 8)


def test_an_extension_adds_a_check_in_for_each_of_its_weeks() -> None:
    assert len(clock.checkins(Clock(MONDAY, 30, more=7))) == 5
    assert len(clock.checkins(Clock(MONDAY, 30, more=30))) == 8


def test_a_plan_that_never_gets_on_has_no_end() -> None:
    spans = (Span(MONDAY, MONDAY + timedelta(days=5000)),)
    assert clock.ends_on(Clock(MONDAY, 30, paused=spans)) is None


_DAYS = st.integers(0, 80).map(lambda n: MONDAY + timedelta(days=n))
_SPANS = st.lists(st.tuples(_DAYS, st.integers(0, 20)), max_size=4).map(
    lambda rows: tuple(Span(first, first + timedelta(days=n)) for first, n in rows)
)


@given(_SPANS, _SPANS, st.integers(1, 45), st.integers(0, 30), st.sets(_DAYS, max_size=5))
def test_the_end_is_where_a_count_by_hand_comes_to(
    paused: tuple[Span, ...], late: tuple[Span, ...], days: int, more: int, off: set[date]
) -> None:
    taken = {
        span.first + timedelta(days=n)
        for span in (*paused, *late)
        for n in range(((span.last or span.first) - span.first).days + 1)
    }
    day, left = MONDAY, days + more
    while left:
        day += timedelta(days=1)
        left -= day not in taken
    last = day
    while not is_workday(day, off):
        day += timedelta(days=1)
    made = Clock(MONDAY, days, more, paused, late, frozenset(off))
    assert clock.ends_on(made) == day
    assert clock.passed(made, last) == days + more
    checkins = [one for one in clock.checkins(made) if one is not None]
    assert checkins == sorted(checkins)


@pytest.mark.parametrize(("first", "last", "days"), [(0, 5, 3), (3, 3, 1), (5, 9, 0)])
def test_days_of_spans_are_counted_once(first: int, last: int, days: int) -> None:
    spans = [
        Span(MONDAY + timedelta(days=1), MONDAY + timedelta(days=2)),
        Span(MONDAY + timedelta(days=2), MONDAY + timedelta(days=3)),
    ]
    assert clock.days_of(spans, MONDAY + timedelta(days=first), MONDAY + timedelta(days=last)) == days

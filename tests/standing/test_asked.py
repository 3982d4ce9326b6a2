"""What a quarter asked of somebody: every working day counts once, and the arithmetic can be done again by hand."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairlead.forecasting.periods import Period
from fairlead.standing.rules import (
    Given,
    Ramp,
    Said,
    Span,
    asked,
    months_between,
    peers,
    percent,
    run_length,
    under,
    workdays,
)

Q3 = Period(date(2026, 7, 1), date(2026, 9, 30), "2026-Q3")
"""66 working days: 23 in July, 21 in August, 22 in September."""
ALWAYS = Span(date(2020, 1, 1))
BEFORE = date(2026, 6, 1)


def test_a_whole_quarter_asks_for_the_target() -> None:
    found = asked(Given(Q3, [Said(660_00, BEFORE)], ALWAYS))
    assert (found.minor, found.whole_minor, found.days, found.present) == (660_00, 660_00, 66, 66)
    assert not found.reduced
    assert len(found.stretches) == 1


def test_who_starts_in_august_is_asked_for_the_days_that_are_left() -> None:
    found = asked(Given(Q3, [Said(660_00, BEFORE)], Span(date(2026, 8, 1))))
    assert (found.minor, found.present) == (430_00, 43)
    assert [(one.days, one.share, one.why) for one in found.stretches] == [(23, 0, "not_here"), (43, 100, "")]


def test_the_ramp_goes_by_month_of_the_seat_and_a_new_seat_begins_it_again() -> None:
    ramp = Ramp((0, 50))
    found = asked(Given(Q3, [Said(660_00, BEFORE)], ALWAYS, seats=[date(2026, 7, 1)], ramp=ramp))
    assert [(one.days, one.share, one.why) for one in found.stretches] == [
        (23, 0, "ramp"), (21, 50, "ramp"), (22, 100, ""),
    ]  # fmt: skip
    assert found.minor == 105_00 + 220_00
    again = asked(
        Given(Q3, [Said(660_00, BEFORE)], ALWAYS, seats=[date(2020, 1, 1), date(2026, 9, 1)], ramp=ramp)
    )
    assert again.minor == 440_00


def test_leave_asks_for_nothing_and_counts_before_the_ramp() -> None:
    away = [Span(date(2026, 8, 3), date(2026, 8, 14))]
    found = asked(Given(Q3, [Said(660_00, BEFORE)], ALWAYS, away=away))
    assert (found.minor, found.present) == (560_00, 56)
    open_end = asked(Given(Q3, [Said(660_00, BEFORE)], ALWAYS, away=[Span(date(2026, 8, 1))]))
    assert open_end.minor == 230_00


def test_a_target_that_changes_counts_from_its_day() -> None:
    raised = [Said(660_00, BEFORE), Said(990_00, date(2026, 9, 1))]
    found = asked(Given(Q3, raised, ALWAYS))
    assert (found.minor, found.whole_minor) == (440_00 + 330_00, 990_00)
    assert found.changes == (raised[1],)


def test_what_is_set_after_the_quarter_changes_nothing_unless_nothing_was_set_before() -> None:
    late = date(2026, 10, 5)
    found = asked(Given(Q3, [Said(660_00, BEFORE), Said(990_00, late)], ALWAYS))
    assert (found.minor, found.whole_minor, found.written_late) == (660_00, 660_00, None)
    first = asked(Given(Q3, [Said(660_00, late)], ALWAYS))
    assert (first.minor, first.written_late) == (660_00, late)


def test_without_a_target_nothing_is_asked_and_nothing_is_missed() -> None:
    found = asked(Given(Q3, [], Span(date(2026, 8, 1))))
    assert (found.minor, found.present) == (None, 43)
    assert percent(100, found.minor) is None


def test_days_off_are_no_working_days() -> None:
    off = {date(2026, 8, 3) + timedelta(days=n) for n in range(5)}
    found = asked(Given(Q3, [Said(610_00, BEFORE)], Span(date(2026, 9, 1)), off=off))
    assert (found.days, found.minor) == (61, 220_00)


days = st.dates(date(2026, 6, 1), date(2026, 10, 31))


@given(
    minors=st.lists(st.tuples(st.integers(0, 10**9), days), min_size=1, max_size=4),
    starts=days, ends=st.none() | days,
    away=st.lists(st.tuples(days, st.none() | days), max_size=3),
    seats=st.lists(days, max_size=3),
    shares=st.lists(st.integers(0, 100), max_size=4),
)  # fmt: skip
@settings(max_examples=150, deadline=None)
def test_it_is_the_sum_over_single_days_by_an_independent_reckoning(
    minors: list[tuple[int, date]],
    starts: date,
    ends: date | None,
    away: list[tuple[date, date | None]],
    seats: list[date],
    shares: list[int],
) -> None:
    targets = [Said(minor, on) for minor, on in sorted(minors, key=lambda pair: pair[1])]
    found = asked(
        Given(
            Q3, targets, Span(starts, ends), sorted(seats), [Span(*one) for one in away], Ramp(tuple(shares))
        )
    )
    total, count, day = Fraction(0), 0, Q3.starts_on
    while day <= Q3.ends_on:
        if day.isoweekday() <= 5:
            count += 1
            here = day >= starts and (ends is None or day <= ends)
            gone = any(first <= day and (last is None or day <= last) for first, last in away)
            if here and not gone:
                held = targets[0].minor
                for said in targets:
                    held = said.minor if said.on <= day else held
                share = 100
                for seat in sorted(seats):
                    if seat <= day:
                        month = months_between(seat, day)
                        share = shares[month] if month < len(shares) else 100
                total += Fraction(held * share, 100)
        day += timedelta(days=1)
    assert found.minor == round(total / count)
    assert sum(one.days for one in found.stretches) == count == found.days
    assert found.minor <= max(said.minor for said in targets)


@pytest.mark.parametrize(
    ("first", "day", "months"),
    [
        (date(2026, 1, 31), date(2026, 2, 28), 0),
        (date(2026, 1, 31), date(2026, 3, 1), 1),
        (date(2026, 1, 15), date(2026, 2, 15), 1),
        (date(2025, 12, 1), date(2026, 12, 1), 12),
    ],
)
def test_months_are_whole_months(first: date, day: date, months: int) -> None:
    assert months_between(first, day) == months


def test_the_line_is_exact() -> None:
    assert under(79_999_99, 100_000_00, 80)
    assert not under(80_000_00, 100_000_00, 80)
    assert not under(0, 0, 80)
    assert percent(799_99, 1000_00) == 80
    assert under(799_99, 1000_00, 80), "Rounded it says 80 %, and it is under the line all the same."


def test_a_run_ends_where_nothing_was_missed_or_nothing_asked() -> None:
    assert run_length([True, False, True, True]) == 2
    assert run_length([True, None, True]) == 1
    assert run_length([True, False]) == 0
    assert run_length([]) == 0


def test_peers_are_figures_from_five_on() -> None:
    few = peers([50, 90, 100, 110], [True, False, False, False])
    assert (few.count, few.under, few.middle) == (4, 1, None)
    many = peers([50, 60, 90, 100, 110], [True, True, False, False, False])
    assert (many.low, many.middle, many.high, many.under) == (60, 90, 100, 2)


def test_working_days_are_counted_on_both_ends() -> None:
    assert len(workdays(date(2026, 7, 1), date(2026, 7, 3), ())) == 3

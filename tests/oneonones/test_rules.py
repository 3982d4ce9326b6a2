"""When a pair meets, what moves a meeting, and clocks that change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairlead.oneonones import rules
from fairlead.oneonones.rules import Rhythm, Step
from fairlead.people import access

days = st.dates(date(2020, 1, 1), date(2030, 12, 31))
rhythms = st.builds(
    Rhythm, st.sampled_from(["weekly", "fortnightly", "monthly"]), st.integers(0, 6), st.just(time(10)),
    st.sampled_from(["UTC", "Europe/Helsinki", "America/New_York"]), st.just(30), days,
)  # fmt: skip


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(rhythms, days, st.integers(0, 400))
def test_days_of_a_rhythm_are_its_weekday_within_the_span_and_never_before_its_first_day(
    rhythm: Rhythm, first: date, span: int
) -> None:
    last = first + timedelta(days=span)
    found = rules.slots(rhythm, first, last)
    assert found == sorted(set(found))
    for day in found:
        assert first <= day <= last
        assert day >= rhythm.starts_on
        assert day.weekday() == rhythm.weekday
    gaps = {(b - a).days for a, b in pairwise(found)}
    assert gaps <= {"weekly": {7}, "fortnightly": {14}, "monthly": {28, 35}}[rhythm.kind]


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(rhythms, days, st.integers(1, 200), st.integers(0, 200))
def test_a_span_in_two_parts_has_the_days_of_the_whole(
    rhythm: Rhythm, first: date, one: int, two: int
) -> None:
    middle, last = first + timedelta(days=one), first + timedelta(days=one + two)
    parts = rules.slots(rhythm, first, middle - timedelta(days=1)) + rules.slots(rhythm, middle, last)
    assert parts == rules.slots(rhythm, first, last)


def test_a_month_has_one_meeting() -> None:
    rhythm = Rhythm("monthly", 2, starts_on=date(2026, 11, 25))
    found = rules.slots(rhythm, date(2026, 11, 1), date(2027, 10, 31))
    assert [day.month for day in found] == [11, 12, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]


def test_an_hour_stays_that_hour_when_clocks_change() -> None:
    rhythm = Rhythm("weekly", 3, time(10), "Europe/Helsinki", 30, date(2026, 3, 19))
    found = [rules.starts_at(rhythm, day) for day in rules.slots(rhythm, date(2026, 3, 19), date(2026, 4, 2))]
    assert [one.hour for one in found] == [8, 8, 7]
    assert {one.astimezone(ZoneInfo("Europe/Helsinki")).hour for one in found} == {10}


def test_a_step_taken_back_leaves_what_was_before() -> None:
    begins, later = datetime(2026, 11, 26, 8, tzinfo=UTC), datetime(2026, 11, 27, 9, tzinfo=UTC)
    slot, moved = date(2026, 11, 26), Step("moved", later)
    assert rules.meeting(slot, begins, 30, [moved]).starts_at == later
    assert rules.meeting(slot, begins, 30, [moved, Step("back")]).starts_at == begins
    one = rules.meeting(slot, begins, 30, [moved, Step("held"), Step("back")])
    assert (one.state, one.starts_at) == ("moved", later)


def test_the_next_meeting_is_neither_held_nor_skipped_and_one_that_nobody_spoke_of_just_passes() -> None:
    def at(day: int, state: str) -> rules.Meeting:
        return rules.Meeting(date(2026, 11, day), datetime(2026, 11, day, 8, tzinfo=UTC), 30, state)

    every = [at(12, "planned"), at(19, "held"), at(26, "skipped"), at(28, "planned"), at(27, "moved")]
    now = datetime(2026, 11, 24, tzinfo=UTC)
    assert rules.next_of(every, now) == every[4]
    assert rules.next_of(every[:3], now) is None


@pytest.mark.parametrize(
    "odd",
    [Rhythm("daily"), Rhythm("weekly", 7), Rhythm("weekly", zone="Mars/Base"), Rhythm("weekly", minutes=5)],  # type: ignore[arg-type]
)
def test_an_odd_rhythm_is_refused(odd: Rhythm) -> None:
    with pytest.raises(access.Refusal):
        rules.checked(odd, ["UTC"])

"""The clock of untold news, around weekends, days off and time zones; what counts; what is refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.news import models, rules
from fairlead.news.rules import Change, Clock
from fairlead.people import access, workdays
from tests.cast import AT

HELSINKI = "Europe/Helsinki"


def moment(day: int, hour: int = 12, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("known", "late"),
    [
        (moment(24), moment(26)),  # Tuesday to Thursday
        (moment(26), moment(30)),  # Thursday over the weekend to Monday
        (moment(27), datetime(2026, 12, 1, 12, tzinfo=UTC)),  # Friday to Tuesday
        (moment(28), datetime(2026, 12, 1, 22, tzinfo=UTC)),  # Saturday counts from Monday's first moment
    ],
)
def test_two_working_days_leave_out_the_weekend(known: datetime, late: datetime) -> None:
    clock = Clock(2, HELSINKI)
    assert clock.late_at(known) == late
    assert not clock.is_late(known, late)
    assert clock.is_late(known, late + timedelta(seconds=1))


def test_a_day_off_stops_the_clock() -> None:
    off = frozenset({date(2026, 11, 25)})
    assert Clock(2, HELSINKI, off).late_at(moment(24)) == moment(27)


def test_the_day_is_the_one_of_the_teams_zone() -> None:
    late_evening = moment(27, 21)  # Friday 23:00 in Helsinki, Saturday in Tokyo, Friday noon in Denver
    assert Clock(1, HELSINKI).late_at(late_evening) == moment(30, 21)
    assert Clock(1, "Asia/Tokyo").late_at(late_evening) == moment(30, 15)
    assert Clock(1, "America/Denver").late_at(late_evening) == moment(30, 21)


def test_daylight_saving_moves_the_hour_in_utc_and_not_on_the_wall() -> None:
    friday = datetime(2026, 10, 23, 9, tzinfo=UTC)  # 12:00 in Helsinki, before the clocks go back
    assert Clock(1, HELSINKI).late_at(friday) == datetime(2026, 10, 26, 10, tzinfo=UTC)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.integers(0, 10),
    st.sets(st.dates(date(2026, 1, 1), date(2027, 2, 1)), max_size=30),
)
def test_a_clock_ends_on_a_working_day_and_never_before_it_began(
    known: datetime, limit: int, off: set[date]
) -> None:
    late = Clock(limit, "UTC", frozenset(off)).late_at(known)
    assert late >= known
    assert workdays.is_workday(late.date(), off)


def test_commit_counts_always_and_the_rest_from_one_per_cent_of_the_target() -> None:
    changes = [
        Change(1, "pushed", -5, AT, True),
        Change(2, "pushed", -99, AT, False),
        Change(3, "new", 100, AT - timedelta(hours=1), False),
        Change(4, "amount_up", 0, AT, True),
    ]
    assert [change.deal for change in rules.counting(changes, 10_000)] == [3, 1]
    assert [change.deal for change in rules.counting(changes, None)] == [1]


def test_news_is_as_old_as_the_end_of_the_day_it_was_known_on() -> None:
    today = AT.date()
    assert rules.known_at(today, AT, HELSINKI) == AT
    assert rules.known_at(today - timedelta(days=2), AT, HELSINKI) == moment(22, 22)


def test_days_left_run_to_the_close_date_and_at_most_to_the_periods_end() -> None:
    today, ends = date(2026, 11, 24), date(2026, 12, 31)
    assert rules.days_left(today, date(2026, 12, 4), ends) == 10
    assert rules.days_left(today, date(2027, 2, 1), ends) == 37
    assert rules.days_left(today, date(2026, 11, 1), ends) == 37
    assert rules.days_left(date(2027, 1, 5), None, ends) == 0


@pytest.mark.parametrize(
    ("given_", "code"),
    [
        ({"kind": "awful"}, "bad_kind"),
        ({"what": "  "}, "what_missing"),
        ({"what": "x" * 301}, "too_long"),
        ({"known_on": date(2026, 11, 25)}, "known_later"),
        ({"amount": -1}, "bad_amount"),
    ],
)
def test_news_that_says_nothing_is_refused(given_: dict[str, object], code: str) -> None:
    asked: dict[str, object] = {
        "kind": "bad", "what": "It slips.", "known_on": date(2026, 11, 24), "today": date(2026, 11, 24),
        "amount": None,
    }  # fmt: skip
    with pytest.raises(access.Refusal) as refused:
        rules.refuse_telling(**(asked | given_))  # type: ignore[arg-type]
    assert refused.value.code == code


def test_a_surprise_cannot_be_pinned_on_anybody() -> None:
    fields = {field.name for field in models.Surprise._meta.concrete_fields}
    assert fields == {"id", "person", "period", "at", "once"}, "no deal, no news, no rep"
    assert rules.is_surprise(date(2027, 1, 1), date(2026, 12, 31))
    assert not rules.is_surprise(date(2026, 12, 31), date(2026, 12, 31))

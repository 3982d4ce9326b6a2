"""The order and the groups of a day, and the count of weeks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from fairlead.people.workdays import workdays_after
from fairlead.today import rules
from fairlead.today.rules import Item

TODAY = date(2026, 11, 25)
DAYS = st.none() | st.integers(-40, 40).map(lambda n: TODAY + timedelta(days=n))
ITEMS = st.lists(
    st.tuples(st.sampled_from(rules.KINDS), DAYS).map(
        lambda pair: Item(pair[0], "x", "", "Do", "call", due_on=pair[1])
    ),
    max_size=12,
)


@given(ITEMS)
def test_everything_due_stands_in_exactly_one_group_and_nothing_later_in_any(items: list[Item]) -> None:
    day = rules.day(items, TODAY)
    until = workdays_after(TODAY, rules.AHEAD)
    assert sorted(map(id, (*day.late, *day.today, *day.coming))) == sorted(
        id(one) for one in items if one.due_on is None or one.due_on <= until
    )
    assert all(one.due_on is not None and one.due_on < TODAY for one in day.late)
    assert all(one.due_on in (None, TODAY) for one in day.today)
    assert all(one.due_on is not None and TODAY < one.due_on <= until for one in day.coming)
    assert day.due == len(day.late) + len(day.today)


def test_the_oldest_comes_first_and_an_hour_before_what_has_none() -> None:
    def at(hour: int) -> datetime:
        return datetime(2026, 11, 25, hour, tzinfo=UTC)

    items = [
        Item("feedback", "no day", "", "Do", "call"),
        Item("promise", "no hour", "", "Do", "call", due_on=TODAY),
        Item("call", "at five", "", "Do", "call", due_on=TODAY, moment=at(17)),
        Item("meeting", "at ten", "", "Do", "call", due_on=TODAY, moment=at(10)),
        Item("debt", "yesterday", "", "Do", "call", due_on=TODAY - timedelta(days=1)),
        Item("debt", "last week", "", "Do", "call", due_on=TODAY - timedelta(days=7)),
    ]
    day = rules.day(items, TODAY)
    assert [one.what for one in day.late] == ["last week", "yesterday"]
    assert [one.what for one in day.today] == ["at ten", "at five", "no hour", "no day"]


def test_days_off_are_not_counted_when_looking_ahead() -> None:
    friday_week = date(2026, 12, 3)
    item = Item("promise", "x", "", "Do", "call", due_on=friday_week)
    assert rules.day([item], TODAY).coming == ()
    assert rules.day([item], TODAY, off=[date(2026, 11, 27)]).coming == (item,)


def test_weeks_are_counted_from_monday_to_sunday() -> None:
    monday = date(2026, 11, 23)
    done = [monday, monday + timedelta(days=6), monday - timedelta(days=1), monday - timedelta(weeks=5)]
    assert rules.weekly(done, TODAY) == (0, 0, 0, 1, 2)


def test_what_is_not_asked_for_here_is_no_work_of_it() -> None:
    assert rules.is_work("promise.kept")
    assert rules.is_work("calls.submitted")
    assert not rules.is_work("settings.organisation")
    assert not rules.is_work("feedback.closed")
    assert not rules.is_work("calls.reminded")

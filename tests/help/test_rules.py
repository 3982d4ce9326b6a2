"""How a request stands, when the second door opens, and what counts against whom."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.help import rules
from fairlead.help.rules import Step
from fairlead.news.rules import Clock
from fairlead.people import access

ASKED = datetime(2026, 11, 24, 12, 10, tzinfo=UTC)
CLOCK = Clock(3, "Europe/Helsinki", frozenset({date(2026, 11, 26)}))
DUE = datetime(2026, 11, 30, 12, 10, tzinfo=UTC)
"""Three working days on, around a day off and a weekend."""
H = timedelta(hours=1)


def steps(*said: tuple[str, float]) -> list[Step]:
    return [Step(n + 1, kind, ASKED + hours * H) for n, (kind, hours) in enumerate(said)]  # type: ignore[arg-type]


def test_an_answer_is_due_after_the_working_days_in_the_managers_zone_without_days_off() -> None:
    now = rules.standing(ASKED, [], CLOCK, DUE)
    assert (now.state, now.due, now.late) == ("waiting", DUE, False)
    assert rules.standing(ASKED, [], CLOCK, DUE + H).late


def test_asking_back_stops_the_clock_and_a_reply_begins_it_anew() -> None:
    back = rules.standing(ASKED, steps(("asked_back", 1)), CLOCK, DUE + 99 * H)
    assert (back.state, back.due, back.opens_second) == ("asked_back", None, False)
    again = rules.standing(ASKED, steps(("asked_back", 1), ("replied", 200)), CLOCK, ASKED + 201 * H)
    assert again.due is not None
    assert again.due > ASKED + 200 * H


@pytest.mark.parametrize(
    ("said", "opens"),
    [
        ([], False), ([("declined", 1)], True), ([("answered", 1)], False), ([("asked_back", 1)], False),
        ([("answered", 1), ("not_helped", 2)], True), ([("answered", 1), ("helped", 2)], False),
        ([("answered", 1), ("not_helped", 2), ("answered", 3)], False), ([("withdrawn", 1)], False),
    ],
)  # fmt: skip
def test_the_second_door_opens_when_it_came_to_nothing(said: list[tuple[str, float]], opens: bool) -> None:
    assert rules.standing(ASKED, steps(*said), CLOCK, ASKED + 5 * H).opens_second is opens


def test_each_of_the_two_says_only_what_is_theirs() -> None:
    now = rules.standing(ASKED, [], CLOCK, ASKED)
    for kind in rules.STEPS:
        asker = kind not in rules.RESPONSES
        if asker:
            with pytest.raises(access.Refusal) as refusal:
                rules.refuse_step(kind, now, asker=False, door="first")
            assert refusal.value.code == "not_yours"
    with pytest.raises(access.Refusal, match="other one of the two"):
        rules.refuse_step("answered", now, asker=True, door="first")
    rules.refuse_step("withdrawn", now, asker=True, door="first")
    with pytest.raises(access.Refusal, match="It is answered"):
        rules.refuse_step(
            "withdrawn",
            rules.standing(ASKED, steps(("answered", 1)), CLOCK, ASKED + 2 * H),
            asker=True,
            door="first",
        )


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ([("answered", 1)], "in_time"), ([("asked_back", 1)], "in_time"), ([("answered", 400)], "late"),
        ([], "unanswered"), ([("withdrawn", 1)], "dropped"), ([("withdrawn", 300)], "unanswered"),
        ([("asked_back", 1), ("replied", 2)], "unanswered"),
        ([("asked_back", 1), ("replied", 2), ("answered", 3)], "in_time"),
    ],
)  # fmt: skip
def test_what_counts_is_the_worst_wait(said: list[tuple[str, float]], what: str) -> None:
    assert rules.outcome(ASKED, steps(*said), CLOCK, ASKED + 500 * H) == what


@given(
    st.lists(
        st.tuples(st.integers(1, 6), st.sampled_from(["in_time", "late", "unanswered", "running", "dropped"]))
    )
)
def test_counts_add_up_and_enough_is_about_people_and_not_requests(
    cases: list[tuple[int, rules.Outcome]],
) -> None:
    found = rules.counts(cases)
    running = sum(what == "running" for _, what in cases)
    assert found.came == found.in_time + found.not_in_time + running
    assert found.enough == (len({who for who, what in cases if what != "dropped"}) >= 3)


def test_lines_of_a_shield_are_single_few_and_different() -> None:
    assert rules.shield_lines(" a \r\n\n b\x00 ", what="x") == ("a", "b")
    for text in ("a\na", "\n".join(str(n) for n in range(9)), "a" * 301):
        with pytest.raises(access.Refusal):
            rules.shield_lines(text, what="x")


def test_a_shield_ends_with_notice() -> None:
    today = date(2026, 11, 24)
    assert rules.earliest_end(today, [date(2026, 11, 26)]) == date(2026, 12, 2)
    with pytest.raises(access.Refusal, match="2026-12-01"):
        rules.refuse_end(today, today, [])
    rules.refuse_end(date(2026, 12, 1), today, [])

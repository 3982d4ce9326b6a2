"""The rules: who is asked together, which word is shown, and that no way of answering tells what one of them said."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.feedback import rules
from fairlead.feedback.rules import ITEMS, POOLS, Base, Closed, Group, Policy, Tally
from fairlead.people.access import Refusal

ON = date(2026, 11, 16)
Teams = dict[int, list[int]]


def team(manager: int, size: int) -> list[int]:
    return [manager * 100 + n for n in range(size)]


def pairs(first: int, last: int, manager: int = 1) -> frozenset[tuple[int, int]]:
    return frozenset((person, manager) for person in range(first, last))


def closed(yes: int, who: frozenset[tuple[int, int]], **more: Any) -> Closed:
    """A team's round in which so many say yes to everything."""
    values: dict[str, Any] = {"kind": "team", "owner": 1, "on": ON, "asked": who, "answered": who}
    values["tallies"] = dict.fromkeys(ITEMS, Tally(yes, len(who) - yes))
    return Closed(**(values | more))


def test_a_team_of_six_is_asked_alone_and_smaller_ones_of_a_unit_together() -> None:
    teams = {2: team(2, 6), 3: team(3, 4), 4: team(4, 2)}
    found = {(one.kind, one.owner): len(one.pairs) for one in rules.groups(teams, dict.fromkeys(teams, 1))}
    assert found == {("team", 2): 6, ("line", 1): 6}


def test_one_small_team_takes_the_smallest_other_one_along_and_nobody_is_asked_where_there_are_too_few() -> (
    None
):
    teams = {2: team(2, 9), 3: team(3, 3), 4: team(4, 7)}
    found = rules.groups(teams, dict.fromkeys(teams, 1))
    assert {(one.kind, one.owner, len(one.pairs)) for one in found} == {("team", 2, 9), ("line", 1, 10)}
    assert rules.groups({2: team(2, 5)}, {2: 1}) == []
    assert rules.groups({2: team(2, 2), 3: team(3, 3)}, {2: 1, 3: 1}) == []
    assert rules.groups({2: team(2, 5)}, {2: None}) == []


@given(st.dictionaries(st.integers(10, 40), st.integers(0, 14), max_size=12), st.data())
def test_nobody_stands_in_two_groups_and_every_group_has_six(
    sizes: dict[int, int], data: st.DataObject
) -> None:
    teams = {one: team(one, size) for one, size in sizes.items()}
    above = {one: data.draw(st.sampled_from([1, 2, 3, None])) for one in teams}
    found: list[Group] = rules.groups(teams, above)
    for one, other in combinations(found, 2):
        assert not one.pairs & other.pairs
    for one in found:
        assert len(one.pairs) >= 6
        assert one.kind == "team" or len({manager for _, manager in one.pairs}) > 1
    assert len({(one.kind, one.owner) for one in found}) == len(found)


@pytest.mark.parametrize("number", [0, 4])
def test_below_five_answers_nothing_is_shown(number: int) -> None:
    assert rules.outcome(closed(number, pairs(0, number))) == ("few", [])


@pytest.mark.parametrize("number", [5, 6])
def test_five_and_six_answers_give_a_word_for_each_half_and_seven_one_for_each_item(number: int) -> None:
    outcome, figures = rules.outcome(closed(number, pairs(0, number)))
    assert outcome == "shown"
    assert [(one.key, one.level) for one in figures] == [(key, "high") for key in POOLS]
    outcome, figures = rules.outcome(closed(7, pairs(0, 7)))
    assert [(one.key, one.level) for one in figures] == [(key, "high") for key in ITEMS]


@pytest.mark.parametrize("size", range(7, 40))
def test_two_who_put_their_answers_together_never_know_what_a_third_said(size: int) -> None:
    """Every number of yeses, every pair of own answers: among the rest both answers are still there."""
    for yes in range(size + 1):
        word = rules.level(yes, size)
        for own in range(3):
            left = {
                n - own for n in range(size + 1) if rules.level(n, size) == word and 0 <= n - own <= size - 2
            }
            assert not left or (left != {0} and left != {size - 2}), (size, yes, own)


@pytest.mark.parametrize("size", range(19, 25))
def test_the_same_holds_of_halves_of_the_items_with_four_answers_each(size: int) -> None:
    for yes in range(size + 1):
        word = rules.level(yes, size, 4)
        for own in range(9):
            left = {
                n - own
                for n in range(size + 1)
                if rules.level(n, size, 4) == word and 0 <= n - own <= size - 8
            }
            assert not left or (left != {0} and left != {size - 8}), (size, yes, own)


def test_who_could_not_say_is_behind_no_word() -> None:
    who = pairs(0, 8)
    tallies = dict.fromkeys(ITEMS, Tally(7, 0, 1)) | {"fair": Tally(6, 0, 2)}
    found = {one.key: one for one in rules.outcome(closed(0, who, tallies=tallies))[1]}
    assert (found["fair"].level, found["fair"].state, found["owns"].level) == (None, "few", "high")


def test_a_round_is_not_shown_where_one_came_or_went_and_is_where_nobody_or_two_did() -> None:
    who = pairs(0, 8)
    for before, outcome in (
        (pairs(0, 7), "changed"),
        (pairs(0, 9), "changed"),
        (who, "shown"),
        (pairs(1, 9), "shown"),
    ):
        assert rules.outcome(closed(8, who, before=before))[0] == outcome


def base(yes: int, who: frozenset[tuple[int, int]], days: int = 91, **more: Any) -> list[Base]:
    size = len(who)
    values: dict[str, Any] = {
        "level": rules.level(yes, size),
        "size": size,
        "pairs": who,
        "kind": "team",
        "owner": 1,
    }
    return [Base(key=key, on=ON - timedelta(days=days), **(values | more)) for key in ITEMS]


@given(st.integers(7, 20), st.data())
def test_as_long_as_nobody_changes_their_mind_the_next_words_are_the_same_whoever_came_and_went(
    size: int, data: st.DataObject
) -> None:
    stay, went, came = data.draw(st.integers(0, size)), 0, data.draw(st.integers(0, 9))
    went = size - stay
    yes = data.draw(st.integers(0, stay))
    first = yes + data.draw(st.integers(0, went))
    then = yes + data.draw(st.integers(0, came))
    who = pairs(0, stay) | pairs(100, 100 + came)
    outcome, figures = rules.outcome(
        closed(then, who, bases=base(first, pairs(0, stay) | pairs(50, 50 + went)))
    )
    if outcome == "shown":
        assert {(one.level, one.state) for one in figures} == {(rules.level(first, size), "kept")}
    else:
        assert outcome in ("few", "seven")


def test_a_word_changes_once_more_moved_than_came_and_went_or_a_year_has_passed() -> None:
    who, before = pairs(0, 9), pairs(1, 10)  # one came, one went
    moved = rules.outcome(closed(4, who, bases=base(9, before)))[1]
    kept = rules.outcome(closed(5, who, bases=base(9, before)))[1]
    later = rules.outcome(closed(5, who, bases=base(9, before, days=364)))[1]
    assert {(one.level, one.state) for one in moved} == {("divided", "moved")}
    assert {(one.level, one.state) for one in kept} == {("high", "kept")}
    assert {(one.level, one.state) for one in later} == {("divided", "fresh")}


def test_answers_that_stood_behind_another_groups_word_wait_a_year() -> None:
    who = pairs(0, 8)
    other = base(8, pairs(4, 14), kind="line", owner=9)
    assert rules.outcome(closed(8, who, bases=other))[0] == "held"
    assert (
        rules.outcome(closed(8, who, bases=base(8, pairs(4, 14), days=364, kind="line", owner=9)))[0]
        == "shown"
    )
    assert (
        rules.outcome(closed(8, who, bases=base(8, pairs(4, 14, manager=2), kind="line", owner=9)))[0]
        == "shown"
    )


def test_a_group_whose_words_stand_by_item_needs_seven_and_one_by_halves_stays_so() -> None:
    six = pairs(0, 6)
    assert rules.outcome(closed(6, six, bases=base(8, pairs(0, 8))))[0] == "seven"
    halves = [Base(key, "high", 24, six, ON - timedelta(days=91), "team", 1) for key in POOLS]
    figures = rules.outcome(closed(8, pairs(0, 8), bases=halves))[1]
    assert [(one.key, one.level, one.state) for one in figures] == [(key, "high", "kept") for key in POOLS]


def test_an_answer_says_something_of_every_item_and_a_comment_has_an_end() -> None:
    whole = dict.fromkeys(ITEMS, "unable")
    assert rules.checked(whole | {"odd": "yes"}) == whole
    for wrong in ({}, whole | {"owns": "5"}, {"owns": "yes"}):
        with pytest.raises(Refusal, match="no answer yet"):
            rules.checked(wrong)
    assert rules.comment(" a\r\nb\x00 ") == "a\nb"
    with pytest.raises(Refusal, match="1000 characters"):
        rules.comment("x" * 1001)


def test_rounds_open_in_the_middle_of_a_quarter_for_two_weeks() -> None:
    first, last = date(2026, 10, 1), date(2026, 12, 31)
    days = [day for n in range(92) if rules.opens(first, last, day := first + timedelta(days=n))]
    assert (days[0], days[-1]) == (date(2026, 11, 15), date(2026, 11, 29))


def test_comments_are_shown_from_eight_answers_on() -> None:
    assert [rules.comments_shown(n) for n in (7, 8)] == [False, True]
    assert rules.comments_shown(7, Policy(comments=7))

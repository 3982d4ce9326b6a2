"""When a deal left, what that asks for, what a packet lacks: plain values."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairlead.exits import rules
from fairlead.exits.rules import Lack, Step
from fairlead.people import access
from tests.exits.house import PACKET

FULL = frozenset({"commit", "most_likely", "closed"})
TODAY = date(2026, 11, 24)
IN, OUT = Step(True, "commit", 100), Step(True, "pipeline", 100)

steps = st.lists(
    st.builds(
        Step,
        st.booleans(),
        st.sampled_from(["commit", "most_likely", "pipeline", "closed", ""]),
        st.integers(0, 10**9),
    ),
    min_size=1,
    max_size=12,
)


def test_a_deal_that_stands_has_not_left_and_one_that_never_stood_cannot() -> None:
    assert rules.last_spell([True, True]) == rules.Spell(0, 1, False, None)
    assert rules.last_spell([False, False]) is None


def test_a_deal_that_came_back_says_since_when_and_its_next_exit_is_another_one() -> None:
    back = rules.last_spell(rules.stood([IN, OUT, IN], FULL))
    again = rules.last_spell(rules.stood([IN, OUT, IN, OUT, OUT], FULL))
    assert back == rules.Spell(2, 2, False, 2)
    assert again == rules.Spell(2, 2, True, 2)


def test_an_amount_cut_below_a_tenth_is_gone_and_a_tenth_is_not() -> None:
    assert rules.stood([Step(True, "commit", 1000), Step(True, "commit", 100)], FULL) == [True, True]
    assert rules.stood([Step(True, "commit", 1000), Step(True, "commit", 99)], FULL) == [True, False]


@settings(suppress_health_check=[HealthCheck.too_slow])  # a loaded machine draws the lists slowly
@given(steps)
def test_the_last_spell_is_the_last_run_of_standing(given_steps: list[Step]) -> None:
    stands = rules.stood(given_steps, FULL)
    spell = rules.last_spell(stands)
    assert (spell is None) == (not any(stands))
    if spell is not None:
        assert all(stands[spell.began : spell.last + 1])
        assert not any(stands[spell.last + 1 :])
        assert spell.began == 0 or not stands[spell.began - 1]
        assert spell.ended == (not stands[-1])
        assert (spell.returned is not None) == any(stands[: spell.began])


@given(steps, st.integers(1, 1000))
def test_where_a_deal_stood_does_not_depend_on_the_currency(given_steps: list[Step], factor: int) -> None:
    scaled = [Step(one.within, one.category, one.amount * factor) for one in given_steps]
    assert rules.stood(scaled, FULL) == rules.stood(given_steps, FULL)


CASES = [
    ("a large deal dropped from Commit", {"reason": "category_down"}, "packet"),
    ("the same below the threshold", {"reason": "category_down", "amount": 99}, "sentence"),
    ("a deal that stood in Best Case", {"reason": "category_down", "column": "forecast"}, "sentence"),
    ("Commit to Most Likely", {"reason": "category_down", "column": "commit"}, "sentence"),
    ("the buyer's no", {"reason": "lost", "status": "lost"}, "reason"),
    ("the first push", {"reason": "pushed", "pushes": 1}, ""),
    ("the second push", {"reason": "pushed", "pushes": 2}, "packet"),
    ("the second push of a small deal", {"reason": "pushed", "pushes": 2, "amount": 50}, "sentence"),
    ("vanished", {"reason": "deleted"}, "packet"),
    ("ended as not a deal", {"reason": "disqualified", "status": "lost"}, "packet"),
    ("won meanwhile", {"reason": "category_down", "status": "won"}, ""),
    ("nobody knows what is usual", {"reason": "category_down", "threshold": None}, "sentence"),
]


@pytest.mark.parametrize(("what", "given_", "wanted"), CASES, ids=[case[0] for case in CASES])
def test_what_an_exit_asks_for(what: str, given_: dict[str, Any], wanted: str) -> None:
    usual: dict[str, Any] = {"status": "open", "column": "full", "amount": 100, "threshold": 100, "pushes": 0}
    assert rules.need(**(usual | given_)) == wanted


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 10**9))
def test_a_larger_deal_never_asks_for_less(amount: int, more: int, threshold: int) -> None:
    def wanted(of: int) -> bool:
        asked = rules.need(
            reason="undated", status="open", column="full", amount=of, threshold=threshold, pushes=0
        )
        return asked == "packet"

    assert wanted(amount + more) >= wanted(amount)


def test_the_threshold_is_three_times_the_usual_deal_unless_an_amount_is_set() -> None:
    assert rules.Rule().threshold([10, 20, 30, 40, 50]) == 90
    assert rules.Rule().threshold([10, 20, 30, 40]) is None
    assert rules.Rule(fixed_minor=7).threshold([]) == 7


def test_it_is_due_in_working_days_around_weekends_and_days_off() -> None:
    friday = date(2026, 11, 20)
    assert rules.due_on(friday, 3) == date(2026, 11, 25)
    assert rules.due_on(friday, 3, {date(2026, 11, 24)}) == date(2026, 11, 26)
    assert rules.age(friday, date(2026, 11, 24)) == 2


def lacks(packet: rules.Packet, covered: bool = False) -> list[str]:
    return [lack.field for lack in rules.lacking(packet, covered=covered, today=TODAY)]


def test_a_whole_packet_lacks_nothing_and_a_blank_one_everything() -> None:
    assert lacks(PACKET) == []
    assert lacks(rules.Packet()) == [
        "why", "criterion", "old", "new", "alternatives", "first_known_on", "shortfall",
    ]  # fmt: skip


def test_a_stated_shortfall_is_allowed_a_blank_is_not_and_neither_is_needed_when_the_gap_is_covered() -> None:
    blank = replace(PACKET, shortfall="")
    assert lacks(blank) == ["shortfall"]
    assert lacks(blank, covered=True) == []
    assert lacks(replace(blank, sourcing=(rules.Sourcing("Ten meetings", date(2026, 12, 3)),))) == []


def test_a_sourcing_plan_has_days_that_are_to_come() -> None:
    for day in (None, date(2026, 11, 23)):
        assert lacks(replace(PACKET, sourcing=(rules.Sourcing("Ten meetings", day),))) == ["sourcing"]


def test_one_alternative_twice_is_not_two_and_each_needs_its_reason() -> None:
    one = rules.Alternative("price", "rejected", "They never spoke of it.")
    assert lacks(replace(PACKET, alternatives=(one, one))) == ["alternatives"]
    bare = rules.Alternative("later", "kept", "")
    assert lacks(replace(PACKET, alternatives=(one, bare))) == ["alt-later"]


@pytest.mark.parametrize(
    ("first", "told", "field"),
    [
        (date(2026, 11, 25), TODAY, "first_known_on"),
        (TODAY, date(2026, 11, 23), "told_on"),
        (TODAY, date(2026, 11, 25), "told_on"),
        (TODAY, None, "told_on"),
    ],
)
def test_the_two_days_are_in_order_and_not_to_come(first: date, told: date | None, field: str) -> None:
    assert lacks(replace(PACKET, first_known_on=first, told_on=told)) == [field]


def test_a_refusal_says_everything_at_once() -> None:
    refusal = rules.Incomplete([Lack("why", "Say why."), Lack("old", "Say what was known.")])
    assert (refusal.code, refusal.sentence) == ("packet_incomplete", "Say why. Say what was known.")


texts = st.text(alphabet=st.characters(categories=["L", "N"]), min_size=1, max_size=40)
packets = st.builds(
    rules.Packet,
    why=texts,
    criterion_name=texts,
    old=st.builds(rules.Evidence, text=texts, source=texts, on=st.dates()),
    alternatives=st.lists(
        st.builds(
            rules.Alternative,
            st.sampled_from(["price", "later"]),
            st.sampled_from(["kept", "rejected"]),
            texts,
        ),
        max_size=4,
    ).map(tuple),
    sourcing=st.lists(st.builds(rules.Sourcing, texts, st.none() | st.dates()), max_size=3).map(tuple),
    first_known_on=st.none() | st.dates(),
)


@given(packets)
def test_a_packet_is_read_as_it_was_kept(packet: rules.Packet) -> None:
    assert rules.packet_of(rules.content_of(packet)) == packet


def test_what_cannot_be_kept_is_refused_in_words() -> None:
    for content, code in (
        ({"first_known_on": "soon"}, "bad_day"),
        ({"why": "a" * 301}, "text_long"),
        ({"reason": "mood"}, "bad_choice"),
        ({"alternatives": [{"kind": "magic", "verdict": "kept", "reason": "x"}]}, "bad_choice"),
    ):
        with pytest.raises(access.Refusal) as refused:
            rules.packet_of(content)
        assert refused.value.code == code


deals = st.lists(
    st.builds(
        rules.Replacement, st.just("d"), st.just("n"), st.none() | st.integers(0, 10**9), st.just("best_case"),
        st.none() | st.floats(0, 1),
    ),
    max_size=8,
)  # fmt: skip


@given(st.integers(0, 10**9), deals, deals)
def test_more_replacements_never_leave_a_larger_shortfall(
    gap: int, some: list[rules.Replacement], more: list[rules.Replacement]
) -> None:
    assert 0 <= rules.shortfall(gap, some + more) <= rules.shortfall(gap, some) <= gap


def test_a_replacement_without_a_chance_brings_nothing_and_says_so() -> None:
    unknown = rules.Replacement("d", "n", 100, "best_case", None)
    assert unknown.expected is None
    assert rules.shortfall(100, [unknown]) == 100


@pytest.mark.parametrize(
    "values",
    [
        {"times": 0},
        {"fixed_minor": -1},
        {"days": 21},
        {"who": "interns"},
        {"categories": ()},
        {"categories": ("pipeline",)},
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(access.Refusal):
        rules.refuse_rule(rules.Rule(**values))

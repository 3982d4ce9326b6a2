"""When a talk is offered, and the one thing to try; the chance against every outcome counted out."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from fairlead.early import rules, wording
from fairlead.early.rules import Beside, Own, Try
from fairlead.forecasting import luck
from fairlead.forecasting.periods import Calendar
from fairlead.people.access import Refusal
from fairlead.standing.rules import rate

Q4, Q3 = Calendar().period("2026Q4"), Calendar().period("2026Q3")
LATE = date(2026, 11, 24)
NONE = Beside(None, None)
OWN = Own(
    won_minor=20_000, asked_minor=100_000, line_minor=80_000, open_deals=4, open_minor=300_000, pace=Beside(20, 50),
    coverage=Beside(500, 400), opened=Beside(3, 4), rate=rate(1, 3), rate_before=rate(10, 30),
    size=Beside(20_000, 21_000), cycle=NONE,
)  # fmt: skip


def why(**other: Any) -> str:
    common: dict[str, Any] = {
        "period": Q4, "today": LATE, "asked_minor": 100_000, "won_minor": 20_000, "line": 80, "away": False,
        "percent": 12, "early_chance": 25,
    }  # fmt: skip
    return rules.why_not(**(common | other))


def test_a_talk_is_offered_from_the_second_half_on_until_the_quarter_ends() -> None:
    assert rules.second_half(Q4) == date(2026, 11, 16)
    assert [why(today=date(2026, 11, day)) for day in (15, 16)] == ["early", ""]
    assert [why(today=day) for day in (date(2026, 12, 31), date(2027, 1, 1))] == ["", "early"]


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"asked_minor": None}, "no_target"),
        ({"asked_minor": 0}, "no_target"),
        ({"away": True}, "away"),
        ({"won_minor": 80_000}, "reached"),
        ({"won_minor": 79_999}, ""),
        ({"percent": None}, "few"),
        ({"percent": 25}, "likely"),
        ({"percent": 24}, ""),
        ({"percent": 0, "early_chance": 0}, "likely"),
    ],
)
def test_nobody_protected_or_on_the_way_is_offered_one(other: dict[str, Any], says: str) -> None:
    assert why(**other) == says


def test_the_line_is_the_least_sum_that_is_not_under_it() -> None:
    assert rules.line_of(100_001, 80) == 80_001
    assert rules.line_of(100_000, 80) == 80_000


def test_the_same_point_of_another_quarter_lies_as_far_before_its_end() -> None:
    assert rules.same_point(Q4, LATE, Q3) == date(2026, 8, 24)
    assert rules.same_point(Q4, Q4.starts_on, Calendar().period("2026Q1")) == date(2026, 1, 1)


def test_coverage_is_held_against_the_own_rate_or_the_roles() -> None:
    assert rules.usual_rate(rate(2, 5), 30, 100) == 40
    assert rules.usual_rate(rate(2, 4), 30, 100) == 30
    assert rules.usual_rate(rate(2, 4), 0, 0) is None


PUSHED, STILL = ("deal1", "Halden"), ("deal2", "Ostrava")


@pytest.mark.parametrize(
    ("own", "thing"),
    [
        (replace(OWN, coverage=Beside(99, 400)), Try("new")),
        (replace(OWN, coverage=Beside(250, 400), usual=39), Try("new")),
        (replace(OWN, coverage=Beside(250, 400), usual=40), Try("together")),
        (replace(OWN, coverage=NONE, usual=10), Try("together")),
        (replace(OWN, pushed=[PUSHED, PUSHED], still=[STILL]), Try("qualify", PUSHED)),
        (replace(OWN, pushed=[PUSHED], still=[STILL]), Try("stuck", STILL)),
        (replace(OWN, rate=rate(1, 12)), Try("lost")),
        (replace(OWN, rate=rate(0, 4)), Try("together")),
        (replace(OWN, size=Beside(13_999, 21_000)), Try("size")),
        (replace(OWN, size=Beside(14_000, 21_000)), Try("together")),
        (replace(OWN, pushed=[PUSHED]), Try("together", PUSHED)),
    ],
)
def test_the_one_thing_to_try_is_the_first_that_the_own_figures_show(own: Own, thing: Try) -> None:
    assert rules.to_try(own) == thing


@pytest.mark.parametrize("thing", wording.TITLES)
@pytest.mark.parametrize("mine", [True, False])
@pytest.mark.parametrize("deal", [None, PUSHED])
def test_everything_to_try_leads_to_where_it_is_done(
    thing: rules.Thing, mine: bool, deal: tuple[str, str] | None
) -> None:
    address, words = wording.link(Try(thing, deal), mine=mine, seller="Rosa Lindqvist & Co")
    assert address.startswith("/")
    assert " " not in address
    assert words
    assert "Rosa" not in words


@pytest.mark.parametrize(("word", "code"), [("", "no_word"), ("done", "no_word"), ("talked", "not_offered")])
def test_a_word_that_is_none_is_refused(word: str, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        rules.refuse_word(word, offered=False)
    assert refused.value.code == code
    rules.refuse_word("back", offered=False)


# The chance


def one(amounts: list[float], line: float, sure: float = 0.0) -> luck.Dealt:
    return luck.Dealt(np.array(amounts), np.zeros(len(amounts), np.int64), line, sure)


MANY = luck.Peers(np.array([[4e6], [4e6]]), np.array([[1e6], [1e6]]))
"""So many deals of peers that their rate, a quarter, is known."""


def test_the_chance_is_that_of_every_outcome_counted_out() -> None:
    amounts, line = [50.0, 40.0, 30.0, 20.0, 10.0], 70.0
    exact = sum(
        np.prod([0.25 if hit else 0.75 for hit in won])
        for won in itertools.product((0, 1), repeat=5)
        if sum(a for a, hit in zip(amounts, won, strict=True) if hit) >= line
    )
    assert luck.reaching(one(amounts, line), MANY) == pytest.approx(exact, abs=2e-3)


def test_new_wins_come_on_top_as_a_count_of_one_size() -> None:
    exact = 1 - stats.poisson.cdf(1, 0.8)
    assert luck.reaching(one([], 60.0), MANY, new_wins=0.8, new_size=30.0) == pytest.approx(exact, abs=1e-9)
    assert luck.reaching(one([], 60.0, sure=60.0), MANY) == 1.0
    assert luck.reaching(one([], 60.0), MANY) == 0.0


@settings(deadline=None, max_examples=30)
@given(
    st.lists(st.floats(1, 100), max_size=6),
    st.floats(1, 300),
    st.floats(0, 300),
    st.floats(0, 2),
    st.floats(0, 80),
)
def test_more_won_never_lowers_the_chance(
    amounts: list[float], line: float, sure: float, wins: float, size: float
) -> None:
    few = luck.Peers(np.array([[9.0], [3.0]]), np.array([[3.0], [2.0]]))
    common: dict[str, Any] = {"new_wins": wins, "new_size": size}
    less = luck.reaching(one(amounts, line), few, **common)
    more = luck.reaching(one(amounts, line, sure), few, **common)
    longer = luck.reaching(one([*amounts, 20.0], line), few, **common)
    assert 0 <= less <= 1
    assert more >= less - 1e-9
    assert longer >= less - 1e-9


@pytest.mark.parametrize(
    ("past", "new"),
    [
        (luck.Peers(np.zeros((0, 1)), np.zeros((0, 1))), 0.0),
        (luck.Peers(np.array([[2.0]]), np.array([[3.0]])), 0.0),
        (luck.Peers(np.array([[0.0]]), np.array([[0.0]])), 0.0),
        (MANY, -1.0),
    ],
)
def test_what_cannot_be_is_refused(past: luck.Peers, new: float) -> None:
    with pytest.raises(ValueError, match=r"."):
        luck.reaching(one([10.0], 20.0), past, new_wins=new)

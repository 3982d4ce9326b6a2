"""The deals that decide a period: how far each moves the chance, what would settle it, whom to ask."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.calls import actions, deciding, queries
from tests.calls.company import OPS, Q4, Company
from tests.cast import AT

TODAY, END = date(2026, 11, 24), date(2026, 12, 31)


def chance_of(amount: int) -> float:
    """A team that brings anything from 0 to 1,000 with the same chance."""
    return min(max(1 - amount / 1000, 0.0), 1.0)


def test_a_won_deal_shifts_the_range_by_what_was_not_expected_of_it_yet() -> None:
    assert deciding.chances_around(chance_of, 600, 200, 0.25) == (chance_of(450), chance_of(650))


@given(st.integers(0, 2000), st.integers(1, 500), st.floats(0.001, 0.999))
def test_closing_a_deal_never_lowers_the_chance_and_the_expected_value_stays(
    target: int, amount: int, chance: float
) -> None:
    won, not_ = deciding.chances_around(chance_of, target, amount, chance)
    assert won >= chance_of(target) >= not_
    if amount * 2 < target < 1000 - amount * 2:
        assert chance * won + (1 - chance) * not_ == pytest.approx(chance_of(target), abs=0.001)


@pytest.mark.parametrize(
    ("facts", "asked"),
    [
        ({"close_on": date(2026, 11, 1)}, "Which day is it really?"),
        ({"close_on": END + timedelta(days=1)}, "It is dated after this period."),
        ({"close_on": None}, "Which day is it really?"),
        ({"pushes": 2}, "It was pushed 2 times."),
        ({"next_step": " "}, "What is the next step"),
        ({"changed_on": TODAY - timedelta(days=20)}, "Nothing changed for 20 days."),
        ({"close_on": END}, "Who signs, and on which day?"),
        ({}, "What has to happen on the buyer’s side"),
    ],
)
def test_the_first_doubt_about_a_deal_is_the_question(facts: dict[str, object], asked: str) -> None:
    sound = {
        "close_on": date(2026, 12, 10),
        "pushes": 0,
        "next_step": "Call on Monday",
        "changed_on": TODAY - timedelta(days=2),
        "today": TODAY,
        "ends_on": END,
    }
    assert asked in deciding.question_about(**(sound | facts))  # type: ignore[arg-type]


@pytest.fixture
def estimated(team: Company) -> Company:
    for n in range(24):
        day = date(2025, 1, 10) + timedelta(days=25 * n)
        team.deal(f"won {n}", "rosa", 60 + n, closed_on=day, status="won", close_on=day)
        team.deal(f"lost {n}", "ravi", 50, closed_on=day, status="lost", close_on=day)
    for name in ("mina", "vera", "carl"):
        team.target(name, 1500)
    actions.estimate(by=OPS, at=AT, with_past=False)
    return team


def test_a_manager_sees_the_deals_that_decide_and_asks_the_rep(estimated: Company) -> None:
    page = queries.call_page(estimated.cast.actor("mina"), estimated.cast.mina.pk, Q4, AT)
    names = [deal.name for deal in page.deciding]
    assert names
    assert len(names) <= deciding.COUNT
    assert [deal.swing for deal in page.deciding] == sorted(
        (deal.swing for deal in page.deciding), reverse=True
    )
    assert all(deal.ask == deal.owner for deal in page.deciding)
    assert "Halden" not in names, "a deal without a close date may be none that decides this period's end"


def test_a_vice_president_asks_the_manager_and_never_the_rep(estimated: Company) -> None:
    cast = estimated.cast
    page = queries.call_page(cast.actor("vera"), cast.vera.pk, Q4, AT)
    assert {deal.ask for deal in page.deciding} == {cast.mina.name}


def test_further_up_no_deal_is_named(estimated: Company) -> None:
    cast = estimated.cast
    assert queries.call_page(cast.actor("carl"), cast.carl.pk, Q4, AT).deciding == ()

"""The path to a target, the pace by week, and whose figures they are read from."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.calls import actions, queries, rules, wording
from fairlead.calls.rules import Ended
from tests.calls.company import OPS, Q4, Company
from tests.cast import AT

TODAY, END = date(2026, 11, 24), date(2026, 12, 31)
OWN = [Ended(True, 72_00, 30), Ended(True, 60_00, 20), Ended(True, 90_00, 40), Ended(False, 50_00, 90)]
TEAM = [Ended(True, 200_00, 100)] * 4 + [Ended(False, 1, 1)] * 4


def money(minor: int) -> str:
    return f"{Decimal(minor) / 100:,.0f}"


def said(**facts: object) -> tuple[str, ...]:
    usual: dict[str, object] = {
        "target": 700_00,
        "booked": 392_00,
        "open_amount": 382_00,
        "open_brings": 164_00,
        "found": rules.habits(OWN),
        "today": TODAY,
        "ends_on": END,
    }
    return wording.path_sentences(rules.path(**(usual | facts)), END, TODAY, money)  # type: ignore[arg-type]


def test_the_path_leads_from_the_gap_to_new_opportunities_and_their_last_day() -> None:
    assert said() == (
        "308 are still needed, and by their chances your open deals bring 164; 81\N{NARROW NO-BREAK SPACE}% of "
        "their amounts would have to close to do it alone.",
        "144 are two deals of your usual size (72), and at your rate of 75\N{NARROW NO-BREAK SPACE}% that takes "
        "3 new opportunities.",
        "From creation to won it takes 30 days (your median), so they must exist by Tue 1 Dec to close by Thu 31 Dec.",
    )


def test_when_the_day_has_passed_it_says_how_many_were_quick_enough() -> None:
    slow = [Ended(True, 72_00, days) for days in (30, 60, 80)]
    assert said(found=rules.habits(slow))[-1] == (
        "From creation to won it takes 60 days (your median), and Thu 31 Dec is 37 days away: "
        "one of the 3 won deals was as quick as that."
    )


@pytest.mark.parametrize(
    ("facts", "says"),
    [
        ({"booked": 700_00}, "The target is reached. What closes now is beyond it."),
        (
            {"open_brings": 400_00},
            "That is enough on average. New business makes it safer.",
        ),
        ({"open_brings": None}, "what your open deals bring is said after the first estimate."),
        ({"open_amount": 200_00}, "even if all of them close in the period (200), it is not enough."),
        ({"found": rules.habits(())}, "Fewer than three deals were won in a year"),
    ],
)
def test_the_ends_of_the_path_are_said(facts: dict[str, object], says: str) -> None:
    assert says in " ".join(said(**facts))


def test_without_a_target_there_is_no_path() -> None:
    assert wording.path_sentences(None, END, TODAY, money) == ()


def test_a_figure_of_too_few_own_deals_is_the_teams_and_says_so() -> None:
    few = rules.habits(OWN[:2], TEAM)
    assert (few.rate, few.rate_from) == (0.5, "team")
    assert (few.usual, few.usual_from, few.days, few.days_from) == (200_00, "team", 100, "team")
    undated = [Ended(True, 72_00, None)] * 3
    mixed = rules.habits(undated, TEAM)
    assert (mixed.usual_from, mixed.days_from) == ("own", "team")
    nobody = rules.habits(OWN[:2], TEAM[:1])
    assert (nobody.rate, nobody.usual, nobody.days, nobody.rate_from) == (None, None, None, "")


ENDED = st.builds(
    Ended,
    st.booleans(),
    st.one_of(st.none(), st.integers(1, 10**9)),
    st.one_of(st.none(), st.integers(0, 900)),
)


@given(st.lists(ENDED), st.lists(ENDED), st.integers(0, 10**9), st.integers(0, 10**9), st.integers(0, 10**9))
def test_the_opportunities_at_the_rate_and_size_bring_the_rest(
    own: list[Ended], team: list[Ended], target: int, booked: int, brings: int
) -> None:
    found = rules.path(
        target=target, booked=booked, open_amount=brings, open_brings=brings,
        found=rules.habits(own, team), today=TODAY, ends_on=END,
    )  # fmt: skip
    assert found.gap == max(target - booked, 0)
    assert found.rest <= found.gap
    if found.opportunities is not None and found.habits.usual and found.habits.rate:
        assert found.opportunities * found.habits.rate * found.habits.usual >= found.rest * (1 - 1e-9)
        assert found.deals is not None
        assert (found.deals - 1) * found.habits.usual < found.rest or found.deals == 0


@given(st.lists(st.tuples(st.integers(0, 91), st.integers(0, 10**9)), max_size=30), st.integers(0, 91))
def test_a_course_rises_to_what_was_booked(wins: list[tuple[int, int]], day: int) -> None:
    dated = [(Q4.starts_on + timedelta(days=n), amount) for n, amount in wins]
    whole = rules.course("2026Q4", Q4.starts_on, Q4.weeks, dated, None)
    assert len(whole.by_week) == Q4.weeks
    assert whole.by_week[-1] == sum(amount for _, amount in wins)
    assert list(whole.by_week) == sorted(whole.by_week)
    until = rules.course("2026Q4", Q4.starts_on, Q4.weeks, dated, Q4.starts_on + timedelta(days=day))
    assert len(until.by_week) == min(day // 7 + 1, Q4.weeks)
    assert until.by_week == whole.by_week[: len(until.by_week)]


# On the page


def test_my_quarter_has_the_pace_of_this_and_the_earlier_periods(team: Company) -> None:
    team.won("Old", "rosa", 100, date(2026, 8, 20))
    page = queries.my_quarter(team.cast.actor("rosa"), Q4, AT)
    assert [course.period for course in page.courses] == ["2026Q4", "2026Q3"]
    assert len(page.courses[0].by_week) == 8, "week 8 has begun"
    assert page.courses[0].by_week[-1] == page.booked == 392_00
    assert page.courses[1].by_week[6:8] == (0, 100_00)


def test_the_path_of_a_new_rep_is_the_teams(team: Company) -> None:
    for name in ("ravi", "ines", "tomas"):
        for n in range(3):
            team.won(f"{name} {n}", name, 80, date(2026, 9, 1))
            team.change(f"{name} {n}", created_on=date(2026, 7, 1))
    actions.estimate(by=OPS, at=AT, with_past=False)
    page = queries.my_quarter(team.cast.actor("rosa"), Q4, AT)
    assert page.path is not None
    assert (page.path.habits.usual_from, page.path.habits.days_from) == ("team", "team")
    assert page.path.habits.days == 62
    assert "the team’s usual size" in " ".join(page.path_sentences)


def test_figures_of_two_mates_are_not_shown(team: Company) -> None:
    team.change("Lumen", status="lost")
    team.change("Tarn", status="lost")
    page = queries.my_quarter(team.cast.actor("rosa"), Q4, AT)
    assert page.path is not None
    assert page.path.habits.usual is None

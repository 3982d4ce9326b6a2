"""The manager record: what was called against what came, week by week, shown to the person first."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairlead.calls import actions, queries, rules
from fairlead.forecasting.periods import Calendar
from fairlead.people import access
from tests.calls.company import OPS, Company
from tests.cast import AT

Q1, Q2, Q3 = (Calendar().period(name) for name in ("2026Q1", "2026Q2", "2026Q3"))
WON = {"2026Q1": 1000, "2026Q2": 800, "2026Q3": 1200}


@pytest.fixture
def past(team: Company) -> Company:
    """Three ended quarters of Mina's team: what was won, two numbers each, and an estimate of now."""
    for n, (name, euros) in enumerate(WON.items()):
        day = Calendar().period(name).starts_on + timedelta(days=40)
        team.deal(
            f"past {n}", "rosa", euros, closed_on=day, status="won", close_on=day, at=AT - timedelta(weeks=40)
        )
    rows = []
    for period, early, late in ((Q1, 900, 1000), (Q2, 900, 820), (Q3, 900, 1150)):
        for days, euros in ((16, early), (80, late)):
            at = datetime.combine(period.starts_on, datetime.min.time(), UTC) + timedelta(days=days)
            rows.append(actions.PastNumber(team.cast.mina.pk, period, at, euros * 100, euros * 100))
    actions.take_in_past(by=OPS, at=AT, rows=rows)
    actions.estimate(by=OPS, at=AT, with_past=False)
    return team


def record(company: Company, reader: str, of: str = "mina", at: datetime = AT) -> queries.ManagerRecord:
    return queries.manager_record(company.cast.actor(reader, at), getattr(company.cast, of).pk, at)


def test_each_week_has_the_number_that_stood_at_its_end(past: Company) -> None:
    found = {one.period: one for one in record(past, "mina").periods}
    weeks = {week.week: week.number for week in found["2026Q3"].weeks}
    assert [weeks[n] for n in (2, 3, 11, 12, 13)] == [None, 90_000, 90_000, 115_000, 115_000]
    assert {name: one.came // 100 for name, one in found.items()} == WON
    assert found["2026Q3"].sent == 2


def test_shares_are_of_what_was_said(past: Company) -> None:
    weeks = {week.week: week for week in record(past, "mina").weeks}
    assert weeks[3].numbers == rules.leaning([1000 / 900 - 1, 800 / 900 - 1, 1200 / 900 - 1])
    assert (weeks[12].numbers.periods, weeks[12].numbers.within) == (3, 3)
    assert weeks[12].numbers.mean is None, "three periods name no lean"


def test_the_person_reads_a_period_first_and_others_five_working_days_later(past: Company) -> None:
    ended = datetime(2026, 10, 2, 9, tzinfo=UTC)
    actions.estimate(by=OPS, at=ended, with_past=False)
    assert "2026Q3" in [one.period for one in record(past, "mina", at=ended).periods]
    seen = record(past, "vera", at=ended)
    assert "2026Q3" not in [one.period for one in seen.periods]
    assert seen.kept_back == 1
    assert rules.shown_from(date(2026, 9, 30)) == date(2026, 10, 8)
    later = datetime(2026, 10, 8, 9, tzinfo=UTC)
    assert "2026Q3" in [one.period for one in record(past, "vera", at=later).periods]


def test_the_record_beside_a_call_and_on_the_board_waits_as_well(past: Company) -> None:
    cast, ended = past.cast, datetime(2026, 10, 2, 9, tzinfo=UTC)
    actions.estimate(by=OPS, at=ended, with_past=False)
    period = Calendar().period("2026Q4")
    board = queries.board(cast.actor("vera", ended), cast.vera.pk, period, ended)
    hers = next(row.record for row in board.rows if row.leader.id == cast.mina.pk)
    assert "2026Q3" not in [name for name, _ in hers.shares]
    late = datetime(2026, 10, 20, 9, tzinfo=UTC)
    board = queries.board(cast.actor("vera", late), cast.vera.pk, period, late)
    hers = next(row.record for row in board.rows if row.leader.id == cast.mina.pk)
    assert "2026Q3" in [name for name, _ in hers.shares]


@pytest.mark.parametrize(
    ("reader", "allowed"), [("vera", True), ("carl", True), ("otto", False), ("sanna", False)]
)
def test_only_the_superior_and_executives_read_the_record_of_another(
    past: Company, reader: str, allowed: bool
) -> None:
    if allowed:
        assert not record(past, reader).mine
    else:
        with pytest.raises(access.NotFound):
            record(past, reader)


@pytest.mark.parametrize("reader", ["rosa", "olu", "hana", "ada"])
def test_nobody_else_has_the_act(past: Company, reader: str) -> None:
    with pytest.raises(access.NotAllowed):
        record(past, reader)


def test_a_withdrawn_number_is_no_part_of_the_record(past: Company) -> None:
    sent = past.submit("mina", 2000, reason="As called.")
    actions.withdraw(by=past.cast.actor("mina"), at=AT, submission=sent.public_id)
    later = datetime(2027, 1, 4, 9, tzinfo=UTC)
    actions.estimate(by=OPS, at=later, with_past=False)
    found = {one.period: one for one in record(past, "mina", at=later).periods}
    assert all(week.number is None for week in found["2026Q4"].weeks)


# The arithmetic of a lean


def test_the_interval_of_a_lean_covers_the_true_bias_nine_times_in_ten() -> None:
    draws = np.random.default_rng(5).normal(0.03, 0.08, (4000, 8))
    found = [rules.leaning(list(map(float, row))) for row in draws]
    covered = np.mean(
        [one.low <= 0.03 <= one.high for one in found if one.low is not None and one.high is not None]
    )
    assert covered == pytest.approx(0.9, abs=0.015)


@given(st.lists(st.floats(-0.5, 0.5), min_size=rules.LEAST_PERIODS, max_size=12))
def test_a_lean_turns_with_its_shares(shares: list[float]) -> None:
    found, turned = rules.leaning(shares), rules.leaning([-share for share in shares])
    assert found.mean is not None
    assert turned.mean is not None
    assert found.mean == pytest.approx(-turned.mean)
    assert {found.words, turned.words} in ({""}, {"high", "low"})
    assert found.within == turned.within <= found.periods


@given(st.lists(st.floats(-0.5, 0.5), max_size=rules.LEAST_PERIODS - 1))
def test_few_periods_name_no_lean(shares: list[float]) -> None:
    found = rules.leaning(shares)
    assert (found.mean, found.low, found.high, found.words) == (None, None, None, "")

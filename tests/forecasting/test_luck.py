"""The chance of a run by luck: exact where it can be counted by hand, calibrated on sellers of known skill."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairlead.forecasting.luck import Dealt, Luck, Peers, of_run

MANY = 10_000_000
"""Peers so many that their rate leaves nothing open."""


def _dealt(amounts: list[float], line: float, kinds: list[int] | None = None, sure: float = 0.0) -> Dealt:
    rows = np.zeros(len(amounts), np.int64) if kinds is None else np.array(kinds, np.int64)
    return Dealt(np.array(amounts, float), rows, line, sure)


def _peers(*rates: tuple[float, ...], count: float = MANY) -> Peers:
    dealt = np.full((len(rates), len(rates[0])), count)
    return Peers(dealt, dealt * np.array(rates))


def test_half_of_all_missing_by_luck_gives_a_team_of_eight_a_run_of_three_in_two_of_three_teams() -> None:
    coin = _dealt([100.0], 100.0)
    found = of_run([coin, coin, coin], _peers((0.5,), (0.5,), (0.5,)), sellers=8)
    assert found.run == pytest.approx(1 / 8, abs=1e-3)
    assert found.somebody == pytest.approx(1 - (7 / 8) ** 8, abs=4e-3)
    two = of_run([coin, coin], _peers((0.5,), (0.5,)), sellers=8)
    assert two.somebody == pytest.approx(1 - (3 / 4) ** 8, abs=4e-3)


@given(
    amounts=st.lists(st.integers(1, 12), min_size=1, max_size=8),
    line=st.integers(1, 40),
    rate=st.floats(0.05, 0.95),
)
@settings(max_examples=60, deadline=None)
def test_the_chance_of_one_period_is_the_sum_over_every_way_it_can_go(
    amounts: list[int], line: int, rate: float
) -> None:
    # Half a unit below the line no sum can lie so close to it that the grid decides.
    found = of_run([_dealt([float(a) for a in amounts], line - 0.5)], _peers((rate,)))
    counted = sum(
        float(np.prod([rate if won else 1 - rate for won in way]))
        for way in product((0, 1), repeat=len(amounts))
        if sum(a for a, won in zip(amounts, way, strict=True) if won) < line
    )
    assert found.run == pytest.approx(counted, abs=2e-3)
    assert found.expected[0] == pytest.approx(sum(amounts) * rate, rel=1e-3)


def test_what_was_dealt_too_small_or_not_at_all_is_missed_for_certain() -> None:
    found = of_run([_dealt([], 100), _dealt([30, 30, 30], 100)], _peers((0.9,), (0.9,)))
    assert found.periods == pytest.approx([1.0, 1.0])
    assert found.run == pytest.approx(1.0)


def test_what_came_for_sure_counts_and_no_line_is_never_missed() -> None:
    found = of_run([_dealt([50], 100, sure=60), _dealt([], 100, sure=100)], _peers((0.25,), (0.25,)))
    assert found.periods == pytest.approx([0.75, 0.0], abs=1e-3)


def test_a_bad_market_that_hit_the_peers_makes_a_miss_likelier() -> None:
    dealt = [_dealt([10.0] * 20, 80.0)] * 2
    good = of_run(dealt, _peers((0.4,), (0.4,), count=400))
    bad = of_run(dealt, Peers(np.full((2, 1), 400.0), np.array([[220.0], [100.0]])))
    assert bad.periods[1] > good.periods[1] + 0.2
    assert bad.periods[0] < good.periods[0]


def test_kinds_have_rates_of_their_own() -> None:
    small_only = _dealt([10.0] * 10, 55.0, [0] * 10)
    large_only = _dealt([10.0] * 10, 55.0, [1] * 10)
    found = of_run([small_only, large_only], _peers((0.7, 0.2), (0.7, 0.2)))
    assert found.periods[0] < 0.2 < 0.95 < found.periods[1]


def test_few_peers_are_told_as_less_certain_and_the_run_is_likelier_than_the_product() -> None:
    dealt = [_dealt([10.0] * 12, 60.0)] * 3
    few = of_run(dealt, _peers((0.5,), (0.5,), (0.5,), count=8))
    assert few.run > float(few.periods.prod()) * 1.05
    assert of_run(dealt, _peers((0.5,), (0.5,), (0.5,), count=8)) == _same(few)


def _same(luck: Luck) -> object:
    class Equal:
        def __eq__(self, other: object) -> bool:
            assert isinstance(other, Luck)
            return bool((other.periods == luck.periods).all()) and other.run == luck.run

    return Equal()


@pytest.mark.parametrize(
    ("dealt", "peers"),
    [
        ([], _peers((0.5,))),
        ([_dealt([1.0], 1.0)], Peers(np.ones((2, 1)), np.ones((2, 1)))),
        ([_dealt([1.0], 1.0)], Peers(np.ones((1, 1)), np.full((1, 1), 2.0))),
        ([_dealt([1.0], 1.0)], Peers(np.zeros((1, 1)), np.zeros((1, 1)))),
        ([_dealt([-1.0], 1.0)], _peers((0.5,))),
    ],
)
def test_what_does_not_fit_is_refused(dealt: list[Dealt], peers: Peers) -> None:
    with pytest.raises(ValueError, match=r"[A-Z].*\."):
        of_run(dealt, peers)


def _simulated(rng: np.random.Generator, skill: float) -> tuple[float, bool, list[float], list[bool]]:
    """One seller of known skill (factor on the odds) among seven of usual skill, for two quarters of one market."""
    rates = np.array([0.45, 0.2])
    market = rng.normal(0, 0.35, 2)
    dealt, wins = np.zeros((2, 2)), np.zeros((2, 2))
    mine, missed = [], []
    for quarter in range(2):
        hit = 1 / (1 + (1 - rates) / rates * np.exp(-market[quarter]))
        dealt[quarter] = rng.poisson((7 * 9, 7 * 3)) + 1
        wins[quarter] = rng.binomial(dealt[quarter].astype(int), hit)
        kinds = rng.permutation([0] * rng.poisson(9) + [1] * rng.poisson(3)).astype(np.int64)
        amounts = rng.lognormal(np.where(kinds == 1, 1.6, 0.3), 0.6)
        line = float(rng.uniform(4, 14))
        own = skill * hit / (1 - hit + skill * hit)
        came = float(amounts @ (rng.random(len(kinds)) < own[kinds])) if len(kinds) else 0.0
        mine.append(Dealt(amounts, kinds, line))
        missed.append(came < line)
    found = of_run(mine, Peers(dealt, wins))
    return found.run, all(missed), list(found.periods), missed


def test_stated_chances_are_calibrated_on_sellers_of_usual_skill() -> None:
    rng = np.random.default_rng(11)
    runs, came, single, missed = [], [], [], []
    for _ in range(600):
        run, all_missed, periods, each = _simulated(rng, 1.0)
        runs.append(run)
        came.append(all_missed)
        single += periods
        missed += each
    for said, was in ((np.array(runs), np.array(came)), (np.array(single), np.array(missed))):
        for part in np.array_split(np.argsort(said), 5):
            spread = np.sqrt((said[part] * (1 - said[part])).sum()) + 1e-9
            assert abs(float(was[part].sum() - said[part].sum())) / spread < 3, (
                said[part].mean(),
                was[part].mean(),
            )


def test_a_run_of_somebody_who_wins_half_as_often_is_said_to_be_luck_less_often_than_it_happens() -> None:
    rng = np.random.default_rng(12)
    rows = [_simulated(rng, 0.4) for _ in range(300)]
    assert np.mean([row[1] for row in rows]) > 1.25 * np.mean([row[0] for row in rows])

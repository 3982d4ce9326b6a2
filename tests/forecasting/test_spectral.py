from itertools import product

import numpy as np
import pytest

from fairlead.forecasting.factors import Shocks, conditional_log_odds, factor_grid
from fairlead.forecasting.spectral import LEVELS, Distribution, Pipeline, Shape, distribute

from . import naive_simulation

NO_SHOCK = Shocks(0.0, 0.0, 0.0)


def organisation(
    persons: int, per_person: int, team_size: int, *, seed: int = 0, spread: float = 0.15, new: float = 0.5
) -> tuple[Pipeline, Shape]:
    rng = np.random.default_rng(seed)
    n = persons * per_person
    team = np.arange(persons) // team_size
    teams = int(team.max()) + 1
    first = [*range(persons), *(t * team_size for t in range(teams)), 0]
    last = [*range(1, persons + 1), *(min((t + 1) * team_size, persons) for t in range(teams)), persons]
    kind = ("person",) * persons + ("team",) * teams + ("top",)
    pipeline = Pipeline(
        np.repeat(np.arange(persons), per_person), rng.beta(0.6, 2, n).clip(0.001, 0.999), np.exp(rng.normal(10, 1, n)),
        np.full(n, spread), np.full(persons, new), np.full(persons, 30_000.0), 1.0,
    )  # fmt: skip
    return pipeline, Shape(team, np.array(first), np.array(last), kind)


def distance(found: Distribution, draws: np.ndarray, node: int, part: int) -> float:
    """Largest gap between the drawn distribution function and the levels of the quantiles."""
    levels = np.maximum(LEVELS, found.zero[node, part])
    reached = (draws[:, node, part][:, None] <= found.quantiles[node, part][None, :] + 1e-9).mean(axis=0)
    return float(np.abs(reached - levels).max())


@pytest.mark.parametrize("shocks", [NO_SHOCK, Shocks(0.25, 0.15, 0.2)])
def test_every_node_agrees_with_plain_simulation(shocks: Shocks) -> None:
    pipeline, shape = organisation(6, 12, 3)
    draws = naive_simulation.draw(pipeline, shape, shocks, 8_000, seed=3)
    found = distribute(pipeline, shape, shocks)
    for node in range(len(shape.first)):
        for part in range(3):
            assert distance(found, draws, node, part) < 0.025, (node, part)
    assert found.mean == pytest.approx(draws.mean(axis=0), rel=0.08)
    assert found.zero == pytest.approx((draws == 0).mean(axis=0), abs=0.02)


def test_five_certain_amounts_agree_with_full_enumeration() -> None:
    chance, amount = np.array([0.3, 0.6, 0.2, 0.5, 0.8]), np.array([10.0, 7.0, 23.0, 41.0, 3.0])
    pipeline = Pipeline(np.zeros(5, int), chance, amount, np.full(5, 0.02), np.zeros(1), np.zeros(1), 0.5)
    found = distribute(pipeline, Shape(np.zeros(1, int), np.array([0]), np.array([1]), ("person",)), NO_SHOCK)
    exact: dict[float, float] = {}
    for outcome in product((0, 1), repeat=5):
        o = np.array(outcome)
        total = float(o @ amount)
        exact[total] = exact.get(total, 0.0) + float(np.prod(np.where(o == 1, chance, 1 - chance)))
    totals = np.array(sorted(exact))
    below = np.cumsum([exact[t] for t in totals])
    for level in (0.1, 0.25, 0.5, 0.75, 0.9):
        want = totals[np.searchsorted(below, level)]
        got = found.quantiles[0, 0, round(level * 200) - 1]
        assert got == pytest.approx(want, abs=1.5), level
    assert found.zero[0, 0] == pytest.approx(0.7 * 0.4 * 0.8 * 0.5 * 0.2, abs=1e-6)


def test_means_and_variances_are_exact() -> None:
    pipeline, shape = organisation(4, 10, 2)
    found = distribute(pipeline, shape, NO_SHOCK)
    mean = (pipeline.chance * pipeline.amount).sum() + (pipeline.new_rate * pipeline.new_amount).sum()
    raw = pipeline.amount**2 * np.exp(pipeline.spread**2)
    variance = (pipeline.chance * raw - (pipeline.chance * pipeline.amount) ** 2).sum()
    variance += (pipeline.new_rate * pipeline.new_amount**2 * np.exp(1.0)).sum()
    assert found.mean[-1, 0] == pytest.approx(mean, rel=1e-6)
    assert found.sd[-1, 0] == pytest.approx(np.sqrt(variance), rel=1e-4)


def test_the_stated_chance_survives_the_shared_shock() -> None:
    q = np.array([0.001, 0.05, 0.3, 0.7, 0.999])
    grid = factor_grid(Shocks(0.3, 0.2, 0.4))
    b = conditional_log_odds(q, grid)
    back = (1 / (1 + np.exp(-(b[:, None] + grid.x[None, :])))) @ grid.x_weights
    assert back == pytest.approx(q, rel=2e-4)


@pytest.mark.parametrize("shocks", [Shocks(0.25, 0.15, 0.2), Shocks(0.15, 0.02, 0.35), Shocks(0.3, 0.3, 0.0)])
def test_quadrature_keeps_mean_and_variance_of_each_shock(shocks: Shocks) -> None:
    grid = factor_grid(shocks)
    total = shocks.company**2 + shocks.team**2 + shocks.person**2
    assert grid.x_weights @ grid.x == pytest.approx(0, abs=1e-10)
    assert grid.x_weights @ grid.x**2 == pytest.approx(total, rel=1e-3)
    assert grid.to_team.sum(axis=1) == pytest.approx(1)
    assert grid.to_company.sum(axis=1) == pytest.approx(1)


def test_a_whale_with_a_small_chance_does_not_blur_the_rest() -> None:
    pipeline, shape = organisation(3, 8, 3, new=0.0)
    amount, chance = pipeline.amount.copy(), pipeline.chance.copy()
    amount[0], chance[0] = 20 * amount.sum(), 0.04
    whale = Pipeline(
        pipeline.person,
        chance,
        amount,
        pipeline.spread,
        pipeline.new_rate,
        pipeline.new_amount,
        pipeline.new_spread,
    )
    found = distribute(whale, shape, NO_SHOCK)
    draws = naive_simulation.draw(whale, shape, NO_SHOCK, 8_000, seed=5)
    company = len(shape.first) - 1
    drawn = np.quantile(draws[:, company, 0], [0.1, 0.5, 0.9])
    assert found.quantiles[company, 0, [19, 99, 179]] == pytest.approx(drawn, rel=0.25)


def test_a_shared_shock_widens_the_company_and_leaves_its_mean() -> None:
    pipeline, shape = organisation(8, 40, 4)
    alone, together = (
        distribute(pipeline, shape, NO_SHOCK),
        distribute(pipeline, shape, Shocks(0.3, 0.1, 0.1)),
    )
    assert together.mean[-1, 0] == pytest.approx(alone.mean[-1, 0], rel=1e-3)
    assert together.sd[-1, 0] > 1.2 * alone.sd[-1, 0]


def test_the_company_is_narrower_than_its_persons_added_and_wider_than_independence() -> None:
    pipeline, shape = organisation(6, 30, 3)
    found = distribute(pipeline, shape, Shocks(0.2, 0.15, 0.15))
    width = found.quantiles[:, 0, 179] - found.quantiles[:, 0, 19]
    assert width[-1] < width[:6].sum()
    assert width[-1] > 0.98 * np.sqrt((width[:6] ** 2).sum())


def test_regrouping_persons_leaves_the_company_where_teams_share_nothing() -> None:
    pipeline, shape = organisation(6, 15, 3)
    shocks = Shocks(0.25, 0.0, 0.2)
    regrouped = Shape(np.array([0, 0, 1, 1, 2, 2]), shape.first[[-1]], shape.last[[-1]], ("top",))
    one, other = distribute(pipeline, shape, shocks), distribute(pipeline, regrouped, shocks)
    assert other.quantiles[0, 0] == pytest.approx(one.quantiles[-1, 0], rel=2e-3)


def test_two_runs_give_the_same_bytes() -> None:
    pipeline, shape = organisation(5, 20, 2)
    one, other = (distribute(pipeline, shape, Shocks(0.2, 0.1, 0.1)) for _ in range(2))
    assert one.quantiles.tobytes() == other.quantiles.tobytes()


def test_quantiles_rise_and_nothing_is_below_zero() -> None:
    found = distribute(*organisation(5, 3, 2), Shocks(0.2, 0.1, 0.1))
    assert (np.diff(found.quantiles, axis=2) >= -1e-9).all()
    assert (found.quantiles >= 0).all()


def test_nobody_with_a_deal_brings_nothing() -> None:
    none = np.zeros(0)
    empty = Pipeline(np.zeros(0, int), none, none, none, np.zeros(2), np.zeros(2), 0.5)
    shape = Shape(np.array([0, 0]), np.array([0, 0]), np.array([2, 1]), ("team", "person"))
    found = distribute(empty, shape, Shocks(0.15, 0.15, 0.15))
    assert (found.quantiles == 0).all()
    assert found.zero == pytest.approx(1)

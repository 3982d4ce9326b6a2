"""The parts of the deal model against worlds whose truth is known."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from scipy.optimize import minimize

from fairlead.forecasting import sizes, timeline, tree
from fairlead.forecasting.blend import fit_blend
from fairlead.forecasting.chances import LEVELS, chance_of
from fairlead.forecasting.evidence import Table
from fairlead.forecasting.glm import expit, fit_logit, fit_poisson
from fairlead.forecasting.shockfit import PastDeals, PastTotals, fit_shocks
from fairlead.forecasting.types import Change, Deal, History, Member

NONE = np.zeros(0)


def test_ridge_logit_finds_the_minimum_of_its_penalised_likelihood() -> None:
    rng = np.random.default_rng(0)
    x = np.column_stack([np.ones(400), rng.normal(size=(400, 3))])
    y = (rng.random(400) < expit(x @ [0.2, 1.0, -0.5, 0.0])).astype(float)
    ridge = np.array([0.01, 2.0, 2.0, 2.0])

    def loss(b: np.ndarray) -> float:
        return float(np.logaddexp(0, x @ b).sum() - y @ (x @ b) + 0.5 * ridge @ b**2)

    want = minimize(loss, np.zeros(4), tol=1e-12).x
    assert fit_logit(x, y, np.ones(400), ridge, np.zeros(400)) == pytest.approx(want, abs=1e-4)


def test_constant_hazard_is_events_over_exposure() -> None:
    exposure, events = np.array([10.0, 30.0, 60.0]), np.array([1.0, 3.0, 6.0])
    b = fit_poisson(np.ones((3, 1)), events, np.ones(3), np.zeros(1), np.log(exposure))
    assert np.exp(b[0]) == pytest.approx(0.1)


def one_column(codes: np.ndarray, levels: int) -> Table:
    table = Table(np.arange(len(codes)), np.zeros(len(codes), np.int64))
    table.codes["kind"], table.levels["kind"] = codes, tuple(map(str, range(levels)))
    return table


def test_a_level_with_little_history_stays_near_the_base_rate() -> None:
    codes = np.array([0] * 500 + [1] * 500 + [2] * 6)
    y = np.array([1.0, 0.0] * 500 + [1.0] * 6)
    p = fit_blend(one_column(codes, 3), y, np.ones(1006), deals=1006, prior=0.25, trees=False).chance(
        one_column(codes, 3)
    )
    assert 0.5 < p[-1] < 0.8
    assert p[0] == pytest.approx(0.5, abs=0.02)


@pytest.mark.parametrize("n", [50, 100, 200, 500])
def test_small_data_without_signal_loses_little_to_the_base_rate(n: int) -> None:
    worse = []
    for seed in range(6):
        rng = np.random.default_rng(seed)
        codes, y = rng.integers(0, 12, n + 400), (rng.random(n + 400) < 0.35).astype(float)
        table = one_column(codes, 12)
        model = fit_blend(table.take(np.arange(n)), y[:n], np.ones(n), deals=n, prior=0.25, trees=False)
        p, base = model.chance(table.take(np.arange(n, n + 400))), (y[:n].sum() + 1) / (n + 2)
        late = y[n:]
        worse.append(float(np.mean(late * np.log(base / p) + (1 - late) * np.log((1 - base) / (1 - p)))))
    assert np.mean(worse) < 0.02


def test_where_nothing_predicts_chances_stay_at_the_base_rate() -> None:
    rng = np.random.default_rng(5)
    codes, y = rng.integers(0, 30, 1_500), (rng.random(1_500) < 0.3).astype(float)
    table = one_column(codes, 30)
    fitted = fit_blend(table, y, np.ones(1_500), deals=1_500, prior=0.25, trees=True)
    p = fitted.chance(table)
    assert p.std() < 0.06
    assert p.mean() == pytest.approx(0.3, abs=0.05)


def test_the_weights_of_a_chance_follow_what_predicted_later_rows() -> None:
    rng = np.random.default_rng(6)
    codes = rng.integers(0, 4, 2_000)
    y = (rng.random(2_000) < np.array([0.1, 0.3, 0.6, 0.9])[codes]).astype(float)
    fitted = fit_blend(one_column(codes, 4), y, np.ones(2_000), deals=2_000, prior=0.25, trees=True)
    assert 0.75 < fitted.slope + fitted.tree_slope < 1.35
    p = fitted.chance(one_column(np.arange(4), 4))
    assert p == pytest.approx([0.1, 0.3, 0.6, 0.9], abs=0.07)


def test_an_amount_counts_for_what_of_it_is_usually_paid() -> None:
    """Sixty deals entered at 100 and won at 80; an open one entered at 100 is expected to bring about 87."""
    deals, changes = [], []
    for k in range(60):
        born = date(2023, 1, 1) + timedelta(days=3 * k)
        at = datetime.combine(born + timedelta(days=60), datetime.min.time(), UTC)
        deals.append(Deal(f"w{k}", amount=80.0, created_on=born, status="won", closed_on=at.date()))
        entered = datetime.combine(born, datetime.min.time(), UTC)
        changes.append(Change(f"w{k}", "amount", None, "100", entered, entered))
        changes.append(Change(f"w{k}", "amount", "100", "80", at, at))
    deals.append(Deal("open", amount=100.0, created_on=date(2023, 9, 1)))
    line = timeline.build(History(deals, changes), date(2023, 12, 1))
    size = sizes.sizes(line, line.open_at(line.as_of), line.as_of, amount_leaks=False)
    assert size.mean == pytest.approx([(60 * 80 + 30 * 100) / 90], abs=0.1)


def test_shared_shocks_are_found_back_from_many_windows() -> None:
    rng = np.random.default_rng(3)
    windows, per = 60, 400
    p = rng.beta(1, 3, windows * per).clip(0.02, 0.98)
    window = np.repeat(np.arange(windows), per)
    shift = rng.normal(0, 0.4, windows)[window]
    won = (rng.random(len(p)) < expit(np.log(p / (1 - p)) + shift)).astype(float)
    person = rng.integers(0, 10, len(p))
    found = fit_shocks(PastDeals(window, person // 5, person, p, won), PastTotals(NONE, NONE, NONE, NONE))
    assert found.company == pytest.approx(0.4, abs=0.1)
    assert found.team < 0.12
    assert found.person < 0.15


def test_the_company_shock_is_at_least_the_prior_until_six_windows() -> None:
    none = np.zeros(0, np.int64)
    found = fit_shocks(PastDeals(none, none, none, NONE, NONE), PastTotals(NONE, NONE, NONE, NONE))
    assert found.company >= 0.15


def test_chances_are_read_back_from_quantiles() -> None:
    quantiles = [1000 * level for level in LEVELS]
    assert chance_of(quantiles, 500.0) == pytest.approx(0.5)
    assert chance_of(quantiles, 250.5) == pytest.approx(0.7495)
    assert chance_of(quantiles, 0.0) == 1.0
    assert chance_of(quantiles, 5_000.0) == pytest.approx(0.005)


def test_a_mass_counts_as_reached_at_its_own_amount_only() -> None:
    quantiles = [0.0] * 100 + [float(k) for k in range(1, 100)]
    assert chance_of(quantiles, 0.0) == 1.0
    assert chance_of(quantiles, 0.5) == pytest.approx(0.4975, abs=0.003)
    with pytest.raises(ValueError, match="199"):
        chance_of([1.0, 2.0], 1.0)


def test_teams_are_ranges_of_persons_and_managers_without_deals_have_no_own_node() -> None:
    members = [
        Member("boss"),
        Member("lead", manager="boss"),
        Member("r1", manager="lead"),
        Member("r2", manager="boss"),
    ]
    grown = tree.grow(members, ["r1", "r2", "boss"])
    by_id = {n.id: n for n in grown.nodes}
    assert grown.persons == ("boss", "r2", "r1")
    assert "lead" not in by_id
    assert (by_id["team:boss"].first, by_id["team:boss"].last) == (0, 3)
    assert (by_id["team:lead"].first, by_id["team:lead"].last) == (2, 3)
    assert by_id["team:lead"].parent == "team:boss"

import json
from datetime import date, timedelta

import pytest

from fairlead.forecasting import backtest, replay
from fairlead.forecasting.results import Backtest
from fairlead.forecasting.types import Deal, History

from .small_world import world


@pytest.fixture(scope="module")
def tested() -> Backtest:
    return backtest(
        world(seed=2, days=700, per_week=6),
        start=date(2023, 3, 1),
        end=date(2023, 11, 1),
        every=28,
        period_kind="quarter",
    )


def test_the_content_is_the_contract(tested: Backtest) -> None:
    told = json.loads(json.dumps(tested.to_dict()))
    assert list(told)[:9] == [
        "from", "to", "horizon", "snapshots", "deals", "totals", "references", "by_snapshot", "refused_columns",
    ]  # fmt: skip
    assert list(told["deals"])[:5] == ["n", "log_loss", "brier", "auc", "ece"]
    assert [t["level"] for t in told["totals"]] == ["company", "team", "person"]
    assert list(told["references"]) == ["base_rate", "naive_bayes", "weighted_pipeline", "r1", "last_period"]
    assert told["snapshots"] == 8


def test_the_record_tells_reliability_and_coverage_by_week(tested: Backtest) -> None:
    told = tested.to_dict()
    bins = told["deals"]["calibration"]
    assert sum(b["n"] for b in bins) == tested.deals.n
    assert [b["said"] for b in bins] == sorted(b["said"] for b in bins)
    company = [w for w in told["by_week"] if w["level"] == "company"]
    assert sum(w["n"] for w in company) == tested.snapshots
    assert all(0 <= w["coverage80"] <= 1 for w in company)
    assert told["references"]["naive_bayes"]["brier"] is not None


def test_no_window_is_tested_that_had_not_ended(tested: Backtest) -> None:
    assert max(r.as_of for r in tested.by_snapshot) <= date(2023, 9, 30)


def test_a_model_with_signal_beats_the_base_rate(tested: Backtest) -> None:
    assert tested.deals.log_loss is not None
    assert tested.references.base_rate is not None
    assert tested.deals.log_loss < tested.references.base_rate


def test_actuals_of_persons_add_up_to_the_company(tested: Backtest) -> None:
    for day in {r.as_of for r in tested.by_snapshot}:
        rows = [r for r in tested.by_snapshot if r.as_of == day]
        company = [r.actual for r in rows if r.level == "company"]
        assert sum(r.actual for r in rows if r.level == "person") == pytest.approx(company[0], abs=0.1)


def test_a_fixed_horizon_and_a_column_can_be_asked_for() -> None:
    got = backtest(
        world(seed=4, days=400, per_week=5), start=date(2022, 9, 1), end=date(2022, 12, 1), every=28, horizon_days=28,
        levels=("company",), by=("region",),
    )  # fmt: skip
    assert got.horizon == "28 days"
    assert [t.level for t in got.totals] == ["company", "region"]


def test_a_window_that_never_ends_is_refused_with_a_sentence() -> None:
    with pytest.raises(ValueError, match="start earlier"):
        backtest(world(seed=4, days=100), start=date(2022, 3, 1), horizon_days=90)


def undated(n: int) -> History:
    return History(
        [
            Deal(f"{k:04d}", amount=100.0, status="won" if k % 10 < (8 if k % 2 else 2) else "lost",
                 evidence={"kind": "odd" if k % 2 else "even"})
            for k in range(n)
        ],
        static=frozenset({"kind"}),
    )  # fmt: skip


def test_a_table_without_close_dates_is_tested_as_ever_won_in_its_order() -> None:
    got = backtest(undated(400), start="80%")
    assert got.horizon == "ever won"
    assert got.deals.n == 80
    assert got.totals == ()
    assert got.to_dict()["from"] is None
    assert got.deals.log_loss is not None
    assert got.references.base_rate is not None
    assert got.deals.log_loss < got.references.base_rate


def test_the_past_covers_about_what_it_says() -> None:
    """Eight quarters of each of five simulated companies with a shock of .25 per quarter, at week 7."""
    seen = [replay(world(seed=10 + s, per_week=9), as_of=date(2024, 11, 18)) for s in range(5)]
    inside = sum(r.inside for r in seen)
    total = sum(len(r.periods) for r in seen)
    assert total >= 35
    assert 0.65 <= inside / total <= 0.97


def test_the_replay_stands_at_the_same_week_and_knows_the_same_day_last_year() -> None:
    got = replay(world(seed=3, per_week=5), as_of=date(2024, 11, 18), periods=3)
    assert [p.period.name for p in got.periods] == ["2024Q1", "2024Q2", "2024Q3"]
    assert {p.week for p in got.periods} == {7}
    assert got.booked_last_year is not None
    with pytest.raises(KeyError):
        replay(world(seed=3, days=200), as_of=date(2022, 6, 1), node="nobody")


def test_looks_before_the_first_deal_say_nothing_and_end_well() -> None:
    start = date(2024, 1, 1)
    deals = [
        Deal(id=str(n), owner="r", amount=100.0 + n, created_on=start + timedelta(days=5 * n), status="won",
             closed_on=start + timedelta(days=5 * n + 20))
        for n in range(40)
    ]  # fmt: skip
    tested = backtest(History(deals), start=date(2023, 12, 1), every="month", horizon_days=28)
    assert tested.start == date(2023, 12, 1)
    assert tested.deals.n > 0


def test_ever_won_without_a_closed_row_before_the_start_is_refused() -> None:
    deals = [
        Deal(id="1", created_on=date(2024, 1, 1)),
        Deal(id="2", created_on=date(2024, 5, 1), status="won"),
    ]
    with pytest.raises(ValueError, match="both sides"):
        backtest(History(deals), start=date(2024, 3, 1))

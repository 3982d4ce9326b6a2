import re
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from fairlead.forecasting import chance_of, estimate
from fairlead.forecasting.periods import Calendar
from fairlead.forecasting.timeline import as_known
from fairlead.forecasting.types import Change, Deal, Forecast, History, Member, NodeForecast

from .small_world import world

AS_OF = date(2024, 2, 12)
CALENDAR = Calendar()
QUARTER = CALENDAR.quarter_of(AS_OF)


@pytest.fixture(scope="module")
def history() -> History:
    return world(seed=1, days=1000, per_week=8)


@pytest.fixture(scope="module")
def forecast(history: History) -> Forecast:
    return estimate(history, as_of=AS_OF, period=QUARTER, targets={"company": 900_000.0, "m0": 400_000.0})


def cents(amount: float) -> int:
    return round(amount * 100)


def sums(node: NodeForecast) -> list[int]:
    money = (node.booked, node.from_open.mean, node.from_new.mean, node.mean, node.open_amount, node.weighted)
    return [*map(cents, money), node.open_deals]


def test_every_node_is_the_sum_of_its_children_to_the_cent(forecast: Forecast) -> None:
    for parent in forecast.nodes:
        children = [sums(n) for n in forecast.nodes if n.parent == parent.id]
        if children:
            assert [sum(column) for column in zip(*children, strict=True)] == sums(parent)


def test_the_mean_is_booked_plus_open_plus_new_to_the_cent(forecast: Forecast) -> None:
    for n in forecast.nodes:
        assert cents(n.mean) == cents(n.booked) + cents(n.from_open.mean) + cents(n.from_new.mean)


def test_what_is_booked_is_what_was_won_in_the_quarter_before_the_day(
    history: History, forecast: Forecast
) -> None:
    won = [d for d in history.deals if d.status == "won" and d.closed_on]
    want = sum(d.amount or 0 for d in won if d.closed_on and QUARTER.starts_on <= d.closed_on < AS_OF)
    assert forecast.node("company").booked == pytest.approx(want, abs=0.05)


def test_the_range_is_in_order_and_read_from_the_quantiles(forecast: Forecast) -> None:
    for n in forecast.nodes:
        assert n.p10 <= n.p50 <= n.p90
        assert list(n.quantiles) == sorted(n.quantiles)
        assert len(n.quantiles) == 199
        assert len(n.dots) == 20
        assert n.booked <= n.quantiles[0] + 0.01
        assert (n.p10, n.p50, n.p90) == (n.quantiles[19], n.quantiles[99], n.quantiles[179])


def test_the_chance_of_a_target_falls_as_the_target_rises(forecast: Forecast) -> None:
    company = forecast.node("company")
    chances = [chance_of(company, company.booked + k * 20_000.0) for k in range(100)]
    assert chances == sorted(chances, reverse=True)
    assert company.chance_of_target == pytest.approx(chance_of(company, 900_000.0), abs=1e-4)


def test_a_target_given_by_a_managers_id_is_the_targets_of_the_team(forecast: Forecast) -> None:
    assert forecast.node("team:m0").target == 400_000.0
    assert forecast.node("m0r0").target is None
    assert forecast.node("m0r0").chance_of_target is None


def test_two_runs_are_equal(history: History, forecast: Forecast) -> None:
    again = estimate(history, as_of=AS_OF, period=QUARTER, targets={"company": 900_000.0, "m0": 400_000.0})
    assert again == forecast


def test_the_order_of_the_rows_does_not_matter(history: History, forecast: Forecast) -> None:
    turned = replace(
        history,
        deals=list(history.deals)[::-1],
        changes=list(history.changes)[::-1],
        members=list(history.members)[::-1],
    )
    assert (
        estimate(turned, as_of=AS_OF, period=QUARTER).node("company").quantiles
        == forecast.node("company").quantiles
    )


def test_nothing_recorded_later_changes_what_is_said(history: History, forecast: Forecast) -> None:
    past_only = as_known(history, AS_OF)
    assert all(c.recorded_at.date() < AS_OF for c in past_only.changes)
    assert len(past_only.changes) < len(history.changes)
    told = estimate(past_only, as_of=AS_OF, period=QUARTER, targets={"company": 900_000.0, "m0": 400_000.0})
    assert told == forecast


def test_a_later_quarter_has_no_booking_and_expects_deals_not_yet_created(history: History) -> None:
    told = estimate(history, as_of=AS_OF, period=CALENDAR.next(QUARTER)).node("company")
    assert told.booked == 0
    assert told.from_new.mean > 0
    assert told.from_open.mean > 0


def test_open_deals_have_chances_inside_bounds_and_reasons_without_owners(
    history: History, forecast: Forecast
) -> None:
    owners = {m.id for m in history.members}
    assert len(forecast.deals) > 50
    for d in forecast.deals:
        assert 0.001 <= d.chance_in_period <= d.chance_ever <= 0.999
        assert len(d.reasons) <= 4
        assert all(owner not in r.text for r in d.reasons for owner in owners)
        assert all(abs(r.effect) >= 0.5 for r in d.reasons)


def test_days_in_reasons_count_to_the_last_day_that_is_known(history: History, forecast: Forecast) -> None:
    """A look is the start of a day: in words a deal is as old as every other page says on the day before."""
    last = AS_OF - timedelta(days=1)
    deals = {deal.id: deal for deal in history.deals}
    said: dict[str, list[tuple[str, int]]] = {}
    for told in forecast.deals:
        for reason in told.reasons:
            if found := re.fullmatch(
                r"(Open for|Close date in|Close date passed) (\d+) days?(?: ago)?", reason.text
            ):
                said.setdefault(found[1], []).append((told.id, int(found[2])))
    assert said["Open for"]
    assert all(days == (last - (deals[deal].created_on or last)).days for deal, days in said["Open for"])
    assert all(
        days == ((deals[deal].close_on or last) - last).days for deal, days in said.get("Close date in", [])
    )
    assert all(
        days == (last - (deals[deal].close_on or last)).days
        for deal, days in said.get("Close date passed", [])
    )


def test_deals_further_on_have_better_chances(forecast: Forecast, history: History) -> None:
    stage = {d.id: d.stage for d in as_known(history, AS_OF).deals}
    by_stage = {
        s: [d.chance_in_period for d in forecast.deals if stage[d.id] == s] for s in ("Discover", "Agree")
    }
    mean = {s: sum(v) / len(v) for s, v in by_stage.items()}
    assert mean["Agree"] > mean["Discover"]


def test_an_empty_history_says_nothing_and_warns() -> None:
    told = estimate(History([]), as_of=AS_OF, period=QUARTER)
    assert told.node("company").mean == 0
    assert told.deals == ()
    assert told.warnings[0] == "0 closed deals: the range comes mostly from the prior."


def test_a_company_with_nothing_open_is_estimated(history: History) -> None:
    closed = replace(history, deals=[deal for deal in history.deals if deal.status != "open"])
    last = max(deal.closed_on for deal in closed.deals if deal.closed_on)
    told = estimate(closed, as_of=last + timedelta(days=1), period=CALENDAR.quarter_of(last))
    assert not told.deals
    assert told.node("company").from_open.mean == 0


def test_one_open_deal_gets_the_prior_and_its_own_amount() -> None:
    history = History([Deal("a", "A", "x", 1_000.0, created_on=date(2024, 1, 10))])
    told = estimate(history, as_of=AS_OF, period=QUARTER)
    (deal,) = told.deals
    assert 0.05 < deal.chance_in_period < 0.3
    assert told.node("company").from_open.mean == pytest.approx(deal.chance_in_period * 1_000, rel=0.01)
    assert told.node("x").mean == told.node("company").mean
    assert "prior" in told.warnings[0]


def test_one_closed_deal_is_said_in_the_singular() -> None:
    history = History(
        [Deal("a", amount=5.0, created_on=date(2024, 1, 1), status="won", closed_on=date(2024, 2, 1))]
    )
    told = estimate(history, as_of=AS_OF, period=QUARTER)
    assert told.warnings[0].startswith("1 closed deal:")
    assert told.node("company").booked == 5.0


def test_a_deal_closed_on_the_day_itself_is_still_open() -> None:
    history = History([Deal("a", amount=5.0, created_on=date(2024, 1, 1), status="won", closed_on=AS_OF)])
    told = estimate(history, as_of=AS_OF, period=QUARTER)
    assert told.node("company").booked == 0
    assert [d.id for d in told.deals] == ["a"]


def test_owners_outside_the_tree_stand_under_unassigned() -> None:
    deals = [Deal(x, x, x, 100.0, created_on=date(2024, 1, 10)) for x in ("known", "stranger")]
    told = estimate(History(deals, members=[Member("known", "K")]), as_of=AS_OF, period=QUARTER)
    assert told.node("unassigned").open_deals == 1
    assert told.node("known").open_deals == 1
    assert told.node("company").open_deals == 2


def test_a_missing_amount_is_drawn_and_said() -> None:
    won = [
        Deal(
            f"w{k}",
            product="Big",
            amount=1_000.0,
            created_on=date(2023, 1, 1),
            status="won",
            closed_on=date(2023, 2, 1),
        )
        for k in range(20)
    ]
    told = estimate(
        History([*won, Deal("o", product="Big", created_on=date(2024, 1, 10))]), as_of=AS_OF, period=QUARTER
    )
    (deal,) = told.deals
    assert deal.amount is None
    assert told.node("company").from_open.mean == pytest.approx(1_000 * deal.chance_in_period, rel=0.01)
    assert any(n.id == "o" and "won deals of Big" in n.why for n in told.not_counted)


def test_a_copy_is_listed_and_not_counted_twice() -> None:
    twin = {"name": "Same", "owner": "x", "amount": 500.0, "account": "Acme", "created_on": date(2024, 1, 10)}
    told = estimate(History([Deal("a", **twin), Deal("b", **twin)]), as_of=AS_OF, period=QUARTER)  # type: ignore[arg-type]
    assert told.node("company").open_deals == 1
    assert [n.id for n in told.not_counted if "repeats a" in n.why] == ["b"]


def test_a_reporting_line_in_a_circle_is_cut_and_listed() -> None:
    members = [Member("a", manager="b"), Member("b", manager="a")]
    told = estimate(History([], members=members), as_of=AS_OF, period=QUARTER)
    assert any(n.kind == "person" and "circle" in n.why for n in told.not_counted)


def test_without_close_dates_the_chance_is_ever_won() -> None:
    deals = [
        Deal(
            f"d{k}",
            evidence={"kind": "good" if k % 2 else "bad"},
            amount=10.0,
            status="won" if k % 4 == 1 else "lost",
        )
        for k in range(200)
    ]
    told = estimate(
        History([*deals, Deal("o", amount=10.0, evidence={"kind": "good"})], static=frozenset({"kind"})),
        as_of=AS_OF, period=QUARTER,
    )  # fmt: skip
    (deal,) = told.deals
    assert deal.chance_in_period == deal.chance_ever == pytest.approx(0.5, abs=0.12)
    assert deal.expected_close_on is None


def test_a_change_recorded_late_is_not_known_before() -> None:
    told_late = datetime(2024, 2, 20, tzinfo=UTC)
    deal = Deal("a", amount=100.0, created_on=date(2024, 1, 2), status="lost", closed_on=date(2024, 1, 20))
    change = Change("a", "status", "open", "lost", datetime(2024, 1, 20, tzinfo=UTC), told_late)
    assert [d.id for d in estimate(History([deal], [change]), as_of=AS_OF, period=QUARTER).deals] == ["a"]
    after = AS_OF + timedelta(days=20)
    assert estimate(History([deal], [change]), as_of=after, period=QUARTER).deals == ()

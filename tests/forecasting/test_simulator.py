"""The simulated organisation has the facts it claims, is the same for a seed, and keeps its truth apart."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from fairlead.forecasting import simulate
from fairlead.forecasting.periods import Calendar


@pytest.fixture(scope="module")
def big() -> simulate.Organisation:
    return simulate.organisation(simulate.Settings(seed=3, quarters=12, reps=40))


def test_the_same_seed_gives_the_same_organisation() -> None:
    settings = simulate.Settings(seed=5, quarters=3, reps=8)
    assert simulate.organisation(settings) == simulate.organisation(settings)


def test_another_seed_gives_another() -> None:
    one, other = (simulate.organisation(simulate.Settings(seed=s, quarters=2, reps=6)) for s in (1, 2))
    assert one.history.deals != other.history.deals


def test_deals_are_won_mostly_in_the_last_weeks_of_a_quarter(big: simulate.Organisation) -> None:
    calendar, weeks = Calendar(), Counter[int]()
    for deal in big.history.deals:
        if deal.status == "won" and deal.closed_on:
            weeks[calendar.quarter_of(deal.closed_on).week_of(deal.closed_on)] += 1
    assert weeks[13] > 2.5 * weeks[6]


def test_close_dates_are_heaped_on_quarter_ends(big: simulate.Organisation) -> None:
    calendar = Calendar()
    due = [d.close_on for d in big.history.deals if d.status == "open" and d.close_on]
    assert sum(day == calendar.quarter_of(day).ends_on for day in due) > 0.45 * len(due)


def test_pushed_deals_are_won_less_often(big: simulate.Organisation) -> None:
    pushes = Counter[str]()
    for change in big.history.changes:
        if change.field == "close_on" and change.old and change.new and change.new > change.old:
            pushes[change.deal_id] += 1
    rate = {}
    for name, least, most in (("never", 0, 0), ("often", 3, 99)):
        done = [d for d in big.history.deals if d.status != "open" and least <= pushes[d.id] <= most]
        rate[name] = sum(d.status == "won" for d in done) / len(done)
    assert rate["often"] < rate["never"]


def test_some_losses_are_recorded_late(big: simulate.Organisation) -> None:
    closed = {d.id: d.closed_on for d in big.history.deals if d.status == "lost"}
    late = [id for id, (end, day) in big.truth.ends.items() if end == "lost" and closed.get(id, day) != day]
    assert 0.2 < len(late) / len(closed) < 0.8


def test_the_changes_fold_to_the_rows(big: simulate.Organisation) -> None:
    last: dict[tuple[str, str], str | None] = {}
    for change in big.history.changes:
        last[change.deal_id, change.field] = change.new
    for deal in big.history.deals:
        assert last[deal.id, "status"] == deal.status
        assert last[deal.id, "stage"] == deal.stage
        assert last[deal.id, "owner"] == deal.owner
        assert float(last[deal.id, "amount"] or 0) == deal.amount


def test_nothing_recorded_later_is_there_and_an_earlier_view_is_a_part(big: simulate.Organisation) -> None:
    cut = date(2025, 6, 1)
    assert all(c.recorded_at.date() < big.as_of for c in big.history.changes)
    earlier = simulate.organisation(big.settings, as_of=cut)
    assert all(c.recorded_at.date() < cut for c in earlier.history.changes)


@pytest.mark.parametrize("hazard", ["logit", "log-logistic", "empirical"])
def test_every_family_of_hazards_give_a_plausible_win_rate(hazard: str) -> None:
    settings = simulate.Settings(seed=2, quarters=6, reps=20, hazard=hazard)  # type: ignore[arg-type]
    done = [d for d in simulate.organisation(settings).history.deals if d.status != "open"]
    assert 0.12 < sum(d.status == "won" for d in done) / len(done) < 0.65


def test_a_shock_makes_quarters_differ_more() -> None:
    def spread(shock: float) -> float:
        ratios = []
        for seed in range(4):
            won = Counter[str]()
            org = simulate.organisation(simulate.Settings(seed=seed, quarters=9, reps=30, shock=shock))
            for deal in org.history.deals:
                if deal.status == "won" and deal.closed_on and deal.closed_on >= date(2024, 1, 1):
                    won[Calendar().quarter_of(deal.closed_on).name] += 1
            ratios.append(max(won.values()) / min(won.values()))
        return sum(ratios)

    assert spread(0.5) > spread(0.0)


def test_the_truth_stands_in_no_visible_file(tmp_path: Path) -> None:
    org = simulate.organisation(simulate.Settings(seed=4, quarters=2, reps=5))
    simulate.write(org, tmp_path)
    visible = {p.name: p.read_text() for p in tmp_path.glob("*.csv")}
    assert set(visible) == {"deals.csv", "changes.csv", "people.csv", "targets.csv", "accounts.csv"}
    for text in visible.values():
        assert "quality" not in text
        assert "sandbagger" not in text
    assert (tmp_path / "truth" / "deals.csv").exists()


def test_a_written_organisation_reads_as_rows(tmp_path: Path) -> None:
    org = simulate.organisation(simulate.Settings(seed=4, quarters=2, reps=5))
    written = simulate.write(org, tmp_path)
    with (tmp_path / "changes.csv").open() as stream:
        assert sum(1 for _ in csv.DictReader(stream)) == written["changes.csv"] == len(org.history.changes)


def test_a_dull_organisation_carries_no_signal_in_its_stages() -> None:
    org = simulate.organisation(simulate.Settings(seed=1, quarters=8, reps=40, dull=True, shock=0))
    assert set(org.truth.quality.values()) == {0.0}
    ended = Counter[tuple[bool, str]]()
    for deal in org.history.deals:
        if deal.status != "open":
            ended[deal.stage == simulate.STAGES[0], deal.status] += 1
    rate = [ended[first, "won"] / (ended[first, "won"] + ended[first, "lost"]) for first in (True, False)]
    assert abs(rate[0] - rate[1]) < 0.08


def test_settings_drawn_from_wide_priors_are_the_same_for_a_seed_and_differ_between_seeds() -> None:
    drawn = [simulate.drawn(seed) for seed in range(30)]
    assert drawn == [simulate.drawn(seed) for seed in range(30)]
    assert {s.hazard for s in drawn} == {"logit", "log-logistic", "empirical"}
    assert {s.shock for s in drawn} == {0.0, 0.15, 0.25, 0.40}
    assert simulate.drawn(3, shock=0.25).shock == 0.25


def test_the_oracle_says_about_what_comes_and_the_same_again() -> None:
    settings = simulate.Settings(seed=8, quarters=6, reps=20, shock=0.4)
    org, calendar = simulate.organisation(settings), Calendar()
    quarters = [calendar.quarter_of(settings.first_day)]
    while len(quarters) < 6:
        quarters.append(calendar.next(quarters[-1]))
    days = [simulate.week_beginning(settings, q.starts_on + timedelta(days=35)) for q in quarters[2:]]
    told = simulate.oracle(settings, days, draws=60)
    assert (told[0].samples == simulate.oracle(settings, days[:1], draws=60)[0].samples).all()
    inside = 0
    for oracle, quarter in zip(told, quarters[2:], strict=True):
        came = sum(
            d.amount or 0
            for d in org.history.deals
            if d.status == "won" and d.closed_on and oracle.day <= d.closed_on <= quarter.ends_on
        )
        total = oracle.samples.sum(axis=1)
        assert 0.5 < came / total.mean() < 2
        inside += total.min() <= came <= total.max()
    assert inside >= 3


def test_an_oracle_looks_only_from_the_beginning_of_a_week() -> None:
    settings = simulate.Settings(seed=8, quarters=2, reps=5)
    with pytest.raises(ValueError, match="beginning of a simulated week"):
        simulate.oracle(settings, [date(2023, 2, 7)])


def test_dirt_leaves_blanks_and_duplicates() -> None:
    org = simulate.organisation(simulate.Settings(seed=1, quarters=4, reps=30, dirt=True))
    assert any(d.amount is None for d in org.history.deals)
    assert any(d.close_on is None for d in org.history.deals)
    assert any(d.id.endswith("-2") for d in org.history.deals)
    assert any(c.recorded_at > c.at for c in org.history.changes)


def test_settings_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        simulate.Settings(reps=0)
    with pytest.raises(ValueError, match="standard deviation"):
        simulate.Settings(shock=-1)

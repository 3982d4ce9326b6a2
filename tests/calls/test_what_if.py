"""What-ifs: a stored node computed again, suppositions on it, and who may suppose what."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import fairlead
from fairlead.calls import actions, deciding, queries, rebuilding, supposing
from fairlead.calls.models import EstimateRun, NodeEstimate
from fairlead.calls.supposing import Added, OfDeal, Supposal
from fairlead.forecasting import Supposed
from fairlead.people import access
from tests.calls.company import OPS, Q4, Company
from tests.cast import AT

NOTHING = Supposal()


@pytest.fixture
def estimated(team: Company) -> Company:
    for n in range(24):
        day = date(2025, 12, 10) + timedelta(days=14 * n)
        made = {"close_on": day, "closed_on": day}
        team.deal(f"won {n}", "rosa", 60 + n, status="won", **made)  # type: ignore[arg-type]
        team.deal(f"lost {n}", "ravi", 50, status="lost", **made)  # type: ignore[arg-type]
        team.change(f"won {n}", created_on=day - timedelta(days=30))
    team.deal("Pias", "pia", 300)
    for name in ("otto", "mina", "vera", "carl"):
        team.target(name, 2400)
    actions.estimate(by=OPS, at=AT, with_past=False)
    return team


@pytest.fixture
def run(estimated: Company) -> EstimateRun:
    return EstimateRun.objects.get()


def key(company: Company, name: str) -> str:
    return company.deals[name].public_id


def of_mina(company: Company, supposal: Supposal, by: str = "mina") -> queries.WhatIf:
    return queries.team_what_if(company.cast.actor(by), company.cast.mina.pk, Q4, AT, supposal)


def of_rosa(company: Company, supposal: Supposal) -> queries.WhatIf:
    return queries.own_what_if(company.cast.actor("rosa"), Q4, AT, supposal)


# The same node again


def test_every_node_of_people_and_teams_is_rebuilt_to_the_cent(run: EstimateRun) -> None:
    rows = NodeEstimate.objects.for_system("a test compares").filter(run=run, person__isnull=False)
    assert {row.kind for row in rows} == {"person", "team"}
    for row in rows:
        assert row.person_id is not None
        again = rebuilding.rebuilt(run, row.person_id, row.kind)  # type: ignore[arg-type]
        assert again is not None
        reading = again.reading()
        assert np.abs(np.array(reading.quantiles) - np.array(row.quantiles)).max() <= 1
        assert abs(reading.mean - row.mean_minor) <= 1


def test_a_run_of_before_has_no_what_if_and_is_computed_once_more(
    estimated: Company, run: EstimateRun
) -> None:
    EstimateRun.objects.filter(pk=run.pk).update(widths={})
    assert of_mina(estimated, NOTHING).why_not == queries.what_if.NO_PARTS
    again = actions.estimate(by=OPS, at=AT, with_past=False)
    assert again.pk != run.pk
    assert of_mina(estimated, NOTHING).why_not == ""


def test_without_an_estimate_the_page_says_so(team: Company) -> None:
    assert of_rosa(team, NOTHING).why_not == queries.what_if.NO_ESTIMATE


def test_a_team_too_large_is_told_so(
    estimated: Company, run: EstimateRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rebuilding, "MOST_DEALS", 5)
    rebuilding.forget()
    told = of_mina(estimated, NOTHING)
    assert "up to 5 open deals" in told.why_not
    assert told.before is None
    page = queries.call_page(estimated.cast.actor("mina"), estimated.cast.mina.pk, Q4, AT)
    assert page.deciding
    assert not any(deal.exact for deal in page.deciding), "a large team keeps to the first order"


# What suppositions do


def test_supposing_nothing_changes_nothing_and_is_what_the_page_says(estimated: Company) -> None:
    found = of_mina(estimated, NOTHING)
    page = queries.call_page(estimated.cast.actor("mina"), estimated.cast.mina.pk, Q4, AT)
    assert found.before == found.after
    assert found.before is not None
    assert page.outlook is not None
    assert found.before.of_20 == page.outlook.dots_reaching_target
    assert found.before.chance_of_target == pytest.approx(page.outlook.chance_of_target, abs=1e-4)


def test_won_and_lost_weighed_by_the_chance_are_what_it_was(run: EstimateRun, estimated: Company) -> None:
    book = rebuilding.rebuilt(run, estimated.cast.mina.pk, "team")
    assert book is not None
    for row, deal in enumerate(book.opens):
        ends = [book.book.what_if([Supposed(row, chance=end)]).after[0] for end in (1.0, 0.0)]
        assert deal.chance * ends[0].mean + (1 - deal.chance) * ends[1].mean == pytest.approx(
            book.book.curve(0).mean, rel=1e-6
        )


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(st.sampled_from(["Nordwind", "Ostrava", "Kestrel", "Quill", "Vale"]), unique=True))
def test_more_won_never_lowers_and_more_lost_never_raises_the_chance(
    estimated: Company, names: list[str]
) -> None:
    chances: dict[str, list[float]] = {"won": [], "lost": []}
    for outcome, seen in chances.items():
        for upto in range(len(names) + 1):
            deals = {key(estimated, name): OfDeal(outcome) for name in names[:upto]}  # type: ignore[arg-type]
            after = of_mina(estimated, Supposal(deals)).after
            assert after is not None
            assert after.chance_of_target is not None
            seen.append(after.chance_of_target)
    assert all(b >= a - 1e-3 for a, b in zip(chances["won"], chances["won"][1:], strict=False))
    assert all(b <= a + 1e-3 for a, b in zip(chances["lost"], chances["lost"][1:], strict=False))


def test_later_brings_as_little_to_this_period_as_lost(estimated: Company) -> None:
    lost, later = (
        of_rosa(estimated, Supposal({key(estimated, "Nordwind"): OfDeal(end)})).after
        for end in ("lost", "later")
    )
    assert lost == later


def test_a_larger_amount_moves_the_mean_by_the_deals_chance_of_it(
    estimated: Company, run: EstimateRun
) -> None:
    found = of_rosa(estimated, Supposal({key(estimated, "Nordwind"): OfDeal("", 480_00)}))
    book = rebuilding.rebuilt(run, estimated.cast.rosa.pk, "person")
    assert book is not None
    assert found.before is not None
    assert found.after is not None
    deal = book.opens[book.row_of[estimated.deals["Nordwind"].pk]]
    assert deal.entered == 240
    assert found.after.reading.mean - found.before.reading.mean == pytest.approx(
        deal.chance * deal.size * 100, abs=2
    ), "twice the amount brings twice what of it is usually paid"


def test_new_deals_bring_their_amount_by_their_chance(estimated: Company) -> None:
    found = of_rosa(estimated, Supposal(added=(Added(100_00, 0.5, 3),)))
    assert found.before is not None
    assert found.after is not None
    assert found.after.reading.mean - found.before.reading.mean == pytest.approx(150_00, abs=2)
    assert found.supposed == ("3 new deals of €100, each at 50\N{NARROW NO-BREAK SPACE}%",)


def test_a_new_deal_is_by_default_like_one_of_ones_own(estimated: Company) -> None:
    found = of_rosa(estimated, Supposal(added=(Added(100_00),)))
    assert found.habits.rate == 1.0, "rosa lost none"
    assert found.days_left == 37
    assert found.new_chance == 1.0, "each of hers took 30 days, and 37 are left"
    slow = replace(found.habits, quick=(30, 40), rate=0.5)
    assert slow.new_deal_chance(37) == 0.25


def test_another_target_is_read_off_the_same_range(estimated: Company) -> None:
    found = of_mina(estimated, Supposal(target=1000_00))
    assert found.before is not None
    assert found.after is not None
    assert found.before.reading == found.after.reading
    assert (found.before.target, found.after.target) == (2400_00, 1000_00)
    assert (found.after.of_20 or 0) >= (found.before.of_20 or 0)


def test_nothing_is_kept_and_nobody_is_told(estimated: Company) -> None:
    asked = Supposal({key(estimated, "Kestrel"): OfDeal("won")}, (Added(100_00, 0.2),), 2000_00)
    with CaptureQueriesContext(connection) as said:
        assert of_mina(estimated, asked).supposed
    assert said.captured_queries
    assert {query["sql"].split()[0] for query in said.captured_queries} == {"SELECT"}


@pytest.mark.parametrize(
    ("supposal", "code"),
    [
        (Supposal(target=-1), "bad_amount"),
        (Supposal(target=10**18), "bad_amount"),
        (Supposal(added=(Added(1, 1.5),)), "bad_chance"),
        (Supposal(added=(Added(1, 0.5, 0),)), "bad_count"),
        (Supposal(added=(Added(1, 0.5, 1000),)), "bad_count"),
        (Supposal({"x": OfDeal("", -5)}), "bad_amount"),
        (Supposal({"x": OfDeal("perhaps")}), "bad_outcome"),  # type: ignore[arg-type]
        (Supposal({str(n): OfDeal("won") for n in range(101)}), "too_many"),
    ],
)
def test_values_out_of_bounds_are_refused_in_words(supposal: Supposal, code: str) -> None:
    with pytest.raises(access.Refusal) as refused:
        supposing.check(supposal)
    assert refused.value.code == code


def test_the_sentence_counts_in_twenty() -> None:
    def money(minor: int) -> str:
        return str(minor)

    told = supposing.sentence(supposing.Reached(14, 17, 2400), (1, 2), False, money)
    assert told == "14 → 17 of 20 quarters like this one reach the target of 2400."
    moved = supposing.sentence(supposing.Reached(14, 17, 600, 700), (1, 2), False, money)
    assert moved == "14 of 20 quarters like this one reach 700; 17 would reach 600."
    assert supposing.sentence(None, (1, 2), False, money) == "The middle moves from 1 to 2."


# Whose


def test_a_rep_supposes_own_deals_only_and_a_foreign_deal_is_not_there(estimated: Company) -> None:
    foreign = of_rosa(estimated, Supposal({key(estimated, "Kestrel"): OfDeal("won")}))
    unknown = of_rosa(estimated, Supposal({"no-such-deal": OfDeal("won")}))
    assert {choice.name for choice in foreign.choices} == {"Nordwind", "Ostrava", "Halden"}
    assert foreign.before == foreign.after
    assert foreign.unknown == unknown.unknown == 1
    assert foreign.supposed == ()


def test_a_manager_supposes_the_teams_deals_and_no_others(estimated: Company) -> None:
    found = of_mina(estimated, Supposal({key(estimated, "Pias"): OfDeal("won")}))
    assert found.unknown == 1
    assert found.before == found.after
    assert "Pias" not in {choice.name for choice in found.choices}
    assert {seller.name.split()[0] for seller in found.sellers} == {"Rosa", "Ravi", "Ines", "Tomas"}


def test_nobody_asks_about_the_team_of_another(estimated: Company) -> None:
    for name in ("otto", "vera", "carl"):
        with pytest.raises(access.NotFound):
            of_mina(estimated, NOTHING, by=name)
    with pytest.raises(access.NotAllowed):
        of_mina(estimated, NOTHING, by="rosa")


def test_far_above_no_deal_is_named_and_the_target_can_still_be_supposed(estimated: Company) -> None:
    carl = estimated.cast.carl
    asked = Supposal({key(estimated, "Nordwind"): OfDeal("won")}, (), 1000_00)
    found = queries.team_what_if(estimated.cast.actor("carl"), carl.pk, Q4, AT, asked)
    assert found.choices == ()
    assert found.sellers == ()
    assert found.unknown == 1
    assert found.after is not None
    assert found.after.target == 1000_00


def test_a_deal_cannot_be_added_for_somebody_elsewhere(estimated: Company) -> None:
    pia = estimated.cast.pia.public_id
    with pytest.raises(access.NotFound):
        of_mina(estimated, Supposal(added=(Added(100_00, 0.5, 1, pia),)))


# Five deals that decide


def test_deals_that_decide_are_those_of_trying_each(estimated: Company, run: EstimateRun) -> None:
    cast = estimated.cast
    page = queries.call_page(cast.actor("mina"), cast.mina.pk, Q4, AT)
    book = rebuilding.rebuilt(run, cast.mina.pk, "team")
    assert book is not None
    goal = (2400_00 - book.booked) / book.scale
    tried = {}
    for name in ("Nordwind", "Ostrava", "Kestrel", "Quill", "Brightwater", "Vale", "Corran"):
        row = book.row_of[estimated.deals[name].pk]
        tried[name] = [
            book.book.what_if([Supposed(row, chance=end)]).after[0].chance(goal) for end in (1.0, 0.0)
        ]
    largest = sorted(tried, key=lambda name: -(tried[name][0] - tried[name][1]))
    kept = [name for name in largest if tried[name][0] - tried[name][1] >= deciding.LEAST]
    assert [deal.name for deal in page.deciding] == kept[: deciding.COUNT]
    assert all(deal.exact for deal in page.deciding)
    for deal in page.deciding:
        assert (deal.if_won, deal.if_not) == pytest.approx(tuple(tried[deal.name]), abs=1e-9)


# What is kept of people


def test_parts_of_runs_are_read_by_the_arithmetic_alone() -> None:
    source = Path(fairlead.__file__).parent
    users = {
        str(path.relative_to(source))
        for path in source.rglob("*.py")
        if re.search(r"\bRunPart\b", path.read_text())
    }
    assert users == {
        "calls/models.py",
        "calls/computing.py",
        "calls/rebuilding.py",
        "calls/actions/estimates.py",
        "calls/migrations/0003_parts_of_runs.py",
        "records/classes.py",  # says that it is kept, and reads nothing of it
    }

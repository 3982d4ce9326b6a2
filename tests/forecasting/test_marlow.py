"""The demo company's live quarter holds the facts of its story."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from fairlead.forecasting.periods import Calendar
from fairlead.forecasting.simulate import marlow, regions
from fairlead.forecasting.simulate.marlow import BOOKED, PERIOD, TARGETS, Marlow


@pytest.fixture(scope="module")
def company() -> Marlow:
    return marlow.marlow()


def test_there_are_nineteen_people_and_three_teams(company: Marlow) -> None:
    assert len(company.people) == 19
    assert {p.manager for p in company.people if p.role == "rep"} == {"mina", "otto", "sanna"}


def test_what_is_booked_adds_up_to_the_story(company: Marlow) -> None:
    booked: Counter[str] = Counter()
    for deal in company.now.history.deals:
        if deal.status == "won" and deal.closed_on and deal.closed_on >= date(2026, 10, 1):
            booked[deal.owner] += int(deal.amount or 0)
    assert dict(booked) == {rep: 1000 * k for rep, k in BOOKED.items()}
    assert sum(booked.values()) == 3_400_000


def test_targets_roll_up(company: Marlow) -> None:
    live = {t.person: t.amount for t in company.now.targets if t.period == PERIOD}
    assert (live["mina"], live["otto"], live["sanna"], live["vera"]) == (2.4e6, 2.9e6, 1.7e6, 7.0e6)
    assert sum(TARGETS.values()) == 7000


def test_last_week_is_before_this_week(company: Marlow) -> None:
    before = {d.id: d for d in company.before.history.deals}
    now = {d.id: d for d in company.now.history.deals}
    named = {d.name: d.id for d in company.now.history.deals if d.id.startswith("Q")}
    kestrel, quill, lumen = (named[n] for n in ("Kestrel Chemicals", "Quill Paper", "Lumen Foods"))
    assert (before[kestrel].close_on, now[kestrel].close_on) == (date(2026, 12, 18), date(2027, 1, 22))
    assert (before[quill].status, now[quill].status) == ("open", "lost")
    assert (before[lumen].category, now[lumen].category) == ("best_case", "commit")
    assert now[named["Halden Water"]].close_on is None
    assert now[named["Arden Brewing"]].amount == 106_000
    assert now[named["Sable Dairy"]].amount == 84_000


def test_ids_are_used_once(company: Marlow) -> None:
    ids = [d.id for d in company.now.history.deals]
    assert len(ids) == len(set(ids))


def test_every_act_is_by_somebody_of_the_company_and_in_order(company: Marlow) -> None:
    keys = {p.key for p in company.people}
    assert all(act.who in keys and (not act.whom or act.whom in keys) for act in company.acts)
    assert [act.at for act in company.acts] == sorted(act.at for act in company.acts)
    assert company.acts[-1].at <= marlow.NOW


def test_three_years_of_history_stand_behind_the_live_quarter(company: Marlow) -> None:
    calendar = Calendar()
    quarters = {calendar.quarter_of(d.closed_on).name for d in company.now.history.deals if d.closed_on}
    assert {"2023Q4", "2024Q4", "2025Q4", PERIOD} <= quarters


def test_regions_stand_beside_the_story_and_change_nothing_in_it(company: Marlow) -> None:
    wide = regions.with_regions(company, reps=8)
    story, ids = {d.id for d in company.now.history.deals}, [d.id for d in wide.now.history.deals]
    assert len(ids) == len(set(ids)) > len(story) + 500
    assert [d for d in wide.now.history.deals if d.id in story] == list(company.now.history.deals)
    assert {d.id for d in wide.before.history.deals} < set(ids)
    keys = {p.key for p in wide.people}
    assert all(p.manager in keys for p in wide.people if p.manager)
    assert sum(p.role == "rep" for p in wide.people) == 12 + 8
    assert {t.person for t in wide.now.targets} <= keys

"""A break is noticed within three weekly looks, a world that stays the same is left alone, and the model moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest

from fairlead.forecasting import dealmodel, drift, estimate, estimates, simulate
from fairlead.forecasting.hazards import follow
from fairlead.forecasting.periods import Calendar
from fairlead.forecasting.windows import Windows

BREAK = date(2024, 2, 4)
WINDOWS = Windows("quarter", Calendar())


@pytest.fixture(scope="module")
def broken() -> simulate.Organisation:
    settings = simulate.Settings(seed=12, quarters=6, reps=40, shock=0.1, breaks_on=BREAK)
    return simulate.organisation(settings)


@pytest.fixture(scope="module")
def before(broken: simulate.Organisation) -> dealmodel.DealModel:
    return dealmodel.fit(estimates.situation(broken.history, BREAK, WINDOWS).view, quick=True)


def view_after(broken: simulate.Organisation, weeks: int) -> dealmodel.View:
    return estimates.situation(broken.history, BREAK + timedelta(weeks=weeks), WINDOWS).view


def test_a_break_is_noticed_within_three_weekly_looks(
    broken: simulate.Organisation, before: dealmodel.DealModel
) -> None:
    found = [drift.watch(before, view_after(broken, weeks), 0.2) for weeks in (1, 2, 3)]
    assert any(f.alarm for f in found)
    assert found[-1].came_won < 0.6 * found[-1].expected_won


def test_without_a_break_there_is_no_alarm(before: dealmodel.DealModel) -> None:
    assert not drift.watch(before, before.view, 0.2).alarm


def test_the_refitted_model_expects_what_the_last_weeks_showed(
    broken: simulate.Organisation, before: dealmodel.DealModel
) -> None:
    view = view_after(broken, 4)
    moved = drift.refitted(before, drift.watch(before, view, 0.2))
    deals, day = view.line.open_at(view.line.as_of), view.line.as_of

    def expected(model: dealmodel.DealModel) -> float:
        assert model.hazards is not None
        table = dealmodel.features(model, view, deals, day)
        return float(follow(model.hazards, table, day, weeks=4).won[:, 4].sum())

    later = simulate.organisation(broken.settings)
    came = {
        d.id for d in later.history.deals
        if d.status == "won" and d.closed_on and d.closed_on < date.fromordinal(day) + timedelta(days=28)
    }  # fmt: skip
    actual = sum(view.line.deals[i].id in came for i in deals) + 1
    miss = [abs(np.log(actual / (expected(model) + 1))) for model in (before, moved)]
    assert miss[1] <= 0.5 * miss[0]


def test_a_forecast_after_a_break_says_so(broken: simulate.Organisation) -> None:
    day = BREAK + timedelta(weeks=4)
    told = estimate(broken.history, as_of=day, period=Calendar().quarter_of(day))
    assert any(w.startswith("Something changed: in the last 3 weeks") for w in told.warnings)


def test_few_expected_closings_alarm_nobody() -> None:
    calm = replace(drift.Drift(3, 1.0, 0, 1.0, 0, 0.0, False, 0.0, 0.0), score=0.0)
    assert not calm.alarm
    assert drift._miss(3.0, 0.0, 0.2) == 0.0

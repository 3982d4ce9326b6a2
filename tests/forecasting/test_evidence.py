"""A feature of a day never changes when what was recorded later is taken away."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from fairlead.forecasting import dealmodel, estimates, simulate
from fairlead.forecasting.evidence import Table
from fairlead.forecasting.periods import Calendar
from fairlead.forecasting.timeline import as_known
from fairlead.forecasting.types import History
from fairlead.forecasting.windows import Windows

from .small_world import FIRST, world

WINDOWS = Windows("quarter", Calendar())
DIRTY = simulate.organisation(simulate.Settings(seed=9, quarters=4, reps=8, dirt=True)).history
PLAIN = world(seed=6, days=360, per_week=3)


def features(history: History, known_until: date, day: date) -> dict[str, dict[str, object]]:
    """Features at ``day`` per deal, as a view that knows everything before ``known_until`` reads them."""
    view = estimates.situation(history, known_until, WINDOWS, ()).view
    at = day.toordinal()
    deals = view.line.open_at(at)
    table: Table = dealmodel.observed(view, deals, at)
    return {
        view.line.deals[i].id: {n: table.levels[n][c[k]] for n, c in table.codes.items() if n != "team"}
        | {n: float(v[k]) for n, v in table.values.items() if ": " not in n}
        for k, i in enumerate(deals)
    }


@settings(max_examples=25, deadline=None)
@given(back=st.integers(1, 300), later=st.integers(1, 60))
def test_features_of_a_day_stay_when_later_events_are_removed(back: int, later: int) -> None:
    for history, last in ((PLAIN, FIRST + timedelta(days=360)), (DIRTY, date(2024, 1, 1))):
        day = last - timedelta(days=back)
        cut = as_known(history, day + timedelta(days=later))
        whole, known = features(history, last, day), features(cut, day + timedelta(days=later), day)
        shared = whole.keys() & known.keys()
        assert len(shared) >= min(len(whole), len(known))
        for deal in shared:
            for name, value in known[deal].items():
                assert name in whole[deal]
                other = whole[deal][name]
                assert value == other or (
                    isinstance(value, float)
                    and isinstance(other, float)
                    and np.isnan(value)
                    and np.isnan(other)
                ), (deal, name, value, other)

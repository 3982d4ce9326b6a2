"""One's own past at once: the last ended periods, seen from the same week."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from fairlead.forecasting import dealmodel, estimates, leaks
from fairlead.forecasting.estimates import Situation
from fairlead.forecasting.periods import Calendar, Period
from fairlead.forecasting.results import RefusedColumn, Replay, ReplayPeriod
from fairlead.forecasting.threads import one_thread
from fairlead.forecasting.types import COMPANY, History
from fairlead.forecasting.windows import Windows, of_kind

Bools = NDArray[np.bool_]
_YEAR_OF = {"month": 12, "quarter": 4, "year": 1}


@one_thread
def replay(
    history: History,
    *,
    as_of: date,
    periods: int = 8,
    calendar: Calendar | None = None,
    kind: str = "quarter",
    node: str = COMPANY,
) -> Replay:
    """What the estimate would have said of the last ``periods`` ended periods at today's week.

    Each is estimated from what was recorded before its own as-of day, by the model without trees, for speed;
    periods at whose look no closed deal was known are left out, so the list may be shorter or empty.
    ``node`` is an id of today's tree. Raises KeyError for another.
    """
    calendar = calendar or Calendar()
    windows = Windows(kind, calendar)
    now = of_kind(calendar, kind, as_of)
    refused = leaks.refuse_columns(history, as_of)
    truth = estimates.situation(history, as_of, windows, refused)
    whose = _under(truth, node)
    seen = []
    for period, look in _looks(calendar, now, as_of, periods):
        told = _one_period(history, truth, whose, windows, refused, period, look, node)
        if told is not None:
            seen.append(told)
    return Replay(
        node,
        as_of,
        now,
        tuple(reversed(seen)),
        _booked(truth, whose, now.starts_on, as_of - timedelta(days=1)) or 0.0,
        _same_day(truth, whose, calendar, now, as_of, 1),
        _same_day(truth, whose, calendar, now, as_of, _YEAR_OF[kind]),
        sum(p.p10 <= p.actual <= p.p90 for p in seen),
    )


def _looks(calendar: Calendar, now: Period, as_of: date, count: int) -> list[tuple[Period, date]]:
    """Ended periods, latest first, with the day at the same distance from their start."""
    offset = as_of - now.starts_on
    found, at = [], now
    for _ in range(count):
        at = calendar.previous(at)
        found.append((at, min(at.starts_on + offset, at.ends_on)))
    return found


def _under(here: Situation, node: str) -> Bools:
    """Which persons of the situation's tree are under the node."""
    for n in here.tree.nodes:
        if n.id == node:
            inside = np.zeros(len(here.tree.persons), bool)
            inside[n.first : n.last] = True
            return inside
    raise KeyError(node)


def _one_period(
    history: History, truth: Situation, whose: Bools, windows: Windows, refused: tuple[RefusedColumn, ...],
    period: Period, look: date, node: str,
) -> ReplayPeriod | None:  # fmt: skip
    here = estimates.situation(history, look, windows, refused)
    if not (here.view.line.outcome >= 0).any() or not any(n.id == node for n in here.tree.nodes):
        return None
    model = dealmodel.fit(here.view, quick=True)
    opened = estimates.open_deals(model, here, period)
    shocks, _ = estimates.shocks_of(model, here)
    totals = estimates.totals_of(_only(here, node), opened, period, shocks)
    told = estimates.nodes_of(_only(here, node), totals, {})[0]
    weighted = told.booked + told.weighted
    actual = _booked(truth, whose, period.starts_on, period.ends_on) or 0.0
    return ReplayPeriod(
        period,
        look,
        period.week_of(look),
        told.mean,
        told.p10,
        told.p50,
        told.p90,
        actual,
        round(weighted, 2),
    )


def _only(here: Situation, node: str) -> Situation:
    """The situation with one node, so that only its distribution is computed."""
    k = next(i for i, n in enumerate(here.tree.nodes) if n.id == node)
    shape = here.tree.shape
    one = replace(shape, first=shape.first[k : k + 1], last=shape.last[k : k + 1], kind=shape.kind[k : k + 1])
    return replace(here, tree=replace(here.tree, nodes=(here.tree.nodes[k],), shape=one))


def _booked(here: Situation, whose: Bools, start: date, end: date) -> float | None:
    """Money booked on start…end under the node; None before the first creation or close in the data."""
    line = here.view.line
    if not len(line) or end.toordinal() < int(min(line.created.min(), line.closed.min())):
        return None
    won = (line.outcome == 1) & (line.closed >= start.toordinal()) & (line.closed <= end.toordinal())
    return round(float(np.nansum(line.amount[won & whose[here.places]])), 2)


def _same_day(
    here: Situation, whose: Bools, calendar: Calendar, now: Period, as_of: date, back: int
) -> float | None:
    """Booked up to the same day of the period ``back`` periods ago."""
    then = now
    for _ in range(back):
        then = calendar.previous(then)
    last = min(then.starts_on + (as_of - now.starts_on), then.ends_on + timedelta(days=1))
    return _booked(here, whose, then.starts_on, last - timedelta(days=1))

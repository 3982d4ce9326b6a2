"""Past windows as the model sees them: what was expected at the same place of the period, and what came."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fairlead.forecasting.dealmodel import DealModel, View, chances, features
from fairlead.forecasting.newdeals import expect, past_looks
from fairlead.forecasting.shockfit import PastDeals, PastTotals
from fairlead.forecasting.sizes import sizes
from fairlead.forecasting.timeline import Timeline

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_STAGE_POOL = 20.0


@dataclass(frozen=True)
class Past:
    """Past windows of one view: deals for the shocks, totals in money, and how many windows there are."""

    deals: PastDeals
    totals: PastTotals
    windows: int


def look_at_past(model: DealModel, view: View, day: int, *, amount_leaks: bool, places: Ints) -> Past:
    """Ended windows at the same place of the period as ``day``. ``places`` is a person code per deal."""
    line = view.line
    rows, totals = [], []
    for k, (look, start, end) in enumerate(past_looks(view.windows, day)):
        deals = line.open_at(look)
        if end >= day or not len(deals) or look <= line.created[0] + (end - look):
            continue
        table = features(model, view, deals, look)
        p = chances(model, table, look, start, end, trees=False).in_period
        won = (line.outcome[deals] == 1) & (line.closed[deals] >= start) & (line.closed[deals] <= end)
        rows.append((np.full(len(deals), k), table.codes["team"], places[deals], p, won.astype(float)))
        totals.append(_money(view, deals, p, look, start, end, amount_leaks))
    if not rows:
        return Past(*nothing_seen(), 0)
    joined = [np.concatenate([r[j] for r in rows]) for j in range(5)]
    return Past(PastDeals(*joined), PastTotals(*np.array(totals).T), len(rows))


def nothing_seen() -> tuple[PastDeals, PastTotals]:
    """No past windows at all."""
    none = np.zeros(0, np.int64)
    return PastDeals(none, none, none, np.zeros(0), np.zeros(0)), PastTotals(*[np.zeros(0)] * 4)


def _money(
    view: View, deals: Ints, p: Floats, look: int, start: int, end: int, amount_leaks: bool
) -> tuple[float, float, float, float]:
    """Expected, independent variance, slope per log-odds, and actual of one past window."""
    line = view.line
    size = sizes(line, deals, look, amount_leaks=amount_leaks)
    second = size.mean**2 * np.exp(size.spread**2)
    new = expect(line, view.windows, look, start, end)
    expected = float(p @ size.mean) + new.wins * new.amount
    variance = float(p @ second - p**2 @ size.mean**2) + new.wins * new.amount**2 * float(
        np.exp(new.spread**2)
    )
    slope = float((p * (1 - p)) @ size.mean) + new.wins * new.amount
    return expected, variance, slope, booked_between(line, look, end)


def booked_between(line: Timeline, start: int, end: int) -> float:
    """Money won on days start…end."""
    won = (line.outcome == 1) & (line.closed >= start) & (line.closed <= end)
    return float(np.nansum(line.amount[won]))


def stage_rates(line: Timeline, deals: Ints, day: int) -> Floats:
    """Eventual win rate of each deal's stage, pooled to the rate of all deals: the weighted pipeline's weights.

    Stages are read at the middle of each closed deal's life, so that a closing stage does not tell the outcome.
    """
    closed = np.flatnonzero((line.outcome >= 0) & (line.closed_known < day))
    y = (line.outcome[closed] == 1).astype(float)
    rate = (y.sum() + 5.0) / (len(y) + _STAGE_POOL)
    stage = line.fields["stage"]
    if not stage.recorded or not len(closed):
        return np.full(len(deals), rate)
    halfway = (line.created[closed] + line.closed_known[closed] + 1) // 2
    then = stage.codes_at(closed, halfway)
    won = np.bincount(then, weights=y, minlength=len(stage.levels))
    size = np.bincount(then, minlength=len(stage.levels))
    pooled: Floats = (won + _STAGE_POOL * rate) / (size + _STAGE_POOL)
    return pooled[stage.codes_at(deals, day)]

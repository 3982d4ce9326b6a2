"""What an open deal brings if it is won: its own amount, or one drawn from won deals like it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fairlead.forecasting.newdeals import log_spread
from fairlead.forecasting.timeline import Timeline

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_LIKE_ENOUGH = 10
USUAL_SPREAD, LEAST_SPREAD, LARGEST_SPREAD = 0.08, 0.03, 0.5
_BEFORE_CLOSE, _ENOUGH_WON = 30, 30


@dataclass(frozen=True)
class Sizes:
    """Mean size and log-sd per deal, and whether it was drawn for want of an amount."""

    mean: Floats
    spread: Floats
    drawn: NDArray[np.bool_]


def sizes(line: Timeline, deals: Ints, day: int, *, amount_leaks: bool) -> Sizes:
    """Sizes of the given open deals as known at ``day``. An amount of 0 counts as missing where amounts leak."""
    amount = line.amounts_at(deals, day)
    missing = ~np.isfinite(amount) | (amount < 0) | (amount_leaks & (amount == 0))
    drawn_mean, drawn_spread = _like(line, deals, day)
    kept, known_spread = entered_against_closed(line)
    return Sizes(
        np.where(missing, drawn_mean, kept * np.nan_to_num(amount)),
        np.where(missing, drawn_spread, known_spread),
        missing,
    )


def _like(line: Timeline, deals: Ints, day: int) -> tuple[Floats, Floats]:
    """Mean and log-sd of won deals of the same product, of all won deals where those are few."""
    won = (line.outcome == 1) & (line.closed_known < day) & (line.amount > 0)
    every = line.amount[won]
    mean = np.full(len(deals), float(every.mean()) if len(every) else 0.0)
    spread = np.full(len(deals), log_spread(every))
    product = line.fields["product"]
    for code in np.unique(product.now[deals]) if len(deals) else []:
        like = line.amount[won & (product.now == code)]
        if product.levels[code] and len(like) >= _LIKE_ENOUGH:
            rows = product.now[deals] == code
            mean[rows], spread[rows] = float(like.mean()), log_spread(like)
    return mean, spread


def entered_against_closed(line: Timeline) -> tuple[float, float]:
    """How much of an entered amount is paid on average, and its log-sd: closed against entered a month before.

    1 and 0.08 where not recorded; the average is pooled towards 1.
    """
    f = line.fields.get("amount")
    won = np.flatnonzero((line.outcome == 1) & (line.amount > 0) & (line.closed < 4_000_000))
    if f is None or not f.recorded or len(won) < _ENOUGH_WON:
        return 1.0, USUAL_SPREAD
    before = line.amounts_at(won, line.closed[won] - _BEFORE_CLOSE)
    final = line.amount[won]
    usable = np.isfinite(before) & (before > 0)
    if usable.sum() < _ENOUGH_WON:
        return 1.0, USUAL_SPREAD
    ratio = np.clip(np.log(final[usable] / before[usable]), -1.5, 1.5)
    kept = (np.exp(ratio).sum() + _ENOUGH_WON) / (len(ratio) + _ENOUGH_WON)
    return round(float(kept), 4), round(float(np.clip(ratio.std(), LEAST_SPREAD, LARGEST_SPREAD)), 3)

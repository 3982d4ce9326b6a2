"""How large the shared shocks are, from how far past windows missed together.

In a past window the sum of (won - chance) of n independent deals has variance sum p(1-p); what it shows beyond
that, over the square of sum p(1-p), is the variance of the shift in log-odds they share (method of moments, as in
DerSimonian & Laird, 1986). Few windows say little, so each variance is pooled with a prior of 0.2^2 worth four
windows and enlarged as that of a Student t is; the company's shock is at least 0.15 until six windows exist.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fairlead.forecasting.factors import Shocks

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
PRIOR, PRIOR_WINDOWS = 0.2, 4.0
ENOUGH_WINDOWS, LEAST_BEFORE = 6, 0.15
FLOOR, LARGEST = 0.05, 1.0
LARGEST_GAP = 1.0
"""The most that one past window may say of the variance; one strange window is not a rule."""


@dataclass(frozen=True)
class PastDeals:
    """Open deals of past windows: window, team and person codes, stated chance, and 1 where won."""

    window: Ints
    team: Ints
    person: Ints
    chance: Floats
    won: Floats


@dataclass(frozen=True)
class PastTotals:
    """Money of past windows: expected, independent variance, slope of the mean per log-odds, actual."""

    expected: Floats
    variance: Floats
    slope: Floats
    actual: Floats


def fit_shocks(deals: PastDeals, totals: PastTotals, closed: int = 10**9) -> Shocks:
    """Shocks of company, team and person in log-odds; ``closed`` counts the deals the model learned from.

    What the model does not know yet shifts all deals together, so it is part of the company's shock: 4 / (n + 8)
    for the rate learned from n closed deals.
    """
    miss, size = deals.won - deals.chance, deals.chance * (1 - deals.chance)
    company, miss = _level(deals.window, miss, size)
    team, miss = _level(deals.window * 100_003 + deals.team, miss, size)
    person, _ = _level(deals.window * 100_003 + deals.person, miss, size)
    windows = len(np.unique(deals.window))
    money = _money_variance(totals)
    shared = max(company, 0.0) if money is None else 0.5 * (max(company, 0.0) + max(money, 0.0))
    least = LEAST_BEFORE if windows < ENOUGH_WINDOWS else FLOOR
    company_shock = np.hypot(_pooled(shared, windows, least), np.sqrt(_not_known(closed)))
    return Shocks(
        float(min(company_shock, LARGEST)), _pooled(team, windows, FLOOR), _pooled(person, windows, FLOOR)
    )


def _not_known(closed: int) -> float:
    return 4.0 / (closed + 8.0)


def _level(groups: Ints, miss: Floats, size: Floats) -> tuple[float, Floats]:
    """Shared variance of the groups beyond independence, and the misses with the groups' shrunken shift out."""
    if not len(groups):
        return 0.0, miss
    _, code = np.unique(groups, return_inverse=True)
    z, v = np.bincount(code, weights=miss), np.bincount(code, weights=size)
    variance = float((z**2 - v).sum() / max((v**2).sum(), 1e-12))
    shift = z / (v + 1 / max(variance, 1e-4))
    return variance, miss - shift[code] * size


def _money_variance(t: PastTotals) -> float | None:
    usable = t.slope > 0
    if not usable.any():
        return None
    gap = ((t.actual - t.expected)[usable] ** 2 - t.variance[usable]) / t.slope[usable] ** 2
    return float(np.mean(np.clip(gap, -LARGEST_GAP, LARGEST_GAP)))


def _pooled(variance: float, windows: int, least: float) -> float:
    pooled = (windows * max(variance, 0.0) + PRIOR_WINDOWS * PRIOR**2) / (windows + PRIOR_WINDOWS)
    fat = (windows + PRIOR_WINDOWS) / (windows + PRIOR_WINDOWS - 2)
    return float(np.clip(np.sqrt(pooled * fat), least, LARGEST))

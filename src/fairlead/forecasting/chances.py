"""Read any chance from the 199 quantiles that a node of the forecast carries."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from fairlead.forecasting.types import NodeForecast

LEVELS = tuple(round(0.005 * k, 3) for k in range(1, 200))
"""The levels of :attr:`NodeForecast.quantiles`: .005, .010, … .995."""


def chance_of(node: NodeForecast | Sequence[float], amount: float) -> float:
    """Chance that the total is at least ``amount``, 0.005-0.995 inside the quantiles, else 0 or 1 ended.

    ``node`` is a node or its 199 quantiles (money, rising). Linear between neighbours; equal quantiles
    are a mass, and reaching it exactly counts as reached. Source: F read back from its own quantiles.
    """
    quantiles = node.quantiles if isinstance(node, NodeForecast) else node
    if len(quantiles) != len(LEVELS):
        raise ValueError(f"Give the 199 quantiles of a node; these are {len(quantiles)}.")
    if amount <= quantiles[0]:
        return 1.0 if amount <= min(quantiles[0], 0.0) else 1 - _below_first(quantiles, amount)
    if amount > quantiles[-1]:
        return 0.0 if quantiles[-1] == quantiles[0] else LEVELS[0]
    above = bisect_left(quantiles, amount)
    low, high = quantiles[above - 1], quantiles[above]
    share = (amount - low) / (high - low)
    return round(1 - (LEVELS[above - 1] + share * (LEVELS[above] - LEVELS[above - 1])), 6)


def _below_first(quantiles: Sequence[float], amount: float) -> float:
    return 0.0 if amount < quantiles[0] or quantiles[0] == quantiles[1] else LEVELS[0]

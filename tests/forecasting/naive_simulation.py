"""An independent oracle for the spectral distribution: plain draws, no shared code but the meaning of the inputs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from fairlead.forecasting.factors import Shocks
from fairlead.forecasting.spectral import Pipeline, Shape

Floats = NDArray[np.float64]


def _log_odds(q: float, sd: float) -> float:
    nodes, weights = np.polynomial.hermite_e.hermegauss(40)
    weights = weights / weights.sum()
    return float(brentq(lambda b: float(weights @ (1 / (1 + np.exp(-b - sd * nodes)))) - q, -30, 30))


def draw(pipeline: Pipeline, shape: Shape, shocks: Shocks, draws: int, seed: int) -> Floats:
    """Totals (draws, nodes, 3 parts)."""
    rng = np.random.default_rng(seed)
    persons, sd = len(shape.team), float(np.sqrt(shocks.company**2 + shocks.team**2 + shocks.person**2))
    base = np.array([_log_odds(float(q), sd) for q in pipeline.chance])
    out = np.zeros((draws, len(shape.first), 3))
    for i in range(draws):
        x = shocks.company * rng.normal() + shocks.team * rng.normal(size=shape.team.max() + 1)[shape.team]
        x = x + shocks.person * rng.normal(size=persons)
        won = rng.random(len(base)) < 1 / (1 + np.exp(-base - x[pipeline.person]))
        size = pipeline.amount * np.exp(pipeline.spread * rng.normal(size=len(base)) - pipeline.spread**2 / 2)
        opened = np.bincount(pipeline.person, weights=won * size, minlength=persons)
        new = _new(rng, pipeline, x, sd)
        for part, money in enumerate((opened + new, opened, new)):
            total = np.concatenate([[0.0], np.cumsum(money)])
            out[i, :, part] = total[shape.last] - total[shape.first]
    return out


def _new(rng: np.random.Generator, pipeline: Pipeline, x: Floats, sd: float) -> Floats:
    counts = rng.poisson(pipeline.new_rate * np.exp(x - sd**2 / 2))
    s = pipeline.new_spread
    return np.array(
        [
            (a * np.exp(s * rng.normal(size=n) - s * s / 2)).sum()
            for n, a in zip(counts, pipeline.new_amount, strict=True)
        ]
    )

"""Nested shocks of company, team and person, and quadrature that keeps their mean and variance exact.

A shock is an iid normal shift in log-odds. Grids are uniform; the weights of a normal on a grid are the
exponential family exp(e1 x + e2 x^2) with mean and variance solved exactly, so nothing is lost by cutting the
tails. An effect narrower than the grid step is integrated by Gauss-Hermite nodes and Lagrange interpolation.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
NODES, FINE_NODES = 12, 32
HALF_WIDTH, FINE_HALF_WIDTH = 4.0, 4.6
_SMALLEST = 1e-4


@dataclass(frozen=True)
class Shocks:
    """Standard deviations in log-odds of the shared shock of the company, of each team, of each person."""

    company: float
    team: float
    person: float


@dataclass(frozen=True)
class FactorGrid:
    """Grids of the summed shocks and the matrices that integrate one level out.

    ``x`` person + team + company, ``y`` team + company, ``m`` company. ``to_team[y, x]`` integrates the person's
    shock, ``to_company[m, y]`` the team's. Weights sum to one.
    """

    x: Floats
    x_weights: Floats
    y_weights: Floats
    m_weights: Floats
    to_team: Floats
    to_company: Floats
    variance: float


def factor_grid(shocks: Shocks) -> FactorGrid:
    """Grids for the given shocks; a shock of zero is taken as 0.0001."""
    company, team, person = (max(s, _SMALLEST) for s in (shocks.company, shocks.team, shocks.person))
    x = _uniform(np.sqrt(company**2 + team**2 + person**2), NODES, HALF_WIDTH)
    y = _uniform(np.hypot(company, team), NODES, HALF_WIDTH)
    m = _uniform(company, FINE_NODES, FINE_HALF_WIDTH)
    zero = np.zeros(1)
    return FactorGrid(
        x,
        normal_weights(x, zero, np.sqrt(company**2 + team**2 + person**2))[0],
        normal_weights(y, zero, np.hypot(company, team))[0],
        normal_weights(m, zero, company)[0],
        normal_weights(x, y, person),
        normal_weights(y, m, team),
        company**2 + team**2 + person**2,
    )


def _uniform(sd: float, nodes: int, half: float) -> Floats:
    return np.linspace(-half * sd, half * sd, nodes)


def normal_weights(grid: Floats, centres: Floats, sd: float) -> Floats:
    """Weights (centres, grid) that integrate N(centre, sd^2) of a function known on ``grid``."""
    if sd < 0.75 * (grid[1] - grid[0]):
        return _narrow_weights(grid, centres, sd)
    return np.vstack([_matched(grid, float(c), sd) for c in centres])


def _matched(grid: Floats, mean: float, sd: float) -> Floats:
    """Weights exp(e1 z + e2 z^2) with exactly this mean and variance; Newton on the convex dual."""
    z = (grid - mean) / sd
    powers = np.vstack([z, z * z])
    target, e = np.array([0.0, 1.0]), np.array([0.0, -0.5])
    w = _normalised(powers, e)
    for _ in range(60):
        gap = target - powers @ w
        if np.abs(gap).max() < 1e-13:
            break
        centred = powers - (powers @ w)[:, None]
        step = np.linalg.lstsq((centred * w) @ centred.T, gap, rcond=1e-12)[0]
        e = e + np.clip(step, -0.5, 0.5)
        w = _normalised(powers, e)
    return w


def _normalised(powers: Floats, e: Floats) -> Floats:
    exponent = e @ powers
    w = np.exp(exponent - exponent.max())
    return np.asarray(w / w.sum())


def _narrow_weights(grid: Floats, centres: Floats, sd: float) -> Floats:
    nodes, node_weights = np.polynomial.hermite_e.hermegauss(7)
    node_weights = node_weights / node_weights.sum()
    step = grid[1] - grid[0]
    out = np.zeros((len(centres), len(grid)))
    for row, centre in enumerate(centres):
        for node, weight in zip(nodes, node_weights, strict=True):
            t = float(np.clip(centre + sd * node, grid[0], grid[-1]))
            first = int(np.clip((t - grid[0]) // step - 2, 0, len(grid) - 6))
            near = grid[first : first + 6]
            out[row, first : first + 6] += weight * _lagrange(near, t)
    return np.asarray(out / out.sum(axis=1, keepdims=True))


def _lagrange(points: Floats, t: float) -> Floats:
    """The values at t of the polynomials that are 1 at one of the points and 0 at the others."""
    own = np.eye(len(points), dtype=bool)
    between = np.where(own, 1.0, points[:, None] - points[None, :])
    return np.asarray(np.where(own, 1.0, (t - points)[None, :] / between).prod(axis=1))


def conditional_log_odds(q: Floats, grid: FactorGrid) -> Floats:
    """The log-odds b with E_x 1/(1 + exp(-b - x)) = q: the stated chance survives the shared shock."""
    table = np.linspace(-22.0, 22.0, 4401)
    mean = (1 / (1 + np.exp(-(table[:, None] + grid.x[None, :])))) @ grid.x_weights
    chances = np.clip(q, 1e-9, 1 - 1e-9)
    return np.interp(np.log(chances / (1 - chances)), np.log(mean / (1 - mean)), table)


SURE = 1e30
"""Odds that stand for a certain deal: they leave a chance of exactly 1 whatever the shock."""


def conditional_odds(q: Floats, grid: FactorGrid) -> Floats:
    """The odds o with E_x o e^x / (1 + o e^x) = q, as :func:`conditional_log_odds`, without a logarithm per deal.

    ``q`` any shape, 0-1; 0 gives 0 and 1 gives :data:`SURE`, so hopeless and certain deals stay so under any
    shock. NaN stays NaN. The ratio of o to q / (1 - q) is a smooth function of q and is read from a table;
    relative error below 1e-6.

    >>> grid = factor_grid(Shocks(0.2, 0.1, 0.3))
    >>> o = float(conditional_odds(np.array([0.25]), grid)[0])
    >>> round(float(grid.x_weights @ (o * np.exp(grid.x) / (1 + o * np.exp(grid.x)))), 6)
    0.25
    """
    return odds_from(q, odds_ratios(grid))


def odds_from(q: Floats, table: tuple[Floats, Floats]) -> Floats:
    """:func:`conditional_odds` with the table of :func:`odds_ratios` at hand."""
    at, ratio = table
    inside = np.clip(q, 1e-12, 1 - 1e-12)
    place = inside * (len(at) - 1)
    k = place.astype(np.int32)
    odds = inside / (1 - inside) * (ratio[k] + (place - k) * (ratio[k + 1] - ratio[k]))
    return np.where(q <= 0, 0.0, np.where(q >= 1, SURE, odds))


def odds_ratios(grid: FactorGrid) -> tuple[Floats, Floats]:
    """The table of :func:`conditional_odds`: evenly spaced chances 0 … 1, and o (1 - q) / q at each."""
    at = np.linspace(0.0, 1.0, 1_025)
    inside = np.clip(at, 1e-9, 1 - 1e-9)
    log_odds = np.log(inside / (1 - inside))
    ex = np.exp(grid.x)
    b = log_odds.copy()
    for _ in range(40):
        given = 1 / (1 + np.exp(-b[:, None]) / ex[None, :])
        mean = given @ grid.x_weights
        step = (
            (np.log(mean / (1 - mean)) - log_odds)
            * (mean * (1 - mean))
            / ((given * (1 - given)) @ grid.x_weights)
        )
        b = b - step
        if np.abs(step).max() < 1e-10:
            break
    return at, np.exp(b - log_odds)

"""Two simulations of the same model, independent of the engine: its oracle in tests and its peer in benchmarks.

``naive`` is what one writes in NumPy on a first afternoon. ``Compiled`` counts draws into histograms with Numba and
random numbers that are a hash of (deal, draw): any order of work gives the same draws. Neither shares code with the
engine; both find the log-odds that keep each deal's stated chance by their own quadrature.
"""

# mypy: disable-error-code="no-untyped-def, no-untyped-call, misc, untyped-decorator"
from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from fairlead.forecasting.factors import Shocks
from fairlead.forecasting.layers import Pipeline, Shape

Floats = NDArray[np.float64]


def odds(chance: Floats, shocks: Shocks) -> Floats:
    """Odds at a shock of zero that keep the chance on average, by 61-point Gauss-Hermite quadrature."""
    sd = float(np.sqrt(shocks.company**2 + shocks.team**2 + shocks.person**2))
    nodes, weights = np.polynomial.hermite_e.hermegauss(61)
    table = np.linspace(-16, 16, 4_001)
    mean = (1 / (1 + np.exp(-table[:, None] - sd * nodes))) @ (weights / weights.sum())
    return np.exp(np.interp(np.log(chance / (1 - chance)), np.log(mean / (1 - mean)), table))


def naive(pipeline: Pipeline, shape: Shape, shocks: Shocks, draws: int, seed: int = 0) -> NDArray[np.float32]:
    """Totals (draws, nodes)."""
    rng = np.random.default_rng(seed)
    p, persons, n = pipeline, len(shape.team), len(pipeline.person)
    variance = shocks.company**2 + shocks.team**2 + shocks.person**2
    o, begins = odds(p.chance, shocks), np.searchsorted(p.person, np.arange(persons + 1))
    _, team = np.unique(shape.team, return_inverse=True)
    out = np.empty((draws, len(shape.first)), np.float32)
    block = max(1, 10_000_000 // max(n, 1))
    for first in range(0, draws, block):
        size = min(block, draws - first)
        x = shocks.company * rng.standard_normal((size, 1))
        x = x + shocks.team * rng.standard_normal((size, team.max() + 1))[:, team]
        x = x + shocks.person * rng.standard_normal((size, persons))
        e = o * np.exp(x)[:, p.person]
        won = rng.random((size, n)) < e / (1 + e)
        money = won * (p.amount * np.exp(p.spread * rng.standard_normal((size, n)) - p.spread**2 / 2))
        total = np.zeros((size, n + 1))
        np.cumsum(money, axis=1, out=total[:, 1:])
        own = total[:, begins[1:]] - total[:, begins[:-1]] + _new(rng, p, x, variance)
        upward = np.zeros((size, persons + 1))
        np.cumsum(own, axis=1, out=upward[:, 1:])
        out[first : first + size] = upward[:, shape.last] - upward[:, shape.first]
    return out


def _new(rng: np.random.Generator, p: Pipeline, x: Floats, variance: float) -> Floats:
    count = rng.poisson(p.new_rate * np.exp(x - variance / 2))
    size = np.exp(p.new_spread * rng.standard_normal(count.sum()) - p.new_spread**2 / 2)
    size *= np.repeat(np.broadcast_to(p.new_amount, count.shape).ravel(), count.ravel())
    where = np.repeat(np.arange(count.size), count.ravel())
    return np.asarray(np.bincount(where, size, minlength=count.size).reshape(count.shape), float)


_NORMALS = 1 << 16


class Compiled:
    """Histograms of every node. ``low`` and ``high`` bound each node's histogram; draws outside fall on its ends."""

    def __init__(self, pipeline: Pipeline, shape: Shape, shocks: Shocks) -> None:
        self.kernel = _kernel()
        self.shape, self.shocks, p = shape, shocks, pipeline
        self.normal = ndtri((np.arange(_NORMALS) + 0.5) / _NORMALS).astype(np.float32)
        spreads, kind = np.unique(np.append(p.spread, p.new_spread), return_inverse=True)
        z = ndtri((np.arange(8_192) + 0.5) / 8_192)
        sizes = np.exp(spreads[:, None] * z)
        self.sizes = (sizes / sizes.mean(axis=1, keepdims=True)).astype(np.float32)
        _, team = np.unique(shape.team, return_inverse=True)
        persons = np.arange(len(shape.team) + 1)
        self.data = (
            np.searchsorted(p.person, persons), odds(p.chance, shocks).astype(np.float32),
            p.amount.astype(np.float32), kind[:-1].astype(np.uint8), p.new_rate, p.new_amount,
            int(kind[-1]), team.astype(np.int64),
        )  # fmt: skip

    def run(self, low: Floats, high: Floats, draws: int, *, bins: int = 512, seed: int = 0) -> Floats:
        """Distribution functions at ``bins`` - 1 even points from low to high of every node: (nodes, bins - 1)."""
        s = self.shocks
        count = np.zeros((len(low), bins), np.int64)
        bounds = np.unique(np.concatenate([self.shape.first, self.shape.last]))
        self.kernel(
            *self.data, s.company, s.team, s.person, np.searchsorted(bounds, self.shape.first),
            np.searchsorted(bounds, self.shape.last), bounds, low, (bins - 2) / (high - low), count,
            self.normal, self.sizes, draws // 512, seed,
        )  # fmt: skip
        return np.asarray(np.cumsum(count, axis=1)[:, :-1] / (draws // 512 * 512))


def _kernel() -> Any:
    from numba import njit

    u4, f4 = np.uint32, np.float32

    @njit(inline="always")
    def hashed(i, j):
        h = u4(u4(u4(i) * u4(0x9E3779B9)) ^ u4(u4(u4(j) * u4(0x85EBCA6B)) + u4(0x27D4EB2F)))
        h = u4(u4(h ^ u4(h >> u4(16))) * u4(0x7FEB352D))
        h = u4(u4(h ^ u4(h >> u4(15))) * u4(0x846CA68B))
        return u4(h ^ u4(h >> u4(16)))

    @njit(fastmath=True)
    def deal(total, c, i, d0, o, a, sizes):
        scale = f4(2.0**-31)
        for d in range(total.size):
            uniform = f4(np.int32(hashed(i, d0 + d) >> u4(1))) * scale
            e = o * c[d]
            size = sizes[np.int32(hashed(i ^ 0x6A09E667, d0 + d) >> u4(19))]
            total[d] += a * size if uniform * (f4(1) + e) < e else f4(0)

    @njit(fastmath=True)
    def new(total, c, r, d0, rate, a, sizes, scale):
        for d in range(total.size):
            mean = rate * c[d] * scale
            p = np.exp(-mean)
            below = p
            uniform = (np.float64(hashed(r ^ 0x25A5A5A5, d0 + d)) + 0.5) * 2.0**-32
            k = 0
            while uniform > below and k < 500:
                k += 1
                p *= mean / k
                below += p
                total[d] += a * sizes[np.int32(hashed(r * 977 + k, (d0 + d) ^ 0x5BD1E995) >> u4(19))]

    @njit(fastmath=True)
    def run(
        begin, odds_, amount, kind, rate, new_amount, new_kind, team, company_sd, team_sd, person_sd, first, last,
        bounds, low, per_bin, count, normal, sizes, blocks, seed,
    ):  # fmt: skip
        B = 512
        persons = begin.size - 1
        scale = np.exp(-(company_sd**2 + team_sd**2 + person_sd**2) / 2)
        market = np.empty(B, f4)
        shock = np.empty(B, f4)
        c = np.empty(B, f4)
        total = np.empty(B, f4)
        running = np.empty(B)
        at = np.empty((bounds.size, B))
        bins = count.shape[1]
        for b in range(blocks):
            d0 = b * B + seed
            for d in range(B):
                market[d] = company_sd * normal[np.int32(hashed(0x70000001, d0 + d) >> u4(16))]
            running[:] = 0.0
            at[0] = 0.0
            place = 1
            for r in range(persons):
                if r == 0 or team[r] != team[r - 1]:
                    for d in range(B):
                        shock[d] = team_sd * normal[np.int32(hashed(0x60000000 + team[r], d0 + d) >> u4(16))]
                for d in range(B):
                    own = person_sd * normal[np.int32(hashed(0x50000000 + r, d0 + d) >> u4(16))]
                    c[d] = np.exp(market[d] + shock[d] + own)
                total[:] = f4(0)
                for i in range(begin[r], begin[r + 1]):
                    deal(total, c, i, d0, odds_[i], amount[i], sizes[kind[i]])
                if rate[r] > 0:
                    new(total, c, r, d0, rate[r], new_amount[r], sizes[new_kind], scale)
                for d in range(B):
                    running[d] += total[d]
                if place < bounds.size and bounds[place] == r + 1:
                    for d in range(B):
                        at[place, d] = running[d]
                    place += 1
            for n in range(first.size):
                for d in range(B):
                    s = at[last[n], d] - at[first[n], d]
                    k = int((s - low[n]) * per_bin[n]) + 1 if s >= low[n] else 0
                    count[n, min(max(k, 0), bins - 1)] += 1

    return run

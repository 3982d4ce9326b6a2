"""From the sums of a layer to the distributions of nodes: whales, ranges, spectra, distribution functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from fairlead.forecasting import tuning
from fairlead.forecasting.curves import Curve, Piece
from fairlead.forecasting.layers import Layer, Shape

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Ints = NDArray[np.int64]
KINDS = ("person", "team", "top")


class Kernel(Protocol):
    """What computes: :class:`plain.Plain` or :class:`compiled.Compiled`."""

    name: str

    def persons(self, layer: Layer, persons: Ints) -> None: ...
    def teams(self, layer: Layer, teams: Ints) -> None: ...
    def moments(self, layer: Layer, parts: Ints) -> Floats: ...
    def largest(self, layer: Layer, parts: Ints) -> Ints: ...
    def spectra(
        self, layer: Layer, parts: Ints, low: Floats, width: Floats, mass: Floats, zero: Floats, blocks: int
    ) -> tuple[NDArray[np.complexfloating], Ints]: ...
    def quantiles(
        self,
        rise: Singles,
        begin: Ints,
        points: Ints,
        low: Floats,
        width: Floats,
        zero: Floats,
        levels: Floats,
    ) -> Floats: ...
    def screen(
        self,
        rise: Singles,
        low: float,
        width: float,
        zero: float,
        target: float,
        amount: Singles,
        chance: Floats,
    ) -> Floats: ...


@dataclass(frozen=True)
class Solved:
    """Distributions of nodes. Node n has the components ``start[n] … start[n + 1]``, one unless it has whales.

    Per node ``mean``, ``sd`` (exact), ``zero`` (probability of exactly 0). Per component ``mass``, ``share`` at zero,
    ``low``, ``width``, and its curve ``rise[begin : begin + points]``.
    """

    mean: Floats
    sd: Floats
    zero: Floats
    start: Ints
    mass: Floats
    share: Floats
    low: Floats
    width: Floats
    begin: Ints
    points: Ints
    rise: Singles

    def curve(self, n: int, shift: float = 0.0) -> Curve:
        """The distribution of the n-th node."""
        pieces = []
        for c in range(self.start[n], self.start[n + 1]):
            rise = self.rise[self.begin[c] : self.begin[c] + self.points[c]]
            pieces.append(
                Piece(
                    float(self.mass[c]), float(self.share[c]), float(self.low[c]), float(self.width[c]), rise
                )
            )
        return Curve(tuple(pieces), float(self.mean[n]) + shift, float(self.sd[n]), shift)


def component_rows(shape: Shape, team_of: Ints) -> Ints:
    """One component per node, without whales: (nodes, 11), see :mod:`kernels`."""
    out = np.full((len(shape.first), 11), -1, np.int64)
    code = {k: i for i, k in enumerate(KINDS)}
    out[:, 0] = [code[k] for k in shape.kind]
    out[:, 1], out[:, 2] = shape.first, shape.last
    out[:, 3], out[:, 4] = team_of[shape.first], team_of[shape.last - 1] + 1
    return out


def solve(kernel: Kernel, layer: Layer, nodes: Ints) -> Solved:
    """Distributions of the given component rows (one per node) from the sums of the layer."""
    found = kernel.moments(layer, nodes)
    whales = _whales(kernel, layer, nodes, found)
    parts, start = _components(nodes, whales)
    own = found if len(parts) == len(nodes) else _moments_of_components(kernel, layer, parts, found, start)
    mass, mean, variance, share = own[:, 0], own[:, 1], own[:, 2], own[:, 4]
    sd = np.sqrt(variance)
    low, width = _ranges(mean, sd, own[:, 3], _most(layer, parts, own))
    if layer.kept is not None and len(parts) == 1:
        high = np.maximum(low + width, layer.kept.high)
        low = np.minimum(low, layer.kept.low)
        width = high - low
    certain = (sd <= 1e-6 * mean) | (share >= 1 - 1e-12)
    low = np.where(certain, mean * (1 - 1e-6), low)
    width = np.where(certain, np.maximum(2e-6 * mean, 1e-9), width)
    begin, points, rise = _curves(kernel, layer, parts, low, width, mass, share, certain)
    node_zero = found[:, 4]
    return Solved(
        found[:, 1], np.sqrt(found[:, 2]), node_zero, start, mass, share, low, width, begin, points, rise
    )


def quantiles(kernel: Kernel, solved: Solved, levels: Floats) -> Floats:
    """Amounts at the levels for every node: (nodes, levels). Levels rise."""
    single = np.flatnonzero(np.diff(solved.start) == 1)
    c = solved.start[single]
    out = np.zeros((len(solved.mean), len(levels)))
    out[single] = kernel.quantiles(
        solved.rise,
        solved.begin[c],
        solved.points[c],
        solved.low[c],
        solved.width[c],
        solved.share[c],
        levels,
    )
    for n in np.flatnonzero(np.diff(solved.start) > 1):
        out[n] = solved.curve(int(n)).quantile(levels)
    return out


# ---- whales ------------------------------------------------------------------------------------------------


def _whales(kernel: Kernel, layer: Layer, nodes: Ints, found: Floats) -> Ints:
    """Deals to be taken as given per node, (nodes, 3), -1 = none.

    A deal is one where the node's range is more than three times the range without it. Deals are looked at together: if
    two alike whales stretch the range, leaving out one changes little, leaving out both much.
    """
    whales = np.full((len(nodes), tuning.MOST_WHALES), -1, np.int64)
    if not layer.with_deals:
        return whales
    top = kernel.largest(layer, nodes)
    mean, variance, third, most = (
        found[:, 1].copy(),
        found[:, 2].copy(),
        found[:, 3].copy(),
        found[:, 6].copy(),
    )
    before = _width(mean, variance, third, most)
    many = np.zeros(len(nodes), np.int64)
    for k in range(tuning.MOST_WHALES):
        there = top[:, k] >= 0
        m1, c2, c3, highest = _marginal(layer, np.where(there, top[:, k], 0))
        mean, variance, third, most = (
            v - np.where(there, d, 0.0) for v, d in ((mean, m1), (variance, c2), (third, c3), (most, highest))
        )
        after = _width(mean, variance, third, most)
        many = np.where(there & (before > tuning.WHALE * after), k + 1, many)
        before = after
    for k in range(tuning.MOST_WHALES):
        whales[:, k] = np.where(many > k, top[:, k], -1)
    return whales


def _marginal(layer: Layer, deals: Ints) -> tuple[Floats, Floats, Floats, Floats]:
    """Mean, variance, third cumulant and most of single deals, the shock averaged out."""
    d, g = layer.deals, layer.grid
    a, kind = d.amount[deals].astype(float), d.kind[deals]
    e = d.odds[deals].astype(float)[:, None] * g.ex
    q = (e / (1 + e) * g.x_weights).sum(axis=1)
    raw = layer.amounts.raw[kind]
    m1, m2, m3 = q * a, q * a * a * raw[:, 1], q * a * a * a * raw[:, 2]
    return m1, m2 - m1 * m1, m3 - 3 * m1 * m2 + 2 * m1 * m1 * m1, a * layer.amounts.highest[kind]


def _width(mean: Floats, variance: Floats, third: Floats, most: Floats) -> Floats:
    sd = np.sqrt(np.maximum(variance, 1e-18 * np.maximum(mean, 1.0) ** 2))
    return _ranges(np.maximum(mean, 0.0), sd, third, np.maximum(most, 0.0))[1]


def _components(nodes: Ints, whales: Ints) -> tuple[Ints, Ints]:
    """Two components per whale and node, in every combination; the first has no whale won."""
    many = (whales >= 0).sum(axis=1)
    start = np.concatenate([[0], np.cumsum(2**many)]).astype(np.int64)
    if not many.any():
        return nodes, start
    parts = np.repeat(nodes, 2**many, axis=0)
    parts[:, 5:8] = np.repeat(whales, 2**many, axis=0)
    which = np.arange(len(parts)) - np.repeat(start[:-1], 2**many)
    for k in range(tuning.MOST_WHALES):
        parts[:, 8 + k] = (which >> k) & 1
    return parts, start


def _moments_of_components(kernel: Kernel, layer: Layer, parts: Ints, found: Floats, start: Ints) -> Floats:
    many = np.diff(start)
    own = np.repeat(found, many, axis=0)
    with_whales = np.flatnonzero(np.repeat(many, many) > 1)
    own[with_whales] = kernel.moments(layer, parts[with_whales])
    return own


def _most(layer: Layer, parts: Ints, own: Floats) -> Floats:
    """What a component can hardly exceed: whales that are not won bring nothing."""
    most = own[:, 6].copy()
    for k in range(tuning.MOST_WHALES):
        lost = np.flatnonzero((parts[:, 5 + k] >= 0) & (parts[:, 8 + k] == 0))
        if len(lost):
            deals = parts[lost, 5 + k]
            most[lost] -= layer.deals.amount[deals] * layer.amounts.highest[layer.deals.kind[deals]]
    return np.maximum(most, 0.0)


def _ranges(mean: Floats, sd: Floats, third: Floats, most: Floats) -> tuple[Floats, Floats]:
    """Lowest point and width from exact mean, sd and third cumulant, cut at the possible maximum."""
    skew = np.clip(third / np.maximum(sd, 1e-100) ** 3, 0, tuning.MOST_SKEW)
    low = np.maximum(mean - tuning.BELOW * sd, 0.0)
    high = np.minimum(mean + (tuning.ABOVE + tuning.PER_SKEW * skew) * sd, most * 1.02)
    width = np.maximum((high - low) * (1 + 2 * tuning.MARGIN), 1e-9)
    return low - tuning.MARGIN * width, width


# ---- distribution functions --------------------------------------------------------------------------------


def _blocks(layer: Layer, parts: Ints) -> Ints:
    """How many blocks of frequencies each component may take: more where it has few deals."""
    count = np.concatenate([[0], np.cumsum(layer.deals.end - layer.deals.begin)])
    deals = np.maximum(count[parts[:, 2]] - count[parts[:, 1]], 1)
    wanted = np.clip(tuning.DEALS_TIMES_BLOCKS // deals, tuning.FEWEST_BLOCKS, tuning.MOST_BLOCKS)
    return np.asarray(2 ** np.log2(wanted).astype(np.int64), np.int64)


def _curves(
    kernel: Kernel, layer: Layer, parts: Ints, low: Floats, width: Floats, mass: Floats, share: Floats,
    certain: NDArray[np.bool_],
) -> tuple[Ints, Ints, Singles]:  # fmt: skip
    """Begin and number of points of every component's curve, and all curves in one array."""
    blocks = _blocks(layer, parts)
    points = np.full(len(parts), 3, np.int64)
    groups = []
    for b in np.unique(blocks[~certain]):
        rows = np.flatnonzero((blocks == b) & ~certain)
        found, used = kernel.spectra(
            layer, parts[rows], low[rows], width[rows], mass[rows], share[rows], int(b)
        )
        for u in np.unique(used):
            some = np.flatnonzero(used == u)
            f = _rise(found[some, : u + 1], int(u), share[rows[some]])
            points[rows[some]] = f.shape[1]
            groups.append((rows[some], f))
    begin = np.cumsum(points) - points
    out = np.empty(int(points.sum()), np.float32)
    for rows, f in groups:
        out[begin[rows][:, None] + np.arange(f.shape[1])] = f
    for c in np.flatnonzero(certain):
        out[begin[c] : begin[c] + 3] = (1 - share[c]) * np.array([0.0, 0.5, 1.0])
    return begin, points, out


def _rise(coefficients: NDArray[np.complexfloating], used: int, share: Floats) -> Singles:
    """Fourier series to distribution functions less the share at zero: (components, points + 1), rising."""
    wanted = used * tuning.POINTS_PER_FREQUENCY
    points = int(np.clip(2 ** np.ceil(np.log2(wanted)), tuning.LEAST_POINTS, tuning.MOST_POINTS))
    f = np.empty((len(share), points + 1), np.float32)
    top = (1 - share).astype(np.float32)[:, None]
    found = np.fft.irfft(coefficients, n=points, axis=1, norm="forward")
    found -= found[:, :1].copy()
    f[:, :points] = found + top * (np.arange(points) / points).astype(np.float32)
    f[:, points] = top[:, 0]
    np.maximum.accumulate(f, axis=1, out=f)
    return np.asarray(np.clip(f, 0, top, out=f))

"""The distribution function of one node, and everything that is read from it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]


@dataclass(frozen=True)
class Piece:
    """A component of a node's distribution: what comes if the whales end in one way.

    ``mass`` its probability; ``zero`` the share of it that is exactly 0; ``rise`` its distribution function without
    that share, from 0 to 1 - zero on an even grid from ``low`` to ``low + width``.
    """

    mass: float
    zero: float
    low: float
    width: float
    rise: Singles


@dataclass(frozen=True)
class Curve:
    """The distribution of a node's total. ``mean`` and ``sd`` are exact; ``shift`` is money already booked.

    >>> rise = np.linspace(0, 1, 257).astype(np.float32)
    >>> flat = Curve((Piece(1.0, 0.0, 0.0, 100.0, rise),), 50.0, 28.9)
    >>> round(flat.chance(30.0), 3), round(float(flat.quantile([0.1])[0]), 3), round(flat.shortfall(50.0), 3)
    (0.7, 10.0, 12.5)
    >>> round(flat.worst(0.1), 3)
    5.0
    """

    pieces: tuple[Piece, ...]
    mean: float
    sd: float
    shift: float = 0.0

    def below(self, x: float) -> float:
        """P(S <= x), 0-1. Cubic between grid points; error below 1e-4 away from atoms, a grid step smears those."""
        x = x - self.shift
        if x < 0:
            return 0.0
        total = 0.0
        for p in self.pieces:
            total += p.mass * (p.zero + value(p.rise, (x - p.low) / p.width))
        return min(max(total, 0.0), 1.0)

    def chance(self, target: float) -> float:
        """P(S >= target): reaching the target exactly counts as reached. 1 for a target at or below zero."""
        x = target - self.shift
        return 1.0 if x <= 0 else 1 - self.below(target)

    def quantile(self, levels: Sequence[float] | Floats) -> Floats:
        """Smallest amounts that the total is below with these probabilities, each above 0 and below 1."""
        p = np.asarray(levels, float)
        if len(self.pieces) == 1:
            only = self.pieces[0]
            at = np.maximum(only.low + only.width * inverse(only.rise, p - only.zero), 0.0)
            return np.asarray(np.where(p <= only.zero, 0.0, at) + self.shift)
        x, f = self.grid
        zero = sum(q.mass * q.zero for q in self.pieces)
        return np.asarray(np.where(p <= zero, 0.0, np.maximum(np.interp(p, f, x), 0.0)) + self.shift)

    def shortfall(self, target: float) -> float:
        """E(T - S)+, what is missing to the target on average: the integral of the distribution function to T."""
        t = target - self.shift
        if t <= 0:
            return 0.0
        return sum(q.mass * (q.zero * t + _area(q, t)) for q in self.pieces)

    def worst(self, share: float = 0.1) -> float:
        """Mean of the worst tenth (or another share, 0-1): quantile - integral of F to it, over the share."""
        q = float(self.quantile([share])[0])
        return q - self.shortfall(q) / share

    @cached_property
    def grid(self) -> tuple[Floats, Floats]:
        """Points and P(S <= point) of all pieces together, from the smallest point that matters; both rise."""
        x = np.unique(np.concatenate([p.low + p.width * np.linspace(0, 1, len(p.rise)) for p in self.pieces]))
        x = x[x >= 0]
        f = np.zeros(len(x))
        for p in self.pieces:
            at = p.low + p.width * np.linspace(0, 1, len(p.rise))
            f += p.mass * (p.zero + np.interp(x, at, p.rise))
        return x, np.maximum.accumulate(f) + np.arange(len(x)) * 1e-15


def value(rise: Singles, place: float) -> float:
    """The curve at ``place`` of its width: Catmull-Rom between grid points, kept between their values."""
    last = len(rise) - 1
    at = place * last
    if at <= 0:
        return 0.0
    if at >= last:
        return float(rise[last])
    k = int(at)
    return float(_between(rise, np.array([k]), np.array([at - k]))[0])


def inverse(rise: Singles, p: Floats) -> Floats:
    """Places (share of the width) where the curve reaches ``p``: three Newton steps in the grid cell's cubic."""
    last = len(rise) - 1
    k = np.clip(np.searchsorted(rise[1:last], p), 0, last - 1)
    f1, c1, c2, c3 = _cubic(rise, k)
    t = np.clip((p - f1) / np.maximum(rise[k + 1] - f1, 1e-30), 0, 1)
    for _ in range(3):
        slope = np.maximum(c1 + t * (2 * c2 + 3 * t * c3), 1e-30)
        t = np.clip(t - (f1 + t * (c1 + t * (c2 + t * c3)) - p) / slope, 0, 1)
    return np.asarray((k + t) / last)


def _between(rise: Singles, k: NDArray[np.int64], t: Floats) -> Floats:
    f1, c1, c2, c3 = _cubic(rise, k)
    return np.asarray(np.clip(f1 + t * (c1 + t * (c2 + t * c3)), f1, rise[k + 1]))


def _cubic(rise: Singles, k: NDArray[np.int64]) -> tuple[Floats, Floats, Floats, Floats]:
    """Coefficients of the Catmull-Rom cubic in each cell."""
    last = len(rise) - 1
    f1, f2 = rise[k].astype(float), rise[k + 1].astype(float)
    f0 = np.where(k > 0, rise[np.maximum(k - 1, 0)], 2 * f1 - f2)
    f3 = np.where(k + 2 <= last, rise[np.minimum(k + 2, last)], 2 * f2 - f1)
    return f1, 0.5 * (f2 - f0), f0 - 2.5 * f1 + 2 * f2 - 0.5 * f3, 1.5 * (f1 - f2) + 0.5 * (f3 - f0)


def _area(piece: Piece, x: float) -> float:
    """Integral of the piece's rise up to x, by trapezes."""
    last = len(piece.rise) - 1
    at = (x - piece.low) / piece.width * last
    step = piece.width / last
    if at <= 0:
        return 0.0
    whole = min(int(at), last)
    area = float(np.trapezoid(piece.rise[: whole + 1].astype(float))) * step
    if at >= last:
        return area + (x - piece.low - piece.width) * float(piece.rise[last])
    end = value(piece.rise, at / last)
    return area + (at - whole) * step * 0.5 * (float(piece.rise[whole]) + end)

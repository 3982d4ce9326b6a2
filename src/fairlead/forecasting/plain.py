"""The plain kernel: the method in NumPy, one node at a time, in double precision. No compiler is needed.

It answers for pipelines of up to some 5,000 deals and says what :mod:`kernels` computes:

    F_person(w, x) = prod_i [1 - q_i(x) (1 - phi_i(w))] exp(rate(x) (phi_new(w) - 1)),  q_i(x) = o_i e^x / (1 + o_i e^x)
    G_person(w, y) = sum_x to_team[y, x] F_person(w, x)          the person's own shock integrated out
    F_team(w, y)   = prod_persons G_person(w, y)
    G_team(w, m)   = sum_y to_company[m, y] F_team(w, y)         the team's
    F_top(w, m)    = prod_teams G_team(w, m)
    phi(w)         = sum of F over its own factor nodes, weighted

Deals that the frequencies of a block cannot resolve enter through their first four cumulants given the shock. A deal
taken as given (a whale) contributes q(x) phi(w) where won and 1 - q(x) where not.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fairlead.forecasting import tuning
from fairlead.forecasting.amounts import STEPS
from fairlead.forecasting.curves import inverse
from fairlead.forecasting.layers import Layer

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Complexes = NDArray[np.complex128]
Ints = NDArray[np.int64]
_AT_ONCE = 2_000


class _Given(NamedTuple):
    """Cumulants (4, nodes), weight of what is taken as given (nodes,), and weighted mass at zero (nodes,)."""

    cumulants: Floats
    weight: Floats
    zero: Floats


class Plain:
    """The kernel behind :class:`book.Book`.

    ``parts`` are components, one a row: kind (0 person, 1 team, 2 top), first and last person, first and last team,
    three whale deals (-1 = none), whether each is won (1) or not (0).
    """

    name = "plain"

    def persons(self, layer: Layer, persons: Ints) -> None:
        """Fill the sums of the given persons from their deals and new business."""
        s, g = layer.sums, layer.grid
        for r in persons:
            given = _person(layer, int(r), np.zeros(11, np.int64) - 1)
            deals = slice(layer.deals.begin[r], layer.deals.end[r])
            amount, kind = layer.deals.amount[deals].astype(float), layer.deals.kind[deals]
            s.most[r] = (amount * layer.amounts.highest[kind]).sum()
            if _new_reach(layer, int(r)) > 0:
                s.most[r] = tuning.NO_LIMIT
            reach = np.append(amount * layer.amounts.stretch[kind], _new_reach(layer, int(r)))
            s.person[r], s.zero[r], s.reach[r] = given.cumulants, given.zero, reach.max()
            s.person_up[r] = integrate(given.cumulants, g.to_team)
            s.zero_up[r] = np.clip(g.to_team @ given.zero, 0, 1)

    def teams(self, layer: Layer, teams: Ints) -> None:
        """Fill the sums of the given teams from those of their persons."""
        s, g, first = layer.sums, layer.grid, layer.deals.team_first
        for t in teams:
            persons = slice(first[t], first[t + 1])
            s.team[t], s.zero_team[t] = s.person_up[persons].sum(axis=0), s.zero_up[persons].prod(axis=0)
            s.team_reach[t] = s.reach[persons].max()
            s.team_up[t] = integrate(s.team[t], g.to_company)
            s.zero_team_up[t] = np.clip(g.to_company @ s.zero_team[t], 0, 1)

    def moments(self, layer: Layer, parts: Ints) -> Floats:
        """Per component: mass, mean, variance, third cumulant, share at zero, fourth cumulant, most possible."""
        out = np.empty((len(parts), 7))
        for n, part in enumerate(parts):
            g = layer.grid
            base = (g.x_weights, g.y_weights, g.m_weights)[part[0]]
            given = _node(layer, part)
            mass = max(float(base @ given.weight), 1e-300)
            found = integrate(given.cumulants, (base * given.weight / mass)[None, :])[:, 0]
            zero = min(max(float(base @ given.zero) / mass, 0.0), 1.0)
            most = layer.sums.most[part[1] : part[2]].sum()
            out[n] = mass, found[0], max(found[1], 0.0), found[2], zero, found[3], most
        return out

    def largest(self, layer: Layer, parts: Ints) -> Ints:
        """The three largest deals of each node, by amount: rows of the deal arrays, -1 where there are fewer."""
        out = np.full((len(parts), 3), -1, np.int64)
        d = layer.deals
        for n, part in enumerate(parts):
            rows = [np.arange(d.begin[r], min(d.begin[r] + 3, d.end[r])) for r in range(part[1], part[2])]
            deals = np.concatenate(rows)
            deals = deals[d.amount[deals] > 0]
            top = deals[np.argsort(-d.amount[deals], kind="stable")[:3]]
            out[n, : len(top)] = top
        return out

    def spectra(
        self, layer: Layer, parts: Ints, low: Floats, width: Floats, mass: Floats, zero: Floats, blocks: int
    ) -> tuple[Complexes, Ints]:
        """Fourier coefficients of the distribution functions (components, 1 + frequencies), and how many are used."""
        out = np.zeros((len(parts), 1 + blocks * tuning.BLOCK), complex)
        used = np.zeros(len(parts), np.int64)
        g = layer.grid
        for n, part in enumerate(parts):
            weights = (g.x_weights, g.y_weights, g.m_weights)[part[0]]
            found = []
            for block in range(blocks):
                w = 2 * np.pi * (block * tuning.BLOCK + np.arange(1, tuning.BLOCK + 1)) / width[n]
                phi = weights @ _node_function(layer, part, w) / mass[n] - zero[n]
                found.append(phi)
                if np.abs(phi[tuning.BLOCK // 2 :]).max() < tuning.DIED_OUT:
                    break
            phi = np.concatenate(found)
            used[n] = len(phi)
            k = np.arange(1, len(phi) + 1)
            x = (k / (len(phi) + 1)) ** 2
            died = np.abs(phi[-tuning.BLOCK // 2 :]).max() < tuning.DIED_OUT
            smooth = np.exp(-(tuning.FILTER * x**4 if died else tuning.BELL * x)) / (2 * np.pi * k)
            out[n, 1 : len(phi) + 1] = np.conj(
                phi * np.exp(-2j * np.pi * k * low[n] / width[n]) * 1j * smooth
            )
        return out, used

    def quantiles(
        self,
        rise: Singles,
        begin: Ints,
        points: Ints,
        low: Floats,
        width: Floats,
        zero: Floats,
        levels: Floats,
    ) -> Floats:
        """Amounts at the levels, for components that are whole nodes."""
        out = np.empty((len(begin), len(levels)))
        for n in range(len(begin)):
            f = rise[begin[n] : begin[n] + points[n]]
            at = low[n] + width[n] * inverse(f, levels - zero[n])
            out[n] = np.where(levels <= zero[n], 0.0, np.maximum(at, 0.0))
        return out

    def screen(
        self,
        rise: Singles,
        low: float,
        width: float,
        zero: float,
        target: float,
        amount: Singles,
        chance: Floats,
    ) -> Floats:
        """First-order swing of each deal on P(S >= target): F(T + q a) - F(T - (1 - q) a)."""
        grid = low + width * np.linspace(0, 1, len(rise))
        a = amount.astype(float)
        above, below = target + chance * a, target - (1 - chance) * a
        return np.asarray(
            np.interp(above, grid, rise)
            - np.interp(below, grid, rise)
            + zero * ((above >= 0).astype(float) - (below >= 0))
        )


# ---- sums given the shock ----------------------------------------------------------------------------------


def integrate(c: Floats, weights: Floats) -> Floats:
    """Law of total cumulance: (4, nodes) and rows of weights (rows, nodes) that sum to one -> (4, rows)."""
    k1, k2, k3, k4 = c
    mean = weights @ k1
    d = k1[None, :] - mean[:, None]
    c2 = (weights * (k2 + d * d)).sum(axis=1)
    c3 = (weights * (k3 + 3 * k2 * d + d**3)).sum(axis=1)
    c4 = (weights * (k4 + 3 * k2 * k2 + 4 * k3 * d + 6 * k2 * d * d + d**4)).sum(axis=1)
    return np.stack([mean, c2, c3, c4 - 3 * c2 * c2])


def _given_shock(layer: Layer, deals: Ints | slice) -> Floats:
    e = layer.deals.odds[deals].astype(float)[:, None] * layer.grid.ex[None, :]
    return np.asarray(e / (1 + e))


def _deal_cumulants(layer: Layer, deals: Ints | slice) -> Floats:
    """First four cumulants of each deal given the shock: (deals, 4, nodes)."""
    q = _given_shock(layer, deals)
    raw = layer.amounts.raw[layer.deals.kind[deals]]
    a = layer.deals.amount[deals].astype(float)
    return np.stack(_cumulants(*(q * (a ** (k + 1) * raw[:, k])[:, None] for k in range(4))), axis=1)


def _cumulants(m1: Floats, m2: Floats, m3: Floats, m4: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    s = m1 * m1
    return (
        m1,
        m2 - s,
        m3 - 3 * m1 * m2 + 2 * m1 * s,
        m4 - 4 * m1 * m3 - 3 * m2 * m2 + 12 * s * m2 - 6 * s * s,
    )


def _new_cumulants(layer: Layer, r: int) -> Floats:
    d = layer.deals
    powers = d.new_amount[r] ** np.arange(1, 5) * layer.amounts.raw[d.new_kind[0]]
    return np.asarray(powers[:, None] * (d.rate[r] * layer.grid.rate_scale)[None, :])


def _new_reach(layer: Layer, r: int) -> float:
    d = layer.deals
    here = d.rate[r] > 0
    return float(here * d.new_amount[r] * layer.amounts.stretch[d.new_kind[0]] * tuning.NEW_REACH)


def _person(layer: Layer, r: int, part: Ints) -> _Given:
    """A person's sums given the shock, whales of the component taken as given."""
    d = layer.deals
    deals = np.arange(d.begin[r], d.end[r])
    whales, won = _whales_among(part, deals)
    rest = deals[~np.isin(deals, whales)]
    cumulants = _deal_cumulants(layer, rest).sum(axis=0)
    q = _given_shock(layer, rest[d.amount[rest] > 0])
    zero = np.prod(1 - q, axis=0)
    if d.rate[r] > 0 and d.new_amount[r] > 0:
        cumulants = cumulants + _new_cumulants(layer, r)
        zero = zero * np.exp(-d.rate[r] * layer.grid.rate_scale)
    weight = np.ones(len(zero))
    for i, is_won in zip(whales, won, strict=True):
        q1 = _given_shock(layer, np.array([i]))[0]
        weight = weight * (q1 if is_won else 1 - q1)
        if is_won:
            raw, a = layer.amounts.raw[d.kind[i]], float(d.amount[i])
            own = _cumulants(*(np.array([a ** (k + 1) * raw[k]]) for k in range(4)))
            cumulants = cumulants + np.stack(own)
            zero = zero * 0.0
    return _Given(cumulants, weight, zero * weight)


def _whales_among(part: Ints, deals: Ints) -> tuple[list[int], list[bool]]:
    if not len(deals):
        return [], []
    here = [(int(part[5 + f]), part[8 + f] == 1) for f in range(3) if deals[0] <= part[5 + f] <= deals[-1]]
    return [i for i, _ in here], [bool(w) for _, w in here]


def _up(given: _Given, matrix: Floats) -> _Given:
    """One shock integrated out, with what is taken as given as weight."""
    weights = np.maximum(matrix * given.weight[None, :], 0.0)
    total = weights.sum(axis=1)
    cumulants = integrate(given.cumulants, weights / np.maximum(total, 1e-300)[:, None])
    return _Given(cumulants, total, matrix @ given.zero)


def _together(parts: list[_Given], like: Floats) -> _Given:
    cumulants, weight, zero = np.zeros((4, len(like))), np.ones(len(like)), np.ones(len(like))
    for p in parts:
        cumulants, weight, zero = cumulants + p.cumulants, weight * p.weight, zero * p.zero
    return _Given(cumulants, weight, zero)


def _node(layer: Layer, part: Ints) -> _Given:
    s, g, first = layer.sums, layer.grid, layer.deals.team_first
    if part[0] == 0:
        if part[5] >= 0:
            return _person(layer, int(part[1]), part)
        return _Given(s.person[part[1]], np.ones(len(g.x_weights)), s.zero[part[1]])
    if part[0] == 1:
        return _team(layer, int(part[1]), int(part[2]), part)
    parts = [
        _up(_team(layer, int(first[t]), int(first[t + 1]), part), g.to_company)
        if _has_whale(layer, part, int(first[t]), int(first[t + 1]))
        else _Given(s.team_up[t], np.ones(len(g.m_weights)), s.zero_team_up[t])
        for t in range(part[3], part[4])
    ]
    return _together(parts, g.m_weights)


def _has_whale(layer: Layer, part: Ints, first: int, last: int) -> bool:
    d = layer.deals
    return any(
        bool(((d.begin[first:last] <= part[f]) & (part[f] < d.end[first:last])).any())
        for f in range(5, 8)
        if part[f] >= 0
    )


def _team(layer: Layer, first: int, last: int, part: Ints) -> _Given:
    s, g = layer.sums, layer.grid
    parts = [
        _up(_person(layer, r, part), g.to_team)
        if _has_whale(layer, part, r, r + 1)
        else _Given(s.person_up[r], np.ones(len(g.y_weights)), s.zero_up[r])
        for r in range(first, last)
    ]
    return _together(parts, g.y_weights)


# ---- characteristic functions given the shock --------------------------------------------------------------


def _node_function(layer: Layer, part: Ints, w: Floats) -> Complexes:
    """Of a node at the frequencies of a block: (its factor nodes, frequencies)."""
    threshold = tuning.UNRESOLVED / w[-1]
    s, g, first = layer.sums, layer.grid, layer.deals.team_first
    if part[0] == 0:
        return _person_function(layer, int(part[1]), part, w, threshold)
    if part[0] == 1:
        return _team_function(layer, int(part[1]), int(part[2]), part, w, threshold)
    out = np.ones((len(g.m_weights), len(w)), complex)
    quiet = np.zeros((4, len(g.m_weights)))
    for t in range(part[3], part[4]):
        a, b = int(first[t]), int(first[t + 1])
        if s.team_reach[t] < threshold and not _has_whale(layer, part, a, b):
            quiet += s.team_up[t]
        else:
            out *= _once(
                layer, "team", range(a, b), part, w, partial(_team_up, layer, a, b, part, w, threshold)
            )
    return out * from_cumulants(quiet, w)


def _team_function(layer: Layer, first: int, last: int, part: Ints, w: Floats, threshold: float) -> Complexes:
    s, g = layer.sums, layer.grid
    shown = [r for r in range(first, last) if s.reach[r] >= threshold or _has_whale(layer, part, r, r + 1)]
    out = np.ones((len(g.y_weights), len(w)), complex)
    for r in shown:
        out *= _once(
            layer, "person", range(r, r + 1), part, w, partial(_person_up, layer, r, part, w, threshold)
        )
    if len(shown) < last - first:
        quiet = np.setdiff1d(np.arange(first, last), shown)
        out *= from_cumulants(s.person_up[quiet].sum(axis=0), w)
    return out


def _team_up(layer: Layer, first: int, last: int, part: Ints, w: Floats, threshold: float) -> Complexes:
    return np.asarray(layer.grid.to_company @ _team_function(layer, first, last, part, w, threshold))


def _person_up(layer: Layer, r: int, part: Ints, w: Floats, threshold: float) -> Complexes:
    return np.asarray(layer.grid.to_team @ _person_function(layer, r, part, w, threshold))


def _once(
    layer: Layer, level: str, persons: range, part: Ints, w: Floats, compute: Callable[[], Complexes]
) -> Complexes:
    """The function of persons whom no change touches, computed once for all solves at the same frequencies."""
    kept = layer.kept
    if kept is None or not kept.touched.isdisjoint(persons) or (part[5:8] >= 0).any():
        return compute()
    key = level, persons.start, float(w[0]), float(w[-1])
    if key not in kept.functions:
        kept.functions[key] = compute()
    return kept.functions[key]


def _person_function(layer: Layer, r: int, part: Ints, w: Floats, threshold: float) -> Complexes:
    """Resolved deals and whales explicit, the rest by cumulants."""
    d, a = layer.deals, layer.amounts
    deals = np.arange(d.begin[r], d.end[r])
    whales, won = _whales_among(part, deals)
    resolved = d.amount[deals].astype(float) * a.stretch[d.kind[deals]] >= threshold
    if whales:
        resolved |= deals <= max(whales)
    new_business = bool(d.rate[r] > 0 and d.new_amount[r] > 0)
    new_shown = new_business and _new_reach(layer, r) >= threshold
    shown, rest = deals[resolved], deals[~resolved]
    out = np.ones((len(layer.grid.ex), len(w)), complex)
    if len(rest) or new_business != new_shown:
        quiet = _deal_cumulants(layer, rest).sum(axis=0)
        if new_business and not new_shown:
            quiet = quiet + _new_cumulants(layer, r)
        out = from_cumulants(quiet, w)
    for some in (shown[k : k + _AT_ONCE] for k in range(0, len(shown), _AT_ONCE)):
        out = out * _deals_function(layer, some, w, dict(zip(whales, won, strict=True)))
    if new_shown:
        wave = amount_waves(layer, d.new_kind, d.new_amount[r : r + 1], w)[0]
        out = out * np.exp((d.rate[r] * layer.grid.rate_scale)[:, None] * (wave - 1)[None, :])
    return out


def _deals_function(layer: Layer, deals: Ints, w: Floats, whales: dict[int, bool]) -> Complexes:
    waves = amount_waves(layer, layer.deals.kind[deals], layer.deals.amount[deals].astype(float), w)
    q = _given_shock(layer, deals)
    factors = q[:, :, None] * (waves - 1)[:, None, :]
    factors += 1
    for i, won in whales.items():
        for at in np.flatnonzero(deals == i):
            factors[at] = q[at][:, None] * waves[at][None, :] if won else (1 - q[at])[:, None]
    return np.asarray(np.multiply.reduce(factors, axis=0))


def amount_waves(layer: Layer, kinds: NDArray[np.integer], amount: Floats, w: Floats) -> Complexes:
    """Characteristic functions of amounts at the frequencies: (amounts, frequencies)."""
    a = layer.amounts
    out = np.exp(1j * amount[:, None] * w)
    for k in np.unique(kinds):
        if a.spread[k] > 0:
            rows = np.flatnonzero(kinds == k)
            at = np.minimum(amount[rows][:, None] * w * (a.spread[k] * STEPS), a.real.shape[1] - 2)
            i = at.astype(np.int64)
            f = at - i
            table = a.real[k] + 1j * a.imaginary[k]
            out[rows] *= table[i] + f * (table[i + 1] - table[i])
    return np.asarray(out)


def from_cumulants(c: Floats, w: Floats) -> Complexes:
    """exp of the truncated cumulant series: (4, nodes) -> (nodes, frequencies), kept from growing."""
    k1, k2, k3, k4 = (row[:, None] for row in c)
    k2 = np.maximum(k2, 0.0)
    limit = 3.0 * k2 / w[-1] ** 2
    k4 = np.clip(k4, -limit, limit)
    growth = np.maximum(w**2 * k2 / 2 - w**4 * k4 / 24, 0.0)
    return np.asarray(np.exp(1j * (w * k1 - w**3 * k3 / 6) - growth))

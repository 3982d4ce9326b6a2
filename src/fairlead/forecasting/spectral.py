"""The distribution of every node of an organisation, computed without simulation.

Total of a node = sum over open deals of (won or not) x amount + deals not yet created. Given the summed shock x
of company, team and person, deals are independent, so the characteristic function of a person is a product over
deals times a compound Poisson factor. Integrating the person's shock gives a factor of the team, integrating the
team's shock one of the company (:mod:`factors`). The distribution function is the Fourier series of the marginal
characteristic function on a range found from exact cumulants; the mass at exactly zero is carried apart.

Every deal is explicit at persons and teams. Above, deals too small to be resolved by the frequencies at hand
enter through their first four conditional cumulants; the error of that is below 1e-4 in the distribution function.
Source: conditional independence with factor quadrature as in CreditRisk+ and factor copula models (Andersen,
Sidenius & Basu, "All your hedges in one basket", 2003); Fourier series of a CDF as in Fang & Oosterlee (2008).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fairlead.forecasting.factors import FactorGrid, Shocks, conditional_log_odds, factor_grid
from fairlead.forecasting.threads import one_thread

Floats = NDArray[np.float64]
Complexes = NDArray[np.complex128]
Ints = NDArray[np.int64]
LEVELS = np.arange(1, 200) / 200
PARTS = ("total", "open", "new")
WITH_DEALS, NEW_ONLY = [0, 1], [2]
"""Total and open share one range and one set of frequencies; new has its own, for it may be far narrower."""
BLOCK = 32
_DIED_OUT = 1e-3
_MOST_BLOCKS = {"person": 32, "team": 32, "top": 24}
_DEALS_AT_ONCE = 2_000
_UNRESOLVED = 1.5
_GRID = 2_048
_MOST_NORMALS = 25


@dataclass(frozen=True)
class Pipeline:
    """Open deals sorted by person, and the expected new deals of each person.

    ``person`` rises; ``chance`` 0-1; ``amount`` mean size >= 0; ``spread`` log-sd of the size, 0 = certain.
    Per person: ``new_rate`` expected new wins in the period, ``new_amount`` their mean size, and
    ``new_spread`` their one log-sd. Money in major units.
    """

    person: Ints
    chance: Floats
    amount: Floats
    spread: Floats
    new_rate: Floats
    new_amount: Floats
    new_spread: float


@dataclass(frozen=True)
class Shape:
    """Where persons sit: ``team`` per person (rising), and nodes as half-open ranges of persons.

    ``kind`` of a node is person (one person), team (persons of one team), or top (whole teams).
    """

    team: Ints
    first: Ints
    last: Ints
    kind: tuple[str, ...]


@dataclass(frozen=True)
class Distribution:
    """Per node and part (total, open, new): 199 quantiles, exact mean and sd, and the mass at zero."""

    quantiles: Floats
    mean: Floats
    sd: Floats
    zero: Floats


@dataclass(frozen=True)
class _Sizes:
    """Amounts of mean 1 per class of spread: a small mixture of normals with the exact second moment."""

    weight: Floats
    place: Floats
    width: Floats
    raw: Floats


@dataclass(frozen=True)
class _State:
    pipeline: Pipeline
    shape: Shape
    grid: FactorGrid
    start: Ints
    odds: Floats
    kind_of_size: Ints
    sizes: _Sizes
    new_kind: int
    rate: Floats
    """New wins per person and factor node."""
    team_place: Ints
    """Place of each person's team among the teams."""


@one_thread
def distribute(pipeline: Pipeline, shape: Shape, shocks: Shocks) -> Distribution:
    """Quantiles of total, open and new parts for every node. Deterministic; same bytes on one machine."""
    state = _prepare(pipeline, shape, shocks)
    cumulants, zero = _person_cumulants(state)
    team_level = _integrate(cumulants, state.grid.to_team)
    nodes = len(shape.first)
    out = np.zeros((nodes, 3, len(LEVELS)))
    mean, sd, mass = np.zeros((nodes, 3)), np.zeros((nodes, 3)), np.zeros((nodes, 3))
    per_team = _sum_by_team(team_level, shape.team)
    company_level = _integrate(per_team, state.grid.to_company)
    zero_team, zero_company = _zeros_upward(state, zero)
    for kind, members in _by_kind(shape):
        moments = _moments(state, kind, members, cumulants, team_level, company_level)
        p0 = _node_zero(state, kind, members, zero, zero_team, zero_company)
        mean[members], sd[members], mass[members] = (
            moments[:, :, 0],
            np.sqrt(np.maximum(moments[:, :, 1], 0)),
            p0,
        )
        upper = (cumulants, team_level, per_team, company_level)
        for parts in (WITH_DEALS, NEW_ONLY):
            low, width = _ranges(moments[:, parts], _most(state, members, moments)[:, parts])
            for some, spectra in _spectra(state, kind, members, parts, p0[:, parts], width, upper):
                found = _quantiles(spectra, p0[some][:, parts], low[some], width[some])
                out[np.ix_(members[some], np.array(parts))] = found
    return Distribution(out, mean, sd, mass)


def _prepare(pipeline: Pipeline, shape: Shape, shocks: Shocks) -> _State:
    grid = factor_grid(shocks)
    spreads = np.unique(np.append(pipeline.spread, pipeline.new_spread))
    kinds = np.searchsorted(spreads, pipeline.spread)
    rate = pipeline.new_rate[:, None] * np.exp(grid.x)[None, :] / float(grid.x_weights @ np.exp(grid.x))
    start = np.searchsorted(pipeline.person, np.arange(len(shape.team) + 1))
    return _State(
        pipeline, shape, grid, start, conditional_log_odds(pipeline.chance, grid), kinds, _sizes(spreads),
        int(np.searchsorted(spreads, pipeline.new_spread)), rate,
        np.searchsorted(_begins(shape.team), np.arange(len(shape.team)), side="right") - 1,
    )  # fmt: skip


def _sizes(spreads: Floats) -> _Sizes:
    """Up to 25 normals per log-normal of mean 1: nodes carry most of the log variance, widths the rest."""
    weight, place, width = (np.zeros((len(spreads), _MOST_NORMALS)) for _ in range(3))
    for k, s in enumerate(spreads):
        count, share = (1, 0.0) if s <= 0.02 else (3, 0.8) if s < 0.3 else (_MOST_NORMALS, 0.9)
        nodes, w = np.polynomial.hermite_e.hermegauss(count)
        w = w / w.sum()
        e = np.exp(s * np.sqrt(share) * nodes)
        e = e / (w @ e)
        left = np.exp(s * s) - w @ (e * e)
        weight[k, :count], place[k, :count] = w, e
        width[k, :count] = e * np.sqrt(max(left, 0.0) / (w @ (e * e)))
    raw = np.exp(np.outer(spreads**2, [0.0, 1.0, 3.0, 6.0]))
    return _Sizes(weight, place, width, raw)


def _size_waves(state: _State, kinds: Ints, amounts: Floats, w: Floats) -> Complexes:
    """Characteristic function of each size at its evenly spaced frequencies: (deals, frequencies)."""
    out = np.zeros((len(amounts), w.shape[-1]), complex)
    broad = np.sqrt(state.sizes.raw[kinds, 1] - 1)
    coarse = amounts * w[..., -1] * broad < 0.5
    for rows, pieces in _wave_groups(state.sizes, kinds, coarse, broad):
        for weight, place, width in pieces:
            out[rows] += weight * _wave(amounts[rows] * place, amounts[rows] * width, w[rows])
    return out


_Piece = tuple[float, float, float]


def _wave_groups(
    sizes: _Sizes, kinds: Ints, coarse: NDArray[np.bool_], broad: Floats
) -> Iterator[tuple[Ints, list[_Piece]]]:
    """Rows with the normals that stand for their size: one where the frequencies cannot tell more apart."""
    for k in np.unique(kinds):
        mine = kinds == k
        rows = np.flatnonzero(mine & coarse)
        if len(rows):
            yield rows, [(1.0, 1.0, float(broad[rows[0]]))]
        rows = np.flatnonzero(mine & ~coarse)
        if len(rows):
            used = sizes.weight[k] > 0
            yield (
                rows,
                list(
                    zip(*(t[k][used].tolist() for t in (sizes.weight, sizes.place, sizes.width)), strict=True)
                ),
            )


def _wave(place: Floats, width: Floats, w: Floats) -> Complexes:
    """exp(i w place - (w width)^2 / 2) along evenly spaced w, by repeated multiplication."""
    turns = np.empty(w.shape, complex)
    turns[:, 0] = np.exp(1j * place * w[:, 0])
    turns[:, 1:] = np.exp(1j * place * (w[:, 1] - w[:, 0]))[:, None]
    out: Complexes = np.cumprod(turns, axis=1).astype(complex, copy=False)
    if width.any():
        out *= np.exp(-0.5 * (width[:, None] * w) ** 2)
    return out


def _given_shock(state: _State, deals: slice | Ints) -> Floats:
    return np.asarray(0.5 * (1 + np.tanh(0.5 * (state.odds[deals][:, None] + state.grid.x[None, :]))))


# ---- cumulants: ranges, exact moments, and stand-ins for small deals ---------------------------------------


def _deal_cumulants(state: _State, deals: slice | Ints) -> Floats:
    """First four cumulants given the shock: (deals, 4, factor nodes)."""
    q = _given_shock(state, deals)
    raw = state.sizes.raw[state.kind_of_size[deals]]
    a = state.pipeline.amount[deals]
    m1, m2, m3, m4 = (q * (a ** (k + 1) * raw[:, k])[:, None] for k in range(4))
    s = m1 * m1
    return np.stack(
        [m1, m2 - s, m3 - 3 * m1 * m2 + 2 * m1 * s, m4 - 4 * m1 * m3 - 3 * m2 * m2 + 12 * s * m2 - 6 * s * s],
        axis=1,
    )


def _person_cumulants(state: _State) -> tuple[Floats, Floats]:
    """(3 parts, persons, 4, nodes) cumulants, and (3, persons, nodes) mass at zero, given the shock."""
    people, nodes = len(state.shape.team), len(state.grid.x)
    opened, none_won = np.zeros((people, 4, nodes)), np.ones((people, nodes))
    for first, last in _person_chunks(state, 40_000):
        deals = slice(int(state.start[first]), int(state.start[last]))
        busy, cuts = _segments(state, np.arange(first, last))
        if len(busy):
            opened[busy] = np.add.reduceat(_deal_cumulants(state, deals), cuts, axis=0)
            none_won[busy] = np.multiply.reduceat(1 - _given_shock(state, deals), cuts, axis=0)
    raw = state.sizes.raw[state.new_kind]
    power = state.pipeline.new_amount[:, None] ** np.arange(1, 5) * raw
    new = state.rate[:, None, :] * power[:, :, None]
    no_new = np.exp(-state.rate)
    return np.stack([opened + new, opened, new]), np.stack([none_won * no_new, none_won, no_new])


def _person_chunks(state: _State, deals_at_once: int) -> Iterator[tuple[int, int]]:
    """Ranges of persons with about that many deals together."""
    people, first = len(state.shape.team), 0
    while first < people:
        reach = np.searchsorted(state.start, state.start[first] + deals_at_once, side="right") - 1
        last = min(max(int(reach), first + 1), first + deals_at_once // 4, people)
        yield first, last
        first = last


def _segments(state: _State, persons: Ints) -> tuple[Ints, Ints]:
    """Persons (of a rising selection) with deals, and where each one's deals begin among the selected deals."""
    counts = state.start[persons + 1] - state.start[persons]
    begins = np.cumsum(counts) - counts
    return persons[counts > 0], begins[counts > 0]


def _integrate(c: Floats, W: Floats) -> Floats:
    """Law of total cumulance over one shock: (…, 4, nodes) -> (…, 4, rows of W)."""
    k1, k2, k3, k4 = (c[..., k, :] for k in range(4))
    m1 = k1 @ W.T
    return _about_mean(k1, k2, k3, k4, m1, W)


def _about_mean(k1: Floats, k2: Floats, k3: Floats, k4: Floats, m1: Floats, W: Floats) -> Floats:
    out = np.empty((*m1.shape[:-1], 4, W.shape[0]))
    for row in range(W.shape[0]):
        d = k1 - m1[..., row : row + 1]
        w = W[row]
        c2 = (k2 + d * d) @ w
        out[..., 0, row] = m1[..., row]
        out[..., 1, row] = c2
        out[..., 2, row] = (k3 + 3 * k2 * d + d**3) @ w
        out[..., 3, row] = (k4 + 3 * k2 * k2 + 4 * k3 * d + 6 * k2 * d * d + d**4) @ w - 3 * c2 * c2
    return out


def _sum_by_team(per_person: Floats, team: Ints) -> Floats:
    return np.add.reduceat(per_person, _begins(team), axis=1)


def _begins(codes: Ints) -> Ints:
    return np.flatnonzero(np.concatenate([[True], np.diff(codes) != 0]))


def _team_range(state: _State, node: int) -> tuple[int, int]:
    """Teams of a node as a range of positions among the teams."""
    first, last = state.shape.first[node], state.shape.last[node]
    return int(state.team_place[first]), int(state.team_place[last - 1]) + 1


def _by_kind(shape: Shape) -> list[tuple[str, Ints]]:
    kinds = np.array(shape.kind, object)
    pairs = [(k, np.flatnonzero(kinds == k)) for k in ("person", "team", "top")]
    return [(k, nodes) for k, nodes in pairs if len(nodes)]


def _moments(
    state: _State, kind: str, nodes: Ints, c: Floats, team_level: Floats, company_level: Floats
) -> Floats:
    """Marginal cumulants of each node: (nodes, 3 parts, 4)."""
    g = state.grid
    if kind == "person":
        summed, weights = c[:, state.shape.first[nodes]], g.x_weights
    elif kind == "team":
        summed, weights = (
            _range_sums(team_level, state.shape.first[nodes], state.shape.last[nodes]),
            g.y_weights,
        )
    else:
        ranges = np.array([_team_range(state, int(n)) for n in nodes])
        summed, weights = _range_sums(company_level, ranges[:, 0], ranges[:, 1]), g.m_weights
    return np.moveaxis(_integrate(summed, weights[None, :])[..., 0], 0, 1)


def _range_sums(values: Floats, first: Ints, last: Ints) -> Floats:
    """Sums of values[:, first:last] per node, each added on its own so that no rounding drifts."""
    return np.stack([values[:, a:b].sum(axis=1) for a, b in zip(first, last, strict=True)], axis=1)


def _zeros_upward(state: _State, zero: Floats) -> tuple[Floats, Floats]:
    team = np.multiply.reduceat(zero @ state.grid.to_team.T, _begins(state.shape.team), axis=1)
    return team, team @ state.grid.to_company.T


def _node_zero(state: _State, kind: str, nodes: Ints, zero: Floats, team: Floats, company: Floats) -> Floats:
    """Mass at exactly zero: (nodes, 3 parts)."""
    g = state.grid
    if kind == "person":
        return np.asarray((zero[:, state.shape.first[nodes]] @ g.x_weights).T)
    ranges = [_team_range(state, int(n)) for n in nodes]
    if kind == "team":
        return np.stack([team[:, a] @ g.y_weights for a, _ in ranges])
    return np.stack([company[:, a:b].prod(axis=1) @ g.m_weights for a, b in ranges])


def _most(state: _State, nodes: Ints, moments: Floats) -> Floats:
    """Per node and part what it can hardly exceed: every open deal won at four log-sds, and the new part's tail."""
    p = state.pipeline
    possible = np.concatenate([[0.0], np.cumsum(p.amount * np.exp(4 * p.spread))])
    ends = state.start[state.shape.last[nodes]], state.start[state.shape.first[nodes]]
    opened = possible[ends[0]] - possible[ends[1]]
    new = moments[:, 2, 0] + 32 * np.sqrt(np.maximum(moments[:, 2, 1], 0.0))
    return np.stack([opened + new, opened, new], axis=1) * 1.02


def _ranges(moments: Floats, most: Floats) -> tuple[Floats, Floats]:
    """Per node and part the lowest point, and per node one width that holds every part."""
    mean, sd = moments[:, :, 0], np.sqrt(np.maximum(moments[:, :, 1], 1e-18))
    skew = np.clip(moments[:, :, 2] / sd**3, 0, 8)
    low = np.maximum(mean - 7.5 * sd, 0.0)
    high = np.minimum(mean + (8 + 3 * skew) * sd, most)
    width = np.maximum((high - low).max(axis=1) * 1.06, 1e-6)
    return low - 0.03 * width[:, None], width


# ---- spectra -----------------------------------------------------------------------------------------------

_Upper = tuple[Floats, Floats, Floats, Floats]


def _spectra(
    state: _State, kind: str, nodes: Ints, parts: list[int], p0: Floats, width: Floats, upper: _Upper
) -> Iterator[tuple[Ints, Complexes]]:
    """Batches of nodes with their characteristic functions less the mass at zero: (nodes, parts, frequencies)."""
    if kind == "person":
        order = np.argsort(state.shape.first[nodes], kind="stable")
        for some in _person_batches(state, state.shape.first[nodes], order):
            yield some, _person_spectra(state, state.shape.first[nodes[some]], parts, p0[some], width[some])
        return
    for i, node in enumerate(nodes):
        blocks = []
        for b in range(_MOST_BLOCKS[kind]):
            w = 2 * np.pi * (b * BLOCK + np.arange(1, BLOCK + 1)) / width[i]
            at_node = (
                _team_block(state, int(node), parts, w)
                if kind == "team"
                else _top_block(state, int(node), parts, w, upper)
            )
            phi = at_node - p0[i][:, None]
            blocks.append(phi)
            if _died_out(phi[None], b)[0]:
                break
        yield np.array([i]), np.concatenate(blocks, axis=1)[None]


def _died_out(phi: Complexes, block: int) -> NDArray[np.bool_]:
    """Whether a node needs no further block: its first part has died out, the others too or long enough tried."""
    left = np.abs(phi[:, :, -8:]).max(axis=2)
    return np.asarray((left[:, 0] < _DIED_OUT) & ((left.max(axis=1) < _DIED_OUT) | (block >= 3)))


def _person_batches(state: _State, persons: Ints, order: Ints) -> Iterator[Ints]:
    counts = (state.start[persons + 1] - state.start[persons])[order]
    batch = (np.cumsum(counts) + np.arange(len(order)) * 4) // _DEALS_AT_ONCE
    for k in np.unique(batch):
        yield order[batch == k]


def _person_spectra(state: _State, persons: Ints, parts: list[int], p0: Floats, width: Floats) -> Complexes:
    out = np.zeros((len(persons), len(parts), _MOST_BLOCKS["person"] * BLOCK), complex)
    active = np.arange(len(persons))
    for b in range(_MOST_BLOCKS["person"]):
        k = b * BLOCK + np.arange(1, BLOCK + 1)
        w = 2 * np.pi * k[None, :] / width[active][:, None]
        each = _person_functions(state, persons[active], parts, w)
        phi = np.stack([np.tensordot(f, state.grid.x_weights, axes=(1, 0)) for f in each], axis=1)
        phi = phi - p0[active][:, :, None]
        out[active, :, b * BLOCK : (b + 1) * BLOCK] = phi
        active = active[~_died_out(phi, b)]
        if not len(active):
            return out[:, :, : (b + 1) * BLOCK]
    return out


def _person_functions(state: _State, persons: Ints, parts: list[int], w: Floats) -> list[Complexes]:
    """Characteristic functions given the shock, one per part, each (persons, nodes, frequencies)."""
    new = _new_functions(state, persons, w)
    if parts == NEW_ONLY:
        return [new]
    opened = np.ones(new.shape, complex)
    counts = state.start[persons + 1] - state.start[persons]
    begins = np.cumsum(counts) - counts
    deals = np.arange(counts.sum()) + np.repeat(state.start[persons] - begins, counts)
    if len(deals):
        busy = counts > 0
        opened[busy] = _deal_functions(state, deals, np.repeat(w, counts, axis=0), begins[busy])
    return [opened * new, opened]


def _deal_functions(state: _State, deals: Ints, w: Floats, begins: Ints) -> Complexes:
    """Products over runs of deals, given the shock: (runs, nodes, frequencies)."""
    waves = _size_waves(state, state.kind_of_size[deals], state.pipeline.amount[deals], w) - 1
    factors = _given_shock(state, deals)[:, :, None] * waves[:, None, :]
    factors += 1
    return np.multiply.reduceat(factors, begins, axis=0)


def _new_functions(state: _State, persons: Ints, w: Floats) -> Complexes:
    kinds = np.full(len(persons), state.new_kind)
    waves = _size_waves(state, kinds, state.pipeline.new_amount[persons], w) - 1
    return np.exp(state.rate[persons][:, :, None] * waves[:, None, :])


def _team_block(state: _State, node: int, parts: list[int], w: Floats) -> Complexes:
    """Marginal characteristic functions of a team at frequencies ``w``: (parts, frequencies)."""
    persons = np.arange(state.shape.first[node], state.shape.last[node])
    out = np.ones((len(parts), len(state.grid.y_weights), len(w)), complex)
    for some in _split_people(state, persons):
        for k, f in enumerate(_person_functions(state, some, parts, np.tile(w, (len(some), 1)))):
            out[k] *= (state.grid.to_team @ f).prod(axis=0)
    return np.asarray(np.tensordot(out, state.grid.y_weights, axes=(1, 0)), complex)


def _split_people(state: _State, persons: Ints) -> list[Ints]:
    counts = state.start[persons + 1] - state.start[persons]
    batch = (np.cumsum(counts) + 4 * np.arange(len(persons))) // _DEALS_AT_ONCE
    return [persons[batch == b] for b in np.unique(batch)]


def _top_block(state: _State, node: int, parts: list[int], w: Floats, upper: _Upper) -> Complexes:
    """The same for whole teams: resolved deals explicit, the rest through cumulants."""
    first, last = int(state.shape.first[node]), int(state.shape.last[node])
    t0, t1 = _team_range(state, node)
    material = _resolved_deals(state, first, last, w[-1]) if parts == WITH_DEALS else np.zeros(0, np.int64)
    shown = np.union1d(state.pipeline.person[material], _resolved_new(state, first, last, w[-1])).astype(
        np.int64
    )
    team_of = state.team_place[shown]
    quiet = np.setdiff1d(np.arange(t0, t1), team_of)
    out = _from_cumulants(upper[3][parts][:, quiet].sum(axis=1), w)
    if len(shown):
        per_team = _shown_teams(state, shown, material, team_of, parts, w, upper)
        out = out * (state.grid.to_company @ per_team).prod(axis=1)
    return np.tensordot(out, state.grid.m_weights, axes=(1, 0))


def _resolved_deals(state: _State, first: int, last: int, highest: float) -> Ints:
    p = state.pipeline
    deals = np.arange(state.start[first], state.start[last])
    return deals[p.amount[deals] * (1 + p.spread[deals]) * highest > _UNRESOLVED]


def _resolved_new(state: _State, first: int, last: int, highest: float) -> Ints:
    p = state.pipeline
    seen = p.new_amount[first:last] * (1 + p.new_spread) * 2 * highest > _UNRESOLVED
    return first + np.flatnonzero(seen & (p.new_rate[first:last] > 0))


def _shown_teams(
    state: _State, shown: Ints, material: Ints, team_of: Ints, parts: list[int], w: Floats, upper: _Upper
) -> Complexes:
    """Teams with something resolved, given team and company shock: (parts, teams, y nodes, frequencies)."""
    cumulants, team_level, per_team, _ = upper
    begins = _begins(team_of)
    teams = team_of[begins]
    rest = per_team[parts][:, teams] - np.add.reduceat(team_level[parts][:, shown], begins, axis=1)
    out = np.stack([_from_cumulants(rest[:, k], w) for k in range(len(teams))], axis=1)
    bounds = np.append(begins, len(shown))
    for k in range(len(teams)):
        for some in np.array_split(shown[bounds[k] : bounds[k + 1]], -(-(bounds[k + 1] - bounds[k]) // 200)):
            mine = material[np.isin(state.pipeline.person[material], some)]
            for j, f in enumerate(_mixed_functions(state, some, mine, parts, cumulants, w)):
                out[j, k] *= (state.grid.to_team @ f).prod(axis=0)
    return out


def _mixed_functions(
    state: _State, persons: Ints, material: Ints, parts: list[int], cumulants: Floats, w: Floats
) -> list[Complexes]:
    """Persons with resolved deals explicit and the rest of their open deals as cumulants."""
    new = _new_functions(state, persons, np.tile(w, (len(persons), 1)))
    if parts == NEW_ONLY:
        return [new]
    at = np.searchsorted(persons, state.pipeline.person[material])
    rest = cumulants[1, persons]
    np.subtract.at(rest, at, _deal_cumulants(state, material))
    opened = _from_cumulants(rest, w)
    if len(material):
        counts = np.bincount(at, minlength=len(persons))
        busy = counts > 0
        begins = (np.cumsum(counts) - counts)[busy]
        opened[busy] *= _deal_functions(state, material, np.tile(w, (len(material), 1)), begins)
    return [opened * new, opened]


def _from_cumulants(c: Floats, w: Floats) -> Complexes:
    """exp of the truncated cumulant series: (…, 4, nodes) -> (…, nodes, frequencies), kept from growing."""
    k1, k2, k3, k4 = (c[..., k, :, None] for k in range(4))
    k2 = np.maximum(k2, 0.0)
    limit = 3.0 * k2 / w[-1] ** 2
    k4 = np.clip(k4, -limit, limit)
    return np.asarray(np.exp(1j * (w * k1 - w**3 * k3 / 6) - w**2 * k2 / 2 + w**4 * k4 / 24))


# ---- from spectrum to quantiles ----------------------------------------------------------------------------


def _quantiles(phi: Complexes, p0: Floats, low: Floats, width: Floats) -> Floats:
    """Quantiles (nodes, 3, 199) from spectra less the mass at zero."""
    nodes, parts, freqs = phi.shape
    grid = _GRID if freqs * 4 <= _GRID else 4 * freqs
    k = np.arange(1, freqs + 1)
    used = _frequencies_used(phi)
    smooth = np.exp(-36.0 * (k / used[..., None]) ** 8) * (k <= used[..., None])
    turn = np.exp(-2j * np.pi * k * low[..., None] / width[:, None, None])
    series = np.zeros((nodes, parts, grid // 2 + 1), complex)
    series[..., 1 : freqs + 1] = np.conj(phi * smooth * turn * 1j / (2 * np.pi * k))
    F = np.fft.irfft(series, n=grid, axis=-1, norm="forward")
    F = F - F[..., :1] + (1 - p0)[..., None] * np.arange(grid) / grid
    place = low[..., None] + width[:, None, None] * np.arange(grid) / grid
    return _invert(np.maximum.accumulate(F, axis=-1), p0, place)


def _frequencies_used(phi: Complexes) -> Floats:
    """How far each spectrum was computed: trailing exact zeros mark blocks that were not needed."""
    there = np.abs(phi).max(axis=1) > 0
    last = phi.shape[2] - np.argmax(there[:, ::-1], axis=1)
    return np.repeat(np.maximum(last, BLOCK)[:, None].astype(float), phi.shape[1], axis=1)


def _invert(F: Floats, p0: Floats, place: Floats) -> Floats:
    out = np.zeros((*p0.shape, len(LEVELS)))
    for i in np.ndindex(*p0.shape):
        mass = p0[i]
        if mass < LEVELS[-1]:
            scale = (1 - mass) / max(F[i][-1], 1e-12)
            rise = F[i] * (scale if 0.5 < scale < 2 else 1.0) + np.arange(F.shape[-1]) * 1e-15
            out[i] = np.where(mass < LEVELS, np.maximum(np.interp(LEVELS - mass, rise, place[i]), 0.0), 0.0)
    return out

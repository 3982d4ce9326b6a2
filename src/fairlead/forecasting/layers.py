"""The arrays that the kernels work on: deals per person, persons per team, and sums given the shared shock.

A *layer* is one reading of a pipeline: everything (total), the open deals alone, or the new business alone. A person's
deals lie at ``begin … end`` of the deal arrays, the largest first. They need not follow one another: a what-if
writes the changed person's deals into the spare rows at the end and points there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fairlead.forecasting.amounts import Amounts, amounts, kinds_of
from fairlead.forecasting.factors import FactorGrid, Shocks, factor_grid, odds_from, odds_ratios

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Ints = NDArray[np.int64]
Small = NDArray[np.uint8]
SPARE = 4_096


@dataclass(frozen=True)
class Pipeline:
    """Open deals sorted by person, and the expected new deals of each person.

    Per deal: ``person`` rises; ``chance`` 0-1; ``amount`` mean size >= 0; ``spread`` log-sd of the size, 0 = certain.
    Per person: ``new_rate`` expected new wins in the period, ``new_amount`` their mean size; ``new_spread`` is
    their one log-sd. Money in major units of one currency, no NaN anywhere. Deals that are sorted by amount inside
    a person, largest first, save a sort.
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


class Deals(NamedTuple):
    """Deals and new business of a layer. ``new_kind`` is a row of the amounts; ``odds`` are at a shock of zero."""

    begin: Ints
    end: Ints
    odds: Singles
    amount: Singles
    kind: Small
    rate: Floats
    new_amount: Floats
    new_kind: Ints
    team_first: Ints
    team_of: Ints


class Grid(NamedTuple):
    """The factor grid as the kernels read it: e^x, its use for rates, weights and matrices in double and single."""

    ex: Floats
    ex_single: Singles
    rate_scale: Floats
    x_weights: Floats
    y_weights: Floats
    m_weights: Floats
    to_team: Floats
    to_company: Floats
    to_team_single: Singles
    to_company_single: Singles


class Sums(NamedTuple):
    """Cumulants 1-4 and mass at zero given the shock, per person and per team, before and after integration.

    ``person`` (persons, 4, x), ``person_up`` (persons, 4, y), ``team`` (teams, 4, y), ``team_up`` (teams, 4, m);
    ``zero…`` alike without the 4. ``most`` what the deals can hardly exceed; ``reach`` the largest amount that
    the frequencies may have to resolve, per person and per team.
    """

    person: Floats
    zero: Floats
    person_up: Floats
    zero_up: Floats
    team: Floats
    zero_team: Floats
    team_up: Floats
    zero_team_up: Floats
    most: Floats
    reach: Floats
    team_reach: Floats


@dataclass(eq=False)
class Kept:
    """What many solves of one node share: a range that holds them all, and functions that no change touches.

    ``low`` and ``high`` make their frequencies the same. ``touched`` are the persons that a change touches now.
    """

    low: float
    high: float
    touched: frozenset[int] = frozenset()
    functions: dict[tuple[str, int, float, float], NDArray[np.complex128]] = field(default_factory=dict)


@dataclass(eq=False)
class Layer:
    """One reading of a pipeline with its sums; ``used`` rows of the deal arrays are the pipeline's own."""

    deals: Deals
    amounts: Amounts
    grid: Grid
    sums: Sums
    used: int
    with_deals: bool
    with_new: bool
    kept: Kept | None = None


@dataclass(frozen=True)
class Base:
    """What all layers share: the pipeline in kernel order, ``order`` back to its rows, the grid."""

    pipeline: Pipeline
    shape: Shape
    shocks: Shocks
    factors: FactorGrid
    grid: Grid
    deals: Deals
    amounts: Amounts
    odds_table: tuple[Floats, Floats]
    order: Ints | None


def check(pipeline: Pipeline, shape: Shape) -> None:
    """Raise ValueError where the inputs break their contract: lengths, NaN, order, nodes that cut a team."""
    persons, n = len(shape.team), len(pipeline.person)
    per_deal = (pipeline.chance, pipeline.amount, pipeline.spread)
    if any(len(v) != n for v in per_deal):
        raise ValueError("Give one person, chance, amount and spread per deal.")
    if len(pipeline.new_rate) != persons or len(pipeline.new_amount) != persons:
        raise ValueError("Give one rate and one amount of new deals per person of the shape.")
    if n and not (np.isfinite(pipeline.chance.sum()) and np.isfinite(pipeline.amount.sum())):
        raise ValueError("A chance or an amount is not a number.")
    if n and (pipeline.person[0] < 0 or pipeline.person[-1] >= persons):
        raise ValueError("A deal belongs to a person outside the shape.")
    if n and (pipeline.amount.min() < 0 or pipeline.chance.min() < 0 or pipeline.chance.max() > 1):
        raise ValueError("Chances lie between 0 and 1, and amounts are not negative.")
    if (np.diff(shape.team) < 0).any() or (n and (pipeline.person[1:] < pipeline.person[:-1]).any()):
        raise ValueError("Persons of the deals and teams of the persons must rise.")
    _check_nodes(shape)


def _check_nodes(shape: Shape) -> None:
    team, first, last = shape.team, shape.first, shape.last
    for kind in set(shape.kind):
        rows = np.flatnonzero(np.array(shape.kind, object) == kind)
        a, b = first[rows], last[rows]
        if (a < 0).any() or (b > len(team)).any() or (b <= a).any():
            raise ValueError("A node is an empty range of persons, or one outside the shape.")
        if kind == "person" and (b != a + 1).any():
            raise ValueError("A person node has one person.")
        if kind == "team" and (team[a] != team[b - 1]).any():
            raise ValueError("A team node has persons of one team.")
        if kind == "top":
            cut_before = (a > 0) & (team[np.maximum(a, 1) - 1] == team[a])
            cut_after = (b < len(team)) & (team[np.minimum(b, len(team) - 1)] == team[b - 1])
            if (cut_before | cut_after).any():
                raise ValueError("A node above teams has whole teams.")


def arrange(pipeline: Pipeline, shape: Shape, shocks: Shocks) -> Base:
    """Bring a pipeline into kernel order, with spare rows for what-ifs. One thread; about 0.1 s per million deals."""
    factors, table = _tables(shocks)
    order = _largest_first(pipeline)
    persons, n = len(shape.team), len(pipeline.person)
    spreads, kind, new_kind = _kinds(_picked(pipeline.spread, order), pipeline.new_spread)
    room = n + max(SPARE, n // 50)
    odds, amount, kinds = np.zeros(room, np.float32), np.zeros(room, np.float32), np.zeros(room, np.uint8)
    odds[:n] = odds_from(_picked(pipeline.chance, order), table)
    amount[:n], kinds[:n] = _picked(pipeline.amount, order), kind
    at = np.searchsorted(pipeline.person, np.arange(persons + 1)).astype(np.int64)
    begins = (
        np.flatnonzero(np.concatenate([[True], np.diff(shape.team) != 0])) if persons else np.zeros(0, int)
    )
    team_of = np.cumsum(np.concatenate([[0], np.diff(shape.team) != 0]))[:persons].astype(np.int64)
    deals = Deals(
        at[:-1].copy(), at[1:].copy(), odds, amount, kinds,
        pipeline.new_rate.astype(float), pipeline.new_amount.astype(float),
        np.array([new_kind], np.int64),
        np.append(begins, persons).astype(np.int64), team_of,
    )  # fmt: skip
    return Base(pipeline, shape, shocks, factors, _grid(factors), deals, amounts(spreads), table, order)


@lru_cache(maxsize=32)
def _tables(shocks: Shocks) -> tuple[FactorGrid, tuple[Floats, Floats]]:
    """Grids and odds of some shocks: what-ifs of one run ask for the same ones again and again. Never written to."""
    factors = factor_grid(shocks)
    return factors, odds_ratios(factors)


def _picked(values: Floats, order: Ints | None) -> Floats:
    return values if order is None else values[order]


def _largest_first(pipeline: Pipeline) -> Ints | None:
    """Rows by person and falling amount (as they come where amounts are equal), or None where they are already."""
    same = pipeline.person[1:] == pipeline.person[:-1]
    if not (same & (pipeline.amount[1:] > pipeline.amount[:-1])).any():
        return None
    return np.lexsort((-pipeline.amount, pipeline.person))


def _kinds(spread: Floats, new_spread: float) -> tuple[Floats, Ints, int]:
    """As :func:`amounts.kinds_of`, tried first with the spreads of the first deals: usually there are few."""
    some = np.unique(np.append(spread[:1_000], new_spread))
    if len(some) <= 16:
        kind = np.searchsorted(some, spread).clip(0, len(some) - 1)
        if (some[kind] == spread).all():
            return some, kind, int(np.searchsorted(some, new_spread))
    distinct, kinds = kinds_of(np.append(spread, new_spread))
    return distinct, kinds[:-1], int(kinds[-1])


def _grid(f: FactorGrid) -> Grid:
    ex = np.exp(f.x)
    return Grid(
        ex, ex.astype(np.float32), ex / float(f.x_weights @ ex), f.x_weights, f.y_weights, f.m_weights,
        f.to_team, f.to_company, f.to_team.astype(np.float32), f.to_company.astype(np.float32),
    )  # fmt: skip


def layer(base: Base, part: str) -> Layer:
    """An empty reading of the base: ``part`` is total, open or new. Kernels fill its sums."""
    d = base.deals
    with_deals, with_new = part != "new", part != "open"
    own = d._replace(
        begin=d.begin.copy(),
        end=d.end.copy() if with_deals else d.begin.copy(),
        rate=d.rate.copy() if with_new else np.zeros_like(d.rate),
    )
    persons, teams = len(d.begin), len(d.team_first) - 1
    x, m = len(base.grid.ex), len(base.grid.m_weights)
    sums = Sums(
        np.zeros((persons, 4, x)), np.zeros((persons, x)), np.zeros((persons, 4, x)), np.zeros((persons, x)),
        np.zeros((teams, 4, x)), np.zeros((teams, x)), np.zeros((teams, 4, m)), np.zeros((teams, m)),
        np.zeros(persons), np.zeros(persons), np.zeros(teams),
    )  # fmt: skip
    return Layer(own, base.amounts, base.grid, sums, len(base.pipeline.person), with_deals, with_new)

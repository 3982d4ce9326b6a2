"""A prepared pipeline: the distribution of every node, and what would change it.

:func:`prepare` computes every node once. A :class:`Book` then answers what-ifs by recomputing the persons they touch
and the nodes above them, nothing else, with the same steps in the same order as a whole run: the answer has the same
bits as :func:`prepare` on the changed pipeline. Nothing is subtracted, so nothing drifts.

>>> pipeline = Pipeline(
...     np.array([0, 0, 1]), np.array([0.5, 0.2, 0.4]), np.array([9_000.0, 4_000.0, 6_000.0]), np.full(3, 0.1),
...     np.zeros(2), np.zeros(2), 0.8,
... )
>>> shape = Shape(np.array([0, 0]), np.array([0, 0, 1]), np.array([2, 1, 2]), ("team", "person", "person"))
>>> book = prepare(pipeline, shape, Shocks(0.15, 0.15, 0.2))
>>> round(book.curve(0).mean), round(book.curve(0).chance(10_000), 2)
(7700, 0.31)
>>> seen = book.what_if([lost(0)])
>>> seen.nodes.tolist(), [round(c.mean) for c in seen.after]
([0, 1], [3200, 800])
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from threading import Lock
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from fairlead.forecasting import causes, solving, tuning
from fairlead.forecasting.amounts import MOST_KINDS, amounts
from fairlead.forecasting.causes import Causes
from fairlead.forecasting.curves import Curve
from fairlead.forecasting.factors import Shocks, odds_from
from fairlead.forecasting.layers import Base, Kept, Layer, Pipeline, Shape, arrange, check, layer
from fairlead.forecasting.plain import Plain
from fairlead.forecasting.solving import Kernel, Solved

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
LEVELS = np.arange(1, 200) / 200
PARTS = ("total", "open", "new")


@dataclass(frozen=True)
class Distribution:
    """Per node and part (total, open, new): 199 quantiles, exact mean and sd, and the mass at zero."""

    quantiles: Floats
    mean: Floats
    sd: Floats
    zero: Floats


@dataclass(frozen=True)
class Supposed:
    """One supposition. ``deal`` is a row of the pipeline, or None for a deal added to ``person``.

    What is None stays as it is. A chance of 1 or 0 is an intervention ("suppose it closes"), not evidence: other deals
    keep their chances.
    """

    deal: int | None = None
    chance: float | None = None
    amount: float | None = None
    spread: float | None = None
    person: int | None = None


def won(deal: int) -> Supposed:
    """The deal is won in this period."""
    return Supposed(deal, chance=1.0)


def lost(deal: int) -> Supposed:
    """The deal brings nothing in this period."""
    return Supposed(deal, chance=0.0)


def later(deal: int, chance: float = 0.0) -> Supposed:
    """The deal moves to a later period; ``chance`` is what is left for this one."""
    return Supposed(deal, chance=chance)


def resized(deal: int, amount: float) -> Supposed:
    """The deal has another size."""
    return Supposed(deal, amount=amount)


def added(person: int, chance: float, amount: float, spread: float = 0.0) -> Supposed:
    """One more deal for a person."""
    return Supposed(None, chance, amount, spread, person)


@dataclass(frozen=True)
class WhatIf:
    """Nodes that change, rising, with their curves before and after."""

    nodes: Ints
    before: tuple[Curve, ...]
    after: tuple[Curve, ...]

    def chances(self, node: int, target: float, new_target: float | None = None) -> tuple[float, float]:
        """Chance of the target before, and after the change (of another target, where given)."""
        at = int(np.flatnonzero(self.nodes == node)[0])
        after = target if new_target is None else new_target
        return self.before[at].chance(target), self.after[at].chance(after)


@dataclass(frozen=True)
class Swings:
    """How far each deal moves a node's chance of its target: P(hit | won) - P(hit | not won), points of 1.

    ``deals`` rows of the pipeline and ``screened`` their first-order swings; ``first`` the deals with the largest
    ones and ``exact`` their swings computed exactly, the largest first: ``if_won`` less ``if_not``.
    """

    deals: Ints
    screened: Floats
    first: Ints
    exact: Floats
    if_won: Floats
    if_not: Floats


@dataclass(frozen=True)
class Reading:
    """A node in whole cents and whole basis points (1 = .01 %), so that differences add up exactly."""

    mean: int
    p10: int
    p50: int
    p90: int
    chance: int | None

    def __sub__(self, other: Reading) -> Reading:
        chance = None if self.chance is None or other.chance is None else self.chance - other.chance
        return Reading(
            self.mean - other.mean, self.p10 - other.p10, self.p50 - other.p50, self.p90 - other.p90, chance
        )


@dataclass(frozen=True)
class Replayed:
    """Changes applied one after the other: the reading at first, the step of each change, the reading at last.

    ``first`` plus all ``steps`` is ``last``, to the cent and the basis point; ``last`` is what the changed pipeline
    gives.
    """

    first: Reading
    steps: tuple[Reading, ...]
    last: Reading


def read(curve: Curve, target: float | None = None) -> Reading:
    """A curve in whole cents and basis points."""
    p10, p50, p90 = np.rint(curve.quantile([0.1, 0.5, 0.9]) * 100).astype(int).tolist()
    chance = None if target is None else round(curve.chance(target) * 10_000)
    return Reading(round(curve.mean * 100), p10, p50, p90, chance)


@dataclass(eq=False)
class Book:
    """See :func:`prepare`. Safe to share between threads; what-ifs wait for each other."""

    base: Base
    kernel: Kernel
    layers: dict[str, Layer]
    nodes: Ints
    solved: dict[str, Solved]
    _lock: Lock = field(default_factory=Lock)

    def curve(self, node: int, part: str = "total", shift: float = 0.0) -> Curve:
        """The distribution of one node; ``shift`` is money already booked."""
        return self.solved[part].curve(node, shift)

    @cached_property
    def distribution(self) -> Distribution:
        """199 quantiles, mean, sd and mass at zero of every node for each part that was prepared."""
        found = [self.solved[p] for p in self.layers]
        return Distribution(
            np.stack([solving.quantiles(self.kernel, s, LEVELS) for s in found], axis=1),
            np.stack([s.mean for s in found], axis=1),
            np.stack([s.sd for s in found], axis=1),
            np.stack([s.zero for s in found], axis=1),
        )

    def causes(self, node: int, shares: tuple[float, float] = (0.1, 0.9)) -> Causes:
        """What makes the node's range as wide as it is; see :class:`causes.Causes`."""
        low, high = self.curve(node).quantile(shares)
        return causes.split(self.layers["total"], self.nodes[node], float(high - low))

    def what_if(self, changes: Sequence[Supposed], part: str = "total") -> WhatIf:
        """Suppose changes and see every node that they move. Bit for bit what the changed pipeline gives.

        Raises ValueError where a change names no deal or person of the book, or values outside their bounds.
        """
        with self._lock, _Supposition(self, part) as supposed:
            supposed.apply(changes)
            nodes = self._above(supposed.persons)
            after = supposed.curves(nodes)
        return WhatIf(nodes, tuple(self.solved[part].curve(int(n)) for n in nodes), after)

    def swings(
        self, node: int, target: float, refine: int = 20, among: Collection[int] | None = None
    ) -> Swings:
        """The deals of a node by how far they move its chance of ``target``: all screened, the first ones tried.

        The screen reads the node's own curve at T + q a and T - (1 - q) a: S without the deal is taken as S less the
        deal's mean. ``among`` keeps to some rows of the pipeline; the curve is of all deals all the same. What is tried
        is what :meth:`what_if` gives; in nodes of many deals all are tried over one range, which is much
        faster and moves a chance by less than .0005.
        """
        rows = self._rows(node)
        pipeline = self.base.pipeline
        deals = rows if self.base.order is None else self.base.order[rows]
        screened = self._screen(node, target, rows, pipeline.chance[deals])
        if among is not None:
            kept = np.isin(deals, np.fromiter(among, np.int64, len(among)))
            deals, screened = deals[kept], screened[kept]
        first = _largest(screened, refine)
        chances = np.empty((len(first), 2))
        room = self._room(node, deals[first])
        with self._lock:
            for k, at in enumerate(first):
                for end in (0, 1):
                    with _Supposition(self, "total", room) as supposed:
                        supposed.apply([Supposed(int(deals[at]), chance=1.0 - end)])
                        chances[k, end] = supposed.curves(np.array([node]))[0].chance(target)
        exact = chances[:, 0] - chances[:, 1]
        order = np.argsort(-np.abs(exact), kind="stable")
        return Swings(
            deals, screened, deals[first[order]], exact[order], chances[order, 0], chances[order, 1]
        )

    def replay(self, changes: Sequence[Supposed], node: int, target: float | None = None) -> Replayed:
        """Apply changes one after the other and say what each did to the node; adds up exactly."""
        readings = [read(self.curve(node), target)]
        with self._lock, _Supposition(self, "total") as supposed:
            for change in changes:
                supposed.apply([change])
                readings.append(read(supposed.curves(np.array([node]))[0], target))
        steps = tuple(b - a for a, b in pairwise(readings))
        return Replayed(readings[0], steps, readings[-1])

    def changed(self, changes: Sequence[Supposed]) -> Pipeline:
        """The pipeline with the changes in it; an added deal comes last among its person's."""
        p = self.base.pipeline
        new = [c for c in changes if c.deal is None]
        person = p.person.copy()
        values = {"chance": p.chance.copy(), "amount": p.amount.copy(), "spread": p.spread.copy()}
        for c in changes:
            _check_change(self.base, c)
            for name, column in values.items():
                if c.deal is not None and getattr(c, name) is not None:
                    column[c.deal] = getattr(c, name)
        for c in new:
            at = int(np.searchsorted(person, int(c.person or 0), side="right"))
            person = np.insert(person, at, int(c.person or 0))
            for name in values:
                values[name] = np.insert(values[name], at, float(getattr(c, name) or 0.0))
        chance, amount, spread = values["chance"], values["amount"], values["spread"]
        return Pipeline(person, chance, amount, spread, p.new_rate, p.new_amount, p.new_spread)

    def _above(self, persons: Ints) -> Ints:
        """Nodes that have any of the persons."""
        inside = np.zeros(len(self.nodes), bool)
        for r in persons:
            inside |= (self.nodes[:, 1] <= r) & (r < self.nodes[:, 2])
        return np.flatnonzero(inside)

    def _room(self, node: int, deals: Ints) -> Kept | None:
        """One range for trying each of some deals of a node; None where the node is small or has whales."""
        pieces = self.curve(node).pieces
        if len(self._rows(node)) < _MANY_DEALS or len(pieces) != 1 or not len(deals):
            return None
        low, width, most = pieces[0].low, pieces[0].width, float(self.base.pipeline.amount[deals].max())
        return Kept(max(low - most, -2 * tuning.MARGIN * width), low + 1.03 * width + most)

    def _rows(self, node: int) -> Ints:
        d = self.base.deals
        _, first, last = self.nodes[node, :3]
        return np.arange(d.begin[first], d.end[last - 1])

    def _screen(self, node: int, target: float, rows: Ints, chance: Floats) -> Floats:
        if not len(rows):
            return np.zeros(0)
        curve = self.curve(node)
        amount = self.base.deals.amount[rows[0] : rows[-1] + 1]
        if len(curve.pieces) == 1:
            only = curve.pieces[0]
            return self.kernel.screen(only.rise, only.low, only.width, only.zero, target, amount, chance)
        x, f = curve.grid
        a = amount.astype(float)
        above = np.interp(target + chance * a, x, f, left=0.0)
        return np.asarray(above - np.interp(target - (1 - chance) * a, x, f, left=0.0))


_MANY_DEALS = 100
"""From so many deals of a node on its deals are tried over one range."""


def _largest(values: Floats, count: int) -> Ints:
    """Places of the largest magnitudes."""
    size = np.abs(values)
    if len(size) <= count:
        return np.argsort(-size, kind="stable")
    some = np.argpartition(-size, count)[:count]
    return some[np.lexsort((some, -size[some]))]


def _check_change(base: Base, c: Supposed) -> None:
    if c.deal is not None and not 0 <= c.deal < len(base.pipeline.person):
        raise ValueError(f"There is no deal {c.deal}.")
    if c.deal is None and (c.person is None or c.chance is None or c.amount is None):
        raise ValueError("An added deal needs its person, chance and amount.")
    if c.person is not None and not 0 <= c.person < len(base.shape.team):
        raise ValueError(f"There is no person {c.person}.")
    if c.chance is not None and not 0 <= c.chance <= 1:
        raise ValueError("A chance lies between 0 and 1.")
    if (c.amount is not None and not 0 <= c.amount < 1e30) or (
        c.spread is not None and not 0 <= c.spread < 5
    ):
        raise ValueError("Amounts and spreads are not negative and within reason.")


@dataclass
class _Rows:
    """A person's deals in the order of the pipeline."""

    deals: list[int]
    chance: Floats
    amount: Floats
    spread: Floats


class _Supposition:
    """A layer with changes in it, put back on leaving."""

    def __init__(self, book: Book, part: str, room: Kept | None = None) -> None:
        self.book, self.layer = book, book.layers[part]
        self.amounts = self.layer.amounts
        self.rows: dict[int, _Rows] = {}
        self.saved: list[tuple[NDArray[np.generic], int, NDArray[np.generic]]] = []
        self.free = self.layer.used
        self.layer.kept = room

    @property
    def persons(self) -> Ints:
        return np.array(sorted(self.rows), np.int64)

    def __enter__(self) -> _Supposition:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        for array, place, old in reversed(self.saved):
            array[place] = old
        self.layer.amounts, self.layer.kept = self.amounts, None

    def apply(self, changes: Sequence[Supposed]) -> None:
        """Write the changed persons' deals into the spare rows and sum them and their teams anew."""
        touched = set()
        for c in changes:
            _check_change(self.book.base, c)
            touched.add(self._change(c))
        for person in sorted(touched):
            self._write(person)
        persons = np.array(sorted(touched), np.int64)
        if self.layer.kept is not None:
            self.layer.kept.touched = frozenset(touched)
        if not len(persons):
            return
        teams = np.unique(self.layer.deals.team_of[persons])
        s = self.layer.sums
        self._save((s.person, s.zero, s.person_up, s.zero_up, s.most, s.reach), persons)
        self._save((s.team, s.zero_team, s.team_up, s.zero_team_up, s.team_reach), teams)
        self.book.kernel.persons(self.layer, persons)
        self.book.kernel.teams(self.layer, teams)

    def curves(self, nodes: Ints) -> tuple[Curve, ...]:
        solved = solving.solve(self.book.kernel, self.layer, self.book.nodes[nodes])
        return tuple(solved.curve(k) for k in range(len(nodes)))

    def _save(self, arrays: Sequence[NDArray[np.generic]], places: Ints) -> None:
        for array in arrays:
            self.saved += [(array, int(place), array[place].copy()) for place in places]

    def _change(self, c: Supposed) -> int:
        base = self.book.base
        person = int(base.pipeline.person[c.deal]) if c.deal is not None else int(c.person or 0)
        rows = self.rows.setdefault(person, _rows_of(base, person))
        if c.deal is None:
            rows.deals.append(-1)
            rows.chance = np.append(rows.chance, c.chance or 0.0)
            rows.amount = np.append(rows.amount, c.amount or 0.0)
            rows.spread = np.append(rows.spread, c.spread or 0.0)
            return person
        at = rows.deals.index(c.deal)
        for values, new in ((rows.chance, c.chance), (rows.amount, c.amount), (rows.spread, c.spread)):
            if new is not None:
                values[at] = new
        return person

    def _write(self, person: int) -> None:
        if not self.layer.with_deals:
            return
        d, rows = self.layer.deals, self.rows[person]
        order = np.argsort(-rows.amount, kind="stable")
        end = self.free + len(order)
        if end > len(d.odds):
            self._more_room(end)
            d = self.layer.deals
        place = slice(self.free, end)
        d.odds[place] = odds_from(rows.chance[order], self.book.base.odds_table)
        d.amount[place] = rows.amount[order]
        d.kind[place] = self._kinds(rows.spread[order])
        self._save((d.begin, d.end), np.array([person]))
        d.begin[person], d.end[person] = self.free, end
        self.free = end

    def _kinds(self, spread: Floats) -> Ints:
        known = self.layer.amounts.spread
        unknown = np.setdiff1d(spread, known)
        if len(unknown):
            if len(known) + len(unknown) > MOST_KINDS:
                raise ValueError("Too many different spreads are supposed.")
            known = np.append(known, unknown)
            self.layer.amounts = amounts(known)
        order = np.argsort(known)
        return order[np.searchsorted(known[order], spread)]

    def _more_room(self, rows: int) -> None:
        """Longer deal arrays for every layer of the book."""
        d = self.layer.deals
        odds, amount, kind = (
            np.resize(d.odds, rows * 2),
            np.resize(d.amount, rows * 2),
            np.resize(d.kind, rows * 2),
        )
        for each in self.book.layers.values():
            each.deals = each.deals._replace(odds=odds, amount=amount, kind=kind)


def _rows_of(base: Base, person: int) -> _Rows:
    p = base.pipeline
    a = int(np.searchsorted(p.person, person, side="left"))
    b = int(np.searchsorted(p.person, person, side="right"))
    return _Rows(list(range(a, b)), p.chance[a:b].copy(), p.amount[a:b].copy(), p.spread[a:b].copy())


def prepare(
    pipeline: Pipeline,
    shape: Shape,
    shocks: Shocks,
    *,
    parts: Sequence[str] = PARTS,
    kernel: Kernel | None = None,
) -> Book:
    """Compute every node of a pipeline for one period, and keep what answers what-ifs.

    ``parts`` are any of total, open (deals alone) and new (new business alone). Without ``kernel`` the plain one
    answers for small pipelines and the compiled one above; the choice depends on the input alone. Raises ValueError
    where :class:`Pipeline` or :class:`Shape` break their contracts. Same bytes on every run of one machine.
    """
    check(pipeline, shape)
    chosen = kernel or kernel_for(len(pipeline.person), len(shape.first))
    base = arrange(pipeline, shape, shocks)
    nodes = solving.component_rows(shape, base.deals.team_of)
    book = Book(base, chosen, {}, nodes, {})
    for part in parts:
        made = layer(base, part)
        chosen.persons(made, np.arange(len(shape.team)))
        chosen.teams(made, np.arange(len(base.deals.team_first) - 1))
        book.layers[part] = made
        book.solved[part] = solving.solve(chosen, made, nodes)
    return book


def kernel_for(deals: int, nodes: int) -> Kernel:
    """The plain kernel up to some 5,000 deals (a node counts as eight), the compiled one above."""
    if deals + 8 * nodes <= tuning.PLAIN_UP_TO:
        return Plain()
    from fairlead.forecasting import compiled

    return compiled.kernel()


def try_out(kernel: Kernel) -> None:
    """A small book through every path of a kernel, which compiles it or reads what was compiled before."""
    pipeline = Pipeline(
        np.array([0, 0, 0, 1, 2]), np.array([0.1, 0.5, 0.4, 0.3, 0.6]), np.array([9e6, 9e3, 4e3, 6e3, 5e3]),
        np.array([0.1, 0.1, 0.0, 0.4, 0.1]), np.full(3, 2.0), np.full(3, 3e3), 0.8,
    )  # fmt: skip
    shape = Shape(np.array([0, 0, 1]), np.array([0, 0, 0]), np.array([3, 2, 1]), ("top", "team", "person"))
    book = prepare(pipeline, shape, Shocks(0.15, 0.15, 0.2), kernel=kernel)
    if not np.isfinite(book.distribution.quantiles).all():
        raise ValueError("The compiled code gives no numbers.")
    book.kernel.screen(
        np.linspace(0, 1, 9, dtype=np.float32), 0.0, 9.0, 0.0, 4.0, np.ones(1, np.float32), np.ones(1)
    )

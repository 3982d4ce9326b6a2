"""What the distributions of a run were computed from, and one node computed again from its own part of it.

A node's distribution follows from its persons' open deals (chance, mean size, spread), their new business (rate,
mean size) and the three widths of the shared shocks, and from nothing else: learned effects of owners are in the
chances already and are not needed again.

>>> rosa = Part("rosa", 0, 0.8, 5_000.0, (Open("d1", 0.5, 9_000.0, 0.1), Open("d2", 0.2, 4_000.0, 0.1)))
>>> ravi = Part("ravi", 0, 0.0, 0.0, (Open("d3", 0.4, 6_000.0, 0.1),))
>>> book = rebuild([rosa, ravi], Shocks(0.15, 0.15, 0.2), 0.6, "team")
>>> round(book.curve(0).mean), round(book.curve(0).chance(10_000), 2)
(11700, 0.53)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fairlead.forecasting.book import Book, prepare
from fairlead.forecasting.factors import Shocks
from fairlead.forecasting.layers import Pipeline, Shape
from fairlead.forecasting.threads import one_thread

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Open:
    """An open deal in the sums: chance 0-1 in the period, mean size in major units, log-sd of the size.

    ``entered`` is the amount that stands at the deal, None where there is none and the size was drawn.
    """

    id: str
    chance: float
    size: float
    spread: float
    entered: float | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """What one person adds: expected new wins and their mean size, and the open deals, the largest first.

    ``team`` is a code that persons of one team share.
    """

    person: str
    team: int
    new_rate: float
    new_size: float
    deals: tuple[Open, ...]


@dataclass(frozen=True)
class Workings:
    """The inputs of all distributions of a run.

    ``spans`` node id -> (first, last): the node's persons are ``persons[first:last]``. ``deals`` and ``entered``
    go with the rows of the pipeline; ``team`` with the persons.
    """

    pipeline: Pipeline
    deals: tuple[str, ...]
    entered: tuple[float | None, ...]
    persons: tuple[str, ...]
    team: Ints
    spans: Mapping[str, tuple[int, int]]
    shocks: Shocks

    def part(self, place: int) -> Part:
        """What the person at a place of the order adds."""
        p = self.pipeline
        first, last = np.searchsorted(p.person, [place, place + 1])
        rows = range(int(first), int(last))
        return Part(
            self.persons[place],
            int(self.team[place]),
            float(p.new_rate[place]),
            float(p.new_amount[place]),
            tuple(
                Open(
                    self.deals[k],
                    float(p.chance[k]),
                    float(p.amount[k]),
                    float(p.spread[k]),
                    self.entered[k],
                )
                for k in rows
            ),
        )


@one_thread
def rebuild(
    parts: Sequence[Part], shocks: Shocks, new_spread: float, kind: Literal["person", "team"]
) -> Book:
    """One node, number 0 of the book, from its persons in the order of the run; nothing above or beside is needed.

    Rows of deals follow the parts. Up to the rounding of the kernel that computed the run the distribution is the
    run's own. Raises ValueError where a person node has more than one part, or a value is out of its bounds.
    """
    if not parts or (kind == "person" and len(parts) > 1):
        raise ValueError("A person's node has one part, a team's at least one.")
    deals = [deal for part in parts for deal in part.deals]
    person = np.repeat(np.arange(len(parts)), [len(part.deals) for part in parts])
    pipeline = Pipeline(
        person,
        np.array([d.chance for d in deals], float),
        np.array([d.size for d in deals], float),
        np.array([d.spread for d in deals], float),
        np.array([part.new_rate for part in parts]),
        np.array([part.new_size for part in parts]),
        new_spread,
    )
    team = np.array([part.team for part in parts], np.int64)
    level = "person" if kind == "person" else "team" if team[0] == team[-1] else "top"
    shape = Shape(team, np.array([0]), np.array([len(parts)]), (level,))
    return prepare(pipeline, shape, shocks, parts=("total",))

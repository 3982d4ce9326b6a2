"""Nodes that cut across the tree: products, territories, any set of deals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fairlead.forecasting.layers import Pipeline, Shape

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Crossed:
    """A pipeline and shape whose nodes are groups of deals: give both to :func:`book.prepare`.

    ``groups`` the code of each node; ``deals`` the row of the original pipeline behind each deal.
    """

    pipeline: Pipeline
    shape: Shape
    groups: Ints
    deals: Ints


def crossed(pipeline: Pipeline, shape: Shape, group: Ints, new_share: Floats | None = None) -> Crossed:
    """One node per group of deals, with the shocks of the persons and teams who own them.

    ``group`` code >= 0 per deal, -1 in no node. ``new_share`` (persons, codes) 0-1 gives each group its share of a
    person's new deals; without it the groups have none. A person's deals of one group are taken as a person of
    their own, and a team's likewise, which is exact: inside a node they share the person's shock, and nothing ties the
    nodes together. So each level of another hierarchy (product, product line) is computed apart; adding up its lower
    level would be wrong, because a person's shock is shared by the person's cells inside the upper node.

    Raises ValueError where codes and shares do not fit the pipeline, or nothing is in a group.
    """
    if len(group) != len(pipeline.person):
        raise ValueError("Give one group per deal.")
    persons, codes = len(shape.team), _codes(group, new_share)
    kept = np.flatnonzero(group >= 0)
    cell_of = group[kept] * persons + pipeline.person[kept]
    extra = np.zeros(0, np.int64)
    if new_share is not None:
        if new_share.shape[0] != persons or new_share.shape[1] < codes:
            raise ValueError("Give a share of new deals per person and group.")
        who, what = np.nonzero(new_share * pipeline.new_rate[:, None] > 0)
        extra = what * persons + who
    cells = np.unique(np.concatenate([cell_of, extra]))
    if not len(cells):
        raise ValueError("No deal is in a group.")
    cell_group, cell_person = cells // persons, cells % persons
    order = np.lexsort((-pipeline.amount[kept], cell_of))
    deals = kept[order]
    share = np.zeros(len(cells)) if new_share is None else new_share[cell_person, cell_group]
    inside = Pipeline(
        np.searchsorted(cells, cell_of[order]), pipeline.chance[deals], pipeline.amount[deals],
        pipeline.spread[deals], pipeline.new_rate[cell_person] * share, pipeline.new_amount[cell_person],
        pipeline.new_spread,
    )  # fmt: skip
    return Crossed(inside, *_shape(cell_group, shape.team[cell_person]), deals)


def _codes(group: Ints, new_share: Floats | None) -> int:
    most = int(group.max()) + 1 if len(group) else 0
    return most if new_share is None else max(most, new_share.shape[1])


def _shape(cell_group: Ints, cell_team: Ints) -> tuple[Shape, Ints]:
    new_group = np.concatenate([[True], np.diff(cell_group) != 0])
    new_team = new_group | np.concatenate([[True], np.diff(cell_team) != 0])
    first = np.flatnonzero(new_group)
    last = np.append(first[1:], len(cell_group))
    return Shape(np.cumsum(new_team) - 1, first, last, ("top",) * len(first)), cell_group[first]

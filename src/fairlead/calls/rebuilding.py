"""A node of a stored run, computed again from its own part of it, so that what-ifs can be asked.

Books are kept in the process for a while: a run never changes, and who tries one thing tries another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

import numpy as np

from fairlead import forecasting
from fairlead.calls.models import EstimateRun, NodeEstimate, RunPart
from fairlead.deals import rules as deals
from fairlead.forecasting import workings
from fairlead.forecasting.book import Swings

MOST_DEALS = 3_000
"""A node with more open deals is not computed again: its answer would take seconds."""
_WHY = "a node is computed again from all its parts, whoever may read which"
Kind = Literal["person", "team"]


@dataclass(frozen=True, slots=True)
class Reading:
    """A distribution in minor units. ``dots`` are 20 of the 199 quantiles, as everywhere."""

    mean: int
    quantiles: tuple[int, ...]

    @property
    def p10(self) -> int:
        return self.quantiles[19]

    @property
    def p50(self) -> int:
        return self.quantiles[99]

    @property
    def p90(self) -> int:
        return self.quantiles[179]

    @property
    def dots(self) -> tuple[int, ...]:
        return self.quantiles[4::10]

    def chance(self, amount: int) -> float:
        """The chance of at least ``amount``, 0 to 1."""
        return forecasting.chance_of(self.quantiles, float(amount))

    def dots_reaching(self, amount: int) -> int:
        return sum(dot >= amount for dot in self.dots)


@dataclass(eq=False)
class Rebuilt:
    """A node ready for what-ifs. ``opens`` are its open deals by the row of the book; ``booked`` is in minor units."""

    book: forecasting.Book
    opens: tuple[workings.Open, ...]
    row_of: Mapping[int, int]
    """deal -> row of the book"""
    place_of: Mapping[int, int]
    """person -> place in the book"""
    booked: int
    scale: int
    new_spread: float
    _asked: tuple[tuple[float, int, frozenset[int]], Swings] | None = None

    def reading(self, changes: Sequence[forecasting.Supposed] = ()) -> Reading:
        """The distribution with some changes in it. Raises ValueError where a change is out of its bounds."""
        curve = self.book.what_if(changes).after[0] if changes else self.book.curve(0)
        quantiles = np.rint(curve.quantile(forecasting.LEVELS) * self.scale).astype(int) + self.booked
        return Reading(round(curve.mean * self.scale) + self.booked, tuple(quantiles.tolist()))

    def swings(self, goal: float, refine: int, among: frozenset[int]) -> Swings:
        """How far single deals move the chance of ``goal``, in major units beyond what is booked.

        The last answer is kept: a page is opened again with the same target.
        """
        key, kept = (goal, refine, among), self._asked
        if kept is None or kept[0] != key:
            kept = self._asked = key, self.book.swings(0, goal, refine, among)
        return kept[1]

    @property
    def usual_spread(self) -> float:
        """The spread of a deal whose amount is known: the median of those that have one."""
        known = [deal.spread for deal in self.opens if deal.entered is not None]
        return sorted(known)[len(known) // 2] if known else self.new_spread


def rebuilt(run: EstimateRun, person: int, kind: Kind) -> Rebuilt | None:
    """The person's own deals (person) or whole team (team) of a run; None where the run has no such node or parts.

    Raises TooLarge above :data:`MOST_DEALS` open deals. For callers that checked that the actor may have the node's
    estimate.
    """
    return _rebuilt(run.pk, run.fingerprint, run.model_version, person, kind) if run.widths else None


class TooLarge(Exception):
    """The node has too many open deals to be computed again while somebody waits; ``deals`` of them."""

    def __init__(self, deals: int) -> None:
        self.deals = deals
        super().__init__(f"{deals} open deals")


@lru_cache(maxsize=32)
def _rebuilt(run: int, fingerprint: str, version: str, person: int, kind: Kind) -> Rebuilt | None:
    """``fingerprint`` and ``version`` stand for what the run was computed from, so that no other run answers."""
    of = EstimateRun.objects.only("widths", "currency").get(pk=run)
    nodes = NodeEstimate.objects.for_system(_WHY).filter(run=run, person=person, kind=kind)
    node = nodes.values_list("first", "last", "open_deals", "booked_minor").first()
    first, last, count, booked = node or (None, None, 0, 0)
    if first is None or last is None:
        return None
    if count > MOST_DEALS:
        raise TooLarge(count)
    rows = RunPart.objects.for_system(_WHY).filter(run=run, place__gte=first, place__lt=last)
    parts = _once([_part(row) for row in rows.order_by("place")])
    if len(parts) != last - first:
        return None
    shocks = forecasting.Shocks(of.widths["company"], of.widths["team"], of.widths["person"])
    book = forecasting.rebuild(parts, shocks, of.widths["new"], kind)
    opens = tuple(deal for part in parts for deal in part.deals)
    return Rebuilt(
        book,
        opens,
        {int(deal.id): row for row, deal in enumerate(opens)},
        {int(part.person): place for place, part in enumerate(parts) if part.person},
        booked,
        10 ** deals.exponent(of.currency),
        of.widths["new"],
    )


def _once(parts: list[workings.Part]) -> list[workings.Part]:
    """The shares of a divided deal that lie in the node as one deal, at whoever of them comes first."""
    seen: dict[str, tuple[int, int]] = {}
    kept: list[list[workings.Open]] = [[] for _ in parts]
    for place, part in enumerate(parts):
        for deal in part.deals:
            if deal.id not in seen:
                seen[deal.id] = (place, len(kept[place]))
                kept[place].append(deal)
                continue
            there, n = seen[deal.id]
            known = kept[there][n]
            both = None if known.entered is None or deal.entered is None else known.entered + deal.entered
            kept[there][n] = replace(known, size=known.size + deal.size, entered=both)
    return [
        part
        if len(mine) == len(part.deals) and list(part.deals) == mine
        else replace(part, deals=tuple(mine))
        for part, mine in zip(parts, kept, strict=True)
    ]


def forget() -> None:
    """Let go of the books kept in this process."""
    _rebuilt.cache_clear()


def _part(row: RunPart) -> workings.Part:
    return workings.Part(
        "" if row.person_id is None else str(row.person_id),
        row.team,
        row.new_rate,
        row.new_size,
        tuple(workings.Open(str(id), *values) for id, *values in row.deals),
    )

"""What an exit does to the forecast: the estimate stored before the deal left, computed again without the deal.

Takes persons instead of an actor: what is computed is kept with the packet, and shown by ``queries`` to whoever may
have the estimate it is of.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fairlead.calls import estimates as stored
from fairlead.calls import rebuilding, supposing
from fairlead.calls.queries.what_if import too_large
from fairlead.exits import wording


@dataclass(frozen=True, slots=True)
class Effect:
    """A number's range with the deal and without it, as (low, middle, high) of 8 in 10; minor units.

    ``why_not`` says why nothing could be computed; then both are None.
    """

    before: tuple[int, int, int] | None
    after: tuple[int, int, int] | None
    as_of: datetime | None
    why_not: str = ""

    @property
    def middle(self) -> int | None:
        """How far the middle moves."""
        return None if self.before is None or self.after is None else self.after[1] - self.before[1]


def of_deal(deal: int, person: int, kind: rebuilding.Kind, period: str, before: datetime) -> Effect:
    """A person's own number (person) or a team's (team) without a deal, by the last run before a moment."""
    run = stored.run_of(period, before)
    if run is None:
        return Effect(None, None, None, wording.NO_RUN)
    try:
        book = rebuilding.rebuilt(run, person, kind)
    except rebuilding.TooLarge as large:
        return Effect(None, None, run.as_of, too_large(large.deals))
    row = book.row_of.get(deal) if book is not None else None
    if book is None or row is None:
        return Effect(None, None, run.as_of, wording.NOT_IN_RUN)
    gone = supposing.change_of(row, book.opens[row], supposing.OfDeal("lost"), book.scale)
    return Effect(_range(book.reading()), _range(book.reading([gone])), run.as_of)


def _range(reading: rebuilding.Reading) -> tuple[int, int, int]:
    return reading.p10, reading.p50, reading.p90


def kept(effect: Effect) -> dict[str, Any]:
    """An effect as it is kept with a packet."""
    return {
        "before": None if effect.before is None else list(effect.before),
        "after": None if effect.after is None else list(effect.after),
        "as_of": None if effect.as_of is None else effect.as_of.isoformat(),
        "why_not": effect.why_not,
    }


def read(given: Mapping[str, Any]) -> Effect:
    """An effect as it was kept."""
    before, after, as_of = given.get("before"), given.get("after"), given.get("as_of")
    return Effect(
        tuple(before) if before else None,
        tuple(after) if after else None,
        datetime.fromisoformat(as_of) if as_of else None,
        given.get("why_not", wording.NO_RUN if not before else ""),
    )

"""The stored chances of single deals."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from fairlead.calls.models import DealEstimate, EstimateRun
from fairlead.people import access


def deal_chances(actor: access.Actor, run: EstimateRun | None, ids: Iterable[int]) -> dict[int, float]:
    """deal -> the chance to close in the period of a run, of the deals the actor may read."""
    if run is None:
        return {}
    rows = DealEstimate.objects.seen_by(actor, "deal.read").filter(run=run, deal__in=list(ids))
    return dict(rows.values_list("deal_id", "chance_in_period"))


@dataclass(frozen=True, slots=True)
class DealChance:
    """The newest estimate of one deal, with its reasons in plain words and their effect in percentage points."""

    as_of: datetime
    period: str
    chance_in_period: float
    chance_ever: float
    expected_close_on: date | None
    reasons: tuple[tuple[str, float], ...]


def chance_of_deal(actor: access.Actor, deal: str, at: datetime) -> DealChance | None:
    """What the newest run says of a deal (by public id); None before the first run or out of the actor's reach."""
    rows = DealEstimate.objects.seen_by(actor, "deal.read").filter(deal__public_id=deal, run__as_of__lte=at)
    row = rows.select_related("run").order_by("-run__as_of", "-run").first()
    if row is None:
        return None
    reasons = tuple((text, effect) for text, effect in row.reasons)
    return DealChance(
        row.run.as_of, row.run.period, row.chance_in_period, row.chance_ever, row.expected_close_on, reasons
    )

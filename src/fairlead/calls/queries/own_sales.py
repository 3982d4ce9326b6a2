"""What somebody sold of their own number in a period, against the own target: for what follows from it for them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fairlead.calls import estimates as stored
from fairlead.calls import numbers, pipeline
from fairlead.calls.queries.quarter import own_target
from fairlead.forecasting.periods import Period
from fairlead.people import access


@dataclass(frozen=True, slots=True)
class OpenDeal:
    """An own open deal of the period, or the own share of one."""

    public_id: str
    name: str
    amount: int


@dataclass(frozen=True, slots=True)
class OwnSales:
    """What was sold in a period. ``low``, ``middle`` and ``high`` are where the newest estimate sees its end.

    Of a leader it is the team's number, and ``deals`` is empty.
    """

    period: Period
    target: int | None
    booked: int
    low: int | None
    middle: int | None
    high: int | None
    deals: tuple[OpenDeal, ...]


def own_sales(actor: access.Actor, period: Period, at: datetime) -> OwnSales:
    """The actor's own sales of a period, the largest open deals first. Raises NotAllowed."""
    access.require(actor, "quarter.open")
    if numbers.leaders([actor.id]):
        number = numbers.number_of(actor, actor.id, period, at)
        return _with(period, number.target, number.booked, number.estimate, ())
    rows = pipeline.lines(actor, [actor.id], period=period, at=at)
    run = stored.run_of(period.name, at)
    estimate = stored.of_people(actor, run, [actor.id], own_deals=True).get(actor.id)
    deals = sorted(
        (
            OpenDeal(line.public_id, line.name, line.amount)
            for line in rows
            if line.status == "open" and line.amount and pipeline.counted(line, period)
        ),
        key=lambda deal: (-deal.amount, deal.name),
    )
    booked = pipeline.column(rows, actor.id, period, "closed")
    return _with(period, own_target(actor, actor.id, period.name), booked, estimate, tuple(deals))


def _with(
    period: Period,
    target: int | None,
    booked: int,
    estimate: stored.Estimate | None,
    deals: tuple[OpenDeal, ...],
) -> OwnSales:
    if estimate is None:
        return OwnSales(period, target, booked, None, None, None, deals)
    return OwnSales(period, target, booked, estimate.p10, estimate.p50, estimate.p90, deals)

"""What somebody sold of their own number in a period, against the own target: for what follows from it for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from fairlead.calls import estimates as stored
from fairlead.calls import numbers, pipeline
from fairlead.calls.queries.quarter import own_targets
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


def own_sales(actor: access.Actor, periods: Sequence[Period], at: datetime) -> list[OwnSales]:
    """The actor's own sales of periods in the order of time; the open deals, largest first, of the last alone.

    Deals and targets are read once for all periods, and the range of the last alone: the others are over or not begun.
    Raises NotAllowed.
    """
    access.require(actor, "quarter.open")
    if not periods:
        return []
    if numbers.leaders([actor.id]):
        return [_of_team(actor, period, at) for period in periods]
    last = periods[-1]
    rows = pipeline.lines(actor, [actor.id], period=replace(last, starts_on=periods[0].starts_on), at=at)
    targets = own_targets(actor, actor.id, [period.name for period in periods])
    sold = [pipeline.column(rows, actor.id, period, "closed") for period in periods]
    estimate = stored.of_people(actor, stored.run_of(last.name, at), [actor.id], own_deals=True).get(actor.id)
    deals = sorted(
        (
            OpenDeal(line.public_id, line.name, line.amount)
            for line in rows
            if line.status == "open" and line.amount and pipeline.counted(line, last)
        ),
        key=lambda deal: (-deal.amount, deal.name),
    )
    found = [
        _with(period, targets.get(period.name), booked, None, ())
        for period, booked in zip(periods, sold, strict=True)
    ]
    return [*found[:-1], _with(last, targets.get(last.name), sold[-1], estimate, tuple(deals))]


def _of_team(actor: access.Actor, period: Period, at: datetime) -> OwnSales:
    number = numbers.number_of(actor, actor.id, period, at)
    return _with(period, number.target, number.booked, number.estimate, ())


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

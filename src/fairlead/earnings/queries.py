"""What the own attainment pays, for the person alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from fairlead.calls.queries import own_sales
from fairlead.earnings import rules
from fairlead.earnings.models import PayPlan
from fairlead.forecasting.periods import Period
from fairlead.people import access
from fairlead.people import queries as people


@dataclass(frozen=True, slots=True)
class Kept:
    """A pay plan and the period from which it holds."""

    starts: str
    starts_on: date
    plan: rules.Plan
    at: datetime


@dataclass(frozen=True, slots=True)
class OfPeriod:
    """A period: what was sold against the target, and what it pays; ``pay`` is None without a target or a plan."""

    period: Period
    sold: int
    target: int | None
    pay: rules.Pay | None


@dataclass(frozen=True, slots=True)
class Ending:
    """What the period pays if it ends at an amount."""

    words: str
    sold: int
    pay: rules.Pay


@dataclass(frozen=True, slots=True)
class Worth:
    """What one open deal would add to the pay if it closes in the period, alone."""

    deal: str
    name: str
    amount: int
    adds: int


@dataclass(frozen=True, slots=True)
class Page:
    """The page. ``periods`` are those of the year up to the one shown; ``kept`` every plan, the newest first."""

    plan: rules.Plan | None
    kept: tuple[Kept, ...]
    now: OfPeriod
    periods: tuple[OfPeriod, ...]
    endings: tuple[Ending, ...]
    worth: tuple[Worth, ...]
    supposed: Ending | None


MOST_DEALS = 10


def kept(actor: access.Actor) -> list[Kept]:
    """The own plans, the newest first. Raises NotAllowed."""
    access.require(actor, "earnings.own")
    rows = PayPlan.objects.seen_by(actor, "earnings.own").filter(person=actor.id).order_by("-starts_on")
    return [Kept(row.starts, row.starts_on, rules.from_plain(row.content), row.at) for row in rows]


def page(actor: access.Actor, period: Period, at: datetime, *, supposed: int | None = None) -> Page:
    """The own earnings of a period; ``supposed`` is an amount the period might end at. Raises NotAllowed."""
    plans = kept(actor)
    calendar = people.house().calendar
    year = calendar.year_of(period.starts_on)
    whole = calendar.periods_between(year.starts_on, year.ends_on, period.kind)
    parts = len(whole)
    sales = own_sales.own_sales(actor, [one for one in whole if one.starts_on <= period.starts_on], at)
    periods = [_period(plans, sold, parts) for sold in sales]
    now, sold = periods[-1], sales[-1]
    plan = _held(plans, period)
    endings: list[Ending] = []
    worth: list[Worth] = []
    guess = None
    if plan is not None and now.target:
        if sold.low is not None and sold.middle is not None and sold.high is not None:
            for words, amount in (
                ("at the low end of the range", sold.low), ("at its middle", sold.middle),
                ("at its high end", sold.high),
            ):  # fmt: skip
                endings.append(Ending(words, amount, rules.pay(plan, amount, now.target, parts)))
        worth = [
            Worth(
                deal.public_id,
                deal.name,
                deal.amount,
                rules.adds(plan, now.sold, now.target, deal.amount, parts),
            )
            for deal in sold.deals[:MOST_DEALS]
        ]
        if supposed is not None:
            guess = Ending("as supposed", supposed, rules.pay(plan, supposed, now.target, parts))
    return Page(plan, tuple(plans), now, tuple(periods), tuple(endings), tuple(worth), guess)


def _held(plans: list[Kept], period: Period) -> rules.Plan | None:
    """The plan that holds in a period: the newest that begins in it or before."""
    return next((one.plan for one in plans if one.starts_on <= period.starts_on), None)


def _period(plans: list[Kept], sold: own_sales.OwnSales, parts: int) -> OfPeriod:
    plan = _held(plans, sold.period)
    paid = rules.pay(plan, sold.booked, sold.target, parts) if plan is not None and sold.target else None
    return OfPeriod(sold.period, sold.booked, sold.target, paid)

"""From a history to the rows of an estimate run: the library's floats become minor units here."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta

from fairlead.calls import pipeline, rules
from fairlead.calls.models import DealEstimate, EstimateRun, NodeEstimate, RunPart
from fairlead.deals import rules as deals
from fairlead.deals import shares
from fairlead.forecasting import Replay, Workings
from fairlead.forecasting.periods import Calendar, Period
from fairlead.forecasting.types import (
    COMPANY,
    UNASSIGNED,
    Deal,
    Forecast,
    History,
    NodeForecast,
    Part,
)

_PAST = 8
OfTypes = Mapping[int, Mapping[int, Mapping[str, int]]]
"""Forecast type (its row) -> person -> cumulative column -> own deals."""


@dataclass(frozen=True, slots=True)
class Sums:
    """What was booked by each person's own deals, and their cumulative columns, in the history's money."""

    columns: Mapping[str, Mapping[str, float]]
    past: Mapping[str, Mapping[str, float]]
    year_ago: Mapping[str, float]
    year_ago_known: bool


def carrying(history: History, sellers: Collection[str]) -> History:
    """The history without people who carry no number: neither sell, nor lead anybody, nor own a deal."""
    busy = set(sellers) | {deal.owner for deal in history.deals} | {m.manager for m in history.members}
    busy |= {person for deal in history.deals for person, _, _ in deal.shares}
    return replace(history, members=tuple(m for m in history.members if m.id in busy))


def fingerprint(history: History, day: date, period: Period, targets: Mapping[str, float]) -> str:
    """SHA-256 of everything an estimate depends on, but for the library's own version."""
    digest = hashlib.sha256(f"{day}|{period}|{history.currency}|{sorted(history.static)}".encode())
    for rows in (history.deals, history.changes, history.members, sorted(targets.items())):
        for row in rows:
            digest.update(repr(row).encode())
    return digest.hexdigest()


def with_types(print_: str, types: OfTypes) -> str:
    """The fingerprint of an estimate with which the columns of forecast types are stored."""
    said = [
        (type, sorted((one, sorted(sums.items())) for one, sums in every.items()))
        for type, every in sorted(types.items())
    ]
    return hashlib.sha256(f"{print_}|{said!r}".encode()).hexdigest()


def node_targets(
    typed: Mapping[int, int], above: Mapping[int, int | None], currency: str
) -> dict[str, float]:
    """person id -> target in major units: typed, else what the reports' targets add up to; and the company's."""
    total: dict[int, int] = dict(typed)
    for person in _leaves_first(above):
        manager = above[person]
        if manager is not None and manager not in typed and person in total:
            total[manager] = total.get(manager, 0) + total[person]
    tops = [total[person] for person, manager in above.items() if manager is None and person in total]
    found = {str(person): float(deals.major_units(minor, currency)) for person, minor in total.items()}
    return found | ({COMPANY: float(deals.major_units(sum(tops), currency))} if tops else {})


def _leaves_first(above: Mapping[int, int | None]) -> list[int]:
    """Everybody, each before the own manager."""
    depth: dict[int, int] = {}
    for person in above:
        walk: list[int] = []
        at: int | None = person
        while at is not None and at in above and at not in depth and at not in walk:
            walk.append(at)
            at = above[at]
        start = depth.get(at, 0) if at is not None else 0
        for step, name in enumerate(reversed(walk), 1):
            depth[name] = start + step
    return sorted(above, key=lambda person: -depth[person])


def sums(history: History, calendar: Calendar, period: Period, day: date) -> Sums:
    """Per person: the columns of the period, booked in each of the last periods, and a year ago."""
    before = _periods_before(calendar, period, day)
    year_ago = _year_ago(calendar, period)
    same_day = year_ago.starts_on + (day - period.starts_on)
    columns: dict[str, dict[str, float]] = {name: {} for name in _STORED}
    past: dict[str, dict[str, float]] = {}
    then: dict[str, float] = {}
    scale = 10 ** deals.exponent(history.currency)
    for deal, owner, amount in _held(history.deals, scale):
        for name in _in_columns(deal, period):
            columns[name][owner] = columns[name].get(owner, 0.0) + amount
        if deal.status != "won" or deal.closed_on is None:
            continue
        for other in before:
            if other.contains(deal.closed_on):
                mine = past.setdefault(owner, {})
                mine[other.name] = mine.get(other.name, 0.0) + amount
        if year_ago.starts_on <= deal.closed_on < min(same_day, year_ago.ends_on + timedelta(days=1)):
            then[owner] = then.get(owner, 0.0) + amount
    won = [deal.created_on or deal.closed_on for deal in history.deals if deal.status == "won"]
    first = min((known for known in won if known is not None), default=None)
    return Sums(columns, past, then, first is not None and first <= year_ago.ends_on)


def _held(every: Iterable[Deal], scale: int) -> Iterable[tuple[Deal, str, float]]:
    """(deal, who holds it, amount held), a divided deal once for each share, cut as everywhere to minor units."""
    for deal in every:
        amount = deal.amount or 0.0
        if not deal.shares:
            yield deal, deal.owner, amount
            continue
        minor = round(amount * scale)
        for person, low, high in deal.shares:
            yield deal, person, shares.Part(int(person), low, high).of(minor) / scale


_STORED = (*rules.CALLED, "pipeline")


def _in_columns(deal: Deal, period: Period) -> list[str]:
    """The stored columns a deal stands in."""
    due = deal.close_on if deal.status == "open" else deal.closed_on
    if deal.status == "lost" or due is None or not period.contains(due):
        return []
    category = "closed" if deal.status == "won" else deal.category
    return [name for name in _STORED if category in pipeline.COLUMNS[name]]


def _periods_before(calendar: Calendar, period: Period, day: date) -> list[Period]:
    """The last periods that are over, the current one not among them."""
    found: list[Period] = []
    at = period
    while len(found) < _PAST:
        at = calendar.previous(at)
        if at.ends_on < day:
            found.append(at)
    return found


def _year_ago(calendar: Calendar, period: Period) -> Period:
    at = period
    for _ in range({"month": 12, "quarter": 4}.get(period.kind, 1)):
        at = calendar.previous(at)
    return at


def node_rows(
    run: EstimateRun, forecast: Forecast, history: History, summed: Sums, worked: Workings
) -> list[NodeEstimate]:
    """One row per node, in minor units. Sums of a team are those of everybody in the subtree."""
    members = _members_of(forecast)
    rows = []
    for node in forecast.nodes:
        row = _node_row(run, node, members[node.id], history.currency, summed)
        row.first, row.last = worked.spans[node.id]
        rows.append(row)
    return rows


def _members_of(forecast: Forecast) -> dict[str, list[str]]:
    """node id -> the person nodes at or below it."""
    parents = {node.id: node.parent for node in forecast.nodes}
    found: dict[str, list[str]] = {node.id: [] for node in forecast.nodes}
    for node in forecast.nodes:
        if node.kind != "person":
            continue
        at: str | None = node.id
        while at is not None:
            found[at].append(node.id)
            at = parents[at]
    return found


def _node_row(
    run: EstimateRun, node: NodeForecast, people: Sequence[str], currency: str, summed: Sums
) -> NodeEstimate:
    scale: int = 10 ** deals.exponent(currency)

    def minor(amount: float) -> int:
        return round(amount * scale)

    def part(given: Part) -> dict[str, int]:
        return {name: minor(value) for name, value in asdict(given).items()}

    names = {name for person in people for name in summed.past.get(person, {})}
    past = {name: minor(sum(summed.past.get(p, {}).get(name, 0.0) for p in people)) for name in sorted(names)}
    return NodeEstimate(
        run=run,
        person_id=person_of(node.id),
        kind="unassigned" if node.id == UNASSIGNED else node.kind,
        booked_minor=minor(node.booked),
        open_minor=minor(node.open_amount),
        open_deals=node.open_deals,
        weighted_minor=minor(node.weighted),
        mean_minor=minor(node.mean),
        p10_minor=minor(node.p10),
        p50_minor=minor(node.p50),
        p90_minor=minor(node.p90),
        parts={"from_open": part(node.from_open), "from_new": part(node.from_new)},
        target_minor=None if node.target is None else minor(node.target),
        chance_of_target=node.chance_of_target,
        quantiles=[minor(value) for value in node.quantiles],
        **{
            f"{name}_minor": minor(sum(column.get(p, 0.0) for p in people))
            for name, column in summed.columns.items()
        },
        past=past,
        year_ago_minor=minor(sum(summed.year_ago.get(p, 0.0) for p in people))
        if summed.year_ago_known
        else None,
    )


def person_of(node: str) -> int | None:
    """The person of a node's id; None for the company and for deals without an owner in the tree."""
    text = node.removeprefix("team:")
    return int(text) if text.isdecimal() else None


def deal_rows(run: EstimateRun, forecast: Forecast, ids: Mapping[str, int]) -> Iterable[DealEstimate]:
    """One row per open deal with its chances and reasons."""
    for deal in forecast.deals:
        yield DealEstimate(
            run=run,
            deal_id=ids[deal.id],
            chance_in_period=deal.chance_in_period,
            chance_ever=deal.chance_ever,
            expected_close_on=deal.expected_close_on,
            reasons=[[reason.text, reason.effect] for reason in deal.reasons],
        )


def widths(worked: Workings) -> dict[str, float]:
    """What all nodes of a run share, beside the parts of their persons."""
    return asdict(worked.shocks) | {"new": worked.pipeline.new_spread}


def part_rows(run: EstimateRun, worked: Workings) -> Iterable[RunPart]:
    """One row per person of the run, in its order: all that a node of theirs needs to be computed again."""
    for place in range(len(worked.persons)):
        part = worked.part(place)
        yield RunPart(
            run=run,
            place=place,
            person_id=person_of(part.person),
            team=part.team,
            new_rate=part.new_rate,
            new_size=part.new_size,
            deals=[[int(d.id), d.chance, d.size, d.spread, d.entered] for d in part.deals],
        )


def replayed(past: Replay, currency: str) -> dict[str, object]:
    """The replay of past periods as kept with a run, in minor units."""

    def minor(amount: float | None) -> int | None:
        return None if amount is None else round(amount * 10 ** deals.exponent(currency))

    return {
        "as_of": past.as_of.isoformat(),
        "period": past.period.name,
        "inside": past.inside,
        "booked_now": minor(past.booked_now),
        "booked_last_period": minor(past.booked_last_quarter),
        "booked_last_year": minor(past.booked_last_year),
        "periods": [
            {
                "period": one.period.name,
                "as_of": one.as_of.isoformat(),
                "week": one.week,
                "mean": minor(one.mean),
                "p10": minor(one.p10),
                "p50": minor(one.p50),
                "p90": minor(one.p90),
                "actual": minor(one.actual),
                "weighted_pipeline": minor(one.weighted_pipeline),
            }
            for one in past.periods
        ],
    }

"""Computing and storing the estimate of every node and deal."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, timedelta
from itertools import islice

from django.db import transaction

from fairlead import forecasting
from fairlead.calls import computing, kinds, numbers, pipeline
from fairlead.calls import estimates as stored
from fairlead.calls.models import (
    DealEstimate,
    EstimateRun,
    NodeEstimate,
    RunPart,
    TypeColumns,
)
from fairlead.deals import lookups
from fairlead.deals import queries as deal_queries
from fairlead.forecasting import timeline
from fairlead.forecasting.periods import Period
from fairlead.forecasting.types import Forecast, History
from fairlead.ledger import actions as ledger
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.models import Person

STALE_AFTER = timedelta(days=14)
"""So much later than the newest import a range says that it does not know what happened since."""


def estimate(
    *,
    by: access.Actor,
    at: datetime,
    as_of: datetime | None = None,
    period: Period | None = None,
    with_past: bool = True,
) -> EstimateRun:
    """Compute and store the estimates of all nodes and deals from what was known at ``as_of`` (default now).

    ``period`` defaults to the one ``as_of`` lies in. The computing holds no lock; only the storing is a
    transaction. When nothing changed since the newest run of the same day, that run is returned and nothing
    is written. ``with_past`` replays the last eight periods as well; without, ``replay_past`` does it later.
    """
    access.require(by, "import.run")
    moment, house = as_of or at, people.house()
    day = house.day(moment)
    period = period or house.period(day)
    # What was recorded on the day itself counts, so the library looks from the next one.
    look = min(day, period.ends_on) + timedelta(days=1)
    history = evidence(look, at)
    targets = _all_targets(period, day, house.currency)
    print_ = computing.fingerprint(history, look, period, targets)
    types = _columns_of_types(period, moment, past=look <= house.day(at))
    if types:
        print_ = computing.with_types(print_, types)
    known = (
        EstimateRun.objects.filter(period=period.name, fingerprint=print_).order_by("-as_of", "-id").first()
    )
    # A run of before what-ifs has no parts; it is computed once more.
    if known is not None and known.widths and (known.own_past or not with_past):
        return known
    found, worked = forecasting.worked_out(
        history, as_of=look, period=period, calendar=house.calendar, targets=targets
    )
    past = _past(history, look, house) if with_past and day <= period.ends_on else {}
    known_then = history if look > house.day(at) else timeline.as_known(history, look)
    summed = computing.sums(known_then, house.calendar, period, look)
    return _store(by, at, moment, period, history, found, worked, summed, past, print_, types)


def _columns_of_types(period: Period, moment: datetime, *, past: bool) -> computing.OfTypes:
    """Forecast type in force -> person -> the columns of the own deals; nothing where the company has no types."""
    wanted = kinds.in_force(moment, past=past)
    if not wanted:
        return {}
    ids = [node.id for node in people.tree(people.house().day(moment))]
    lines = pipeline.lines_known(ids, period, moment, past=past)
    return {
        kind.version: pipeline.columns_by_owner(kinds.taken(lines, kind, moment, past=past), period)
        for kind in wanted
    }


def replay_past(*, by: access.Actor, at: datetime) -> bool:
    """Replay the last eight periods for the newest run of today's period where no replay is kept yet.

    Takes seconds and holds no lock meanwhile. True when a replay was kept; twice does it once.
    """
    access.require(by, "import.run")
    house = people.house()
    run = stored.run_of(house.period(house.day(at)).name, at)
    if run is None or stored.with_past(at) is not None:
        return False
    look = house.day(run.as_of) + timedelta(days=1)
    past = _past(evidence(look, run.computed_at), look, house)
    with transaction.atomic():
        kept = EstimateRun.objects.filter(pk=run.pk, own_past={}).update(own_past=past)
        if kept:
            facts = {"period": run.period, "as_of": run.as_of, "inside": past["inside"]}
            ledger.append(
                kind="estimate.replayed", by=by.ref, at=at, subject_kind="run", subject=run.pk, facts=facts
            )
    return bool(kept)


def evidence(look: date, at: datetime) -> History:
    """What an estimate learns from: everything recorded before a day, of people who carry a number at ``at``."""
    known = deal_queries.evidence(look)
    selling = numbers.sellers(Person.objects.values("pk"), at)
    return computing.carrying(known, {str(person) for person in selling})


def _all_targets(period: Period, day: date, currency: str) -> dict[str, float]:
    above = {node.id: node.manager for node in people.tree(day)}
    return computing.node_targets(numbers.targets_of(list(above), period.name), above, currency)


def _past(history: History, look: date, house: people.House) -> dict[str, object]:
    kind = "month" if house.period_kind == "month" else "quarter"
    found = forecasting.replay(history, as_of=look, calendar=house.calendar, kind=kind)
    return computing.replayed(found, history.currency)


def _stale(moment: datetime) -> list[str]:
    """What is said of a range whose newest import shows a day long before the moment it is computed for."""
    seen = lookups.newest_look()
    if seen is None or moment - seen <= STALE_AFTER:
        return []
    day = people.house().day(seen)
    return [
        f"The newest import shows {day.day} {day:%B %Y}. What happened since is not in this range, and deals that were "
        "due look late: bring in a fresh export before anything is read from it."
    ]


@transaction.atomic
def _store(
    by: access.Actor, at: datetime, moment: datetime, period: Period, history: History, found: Forecast,
    worked: forecasting.Workings, summed: computing.Sums, past: dict[str, object], print_: str,
    types: computing.OfTypes,
) -> EstimateRun:  # fmt: skip
    run = EstimateRun.objects.create(
        as_of=moment,
        computed_at=at,
        period=period.name,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        currency=found.currency,
        model=found.model,
        model_version=found.model_version,
        fitted_on=found.fitted_on,
        fingerprint=print_,
        warnings=[*_stale(moment), *found.warnings],
        not_counted=[asdict(item) for item in found.not_counted[:1000]],
        own_past=past,
        widths=computing.widths(worked),
        types=sorted(types),
    )
    nodes = computing.node_rows(run, found, history, summed, worked)
    NodeEstimate.objects.bulk_create(nodes, batch_size=500)
    parts = computing.part_rows(run, worked)
    while some := list(islice(parts, 500)):
        RunPart.objects.bulk_create(some, batch_size=500)
    TypeColumns.objects.bulk_create(
        (
            TypeColumns(run=run, type_id=type, person_id=person, **columns)
            for type, every in types.items()
            for person, columns in every.items()
        ),
        batch_size=500,
    )
    rows = computing.deal_rows(run, found, {deal.id: int(deal.id) for deal in found.deals})
    while batch := list(islice(rows, 2000)):
        DealEstimate.objects.bulk_create(batch, batch_size=1000)
    facts = {"period": period.name, "as_of": moment, "model": f"{run.model} {run.model_version}",
             "fingerprint": print_, "nodes": len(nodes), "deals": len(found.deals)}  # fmt: skip
    ledger.append(kind="estimate.computed", by=by.ref, at=at, subject_kind="run", subject=run.pk, facts=facts)
    return run

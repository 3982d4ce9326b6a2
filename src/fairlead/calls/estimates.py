"""Stored estimates as pages read them: the newest run of a period, and a node's distribution."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fairlead import forecasting
from fairlead.calls.models import EstimateRun, NodeEstimate
from fairlead.people import access


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an estimate, in minor units."""

    mean: int
    p10: int
    p50: int
    p90: int


@dataclass(frozen=True, slots=True)
class Estimate:
    """A node's stored distribution, in minor units. ``dots`` are the 20 quantiles 2.5 %, 7.5 %, …"""

    run: int
    as_of: datetime
    computed_at: datetime
    model: str
    model_version: str
    fitted_on: int
    booked: int
    open_amount: int
    open_deals: int
    weighted: int
    mean: int
    p10: int
    p50: int
    p90: int
    from_open: Part
    from_new: Part
    commit: int
    columns: Mapping[str, int | None]
    target: int | None
    past: Mapping[str, int]
    year_ago: int | None
    quantiles: tuple[int, ...]

    @property
    def dots(self) -> tuple[int, ...]:
        return self.quantiles[4::10]

    def chance(self, amount: int) -> float:
        """The chance that the period brings at least ``amount`` (minor units), 0 to 1."""
        return forecasting.chance_of(self.quantiles, float(amount))

    def dots_reaching(self, amount: int) -> int:
        """Of 20 periods like this one, how many bring at least ``amount``."""
        return sum(dot >= amount for dot in self.dots)

    def short(self) -> dict[str, Any]:
        """What a submission freezes of the estimate it was made beside."""
        return {
            "run": self.run,
            "as_of": self.as_of.isoformat(),
            "model": f"{self.model} {self.model_version}",
            "mean": self.mean,
            "p10": self.p10,
            "p50": self.p50,
            "p90": self.p90,
            "dots": list(self.dots),
        }


def run_of(period: str, at: datetime) -> EstimateRun | None:
    """The newest run for a period as of ``at``, without its long lists."""
    return (
        EstimateRun.objects.filter(period=period, as_of__lte=at)
        .defer("not_counted", "own_past")
        .order_by("-as_of", "-id")
        .first()
    )


def with_past(at: datetime) -> EstimateRun | None:
    """The newest run that keeps a replay of the past; only among the last twenty, so that it is of these weeks."""
    runs = EstimateRun.objects.filter(as_of__lte=at).defer("not_counted").order_by("-as_of", "-id")
    return next((run for run in runs[:20] if run.own_past), None)


def of_people(
    actor: access.Actor, run: EstimateRun | None, people: Iterable[int], *, own_deals: bool = False
) -> dict[int, Estimate]:
    """person -> the estimate of the subtree for who leads a team, else of the own deals; what one may see.

    ``own_deals`` asks for the own deals of everybody, leaders too.
    """
    if run is None or not access.may(actor, "estimate.read"):
        return {}
    rows = NodeEstimate.objects.seen_by(actor, "estimate.read").filter(run=run, person__in=list(people))
    found = {}
    for row in rows.filter(kind__in=("person",) if own_deals else ("person", "team")).order_by("kind"):
        found[row.person_id] = _estimate(run, row)
    return {person: estimate for person, estimate in found.items() if person is not None}


def company(actor: access.Actor, run: EstimateRun | None) -> Estimate | None:
    """The whole organisation's estimate, for who answers for it."""
    access.require(actor, "accuracy.read")
    if run is None:
        return None
    row = NodeEstimate.objects.for_system("the company's node").filter(run=run, kind="company").first()
    return None if row is None else _estimate(run, row)


def _estimate(run: EstimateRun, row: NodeEstimate) -> Estimate:
    parts = row.parts
    return Estimate(
        run=run.pk,
        as_of=run.as_of,
        computed_at=run.computed_at,
        model=run.model,
        model_version=run.model_version,
        fitted_on=run.fitted_on,
        booked=row.booked_minor,
        open_amount=row.open_minor,
        open_deals=row.open_deals,
        weighted=row.weighted_minor,
        mean=row.mean_minor,
        p10=row.p10_minor,
        p50=row.p50_minor,
        p90=row.p90_minor,
        from_open=Part(**parts["from_open"]),
        from_new=Part(**parts["from_new"]),
        commit=row.commit_minor,
        columns={
            "closed": row.booked_minor,
            "commit": row.commit_minor,
            "most_likely": row.most_likely_minor,
            "best_case": row.best_case_minor,
            "pipeline": row.pipeline_minor,
        },
        target=row.target_minor,
        past=row.past,
        year_ago=row.year_ago_minor,
        quantiles=tuple(row.quantiles),
    )


def medians(actor: access.Actor, runs: Mapping[str, int], person: int) -> dict[str, int]:
    """period -> the middle of the person's (team's) estimate in the given runs (period -> run id)."""
    if not runs or not access.may(actor, "estimate.read"):
        return {}
    period_of = {run: period for period, run in runs.items()}
    rows = (
        NodeEstimate.objects.seen_by(actor, "estimate.read")
        .filter(run__in=list(period_of), person=person, kind__in=("person", "team"))
        .order_by("kind")
        .values_list("run_id", "p50_minor")
    )
    return {period_of[run]: middle for run, middle in rows}


def ranges(actor: access.Actor, runs: Iterable[int], person: int) -> dict[int, tuple[int, int, int]]:
    """run -> P10, P50, P90 of the person's team (of the own deals for who leads nobody) in the given runs."""
    wanted = list(runs)
    if not wanted or not access.may(actor, "estimate.read"):
        return {}
    rows = (
        NodeEstimate.objects.seen_by(actor, "estimate.read")
        .filter(run__in=wanted, person=person, kind__in=("person", "team"))
        .order_by("kind")
        .values_list("run_id", "p10_minor", "p50_minor", "p90_minor")
    )
    return {run: (p10, p50, p90) for run, p10, p50, p90 in rows}

"""Reading what was decided once and is looked up since: stage categories, rates, stages that mean nothing yet."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Count, Max, Sum

from fairlead.deals import queries, rules, staging, timelines
from fairlead.deals.models import Category, Deal, Import, Rate, Source
from fairlead.deals.timelines import Event
from fairlead.people import access
from fairlead.people import queries as people


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision: what it is about, what was said, from which day, when and by whom it was said."""

    subject: str
    value: str
    starts_on: date
    set_at: datetime
    by: str


def newest_look() -> datetime | None:
    """The newest moment that an import in force shows; None before the first."""
    found: datetime | None = Import.objects.filter(status="current").aggregate(newest=Max("as_of"))["newest"]
    return found


@dataclass(frozen=True, slots=True)
class StageMapping:
    """A stage with the category in force on a day, what comes later, and every decision, newest first."""

    stage: str
    category: str
    since: date | None
    later: Decided | None
    history: tuple[Decided, ...]


def stage_mappings(on: date) -> list[StageMapping]:
    """Every stage anybody mapped, by name."""
    rows: dict[str, list[Category]] = {}
    for row in Category.objects.order_by("stage", "starts_on", "pk"):
        rows.setdefault(row.stage, []).append(row)
    who = people.who(row.by for found in rows.values() for row in found)
    return [_stage(stage, found, on, who) for stage, found in sorted(rows.items())]


def _stage(stage: str, rows: list[Category], on: date, who: dict[str, str]) -> StageMapping:
    told = [Decided(stage, r.category, r.starts_on, r.set_at, who[r.by]) for r in rows]
    now = next((d for d in reversed(told) if d.starts_on <= on), None)
    later = next((d for d in told if d.starts_on > on), None)
    return StageMapping(
        stage, now.value if now else "", now.starts_on if now else None, later, tuple(reversed(told))
    )


@dataclass(frozen=True, slots=True)
class UnmappedStage:
    """A stage of open deals that means no category, and what to offer. Money in the organisation's currency."""

    stage: str
    suggestion: str
    deals: int
    minor: int


def unmapped_stages(actor: access.Actor, *, on: date) -> list[UnmappedStage]:
    """The stages of open deals within the actor's reach that mean no category, those with most deals first."""
    mapped = queries.mapping(on)
    without = [stage for stage in queries.open_stages() if stage and stage not in mapped]
    found = (
        Deal.objects.seen_by(actor, "deal.read")
        .filter(queries.counted_open(), own_category="", stage__in=without)
        .order_by()
        .values_list("stage", "forecast_category")
        .annotate(Count("pk"), Sum("home_minor"))
    )
    counts: dict[str, tuple[int, int]] = {}
    for stage, said, deals, minor in found:
        if not rules.category_named(said):
            before = counts.get(stage, (0, 0))
            counts[stage] = (before[0] + deals, before[1] + int(minor or 0))
    rows = [UnmappedStage(s, rules.suggest_category(s) or "", n, minor) for s, (n, minor) in counts.items()]
    return sorted(rows, key=lambda row: (-row.deals, row.stage))


def deal_types(actor: access.Actor) -> list[tuple[str, int]]:
    """(deal type, open deals) as the sources write it, '' for none; the most frequent first. Raises NotAllowed."""
    access.require(actor, "settings.write")
    rows = Deal.objects.seen_by(actor, "settings.write").filter(queries.counted_open()).order_by()
    found = rows.values_list("type").annotate(Count("pk"))
    return sorted(found, key=lambda row: (-row[1], row[0]))[:100]


@dataclass(frozen=True, slots=True)
class RateSet:
    """One conversion rate as it was set; ``in_force`` on the day asked about."""

    currency: str
    starts_on: date
    rate: Decimal
    set_at: datetime
    by: str
    in_force: bool


def rates_set(on: date) -> list[RateSet]:
    """Every conversion rate, by currency, newest first; of two for one day the later set counts."""
    rows = list(Rate.objects.order_by("currency", "-starts_on", "-pk"))
    who, seen, found = people.who(row.by for row in rows), set(), []
    for row in rows:
        counts = row.starts_on <= on and row.currency not in seen
        seen |= {row.currency} if counts else set()
        found.append(
            RateSet(row.currency, row.starts_on, row.rate.normalize(), row.set_at, who[row.by], counts)
        )
    return found


def histories(actor: access.Actor) -> Iterator[tuple[str, int, list[Event]]]:
    """(the source's id of the deal, source, events in order of recording) of every deal the actor may read.

    For exports; facts are read a few hundred deals at a time.
    """
    zone = ZoneInfo(people.house().time_zone)
    statics = dict(Source.objects.values_list("pk", "static"))
    staged = set(Import.objects.filter(status="staged").values_list("pk", flat=True))
    seen = Deal.objects.seen_by(actor, "deal.read").exclude(queries.GONE).order_by("pk")
    rows = list(seen.values_list("pk", "external_id", "source_id"))
    for some in staging.chunks(rows, 500):
        facts = staging.facts_of([pk for pk, _, _ in some])
        for pk, external_id, source in some:
            mine = [fact for fact, run in facts[pk] if run not in staged]
            told = timelines.timeline(
                mine,
                start_of_day=lambda day: datetime.combine(day, time(), zone),
                static=frozenset(statics[source]),
            )
            yield external_id, source, told

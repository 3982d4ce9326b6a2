"""What is counted in the deals for a plan, so that nobody types it: for the person, and for role peers as a share.

Takes persons and deals: for callers that checked whose. Peers leave here as counts of five or more, without names.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from fairlead.deals.models import Deal
from fairlead.improvement.content import COMPUTED, Content, Metric, Milestone
from fairlead.people import queries as people
from fairlead.plans.models import Version
from fairlead.qualification.models import Item
from fairlead.standing import measuring, rules
from fairlead.standing import queries as standing

_COUNTS = (
    "what a plan's task asks for is counted in the person's deals, and as a share in those of role peers"
)
_MILESTONES = "what the buyer said or did about deals that stand in a plan which went through the table"
_OPEN = "the open deals of somebody whose plan is written"


def counted(metric: Metric, persons: Collection[int], first: date, last: date) -> dict[int, int]:
    """person -> how many of what a metric counts, in days from ``first`` to ``last``."""
    found = dict.fromkeys(persons, 0)
    if last < first or not persons:
        return found
    for person in _each(metric, persons, first, last):
        found[person] += 1
    return found


def _each(metric: Metric, persons: Collection[int], first: date, last: date) -> list[int]:
    if metric == "opened":
        return [owner for owner, _ in measuring.created(persons, first, last)]
    if metric == "won":
        return [one.owner for one in measuring.closed(persons, first, last) if one.won]
    if metric == "plans":
        begin, end = _moments(first, last)
        rows = Version.objects.for_system(_COUNTS).filter(
            deal__owner__in=list(persons), at__gte=begin, at__lt=end
        )
        pairs = {(owner, deal) for owner, deal in rows.values_list("deal__owner", "deal") if owner}
        return [owner for owner, _ in pairs]
    if metric == "evidence":
        return [
            row.deal.owner_id
            for row in _standing_items(deal__owner__in=list(persons), score__gte=2, on__range=(first, last))
            if row.deal.owner_id is not None
        ]
    raise ValueError(f"{metric} is not counted in the deals.")


def _moments(first: date, last: date) -> tuple[datetime, datetime]:
    zone = ZoneInfo(people.house().time_zone)
    return (
        datetime.combine(first, time(), zone),
        datetime.combine(last + timedelta(days=1), time(), zone),
    )


def _standing_items(**where: object) -> list[Item]:
    """Evidence that was not taken back."""
    rows = Item.objects.for_system(_MILESTONES)
    gone = set(rows.filter(undoes__isnull=False).values_list("undoes", flat=True))
    kept = rows.filter(undoes=None, **where).select_related("deal").order_by("on", "pk")
    return [row for row in kept if row.pk not in gone]


def reached_by(deals: Mapping[str, Collection[Milestone]], since: date) -> dict[str, tuple[date, str]]:
    """Milestone key -> (day, who at the buyer) of the first evidence since a day that meets it."""
    found: dict[str, tuple[date, str]] = {}
    items = _standing_items(deal__public_id__in=list(deals), score__gte=2, on__gte=since)
    for row in items:
        for mark in deals[row.deal.public_id]:
            if mark.criterion == row.criterion and row.score >= mark.grade:
                found.setdefault(mark.key, (row.on, row.buyer_name))
    return found


def cycle(person: int, at: datetime) -> int | None:
    """The middle days from opening to signature of deals that the person and role peers won in a year; None of none."""
    day = people.house().day(at)
    mates = standing.peers_of(person, standing.running(at), at)
    won = [one for one in measuring.closed([person, *mates], day - timedelta(days=365), day) if one.won]
    return rules.middle([one.days for one in won if one.days is not None])


def with_peers(content: Content, person: int, at: datetime, before: Content | None = None) -> Content:
    """The plan with each counted task's baseline and share of role peers, over as many days before today.

    What stands in ``before``, the plan as it runs, keeps the baseline it began from.
    """
    day = people.house().day(at)
    first = day - timedelta(days=content.days)
    mates = standing.peers_of(person, standing.running(at), at)
    begun = {one.key: one for one in before.tasks} if before else {}
    enough = len(mates) >= rules.LEAST_PEERS
    tasks = []
    for task in content.tasks:
        known = begun.get(task.key)
        if task.metric not in COMPUTED:
            tasks.append(replace(task, peers=None, peers_met=None))
        elif known is not None and (known.metric, known.target) == (task.metric, task.target):
            tasks.append(replace(task, baseline=known.baseline, peers=known.peers, peers_met=known.peers_met))
        else:
            counts = counted(task.metric, [person, *mates], first, day - timedelta(days=1))
            met = sum(counts[mate] >= task.target for mate in mates)
            tasks.append(
                replace(
                    task, baseline=known.baseline if known else counts[person], peers=len(mates) if enough else None,
                    peers_met=met if enough else None,
                )
            )  # fmt: skip
    return replace(content, tasks=tuple(tasks))


def open_deals(person: int) -> list[tuple[str, str]]:
    """(public id, name) of the open deals of a person, the largest first."""
    rows = Deal.objects.for_system(_OPEN).filter(owner=person, status="open")
    return [
        (row.public_id, row.name or row.account or row.external_id)
        for row in rows.order_by("-home_minor", "name", "pk")[:200]
    ]


def open_by_account(person: int) -> dict[str, int]:
    """Account name -> how many open deals of a person it has."""
    found: dict[str, int] = {}
    for name in (
        Deal.objects.for_system(_OPEN).filter(owner=person, status="open").values_list("account", flat=True)
    ):
        found[name] = found.get(name, 0) + 1
    return found

"""What a leader knows and the superior does not yet: changes of the number, and news items."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q

from fairlead.calls import actions as calls_actions
from fairlead.calls import numbers, pipeline
from fairlead.deals import queries as deals
from fairlead.deals import rules as deal_rules
from fairlead.forecasting.periods import Period
from fairlead.news import rules
from fairlead.news.models import Act, Item, Told
from fairlead.people import queries as people
from fairlead.people.guard import GuardedQuerySet
from fairlead.people.models import Reach


def items() -> GuardedQuerySet[Any]:
    """All news, for callers that ask who may read it; annotated with when it was told and withdrawn."""
    acts = Act.objects.for_system("what was done with news decides who may read it").filter(
        item=OuterRef("pk")
    )
    sent = (
        numbers.sent_rows()
        .filter(person=OuterRef("lead"), period=OuterRef("period"), at__gt=OuterRef("at"))
        .exclude(pk__in=numbers.withdrawn(_FOREVER).values("submission"))
        .order_by("at")
    )
    rows = Item.objects.for_system("what was done with news decides who may read it")
    return rows.annotate(
        told_at=acts.filter(kind="told").values("at")[:1],
        sent_at=sent.values("at")[:1],
        thanked_at=acts.filter(kind="thanked").values("at")[:1],
        withdrawn_at=acts.filter(kind="withdrawn").values("at")[:1],
    )


_FOREVER = datetime.fromisoformat("9999-01-01T00:00:00+00:00")
TOLD = Q(told_at__isnull=False) | Q(sent_at__isnull=False)
"""Told upward: in an explicit notice, or before a standing submission."""


def leading() -> Exists:
    """Whether the item's owner leads a team: then it is the own news of a leader, and no superior sees it untold."""
    return Exists(Reach.objects.filter(boss=OuterRef("person"), depth=1))


def of_lead(lead: int, period: str) -> GuardedQuerySet[Any]:
    """The untold news in a leader's number: of the reports of today, and of own deals."""
    mine = Q(person=lead) | (
        Q(person__in=Reach.objects.filter(boss=lead, depth=1).values("member")) & ~Q(leading())
    )
    return items().filter(mine, ~TOLD, period=period, withdrawn_at=None)


def clock_of(person: int) -> rules.Clock:
    """How a leader's untold changes are timed: the organisation's limit in the team's zone, around its days off."""
    rhythm = calls_actions.rhythm_of(person)
    return rules.Clock(people.house().news_limit, rhythm.zone, rhythm.off)


def changes(number: numbers.Number) -> list[rules.Change]:
    """The changes since a leader's last standing submission that were not told yet; none before the first one.

    Deals of the leader and of direct reports who lead nobody; a team below tells its own changes.
    """
    before = number.standing.get(number.person.id)
    if before is None or number.at > _end_of(number.period):
        return []
    row = numbers.sent_rows().get(pk=before.id)
    teams = {cell.person for cell in (*calls_actions.cells_of(row), *number.cells) if cell.leads}
    owners = {cell.person for cell in (*calls_actions.cells_of(row), *number.cells)} - teams
    then = pipeline.thawed(row.deals)
    columns = (pipeline.COLUMNS["commit"], deal_rules.EVERYTHING)
    inner, outer = (
        pipeline.moves(
            then, number.lines, number.period, owners=owners, since=row.at, at=number.at, columns=column
        )
        for column in columns
    )
    # Another division of a deal is no news of the deal.
    commit = [m for m in inner if m.by_reason + m.by_amount and m.reason != "split_changed"]
    seen = {move.deal.id for move in commit}
    others = [
        m
        for m in outer
        if m.deal.id not in seen and m.by_reason + m.by_amount and m.reason != "split_changed"
    ]
    learned = deals.changed_since({m.deal.id for m in (*commit, *others)}, row.at, number.at)
    found = [
        rules.Change(
            move.deal.id,
            move.reason or ("amount_up" if move.by_amount > 0 else "amount_down"),
            move.by_reason + move.by_amount,
            learned.get(move.deal.id, number.at),
            move.deal.id in seen,
        )
        for move in (*commit, *others)
    ]
    told = _told_since(number.person.id, number.period.name, row.at)
    return rules.untold(rules.counting(found, number.target), told)


def _end_of(period: Period) -> datetime:
    return datetime.fromisoformat(f"{period.ends_on}T23:59:59+00:00")


def _told_since(person: int, period: str, since: datetime) -> set[tuple[int, str, int]]:
    rows = Told.objects.for_system("a change that was told is not told again")
    lists: Iterable[list[list[object]]] = rows.filter(
        person=person, period=period, at__gte=since
    ).values_list("changes", flat=True)
    return {(int(str(deal)), str(why), int(str(amount))) for told in lists for deal, why, amount, _ in told}

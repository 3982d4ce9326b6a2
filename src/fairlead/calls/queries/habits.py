"""How deals of a person or a team went in a year, from closed deals the actor may read, or as figures without names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias

from fairlead.calls import rules
from fairlead.deals.models import Deal
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.guard import GuardedQuerySet
from fairlead.people.models import Reach

_A_YEAR = timedelta(days=365)
LEAST_MATES = 3
"""Of fewer mates a median would be nearly one person's deals, which are nobody else's to see."""
_FIELDS = ("owner_id", "status", "home_minor", "created_on", "closed_on")
_MOST = 2_000
_Closed: TypeAlias = tuple[int | None, str, int | None, date | None, date | None]


@dataclass(frozen=True, slots=True)
class Year:
    """A year of a person's own closed deals, and of the team's where the own are too few for some figure."""

    own: Sequence[rules.Ended]
    team: Sequence[rules.Ended]

    @property
    def habits(self) -> rules.Habits:
        return rules.habits(self.own, self.team)


def year(actor: access.Actor, node: people.Node, today: date) -> Year:
    """The actor's own closed deals of a year, and the team's without names where these are too few."""
    mine = _ended(_closed(Deal.objects.seen_by(actor, "deal.read").filter(owner=node.id), today))
    enough = sum(deal.won and bool(deal.amount) and deal.days is not None for deal in mine) >= rules.LEAST_OWN
    return Year(mine, () if enough else of_team(node, today))


def below(actor: access.Actor, person: int, today: date) -> rules.Habits:
    """From the deals of a leader's whole team that the actor may read."""
    if not access.may(actor, "deal.read"):
        return rules.habits(())
    members = Reach.objects.filter(boss=person).values("member")
    return rules.habits(
        _ended(_closed(Deal.objects.seen_by(actor, "deal.read").filter(owner__in=members), today))
    )


def of_team(node: people.Node, today: date) -> list[rules.Ended]:
    """The closed deals of the person's team, as numbers without names; none of a team of few."""
    if node.manager is None:
        return []
    team = [report.id for report in people.reports(node.manager)]
    every = Deal.objects.for_system("the team's usual deal size and pace, figures without names")
    rows = _closed(every.filter(owner__in=team), today)
    mates = {owner for owner, status, amount, _, _ in rows if status == "won" and amount} - {node.id}
    return _ended(rows) if len(mates) >= LEAST_MATES else []


def sizes(deals: Sequence[rules.Ended]) -> list[int]:
    """The amounts of those won, where they are known."""
    return [deal.amount for deal in deals if deal.won and deal.amount]


def _closed(every: GuardedQuerySet[Deal], today: date) -> list[_Closed]:
    closed = every.filter(status__in=("won", "lost"), closed_on__gt=today - _A_YEAR, closed_on__lte=today)
    return list(closed.order_by("-closed_on", "-pk").values_list(*_FIELDS)[:_MOST])


def _ended(rows: list[_Closed]) -> list[rules.Ended]:
    return [
        rules.Ended(status == "won", amount, (closed - created).days if created and closed else None)
        for _, status, amount, created, closed in rows
    ]

"""The targets somebody may see."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fairlead.calls import numbers
from fairlead.calls.models import Target
from fairlead.forecasting.periods import Period
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.models import Person


@dataclass(frozen=True, slots=True)
class TargetLine:
    """One person's target; ``amount`` None where there is none."""

    person: people.Node
    amount: int | None
    set_at: datetime | None


def targets(
    actor: access.Actor,
    period: Period,
    at: datetime,
    *,
    type: str = "new",
    after: tuple[str, int] | None = None,
    limit: int = 50,
) -> list[TargetLine]:
    """The targets the actor may see, by name, for everybody who carries a number; paged by (name, id)."""
    found = Person.objects.filter(people.scope(actor, "target.read", "pk"), voided_at=None)
    found = found.filter(pk__in=numbers.selling(at)).order_by("name", "pk")
    if after is not None:
        found = found.filter(name__gte=after[0]).exclude(name=after[0], pk__lte=after[1])
    nodes = people.nodes(found.values_list("pk", flat=True)[:limit])
    rows = Target.objects.seen_by(actor, "target.read").filter(
        person__in=[node.id for node in nodes], period=period.name, type=type
    )
    newest = {row.person_id: row for row in rows.order_by("pk")}
    return [
        TargetLine(
            node,
            newest[node.id].amount_minor if node.id in newest else None,
            newest[node.id].set_at if node.id in newest else None,
        )
        for node in nodes
    ]

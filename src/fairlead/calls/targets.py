"""Reading targets as sales operations keep them: a grid of people, and every decision behind a cell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from fairlead.calls.models import Target
from fairlead.people import access
from fairlead.people import queries as people


@dataclass(frozen=True, slots=True)
class Said:
    """A target as it was set once. Minor units."""

    amount_minor: int
    currency: str
    set_at: datetime
    by: str


def said(
    actor: access.Actor, persons: Iterable[int], period: str, type: str = "new"
) -> dict[int, tuple[Said, ...]]:
    """person -> targets for a period, newest first, for those the actor may see; the first one stands."""
    rows = list(
        Target.objects.seen_by(actor, "target.read")
        .filter(person__in=list(persons), period=period, type=type)
        .order_by("-pk")
    )
    who = people.who(row.by for row in rows)
    found: dict[int, list[Said]] = {}
    for row in rows:
        told = Said(row.amount_minor, row.currency, row.set_at, who[row.by])
        found.setdefault(row.person_id, []).append(told)
    return {person: tuple(every) for person, every in found.items()}

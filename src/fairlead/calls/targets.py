"""Reading targets as sales operations keep them: a grid of people, and every decision behind a cell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from fairlead.calls import kinds, rules
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
    reason: str
    """in words, '' where none was given"""


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
        told = Said(
            row.amount_minor, row.currency, row.set_at, who[row.by], rules.REASONS.get(row.reason, "")
        )
        found.setdefault(row.person_id, []).append(told)
    return {person: tuple(every) for person, every in found.items()}


@dataclass(frozen=True, slots=True)
class Changed:
    """An own target as it was set: of which period, when it held from, and the neutral reason of a change, '' for none.

    ``before`` is what it was, None where it was set for the first time. Who set it is not said.
    """

    period: str
    amount_minor: int
    currency: str
    before: int | None
    set_at: datetime
    reason: str
    type: str = ""
    """the forecast type's name; empty for all business"""
    units: bool = False


def own_history(actor: access.Actor, limit: int = 60, *, types: bool = False) -> list[Changed]:
    """The actor's own targets as they were set and changed, newest first. Raises NotAllowed.

    With ``types`` those of forecast types too.
    """
    rows = Target.objects.seen_by(actor, "target.read").filter(person=actor.id).order_by("pk")
    known = {one.kind.key: one.kind for one in kinds.said()} if types else {}
    rows = rows.filter(type__in=["new", *known])
    standing: dict[tuple[str, str], int] = {}
    found = []
    for row in rows:
        before = standing.get((row.period, row.type))
        if before != row.amount_minor:
            words = rules.REASONS.get(row.reason, "") if before is not None else ""
            of = known.get(row.type)
            units = of is not None and of.measure == "quantity"
            found.append(
                Changed(
                    row.period,
                    row.amount_minor,
                    row.currency,
                    before,
                    row.set_at,
                    words,
                    of.name if of else "",
                    units,
                )
            )
        standing[row.period, row.type] = row.amount_minor
    # Of one day by period, as they follow each other.
    found.sort(key=lambda one: (one.set_at.date(), one.period))
    return found[::-1][:limit]

"""Whether somebody's own weekly number is due: for the page of the day."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from fairlead.calls import actions, due, numbers, rules, targets
from fairlead.calls.queries.periods import period_at
from fairlead.people import access
from fairlead.people import queries as people


@dataclass(frozen=True, slots=True)
class OwnDue:
    """How the own number of the running period stands; ``zone`` is that of the team."""

    period: str
    due: due.Due
    zone: str


def due_of(actor: access.Actor, at: datetime) -> OwnDue | None:
    """How the actor stands with the weekly number; None for whoever submits none.

    A manager with nobody above here has a superior elsewhere, who gets the number as a text; an executive has none.
    """
    if actor.person is None or not access.may(actor, "submission.make"):
        return None
    period = period_at(at)
    if people.manager_of(actor.id) is None and access.Role.MANAGER not in actor.roles:
        return None
    if not numbers.leaders(numbers.sellers([actor.id], at)):
        return None
    sent = numbers.standing_of([actor.id], period.name, at).get(actor.id)
    rhythm = actions.rhythm_of(actor.id)
    return OwnDue(period.name, due.standing(rhythm, period, at, sent.due_at if sent else None), rhythm.zone)


def said_by(actor: access.Actor, at: datetime) -> tuple[bool, bool]:
    """Whether the actor has said a call for the running period, and whether a target is set for them in it."""
    period = period_at(at).name
    said = numbers.calls_said([actor.id], period, rules.CALLED, at)
    return any(actor.id in of for of in said.values()), bool(
        targets.said(actor, [actor.id], period).get(actor.id)
    )


def without_target(actor: access.Actor, persons: Collection[int], at: datetime) -> list[int]:
    """Those for whom the actor reads no target of the running period, in the given order."""
    found = targets.said(actor, persons, period_at(at).name)
    return [one for one in persons if one not in found]

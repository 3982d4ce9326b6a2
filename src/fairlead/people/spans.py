"""What two people keep between them while the one reports to the other: whose line still holds, and when it ended.

A later line of the same two begins something new; it gives nothing back.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from django.db.models import Exists, OuterRef, Q

from fairlead.people.models import Reach, ReportingLine


class Span(Protocol):
    """A row of two people with the organisation's day on which it began."""

    pk: int
    rep_id: int
    manager_id: int
    begun_on: date


def led(person: int) -> Q:
    """Condition on rows with rep, manager and begun_on: the person leads, and the line holds since it began."""
    below = Reach.objects.filter(boss=person, member=OuterRef("rep"), depth=1)
    moved = ReportingLine.objects.filter(
        person=OuterRef("rep"), settled=True, starts_on__gt=OuterRef("begun_on")
    )
    return Q(manager=person) & Exists(below) & ~Exists(moved)


def line_ends(rows: Sequence[Span]) -> dict[int, date | None]:
    """Row -> the first day on which the rep did not report to the manager any more, None while the line holds."""
    later: dict[int, list[tuple[date, date | None]]] = {}
    reps = {row.rep_id for row in rows}
    lines = ReportingLine.objects.filter(person__in=reps, settled=True).order_by("starts_on")
    for person, starts, ends in lines.values_list("person_id", "starts_on", "ends_on"):
        later.setdefault(person, []).append((starts, ends))
    now = dict(Reach.objects.filter(member__in=reps, depth=1).values_list("member_id", "boss_id"))
    found: dict[int, date | None] = {}
    for row in rows:
        after = [starts for starts, _ in later.get(row.rep_id, []) if starts > row.begun_on]
        if after:
            found[row.pk] = after[0]
        elif now.get(row.rep_id) != row.manager_id:
            # Corrected on the day it began, or nobody is above any more: that day is its end.
            ended = [end for _, end in later.get(row.rep_id, []) if end is not None and end > row.begun_on]
            found[row.pk] = ended[-1] if ended else row.begun_on
        else:
            found[row.pk] = None
    return found

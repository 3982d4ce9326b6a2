"""Who reports to whom, today or as it was known at an earlier instant.

Today's tree is read from the closure, which serves every page within milliseconds. An earlier one is read from the
effective-dated lines as they were known then, so that a later re-organisation, or a line corrected later, changes
no page of the past.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from fairlead.people import queries, rules
from fairlead.people.models import Reach, ReportingLine, Team
from fairlead.people.queries import Node


class Today:
    """Today's reporting tree."""

    def node(self, person: int) -> Node:
        """One person. Raises NotFound."""
        return queries.node(person)

    def reports(self, person: int) -> list[Node]:
        """The direct reports, by name."""
        return queries.reports(person)

    def leading(self, ids: Iterable[int]) -> set[int]:
        """Of these people those who have reports."""
        return set(Reach.objects.filter(boss__in=list(ids), depth=1).values_list("boss_id", flat=True))

    def members(self, leads: Iterable[int]) -> QuerySet[Reach, Any] | set[int]:
        """Everybody in the subtrees of ``leads``, with the leads: ids to filter by."""
        return Reach.objects.filter(boss__in=list(leads)).values("member")

    def below(self, leads: Iterable[int]) -> dict[int, int]:
        """member -> direct boss, of everybody in the subtrees of ``leads``, the leads where they have a boss."""
        members = Reach.objects.filter(boss__in=list(leads)).values("member")
        return dict(Reach.objects.filter(depth=1, member__in=members).values_list("member_id", "boss_id"))


@dataclass(frozen=True)
class Past(Today):
    """The tree as it was known at an instant. ``managers`` is person -> manager, ``direct`` its inverse."""

    managers: Mapping[int, int | None]
    direct: Mapping[int, tuple[int, ...]]

    def node(self, person: int) -> Node:
        return self._placed([queries.node(person)])[0]

    def reports(self, person: int) -> list[Node]:
        return self._placed(queries.nodes(self.direct.get(person, ())))

    def leading(self, ids: Iterable[int]) -> set[int]:
        return {person for person in ids if person in self.direct}

    def members(self, leads: Iterable[int]) -> QuerySet[Reach, Any] | set[int]:
        wanted = list(leads)
        return set(wanted) | set(self.below(wanted))

    def below(self, leads: Iterable[int]) -> dict[int, int]:
        found: dict[int, int] = {}
        waiting = list(leads)
        for lead in waiting:
            boss = self.managers.get(lead)
            if boss is not None:
                found[lead] = boss
        while waiting:
            boss = waiting.pop()
            members = [member for member in self.direct.get(boss, ()) if member not in found]
            found |= dict.fromkeys(members, boss)
            waiting += members
        return found

    def branches(self, person: int) -> dict[int, int]:
        """member -> the direct report of ``person`` above them, or the person for the person."""
        found, waiting = {person: person}, [(report, report) for report in self.direct.get(person, ())]
        while waiting:
            member, branch = waiting.pop()
            found[member] = branch
            waiting += [(report, branch) for report in self.direct.get(member, ())]
        return found

    def _placed(self, nodes: Iterable[Node]) -> list[Node]:
        teams = dict(Team.objects.filter(lead__in=list(self.direct)).values_list("lead_id", "name"))
        return [
            Node(n.id, n.public_id, n.name, self.managers.get(n.id), teams.get(n.id, ""), n.title)
            for n in nodes
        ]


def as_known(at: datetime) -> Past:
    """The tree in force on the organisation's day of an instant, from what had been said by then."""
    known = [line for line in (line.as_known(at) for line in queries.lines()) if line is not None]
    managers = rules.managers_on(known, queries.house().day(at))
    direct: dict[int, tuple[int, ...]] = {}
    for person, manager in managers.items():
        if manager is not None:
            direct[manager] = (*direct.get(manager, ()), person)
    return Past(managers, direct)


def branches(person: int, at: datetime, now: datetime) -> dict[int, int]:
    """Everybody who was in a node at an instant -> the direct report whose branch they were in; the head is its own.

    Read from the closure unless a line changed, or was said, since.
    """
    on = queries.house().day(at)
    since = Q(starts_on__gt=on) | Q(ends_on__gt=on) | Q(set_at__gt=at) | Q(end_set_at__gt=at)
    if at >= now or not ReportingLine.objects.filter(since).exists():
        direct = Reach.objects.filter(boss=person, depth=1).values("member")
        rows = Reach.objects.filter(boss__in=direct).values_list("member_id", "boss_id")
        return dict(rows) | {person: person}
    return as_known(at).branches(person)

"""Who is accountable for a message: computed from the reporting line of the moment, never kept.

A message about a deal is the manager's whose number the deal is in, one about a team its leader's, any other one the
receiver's; of a team's receiver it is whoever leads the team now. Where that person has left, it is whoever was above.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Exists, F, OuterRef, Q

from fairlead.deals.models import Deal
from fairlead.desk.models import Message
from fairlead.people import access, structure
from fairlead.people import queries as people
from fairlead.people.guard import GuardedQuerySet
from fairlead.people.models import Person, Reach, ReportingLine

_WHY = "who is accountable for a message is computed from the reporting line"


def messages(actor: access.Actor, at: datetime) -> GuardedQuerySet[Message]:
    """The messages on the actor's desk, and on the desk of whom the actor stands in for. Raises NotAllowed."""
    access.require(actor, "desk.handle")
    where = Q(pk__in=[])
    for principal, _ in access.reaches(actor, "desk.handle"):
        where |= _desk_of(principal.person, people.house().day(at))
    return Message.objects.for_system(_WHY).filter(where)


def on_desk_of(person: int, at: datetime) -> GuardedQuerySet[Message]:
    """The messages on one person's desk; callers checked whose."""
    return Message.objects.for_system(_WHY).filter(_desk_of(person, people.house().day(at)))


def _desk_of(person: int, today: date) -> Q:
    leads = with_gone(person, today)
    below = Reach.objects.filter(boss__in=leads, depth=1).values("member")
    leading = Exists(Reach.objects.filter(boss=OuterRef("deal__owner"), depth=1))
    placed = Exists(Reach.objects.filter(member=OuterRef("deal__owner"), depth=1))
    # Who leads is accountable for what came to them about an own deal; what came before they led stays above.
    theirs = Q(leading) & Q(to=F("deal__owner"))
    of_deal = Q(about="deal") & (
        (theirs & Q(deal__owner__in=leads))
        | (~theirs & Q(deal__owner__in=below))
        | (~theirs & ~Q(placed) & Q(to__in=leads))
    )
    of_team = ~Q(about="deal") & Q(team__isnull=False, team__lead__in=leads)
    return of_deal | of_team | (~Q(about="deal") & Q(team=None, to__in=leads))


def with_gone(person: int, today: date) -> set[int]:
    """The person, and every leader who reported to them and has left, and so on down: their desks came up."""
    found = {person}
    waiting = {person}
    while waiting:
        direct = Reach.objects.filter(boss__in=waiting, depth=1).values("member")
        left = Person.objects.filter(Q(ends_on__lte=today) | Q(voided_at__isnull=False))
        fresh = set(left.filter(pk__in=direct).values_list("pk", flat=True))
        lines = ReportingLine.objects.filter(manager__in=waiting, person__in=left.values("pk"))
        for one in set(lines.values_list("person_id", flat=True)) - fresh:
            if above_of(one) in waiting:
                fresh.add(one)
        waiting = fresh - found
        found |= waiting
    return found


def above_of(person: int) -> int | None:
    """The manager of a person, or the last one there was."""
    now = people.manager_of(person)
    if now is not None:
        return now
    lines = ReportingLine.objects.filter(person=person).order_by("-starts_on")
    return lines.values_list("manager_id", flat=True).first()


def gone(person: int, day: date) -> bool:
    """Whether somebody has left by a day."""
    left = Person.objects.filter(pk=person).filter(Q(ends_on__lte=day) | Q(voided_at__isnull=False))
    return left.exists()


def manager_of_deal(owner: int, day: date) -> int | None:
    """Who is accountable for a deal's messages: the owner where the owner leads, else the owner's manager."""
    leads = Reach.objects.filter(boss=owner, depth=1).exists()
    return present(owner if leads else people.manager_of(owner), day)


def _above(owner: int, day: date) -> int | None:
    return present(people.manager_of(owner), day)


def present(person: int | None, day: date) -> int | None:
    """The person, or the first one above who is still there."""
    seen: set[int] = set()
    while person is not None and person not in seen and gone(person, day):
        seen.add(person)
        person = above_of(person)
    return person


def now_of(row: Message, day: date) -> int:
    """Who is accountable for a message by today's line."""
    return then_of([row], day)[row.pk]


def then_of(rows: Iterable[Message], day: date) -> dict[int, int]:
    """message -> who is accountable by today's line."""
    every = list(rows)
    owners = owners_of(every)
    leads: dict[tuple[str, int], int | None] = {}

    def lead(what: str, key: int) -> int | None:
        if (what, key) not in leads:
            ways = {"owner": manager_of_deal, "above": _above, "person": present}
            leads[what, key] = ways[what](key, day)
        return leads[what, key]

    found: dict[int, int] = {}
    for row in every:
        owner = owners.get(row.deal_id or 0)
        if row.about == "deal":
            what = "owner" if row.to_id == owner else "above"
            who = lead(what, owner) if owner is not None else None
        else:
            who = lead("person", row.team.lead_id if row.team else row.to_id)
        found[row.pk] = who or lead("person", row.to_id) or row.to_id
    return found


def owners_of(rows: Iterable[Message]) -> dict[int, int | None]:
    """deal -> its owner, of the deals of messages, whoever may read the deals."""
    ids = {row.deal_id for row in rows if row.deal_id}
    if not ids:
        return {}
    return dict(Deal.objects.for_system(_WHY).filter(pk__in=ids).values_list("pk", "owner_id"))


def owner_of(row: Message) -> int | None:
    """The owner of a message's deal, whoever may read the deal."""
    return owners_of([row]).get(row.deal_id or 0)


def at_moment(row: Message, moment: datetime, now: datetime) -> int:
    """Who was accountable at an earlier moment, by the line as it was known then."""
    day = people.house().day(moment)
    since = Q(starts_on__gt=day) | Q(ends_on__gt=day) | Q(set_at__gt=moment) | Q(end_set_at__gt=moment)
    if moment >= now or not ReportingLine.objects.filter(since).exists():
        return now_of(row, people.house().day(now))
    tree = structure.as_known(moment)
    if row.about == "deal":
        owner = owner_of(row)
        leads = owner in tree.direct and row.to_id == owner
        start = None if owner is None else owner if leads else tree.managers.get(owner)
    else:
        start = row.to_id
    seen: set[int] = set()
    while start is not None and start not in seen and gone(start, day):
        seen.add(start)
        start = tree.managers.get(start)
    return start or row.to_id

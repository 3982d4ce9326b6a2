"""Who is accountable for a message: computed from the reporting line of the moment, never kept.

A message about a deal is the manager's whose number the deal is in; any other one is whose the people are who were
the receiver's team when it came. Where that person has left, it is whoever was above. A deal without owner leaves its
messages with who decided on them last. Nobody is accountable for what came, or waited, while they were the deal's rep.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from django.db.models import BigIntegerField, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from fairlead.deals import queries as deals
from fairlead.deals.models import Deal, PastOwner
from fairlead.desk.models import Act, Message
from fairlead.people import access, structure
from fairlead.people import queries as people
from fairlead.people.guard import GuardedQuerySet
from fairlead.people.kept import once
from fairlead.people.models import Reach, ReportingLine

_WHY = "who is accountable for a message is computed from the reporting line"


def messages(actor: access.Actor, at: datetime) -> GuardedQuerySet[Message]:
    """The messages on the actor's desk, and on the desk of whom the actor stands in for. Raises NotAllowed."""
    access.require(actor, "desk.handle")
    where, today = Q(pk__in=[]), people.house().day(at)
    for principal, _ in access.reaches(actor, "desk.handle"):
        desk = _desk_of(principal.person, today)
        # Whoever stands in decides on the others' deals; what is about an own one waits for the manager.
        where |= desk if principal.person == actor.person else desk & ~_about_deals_of(actor.person)
    return _rows().filter(where)


def on_desk_of(person: int, at: datetime) -> GuardedQuerySet[Message]:
    """The messages on one person's desk; callers checked whose."""
    return _rows().filter(_desk_of(person, people.house().day(at)))


def _rows() -> GuardedQuerySet[Message]:
    """Messages with ``kept_by``: who decided on it last, or to whom it came."""
    last = Act.objects.for_system(_WHY).filter(message=OuterRef("pk")).order_by("-number").values("manager")
    kept_by = Coalesce(Subquery(last[:1]), F("to"), output_field=BigIntegerField())
    return Message.objects.for_system(_WHY).alias(kept_by=kept_by)  # type: ignore[return-value]


def _about_deals_of(person: int | None) -> Q:
    """About a deal that is or ever was somebody's."""
    return Q(deal__isnull=False) & (Q(deal__owner=person) | Q(owner=person) | Q(deal__in=once_of(person)))


def once_of(person: int | None) -> GuardedQuerySet[PastOwner]:
    """The deals that changed hands and were somebody's once."""
    return PastOwner.objects.for_system(_WHY).filter(name__person=person).values("deal")  # type: ignore[return-value]


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
        | (~theirs & ~Q(placed) & Q(kept_by__in=leads))
    )
    doubtful = once(("led by a former rep", today), lambda: _led_by_a_former_rep(today))
    of_deal &= ~Q(pk__in=list(doubtful))
    of_deal |= Q(pk__in=[pk for pk, lead in doubtful.items() if lead in leads])
    away, here = _moved(leads, today)
    came_to = Q(team__lead__in=leads) | Q(team=None, to__in=leads)
    return of_deal | (~Q(about="deal") & ((came_to & ~Q(pk__in=away)) | Q(pk__in=here)))


def _led_by_a_former_rep(today: date) -> dict[int, int]:
    """Message -> who is accountable, of those about a deal that once was somebody's who is above its owner now."""
    line = Reach.objects.filter(member=OuterRef("deal__owner"), depth__gte=1)
    owners = PastOwner.objects.for_system(_WHY).filter(deal=OuterRef("deal"))
    before = owners.filter(Exists(line.filter(boss=OuterRef("name__person"))))
    was = Exists(line.filter(boss=OuterRef("owner"))) | Exists(before)
    rows = list(_rows().filter(about="deal").filter(was).select_related("team"))
    return then_of(rows, today) if rows else {}


def _moved(leads: set[int], today: date) -> tuple[list[int], list[int]]:
    """Messages to teams of ``leads`` whose people are others' now, and messages to others whose people are theirs."""
    below = Reach.objects.filter(boss__in=leads, depth=1).values("member")
    before = ReportingLine.objects.filter(Q(person__in=below) | Q(manager__in=leads), manager__isnull=False)
    former = set(before.exclude(ends_on=None).values_list("manager_id", flat=True))
    rows = list(_rows().exclude(about="deal").filter(Q(team__lead__in=former) | Q(team=None, to__in=former)))
    now = {row.pk: present(lead, today) for row, lead in _leads(rows)}
    came = {row.pk: row.team.lead_id if row.team else row.to_id for row in rows}
    away = [pk for pk, lead in now.items() if came[pk] in leads and lead not in leads]
    return away, [pk for pk, lead in now.items() if came[pk] not in leads and lead in leads]


def _leads(
    rows: Iterable[Message], managers: Mapping[int, int | None] | None = None
) -> list[tuple[Message, int]]:
    """Whose the people are today (or in ``managers``) who were the team of each message's receiver when it came.

    Where the receiver still leads one of them, or there was nobody, it is the receiver.
    """
    every = [(row, row.team.lead_id if row.team else row.to_id) for row in rows]
    lines: dict[int, list[tuple[int, date, date | None]]] = {}
    known = ReportingLine.objects.filter(manager__in={lead for _, lead in every})
    for manager, person, starts, ends in known.values_list("manager_id", "person_id", "starts_on", "ends_on"):
        lines.setdefault(manager, []).append((person, starts, ends))
    if managers is None:
        members = {person for found in lines.values() for person, _, _ in found}
        line = Reach.objects.filter(member__in=members).values("boss")
        above = Reach.objects.filter(member__in=line, depth=1)
        managers = dict(above.values_list("member_id", "boss_id"))
    house, found = people.house(), []
    for row, lead in every:
        day = house.day(row.received_at)
        team = [
            one for one, starts, ends in lines.get(lead, ()) if starts <= day and (ends is None or day < ends)
        ]
        now = Counter(boss for one in team if (boss := managers.get(one)) is not None)
        best = max(now, key=lambda boss: (now[boss], -boss), default=lead)
        found.append((row, lead if lead in now else _out_of(best, set(team), managers)))
    return found


def _out_of(leader: int, team: set[int], managers: Mapping[int, int | None]) -> int:
    """The leader, or the first one above who was not of the team: who was it reads nothing of what came about it."""
    seen: set[int] = set()
    while leader in team and leader not in seen:
        seen.add(leader)
        above = managers.get(leader)
        if above is None:
            break
        leader = above
    return leader


def with_gone(person: int, today: date) -> set[int]:
    """The person, and whoever reported to them and has left or has no desk, and so on down: their desks came up."""
    found = {person}
    waiting = {person}
    while waiting:
        direct = set(Reach.objects.filter(boss__in=waiting, depth=1).values_list("member_id", flat=True))
        lines = ReportingLine.objects.filter(manager__in=waiting).exclude(person__in=direct)
        once = set(lines.values_list("person_id", flat=True))
        fresh = people.gone_of(direct | once, today, "desk.handle") - found
        fresh -= {one for one in fresh & once if people.last_manager_of(one) not in waiting}
        found |= fresh
        led = ReportingLine.objects.filter(manager__in=fresh)
        waiting = set(led.values_list("manager_id", flat=True)) if fresh else set()
    return found


def gone(person: int, day: date) -> bool:
    """Whether somebody has left by a day, or has no desk any more."""
    return people.gone(person, day, "desk.handle")


def manager_of_deal(owner: int, day: date) -> int | None:
    """Who is accountable for a deal's messages: the owner where the owner leads, else the owner's manager."""
    leads = Reach.objects.filter(boss=owner, depth=1).exists()
    return present(owner if leads else people.manager_of(owner), day)


def _above(owner: int, day: date) -> int | None:
    return present(people.manager_of(owner), day)


def present(person: int | None, day: date) -> int | None:
    """The person, or the first one above who is still there."""
    return people.first_there(person, lambda one: gone(one, day))


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
    for row, team in _leads(row for row in every if row.about != "deal"):
        found[row.pk] = lead("person", team) or row.to_id
    of_deals = [row for row in every if row.about == "deal"]
    kept, reps = _kept_by(row.pk for row in of_deals), _reps(of_deals)
    for row in of_deals:
        owner = owners.get(row.deal_id or 0)
        what = "owner" if row.to_id == owner else "above"
        who = lead(what, owner) if owner is not None else None
        if who in reps[row.pk]:
            who = people.first_there(who, lambda one, were=reps[row.pk]: one in were or gone(one, day))  # type: ignore[misc]
        last = kept.get(row.pk, row.to_id)
        found[row.pk] = who or lead("person", last) or last
    return found


def _reps(rows: Iterable[Message]) -> dict[int, set[int]]:
    """message -> who was its deal's rep when it came, or has been since, and received it not as who leads."""
    every = list(rows)
    owners = deals.owners_over({row.deal_id for row in every if row.deal_id})
    led = _led({person for spans in owners.values() for _, person in spans if person})
    house, found = people.house(), {}
    for row in every:
        were = {row.owner_id} if row.owner_id else set()
        spans = owners.get(row.deal_id or 0, [])
        for number, (since, person) in enumerate(spans):
            ended = number + 1 < len(spans) and spans[number + 1][0] <= row.received_at
            day = house.day(max(since, row.received_at))
            if (
                person
                and not ended
                and not any(a <= day and (z is None or day < z) for a, z in led.get(person, ()))
            ):
                were.add(person)
        found[row.pk] = were - {row.to_id}
    return found


def _led(persons: Iterable[int]) -> dict[int, list[tuple[date, date | None]]]:
    """person -> the days on which somebody reported to them, as (from, before)."""
    found: dict[int, list[tuple[date, date | None]]] = {}
    lines = ReportingLine.objects.filter(manager__in=list(persons))
    for manager, starts, ends in lines.values_list("manager_id", "starts_on", "ends_on"):
        found.setdefault(manager or 0, []).append((starts, ends))
    return found


def _kept_by(messages: Iterable[int]) -> dict[int, int]:
    """message -> who decided on it last, of those that were decided on."""
    acts = Act.objects.for_system(_WHY).filter(message__in=list(messages)).order_by("number")
    return dict(acts.values_list("message_id", "manager_id"))


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
    reps: set[int] = set()
    if row.about == "deal":
        owner, reps = owner_of(row), _reps([row])[row.pk]
        leads = owner in tree.direct and row.to_id == owner
        start = None if owner is None else owner if leads else tree.managers.get(owner)
    else:
        start = _leads([row], tree.managers)[0][1]
    return (
        people.first_there(start, lambda one: one in reps or gone(one, day), tree.managers.get) or row.to_id
    )

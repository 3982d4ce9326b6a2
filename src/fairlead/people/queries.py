"""Reading people, and turning the access table into database conditions."""

from __future__ import annotations

import hashlib
import zoneinfo
from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet

from fairlead.forecasting.periods import Calendar, Period
from fairlead.people import access, kept, rules
from fairlead.people.models import (
    DayOff,
    Delegation,
    Organisation,
    Partnership,
    Person,
    Reach,
    ReportingLine,
    RoleGrant,
    Team,
    Token,
)


@dataclass(frozen=True, slots=True)
class House:
    """The organisation as values."""

    name: str
    currency: str
    time_zone: str
    calendar: Calendar
    period_kind: str
    due_weekday: int
    due_time: str
    news_limit: int = 2
    begun_at: datetime | None = None
    """When the organisation was set up here; nothing was due before."""

    def day(self, at: datetime) -> date:
        """The organisation's day at an instant."""
        return at.astimezone(zoneinfo.ZoneInfo(self.time_zone)).date()

    def period(self, day: date) -> Period:
        """The forecast period (quarter or month) of a day."""
        return self.calendar.month_of(day) if self.period_kind == "month" else self.calendar.quarter_of(day)


DEFAULT_HOUSE = House("Your organisation", "USD", "UTC", Calendar(), "quarter", 0, "17:00")


def house() -> House:
    """How this organisation counts time and money; calendar quarters in USD and UTC until set up."""
    return kept.once("house", _house)


def _house() -> House:
    row = Organisation.objects.first()
    if row is None:
        return DEFAULT_HOUSE
    return House(
        name=row.name,
        currency=row.currency,
        time_zone=row.time_zone,
        calendar=Calendar(kind=row.calendar_kind, starts_month=row.calendar_starts_month),  # type: ignore[arg-type]
        period_kind=row.period_kind,
        due_weekday=row.due_weekday,
        due_time=f"{row.due_time:%H:%M}",
        news_limit=row.news_limit,
        begun_at=row.begun_at,
    )


@dataclass(frozen=True, slots=True)
class Off:
    """A day off as settings list it; ``team`` is '' where it is everybody's."""

    day: date
    name: str
    team: str


def days_off(actor: access.Actor, *, on: date) -> list[Off]:
    """The days off from the start of a day's year on, of the organisation and of teams."""
    access.require(actor, "settings.write")
    rows = DayOff.objects.filter(taken_back_at=None, day__gte=on.replace(month=1, day=1))
    ordered = rows.order_by("day", "team__name").values_list("day", "name", "team__name")
    return [Off(day, name, team or "") for day, name, team in ordered]


def off_of_teams(leads: Iterable[int]) -> dict[int, frozenset[date]]:
    """lead -> the days off of the organisation and of the team they lead."""
    rows = DayOff.objects.filter(taken_back_at=None).filter(Q(team=None) | Q(team__lead__in=list(leads)))
    shared: set[date] = set()
    own: dict[int, set[date]] = {}
    for lead, day in rows.values_list("team__lead", "day"):
        (shared if lead is None else own.setdefault(lead, set())).add(day)
    return {lead: frozenset(shared | own.get(lead, set())) for lead in leads}


# Who asks


def actor(person: int, at: datetime, *, scopes: frozenset[str] | None = None) -> access.Actor:
    """The person as actor, with the roles and delegations in force at this moment.

    Raises access.NotFound for a person who is not (or no longer) there.
    """
    return _actor(Q(pk=person), at, scopes)


def actor_of_account(user: int, at: datetime) -> access.Actor:
    """Whoever signs in with an account, as :func:`actor`; NotFound also where no person is linked to it."""
    return _actor(Q(user=user), at, None)


def _actor(who: Q, at: datetime, scopes: frozenset[str] | None) -> access.Actor:
    today = house().day(at)
    row = Person.objects.filter(who, voided_at=None).exclude(ends_on__lte=today).first()
    if row is None:
        raise access.NotFound("person")
    return access.Actor(
        person=row.pk,
        name=row.name,
        roles=_roles([row.pk], today).get(row.pk, frozenset()),
        lent=_lent(row.pk, at, today),
        scopes=scopes,
        day=today,
    )


def _roles(people: Iterable[int], on: date) -> dict[int, frozenset[access.Role]]:
    grants = RoleGrant.objects.filter(person_id__in=list(people), starts_on__lte=on).exclude(ends_on__lte=on)
    found: dict[int, set[access.Role]] = {}
    for grant in grants:
        found.setdefault(grant.person_id, set()).add(access.Role(grant.role))
    return {person: frozenset(roles) for person, roles in found.items()}


def _lent(taker: int, at: datetime, today: date) -> tuple[access.Principal, ...]:
    lent = Delegation.objects.filter(
        taker_id=taker, starts_at__lte=at, ends_at__gt=at, voided_at=None, giver__voided_at=None
    ).exclude(giver__ends_on__lte=today)
    kinds: dict[int, set[access.Lending]] = {}
    for row in lent:
        kinds.setdefault(row.giver_id, set()).add(access.Lending(row.kind))
    if not kinds:
        return ()
    roles = _roles(kinds, today)
    return tuple(
        access.Principal(giver, roles.get(giver, frozenset()), frozenset(kind))
        for giver, kind in sorted(kinds.items())
    )


def token_digest(token: str) -> str:
    """What is stored of an API token."""
    return hashlib.sha256(token.encode()).hexdigest()


def actor_of_token(token: str, at: datetime) -> tuple[access.Actor, int]:
    """The actor behind an API token and the token's id. Raises Refused with code ``bad_token``."""
    row = Token.objects.filter(
        digest=token_digest(token), revoked_at=None, expires_at__gt=at, person__voided_at=None
    ).first()
    if row is None:
        raise access.Refused(
            "bad_token", "This token is unknown, expired or revoked. Make a new one under Your account."
        )
    return actor(row.person_id, at, scopes=frozenset(row.scopes)), row.pk


# The table as conditions


EVERYTHING = ~Q(pk=None)
"""The condition of who reaches the whole organisation's."""


def scope(actor: access.Actor, act: str, path: str) -> Q:
    """One condition on the person at ``path``: whose things the actor may do ``act`` on.

    Serves list, detail, count, search and export alike. Raises NotAllowed when the table has no row for
    the actor's roles. Never empty: an empty Q would mean everything.
    """
    if actor.person is None:
        return EVERYTHING
    reaches = access.reaches(actor, act)
    if not reaches:
        raise access.NotAllowed(act)
    where = Q(pk__in=[])
    for principal, reach in reaches:
        if reach is access.Reach.COMPANY:
            return EVERYTHING
        where |= _condition(principal.person, reach, path)
    return where


_DEPTHS = {
    access.Reach.DIRECT: (0, 1),
    access.Reach.TWO_DOWN: (0, 2),
    access.Reach.BELOW: (0, None),
    access.Reach.REPORTS: (1, 1),
}


def _condition(person: int, reach: access.Reach, path: str) -> Q:
    if reach is access.Reach.SELF:
        return Q(**{path: person})
    if reach in _DEPTHS:
        least, most = _DEPTHS[reach]
        return Q(**{f"{path}__in": _down(person, least, most)})
    if reach is access.Reach.LEADERS_BELOW:
        leads = Team.objects.values("lead_id")
        return Q(**{path: person}) | Q(
            **{f"{path}__in": Reach.objects.filter(boss=person, member__in=leads).values("member_id")}
        )
    if reach is access.Reach.TEAM:
        return Q(**{f"{path}__in": _team(person)}) | Q(**{path: person})
    if reach is access.Reach.MY_LEAD:
        lead = Reach.objects.filter(member=person, depth__lte=1).values("boss_id")
        return Q(**{f"{path}__in": lead})
    if reach is access.Reach.UNIT:
        heads = Partnership.objects.filter(hr=person, ends_on=None).values("head_id")
        unit = Reach.objects.filter(boss__in=heads).exclude(member=person).values("member_id")
        return Q(**{f"{path}__in": unit})
    raise NotImplementedError(reach)


def _down(person: int, least: int, most: int | None) -> QuerySet[Reach, Any]:
    below = Reach.objects.filter(boss=person, depth__gte=least)
    if most is not None:
        below = below.filter(depth__lte=most)
    return below.values("member_id")


def _team(person: int) -> QuerySet[Reach, Any]:
    manager = Reach.objects.filter(member=person, depth=1).values("boss_id")
    return Reach.objects.filter(boss__in=manager, depth__lte=1).values("member_id")


def may_on(actor: access.Actor, act: str, person: int) -> bool:
    """Whether the actor may do the act on this one person's things; the same rule as the lists."""
    if actor.person is None:
        return True
    if not access.may(actor, act):
        return False
    return Person.objects.filter(scope(actor, act, "pk"), pk=person).exists()


def reached(actor: access.Actor, act: str, persons: Collection[int]) -> set[int]:
    """Those of ``persons`` on whose things the actor may do the act. Raises NotAllowed."""
    return set(Person.objects.filter(scope(actor, act, "pk"), pk__in=persons).values_list("pk", flat=True))


def require_on(actor: access.Actor, act: str, person: int, what: str = "person") -> None:
    """Raises NotAllowed (no such act for the actor's roles) or NotFound (not this person)."""
    access.require(actor, act)
    if not may_on(actor, act, person):
        raise access.NotFound(what)


def standing_in(actor: access.Actor, act: str, person: int) -> int | None:
    """The giver on whose behalf the actor acts on ``person``; None when the own rights suffice.

    Raises like require_on.
    """
    require_on(actor, act, person)
    if actor.person is None:
        return None
    for principal, reach in access.reaches(actor, act):
        where = ~Q(pk=None) if reach is access.Reach.COMPANY else _condition(principal.person, reach, "pk")
        if Person.objects.filter(where, pk=person).exists():
            return principal.person if principal.lending is not None else None
    return None


# People


@dataclass(frozen=True, slots=True)
class Entry:
    """One person as everybody may see them. ``id`` is internal, ``public_id`` stands in addresses."""

    id: int
    public_id: str
    name: str
    title: str
    team: str
    manager: str
    manager_id: str
    roles: tuple[str, ...]
    starts_on: date | None
    ends_on: date | None
    reports: int
    has_account: bool


def directory(
    actor: access.Actor, *, on: date, search: str = "", after: tuple[str, int] | None = None, limit: int = 50
) -> list[Entry]:
    """People by name, paged by key: pass the last entry's (name, id) as ``after``."""
    found = Person.objects.filter(scope(actor, "person.read", "pk"), voided_at=None).order_by("name", "pk")
    if search:
        found = found.filter(name__icontains=search)
    if after is not None:
        found = found.filter(Q(name__gt=after[0]) | Q(name=after[0], pk__gt=after[1]))
    return _entries(list(found[:limit]), on)


def entry(actor: access.Actor, public_id: str, *, on: date) -> Entry:
    """One person of the directory. Raises NotFound."""
    found = Person.objects.filter(
        scope(actor, "person.read", "pk"), public_id=public_id, voided_at=None
    ).first()
    if found is None:
        raise access.NotFound("person")
    return _entries([found], on)[0]


def work_email(actor: access.Actor, person: int) -> str:
    """The address known of a person, '' where none is, for whoever opens accounts. Raises NotAllowed."""
    access.require(actor, "account.manage")
    return Person.objects.filter(pk=person).values_list("email", flat=True).first() or ""


def _entries(people: list[Person], on: date) -> list[Entry]:
    ids = [person.pk for person in people]
    lines = {
        line.person_id: line
        for line in ReportingLine.objects.filter(person_id__in=ids, starts_on__lte=on)
        .exclude(ends_on__lte=on)
        .select_related("manager__team")
    }
    own_teams = dict(Team.objects.filter(lead_id__in=ids).values_list("lead_id", "name"))
    below: dict[int, int] = {}
    for boss in Reach.objects.filter(boss_id__in=ids, depth=1).values_list("boss_id", flat=True):
        below[boss] = below.get(boss, 0) + 1
    roles = _roles(ids, on)
    return [_entry(p, lines.get(p.pk), own_teams, below, roles.get(p.pk, frozenset())) for p in people]


def _entry(
    person: Person,
    line: ReportingLine | None,
    own_teams: dict[int, str],
    below: dict[int, int],
    roles: frozenset[access.Role],
) -> Entry:
    manager = line.manager if line else None
    lead_of = getattr(manager, "team", None) if manager else None
    return Entry(
        id=person.pk,
        public_id=person.public_id,
        name=person.name,
        title=person.title,
        team=own_teams.get(person.pk) or (lead_of.name if lead_of else ""),
        manager=manager.name if manager else "",
        manager_id=manager.public_id if manager else "",
        roles=tuple(role.value for role in access.Role if role in roles),
        starts_on=person.starts_on,
        ends_on=person.ends_on,
        reports=below.get(person.pk, 0),
        has_account=person.user_id is not None,
    )


@dataclass(frozen=True, slots=True)
class Node:
    """A person of the tree, for roll-ups. ``team`` is the name of the team the person leads, or empty."""

    id: int
    public_id: str
    name: str
    manager: int | None
    team: str
    title: str = ""


def node(person: int) -> Node:
    """One person as a node of today's tree. Raises NotFound. For callers that checked access already."""
    found = nodes([person])
    if not found:
        raise access.NotFound("person")
    return found[0]


def nodes(people: Iterable[int]) -> list[Node]:
    """People as nodes of today's tree, by name. For callers that checked access already."""
    ids = list(people)
    rows = Person.objects.filter(pk__in=ids).order_by("name", "pk").select_related("team")
    above = dict(Reach.objects.filter(member_id__in=ids, depth=1).values_list("member_id", "boss_id"))
    return [_node(row, above.get(row.pk)) for row in rows]


def _node(row: Person, manager: int | None) -> Node:
    team = row.team.name if hasattr(row, "team") else ""
    return Node(row.pk, row.public_id, row.name, manager, team, row.title)


def reports(person: int) -> list[Node]:
    """The direct reports of today, by name."""
    direct = Person.objects.filter(pk__in=Reach.objects.filter(boss=person, depth=1).values("member"))
    return [_node(row, person) for row in direct.order_by("name", "pk").select_related("team")]


def manager_of(person: int) -> int | None:
    """Today's manager of a person, or None at the top."""
    return Reach.objects.filter(member=person, depth=1).values_list("boss_id", flat=True).first()


def led_since(persons: Iterable[int], day: date) -> dict[int, date]:
    """person -> the day from which they have reported to whom they report to on a day."""
    lines = ReportingLine.objects.filter(person__in=list(persons), starts_on__lte=day).exclude(
        ends_on__lte=day
    )
    return dict(lines.values_list("person_id", "starts_on"))


def first_days(persons: Collection[int]) -> dict[int, date]:
    """person -> their first day here, of those whose day is known."""
    rows = Person.objects.filter(pk__in=list(persons), starts_on__isnull=False)
    return {pk: on for pk, on in rows.values_list("pk", "starts_on") if on is not None}


def new_sellers(first: date, last: date) -> dict[int, date]:
    """person -> their first day here, of reps whose first day lies in these days and who are here on the last one."""
    held = RoleGrant.objects.filter(role="rep", starts_on__lte=last).exclude(ends_on__lte=last)
    rows = Person.objects.filter(
        pk__in=held.values("person_id"), starts_on__gte=first, starts_on__lte=last, voided_at=None
    ).exclude(ends_on__lte=last)
    return {pk: on for pk, on in rows.order_by("name", "pk").values_list("pk", "starts_on") if on is not None}


def without_account(persons: Collection[int]) -> list[int]:
    """Those who cannot sign in, by name."""
    rows = Person.objects.filter(pk__in=list(persons), user=None)
    return list(rows.order_by("name", "pk").values_list("pk", flat=True))


def managed(person: int, first: date, last: date) -> dict[int, list[tuple[date, date]]]:
    """manager -> the first and the last day of each time they managed a person, of days between two."""
    lines = ReportingLine.objects.filter(person=person, manager__isnull=False, starts_on__lte=last)
    found: dict[int, list[tuple[date, date]]] = {}
    rows = lines.exclude(ends_on__lte=first).order_by("starts_on", "pk")
    for manager, starts_on, ends_on in rows.values_list("manager_id", "starts_on", "ends_on"):
        end = last if ends_on is None else min(last, ends_on - timedelta(days=1))
        found.setdefault(manager, []).append((max(first, starts_on), end))
    return found


def within(spans: Iterable[tuple[date, date]], day: date) -> bool:
    """Whether a day lies in one of some spans, their ends included."""
    return any(first <= day <= last for first, last in spans)


def last_manager_of(person: int) -> int | None:
    """Today's manager of a person, or the last one there was."""
    now = manager_of(person)
    if now is not None:
        return now
    lines = ReportingLine.objects.filter(person=person).order_by("-starts_on")
    return lines.values_list("manager_id", flat=True).first()


def led_last(person: int) -> int | None:
    """The last manager that somebody who left had, also where a line to nobody was drawn when they left."""
    now = manager_of(person)
    lines = ReportingLine.objects.filter(person=person, manager__isnull=False).order_by("-starts_on")
    return now if now is not None else lines.values_list("manager_id", flat=True).first()


def gone_of(persons: Iterable[int], day: date, act: str) -> set[int]:
    """Of these people those who have left by a day, or hold no role any more that may do ``act``."""
    asked = set(persons)
    roles = [role.value for role in access.roles_of(act)]
    held = RoleGrant.objects.filter(person__in=asked, role__in=roles, starts_on__lte=day)
    here = Person.objects.filter(pk__in=asked, voided_at=None).exclude(ends_on__lte=day)
    able = set(held.exclude(ends_on__lte=day).values_list("person_id", flat=True))
    return asked - (able & set(here.values_list("pk", flat=True)))


def gone(person: int, day: date, act: str) -> bool:
    """Whether somebody has left by a day, or holds no role any more that may do ``act``."""
    return bool(gone_of([person], day, act))


def first_there(
    person: int | None, gone: Callable[[int], bool], above: Callable[[int], int | None] = last_manager_of
) -> int | None:
    """The person, or the first one above who is not gone; None at the top, one of them where lines run in a circle."""
    seen: set[int] = set()
    while person is not None and person not in seen and gone(person):
        seen.add(person)
        person = above(person)
    return person


def successor(person: int, day: date, act: str) -> int | None:
    """Who answers for what somebody answered for who is gone: whoever leads most of those they led last, else the first
    one above who is there; None where nobody is."""
    lines = ReportingLine.objects.filter(manager=person, starts_on__lte=day)
    last = lines.filter(ends_on__isnull=False).order_by("-ends_on").values_list("ends_on", flat=True).first()
    led = lines.filter(Q(ends_on=None) | Q(ends_on=last)).values_list("person_id", flat=True)
    now = Counter(
        Reach.objects.filter(member__in=list(led), depth=1)
        .exclude(boss=person)
        .values_list("boss_id", flat=True)
    )
    missing = gone_of(now, day, act)
    for boss, _ in sorted(now.items(), key=lambda one: (-one[1], one[0])):
        if boss not in missing:
            return boss
    return first_there(last_manager_of(person), lambda one: gone(one, day, act))


def chain(person: int) -> list[int]:
    """The person and everybody above, from the bottom to the top."""
    return list(Reach.objects.filter(member=person).order_by("depth").values_list("boss_id", flat=True))


def below(person: int, depth: int | None = None) -> list[int]:
    """The person and everybody below, or down to ``depth``."""
    return list(_down(person, 0, depth).values_list("member_id", flat=True))


def lines() -> list[rules.Line]:
    """Every reporting line there ever was, for arithmetic over the whole tree."""
    columns = "person_id", "manager_id", "starts_on", "ends_on", "set_at", "end_set_at"
    return [rules.Line(*row) for row in ReportingLine.objects.values_list(*columns)]


def tree(on: date) -> list[Node]:
    """The whole tree as it was on a day, from the effective-dated lines. For estimates and exports."""
    managers = rules.managers_on(lines(), on)
    teams = dict(Team.objects.values_list("lead_id", "name"))
    return [
        Node(p.pk, p.public_id, p.name, managers.get(p.pk), teams.get(p.pk, ""), p.title)
        for p in Person.objects.filter(voided_at=None).order_by("pk")
        if p.pk in managers
    ]


def find(public_id: str) -> Person:
    """A person by public id, whoever asks. Raises NotFound. Check access before showing anything of it."""
    person = Person.objects.filter(public_id=public_id, voided_at=None).first()
    if person is None:
        raise access.NotFound("person")
    return person


def named(name: str, *, there: bool = False) -> list[Person]:
    """Who is called so, two of them at most: none and several are both no answer. ``there``: only who has not left.

    Check access as for ``find``.
    """
    rows = Person.objects.filter(name__iexact=name.strip(), voided_at=None)
    return list((rows.filter(ends_on=None) if there else rows)[:2])


def hr_partners(persons: Collection[int]) -> set[int]:
    """The HR partners of today of these people's units, none of them for themself."""
    pairs = list(Partnership.objects.filter(ends_on=None).values_list("hr_id", "head_id"))
    below = Reach.objects.filter(boss__in={head for _, head in pairs}, member__in=list(persons))
    reached_ = set(below.values_list("boss_id", "member_id"))
    return {hr for hr, head in pairs if any(boss == head and member != hr for boss, member in reached_)}


def sellers(persons: Collection[int]) -> list[int]:
    """Those of the persons who are reps today."""
    rows = RoleGrant.objects.filter(role=access.Role.REP.value, ends_on=None, person__in=list(persons))
    return sorted(rows.values_list("person_id", flat=True))


def admins() -> list[int]:
    """Who keeps the accounts today."""
    rows = RoleGrant.objects.filter(role=access.Role.ADMIN.value, ends_on=None, person__voided_at=None)
    return sorted(set(rows.values_list("person_id", flat=True)))


def partnered(heads: Collection[int]) -> set[int]:
    """Those of the heads of units that some HR partner looks after, at the unit or above it, other than the head."""
    above = Reach.objects.filter(
        member__in=list(heads), boss__in=Partnership.objects.filter(ends_on=None).values("head")
    )
    hrs: dict[int, set[int]] = {}
    for hr, head in Partnership.objects.filter(ends_on=None).values_list("hr_id", "head_id"):
        hrs.setdefault(head, set()).add(hr)
    return {member for boss, member in above.values_list("boss_id", "member_id") if hrs[boss] - {member}}


@dataclass(frozen=True, slots=True)
class Lent:
    """A delegation as its two people see it."""

    public_id: str
    giver: str
    taker: str
    kind: str
    starts_at: datetime
    ends_at: datetime
    reason: str
    mine: bool


def delegations(actor: access.Actor, *, at: datetime) -> list[Lent]:
    """The delegations the actor gave or was given that have not ended, soonest end first."""
    where = scope(actor, "delegation.read", "giver_id") | scope(actor, "delegation.read", "taker_id")
    rows = Delegation.objects.filter(where, voided_at=None, ends_at__gt=at).select_related("giver", "taker")
    return [
        Lent(
            row.public_id,
            row.giver.name,
            row.taker.name,
            row.kind,
            row.starts_at,
            row.ends_at,
            row.reason,
            row.giver_id == actor.person,
        )
        for row in rows.order_by("ends_at", "pk")
    ]


def people_exist() -> bool:
    """Whether anybody is there at all; a fresh installation has nobody."""
    return Person.objects.exists()


def who(refs: Iterable[str]) -> dict[str, str]:
    """How the ledger names actors -> names for people; the system is Fairlead."""
    wanted = set(refs)
    ids = {ref: int(ref[7:]) for ref in wanted if ref.startswith("person:")}
    known = names(ids.values())
    return {ref: known.get(ids[ref], "") if ref in ids else "Fairlead" for ref in wanted}


def names(people: Iterable[int]) -> dict[int, str]:
    """id -> name; names are everybody's to see."""
    return dict(Person.objects.filter(pk__in=list(people)).values_list("pk", "name"))

"""Changing people, lines, roles and delegations. The closure changes in the same transaction."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Q

from fairlead.ledger import actions as ledger
from fairlead.people import access, kept, queries, rules
from fairlead.people.models import (
    DayOff,
    Delegation,
    Organisation,
    Person,
    Reach,
    ReportingLine,
    RoleGrant,
    Team,
    Token,
    User,
)


@transaction.atomic
def set_up(
    *,
    by: access.Actor,
    at: datetime,
    name: str,
    currency: str,
    time_zone: str,
    calendar_kind: str = "months",
    calendar_starts_month: int = 1,
    period_kind: str = "quarter",
    due_weekday: int = 0,
    due_time: time = time(17, 0),
    news_limit: int = 2,
) -> Organisation:
    """Say what the organisation is called and how it counts time and money."""
    access.require(by, "settings.write")
    values = {
        "name": name,
        "currency": currency,
        "time_zone": time_zone,
        "calendar_kind": calendar_kind,
        "calendar_starts_month": calendar_starts_month,
        "period_kind": period_kind,
        "due_weekday": due_weekday,
        "due_time": due_time,
        "news_limit": news_limit,
    }
    organisation, _ = Organisation.objects.update_or_create(
        pk=1, defaults=values, create_defaults={**values, "begun_at": at}
    )
    kept.forget()
    facts = {**values, "due_time": f"{due_time:%H:%M}"}
    ledger.append(
        kind="settings.organisation", by=by.ref, at=at, subject_kind="organisation", subject=1, facts=facts
    )
    return organisation


@transaction.atomic
def add_days_off(
    *, by: access.Actor, at: datetime, days: Mapping[date, str], team: Team | None = None
) -> int:
    """Add days off (day -> name) to the organisation or to one team; how many were not there yet."""
    access.require(by, "settings.write")
    there = set(
        DayOff.objects.filter(team=team, taken_back_at=None, day__in=days).values_list("day", flat=True)
    )
    fresh = {day: name.strip() for day, name in sorted(days.items()) if day not in there}
    DayOff.objects.bulk_create(
        DayOff(day=day, name=name[:120], team=team, set_at=at, by=by.ref) for day, name in fresh.items()
    )
    if fresh:
        facts = {"team": team.name if team else "", "days": {f"{day}": name for day, name in fresh.items()}}
        ledger.append(
            kind="settings.days_off", by=by.ref, at=at, subject_kind="organisation", subject=1, facts=facts
        )
    return len(fresh)


@transaction.atomic
def take_back_day_off(*, by: access.Actor, at: datetime, day: date, team: Team | None = None) -> None:
    """Make a day off a working day again. Raises Refused where it is none."""
    access.require(by, "settings.write")
    found = DayOff.objects.filter(team=team, taken_back_at=None, day=day)
    if not found.update(taken_back_at=at):
        raise access.Refused("no_day_off", f"{day} is not a day off.")
    facts = {"team": team.name if team else "", "day": f"{day}"}
    ledger.append(
        kind="settings.day_off_taken_back",
        by=by.ref,
        at=at,
        subject_kind="organisation",
        subject=1,
        facts=facts,
    )


@transaction.atomic
def add_person(
    *,
    by: access.Actor,
    at: datetime,
    name: str,
    email: str = "",
    title: str = "",
    manager: Person | None = None,
    roles: frozenset[access.Role] = frozenset(),
    team: str = "",
    starts_on: date | None = None,
    source: str = "fairlead",
    external_id: str = "",
) -> Person:
    """Add one person with a reporting line from ``starts_on`` (default: the organisation's today)."""
    access.require(by, "person.write")
    _refuse_office(by, name, roles)
    if not name.strip():
        raise access.Refused("name_missing", "A person needs a name.")
    if email and Person.objects.filter(email__iexact=email).exists():
        raise access.Refused(
            "email_taken", f"{email} belongs to somebody already. Leave it empty or correct it."
        )
    day = starts_on or queries.house().day(at)
    person = Person.objects.create(
        name=name.strip(),
        email=email.lower() or None,
        title=title,
        starts_on=day,
        source=source,
        external_id=external_id or secrets.token_urlsafe(9),
    )
    ReportingLine.objects.create(person=person, manager=manager, starts_on=day, settled=False)
    for role in sorted(roles):
        RoleGrant.objects.create(person=person, role=role.value, starts_on=day)
    if team:
        Team.objects.create(name=team, lead=person)
    settle_lines(on=queries.house().day(at))
    facts = {"manager": manager.pk if manager else None, "roles": sorted(roles), "starts_on": day}
    ledger.append(
        kind="person.added",
        by=by.ref,
        at=at,
        subject_kind="person",
        subject=person.pk,
        facts=facts,
        personal={"name": person.name},
    )
    return person


@transaction.atomic
def move(
    *, by: access.Actor, at: datetime, person: Person, manager: Person | None, starts_on: date
) -> ReportingLine:
    """From ``starts_on`` the person reports to ``manager``. Rights follow at once when the day has come.

    Raises Refused: a circle, a day before the current line began, or nothing changed.
    """
    access.require(by, "person.write")
    _refuse_circle(person, manager, starts_on)
    line = _replace_line(person, manager, starts_on, at)
    today = queries.house().day(at)
    settle_lines(on=today)
    facts = {"manager": manager.pk if manager else None, "starts_on": starts_on}
    ledger.append(
        kind="person.moved", by=by.ref, at=at, subject_kind="person", subject=person.pk, facts=facts
    )
    return line


def _refuse_circle(person: Person, manager: Person | None, starts_on: date) -> None:
    lines = queries.lines()
    days = {starts_on} | {line.starts_on for line in lines if line.starts_on > starts_on}
    manager_id = manager.pk if manager else None
    for day in sorted(days):
        if rules.find_circle(rules.managers_on(lines, day), person.pk, manager_id):
            above = manager.name if manager else ""
            raise access.Refused(
                "circle",
                f"{above} reports to {person.name} on {day}, so {person.name} cannot report to {above}.",
            )


def _replace_line(person: Person, manager: Person | None, starts_on: date, at: datetime) -> ReportingLine:
    """End the open line on ``starts_on`` and begin a new one; a line of the same day is corrected."""
    current = ReportingLine.objects.filter(person=person, ends_on=None).first()
    if current is None:
        return ReportingLine.objects.create(person=person, manager=manager, starts_on=starts_on, set_at=at)
    if current.manager_id == (manager.pk if manager else None):
        raise access.Refused("no_change", f"{person.name} reports there already.")
    if starts_on < current.starts_on:
        raise access.Refused(
            "too_early", f"The current line began on {current.starts_on}. Choose that day or a later one."
        )
    if starts_on == current.starts_on:
        current.manager, current.settled = manager, False
        current.save(update_fields=["manager", "settled"])
        return current
    current.ends_on, current.end_set_at = starts_on, at
    current.save(update_fields=["ends_on", "end_set_at"])
    return ReportingLine.objects.create(person=person, manager=manager, starts_on=starts_on, set_at=at)


def lines_are_due(on: date) -> bool:
    """Whether a line has come into force that the closure does not know yet. One indexed look."""
    return ReportingLine.objects.filter(settled=False, starts_on__lte=on).exists()


@transaction.atomic
def settle_lines(*, on: date) -> int:
    """Bring the closure up to the lines in force on a day; how many people changed place.

    One person's move touches that person's subtree only; a big change rebuilds the whole closure.
    """
    due = ReportingLine.objects.filter(settled=False, starts_on__lte=on).order_by("starts_on", "pk")
    changed = {line.person_id: line.manager_id for line in due.exclude(ends_on__lte=on)}
    if not changed and not due.exists():
        return 0
    if len(changed) > 200:
        rebuild_closure(on=on)
    else:
        for person, manager in changed.items():
            _replant(person, manager)
    due.update(settled=True)
    return len(changed)


def _replant(person: int, manager: int | None) -> None:
    """Cut the person's subtree off and hang it below the manager."""
    Reach.objects.get_or_create(boss_id=person, member_id=person, defaults={"depth": 0})
    subtree = list(Reach.objects.filter(boss_id=person).values_list("member_id", "depth"))
    members = [member for member, _ in subtree]
    above = list(Reach.objects.filter(member_id=person, depth__gt=0).values_list("boss_id", flat=True))
    Reach.objects.filter(
        boss_id__in=above, member_id__in=Reach.objects.filter(boss_id=person).values("member_id")
    ).delete()
    if manager is None:
        return
    if manager in members:
        raise access.Refused("circle", "These reporting lines run in a circle.")
    Reach.objects.get_or_create(boss_id=manager, member_id=manager, defaults={"depth": 0})
    bosses = list(Reach.objects.filter(member_id=manager).values_list("boss_id", "depth"))
    Reach.objects.bulk_create(
        [
            Reach(boss_id=boss, member_id=member, depth=up + down + 1)
            for boss, up in bosses
            for member, down in subtree
        ],
        batch_size=2000,
    )


@transaction.atomic
def rebuild_closure(*, on: date) -> int:
    """Compute the whole closure anew from the lines in force on a day; how many pairs there are."""
    lines = queries.lines()
    triples = rules.closure(rules.managers_on(lines, on))
    Reach.objects.all().delete()
    Reach.objects.bulk_create(
        [Reach(boss_id=b, member_id=m, depth=d) for b, m, d in triples], batch_size=2000
    )
    ReportingLine.objects.filter(settled=False, starts_on__lte=on).update(settled=True)
    return len(triples)


def closure_differs(*, on: date) -> list[tuple[int, int]]:
    """The (boss, member) pairs where the closure and a rebuild differ; empty is right."""
    lines = queries.lines()
    right = set(rules.closure(rules.managers_on(lines, on)))
    kept = set(Reach.objects.values_list("boss_id", "member_id", "depth"))
    return sorted({(boss, member) for boss, member, _ in right ^ kept})


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What an import of people changed."""

    added: int
    changed: int
    moved: int
    unchanged: int
    people: dict[str, int]
    """person_id of the source -> internal id"""
    not_given: tuple[tuple[str, str], ...] = ()
    """(name, role) that the source says and the actor may not give"""


@transaction.atomic
def take_in(
    *,
    by: access.Actor,
    at: datetime,
    source: str,
    rows: Sequence[rules.PersonRow],
    lines_from: date | None = None,
) -> TakenIn:
    """Take people in from a source: add the new, change what differs, move who reports elsewhere.

    Idempotent. New people's lines begin on their own start, else on ``lines_from`` (for a first import: the
    first day of its history), else today. Office roles are given only by who may grant roles; others' people come
    in without them. Raises Refused on a circle or an unknown manager.
    """
    access.require(by, "import.run")
    today = queries.house().day(at)
    known = {p.external_id: p for p in Person.objects.filter(source=source)}
    _refuse_unknown_managers(rows, known)
    taken_emails = {
        e.lower() for e in Person.objects.exclude(email=None).values_list("email", flat=True) if e
    }
    added, changed, unchanged = [], 0, 0
    for row in rows:
        person = known.get(row.person_id)
        if person is None:
            email = row.email.lower() if row.email and row.email.lower() not in taken_emails else None
            if email:
                taken_emails.add(email)
            added.append(_new_person(row, source, email, row.starts_on or lines_from or today))
        elif _update_person(person, row):
            changed += 1
        else:
            unchanged += 1
    Person.objects.bulk_create(added, batch_size=500)
    known |= {p.external_id: p for p in Person.objects.filter(source=source)}
    moved = _take_in_lines(rows, known, {p.external_id for p in added}, lines_from or today, at)
    not_given = _take_in_roles(by, rows, known, {p.external_id for p in added}, lines_from or today)
    settle_lines(on=today)
    facts = {"source": source, "added": len(added), "changed": changed, "moved": moved}
    ledger.append(
        kind="people.taken_in", by=by.ref, at=at, subject_kind="source", subject=source, facts=facts
    )
    ids = {external: person.pk for external, person in known.items()}
    return TakenIn(len(added), changed, moved, unchanged, ids, not_given)


_OFFICE = frozenset({access.Role.SALES_OPS, access.Role.HR_PARTNER, access.Role.ADMIN})
"""Roles that reach beyond the own line; a file or a form of somebody without ``role.grant`` gives none."""


def _not_given(by: access.Actor, roles: Iterable[str]) -> list[str]:
    """Of these roles those the actor may not give, as words."""
    return [] if access.may(by, "role.grant") else sorted(_OFFICE & set(roles))


def _refuse_office(by: access.Actor, name: str, roles: Iterable[str]) -> None:
    for role in _not_given(by, roles):
        raise access.Refused(
            "role_not_given",
            f"{name} would become {role.replace('_', ' ')}, and only an admin gives that role. "
            "Leave the role out, and ask an admin to give it under People.",
        )


def _refuse_unknown_managers(rows: Sequence[rules.PersonRow], known: dict[str, Person]) -> None:
    there = {row.person_id for row in rows} | set(known)
    missing = sorted({row.manager for row in rows if row.manager and row.manager not in there})
    if missing:
        raise access.Refused(
            "unknown_manager",
            f"These managers are not in the people file: {', '.join(missing[:5])}. Add a row for each.",
        )


def _new_person(row: rules.PersonRow, source: str, email: str | None, starts_on: date) -> Person:
    return Person(
        source=source,
        external_id=row.person_id,
        name=row.name or row.person_id,
        email=email,
        title=row.title,
        territory=row.territory,
        currency=row.currency,
        time_zone=row.time_zone,
        starts_on=starts_on,
        ends_on=row.ends_on,
    )


def _update_person(person: Person, row: rules.PersonRow) -> bool:
    said = {
        "name": row.name,
        "title": row.title,
        "territory": row.territory,
        "currency": row.currency,
        "time_zone": row.time_zone,
        "ends_on": row.ends_on,
    }
    differing = [name for name, value in said.items() if value and getattr(person, name) != value]
    for name in differing:
        setattr(person, name, said[name])
    if differing:
        person.save(update_fields=differing)
    return bool(differing)


def _take_in_lines(
    rows: Sequence[rules.PersonRow], known: dict[str, Person], new: set[str], begin: date, at: datetime
) -> int:
    today = queries.house().day(at)
    current = {
        line.person_id: line
        for line in ReportingLine.objects.filter(
            person__in=[known[row.person_id] for row in rows], ends_on=None
        )
    }
    managers = {row.person_id: row.manager for row in rows}
    _refuse_circles_in(managers)
    fresh: list[ReportingLine] = []
    ended: dict[date, list[int]] = {}
    corrected = []
    moved = 0
    for row in rows:
        person = known[row.person_id]
        manager = known[row.manager] if row.manager else None
        line = current.get(person.pk)
        if line is None:
            starts_on = row.starts_on or begin if row.person_id in new else today
            fresh.append(ReportingLine(person=person, manager=manager, starts_on=starts_on))
            continue
        if line.manager_id == (manager.pk if manager else None):
            continue
        moved += 1
        if line.starts_on >= today:
            line.manager, line.settled = manager, False
            corrected.append(line)
        else:
            ended.setdefault(today, []).append(line.pk)
            fresh.append(ReportingLine(person=person, manager=manager, starts_on=today, set_at=at))
    for day, lines in ended.items():
        ReportingLine.objects.filter(pk__in=lines).update(ends_on=day, end_set_at=at)
    ReportingLine.objects.bulk_update(corrected, ["manager", "settled"], batch_size=500)
    ReportingLine.objects.bulk_create(fresh, batch_size=500)
    if moved:
        _refuse_any_circle(today)
    return moved


def _refuse_any_circle(today: date) -> None:
    """Refuse when the lines of today, or of a day to come, run in a circle."""
    lines = queries.lines()
    for day in {today} | {line.starts_on for line in lines if line.starts_on > today}:
        try:
            rules.closure(rules.managers_on(lines, day))
        except ValueError as circle:
            raise access.Refused("circle", f"{circle} Correct the manager column.") from circle


def _refuse_circles_in(managers: dict[str, str]) -> None:
    """Refuse a circle among the rows of one file, naming its people."""
    fine: set[str] = set()
    for start in managers:
        walked: list[str] = []
        person = start
        while person and person not in fine:
            if person in walked:
                ring = walked[walked.index(person) :]
                raise access.Refused(
                    "circle", f"These people report to each other in a circle: {', '.join(ring)}."
                )
            walked.append(person)
            person = managers.get(person, "")
        fine.update(walked)


def _take_in_roles(
    by: access.Actor, rows: Sequence[rules.PersonRow], known: dict[str, Person], new: set[str], begin: date
) -> tuple[tuple[str, str], ...]:
    """Give new people their roles and new leads their teams; roles of known people stay as granted.

    (name, role) of what the actor may not give comes back.
    """
    reports: dict[str, list[str]] = {}
    not_given: list[tuple[str, str]] = []
    for row in rows:
        if row.manager:
            reports.setdefault(row.manager, []).append(row.person_id)
    grants, teams = [], []
    led = set(Team.objects.values_list("lead_id", flat=True))
    for row in rows:
        person, below = known[row.person_id], reports.get(row.person_id, [])
        if row.person_id in new:
            leaders = sum(1 for report in below if report in reports)
            roles = rules.roles_of(row.role, reports=len(below), leaders_below=leaders)
            starts_on = row.starts_on or begin
            withheld = _not_given(by, roles)
            not_given += [(person.name, role) for role in withheld]
            roles -= set(withheld)
            grants += [RoleGrant(person=person, role=role, starts_on=starts_on) for role in sorted(roles)]
        if below and person.pk not in led:
            teams.append(Team(name=row.team or f"{person.name}’s team", lead=person))
    RoleGrant.objects.bulk_create(grants, batch_size=500)
    Team.objects.bulk_create(teams, batch_size=500)
    return tuple(not_given)


@transaction.atomic
def set_roles(
    *, by: access.Actor, at: datetime, person: Person, roles: frozenset[access.Role]
) -> frozenset[access.Role]:
    """From today the person has exactly these roles. Refuses to leave the organisation without an admin."""
    access.require(by, "role.grant")
    today = queries.house().day(at)
    held = {g.role: g for g in RoleGrant.objects.filter(person=person, ends_on=None)}
    if access.Role.ADMIN.value in held and access.Role.ADMIN not in roles:
        others = RoleGrant.objects.filter(role="admin", ends_on=None).exclude(person=person)
        if not others.exists():
            raise access.Refused("last_admin", "This is the only admin. Make somebody else an admin first.")
    for role, grant in held.items():
        if access.Role(role) not in roles:
            _end_grant(grant, today)
    for role in sorted(roles - {access.Role(r) for r in held}):
        RoleGrant.objects.create(person=person, role=role.value, starts_on=today)
    facts = {"from": sorted(held), "to": sorted(roles)}
    ledger.append(
        kind="account.roles", by=by.ref, at=at, subject_kind="person", subject=person.pk, facts=facts
    )
    return roles


def _end_grant(grant: RoleGrant, today: date) -> None:
    grant.ends_on = today
    grant.save(update_fields=["ends_on"])


@transaction.atomic
def open_account(*, by: access.Actor, at: datetime, person: Person, email: str, password: str | None) -> User:
    """Open a sign-in account for a person. Without a password the person sets one by the reset mail."""
    access.require(by, "account.manage")
    if person.user_id is not None:
        raise access.Refused("has_account", f"{person.name} has an account already.")
    if User.objects.filter(email__iexact=email).exists():
        raise access.Refused("email_taken", f"There is an account for {email} already.")
    user = User.objects.create_user(email, password)
    person.user, person.email = user, person.email or email.lower()
    person.save(update_fields=["user", "email"])
    ledger.append(kind="account.opened", by=by.ref, at=at, subject_kind="person", subject=person.pk)
    return user


@transaction.atomic
def close_account(*, by: access.Actor, at: datetime, person: Person) -> None:
    """Close a sign-in account: no sign-in and no token from now on; nothing the person did is touched."""
    access.require(by, "account.manage")
    if person.user is None or not person.user.is_active:
        raise access.Refused("no_account", f"{person.name} has no open account.")
    person.user.is_active = False
    person.user.save(update_fields=["is_active"])
    Token.objects.filter(person=person, revoked_at=None).update(revoked_at=at)
    ledger.append(kind="account.closed", by=by.ref, at=at, subject_kind="person", subject=person.pk)


@transaction.atomic
def delegate(
    *,
    by: access.Actor,
    at: datetime,
    taker: Person,
    kind: access.Lending,
    starts_at: datetime,
    ends_at: datetime,
    reason: str = "",
) -> Delegation:
    """Lend own rights to somebody for a while. What was lent to the actor cannot be lent on."""
    access.require(by, "delegation.give")
    if taker.pk == by.id:
        raise access.Refused("to_self", "You have these rights already. Choose somebody else.")
    if ends_at <= max(starts_at, at):
        raise access.Refused("no_time", "The end must lie after the start and after now.")
    if ends_at - starts_at > timedelta(days=92):
        raise access.Refused("too_long", "A delegation lasts three months at most. Choose an earlier end.")
    row = Delegation.objects.create(
        giver_id=by.id, taker=taker, kind=kind.value, starts_at=starts_at, ends_at=ends_at, reason=reason
    )
    facts = {
        "giver": by.id,
        "taker": taker.pk,
        "kind": kind.value,
        "starts_at": starts_at,
        "ends_at": ends_at,
    }
    ledger.append(
        kind="account.delegated", by=by.ref, at=at, subject_kind="person", subject=taker.pk, facts=facts
    )
    return row


@transaction.atomic
def take_back(*, by: access.Actor, at: datetime, public_id: str) -> None:
    """End a delegation now. Only its giver can."""
    row = Delegation.objects.filter(
        Q(public_id=public_id, voided_at=None), queries.scope(by, "delegation.give", "giver_id")
    ).first()
    if row is None:
        raise access.NotFound("delegation")
    row.voided_at = at
    row.save(update_fields=["voided_at"])
    ledger.append(
        kind="account.delegation_ended", by=by.ref, at=at, subject_kind="person", subject=row.taker_id
    )


@transaction.atomic
def make_token(
    *, by: access.Actor, at: datetime, name: str, scopes: frozenset[str], days: int = 90
) -> tuple[Token, str]:
    """Make a personal API token; the second value is shown once and never stored."""
    access.require(by, "token.manage")
    if not 1 <= days <= 365:
        raise access.Refused("bad_days", "A token lives 1 to 365 days.")
    if not name.strip():
        raise access.Refused("name_missing", "Name the token after what will use it.")
    secret = f"fairlead_{secrets.token_urlsafe(32)}"
    token = Token.objects.create(
        person_id=by.id,
        name=name.strip()[:80],
        digest=queries.token_digest(secret),
        scopes=sorted(scopes),
        created_at=at,
        expires_at=at + timedelta(days=days),
    )
    facts = {"name": token.name, "scopes": sorted(scopes), "expires_at": token.expires_at}
    ledger.append(kind="token.made", by=by.ref, at=at, subject_kind="person", subject=by.id, facts=facts)
    return token, secret


@transaction.atomic
def revoke_token(*, by: access.Actor, at: datetime, public_id: str) -> None:
    """End one of the own tokens at once."""
    token = Token.objects.filter(
        queries.scope(by, "token.manage", "person_id"), public_id=public_id, revoked_at=None
    ).first()
    if token is None:
        raise access.NotFound("token")
    token.revoked_at = at
    token.save(update_fields=["revoked_at"])
    ledger.append(kind="token.revoked", by=by.ref, at=at, subject_kind="person", subject=token.person_id)


def note_token_use(*, token: int, at: datetime) -> None:
    """Remember when a token was last used, to the minute; not an act, so not in the ledger."""
    Token.objects.filter(Q(pk=token) & (Q(used_at=None) | Q(used_at__lt=at - timedelta(minutes=1)))).update(
        used_at=at
    )

"""Who from outside stands in where a company has fewer than three different people: reading.

HR keeps it for its units; an admin for units without an HR partner, and sees nothing of any plan. An address leads to
one plan for one duty, and answers like one that never was in every other case.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from fairlead.grounds import queries as grounds
from fairlead.improvement import queries, rules
from fairlead.improvement.models import Invitation, Plan, Reviewer
from fairlead.improvement.queries import Found, Outside
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.models import Person, Team

_NAMED = "who is named from outside for a unit; callers checked whose, or the plan went through the table"
_HELD = "whoever holds an address reads the plan it leads to, and nothing else"
_WAITS = "which plans wait for somebody from outside, where nobody inside is free; nothing of what is in them"
_SENT = "which addresses lead to a plan that went through the table"


# Naming


def kept_by(actor: access.Actor, person: int) -> bool:
    """Whether the actor names and sends to somebody from outside for a person: HR, or an admin where there is no HR.

    Nobody does so for themself.
    """
    if actor.person == person:
        return False
    if people.may_on(actor, "outside.keep", person):
        return True
    return people.may_on(actor, "outside.keep_alone", person) and not _partnered(person)


def _partnered(person: int) -> bool:
    return bool(people.hr_partners([person]))


def require(actor: access.Actor) -> None:
    """Raises NotAllowed for who keeps nobody from outside anywhere."""
    if not access.may(actor, "outside.keep"):
        access.require(actor, "outside.keep_alone")


def of_head(head: int) -> Reviewer | None:
    """The newest row of a unit."""
    rows = Reviewer.objects.for_system(_NAMED).filter(head=head)
    return rows.select_related("by").order_by("-number").first()


def in_force(person: int, day: date) -> Reviewer | None:
    """Who from outside stands for a person on a day: named for the nearest unit above with any row."""
    for head in people.chain(person)[1:]:
        if (row := of_head(head)) is not None:
            return row if _holds(row, day) else None
    return None


def _holds(row: Reviewer, day: date) -> bool:
    if row.kind != "named" or row.first is None or row.last is None:
        return False
    return row.first <= day <= row.last


@dataclass(frozen=True, slots=True)
class Line:
    """Who would stand behind a parting of whoever reports to ``lead``: names, '' where nobody inside is free."""

    lead: str
    gate: str
    decider: str
    hearer: str
    inside: int
    missing: tuple[rules.Duty, ...]

    @property
    def enough(self) -> bool:
        return self.inside >= rules.LEAST_PEOPLE and not self.missing


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit with who is named from outside, and how it stands with three different people.

    ``newest`` is its own newest row, ``reviewer`` who stands for it today, named here or for a unit above.
    """

    head: int
    public_id: str
    name: str
    unit: str
    newest: Reviewer | None
    reviewer: Reviewer | None
    ahead: bool
    by_hr: bool
    lines: tuple[Line, ...]

    @property
    def own(self) -> bool:
        """Whether somebody who is named for the unit itself stands for it today."""
        return self.reviewer is not None and self.reviewer == self.newest

    @property
    def lacks(self) -> bool:
        return any(not one.enough for one in self.lines)


def units(actor: access.Actor, at: datetime) -> list[Unit]:
    """The units for which the actor names somebody; those where people are missing first. Raises NotAllowed."""
    require(actor)
    rows = Person.objects.filter(voided_at=None, pk__in=Team.objects.values("lead_id")).order_by("name", "pk")
    hr, alone = Q(pk__in=[]), Q(pk__in=[])
    if access.may(actor, "outside.keep"):
        hr = people.scope(actor, "outside.keep", "pk")
    if access.may(actor, "outside.keep_alone"):
        alone = people.scope(actor, "outside.keep_alone", "pk")
    found = {row.pk: row for row in rows.filter(hr).select_related("team")}
    others = list(rows.filter(alone).exclude(pk__in=list(found)).select_related("team"))
    known = people.partnered([row.pk for row in others])
    by_hr = set(found)
    found |= {row.pk: row for row in others if row.pk not in known}
    day = people.house().day(at)
    made = [_unit(row, row.pk in by_hr, day) for row in found.values()]
    return sorted(made, key=lambda one: (not one.lacks, one.newest is None, one.name))


def unit(actor: access.Actor, head: str, at: datetime) -> Unit:
    """One unit by its leader (public id). Raises NotAllowed, NotFound."""
    found = next((one for one in units(actor, at) if one.public_id == head), None)
    if found is None:
        raise access.NotFound("unit")
    return found


def history(actor: access.Actor, head: str, at: datetime) -> list[tuple[Reviewer, str]]:
    """Everybody who was named for a unit, newest first."""
    known = unit(actor, head, at)
    rows = (
        Reviewer.objects.for_system(_NAMED).filter(head=known.head).select_related("by").order_by("-number")
    )
    return [(row, row.by.name) for row in rows]


def _unit(head: Person, by_hr: bool, day: date) -> Unit:
    row = of_head(head.pk)
    ahead = row is not None and row.kind == "named" and row.first is not None and row.first > day
    team = head.team.name if hasattr(head, "team") else ""
    return Unit(
        head.pk, head.public_id, head.name, team or head.name, row, in_force(head.pk, day), ahead, by_hr,
        tuple(_lines(head.pk)),
    )  # fmt: skip


def _lines(head: int) -> Iterable[Line]:
    """One line for each leader in the unit whose direct reports sell."""
    below = people.below(head)
    leads = {
        node: people.reports(node)
        for node in Team.objects.filter(lead__in=below)
        .order_by("lead__name", "lead")
        .values_list("lead_id", flat=True)
    }
    for lead, reports in leads.items():
        sellers = people.sellers([one.id for one in reports])
        if not sellers:
            continue
        stood = stand_of(sellers[0])
        names = people.names({lead, stood.gate or 0, stood.decider or 0, stood.hearer or 0})
        yield Line(
            names[lead], names.get(stood.gate or 0, ""), names.get(stood.decider or 0, ""),
            names.get(stood.hearer or 0, ""), stood.inside, stood.missing,
        )  # fmt: skip


def stand_of(person: int) -> rules.Stand:
    """Who would check, decide and hear a parting of a person, by today's lines."""
    above = people.chain(person)[1:]
    lead = above[0] if above else 0
    return rules.stand(lead, above[1:], queries.partners(person))


# What waits for somebody from outside


def duty_of(found: Found, at: datetime) -> rules.Duty | None:
    """What of a plan somebody from outside may do now, because nobody inside is free; None where there is nothing."""
    row, now = found.row, found.now
    if row.form == "self":
        return None
    partners = queries.partners(row.person_id)
    if now.phase == "at_hr" or (now.phase == "paused" and now.gate is None):
        free = [one for one in partners if one not in now.writers]
        return "gate" if not free or "gate" in stand_of(row.person_id).missing else None
    if now.phase == "pending":
        taken = rules.behind(now) - now.gates
        return None if any(one not in taken for one in partners) else "second"
    if now.phase == "appealed":
        return None if queries.hearers(row, now) else "appeal"
    if now.phase == "running" and not queries.deciders(row, now):
        as_decider = queries.together([row], access.system(_WAITS), at, Outside("decider", 0))[0]
        return "decision" if rules.outcomes(as_decider.now, as_decider.given) else None
    return None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A plan that waits for somebody from outside: of which unit, for what, and what was sent. No name of whose."""

    plan: str
    unit: str
    duty: rules.Duty
    since: datetime
    reviewer: Reviewer | None
    had_part: bool
    """whether that somebody had a part in it already"""
    sent: Invitation | None
    conflicted: bool
    """whether the actor had a part in it, and so never sees an address to it"""


def waiting(actor: access.Actor, at: datetime) -> list[Waiting]:
    """Plans that wait for somebody from outside, as far as the actor keeps that. Raises NotAllowed."""
    require(actor)
    rows = Plan.objects.for_system(_WAITS).exclude(form="self").order_by("pk")
    kept = [row for row in queries.where_it_runs(rows, at) if kept_by(actor, row.person_id)]
    system = access.system(_WAITS)
    return [
        _waiting(actor, one, duty, at)
        for one in queries.together(kept, system, at)
        if not stands_in_it(actor, one) and (duty := duty_of(one, at)) is not None
    ]


def waits(actor: access.Actor, found: Found, at: datetime) -> Waiting | None:
    """The same of one plan that its reader may send outside; None where there is nothing to send."""
    if not kept_by(actor, found.row.person_id) or stands_in_it(actor, found):
        return None
    if (duty := duty_of(found, at)) is None:
        return None
    return _waiting(actor, found, duty, at)


def _waiting(actor: access.Actor, found: Found, duty: rules.Duty, at: datetime) -> Waiting:
    row, now = found.row, found.now
    lead = people.manager_of(row.person_id)
    node = people.node(lead) if lead is not None else None
    reviewer = in_force(row.person_id, people.house().day(at))
    open_ = Invitation.objects.for_system(_SENT).filter(
        plan=row, duty=duty, revoked_at=None, used_at=None, expires_at__gt=at
    )
    last = found.steps[-1][0].at if found.steps else row.at
    parts = _parts(now)
    return Waiting(
        row.public_id, (node.team or node.name) if node else "", duty, last, reviewer,
        reviewer is not None and rules.outsider(reviewer.identity) in parts,
        open_.select_related("reviewer").order_by("-pk").first(), _conflicted(actor, found),
    )  # fmt: skip


def _parts(now: rules.State) -> frozenset[int]:
    return rules.behind(now, now.second.by if now.second else 0)


def stands_in_it(actor: access.Actor, found: Found) -> bool:
    """Whether an admin leads the person or had a part in the plan: another admin sends it then, and is told of it."""
    if people.may_on(actor, "outside.keep", found.row.person_id):
        return False
    return actor.person in _parts(found.now) or actor.person == people.manager_of(found.row.person_id)


def _conflicted(actor: access.Actor, found: Found) -> bool:
    """Whether the actor had a part in a plan, will have one, or may read nothing of it: then they see no address."""
    row, now = found.row, found.now
    if not people.may_on(actor, "outside.keep", row.person_id):
        return True
    stood = stand_of(row.person_id)
    later = {stood.decider, stood.hearer, *queries.deciders(row, now), *queries.hearers(row, now)}
    return actor.person in _parts(now) | later or actor.person == people.manager_of(row.person_id)


def sent_of(plan: Plan) -> list[Invitation]:
    """Every address that was made of a plan, newest first; callers checked whose."""
    rows = Invitation.objects.for_system(_SENT).filter(plan=plan)
    return list(rows.select_related("reviewer", "by", "revoked_by").order_by("-pk"))


# What an address leads to


@dataclass(frozen=True, slots=True)
class Opened:
    """What an address leads to: one plan, for one duty, until a day."""

    invitation: Invitation
    found: Found
    duty: rules.Duty

    @property
    def acts(self) -> tuple[str, ...]:
        """The acts that are allowed, and no other."""
        now = rules.may(self.found.now, self.found.given)
        return tuple(kind for kind in rules.DUTIES[self.duty][1] if kind in now)


def opened(digest: str, at: datetime, *, lock: bool = False) -> Opened | None:
    """What an address (its digest) leads to; None for every one that leads nowhere, whatever the reason."""
    rows = Invitation.objects.for_system(_HELD).select_related("plan", "reviewer__head")
    if lock:
        rows = rows.select_for_update(of=("self",), no_key=True)
    row = rows.filter(digest=digest, revoked_at=None, used_at=None, at__lte=at, expires_at__gt=at).first()
    if row is None:
        return None
    day, person = people.house().day(at), row.plan.person_id
    named = in_force(person, day)
    if named is None or named.identity != row.reviewer.identity or not grounds.covered(person, day):
        return None
    duty = rules.duty(row.duty)
    by = rules.outsider(row.reviewer.identity)
    plan = row.plan
    if lock:
        plan = Plan.objects.for_system(_HELD).select_for_update(of=("self",), no_key=True).get(pk=plan.pk)
    found = next(
        iter(queries.together([plan], access.system(_HELD), at, Outside(rules.DUTIES[duty][0], by))), None
    )
    if found is None or duty_of(found, at) != duty or by in _parts(found.now):
        return None
    return Opened(row, found, duty)

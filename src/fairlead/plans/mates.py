"""Plans beside each other: those one may read, and those of team mates where the manager opened them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, OuterRef, Subquery

from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.guard import GuardedQuerySet
from fairlead.plans import rules
from fairlead.plans.models import Opened, Version
from fairlead.qualification import queries as evidence

MOST = 200


@dataclass(frozen=True, slots=True)
class Line:
    """A deal with a plan. ``version`` is its newest; ``mates`` says that it is read as a team mate's."""

    deal: str
    name: str
    owner: str
    objective: str
    strategy: str
    version: int
    at: datetime
    mates: bool


@dataclass(frozen=True, slots=True)
class TeamPlans:
    """Plans of open deals: ``own`` by the reader's own right, ``mates`` because ``manager`` opened them.

    ``leads`` says that the reader leads people, and ``is_open`` whether they read each other's plans.
    """

    own: tuple[Line, ...]
    mates: tuple[Line, ...]
    manager: str
    leads: bool
    is_open: bool
    more: bool


def is_open(lead: int, at: datetime) -> bool:
    """Whether a lead opened the plans of the team to the team; closed until somebody says so."""
    rows = Opened.objects.for_system("whether plans are open is the manager's switch").filter(
        lead=lead, at__lte=at
    )
    newest = rows.order_by("-pk").first()
    return newest is not None and newest.on


def listing(actor: access.Actor, at: datetime) -> TeamPlans:
    """The plans of open deals one may read, largest deal first. Raises NotAllowed."""
    own = _lines(Version.objects.seen_by(actor, "plan.read"), at, mates=False)
    lead = _opened_by(actor, at)
    mine = {one.deal for one in own}
    others = _lines(Version.objects.seen_by(actor, "plan.read_mates"), at, mates=True) if lead else []
    leads = access.may(actor, "plan.open") and bool(people.reports(actor.id))
    return TeamPlans(
        tuple(own), tuple(one for one in others if one.deal not in mine),
        people.names([lead])[lead] if lead else "", leads, leads and is_open(actor.id, at),
        max(len(own), len(others)) >= MOST,
    )  # fmt: skip


def _opened_by(actor: access.Actor, at: datetime) -> int | None:
    """The actor's manager, where that manager opened the team's plans."""
    if actor.person is None or not access.may(actor, "plan.read_mates"):
        return None
    lead = people.manager_of(actor.person)
    return lead if lead is not None and is_open(lead, at) else None


def _lines(rows: GuardedQuerySet[Version], at: datetime, *, mates: bool) -> list[Line]:
    later = Version.objects.for_system("which version of a plan that may be read is the newest")
    newest = later.filter(deal=OuterRef("deal"), at__lte=at).order_by("-number").values("pk")[:1]
    found = rows.filter(pk=Subquery(newest), deal__status="open").select_related("deal", "deal__owner")
    lines = []
    for row in found.order_by(F("deal__home_minor").desc(nulls_last=True), "deal")[:MOST]:
        plan, deal = rules.plan_of(row.content), row.deal
        name, owner = deal.name or deal.account or deal.external_id, deal.owner.name if deal.owner else ""
        line = Line(deal.public_id, name, owner, plan.objective, plan.strategy, row.number, row.at, mates)
        lines.append(line)
    return lines


@dataclass(frozen=True, slots=True)
class MatesPlan:
    """The newest plan of a team mate's open deal, and nothing else of the deal. ``criteria`` is key to name."""

    deal: str
    name: str
    owner: str
    plan: rules.Plan
    version: int
    by: str
    at: datetime
    criteria: dict[str, str]


def plan(actor: access.Actor, deal: str, at: datetime) -> MatesPlan:
    """A team mate's plan, where the manager opened the team's. Raises NotAllowed or NotFound."""
    access.require(actor, "plan.read_mates")
    if _opened_by(actor, at) is None:
        raise access.NotFound("plan")
    rows = Version.objects.seen_by(actor, "plan.read_mates").filter(deal__public_id=deal, deal__status="open")
    row = rows.filter(at__lte=at).select_related("deal", "deal__owner", "by").order_by("-number").first()
    if row is None:
        raise access.NotFound("plan")
    criteria = evidence.criteria_on(people.house().day(at), at).criteria
    return MatesPlan(
        deal, row.deal.name or row.deal.account or row.deal.external_id, row.deal.owner.name if row.deal.owner else "",
        rules.plan_of(row.content), row.number, row.by.name, row.at, {one.key: one.name for one in criteria},
    )  # fmt: skip

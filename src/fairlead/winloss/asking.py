"""What is asked of a closed deal: the rule of a day, the threshold of a team, the rep's time, who is neutral.

Takes persons and deals instead of an actor: for callers that asked the table.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from fairlead.calls.queries import habits
from fairlead.deals.models import Deal
from fairlead.people import access, kept, workdays
from fairlead.people import queries as people
from fairlead.people.guard import GuardedQuerySet
from fairlead.people.models import RoleGrant
from fairlead.winloss import rules
from fairlead.winloss.models import Account, Dropped, Request, Ruling


def rule_on(day: date, known_at: datetime) -> rules.Rule:
    """The rule in force on a day, as known at a moment."""
    return kept.once(("winloss.rule", day, known_at), lambda: _rule_on(day, known_at))


def _rule_on(day: date, known_at: datetime) -> rules.Rule:
    rows = Ruling.objects.filter(starts_on__lte=day, set_at__lte=known_at)
    row = rows.order_by("-starts_on", "-version").first()
    return rules.Rule() if row is None else rule_of(row)


def rule_of(row: Ruling) -> rules.Rule:
    reasons = tuple(rules.Reason(**one) for one in row.reasons)
    return rules.Rule(row.version, row.asks, row.times, row.fixed_minor, row.days, reasons)


def list_of(version: int) -> rules.Rule:
    """A version of the list; 0 is what ships."""
    row = Ruling.objects.filter(version=version).first()
    return rules.Rule() if row is None else rule_of(row)


def list_for(deal: Deal, at: datetime) -> rules.Rule:
    """The list a deal is told by: that of the first account of it, else the one in force when it closed."""
    first = _accounts(deal.pk).order_by("pk").values_list("list_version", flat=True).first()
    if first is not None:
        return list_of(first)
    return rule_on(deal.closed_on or people.house().day(at), at)


def first_day(at: datetime) -> date | None:
    """The first day whose rule asks anybody; None where none ever did."""
    rows = Ruling.objects.filter(asks=True, set_at__lte=at)
    return rows.order_by("starts_on").values_list("starts_on", flat=True).first()


def threshold_of(rule: rules.Rule, owner: int, today: date) -> int | None:
    """The amount from which an account is owed by an owner; None where too few won deals say what is usual."""
    if rule.fixed_minor is not None:
        return rule.fixed_minor
    return kept.once(
        ("winloss.threshold", rule.version, owner, today),
        lambda: rule.threshold(habits.sizes(habits.of_team(people.node(owner), today))),
    )


@dataclass(frozen=True, slots=True)
class Owed:
    """A closed deal nobody has given the rep's account of. ``age`` and ``due_on`` in working days from its close."""

    deal: Deal
    due_on: date
    age: int
    late: bool


def due_of(deal: Deal, at: datetime) -> date:
    """The last day of the owner's time, by the rule of the day it closed."""
    closed = deal.closed_on or people.house().day(at)
    return rules.due_on(closed, rule_on(closed, at).days, off_of(deal.owner_id or 0))


def off_of(owner: int) -> Collection[date]:
    """The days off of an owner's team."""
    lead = people.manager_of(owner) or owner
    return kept.once(("winloss.off", lead), lambda: people.off_of_teams([lead])[lead])


def owed_of(deal: Deal, at: datetime) -> Owed | None:
    """Whether an account of a deal is owed that has none yet."""
    today = people.house().day(at)
    if deal.status == "open" or deal.closed_on is None or deal.owner_id is None or deal.closed_on > today:
        return None
    rule = rule_on(deal.closed_on, at)
    if not rule.asks:
        return None
    threshold = threshold_of(rule, deal.owner_id, deal.closed_on)
    if not rules.owed(rule, deal.home_minor, threshold, deal.closed_on, today):
        return None
    off = off_of(deal.owner_id)
    due = rules.due_on(deal.closed_on, rule.days, off)
    age = workdays.workdays_between(deal.closed_on, today, off)
    return Owed(deal, due, age, today > due)


# What is in


def _accounts(deal: int) -> GuardedQuerySet[Account]:
    return Account.objects.for_system("what is in decides who may read what; callers checked whose").filter(
        deal=deal
    )


def newest(deal: int, source: rules.Source) -> Account | None:
    """The newest version of one source."""
    return _accounts(deal).filter(source=source).order_by("-number").first()


def owner_sees_interview(deal: Deal, at: datetime) -> bool:
    """Whether the owner may read the interview of a deal by now."""
    own = _accounts(deal.pk).filter(source="rep", owner=deal.owner_id).first()
    today = people.house().day(at)
    return rules.owner_sees_interview(own_is_in=own is not None, today=today, due=due_of(deal, at))


def sees_rep(actor: access.Actor, deal: Deal) -> bool:
    """Whether an actor may read the rep's account: the owner and the manager at once, sales operations after the
    interview is in."""
    if deal.owner_id is None:
        return False
    if access.may(actor, "winloss.read") and people.may_on(actor, "winloss.read", deal.owner_id):
        return True
    return access.may(actor, "winloss.read_late") and newest(deal.pk, "buyer") is not None


def open_request(deal: int) -> Request | None:
    """The request for a deal that nobody took back and nobody has answered. For callers that asked the table."""
    rows = Request.objects.for_system("whether somebody is asked already; callers checked whose").filter(
        deal=deal
    )
    gone = Dropped.objects.for_system("whether a request was taken back; callers checked whose")
    over = gone.filter(request__deal=deal).values("request")
    answered = _accounts(deal).exclude(request=None).values("request")
    return rows.exclude(pk__in=over).exclude(pk__in=answered).order_by("-pk").first()


def talk_of(row: Account) -> rules.Talk:
    """The interview of a row."""
    return rules.Talk(
        row.buyer_name, row.buyer_role, row.held_on, row.interviewer_name, row.may_quote, row.quote
    )


# Who is neutral


def standing_of(owner: int) -> rules.Standing:
    """Everybody with a stake in how an owner's deals look."""
    above = [one for one in people.chain(owner) if one != owner]
    lead = people.manager_of(owner)
    mates = [] if lead is None else [one.id for one in people.reports(lead) if one.id != owner]
    return rules.Standing(owner, above, [one for one in people.below(owner) if one != owner], _sellers(mates))


def _sellers(persons: Collection[int]) -> list[int]:
    """Those of some people who own deals by their role; a team's operations are no sellers."""
    sells = (access.Role.REP, access.Role.MANAGER, access.Role.EXECUTIVE)
    grants = RoleGrant.objects.filter(person__in=persons, role__in=[one.value for one in sells], ends_on=None)
    return sorted(set(grants.values_list("person_id", flat=True)))

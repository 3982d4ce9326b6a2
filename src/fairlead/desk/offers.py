"""Where the answer to a draft stands already: the latest call, the up-card, own answered messages. Nothing is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fairlead.calls import pipeline
from fairlead.calls import queries as calls
from fairlead.deals.models import Deal
from fairlead.desk import accountable, hints, queries
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.models import Person, Team

MOST = 3
MOST_NAMES = 2000


@dataclass(frozen=True, slots=True)
class Offer:
    """An answer the sender may read already: what it is, and where it opens. ``at`` is when it was said."""

    text: str
    link: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Whom:
    """Whom a draft goes to: who is accountable, and the deal (key) it is about."""

    lead: int | None = None
    name: str = ""
    deal: int | None = None
    deal_id: str = ""
    deal_name: str = ""


def whom(actor: access.Actor, to: str, at: datetime) -> Whom:
    """Who is accountable for what a form names (``manager:``, ``team:`` or ``deal:`` and a public id), of what the
    actor may write to; nobody for anything else. Raises NotAllowed."""
    access.require(actor, "message.send")
    what, _, which = to.partition(":")
    today = people.house().day(at)
    if what == "deal":
        deal = queries.deals_to_write_of(actor, at).get(which)
        if deal is None or deal.owner_id is None:
            return Whom()
        lead = accountable.manager_of_deal(deal.owner_id, today)
        return Whom(lead, _name(lead), deal.pk, deal.public_id, deal.name or deal.account or "the deal")
    rows = Team.objects.filter(people.scope(actor, "message.send", "lead")).exclude(lead=actor.person)
    if what in ("manager", "team"):
        team = rows.filter(**{"lead__public_id" if what == "manager" else "public_id": which}).first()
        if team is not None:
            return Whom(team.lead_id, _name(team.lead_id))
    return Whom()


def _name(person: int | None) -> str:
    return people.names([person]).get(person, "") if person else ""


def offered(actor: access.Actor, whom: Whom, text: str, at: datetime) -> tuple[Offer, ...]:
    """What answers a draft already, of what the actor may read: at most three."""
    found = []
    if whom.deal is not None and _reads_card(actor, whom.deal):
        found.append(Offer(f"The up-card of {whom.deal_name}", f"/deals/{whom.deal_id}/card/", None))
    found += _own_answers(actor, text, at)
    if whom.lead is not None and access.may(actor, "submission.read"):
        period = calls.period_at(at)
        sent = next(
            (one for one in calls.submissions(actor, whom.lead, period, at) if not one.withdrawn_at), None
        )
        if sent is not None:
            money = pipeline.money(sent.amount, people.house().currency)
            found.append(
                Offer(
                    f"{whom.name}’s call, {money}, with its reasons", f"/call/copy/{sent.public_id}/", sent.at
                )
            )
        elif access.may(actor, "board.open"):
            found.append(Offer("The teams’ numbers on the board", "/board/", None))
    return tuple(found[:MOST])


def _reads_card(actor: access.Actor, deal: int) -> bool:
    return (
        access.may(actor, "card.read") and Deal.objects.seen_by(actor, "card.read").filter(pk=deal).exists()
    )


def _own_answers(actor: access.Actor, text: str, at: datetime) -> list[Offer]:
    """The actor's own answered message that is most like a draft."""
    if not text.strip() or not access.may(actor, "message.sent"):
        return []
    line = queries.sent_alike(actor, text, at)
    if line is None:
        return []
    said = f"{line.manager} answered “{line.title}”"
    return [Offer(said, f"/messages/#m-{line.public_id}", line.answers[-1].at)]


def names(actor: access.Actor) -> hints.Names:
    """Who is who below and above the actor, for the hints; names are everybody's to see."""
    below = people.below(actor.id)
    rows = Person.objects.filter(pk__in=below, voided_at=None).exclude(pk=actor.id).order_by("pk")
    led = set(Team.objects.filter(lead__in=below).values_list("lead_id", flat=True))
    named = list(rows.values_list("pk", "name")[:MOST_NAMES])
    above = people.names(people.chain(actor.id)[1:])
    return hints.Names(
        tuple(name for pk, name in named if pk not in led),
        tuple(name for pk, name in named if pk in led),
        tuple(above.values()),
    )


def may_write_to(actor: access.Actor, lead: int) -> bool:
    """Whether a page offers the actor to write to a leader: somebody below who leads a team."""
    if actor.person is None or lead == actor.person or not access.may(actor, "message.send"):
        return False
    return people.may_on(actor, "message.send", lead) and Team.objects.filter(lead=lead).exists()


def may_write_of(actor: access.Actor, deal: str, at: datetime) -> bool:
    """Whether a page offers the actor to write of a deal (public id): somebody else below is accountable for it."""
    if actor.person is None or not access.may(actor, "message.send"):
        return False
    lead = whom(actor, f"deal:{deal}", at).lead
    return lead is not None and lead != actor.person

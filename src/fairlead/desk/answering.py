"""The answer desk: from a pasted message to the calm reply, without keeping anything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fairlead.deals.models import Deal
from fairlead.desk import calm, facts, queries
from fairlead.people import access
from fairlead.people import queries as people

MOST_DEALS = 200


@dataclass(frozen=True, slots=True)
class Reply:
    """What the answer desk has for a message: the card, and earlier answers to something alike."""

    calm: calm.Calm
    before: tuple[queries.Before, ...]


def deals_of(actor: access.Actor) -> list[tuple[str, str]]:
    """(public id, name) of open deals of the actor's reports and own, by name."""
    if actor.person is None or not access.may(actor, "deal.read"):
        return []
    team = [actor.id, *(node.id for node in people.reports(actor.id))]
    rows = Deal.objects.seen_by(actor, "deal.read").filter(owner__in=team, status="open")
    found = rows.order_by("-home_minor", "pk").values_list("public_id", "name", "account", "external_id")
    named = [(key, name or account or other) for key, name, account, other in found[:MOST_DEALS]]
    return sorted(named, key=lambda pair: pair[1].casefold())


def named_in(text: str, offered: list[tuple[str, str]]) -> str:
    """The deal (public id) whose name, or the first word of it, stands in a text; '' where none or several do."""
    said = text.casefold()
    whole = {key for key, name in offered if name.casefold() in said}
    first = {key for key, name in offered if len(name.split()[0]) > 3 and name.split()[0].casefold() in said}
    found = whole or first
    return found.pop() if len(found) == 1 else ""


def reply(actor: access.Actor, text: str, deal: str, at: datetime) -> Reply:
    """The calm reply to a text, of a deal (public id) or of the number. Raises NotAllowed."""
    access.require(actor, "desk.handle")
    key = None
    if deal:
        rows = Deal.objects.seen_by(actor, "deal.read").filter(public_id=deal)
        key = rows.values_list("pk", flat=True).first()
    before = queries.asked_before(actor.id, text, key, at) if text or key else []
    return Reply(facts.of(actor, actor.id, key, at).calm, tuple(before))

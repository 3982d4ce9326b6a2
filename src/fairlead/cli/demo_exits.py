"""Deals of the story that left the forecast: Rosa's packet went upstairs, Ravi owes one, others owe a reason."""

from __future__ import annotations

from datetime import date, datetime

from fairlead.cli.demo_deals import deal_of
from fairlead.deals import actions as deals
from fairlead.exits import actions as exits
from fairlead.exits import queries, rules
from fairlead.forecasting.simulate import marlow
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.models import Person
from fairlead.qualification import actions as evidence

_FROM_MINOR = 80_000_00
"""Marlow asks for a packet from 80 thousand euros on."""
_RAISED = datetime(2026, 11, 18, 9, 20, tzinfo=marlow.ZONE)
_LOWERED = datetime(2026, 11, 20, 15, 40, tzinfo=marlow.ZONE)
_HANDED_IN = datetime(2026, 11, 23, 9, 10, tzinfo=marlow.ZONE)
_ACCEPTED = datetime(2026, 11, 23, 11, 5, tzinfo=marlow.ZONE)
_TAKEN_UP = datetime(2026, 11, 23, 11, 15, tzinfo=marlow.ZONE)
_ASKED = datetime(2026, 11, 24, 9, 30, tzinfo=marlow.ZONE)


def fill(everybody: dict[str, Person], begun: datetime) -> None:
    """Play what became of Larch Timber, and tell everybody else what they owe."""
    by = access.system("the demo fills its company")
    exits.set_rule(by=by, at=begun, rule=rules.Rule(fixed_minor=_FROM_MINOR), starts_on=begun.date())
    rosa, larch = everybody["rosa"], deal_of(everybody["rosa"], "Larch Timber").public_id
    _play_larch(rosa, larch)
    exits.hand_in(
        by=people.actor(rosa.pk, _HANDED_IN),
        at=_HANDED_IN,
        deal=larch,
        packet=_packet(rosa, larch),
        after_version=0,
    )
    answer = queries.page(people.actor(rosa.pk, _HANDED_IN), larch, _HANDED_IN).given[0].public_id
    mina = people.actor(everybody["mina"].pk, _ACCEPTED)
    words = "Clear. I tell Vera today, and we ask again in February."
    exits.reply(by=mina, at=_ACCEPTED, answer=answer, verdict="accepted", words=words)
    exits.take_up(by=mina, at=_TAKEN_UP, answer=answer)
    exits.ask(by=access.system("the clock"), at=_ASKED)


def _play_larch(rosa: Person, deal: str) -> None:
    """In Commit on Wednesday, out again on Friday: its buyer's director stopped all orders."""
    for at, category in ((_RAISED, "commit"), (_LOWERED, "")):
        deals.set_own_category(by=people.actor(rosa.pk, at), at=at, deal=deal, category=category)
    for at, what, buyer, role in (
        (_RAISED, "Signs up to 100 thousand and wants to order this week", "Nils Berg", "sawmill manager"),
        (_LOWERED, "All orders wait for the budget of February", "Ulla Strand", "managing director"),
    ):
        evidence.score(
            by=people.actor(rosa.pk, at), at=at, deal=deal, criterion="economic_buyer", score=2, what=what,
            on=at.date(), buyer_name=buyer, buyer_role=role,
        )  # fmt: skip


def _packet(rosa: Person, deal: str) -> rules.Packet:
    """With the two deals that may bring most in its place."""
    offered = queries.writing(people.actor(rosa.pk, _HANDED_IN), deal, _HANDED_IN).replacements
    return rules.Packet(
        why="Their managing director stopped all orders until the budget of February.",
        reason="timing",
        criterion="economic_buyer",
        alternatives=(
            rules.Alternative(
                "smaller", "rejected", "One saw line for 30 thousand needs the same signature."
            ),
            rules.Alternative(
                "later", "kept", "Nils Berg puts it into the February budget; we meet on 2 February."
            ),
            rules.Alternative(
                "executive", "rejected", "A call to the managing director would pass over Nils Berg."
            ),
        ),
        replacements=tuple(one.deal for one in offered[:2]),
        sourcing=(rules.Sourcing("A day at the sawmill fair with ten meetings", date(2026, 12, 3)),),
        first_known_on=date(2026, 11, 20),
        told_on=date(2026, 11, 20),
    )

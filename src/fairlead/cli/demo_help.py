"""What waits for Mina's answer, what came to Hana by the second door, and what Rosa and Mina agreed to shield."""

from __future__ import annotations

from datetime import date, datetime

from fairlead.cli import demo_deals
from fairlead.forecasting.simulate import marlow
from fairlead.help import actions
from fairlead.help.actions import Asked, Wish
from fairlead.people import queries
from fairlead.people.models import Person

OUTSIDE = (
    "Works council: Room 2.14, works.council@marlow.example\n"
    "Ombudsperson, outside the company and bound to silence: Dr Aino Salo, +358 9 555 0142"
)


def _at(day: int, hour: int, minute: int) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=marlow.ZONE)


def fill(everybody: dict[str, Person]) -> None:
    """Help as it stands on arrival."""
    at = _at(2, 9, 0)
    actions.set_up(by=queries.actor(everybody["olu"].pk, at), at=at, days=3, outside=OUTSIDE)
    _ravi(everybody)
    _pia(everybody)
    _shield(everybody)


def _ravi(everybody: dict[str, Person]) -> None:
    at = _at(23, 10, 20)
    given = Asked(
        "Somebody who knows their security review",
        "Kestrel’s security review starts on 7 January. I need somebody of ours who has been through one with them, "
        "for an hour, before I answer their list.",
        "I asked the lab and the service desk; both say that it is not theirs.",
        demo_deals.deal_of(everybody["ravi"], "Kestrel Chemicals").public_id, date(2026, 11, 30),
    )  # fmt: skip
    actions.ask(by=queries.actor(everybody["ravi"].pk, at), at=at, given=given, key="demo help")


def _pia(everybody: dict[str, Person]) -> None:
    """Otto did not answer; Hana has it since Monday, and Otto does not know."""
    at, later = _at(12, 15, 5), _at(23, 8, 40)
    words = Asked(
        "My holiday and the harbour tender",
        "The tender’s last day falls into my approved holiday. I need somebody who takes it over for that week.",
        "I asked Piet and Femi, who are full themselves.",
    )
    first = actions.ask(by=queries.actor(everybody["pia"].pk, at), at=at, given=words, key="demo help")
    actions.send_further(
        by=queries.actor(everybody["pia"].pk, later), at=later, request=first.public_id, given=words,
        to=everybody["hana"].public_id, key="demo help further",
    )  # fmt: skip


def _shield(everybody: dict[str, Person]) -> None:
    rosa, mina = everybody["rosa"].pk, everybody["mina"].pk
    at = _at(18, 9, 30)
    wish = Wish(
        "A question about the same deal each day takes the morning in which I write offers.",
        "Daily questions about one deal\nCalls from above while I am at a customer",
        "8:00 to 17:00, not before ten on Tuesdays", "Mail; by phone only when it burns", date(2027, 1, 29),
    )  # fmt: skip
    row = actions.ask_shield(by=queries.actor(rosa, at), at=at, wish=wish, after_version=0, key="demo shield")
    at = _at(18, 16, 10)
    row = actions.answer_shield(
        by=queries.actor(mina, at), at=at, shield=row.public_id, key="demo shield", review_on=date(2027, 1, 29),
        promised="I answer questions from above about your deals myself\nNobody calls you at a customer",
        needed="Bad news within 24 hours\nPlans of Commit deals current by Friday noon",
    )  # fmt: skip
    at = _at(19, 8, 45)
    actions.act_on_shield(
        by=queries.actor(rosa, at), at=at, shield=row.public_id, kind="signed", digest=row.digest
    )

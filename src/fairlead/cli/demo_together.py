"""What Mina agreed on with her team: with Rosa in force, with Ravi waiting for her signature."""

from __future__ import annotations

from datetime import date, datetime

from fairlead.agreements import actions, wording
from fairlead.agreements.rules import Content
from fairlead.forecasting.simulate import marlow
from fairlead.people import queries, switches
from fairlead.people.models import Person


def _at(day: int, hour: int, minute: int) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=marlow.ZONE)


def fill(everybody: dict[str, Person]) -> None:
    """Agreements as they stand on arrival."""
    at = _at(2, 8, 30)
    for feature in switches.FEATURES:
        switches.turn(
            by=queries.actor(everybody["olu"].pk, at),
            at=at,
            feature=feature,
            head=everybody["carl"],
            state="on",
        )
    _rosa(everybody)
    _ravi(everybody)


def _rosa(everybody: dict[str, Person]) -> None:
    rosa, mina = everybody["rosa"], everybody["mina"]
    at = _at(4, 9, 10)
    content = Content(
        "The same question about one deal from two people takes the morning in which I write offers.",
        ("The same question from more than one person", "Calls from above while I am at a customer"),
        "8:00 to 17:00, not before ten on Tuesdays", "Mail; the phone when it burns", 24, 4,
        ("One number for the quarter, and the reason when it moves",),
        ("Bad news before anybody above has it",),
        ("I answer for your deals upstairs without calling you first", "An answer on discounts within one working day"),
    )  # fmt: skip
    version = actions.begin(
        by=queries.actor(rosa.pk, at), at=at, other=mina.public_id, content=content, review_on=date(2027, 1, 29),
        key="demo agreement",
    )  # fmt: skip
    at = _at(4, 15, 40)
    actions.act(
        by=queries.actor(mina.pk, at), at=at, agreement=version.agreement.public_id, kind="signed",
        digest=version.digest,
    )  # fmt: skip


def _ravi(everybody: dict[str, Person]) -> None:
    ravi, mina, at = everybody["ravi"], everybody["mina"], _at(23, 16, 5)
    chosen = wording.template("remote")
    assert chosen is not None
    actions.begin(
        by=queries.actor(ravi.pk, at), at=at, other=mina.public_id, content=chosen.content,
        review_on=date(2027, 2, 26), key="demo agreement",
    )  # fmt: skip

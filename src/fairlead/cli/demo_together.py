"""What Mina agreed on with her team, with Rosa in force and with Ravi waiting for her signature; her 1:1 with Rosa."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from fairlead.agreements import actions, wording
from fairlead.agreements.rules import Content
from fairlead.forecasting.simulate import marlow
from fairlead.oneonones import actions as oneonones
from fairlead.oneonones.rules import Rhythm
from fairlead.people import queries, switches
from fairlead.people.models import Person


def _at(day: int, hour: int, minute: int) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=marlow.ZONE)


def fill(everybody: dict[str, Person]) -> None:
    """Agreements and one-to-ones as they stand on arrival."""
    at = _at(2, 8, 30)
    for feature in ("agreements", "oneonones"):
        switches.turn(
            by=queries.actor(everybody["olu"].pk, at),
            at=at,
            feature=feature,
            head=everybody["carl"],
            state="on",
        )
    _rosa(everybody)
    _ravi(everybody)
    _meet(everybody)


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


def _meet(everybody: dict[str, Person]) -> None:
    """Last Thursday's 1:1 with its notes, and points for this week's."""
    rosa, mina = everybody["rosa"], everybody["mina"]

    def of(who: Person, at: datetime) -> dict[str, Any]:
        other = mina if who is rosa else rosa
        return {"by": queries.actor(who.pk, at), "at": at, "other": other.public_id}

    rhythm = Rhythm("weekly", 3, time(10), marlow.ZONE.key, 30, date(2026, 11, 12))
    oneonones.set_rhythm(**of(mina, _at(5, 9, 0)), rhythm=rhythm, after=0)
    at, last = _at(19, 10, 35), date(2026, 11, 19)
    notes = "Two new plans by the end of the month. The lab has no day before Christmas; Mina asks once more."
    oneonones.write_note(**of(mina, at), slot=last, text=notes, after=0)
    oneonones.agree_action(
        **of(mina, at), mine=True, text="Ask the lab for a day before Christmas", due_on=date(2026, 11, 25),
        key="demo lab",
    )  # fmt: skip
    oneonones.write_private(
        **of(mina, at), slot=last, text="Quieter than usual. Ask how the move goes, not about numbers first."
    )
    oneonones.step(**of(rosa, at), slot=last, kind="held")
    oneonones.add_point(
        **of(rosa, _at(23, 17, 20)), text="Holiday in week 52: who takes Nordwind?", key="demo point"
    )
    oneonones.add_point(
        **of(mina, _at(24, 8, 15)), text="The first visit with an economic buyer", key="demo point"
    )

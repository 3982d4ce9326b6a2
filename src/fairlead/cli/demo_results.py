"""What Hana recorded for Sales, Ravi's leave, and the look at Pia's results that waits for Otto."""

from __future__ import annotations

from datetime import date, datetime

from fairlead.forecasting.simulate import marlow
from fairlead.grounds import actions as grounds
from fairlead.grounds.rules import Given, Rule
from fairlead.looks import actions as looks
from fairlead.looks.models import Look
from fairlead.people import queries
from fairlead.people.models import Person
from fairlead.standing import actions as standing

GROUND = Given(
    country="FI",
    notice_on=date(2026, 5, 18),
    notice_words="Letter to everybody in Sales of 18 May, and the intranet page How results are looked at.",
    basis="Employment contract, section 7, and the co-operation agreement of 11 May 2026.",
    consulted="held",
    consulted_on=date(2026, 5, 11),
    consulted_words="Shop stewards of Sales: agreed, with the early answer box they asked for.",
    runs_from=date(2026, 6, 1),
)
RULE = Rule(line=85, early_chance=46, ramps={"account executive": (0, 25, 50, 75)})
ANSWER = (
    "The Halden order I counted on in June went to the service desk, and my analyser training came in October. "
    "In the last quarter I was one point under the line. Please count both."
)


def _at(month: int, day: int, hour: int) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=marlow.ZONE)


def fill(everybody: dict[str, Person]) -> None:
    """Results as they are looked at on arrival: one look is past its day of decision."""
    at = _at(6, 1, 9)
    hana = queries.actor(everybody["hana"].pk, at)
    grounds.set_rule(by=hana, at=at, rule=RULE, after_version=0)
    grounds.record(by=hana, at=at, head=everybody["vera"].public_id, given=GROUND, after_number=0)
    standing.write_leave(
        by=hana, at=at, person=everybody["ravi"].public_id, first=date(2025, 7, 1), last=date(2026, 9, 30),
        reason="Parental leave.",
    )  # fmt: skip
    looks.watch(at=_at(10, 6, 8))
    at = _at(10, 8, 16)
    pia = queries.actor(everybody["pia"].pk, at)
    look = Look.objects.seen_by(pia, "look.read").first()
    if look is None:
        raise RuntimeError("The demo's story has no look at Pia's results.")
    looks.act(by=pia, at=at, look=look.public_id, kind="answered", words=ANSWER, after=0)
    looks.watch(at=_at(11, 3, 8))

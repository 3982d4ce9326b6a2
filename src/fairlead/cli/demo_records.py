"""Who read the look at Pia's results, Finland's rule, copies for Rosa and Ravi, a hold on Piet, Rosa's case."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from fairlead.cases import actions as cases
from fairlead.cases import rules as case_rules
from fairlead.forecasting.simulate import marlow
from fairlead.looks.models import Look
from fairlead.people import queries
from fairlead.people.models import Person
from fairlead.records import actions, reads, rules

RULE = replace(rules.shipped("FI"), retention={"looks": 24})
WHY = "Agreed with the shop stewards on 11 May 2026; counsel has read it."
ASKED = "{} asked for it by mail."
HELD = "A claim about the commission of 2025 is with the labour court. Legal asked for it on 10 November."
READ = (
    ("otto", 10, 8, 17),
    ("otto", 10, 9, 9),
    ("otto", 10, 20, 14),
    ("hana", 11, 5, 10),
    ("hana", 11, 12, 9),
)
"""Who opened the look at Pia's results, and when."""


def _at(month: int, day: int, hour: int) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=marlow.ZONE)


def fill(everybody: dict[str, Person]) -> None:
    """Records about people as they stand on arrival."""
    at = _at(6, 1, 10)
    hana = queries.actor(everybody["hana"].pk, at)
    actions.set_country_rule(by=hana, at=at, rule=RULE, reason=WHY, after_version=0)
    pia = everybody["pia"]
    look = Look.objects.seen_by(queries.actor(pia.pk, _at(11, 12, 9)), "look.read").first()
    if look is None:
        raise RuntimeError("The demo's story has no look at Pia's results.")
    for who, month, day, hour in READ:
        at = _at(month, day, hour)
        reader = queries.actor(everybody[who].pk, at)
        reads.note(actor=reader, at=at, kind="look", subject=pia.pk, public_id=look.public_id)
    at = _at(11, 11, 15)
    actions.hold(by=queries.actor(hana.id, at), at=at, person=everybody["piet"].public_id, reason=HELD)
    for who, asked_on, at in (
        ("rosa", date(2026, 11, 19), _at(11, 20, 11)), ("ravi", date(2026, 11, 23), marlow.NOW - timedelta(hours=1)),
    ):  # fmt: skip
        person = everybody[who]
        actions.open_copy(
            by=queries.actor(hana.id, at), at=at, person=person.public_id, asked_on=asked_on,
            reason=ASKED.format(person.name.split()[0]),
        )  # fmt: skip
    at = _at(11, 23, 10)
    asked = case_rules.Asked(
        ("agreements", "notes"), date(2026, 9, 1), date(2026, 11, 22), date(2026, 12, 4),
        "Rosa asked us to look whether what was agreed about questions from above was kept.",
    )  # fmt: skip
    cases.open_case(
        by=queries.actor(hana.id, at), at=at, person=everybody["rosa"].public_id, asked=asked, key="demo case"
    )

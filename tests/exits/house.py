"""A company whose deals come by imports, as in life: who owns what, and what the CRM said on which day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from fairlead.deals import actions as deals
from fairlead.deals.models import Deal
from fairlead.deals.rules import DealRow
from fairlead.exits import actions, queries, rules
from fairlead.exits.models import Answer
from fairlead.people import access
from tests.cast import AT, START, Cast

OPS = access.system("tests of exits")
BEGUN = datetime(2026, 10, 6, 9, tzinfo=UTC)
FRIDAY = datetime(2026, 11, 20, 9, tzinfo=UTC)
"""The import that shows what left; AT is the Tuesday after, two working days later."""
MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
STAGES = {"Talk": "pipeline", "Offer": "best_case", "Solid": "most_likely", "Paper": "commit"}
NEXT_YEAR = date(2027, 1, 22)

DEALS: dict[str, dict[str, Any]] = {
    "Kestrel": {"owner": "rosa", "amount": 190},
    "Nordwind": {"owner": "rosa", "amount": 240},
    "Quill": {"owner": "rosa", "amount": 72},
    "Ostrava": {"owner": "rosa", "amount": 84, "stage": "Offer"},
    "Cedar": {"owner": "rosa", "amount": 150, "stage": "Solid"},
    "Larch": {"owner": "ravi", "amount": 130},
    "Birch": {"owner": "pia", "amount": 300},
}
"""What stands on 6 October. Amounts in euros; a packet is asked for from 100 on."""


@dataclass(frozen=True)
class House:
    """The cast with deals."""

    cast: Cast

    def take(self, as_of: datetime, *, full: bool = True, **changed: dict[str, Any]) -> None:
        """An import: every deal as before, but for what is given by name; None leaves a deal out."""
        rows = [
            row(name, DEALS[name] | (changed.get(name) or {}))
            for name in DEALS
            if changed.get(name, {}) is not None
        ]
        people = {name: getattr(self.cast, name).pk for name in ("rosa", "ravi", "pia")}
        deals.take_in(
            by=OPS, at=max(as_of, AT), source="crm", deals=rows, as_of=as_of, people_ids=people, full=full
        )

    def id(self, name: str) -> str:
        return Deal.objects.for_system("tests look deals up").get(external_id=name).public_id

    def actor(self, name: str, at: datetime = AT) -> access.Actor:
        return self.cast.actor(name, at)

    def mine(self, name: str = "rosa", at: datetime = AT) -> queries.Exits:
        return queries.mine(self.actor(name, at), at)

    def owed(self, name: str = "rosa", at: datetime = AT) -> dict[str, str]:
        """deal -> what is owed of it."""
        return {line.name: line.need for line in self.mine(name, at).owed}

    def rule(self, at: datetime = BEGUN, **values: Any) -> None:
        given = {"fixed_minor": 100_00, **values}
        actions.set_rule(by=OPS, at=at, rule=rules.Rule(**given))

    def hand_in(self, name: str, who: str = "rosa", at: datetime = AT, **more: Any) -> Answer:
        content = rules.content_of(PACKET) | more
        return actions.hand_in(
            by=self.actor(who, at), at=at, deal=self.id(name), packet=rules.packet_of(content)
        )


PACKET = rules.Packet(
    why="Their security review starts on 7 January.",
    criterion_name="Paper process",
    old=rules.Evidence("Two weeks, we were told"),
    new=rules.Evidence("The review starts on 7 January"),
    alternatives=(
        rules.Alternative("smaller", "rejected", "One site needs the same review."),
        rules.Alternative("later", "kept", "We sign on 22 January."),
    ),
    shortfall="There is no replacement this quarter.",
    first_known_on=date(2026, 11, 20),
    told_on=date(2026, 11, 20),
)
"""A packet that lacks nothing."""


def row(name: str, values: dict[str, Any]) -> DealRow:
    return DealRow(
        name, name=name, account=f"{name} AG", owner=values["owner"], amount=Decimal(values["amount"]), currency="EUR",
        stage=values.get("stage", "Paper"), close_on=values.get("close_on", date(2026, 12, 10)),
        created_on=date(2026, 6, 1), status=values.get("status", "open"), closed_on=values.get("closed_on"),
    )  # fmt: skip


def names(lines: Iterable[Any]) -> set[str]:
    return {line.name for line in lines}


def build(cast: Cast) -> House:
    """Deals as they stood on 6 October, and a packet asked for from 100 euros on."""
    house = House(cast)
    for stage, category in STAGES.items():
        deals.set_category_mapping(by=OPS, at=BEGUN, stage=stage, category=category, starts_on=START)
    house.take(BEGUN)
    house.rule()
    return house

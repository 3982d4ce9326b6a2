"""A company whose deals closed: who sold what, and what both sides say of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from fairlead.deals import actions as deals
from fairlead.deals.models import Deal
from fairlead.deals.rules import DealRow
from fairlead.people import access
from fairlead.territories import actions as territories
from fairlead.territories.rules import AccountRow
from fairlead.winloss import actions, queries, rules
from fairlead.winloss.models import Account, Request
from tests.cast import AT, Cast

OPS = access.system("tests of win and loss")
BEGUN = datetime(2026, 10, 6, 9, tzinfo=UTC)
MORNING = datetime(2026, 11, 24, 7, tzinfo=UTC)
TUESDAY = date(2026, 11, 24)
FRIDAY = date(2026, 11, 20)

DEALS: dict[str, dict[str, Any]] = {
    "Kestrel": {"owner": "rosa", "amount": 190, "status": "lost", "closed_on": FRIDAY},
    "Nordwind": {"owner": "rosa", "amount": 240, "status": "won", "closed_on": date(2026, 11, 10)},
    "Quill": {"owner": "rosa", "amount": 72, "status": "lost", "closed_on": FRIDAY},
    "Ostrava": {"owner": "rosa", "amount": 150, "status": "open"},
    "Larch": {"owner": "ravi", "amount": 130, "status": "lost", "closed_on": FRIDAY},
    "Birch": {"owner": "pia", "amount": 300, "status": "lost", "closed_on": FRIDAY},
    "Old": {"owner": "rosa", "amount": 500, "status": "lost", "closed_on": date(2026, 9, 1)},
}
"""Amounts in euros; an account is owed from 100 on, of what closed from 6 October on."""

SAID = rules.Said(
    outcome="lost", primary="price", ratings={"price": "decisive", "product": "contributed"}, rival="Acme",
    moment="They chose the cheaper offer at the board on Friday.",
)  # fmt: skip
HEARD = rules.Said(
    outcome="lost", primary="process", ratings={"process": "decisive", "price": "none", "product": "contributed"},
    rival="Acme", moment="Nobody answered for two weeks.", differently="Answer within a day.",
)  # fmt: skip
TALK = rules.Talk("Anna Reuter", "compliance", TUESDAY)


def full(said: rules.Said) -> rules.Said:
    """With a rating for every reason, as a form sends it."""
    plain = {
        name: getattr(said, name)
        for name in ("outcome", "primary", "other", "rival", "moment", "differently")
    }
    return rules.said_of(rules.Rule(), plain, said.ratings)


@dataclass(frozen=True)
class House:
    """The cast with closed deals."""

    cast: Cast

    def id(self, name: str) -> str:
        return Deal.objects.for_system("tests look deals up").get(external_id=name).public_id

    def actor(self, name: str, at: datetime = AT) -> access.Actor:
        return self.cast.actor(name, at)

    def say(
        self, name: str, who: str = "rosa", at: datetime = AT, after: int | None = None, **more: Any
    ) -> Account:
        return actions.say(
            by=self.actor(who, at),
            at=at,
            deal=self.id(name),
            said=full(replace(SAID, **more)),
            after_version=after,
        )

    def interview(
        self, name: str, at: datetime = AT, talk: rules.Talk = TALK, after: int | None = None, **more: Any
    ) -> Account:
        """An interview that sales operations held."""
        return actions.interview(
            by=self.actor("olu", at), at=at, deal=self.id(name), said=full(replace(HEARD, **more)), talk=talk,
            after_version=after,
        )  # fmt: skip

    def ask(self, name: str, who: str = "pia", at: datetime = AT, by: str = "olu") -> Request:
        return actions.ask_for_interview(
            by=self.actor(by, at), at=at, deal=self.id(name), interviewer=getattr(self.cast, who).public_id,
            due_on=date(2026, 12, 8), with_whom="Anna Reuter, by phone",
        )  # fmt: skip

    def page(self, name: str, who: str, at: datetime = AT) -> queries.DealPage:
        return queries.page(self.actor(who, at), self.id(name), at)


def row(name: str, values: dict[str, Any]) -> DealRow:
    return DealRow(
        name, name=name, account=f"{name} AG", owner=values["owner"], amount=Decimal(values["amount"]), currency="EUR",
        stage="Paper", close_on=values.get("closed_on", date(2026, 12, 10)), created_on=date(2026, 6, 1),
        status=values["status"], closed_on=values.get("closed_on"), extra={"competitor": "Acme"},
    )  # fmt: skip


def take(cast: Cast, rows: list[DealRow], at: datetime = MORNING, full: bool = True) -> None:
    people = {name: getattr(cast, name).pk for name in ("rosa", "ravi", "ines", "pia", "sven")}
    deals.take_in(by=OPS, at=AT, source="crm", deals=rows, as_of=at, people_ids=people, full=full)


def build(cast: Cast) -> House:
    take(cast, [row(name, values) for name, values in DEALS.items()])
    accounts = [AccountRow(f"{name} AG", f"{name} AG", "rosa", "Chemicals") for name in DEALS]
    territories.take_in(by=OPS, at=BEGUN, source="crm", accounts=accounts, contacts=[])
    actions.set_rule(
        by=OPS, at=BEGUN, rule=rules.Rule(asks=True, fixed_minor=100_00, days=5), starts_on=BEGUN.date()
    )
    return House(cast)

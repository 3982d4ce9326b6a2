"""A company whose four past quarters are known as they were on the same day, from imports with their moments."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from fairlead.calls import intake
from fairlead.deals.rules import DealRow, Status
from fairlead.early import actions
from fairlead.forecasting.periods import Calendar
from fairlead.people import access
from tests import cast as the_cast
from tests.calls.company import OPS
from tests.cast import AT, Cast
from tests.looks import making

Q3, Q4 = Calendar().period("2026Q3"), Calendar().period("2026Q4")
JULY, AUGUST, OCTOBER = (datetime(2026, month, 3, 6, tzinfo=UTC) for month in (7, 8, 10))
DUE, NEXT = date(2026, 9, 20), date(2026, 12, 10)
TARGET = 100
"""Thousand euros, each quarter."""


def _became(n: int) -> Status:
    return "won" if n == 0 else "lost"


@dataclass
class Played:
    """The cast on 24 November: Pia won nothing, everybody else enough; the clock counted the role."""

    cast: Cast

    def take(self, rows: Iterable[DealRow], at: datetime) -> None:
        manner = intake.Manner(
            "crm", at, file_name="deals.csv", categories={"Talk": "pipeline", "Offer": "commit"}
        )
        intake.take_in_batch(
            by=self.cast.actor("olu", at),
            at=at,
            manner=manner,
            rows=intake.Rows(deals=list(rows)),
            with_estimate=False,
        )

    def deal(
        self,
        name: str,
        owner: str,
        thousands: int,
        close_on: date,
        status: Status = "open",
        stage: str = "Talk",
    ) -> DealRow:
        return DealRow(
            name, name=name, owner=getattr(self.cast, owner).name, amount=Decimal(thousands * 1000), currency="EUR",
            stage=stage, close_on=close_on, created_on=close_on - timedelta(days=70), status=status,
            closed_on=close_on if status != "open" else None,
        )  # fmt: skip

    def count(self, at: datetime = AT) -> int:
        return actions.watch(at=at)


@pytest.fixture
def played(cast: the_cast.Cast) -> Played:
    """Three deals of each seller were due in the third quarter on the same day, and one was won."""
    from fairlead.calls import actions as calls

    made = Played(cast)
    for name in making.REPS:
        for period in (Q3, Q4):
            calls.set_target(
                by=OPS, at=JULY, person=getattr(cast, name), period=period, amount_minor=TARGET * 100_000
            )
    making.ground(cast)
    past = [(name, f"{name} {n}", _became(n)) for name in making.REPS for n in range(3)]
    made.take((made.deal(key, name, 30, DUE) for name, key, _ in past), AUGUST)
    made.take((made.deal(key, name, 30, DUE, became) for name, key, became in past), OCTOBER)
    now = [
        made.deal(f"{name} now", name, 90, date(2026, 10, 20), "won") for name in making.REPS if name != "pia"
    ]
    now += [made.deal(f"pia {n} now", "pia", 40, NEXT) for n in range(2)]
    made.take(now, AT - timedelta(days=4))
    made.count()
    return made


@pytest.fixture
def ops() -> access.Actor:
    return OPS

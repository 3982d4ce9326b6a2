"""A real event log loads as history: every stage change, in both clocks, none twice."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from fairlead.deals import actions, queries
from fairlead.deals.models import Deal, DealEvent
from fairlead.deals.rules import ChangeRow, DealRow
from fairlead.people import access
from tests.cast import AT, Cast

AS_OF = datetime(2012, 4, 1, tzinfo=UTC)


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _applications(folder: Path) -> Iterator[DealRow]:
    with (folder / "applications.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            yield DealRow(
                row["case_id"],
                name=f"Application {row['case_id']}",
                amount=Decimal(row["amount_requested"]),
                currency="EUR",
                created_on=_moment(row["registered"]).date(),
            )


def _events(folder: Path) -> Iterator[ChangeRow]:
    """Each event as a change; an activity seen twice in one second is a field of its own, so that none is lost."""
    last: dict[tuple[str, str], str] = {}
    with (folder / "events.csv").open(newline="") as file:
        for number, row in enumerate(csv.DictReader(file), start=2):
            field = {"A": "stage", "O": "offer", "W": "work"}[row["activity"][0]]
            at = _moment(row["time"])
            old = last.get((row["case_id"], field))
            last[row["case_id"], field] = row["activity"]
            yield ChangeRow(row["case_id"], field, old, row["activity"], at, at, row["resource"], line=number)


@pytest.fixture
def log(shared: Path) -> Path:
    folder = shared / "data" / "bpic12-loan-pipeline"
    if not (folder / "events.csv").is_file():
        pytest.skip("The loan pipeline is not among the shared tables.")
    return folder


def test_a_loan_pipeline_loads_as_history(cast: Cast, log: Path) -> None:
    take = {"by": access.system("tests"), "at": AT, "source": "loans", "as_of": AS_OF}
    taken = actions.take_in(deals=_applications(log), changes=_events(log), **take)  # type: ignore[arg-type]
    distinct = {(c.deal_id, c.field, c.old, c.new, c.at) for c in _events(log)}
    rows = sum(1 for _ in _events(log))
    assert rows == 121_946
    assert (taken.changes, taken.changes_known) == (len(distinct), rows - len(distinct))
    assert DealEvent.objects.for_system("tests").exclude(field="").count() == len(distinct)
    case = Deal.objects.for_system("tests").get(external_id="173688")
    last = [c.new for c in _events(log) if c.deal_id == "173688" and c.field == "stage"][-1]
    assert case.stage == last
    first = next(c for c in _events(log) if c.deal_id == "173688")
    detail = queries.deal(cast.actor("olu"), case.public_id)
    known = [
        e for e in detail.events if e.field == "stage" and e.recorded_at <= first.at + timedelta(seconds=1)
    ]
    assert [e.new for e in reversed(known)][:2] == ["A_SUBMITTED", "A_PARTLYSUBMITTED"]

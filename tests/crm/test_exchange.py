"""What is written in the exchange format is read back as the same, and no cell is a formula to a spreadsheet."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairlead import crm
from fairlead.calls.rules import TargetRow
from fairlead.crm import exchange
from fairlead.deals.rules import ChangeRow, DealRow, RateRow
from fairlead.people.rules import PersonRow
from fairlead.territories.rules import AccountRow, ContactRow

_letters = st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zl", "Zp"))
text = st.text(_letters, max_size=20).map(str.strip)
spiced = st.builds(
    lambda mark, rest: (mark + rest).strip(),
    st.sampled_from(["=", "+", "-", "@", "'", "'=", "''", '"', ","]),
    text,
)
cell = st.one_of(text, spiced)
id_ = st.one_of(st.text(_letters, min_size=1, max_size=12).map(str.strip).filter(bool), spiced.filter(bool))
day = st.none() | st.dates(date(1970, 1, 1), date(2199, 12, 31))
money = st.none() | st.decimals(-(10**12), 10**12, places=2)
moment = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
deals = st.lists(
    st.builds(
        DealRow,
        deal_id=id_,
        name=cell,
        account=cell,
        owner=cell,
        amount=money,
        currency=st.just("EUR"),
        stage=cell,
        forecast_category=st.sampled_from(["", "pipeline", "best_case", "commit", "omitted"]),
        close_on=day,
        created_on=day,
        status=st.just("open"),
        product=cell,
        source=cell,
        type=cell,
        next_step=cell,
        extra=st.fixed_dictionaries({"segment": cell.filter(bool)}),
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda deal: deal.deal_id,
)
changes = st.lists(
    st.builds(
        ChangeRow,
        deal_id=id_,
        field=st.sampled_from(["stage", "owner"]),
        old=cell.map(lambda c: c or None),
        new=cell,
        at=moment,
        recorded_at=moment,
        by=cell,
    ),
    max_size=4,
)


def without_lines(rows: Sequence[DealRow]) -> list[DealRow]:
    from dataclasses import replace

    return [replace(row, line=0) for row in rows]


@settings(max_examples=120, deadline=None)
@given(deals, changes, st.sampled_from(["folder", "x.zip"]))
def test_deals_and_changes_come_back_as_they_went(
    rows: list[DealRow], history: list[ChangeRow], target: str
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / target
        exchange.write(path, deals=rows, changes=history, extras=["segment"])
        batch = crm.read(path)
    assert without_lines(batch.deals) == rows
    told = [(c.deal_id, c.field, c.old, c.new, c.at, c.recorded_at, c.by) for c in batch.changes]
    assert told == [(c.deal_id, c.field, c.old, c.new, c.at, c.recorded_at, c.by) for c in history]


def test_everything_else_comes_back_too(tmp_path: Path) -> None:
    people = [
        PersonRow(
            "1",
            "Rosa",
            "r@x.test",
            "2",
            "rep",
            "AE",
            date(2026, 1, 1),
            None,
            "North",
            "EUR",
            "Europe/Oslo",
            "A",
            2,
        ),
        PersonRow("2", "Ada", line=3),
    ]
    targets = [TargetRow("1", "2026Q4", Decimal("900.50"), "EUR", "new", 2)]
    accounts = [AccountRow("a", "Pulp", "1", "paper", "FI", line=2)]
    contacts = [ContactRow("c", "a", "=cmd()", "c@x.test", "CFO", 2)]
    rates = [RateRow("USD", date(2026, 1, 1), Decimal("0.92"), 2)]
    deal = DealRow("D", status="won", closed_on=date(2026, 3, 1), currency="EUR")
    exchange.write(
        tmp_path / "x",
        deals=[deal],
        people=people,
        targets=targets,
        accounts=accounts,
        contacts=contacts,
        rates=rates,
    )
    batch = crm.read(tmp_path / "x")
    assert (batch.people, batch.targets, batch.accounts, batch.contacts, batch.rates) == (
        people, targets, accounts, contacts, rates,
    )  # fmt: skip


@pytest.mark.parametrize(
    "danger", ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "=HYPERLINK(1)", "-", "+"]
)
def test_no_cell_that_is_written_is_a_formula(danger: str, tmp_path: Path) -> None:
    exchange.write(
        tmp_path, deals=[DealRow("D", name=danger, owner=danger, extra={"x": danger})], extras=["x"]
    )
    with (tmp_path / "deals.csv").open(newline="") as stream:
        rows = list(csv.reader(stream))
    assert not any(c.startswith(("=", "+", "-", "@", "\t", "\r")) for c in rows[1])


@given(st.text(max_size=20))
def test_a_neutral_cell_is_plain_again(cell: str) -> None:
    assert exchange.plain(exchange.neutral(cell)) == cell


def test_negative_amounts_stay_numbers(tmp_path: Path) -> None:
    exchange.write(tmp_path, deals=[DealRow("D", amount=Decimal("-12.50"), currency="EUR")])
    assert ",-12.50," in (tmp_path / "deals.csv").read_text()


def test_an_empty_company_writes_its_header(tmp_path: Path) -> None:
    assert exchange.write(tmp_path / "x") == {"deals": 0}
    assert (tmp_path / "x" / "deals.csv").read_text().startswith("deal_id,name,")

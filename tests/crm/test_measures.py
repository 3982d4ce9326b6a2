"""ARR and quantity: read from known exports and foreign tables, kept with the deal, and the same after a round trip."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from fairlead import crm
from fairlead.crm import exchange, guessing
from fairlead.deals.rules import DealRow


def read(folder: Path, text: str) -> crm.Batch:
    path = folder / "deals.csv"
    path.write_text(text, encoding="utf-8")
    return crm.read(path)


def test_salesforce_names_its_quantity_and_a_column_of_ones_own_for_arr(tmp_path: Path) -> None:
    batch = read(
        tmp_path,
        "Id,Name,StageName,CloseDate,Amount,Type,ARR__c,TotalOpportunityQuantity\n"
        "006000000000001AAA,Nordwind,Paper,2026-12-10,240.00,Renewal,80.50,12.00\n"
        "006000000000002AAA,Quill,Paper,2026-12-10,72.00,New Business,,\n",
    )
    first, second = list(batch.deals)
    assert (first.type, dict(first.extra)) == ("Renewal", {"arr": "80.5", "quantity": "12"})
    assert (second.type, dict(second.extra)) == ("New Business", {})
    assert batch.evidence == ()


def test_a_number_that_is_none_names_its_cell(tmp_path: Path) -> None:
    with pytest.raises(crm.Refused) as refused:
        read(tmp_path, "deal_id,name,status,amount,arr\nd1,Nordwind,open,240,a lot\n")
    assert "arr" in " ".join(refused.value.lines())
    assert "a lot" in " ".join(refused.value.lines())


def test_measures_come_back_from_an_export_as_they_went(tmp_path: Path) -> None:
    rows = [
        DealRow("d1", name="Nordwind", amount=Decimal(240), created_on=date(2026, 8, 1), type="Renewal",
                extra={"arr": "80.5", "quantity": "12", "segment": "large"}),
        DealRow("d2", name="Quill", amount=Decimal(72), created_on=date(2026, 8, 1)),
    ]  # fmt: skip
    exchange.write(tmp_path / "out", deals=rows, extras=["arr", "quantity", "segment"])
    batch = crm.read(tmp_path / "out")
    assert [dict(deal.extra) for deal in batch.deals] == [dict(rows[0].extra), {}]
    assert batch.evidence == ("segment",)


def test_a_foreign_table_is_offered_both(tmp_path: Path) -> None:
    path = tmp_path / "pipeline.csv"
    path.write_text(
        "Deal,Owner,Value,Annual Recurring Revenue,Seats\nNordwind,Rosa,240,80,12\nQuill,Ravi,72,72,3\n",
        encoding="utf-8",
    )
    guessed = guessing.guess(crm.tables.tables(path)[0])
    fields = {one.column: one.field for one in guessed.columns}
    assert (fields["Annual Recurring Revenue"], fields["Seats"], fields["Value"]) == (
        "arr",
        "quantity",
        "amount",
    )

"""What the mapping page offers for a foreign table."""

from __future__ import annotations

from pathlib import Path

from fairlead import crm
from fairlead.crm import guessing, tables
from tests.crm import files

BIDS = (
    b"Bid No,Customer,Sales Agent,Bid Value,Phase,Opened,Close Date,Colour\n"
    b"B1,Pulp,Rosa,10.5,Talking,2026-01-05,,red\nB2,Paper,Ravi,20.5,Won,2026-01-06,2026-02-01,red\n"
    b"B3,Pulp,Rosa,30.5,Lost,2026-01-07,2026-03-01,blue\n"
)


def guess(folder: Path, content: bytes = BIDS) -> guessing.Guessed:
    return guessing.guess(tables.tables(files.put(folder, "bids.csv", content))[0])


def test_columns_are_guessed_from_names_and_values(tmp_path: Path) -> None:
    found = {g.column: g.field for g in guess(tmp_path).columns}
    assert found == {
        "Bid No": "deal_id", "Customer": "account", "Sales Agent": "owner", "Bid Value": "amount", "Phase": "stage",
        "Opened": "created_on", "Close Date": "closed_on", "Colour": "",
    }  # fmt: skip


def test_every_guess_has_a_reason_and_samples(tmp_path: Path) -> None:
    guessed = guess(tmp_path)
    assert all(g.why for g in guessed.columns)
    assert next(g for g in guessed.columns if g.column == "Customer").samples == ("Pulp", "Paper")
    assert "closed rows only" in next(g for g in guessed.columns if g.column == "Close Date").why


def test_the_guessed_mapping_reads_the_table(tmp_path: Path) -> None:
    guessed = guess(tmp_path)
    assert crm.parse(crm.to_toml(guessed.mapping)) == guessed.mapping
    batch = crm.read(tmp_path / "bids.csv", guessed.mapping)
    assert [deal.status for deal in batch.deals] == ["open", "won", "lost"]


def test_words_of_the_status_are_offered(tmp_path: Path) -> None:
    guessed = guess(tmp_path)
    assert set(guessed.status_words) == {"Talking", "Won", "Lost"}
    assert (guessed.mapping.won, guessed.mapping.lost) == (("Won",), ("Lost",))


def test_a_column_of_words_is_never_taken_for_money(tmp_path: Path) -> None:
    content = BIDS.replace(b"10.5", b"high").replace(b"20.5", b"low").replace(b"30.5", b"low")
    assert next(g for g in guess(tmp_path, content).columns if g.column == "Bid Value").field == ""


def test_a_table_of_nothing_known_is_guessed_without_an_id(tmp_path: Path) -> None:
    guessed = guess(tmp_path, b"x,y\n1,1\n1,1\n")
    assert "deal_id" not in guessed.mapping.deals.columns


def test_the_public_sales_table_is_guessed(shared: Path) -> None:
    table = tables.tables(shared / "data" / "crm-sales-opportunities" / "sales_pipeline.csv")[0]
    found = {g.column: g.field for g in guessing.guess(table, rows=8000).columns}
    assert found == {
        "opportunity_id": "deal_id", "sales_agent": "owner", "product": "product", "account": "account",
        "deal_stage": "stage", "engage_date": "created_on", "close_date": "closed_on", "close_value": "amount",
    }  # fmt: skip

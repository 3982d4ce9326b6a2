"""Thousands of damaged files: each is read or refused, nothing else."""

from __future__ import annotations

import os
import random
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairlead import crm
from fairlead.crm import guessing, tables, values
from tests.crm import files

SEEDS = [
    ("deals.csv", files.table(*[files.row(deal_id=f"D-{i}", name='Pulp "A"', amount=f"{i}.5") for i in range(12)])),
    ("x.zip", files.zipped({
        "deals.csv": files.table(files.GOOD),
        "changes.csv": files.table("D-1,stage,a,b,2026-10-30T09:00:00Z,", header=files.CHANGE),
        "people.csv": files.table("rosa,Rosa,ada,2026-01-01", "ada,Ada,,", header="person_id,name,manager,starts_on"),
        "targets.csv": files.table("rosa,2026Q4,900", header="person_id,period,amount"),
    })),
    ("deals.xlsx", files.workbook([[*files.HEADER.split(",")], [*files.GOOD.split(",")]])),
    ("deals.csv", files.table(*[files.row(deal_id=f"D-{i}") for i in range(5)]).decode().encode("utf-16")),
    ("Opportunity.csv", b"Id,Name,StageName,Amount,CloseDate,IsClosed,IsWon,CreatedDate,OwnerId\n"
                        b"006bm00000LKJNN,A,Prospecting,15000,2/23/26,FALSE,FALSE,2/23/26 08:55 PM,005bm00000NCJmQ\n"),
]  # fmt: skip
TRIES = int(os.environ.get("FAIRLEAD_FUZZ", "600"))
"""Damaged files per good one. FAIRLEAD_FUZZ=20000 makes it 100,000 in all."""
SPICE = [
    b"\x00", b"\xff", b'"', b",", b"\n", b"\r", b";", b"\t", b"=1+1", b"5_000", b"NaN", b"1e999", b"-", b"'", b"\xc3",
    "٣".encode(), "²".encode(), b"2026-W13-2", b"2026-02-30", b"99:99", b"+99:99", b"\xef\xbb\xbf", b"9" * 300, b"(",
    b"PK\x03\x04", b"T24:00", b"1,2,3", b"EUR", b"\xe2\x80\xae", b"\x1a", b"\\", b"..", b"0000-00-00", b"won",
]  # fmt: skip


def outcome(name: str, content: bytes, mapping: crm.Mapping | None = None) -> str:
    """read, refused or asked; anything else is raised."""
    with tempfile.TemporaryDirectory() as folder:
        path = files.put(Path(folder), name, content)
        try:
            batch = crm.read(path, mapping)
        except crm.Refused as refusal:
            said = refusal.problems
        except crm.NeedsMapping as needs:
            for table in needs.tables:
                _guess(table)
            return "asked"
        else:
            assert len({deal.deal_id for deal in batch.deals}) == len(batch.deals)
            return "read"
    assert said
    assert all(problem.file and problem.why for problem in said)
    return "refused"


def _guess(table: tables.Table) -> None:
    """What the mapping page does with a foreign table: a mapping that can be written and read again, or a refusal."""
    try:
        guessed = guessing.guess(table)
    except crm.Refused:
        return
    if "deal_id" in guessed.mapping.deals.columns:
        assert crm.parse(crm.to_toml(guessed.mapping)) == guessed.mapping


def damaged(content: bytes, dice: random.Random) -> bytes:
    """The file with one to six things done to it."""
    found = bytearray(content)
    for _ in range(dice.randint(1, 6)):
        at = dice.randrange(len(found) + 1)
        act = dice.randrange(5)
        if act == 0:
            found[at:at] = dice.choice(SPICE)
        elif act == 1 and found:
            del found[at : at + dice.randint(1, 30)]
        elif act == 2 and at < len(found):
            found[at] = dice.randrange(256)
        elif act == 3:
            part = found[at : at + dice.randint(1, 60)]
            found[at:at] = part * dice.randint(1, 4)
        else:
            cell = dice.choice(SPICE)
            found[at : at + len(cell)] = cell
    return bytes(found)


@pytest.mark.parametrize("seed", range(len(SEEDS)))
def test_three_thousand_damaged_files_are_read_or_refused(seed: int) -> None:
    name, content = SEEDS[seed]
    dice = random.Random(20261124 + seed)
    assert outcome(name, content) == "read"
    found = [outcome(name, damaged(content, dice)) for _ in range(TRIES)]
    assert "refused" in found


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(st.text(max_size=12), min_size=1, max_size=10), min_size=1, max_size=8))
def test_any_table_of_any_words_is_read_refused_or_asked_about(rows: list[list[str]]) -> None:
    text = "\n".join(",".join(row) for row in rows)
    assert outcome("deals.csv", (files.HEADER + "\n" + text).encode("utf-8", "surrogatepass"))
    assert outcome("deals.csv", text.encode("utf-8", "surrogatepass"))


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=400), st.sampled_from(["deals.csv", "x.zip", "deals.xlsx", "deals.txt"]))
def test_any_bytes_are_read_refused_or_asked_about(content: bytes, name: str) -> None:
    assert outcome(name, content)


@settings(max_examples=1500, deadline=None)
@given(st.one_of(st.text(max_size=30), st.text("0123456789.,-+'eE ()€$%_²٣", max_size=14)))
def test_any_cell_is_an_amount_or_refused(cell: str) -> None:
    for style in (None, values.NumberStyle(), values.NumberStyle(",", ".")):
        try:
            amount = values.money(cell, style)
        except values.Unreadable:
            continue
        assert amount is None or (amount.is_finite() and abs(amount) < values.MOST)
    values.number_style([cell])


@settings(max_examples=1500, deadline=None)
@given(st.one_of(st.text(max_size=30), st.text("0123456789-/.:TZ+ APMW", max_size=24)))
def test_any_cell_is_a_day_or_refused(cell: str) -> None:
    for order in ("ymd", "dmy", "mdy"):
        try:
            on = values.day(cell, order)
        except values.Unreadable:
            continue
        assert on is None or 1970 <= on.year <= 2199
    values.orders([cell])


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_a_mapping_or_refused(text: str) -> None:
    try:
        mapping = crm.parse(text)
    except crm.Refused:
        return
    assert crm.parse(crm.to_toml(mapping)) == mapping

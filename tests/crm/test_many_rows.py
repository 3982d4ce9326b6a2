"""Files of any length: rows beyond what memory should hold wait in a file, and come back as they went."""

from __future__ import annotations

import tempfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairlead import crm
from fairlead.crm import spool
from fairlead.crm.spool import Spool
from fairlead.deals.rules import DealRow
from tests.crm import files

MANY = spool.KEPT + 1234


def deal(number: int) -> DealRow:
    amount = Decimal(number) / 4 if number % 3 else None
    return DealRow(
        f"D-{number}", amount=amount, close_on=date(2026, 1, 1), extra={"n": str(number)}, line=number
    )


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 9000), st.integers(1, 5000))
def test_rows_come_back_from_a_spool_as_they_went(count: int, kept: int) -> None:
    rows = [deal(number) for number in range(count)]
    spooled = Spool(rows, kept=kept)
    assert len(spooled) == count
    assert list(spooled) == rows
    assert list(spooled.settled()) == rows


def test_a_spool_is_walked_by_several_at_once() -> None:
    spooled = Spool((deal(number) for number in range(9000)), kept=10)
    assert all(a == b for a, b in zip(spooled, spooled, strict=True))


def test_rows_of_a_spool_are_reached_by_place() -> None:
    spooled = Spool((deal(number) for number in range(5001)), kept=10)
    assert [spooled[0], spooled[2500], spooled[-1]] == [deal(0), deal(2500), deal(5000)]
    assert spooled[1999:2002] == [deal(1999), deal(2000), deal(2001)]
    with pytest.raises(IndexError):
        spooled[5001]


def test_a_spool_leaves_no_file_with_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    spooled = Spool((deal(number) for number in range(5000)), kept=10)
    assert len(list(spooled)) == 5000
    assert list(tmp_path.iterdir()) == []


def test_a_long_file_is_read_whole_without_being_held(tmp_path: Path) -> None:
    rows = (files.row(deal_id=f"D-{number}", amount=str(number)) for number in range(MANY))
    batch = crm.read(files.put(tmp_path, "deals.csv", files.table(*rows)))
    assert isinstance(batch.deals, Spool)
    assert len(batch.deals) == MANY
    assert [row.line for row in batch.deals] == list(range(2, MANY + 2))
    assert crm.to_history(batch).deals[-1].amount == MANY - 1


def test_a_short_file_is_a_plain_list(tmp_path: Path) -> None:
    assert isinstance(crm.read(files.put(tmp_path, "deals.csv", files.table(files.GOOD))).deals, list)


def test_an_id_that_comes_again_far_below_is_found(tmp_path: Path) -> None:
    rows = [files.row(deal_id=f"D-{number}") for number in range(MANY)] + [files.row(deal_id="D-7")]
    with pytest.raises(crm.Refused) as caught:
        crm.read(files.put(tmp_path, "deals.csv", files.table(*rows)))
    (problem,) = caught.value.problems
    assert (problem.row, problem.value, problem.why) == (MANY + 2, "D-7", "it stands in row 9 already.")


def test_an_id_that_comes_again_in_another_file_is_found(tmp_path: Path) -> None:
    files.put(tmp_path, "a.csv", files.table(files.GOOD))
    files.put(tmp_path, "b.csv", files.table(files.row(deal_id="D-2"), files.GOOD))
    with pytest.raises(
        crm.Refused, match=r"b\.csv, row 3, column deal_id: 'D-1': it stands in row 2 of a\.csv already"
    ):
        crm.read(tmp_path)


def test_missing_rates_of_a_long_file_are_counted(tmp_path: Path) -> None:
    rows = [files.row(deal_id=f"D-{n}", currency="USD" if n < 500 else "EUR") for n in range(1200)]
    with pytest.raises(crm.Refused) as caught:
        crm.read(files.put(tmp_path, "deals.csv", files.table(*rows)))
    assert (len(caught.value.problems), caught.value.more) == (200, 300)

"""Files of every dialect that say the same are read as the same."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from fairlead import crm
from fairlead.crm import tables
from tests.crm import files

TWO = files.table(
    files.row(name="Müller, Söhne", amount="1234.5"),
    files.row(deal_id="D-2", status="won", closed_on="2026-10-02", amount=""),
)


def _xlsx() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(files.HEADER.split(","))
    first = [
        "D-1",
        "Müller, Söhne",
        "rosa",
        1234.5,
        "EUR",
        "Negotiation",
        datetime(2026, 12, 14),  # noqa: DTZ001 (a cell of a workbook has no zone)
        date(2026, 9, 1),
    ]
    sheet.append([*first, "open", None])
    second = ["D-2", "Pulp line", "rosa", None, "EUR", "Negotiation", date(2026, 12, 14), date(2026, 9, 1)]
    sheet.append([*second, "won", date(2026, 10, 2)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _delimited(mark: str) -> bytes:
    rows = [line.split(",") for line in TWO.decode().replace('"Müller, Söhne"', "Müller@ Söhne").splitlines()]
    return "\r\n".join(mark.join(row) for row in rows).replace("@", ",").encode()


DIALECTS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "UTF-8": ("deals.csv", lambda: TWO),
    "UTF-8 with a mark": ("deals.csv", lambda: b"\xef\xbb\xbf" + TWO),
    "UTF-16": ("deals.csv", lambda: TWO.decode().encode("utf-16")),
    "UTF-16 big end first": ("deals.csv", lambda: b"\xfe\xff" + TWO.decode().encode("utf-16-be")),
    "line ends of Windows": ("deals.csv", lambda: TWO.replace(b"\n", b"\r\n")),
    "line ends of an old Mac": ("deals.csv", lambda: TWO.replace(b"\n", b"\r")),
    "blank lines": ("deals.csv", lambda: TWO.replace(b"\n", b"\n\n")),
    "semicolons": ("deals.csv", lambda: _delimited(";")),
    "tabs": ("deals.tsv", lambda: _delimited("\t")),
    "pipes": ("deals.txt", lambda: _delimited("|")),
    "a workbook": ("deals.xlsx", _xlsx),
    "a workbook by another name": ("deals.csv", _xlsx),
    "a zip": ("x.zip", lambda: files.zipped({"deals.csv": TWO})),
    "a zip of a folder": (
        "x.zip",
        lambda: files.zipped({"out/deals.csv": TWO, "__MACOSX/out/deals.csv": b"\x00"}),
    ),
    "a zip with a folder below": (
        "x.zip",
        lambda: files.zipped({"deals.csv": TWO, "truth/deals.csv": b"a\n1\n"}),
    ),
    "a zip of a workbook": ("x.zip", lambda: files.zipped({"deals.xlsx": _xlsx()})),
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_same_table_is_read_from_every_dialect(dialect: str, tmp_path: Path) -> None:
    name, content = DIALECTS[dialect]
    first, second = crm.read(files.put(tmp_path, name, content())).deals
    assert (first.name, first.amount, first.close_on) == (
        "Müller, Söhne",
        Decimal("1234.5"),
        date(2026, 12, 14),
    )
    assert (second.status, second.amount, second.closed_on) == ("won", None, date(2026, 10, 2))


def test_windows_1252_is_read_where_the_mapping_says_so(tmp_path: Path) -> None:
    path = files.put(tmp_path, "deals.csv", TWO.decode().encode("cp1252"))
    mapping = crm.parse('[defaults]\nencoding = "windows-1252"\n')
    assert crm.read(path, mapping).deals[0].name == "Müller, Söhne"


def test_days_of_a_column_are_read_in_the_order_that_one_of_them_gives_away(tmp_path: Path) -> None:
    rows = [files.row(deal_id="D-1", close_date="03/04/26"), files.row(deal_id="D-2", close_date="13/04/26")]
    found = crm.read(files.put(tmp_path, "deals.csv", files.table(*rows))).deals
    assert [deal.close_on for deal in found] == [date(2026, 4, 3), date(2026, 4, 13)]


def test_days_in_doubt_follow_what_another_column_of_the_file_says(tmp_path: Path) -> None:
    row = files.row(close_date="03/04/26", created_on="02/23/26")
    deal = crm.read(files.put(tmp_path, "deals.csv", files.table(row))).deals[0]
    assert (deal.close_on, deal.created_on) == (date(2026, 3, 4), date(2026, 2, 23))


def test_days_in_doubt_are_read_as_the_mapping_says(tmp_path: Path) -> None:
    path = files.put(tmp_path, "deals.csv", files.table(files.row(close_date="03/04/26")))
    for pattern, on in (("%d/%m/%y", date(2026, 4, 3)), ("%m/%d/%y", date(2026, 3, 4))):
        mapping = crm.parse(f'[defaults]\ndate_format = "{pattern}"\n')
        assert crm.read(path, mapping).deals[0].close_on == on


def test_numbers_of_a_column_are_read_in_the_style_that_one_of_them_gives_away(tmp_path: Path) -> None:
    rows = [files.row(amount="1.234"), files.row(deal_id="D-2", amount="1.234,50")]
    found = crm.read(files.put(tmp_path, "deals.csv", files.table(*rows))).deals
    assert [deal.amount for deal in found] == [Decimal(1234), Decimal("1234.50")]


def test_a_style_is_learnt_from_the_last_row_of_a_long_file(tmp_path: Path) -> None:
    rows = [files.row(deal_id=f"D-{i}", amount=f"{i % 900 + 100}.{i % 900 + 100}") for i in range(30_000)]
    rows.append(files.row(deal_id="last", amount="1,5"))
    found = crm.read(files.put(tmp_path, "deals.csv", files.table(*rows))).deals
    assert found[0].amount == Decimal(100100)
    assert found[-1].amount == Decimal("1.5")


def test_a_row_that_ends_early_is_filled_up_and_told(tmp_path: Path) -> None:
    batch = crm.read(files.put(tmp_path, "deals.csv", files.table(files.GOOD.rstrip(","))))
    assert batch.deals[0].closed_on is None
    assert any("ends before the last column" in note for note in batch.files[0].notes)


def test_a_name_with_a_line_break_is_one_name(tmp_path: Path) -> None:
    batch = crm.read(files.put(tmp_path, "deals.csv", files.table(files.row(name="two\nlines"))))
    assert batch.deals[0].name == "two\nlines"


def test_a_table_is_walked_twice_with_the_same_rows(tmp_path: Path) -> None:
    table = tables.tables(files.put(tmp_path, "deals.csv", TWO))[0]
    assert list(table.rows()) == list(table.rows())


def test_progress_is_told_per_file(tmp_path: Path) -> None:
    told: list[tuple[str, int]] = []
    rows = [files.row(deal_id=f"D-{i}") for i in range(2500)]
    crm.read(files.put(tmp_path, "deals.csv", files.table(*rows)), progress=lambda *at: told.append(at))
    assert told == [("deals.csv", 1000), ("deals.csv", 2000), ("deals.csv", 2500)]


def test_another_currency_is_read_where_there_is_a_rate(tmp_path: Path) -> None:
    content = files.zipped(
        {
            "deals.csv": files.table(
                files.GOOD, files.row(deal_id="D-2", currency="USD"), files.row(deal_id="D-3")
            ),
            "rates.csv": files.table("USD,2026-01-01,0.92", header="currency,starts_on,rate"),
        }
    )
    batch = crm.read(files.put(tmp_path, "x.zip", content))
    assert batch.currency == "EUR"
    assert crm.to_history(batch).deals[1].amount == pytest.approx(240000 * 0.92)


def test_moments_are_local_to_the_organisation(tmp_path: Path) -> None:
    content = files.zipped(
        {
            "deals.csv": files.table(files.GOOD),
            "changes.csv": files.table("D-1,stage,a,b,2026-10-30 09:00,", header=files.CHANGE),
        }
    )
    mapping = crm.parse('[defaults]\ntime_zone = "Europe/Helsinki"\n')
    batch = crm.read(files.put(tmp_path, "x.zip", content), mapping)
    assert batch.changes[0].at == datetime(2026, 10, 30, 7, tzinfo=UTC)
    assert batch.changes[0].recorded_at == batch.changes[0].at

"""Grids as they come back out of a spreadsheet: a file, or the rows of a preview, as rows of the loader."""

from __future__ import annotations

import csv
import io
import itertools
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from fairlead import crm
from fairlead.calls.loading import GridRow
from fairlead.crm import exchange, sheets, values
from fairlead.people import access

MOST_BYTES = 2 * 1024 * 1024
MOST_UNPACKED = 20 * 1024 * 1024
MOST_CELLS = 1_000_000
MOST_ROWS = 20_000
"""A grid is read while its reader waits: what is larger is an import."""
_NAMES = {
    "person_id": "person_id", "person": "name", "leader": "name", "period": "period", "category": "category",
    "own_call": "own_call", "overlay": "overlay", "overlay_note": "note", "target": "target", "reason": "reason",
    "own_call_before": "own_call_before", "overlay_before": "overlay_before", "target_before": "target_before",
}  # fmt: skip
"""Column of a file -> field of a row; every other column of a grid is there to read only."""
_AMOUNTS = ("own_call", "overlay", "target")
_BEFORE = tuple(f"{amount}_before" for amount in _AMOUNTS)
KEPT = ("line", "person_id", "name", "period", "category", *_AMOUNTS, *_BEFORE, "note", "reason")


def sheet(
    file: UploadedFile[Any] | None, columns_of: Callable[[Sequence[str]], Mapping[str, str]]
) -> tuple[list[tuple[int, dict[str, str]]], frozenset[str]]:
    """The rows of a CSV or XLSX file as (line, field -> text), and the fields it has. Raises Refused.

    ``columns_of`` turns a header into column -> field; what it leaves out is not read.
    """
    if file is None or (file.size or 0) > MOST_BYTES:
        raise access.Refused("no_file", "Choose a CSV or XLSX file of at most 2 MB.")
    with tempfile.TemporaryDirectory() as folder:
        workbook = file.read(4) == b"PK\x03\x04"
        file.seek(0)
        path = Path(folder) / ("grid.xlsx" if workbook else "grid.csv")
        path.write_bytes(file.read())
        try:
            if workbook:
                _refuse_large(path)
            table = crm.tables.tables(path)[0]
            columns = columns_of(table.header)
            cells = [
                (line, {columns[name]: text for name, text in row.items() if name in columns})
                for line, row in itertools.islice(table.rows(), MOST_ROWS + 1)
            ]
        except crm.Refused as refused:
            raise access.Refused("unreadable", " ".join(refused.lines())) from refused
    if len(cells) > MOST_ROWS:
        raise access.Refused("too_long", f"The file has more than {MOST_ROWS} rows. Load it in parts.")
    return cells, frozenset(columns.values())


def read(file: UploadedFile[Any] | None, amounts: Sequence[str]) -> tuple[list[GridRow], frozenset[str]]:
    """The rows of a CSV or XLSX file that name somebody, and the fields the file has; ``amounts`` are read. Refuses."""
    cells, fields = sheet(file, _columns)
    return _rows(cells, amounts), fields


def _refuse_large(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as book:
            unpacked = sum(member.file_size for member in book.infolist())
    except zipfile.BadZipFile as odd:
        raise access.Refused("unreadable", "This workbook is damaged. Save it again, or as CSV.") from odd
    if unpacked > MOST_UNPACKED:
        raise access.Refused("too_large", "This workbook is too large to load here. Save it as CSV.")
    sheets.refuse_far_cells(path.name, path.read_bytes(), most=MOST_CELLS)


def _columns(header: Sequence[str]) -> dict[str, str]:
    """The columns that are read: as the file spells them -> field."""
    if "forecast_type" in {name.strip().lower() for name in header}:
        raise access.Refused(
            "of_a_type",
            "This file is of one forecast type. Load back the file of all business; numbers of a type are given on the "
            "Call page.",
        )
    columns = {name: field for name in header if (field := _NAMES.get(name.strip().lower()))}
    if "person_id" not in columns.values():
        raise access.Refused(
            "no_person_id",
            "The file has no column person_id. Download the grid, edit that file and keep its columns.",
        )
    return columns


def kept(rows: Iterable[GridRow]) -> str:
    """Rows as a form carries them from the preview to the act."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in rows:
        writer.writerow(["" if (cell := getattr(row, name)) is None else cell for name in KEPT])
    return out.getvalue()


def carried(text: str, amounts: Sequence[str]) -> list[GridRow]:
    """The rows that a preview carried. What is typed there by hand is read like a file. Raises Refused."""
    try:
        lines = [dict(zip(KEPT, cells, strict=True)) for cells in csv.reader(io.StringIO(text), strict=True)]
        return _rows([(int(row["line"]), row) for row in lines], amounts)
    except (ValueError, csv.Error) as odd:
        raise access.Refused("damaged", "This form is damaged. Choose the file again.") from odd


def _rows(lines: Sequence[tuple[int, Mapping[str, str]]], amounts: Sequence[str]) -> list[GridRow]:
    """Rows of a grid; those without a person_id are its sums, and are not read.

    What stands and what stood are read each in its own style: somebody may have typed over the one and not the other.
    """
    named = [(line, cells) for line, cells in lines if cells.get("person_id", "").strip()]
    styles: dict[str, values.NumberStyle] = {}
    for fields in (amounts, [f"{amount}_before" for amount in amounts]):
        written = [cells.get(field, "") for _, cells in named for field in fields]
        styles |= dict.fromkeys(fields, values.number_style(written) or values.NumberStyle())
    return [_row(line, cells, styles) for line, cells in named]


def _row(line: int, cells: Mapping[str, str], styles: Mapping[str, values.NumberStyle]) -> GridRow:
    row = GridRow(
        line,
        exchange.plain(cells["person_id"]).strip(),
        exchange.plain(cells.get("name", "")).strip(),
        cells.get("period", "").strip(),
        cells.get("category", "").strip(),
        note=exchange.plain(cells.get("note", "")).strip(),
        reason=exchange.plain(cells.get("reason", "")).strip(),
    )
    found: dict[str, Decimal | None] = {}
    for field, style in styles.items():
        try:
            found[field] = values.money(cells.get(field, ""), style)
        except values.Unreadable as odd:
            return replace(
                row, odd=f"“{cells[field].strip()[:30]}” in {field}: {odd.why} {odd.meant}".strip()
            )
    return replace(row, **found)  # type: ignore[arg-type]

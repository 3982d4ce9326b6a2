"""XLSX: values through python-calamine, formulas refused before anything is read."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator
from typing import IO, Any

import defusedxml.ElementTree as ElementTree
from defusedxml.common import DefusedXmlException
from python_calamine import CalamineWorkbook

from fairlead.crm import tables
from fairlead.crm.problems import refuse

_UNPACKED_MOST = 1024**3
MOST_CELLS = 60_000_000
"""Cells of a sheet from its first to its last row and column: so many are held at once, empty or not."""


def rows(name: str, content: bytes) -> Iterator[tuple[int, list[str]]]:
    """Every row of the first sheet that is not empty, as text, with its row number.

    Raises Refused for a damaged workbook and for formula cells: a formula's last value may be stale, and what
    a cell computes is not what the CRM said.
    """
    _refuse_formulas(name, content)
    refuse_far_cells(name, content)
    try:
        book: Any = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for sheet_name in book.sheet_names:
            cells = book.get_sheet_by_name(sheet_name).to_python(skip_empty_area=False)
            if any(any(cell not in ("", None) for cell in row) for row in cells):
                break
        else:
            return
    except Exception as error:
        raise refuse(name, "the workbook cannot be read.", meant="Save it again, or export CSV.") from error
    for line, row in enumerate(cells, start=1):
        yield line, [_text(cell) for cell in row]


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.isoformat(sep=" ") if cell.time() != dt.time() else cell.date().isoformat()
    if isinstance(cell, dt.date):
        return cell.isoformat()
    return str(cell)


def _refuse_formulas(name: str, content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            if sum(member.file_size for member in book.infolist()) > _UNPACKED_MOST:
                raise refuse(name, "the workbook unpacks beyond 1 GB.", meant="Export it as CSV.")
            names = set(book.namelist())
            if "xl/workbook.xml" not in names or names & {"xl/workbook.bin", "content.xml"}:
                raise refuse(name, "it is a zip and no workbook.", meant="Name it .zip if it holds tables.")
            for member in book.namelist():
                if member.startswith("xl/worksheets/") and member.endswith(".xml") and _suspect(book, member):
                    _refuse_formulas_in(name, book, member)
    except (*tables.BROKEN, ElementTree.ParseError, DefusedXmlException) as error:
        raise refuse(name, "the workbook is damaged.", meant="Save it again, or export CSV.") from error


_FORMULA = re.compile(rb"<(?:[A-Za-z_][A-Za-z0-9_.-]*:)?f[\s/>]|<!")
_OVERLAP = 64


def _suspect(book: zipfile.ZipFile, member: str) -> bool:
    """Whether a sheet may hold a formula: a search of its bytes, fifty times faster than parsing them.

    What is no UTF-8 text, or holds a declaration, a comment or CDATA, is suspect too and gets parsed.
    """
    tail = b""
    with book.open(member) as stream:
        while chunk := stream.read(1 << 20):
            if not tail and not chunk.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<?xml ", b"<worksheet")):
                return True
            if not tail and b"encoding=" in chunk[:200] and b"UTF-8" not in chunk[:200].upper():
                return True
            if _FORMULA.search(tail + chunk):
                return True
            tail = chunk[-_OVERLAP:]
    return False


def _refuse_formulas_in(name: str, book: zipfile.ZipFile, member: str) -> None:
    place = ""
    with book.open(member) as stream:
        for event, element in ElementTree.iterparse(stream, events=("start", "end")):
            tag = element.tag.rsplit("}", 1)[-1]
            if event == "start":
                place = element.get("r", place) if tag == "c" else place
            elif tag == "f":
                raise refuse(
                    name,
                    f"cell {place} holds a formula.",
                    value=f"={element.text or ''}",
                    meant="Copy the sheet and paste it as values, then save.",
                )
            elif tag == "row":
                element.clear()


_TAG = re.compile(rb"""<(?:[A-Za-z_][A-Za-z0-9_.-]*:)?(row|c)(?=[\s/>])((?:[^>"']|"[^"]*"|'[^']*')*)>""")
_PLACE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{0,3})([0-9]{1,7})["']""")
_LONGEST_TAG = 1 << 22


def refuse_far_cells(name: str, content: bytes, *, most: int = MOST_CELLS) -> None:
    """Raises Refused for a sheet whose cells lie so far apart that the space between them fills the memory.

    ``most`` is of cells from the first to the last row and column, empty or not. What a workbook says of its own
    size is not believed, nor where it says that its sheets are; a cell without a place follows the one before.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as book:
            for member in book.namelist():
                with book.open(member) as stream:
                    _refuse_far(name, stream, most)
    except tables.BROKEN as error:
        raise refuse(name, "the workbook is damaged.", meant="Save it again, or export CSV.") from error


def _refuse_far(name: str, stream: IO[bytes], most: int) -> None:
    row = column = rows = columns = 0
    for text in _pieces(name, stream):
        for found in _TAG.finditer(text):
            tag, rest = found.groups()
            place = _PLACE.search(b" " + rest)
            if tag == b"row":
                row, column = int(place[2]) if place else row + 1, 0
                continue
            column = _column(place[1]) if place and place[1] else column + 1
            row = int(place[2]) if place else row
            if not rest.endswith(b"/"):
                rows, columns = max(rows, row), max(columns, column)
        if rows * columns > most:
            raise refuse(
                name,
                f"its cells reach to row {rows} and column {columns}.",
                meant="Delete what stands far below or beside the table, or export CSV.",
            )


def _pieces(name: str, stream: IO[bytes]) -> Iterator[bytes]:
    """A member in pieces that cut no tag in two."""
    tail = b""
    while chunk := stream.read(1 << 20):
        if b"\0" in chunk[:64] and chunk[:4].strip(b"\0\xff\xfe<?") == b"":
            raise refuse(name, "the workbook is not written in UTF-8.", meant="Save it again, or export CSV.")
        text = tail + chunk
        cut = text.rfind(b"<")
        if len(text) - max(cut, 0) > _LONGEST_TAG:
            raise refuse(name, "the workbook is damaged.", meant="Save it again, or export CSV.")
        yield text[: max(cut, 0)]
        tail = text[max(cut, 0) :]
    yield tail


def _column(letters: bytes) -> int:
    place = 0
    for letter in letters.upper():
        place = place * 26 + letter - 64
    return place

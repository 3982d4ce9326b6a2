"""Tables as files: CSV and XLSX of rows. No cell is a formula, numbers stay numbers."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal

from django.http import FileResponse, HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header

from fairlead.crm import exchange

Cell = str | int | float | Decimal | date | None
Rows = Iterable[Sequence[Cell]]
_WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_AT_ONCE = 32_768


def as_csv(name: str, head: Sequence[str], rows: Rows) -> StreamingHttpResponse:
    """Rows as a CSV file ``name``.csv, sent while they are read."""
    response = StreamingHttpResponse(_written(head, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def _written(head: Sequence[str], rows: Rows) -> Iterator[str]:
    buffer = io.StringIO()
    out = csv.writer(buffer, lineterminator="\r\n")
    out.writerow(head)
    for row in rows:
        out.writerow([text(cell) for cell in row])
        if buffer.tell() > _AT_ONCE:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def as_xlsx(name: str, title: str, head: Sequence[str], rows: Rows) -> FileResponse:
    """Rows as the one sheet of a workbook ``name``.xlsx. Moments are text: a sheet knows no time zone."""
    from openpyxl import Workbook
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE as UNPRINTABLE

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.append(list(head))
    for row in rows:
        sheet.append(
            [UNPRINTABLE.sub("", text(cell)) if isinstance(cell, str | datetime) else cell for cell in row]
        )
    file = tempfile.TemporaryFile()  # noqa: SIM115  # the response closes it
    book.save(file)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{name}.xlsx", content_type=_WORKBOOK)


def as_file(name: str, kind: str, data: bytes) -> HttpResponse:
    """Somebody's file to keep. A browser neither guesses what it is, nor opens it here, nor runs anything in it."""
    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = (
        content_disposition_header(as_attachment=True, filename=name) or "attachment"
    )
    response["Content-Length"] = str(len(data))
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def text(cell: Cell) -> str:
    """A cell as text that no spreadsheet takes for a formula."""
    if cell is None:
        return ""
    if isinstance(cell, int | float | Decimal):
        return str(cell)
    return exchange.neutral(cell.isoformat() if isinstance(cell, date) else cell)

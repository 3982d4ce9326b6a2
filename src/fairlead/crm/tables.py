"""Opening files: CSV in its many dialects, XLSX, zip and folders, in bounded memory and within limits.

A table yields ``(line, cells)`` with the cells as text under the header's names; nothing is interpreted here.
"""

from __future__ import annotations

import codecs
import csv
import io
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO

from fairlead.crm.problems import Problem, Refused, refuse

MOST_COLUMNS = 500
MOST_CELL = 131_072
UNPACKED_MOST = 2 * 1024**3
RATIO_MOST = 200
FILES_MOST = 200
XLSX_MOST = 200 * 1024**2
KINDS = {".csv", ".tsv", ".txt", ".xlsx"}
LONGEST_LINE = 4 * MOST_CELL
ENCODINGS = {
    "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "windows-1250", "windows-1251", "windows-1252",
    "windows-1253", "windows-1254", "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "iso-8859-1", "iso-8859-2",
    "iso-8859-15", "latin-1", "mac-roman", "shift_jis", "cp932", "gb18030", "gbk", "big5", "euc-kr",
}  # fmt: skip
"""Encodings that may be named in a mapping, in lower case."""
DELIMITERS = {",", ";", "\t", "|"}

Row = tuple[int, dict[str, str]]
Odd = Callable[[Problem], None]
BROKEN = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, ValueError, EOFError, OSError, RuntimeError,
    NotImplementedError, OverflowError,
)  # fmt: skip
"""What a damaged, cut or locked file raises, at the first byte or in the middle."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table of an input. ``name`` is the file's own name; ``rows`` can be walked more than once."""

    name: str
    header: tuple[str, ...]
    opener: Opener
    delimiter: str = ","
    encoding: str = "utf-8"

    def rows(self, odd: Odd | None = None, short: Callable[[], None] | None = None) -> Iterator[Row]:
        """Every row with its line number (the header is line 1) and its cells by column name.

        A row with more cells than columns is handed to ``odd`` and left out, or raises Refused without it. One
        with fewer is filled up with empty cells, and ``short`` is called.
        """
        return self.opener.rows(self, odd, short)


@dataclass(frozen=True, slots=True)
class Opener:
    """How the bytes of a table are reached again."""

    path: Path
    member: str = ""
    kind: str = ".csv"

    @contextmanager
    def bytes(self) -> Iterator[IO[bytes]]:
        try:
            if not self.member:
                with self.path.open("rb") as stream:
                    yield stream
            else:
                with zipfile.ZipFile(self.path) as archive, archive.open(self.member) as stream:
                    yield _Limited(stream, self.path.name)  # type: ignore[misc]
        except BROKEN as error:
            name = self.member or self.path.name
            raise refuse(
                PurePosixPath(name).name,
                "it cannot be read to its end.",
                meant=f"It may be cut off or locked ({type(error).__name__}).",
            ) from error

    def rows(self, table: Table, odd: Odd | None, short: Callable[[], None] | None) -> Iterator[Row]:
        lines = self._xlsx(table.name) if self.kind == ".xlsx" else self._csv(table)
        next(lines, None)
        width = len(table.header)
        for line, cells in lines:
            if not any(cells):
                continue
            if len(cells) > width and any(cells[width:]):
                problem = Problem(
                    table.name,
                    line,
                    "",
                    cells[width],
                    f"the row has {len(cells)} cells, the header {width}.",
                    "A quote may be missing, or the delimiter stands inside a name.",
                )
                if odd is None:
                    raise Refused([problem])
                odd(problem)
                continue
            if len(cells) < width:
                if short is not None:
                    short()
                cells = [*cells, *[""] * (width - len(cells))]
            yield line, dict(zip(table.header, cells, strict=False))

    def _csv(self, table: Table) -> Iterator[tuple[int, list[str]]]:
        with self.bytes() as raw:
            stream = io.TextIOWrapper(raw, encoding=table.encoding, newline="", errors="strict")
            reader = csv.reader(_without_nul(stream, table.name), delimiter=table.delimiter, strict=True)
            try:
                for cells in reader:
                    yield reader.line_num, cells
            except csv.Error as error:
                raise refuse(
                    table.name,
                    f"the row cannot be read ({error}).",
                    row=reader.line_num,
                    meant="A quote may be open, or a cell may be endless.",
                ) from error
            except UnicodeDecodeError as error:
                line, around = self._undecodable(table.encoding)
                raise refuse(
                    table.name,
                    f"the text is not {table.encoding.removesuffix('-sig')}.",
                    row=line,
                    value=around,
                    meant='Export as UTF-8, or say encoding = "windows-1252" in the mapping.',
                ) from error

    def _undecodable(self, encoding: str) -> tuple[int, str]:
        """The first line that cannot be decoded and what stands there; (0, "") for encodings of several bytes."""
        if encoding.startswith("utf-16"):
            return 0, ""
        with self.bytes() as raw:
            stream = io.BufferedReader(raw)  # type: ignore[type-var]
            for number, line in enumerate(iter(lambda: stream.readline(LONGEST_LINE), b""), start=1):
                try:
                    line.decode(encoding)
                except UnicodeDecodeError as error:
                    return number, line[max(0, error.start - 10) : error.start + 10].decode(
                        "cp1252", "replace"
                    )
        return 0, ""

    def _xlsx(self, name: str) -> Iterator[tuple[int, list[str]]]:
        from fairlead.crm import sheets

        with self.bytes() as raw:
            content = raw.read(XLSX_MOST + 1)
        if len(content) > XLSX_MOST:
            raise refuse(name, "the workbook is larger than 200 MB.", meant="Export it as CSV.")
        yield from sheets.rows(name, content)


class _Limited(io.RawIOBase):
    """A stream out of a zip that stops when it unpacks beyond the limit, whatever the directory claims."""

    def __init__(self, stream: IO[bytes], name: str) -> None:
        self.stream, self.name, self.count = stream, name, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        chunk = self.stream.read(len(buffer))  # type: ignore[arg-type]
        self.count += len(chunk)
        if self.count > UNPACKED_MOST:
            raise refuse(self.name, "it unpacks beyond 2 GB.", meant="Send the files unzipped, in parts.")
        buffer[: len(chunk)] = chunk  # type: ignore[index]
        return len(chunk)


def _without_nul(stream: IO[str], name: str) -> Iterator[str]:
    number = 0
    while line := stream.readline(LONGEST_LINE):
        number += 1
        if "\x00" in line:
            raise refuse(name, "it contains a NUL byte.", row=number, meant="The file is damaged or no text.")
        if len(line) >= LONGEST_LINE:
            raise refuse(name, "a line is endless.", row=number, meant="Is this a table at all?")
        yield line


# Opening


def tables(source: Path, *, encoding: str = "", delimiter: str = "") -> list[Table]:
    """The tables of a file, a folder or a zip, by name. Raises Refused naming what is wrong with which file."""
    try:
        return _tables(source, encoding.lower(), delimiter)
    except OSError as error:
        raise refuse(
            source.name, "it cannot be opened.", meant=error.strerror or type(error).__name__
        ) from error


def _tables(source: Path, encoding: str, delimiter: str) -> list[Table]:
    if encoding and encoding not in ENCODINGS:
        raise refuse(
            source.name, f"{encoding!r} is no encoding that is read.", meant="Say windows-1252, for example."
        )
    if delimiter and delimiter not in DELIMITERS:
        raise refuse(
            source.name, f"{delimiter!r} is no delimiter that is read.", meant="They are , ; tab and |."
        )
    if not source.exists():
        raise refuse(source.name or str(source), "there is no such file or folder.")
    if source.is_dir():
        files = sorted(p for p in source.iterdir() if p.is_file() and p.suffix.lower() in KINDS)
        if not files:
            raise refuse(source.name, "the folder holds no table.", meant="CSV and XLSX files are read.")
        return [_table(p.name, Opener(p, kind=p.suffix.lower()), encoding, delimiter) for p in files]
    if source.suffix.lower() == ".zip":
        return _zip(source, encoding, delimiter)
    return [_table(source.name, Opener(source, kind=_kind(source)), encoding, delimiter)]


def _kind(path: Path) -> str:
    """The kind of a file by its first bytes rather than by its name."""
    with path.open("rb") as stream:
        head = stream.read(8)
    if head.startswith(b"PK\x03\x04"):
        return ".xlsx"
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise refuse(path.name, "it is an old Excel workbook (.xls).", meant="Save it as .xlsx or CSV.")
    if head.startswith((b"%PDF", b"\x89PNG", b"\x1f\x8b", b"PAR1")):
        raise refuse(path.name, "it is no table.", meant="CSV, XLSX, a folder or a zip of them is read.")
    return ".csv"


def _zip(source: Path, encoding: str, delimiter: str) -> list[Table]:
    try:
        with zipfile.ZipFile(source) as archive:
            members = archive.infolist()
    except BROKEN as error:
        raise refuse(source.name, "it is no zip that can be opened.", meant="It may be cut off.") from error
    wanted = [
        m
        for m in members
        if not m.filename.endswith("/") and PurePosixPath(m.filename).suffix.lower() in KINDS
    ]
    wanted = _uppermost([m for m in wanted if not m.filename.startswith("__MACOSX/")])
    if len(members) > FILES_MOST:
        raise refuse(source.name, f"it holds more than {FILES_MOST} files.")
    for member in wanted:
        _refuse_bad_member(source.name, member)
    if sum(member.file_size for member in wanted) > UNPACKED_MOST:
        raise refuse(source.name, "it unpacks beyond 2 GB.", meant="Send the files unzipped, in parts.")
    if not wanted:
        raise refuse(source.name, "the zip holds no table.", meant="CSV and XLSX files are read.")
    names = [PurePosixPath(member.filename).name.lower() for member in wanted]
    for name in names:
        if names.count(name) > 1:
            raise refuse(source.name, "it holds two files of one name.", value=name)
    wanted.sort(key=lambda member: member.filename)
    return [
        _table(
            PurePosixPath(m.filename).name,
            Opener(source, m.filename, PurePosixPath(m.filename).suffix.lower()),
            encoding,
            delimiter,
        )
        for m in wanted
    ]


def _uppermost(members: list[zipfile.ZipInfo]) -> list[zipfile.ZipInfo]:
    """The files of the highest folder that holds any, as when a folder is read: folders below are not looked at."""
    depths = [len(PurePosixPath(m.filename.replace("\\", "/")).parts) for m in members]
    bad = [m for m in members if ".." in PurePosixPath(m.filename.replace("\\", "/")).parts]
    return bad or [m for m, depth in zip(members, depths, strict=True) if depth == min(depths)]


def _refuse_bad_member(name: str, member: zipfile.ZipInfo) -> None:
    parts = PurePosixPath(member.filename.replace("\\", "/")).parts
    if ".." in parts or member.filename.startswith(("/", "\\")) or ":" in parts[0]:
        raise refuse(name, "a file in it points outside of the zip.", value=member.filename)
    if member.flag_bits & 1:
        raise refuse(name, "it is locked with a password.", value=member.filename)
    if member.file_size > 10 * 1024**2 and member.file_size > RATIO_MOST * max(member.compress_size, 1):
        raise refuse(name, "a file in it unpacks to far more than a table would.", value=member.filename)


def _table(name: str, opener: Opener, encoding: str, delimiter: str) -> Table:
    try:
        if opener.kind == ".xlsx":
            first = next(opener._xlsx(name), None)
            if first is None:
                raise refuse(name, "the sheet is empty.")
            return Table(name, _header(name, first[1]), opener)
        with opener.bytes() as raw:
            head = raw.read(262_144)
        encoding = encoding or _encoding(name, head)
        sample = head.decode(encoding, errors="ignore").lstrip("\ufeff")
        if not sample.strip():
            raise refuse(name, "the file is empty.")
        if "\x00" in sample:
            raise refuse(name, "it contains NUL bytes.", row=1, meant=_meant_nul(head))
        if encoding == "utf-8":
            encoding = "utf-8-sig"
        delimiter = delimiter or _delimiter(sample)
        table = Table(name, (), opener, delimiter, encoding)
        cells = next(opener._csv(table), (1, []))[1]
        return Table(name, _header(name, cells), opener, delimiter, encoding)
    except BROKEN as error:
        raise refuse(name, "it cannot be opened.", meant=f"({type(error).__name__})") from error


def _meant_nul(head: bytes) -> str:
    if head[1:64:2].count(0) > 24 or head[0:64:2].count(0) > 24:
        return 'It looks like UTF-16 without its mark; say encoding = "utf-16-le" in the mapping, or export UTF-8.'
    return "The file is damaged or no text."


def _encoding(name: str, head: bytes) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError as error:
        line = head[: error.start].count(b"\n") + 1
        raise refuse(
            name,
            "the text is not UTF-8.",
            row=line,
            value=head[max(0, error.start - 10) : error.start + 10].decode("cp1252", errors="replace"),
            meant='Export as UTF-8, or say encoding = "windows-1252" in the mapping.',
        ) from error
    return "utf-8"


_SNIFFED = 100_000
"""Characters of a line that are looked at for its delimiter: below the limit of one cell."""


def _delimiter(sample: str) -> str:
    """The delimiter under which the first line has most columns and the next lines agree best."""
    lines = [line[:_SNIFFED] for line in sample.splitlines()[:20] if line.strip()]
    best, most = ",", 0.0
    for mark in (",", ";", "\t", "|"):
        counts = [len(cells) for cells in csv.reader(lines, delimiter=mark)]
        agreeing = sum(1 for count in counts if count == counts[0]) / len(counts)
        score = (counts[0] - 1) * agreeing
        if score > most:
            best, most = mark, score
    return best


def _header(name: str, cells: Sequence[str]) -> tuple[str, ...]:
    names = [re.sub(r"\s+", " ", cell.lstrip("\ufeff")).strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise refuse(name, "the first row holds no column names.", row=1)
    if len(names) > MOST_COLUMNS:
        raise refuse(
            name,
            f"it has {len(names)} columns; {MOST_COLUMNS} are read.",
            row=1,
            meant="Is this the right file?",
        )
    if "" in names:
        raise refuse(name, f"column {names.index('') + 1} has no name.", row=1)
    seen: dict[str, int] = {}
    for place, column in enumerate(names, start=1):
        if column.lower() in seen:
            raise refuse(
                name,
                f"the name stands over columns {seen[column.lower()]} and {place}.",
                row=1,
                column=column,
                meant="Rename one of them.",
            )
        seen[column.lower()] = place
    return tuple(names)


@dataclass
class Counted:
    """How many rows a table had; filled while it is read."""

    table: str
    rows: int = 0
    accepted: int = 0
    corrected: dict[str, int] = field(default_factory=dict)

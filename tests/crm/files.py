"""Files made for the tests: good ones, and the classes of bad ones with what must be said about each."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import openpyxl

HEADER = "deal_id,name,owner,amount,currency,stage,close_date,created_on,status,closed_on"
GOOD = "D-1,Pulp line,rosa,240000,EUR,Negotiation,2026-12-14,2026-09-01,open,"
ROW = dict(zip(HEADER.split(","), GOOD.split(","), strict=True))


@dataclass(frozen=True)
class Bad:
    """A file that must be refused, and what the first problem must name."""

    why: str
    name: str
    content: bytes
    says: str
    row: int | None = None
    column: str = ""
    mapping: str = ""


def table(*rows: str, header: str = HEADER) -> bytes:
    return "\n".join([header, *rows, ""]).encode()


def row(**cells: str) -> str:
    """The good row with some cells changed; quoted where it needs to be."""
    changed = {**ROW, **cells}
    return ",".join(
        _quoted(cell) if any(mark in cell for mark in ',"\n') else cell for cell in changed.values()
    )


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


def zipped(files: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def workbook(rows: list[list[object]]) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    for cells in rows:
        book.active.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def put(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


AMOUNTS = {
    "underscore": ("5_000", "Write 5000"),
    "Arabic digits": ("٥٠٠٠", "Write the digits as 5000"),
    "Devanagari digits": ("५०००", "Write the digits as 5000"),
    "full-width digits": ("５０００", "Write the digits as 5000"),
    "a raised digit": ("5²", "digits"),
    "NaN": ("NaN", "Leave the cell empty"),
    "nan": ("nan", "Leave the cell empty"),
    "infinity": ("inf", "Leave the cell empty"),
    "minus infinity": ("-Infinity", "Leave the cell empty"),
    "a hexadecimal number": ("0x1F4", "Write digits"),
    "thousands as a letter": ("25k", "without k or m"),
    "millions as a letter": ("1.5M", "without k or m"),
    "a percentage": ("35%", "percentage"),
    "a formula": ("=1+1", "formula"),
    "a sum formula": ("=SUM(A1:A9)", "formula"),
    "words": ("about 5000", "Write digits"),
    "a range": ("5000-6000", "Write digits"),
    "two points": ("1.2.3", "Write digits"),
    "two signs": ("--5", "Write digits"),
    "a day": ("2026-03-31", "Write digits"),
    "an id in the money column": ("006000000000000123", "larger than any deal"),
    "an endless number": ("9" * 60, "larger than any deal"),
    "a giant exponent": ("1e99", "larger than any deal"),
    "a broken exponent": ("1e", "Write digits"),
    "a complex number": ("3+4j", "Write digits"),
    "groups of two at the end": ("1,23,4", "Write digits"),
    "a group too long": ("1,2345,678.00", "Write digits"),
    "mixed groups": ("1,234 567.00", "Write digits"),
    "an error of a spreadsheet": ("#DIV/0!", "Write digits"),
    "a reference error": ("#REF!", "Write digits"),
    "a boolean": ("TRUE", "Write digits"),
    "a lone point": (".", "Write digits"),
    "JSON": ('{"amount": 5}', "Write digits"),
}
DAYS = {
    "31 February": ("2026-02-31", "no such day"),
    "29 February of a common year": ("2025-02-29", "no such day"),
    "month 13": ("2026-13-01", "no such day"),
    "day 0": ("2026-01-00", "no such day"),
    "day 32": ("2026-01-32", "no such day"),
    "a week date": ("2026-W13-2", "Week dates"),
    "an ordinal date": ("2026-091", "it is not a day"),
    "no separators": ("20260331", "it is not a day"),
    "a serial number": ("46112", "serial number"),
    "a serial number with time": ("46112.5", "serial number"),
    "Arabic digits": ("٢٠٢٦-٠٣-٣١", "digits as 0 to 9"),
    "the year 9999": ("9999-12-31", "no day of a deal"),
    "the year 0001": ("0001-01-01", "no day of a deal"),
    "1899": ("1899-12-30", "no day of a deal"),
    "two digits everywhere": ("26-3-1-4", "it is not a day"),
    "words": ("next Tuesday", "it is not a day"),
    "a month nobody knows": ("31 Foo 2026", "no month"),
    "a quarter": ("Q1 2026", "day"),
    "31 April in words": ("31 Apr 2026", "no such day"),
    "one digit months": ("2026-3-1x", "it is not a day"),
    "rubbish behind the day": ("2026-03-31 garbage", "time cannot be read"),
    "hour 25": ("2026-03-31T25:00:00", "no such time"),
    "minute 61": ("2026-03-31 10:61", "no such time"),
    "an impossible offset": ("2026-03-31T10:00:00+99:99", "offset"),
    "13 pm": ("2026-03-31 13:00 PM", "12-hour"),
    "a number": ("17", "it is not a day"),
    "an error of a spreadsheet": ("#VALUE!", "it is not a day"),
    "milliseconds": ("1774915200000", "it is not a day"),
    "a formula": ("=TODAY()", "it is not a day"),
}
CURRENCIES = {
    "a sign": ("€", "Write EUR"),
    "a dollar sign": ("$", "Write USD"),
    "an unknown code": ("XYZ", "ISO code"),
    "a name": ("Euro", "Write EUR"),
    "four letters": ("EURO", "Write EUR"),
    "a country": ("Germany", "ISO code"),
    "digits": ("978", "ISO code"),
    "a cryptocurrency": ("BTC", "ISO code"),
    "foreign letters": ("ＥＵＲ", "ISO code"),
}
IDS = {
    "an empty id": ("", "id is empty"),
    "blanks as id": ("   ", "id is empty"),
    "an endless id": ("x" * 200, "it is no id"),
    "a line break in an id": ("D\n1", "it is no id"),
    "a control character in an id": ("D\x011", "it is no id"),
}
STATUSES = ["closed", "Open?", "WON!", "gone", "1", "lost won", "N/A"]


def bad_cells() -> Iterator[Bad]:
    for why, (cell, says) in AMOUNTS.items():
        yield Bad(
            f"amount: {why}",
            "deals.csv",
            table(GOOD.replace("D-1", "D-0"), row(amount=cell)),
            says,
            3,
            "amount",
        )
    for column in ("close_date", "created_on"):
        for why, (cell, says) in DAYS.items():
            content = table(GOOD.replace("D-1", "D-0"), row(**{column: cell}))
            yield Bad(f"{column}: {why}", "deals.csv", content, says, 3, column)
    for why, (cell, says) in CURRENCIES.items():
        yield Bad(f"currency: {why}", "deals.csv", table(row(currency=cell)), says, 2, "currency")
    for why, (cell, says) in IDS.items():
        line = 3 if "\n" in cell else 2
        yield Bad(f"id: {why}", "deals.csv", table(row(deal_id=cell)), says, line, "deal_id")
    for word in STATUSES:
        yield Bad(f"status {word!r}", "deals.csv", table(row(status=word)), "open, won or lost", 2, "status")


def bad_tables() -> Iterator[Bad]:
    two = [GOOD, GOOD.replace("D-1", "D-2")]
    good = table(*two)
    yield Bad("an empty file", "deals.csv", b"", "empty", 0)
    yield Bad("blanks only", "deals.csv", b"  \n \n\n", "empty", 0)
    yield Bad("a mark and nothing", "deals.csv", b"\xef\xbb\xbf", "empty", 0)
    yield Bad("a header only", "deals.csv", table(), "no rows", 0)
    yield Bad("a header without line end", "deals.csv", HEADER.encode(), "no rows", 0)
    yield Bad("an id twice", "deals.csv", table(GOOD, GOOD), "stands in row 2 already", 3, "deal_id")
    yield Bad(
        "a column twice",
        "deals.csv",
        table(GOOD, header=HEADER.replace("stage", "Amount")),
        "columns 4 and 6",
        1,
    )
    yield Bad(
        "a column without name",
        "deals.csv",
        table(GOOD, header=HEADER.replace("stage", "")),
        "has no name",
        1,
    )
    yield Bad(
        "501 columns",
        "deals.csv",
        ",".join(f"c{i}" for i in range(501)).encode() + b"\n1\n",
        "501 columns",
        1,
    )
    yield Bad(
        "5,000 columns", "deals.csv", ",".join(f"c{i}" for i in range(5000)).encode() + b"\n1\n", "columns", 1
    )
    yield Bad("a row too long", "deals.csv", table(GOOD, GOOD.replace("D-1", "D-2") + ",x,y"), "12 cells", 3)
    yield Bad("an open quote", "deals.csv", table(GOOD, 'D-2,"Pulp'), "quote", None)
    yield Bad("text behind a quote", "deals.csv", table(GOOD, 'D-2,"Pulp" line'), "cannot be read", 3)
    yield Bad("a NUL in a cell", "deals.csv", table(GOOD, row(name="a\x00b")), "NUL", None)
    yield Bad(
        "a NUL far below",
        "deals.csv",
        table(*[GOOD.replace("D-1", f"D-{i}") for i in range(9000)], "\x00"),
        "NUL",
        9002,
    )
    yield Bad("only NULs", "deals.csv", b"\x00" * 400, "NUL", None)
    yield Bad(
        "cp1252 without a word",
        "deals.csv",
        table(row(name="Müller")).decode().encode("cp1252"),
        "not UTF-8",
        2,
    )
    long = table(*[row(deal_id=f"D-{i}", name="x" * 60) for i in range(3000)])
    yield Bad(
        "cp1252 far below", "deals.csv", long + b"D-x,M\xfcller,r,1,EUR,s,,,open,\n", "the text is not", None
    )
    yield Bad("cut in a character", "deals.csv", table(row(name="Müller")) + b"D-2,\xc3", "not", None)
    yield Bad("UTF-16 without mark", "deals.csv", good.decode().encode("utf-16-le"), "utf-16-le", 1)
    yield Bad("UTF-16 cut in half", "deals.csv", good.decode().encode("utf-16")[:-3], "utf-16", None)
    yield Bad("a picture", "deals.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "no table", 0)
    yield Bad("a PDF", "deals.csv", b"%PDF-1.7\n%\xe2\xe3", "no table", 0)
    yield Bad("a gzip", "deals.csv", b"\x1f\x8b\x08\x00" + b"x" * 80, "no table", 0)
    yield Bad("Parquet", "deals.csv", b"PAR1" + b"x" * 80, "no table", 0)
    yield Bad("an old workbook", "deals.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 600, "xlsx", 0)
    yield Bad("a line without end", "deals.csv", HEADER.encode() + b"\n" + b"x" * 700_000, "endless", 2)
    yield Bad(
        "a cell without end", "deals.csv", table('D-1,"' + "x\n" * 80_000 + '"'), "cannot be read", None
    )
    yield Bad("a cell too long", "deals.csv", table(row(name="x" * 4001)), "4000", 2, "name")
    yield Bad(
        "a rate that is missing",
        "deals.csv",
        table(GOOD, row(deal_id="D-2"), row(deal_id="D-3", currency="USD")),
        "no rate from USD to EUR",
        4,
    )
    ambiguous = [row(deal_id=f"D-{i}", close_date=f"0{i}/03/2026") for i in range(1, 9)]
    yield Bad("days in doubt", "deals.csv", table(*ambiguous), "date_format", 1, "close_date")
    short = [row(deal_id=f"D-{i}", close_date=f"0{i}/03/26") for i in range(1, 9)]
    yield Bad("short days in doubt", "deals.csv", table(*short), "date_format", 1, "close_date")
    mixed = [
        row(deal_id="D-1", close_date="31/03/2026"),
        row(deal_id="D-2", close_date="30/04/2026"),
        row(deal_id="D-3", close_date="04/30/2026"),
    ]
    yield Bad("days in two orders", "deals.csv", table(*mixed), "month", 4, "close_date")
    doubtful = [row(deal_id="D-1", amount="1,234"), row(deal_id="D-2", amount="5,678")]
    yield Bad("numbers in doubt", "deals.csv", table(*doubtful), "decimal", 1, "amount")
    both = [row(deal_id="D-1", amount="1,234.50"), row(deal_id="D-2", amount="1.234,50")]
    yield Bad("numbers in two ways", "deals.csv", table(*both), "decimal", 1, "amount")
    yield Bad(
        "a point where commas are said",
        "deals.csv",
        table(row(amount="1,234.50")),
        "decimal",
        2,
        "amount",
        '[defaults]\ndecimal = ","\n',
    )
    yield Bad(
        "a comma where points are said",
        "deals.csv",
        table(row(amount="1,5")),
        "decimal",
        2,
        "amount",
        '[defaults]\ndecimal = "."\n',
    )


CHANGE = "deal_id,field,old,new,at,recorded_at"


def bad_others() -> Iterator[Bad]:
    def folder(**files: bytes) -> bytes:
        return zipped({"deals.csv": table(GOOD), **{f"{k}.csv": v for k, v in files.items()}})

    def change(line: str) -> bytes:
        return folder(changes=table(line, header=CHANGE))

    yield Bad("a change without moment", "x.zip", change("D-1,stage,a,b,,"), "needs its moment", 2, "at")
    yield Bad(
        "a change at no time", "x.zip", change("D-1,stage,a,b,2026-10-30T99:00:00Z,"), "no such time", 2, "at"
    )
    yield Bad(
        "a change to no day",
        "x.zip",
        change("D-1,close_date,,2026-02-30,2026-10-30T09:00:00Z,"),
        "no such day",
        2,
        "new",
    )
    yield Bad(
        "a change to no amount",
        "x.zip",
        change("D-1,amount,,5_000,2026-10-30T09:00:00Z,"),
        "Write 5000",
        2,
        "new",
    )
    yield Bad(
        "a change from no amount",
        "x.zip",
        change("D-1,amount,NaN,5,2026-10-30T09:00:00Z,"),
        "Leave",
        2,
        "new",
    )
    yield Bad(
        "a change to no status",
        "x.zip",
        change("D-1,status,open,wonn,2026-10-30T09:00:00Z,"),
        "no status",
        2,
        "new",
    )
    yield Bad(
        "a change of nothing",
        "x.zip",
        change(",stage,a,b,2026-10-30T09:00:00Z,"),
        "id is empty",
        2,
        "deal_id",
    )
    target = "person_id,period,amount"
    yield Bad(
        "a target of no period",
        "x.zip",
        folder(targets=table("rosa,Q4,5", header=target)),
        "no period",
        2,
        "period",
    )
    yield Bad(
        "a target of quarter 5",
        "x.zip",
        folder(targets=table("rosa,2026Q5,5", header=target)),
        "no period",
        2,
        "period",
    )
    yield Bad(
        "a target without amount",
        "x.zip",
        folder(targets=table("rosa,2026Q4,", header=target)),
        "needs an amount",
        2,
        "amount",
    )
    yield Bad(
        "a target of NaN",
        "x.zip",
        folder(targets=table("rosa,2026Q4,nan", header=target)),
        "not an amount",
        2,
        "amount",
    )
    rate = "currency,starts_on,rate"
    yield Bad("a rate of zero", "x.zip", folder(rates=table("USD,2026-01-01,0", header=rate)), "above 0", 2)
    yield Bad(
        "a rate below zero", "x.zip", folder(rates=table("USD,2026-01-01,-1", header=rate)), "above 0", 2
    )
    yield Bad("a rate without day", "x.zip", folder(rates=table("USD,,1.1", header=rate)), "first day", 2)
    person = "person_id,name,manager,starts_on"
    yield Bad(
        "a person twice",
        "x.zip",
        folder(people=table("rosa,R,,", "rosa,R,,", header=person)),
        "stands in row 2",
        3,
        "person_id",
    )
    yield Bad(
        "a person without id",
        "x.zip",
        folder(people=table(",R,,", header=person)),
        "id is empty",
        2,
        "person_id",
    )
    yield Bad(
        "a person from no day",
        "x.zip",
        folder(people=table("rosa,R,,2026-02-30", header=person)),
        "no such day",
        2,
        "starts_on",
    )


def bad_archives() -> Iterator[Bad]:
    good = table(GOOD)
    packed = zipped({"deals.csv": table(*[row(deal_id=f"D-{i}") for i in range(2000)])})
    yield Bad("a zip with nothing", "x.zip", zipped({}), "no table", 0)
    yield Bad("a zip without tables", "x.zip", zipped({"readme.md": b"hello"}), "no table", 0)
    yield Bad("a zip with a way out", "x.zip", zipped({"../deals.csv": good}), "outside", 0)
    yield Bad(
        "a zip with a way out below",
        "x.zip",
        zipped({"deals.csv": good, "a/../../b.csv": good}),
        "outside",
        0,
    )
    yield Bad("a zip with an absolute path", "x.zip", zipped({"/etc/deals.csv": good}), "outside", 0)
    yield Bad("a zip with a drive", "x.zip", zipped({"C:/deals.csv": good}), "outside", 0)
    yield Bad("a zip with backslashes", "x.zip", zipped({"..\\deals.csv": good}), "outside", 0)
    yield Bad(
        "a zip with too many files",
        "x.zip",
        zipped({f"{i}.csv": b"a\n" for i in range(201)}),
        "more than 200",
        0,
    )
    yield Bad(
        "a zip of one name twice", "x.zip", zipped({"a/deals.csv": good, "b/deals.csv": good}), "one name", 0
    )
    yield Bad("a bomb", "x.zip", zipped({"deals.csv": good + b"\n" * 12_000_000}), "unpacks to far more", 0)
    yield Bad("a zip cut in half", "x.zip", packed[: len(packed) // 2], "no zip", 0)
    yield Bad("a zip that is none", "x.zip", b"hello", "no zip", 0)
    yield Bad("an empty zip file", "x.zip", b"", "no zip", 0)
    yield Bad("a zip in a zip", "x.zip", zipped({"inner.zip": zipped({"deals.csv": good})}), "no table", 0)
    yield Bad("a damaged file in a zip", "x.zip", _damaged(packed), "cannot be read to its end", None)
    yield Bad("a locked zip", "x.zip", _locked(zipped({"deals.csv": good})), "password", 0)
    yield Bad("a zip called CSV", "deals.csv", zipped({"deals.csv": good}), "no workbook", 0)


def _damaged(packed: bytes) -> bytes:
    content = bytearray(packed)
    for i in range(600, 640):
        content[i] ^= 0xFF
    return bytes(content)


def _locked(packed: bytes) -> bytes:
    """The same zip with the flag of encryption set in its directory and its header."""
    content = bytearray(packed)
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def bad_workbooks() -> Iterator[Bad]:
    head: list[object] = list(HEADER.split(","))
    cells: list[object] = list(GOOD.split(","))

    def with_cell(column: int, value: object) -> bytes:
        return workbook([head, [*cells[:column], value, *cells[column + 1 :]]])

    yield Bad("a formula", "deals.xlsx", with_cell(3, "=1+1"), "D2 holds a formula", 0)
    yield Bad(
        "a formula far below",
        "deals.xlsx",
        workbook([head, *[[f"D-{i}", *cells[1:]] for i in range(400)], ["=A1"]]),
        "A402 holds a formula",
        0,
    )
    yield Bad("a link", "deals.xlsx", with_cell(1, '=HYPERLINK("x")'), "B2 holds a formula", 0)
    yield Bad("an empty workbook", "deals.xlsx", workbook([]), "empty", 0)
    yield Bad("a workbook with a header", "deals.xlsx", workbook([head]), "no rows", 0)
    yield Bad("a cut workbook", "deals.xlsx", workbook([head, cells])[:2000], "workbook", 0)
    yield Bad(
        "a workbook with text for money", "deals.xlsx", with_cell(3, "5_000"), "Write 5000", 2, "amount"
    )
    yield Bad(
        "a workbook with no day", "deals.xlsx", with_cell(6, "2026-02-30"), "no such day", 2, "close_date"
    )
    yield Bad("an entity bomb", "deals.xlsx", _with_sheet(BOMB), "damaged", 0)
    yield Bad("an outside entity", "deals.xlsx", _with_sheet(OUTSIDE), "damaged", 0)
    yield Bad("a sheet that is no XML", "deals.xlsx", _with_sheet(b"hello"), "workbook", 0)


BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    b"<worksheet><sheetData><row><c><v>&b;</v></c></row></sheetData></worksheet>"
)
OUTSIDE = (
    b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    b"<worksheet><sheetData><row><c><v>&a;</v></c></row></sheetData></worksheet>"
)


def _with_sheet(sheet: bytes) -> bytes:
    """A workbook whose sheet is something else."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(workbook([["a"], ["b"]]))) as book, zipfile.ZipFile(out, "w") as other:
        for member in book.namelist():
            other.writestr(member, sheet if member.startswith("xl/worksheets/") else book.read(member))
    return out.getvalue()


MAPPED = '[deals]\ndeal_id = "deal_id"\nowner = "owner"\namount = "amount"\nstatus = "status"\n'


def bad_mappings() -> Iterator[Bad]:
    good = table(GOOD)
    cases: dict[str, tuple[str, str]] = {
        "a column that is not there": (MAPPED.replace('"amount"', '"amuont"'), "Did you mean 'amount'?"),
        "evidence that is not there": (MAPPED + 'evidence = ["stagee"]\n', "Did you mean 'stage'?"),
        "a correction of no column": (MAPPED + '[values]\nstagee = { "a" = "b" }\n', "Did you mean 'stage'?"),
        "a file that is not there": ('[deals]\nfile = "other.csv"\n' + MAPPED[8:], "There are: deals.csv"),
        "an unknown part": (MAPPED + "[dealz]\n", "Did you mean 'deals'?"),
        "an unknown key": (MAPPED + 'ownr = "owner"\n', "Did you mean 'owner'?"),
        "no id": ('[deals]\nowner = "owner"\n', "Write deal_id"),
        "no TOML": ("deals = = 3", "not TOML"),
        "a number for a name": ("[deals]\ndeal_id = 3\n", "a name or a list"),
        "month 13": (MAPPED + "[calendar]\nstarts_month = 13\n", "1 to 12"),
        "a true month": (MAPPED + "[calendar]\nstarts_month = true\n", "1 to 12"),
        "an unknown calendar": (MAPPED + '[calendar]\nkind = "4-4-4"\n', "Write months"),
        "an unknown currency": (MAPPED + '[defaults]\ncurrency = "XXY"\n', "no currency"),
        "an unknown time zone": (MAPPED + '[defaults]\ntime_zone = "Mars/Base"\n', "no such time zone"),
        "a time zone as a path": (MAPPED + '[defaults]\ntime_zone = "../../etc/passwd"\n', "no such time zone"),
        "an unknown date format": (MAPPED + '[defaults]\ndate_format = "%Q"\n', "no date format"),
        "a short year first": (MAPPED + '[defaults]\ndate_format = "%y/%m/%d"\n', "two digits"),
        "an unknown encoding": (MAPPED + '[defaults]\nencoding = "utf-7"\n', "no encoding"),
        "an unknown delimiter": (MAPPED + '[defaults]\ndelimiter = "ab"\n', "no delimiter"),
        "an unknown decimal mark": (MAPPED + '[defaults]\ndecimal = ";"\n', 'it is "." or ","'),
        "an unknown category": (MAPPED + '[categories]\nProspecting = "pipelin"\n', "Did you mean 'pipeline'?"),
        "an unknown status": (MAPPED + "[deals.status_values]\nwonn = []\n", "Did you mean 'won'?"),
        "corrections without a column": (MAPPED + '[values]\n"GTXPro" = "GTX Pro"\n', "column ="),
        "a part that is no table": ("deals = 3\n", "it is a table"),
    }  # fmt: skip
    for why, (mapping, says) in cases.items():
        yield Bad(f"mapping: {why}", "deals.csv", good, says, None, "", mapping)


EVERY: tuple[Callable[[], Iterator[Bad]], ...] = (
    bad_cells,
    bad_tables,
    bad_others,
    bad_archives,
    bad_workbooks,
    bad_mappings,
)

"""Fairlead's own exchange format: what export writes, import reads. One folder or one zip of CSV files."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from fairlead.calls.rules import TargetRow
from fairlead.deals.rules import ChangeRow, DealRow, RateRow
from fairlead.deals.shares import SplitRow
from fairlead.people.rules import PersonRow
from fairlead.territories.rules import AccountRow, ActivityRow, ContactRow

DEALS = (
    "deal_id name account owner amount currency stage forecast_category close_date created_on status closed_on "
    "product source type next_step"
).split()
CHANGES = ["deal_id", "field", "old", "new", "at", "recorded_at", "by"]
PEOPLE = (
    "person_id name email manager role starts_on ends_on title territory currency time_zone team"
).split()
TARGETS = ["person_id", "period", "amount", "currency", "type", "reason"]
ACCOUNTS = ["account_id", "name", "owner", "industry", "country", "tier"]
ACCOUNTS += ["renewal_on", "renewal_amount", "renewal_currency"]
CONTACTS = ["contact_id", "account", "name", "email", "title", "state"]
RATES = ["currency", "starts_on", "rate"]
ACTIVITIES = ["activity_id", "account", "deal_id", "on", "kind", "way", "by", "contact", "deleted"]
SPLITS = ["deal_id", "person", "percent", "kind", "starts_on", "recorded_at"]

_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
_NEUTRALISED = tuple("'" + mark for mark in ("'", *_DANGEROUS))


def neutral(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: an apostrophe in front of what looks like one.

    Plain negative numbers stay numbers. ``plain`` takes the apostrophe away again.
    """
    if cell.startswith("'") or (cell.startswith(_DANGEROUS) and not _is_number(cell)):
        return "'" + cell
    return cell


def plain(cell: str) -> str:
    """The cell before ``neutral``; an apostrophe that was there before any export stays."""
    return cell[1:] if cell.startswith("'") and cell.startswith(_NEUTRALISED) else cell


def _is_number(cell: str) -> bool:
    try:
        return Decimal(cell).is_finite()
    except ArithmeticError:
        return False


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    return neutral(str(value))


Rows = Iterable[Sequence[object]]


def deal_rows(deals: Iterable[DealRow], extras: Sequence[str] = ()) -> Iterator[list[object]]:
    """Deals as lines of deals.csv, the named extra columns behind the fixed ones."""
    for deal in deals:
        named = [getattr(deal, "close_on" if name == "close_date" else name) for name in DEALS]
        yield [*named, *(deal.extra.get(name, "") for name in extras)]


def change_rows(changes: Iterable[ChangeRow]) -> Iterator[list[object]]:
    """Changes as lines of changes.csv."""
    for change in changes:
        yield [getattr(change, name) for name in CHANGES]


def fields(rows: Iterable[object], names: Sequence[str]) -> Iterator[list[object]]:
    """Any rows as lines of the named fields."""
    for row in rows:
        yield [getattr(row, name) for name in names]


def split_rows(splits: Iterable[SplitRow]) -> Iterator[list[object]]:
    """Splits as lines of splits.csv; the end of a division is a row of its deal alone."""
    for row in splits:
        percent = row.percent.normalize() if row.person else None
        yield [
            row.deal_id,
            row.person,
            percent,
            row.kind if row.person else "",
            row.starts_on,
            row.recorded_at,
        ]


def activity_rows(rows: Iterable[ActivityRow]) -> Iterator[list[object]]:
    """Contacts as lines of activities.csv; what is unknown stays empty, and only what was removed says so."""
    for row in rows:
        way = "" if row.way == "unknown" else f"{row.way}-way"
        gone = "true" if row.deleted else ""
        yield [row.activity_id, row.account, row.deal_id, row.on, row.kind, way, row.by, row.contact, gone]


class Writer:
    """Writes the files of the format into a folder, or into one zip when the name ends so."""

    def __init__(self, target: Path) -> None:
        self.target = target
        self.zip = zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) if target.suffix == ".zip" else None
        if self.zip is None:
            target.mkdir(parents=True, exist_ok=True)

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *_: object) -> None:
        if self.zip is not None:
            self.zip.close()

    def write(self, name: str, header: Sequence[str], rows: Rows) -> int:
        """Write ``name``.csv; how many rows."""
        if self.zip is None:
            with (self.target / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
                return _write(stream, header, rows)
        with self.zip.open(f"{name}.csv", "w") as raw, io.TextIOWrapper(raw, "utf-8", newline="") as stream:
            return _write(stream, header, rows)


def _write(stream: io.TextIOBase, header: Sequence[str], rows: Rows) -> int:
    out = csv.writer(stream, lineterminator="\n")
    out.writerow(header)
    count = 0
    for row in rows:
        out.writerow([_cell(value) for value in row])
        count += 1
    return count


def write(
    target: Path,
    *,
    deals: Iterable[DealRow] = (),
    changes: Iterable[ChangeRow] = (),
    people: Iterable[PersonRow] = (),
    targets: Iterable[TargetRow] = (),
    accounts: Iterable[AccountRow] = (),
    contacts: Iterable[ContactRow] = (),
    rates: Iterable[RateRow] = (),
    splits: Iterable[SplitRow] = (),
    activities: Iterable[ActivityRow] = (),
    extras: Sequence[str] = (),
) -> dict[str, int]:
    """Write everything given; file name -> rows. Empty parts write no file, but deals always do."""
    parts: list[tuple[str, Sequence[str], Rows]] = [
        ("deals", [*DEALS, *extras], deal_rows(deals, extras)),
        ("changes", CHANGES, change_rows(changes)),
        ("people", PEOPLE, fields(people, PEOPLE)),
        ("targets", TARGETS, fields(targets, TARGETS)),
        ("accounts", ACCOUNTS, fields(accounts, ACCOUNTS)),
        ("contacts", CONTACTS, fields(contacts, CONTACTS)),
        ("rates", RATES, fields(rates, RATES)),
        ("splits", SPLITS, split_rows(splits)),
        ("activities", ACTIVITIES, activity_rows(activities)),
    ]
    written = {}
    with Writer(target) as writer:
        for name, header, rows in parts:
            iterator = iter(rows)
            first = next(iterator, None)
            if first is None and name != "deals":
                continue
            written[name] = writer.write(name, header, _chained(first, iterator))
    return written


def _chained(first: Sequence[object] | None, rest: Rows) -> Iterator[Sequence[object]]:
    if first is not None:
        yield first
    yield from rest

"""Reading a source whole: files in, rows and one report out, or one clear list of what is wrong."""

from __future__ import annotations

import re
import zoneinfo
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Literal, TypeVar

import numpy as np

from fairlead.calls.rules import TargetRow
from fairlead.crm import exchange, recognise, tables, values
from fairlead.crm.mapping import Mapping as Map
from fairlead.crm.mapping import TableMap
from fairlead.crm.problems import SHOWN, Found, Problem, refuse
from fairlead.crm.spool import Spool
from fairlead.deals.rules import MEASURES, ChangeRow, DealRow, RateRow, Status
from fairlead.deals.shares import SplitRow
from fairlead.forecasting.periods import Calendar
from fairlead.people.rules import PersonRow
from fairlead.territories import rules as territories
from fairlead.territories.rules import AccountRow, ActivityRow, ContactRow

Progress = Callable[[str, int], None]
"""Called now and then with a file's name and how many of its rows were read."""

T = TypeVar("T")

WON_WORDS = {"won", "closed won", "closedwon", "closed_won", "closed-won", "win"}
LOST_WORDS = {
    "lost",
    "closed lost",
    "closedlost",
    "closed_lost",
    "closed-lost",
    "loss",
    "abandoned",
    "disqualified",
}


@dataclass(frozen=True, slots=True)
class FileReport:
    """What was read of one file."""

    name: str
    rows: str
    form: str
    read: int
    accepted: int
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class Batch:
    """Everything a source holds, as rows in the order of the files.

    ``deals`` and ``changes`` are lists, or beyond 50,000 rows spools that keep them in a temporary file.
    """

    source: str
    kind: str
    mapping: Map
    deals: Sequence[DealRow] = ()
    changes: Sequence[ChangeRow] = ()
    people: list[PersonRow] = field(default_factory=list)
    targets: list[TargetRow] = field(default_factory=list)
    accounts: list[AccountRow] = field(default_factory=list)
    contacts: list[ContactRow] = field(default_factory=list)
    rates: list[RateRow] = field(default_factory=list)
    splits: list[SplitRow] = field(default_factory=list)
    activities: Sequence[ActivityRow] = ()
    evidence: tuple[str, ...] = ()
    static: frozenset[str] = frozenset()
    currency: str = ""
    time_zone: str = "UTC"
    calendar: Calendar = field(default_factory=Calendar)
    as_of: datetime | None = None
    files: list[FileReport] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


class NeedsMapping(Exception):
    """No table was recognised as deals: a mapping is needed. Holds the tables for a guess."""

    def __init__(self, found: list[tables.Table]) -> None:
        self.tables = found
        names = ", ".join(table.name for table in found)
        super().__init__(f"{names}: no known export. Name the columns in a mapping (--mapping FILE).")


def read(
    source: Path,
    mapping: Map | None = None,
    as_of: datetime | None = None,
    progress: Progress | None = None,
    rates_elsewhere: bool = False,
) -> Batch:
    """Read a file, a folder or a zip.

    ``rates_elsewhere``: whoever takes the rows has rates of their own and refuses what lacks one.
    Raises Refused with every problem found, or NeedsMapping when no table is a known export and none is mapped.
    """
    mapping = mapping or Map()
    opened = tables.tables(source, encoding=mapping.encoding, delimiter=mapping.delimiter)
    reading = _Reading(mapping, as_of, progress)
    reading.rates_elsewhere = rates_elsewhere
    plans = [plan for table in opened for plan in [_plan(table, mapping, opened)] if plan is not None]
    if not any(plan.rows in ALONE for plan in plans):
        if mapping.deals.columns:
            raise refuse(
                source.name,
                f"the mapping names the file {mapping.deals.file!r}, which is not there.",
                meant=f"There are: {', '.join(table.name for table in opened)}.",
            )
        raise NeedsMapping(opened)
    for plan in sorted(plans, key=lambda plan: _ORDER.index(plan.rows)):
        reading.take(plan)
    used = {plan.table.name for plan in plans}
    unused = [table.name for table in opened if table.name not in used]
    taken = {plan.rows for plan in plans if plan.form == "mapping"}
    for rows in _MAPPED:
        mapped = mapping.table(rows)
        if mapped.file and mapped.columns and rows not in taken:
            reading.batch_.notes.append(f"{mapped.file}, which the mapping names for {rows}, is not here.")
    return reading.batch(source, unused)


ALONE = ("deals", "people", "targets", "activities", "accounts", "contacts", "splits")
"""What an import may hold alone."""
NO_CONTACT = "none"
"""The kind that a mapping gives to rows that are no contact."""
_MAPPED = ["rates", "people", "accounts", "contacts", "deals", "changes", "targets", "splits", "activities"]
_ORDER = ["roles", "stages", *_MAPPED]
"""The order in which tables are read: what others need first. Roles and stages come from known exports only."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """How one table is read: as which rows, with which columns (field -> column of this table)."""

    table: tables.Table
    rows: str
    columns: dict[str, str]
    form: str
    special: str = ""
    statuses: Mapping[str, Sequence[str]] = field(default_factory=dict)


def _plan(table: tables.Table, mapping: Map, opened: list[tables.Table]) -> _Plan | None:
    for rows in sorted(_MAPPED, key=lambda rows: (not mapping.table(rows).file, rows != "deals")):
        mapped = mapping.table(rows)
        if mapped.columns and _is_file(mapped, table, rows, opened):
            return _Plan(table, rows, _columns(table, mapped, rows), "mapping", statuses=_statuses(mapping))
    form = recognise.recognise(table.header)
    if form is None or (mapping.deals.columns and form.rows == "deals"):
        return None
    if form.rows in _MAPPED and mapping.table(form.rows).columns:
        return None
    lower = {column.lower(): column for column in table.header}
    columns = {
        name: lower[alternative.lower()]
        for name, alternatives in form.columns.items()
        for alternative in reversed(alternatives)
        if alternative.lower() in lower
    }
    return _Plan(table, form.rows, columns, form.source, form.special, form.statuses)


def _statuses(mapping: Map) -> dict[str, Sequence[str]]:
    return {"won": mapping.won, "lost": mapping.lost} if mapping.won or mapping.lost else {}


def _is_file(mapped: TableMap, table: tables.Table, rows: str, opened: list[tables.Table]) -> bool:
    if mapped.file:
        return _stem(mapped.file) == _stem(table.name)
    return len(opened) == 1 or _stem(table.name) == rows


def _stem(name: str) -> str:
    return re.sub(r"\.(csv|tsv|txt|xlsx)$", "", name.strip().lower())


def _columns(table: tables.Table, mapped: TableMap, rows: str) -> dict[str, str]:
    """field -> column; alternatives are tried in order. Raises Refused naming a column that is not there."""
    lower = {column.lower(): column for column in table.header}
    columns: dict[str, str] = {}
    found = Found()
    for name, alternatives in mapped.columns.items():
        column = next((lower[a.lower()] for a in alternatives if a.lower() in lower), None)
        if column is not None:
            columns[name] = column
        elif alternatives and (name in _NEEDED.get(rows, ()) or len(alternatives) == 1):
            found.add(
                Problem(
                    table.name,
                    1,
                    " or ".join(alternatives),
                    "",
                    f"the mapping says {rows}.{name} is here, and it is not.",
                    values.nearest(alternatives[0], table.header)
                    or f"Columns are: {', '.join(table.header[:12])}.",
                )
            )
    found.stop_if_any()
    return columns


_NEEDED = {
    "deals": ("deal_id",),
    "people": ("person_id",),
    "changes": ("deal_id", "at"),
    "splits": ("deal_id", "person", "percent"),
    "activities": ("activity_id", "on"),
}


class _Reading:
    """One reading: collects rows, problems and notes over all files."""

    def __init__(self, mapping: Map, as_of: datetime | None, progress: Progress | None) -> None:
        self.mapping, self.as_of, self.progress = mapping, as_of, progress
        self.zone = zoneinfo.ZoneInfo(mapping.time_zone or "UTC")
        self.calendar = Calendar(kind=mapping.calendar_kind, starts_month=mapping.starts_month)  # type: ignore[arg-type]
        self.batch_ = Batch("", "", mapping, calendar=self.calendar, time_zone=mapping.time_zone or "UTC")
        self.found = Found()
        self.corrected: Counter[str] = Counter()
        self.deals: Spool[DealRow] = Spool()
        self.changes: Spool[ChangeRow] = Spool()
        self.activities: Spool[ActivityRow] = Spool()
        self.ids: defaultdict[str, array[int]] = defaultdict(lambda: array("q"))
        self.readers: defaultdict[str, list[_TableReader]] = defaultdict(list)
        self.numbered: Counter[str] = Counter()
        self.currencies: defaultdict[str, list[int]] = defaultdict(list)
        self.money_in: Counter[str] = Counter()
        self.extras: list[str] = []
        self.headers: set[str] = set()
        self.deals_file = "deals"
        self.rates_elsewhere = False
        self.roles: dict[str, tuple[str, str]] = {}
        self.role_of: dict[str, str] = {}
        self.stages: dict[str, tuple[str, bool, bool]] = {}

    def take(self, plan: _Plan) -> None:
        self.headers |= set(plan.table.header)
        if plan.rows == "deals":
            self.deals_file = plan.table.name
        reader = _TableReader(self, plan)
        reader.learn_styles()
        taken = 0
        for number, (line, cells) in enumerate(plan.table.rows(reader.odd, reader.short), start=1):
            before = self.found.more + len(self.found.problems)
            getattr(reader, plan.rows)(line, cells)
            taken += before == self.found.more + len(self.found.problems)
            reader.count = number
            if self.progress is not None and number % 1000 == 0:
                self.progress(plan.table.name, number)
        if not reader.count and not reader.odd_rows:
            self.found.add(Problem(plan.table.name, 0, "", "", "the file has column names and no rows."))
        if plan.rows == "changes":
            reader.finish_changes()
        if reader.id_field:
            self.readers[plan.rows].append(reader)
            self.refuse_repeated(plan.rows)
        notes = tuple(f"{count} × {text}" for text, count in sorted(reader.notes.items()))
        report = FileReport(plan.table.name, plan.rows, plan.form, reader.count, taken, notes)
        self.batch_.files.append(report)
        if self.progress is not None:
            self.progress(plan.table.name, reader.count)

    def refuse_repeated(self, rows: str) -> None:
        """A problem for every id of these rows that was there before, in this file or another.

        Only ids' hashes are kept, eight bytes each. Where two are the same the files are read once more.
        """
        hashes = np.sort(np.frombuffer(self.ids[rows], np.int64))
        twice = set(hashes[1:][hashes[1:] == hashes[:-1]].tolist())
        first: dict[str, tuple[str, int]] = {}
        for reader in self.readers[rows] if twice else ():
            for line, id in reader.ids_among(twice):
                name, row = first.setdefault(id, (reader.plan.table.name, line))
                if (name, row) != (reader.plan.table.name, line):
                    where = f"row {row}" if name == reader.plan.table.name else f"row {row} of {name}"
                    column = reader.plan.columns[reader.id_field]
                    meant = "Remove one of the rows, or correct the id."
                    self.found.add(
                        Problem(
                            reader.plan.table.name, line, column, id, f"it stands in {where} already.", meant
                        )
                    )

    def batch(self, source: Path, unused: list[str]) -> Batch:
        batch = self.batch_
        self._currency()
        self._check_corrections()
        self.found.stop_if_any()
        batch.deals, batch.changes = self.deals.settled(), self.changes.settled()
        batch.activities = self.activities.settled()
        _put_in_order(batch)
        _managers_by_roles(batch, self.roles, self.role_of)
        _ids_for_names(batch)
        batch.mapping = self._with_categories()
        _people_behind_managers(batch)
        forms = [report.form for report in batch.files if report.rows == "deals"] or ["mapping"]
        batch.kind = "table" if forms[0] == "mapping" else forms[0]
        batch.source = (
            self.mapping.source or re.sub(r"[^a-z0-9]+", "-", source.stem.lower()).strip("-") or "file"
        )
        batch.evidence = self.mapping.evidence or tuple(self.extras)
        batch.static = frozenset(self.mapping.static) & frozenset(batch.evidence)
        batch.as_of = self.as_of
        batch.notes += [f"{name} is not used: it is neither mapped nor known." for name in unused]
        batch.notes += [f"{count} × {text}" for text, count in sorted(self.corrected.items())]
        return batch

    def _with_categories(self) -> Map:
        """The mapping, with the categories that the source itself gives to its open stages."""
        found = {
            stage: category for stage, (category, closed, _) in self.stages.items() if not closed and category
        }
        return (
            replace(self.mapping, categories={**found, **self.mapping.categories}) if found else self.mapping
        )

    def _check_corrections(self) -> None:
        """A correction of a column that no table has would silently do nothing."""
        for column in self.mapping.corrections:
            if self.headers and column not in self.headers:
                meant = values.nearest(column, sorted(self.headers))
                self.found.add(
                    Problem("mapping", 0, f"values.{column}", "", "no table has this column.", meant)
                )

    def _currency(self) -> None:
        """The currency everything is counted in; another one needs a rate."""
        batch = self.batch_
        used = self.money_in.most_common(1)
        home = self.mapping.currency.upper() or (used[0][0] if used else "USD")
        batch.currency = home
        rated = {home, *(rate.currency for rate in batch.rates)}
        for currency, lines in self.currencies.items() if not self.rates_elsewhere else ():
            if currency in rated:
                continue
            why = f"there is no rate from {currency} to {home}."
            meant = "Add a rates table (currency, starts_on, rate), or correct the currency."
            for line in lines:
                self.found.add(Problem(self.deals_file, line, "currency", currency, why, meant))
            self.found.more += self.money_in[currency] - len(lines)

    def has_money(self, currency: str, line: int) -> None:
        """An amount in a currency: how many there are, and where the first ones stand."""
        self.money_in[currency] += 1
        if len(self.currencies[currency]) < SHOWN:
            self.currencies[currency].append(line)


def _managers_by_roles(
    batch: Batch, roles: Mapping[str, tuple[str, str]], role_of: Mapping[str, str]
) -> None:
    """Salesforce's forecast tree: whoever forecasts for one's role, else for the next role above."""
    if not roles or not role_of:
        return
    people = []
    for person in batch.people:
        boss, seen, role = "", set[str](), role_of.get(person.person_id, "")
        while role in roles and role not in seen:
            seen.add(role)
            above, boss = roles[role]
            if boss and boss != person.person_id:
                break
            role, boss = above, ""
        people.append(replace(person, manager=boss) if role_of.get(person.person_id) else person)
    batch.people[:] = people


def _ids_for_names(batch: Batch) -> None:
    """Owners and managers that an export names by name become ids, where the people's file has one such name."""
    ids = {person.person_id for person in batch.people}
    names: dict[str, set[str]] = {}
    for person in batch.people:
        names.setdefault(person.name, set()).add(person.person_id)
    known = {name: next(iter(found)) for name, found in names.items() if len(found) == 1 and name not in ids}
    if not known:
        return
    batch.people[:] = [replace(p, manager=known.get(p.manager, p.manager)) for p in batch.people]

    def owned(deal: DealRow) -> DealRow:
        return replace(deal, owner=known[deal.owner]) if deal.owner in known else deal

    def moved(change: ChangeRow) -> ChangeRow:
        if change.field != "owner":
            return change
        old, new = (known.get(name or "", name) for name in (change.old, change.new))
        return replace(change, old=old, new=new)

    def made(row: ActivityRow) -> ActivityRow:
        return replace(row, by=known[row.by]) if row.by in known else row

    if any(row.by in known for row in batch.activities):
        batch.activities = Spool(map(made, batch.activities)).settled()
    if any(deal.owner in known for deal in batch.deals):
        batch.deals = Spool(map(owned, batch.deals)).settled()
    if any(change.field == "owner" for change in batch.changes):
        batch.changes = Spool(map(moved, batch.changes)).settled()


def _put_in_order(batch: Batch) -> None:
    """Deals in the order of the column that the mapping names: as numbers where all are, else as text."""
    column = batch.mapping.order_by
    if not column:
        return
    numbers = all(re.fullmatch(r"[0-9]+", deal.extra.get(column, ""), re.ASCII) for deal in batch.deals)

    def place(deal: DealRow) -> tuple[int, str, int]:
        key = deal.extra.get(column, "")
        return (int(key), "", deal.line) if numbers else (0, key, deal.line)

    batch.deals = sorted(batch.deals, key=place)


def _people_behind_managers(batch: Batch) -> None:
    """A manager who stands only in the manager column is a person too."""
    known = {person.person_id for person in batch.people}
    for manager in dict.fromkeys(person.manager for person in batch.people):
        if manager and manager not in known:
            batch.people.append(PersonRow(person_id=manager, name=manager))


class _TableReader:
    """Reads the rows of one table. Each method takes a line number and its cells."""

    def __init__(self, reading: _Reading, plan: _Plan) -> None:
        self.reading, self.plan, self.found = reading, plan, reading.found
        self.numbers: dict[str, values.NumberStyle] = {}
        self.orders: dict[str, values.Order] = {}
        self.notes: Counter[str] = Counter()
        self.count = self.odd_rows = 0
        self.id_field = ""
        self.events: dict[str, list[tuple[datetime, int, str, str]]] = {}
        self.wide: dict[str, list[tuple[datetime, datetime, int, dict[str, str], str]]] = {}
        mapped = set(plan.columns.values())
        used = set(reading.mapping.evidence) | {reading.mapping.order_by}
        lower = {column.lower(): column for column in plan.table.header}
        self.extra: dict[str, str] = {}
        if plan.rows == "deals":
            for name in sorted(used - {""}):
                if name.lower() in lower:
                    self.extra[name] = lower[name.lower()]
                else:
                    meant = values.nearest(name, plan.table.header)
                    self.found.add(
                        Problem(plan.table.name, 1, name, "", "there is no such evidence column.", meant)
                    )
            if not reading.mapping.evidence and plan.form in ("fairlead", "mapping"):
                self.extra |= {c: c for c in plan.table.header if c not in mapped and c not in self.extra}
            reading.extras = [name for name in self.extra if name != reading.mapping.order_by]

    # Rows that do not fit the header

    def odd(self, problem: Problem) -> None:
        """A row with more cells than there are columns."""
        self.odd_rows += 1
        self.found.add(problem)

    def short(self) -> None:
        """A row with fewer cells than there are columns."""
        self.notes["row that ends before the last column; what it lacks counts as empty"] += 1

    # Styles of columns, from all values of the file

    def learn_styles(self) -> None:
        """How each column writes numbers and days. Values are kept by their shape only: few, in any file."""
        seen: dict[tuple[str, str], set[str]] = {}
        for column, kind, cell in self._cells_with_style():
            shape = _day_part(cell) if kind == "day" else _number_shape(cell)
            seen.setdefault((column, kind), set()).add(shape)
        for (column, kind), shapes in seen.items():
            if kind == "money":
                self._learn_number(column, shapes)
        self._learn_days({column: shapes for (column, kind), shapes in seen.items() if kind == "day"})

    def _cells_with_style(self) -> Iterator[tuple[str, str, str]]:
        """(column, money or day, cell) of every cell whose style has to be learnt."""
        kinds = {
            column: kind
            for name, kind in _KINDS[self.plan.rows].items()
            if (column := self.plan.columns.get(name))
        }
        by_field = (
            self.plan.rows == "changes" and "field" in self.plan.columns and self.plan.form != "fairlead"
        )
        if not kinds and not by_field:
            return
        for _, cells in self.plan.table.rows(_ignored):
            for column, kind in kinds.items():
                yield column, kind, cells[column]
            if by_field:
                yield from self._of_field(cells)

    def _of_field(self, cells: dict[str, str]) -> Iterator[tuple[str, str, str]]:
        """Old and new values of a field's history, as values of the column of new ones."""
        word = cells[self.plan.columns["field"]].strip()
        kind = _KINDS["deals"].get(recognise.FIELD_WORDS.get(word.lower(), word))
        if kind and (column := self.plan.columns.get("new")):
            yield column, kind, cells[column]
            if old := self.plan.columns.get("old"):
                yield column, kind, cells[old]

    def _learn_number(self, column: str, cells: Iterable[str]) -> None:
        mapping = self.reading.mapping
        style: values.NumberStyle | None = values.NumberStyle()
        if mapping.decimal:
            style = values.NumberStyle() if mapping.decimal == "." else values.NumberStyle(",", ".")
        else:
            style = values.number_style(cells)
        if style is None:
            self._problem(
                1,
                column,
                "",
                "numbers here can be read in two ways.",
                'Say decimal = "." or "," in the mapping.',
            )
        self.numbers[column] = style or values.NumberStyle()

    def _learn_days(self, seen: Mapping[str, set[str]]) -> None:
        """The order of day and month per column; a column in doubt follows what the others of its file say."""
        if self.reading.mapping.date_format:
            self.orders |= dict.fromkeys(seen, values.order_of_format(self.reading.mapping.date_format))
            return
        fits = {column: values.orders(cells) for column, cells in seen.items()}
        said = {order for orders in fits.values() if len(orders) == 1 for order in orders} - {"ymd"}
        for column, orders in fits.items():
            if orders == {"dmy", "mdy"} and len(said) != 1:
                self._problem(
                    1, column, "", "days here can be day/month or month/day.",
                    'Say date_format = "%d/%m/%Y" or "%m/%d/%Y" under [defaults] in the mapping.',
                )  # fmt: skip
            usual = next(iter(orders), values.usual_order(seen[column]))
            self.orders[column] = (
                "ymd" if len(orders) == 3 else usual if len(orders) < 2 else min(said, default="dmy")
            )

    # Cells

    def _problem(self, line: int, column: str, value: str, why: str, meant: str = "") -> None:
        self.found.add(Problem(self.plan.table.name, line, column, value, why, meant))

    def raw(self, cells: dict[str, str], name: str) -> str:
        column = self.plan.columns.get(name)
        if column is None:
            return ""
        return self._corrected(column, cells[column])

    def _corrected(self, column: str, cell: str) -> str:
        if self.plan.form == "fairlead":
            cell = exchange.plain(cell)
        pairs = self.reading.mapping.corrections.get(column)
        if pairs and cell.strip() in pairs:
            new = pairs[cell.strip()]
            self.reading.corrected[f"{column}: {cell.strip()!r} read as {new!r}, as the mapping says"] += 1
            return new
        return cell

    def text(self, line: int, cells: dict[str, str], name: str) -> str:
        return self._read(line, cells, name, values.text) or ""

    def money(self, line: int, cells: dict[str, str], name: str) -> Decimal | None:
        style = self.numbers.get(self.plan.columns.get(name, ""))
        return self._read(line, cells, name, lambda cell: values.money(cell, style))

    def day(self, line: int, cells: dict[str, str], name: str) -> date | None:
        order = self.orders.get(self.plan.columns.get(name, ""), "ymd")
        return self._read(line, cells, name, lambda cell: values.day(cell, order, self.reading.zone))

    def moment(self, line: int, cells: dict[str, str], name: str) -> datetime | None:
        order = self.orders.get(self.plan.columns.get(name, ""), "ymd")
        return self._read(line, cells, name, lambda cell: values.moment(cell, order, self.reading.zone))

    def flag(self, line: int, cells: dict[str, str], name: str) -> bool:
        return bool(self._read(line, cells, name, values.boolean))

    def _read(self, line: int, cells: dict[str, str], name: str, parse: Callable[[str], T]) -> T | None:
        """One cell through a parser; a cell that cannot be read becomes a problem and counts as empty."""
        if name not in self.plan.columns:
            return None
        raw = self.raw(cells, name)
        try:
            return parse(raw)
        except values.Unreadable as error:
            self._problem(line, self.plan.columns[name], raw, error.why, error.meant)
            return None

    # Rows

    def deals(self, line: int, cells: dict[str, str]) -> None:
        id = self.key(line, cells, "deal_id")
        if id is None or self.flag(line, cells, "deleted"):
            return
        status = self.status(line, cells)
        amount = self.money(line, cells, "amount")
        if status == "won" and "won_amount" in self.plan.columns:
            came = self.money(line, cells, "won_amount")
            amount = amount if came is None else came
        close_on, closed_on = self.day(line, cells, "close_on"), self.day(line, cells, "closed_on")
        if closed_on is None and status != "open" and self.plan.special == "closed_by_close_date":
            closed_on = close_on
        if status == "open":
            closed_on = None
        stage = self.text(line, cells, "stage")
        if not stage and "stage" not in self.plan.columns:
            stage = self.text(line, cells, "status") if status == "open" and self._statuses() else ""
        currency = (
            self._read(line, cells, "currency", values.currency) or self.reading.mapping.currency.upper()
        )
        if currency and amount is not None:
            self.reading.has_money(currency, line)
        self.reading.deals.append(
            DealRow(
                deal_id=id,
                name=self.text(line, cells, "name"),
                account=self.text(line, cells, "account"),
                owner=self.reference(line, cells, "owner"),
                amount=amount,
                currency=currency,
                stage=stage,
                forecast_category=recognise.category(self.text(line, cells, "forecast_category")),
                close_on=close_on,
                created_on=self.day(line, cells, "created_on"),
                status=status,
                closed_on=closed_on,
                product=self.text(line, cells, "product"),
                source=self.text(line, cells, "source"),
                type=self.text(line, cells, "type"),
                next_step=self.text(line, cells, "next_step"),
                extra=self._extras(line, cells) | self._measures(line, cells),
                line=line,
            )
        )

    def _measures(self, line: int, cells: dict[str, str]) -> dict[str, str]:
        """What forecast types may count besides the amount, as plain numbers."""
        found = {}
        for name in MEASURES:
            number = self.money(line, cells, name) if name in self.plan.columns else None
            if number is not None:
                found[name] = format(number.normalize(), "f")
        return found

    def reference(self, line: int, cells: dict[str, str], name: str) -> str:
        """A name or an id of somebody or something else; Salesforce's short ids in their long form."""
        cell = self.text(line, cells, name)
        return values.long_salesforce_id(cell) if self.plan.form == "salesforce" else cell

    def _extras(self, line: int, cells: dict[str, str]) -> dict[str, str]:
        extras = {}
        for name, column in self.extra.items():
            try:
                cell = values.text(self._corrected(column, cells[column]))
            except values.Unreadable as error:
                self._problem(line, column, cells[column], error.why, error.meant)
                continue
            if cell:
                extras[name] = cell
        return extras

    def identifier(self, line: int, cells: dict[str, str], name: str) -> str | None:
        """An id of the row, or None where it is missing (which is a problem)."""
        id = self._read(line, cells, name, values.identifier)
        return values.long_salesforce_id(id) if id and self.plan.form == "salesforce" else id

    def key(self, line: int, cells: dict[str, str], name: str) -> str | None:
        """The row's id; None when it is missing. That it stands once is looked at when the file was read."""
        id = self.identifier(line, cells, name)
        if id is None:
            return None
        if self.plan.rows == "deals" and self.reading.mapping.repeated == "keep":
            return self._numbered(id)
        self.id_field = name
        self.reading.ids[self.plan.rows].append(hash(id))
        return id

    def ids_among(self, hashes: Collection[int]) -> Iterator[tuple[int, str]]:
        """(line, id) of the rows whose id has one of the hashes."""
        column = self.plan.columns[self.id_field]
        for line, cells in self.plan.table.rows(_ignored):
            id = values.text(self._corrected(column, cells[column])) if "\x00" not in cells[column] else ""
            id = values.long_salesforce_id(id) if self.plan.form == "salesforce" else id
            if hash(id) in hashes:
                yield line, id

    def _numbered(self, id: str) -> str:
        """The id, with a number behind it from the second time on, as the mapping allows."""
        seen = self.reading.numbered
        seen[id] += 1
        if seen[id] == 1:
            return id
        self.notes["id that stands more than once was numbered, as the mapping says"] += 1
        return f"{id}/{seen[id]}"

    def _statuses(self) -> Mapping[str, Sequence[str]]:
        return self.plan.statuses

    def status(self, line: int, cells: dict[str, str]) -> Status:
        if "is_won" in self.plan.columns or "is_closed" in self.plan.columns:
            won, closed = self.flag(line, cells, "is_won"), self.flag(line, cells, "is_closed")
            if "is_closed" not in self.plan.columns:
                closed = won or self.text(line, cells, "stage").lower() in LOST_WORDS
            return "won" if won else "lost" if closed else "open"
        if "active" in self.plan.columns and not self.flag(line, cells, "active"):
            return "lost"
        if told := self.reading.stages.get(self.text(line, cells, "stage")):
            return ("won" if told[2] else "lost") if told[1] else "open"
        word = self.text(line, cells, "status" if "status" in self.plan.columns else "stage")
        said = self._statuses()
        if said:
            low = word.lower()
            if low in {w.lower() for w in said.get("won", ())}:
                return "won"
            return "lost" if low in {w.lower() for w in said.get("lost", ())} else "open"
        return self._plain_status(line, word)

    def _plain_status(self, line: int, word: str) -> Status:
        low = word.lower()
        if low in WON_WORDS:
            return "won"
        if low in LOST_WORDS:
            return "lost"
        if self.plan.form == "fairlead" and low != "open":
            self._problem(line, "status", word, "it is no status.", "Write open, won or lost.")
        return "open"

    def people(self, line: int, cells: dict[str, str]) -> None:
        id = self.key(line, cells, "person_id")
        if id is None:
            return
        words = {name: self.text(line, cells, name) for name in _PERSON_WORDS}
        words["manager"] = self.reference(line, cells, "manager")
        if role := self.reference(line, cells, "role_id"):
            self.reading.role_of[id] = role
        self.reading.batch_.people.append(
            PersonRow(
                person_id=id,
                starts_on=self.day(line, cells, "starts_on"),
                ends_on=self.day(line, cells, "ends_on"),
                currency=self._read(line, cells, "currency", values.currency) or "",
                line=line,
                **{**words, "name": words["name"] or id},
            )
        )

    def roles(self, line: int, cells: dict[str, str]) -> None:
        """A role of Salesforce: the one above it, and who forecasts for it."""
        id = self.key(line, cells, "role_id")
        if id is not None:
            self.reading.roles[id] = (
                self.reference(line, cells, "parent"),
                self.reference(line, cells, "person"),
            )

    def stages(self, line: int, cells: dict[str, str]) -> None:
        """A stage of Salesforce: its category, and whether it closes or wins."""
        category = recognise.category(self.text(line, cells, "category"))
        told = (category, self.flag(line, cells, "is_closed"), self.flag(line, cells, "is_won"))
        for name in ("stage", "api_name"):
            if stage := self.text(line, cells, name):
                self.reading.stages[stage] = told

    def targets(self, line: int, cells: dict[str, str]) -> None:
        person = self.identifier(line, cells, "person_id")
        amount = self.money(line, cells, "amount")
        period = self._period(line, cells)
        if person is None or period is None:
            return
        if amount is None:
            self._problem(line, self.plan.columns.get("amount", "amount"), "", "a target needs an amount.")
            return
        self.reading.batch_.targets.append(
            TargetRow(
                person_id=person,
                period=period,
                amount=amount,
                currency=self._read(line, cells, "currency", values.currency) or "",
                type=self.text(line, cells, "type") or "new",
                line=line,
                reason=self.text(line, cells, "reason"),
            )
        )

    def _period(self, line: int, cells: dict[str, str]) -> str | None:
        calendar = self.reading.calendar
        if self.plan.special == "period_by_start":
            on = self.day(line, cells, "period")
            if on is None:
                return None
            quarter = calendar.quarter_of(on)
            return quarter.name if quarter.starts_on == on else calendar.month_of(on).name
        word = self.text(line, cells, "period")
        try:
            return calendar.period(word).name
        except ValueError as error:
            self._problem(
                line, self.plan.columns.get("period", "period"), word, "it is no period.", str(error)
            )
            return None

    def accounts(self, line: int, cells: dict[str, str]) -> None:
        id = self.key(line, cells, "account_id")
        if id is None:
            return
        words = {name: self.text(line, cells, name) for name in ("name", "owner", "industry", "country")}
        self.reading.batch_.accounts.append(
            AccountRow(
                account_id=id,
                name=words["name"] or id,
                owner=words["owner"],
                industry=words["industry"],
                country=words["country"],
                line=line,
                tier=self.text(line, cells, "tier"),
                renewal_on=self.day(line, cells, "renewal_on"),
                renewal_amount=self.money(line, cells, "renewal_amount"),
                renewal_currency=self._read(line, cells, "renewal_currency", values.currency) or "",
            )
        )

    def contacts(self, line: int, cells: dict[str, str]) -> None:
        id = self.key(line, cells, "contact_id")
        if id is not None:
            words = {name: self.text(line, cells, name) for name in ("account", "name", "email", "title")}
            self.reading.batch_.contacts.append(
                ContactRow(
                    id, words["account"], words["name"], words["email"], words["title"], line,
                    self._state_of_buyer(line, cells),
                )
            )  # fmt: skip

    def _state_of_buyer(self, line: int, cells: dict[str, str]) -> territories.State | Literal[""]:
        """Whether somebody is still there: as a word says it, or by a mark that mail came back."""
        state = territories.state_of(self.text(line, cells, "state"))
        if "bounced" not in self.plan.columns or state == "left":
            return state
        mark = self.text(line, cells, "bounced").lower()
        return "bounced" if mark not in ("", "0", "0.0", "false", "no") else state or "there"

    def activities(self, line: int, cells: dict[str, str]) -> None:
        """A dated contact. What stands in it (subject, text, notes) is not read at all."""
        id = self.key(line, cells, "activity_id")
        if id is None:
            return
        deleted = self.flag(line, cells, "deleted")
        on = self.day(line, cells, "on")
        kind = self._kind_of_contact(line, cells)
        if kind is None:
            return
        if on is None and not deleted:
            self._problem(line, self.plan.columns.get("on", "on"), "", "a contact needs its day.")
            return
        account, deal = self._whose_contact(line, cells)
        words = [self.text(line, cells, name) for name in ("way", "outcome", "direction")]
        way = territories.way_of(kind, words)
        if way == "unknown":
            self.notes[
                "contact that does not say whether both sides took part: unknown, and never two-way"
            ] += 1
        self.reading.activities.append(
            ActivityRow(
                activity_id=id,
                account=account,
                deal_id=deal,
                on=on,
                kind=kind,
                way=way,
                by=self.reference(line, cells, "by"),
                contact=self.reference(line, cells, "contact"),
                deleted=deleted,
                line=line,
            )
        )

    def _kind_of_contact(self, line: int, cells: dict[str, str]) -> territories.Kind | None:
        """Call, meeting, mail, visit or event; None for what is no contact, which is noted."""
        word = self.text(line, cells, "kind")
        if self.plan.special == "task" and self.text(line, cells, "done").lower() not in ("", *_DONE):
            self.notes["task that is not done yet is no contact"] += 1
            return None
        if word.lower() == NO_CONTACT:
            self.notes["row that is no contact, as the mapping says"] += 1
            return None
        kind = territories.kind_of(word)
        if kind is None and self.plan.special == "event":
            kind = "meeting"
        if kind is None and self.plan.special == "engagement":
            kind = next((one for mark, one in _ENGAGED.items() if mark in self.plan.columns.values()), None)
        if kind is None and self.plan.special:
            self.notes[f"{word or 'an empty type'!s} is no call, meeting, mail, visit or event"] += 1
            return None
        if kind is None:
            self._problem(
                line, self.plan.columns.get("kind", "kind"), word, "it is no kind of contact.",
                "Write call, meeting, mail, visit or event, or correct it under [values] in the mapping; "
                "none leaves it out.",
            )  # fmt: skip
        return kind

    def _whose_contact(self, line: int, cells: dict[str, str]) -> tuple[str, str]:
        """The account and the deal a contact names. Salesforce says either in one column, by the id's first letters."""
        account, deal = self.reference(line, cells, "account"), self.reference(line, cells, "deal_id")
        related = self.reference(line, cells, "related")
        if related.startswith("006"):
            deal = deal or related
        elif related.startswith("001"):
            account = account or related
        return account.split(";")[0].strip(), deal.split(";")[0].strip()

    def rates(self, line: int, cells: dict[str, str]) -> None:
        currency = self._read(line, cells, "currency", values.currency)
        starts_on, rate = self.day(line, cells, "starts_on"), self.money(line, cells, "rate")
        if not currency or starts_on is None or rate is None or rate <= 0:
            self._problem(line, "rate", "", "a rate needs a currency, a first day and a number above 0.")
            return
        if self.plan.special == "inverse_rate":
            rate = (Decimal(1) / rate).quantize(Decimal("1e-10"))
        self.reading.batch_.rates.append(RateRow(currency, starts_on, rate, line))

    def splits(self, line: int, cells: dict[str, str]) -> None:
        """A share of a deal. The kind of a source that says nothing of it is revenue."""
        deal = self.identifier(line, cells, "deal_id")
        if deal is None or self.flag(line, cells, "deleted"):
            return
        word = self.text(line, cells, "kind").lower()
        self.reading.batch_.splits.append(
            SplitRow(
                deal_id=deal,
                person=self.reference(line, cells, "person"),
                percent=self.money(line, cells, "percent") or Decimal(0),
                kind="overlay" if "overlay" in word else word or "revenue",
                starts_on=self.day(line, cells, "starts_on"),
                recorded_at=self.moment(line, cells, "recorded_at"),
                line=line,
            )
        )

    # Changes

    def changes(self, line: int, cells: dict[str, str]) -> None:
        id = self.identifier(line, cells, "deal_id")
        if self.flag(line, cells, "deleted"):
            return
        at = self.moment(line, cells, "at")
        if id is None:
            return
        if at is None:
            self._problem(line, self.plan.columns.get("at", "at"), "", "a change needs its moment.")
            return
        recorded_at = self.moment(line, cells, "recorded_at") or at
        by = self.text(line, cells, "by")
        if "field" in self.plan.columns:
            self._field_change(line, cells, id, at, recorded_at, by)
        elif self._is_log():
            self.events.setdefault(id, []).append((at, line, self.text(line, cells, "stage"), by))
        else:
            wide = {name: self.text(line, cells, name) for name in _WIDE if name in self.plan.columns}
            self.wide.setdefault(id, []).append((at, recorded_at, line, wide, by))

    def _is_log(self) -> bool:
        mapping = self.reading.mapping
        return bool(mapping.stages or mapping.changes_won or mapping.changes_lost or mapping.starts_at)

    def _field_change(
        self, line: int, cells: dict[str, str], id: str, at: datetime, recorded_at: datetime, by: str
    ) -> None:
        word = self.text(line, cells, "field")
        name = recognise.FIELD_WORDS.get(word.lower(), word)
        if self.plan.form == "salesforce" and name not in _WIDE and name != "next_step":
            self.notes[f"history of {word!r} is not used"] += 1
            return
        old, new = self.text(line, cells, "old"), self.text(line, cells, "new")
        column = self.plan.columns.get("new", "new")
        self._add(
            ChangeRow(
                deal_id=id,
                field=name,
                old=self._canonical(line, column, name, old) if old else None,
                new=self._canonical(line, column, name, new),
                at=at,
                recorded_at=recorded_at,
                by=by,
                line=line,
            )
        )

    def _canonical(self, line: int, column: str, name: str, cell: str) -> str:
        """A value of a change as canonical text: ISO days, plain decimals, our words."""
        try:
            if name == "amount":
                amount = values.money(cell, self.numbers.get(column))
                return "" if amount is None else format(amount, "f")
            if name in ("close_on", "created_on", "closed_on"):
                on = values.day(cell, self.orders.get(column, "ymd"), self.reading.zone)
                return "" if on is None else on.isoformat()
            if name == "forecast_category":
                return recognise.category(cell)
            if name == "currency":
                return values.currency(cell)
        except values.Unreadable as error:
            self._problem(line, column, cell, error.why, error.meant)
            return ""
        if name == "status" and cell and cell not in ("open", "won", "lost"):
            self._problem(line, column, cell, "it is no status.", "Write open, won or lost.")
        return cell

    def _add(self, change: ChangeRow) -> None:
        self.reading.changes.append(change)

    def finish_changes(self) -> None:
        """Turn what was collected per deal (snapshots of fields, or an event log) into changes."""
        for id, rows in self.wide.items():
            self._wide_changes(id, sorted(rows, key=lambda row: (row[0], row[2])))
        if self.events:
            _Log(self).finish()

    def _wide_changes(self, id: str, rows: list[tuple[datetime, datetime, int, dict[str, str], str]]) -> None:
        last: dict[str, str] = {}
        for at, recorded_at, line, fields, by in rows:
            for name, cell in fields.items():
                new = self._canonical(line, self.plan.columns[name], name, cell)
                if last.get(name) != new and (new or name in last):
                    self._add(ChangeRow(id, name, last.get(name), new, at, recorded_at, by, line=line))
                last[name] = new


class _Log:
    """An event log read as the history of deals: stages, the first win or loss, other events as activity."""

    def __init__(self, reader: _TableReader) -> None:
        self.reader, self.mapping = reader, reader.reading.mapping
        self.stages, self.won = set(self.mapping.stages), set(self.mapping.changes_won)
        self.lost = set(self.mapping.changes_lost)

    def finish(self) -> None:
        reading = self.reader.reading
        kept: Spool[DealRow] = Spool()
        known = set()
        for deal in reading.deals:
            known.add(deal.deal_id)
            events = sorted(self.reader.events.get(deal.deal_id, []), key=lambda event: (event[0], event[1]))
            told = self._deal(deal, events)
            if told is None:
                self.reader.notes["deal without the event that starts it is not counted"] += 1
            else:
                kept.append(told)
        unknown = self.reader.events.keys() - known
        if unknown:
            self.reader.notes["deal of the log that is not in the deals file is not counted"] += len(unknown)
        reading.deals = kept

    def _deal(self, deal: DealRow, events: list[tuple[datetime, int, str, str]]) -> DealRow | None:
        begin = deal.created_on
        if self.mapping.starts_at:
            first = next((event for event in events if event[2] == self.mapping.starts_at), None)
            if first is None:
                return None
            begin = first[0].astimezone(self.reader.reading.zone).date()
            events = [event for event in events if event[0] >= first[0]]
        stage, closed_on = "", None
        status: Status = "open"
        seen: Counter[str] = Counter()
        acts: dict[str, str] = {}
        for at, line, word, by in events:
            if word in self.won or word in self.lost or "*" in self.won:
                status = "lost" if word in self.lost else "won"
                closed_on = at.astimezone(self.reader.reading.zone).date()
                self._say(deal, "status", "open", status, at, by, line)
                break
            if word in self.mapping.counted:
                self._count(deal, f"{word} so far", seen, at, by, line)
            if (word in self.stages or word == self.mapping.starts_at) if self.stages else True:
                if word != stage:
                    self._say(deal, "stage", stage or None, word, at, by, line)
                    stage = word
            elif self.mapping.activities == "rest":
                self._count(deal, "activities", seen, at, by, line)
                if acts.get("last activity") != word:
                    self._say(deal, "last activity", acts.get("last activity"), word, at, by, line)
                    acts["last activity"] = word
        extra = {**deal.extra, **{name: str(count) for name, count in seen.items()}, **acts}
        return replace(deal, created_on=begin, stage=stage, status=status, closed_on=closed_on, extra=extra)

    def _count(self, deal: DealRow, name: str, seen: Counter[str], at: datetime, by: str, line: int) -> None:
        """One more of something, as a change of its count."""
        self._say(deal, name, str(seen[name]), str(seen[name] + 1), at, by, line)
        seen[name] += 1

    def _say(
        self, deal: DealRow, name: str, old: str | None, new: str, at: datetime, by: str, line: int
    ) -> None:
        self.reader._add(ChangeRow(deal.deal_id, name, old, new, at, at, by, line=line))


_DONE = ("completed", "complete", "done", "closed")
_ENGAGED: Mapping[str, territories.Kind] = {
    "hs_call_disposition": "call", "hs_call_direction": "call", "Call outcome": "call", "Call Outcome": "call",
    "hs_meeting_outcome": "meeting", "Meeting outcome": "meeting", "Meeting Outcome": "meeting",
    "hs_email_direction": "mail", "Email direction": "mail", "Email Direction": "mail",
}  # fmt: skip
"""What an export of one kind of engagement is recognised by."""
_WIDE = ("stage", "amount", "close_on", "forecast_category", "owner")
_PERSON_WORDS = ("name", "email", "manager", "role", "title", "territory", "time_zone", "team")
_KINDS: dict[str, dict[str, str]] = {
    "roles": {},
    "stages": {},
    "deals": {
        "amount": "money",
        "won_amount": "money",
        "arr": "money",
        "quantity": "money",
        "close_on": "day",
        "created_on": "day",
        "closed_on": "day",
    },
    "people": {"starts_on": "day", "ends_on": "day"},
    "targets": {"amount": "money"},
    "accounts": {"renewal_on": "day", "renewal_amount": "money"},
    "activities": {"on": "day"},
    "contacts": {},
    "rates": {"starts_on": "day", "rate": "money"},
    "splits": {"percent": "money", "starts_on": "day", "recorded_at": "day"},
    "changes": {"at": "day", "recorded_at": "day", "amount": "money", "close_on": "day"},
}


_DIGITS = str.maketrans("123456789", "111111111")


def _number_shape(cell: str) -> str:
    """A number with its digits made alike, except a zero that leads: enough to learn its marks from."""
    shape = cell.strip().translate(_DIGITS)
    return shape[:1] + shape[1:].replace("0", "1")


def _day_part(cell: str) -> str:
    """The part of a cell that says the day: words and numbers up to a time."""
    cell = cell.strip()
    return re.split(r"[T ,]+[0-9]{1,2}:", cell, maxsplit=1)[0] if ":" in cell else cell


def _ignored(problem: Problem) -> None:
    """What is odd about a row is said when it is read, not while styles are learnt."""


def day_start(on: date, time_zone: str) -> datetime:
    """The first moment of a day in a zone, in UTC: everything recorded before it counts as of that day."""
    return datetime.combine(on, time(), zoneinfo.ZoneInfo(time_zone)).astimezone(UTC)

"""A history as partitioned Parquet: one folder per company, one per table, one per period.

    FOLDER/company=NAME/manifest.json
    FOLDER/company=NAME/<what was written>/<table>/period=2026Q1/part.parquet

A company is written into a folder of its own beside the present one, which is then named by the manifest in one
replacement: who reads sees the old history or the new one, never half of one; who is in the middle of the old one gets
an error. The same history again writes nothing.
What is personal or free text stays out: no names of people or deals, no account, no text that somebody typed.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from fairlead.forecasting import timeline, weekly
from fairlead.forecasting.lake import engines
from fairlead.forecasting.lake.tables import PERIODIC, SCHEMA, TABLES
from fairlead.forecasting.periods import Calendar
from fairlead.forecasting.types import Deal, History

MANIFEST = "manifest.json"
COMPANY_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}")
_READ = frozenset({"stage", "amount", "close_on", "category", "owner", "status"})
_TYPED = re.compile(r"\b(next\W?steps?|descriptions?|notes?|comments?|remarks?|summar(y|ies)|text)\b", re.I)
_SOMEBODY = re.compile(
    r"\b(contacts?|champions?|buyers?|sponsors?|partners?|persons?|people|names?|e?mails?|phones?|mobile|address(es)?)\b",
    re.I,
)
_LONGEST, _MANY = 60, 200
_AT_ONCE = 200_000
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Written:
    """What a company's folder holds now. ``changed`` is False where it held the same already."""

    company: str
    rows: dict[str, int]
    left_out: dict[str, str]
    changed: bool


def write(
    history: History,
    folder: Path,
    *,
    company: str,
    as_of: date,
    calendar: Calendar | None = None,
    progress: Progress | None = None,
) -> Written:
    """Write what was recorded before ``as_of`` of one company. Raises ValueError for a name that is no folder's.

    Other companies in ``folder`` are left alone. Only the owner of the files may read them.
    """
    if not COMPANY_NAME.fullmatch(company):
        raise ValueError(f"{company!r} is no name of a company here: small letters, digits, dots and dashes.")
    calendar, say = calendar or Calendar(), progress or (lambda what, done, of: None)
    here = folder / f"company={company}"
    here.mkdir(mode=0o700, parents=True, exist_ok=True)
    known = timeline.as_known(history, as_of)
    kept, left_out = columns_kept(known)
    work = Path(tempfile.mkdtemp(prefix=".writing-", dir=here))
    try:
        table = _Tables(work, company)
        _deals(table, known, kept, calendar)
        _members(table, known)
        _events(table, known, kept, calendar)
        _weeks(table, known, as_of, calendar, say)
        files = table.finish()
        manifest = {
            "schema": SCHEMA, "company": company, "as_of": as_of.isoformat(), "currency": history.currency,
            "time_zone": history.time_zone, "calendar": asdict(calendar), "static": sorted(history.static & kept),
            "left_out": left_out, "rows": table.rows, "files": files,
        }  # fmt: skip
        changed = _put_in_place(here, work, manifest)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return Written(company, table.rows, left_out, changed)


def columns_kept(history: History) -> tuple[frozenset[str], dict[str, str]]:
    """Evidence that is written, and why each other column is not. Deal fields of the model are always written."""
    changing = {c.field for c in history.changes} - _READ
    names = {name for deal in history.deals for name in deal.evidence} | changing
    kept, out = set(), {}
    for name in sorted(names):
        if name in ("product", "type"):
            kept.add(name)
        elif name not in history.static and name not in changing:
            out[name] = "its past is not known, so no forecast reads it"
        elif name in ("name", "account") or _TYPED.search(name.replace("_", " ")):
            out[name] = "it is free text"
        elif _SOMEBODY.search(name.replace("_", " ")):
            out[name] = "it says who somebody is"
        elif _is_free_text(_values(history, name)):
            out[name] = "it may be free text or say who somebody is: long, addresses, or many different words"
        else:
            kept.add(name)
    return frozenset(kept), out


def _values(history: History, name: str) -> set[str]:
    found = {str(deal.evidence.get(name) or "") for deal in history.deals}
    for change in history.changes:
        if change.field == name:
            found |= {change.old or "", change.new or ""}
    return found - {""}


def _is_free_text(values: set[str]) -> bool:
    if any(len(value) > _LONGEST or "\n" in value or "@" in value for value in values):
        return True
    return sum(bool(np.isnan(timeline.number(value))) for value in values) > _MANY


class _Tables:
    """The files of one company as they are written."""

    def __init__(self, work: Path, company: str) -> None:
        self.work, self.company = work, company
        self.connection = engines.connect_duckdb()
        self.connection.execute("SET threads = 1")
        self.rows = dict.fromkeys(TABLES, 0)
        self.files: dict[str, list[dict[str, Any]]] = {name: [] for name in TABLES}
        for name, kinds in TABLES.items():
            columns = ", ".join(f'"{column}" {kind}' for column, kind in kinds.items())
            self.connection.execute(f'CREATE TABLE "{name}" ({columns})')

    def add(self, name: str, columns: dict[str, Sequence[Any]]) -> None:
        """More rows of a table; the company is put in front."""
        kinds, given = TABLES[name], {}
        for column, kind in kinds.items():
            if column != "company":
                given[column] = _array(columns[column], kind)
        if not len(next(iter(given.values()))):
            return
        self.connection.register("given", given)
        taken = ", ".join(
            "?::VARCHAR" if column == "company" else f'"{column}"::{kind}' for column, kind in kinds.items()
        )
        self.connection.execute(f'INSERT INTO "{name}" SELECT {taken} FROM given', [self.company])
        self.connection.unregister("given")

    def flush(self, name: str) -> None:
        """Write the rows so far to files, by period where the table has periods, and forget them."""
        if name not in PERIODIC:
            self._copy(name, f"{name}/part.parquet", "TRUE", [])
        else:
            periods = self.connection.execute(f'SELECT DISTINCT period FROM "{name}" ORDER BY 1').fetchall()
            for (period,) in periods:
                self._copy(name, f"{name}/period={period}/part.parquet", "period = ?", [period])
        self.connection.execute(f'DELETE FROM "{name}"')

    def _copy(self, name: str, file: str, where: str, values: list[Any]) -> None:
        path = self.work / file
        path.parent.mkdir(parents=True, exist_ok=True)
        target = str(path).replace("'", "''")
        rows = self.connection.execute(
            f"COPY (SELECT * FROM \"{name}\" WHERE {where}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)",
            values,
        ).fetchone()
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        self.rows[name] += int(rows[0])
        self.files[name].append({"file": file, "rows": int(rows[0]), "sha256": digest})

    def finish(self) -> dict[str, list[dict[str, Any]]]:
        """Write what is left. Every table has at least one file, so that each can be read."""
        for name in TABLES:
            left = self.connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
            if left:
                self.flush(name)
            elif not self.files[name]:
                self._copy(name, f"{name}/empty.parquet", "TRUE", [])
        self.connection.close()
        return self.files


def _array(values: Sequence[Any], kind: str) -> Any:
    if kind == "VARCHAR":
        return np.array([None if v is None else str(v) for v in values], object)
    if kind == "DATE":
        days = [np.datetime64("NaT") if v is None else np.datetime64(v, "us") for v in values]
        return np.array(days, "datetime64[us]")
    if any(v is None for v in values):
        return np.array([np.nan if v is None else float(v) for v in values])
    return np.array(values, np.float64 if kind == "DOUBLE" else np.int64)


def _period(calendar: Calendar, day: date | None) -> str:
    return "undated" if day is None else calendar.quarter_of(day).name


def _deals(table: _Tables, history: History, kept: frozenset[str], calendar: Calendar) -> None:
    twins = _twins(history.deals)
    periods = _Periods(calendar)
    for start in range(0, max(len(history.deals), 1), _AT_ONCE):
        some = history.deals[start : start + _AT_ONCE]
        plain = {
            name: [getattr(d, name) for d in some]
            for name in ("owner", "amount", "stage", "category", "created_on", "close_on", "status", "closed_on",
                         "product", "type")
        }  # fmt: skip
        table.add(
            "deals",
            {
                "period": [periods.of(d.created_on or d.closed_on) for d in some],
                "position": list(range(start, start + len(some))),
                "deal": [d.id for d in some],
                "twin": [twins.get((d.name, d.account), 0) for d in some],
                **plain,
            },
        )
        pairs = [
            (d.id, n, d.evidence[n]) for d in some for n in sorted(d.evidence) if n in kept and d.evidence[n]
        ]
        ids, names, values = zip(*pairs, strict=True) if pairs else ((), (), ())
        table.add("evidence", {"deal": ids, "name": names, "value": values})
    held = [(d.id, *share) for d in history.deals for share in d.shares]
    if held:
        ids, persons, low, high = zip(*held, strict=True)
        position = range(len(held))
        table.add("shares", {"position": position, "deal": ids, "person": persons, "low": low, "high": high})


class _Periods:
    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self.known: dict[date | None, str] = {}

    def of(self, day: date | None) -> str:
        """The name of the quarter a day lies in; "undated" for none."""
        if day not in self.known:
            self.known[day] = _period(self.calendar, day)
        return self.known[day]


def _twins(deals: Iterable[Deal]) -> dict[tuple[str, str], int]:
    """A number for each name and account that several deals share: what tells copies without saying a name."""
    times = Counter((d.name, d.account) for d in deals if d.name.strip())
    return {pair: n for n, pair in enumerate((p for p, count in times.items() if count > 1), start=1)}


def _members(table: _Tables, history: History) -> None:
    some = history.members
    table.add(
        "members",
        {
            "position": range(len(some)),
            "person": [m.id for m in some],
            "manager": [m.manager for m in some],
            "starts_on": [m.starts_on for m in some],
            "ends_on": [m.ends_on for m in some],
        },
    )


def _events(table: _Tables, history: History, kept: frozenset[str], calendar: Calendar) -> None:
    """Changes of fields that are read with their values; of others that something changed, without what."""
    days = timeline.recorded_days(history.changes, history.time_zone)
    periods, told = _Periods(calendar), kept | _READ
    for start in range(0, len(history.changes), _AT_ONCE):
        some = history.changes[start : start + _AT_ONCE]
        on = [date.fromordinal(day) for day in days[start : start + _AT_ONCE]]
        table.add(
            "events",
            {
                "period": [periods.of(day) for day in on],
                "position": list(range(start, start + len(some))),
                "deal": [c.deal_id for c in some],
                "field": [c.field for c in some],
                "old": [c.old if c.field in told else None for c in some],
                "new": [c.new if c.field in told else None for c in some],
                "at_us": [micros(c.at) for c in some],
                "recorded_us": [micros(c.recorded_at) for c in some],
                "recorded_on": on,
            },
        )


def micros(moment: datetime) -> int:
    """Whole microseconds since 1970 in UTC, exactly."""
    return (moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def _weeks(table: _Tables, history: History, as_of: date, calendar: Calendar, say: Progress) -> None:
    """Snapshots and cells, written period by period so that only one is held."""
    view = weekly.read(history, as_of, calendar)
    period: str | None = None
    for week in weekly.weeks(view):
        if period is not None and week.period != period:
            table.flush("snapshots")
        period = week.period
        say(f"Week of {week.monday}", 0, 0)
        table.add("snapshots", weekly.columns(week))
        cells = weekly.counted([week])
        if cells:
            kinds = zip(*(cell.factors for cell in cells), strict=True)
            table.add(
                "cells",
                {
                    "period": [cell.period for cell in cells],
                    "week": [cell.week for cell in cells],
                    **dict(zip(weekly.FACTORS, kinds, strict=True)),
                    **{n: [getattr(cell, n) for cell in cells] for n in ("rows", "won", "lost", "won_cents")},
                },
            )


def _put_in_place(here: Path, work: Path, manifest: dict[str, Any]) -> bool:
    """Name what was written in the manifest, and remove what stood there before: what was erased since is gone."""
    body = json.dumps(manifest, sort_keys=True, ensure_ascii=False).encode()
    name = f"written-{hashlib.sha256(body).hexdigest()[:16]}"
    now = _named(here)
    if now == name and (here / name).is_dir():
        return False
    target = here / name
    if target.exists():
        shutil.rmtree(target)
    os.rename(work, target)
    text = json.dumps({"folder": name, **manifest}, indent=1, ensure_ascii=False) + "\n"
    descriptor, beside = tempfile.mkstemp(prefix=".manifest-", dir=here)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    os.replace(beside, here / MANIFEST)
    for old in here.glob("written-*"):
        if old.name != name:
            shutil.rmtree(old, ignore_errors=True)
    return True


def _named(here: Path) -> str | None:
    try:
        found = json.loads((here / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return str(found.get("folder")) if isinstance(found, dict) else None

"""What the commands on files share: reading with a progress bar, as-of days, targets, and where output goes."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import NoReturn
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from fairlead import crm
from fairlead.calls.rules import TargetRow
from fairlead.crm import guessing, values
from fairlead.deals import rules
from fairlead.forecasting.periods import Calendar, Period
from fairlead.forecasting.types import COMPANY

REFUSED, WRONG_USAGE = 1, 2
Say = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and how much there is (0 = not known)."""


def stop(lines: str | Sequence[str], status: int = REFUSED) -> NoReturn:
    """Say why on stderr, one line per problem, and end."""
    for line in [lines] if isinstance(lines, str) else lines:
        sys.stderr.write(line + "\n")
    raise SystemExit(status)


@contextmanager
def progress() -> Iterator[Say]:
    """A progress bar on stderr where that is a terminal; nothing at all in a pipe."""
    if not sys.stderr.isatty():
        yield lambda what, done, total: None
        return
    columns = TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,.0f}")
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("Reading", total=None)
        yield lambda what, done, total: bar.update(
            task, description=what, completed=done, total=total or None
        )


def read(source: Path, mapping: Path | None, say: Say) -> crm.Batch:
    """The source's rows. Ends with status 1 and every problem on stderr where it is not there or cannot be read."""
    for path in (source, mapping):
        if path is not None and not path.exists():
            stop(f"There is no file or folder {path}.")
    try:
        given = crm.load(mapping) if mapping else None
        return crm.read(source, given, progress=lambda name, rows: say(f"Reading {name}", rows, 0))
    except crm.Refused as refused:
        stop(refused.lines())
    except crm.NeedsMapping as needs:
        hint = f"A guess to begin with: fairlead mapping {source} --out mapping.toml. Look it over, then pass it on."
        stop([str(needs), hint])


def guess(source: Path, out: Path | None) -> None:
    """Print or write a guessed mapping of the table with the most columns that mean something."""
    if not source.exists():
        stop(f"There is no file or folder {source}.")
    try:
        crm.read(source)
    except crm.Refused as refused:
        stop(refused.lines())
    except crm.NeedsMapping as needs:
        best = max(
            (guessing.guess(table) for table in needs.tables),
            key=lambda one: sum(bool(column.field) for column in one.columns),
        )
    else:
        sys.stderr.write(f"{source.name} is read as it is: it needs no mapping.\n")
        return
    said = [
        f"# {column.column}: {column.field or 'not used'}, {column.why}" if column.field
        else f"# {column.column}: {column.why}"
        for column in best.columns
    ]  # fmt: skip
    head = f"# Guessed from {best.table}. Look it over before you use it."
    text = "\n".join([head, *said, "", crm.to_toml(best.mapping)])
    if out is None:
        sys.stdout.write(text)
    else:
        out.write_text(text, encoding="utf-8")


def latest_day(batch: crm.Batch) -> date | None:
    """The last day on which the source records that something happened; None without any day."""
    zone = ZoneInfo(batch.time_zone)
    days = [day for deal in batch.deals for day in (deal.created_on, deal.closed_on) if day]
    days += [change.recorded_at.astimezone(zone).date() for change in batch.changes]
    return max(days, default=None)


def as_of(batch: crm.Batch, given: date | None, today: date) -> date:
    """The day asked for; else the day after the last one recorded, but never after ``today``."""
    latest = latest_day(batch)
    if given is not None:
        return given
    return today if latest is None else min(latest + timedelta(days=1), today)


def period(calendar: Calendar, name: str, as_of: date) -> Period:
    """The period of a name, or the quarter of the as-of day. Ends with status 2 for an odd name."""
    if not name:
        return calendar.quarter_of(as_of)
    try:
        return calendar.period(name)
    except ValueError as error:
        stop(str(error), WRONG_USAGE)


# Targets


def targets(given: str, batch: crm.Batch, asked: Period) -> tuple[dict[str, float], list[str]]:
    """Target per node id for a period, and what to warn of.

    ``given`` is an amount (the company's), a file of targets, or empty: then those in the source count.
    """
    if given and not Path(given).is_file():
        return {COMPANY: float(_amount(given))}, []
    rows = _target_rows(Path(given), batch) if given else batch.targets
    told, warnings = _of_period(rows, batch, asked)
    if given and not told:
        stop(f"{Path(given).name} holds no target for {asked.name}.")
    return told, warnings


def _amount(given: str) -> Decimal:
    try:
        amount = values.money(given)
    except values.Unreadable:
        amount = None
    if amount is None or amount < 0:
        stop(f"--target {given!r} is neither an amount such as 250000 nor a file that is there.", WRONG_USAGE)
    return amount


def _target_rows(path: Path, batch: crm.Batch) -> list[TargetRow]:
    try:
        mapping = crm.Mapping(calendar_kind=batch.calendar.kind, starts_month=batch.calendar.starts_month)
        found = crm.read(path, mapping)
    except crm.Refused as refused:
        stop(refused.lines())
    except crm.NeedsMapping:
        stop(f"{path.name} is no file of targets: its columns are person_id, period, amount.")
    return found.targets


def _of_period(
    rows: Sequence[TargetRow], batch: crm.Batch, asked: Period
) -> tuple[dict[str, float], list[str]]:
    """The targets named for the period; else the sum of its months or quarters where all are there."""
    rates = rules.Rates(batch.currency, batch.rates)
    parts = [{asked.name}] + [{part.name for part in inner} for inner in _inner(batch.calendar, asked)]
    found: dict[str, dict[str, float]] = {}
    warnings = []
    for row in rows:
        rate = rates.rate(row.currency or batch.currency, asked.starts_on)
        if rate is None:
            warnings.append(f"The target of {row.person_id} in {row.currency} is not used: there is no rate.")
            continue
        found.setdefault(row.person_id, {})[row.period] = float(row.amount * rate)
    told = {}
    for person, named in found.items():
        names = next((part for part in parts if part <= named.keys()), None)
        if names:
            told[person] = sum(named[name] for name in sorted(names))
    return told, sorted(set(warnings))


def _inner(calendar: Calendar, asked: Period) -> list[list[Period]]:
    kinds = {"year": ["quarter", "month"], "quarter": ["month"]}.get(asked.kind, [])
    return [calendar.periods_between(asked.starts_on, asked.ends_on, kind) for kind in kinds]  # type: ignore[arg-type]


def with_company(told: Mapping[str, float], tops: Sequence[str]) -> dict[str, float]:
    """The targets, and for the company the sum of those at the top where all of them have one."""
    if COMPANY in told or not tops or not all(top in told for top in tops):
        return dict(told)
    return {**told, COMPANY: sum(told[top] for top in tops)}


# Output


FORMATS = {".json": "json", ".csv": "csv", ".html": "html", ".htm": "html", ".txt": "table"}


def format_of(given: str, out: Path | None, known: Sequence[str]) -> str:
    """The format asked for, or the one that the output's name says, or a table. Ends with status 2."""
    wanted = given or (FORMATS.get(out.suffix.lower(), "table") if out else "table")
    if wanted not in known:
        stop(f"{wanted!r} is no format here. Formats are {', '.join(known)}.", WRONG_USAGE)
    return wanted


def put(text: str, out: Path | None) -> None:
    """Write to the file, or to stdout. Ends with status 2 where the file cannot be written."""
    if out is None:
        stream = sys.stdout
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", newline="\n")
        stream.write(text)
        return
    try:
        out.write_bytes(text.encode())
    except OSError as error:
        stop(f"{out} cannot be written: {error.strerror}.", WRONG_USAGE)


def text_table(head: Sequence[str], rows: Sequence[Sequence[str]], words: int = 1) -> list[str]:
    """Rows as aligned lines: the first ``words`` columns to the left, numbers to the right."""
    widths = [max(len(str(row[i])) for row in [head, *rows]) for i in range(len(head))]
    lines = [_line(head, widths, words), "  ".join("─" * width for width in widths)]
    return lines + [_line(row, widths, words) for row in rows]


def _line(row: Sequence[str], widths: Sequence[int], words: int) -> str:
    cells = [
        cell.ljust(width) if i < words else cell.rjust(width)
        for i, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
    return "  ".join(cells).rstrip()


def whole(amount: float | None) -> str:
    """Money in whole units with thousands marks; a dash where it is unknown."""
    return "–" if amount is None else f"{amount + 0.0:,.0f}".replace("-", "−")


def share(value: float | None) -> str:
    """A chance in per cent without decimals; the ends say "under 1 %" and "over 99 %"."""
    if value is None:
        return "–"
    if 0 < value < 0.01:
        return "under 1 %"
    return "over 99 %" if 0.99 < value < 1 else f"{value:.0%}".replace("%", " %")


def figure(value: float | None, places: int = 4) -> str:
    """A score with its decimals; a dash where it cannot be said."""
    return "–" if value is None else f"{value:.{places}f}"

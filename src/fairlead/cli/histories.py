"""`fairlead history`: a history as partitioned Parquet, and what is computed from it by DuckDB or Spark."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from fairlead import crm, forecasting
from fairlead.cli import files, forecasts
from fairlead.forecasting import lake
from fairlead.forecasting.lake import backtests, expressions
from fairlead.forecasting.types import COMPANY, Forecast

DUCKDB, SPARK = "duckdb", "spark"
CELLS_FORMATS, KNOWN = ("csv", "json"), ("table", "json", "csv")


def write(
    source: Path, folder: Path, *, company: str, mapping: Path | None, as_of: date | None, today: date
) -> None:
    """Read a source and write it into the folder. Ends with status 1 or 2 where that cannot be."""
    name = company or named(source)
    with files.progress() as say:
        batch = files.read(source, mapping, say)
        if not batch.deals:
            files.stop(f"{source.name} holds no deals.")
        day = files.as_of(batch, as_of, today)
        say("Writing", 0, 0)
        try:
            done = lake.write(
                crm.to_history(batch), folder, company=name, as_of=day, calendar=batch.calendar, progress=say
            )
        except ValueError as problem:
            files.stop(str(problem), files.WRONG_USAGE)
        except (OSError, ImportError) as problem:
            files.stop(str(problem))
    state = "written" if done.changed else "nothing to write, it holds the same already"
    lines = [f"{folder}, {name}, as of {day}: {state}."]
    lines += [f"  {table}: {rows:,} rows" for table, rows in done.rows.items() if rows]
    lines += [f"  left out: column {column}, {why}" for column, why in done.left_out.items()]
    lines += [
        "  Accounts, free text and columns that say who somebody is are not in it. It still holds who owned which "
        "deal, by the ids that the source gives people: keep it as you keep a backup.",
    ]
    files.put("\n".join(lines) + "\n", None)


def named(source: Path) -> str:
    """A company's name from that of its source, in small letters, digits, dots and dashes."""
    return re.sub(r"[^a-z0-9._-]+", "-", source.resolve().stem.lower()).strip("-._")[:60] or "company"


def cells(folder: Path, *, company: str, engine: str, remote: str, format: str, out: Path | None) -> None:
    """Count the weekly rows to cells by the engine and write them."""
    format = format or ("json" if out and out.suffix.lower() == ".json" else "csv")
    if format not in CELLS_FORMATS:
        files.stop(
            f"{format!r} is no format here. Formats are {', '.join(CELLS_FORMATS)}.", files.WRONG_USAGE
        )
    with _asked(folder, company, engine, remote) as (held, by, _):
        rows = by.rows(expressions.cells(held.table(by, "snapshots", company or None)))
    head = (*expressions.CELL, "rows", "won", "lost", "won_cents")
    if format == "json":
        told = [dict(zip(head, map(_plain, row), strict=True)) for row in rows]
        files.put(json.dumps(told, ensure_ascii=False, indent=0) + "\n", out)
        return
    files.put(_csv(head, ([_plain(cell) for cell in row] for row in rows)), out)


def forecast(
    folder: Path, *, company: str, period: str, as_of: date | None, engine: str, remote: str, format: str,
    out: Path | None,
) -> None:  # fmt: skip
    """The forecast of every company, from its own history alone."""
    format = files.format_of(format, out, KNOWN)
    found: dict[str, Forecast] = {}
    with _asked(folder, company, engine, remote) as (held, by, names), files.progress() as say:
        for k, name in enumerate(names):
            say(f"Estimating {name}", k, len(names))
            told = held.of(name)
            day = as_of or told.as_of
            asked = files.period(told.calendar, period, day)
            try:
                found[name] = forecasting.estimate(
                    held.history(by, name), as_of=day, period=asked, calendar=told.calendar
                )
            except ValueError as problem:
                files.stop(f"{name}: {problem}")
    files.put(_forecasts(found, format), out)


def backtest(
    folder: Path, *, start: date | None, end: date | None, company: str, engine: str, remote: str, format: str,
    out: Path | None,
) -> None:  # fmt: skip
    """Weekly chances against what came, in the order of time, for every company."""
    format = files.format_of(format, out, KNOWN[:2])
    if start is None:
        files.stop("--from says the first look, such as 2026-01-01.", files.WRONG_USAGE)
    with _asked(folder, company, engine, remote) as (held, by, names), files.progress() as say:
        tested = backtests.backtest(
            held,
            by,
            companies=names,
            start=start,
            end=end,
            progress=lambda name: say(f"Testing {name}", 0, 0),
        )
    if format == "json":
        told = {"from": start, "to": end, "companies": [asdict(one) for one in tested]}
        files.put(json.dumps(told, ensure_ascii=False, indent=1, default=str) + "\n", out)
        return
    rows = [
        [one.company, f"{one.rows:,}", f"{one.won:,}", f"{one.said:,.1f}", files.figure(one.log_loss),
         files.figure(one.base_rate_log_loss), files.figure(one.ece)]
        for one in tested
    ]  # fmt: skip
    head = [
        "Won within the week",
        "deal weeks",
        "won",
        "said",
        "log loss",
        "by the rate",
        "calibration error",
    ]
    files.put("\n".join(files.text_table(head, rows)) + "\n", out)


@contextmanager
def _asked(
    folder: Path, company: str, engine: str, remote: str
) -> Iterator[tuple[lake.Lake, lake.Engine, tuple[str, ...]]]:
    """The folder, the engine and the companies asked for. Ends with status 1 or 2 where one of them is not there."""
    if engine not in (DUCKDB, SPARK):
        files.stop(f"--engine {engine!r}: write duckdb or spark.", files.WRONG_USAGE)
    if engine == SPARK and not remote:
        files.stop(
            "--engine spark needs --remote sc://HOST:PORT, where Spark Connect listens.", files.WRONG_USAGE
        )
    try:
        held = lake.Lake(folder)
        names = (held.of(company).company,) if company else held.companies
        yield held, lake.Spark(remote) if engine == SPARK else lake.DuckDB(), names
    except lake.Unreadable as problem:
        files.stop(str(problem))
    except ImportError as problem:
        files.stop(str(problem))


def _forecasts(found: dict[str, Forecast], format: str) -> str:
    payloads = {name: forecasts.payload(told) for name, told in found.items()}
    if format == "json":
        return json.dumps({"companies": payloads}, ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    if format == "csv":
        rows = [
            [name, told["as_of"], told["period"]["name"], *forecasts.flat(node).values()]
            for name, told in payloads.items()
            for node in told["nodes"]
        ]
        first = next(iter(payloads.values()))["nodes"][0]
        return _csv(("company", "as_of", "period_name", *forecasts.flat(first)), rows)
    lines = []
    for name, told in found.items():
        node = told.node(COMPANY)
        money = (node.booked, node.open_amount, node.p10, node.p50, node.p90, node.mean)
        lines.append(
            [name, told.period.name, told.as_of.isoformat(), told.currency, *map(files.whole, money)]
        )
    head = ["", "period", "as of", "money in", "booked", "open", "P10", "P50", "P90", "mean"]
    return "\n".join(files.text_table(head, lines, words=4)) + "\n"


def _plain(cell: Any) -> Any:
    return cell.isoformat() if isinstance(cell, date) else cell


def _csv(head: tuple[str, ...], rows: Any) -> str:
    from fairlead.crm import exchange

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(head)
    for row in rows:
        writer.writerow(
            [
                "" if cell is None else exchange.neutral(cell) if isinstance(cell, str) else cell
                for cell in row
            ]
        )
    return out.getvalue()

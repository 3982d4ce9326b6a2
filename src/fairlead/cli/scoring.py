"""`fairlead score`: log loss, Brier, AUC and calibration of any stated chances."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from pathlib import Path
from typing import Any

from fairlead import crm, forecasting
from fairlead.cli import files
from fairlead.crm import tables, values
from fairlead.crm.problems import Found, Problem
from fairlead.forecasting.results import Scores

KNOWN = ("table", "json")
_CHANCE = re.compile(
    r"(?:0|1|0?\.[0-9]+|[01]\.[0-9]*)(?:[eE]-[0-9]{1,3})?|[1-9](?:\.[0-9]+)?[eE]-[0-9]{1,3}", re.ASCII
)
_CAME = {"1": 1, "1.0": 1, "won": 1, "true": 1, "yes": 1, "0": 0, "0.0": 0, "lost": 0, "false": 0, "no": 0}


def score(predictions: Path, *, format: str, out: Path | None) -> None:
    """Read the columns probability, outcome and group, and write the scores."""
    format = files.format_of(format, out, KNOWN)
    try:
        chances, came, groups = read(predictions)
    except crm.Refused as refused:
        files.stop(refused.lines())
    scored = forecasting.score(chances, came, groups)
    files.put(_as_json(scored) if format == "json" else as_table(scored), out)


def read(predictions: Path) -> tuple[list[float], list[int], list[str] | None]:
    """Chances 0-1, outcomes 0/1, and groups where the file has them. Raises Refused with every problem."""
    table = tables.tables(predictions)[0]
    found = Found()
    columns = {name: _column(table, name, found) for name in ("probability", "outcome")}
    found.stop_if_any()
    group = next((column for column in table.header if column.lower() == "group"), None)
    chances: list[float] = []
    came: list[int] = []
    groups: list[str] = []
    for line, cells in table.rows():
        chance = _chance(table.name, line, columns["probability"], cells, found)
        outcome = _outcome(table.name, line, columns["outcome"], cells, found)
        if chance is not None and outcome is not None:
            chances.append(chance)
            came.append(outcome)
            groups.append(cells[group].strip() if group else "")
    if not chances and not found.problems:
        found.add(Problem(table.name, 0, "", "", "the file has column names and no rows."))
    found.stop_if_any()
    return chances, came, groups if group else None


def _column(table: tables.Table, name: str, found: Found) -> str:
    column = next((c for c in table.header if c.lower() == name), "")
    if not column:
        meant = values.nearest(name, table.header) or f"Columns are: {', '.join(table.header[:12])}."
        found.add(Problem(table.name, 1, name, "", "there is no such column.", meant))
    return column


def _chance(file: str, line: int, column: str, cells: dict[str, str], found: Found) -> float | None:
    raw = cells[column].strip()
    if _CHANCE.fullmatch(raw) and float(raw) <= 1:
        return float(raw)
    meant = "Write a fraction from 0 to 1, such as 0.35."
    if re.fullmatch(r"[0-9]{1,3}(?:\.[0-9]+)? ?%?", raw, re.ASCII) and float(raw.rstrip("% ")) <= 100:
        meant = f"Per cent? Write {float(raw.rstrip('% ')) / 100:g}."
    found.add(Problem(file, line, column, raw, "it is no chance from 0 to 1.", meant))
    return None


def _outcome(file: str, line: int, column: str, cells: dict[str, str], found: Found) -> int | None:
    raw = cells[column].strip()
    if raw.lower() not in _CAME:
        found.add(Problem(file, line, column, raw, "it is no outcome.", "Write 1 (won) or 0 (lost)."))
    return _CAME.get(raw.lower())


def _as_json(scored: Scores) -> str:
    return json.dumps(_payload(scored), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _payload(scored: Scores) -> dict[str, Any]:
    told: dict[str, Any] = {name: getattr(scored, name) for name in ("n", "log_loss", "brier", "auc", "ece")}
    told["calibration"] = [asdict(b) for b in scored.bins]
    if scored.groups:
        told["groups"] = {name: _payload(each) for name, each in scored.groups}
    return told


def as_table(scored: Scores) -> str:
    """All, then each group; then said against came in ten bins of equal count."""
    head = ["", "n", "log loss", "Brier", "AUC", "calibration error"]
    rows = [_row("all", scored), *(_row(name or "(empty)", each) for name, each in scored.groups)]
    bins = [[files.figure(b.said), files.figure(b.came), f"{b.n:,}"] for b in scored.bins]
    lines = [*files.text_table(head, rows), "", *files.text_table(["said", "came", "n"], bins, words=0)]
    return "\n".join(lines) + "\n"


def _row(name: str, scored: Scores) -> list[str]:
    figures = (scored.log_loss, scored.brier, scored.auc, scored.ece)
    return [name, f"{scored.n:,}", *map(files.figure, figures)]

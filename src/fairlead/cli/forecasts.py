"""`fairlead forecast`: the estimate of a period from files alone."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from fairlead import crm, forecasting
from fairlead.cli import files
from fairlead.crm import exchange
from fairlead.forecasting.results import Replay
from fairlead.forecasting.types import COMPANY, UNASSIGNED, Forecast, History, NodeForecast, NotCounted, Part

KNOWN = ("table", "json", "csv", "html")


@dataclass(frozen=True, slots=True)
class Made:
    """A forecast with what was read for it. ``past`` is None where it was not asked for or nothing is known."""

    forecast: Forecast
    batch: crm.Batch
    history: History
    past: Replay | None = None


def forecast(
    source: Path,
    *,
    mapping: Path | None,
    period: str,
    as_of: date | None,
    target: str,
    format: str,
    out: Path | None,
    today: date,
) -> None:
    """Read, estimate, and write in the format asked for. Ends with status 1 or 2 where that cannot be."""
    format = files.format_of(format, out, KNOWN)
    with files.progress() as say:
        made = make(source, mapping, period, as_of, target, today, say, past=format in ("table", "html"))
    files.put(_written(made, format), out)


def make(
    source: Path,
    mapping: Path | None,
    period: str,
    as_of: date | None,
    target: str,
    today: date,
    say: files.Say,
    past: bool = False,
) -> Made:
    """The forecast of a source, and with ``past`` what would have been said of its last eight periods."""
    batch = files.read(source, mapping, say)
    _check_days(source, batch)
    day = files.as_of(batch, as_of, today)
    asked = files.period(batch.calendar, period, day)
    targets, warnings = files.targets(target, batch, asked)
    warnings += _about_day(batch, as_of, day)
    if not any(deal.amount for deal in batch.deals):
        warnings.append("No deal has an amount, so every sum is 0; the chances of deals are what this says.")
    history = crm.to_history(batch)
    say("Estimating", 0, 0)
    try:
        told = forecasting.estimate(
            history,
            as_of=day,
            period=asked,
            calendar=batch.calendar,
            targets=files.with_company(targets, _tops(history)),
        )
    except ValueError as error:
        files.stop(str(error))
    replay = _replay(history, batch, day, asked.kind, say) if past else None
    return Made(_with_warnings(told, batch, history, warnings, targets), batch, history, replay)


def _check_days(source: Path, batch: crm.Batch) -> None:
    """A period's total needs days or open deals. Ends with status 1 where there are neither."""
    if not batch.deals:
        files.stop(f"{source.name} holds no deals.")
    if all(deal.status != "open" and deal.closed_on is None for deal in batch.deals):
        files.stop(
            f"{source.name}: every deal is closed and none says on which day, so there is nothing to forecast. "
            "Name the column (closed_on) in the mapping; or test the chance to win: fairlead backtest --from 80%."
        )


def _about_day(batch: crm.Batch, given: date | None, day: date) -> list[str]:
    """Why this day where none was asked for; and that the source may end before the day that was."""
    latest = files.latest_day(batch)
    if given is not None:
        if latest is not None and day > latest + timedelta(days=7):
            return [f"The source records nothing after {latest}: what happened since then is not in this."]
        return []
    if latest is None or latest >= day:
        return [f"As of {day}, today. --as-of says another day."]
    return [f"As of {day}, the day after the last one the source records. --as-of says another day."]


def _tops(history: History) -> list[str]:
    """Who reports to nobody and leads somebody."""
    ids = {member.id for member in history.members}
    bosses = {member.manager for member in history.members}
    return [m.id for m in history.members if (m.manager is None or m.manager not in ids) and m.id in bosses]


def _replay(history: History, batch: crm.Batch, day: date, kind: str, say: files.Say) -> Replay | None:
    say("Replaying your past", 0, 0)
    kind = kind if kind in ("month", "quarter", "year") else "quarter"
    past = forecasting.replay(history, as_of=day, calendar=batch.calendar, kind=kind)
    return past if past.periods else None


def _with_warnings(
    told: Forecast, batch: crm.Batch, history: History, warnings: Sequence[str], targets: dict[str, float]
) -> Forecast:
    """The forecast with what reading found, and the evidence that was refused under a field's own name."""
    from dataclasses import replace

    nodes = {node.id for node in told.nodes} | {node.id.removeprefix("team:") for node in told.nodes}
    unknown = [name for name in targets if name not in nodes]
    more = [f"The target of {name} is not used: nobody of that id is in the tree." for name in unknown]
    listed = {entry.id for entry in told.not_counted if entry.kind == "column"}
    asked = [name for name in batch.evidence if name in ("account",) and name not in listed]
    refused = forecasting.refuse_columns(history, told.as_of) if asked else ()
    columns = [
        NotCounted("column", column.column, column.why) for column in refused if column.column in asked
    ]
    seen = dict.fromkeys([*columns, *told.not_counted])
    return replace(
        told,
        not_counted=tuple(seen),
        warnings=(*told.warnings, *warnings, *more, *batch.notes),
    )


def _written(made: Made, format: str) -> str:
    if format == "json":
        return as_json(made.forecast)
    if format == "csv":
        return as_csv(made.forecast)
    if format == "html":
        from fairlead.cli.report.forecast_page import page

        return page(made)
    return as_table(made)


# JSON


def as_json(told: Forecast) -> str:
    """The forecast as the documented JSON object."""
    return json.dumps(payload(told), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def payload(told: Forecast) -> dict[str, Any]:
    """The content of ``--format json``: money in major units to .01, chances to 4 places, null for no target."""
    return {
        "as_of": told.as_of.isoformat(),
        "period": {
            "name": told.period.name,
            "starts_on": told.period.starts_on.isoformat(),
            "ends_on": told.period.ends_on.isoformat(),
        },
        "currency": told.currency,
        "model": {"name": told.model, "version": told.model_version, "fitted_on": told.fitted_on},
        "nodes": [_node(node) for node in told.nodes],
        "deals": [
            {
                "id": deal.id,
                "name": deal.name,
                "owner": deal.owner,
                "amount": _money(deal.amount),
                "chance_in_period": round(deal.chance_in_period, 4),
                "chance_ever": round(deal.chance_ever, 4),
                "expected_close_on": deal.expected_close_on.isoformat() if deal.expected_close_on else None,
                "reasons": [{"text": r.text, "effect": round(r.effect, 1) + 0.0} for r in deal.reasons],
            }
            for deal in told.deals
        ],
        "not_counted": [{"kind": n.kind, "id": n.id, "why": n.why} for n in told.not_counted],
        "warnings": list(told.warnings),
    }


def _node(node: NodeForecast) -> dict[str, Any]:
    return {
        "id": node.id,
        "name": node.name,
        "kind": node.kind,
        "parent": node.parent,
        "booked": _money(node.booked),
        "open_amount": _money(node.open_amount),
        "open_deals": node.open_deals,
        "weighted": _money(node.weighted),
        "mean": _money(node.mean),
        "p10": _money(node.p10),
        "p50": _money(node.p50),
        "p90": _money(node.p90),
        "from_open": _part(node.from_open),
        "from_new": _part(node.from_new),
        "target": _money(node.target),
        "chance_of_target": None if node.chance_of_target is None else round(node.chance_of_target, 4),
        "dots": [_money(dot) for dot in node.dots],
    }


def _part(part: Part) -> dict[str, float | None]:
    return {name: _money(getattr(part, name)) for name in ("mean", "p10", "p50", "p90")}


def _money(amount: float | None) -> float | None:
    return None if amount is None else round(amount, 2) + 0.0


# CSV


def as_csv(told: Forecast) -> str:
    """One line per node; the parts as columns. Texts are kept from being taken for formulas."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    rows = [flat(_node(node)) for node in told.nodes]
    writer.writerow(rows[0])
    for row in rows:
        writer.writerow(
            ["" if cell is None else exchange.neutral(cell) if isinstance(cell, str) else cell
             for cell in row.values()]
        )  # fmt: skip
    return out.getvalue()


def flat(node: dict[str, Any]) -> dict[str, Any]:
    """A node of the payload as columns: its parts side by side, without the dots."""
    flat: dict[str, Any] = {}
    for name, value in node.items():
        if isinstance(value, dict):
            flat |= {f"{name}_{part}": number for part, number in value.items()}
        elif name != "dots":
            flat[name] = value
    return flat


# Table


def as_table(made: Made) -> str:
    """What a person reads in a terminal: the company's sentence, one's own past, the nodes, what is left out."""
    told = made.forecast
    lines = [
        f"{told.period.name} ({told.period.starts_on} to {told.period.ends_on}) as of {told.as_of}, "
        f"{told.currency}. Fitted on {told.fitted_on:,} closed deals.",
        sentence(told.node(COMPANY), told.currency),
        "",
    ]
    if made.past:
        lines += [*_past_lines(made.past), ""]
    lines += _node_lines(told)
    if told.not_counted:
        lines += ["", "Not counted, or counted otherwise:"]
        lines += [f"  {line}" for line in grouped(told.not_counted)]
    if told.warnings:
        lines += ["", *(f"Note: {warning}" for warning in told.warnings)]
    return "\n".join(lines) + "\n"


def sentence(node: NodeForecast, currency: str) -> str:
    """The range of a node in one sentence, and how often it reaches its target."""
    low, middle, high = map(files.whole, (node.p10, node.p50, node.p90))
    said = f"8 in 10 between {low} and {high} {currency}, half below {middle}."
    if node.target is None:
        return said
    reach = sum(dot >= node.target for dot in node.dots)
    return f"{said} {reach} of 20 equally likely results reach the target of {files.whole(node.target)}."


PAST_HEAD = ["Your past", "as of", "P10", "P50", "P90", "came", "weighted pipeline"]


def past_rows(past: Replay) -> list[list[str]]:
    """The replayed periods, oldest first."""
    return [
        [
            p.period.name,
            p.as_of.isoformat(),
            *map(files.whole, (p.p10, p.p50, p.p90, p.actual, p.weighted_pipeline)),
        ]
        for p in past.periods
    ]


def _past_lines(past: Replay) -> list[str]:
    return [*files.text_table(PAST_HEAD, past_rows(past), words=2), past_sentence(past)]


def past_sentence(past: Replay) -> str:
    """How often what came lay inside the range that would have been said."""
    count = len(past.periods)
    times = "1 period" if count == 1 else f"{count} periods"
    return f"What came lay inside the range in {past.inside} of {times}, seen from the same week as today."


def ordered(nodes: Sequence[NodeForecast]) -> list[tuple[int, NodeForecast]]:
    """Nodes from the top down with their depth, each after its parent."""
    below: dict[str | None, list[NodeForecast]] = {}
    for node in nodes:
        below.setdefault(node.parent, []).append(node)
    found: list[tuple[int, NodeForecast]] = []
    waiting = [(0, node) for node in reversed(below.get(None, []))]
    while waiting:
        depth, node = waiting.pop()
        found.append((depth, node))
        waiting += [(depth + 1, child) for child in reversed(below.get(node.id, []))]
    return found


def _node_lines(told: Forecast) -> list[str]:
    aimed = any(node.target is not None for node in told.nodes)
    rows = [["  " * depth + named(node), *node_cells(node, aimed)] for depth, node in ordered(told.nodes)]
    return files.text_table(node_head(aimed), rows)


def node_head(aimed: bool) -> list[str]:
    """Column names of the table of nodes; with targets where somebody has one."""
    head = ["", "booked", "open deals", "open", "P10", "P50", "P90", "mean"]
    return [*head, "target", "chance"] if aimed else head


def node_cells(node: NodeForecast, aimed: bool) -> list[str]:
    """The cells behind a node's name, in the order of ``node_head``."""
    unknown = node.open_deals > 0 and node.open_amount == 0
    opened = "unknown" if unknown else files.whole(node.open_amount)
    money = (node.p10, node.p50, node.p90, node.mean)
    cells = [files.whole(node.booked), f"{node.open_deals:,}", opened, *map(files.whole, money)]
    return [*cells, files.whole(node.target), files.share(node.chance_of_target)] if aimed else cells


def named(node: NodeForecast) -> str:
    """A node's name as people say it."""
    if node.id == UNASSIGNED:
        return "Unassigned"
    return f"{node.name}’s team" if node.kind == "team" else node.name or node.id


def grouped(entries: Sequence[NotCounted]) -> list[str]:
    """What is left out, columns by name and the rest by reason with its count and the first ids."""
    lines = [f"column {e.id}: {e.why}" for e in entries if e.kind == "column"]
    rest = [e for e in entries if e.kind != "column"]
    counts = Counter((e.kind, e.why) for e in rest)
    firsts: dict[tuple[str, str], list[str]] = {}
    for entry in rest:
        firsts.setdefault((entry.kind, entry.why), []).append(entry.id)
    for (kind, why), count in counts.most_common(12):
        ids = ", ".join(firsts[kind, why][:3]) + (", …" if count > 3 else "")
        lines.append(f"{count:,} {kind if count == 1 else _PLURAL[kind]} ({ids}): {why}")
    if len(counts) > 12:
        left = sum(counts.values()) - sum(count for _, count in counts.most_common(12))
        lines.append(f"{left:,} for other reasons; --format json lists all")
    return lines


_PLURAL = {"deal": "deals", "person": "people"}

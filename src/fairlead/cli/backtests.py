"""`fairlead backtest`: the time-ordered test of the estimate on one's own files."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

from fairlead import crm, forecasting
from fairlead.cli import files
from fairlead.forecasting.results import Backtest

KNOWN = ("table", "json", "html")


def backtest(
    source: Path,
    *,
    mapping: Path | None,
    start: str,
    end: date | None,
    every: str,
    horizon: str,
    period: str,
    by: str,
    format: str,
    out: Path | None,
) -> None:
    """Read, test, and write in the format asked for. Ends with status 1 or 2 where that cannot be."""
    format = files.format_of(format, out, KNOWN)
    begin, days, step = first(start), horizon_days(horizon, period), every_days(every)
    if period and period not in ("month", "quarter", "year"):
        files.stop(f"--period {period!r}: write month, quarter or year.", files.WRONG_USAGE)
    with files.progress() as say:
        batch = files.read(source, mapping, say)
        columns = [name.strip() for name in by.split(",") if name.strip()]
        _check_columns(columns, batch)
        say("Testing", 0, 0)
        try:
            tested = forecasting.backtest(
                crm.to_history(batch),
                start=begin,
                end=end,
                every=step,
                horizon_days=days,
                period_kind=period or "quarter",
                calendar=batch.calendar,
                by=columns,
                progress=lambda done, of: say("Testing", done, of),
            )
        except ValueError as error:
            files.stop(str(error))
    files.put(_written(tested, format, batch), out)


def first(given: str) -> date | str:
    """A day, or a share of the rows such as 80%. Ends with status 2 for anything else."""
    if re.fullmatch(r"[1-9][0-9]?%", given, re.ASCII):
        return given
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", given, re.ASCII):
            return date.fromisoformat(given)
    except ValueError:
        pass
    files.stop(
        f"--from {given!r} is neither a day such as 2017-01-01 nor a share such as 80%.", files.WRONG_USAGE
    )


def horizon_days(given: str, period: str) -> int | None:
    """Days ahead from ``28d`` or ``4w``; None where each look asks to the end of its period."""
    if not given:
        return None
    if period:
        files.stop("Write either --horizon or --period: both say how far a look goes.", files.WRONG_USAGE)
    match = re.fullmatch(r"([0-9]{1,4})(d|w|days?|weeks?)?", given.strip().lower(), re.ASCII)
    days = int(match[1]) * (7 if (match[2] or "d").startswith("w") else 1) if match else 0
    if not 1 <= days <= 1100:
        files.stop(f"--horizon {given!r}: write a number of days such as 28d.", files.WRONG_USAGE)
    return days


def every_days(given: str) -> int | str:
    """day, week, month, or a number of days such as 14d. Ends with status 2 for anything else."""
    if given in ("day", "week", "month"):
        return given
    match = re.fullmatch(r"([0-9]{1,3})d?", given, re.ASCII)
    if match is None or int(match[1]) < 1:
        files.stop(f"--every {given!r}: write day, week, month or a number of days.", files.WRONG_USAGE)
    return int(match[1])


def _check_columns(columns: list[str], batch: crm.Batch) -> None:
    from fairlead.crm import values

    known = ["owner", "manager", "product", "account", "type", *batch.evidence]
    for name in columns:
        if name not in known:
            meant = values.nearest(name, known) or f"Columns here are {', '.join(dict.fromkeys(known))}."
            files.stop(f"--by {name!r}: there is no such column. {meant}", files.WRONG_USAGE)


def _written(tested: Backtest, format: str, batch: crm.Batch) -> str:
    if format == "json":
        return json.dumps(tested.to_dict(), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
    if format == "html":
        from fairlead.cli.report.backtest_page import page

        return page(tested, batch)
    return as_table(tested)


REFERENCES = (
    ("base_rate", "the rate of what taught the model"),
    ("naive_bayes", "naive Bayes"),
    ("weighted_pipeline", "weighted pipeline"),
    ("r1", "weighted pipeline, corrected by its own past"),
    ("last_period", "what the period before brought"),
)
"""References in words, in the order of the contract."""


def span(tested: Backtest) -> str:
    """From when to when, how often and how far."""
    when = f"{tested.start} to {tested.end}" if tested.start else "the later rows, in their order"
    looks = "1 look" if tested.snapshots == 1 else f"{tested.snapshots} looks"
    return f"{when}: {looks}, each for {tested.horizon}."


def deal_rows(tested: Backtest) -> list[list[str]]:
    """Log loss and Brier score per deal, the estimate first."""
    rows = [["estimate", files.figure(tested.deals.log_loss), files.figure(tested.deals.brier)]]
    return rows + [
        [
            words,
            files.figure(getattr(tested.references, name)),
            files.figure(getattr(tested.references, f"{name}_brier")),
        ]
        for name, words in REFERENCES[:2]
    ]


def total_rows(tested: Backtest) -> list[list[str]]:
    """ncrps of the company's sum, the estimate first."""
    company = next((level for level in tested.totals if level.level == "company"), None)
    rows = [["estimate", files.figure(company.ncrps if company else None)]]
    return rows + [[words, files.figure(getattr(tested.references, name))] for name, words in REFERENCES[2:]]


def as_table(tested: Backtest) -> str:
    """The scores beside those of the references."""
    deals = tested.deals
    lines = [
        span(tested), "",
        *files.text_table(["Chances of deals", "log loss", "Brier"], deal_rows(tested)),
        f"{deals.n:,} chances: AUC {files.figure(deals.auc)}, "
        f"calibration error {files.figure(deals.ece)}.", "",
        *files.text_table(["Sums of the company", "CRPS / mean"], total_rows(tested)),
    ]  # fmt: skip
    if tested.totals:
        lines += ["", *files.text_table(LEVEL_HEAD, level_rows(tested))]
    if tested.refused_columns:
        lines += ["", "Not used as evidence, because it tells the outcome:"]
        lines += [f"  {column.column}: {column.why}" for column in tested.refused_columns]
    return "\n".join([*lines, *(f"Note: {warning}" for warning in tested.warnings)]) + "\n"


LEVEL_HEAD = [
    "Sums by level", "looks", "CRPS / mean", "pinball / mean", "inside 8 in 10", "width / mean", "mean miss of P50",
]  # fmt: skip


def level_rows(tested: Backtest) -> list[list[str]]:
    """Scores of the sums on each level."""
    return [
        [
            level.level, f"{level.n:,}", files.figure(level.ncrps), files.figure(level.pinball),
            files.share(level.coverage80),
            files.figure(level.width80), files.share(level.mape_p50),
        ]
        for level in tested.totals
    ]  # fmt: skip

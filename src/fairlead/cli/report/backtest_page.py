"""The report of a backtest: the company's ranges against what came, then the scores beside the references."""

from __future__ import annotations

from fairlead import crm
from fairlead.cli import backtests, files
from fairlead.cli.report import drawing, shell
from fairlead.forecasting.results import Backtest, SnapshotRow

MOST_LOOKS = 60


def page(tested: Backtest, batch: crm.Batch) -> str:
    """The whole report as one HTML document."""
    parts = [_looks(tested), _scores(tested), _refused(tested)]
    if tested.warnings:
        parts.append(shell.section("Notes", shell.bullets(tested.warnings)))
    return shell.page("Said, and what came", f"{batch.source} · {backtests.span(tested)}", parts)


def _looks(tested: Backtest) -> str:
    company = [row for row in tested.by_snapshot if row.level == "company"]
    if not company:
        return ""
    inside = sum(row.p10 <= row.actual <= row.p90 for row in company)
    said = f"What came lay inside the range in {inside} of {len(company)} looks; 8 in 10 is what is said."
    title = f"{said} Bands are 8 in 10, diamonds what came."
    lines = [
        drawing.Band(row.as_of.isoformat(), row.p10, row.p50, row.p90, came=row.actual)
        for row in company[-MOST_LOOKS:]
    ]
    table = shell.table(
        "The company at each look",
        ["as of", "P10", "P50", "P90", "mean", "came"],
        [_row(row) for row in company],
    )
    return shell.section(
        "The company at each look",
        shell.paragraph(said),
        drawing.bands(title, lines),
        shell.folded("The same as a table", table),
    )


def _row(row: SnapshotRow) -> list[str]:
    return [row.as_of.isoformat(), *map(files.whole, (row.p10, row.p50, row.p90, row.mean, row.actual))]


def _scores(tested: Backtest) -> str:
    deals = tested.deals
    chances = (
        f"{deals.n:,} chances: Brier {files.figure(deals.brier)}, AUC {files.figure(deals.auc)}, "
        f"calibration error {files.figure(deals.ece)}."
    )
    return shell.section(
        "Beside plain references",
        shell.table("Chances of deals; lower is better", ["", "log loss"], backtests.deal_rows(tested)),
        shell.paragraph(chances),
        shell.table(
            "Sums of the company; lower is better", ["", "CRPS / mean"], backtests.total_rows(tested)
        ),
        shell.table("Sums by level", backtests.LEVEL_HEAD, backtests.level_rows(tested)),
    )


def _refused(tested: Backtest) -> str:
    if not tested.refused_columns:
        return ""
    lines = [f"{column.column}: {column.why}" for column in tested.refused_columns]
    return shell.section("Not used as evidence, because it tells the outcome", shell.bullets(lines))

"""The report of a backtest: the company's ranges against what came, then the scores beside the references."""

from __future__ import annotations

from fairlead import crm
from fairlead.cli import backtests, files
from fairlead.cli.report import drawing, shell
from fairlead.forecasting.results import Backtest, SnapshotRow

MOST_LOOKS = 60


def page(tested: Backtest, batch: crm.Batch) -> str:
    """The whole report as one HTML document."""
    parts = [_looks(tested), _scores(tested), _reliability(tested), _weeks(tested), _refused(tested)]
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
        f"{deals.n:,} chances: AUC {files.figure(deals.auc)}, calibration error {files.figure(deals.ece)}."
    )
    return shell.section(
        "Beside plain references",
        shell.table(
            "Chances of deals; lower is better", ["", "log loss", "Brier"], backtests.deal_rows(tested)
        ),
        shell.paragraph(chances),
        shell.table(
            "Sums of the company; lower is better", ["", "CRPS / mean"], backtests.total_rows(tested)
        ),
        shell.table("Sums by level", backtests.LEVEL_HEAD, backtests.level_rows(tested)),
    )


def _reliability(tested: Backtest) -> str:
    bins = tested.deals.bins
    if not bins:
        return ""
    title = (
        "Chances said, and how often it came true, in ten bins of equal count; on the line both are the same."
    )
    rows = [[f"{b.said:.1%}", f"{b.came:.1%}", f"{b.n:,}"] for b in bins]
    return shell.section(
        "Of the chances said, how many came true",
        shell.paragraph(title),
        drawing.said_and_came(title, [(b.said, b.came) for b in bins]),
        shell.table("The same as a table", ["said", "came", "chances"], rows),
    )


def _weeks(tested: Backtest) -> str:
    if not tested.by_week:
        return ""
    rows = [
        [w.level, str(w.week), f"{w.n:,}", files.share(w.coverage80), files.figure(w.ncrps)]
        for w in tested.by_week
    ]
    return shell.section(
        "By week of the period",
        shell.paragraph("8 in 10 is what is said to lie inside; few looks say little."),
        shell.table("Sums", ["level", "week", "sums", "inside 8 in 10", "CRPS / mean"], rows),
    )


def _refused(tested: Backtest) -> str:
    if not tested.refused_columns:
        return ""
    lines = [f"{column.column}: {column.why}" for column in tested.refused_columns]
    return shell.section("Not used as evidence, because it tells the outcome", shell.bullets(lines))

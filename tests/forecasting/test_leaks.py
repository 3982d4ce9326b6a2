import csv
import os
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import pytest

from fairlead.forecasting import refuse_columns
from fairlead.forecasting.types import Deal, History, Status


def shared(name: str) -> list[dict[str, str]]:
    root = Path(os.environ.get("FAIRLEAD_SHARED", Path(__file__).parents[3] / "shared"))
    file = root / "data" / name
    if not file.exists():
        pytest.skip(f"the public data set {name} is not on this machine")
    with file.open(encoding="utf-8-sig", newline="") as opened:
        return list(csv.DictReader(opened))


def deals(values: Sequence[tuple[Status, str]]) -> list[Deal]:
    start = date(2024, 1, 1)
    return [
        Deal(
            str(k), amount=10.0, created_on=start, status=s, evidence={"column": v},
            closed_on=None if s == "open" else start + timedelta(days=10 + k % 50),
        )
        for k, (s, v) in enumerate(values)
    ]  # fmt: skip


def refused(history: History) -> dict[str, str]:
    return {r.column: r.why for r in refuse_columns(history)}


def test_a_column_filled_on_closed_deals_only_is_refused() -> None:
    rows: list[tuple[Status, str]] = [("won", "x"), ("lost", "y"), ("open", "")] * 40
    assert "100% of closed deals and on 0% of open ones" in refused(History(deals(rows)))["column"]


def test_a_column_filled_alike_is_kept() -> None:
    rows: list[tuple[Status, str]] = [
        ("won", "x"),
        ("lost", "x"),
        ("open", "x"),
        ("won", ""),
        ("lost", ""),
    ] * 40
    assert "column" not in refused(History(deals(rows)))


def test_a_column_that_alone_tells_the_outcome_is_refused() -> None:
    rows: list[tuple[Status, str]] = [("won", "7"), ("lost", "3"), ("open", "3")] * 50
    assert "100% of the outcomes" in refused(History(deals(rows)))["column"]


def test_a_number_that_runs_along_with_the_time_to_close_is_refused() -> None:
    rows: list[tuple[Status, str]] = [("won" if k % 3 else "lost", str(10 + k % 50)) for k in range(300)]
    assert "creation to close" in refused(History(deals(rows)))["column"]


def test_few_rows_prove_nothing() -> None:
    assert refused(History(deals([("won", "x"), ("open", "")]))) == {}


def test_all_seven_late_columns_of_the_win_loss_table_are_refused_and_no_other() -> None:
    rows = shared("ibm-win-loss/opportunities.csv")[:6_000]
    history = History([
        Deal(r["Opportunity Number"], status="won" if r["Opportunity Result"] == "Won" else "lost",
             evidence={k: v for k, v in r.items() if k not in ("Opportunity Number", "Opportunity Result")})
        for r in rows
    ])  # fmt: skip
    assert sorted(refused(history)) == [
        "Elapsed Days In Sales Stage", "Ratio Days Identified To Total Days", "Ratio Days Qualified To Total Days",
        "Ratio Days Validated To Total Days", "Sales Stage Change Count", "Total Days Identified Through Closing",
        "Total Days Identified Through Qualified",
    ]  # fmt: skip


def test_account_and_amount_of_the_hardware_seller_are_refused() -> None:
    status: dict[str, Status] = {"Won": "won", "Lost": "lost"}
    history = History([
        Deal(
            r["opportunity_id"], account=r["account"], product=r["product"],
            status=status.get(r["deal_stage"], "open"),
            amount=float(r["close_value"]) if r["close_value"] else None,
        )
        for r in shared("crm-sales-opportunities/sales_pipeline.csv")
    ])  # fmt: skip
    assert sorted(refused(history)) == ["account", "amount"]

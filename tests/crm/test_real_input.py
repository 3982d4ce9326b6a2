"""Public tables and their ready mappings: what a newcomer would upload first."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from fairlead import crm
from fairlead.forecasting import refuse_columns

MAPPINGS = Path(__file__).parents[2] / "docs" / "how-to" / "mappings"


def read(shared: Path, name: str, file: str = "") -> crm.Batch:
    mapping = MAPPINGS / f"{name}.toml"
    source = shared / "data" / name / file if file else shared / "data" / name
    return crm.read(source, crm.load(mapping) if mapping.exists() else None)


def test_the_sales_tables_are_a_company_of_35_reps_and_6_managers(shared: Path) -> None:
    batch = read(shared, "crm-sales-opportunities")
    managers = {person.manager for person in batch.people if person.manager}
    assert len(batch.deals) == 7635
    assert (len(batch.people), len(managers)) == (41, 6)
    assert Counter(deal.status for deal in batch.deals) == {"won": 3042, "open": 2909, "lost": 1684}
    assert not any(deal.product == "GTXPro" for deal in batch.deals)
    assert sum("'GTXPro' read as 'GTX Pro'" in note for note in batch.notes) == 1


def test_the_pipeline_alone_is_read_with_the_same_mapping(shared: Path) -> None:
    batch = read(shared, "crm-sales-opportunities", "sales_pipeline.csv")
    assert len(batch.deals) == 7635
    assert "sales_teams.csv, which the mapping names for people, is not here." in batch.notes


def test_the_amount_of_the_sales_tables_tells_the_outcome_and_is_refused(shared: Path) -> None:
    history = crm.to_history(read(shared, "crm-sales-opportunities"))
    assert {"account", "amount"} == {column.column for column in refuse_columns(history)}


def test_the_salesforce_export_is_recognised(shared: Path) -> None:
    batch = read(shared, "salesforce-demo-format")
    assert batch.kind == "salesforce"
    assert len(batch.deals) == 36
    assert {report.name: report.accepted for report in batch.files} == {
        "Opportunity.csv": 36,
        "OpportunityHistory.csv": 48,
    }
    assert {change.field for change in batch.changes} == {"stage", "amount", "close_on", "forecast_category"}


def test_121946_events_are_a_history(shared: Path) -> None:
    batch = read(shared, "bpic12-loan-pipeline")
    assert {report.name: report.accepted for report in batch.files} == {
        "applications.csv": 10202,
        "events.csv": 121946,
    }
    assert Counter(deal.status for deal in batch.deals) == {"lost": 3345, "won": 1530, "open": 846}
    told = Counter(change.field for change in batch.changes)
    assert (told["stage"], told["status"], told["activities"]) == (20043, 4875, 59085)
    assert all(change.recorded_at == change.at for change in batch.changes)


@pytest.mark.parametrize(
    ("name", "statuses"),
    [
        ("it-services-deals", {"lost": 4896, "won": 2801}),
        ("ibm-win-loss", {"lost": 49343, "won": 13033}),
        ("olist-lead-funnel", {"open": 6154, "won": 543}),
        ("salvirt-b2b", {"won": 169, "lost": 159}),
    ],
)
def test_other_public_tables_are_read_with_their_mappings(
    shared: Path, name: str, statuses: dict[str, int]
) -> None:
    assert Counter(deal.status for deal in read(shared, name).deals) == statuses


def test_columns_known_only_at_closing_are_refused_by_name(shared: Path) -> None:
    refused = {column.column for column in refuse_columns(crm.to_history(read(shared, "ibm-win-loss")))}
    assert {
        "Elapsed Days In Sales Stage",
        "Sales Stage Change Count",
        "Total Days Identified Through Closing",
        "Total Days Identified Through Qualified",
        "Ratio Days Identified To Total Days",
        "Ratio Days Validated To Total Days",
        "Ratio Days Qualified To Total Days",
    } <= refused

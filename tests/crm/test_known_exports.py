"""Exports of known systems need no mapping: internal names and labels alike."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from fairlead import crm
from tests.crm import files

SF = "006bm00000LKJNNAA5"
ROSA, ADA, OLU = "005bm00000NCJmQAAX", "005bm00000NCJmAAAX", "005bm00000NCJmBAAX"
OPPORTUNITIES = (
    "Id,Name,StageName,Amount,CloseDate,IsClosed,IsWon,CreatedDate,OwnerId,ForecastCategoryName,IsDeleted\n"
    f"{SF},Generators,Negotiation,15000,2/23/26,FALSE,FALSE,1/5/26 08:55 PM,{ROSA},Best Case,FALSE\n"
    f"006bm00000LKJNOAA5,Pumps,Closed Won,900,2/13/26,TRUE,TRUE,1/5/26 08:55 PM,{ROSA},Closed,FALSE\n"
    f"006bm00000LKJNPAA5,Hoses,Closed Lost,800,2/14/26,TRUE,FALSE,1/5/26 08:55 PM,{ADA},Omitted,FALSE\n"
    f"006bm00000LKJNQAA5,Gone,Prospecting,1,2/14/26,FALSE,FALSE,1/5/26 08:55 PM,{ADA},Pipeline,TRUE\n"
)


def read(folder: Path, **tables: str) -> crm.Batch:
    path = files.put(folder, "x.zip", files.zipped({f"{k}.csv": v.encode() for k, v in tables.items()}))
    return crm.read(path)


def test_salesforces_opportunities_are_recognised(tmp_path: Path) -> None:
    batch = read(tmp_path, Opportunity=OPPORTUNITIES)
    first, won, lost = batch.deals
    assert batch.kind == "salesforce"
    assert (first.deal_id, first.amount, first.close_on) == (SF, Decimal(15000), date(2026, 2, 23))
    assert (first.created_on, first.forecast_category, first.status) == (
        date(2026, 1, 5),
        "best_case",
        "open",
    )
    assert (won.status, won.closed_on) == ("won", date(2026, 2, 13))
    assert (lost.status, lost.closed_on) == ("lost", date(2026, 2, 14))


def test_a_salesforce_report_with_labels_and_short_ids_is_the_same(tmp_path: Path) -> None:
    report = (
        "Opportunity ID,Opportunity Name,Stage,Amount,Close Date,Closed,Won,Created Date,Opportunity Owner\n"
        f"{SF[:15]},Generators,Negotiation,15000,2/23/26,0,0,1/5/26,Rosa Lindqvist\n"
    )
    deal = read(tmp_path, report=report).deals[0]
    assert (deal.deal_id, deal.owner, deal.close_on) == (SF, "Rosa Lindqvist", date(2026, 2, 23))


def test_opportunity_history_becomes_changes_and_forecast_means_commit(tmp_path: Path) -> None:
    history = (
        "Id,OpportunityId,CreatedById,CreatedDate,StageName,Amount,CloseDate,Probability,ForecastCategory,IsDeleted\n"
        f"1,{SF},{ROSA},2026-01-05T20:55:00.000Z,Prospecting,10000,2026-03-31,10,Pipeline,FALSE\n"
        f"2,{SF},{ROSA},2026-01-20T20:55:00.000Z,Negotiation,15000,2026-02-23,90,Forecast,FALSE\n"
        f"3,{SF},{ROSA},2026-01-21T20:55:00.000Z,Closed Won,15000,2026-02-23,90,Forecast,TRUE\n"
    )
    batch = read(tmp_path, Opportunity=OPPORTUNITIES, OpportunityHistory=history)
    second = [c for c in batch.changes if c.at == datetime(2026, 1, 20, 20, 55, tzinfo=UTC)]
    assert [(c.field, c.old, c.new) for c in second] == [
        ("stage", "Prospecting", "Negotiation"),
        ("amount", "10000", "15000"),
        ("close_on", "2026-03-31", "2026-02-23"),
        ("forecast_category", "pipeline", "commit"),
    ]
    assert max(c.at for c in batch.changes) == datetime(2026, 1, 20, 20, 55, tzinfo=UTC)


def test_field_history_is_read_in_the_way_its_own_values_are_written(tmp_path: Path) -> None:
    history = (
        "OpportunityId,Field,OldValue,NewValue,CreatedDate,CreatedById\n"
        f"{SF},CloseDate,02/03/24,03/25/24,2026-01-20T20:55:00Z,{ROSA}\n"
        f'{SF},Amount,"1,000.00","12,500.50",2026-01-21T20:55:00Z,{ROSA}\n'
        f"{SF},Description,a,b,2026-01-21T20:55:00Z,{ROSA}\n"
    )
    batch = read(tmp_path, Opportunity=OPPORTUNITIES, OpportunityFieldHistory=history)
    assert [(c.field, c.old, c.new) for c in batch.changes] == [
        ("close_on", "2024-02-03", "2024-03-25"),
        ("amount", "1000.00", "12500.50"),
    ]
    assert "1 × history of 'Description' is not used" in batch.files[1].notes


def test_field_history_in_doubt_is_asked_about(tmp_path: Path) -> None:
    history = (
        f"OpportunityId,Field,OldValue,NewValue,CreatedDate\n{SF},CloseDate,,02/03/24,2026-01-20T20:55:00Z\n"
    )
    with pytest.raises(crm.Refused, match="date_format"):
        read(tmp_path, Opportunity=OPPORTUNITIES, OpportunityFieldHistory=history)


USERS = (
    "Id,Username,Name,Email,UserRoleId,ManagerId,ForecastEnabled,IsActive\n"
    f"{ROSA},rosa,Rosa Lindqvist,rosa@x.test,00Ebm0000000001EAA,{OLU},TRUE,TRUE\n"
    f"{ADA},ada,Ada Kallio,ada@x.test,00Ebm0000000002EAA,,TRUE,TRUE\n"
    f"{OLU},olu,Olu Ade,olu@x.test,00Ebm0000000004EAA,,TRUE,TRUE\n"
)
ROLES = (
    "Id,Name,ParentRoleId,ForecastUserId\n"
    "00Ebm0000000001EAA,Rep,00Ebm0000000003EAA,\n"
    "00Ebm0000000003EAA,Nobody,00Ebm0000000002EAA,\n"
    f"00Ebm0000000002EAA,Manager,00Ebm0000000004EAA,{ADA}\n"
    f"00Ebm0000000004EAA,Head,,{OLU}\n"
)


def test_salesforces_forecast_tree_goes_by_roles_and_not_by_managers(tmp_path: Path) -> None:
    batch = read(tmp_path, Opportunity=OPPORTUNITIES, User=USERS, UserRole=ROLES)
    assert {p.person_id: p.manager for p in batch.people} == {ROSA: ADA, ADA: OLU, OLU: ""}


def test_without_roles_salesforces_managers_count(tmp_path: Path) -> None:
    batch = read(tmp_path, Opportunity=OPPORTUNITIES, User=USERS)
    assert {p.person_id: p.manager for p in batch.people} == {ROSA: OLU, ADA: "", OLU: ""}


def test_roles_that_run_in_a_circle_end(tmp_path: Path) -> None:
    roles = "Id,Name,ParentRoleId,ForecastUserId\n"
    roles += "00Ebm0000000001EAA,A,00Ebm0000000003EAA,\n00Ebm0000000003EAA,B,00Ebm0000000001EAA,\n"
    batch = read(tmp_path, Opportunity=OPPORTUNITIES, User=USERS, UserRole=roles)
    assert next(p for p in batch.people if p.person_id == ROSA).manager == ""


def test_owners_by_name_become_the_ids_of_the_users_file(tmp_path: Path) -> None:
    named = OPPORTUNITIES.replace("OwnerId", "Opportunity Owner").replace(ROSA, "Rosa Lindqvist")
    batch = read(tmp_path, Opportunity=named, User=USERS)
    assert batch.deals[0].owner == ROSA


def test_a_name_that_two_people_have_is_left_as_it_is(tmp_path: Path) -> None:
    named = OPPORTUNITIES.replace("OwnerId", "Opportunity Owner").replace(ROSA, "Rosa Lindqvist")
    batch = read(tmp_path, Opportunity=named, User=USERS.replace("Ada Kallio", "Rosa Lindqvist"))
    assert batch.deals[0].owner == "Rosa Lindqvist"


def test_the_sources_own_stages_give_categories_and_outcomes(tmp_path: Path) -> None:
    stages = (
        "MasterLabel,ApiName,ForecastCategoryName,IsClosed,IsWon\n"
        "Negotiation,Negotiation,Commit,FALSE,FALSE\nClosed Won,Closed Won,Closed,TRUE,TRUE\n"
        "Closed Lost,Closed Lost,Omitted,TRUE,FALSE\n"
    )
    plain = "\n".join(
        ",".join(c for i, c in enumerate(line.split(",")) if i not in (5, 6))
        for line in OPPORTUNITIES.splitlines()
    )
    batch = read(tmp_path, Opportunity=plain + "\n", OpportunityStage=stages)
    assert batch.mapping.categories == {"Negotiation": "commit"}
    assert [d.status for d in batch.deals] == ["open", "won", "lost"]


def test_quotas_and_dated_rates_are_read(tmp_path: Path) -> None:
    quotas = "QuotaOwnerId,StartDate,QuotaAmount,ForecastingTypeId\n"
    quotas += f"{ROSA[:15]},2026-01-01,90000,x\n{ROSA},2026-02-01,30000,x\n"
    rates = "IsoCode,StartDate,ConversionRate\nEUR,2026-01-01,0.8\n"
    batch = read(tmp_path, Opportunity=OPPORTUNITIES, ForecastingQuota=quotas, DatedConversionRate=rates)
    assert [(t.person_id, t.period, t.amount) for t in batch.targets] == [
        (ROSA, "2026Q1", Decimal(90000)),
        (ROSA, "2026-02", Decimal(30000)),
    ]
    assert batch.rates[0].rate == Decimal("1.25")


HUBSPOT = {
    "internal names": "hs_object_id,dealname,amount,deal_currency_code,dealstage,closedate,createdate,hubspot_owner_id,"
    "hs_is_closed,hs_is_closed_won,hs_manual_forecast_category",
    "labels": "Record ID,Deal Name,Amount,Currency,Deal Stage,Close Date,Create Date,Deal owner,"
    "Is closed,Is Closed Won,Forecast category",
}


@pytest.mark.parametrize("header", HUBSPOT.values(), ids=HUBSPOT)
def test_hubspots_deals_are_recognised(header: str, tmp_path: Path) -> None:
    rows = (
        "11,Generators,15000,EUR,presentationscheduled,2026-02-23 10:00,2026-01-05 09:00,Rosa,false,false,BEST_CASE\n"
        "12,Pumps,900,EUR,closedwon,2026-02-13 10:00,2026-01-05 09:00,Rosa,true,true,CLOSED\n"
        "13,Hoses,800,EUR,closedlost,2026-02-14 10:00,2026-01-05 09:00,Rosa,true,false,OMIT\n"
    )
    batch = read(tmp_path, deals=f"{header}\n{rows}")
    assert batch.kind == "hubspot"
    assert [(d.status, d.forecast_category) for d in batch.deals] == [
        ("open", "best_case"),
        ("won", "closed"),
        ("lost", "omitted"),
    ]
    assert batch.deals[1].closed_on == date(2026, 2, 13)


def test_dynamics_deals_and_users_are_recognised(tmp_path: Path) -> None:
    deals = (
        "opportunityid,name,ownerid,estimatedvalue,estimatedclosedate,actualvalue,actualclosedate,salesstage,"
        "msdyn_forecastcategory,statecode,createdon\n"
        "a1,Generators,u1,15000,2026-02-23,,,Propose,100000002,0,2026-01-05\n"
        "a2,Pumps,u1,900,2026-02-23,950,2026-02-13,Close,100000005,1,2026-01-05\n"
        "a3,Hoses,u2,800,2026-02-23,0,2026-02-14,Close,100000006,2,2026-01-05\n"
    )
    users = "systemuserid,fullname,parentsystemuserid\nu1,Rosa,u2\nu2,Ada,\n"
    batch = read(tmp_path, opportunities=deals, users=users)
    assert batch.kind == "dynamics"
    assert [(d.status, d.amount, d.forecast_category) for d in batch.deals] == [
        ("open", Decimal(15000), "best_case"),
        ("won", Decimal(950), "closed"),
        ("lost", Decimal(800), "omitted"),
    ]
    assert batch.people[0].manager == "u2"


def test_odoos_leads_are_recognised(tmp_path: Path) -> None:
    leads = (
        "id,name,user_id,expected_revenue,stage_id,date_deadline,create_date,won_status,active\n"
        "1,Generators,Rosa,15000,Proposition,2026-02-23,2026-01-05 09:00:00,pending,True\n"
        "2,Pumps,Rosa,900,Won,2026-02-23,2026-01-05 09:00:00,won,True\n"
        "3,Hoses,Rosa,800,New,2026-02-23,2026-01-05 09:00:00,lost,False\n"
    )
    batch = read(tmp_path, leads=leads)
    assert batch.kind == "odoo"
    assert [d.status for d in batch.deals] == ["open", "won", "lost"]

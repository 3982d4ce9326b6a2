"""The forms that need no mapping: Fairlead's own, Salesforce, HubSpot, Dynamics, Odoo, by their column names.

Every form is a set of alternative column names per field: the API's internal name first, then the labels people
see in reports. A form is recognised by columns that only it has.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

Alternatives = dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Form:
    """A known table of a source. Recognised when one column of every group in ``marks`` is there."""

    source: str
    rows: str
    marks: tuple[tuple[str, ...], ...]
    columns: Alternatives
    special: str = ""
    statuses: dict[str, tuple[str, ...]] = field(default_factory=dict)


def _same(*names: str) -> Alternatives:
    return {name: (name,) for name in names}


_FAIRLEAD = (
    Form(
        "fairlead",
        "deals",
        (("deal_id",), ("status",), ("created_on", "close_date", "amount")),
        _same(*"deal_id name account owner amount currency stage forecast_category created_on status".split())
        | _same("closed_on", "product", "source", "type", "next_step", "arr", "quantity")
        | {"close_on": ("close_date", "close_on")},
    ),
    Form(
        "fairlead",
        "changes",
        (("deal_id",), ("field",), ("new",), ("at",)),
        _same("deal_id", "field", "old", "new", "at", "recorded_at", "by"),
    ),
    Form(
        "fairlead",
        "people",
        (("person_id",), ("manager", "role", "name"), ("name", "email", "starts_on")),
        _same(
            *"person_id name email manager role starts_on ends_on title territory currency time_zone team".split()
        ),
    ),
    Form(
        "fairlead",
        "targets",
        (("person_id",), ("period",), ("amount",)),
        _same("person_id", "period", "amount", "currency", "type", "reason"),
    ),
    Form(
        "fairlead",
        "accounts",
        (("account_id",), ("name",)),
        _same("account_id", "name", "owner", "industry", "country", "tier")
        | _same("renewal_on", "renewal_amount", "renewal_currency"),
    ),
    Form(
        "fairlead",
        "activities",
        (("activity_id",), ("on",), ("kind", "way")),
        _same(
            "activity_id", "account", "deal_id", "on", "kind", "way", "outcome", "direction", "by", "contact"
        )
        | _same("deleted"),
    ),
    Form(
        "fairlead",
        "contacts",
        (("contact_id",), ("name", "email")),
        _same("contact_id", "account", "name", "email", "title", "state"),
    ),
    Form(
        "fairlead",
        "rates",
        (("currency",), ("starts_on",), ("rate",)),
        _same("currency", "starts_on", "rate"),
    ),
    Form(
        "fairlead",
        "splits",
        (("deal_id",), ("person",), ("percent",)),
        _same("deal_id", "person", "percent", "kind", "starts_on", "recorded_at"),
    ),
)

_SALESFORCE = (
    Form(
        "salesforce",
        "activities",
        (("ActivityDate", "Date"), ("TaskSubtype", "CallDisposition", "CallType"), ("Id", "Activity ID")),
        {
            "activity_id": ("Id", "Activity ID"),
            "account": ("AccountId", "Account ID", "Account.Name", "Company / Account"),
            "related": ("WhatId", "Related To ID"),
            "on": ("ActivityDate", "Date", "CompletedDateTime"),
            "kind": ("TaskSubtype", "Type", "Task Subtype"),
            "outcome": ("CallDisposition", "Call Result"),
            "direction": ("CallType", "Call Type"),
            "done": ("Status",),
            "by": ("Owner.Name", "OwnerId", "Assigned"),
            "contact": ("WhoId", "Contact ID"),
            "deleted": ("IsDeleted",),
        },
        special="task",
    ),
    Form(
        "salesforce",
        "activities",
        (
            ("StartDateTime", "ActivityDateTime", "EndDateTime"),
            ("IsAllDayEvent", "EventSubtype", "ShowAs"),
            ("Id",),
        ),
        {
            "activity_id": ("Id", "Activity ID"),
            "account": ("AccountId", "Account ID", "Account.Name"),
            "related": ("WhatId", "Related To ID"),
            "on": ("ActivityDate", "StartDateTime", "ActivityDateTime"),
            "kind": ("Type", "EventSubtype"),
            "outcome": ("Outcome__c", "Held__c", "Meeting_Status__c"),
            "by": ("Owner.Name", "OwnerId", "Assigned"),
            "contact": ("WhoId", "Contact ID"),
            "deleted": ("IsDeleted",),
        },
        special="event",
    ),
    Form(
        "salesforce",
        "splits",
        (
            ("OpportunityId", "Opportunity ID"),
            ("SplitOwnerId", "SplitOwner.Name", "Split Owner"),
            ("SplitPercentage", "Split (%)"),
        ),
        {
            "deal_id": ("OpportunityId", "Opportunity ID"),
            "person": ("SplitOwner.Name", "SplitOwnerId", "Split Owner"),
            "percent": ("SplitPercentage", "Split (%)"),
            "kind": ("SplitType.MasterLabel", "SplitType.Name", "Split Type"),
            "deleted": ("IsDeleted",),
        },
    ),
    Form(
        "salesforce",
        "deals",
        (("StageName", "Stage"), ("CloseDate", "Close Date"), ("Id", "Opportunity ID", "Opportunity Name")),
        {
            "deal_id": ("Id", "Opportunity ID", "Opportunity Id", "Opportunity Name"),
            "name": ("Name", "Opportunity Name"),
            "account": ("Account.Name", "Account Name", "AccountId"),
            "owner": ("Owner.Name", "Opportunity Owner", "Owner", "OwnerId"),
            "amount": ("Amount",),
            "currency": ("CurrencyIsoCode", "Opportunity Currency", "Amount Currency"),
            "stage": ("StageName", "Stage"),
            "forecast_category": ("ForecastCategoryName", "ForecastCategory", "Forecast Category"),
            "close_on": ("CloseDate", "Close Date"),
            "created_on": ("CreatedDate", "Created Date"),
            "is_closed": ("IsClosed", "Closed"),
            "is_won": ("IsWon", "Won"),
            "deleted": ("IsDeleted",),
            "source": ("LeadSource", "Lead Source"),
            "type": ("Type",),
            "next_step": ("NextStep", "Next Step"),
            "arr": ("ARR__c", "Annual_Recurring_Revenue__c", "ARR", "Annual Recurring Revenue"),
            "quantity": ("TotalOpportunityQuantity", "Quantity"),
        },
        special="closed_by_close_date",
    ),
    Form(
        "salesforce",
        "changes",
        (("OpportunityId", "Opportunity ID"), ("Field", "Field / Event"), ("NewValue", "New Value")),
        {
            "deal_id": ("OpportunityId", "Opportunity ID"),
            "field": ("Field", "Field / Event"),
            "old": ("OldValue", "Old Value"),
            "new": ("NewValue", "New Value"),
            "at": ("CreatedDate", "Edit Date"),
            "by": ("CreatedById", "Edited By"),
            "deleted": ("IsDeleted",),
        },
    ),
    Form(
        "salesforce",
        "changes",
        (("OpportunityId",), ("CreatedDate",), ("StageName", "ForecastCategory")),
        {
            "deal_id": ("OpportunityId",),
            "at": ("CreatedDate",),
            "by": ("CreatedById",),
            "stage": ("StageName",),
            "amount": ("Amount",),
            "close_on": ("CloseDate",),
            "forecast_category": ("ForecastCategory",),
            "deleted": ("IsDeleted",),
        },
    ),
    Form(
        "salesforce",
        "people",
        (("Username", "UserRoleId", "ForecastEnabled"), ("Name", "Full Name", "LastName")),
        {
            "person_id": ("Id", "User ID", "Username"),
            "role_id": ("UserRoleId", "Role ID"),
            "forecasts": ("ForecastEnabled", "Allow Forecasting"),
            "active": ("IsActive", "Active"),
            "name": ("Name", "Full Name"),
            "email": ("Email",),
            "manager": ("ManagerId", "Manager"),
            "title": ("Title",),
            "currency": ("DefaultCurrencyIsoCode",),
            "time_zone": ("TimeZoneSidKey",),
        },
    ),
    Form(
        "salesforce",
        "roles",
        (("ParentRoleId", "Parent Role ID"), ("Id", "Role ID")),
        {
            "role_id": ("Id", "Role ID"),
            "name": ("Name", "Role Name"),
            "parent": ("ParentRoleId", "Parent Role ID"),
            "person": ("ForecastUserId", "Forecast User ID"),
        },
    ),
    Form(
        "salesforce",
        "stages",
        (
            ("MasterLabel", "ApiName", "Stage Name"),
            ("ForecastCategoryName", "ForecastCategory"),
            ("IsClosed", "Closed"),
        ),
        {
            "stage": ("MasterLabel", "Stage Name", "ApiName"),
            "api_name": ("ApiName",),
            "category": ("ForecastCategoryName", "ForecastCategory"),
            "is_closed": ("IsClosed", "Closed"),
            "is_won": ("IsWon", "Won"),
        },
    ),
    Form(
        "salesforce",
        "targets",
        (("QuotaOwnerId",), ("QuotaAmount",), ("StartDate",)),
        {
            "person_id": ("QuotaOwnerId",),
            "period": ("StartDate",),
            "amount": ("QuotaAmount",),
            "currency": ("CurrencyIsoCode",),
        },
        special="period_by_start",
    ),
    Form(
        "salesforce",
        "rates",
        (("ConversionRate",), ("IsoCode",), ("StartDate",)),
        {"currency": ("IsoCode",), "starts_on": ("StartDate",), "rate": ("ConversionRate",)},
        special="inverse_rate",
    ),
    Form(
        "salesforce",
        "accounts",
        (("BillingCountry", "AccountNumber", "Billing Country"), ("Name", "Account Name")),
        {
            "account_id": ("Id", "Account ID"),
            "name": ("Name", "Account Name"),
            "owner": ("OwnerId", "Account Owner"),
            "industry": ("Industry",),
            "country": ("BillingCountry", "Billing Country"),
        },
    ),
    Form(
        "salesforce",
        "contacts",
        (("MailingCountry", "ReportsToId", "MailingCity"), ("LastName", "Name")),
        {
            "contact_id": ("Id", "Contact ID"),
            "account": ("AccountId", "Account Name"),
            "name": ("Name", "Full Name", "LastName"),
            "email": ("Email",),
            "title": ("Title",),
            "bounced": ("IsEmailBounced", "Email Bounced", "EmailBouncedDate", "EmailBouncedReason"),
        },
    ),
)

_HUBSPOT = (
    Form(
        "hubspot",
        "activities",
        (
            ("hs_timestamp", "Activity date", "Activity Date"),
            (
                "hs_call_disposition",
                "hs_call_direction",
                "hs_meeting_outcome",
                "hs_email_direction",
                "hs_engagement_type",
                "Call outcome",
                "Call Outcome",
                "Meeting outcome",
                "Meeting Outcome",
                "Email direction",
                "Email Direction",
                "Activity type",
                "Activity Type",
            ),
            ("hs_object_id", "Record ID", "id"),
        ),
        {
            "activity_id": ("hs_object_id", "Record ID", "id"),
            "account": (
                "associatedcompanyid",
                "Associated Company IDs",
                "associatedcompany",
                "Associated Company",
            ),
            "deal_id": ("associateddealid", "Associated Deal IDs", "Associated Deal"),
            "on": ("hs_timestamp", "Activity date", "Activity Date"),
            "kind": ("hs_engagement_type", "Activity type", "Activity Type"),
            "outcome": (
                "hs_call_disposition",
                "hs_meeting_outcome",
                "Call outcome",
                "Call Outcome",
                "Meeting outcome",
                "Meeting Outcome",
            ),
            "direction": (
                "hs_call_direction",
                "hs_email_direction",
                "Call direction",
                "Call Direction",
                "Email direction",
                "Email Direction",
            ),
            "by": ("hubspot_owner_id", "Activity assigned to", "Activity Assigned To"),
            "contact": ("associatedcontactid", "Associated Contact IDs", "Associated Contact"),
        },
        special="engagement",
    ),
    Form(
        "hubspot",
        "deals",
        (
            ("dealname", "Deal Name"),
            ("dealstage", "Deal Stage"),
            ("hs_object_id", "Record ID", "Record ID - Deal", "Deal ID", "id"),
        ),
        {
            "deal_id": ("hs_object_id", "Record ID", "Record ID - Deal", "Deal ID", "id"),
            "name": ("dealname", "Deal Name"),
            "account": ("associatedcompany", "Associated Company", "Associated Company (Primary)"),
            "owner": ("hubspot_owner_id", "Deal owner", "Deal Owner"),
            "amount": ("amount", "Amount"),
            "currency": ("deal_currency_code", "Currency"),
            "stage": ("dealstage", "Deal Stage"),
            "forecast_category": ("hs_manual_forecast_category", "Forecast category", "Forecast Category"),
            "close_on": ("closedate", "Close Date"),
            "created_on": ("createdate", "Create Date"),
            "is_closed": ("hs_is_closed", "Is Closed (numeric)", "Is closed"),
            "is_won": ("hs_is_closed_won", "Is Closed Won", "Is closed won"),
            "type": ("dealtype", "Deal Type"),
            "next_step": ("hs_next_step", "Next step", "Next Step"),
            "arr": ("hs_arr", "Annual recurring revenue", "Annual Recurring Revenue", "ARR"),
            "quantity": ("quantity", "Quantity"),
        },
        special="closed_by_close_date",
    ),
)

_DYNAMICS = (
    Form(
        "dynamics",
        "deals",
        (("opportunityid", "(Do Not Modify) Opportunity"), ("estimatedvalue", "Est. Revenue", "actualvalue")),
        {
            "deal_id": ("opportunityid", "(Do Not Modify) Opportunity"),
            "name": ("name", "Topic"),
            "account": ("parentaccountid", "customerid", "Account", "Potential Customer"),
            "owner": ("ownerid", "Owner"),
            "amount": ("estimatedvalue", "Est. Revenue", "Estimated Revenue"),
            "won_amount": ("actualvalue", "Actual Revenue"),
            "currency": ("isocurrencycode", "transactioncurrencyid", "Currency"),
            "stage": ("salesstage", "stepname", "Sales Stage", "Pipeline Phase"),
            "forecast_category": ("msdyn_forecastcategory", "Forecast category"),
            "close_on": ("estimatedclosedate", "Est. Close Date"),
            "closed_on": ("actualclosedate", "Actual Close Date"),
            "created_on": ("createdon", "Created On"),
            "status": ("statecode", "Status"),
        },
        statuses={"won": ("1", "Won"), "lost": ("2", "Lost")},
    ),
    Form(
        "dynamics",
        "people",
        (("systemuserid", "(Do Not Modify) User"), ("fullname", "Full Name")),
        {
            "person_id": ("systemuserid", "(Do Not Modify) User"),
            "name": ("fullname", "Full Name"),
            "email": ("internalemailaddress", "Primary Email"),
            "manager": ("parentsystemuserid", "Manager"),
            "title": ("title", "Title"),
        },
    ),
)

_ODOO = (
    Form(
        "odoo",
        "deals",
        (("expected_revenue", "Expected Revenue"), ("stage_id", "Stage", "stage_id/name")),
        {
            "deal_id": ("id", "ID", "External ID", ".id"),
            "name": ("name", "Opportunity"),
            "account": ("partner_id", "partner_name", "Customer", "partner_id/name"),
            "owner": ("user_id", "Salesperson", "user_id/name"),
            "amount": ("expected_revenue", "Expected Revenue"),
            "currency": ("company_currency", "Currency"),
            "stage": ("stage_id", "Stage", "stage_id/name"),
            "close_on": ("date_deadline", "Expected Closing"),
            "closed_on": ("date_closed", "Closed Date"),
            "created_on": ("create_date", "Created on", "Creation Date"),
            "status": ("won_status", "Is Won", "Won/Lost"),
            "active": ("active", "Active"),
            "type": ("type", "Type"),
        },
        statuses={"won": ("won", "Won"), "lost": ("lost", "Lost")},
    ),
)

FORMS = tuple(
    sorted((*_FAIRLEAD, *_HUBSPOT, *_DYNAMICS, *_ODOO, *_SALESFORCE), key=lambda form: form.rows != "changes")
)
"""Histories first: a history of stages also has the columns of a deal."""

CATEGORY_WORDS = {
    "omit": "omitted",
    "omitted": "omitted",
    "100000004": "omitted",
    "pipeline": "pipeline",
    "100000001": "pipeline",
    "best case": "best_case",
    "bestcase": "best_case",
    "best_case": "best_case",
    "100000002": "best_case",
    "most likely": "most_likely",
    "mostlikely": "most_likely",
    "most_likely": "most_likely",
    "forecast": "commit",
    "commit": "commit",
    "committed": "commit",
    "100000003": "commit",
    "closed": "closed",
    "closed won": "closed",
    "won": "closed",
    "100000005": "closed",
    "100000006": "omitted",
    "lost": "omitted",
}
"""A source's words for forecast categories; Salesforce's history says ``Forecast`` for Commit."""

FIELD_WORDS = {
    "stagename": "stage",
    "stage": "stage",
    "amount": "amount",
    "closedate": "close_on",
    "close date": "close_on",
    "close_date": "close_on",
    "forecastcategoryname": "forecast_category",
    "forecast category": "forecast_category",
    "owner": "owner",
    "ownerid": "owner",
    "opportunity owner": "owner",
    "nextstep": "next_step",
    "next step": "next_step",
}
"""Field names of field histories -> ours."""


def recognise(header: Sequence[str]) -> Form | None:
    """The known form a table has, by its column names; None for a foreign table."""
    columns = {column.lower() for column in header}
    for form in FORMS:
        if all(any(name.lower() in columns for name in group) for group in form.marks):
            return form
    return None


def category(word: str) -> str:
    """A source's word for a forecast category as ours; the word itself when it is not known."""
    plain = re.sub(r"\s+", " ", word.strip().lower().replace("-", " "))
    return CATEGORY_WORDS.get(plain, word.strip())

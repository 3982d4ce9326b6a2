"""The list of deals, one deal, its export, and what is not counted, as people use the pages."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from fairlead.calls import intake
from fairlead.deals import queries as deals
from fairlead.deals.models import Category
from fairlead.deals.rules import DealRow
from fairlead.people import clock
from tests.cast import AT, Cast

ROSA, MINA = "Rosa Lindqvist", "Mina Aalto"
ROWS = [
    DealRow("1", name="Pulp line", account="Nordwind", owner=ROSA, amount=Decimal("240000"), currency="EUR",
            stage="Negotiation", close_on=date(2026, 12, 14), created_on=date(2026, 9, 1)),
    DealRow("2", name="=cmd()", account="Kestrel", owner=ROSA, amount=Decimal("1000"), currency="EUR",
            stage="Paused", close_on=date(2027, 1, 22), created_on=date(2026, 9, 1)),
    DealRow("3", name="Gas line", account="Quill", owner="Ravi Menon", amount=Decimal("72000"), currency="EUR",
            stage="Closed", close_on=date(2026, 10, 2), created_on=date(2026, 5, 1), status="won",
            closed_on=date(2026, 10, 2)),
    DealRow("4", name="Nobody's", owner="Jo Nix", amount=Decimal("5000"), currency="EUR", stage="Negotiation",
            close_on=date(2026, 12, 1), created_on=date(2026, 9, 1)),
]  # fmt: skip


@pytest.fixture
def house(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(clock, "now", lambda: AT)
    take(cast, ROWS, AT - timedelta(days=3))
    return cast


def take(cast: Cast, rows: list[DealRow], as_of: Any, full: bool = True) -> intake.Report:
    manner = intake.Manner(
        "crm", as_of, file_name="deals.csv", full=full, categories={"Negotiation": "commit"}
    )
    return intake.take_in_batch(
        by=cast.actor("olu"), at=AT, rows=intake.Rows(deals=rows), manner=manner, with_estimate=False
    )


def as_(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(getattr(cast, name).user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def words(response: Any) -> str:
    text: str = response.content.decode()
    return text


def deal(name: str, cast: Cast) -> str:
    found = deals.list_deals(cast.actor("olu"), filters=deals.DealFilter(search=name))
    return found.rows[0].public_id


def test_a_rep_sees_own_open_deals_first(house: Cast) -> None:
    page = words(as_(house, "rosa").get("/deals/"))
    assert "Pulp line" in page
    assert "Gas line" not in page
    assert "Nobody" not in page


def test_a_filter_narrows_and_an_empty_answer_says_so(house: Cast) -> None:
    client = as_(house, "mina")
    won = words(client.get("/deals/?status=won"))
    assert "Gas line" in won
    assert "Pulp line" not in won
    assert "Gas line" in words(client.get("/deals/?status=all&owner=ravi"))
    assert "Nobody is called" in words(client.get("/deals/?owner=zzz"))
    assert "No deal fits this filter" in words(client.get("/deals/?q=zzz"))
    assert "Pulp line" in words(
        client.get("/deals/?category=commit&close_from=2026-12-01&close_to=2026-12-31")
    )


def test_a_filter_that_contradicts_itself_says_so_at_the_field(house: Cast) -> None:
    response = as_(house, "mina").get("/deals/?close_from=2026-12-02&close_to=2026-12-01")
    assert response.status_code == 422
    assert "The last day lies before the first." in words(response)


def test_pages_follow_one_another_without_gap_or_repetition(house: Cast) -> None:
    many = [replace(ROWS[0], deal_id=f"m{n:03}", name=f"Many {n:03}") for n in range(120)]
    take(house, many, AT - timedelta(days=2), full=False)
    client, seen, address = as_(house, "rosa"), list[str](), "/deals/?order=name&q=Many"
    for _ in range(3):
        page = client.get(address)
        seen += [line.name for line in page.context["lines"]]
        address = f"/deals/?{page.context['next']}"
    assert seen == sorted(f"Many {n:03}" for n in range(120))


def test_an_executive_far_above_gets_counts_and_whom_to_ask_and_no_names(house: Cast) -> None:
    page = words(as_(house, "carl").get("/deals/"))
    assert "Teams below you" in page
    assert "Vera Lindholm" in page
    assert "Pulp line" not in page
    assert ROSA not in page


def test_the_export_holds_what_the_list_holds_and_neutralises_formulas(house: Cast) -> None:
    response = as_(house, "rosa").get("/deals/export.csv?status=open")
    text = b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    assert "Pulp line" in text
    assert "'=cmd()" in text
    assert "Gas line" not in text


def test_the_workbook_has_amounts_as_numbers_and_no_formula(house: Cast) -> None:
    from openpyxl import load_workbook

    response = as_(house, "rosa").get("/deals/export.xlsx")
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    rows = list(load_workbook(io.BytesIO(content))["Deals"].iter_rows(values_only=True))
    assert rows[0][:3] == ("deal_id", "name", "account")
    assert {row[1]: row[4] for row in rows[1:]} == {"Pulp line": 240000, "'=cmd()": 1000}


def test_a_deal_shows_what_happened_with_both_clocks(house: Cast) -> None:
    take(house, [replace(ROWS[0], close_on=date(2026, 12, 20)), *ROWS[1:]], AT - timedelta(hours=1))
    page = words(as_(house, "rosa").get(f"/deals/{deal('Pulp line', house)}/"))
    assert "14 Dec → 20 Dec" in page
    assert "pushed once: was 14 Dec" in page
    assert "Imports compared" in page


def test_the_owner_sets_and_clears_the_own_category(house: Cast) -> None:
    client, address = as_(house, "rosa"), f"/deals/{deal('Pulp line', house)}/"
    assert client.post(f"{address}category/", {"category": ""}).status_code == 422
    assert client.post(f"{address}category/", {"category": "best_case"}).status_code == 302
    assert f"set by {ROSA}" in words(client.get(address))
    client.post(f"{address}category/", {"act": "clear"})
    page = words(client.get(address))
    assert "from stage" in page
    assert "the stage speaks again" in page


def test_a_manager_sees_the_deal_and_no_form_to_set_it(house: Cast) -> None:
    page = words(as_(house, "mina").get(f"/deals/{deal('Pulp line', house)}/"))
    assert "Pulp line" in page
    assert "Your own category" not in page


def test_a_deal_that_does_not_count_says_why(house: Cast) -> None:
    page = words(as_(house, "olu").get(f"/deals/{deal('Nobody', house)}/"))
    assert "This deal is not counted" in page
    assert "Nobody in the tree is known as “Jo Nix”" in page


def test_unmapped_stages_are_mapped_in_one_step(house: Cast) -> None:
    client = as_(house, "olu")
    assert "Paused" in words(client.get("/not-counted/"))
    assert client.post("/not-counted/stages/", {"stage-0": "Paused"}).status_code == 422
    client.post("/not-counted/stages/", {"stage-0": "Paused", "category-0": "pipeline"})
    assert Category.objects.get(stage="Paused").category == "pipeline"
    assert "Stages that mean nothing yet" not in words(client.get("/not-counted/"))


def test_a_deal_that_vanished_is_asked_about_and_the_answer_counts(house: Cast) -> None:
    take(house, ROWS[1:], AT - timedelta(hours=1))
    client, gone = as_(house, "olu"), deal("Pulp line", house)
    assert "no longer there" in words(client.get("/imports/"))
    client.post("/imports/missing/", {f"deal-{gone}": "deleted"})
    assert client.get(f"/deals/{gone}/").status_code == 404
    assert "What became of it" not in words(client.get("/imports/"))

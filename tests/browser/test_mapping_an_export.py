"""An export nobody knows: guessed, corrected, tried, saved, taken in; then recognised; then damaged, then short."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from playwright.sync_api import Page, expect

from fairlead.people import access, actions, clock
from fairlead.people.access import Role
from tests.browser.conftest import Demo
from tests.browser.test_main_flow import _sign_in
from tests.cast import AT, START

pytestmark = pytest.mark.browser

HEAD = "ref,seller,client,worth,step,opened,due,outcome\n"
ROWS = [
    "h-1,Nora Quay,Tern Mills,12000,Survey,2026-09-01,2026-12-11,running\n",
    "h-2,Nora Quay,Skua Steel,8000,Paper,2026-08-01,2026-10-30,gained\n",
    "h-3,Emil Kaj,Eider Foods,5000,Survey,2026-08-11,2026-10-12,gone\n",
]
WAIT = 240_000


def _send(page: Page, base: str, text: str, *, every: bool = False, name: str = "harbour.csv") -> None:
    page.goto(base + "imports/new/")
    page.set_input_files("#id_tables", {"name": name, "mimeType": "text/csv", "buffer": text.encode()})
    page.fill("#id_source", "harbour")
    if every:
        page.get_by_label("Every deal of the source").check()
    page.get_by_role("button", name="Send and look at it").click()


def test_an_unknown_export_from_the_guess_to_the_vanished_deal(
    demo: Demo, page: Page, axe: Callable[[Page], list[str]]
) -> None:
    demo.be(page, "Olu")
    _send(page, demo.url, HEAD + "".join(ROWS))
    expect(page.get_by_role("heading", name="What the columns are")).to_be_visible()
    expect(page.get_by_label("seller is")).to_have_value("owner")
    expect(page.get_by_label("ref is")).to_have_value("deal_id")
    expect(page.get_by_role("row").filter(has_text="seller")).to_contain_text("The name says so")
    assert axe(page) == []

    page.get_by_label("worth is").select_option("amount")
    page.get_by_label("due is").select_option("close_on")
    page.get_by_label("gained means").select_option("won")
    page.get_by_label("gone means").select_option("lost")
    page.get_by_role("button", name="Save the mapping").click()
    expect(page.get_by_role("status")).to_contain_text("mapping is kept")
    expect(page.get_by_label("worth is")).to_have_value("amount")
    page.get_by_role("button", name="Try it", exact=True).click()

    expect(page.get_by_role("heading", name="This is what would come of it")).to_be_visible(timeout=WAIT)
    expect(page.locator("dl.facts").first).to_contain_text("Deals that are new3")
    expect(page.get_by_role("heading", name="Stages that mean nothing yet")).to_be_visible()
    page.get_by_label("Survey means").select_option("pipeline")
    assert axe(page) == []
    page.get_by_role("button", name="Take it in").click()
    expect(page.get_by_role("heading", name="Taking it in.").or_(_taken(page))).to_be_visible()
    expect(_taken(page)).to_be_visible(timeout=WAIT)
    assert axe(page) == []

    page.goto(demo.url + "imports/")
    page.get_by_role("link", name="harbour.csv").first.click()
    expect(page.get_by_role("heading", name="Files")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="harbour.csv")).to_contain_text("the mapping says")

    _send(page, demo.url, HEAD + "".join(ROWS[1:]), every=True)
    expect(page.get_by_role("heading", name="This is what would come of it")).to_be_visible(timeout=WAIT)
    page.get_by_role("button", name="Take it in").click()
    expect(_taken(page)).to_be_visible(timeout=WAIT)
    expect(page.get_by_role("heading", name="Deals that are no longer there")).to_be_visible()
    page.get_by_label("What became of").select_option("deleted")
    page.get_by_role("button", name="Keep these answers").click()
    expect(page.get_by_role("status")).to_contain_text("1 deleted and left out from now on")


def _taken(page: Page) -> Any:
    return page.get_by_role("heading", name="Taken in", exact=True)


def test_a_damaged_file_is_refused_line_by_line_and_leaves_nothing(
    demo: Demo, page: Page, axe: Callable[[Page], list[str]]
) -> None:
    demo.be(page, "Olu")
    form = "deal_id,name,owner,amount,currency,stage,close_on,created_on,status\n"
    good = "d-1,Good,Rosa Lindqvist,100,EUR,Proposal,2026-12-01,2026-09-01,open\n"
    bad = "d-2,Bad,Rosa Lindqvist,a lot,EURO,Proposal,2026-13-40,2026-09-01,open\n"
    _send(page, demo.url, form + good + bad, name="damaged.csv")
    expect(page.get_by_role("heading", name="What to mend")).to_be_visible(timeout=WAIT)
    told = page.get_by_role("row").filter(has_text="row 3")
    expect(told.filter(has_text="amount")).to_contain_text("a lot")
    expect(told.filter(has_text="close_on")).to_contain_text("2026-13-40")
    expect(told.filter(has_text="EURO")).to_contain_text("Write EUR")
    expect(page.get_by_role("alert")).to_contain_text("No row of a file with such lines is kept")
    assert axe(page) == []
    page.get_by_role("button", name="Throw the files away").click()
    page.goto(demo.url + "deals/?q=Good")
    expect(page.get_by_text("No deal fits this filter.")).to_be_visible()


def _public_table() -> Path:
    shared = Path(os.environ.get("FAIRLEAD_SHARED") or Path(__file__).parents[3] / "shared")
    found = sorted((shared / "data").rglob("sales_pipeline.csv")) if shared.is_dir() else []
    if not found:
        pytest.skip("sales_pipeline.csv (crm-sales-opportunities) is not beside the checkout")
    return found[0]


def test_a_public_export_comes_into_an_empty_company_through_its_mapping(
    transactional_db: None,
    live_server: object,
    page: Page,
    monkeypatch: pytest.MonkeyPatch,
    settings: LazySettings,
    tmp_path: Path,
) -> None:
    table = _public_table()
    rows = sum(1 for _ in table.open(encoding="utf-8")) - 1
    mapping = Path(__file__).parents[2] / "docs/how-to/mappings/crm-sales-opportunities.toml"
    monkeypatch.setattr(clock, "now", lambda: AT)
    settings.UPLOADS = tmp_path / "uploads"
    by = access.system("tests set up an empty company")
    actions.set_up(by=by, at=AT, name="Gantry", currency="USD", time_zone="UTC")
    olu = actions.add_person(
        by=by, at=AT, name="Olu Adeyemi", manager=None, roles=frozenset({Role.SALES_OPS}), starts_on=START
    )
    actions.open_account(by=by, at=AT, person=olu, email="olu@gantry.test", password="a long pass phrase")
    _sign_in(page, str(live_server), olu)
    page.goto(f"{live_server}/imports/new/")
    page.set_input_files("#id_tables", [table, table.with_name("sales_teams.csv"), mapping])
    page.fill("#id_source", "crm-sales-opportunities")
    page.fill("#id_shows_on", "2018-12-31")
    page.get_by_role("button", name="Send and look at it").click()
    expect(page.get_by_role("heading", name="This is what would come of it")).to_be_visible(timeout=WAIT)
    expect(page.locator("dl.facts").first).to_contain_text(f"Deals that are new{rows:,}")

"""A plan is written in one form, kept when two save at once, tested by another, and read upstairs as a card."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from fairlead.people import clock
from fairlead.plans import actions, rules
from tests import cast as the_cast
from tests.browser.test_news_and_expectations import _sign_in
from tests.calls import company as the_company
from tests.cast import AT

Axe = Callable[[Page], list[str]]


@pytest.fixture
def company(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> the_company.Company:
    """The cast with Mina's team and its deals, at the cast's moment."""
    monkeypatch.setattr(clock, "now", lambda: AT)
    return the_company.mina_team(the_company.build(the_cast.build()))


@pytest.mark.browser
def test_a_plan_is_written_overtaken_saved_again_tested_and_read_upstairs(
    company: the_company.Company, live_server: object, page: Page, axe: Axe
) -> None:
    server, cast, deal = str(live_server), company.cast, company.deals["Nordwind"].public_id
    _sign_in(page, server, cast.rosa)
    page.goto(f"{server}/deals/{deal}/")
    page.get_by_role("link", name="Write the plan").click()
    assert axe(page) == []
    page.get_by_role("link", name="Write the plan").click()
    page.get_by_role("link", name="a new customer").click()
    assert axe(page) == []
    page.fill("#what", "Pulp monitoring on two sites")
    page.fill("#how_much", "240 thousand")
    page.fill("#by_when", "2026-12-14")
    page.fill("#signed_by", "Karin Holm")
    page.fill("#players-0-name", "Karin Holm")
    page.locator("#players-0-influence").select_option("decides")
    page.fill("#players-0-contact_on", "2026-11-20")
    page.fill("#tactics-0-buyer", "Karin Holm")
    page.fill("#tactics-0-due_on", "2026-11-20")

    actions.save(
        by=cast.actor("mina"), at=AT, deal=deal, after_version=0, plan=rules.Plan(what="One site first")
    )
    page.get_by_role("button", name="Save version 1").click()
    expect(page.get_by_role("alert")).to_contain_text("Mina Aalto saved version 1 meanwhile")
    expect(page.get_by_role("alert")).to_contain_text("They differ in: objective")
    assert page.input_value("#what") == "Pulp monitoring on two sites"
    assert page.input_value("#players-0-name") == "Karin Holm"
    assert axe(page) == []
    page.get_by_role("button", name="Save version 2").click()
    expect(page.get_by_role("status")).to_contain_text("Version 2 is saved")
    expect(
        page.get_by_text("Pulp monitoring on two sites, 240 thousand, by 14 December 2026")
    ).to_be_visible()
    expect(page.get_by_text("A buyer step is late")).to_be_visible()
    expect(page.get_by_text("Single thread", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Sign as tester")).to_have_count(0)
    assert axe(page) == []

    _sign_in(page, server, cast.mina)
    page.goto(f"{server}/deals/{deal}/plan/")
    page.fill("#words", "I played Karin Holm: the day did not hold.")
    page.get_by_role("button", name="Sign as tester of version 2").click()
    expect(page.get_by_text("the day did not hold")).to_be_visible()

    _sign_in(page, server, cast.carl)
    page.goto(f"{server}/board/")
    page.get_by_role("link", name="Up-cards").click()
    assert axe(page) == []
    page.get_by_role("link", name="Nordwind").click()
    expect(page.get_by_text("Ask Mina Aalto.")).to_be_visible()
    assert "Rosa" not in page.content()
    assert axe(page) == []

"""A deal is scored criterion after criterion, by keyboard as by mouse; sales operations chooses the criteria."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from fairlead.people import clock
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
def test_a_deal_is_scored_by_keyboard_and_the_weakest_criterion_is_the_deals(
    company: the_company.Company, live_server: object, page: Page, axe: Axe
) -> None:
    server, cast = str(live_server), company.cast
    _sign_in(page, server, cast.rosa)
    page.goto(f"{server}/deals/{company.deals['Nordwind'].public_id}/")
    page.get_by_role("link", name="Score it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Is there an opportunity?")
    assert axe(page) == []
    page.get_by_label("2 The buyer said it").focus()
    page.keyboard.press("Space")
    page.fill("#what", "Two lines lose 4 % of pulp.")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("need a named person at the buyer")
    assert axe(page) == []
    assert page.input_value("#what") == "Two lines lose 4 % of pulp."
    page.fill("#buyer_name", "Marta Lind")
    page.fill("#buyer_role", "Plant manager")
    page.fill("#link", "https://mail.buyer.test/1")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Can we compete?")
    page.get_by_label("1 Our belief").check()
    page.fill("#what", "Nobody else measures it in line.")
    page.get_by_role("button", name="Keep it", exact=True).click()
    expect(page.locator("main")).to_contain_text("Can we win? and Is it worth winning?")
    assert axe(page) == []
    expect(page.get_by_role("link", name="wrote or did it")).to_have_count(0)
    expect(page.get_by_role("link", name="said it, 24 Nov")).to_have_attribute(
        "href", "https://mail.buyer.test/1"
    )

    page.get_by_role("link", name="Can we compete?").first.click()
    page.get_by_role("button", name="Take the newest back").click()
    expect(page.get_by_role("status")).to_contain_text("Taken back")
    expect(page.get_by_text("taken back by Rosa Lindqvist")).to_be_visible()
    assert axe(page) == []


@pytest.mark.browser
def test_sales_operations_takes_a_copy_of_a_method_looks_at_it_and_keeps_it(
    company: the_company.Company, live_server: object, page: Page, axe: Axe
) -> None:
    server, cast = str(live_server), company.cast
    _sign_in(page, server, cast.olu)
    page.goto(f"{server}/settings/criteria/")
    assert axe(page) == []
    page.get_by_role("link", name="BANT").click()
    page.get_by_text("Timing", exact=True).first.click()
    page.locator("#name-3").fill("A day of theirs")
    page.get_by_label("Budget, Paper").select_option("2")
    page.get_by_role("button", name="See what it changes").click()
    expect(page.get_by_text("No longer asked: Is there an opportunity?")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("button", name="Keep it as version 1").click()
    expect(page.get_by_role("status")).to_contain_text("deals are scored by BANT")
    _sign_in(page, server, cast.rosa)
    page.goto(f"{server}/deals/{company.deals['Nordwind'].public_id}/evidence/")
    expect(page.get_by_role("rowheader", name="A day of theirs")).to_be_visible()
    expect(page.get_by_text("Asked for: 2, the buyer said it")).to_be_visible()

"""A manager goes through the team's deals by keyboard and ends with one message; a rep does the same on a phone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from fairlead.people import clock
from tests import cast as the_cast
from tests.browser.conftest import PHONE
from tests.browser.test_news_and_expectations import _sign_in
from tests.calls import company as the_company
from tests.cast import AT

Axe = Callable[[Page], list[str]]


@pytest.fixture
def company(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> the_company.Company:
    """The cast with Mina's team; two deals whose close date has passed."""
    monkeypatch.setattr(clock, "now", lambda: AT)
    company = the_company.mina_team(the_company.build(the_cast.build()))
    for name in ("Nordwind", "Kestrel"):
        company.change(name, close_on=AT.date() - timedelta(days=3))
    return company


@pytest.mark.browser
def test_a_review_by_keyboard_ends_in_one_message_that_the_rep_reads(
    company: the_company.Company, live_server: object, page: Page, axe: Axe
) -> None:
    server, cast = str(live_server), company.cast
    _sign_in(page, server, cast.mina)
    page.goto(f"{server}/deal-review/?rep={cast.rosa.public_id}&only=flagged")
    assert axe(page) == []
    nordwind = page.locator(f"#deal-{company.deals['Nordwind'].public_id}")
    page.keyboard.press("j")
    expect(nordwind).to_be_focused()
    page.keyboard.press("n")
    expect(page.get_by_label("Question for Rosa Lindqvist")).to_be_focused()
    page.keyboard.type("Which day do they sign?")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Question noted: Nordwind.")
    expect(nordwind).to_be_focused()
    page.keyboard.press("t")
    page.keyboard.type("the early word")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Thank-you noted")
    page.keyboard.press("s")
    page.keyboard.press("Escape")
    expect(nordwind).to_be_focused()
    page.keyboard.press("s")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Say why it can wait")
    assert axe(page) == []
    nordwind.get_by_label("Why it can wait").fill("They sign on Monday.")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Snoozed: Nordwind.")
    page.goto(f"{server}/deal-review/?rep={cast.rosa.public_id}")
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Keys")).to_be_visible()
    page.get_by_role("button", name="Keys on").click()
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Keys")).to_be_visible()
    page.get_by_role("link", name="Read and send: 1 question, thanks").click()
    assert axe(page) == []
    page.get_by_role("button", name="Send to Rosa Lindqvist").click()
    expect(page.get_by_role("status")).to_contain_text("who is told")

    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    _sign_in(page, server, cast.rosa)
    page.goto(f"{server}/deal-review/")
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.get_by_role("link", name="From Mina Aalto").click()
    expect(page.get_by_text("Which day do they sign?").first).to_be_visible()
    assert axe(page) == []

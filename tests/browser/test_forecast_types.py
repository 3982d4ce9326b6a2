"""Sales operations sets a forecast type up; a rep calls it, the manager submits it, the superior reads it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from fairlead.people import clock
from tests import cast as the_cast
from tests.browser.conftest import DESK, PHONE
from tests.browser.test_news_and_expectations import _sign_in
from tests.calls import company as the_company
from tests.cast import AT

Axe = Callable[[Page], list[str]]


@pytest.fixture
def company(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> the_company.Company:
    """The cast with Mina's team, some of its deals renewals, at the cast's moment."""
    monkeypatch.setattr(clock, "now", lambda: AT)
    found = the_company.mina_team(the_company.build(the_cast.build()))
    for name in ("Arden", "Kestrel"):
        found.change(name, type="Renewal")
    return found


def _fits(page: Page) -> bool:
    wide: bool = page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    return wide


@pytest.mark.browser
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_type_is_set_up_called_submitted_and_read(
    company: the_company.Company, live_server: object, page: Page, axe: Axe, size: dict[str, int]
) -> None:
    server, cast = str(live_server), company.cast
    page.set_viewport_size(size)  # type: ignore[arg-type]
    _sign_in(page, server, cast.olu)
    page.goto(f"{server}/settings/forecast-types/")
    page.get_by_label("Name").fill("Renewals")
    page.get_by_label("Renewal", exact=True).check()
    assert axe(page) == []
    assert _fits(page)
    page.get_by_role("button", name="Add the type").click()
    expect(page.get_by_text("Renewals counts like this.")).to_be_visible()
    page.context.clear_cookies()

    _sign_in(page, server, cast.rosa)
    page.goto(f"{server}/quarter/")
    page.get_by_text("Change my number in Renewals").click()
    page.locator("#type-renewals-commit").fill("0.4")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Renewals is 0")).to_be_visible()
    assert axe(page) == []
    assert _fits(page)
    page.context.clear_cookies()

    _sign_in(page, server, cast.mina)
    page.goto(f"{server}/call/")
    page.get_by_role("navigation", name="Forecast types").get_by_role("link", name="Renewals").click()
    expect(page.get_by_role("heading", name="Forecast call: Renewals")).to_be_visible()
    expect(page.get_by_text("is not shown beside one type")).to_be_visible()
    assert axe(page) == []
    assert _fits(page)
    page.get_by_text("By forecast type: what the calls come to").click()
    page.locator("#type_renewals_commit").fill("0.7")
    page.get_by_label("Why your numbers differ").fill("One more renews.")
    page.get_by_role("button", name="Submit to Vera").click()
    expect(page.get_by_role("heading", name="By forecast type")).to_be_visible()
    page.get_by_role("navigation", name="Forecast types").get_by_role("link", name="Renewals").click()
    expect(page.get_by_text("Submitted, Renewals")).to_be_visible()
    assert axe(page) == []
    page.context.clear_cookies()

    _sign_in(page, server, cast.vera)
    page.goto(f"{server}/board/?type=renewals")
    expect(page.get_by_role("heading", name="Board: Renewals")).to_be_visible()
    expect(page.get_by_text("One more renews.")).to_be_visible()
    assert axe(page) == []
    assert _fits(page)

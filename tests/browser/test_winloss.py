"""A seller says what decided a deal, a colleague interviews the buyer, both stand beside each other; desk and phone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from fairlead.people import clock
from tests import cast as the_cast
from tests.browser.conftest import DESK, PHONE
from tests.browser.test_exits import _fits
from tests.browser.test_news_and_expectations import _sign_in
from tests.cast import AT
from tests.winloss import house as the_house

Axe = Callable[[Page], list[str]]


@pytest.fixture
def house(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> the_house.House:
    monkeypatch.setattr(clock, "now", lambda: AT)
    return the_house.build(the_cast.build())


@pytest.mark.browser
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_two_accounts_of_a_lost_deal(
    house: the_house.House, live_server: object, page: Page, axe: Axe, size: dict[str, int]
) -> None:
    server, cast = str(live_server), house.cast
    page.set_viewport_size(size)  # type: ignore[arg-type]
    _sign_in(page, server, cast.olu)
    page.goto(f"{server}/win-loss/")
    assert axe(page) == []
    assert _fits(page)
    page.get_by_role("link", name="Kestrel", exact=True).click()
    page.select_option("#interviewer", label="Pia Kranz")
    page.fill("#with_whom", "Anna Reuter, by phone")
    assert axe(page) == []
    assert _fits(page)
    page.get_by_role("button", name="Ask for the interview").click()
    expect(page.get_by_role("status")).to_contain_text("Asked.")

    _sign_in(page, server, cast.pia)
    page.goto(f"{server}/win-loss/")
    page.get_by_role("link", name="Kestrel", exact=True).click()
    expect(page.get_by_text("Anna Reuter, by phone")).to_be_visible()
    page.fill("#buyer_name", "Anna Reuter")
    page.fill("#held_on", "2026-11-24")
    page.get_by_label("Our process and response").first.check()
    page.fill("#quote", "You never called back.")
    assert axe(page) == []
    assert _fits(page)
    page.get_by_role("button", name="Keep it").click()
    lacks = page.get_by_role("alert")
    expect(lacks).to_contain_text("Exact words need the buyer’s consent".replace("’", "'"))
    expect(lacks).to_contain_text("Say in one sentence when")
    assert page.input_value("#quote") == "You never called back."
    assert axe(page) == []
    page.get_by_label("Yes, they agreed").check()
    page.fill("#moment", "Nobody answered for two weeks.")
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("status")).to_contain_text("Kept.")

    _sign_in(page, server, cast.rosa)
    page.goto(f"{server}/win-loss/")
    assert axe(page) == []
    assert _fits(page)
    page.get_by_role("link", name=re.compile("Say what decided it.*Kestrel")).click()
    assert "Nobody answered" not in page.content()
    page.get_by_label("Price and value").first.check()
    page.fill("#moment", "Purchasing put the offers side by side.")
    assert axe(page) == []
    assert _fits(page)
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_text("You never called back.")).to_be_visible()
    page.fill("#words", "I called on 3 November.")
    page.get_by_role("button", name="Answer").click()
    expect(page.get_by_text("I called on 3 November.")).to_be_visible()
    assert axe(page) == []
    assert _fits(page)

    _sign_in(page, server, cast.mina)
    page.goto(f"{server}/win-loss/")
    assert axe(page) == []
    assert _fits(page)
    page.get_by_role("link", name="Kestrel", exact=True).click()
    expect(page.get_by_text("They name different reasons")).to_be_visible()
    assert axe(page) == []

"""A rep asks, the manager approves, the executive accepts on a phone, and the debrief makes a promise."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from fairlead.people import clock
from tests import cast as the_cast
from tests.asks.asking import planned
from tests.browser.conftest import DESK, PHONE
from tests.browser.test_news_and_expectations import _sign_in
from tests.calls import company as the_company
from tests.cast import AT

Axe = Callable[[Page], list[str]]


@pytest.fixture
def company(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> the_company.Company:
    """The cast with Mina's team and its deals, at the cast's moment."""
    monkeypatch.setattr(clock, "now", lambda: AT)
    return the_company.mina_team(the_company.build(the_cast.build()))


def looked_at(page: Page, axe: Axe) -> list[str]:
    """What is wrong with the page as it is, in both widths and themes."""
    found = []
    before = page.viewport_size
    for theme, size in (("light", DESK), ("dark", PHONE)):
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        page.set_viewport_size(size)  # type: ignore[arg-type]
        found += [f"{page.url} {theme}: {line}" for line in axe(page)]
        if page.evaluate("document.documentElement.scrollWidth - window.innerWidth") > 0:
            found.append(f"{page.url} {size['width']}: wider than the window")
    page.set_viewport_size(before or DESK)  # type: ignore[arg-type]
    return found


@pytest.mark.browser
def test_an_ask_from_the_plan_to_the_promise(
    company: the_company.Company, live_server: object, page: Page, axe: Axe
) -> None:
    server, cast = str(live_server), company.cast
    deal = planned(company)
    _sign_in(page, server, cast.rosa)
    page.goto(f"{server}/deals/{deal}/")
    page.get_by_role("link", name="Ask an executive").click()
    assert looked_at(page, axe) == []
    page.get_by_label("What for, in one sentence").fill("Confirm the three-year price to Karin Holm.")
    page.get_by_label("It worked if").fill("She names the day of signature.")
    page.get_by_label("Needed by").fill("2026-11-27")
    page.get_by_label("Do not offer").fill("A price below 78 thousand a year\nAnother pilot")
    page.get_by_role("button", name="Send it to Mina Aalto").click()
    expect(page.get_by_role("status")).to_contain_text("Sent to Mina Aalto")
    assert looked_at(page, axe) == []

    _sign_in(page, server, cast.mina)
    page.goto(f"{server}/asks/")
    assert looked_at(page, axe) == []
    page.get_by_role("link", name="Confirm the three-year price to Karin Holm.").click()
    assert looked_at(page, axe) == []
    page.get_by_role("button", name="Approve, and ask Vera Lindholm").click()
    expect(page.get_by_role("status")).to_contain_text("Approved. Vera Lindholm is told.")

    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    _sign_in(page, server, cast.vera)
    page.get_by_label("Main, short").get_by_role("link", name="Asks").click()
    assert looked_at(page, axe) == []
    page.get_by_role("link", name="Confirm the three-year price to Karin Holm.").click()
    offers = page.get_by_role("heading", name="Do not offer")
    expect(offers).to_be_visible()
    box = offers.bounding_box()
    assert box is not None
    assert box["y"] < PHONE["height"], "what must not be offered is on the first screen"
    page.get_by_role("link", name="Brief on one page").click()
    assert looked_at(page, axe) == []
    page.go_back()
    page.get_by_label("On", exact=True).fill("2026-11-24")
    page.get_by_role("button", name="Accept for that day").click()
    expect(page.get_by_role("status")).to_contain_text("Accepted for Tue 24 Nov")
    expect(page.get_by_text("The debrief is due")).to_be_visible()
    assert looked_at(page, axe) == []

    page.get_by_role("link", name="Write what came of it").click()
    assert looked_at(page, axe) == []
    page.get_by_label("In a few sentences").fill("She signs once the price is in writing.")
    page.get_by_label("What 1", exact=True).fill("The three-year price in writing")
    page.get_by_role("button", name="Write it down").click()
    expect(page.get_by_role("alert")).to_contain_text("Say whether the outcome was reached")
    expect(page.get_by_label("What 1", exact=True)).to_have_value("The three-year price in writing")
    page.get_by_label("Reached", exact=True).check()
    page.get_by_label("By", exact=True).nth(1).fill("2026-11-27")
    page.get_by_label("What you will provide").fill("A legal review within two days")
    page.get_by_label("By", exact=True).first.fill("2026-12-01")
    page.get_by_role("button", name="Write it down").click()
    expect(page.get_by_role("status")).to_contain_text("1 promise written down")
    assert looked_at(page, axe) == []

    page.goto(f"{server}/promises/")
    expect(page.get_by_role("link", name="The three-year price in writing", exact=True)).to_be_visible()
    page.goto(f"{server}/debts/")
    assert looked_at(page, axe) == []
    page.get_by_role("link", name="A legal review within two days", exact=True).click()
    assert looked_at(page, axe) == []

    _sign_in(page, server, cast.rosa)
    page.goto(f"{server}/debts/")
    expect(page.get_by_text("Vera Lindholm to you")).to_be_visible()
    page.goto(f"{server}/deals/{deal}/")
    assert looked_at(page, axe) == []

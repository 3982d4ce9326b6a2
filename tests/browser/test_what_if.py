"""What-ifs in a real browser: they move while one types, work without script and by keyboard, and fit every screen."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from fairlead.calls import actions
from fairlead.people import clock
from tests import cast as the_cast
from tests.browser.conftest import DESK, PHONE
from tests.browser.test_main_flow import _sign_in
from tests.calls import company as the_company
from tests.calls.company import OPS, Company
from tests.cast import AT

pytestmark = pytest.mark.browser


@pytest.fixture
def company(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Company:
    monkeypatch.setattr(clock, "now", lambda: AT)
    made = the_company.build(the_cast.build())
    for name, target in (("rosa", 700_000), ("mina", 1_200_000)):
        made.target(name, target)
    made.won("Arden", "rosa", 392_000)
    for name, owner, euros in (
        ("Nordwind", "rosa", 240_000),
        ("Ostrava", "rosa", 84_000),
        ("Kestrel", "ravi", 190_000),
    ):
        made.deal(name, owner, euros)
    for n in range(12):
        day = date(2026, 1, 10) + timedelta(days=20 * n)
        made.deal(f"won {n}", "rosa", 70_000, close_on=day, status="won", closed_on=day)
        made.deal(f"lost {n}", "ravi", 50_000, close_on=day, status="lost", closed_on=day)
        made.change(f"won {n}", created_on=day - timedelta(days=40))
    actions.estimate(by=OPS, at=AT, with_past=False)
    return made


def test_the_answer_moves_while_one_supposes_and_the_address_holds_it(
    company: Company, live_server: object, page: Page
) -> None:
    _sign_in(page, str(live_server), company.cast.rosa)
    page.goto(f"{live_server}/quarter/")
    page.get_by_role("link", name="Try a what-if").click()
    expect(page.get_by_role("heading", name="What if", exact=True)).to_be_visible()
    answer = page.locator("#answer")
    expect(answer).to_contain_text("Suppose something, and see what it moves.")
    page.get_by_label("Suppose Nordwind is").select_option("won")
    expect(answer).to_contain_text("Nordwind is won.")
    page.get_by_label("Another amount of Ostrava").fill("150")
    expect(answer).to_contain_text("Ostrava is worth €150k.")
    page.get_by_label("Target", exact=True).fill("many")
    expect(answer.get_by_role("alert")).to_contain_text("is no number of thousands")
    page.get_by_label("Target", exact=True).fill("600")
    expect(answer).to_contain_text("would reach €600k")
    page.reload()
    expect(page.get_by_label("Suppose Nordwind is")).to_have_value("won")
    expect(page.get_by_label("Another amount of Ostrava")).to_have_value("150")
    page.get_by_role("link", name="As it is again").click()
    expect(page.get_by_label("Suppose Nordwind is")).to_have_value("")


def test_a_manager_tries_it_by_keyboard_and_without_script(
    company: Company, live_server: object, browser: Browser, page: Page
) -> None:
    server = str(live_server)
    _sign_in(page, server, company.cast.mina)
    page.goto(f"{server}/call/what-if/")
    page.get_by_label("Suppose Kestrel is").focus()
    page.keyboard.press("w")
    expect(page.locator("#answer")).to_contain_text("Kestrel is won.")
    plain = browser.new_context(java_script_enabled=False, storage_state=page.context.storage_state())
    still = plain.new_page()
    still.goto(f"{server}/call/what-if/")
    still.get_by_label("Suppose Kestrel is").select_option("lost")
    still.get_by_label("How many").fill("2")
    still.get_by_label("Amount", exact=True).fill("80")
    still.get_by_label("Chance, per cent").fill("25")
    still.get_by_role("button", name="Show what it changes").click()
    expect(still.locator("#answer")).to_contain_text("Kestrel is lost.")
    expect(still.locator("#answer")).to_contain_text("2 new deals of €80k")
    expect(still.get_by_label("How many")).to_have_value("2")
    plain.close()


def test_the_pages_are_accessible_and_fit(
    company: Company, live_server: object, page: Page, axe: Callable[[Page], list[str]]
) -> None:
    found = []
    places = {
        "rosa": ("quarter/", "quarter/what-if/?target=600&new=x"),
        "mina": ("call/what-if/?target=900",),
    }
    for who, addresses in places.items():
        _sign_in(page, str(live_server), getattr(company.cast, who))
        for place in addresses:
            for theme, size in (("light", DESK), ("dark", PHONE)):
                page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
                page.set_viewport_size(size)  # type: ignore[arg-type]
                page.goto(f"{live_server}/{place}")
                found += [f"{place} {theme}: {line}" for line in axe(page)]
                assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, place
    assert found == []

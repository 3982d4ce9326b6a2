"""The weekly review in a real browser: begun, written down, ended, read, and what became of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from fairlead.people import clock
from tests import cast as the_cast
from tests.browser.conftest import DESK, PHONE
from tests.browser.test_main_flow import _sign_in
from tests.calls import company as the_company
from tests.calls.company import Company
from tests.cast import AT
from tests.reviews.test_reviews import begun, ended

pytestmark = pytest.mark.browser


@pytest.fixture
def team(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Company:
    monkeypatch.setattr(clock, "now", lambda: AT)
    return the_company.mina_team(the_company.build(the_cast.build()))


def test_a_review_from_begin_to_a_promise(team: Company, live_server: object, page: Page) -> None:
    server = str(live_server)
    _sign_in(page, server, team.cast.mina)
    page.get_by_role("navigation", name="Main", exact=True).get_by_role("link", name="Weekly review").click()
    page.get_by_role("button", name="Begin the review").click()
    page.get_by_label("Decided 1").fill("We hold the price until the board names a day.")
    page.get_by_label("Deal", exact=True).first.select_option(label="Nordwind")
    page.get_by_label("Question 1").fill("Who signs?")
    page.get_by_label("Action 1").fill("Ask the lawyer for the day.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Saved")
    page.get_by_role("button", name="End the review").click()
    expect(page.get_by_role("alert")).to_contain_text("Question 1: choose who")
    expect(page.get_by_label("Action 1")).to_have_value("Ask the lawyer for the day.")
    page.get_by_label("Who finds out").first.select_option(label="Ravi Menon")
    page.get_by_label("Who does it").first.select_option(label="Rosa Lindqvist")
    page.get_by_label("By the end of").first.fill("2026-11-27")
    page.get_by_role("button", name="End the review").click()
    expect(page.get_by_role("heading", name="Decided")).to_be_visible()
    minutes = page.url
    page.get_by_role("link", name="Nordwind").first.click()
    expect(page.get_by_text("Decided in the review of 24 Nov:")).to_be_visible()

    _sign_in(page, server, team.cast.rosa)
    page.goto(f"{server}/promises/")
    page.get_by_role("link", name="Ask the lawyer for the day.", exact=True).click()
    expect(page.get_by_text("Review of Industrial North on Tue 24 Nov")).to_be_visible()
    page.goto(minutes)
    page.get_by_label("What was otherwise").fill("The price holds until Friday only.")
    page.get_by_role("button", name="Set it straight").click()
    expect(page.get_by_text("The price holds until Friday only.")).to_be_visible()


def test_the_pages_are_accessible_and_fit(
    team: Company, live_server: object, page: Page, axe: Callable[[Page], list[str]]
) -> None:
    team.submit("mina", 2000, reason="As the team called it.")
    past, found = ended(team, team.cast.vera), []
    _sign_in(page, str(live_server), team.cast.mina)
    places = ["reviews/", f"reviews/{past}/", f"reviews/{past}/text/"]
    for step in range(2):
        for place in places:
            for theme, size in (("light", DESK), ("dark", PHONE)):
                page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
                page.set_viewport_size(size)  # type: ignore[arg-type]
                page.goto(f"{live_server}/{place}")
                found += [f"{place} {theme}: {line}" for line in axe(page)]
                wide = "document.documentElement.scrollWidth - window.innerWidth"
                assert page.evaluate(wide) <= 0, place
        places = [f"reviews/{begun(team)}/"] if step == 0 else []
    assert found == []

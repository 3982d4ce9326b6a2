"""A one-to-one in a real browser: both sides set the rhythm, fill the agenda, write notes, keep private ones."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from fairlead.people import clock
from tests import cast as the_cast
from tests.agreements.agreeing import turned_on
from tests.browser.conftest import DESK, PHONE
from tests.browser.test_main_flow import _sign_in
from tests.cast import AT, Cast

pytestmark = pytest.mark.browser


@pytest.fixture
def company(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(clock, "now", lambda: AT)
    cast = the_cast.build()
    turned_on(cast, feature="oneonones")
    return cast


def test_both_sides_prepare_hold_and_note_a_one_to_one(
    company: Cast, live_server: object, page: Page, axe: Callable[[Page], list[str]]
) -> None:
    server, found = str(live_server), []
    _sign_in(page, server, company.mina)
    page.get_by_role("link", name="One-to-ones").click()
    page.get_by_role("link", name="Rosa Lindqvist").click()
    page.get_by_label("How often").select_option("weekly")
    page.get_by_label("On", exact=True).select_option("3")
    page.get_by_role("button", name="Set the rhythm").click()
    page.get_by_label("For you alone").fill("Ask how the move goes.")
    page.get_by_role("button", name="Keep for me").click()
    expect(page.get_by_role("status")).to_contain_text("Only you read it")
    found += axe(page)

    _sign_in(page, server, company.rosa)
    page.get_by_role("link", name="One-to-ones").click()
    page.get_by_role("link", name="Mina Aalto").click()
    expect(page.get_by_label("For you alone")).to_have_value("")
    page.get_by_label("Add a point").fill("Holiday in week 52")
    page.get_by_role("button", name="Put it on the agenda").click()
    page.get_by_label("Notes of this 1:1").fill("Two new plans by Friday.")
    page.get_by_role("button", name="Keep for both").click()
    page.get_by_label("What will be done").fill("Write two plans")
    page.get_by_label("By when").fill("2026-11-30")
    page.get_by_role("button", name="Write it down").click()
    expect(page.get_by_role("link", name="Write two plans")).to_be_visible()
    for theme, size in (("light", DESK), ("dark", PHONE)):
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        page.set_viewport_size(size)  # type: ignore[arg-type]
        for place in (page.url, f"{server}/one-to-ones/", f"{server}/one-to-ones/calendar/"):
            page.goto(place)
            found += [f"{place} {theme}: {line}" for line in axe(page)]
            assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, place
    page.set_viewport_size(DESK)  # type: ignore[arg-type]

    _sign_in(page, server, company.mina)
    page.get_by_role("link", name="One-to-ones").click()
    page.get_by_role("link", name="Rosa Lindqvist").click()
    expect(page.get_by_label("Notes of this 1:1")).to_have_value("Two new plans by Friday.")
    page.get_by_role("button", name="Done: Holiday in week 52").click()
    page.get_by_role("button", name="Held").click()
    expect(page.get_by_role("heading", name="Other meetings")).to_be_visible()
    assert found == []

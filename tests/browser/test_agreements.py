"""A working agreement in a real browser: written from a template, signed by the other, changed, ended."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from fairlead.people import clock
from tests import cast as the_cast
from tests.agreements.agreeing import agreed, turned_on
from tests.browser.conftest import DESK, PHONE
from tests.browser.test_main_flow import _sign_in
from tests.cast import AT, Cast

pytestmark = pytest.mark.browser


@pytest.fixture
def company(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(clock, "now", lambda: AT)
    cast = the_cast.build()
    turned_on(cast)
    return cast


def test_both_sides_write_sign_and_change_an_agreement(
    company: Cast, live_server: object, page: Page, axe: Callable[[Page], list[str]]
) -> None:
    server, found = str(live_server), []
    _sign_in(page, server, company.rosa)
    page.get_by_role("link", name="Agreements").click()
    page.get_by_role("link", name="Write one with Mina Aalto").click()
    page.get_by_role("link", name="Experienced").click()
    found += axe(page)
    page.get_by_label("Hours you can be reached").fill("8 to 16")
    page.get_by_role("button", name="Write and sign").click()
    expect(page.get_by_role("status")).to_contain_text("in force once Mina Aalto has signed")

    _sign_in(page, server, company.mina)
    page.get_by_role("link", name="Open it: Answer the working agreement").click()
    found += axe(page)
    page.get_by_role("button", name="Agree and sign").click()
    expect(page.get_by_role("heading", name="In force: version 1")).to_be_visible()
    page.get_by_role("link", name="Propose a change").click()
    page.get_by_label("What you owe in return").fill("An hour each week")
    page.get_by_label("Why it changes").fill("Discounts go to the desk now")
    page.get_by_role("button", name="Propose and sign").click()

    _sign_in(page, server, company.rosa)
    page.get_by_role("link", name="Open it: Answer the working agreement").click()
    expect(page.get_by_role("heading", name="Proposed: version 2")).to_be_visible()
    found += axe(page)
    page.get_by_role("button", name="Agree and sign").click()
    page.get_by_text("End it", exact=True).first.click()
    page.get_by_label("Why").fill("We begin anew.")
    page.get_by_label("Its last day").fill("2026-11-30")
    page.get_by_role("button", name="End it").click()
    expect(page.get_by_text("ends Mon 30 Nov")).to_be_visible()
    assert found == []


def test_the_pages_are_accessible_and_fit(
    company: Cast, live_server: object, page: Page, axe: Callable[[Page], list[str]]
) -> None:
    one, found = agreed(company).agreement.public_id, []
    _sign_in(page, str(live_server), company.ada)
    for who, places in (
        (company.ada, ["settings/units/"]),
        (company.mina, ["agreements/", f"agreements/{one}/", f"agreements/{one}/write/"]),
    ):
        _sign_in(page, str(live_server), who)
        for place in places:
            for theme, size in (("light", DESK), ("dark", PHONE)):
                page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
                page.set_viewport_size(size)  # type: ignore[arg-type]
                page.goto(f"{live_server}/{place}")
                found += [f"{place} {theme}: {line}" for line in axe(page)]
                assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, place
        page.set_viewport_size(DESK)  # type: ignore[arg-type]
    assert found == []

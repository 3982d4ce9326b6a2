"""Promises in a real browser: made, kept with one click, undone, moved with a reason, and read by the other."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from fairlead.people import clock
from tests import cast as the_cast
from tests.browser.conftest import DESK, PHONE
from tests.browser.test_main_flow import _sign_in
from tests.cast import AT, Cast
from tests.promises.test_promises import promised

pytestmark = pytest.mark.browser


@pytest.fixture
def company(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Cast:
    monkeypatch.setattr(clock, "now", lambda: AT)
    return the_cast.build()


def test_a_manager_promises_and_the_rep_reads_what_became_of_it(
    company: Cast, live_server: object, page: Page
) -> None:
    server = str(live_server)
    promised(company, "mina", "rosa", AT.date())
    _sign_in(page, server, company.mina)
    page.get_by_role("contentinfo").get_by_role("link", name="Promises, 1 due").click()
    page.get_by_label("I will").fill("Send you the notes of the lab.")
    page.get_by_label("To", exact=True).fill("Rosa Lindqvist")
    page.get_by_label("By the end of").fill("2026-11-25")
    page.get_by_role("button", name="Promise it").click()
    expect(page.get_by_role("status")).to_contain_text("Promised to Rosa Lindqvist")
    page.get_by_role("button", name="Kept: Send you the notes of the lab.").click()
    expect(page.get_by_role("status")).to_contain_text("Rosa Lindqvist is told")
    page.get_by_role("button", name="Undo the last step: Send you the notes of the lab.").click()
    page.get_by_label("Why").fill("The lab sends them on Thursday.")
    page.get_by_role("button", name="Move it").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose the day")
    expect(page.get_by_label("Why")).to_have_value("The lab sends them on Thursday.")
    page.get_by_label("New day").fill("2026-11-26")
    page.get_by_role("button", name="Move it").click()

    _sign_in(page, server, company.rosa)
    page.goto(f"{server}/promises/")
    page.get_by_role("link", name="Send you the notes of the lab.").click()
    expect(page.get_by_text("moved it to Thu 26 Nov: The lab sends them on Thursday.")).to_be_visible()


def test_the_pages_are_accessible_and_fit(
    company: Cast, live_server: object, page: Page, axe: Callable[[Page], list[str]]
) -> None:
    promise, found = promised(company), []
    _sign_in(page, str(live_server), company.rosa)
    for place in ("promises/", f"promises/{promise}/"):
        for theme, size in (("light", DESK), ("dark", PHONE)):
            page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            page.set_viewport_size(size)  # type: ignore[arg-type]
            page.goto(f"{live_server}/{place}")
            found += [f"{place} {theme}: {line}" for line in axe(page)]
            assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, place
    assert found == []

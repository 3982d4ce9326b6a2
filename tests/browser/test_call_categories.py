"""A manager calls Best Case, judges deals beside the number by keyboard, prints the pack and loads a grid back."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from fairlead.people import clock
from tests import cast as the_cast
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


def _fits(page: Page) -> bool:
    wide: bool = page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    return wide


@pytest.mark.browser
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_best_case_is_called_and_deals_are_judged_by_keyboard(
    company: the_company.Company, live_server: object, page: Page, axe: Axe, size: dict[str, int]
) -> None:
    server = str(live_server)
    page.set_viewport_size(size)  # type: ignore[arg-type]
    _sign_in(page, server, company.cast.mina)
    page.goto(f"{server}/call/")
    page.get_by_role("navigation", name="Categories").get_by_role("link", name="Best Case").click()
    page.get_by_text("Change the Best Case of Ravi Menon").click()
    page.get_by_label("Overlay on Ravi Menon").fill("0.4")
    page.locator(f"#note-{company.cast.ravi.public_id}").fill("Quill has no date.")
    assert axe(page) == []
    assert _fits(page)
    note = page.get_by_label("Note on Kestrel")
    note.focus()
    page.keyboard.type("No date any more.")
    page.keyboard.press("Enter")
    assert page.get_by_role("button", name="Judge Kestrel in").get_attribute("aria-pressed") is None
    page.keyboard.press("Backspace")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Judged out. It changes no call")).to_be_visible()
    assert "category=best_case" in page.url
    pressed = page.get_by_role("button", name="Judge Kestrel out")
    expect(pressed).to_have_attribute("aria-pressed", "true")
    assert axe(page) == []
    assert _fits(page)
    page.get_by_role("button", name="Take back your judgement of Kestrel").press("Enter")
    expect(page.get_by_role("button", name="Take back your judgement of Kestrel")).to_have_count(0)


@pytest.mark.browser
def test_the_pack_prints_as_one_pdf_on_both_papers(
    company: the_company.Company, live_server: object, page: Page, axe: Axe
) -> None:
    company.submit("mina", 1932, "One more comes.")
    server = str(live_server)
    _sign_in(page, server, company.cast.mina)
    page.goto(f"{server}/call/")
    page.get_by_role("link", name="Pack to print").click()
    assert axe(page) == []
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert _fits(page)
    assert axe(page) == []
    for name, wide in (("A4", 595), ("Letter", 612)):
        with page.expect_navigation():
            page.get_by_role("link", name=name, exact=True).click()
        found = PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True)))
        assert abs(float(found.pages[0].mediabox.width) - wide) < 1
        text = " ".join(one.extract_text() for one in found.pages)
        assert "One more comes." in text
        assert "Be somebody else" not in text
    address = page.url
    _sign_in(page, server, company.cast.rosa)
    answer = page.goto(address)
    assert answer is not None
    assert answer.status == 403


@pytest.mark.browser
def test_a_grid_is_loaded_back_without_script(
    company: the_company.Company, live_server: object, browser: Browser, axe: Axe, tmp_path: Path
) -> None:
    server, cast = str(live_server), company.cast
    context = browser.new_context(java_script_enabled=False, viewport=DESK)  # type: ignore[arg-type]
    page = context.new_page()
    _sign_in(page, server, cast.mina)
    page.goto(f"{server}/call/")
    page.get_by_role("link", name="Load back").click()
    file = tmp_path / "grid.csv"
    file.write_text(
        f"person_id,person,own_call\n{cast.rosa.public_id},Rosa,700\n{cast.ravi.public_id},Ravi,x\n"
    )
    page.set_input_files("#file", str(file))
    page.get_by_role("button", name="Show what it changes").click()
    expect(page.get_by_text("it is not an amount")).to_be_visible()
    expect(page.get_by_role("button", name="Load 1 change")).to_have_count(0)
    file.write_text(f"person_id,person,own_call\n{cast.rosa.public_id},Rosa,700\n")
    page.set_input_files("#file", str(file))
    page.get_by_role("button", name="Show what it changes").click()
    page.get_by_role("button", name="Load 1 change").click()
    expect(page.get_by_text("1 change loaded.")).to_be_visible()
    context.close()

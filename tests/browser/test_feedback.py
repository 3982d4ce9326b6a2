"""Upward feedback in a real browser: a rep answers with the keyboard, the result is read and shared."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from fairlead.feedback import actions
from fairlead.people import clock
from tests import cast as the_cast
from tests.browser.conftest import DESK, PHONE
from tests.browser.test_main_flow import _sign_in
from tests.cast import AT, Cast
from tests.feedback.asking import CLOCK, OVER, REPS, answered, newest, opened

pytestmark = pytest.mark.browser


@pytest.fixture
def moment(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    now: list[object] = [AT]
    monkeypatch.setattr(clock, "now", lambda: now[0])
    return now


@pytest.fixture
def company(transactional_db: None, moment: list[object]) -> Cast:
    cast = the_cast.build()
    opened(cast)
    return cast


def test_a_rep_answers_and_the_managers_read_it(
    company: Cast, moment: list[object], live_server: object, page: Page, axe: Callable[[Page], list[str]]
) -> None:
    server, found, row = str(live_server), [], newest()
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    _sign_in(page, server, company.rosa)
    page.goto(f"{server}/today/")
    found += axe(page)
    page.get_by_role("link", name="Answer: Answer how it is to work with Mina Aalto").click()
    found += axe(page)
    for group in page.get_by_role("group").all()[:7]:
        radio = group.get_by_role("radio").first
        if radio.count():
            radio.focus()
            page.keyboard.press("Space")
    page.get_by_label("A comment").fill("More visits together")
    page.get_by_role("button", name="Look it over").click()
    expect(page.get_by_role("alert")).to_contain_text("no answer yet")
    found += axe(page)
    for item in page.locator("fieldset.fb-item").all():
        item.get_by_role("radio", name="Mostly so", exact=True).check()
    page.get_by_role("button", name="Look it over").click()
    expect(page.get_by_text("More visits together")).to_be_visible()
    found += axe(page)
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("nobody can find it again")

    answered(company, row, REPS[1:])
    actions.watch(by=CLOCK, at=OVER)
    moment[0] = OVER
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    _sign_in(page, server, company.vera)
    page.goto(f"{server}/feedback/")
    found += axe(page)
    page.get_by_role("link", name="2026Q4, about").first.click()
    expect(page.get_by_text("Mostly so", exact=True).first).to_be_visible()
    page.get_by_role("button", name="Share with those asked").click()
    found += axe(page)
    for theme, size in (("light", DESK), ("dark", PHONE)):
        page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        page.set_viewport_size(size)  # type: ignore[arg-type]
        for place in ("feedback/rules/", f"feedback/{row.public_id}/"):
            page.goto(f"{server}/{place}")
            found += [f"{place} {theme}: {line}" for line in axe(page)]
            assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0, place
    _sign_in(page, server, company.rosa)
    page.goto(f"{server}/feedback/{row.public_id}/")
    expect(page.get_by_text("Mostly so", exact=True).first).to_be_visible()
    assert found == []

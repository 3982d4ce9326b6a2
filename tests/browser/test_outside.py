"""Somebody from outside in a real browser: named by HR, sent an address, and their one answer on a page of its own."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from fairlead.improvement import inviting
from fairlead.people import access, clock
from fairlead.people import actions as people
from tests import cast as the_cast
from tests.browser import looking
from tests.browser.conftest import DESK
from tests.browser.test_main_flow import _sign_in
from tests.calls import company as the_company
from tests.improvement import making
from tests.improvement.making import BEGUN, do
from tests.improvement.test_outside import named
from tests.improvement.test_plans import LAST, covered, ready
from tests.looks import making as looks

pytestmark = pytest.mark.browser


def _kept(page: Page, name: str) -> None:
    """A picture where somebody wants to look at it."""
    if folder := os.environ.get("FAIRLEAD_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def test_an_appeal_is_heard_from_outside(
    transactional_db: None, live_server: object, page: Page, browser: Browser, axe: Callable[[Page], list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    now = [BEGUN]
    monkeypatch.setattr(clock, "now", lambda: now[0])
    company = the_company.build(the_cast.build())
    looks.ground(company.cast)
    making.diagnosed(monkeypatch, company)
    server, cast = str(live_server), company.cast
    people.move(by=access.system("a test"), at=BEGUN, person=cast.vera, manager=None, starts_on=BEGUN.date())
    _sign_in(page, server, cast.hana)
    page.goto(f"{server}/outside-reviewers/{cast.vera.public_id}/")
    found = [f"unit: {line}" for line in looking.in_every_medium(page, axe)]
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    page.get_by_role("button", name="Name them").click()
    expect(page.get_by_role("alert")).to_contain_text("Write the name")
    row = named(company)
    now[0] = LAST
    plan = ready(company)
    covered(company, plan)
    do(company, "vera", plan, "decided", LAST, "Not reached.", said="redeployed")
    do(company, "hana", plan, "seconded", LAST)
    do(company, "rosa", plan, "appealed", LAST, "The reference was not counted.")
    page.goto(f"{server}/outside-reviewers/")
    found += [f"list: {line}" for line in looking.in_every_medium(page, axe)]
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    _kept(page, "list")
    _, secret = inviting.send(by=cast.actor("hana", LAST), at=LAST, plan=plan.public_id, by_mail=True)
    plain = browser.new_context(java_script_enabled=False, viewport=DESK)  # type: ignore[arg-type]
    outer = plain.new_page()
    outer.goto(f"{server}/outside/{secret}/")
    _kept(outer, "outer")
    outer.set_viewport_size({"width": 390, "height": 844})
    assert outer.evaluate("document.documentElement.scrollWidth") <= 390
    outer.emulate_media(color_scheme="dark")
    _kept(outer, "outer-phone")
    outer.get_by_role("button", name="Send your answer").click()
    expect(outer.get_by_role("alert")).to_be_visible()
    outer.get_by_label("It is overturned").check()
    outer.get_by_label("Why", exact=True).fill("The reference was owed, and it came late.")
    outer.get_by_role("button", name="Send your answer").click()
    expect(outer.get_by_role("heading")).to_have_text("Written down")
    outer.goto(f"{server}/outside/{secret}/")
    expect(outer.get_by_role("heading")).to_have_text("This address is no longer valid")
    assert plain.cookies() == []
    plain.close()
    _sign_in(page, server, cast.rosa)
    page.goto(f"{server}/improvement/{plan.public_id}/")
    expect(page.get_by_text(f"outside reviewer {row.name} of {row.organisation}").first).to_be_visible()
    _kept(page, "plan")
    assert found == []

"""An executive checks the own words, writes to many, and everybody is told; at a desk and on a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from fairlead.people import clock
from tests import cast as the_cast
from tests.browser.conftest import DESK, PHONE
from tests.browser.test_exits import _fits
from tests.browser.test_news_and_expectations import _sign_in
from tests.calls import company as the_company
from tests.cast import AT

Axe = Callable[[Page], list[str]]


@pytest.fixture
def team(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> the_company.Company:
    monkeypatch.setattr(clock, "now", lambda: AT)
    built = the_company.mina_team(the_company.build(the_cast.build()))
    built.submit("mina", 2000, reason="As called.", at=AT)
    return built


@pytest.mark.browser
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_sender_s_side_from_a_hint_to_an_answer(
    team: the_company.Company, live_server: object, page: Page, axe: Axe, size: dict[str, int]
) -> None:
    server, cast = str(live_server), team.cast
    page.set_viewport_size(size)  # type: ignore[arg-type]

    def right() -> None:
        assert axe(page) == []
        assert _fits(page)

    _sign_in(page, server, cast.vera)
    page.goto(f"{server}/messages/write/?to=manager:{cast.mina.public_id}")
    expect(page.get_by_text("The answer stands here already")).to_be_visible()
    page.locator("#text").press_sequentially("Close it, or else. What does Ravi say?")
    expect(page.locator("#check mark")).to_have_text("or else")
    page.get_by_label("It is the rep’s job").check()
    expect(page.get_by_text("Mina Aalto decides what reaches a rep")).to_be_visible()
    right()
    page.get_by_role("button", name="Next hint").click()
    expect(page.locator("#check mark")).to_have_text("Ravi")
    assert page.input_value("#text") == "Close it, or else. What does Ravi say?"
    page.get_by_role("button", name="Turn hints off").click()
    expect(page.get_by_role("button", name="Turn hints on")).to_be_visible()

    page.goto(f"{server}/broadcasts/write/")
    right()
    page.fill("#text", "The price list changes in January. Which deals would it reach?")
    page.get_by_label("Mina Aalto").check()
    page.get_by_label("Otto Brandt").check()
    page.fill("#release_at", "2026-11-30T09:00")
    page.get_by_role("button", name="Send to each of them").click()
    expect(page.get_by_text("0 of 2 answered")).to_be_visible()
    right()

    _sign_in(page, server, cast.hana)
    page.goto(f"{server}/everybody/")
    page.select_option("#reason", "closed")
    page.fill("#title", "Closed on Friday")
    page.fill("#text", "All offices are closed on Friday. Ask Ravi.")
    page.get_by_role("button", name="Tell everybody now").click()
    expect(page.get_by_role("alert")).to_contain_text("“Ravi” is such a name")
    right()
    page.fill("#text", "All offices are closed on Friday.")
    page.get_by_role("button", name="Tell everybody now").click()
    expect(page.get_by_role("status")).to_contain_text("Everybody is told now.")
    right()

    _sign_in(page, server, cast.rosa)
    page.goto(f"{server}/inbox/")
    expect(page.get_by_text("All offices are closed on Friday.")).to_be_visible()
    page.get_by_role("link", name="It goes another way").click()
    expect(page.get_by_text("your manager’s manager")).to_be_visible()
    right()

    _sign_in(page, server, cast.mina)
    page.goto(f"{server}/pressure-days/")
    page.fill("#on", "2026-11-26")
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("cell", name="your desk")).to_be_visible()
    right()
    page.goto(f"{server}/desk/")
    expect(page.get_by_text("Board meeting on Thu 26 Nov:")).to_be_visible()
    right()
    page.get_by_role("link", name="Vera Lindholm").first.click()
    expect(page.get_by_text("Nobody passes it on before").first).to_be_visible()
    right()

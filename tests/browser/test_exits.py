"""A rep writes a packet, her manager answers and takes its card upstairs; at a desk and on a phone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from fairlead.people import clock
from tests import cast as the_cast
from tests.browser.conftest import DESK, PHONE
from tests.browser.test_news_and_expectations import _sign_in
from tests.cast import AT
from tests.exits import house as the_house
from tests.exits.house import FRIDAY

Axe = Callable[[Page], list[str]]


@pytest.fixture
def house(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> the_house.House:
    """The cast with deals of which one left by an import, at the cast's moment."""
    monkeypatch.setattr(clock, "now", lambda: AT)
    built = the_house.build(the_cast.build())
    built.take(FRIDAY, Kestrel={"stage": "Talk"})
    return built


def _fits(page: Page) -> bool:
    wide: bool = page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    return wide


@pytest.mark.browser
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_packet_is_written_answered_and_taken_upstairs(
    house: the_house.House, live_server: object, page: Page, axe: Axe, size: dict[str, int]
) -> None:
    server, cast = str(live_server), house.cast
    page.set_viewport_size(size)  # type: ignore[arg-type]
    _sign_in(page, server, cast.rosa)
    page.goto(f"{server}/quarter/")
    page.get_by_role("link", name="Exits you owe: 1").click()
    expect(page.get_by_text("packet due Wed 25 Nov")).to_be_visible()
    assert axe(page) == []
    assert _fits(page)
    page.get_by_role("link", name="Write the packet for Kestrel").click()
    page.fill("#why", "Their security review starts on 7 January.")
    page.select_option("#criterion", "own")
    page.fill("#criterion_name", "Paper process")
    page.fill("#old", "Two weeks, we were told")
    page.fill("#new", "It starts on 7 January")
    page.select_option("#alt-later-verdict", "kept")
    page.fill("#alt-later-reason", "We sign on 22 January.")
    page.fill("#told_on", "2026-11-20")
    page.get_by_label("Cedar").check()
    assert axe(page) == []
    assert _fits(page)
    page.get_by_role("button", name="Hand it in to Mina Aalto").click()

    lacks = page.get_by_role("alert")
    expect(lacks).to_contain_text("Consider at least two alternatives")
    expect(lacks).to_contain_text("leaving it open is not")
    assert page.input_value("#old") == "Two weeks, we were told"
    assert page.get_by_label("Cedar").is_checked()
    assert axe(page) == []
    page.select_option("#alt-smaller-verdict", "rejected")
    page.fill("#alt-smaller-reason", "One site needs the same review.")
    page.fill("#shortfall", "There is no replacement this quarter.")
    page.get_by_role("button", name="Hand it in to Mina Aalto").click()
    expect(page.get_by_role("status")).to_contain_text("Handed in")
    expect(page.get_by_text("One site needs the same review.")).to_be_visible()
    assert axe(page) == []
    assert _fits(page)

    _sign_in(page, server, cast.mina)
    page.goto(f"{server}/call/")
    page.get_by_role("link", name="Packets to answer: 1").click()
    assert axe(page) == []
    assert _fits(page)
    page.get_by_role("link", name="Read and answer the packet for Kestrel").click()
    page.fill("#words", "Clear, thank you.")
    page.get_by_role("button", name="Accept").click()
    page.get_by_role("link", name="Card for upstairs").click()
    page.get_by_role("button", name="Take it upstairs").click()
    expect(page.get_by_role("status")).to_contain_text("Upstairs.")
    assert axe(page) == []
    assert _fits(page)

    _sign_in(page, server, cast.vera)
    page.goto(f"{server}/cards/")
    assert axe(page) == []
    page.get_by_role("link", name="Kestrel").click()
    expect(page.get_by_text("Ask Mina Aalto.")).to_be_visible()
    expect(page.get_by_text("There is no replacement this quarter.")).to_be_visible()
    assert "Rosa" not in page.content()
    assert _fits(page)

"""One deal all the way, at a desk and on a phone: evidence, a tested plan, an executive, a slip, a packet."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from playwright.sync_api import Page, expect

from fairlead.people import clock
from tests import cast as the_cast
from tests.browser.conftest import DESK, PHONE
from tests.browser.test_news_and_expectations import _sign_in
from tests.cast import AT
from tests.exits import house as the_house
from tests.exits.house import FRIDAY

NOVEMBER = datetime(2026, 11, 2, 9, tzinfo=UTC)
Axe = Callable[[Page], list[str]]


@pytest.fixture
def house(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> the_house.House:
    """The cast with deals as imports brought them, one of them pushed once already, at the cast's moment."""
    monkeypatch.setattr(clock, "now", lambda: AT)
    built = the_house.build(the_cast.build())
    built.take(NOVEMBER, Kestrel={"close_on": date(2026, 12, 18)})
    return built


def _sound(page: Page, axe: Axe) -> bool:
    """Whether the page fits the window and has no accessibility finding."""
    assert axe(page) == [], page.url
    fits: bool = page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    return fits


@pytest.mark.browser
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_deal_from_first_evidence_to_the_card_upstairs(
    house: the_house.House, live_server: object, page: Page, axe: Axe, size: dict[str, int]
) -> None:
    server, cast, deal = str(live_server), house.cast, house.id("Kestrel")
    page.set_viewport_size(size)  # type: ignore[arg-type]

    # First evidence, from the list of what needs attention.
    _sign_in(page, server, cast.rosa)
    page.goto(f"{server}/deals/{deal}/")
    attention = page.get_by_role("region", name="attention")
    expect(attention).to_contain_text("Nobody wrote down what the buyer said")
    assert _sound(page, axe)
    page.get_by_role("link", name="Score it").click()
    page.get_by_label("2 The buyer said it").check()
    page.fill("#what", "Two lines lose 4 % of pulp.")
    page.fill("#buyer_name", "Marta Lind")
    page.fill("#buyer_role", "Plant manager")
    page.get_by_role("button", name="Keep it", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Evidence")

    # A plan, tested by somebody else.
    page.goto(f"{server}/deals/{deal}/plan/write/")
    page.fill("#what", "Pulp monitoring on two sites")
    page.fill("#how_much", "190 thousand")
    page.fill("#by_when", "2026-12-10")
    page.fill("#signed_by", "Karin Holm")
    page.fill("#players-0-name", "Karin Holm")
    page.locator("#players-0-influence").select_option("decides")
    page.get_by_role("button", name="Save version 1").click()
    expect(page.get_by_role("status")).to_contain_text("Version 1 is saved")
    assert _sound(page, axe)
    _sign_in(page, server, cast.mina)
    page.goto(f"{server}/deals/{deal}/plan/")
    page.fill("#words", "I played Karin Holm: she asks who else signs.")
    page.get_by_role("button", name="Sign as tester of version 1").click()
    expect(page.get_by_text("she asks who else signs")).to_be_visible()

    # An executive helps, and says what came of it.
    _sign_in(page, server, cast.rosa)
    page.goto(f"{server}/deals/{deal}/")
    page.get_by_role("link", name="Ask an executive").click()
    page.get_by_label("What for, in one sentence").fill("Confirm the three-year price to Karin Holm.")
    page.get_by_label("It worked if").fill("She names the day of signature.")
    page.get_by_label("Needed by").fill("2026-11-27")
    page.get_by_role("button", name="Send it to Mina Aalto").click()
    _sign_in(page, server, cast.mina)
    page.goto(f"{server}/asks/")
    page.get_by_role("link", name="Confirm the three-year price to Karin Holm.").click()
    page.get_by_role("button", name="Approve, and ask Vera Lindholm").click()
    _sign_in(page, server, cast.vera)
    page.goto(f"{server}/asks/")
    page.get_by_role("link", name="Confirm the three-year price to Karin Holm.").click()
    page.get_by_label("On", exact=True).fill("2026-11-24")
    page.get_by_role("button", name="Accept for that day").click()
    page.get_by_role("link", name="Write what came of it").click()
    page.get_by_label("In a few sentences").fill("She waits for a security review in January.")
    page.get_by_label("Not reached", exact=True).check()
    page.get_by_role("button", name="Write it down").click()
    expect(page.get_by_text("She waits for a security review in January.")).to_be_visible()
    assert _sound(page, axe)

    # The next import shows the second slip: a packet is owed, and the deal's page says so first.
    house.take(FRIDAY, Kestrel={"close_on": date(2027, 1, 22)})
    _sign_in(page, server, cast.rosa)
    page.goto(f"{server}/deals/{deal}/")
    expect(attention).to_contain_text("A packet is owed")
    assert _sound(page, axe)
    page.get_by_role("link", name="Write the packet").click()
    page.fill("#why", "Their security review starts on 7 January.")
    page.select_option("#criterion", "own")
    page.fill("#criterion_name", "Paper process")
    page.fill("#old", "Two weeks, we were told")
    page.fill("#new", "It starts on 7 January")
    page.select_option("#alt-later-verdict", "kept")
    page.fill("#alt-later-reason", "We sign on 22 January.")
    page.select_option("#alt-smaller-verdict", "rejected")
    page.fill("#alt-smaller-reason", "One site needs the same review.")
    page.fill("#shortfall", "There is no replacement this quarter.")
    page.fill("#told_on", "2026-11-20")
    page.get_by_role("button", name="Hand it in to Mina Aalto").click()
    expect(page.get_by_role("status")).to_contain_text("Handed in")
    _sign_in(page, server, cast.mina)
    page.goto(f"{server}/exits/")
    page.get_by_role("link", name="Read and answer the packet for Kestrel").click()
    page.fill("#words", "Clear, thank you.")
    page.get_by_role("button", name="Accept").click()
    page.get_by_role("link", name="Card for upstairs").click()
    page.get_by_role("button", name="Take it upstairs").click()
    expect(page.get_by_role("status")).to_contain_text("Upstairs.")
    _sign_in(page, server, cast.vera)
    page.goto(f"{server}/cards/")
    page.get_by_role("link", name="Kestrel").first.click()
    expect(page.get_by_text("Ask Mina Aalto.")).to_be_visible()
    assert "Rosa" not in page.content()
    assert _sound(page, axe)

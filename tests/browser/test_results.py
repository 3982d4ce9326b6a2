"""Results in a real browser: HR records, a look opens, the seller answers, the manager closes it with a reason."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from fairlead.people import clock
from tests import cast as the_cast
from tests.browser.conftest import DESK, PHONE
from tests.browser.test_main_flow import _sign_in
from tests.calls import company as the_company
from tests.calls.company import Company
from tests.looks import making

pytestmark = pytest.mark.browser
WHEN = [making.RECORDED]


@pytest.fixture
def company(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Company:
    """Two past quarters of the cast; nothing is recorded yet, and it is March."""
    WHEN[0] = making.RECORDED
    monkeypatch.setattr(clock, "now", lambda: WHEN[0])
    return making.past(the_company.build(the_cast.build()))


def test_two_missed_quarters_become_a_look_that_a_human_closes(
    company: Company, live_server: object, page: Page, axe: Callable[[Page], list[str]]
) -> None:
    server, cast = str(live_server), company.cast
    found: list[str] = []

    def look_at(*places: str) -> None:
        for place in places:
            for theme, size in (("light", DESK), ("dark", PHONE)):
                page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
                page.set_viewport_size(size)  # type: ignore[arg-type]
                page.goto(f"{server}/{place}")
                found.extend(f"{place} {theme}: {line}" for line in axe(page))
                wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
                assert wide <= 0, place
        page.set_viewport_size(DESK)  # type: ignore[arg-type]

    _sign_in(page, server, cast.rosa)
    expect(page.get_by_role("contentinfo").get_by_role("link", name="Results")).to_have_count(0)
    page.goto(f"{server}/standing/")
    expect(page.get_by_text("Nothing runs for you here.")).to_be_visible()

    _sign_in(page, server, cast.hana)
    page.get_by_role("link", name="Units").first.click()
    page.get_by_role("link", name="Sales", exact=True).click()
    page.get_by_label("Country whose law holds").select_option(label="Finland")
    page.get_by_label("People were told on").fill("2026-02-16")
    page.get_by_label("How, and where they can read it").fill("A letter to everybody.")
    page.get_by_role("button", name="Record it").click()
    expect(page.get_by_role("alert")).to_contain_text("on which legal basis")
    expect(page.get_by_label("How, and where they can read it")).to_have_value("A letter to everybody.")
    page.get_by_label("Legal basis").fill("The contract, section 7.")
    page.get_by_label("No consultation required").check()
    page.get_by_label("With whom and what came of it, or why none is required").fill(
        "There is no works council."
    )
    page.get_by_label("Runs from").fill("2026-03-02")
    page.get_by_role("button", name="Record it").click()
    expect(page.get_by_role("status")).to_contain_text("Everybody in Sales is told")
    look_at("results/units/", f"results/units/{cast.vera.public_id}/", "results/rule/set/", "standing/leave/")

    WHEN[0] = making.SWEPT
    assert making.sweep() == 1
    address = making.look().public_id
    _sign_in(page, server, cast.rosa)
    page.get_by_role("contentinfo").get_by_role("link", name="Results").click()
    expect(page.get_by_role("heading", name="Your results")).to_be_visible()
    page.get_by_role("link", name="Open it").click()
    expect(page.get_by_role("heading", name="First, what speaks for you.")).to_be_visible()
    page.get_by_label("What you want to be read").fill("Two orders slipped into October.")
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_role("status")).to_contain_text("nobody else can change it")
    look_at("standing/", "results/rule/", f"looks/{address}/", "looks/")

    _sign_in(page, server, cast.mina)
    page.get_by_role("contentinfo").get_by_role("link", name="Results, 1 waiting").click()
    page.get_by_role("link", name="Looks, 1 waiting").click()
    page.get_by_role("link", name="Rosa Lindqvist").click()
    expect(page.get_by_text("Two orders slipped into October.")).to_be_visible()
    page.get_by_role("button", name="Close it with this reason").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose what speaks against a diagnosis")
    page.get_by_label("A deal came days late").check()
    page.get_by_label("Why, in your words").fill("Both orders are signed now.")
    look_at(f"looks/{address}/", "standing/", f"standing/{cast.rosa.public_id}/", "looks/")
    page.goto(f"{server}/looks/{address}/")
    page.get_by_label("A deal came days late").check()
    page.get_by_label("Why, in your words").fill("Both orders are signed now.")
    page.get_by_role("button", name="Close it with this reason").click()
    expect(page.get_by_role("status")).to_contain_text("Closed with your reason")

    _sign_in(page, server, cast.rosa)
    page.goto(f"{server}/looks/{address}/")
    expect(page.get_by_text("Both orders are signed now.")).to_be_visible()

    _sign_in(page, server, cast.hana)
    page.goto(f"{server}/looks/")
    expect(page.get_by_role("row", name="Rosa Lindqvist Mina Aalto")).to_contain_text("closed with a reason")
    look_at("looks/")

    WHEN[0] = datetime(2026, 11, 5, 9, tzinfo=UTC)
    for other in (cast.ravi, cast.vera, cast.otto):
        _sign_in(page, server, other)
        answer = page.goto(f"{server}/looks/{address}/")
        assert answer is not None
        assert answer.status == 404, other.name
    assert found == []

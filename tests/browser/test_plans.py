"""A plan is written in one form, kept when two save at once, tested by another, and read upstairs as a card."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from fairlead.people import clock
from fairlead.plans import actions, queries, rules
from tests import cast as the_cast
from tests.browser.conftest import DESK, PHONE
from tests.browser.test_news_and_expectations import _sign_in
from tests.browser.test_with_keyboard import _focused, _press
from tests.calls import company as the_company
from tests.cast import AT

Axe = Callable[[Page], list[str]]


@pytest.fixture
def company(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> the_company.Company:
    """The cast with Mina's team and its deals, at the cast's moment."""
    monkeypatch.setattr(clock, "now", lambda: AT)
    return the_company.mina_team(the_company.build(the_cast.build()))


@pytest.mark.browser
def test_a_plan_is_written_overtaken_saved_again_tested_and_read_upstairs(
    company: the_company.Company, live_server: object, page: Page, axe: Axe
) -> None:
    server, cast, deal = str(live_server), company.cast, company.deals["Nordwind"].public_id
    _sign_in(page, server, cast.rosa)
    page.goto(f"{server}/deals/{deal}/")
    page.get_by_role("link", name="Write the plan").click()
    assert axe(page) == []
    page.get_by_role("link", name="Write the plan").click()
    page.get_by_text("Begin from a template").click()
    page.get_by_role("link", name="A new customer").click()
    assert axe(page) == []
    page.fill("#what", "Pulp monitoring on two sites")
    page.fill("#how_much", "240 thousand")
    page.fill("#by_when", "2026-12-14")
    page.fill("#signed_by", "Karin Holm")
    page.fill("#players-0-name", "Karin Holm")
    page.locator("#players-0-influence").select_option("decides")
    page.locator("#players summary").first.click()
    page.fill("#players-0-contact_on", "2026-11-20")
    page.locator("#tactics summary").first.click()
    page.fill("#tactics-0-buyer", "Karin Holm")
    page.fill("#tactics-0-due_on", "2026-11-20")

    actions.save(
        by=cast.actor("mina"), at=AT, deal=deal, after_version=0, plan=rules.Plan(what="One site first")
    )
    page.get_by_role("button", name="Save version 1").click()
    expect(page.get_by_role("alert")).to_contain_text("Mina Aalto saved version 1 meanwhile")
    expect(page.get_by_role("alert")).to_contain_text("They differ in: objective")
    assert page.input_value("#what") == "Pulp monitoring on two sites"
    assert page.input_value("#players-0-name") == "Karin Holm"
    assert axe(page) == []
    page.get_by_role("button", name="Save version 2").click()
    expect(page.get_by_role("status")).to_contain_text("Version 2 is saved")
    expect(
        page.get_by_text("Pulp monitoring on two sites, 240 thousand, by 14 December 2026")
    ).to_be_visible()
    expect(page.get_by_text("A buyer step is late")).to_be_visible()
    expect(page.get_by_text("Single thread", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Sign as tester")).to_have_count(0)
    assert axe(page) == []

    _sign_in(page, server, cast.mina)
    page.goto(f"{server}/deals/{deal}/plan/")
    page.fill("#words", "I played Karin Holm: the day did not hold.")
    page.get_by_role("button", name="Sign as tester of version 2").click()
    expect(page.get_by_text("the day did not hold")).to_be_visible()
    expect(page.get_by_role("button", name="Sign as tester")).to_be_hidden()
    page.get_by_text("Correct or add to what you said").click()
    expect(page.get_by_role("button", name="Sign as tester of version 2")).to_be_visible()
    assert axe(page) == []

    _sign_in(page, server, cast.carl)
    page.goto(f"{server}/board/")
    page.get_by_role("link", name="Up-cards").click()
    assert axe(page) == []
    page.get_by_role("link", name="Nordwind").click()
    expect(page.get_by_text("Ask Mina Aalto.")).to_be_visible()
    assert "Rosa" not in page.content()
    assert axe(page) == []


MOST_FIELDS = 12
"""What is signed, by whom; two players with their influence; what doing nothing costs; one rival with our case; one
act with its day; one thing at which we stop. Amount and day stand there from the deal."""
LETTERS_A_MINUTE, SECONDS_A_FIELD, TEN_MINUTES = 200, 5, 600

_CUT = """() => [...document.querySelectorAll('.planform input:not([type=hidden]),.planform textarea')].filter(
  (e) => e.checkVisibility() && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1)
).map((e) => e.id)"""
"""Boxes in which something typed is out of sight."""


@dataclass
class Typist:
    """Somebody with nothing but a keyboard, whose fields and keys are counted."""

    page: Page
    fields: int = 0
    keys: int = 0

    def to(self, field: str) -> None:
        """Tab on to a field; every stop on the way is a key, and has to be in sight."""
        goal = self.page.locator(f"#{field}")
        while not _focused(goal):
            self._tab()
        expect(goal).to_be_in_viewport()

    def _tab(self) -> None:
        self.page.keyboard.press("Tab")
        self.keys += 1
        assert self.keys < 2000, "the field was not reached"

    def fill(self, field: str, text: str) -> None:
        self.to(field)
        self.page.keyboard.type(text)
        self.fields += 1
        self.keys += len(text)

    def press(self, button: str) -> None:
        goal = self.page.get_by_role("button", name=button)
        while not _focused(goal):
            self._tab()
        self.page.keyboard.press("Enter")
        self.page.wait_for_load_state()
        self.keys += 1

    @property
    def seconds(self) -> float:
        return self.fields * SECONDS_A_FIELD + self.keys * 60 / LETTERS_A_MINUTE


@pytest.mark.browser
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_new_rep_writes_a_useful_plan_of_an_empty_deal_in_ten_minutes(
    size: dict[str, int], company: the_company.Company, live_server: object, page: Page, axe: Axe
) -> None:
    server, cast = str(live_server), company.cast
    deal = company.deal("Tideline Mills", "rosa", 180_000).public_id
    page.set_viewport_size(size)  # type: ignore[arg-type]
    page.emulate_media(reduced_motion="reduce")
    _sign_in(page, server, cast.rosa)
    page.goto(f"{server}/deals/{deal}/plan/")
    _press(page, page.get_by_role("link", name="Write the plan"))
    assert axe(page) == []
    assert page.input_value("#how_much") == "€180k"
    assert page.input_value("#by_when") == "2026-12-10"
    expect(page.get_by_text("from the deal: its amount")).to_be_visible()

    by_hand = Typist(page)
    by_hand.fill("what", "Moisture probes on all four lines, with three years of service")
    by_hand.fill("signed_by", "Aino Salo")
    by_hand.fill("players-0-name", "Aino Salo")
    by_hand.fill("players-0-influence", "d")
    by_hand.press("Another player")
    expect(page.locator("#players-1-name")).to_be_focused()
    assert page.input_value("#what").startswith("Moisture probes")
    by_hand.fill("players-1-name", "Marko Vainio")
    by_hand.fill("players-1-influence", "u")
    by_hand.fill(
        "rivals-0-case",
        "Every month without it two lines run wet: 6 % of the pulp goes back, by their own count",
    )
    by_hand.fill("rivals-1-name", "Baltic Sensors")
    by_hand.fill("rivals-1-case", "Cheaper by a tenth, nobody within a day's drive when a line stands still")
    by_hand.fill("tactics-0-action", "Walk the lines with Marko and count what goes back in one week")
    by_hand.fill("tactics-0-due_on", "12012026")
    by_hand.fill("risks-0-what", "The spring budget is given to the boiler instead")
    assert page.is_checked("#risks-0-kill")
    assert page.evaluate(_CUT) == []
    assert axe(page) == []
    by_hand.press("Save and read it")
    assert by_hand.fields <= MOST_FIELDS
    assert by_hand.seconds < TEN_MINUTES / 2, f"{by_hand}: at least half of the time is for thinking"

    expect(page.get_by_role("status")).to_contain_text("Version 1 is saved")
    found = queries.page(cast.actor("rosa"), deal, AT)
    assert set(found.missing).isdisjoint(rules.START)
    assert found.shown is not None
    assert [one.influence for one in found.shown.plan.players] == ["decides", "uses"]
    expect(page.get_by_text("The first ten minutes are done")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    assert axe(page) == []

"""What is owed in a real browser: asked for, late, delivered to all, rated; and what a rep knows, used in a plan."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from fairlead.enablement import actions
from fairlead.people import clock
from fairlead.plans import actions as plans
from fairlead.plans import rules as plan_rules
from tests import cast as the_cast
from tests.browser.looking import in_every_medium
from tests.browser.test_main_flow import _sign_in
from tests.calls import company as the_company
from tests.calls.company import Company
from tests.cast import AT

pytestmark = pytest.mark.browser
WHEN = [AT]


@pytest.fixture
def company(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Company:
    WHEN[0] = AT
    monkeypatch.setattr(clock, "now", lambda: WHEN[0])
    made = the_company.mina_team(the_company.build(the_cast.build()))
    plan = plan_rules.Plan(what="Two sites", strategy="direct", why="One buyer now")
    plans.save(
        by=made.cast.actor("rosa"), at=AT, deal=made.deals["Nordwind"].public_id, after_version=0, plan=plan
    )
    return made


def test_what_is_owed_from_the_catalogue_to_the_plan(
    company: Company, live_server: object, page: Page, axe: Callable[[Page], list[str]]
) -> None:
    server, cast = str(live_server), company.cast
    found: list[str] = []

    def look() -> None:
        found.extend(f"{page.url}: {line}" for line in in_every_medium(page, axe))
        page.set_viewport_size({"width": 1280, "height": 900})

    _sign_in(page, server, cast.olu)
    page.goto(f"{server}/catalogue/")
    expect(page.get_by_role("heading", name="The catalogue is empty")).to_be_visible()
    page.get_by_role("link", name="Add an item").click()
    page.get_by_label("Role", exact=True).fill("Seller")
    page.get_by_label("What is owed").fill("A day with the market desk")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose the kind")
    expect(page.get_by_label("What is owed")).to_have_value("A day with the market desk")
    page.get_by_label("Kind", exact=True).select_option("market")
    page.get_by_label("What counts as delivered").fill("The day was held")
    page.get_by_label("Within how many days").fill("5")
    page.get_by_label("Answers for it").select_option(label="Sanna Berg")
    look()
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("link", name="A day with the market desk")).to_be_visible()
    look()

    WHEN[0] = AT + timedelta(days=8)
    assert actions.watch(at=WHEN[0]) == 7
    _sign_in(page, server, cast.rosa)
    page.get_by_role("contentinfo").get_by_role("link", name="What is owed").click()
    expect(page.get_by_text("3 days late")).to_be_visible()
    look()
    page.goto(f"{server}/debts/")
    expect(page.get_by_role("link", name="A day with the market desk")).to_be_visible()

    _sign_in(page, server, cast.sanna)
    page.get_by_role("contentinfo").get_by_role("link", name="What I owe").click()
    look()
    page.get_by_role("link", name="A day with the market desk").click()
    page.get_by_role("button", name="Delivered to all of them").click()
    expect(page.get_by_role("alert")).to_contain_text("Say what shows it")
    page.get_by_label("A note").fill("Held on Monday, with the folder.")
    look()
    page.get_by_role("button", name="Delivered to all of them").click()
    expect(page.get_by_role("status")).to_contain_text("Delivered to 7 people")

    _sign_in(page, server, cast.rosa)
    page.goto(f"{server}/debts/")
    expect(page.get_by_text("no longer owed")).to_be_visible()
    page.goto(f"{server}/owed/")
    page.get_by_text("Rate it").click()
    page.get_by_label("It helped in part").check()
    page.get_by_label("In your words").fill("Prices were old.")
    look()
    page.get_by_role("button", name="Say it").click()
    expect(page.get_by_text("You say: it helped in part")).to_be_visible()

    page.goto(f"{server}/know/new/")
    page.get_by_label("Title", exact=True).fill("Nordwind after the merger")
    page.get_by_label("Account, industry or product").fill("Nordwind")
    page.get_by_label("What you learnt, or what you showed").fill("They buy in one place now.")
    page.get_by_label("Where it comes from").fill("Their report")
    look()
    page.get_by_role("button", name="Write it down").click()
    expect(page.get_by_text("not used yet")).to_be_visible()
    page.goto(f"{server}/deals/{company.deals['Nordwind'].public_id}/plan/")
    page.get_by_role("button", name=re.compile("Cite it")).click()
    expect(page.get_by_role("status")).to_contain_text("The plan cites it")
    look()
    page.goto(f"{server}/know/")
    expect(page.get_by_text("used in 1 live plan", exact=True)).to_be_visible()
    look()

    _sign_in(page, server, cast.mina)
    page.goto(f"{server}/owed/")
    page.get_by_role("link", name="Rosa Lindqvist", exact=True).click()
    expect(page.get_by_text("Rosa Lindqvist says: it helped in part")).to_be_visible()
    expect(page.get_by_text("Prices were old.")).to_have_count(0)
    page.goto(f"{server}/library/new/")
    page.get_by_label("Title", exact=True).fill("Payback sheet")
    page.get_by_label("What it is good for").fill("Shows the loss")
    page.get_by_label("Kind", exact=True).select_option("customer")
    page.get_by_label("Link", exact=True).fill("https://marlow.test/sheet")
    look()
    page.get_by_role("button", name="Add it").click()
    look()
    for place in ("library/", "guidance/", "support/"):
        page.goto(f"{server}/{place}")
        look()
    assert found == []

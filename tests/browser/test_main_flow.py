"""The thread through the product in a real browser: the manager submits, the rep reads, the executive sees."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect

from fairlead.people import clock
from fairlead.people.models import Person
from tests import cast as the_cast
from tests.browser.conftest import Demo
from tests.calls import company as the_company
from tests.cast import AT, Cast


@pytest.mark.browser
def test_the_manager_submits_the_rep_reads_and_the_executive_sees_it(demo: Demo, page: Page) -> None:
    demo.be(page, "Mina")
    expect(page.get_by_role("heading", name="Forecast call")).to_be_visible()
    expect(page.locator("p.say")).to_contain_text("of 20 quarters like this one the team reaches its target")
    expect(page.get_by_text("2,540 − 70 = 2,470")).to_be_attached()

    page.get_by_role("button", name="Submit to Vera").click()
    expect(page.get_by_role("alert")).to_contain_text("Say why in a sentence")
    expect(page.locator("#number")).to_have_value("2470")
    page.fill("#reason", "Brightwater has no date for its legal review, so half of it counts.")
    page.get_by_role("button", name="Submit to Vera").click()
    expect(page.get_by_role("status")).to_contain_text("2,470 is submitted")

    demo.be(page, "Rosa")
    expect(page.get_by_text("Brightwater has no date")).to_be_visible()
    page.get_by_role("link", name="Open the copy").click()
    page.get_by_role("button", name="I have read it").click()
    expect(page.get_by_text("you have read it")).to_be_visible()

    demo.be(page, "Vera")
    row = page.get_by_role("row").filter(has_text="Industrial North")
    expect(row).to_contain_text("2,470")
    expect(row).to_contain_text("Brightwater has no date")


@pytest.mark.browser
def test_two_tabs_give_one_submission_and_one_clear_conflict(demo: Demo, page: Page) -> None:
    demo.be(page, "Otto")
    other = page.context.new_page()
    other.goto(demo.url + "call/")
    for tab, number in ((page, "2620"), (other, "2625")):
        tab.fill("#number", number)
        tab.fill("#reason", f"As the team called it, {number}.")
    page.get_by_role("button", name="Submit to Vera").click()
    expect(page.get_by_role("status")).to_contain_text("2,620 is submitted")
    other.get_by_role("button", name="Submit to Vera").click()
    expect(other.get_by_role("alert")).to_contain_text("was submitted after you opened this form")
    expect(other.locator("#number")).to_have_value("2625")
    expect(other.locator("#reason")).to_have_value("As the team called it, 2625.")


@pytest.mark.browser
def test_an_overlay_stands_beside_the_call_and_its_rep_reads_why(demo: Demo, page: Page) -> None:
    demo.be(page, "Otto")
    page.get_by_text("Change the number of Pia Kranz").click()
    form = (
        page.locator("form")
        .filter(has=page.get_by_role("button", name="Set the overlay"))
        .filter(visible=True)
    )
    form.get_by_label("Overlay on Pia Kranz").fill("480")
    form.get_by_label("Why").fill("Vale Motors has no budget yet.")
    form.get_by_role("button", name="Set the overlay").click()
    expect(page.get_by_role("status")).to_contain_text("stands beside Pia Kranz’s call")
    demo.be(page, "Pia")
    expect(page.get_by_text("Vale Motors has no budget yet.")).to_be_visible()
    expect(page.get_by_label("What you will bring in")).to_have_value("520")


@pytest.fixture
def company(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Cast:
    """The cast with Mina's team and its deals, at the cast's moment."""
    monkeypatch.setattr(clock, "now", lambda: AT)
    cast = the_cast.build()
    the_company.mina_team(the_company.build(cast))
    return cast


def _sign_in(page: Page, server: str, person: Person) -> None:
    cache.clear()  # one address signs in for everybody here; its limit a minute is tested elsewhere
    page.context.clear_cookies()
    page.goto(f"{server}/account/login/")
    page.fill("input[name=login]", str(person.email))
    page.fill("input[name=password]", "a long pass phrase")
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(lambda url: "/account/login/" not in url)


@pytest.mark.browser
@pytest.mark.both_databases
def test_a_rep_signs_in_and_sets_a_call(company: Cast, live_server: object, page: Page) -> None:
    server = str(live_server)
    _sign_in(page, server, company.rosa)
    page.get_by_label("Main", exact=True).get_by_role("link", name="My quarter").click()
    expect(page.get_by_role("heading", name="My quarter")).to_be_visible()
    page.fill("#number", "7")
    page.get_by_role("button", name="Set my call").click()
    expect(page.get_by_role("status")).to_contain_text("Your call is 7")


@pytest.mark.browser
@pytest.mark.both_databases
def test_a_manager_submits_and_the_team_has_the_copy(company: Cast, live_server: object, page: Page) -> None:
    server = str(live_server)
    _sign_in(page, server, company.mina)
    page.get_by_role("link", name="Prepare it: Submit your call").click()
    page.fill("#number", "3")
    page.fill("#reason", "One deal has no date.")
    page.get_by_role("button", name="Submit to Vera").click()
    expect(page.get_by_role("status")).to_contain_text("3 is submitted")
    _sign_in(page, server, company.ravi)
    page.get_by_role("link", name="Read it: Read the copy of Mina Aalto’s call").click()
    expect(page.get_by_text("One deal has no date.")).to_be_visible()


@pytest.mark.browser
@pytest.mark.both_databases
def test_an_executive_has_the_board_and_no_rep_on_it(company: Cast, live_server: object, page: Page) -> None:
    server = str(live_server)
    _sign_in(page, server, company.vera)
    page.get_by_label("Main", exact=True).get_by_role("link", name="Board").click()
    expect(page.get_by_role("heading", name="Board")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Industrial North")).to_contain_text("Mina Aalto")
    assert "Rosa Lindqvist" not in page.content()

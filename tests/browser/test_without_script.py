"""Every page and its main act with JavaScript switched off."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import DESK, TIMEOUT, Demo
from tests.browser.test_demo_pages import CAST

pytestmark = pytest.mark.browser


@pytest.fixture
def plain(browser: Browser) -> Iterator[Page]:
    """A page of a browser that runs no script."""
    opened = browser.new_context(viewport=DESK, java_script_enabled=False)  # type: ignore[arg-type]
    opened.set_default_timeout(TIMEOUT)
    yield opened.new_page()
    opened.close()


@pytest.mark.parametrize("person", CAST)
def test_every_page_of_a_person_opens(person: str, demo: Demo, plain: Page) -> None:
    demo.be(plain, person)
    links = plain.locator("nav.f-nav a")
    places = [str(links.nth(i).get_attribute("href")) for i in range(links.count())]
    for place in [*places, "/you/", "/you/stored/", "/find/?q=a"]:
        answer = plain.goto(demo.url.rstrip("/") + place)
        assert answer is not None
        assert answer.status == 200, place
        expect(plain.locator("h1")).to_be_visible()
        assert plain.locator("main .only-script:visible").count() == 0, place


def test_the_theme_is_chosen_and_stays(demo: Demo, plain: Page) -> None:
    demo.be(plain, "Hana")
    plain.get_by_role("button", name="Dark").click()
    expect(plain.locator("html")).to_have_attribute("data-bs-theme", "dark")
    plain.get_by_role("link", name="What is kept about you").click()
    expect(plain.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_a_rep_sets_a_call(demo: Demo, plain: Page) -> None:
    demo.be(plain, "Ravi")
    before = plain.locator("#number").input_value()
    plain.fill("#number", "544")
    plain.get_by_role("button", name="Set my call").click()
    expect(plain.get_by_role("status")).to_contain_text("Your call is 544")
    plain.fill("#number", before)
    plain.get_by_role("button", name="Set my call").click()
    expect(plain.locator("#number")).to_have_value(before)


def test_a_manager_submits_and_withdraws(demo: Demo, plain: Page) -> None:
    demo.be(plain, "Otto")
    plain.fill("#number", "2600")
    plain.fill("#reason", "A little less than the team says.")
    plain.get_by_role("button", name="Submit to Vera").click()
    expect(plain.get_by_role("status")).to_contain_text("2,600 is submitted")
    plain.get_by_label("Why").fill("One tender more came in.")
    plain.get_by_role("button", name="Withdraw 2,600").click()
    expect(plain.get_by_text("It does not count any more")).to_be_visible()


def test_deals_are_filtered_and_paged(demo: Demo, plain: Page) -> None:
    demo.be(plain, "Olu")
    plain.goto(demo.url + "deals/?status=won")
    first = plain.locator("tbody th a").first.get_attribute("href")
    plain.get_by_role("link", name="Next deals").click()
    assert plain.locator("tbody th a").first.get_attribute("href") != first
    plain.get_by_role("link", name="First page").click()
    assert plain.locator("tbody th a").first.get_attribute("href") == first
    plain.get_by_text("Stage, category, close date").click()
    plain.get_by_label("Stage", exact=True).select_option("Negotiation")
    plain.get_by_label("Status").select_option("open")
    plain.get_by_role("button", name="Show").click()
    assert plain.locator("tbody tr").count() > 1
    expect(plain.locator("tbody tr").filter(has_not_text="Negotiation")).to_have_count(0)


def test_a_file_of_deals_is_mapped_tried_and_thrown_away(demo: Demo, plain: Page) -> None:
    demo.be(plain, "Olu")
    plain.goto(demo.url + "imports/new/")
    table = "number,who,sum,phase,from,until\n1,Nora Quay,900,Talk,2026-09-01,2026-12-01\n"
    plain.set_input_files(
        "#id_tables", {"name": "plain.csv", "mimeType": "text/csv", "buffer": table.encode()}
    )
    plain.fill("#id_source", "plain")
    plain.get_by_role("button", name="Send and look at it").click()
    expect(plain.get_by_role("heading", name="What the columns are")).to_be_visible()
    plain.get_by_label("sum is").select_option("amount")
    plain.get_by_role("button", name="Try it", exact=True).click()
    expect(plain.get_by_role("heading", name="This is what would come of it")).to_be_visible(timeout=60_000)
    plain.get_by_role("button", name="Throw the files away").click()
    expect(plain.get_by_role("heading", name="Imports", exact=True)).to_be_visible()
    expect(plain.get_by_role("link", name="plain.csv")).to_have_count(0)

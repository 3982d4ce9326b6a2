"""What people say themselves: categories, overlays, typed-in calls, copies, lent rights; and what refusals say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.core.cache import cache
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import DESK, PHONE, Demo
from tests.browser.test_main_flow import _sign_in, company  # noqa: F401
from tests.cast import Cast

pytestmark = pytest.mark.browser


def _form(page: Page, button: str) -> Locator:
    return page.locator("form").filter(has=page.get_by_role("button", name=button)).filter(visible=True)


def test_an_own_category_sticks_until_it_is_cleared(
    demo: Demo, page: Page, axe: Callable[[Page], list[str]]
) -> None:
    demo.be(page, "Pia")
    page.goto(demo.url + "deals/")
    page.locator("tbody th a").first.click()
    page.get_by_text("Set your own").click()
    page.get_by_label("Your own category").select_option("Best Case")
    page.get_by_role("button", name="Set it").click()
    facts = page.get_by_label("The deal in short")
    expect(facts).to_contain_text("Best Case")
    expect(page.get_by_role("table").last).to_contain_text("Own category")
    assert axe(page) == []
    page.get_by_text("Change yours").click()
    page.get_by_role("button", name="Clear it").click()
    expect(page.get_by_role("button", name="Clear it")).to_have_count(0)
    expect(facts).to_contain_text("from stage")


def test_an_overlay_has_its_note_and_is_taken_back(demo: Demo, page: Page) -> None:
    demo.be(page, "Mina")
    page.get_by_text("Change the number of Ines Duarte").click()
    form = _form(page, "Set the overlay")
    form.get_by_label("Overlay on Ines Duarte").fill("700")
    form.get_by_label("Why").fill("One of her deals has no date.")
    form.get_by_role("button", name="Set the overlay").click()
    expect(page.get_by_role("status")).to_contain_text("stands beside Ines Duarte")
    reports = page.get_by_role("region", name="By report")
    expect(reports.get_by_role("row").filter(has_text="Ines Duarte")).to_contain_text("700")
    page.get_by_text("Change the number of Ines Duarte").click()
    _form(page, "Take it back").get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("status")).to_contain_text("own call counts again")


def test_a_call_given_in_words_is_typed_in_with_the_typists_name(demo: Demo, page: Page) -> None:
    demo.be(page, "Mina")
    page.get_by_text("Change the number of Tomas Novak").click()
    form = _form(page, "Type in the call")
    before = form.get_by_label("Own call of Tomas Novak").input_value()
    form.get_by_label("Own call of Tomas Novak").fill(before or "488")
    form.get_by_role("button", name="Type in the call").click()
    reports = page.get_by_role("region", name="By report")
    expect(reports.get_by_role("row").filter(has_text="Tomas Novak")).to_contain_text(
        "typed in by Mina Aalto"
    )


def test_what_is_not_counted_names_who_can_mend_it(demo: Demo, page: Page) -> None:
    demo.be(page, "Mina")
    panel = page.get_by_role("region", name="Not counted")
    expect(panel).to_contain_text("Stage “Paused” has no category")
    panel.get_by_role("link", name="Halden Water").click()
    expect(page.get_by_text("This deal is not counted.")).to_be_visible()


def test_a_person_is_added_and_moved(demo: Demo, page: Page, axe: Callable[[Page], list[str]]) -> None:
    demo.be(page, "Olu")
    page.goto(demo.url + "people/")
    page.get_by_role("link", name="Add a person").click()
    page.get_by_role("button", name="Add to the directory").click()
    expect(page.get_by_role("heading", name="Add a person")).to_be_visible()
    expect(page.locator(".errtext").first).to_be_visible()
    assert axe(page) == []
    page.get_by_label("Name", exact=True).fill("Greta Holm")
    page.get_by_label("Manager").fill("Sanna Berg")
    page.get_by_role("button", name="Add to the directory").click()
    expect(page.get_by_role("heading", name="Greta Holm")).to_be_visible()
    expect(page.get_by_role("region", name="Place")).to_contain_text("Sanna Berg")
    page.get_by_role("region", name="Move").get_by_label("Reports to").fill("Otto Brandt")
    page.get_by_role("button", name="Change who Greta Holm reports to").click()
    expect(page.get_by_role("region", name="Place")).to_contain_text("Otto Brandt")
    assert axe(page) == []


def test_lent_rights_are_used_by_name_and_taken_back(
    company: Cast,  # noqa: F811
    live_server: object,
    page: Page,
) -> None:
    server = str(live_server)
    _sign_in(page, server, company.mina)
    page.goto(f"{server}/you/")
    page.get_by_text("Lend your forecast rights").click()
    form = _form(page, "Lend")
    form.locator("input[type=text],input:not([type])").first.fill("Otto Brandt")
    for day in form.locator("input[type=date]").all()[-1:]:
        day.fill("2026-11-30")
    form.get_by_role("button", name="Lend", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("can forecast in your name until")
    page.get_by_role("button", name="Take back now").click()
    expect(page.get_by_role("status")).to_contain_text("yours alone again")


@pytest.mark.parametrize(
    ("path", "status", "heading"),
    [("nothing-here/", 404, "Nothing here"), ("settings/", 403, "Not yours to do")],
)
def test_a_refusal_says_why_and_leads_back(
    path: str, status: int, heading: str, demo: Demo, page: Page, axe: Callable[[Page], list[str]]
) -> None:
    demo.be(page, "Rosa")
    for size in (DESK, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        answer = page.goto(demo.url + path)
        assert answer is not None
        assert answer.status == status
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
        assert axe(page) == []
    page.get_by_role("link", name="To your first page").click()
    expect(page.get_by_role("heading", name="today", level=1)).to_be_visible()


def test_guessing_a_password_ends_in_a_page_that_says_what_to_do(
    company: Cast,  # noqa: F811
    live_server: object,
    page: Page,
    axe: Callable[[Page], list[str]],
) -> None:
    cache.clear()
    page.goto(f"{live_server}/account/login/")
    for _ in range(12):
        if page.get_by_role("heading", name="Too many tries").count():
            break
        page.fill("input[name=login]", "mina@marlow.test")
        page.fill("input[name=password]", "not the right one")
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_load_state()
        if page.get_by_text("Too many failed").count():
            break
    cache.clear()
    assert page.get_by_text("Too many").count() > 0
    assert axe(page) == []


def test_files_beyond_the_limit_are_refused_with_the_limit(
    company: Cast,  # noqa: F811
    live_server: object,
    page: Page,
    settings: LazySettings,
    tmp_path: Path,
) -> None:
    settings.UPLOADS = tmp_path / "uploads"
    settings.UPLOAD_LIMIT = 1000
    _sign_in(page, str(live_server), company.olu)
    page.goto(f"{live_server}/imports/new/")
    page.set_input_files(
        "#id_tables", {"name": "big.csv", "mimeType": "text/csv", "buffer": b"deal_id\n" + b"1\n" * 2000}
    )
    page.fill("#id_source", "crm")
    page.get_by_role("button", name="Send and look at it").click()
    expect(page.get_by_role("alert").or_(page.locator(".errtext")).first).to_be_visible()
    expect(page.locator(".errtext").first).to_contain_text("Send them in parts")


def test_a_failure_on_the_server_has_a_plain_page(page: Page, demo: Demo) -> None:
    """The page itself, as the server would answer with it: it needs neither a session nor the database."""
    from django.template.loader import render_to_string

    words = str(render_to_string("500.html"))
    page.goto(demo.url + "start/")
    style = page.locator("link[href*='fairlead'][rel=stylesheet]").get_attribute("href")
    words = words.replace("/static/fairlead.css", str(style))
    page.route("**/broken/", lambda route: route.fulfill(status=500, content_type="text/html", body=words))
    page.goto(demo.url + "broken/")
    expect(page.get_by_role("heading", name="Something broke on our side")).to_be_visible()
    expect(page.get_by_text("look before you send it again")).to_be_visible()

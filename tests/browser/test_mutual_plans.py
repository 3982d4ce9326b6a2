"""A rep writes a mutual plan, previews it and shares it; a buyer reads it on a phone until it is revoked."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, expect

from fairlead.people import clock
from fairlead.plans import actions as plans
from fairlead.plans import rules as plan_rules
from tests import cast as the_cast
from tests.browser.conftest import DESK, PHONE
from tests.browser.looking import wider
from tests.browser.test_media_and_empty import PAPER, _look
from tests.browser.test_news_and_expectations import _sign_in
from tests.calls import company as the_company
from tests.cast import AT

pytestmark = pytest.mark.browser
Axe = Callable[[Page], list[str]]
RIVAL = "The cheaper offer"


@pytest.fixture
def company(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> the_company.Company:
    """Mina's team, and rosa's plan for Nordwind with a tactic and a rival."""
    monkeypatch.setattr(clock, "now", lambda: AT)
    team = the_company.mina_team(the_company.build(the_cast.build()))
    tactic = plan_rules.Tactic(
        "Contract template", "win", "Rosa", AT.date(), "Jens Aho", "the template is here"
    )
    plan = plan_rules.Plan(
        what="Two sites", tactics=(tactic,), rivals=(plan_rules.Rival(RIVAL, "One site only"),)
    )
    plans.save(
        by=team.cast.actor("rosa"), at=AT, deal=team.deals["Nordwind"].public_id, after_version=0, plan=plan
    )
    return team


def _write(page: Page) -> None:
    page.fill("#title", "Two sites measured before Easter")
    page.fill("#goal", f"Both sites are measured, unlike with {RIVAL.lower()}.")
    page.fill("#go_live_on", "2027-03-15")
    page.fill("#theirs", "Nordwind Paper Mills")
    page.fill("#our_contacts-0-name", "Rosa Lindqvist")
    page.fill("#our_contacts-0-reach", "rosa@marlow.example")
    page.fill("#their_contacts-0-name", "Karin Holm")
    page.get_by_text("Take tactics of the deal plan as steps").click()
    page.get_by_label("Contract template").check()
    page.get_by_role("button", name="Add the ticked ones").click()


def test_a_plan_is_written_previewed_shared_read_published_again_and_revoked(
    company: the_company.Company, live_server: object, page: Page, browser: Browser, axe: Axe
) -> None:
    server, deal = str(live_server), company.deals["Nordwind"].public_id
    _sign_in(page, server, company.cast.rosa)
    page.goto(f"{server}/deals/{deal}/")
    page.get_by_role("link", name="Share a mutual plan with the buyer").click()
    expect(page.get_by_text("Nothing is shared with the buyer yet.")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("link", name="Write it").click()
    assert axe(page) == []
    _write(page)
    assert page.input_value("#steps-0-what") == "Contract template"
    assert page.input_value("#title") == "Two sites measured before Easter", "what was typed is kept"
    page.fill("#steps-0-what", "Send your contract template")
    page.get_by_role("button", name="Keep it and see it as the buyer will").click()

    # The preview points out what slipped in; the rep words it anew.
    expect(page.get_by_text(f"“{RIVAL}” is a rival.")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("link", name="Change it").first.click()
    page.fill("#goal", "Both sites are measured every hour.")
    page.get_by_role("button", name="Keep it and see it as the buyer will").click()
    expect(page.get_by_text("is a rival")).to_have_count(0)
    previewed = page.locator("article.mp").inner_text()
    page.get_by_role("button", name="Publish version 1").click()
    expect(page.get_by_role("status")).to_contain_text("Version 1 is published")

    page.fill("#whom", "Karin Holm")
    page.get_by_role("button", name="Make an address").click()
    address = page.locator("#address").inner_text()
    assert axe(page) == []
    page.goto(f"{server}/deals/{deal}/mutual/")
    assert address.rstrip("/").rsplit("/", 1)[1] not in page.content(), "it is shown once"

    outside = browser.new_context(viewport=PHONE)  # type: ignore[arg-type]
    buyer = outside.new_page()
    wrong: list[str] = []
    buyer.on("console", lambda line: wrong.append(line.text) if line.type == "error" else None)
    buyer.goto(address)
    read = buyer.locator("article.mp").inner_text()
    assert _flat(read).replace(_flat("PDF, A4 PDF, US Letter"), "").strip() == _flat(previewed)
    assert outside.cookies() == []
    assert buyer.locator("h1").count() == 1
    found = []
    for theme, size in (("light", DESK), ("dark", DESK), ("light", PHONE), ("dark", PHONE)):
        buyer.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        buyer.set_viewport_size(size)  # type: ignore[arg-type]
        found += [f"{theme} {size['width']}: {line}" for line in axe(buyer)]
        assert wider(buyer) <= 0
    assert found == []
    buyer.set_viewport_size(PAPER)  # type: ignore[arg-type]
    buyer.emulate_media(media="print", color_scheme="dark")
    assert wider(buyer) <= 0
    expect(buyer.get_by_role("link", name="PDF, A4")).to_be_hidden()
    assert buyer.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    buyer.emulate_media(media="screen")
    link = buyer.get_by_role("link", name="PDF, A4").get_attribute("href")
    file = outside.request.get(f"{server}{link}")
    assert (file.status, file.headers["content-type"]) == (200, "application/pdf")

    # A second version, read at the same address with its changes marked.
    page.get_by_role("link", name="Write the next version").click()
    page.check("#steps-0-done")
    page.fill("#steps-1-what", "Sign")
    page.fill("#steps-1-theirs", "Karin Holm")
    page.get_by_role("button", name="Keep it and see it as the buyer will").click()
    page.get_by_role("button", name="Publish version 2").click()
    again = outside.new_page()
    again.goto(address)
    expect(again.get_by_text("now done")).to_be_visible()
    expect(again.get_by_text("new", exact=True)).to_be_visible()
    expect(again.get_by_text(re.compile("Changes since version 1 of"))).to_be_visible()

    page.goto(f"{server}/deals/{deal}/mutual/")
    page.get_by_role("button", name="Revoke the address for Karin Holm").click()
    expect(page.get_by_role("status")).to_contain_text("1 address revoked")
    answer = again.goto(address)
    assert answer is not None
    assert answer.status == 404
    expect(again.get_by_role("heading", name="This address is no longer valid")).to_be_visible()
    assert axe(again) == []
    assert [line for line in wrong if "404" not in line] == []
    outside.close()


def _flat(text: str) -> str:
    return " ".join(text.split())


def test_every_page_of_sharing_is_right_in_every_medium(
    company: the_company.Company, live_server: object, page: Page, axe: Axe
) -> None:
    server, deal = str(live_server), company.deals["Nordwind"].public_id
    _sign_in(page, server, company.cast.rosa)
    found = []
    for path in (
        f"deals/{deal}/mutual/",
        f"deals/{deal}/mutual/write/",
        f"deals/{deal}/mutual/preview/",
        "shared-plans/",
    ):
        found += _look(page, f"{server}/{path}", axe)
    _sign_in(page, server, company.cast.ada)
    found += _look(page, f"{server}/settings/sharing/", axe)
    assert found == []

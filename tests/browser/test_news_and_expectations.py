"""News told in two clicks and carried upward; what to expect, signed by both."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect

from fairlead.people import clock
from fairlead.people.models import Person
from tests import cast as the_cast
from tests.calls import company as the_company
from tests.cast import AT

Axe = Callable[[Page], list[str]]


@pytest.fixture
def company(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> the_company.Company:
    """The cast with Mina's team and its deals, at the cast's moment."""
    monkeypatch.setattr(clock, "now", lambda: AT)
    return the_company.mina_team(the_company.build(the_cast.build()))


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
def test_news_is_told_in_two_clicks_thanked_for_and_told_upward(
    company: the_company.Company, live_server: object, page: Page, axe: Axe
) -> None:
    server, cast = str(live_server), company.cast
    _sign_in(page, server, cast.rosa)
    page.goto(f"{server}/deals/{company.deals['Nordwind'].public_id}/")
    page.get_by_role("link", name="Tell news").click()
    assert axe(page) == []
    page.fill("#what", "The buyer’s security review starts on 7 January.")
    page.get_by_role("button", name="Tell it to Mina Aalto").click()
    expect(page.get_by_role("status")).to_contain_text("Thank you for saying it early")
    expect(page.get_by_text("not told upward yet")).to_be_visible()
    assert axe(page) == []

    _sign_in(page, server, cast.mina)
    page.goto(f"{server}/news/")
    assert axe(page) == []
    page.get_by_role("button", name="Thank you").click()
    expect(page.get_by_role("status")).to_contain_text("Your thanks are told")
    page.goto(f"{server}/call/")
    expect(page.get_by_role("heading", name="One change Vera does not know yet")).to_be_visible()
    assert axe(page) == []
    page.get_by_role("button", name="Tell Vera now").click()
    expect(page.get_by_role("heading", name="What you told Vera Lindholm")).to_be_visible()
    page.goto(f"{server}/call/")
    expect(page.get_by_role("heading", name="No untold changes")).to_be_visible()

    _sign_in(page, server, cast.rosa)
    page.goto(f"{server}/news/")
    expect(page.get_by_text("thanked today")).to_be_visible()
    _sign_in(page, server, cast.vera)
    page.goto(f"{server}/board/")
    expect(page.get_by_text("news is told after")).to_be_visible()
    assert "Rosa" not in page.content()


@pytest.mark.browser
@pytest.mark.both_databases
def test_what_to_expect_is_signed_by_both_and_stands_beside_the_call(
    company: the_company.Company, live_server: object, page: Page, axe: Axe
) -> None:
    server, cast = str(live_server), company.cast
    _sign_in(page, server, cast.mina)
    page.goto(f"{server}/call/")
    page.get_by_role("link", name="Nothing agreed for this period yet").click()
    page.get_by_role("link", name="Write it").click()
    assert axe(page) == []
    page.fill("#number", "2")
    page.fill("#assumptions", "Both tenders come out in November.")
    page.get_by_role("button", name="Keep it and read it once more").click()
    page.get_by_role("button", name="Sign 2").click()
    expect(page.get_by_role("status")).to_contain_text("Vera Lindholm is told and signs next")

    _sign_in(page, server, cast.vera)
    page.goto(f"{server}/expectations/")
    assert axe(page) == []
    page.get_by_role("link", name="Read and answer").click()
    assert axe(page) == []
    page.get_by_role("button", name="Sign 2").click()
    expect(page.get_by_role("status")).to_contain_text("Agreed: you both expect 2")
    page.goto(f"{server}/board/")
    row = page.get_by_role("row").filter(has_text="Industrial North")
    expect(row).to_contain_text("agreed 2 on 24 Nov")

    _sign_in(page, server, cast.mina)
    page.goto(f"{server}/call/")
    expect(page.get_by_text("agreed 2 on 24 Nov")).to_be_visible()
    assert axe(page) == []
    _sign_in(page, server, cast.rosa)
    page.goto(f"{server}/expectations/")
    expect(page.get_by_text("This is not yours to do")).to_be_visible()

"""Accounts in a real browser: a contact in one click, an empty seat covered, the watch while a look waits."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from fairlead.looks import actions as looks
from fairlead.looks.models import Look
from fairlead.people import actions as people
from fairlead.people import clock
from fairlead.people.models import Person
from fairlead.territories import actions
from fairlead.territories.rules import AccountRow, ActivityRow, ContactRow
from tests import cast as the_cast
from tests.browser.conftest import DESK, PHONE
from tests.browser.test_main_flow import _sign_in
from tests.calls import company as the_company
from tests.calls.company import Company
from tests.cast import AT
from tests.looks import making

pytestmark = pytest.mark.browser
TODAY = date(2026, 11, 24)


@pytest.fixture
def company(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Company:
    """Rosa's accounts, a look at her results that waits for Mina, and Tomas who has left."""
    monkeypatch.setattr(clock, "now", lambda: AT)
    cast = the_cast.build()
    made = the_company.mina_team(the_company.build(cast))
    ids = {name: getattr(cast, name).pk for name in cast.names}
    actions.take_in(
        by=cast.actor("olu"), at=AT, source=made.source.name, people_ids=ids,
        accounts=[
            AccountRow("a1", "Aalborg Vand", owner="rosa", industry="Utilities", tier="A"),
            AccountRow("t1", "Turku Mills", owner="tomas", industry="Paper", tier="B"),
        ],
        contacts=[ContactRow("c1", account="a1", name="Ida Krogh", title="Head of plants")],
    )  # fmt: skip
    actions.take_in_activities(
        by=cast.actor("olu"), at=AT, source=made.source.name, as_of=AT, people_ids=ids, deal_accounts={},
        rows=[ActivityRow("1", account="a1", on=TODAY - timedelta(days=122), kind="call", way="two", by="rosa")],
    )  # fmt: skip
    people.move(by=cast.actor("olu"), at=AT, person=cast.tomas, manager=None, starts_on=TODAY)
    Person.objects.filter(pk=cast.tomas.pk).update(ends_on=TODAY)
    Look.objects.create(
        person=cast.rosa, quarter="2026Q3", closed_on=making.Q3.ends_on, decide_days=90, rule_version=0,
        ground=making.ground(cast), facts=making.FACTS, digest="", opened_at=making.SWEPT,
    )  # fmt: skip
    return made


def test_accounts_are_looked_after_covered_and_watched_only_while_a_look_waits(
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

    # The manager first: while the look waits there is a list, and the look's page leads to it.
    _sign_in(page, server, cast.mina)
    look = Look.objects.for_system("a test").get().public_id
    page.goto(f"{server}/looks/{look}/")
    page.get_by_role("link", name="The accounts, while this look waits").click()
    expect(page.get_by_role("heading", name="Accounts of Rosa Lindqvist")).to_be_visible()
    expect(page.get_by_text("122 days since two-way contact, tier A allows 30")).to_be_visible()
    watch = f"accounts/watch/{cast.rosa.public_id}/"
    look_at(watch, "accounts/", "accounts/seats/", f"accounts/seats/{cast.tomas.public_id}/")

    # The empty seat: a suggestion, a mistake that keeps what was typed, saved.
    page.get_by_role("link", name="Cover plan").click()
    page.get_by_label("Covered by").select_option(
        label="Ravi Menon (suggested)" if _suggests(page) else "Ravi Menon"
    )
    page.get_by_label("Hand-over").fill("Notes are in the folder.")
    page.get_by_label("First call").fill("2026-11-01")
    page.get_by_role("button", name="Save the cover plan").click()
    expect(page.get_by_role("alert")).to_contain_text("A first call lies ahead")
    expect(page.get_by_label("Hand-over")).to_have_value("Notes are in the folder.")
    page.get_by_label("First call").fill("2026-11-26")
    page.get_by_role("button", name="Save the cover plan").click()
    expect(page.get_by_role("status")).to_contain_text("Saved.")
    look_at(f"accounts/seats/{cast.tomas.public_id}/cover/")

    # Whoever covers it reads it, notes the call in one click, and says what was done.
    _sign_in(page, server, cast.ravi)
    page.get_by_role("contentinfo").get_by_role("link", name="Accounts").click()
    page.get_by_role("link", name="Turku Mills").click()
    expect(page.get_by_text("no two-way contact is known", exact=False).first).to_be_visible()
    page.get_by_role("button", name=re.compile("They talked ?: Call")).click()
    expect(page.get_by_text("two-way contact on Tue 24 Nov")).to_be_visible()
    page.get_by_role("button", name=re.compile("Done ?: Handed over")).click()
    expect(page.get_by_role("button", name=re.compile("Not after all ?: Handed over"))).to_be_visible()

    # The seller has the own list, whatever waits, and corrects a contact noted by mistake.
    _sign_in(page, server, cast.rosa)
    page.goto(f"{server}/accounts/")
    page.get_by_role("link", name="Aalborg Vand").click()
    page.get_by_label("With").select_option(label="Ida Krogh")
    page.get_by_role("button", name=re.compile("They replied ?: Mail")).click()
    expect(page.get_by_role("status")).to_contain_text("Noted.")
    expect(page.get_by_text("overdue")).to_have_count(0)
    page.get_by_role("button", name=re.compile("Take back ?: Mail of 24 November 2026")).click()
    expect(page.get_by_text("overdue")).to_be_visible()
    page.get_by_text("Note a rival").click()
    page.get_by_label("Rival", exact=True).fill("Kestrel")
    page.get_by_role("button", name="Note it").last.click()
    expect(page.get_by_text("Kestrel", exact=True)).to_be_visible()
    look_at("accounts/", page.url.removeprefix(f"{server}/"))

    # With the decision the list is gone.
    looks.act(
        by=cast.actor("mina"),
        at=AT,
        look=look,
        kind="waived",
        words="Two orders came late.",
        reason="late_deal",
        after=0,
    )
    _sign_in(page, server, cast.mina)
    answer = page.goto(f"{server}/{watch}")
    assert answer is not None
    assert answer.status == 404

    _sign_in(page, server, cast.olu)
    page.goto(f"{server}/accounts/tiers/")
    page.get_by_label("Days of tier 1").fill("0")
    page.get_by_role("button", name="Keep these tiers").click()
    expect(page.get_by_role("alert")).to_contain_text("Tier A: 1 to 730 days")
    page.get_by_label("Days of tier 1").fill("45")
    page.get_by_role("button", name="Keep these tiers").click()
    expect(page.get_by_role("status")).to_contain_text("Kept.")
    look_at("accounts/tiers/", "accounts/?find=a")
    assert found == []


def _suggests(page: Page) -> bool:
    return page.get_by_role("option", name="Ravi Menon (suggested)").count() == 1

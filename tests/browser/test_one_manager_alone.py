"""A manager alone: one export, nobody else's account, and there is a range, what changed, and a number to send."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from playwright.sync_api import Page, expect

from fairlead.people import access, actions, clock
from fairlead.people.access import Role
from fairlead.people.models import Person
from tests.browser.test_main_flow import _sign_in
from tests.cast import AT, START

pytestmark = pytest.mark.browser

HEAD = "Opportunity ID,Opportunity Name,Account Name,Opportunity Owner,Amount,Stage,Close Date,Created Date\n"
OWNERS = ["Rosa Lindqvist", "Ravi Menon", "Ines Duarte"]


def _export(pushed: bool) -> str:
    """Two years of closed deals and a dozen open ones; ``pushed`` moves one of them into the next quarter."""
    rows = []
    for number in range(120):
        created = date(2024, 11, 1) + timedelta(days=5 * number)
        closed = created + timedelta(days=40 + 7 * (number % 9))
        stage = "Closed Won" if number % 3 else "Closed Lost"
        if closed < AT.date():
            rows.append((f"c{number}", number, 20_000 + 1_500 * (number % 7), stage, closed, created))
    for number in range(12):
        close = (
            date(2027, 1, 20) if pushed and number == 0 else date(2026, 12, 1) + timedelta(days=2 * number)
        )
        rows.append((f"o{number}", number, 30_000 + number * 1000, "Proposal", close, date(2026, 9, 20)))
    return HEAD + "".join(
        f"{key},Deal {key},Client {n},{OWNERS[n % 3]},{amount},{stage},{close},{created}\n"
        for key, n, amount, stage, close, created in rows
    )


@pytest.fixture
def mina(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch, settings: LazySettings, tmp_path: Path
) -> Person:
    monkeypatch.setattr(clock, "now", lambda: AT)
    settings.UPLOADS = tmp_path / "uploads"
    by = access.system("tests set up one manager")
    actions.set_up(by=by, at=AT, name="Tern", currency="EUR", time_zone="Europe/Helsinki")
    roles = frozenset({Role.MANAGER, Role.SALES_OPS, Role.ADMIN})
    mina = actions.add_person(
        by=by, at=AT, name="Mina Aalto", manager=None, roles=roles, team="North", starts_on=START
    )
    actions.open_account(by=by, at=AT, person=mina, email="mina@tern.test", password="a long pass phrase")
    return mina


def _bring_in(page: Page, server: str, text: str, day: str) -> None:
    page.goto(f"{server}/imports/new/")
    page.set_input_files(
        "#id_tables", {"name": "report.csv", "mimeType": "text/csv", "buffer": text.encode()}
    )
    page.fill("#id_source", "crm")
    page.fill("#id_shows_on", day)
    page.get_by_role("button", name="Send and look at it").click()
    expect(page.get_by_role("heading", name="This is what would come of it")).to_be_visible()
    for owners in page.get_by_label("They report to").all():
        expect(owners).to_have_value("Mina Aalto")
    for stage in page.get_by_label("Proposal means").all():
        stage.select_option("commit")
    page.get_by_role("button", name="Take it in").click()
    expect(page.get_by_role("heading", name="Taken in", exact=True)).to_be_visible(timeout=60_000)


def test_one_export_gives_a_range_changes_and_a_number_to_send(
    mina: Person, live_server: object, page: Page
) -> None:
    server = str(live_server)
    _sign_in(page, server, mina)
    expect(page.get_by_text("Bring in the first export of your CRM")).to_be_visible()
    page.get_by_label("Main", exact=True).get_by_role("link", name="Call").click()
    expect(page.get_by_text("No estimate yet.")).to_be_visible()
    _bring_in(page, server, _export(pushed=False), "2026-11-23")
    page.goto(f"{server}/call/")
    expect(page.get_by_text("8 in 10:").first).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Rosa Lindqvist").first).to_be_visible()
    expect(page.get_by_text("there is no account above you")).to_be_visible()
    page.fill("#number", page.locator("#number").input_value() or "400")
    page.get_by_role("button", name="Submit", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("is submitted")
    page.get_by_role("link", name="Text to copy").click()
    expect(page.get_by_label("For a mail or a chat")).to_have_value(re.compile("^North: €"))

    _bring_in(page, server, _export(pushed=True), "2026-11-24")
    page.goto(f"{server}/call/")
    moved = page.get_by_role("region", name="What changed since your last submission")
    expect(moved).to_contain_text("Pushed")
    expect(moved).to_contain_text("Deal o0")

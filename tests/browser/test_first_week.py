"""A seller's first week in a real browser: agreement, what is owed, the first 1:1, accounts, a target with its ramp."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.core import mail
from playwright.sync_api import Page, expect

from fairlead.grounds import actions as grounds
from fairlead.grounds import rules as ground_rules
from fairlead.people import clock
from fairlead.people.models import Person
from fairlead.territories import actions as territories
from fairlead.territories.rules import AccountRow, ActivityRow
from tests import cast as the_cast
from tests.agreements.agreeing import turned_on
from tests.browser.looking import in_every_medium
from tests.browser.test_both_sides import Axe, Stage
from tests.calls import company as the_company
from tests.calls.company import Company
from tests.cast import AT
from tests.enablement import making as enablement
from tests.looks import making as looks

pytestmark = pytest.mark.browser
WHEN = [AT]
TODAY = date(2026, 11, 24)
PASSWORD = "a long pass phrase"


@pytest.fixture
def company(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Company:
    """A company that works with everything on: agreements, 1:1s, a catalogue, grounds with a ramp for sellers."""
    WHEN[0] = AT
    monkeypatch.setattr(clock, "now", lambda: WHEN[0])
    made = the_company.mina_team(the_company.build(the_cast.build()))
    turned_on(made.cast)
    turned_on(made.cast, feature="oneonones")
    enablement.item(made.cast, days=5)
    looks.ground(made.cast)
    rule = ground_rules.Rule(ramps={"": (30, 60, 90)})
    grounds.set_rule(by=made.cast.actor("hana"), at=looks.RECORDED, rule=rule)
    return made


def _given_an_account(company: Company, nora: Person) -> None:
    """An import names Nora as owner of an account that Rosa left silent for 122 days."""
    cast, by = company.cast, company.cast.actor("olu")
    ids = {"rosa": cast.rosa.pk, "nora": nora.pk}
    for owner in ("rosa", "nora"):
        territories.take_in(
            by=by, at=AT, source=company.source.name, people_ids=ids,
            accounts=[AccountRow("a1", "Aalborg Vand", owner=owner, industry="Utilities", tier="A")],
        )  # fmt: skip
    last = ActivityRow("1", account="a1", on=TODAY - timedelta(days=122), kind="call", way="two", by="rosa")
    territories.take_in_activities(
        by=by, at=AT, source=company.source.name, as_of=AT, people_ids=ids, deal_accounts={}, rows=[last]
    )


def test_a_first_week_goes_from_the_directory_to_a_call_of_ones_own(
    company: Company, live_server: object, page: Page, axe: Axe
) -> None:
    cast, stage = company.cast, Stage(page, live_server, axe)

    # Sales operations writes her into the directory; the day says what she lacks, to who can give it.
    stage.be(cast.olu, "people/")
    page.get_by_role("link", name="Add a person").click()
    page.get_by_label("Name", exact=True).fill("Nora Lind")
    page.get_by_label("Work email").fill("nora@marlow.test")
    page.get_by_label("Manager").fill("Mina Aalto")
    stage.press("Add to the directory")
    expect(page.get_by_role("status")).to_contain_text("Nora Lind is in the directory")
    stage.go("today/")
    page.get_by_role("link", name="Set it: Set a target for Nora Lind").click()
    page.get_by_label("Nora Lind").fill("600000")
    stage.press("Set these targets")
    stage.go("today/")
    expect(page.get_by_text("Set a target for Nora Lind")).to_have_count(0)

    stage.be(cast.ada, "today/")
    page.get_by_role("link", name="Open it: Open a sign-in account for Nora Lind").click()
    expect(page.get_by_label("Work email")).to_have_value("nora@marlow.test")
    stage.press("Open an account")
    expect(page.get_by_role("status")).to_contain_text("Nora Lind has an account.")
    stage.go("today/")
    expect(page.get_by_text("Open a sign-in account")).to_have_count(0)
    nora = Person.objects.get(name="Nora Lind")
    _given_an_account(company, nora)

    # She chooses a password by mail, and her day is her first weeks.
    page.context.clear_cookies()
    stage.go("account/login/")
    page.get_by_role("link", name="Forgot your password?").click()
    page.get_by_label("Email").fill("nora@marlow.test")
    page.locator("main button[type=submit]").first.click()
    page.wait_for_load_state()
    (link,) = re.findall(r"https?://\S+/password/reset/key/\S+", str(mail.outbox[-1].body))
    page.goto(stage.server + "/" + link.split("/", 3)[3])
    for field in page.locator("input[type=password]").all():
        field.fill(PASSWORD)
    page.locator("main button[type=submit]").first.click()
    page.get_by_role("link", name="Sign in with it").click()
    stage.be(nora, "today/")
    weeks = page.get_by_role("region", name="Your first weeks")
    expect(weeks.get_by_role("listitem")).to_have_count(5)
    expect(weeks.get_by_text("done", exact=True)).to_have_count(0)
    stage.look()

    # The agreement, from a template.
    weeks.get_by_role("link", name="Write it: Agree with Mina Aalto how you work together").click()
    page.get_by_role("link", name="New in the job").click()
    page.get_by_label("Hours you can be reached").fill("8 to 16")
    stage.press("Write and sign")
    stage.be(cast.mina, "today/")
    of_nora = page.get_by_role("region", name="Nora Lind is new")
    expect(of_nora.get_by_role("listitem")).to_have_count(3)
    stage.look()
    page.get_by_role("link", name="Open it: Answer the working agreement with Nora Lind").click()
    stage.press("Agree and sign")
    expect(page.get_by_role("heading", name="In force: version 1")).to_be_visible()

    # The first one-to-one: rhythm, a note for both, an action that becomes a promise, held.
    stage.go("today/")
    expect(of_nora.get_by_text("done", exact=True)).to_have_count(1)
    of_nora.get_by_role("link", name="Open it: Hold the first one-to-one with Nora Lind").click()
    page.get_by_label("How often").select_option("weekly")
    page.get_by_label("On", exact=True).select_option("2")
    stage.press("Set the rhythm")
    WHEN[0] = AT + timedelta(days=1)
    stage.be(nora, "today/")
    page.get_by_role("link", name=re.compile("Agenda: One-to-one with Mina Aalto")).click()
    page.get_by_label("What will be done").fill("Read the three largest plans")
    page.get_by_label("By when").fill("2026-11-27")
    stage.press("Write it down")
    stage.be(cast.mina, f"one-to-ones/with/{nora.public_id}/")
    stage.press("Held")
    stage.be(nora, "promises/")
    expect(page.get_by_role("link", name="Read the three largest plans", exact=True)).to_be_visible()

    # What she is owed: seen, delivered, rated.
    stage.go("owed/")
    expect(page.get_by_text("A day with the market desk")).to_be_visible()
    stage.be(cast.sanna, "owe/")
    page.get_by_role("link", name="A day with the market desk").click()
    page.get_by_label("A note").fill("Held on Wednesday.")
    stage.press("Delivered to all of them")
    stage.be(nora, "today/")
    weeks.get_by_role("link", name="Rate it: Say what the first delivery was worth").click()
    page.get_by_text("Rate it").click()
    page.get_by_label("It helped in part").check()
    stage.press("Say it")

    # Her accounts: what was before she came is nobody's breach.
    stage.go("today/")
    weeks.get_by_role("link", name="See them: Make the first contact at an account of yours").click()
    expect(page.get_by_role("heading", name="0 of 1 account in breach")).to_be_visible()
    expect(page.get_by_text("taken over 1 day ago: first contact within 29 days")).to_be_visible()
    stage.look()
    page.get_by_role("link", name="Aalborg Vand").click()
    page.get_by_role("button", name=re.compile("They talked ?: Call")).click()

    # The target, what of it is asked in her ramp, and a call of her own.
    stage.go("today/")
    weeks.get_by_role("link", name="My quarter: Look at your target, and say your first call").click()
    expect(page.get_by_text("Asked of you")).to_be_visible()
    page.get_by_role("link", name="the arithmetic").click()
    page.get_by_text("How the asked sum is made").click()
    table = page.get_by_role("table", name="What Q4 2026 asked")
    expect(table).to_contain_text("30 %")
    expect(table).to_contain_text("ramp")
    stage.go("quarter/")
    page.fill("#number", "7")
    stage.press("Set my call")
    stage.go("today/")
    expect(page.get_by_text("Your first weeks")).to_have_count(0)
    stage.be(cast.mina, "today/")
    expect(page.get_by_text("Nora Lind is new")).to_have_count(0)
    stage.found += in_every_medium(page, axe)
    assert stage.found == []

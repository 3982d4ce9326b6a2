"""Plans in a real browser: written, checked, received, measured and met; and one that parts, with its cover plan."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest
from playwright.sync_api import Page, expect

from fairlead.improvement import actions
from fairlead.people import clock
from fairlead.territories.models import Account
from tests import cast as the_cast
from tests.browser import looking
from tests.browser.conftest import DESK
from tests.browser.test_main_flow import _sign_in
from tests.calls import company as the_company
from tests.calls.company import Company
from tests.improvement import making
from tests.improvement.making import BEGUN, PUBLISHED, at_day, do
from tests.looks import making as looks

pytestmark = pytest.mark.browser
WHEN = [BEGUN]


@pytest.fixture
def company(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Company:
    """The cast in a unit with its ground; a diagnosis of Rosa was used, and two of her deals are open."""
    WHEN[0] = BEGUN
    monkeypatch.setattr(clock, "now", lambda: WHEN[0])
    made = the_company.build(the_cast.build())
    looks.ground(made.cast)
    making.diagnosed(monkeypatch, made)
    making.deals(made)
    return made


def _seen(page: Page, url: str, axe: Callable[[Page], list[str]]) -> list[str]:
    page.goto(url)
    found = [f"{url} {line}" for line in looking.in_every_medium(page, axe)]
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    return found


def _moment(day: date, hour: int = 9) -> datetime:
    WHEN[0] = at_day(day, hour)
    return WHEN[0]


def test_a_plan_is_written_checked_received_measured_and_met(
    company: Company, live_server: object, page: Page, axe: Callable[[Page], list[str]]
) -> None:
    server, cast = str(live_server), company.cast
    found: list[str] = []

    def look_at(*places: str) -> None:
        for place in places:
            found.extend(_seen(page, f"{server}/{place}", axe))

    _sign_in(page, server, cast.mina)
    plan = actions.begin(by=cast.actor("mina", BEGUN), at=BEGUN, person=cast.rosa.public_id).public_id
    page.goto(f"{server}/improvement/{plan}/")
    page.get_by_role("link", name="Write it").click()
    page.get_by_role("button", name="Save it and send it to HR").click()
    expect(page.get_by_role("alert")).to_contain_text("a plan without a task cannot be met", ignore_case=True)
    page.get_by_label("What to do").fill("Teach-back on the flow analyser")
    page.get_by_label("The gap it closes").fill("Its worth is not shown")
    page.get_by_label("How it is measured").select_option("teach_back")
    page.get_by_label("Baseline").fill("5")
    page.get_by_label("Target, at least").fill("11")
    page.locator("#t0-source").fill("Scored after the talk")
    page.locator("#t0-due").fill("2026-11-16")
    page.locator("#t0-assessor").fill("Somebody Else")
    for n, name in enumerate(("Alby Dairy", "Molla Cheese")):
        page.locator(f"#d{n}-deal").select_option(label=name)
        page.locator(f"#d{n}-m0-criterion").select_option(index=1)
        page.locator(f"#d{n}-m0-due").fill("2026-11-20")
    page.locator("#c0-what").fill("Two half-days with an engineer")
    page.locator("#c0-owner").fill("Sanna Berg")
    page.locator("#c0-due").fill("2026-11-10")
    page.get_by_role("button", name="Save it and send it to HR").click()
    expect(page.get_by_role("alert")).to_contain_text("“Somebody Else”")
    expect(page.locator("#c0-what")).to_have_value("Two half-days with an engineer")
    page.locator("#t0-assessor").fill("Sanna Berg")
    page.get_by_role("button", name="Save it and send it to HR").click()
    expect(page.get_by_role("status")).to_contain_text("Sent to HR")
    look_at(f"improvement/{plan}/", "improvement/")

    _sign_in(page, server, cast.rosa)
    answer = page.goto(f"{server}/improvement/{plan}/")
    assert answer is not None
    assert answer.status == 404

    _sign_in(page, server, cast.hana)
    page.goto(f"{server}/improvement/")
    page.get_by_role("link", name="Rosa Lindqvist").click()
    page.get_by_text("Send it back").first.click()
    page.get_by_label("What has to change").fill("Say which talk.")
    page.get_by_role("button", name="Send it back").click()
    expect(page.get_by_role("status")).to_contain_text("Sent back")

    _sign_in(page, server, cast.mina)
    page.goto(f"{server}/improvement/{plan}/write/")
    expect(page.get_by_text("HR sent it back: Say which talk.")).to_be_visible()
    page.locator("#t0-source").fill("Scored after the talk of 16 November")
    page.get_by_role("button", name="Save it and send it to HR").click()
    expect(page.get_by_role("status")).to_contain_text("Sent to HR")

    _sign_in(page, server, cast.hana)
    page.goto(f"{server}/improvement/{plan}/")
    page.get_by_role("button", name="Checked: it can be published").click()
    expect(page.get_by_role("status")).to_contain_text("Checked")

    WHEN[0] = PUBLISHED
    _sign_in(page, server, cast.mina)
    page.goto(f"{server}/improvement/{plan}/")
    page.get_by_role("button", name="Publish it").click()
    expect(page.get_by_role("status")).to_contain_text("Published and locked")

    _sign_in(page, server, cast.rosa)
    page.goto(f"{server}/improvement/{plan}/")
    expect(
        page.get_by_role("heading", name="What is expected, what you are owed, and when it ends.")
    ).to_be_visible()
    expect(page.get_by_text("Vera Lindholm decides, not Mina Aalto")).to_be_visible()
    expect(page.get_by_role("button", name="I agree", exact=True)).to_have_count(0)
    page.get_by_role("button", name="I have received it").click()
    page.get_by_text("I agree in part").first.click()
    page.get_by_label("With what, and with what not").fill("The engineer has to come first.")
    page.get_by_role("button", name="I agree in part").click()
    page.get_by_role("button", name="I agree to these deals").click()
    page.get_by_label("What you want to be read").fill("I read it twice.")
    page.get_by_role("button", name="Send it", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("nobody else can change it")
    look_at(f"improvement/{plan}/", "improvement/own/")

    _moment(date(2026, 11, 16), 14)
    making.delivered(company, date(2026, 11, 10))
    _sign_in(page, server, cast.sanna)
    page.goto(f"{server}/improvement/")
    page.get_by_role("link", name="Teach-back on the flow analyser").click()
    for part in ("Features", "Benefits", "Value"):
        page.get_by_label(f"{part}, 0 to 5").fill("4")
    page.get_by_role("button", name="Write it down").click()
    expect(page.get_by_role("alert")).to_contain_text("what it rests on")
    expect(page.get_by_label("Features, 0 to 5")).to_have_value("4")
    page.get_by_label("What it rests on").fill("Half an hour in front of two engineers.")
    page.get_by_role("button", name="Write it down").click()
    expect(page.get_by_role("status")).to_contain_text("Written down")
    look_at(page.url.removeprefix(f"{server}/"))

    _sign_in(page, server, cast.vera)
    page.goto(f"{server}/improvement/")
    page.get_by_role("link", name="Rosa Lindqvist").click()
    page.get_by_label("Met: the plan ends").check()
    page.get_by_label("Why", exact=True).fill("The teach-back is well above the target.")
    page.get_by_role("button", name="Decide").click()
    expect(page.get_by_role("status")).to_contain_text("Decided")

    _sign_in(page, server, cast.rosa)
    page.goto(f"{server}/improvement/{plan}/")
    expect(page.get_by_text("Met: the plan ends.").first).to_be_visible()
    assert not found, "\n".join(found)


def test_a_plan_that_is_not_met_ends_with_a_cover_plan_two_people_and_an_appeal(
    company: Company, live_server: object, page: Page, axe: Callable[[Page], list[str]]
) -> None:
    server, cast = str(live_server), company.cast
    plan = making.running(company)
    making.delivered(company)
    making.held(company, plan)
    for name, industry in (("Alby", "Dairy"), ("Molla", "")):
        Account.objects.create(source="crm", external_id=name, name=name, owner=cast.rosa, industry=industry)
    Account.objects.create(
        source="crm", external_id="Ravi", name="Ravi Dairy", owner=cast.ravi, industry="Dairy"
    )
    _moment(making.ENDS)

    _sign_in(page, server, cast.vera)
    page.goto(f"{server}/improvement/{plan.public_id}/")
    expect(page.get_by_label("Another place in the company")).to_have_count(0)

    _sign_in(page, server, cast.mina)
    page.goto(f"{server}/improvement/{plan.public_id}/")
    page.get_by_role("link", name="Cover plan").click()
    expect(page.get_by_text("Suggested: Ravi Menon, who has 1 account in Dairy.")).to_be_visible()
    for number in range(2):
        page.get_by_label("Covered by").nth(number).select_option(
            label="Ravi Menon" if number else "Ines Duarte"
        )
        page.get_by_label("First call").nth(number).fill("2026-12-04")
        page.get_by_label("Hand-over").nth(number).fill("Meet the buyer together.")
    page.get_by_role("button", name="Save the cover plan").click()
    expect(page.get_by_role("status")).to_contain_text("Saved")
    found = _seen(page, f"{server}/improvement/{plan.public_id}/cover/", axe)

    _sign_in(page, server, cast.vera)
    page.goto(f"{server}/improvement/{plan.public_id}/")
    page.get_by_label("Another place in the company").check()
    page.get_by_label("Why", exact=True).fill("Two of three tasks were not reached.")
    page.get_by_role("button", name="Decide").click()
    found += _seen(page, f"{server}/improvement/{plan.public_id}/", axe)

    _sign_in(page, server, cast.hana)
    page.goto(f"{server}/improvement/{plan.public_id}/")
    page.get_by_role("button", name="Second it").click()
    expect(page.get_by_role("status")).to_contain_text("can be appealed")
    found += _seen(page, f"{server}/improvement/record/", axe)

    _sign_in(page, server, cast.rosa)
    page.goto(f"{server}/improvement/{plan.public_id}/")
    page.get_by_role("link", name="Cover plan").click()
    expect(page.get_by_role("row", name="Molla")).to_contain_text("Ravi Menon")
    page.go_back()
    page.get_by_text("Appeal, until").click()
    page.get_by_label("What was not counted").fill("The engineer came late.")
    page.get_by_role("button", name="Appeal").click()
    expect(page.get_by_text("Carl Ek hears it.")).to_be_visible()

    _sign_in(page, server, cast.carl)
    page.goto(f"{server}/improvement/")
    page.get_by_role("link", name="Rosa Lindqvist").click()
    page.get_by_label("It is overturned: nothing follows from this plan").check()
    page.get_by_label("Why", exact=True).fill("He came, and the training is counted.")
    page.get_by_role("button", name="Write it down").click()
    expect(page.get_by_role("status")).to_contain_text("Written down")
    do(company, "rosa", plan, "replied", WHEN[0], "Thank you.")
    assert not found, "\n".join(found)

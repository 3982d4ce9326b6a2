"""Working together in a real browser, each flow by everybody who has a side in it: whoever has none finds nothing."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import Locator, Page, expect

from fairlead.people import clock
from fairlead.people.models import Person
from fairlead.promises.models import Promise
from tests import cast as the_cast
from tests.agreements.agreeing import turned_on
from tests.browser.looking import in_every_medium
from tests.browser.test_main_flow import _sign_in
from tests.calls import company as the_company
from tests.calls.company import Company
from tests.cast import AT

pytestmark = pytest.mark.browser
Axe = Callable[[Page], list[str]]
FIVE = ("rosa", "ravi", "ines", "tomas", "pia")
WHEN = [AT]


@pytest.fixture
def company(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Company:
    WHEN[0] = AT
    monkeypatch.setattr(clock, "now", lambda: WHEN[0])
    return the_company.mina_team(the_company.build(the_cast.build()))


class Stage:
    """One window in which people sign in one after the other."""

    def __init__(self, page: Page, server: object, axe: Axe) -> None:
        self.page, self.server, self.axe = page, str(server), axe
        self.found: list[str] = []

    def be(self, person: Person, place: str = "") -> Page:
        _sign_in(self.page, self.server, person)
        return self.go(place) if place else self.page

    def go(self, place: str) -> Page:
        self.page.goto(f"{self.server}/{place}")
        return self.page

    def look(self) -> None:
        """Both themes and both widths of what is open."""
        self.found += [f"{self.page.url}: {line}" for line in in_every_medium(self.page, self.axe)]
        self.page.set_viewport_size({"width": 1280, "height": 900})

    def answers(self, place: str) -> int:
        """The status with which an address answers whoever is signed in."""
        return self.page.request.get(f"{self.server}/{place}").status

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()


@pytest.fixture
def stage(page: Page, live_server: object, axe: Axe) -> Stage:
    return Stage(page, live_server, axe)


def _said(page: Page) -> Locator:
    return page.get_by_role("status")


def test_a_request_for_help_is_declined_and_goes_through_the_second_door(
    company: Company, stage: Stage
) -> None:
    cast, page = company.cast, stage.page
    stage.be(cast.rosa, "help/")
    page.get_by_role("link", name="Ask Mina Aalto for help").click()
    page.get_by_label("What it is about").fill("The lab")
    stage.press("Ask Mina Aalto")
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("What it is about")).to_have_value("The lab")
    page.get_by_label("What you need").fill("A day in the lab before Christmas.")
    stage.look()
    stage.press("Ask Mina Aalto")
    expect(page.get_by_text("An answer is due")).to_be_visible()

    stage.be(cast.mina, "today/")
    page.get_by_text("In the next 5 working days").click()
    page.get_by_role("link", name="Answer: Answer a request for help").click()
    page.get_by_label("What you say to Rosa Lindqvist").fill("No day is left this year.")
    stage.look()
    stage.press("Decline, with that reason")

    stage.be(cast.rosa, "help/")
    page.get_by_role("link", name="The lab").click()
    expect(page.get_by_text("No day is left this year.")).to_be_visible()
    page.get_by_role("link", name="Send it further").click()
    page.get_by_label("Vera Lindholm").check()
    stage.look()
    stage.press("Send it")
    expect(page.get_by_text("Mina Aalto is not told", exact=False).first).to_be_visible()
    further = page.url.removeprefix(f"{stage.server}/")

    stage.be(cast.vera, "today/")
    page.get_by_text("In the next 5 working days").click()
    page.get_by_role("link", name="Answer: Answer a request for help").click()
    expect(page.get_by_text("Mina Aalto does not know of it.")).to_be_visible()
    page.get_by_label("What you say to Rosa Lindqvist").fill("I asked the lab.")
    page.get_by_label("What you will do").fill("Find a day in the lab")
    page.get_by_label("By when").fill("2026-11-27")
    stage.press("Answer")

    stage.be(cast.rosa, further)
    expect(page.get_by_text("I asked the lab.")).to_be_visible()
    stage.press("This helped")
    page.get_by_role("link", name="What was promised").click()
    expect(page.get_by_text("Find a day in the lab").first).to_be_visible()

    for other in (cast.mina, cast.ravi, cast.hana, cast.olu, cast.ada):
        stage.be(other)
        assert stage.answers(further) == 404, other.name
    stage.be(cast.mina, "help/")
    assert further.split("/")[1] not in page.content()
    assert "further" not in page.locator("main").inner_text()
    assert stage.found == []


def test_a_seller_counts_what_it_pays_and_the_manager_finds_no_trace(company: Company, stage: Stage) -> None:
    cast, page = company.cast, stage.page
    company.won("Kestrel", "rosa", 210_000)
    stage.be(cast.rosa, "quarter/")
    page.get_by_role("link", name="What it pays").click()
    page.get_by_label("Base, a year").fill("61,250")
    page.get_by_label("Variable, a year at 100 %").fill("a lot")
    stage.press("Keep it")
    expect(page.get_by_role("alert")).to_contain_text("“a lot” is no amount")
    expect(page.get_by_label("Base, a year")).to_have_value("61,250")
    page.get_by_label("Variable, a year at 100 %").fill("40000")
    page.get_by_label("Band 2: from percent of the target").fill("100")
    page.get_by_label("Band 2: rate in percent").fill("150")
    stage.press("Keep it")
    expect(_said(page)).to_contain_text("You alone see it.")
    paid = page.get_by_role("table", name="How the variable pay is counted")
    expect(paid).to_contain_text("Together")
    page.get_by_label("If it ends at").fill("1000")
    stage.press("See what it pays")
    expect(page.get_by_text("the period pays")).to_be_visible()
    stage.look()

    stage.be(cast.mina, "earnings/")
    expect(page.get_by_text("Write down how you are paid, and see what your sales pay.")).to_be_visible()
    for who, places in (
        (cast.mina, (f"people/{cast.rosa.public_id}/", "call/", "ledger/", "you/", "find/?q=Rosa", "today/")),
        (cast.hana, (f"records/people/{cast.rosa.public_id}/", f"people/{cast.rosa.public_id}/")),
        (cast.vera, ("board/", f"people/{cast.rosa.public_id}/")),
        (cast.ravi, ("earnings/", f"people/{cast.rosa.public_id}/")),
    ):
        stage.be(who)
        for place in places:
            text = stage.go(place).content()
            for mark in ("61,250", "61250", "40,000.00", "€101,250"):
                assert mark not in text, (who.name, place)
    for other in (cast.hana, cast.olu, cast.ada):
        stage.be(other)
        assert stage.answers("earnings/") == 403, other.name
    stage.be(cast.rosa, "earnings/")
    page.get_by_role("button", name=re.compile("Delete the pay plan")).click()
    expect(_said(page)).to_contain_text("Nothing of it is left.")
    assert stage.found == []


def test_a_leader_reads_and_prints_the_assessment_and_each_sentence_leads_to_its_data(
    company: Company, stage: Stage
) -> None:
    cast, page = company.cast, stage.page
    stage.be(cast.mina, "assessment/")
    expect(page.get_by_role("heading", name="as a coach would write it")).to_be_visible()
    stage.look()
    own = page.url.removeprefix(f"{stage.server}/")
    links = page.get_by_role("link", name=re.compile("^See where this comes from"))
    sentences = page.locator("section[aria-labelledby^=s-] p")
    assert sentences.count() >= 5
    assert page.locator("section[aria-labelledby^=s-] p:has(a)").count() == sentences.count()
    leads = {str(link.get_attribute("href")) for link in links.all()}
    assert "Rosa" not in page.locator("main").inner_text()
    page.emulate_media(media="print")
    assert all(not link.is_visible() for link in links.all())
    expect(sentences.first).to_be_visible()
    page.emulate_media(media="screen")
    given = page.request.get(f"{stage.server}/{own}file/")
    assert given.body().startswith(b"%PDF-")
    for place in sorted(leads):
        answer = page.goto(stage.server + place)
        assert answer is not None
        assert answer.status == 200, place

    stage.be(cast.vera, "assessment/")
    page.get_by_role("link", name="Industrial North").click()
    expect(page.get_by_text("You do not read these", exact=False)).to_be_visible()
    for link in page.get_by_role("link", name=re.compile("^See where this comes from")).all():
        assert stage.answers(str(link.get_attribute("href")).removeprefix("/")) == 200

    for other, status in ((cast.otto, 404), (cast.carl, 404), (cast.rosa, 403), (cast.hana, 403)):
        stage.be(other)
        assert (stage.answers(own), stage.answers(f"{own}file/")) == (status, status), other.name
    assert stage.found == []


def test_what_was_missing_is_told_answered_by_a_peer_and_thanked_for(company: Company, stage: Stage) -> None:
    cast, page = company.cast, stage.page
    for name in FIVE:
        stage.be(getattr(cast, name), "guidance/")
        page.get_by_label("What you had to work out alone").fill(f"How buyers count payback, {len(name)}")
        page.get_by_label("Kind", exact=True).select_option("customer")
        stage.press("Tell it")
        expect(page.get_by_text("open", exact=True)).to_be_visible()
    stage.look()

    stage.be(cast.mina, "guidance/")
    team = page.get_by_role("region", name="Of your direct reports")
    expect(team).to_contain_text("Rosa Lindqvist")
    expect(team).not_to_contain_text("Pia Kranz")

    stage.be(cast.olu, "guidance/")
    row = page.get_by_role("region", name="By product").get_by_role("row").nth(1)
    expect(row).to_contain_text("5")
    expect(row).to_contain_text("How buyers count payback")
    assert "Rosa" not in row.inner_text()
    stage.look()

    stage.be(cast.sven, "library/new/")
    page.get_by_label("Title", exact=True).fill("Payback in one page")
    page.get_by_label("What it is good for").fill("Counts it with the buyer")
    page.get_by_label("Kind", exact=True).select_option("customer")
    page.get_by_label("Link", exact=True).fill("https://marlow.test/payback")
    page.get_by_label("It answers what others had to work out alone").check()
    stage.press("Add it")
    piece = page.url.removeprefix(f"{stage.server}/")

    stage.be(cast.rosa, "guidance/")
    page.get_by_role("button", name=re.compile("^It answers it")).click()
    page.get_by_role("link", name="Payback in one page").click()
    stage.press("Thank Sven Dahl")
    expect(page.get_by_role("button", name="Take my thanks back")).to_be_visible()
    stage.be(cast.pia, "guidance/")
    page.get_by_role("button", name=re.compile("^It does not answer it")).click()
    expect(page.get_by_role("button", name=re.compile("Withdraw"))).to_be_visible()
    expect(page.get_by_text("Proposed:")).to_have_count(0)
    stage.be(cast.sven, piece)
    expect(page.get_by_text("a seller")).to_be_visible()
    assert "Pia" not in page.locator("main").inner_text(), "who asked is not told to who answers"
    assert stage.found == []


def test_the_support_statement_is_read_before_it_is_issued_and_by_everybody_after(
    company: Company, stage: Stage
) -> None:
    cast, page = company.cast, stage.page
    stage.be(cast.rosa, "support/")
    expect(page.get_by_text("None was issued yet. Sales operations issues them.")).to_be_visible()
    assert stage.answers("support/issue/") == 403

    stage.be(cast.olu, "support/")
    page.get_by_role("link", name="Prepare a statement").click()
    page.get_by_label("People who support them").fill("2")
    stage.press("Show what it says")
    expect(page.get_by_text("2 for 7 sellers: one for 3.5")).to_be_visible()
    stage.look()
    stage.press("Issue it")

    stage.be(cast.rosa, "support/")
    page.get_by_role("link", name=re.compile("2026, .*version 1")).click()
    expect(page.get_by_text("2 for 7 sellers: one for 3.5")).to_be_visible()
    for name in cast.names:
        assert getattr(cast, name).name not in page.locator("section.sec").inner_text()
    stage.look()
    assert stage.answers(page.url.removeprefix(f"{stage.server}/") + "text/") == 200
    assert stage.found == []


def test_a_teach_back_is_assessed_by_who_saw_it_and_read_by_the_manager(
    company: Company, stage: Stage
) -> None:
    cast, page = company.cast, stage.page
    stage.be(cast.rosa, "know/new/?kind=teach_back")
    page.get_by_label("Title", exact=True).fill("The flow meter, taught back")
    page.get_by_label("Account, industry or product").fill("Flow meter")
    page.get_by_label("What you learnt, or what you showed").fill("What it saves a water works.")
    page.get_by_label("Who saw the teach-back").select_option(label="Sanna Berg")
    stage.press("Write it down")

    stage.be(cast.sanna, "today/")
    page.get_by_role("link", name="Assess: Say what you saw of Rosa Lindqvist’s teach-back").click()
    for part in page.get_by_role("group").filter(has=page.get_by_role("radio")).all():
        part.get_by_role("radio").first.check()
    page.get_by_label("In your words").fill("The value came last; begin with it.")
    stage.look()
    stage.press("Say it")

    stage.be(cast.rosa, "know/")
    expect(page.get_by_text("The value came last; begin with it.")).to_be_visible()
    stage.be(cast.mina, f"know/of/{cast.rosa.public_id}/")
    expect(page.get_by_text("The value came last; begin with it.")).to_be_visible()
    stage.look()
    for other in (cast.ravi, cast.otto, cast.vera):
        stage.be(other)
        assert stage.answers(f"know/of/{cast.rosa.public_id}/") in (403, 404), other.name
    assert stage.found == []


def test_an_agenda_fills_itself_an_action_is_a_promise_and_the_calendar_says_when(
    company: Company, stage: Stage
) -> None:
    cast, page = company.cast, stage.page
    turned_on(cast, feature="oneonones")
    stage.be(cast.mina, "promises/")
    page.get_by_label("I will").fill("Ask the lab for a day")
    page.get_by_label("To", exact=True).fill("Rosa Lindqvist")
    page.get_by_label("By the end of").fill("2026-11-25")
    stage.press("Promise it")
    stage.go("one-to-ones/")
    page.get_by_role("link", name="Rosa Lindqvist").click()
    page.get_by_label("How often").select_option("weekly")
    page.get_by_label("On", exact=True).select_option("3")
    stage.press("Set the rhythm")

    WHEN[0] = AT + timedelta(days=2)
    stage.be(cast.rosa, "today/")
    page.get_by_role("link", name=re.compile("Agenda: One-to-one with Mina Aalto")).click()
    expect(page.get_by_text("Ask the lab for a day").first).to_be_visible()
    page.get_by_label("Notes of this 1:1").fill("Two plans by Friday.")
    stage.press("Keep for both")
    page.get_by_label("For you alone").fill("Ask about the move.")
    stage.press("Keep for me")
    page.get_by_label("What will be done").fill("Write two plans")
    page.get_by_label("By when").fill("2026-11-30")
    stage.press("Write it down")
    promise = Promise.objects.for_system("a test").get(owner=cast.rosa)
    assert promise.made_to_id == cast.mina.pk

    stage.be(cast.mina, f"one-to-ones/with/{cast.rosa.public_id}/")
    expect(page.get_by_label("Notes of this 1:1")).to_have_value("Two plans by Friday.")
    expect(page.get_by_label("For you alone")).to_have_value("")
    assert "Ask about the move." not in page.content()
    stage.go("promises/")
    page.get_by_role("link", name="Write two plans").click()
    expect(page.get_by_text("Rosa Lindqvist").first).to_be_visible()

    stage.go("one-to-ones/calendar/")
    stage.press("Make the address")
    address = str(page.locator("code").text_content())
    page.context.clear_cookies()
    calendar = page.request.get(stage.server + "/calendar/" + address.rsplit("/", 1)[1])
    assert calendar.status == 200
    said = calendar.text()
    assert "BEGIN:VEVENT" in said
    for words in ("Rosa", "Two plans", "Ask about", "Ask the lab"):
        assert words not in said
    stage.be(cast.mina, "one-to-ones/calendar/")
    stage.press("End it")
    page.context.clear_cookies()
    assert page.request.get(stage.server + "/calendar/" + address.rsplit("/", 1)[1]).status == 404
    stage.be(cast.ravi)
    assert stage.answers(f"one-to-ones/with/{cast.rosa.public_id}/") == 404

"""Fair and firm, played in one company by everybody it concerns, from the first import of closed quarters to the end.

Three sellers missed two quarters. One look is closed with its reason, one leads to a plan that is met, one to a plan
that is not met and to another place. Whoever has no part in it finds no trace of it on the way.
"""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from django.test import Client
from playwright.sync_api import Page, expect

from fairlead.calls import actions as calls
from fairlead.deals.models import Deal
from fairlead.debts import actions as debts
from fairlead.debts.models import Debt
from fairlead.diagnoses.models import Diagnosis
from fairlead.improvement.models import Plan
from fairlead.looks.models import Look, RoleLook
from fairlead.people import access, actions, clock
from fairlead.people import queries as people
from fairlead.people.models import Person
from fairlead.territories.models import Account
from fairlead.web import jobs
from tests import cast as the_cast
from tests.browser import looking, played
from tests.browser.conftest import DESK, PHONE
from tests.browser.test_played_quarter import Play
from tests.looks import making
from tests.looks.making import Q2, Q3

pytestmark = pytest.mark.browser

FIRST_IMPORT = datetime(2026, 10, 5, 6, tzinfo=UTC)
SELLERS = ("rosa", "ravi", "ines", "tomas", "pia", "piet", "sven")
RENEWALS = ("Aino Salo", "Bo Lund", "Cleo Marsh", "Dag Holt")
"""A role of its own, of which half was under the line: no person of it is looked at."""
TARGET = 600_000
OTHERS = ("ravi", "nina", "olu", "ada")
"""A peer, an executive outside the line, operations and the admin: nothing of it is theirs to see."""
PAGES = ("", "inbox/", "improvement/", "looks/", "standing/", "debts/", "ledger/", "records/reads/")


class Story(Play):
    """The company on a server, with what nobody outside may find, and what is wrong on pages that were looked at."""

    def __init__(self, server: str, page: Page, axe: Callable[[Page], list[str]]) -> None:
        super().__init__(the_cast.build(making.RECORDED), server, making.RECORDED)
        self.page, self.axe = page, axe
        self.secrets: dict[str, list[str]] = {}
        self.addresses: dict[str, list[str]] = {}
        self.wrong: list[str] = []
        self.persons: dict[str, Person] = {name: getattr(self.cast, name) for name in self.cast.names}

    def sign_everybody_in(self) -> None:
        for who, person in self.persons.items():
            assert person.user is not None
            client = Client()
            client.force_login(person.user, backend="django.contrib.auth.backends.ModelBackend")
            self.sessions[who] = client.cookies["sessionid"].value

    def day(self, month: int, day: int, hour: int = 9) -> None:
        """The clock goes to an hour of a day, and what time alone brings about is done."""
        assert datetime(2026, month, day, hour, tzinfo=UTC) >= self.now, "the clock runs on"
        self.now = datetime(2026, month, day, hour, tzinfo=UTC)
        assert jobs.watched(self.now) == []

    def be(self, who: str, place: str = "") -> None:
        self.sign_in(self.page, who)
        if place:
            self.page.goto(f"{self.server}/{place}")

    def press(self, name: str, says: str) -> None:
        """Press a button, and read what it says afterwards."""
        self.page.get_by_role("button", name=name, exact=True).click()
        expect(self.page.get_by_role("status")).to_contain_text(says)

    def refused(self, name: str, says: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()
        expect(self.page.get_by_role("alert")).to_contain_text(says)

    def look_at(self) -> None:
        """The page that is open, in both themes and at both widths."""
        self.wrong += [f"{self.page.url} {line}" for line in looking.in_every_medium(self.page, self.axe)]
        self.page.emulate_media(color_scheme="light")
        self.page.set_viewport_size(DESK)  # type: ignore[arg-type]

    def glance(self) -> None:
        """The page that is open at the width of a phone; its own feature's test looks closer."""
        self.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        if (wide := looking.wider(self.page)) > 0:
            self.wrong.append(f"{self.page.url}: {wide} px wider than a phone")
        self.page.set_viewport_size(DESK)  # type: ignore[arg-type]

    def get(self, who: str, place: str) -> tuple[int, str]:
        asked = urllib.request.Request(
            f"{self.server}/{place}", headers={"Cookie": f"sessionid={self.sessions[who]}"}
        )
        try:
            with urllib.request.urlopen(asked) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def hidden(self, about: str, *addresses: str, words: tuple[str, ...] = ()) -> None:
        """From here on these addresses and words about somebody are nobody's who has no part in it."""
        self.addresses.setdefault(about, []).extend(addresses)
        keys = [part for one in addresses for part in one.split("/") if len(part) == 12]
        assert len(keys) == len(addresses)
        self.secrets.setdefault(about, []).extend([*words, *keys])

    def no_trace(self, pages: tuple[str, ...] = PAGES[:3], **also: str) -> None:
        """Nobody outside opens any of it, and nothing of it stands on what they do open.

        ``also``: who else has no part in what is about whom, as in ``otto="rosa ines"``.
        """
        for who, about in {**dict.fromkeys(OTHERS, " ".join(self.addresses)), **also}.items():
            count = 99 if pages == PAGES else 2
            for place in [place for one in about.split() for place in self.addresses.get(one, [])[-count:]]:
                assert self.get(who, place)[0] in (403, 404), (who, place)
            for place in pages if who in OTHERS else ("improvement/", "looks/"):
                _, text = self.get(who, place)
                found = [secret for one in about.split() for secret in self.secrets[one] if secret in text]
                assert not found, (who, place, found)


@pytest.fixture
def story(
    transactional_db: None,
    live_server: object,
    page: Page,
    axe: Callable[[Page], list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> Story:
    """People, targets and the recorded ground, on the Monday on which the first export is brought in."""
    told = Story(str(live_server), page, axe)
    monkeypatch.setattr(clock, "now", lambda: told.now)
    by, at = access.system("tests build the cast"), told.now

    def join(key: str, name: str, role: access.Role, below: Person, title: str = "") -> None:
        told.persons[key] = actions.add_person(
            by=by, at=at, name=name, manager=below, roles=frozenset({role}), title=title, starts_on=the_cast.START,
            source="cast", external_id=key,
        )  # fmt: skip
        actions.open_account(
            by=by, at=at, person=told.persons[key], email=f"{key}@marlow.test", password=None
        )

    join("nina", "Nina Holm", access.Role.EXECUTIVE, told.cast.carl)
    for name in RENEWALS:
        join(name.split()[0].lower(), name, access.Role.REP, told.cast.sanna, "Renewals")
    making.ground(told.cast)
    ops = access.system("tests of the forecast call")
    renewers = [name.split()[0].lower() for name in RENEWALS]
    for who in (*SELLERS, *renewers):
        for period in (Q2, Q3):
            calls.set_target(
                by=ops, at=at, person=told.persons[who], period=period, amount_minor=TARGET * 100
            )
    with transaction.atomic():
        debts.open_debt(
            by=people.actor(told.cast.sanna.pk, at), at=at, owner=told.cast.sanna.pk, owed_to=told.cast.pia.pk,
            item="A day in the lab", source=("manager", "lab"), key="lab", since=date(2026, 3, 2),
            due_on=date(2026, 5, 4),
        )  # fmt: skip
    told.now = FIRST_IMPORT
    told.make_tokens()
    told.sign_everybody_in()
    return told


def _export(persons: dict[str, Person]) -> str:
    """Two closed quarters of every seller, and the open deals of the two who will have a plan."""
    lines = [played.HEADER]

    def row(name: str, who: str, euros: int, opened: date, status: str, day: date) -> None:
        closed = "" if status == "open" else str(day)
        lines.append(
            f"{name},{name},{persons[who].name},{euros}000.00,EUR,Talk,{day},{opened},{status},{closed}"
        )

    won = {"rosa": (100, 140), "ines": (120, 110), "pia": (110, 150), "aino": (90, 90), "bo": (80, 100)}
    for who in (*SELLERS, *(name.split()[0].lower() for name in RENEWALS)):
        for quarter, euros in zip((2, 3), won.get(who, (220, 220)), strict=True):
            for n in range(3):
                day = date(2026, 3 * quarter - 1, 10 + n)
                row(f"{who} {quarter} won {n}", who, euros, day - timedelta(days=40), "won", day)
                row(f"{who} {quarter} lost {n}", who, euros, day - timedelta(days=40), "lost", day)
    for who, names in (("rosa", ("Alby Dairy", "Molla Cheese")), ("ines", ("Tarn Mills", "Vale Foods"))):
        for name in names:
            row(name, who, 70, date(2026, 9, 1), "open", date(2026, 12, 20))
    return "\n".join(lines) + "\n"


def _look_of(person: Person) -> str:
    return Look.objects.for_system("a test asks for it").get(person=person).public_id


def _diagnosis_of(person: Person) -> str:
    return Diagnosis.objects.for_system("a test asks for it").get(look__person=person).public_id


def _plan_of(person: Person) -> str:
    return Plan.objects.for_system("a test asks for it").get(person=person).public_id


# One after the other


def _looks_open(story: Story) -> None:
    """The closed quarters come in, and on the next morning looks open: three at persons, one at a role."""
    story.ask("olu", "PUT", "operations/stages/Talk", {"category": "pipeline", "starts_on": "2024-01-01"})
    story.bring_in_file(_export(story.persons))
    story.day(10, 6, 6)
    opened = Look.objects.for_system("a test asks for it").values_list("person__name", flat=True)
    assert sorted(opened) == ["Ines Duarte", "Pia Kranz", "Rosa Lindqvist"]
    for who in ("pia", "rosa", "ines"):
        story.hidden(who, f"looks/{_look_of(story.persons[who])}/")
    story.no_trace(
        PAGES, vera="pia rosa ines", hana="pia rosa ines", mina="pia", otto="rosa ines", pia="rosa"
    )


def _a_role_is_looked_at(story: Story) -> None:
    """Half of the renewals role missed: its owner decides on the target, and no person is named."""
    page = story.page
    role = RoleLook.objects.for_system("a test asks for it").get()
    story.be("vera", "looks/")
    page.get_by_role("link", name="Renewals, Q3 2026").click()
    expect(page.get_by_text("2 of 4 sellers of this role were under the line")).to_be_visible()
    assert not any(name in page.content() for name in RENEWALS)
    page.get_by_label("The target changes").check()
    page.get_by_label("Why").fill("The price list of April took a third of the volume.")
    story.press("Decide", "Decided")
    story.glance()
    assert story.get("aino", f"looks/roles/{role.public_id}/")[0] in (403, 404)


def _a_company_debt_explains_it(story: Story) -> None:
    """Pia answers; Otto finds what the company owes her, closes the look, takes it back, and closes it again."""
    page, look = story.page, _look_of(story.persons["pia"])
    story.be("pia", "standing/")
    page.get_by_role("link", name="Open it").click()
    expect(page.get_by_role("heading", name="First, what speaks for you.")).to_be_visible()
    expect(page.get_by_text("A day in the lab (")).to_be_visible()
    page.get_by_label("What you want to be read").fill("Without the Wolframite day I had nothing to show.")
    story.press("Send it", "nobody else can change it")
    story.hidden("pia", words=("Wolframite", "Tantalum"))
    story.look_at()

    story.be("otto", "looks/")
    page.get_by_role("link", name="Pia Kranz").click()
    expect(page.get_by_text("Without the Wolframite day")).to_be_visible()
    story.refused("Close it with this reason", "Choose what speaks against a diagnosis")
    page.get_by_label("The company owes").check()
    page.get_by_label("Why, in your words").fill("The Tantalum day was promised in March and not held.")
    story.glance()
    page.get_by_label("The company owes").check()
    story.press("Close it with this reason", "Closed with your reason")
    story.press("Take the decision back", "waits for a decision again")
    page.get_by_label("The company owes").check()
    page.get_by_label("Why, in your words").fill("The Tantalum day was promised in March and not held.")
    story.press("Close it with this reason", "Closed with your reason")

    story.be("hana", "looks/")
    expect(page.get_by_role("row", name="Pia Kranz Otto Brandt")).to_contain_text("closed with a reason")
    expect(page.get_by_text("5 past the line at the last quarter’s end: 3 with a look")).to_be_visible()
    assert story.get("hana", f"looks/{look}/")[0] == 404, "HR reads no look that was decided in time"
    story.glance()
    story.be("pia", f"looks/{look}/")
    expect(page.get_by_text("The Tantalum day was promised in March")).to_be_visible()
    story.no_trace(vera="pia", carl="pia", mina="pia", rosa="pia", hana="pia")


def _diagnose(story: Story, who: str, fails: int, evidence: str) -> None:
    """Mina judges the layers from the top, and shares what stops at the first that fails."""
    page, first = story.page, story.persons[who].name.split()[0]
    story.be("mina", f"looks/{_look_of(story.persons[who])}/")
    page.get_by_role("button", name="Diagnose").click()
    for layer in range(fails + 1):
        section = page.locator(f"section[aria-labelledby=layer-{layer}]")
        section.get_by_label("Fail" if layer == fails else "Pass", exact=True).check()
        section.get_by_label("Evidence").fill(evidence if layer == fails else "Nothing found on 6 October.")
    story.press("Save the draft", "Nobody else reads it")
    if who == "rosa":
        page.get_by_role("link", name="Write on").click()
        story.glance()
        page.get_by_role("link", name="Leave it").click()
    address = f"diagnoses/{_diagnosis_of(story.persons[who])}/"
    assert story.get(who, address)[0] == 404, "a draft is the manager's alone"
    assert story.get("hana", address)[0] == 404
    story.press(f"Share it with {first}", f"{story.persons[who].name} is told")
    story.hidden(who, address)


def _diagnoses_are_answered(story: Story) -> None:
    """Rosa's stops at skill, Ines's at knowledge. Nothing counts before they could answer."""
    page = story.page
    story.hidden("rosa", words=("Cinnabar", "Azurite"))
    story.hidden("ines", words=("Malachite",))
    _diagnose(story, "rosa", 4, "Cinnabar talk on 2 October: three of nine questions led to a figure.")
    _diagnose(story, "ines", 3, "Malachite teach-back 5 of 15 on 1 October.")
    story.no_trace(otto="rosa ines", carl="rosa ines", vera="rosa ines", ines="rosa")
    expect(page.get_by_role("button", name="Use it")).to_have_count(0)

    story.be("rosa", f"looks/{_look_of(story.persons['rosa'])}/")
    page.get_by_role("link", name="The diagnosis, shared").click()
    expect(page.get_by_text("Cinnabar talk on 2 October")).to_be_visible()
    story.press("I have read it", "That you read it is written down")
    page.get_by_label("What you want to be read").fill("The Azurite reference was missing in all nine.")
    story.press("Send it", "nobody else can change it")
    story.look_at()
    story.be("ines", f"diagnoses/{_diagnosis_of(story.persons['ines'])}/")
    story.press("I have nothing to add", "Written down")

    for who in ("rosa", "ines"):
        story.be("mina", f"diagnoses/{_diagnosis_of(story.persons[who])}/")
        story.press("Use it", "The look is decided")
    story.glance()
    story.no_trace(otto="rosa ines", carl="rosa ines", vera="rosa ines")


def _write(story: Story, who: str, tasks: list[dict[str, str]], owed: tuple[str, str, str]) -> str:
    """Mina writes a plan of tasks, two deals and one thing the company does, and sends it to HR."""
    page, person = story.page, story.persons[who]
    story.be("mina", f"diagnoses/{_diagnosis_of(person)}/")
    page.get_by_role("link", name="Write the plan").click()
    page.get_by_role("button", name="Begin the draft").click()
    for n, task in enumerate(tasks):
        if n:
            page.get_by_role("button", name="One more task").click()
        page.locator(f"#t{n}-metric").select_option(task.pop("metric"))
        for name, value in task.items():
            page.locator(f"#t{n}-{name}").fill(value)
    deals = ("Alby Dairy", "Molla Cheese") if who == "rosa" else ("Tarn Mills", "Vale Foods")
    for n, name in enumerate(deals):
        page.locator(f"#d{n}-deal").select_option(label=name)
        page.locator(f"#d{n}-m0-criterion").select_option(index=1)
        page.locator(f"#d{n}-m0-due").fill("2026-11-12")
    for name, value in zip(("what", "owner", "due"), owed, strict=True):
        page.locator(f"#c0-{name}").fill(value)
    story.press("Save it and send it to HR", "Sent to HR")
    plan = f"improvement/{_plan_of(person)}/"
    story.hidden(who, plan)
    assert story.get(who, plan)[0] == 404, "the person sees nothing before it is published"
    return plan


def _plans_pass_hr(story: Story) -> tuple[str, str]:
    """Two plans are written; HR sends one back once, and then checks both."""
    page = story.page
    story.hidden("rosa", words=("Beryllium", "Selenium"))
    story.hidden("ines", words=("Gallium",))
    visits = {
        "metric": "counted", "what": "Visits with people who use it", "gap": "Gallium users were not met",
        "target": "3", "unit": "visits", "source": "Visit notes", "assessor": "Mina Aalto", "baseline": "0",
    }  # fmt: skip
    teach_back = {
        "metric": "teach_back", "what": "Beryllium teach-back", "gap": "Questions lead to no figure", "baseline": "5",
        "target": "11", "source": "Scored after the talk", "due": "2026-11-16", "assessor": "Sanna Berg",
    }  # fmt: skip
    rosas = _write(
        story, "rosa", [teach_back, {**visits, "due": "2026-11-20"}],
        ("Two half-days with an engineer", "Sanna Berg", "2026-10-28"),
    )  # fmt: skip
    ines = _write(
        story, "ines",
        [{**visits, "due": "2026-11-13"}],
        ("A reference she can call", "Sanna Berg", "2026-10-30"),
    )  # fmt: skip
    story.be("hana", "improvement/")
    page.get_by_role("link", name="Rosa Lindqvist").click()
    page.get_by_text("Send it back").first.click()
    page.get_by_label("What has to change").fill("Selenium: say which talk is scored.")
    story.look_at()
    story.press("Send it back", "Sent back")
    story.be("mina", f"{rosas}write/")
    expect(page.get_by_text("HR sent it back: Selenium")).to_be_visible()
    page.locator("#t0-source").fill("Scored after the talk of 12 November")
    story.press("Save it and send it to HR", "Sent to HR")
    for plan in (rosas, ines):
        story.be("hana", plan)
        story.press("Checked: it can be published", "Checked")
    story.no_trace(otto="rosa ines", carl="rosa ines", vera="rosa ines", sanna="rosa ines")
    return rosas, ines


def _published_and_received(story: Story, rosas: str, ines: str) -> None:
    """Published and locked; Rosa receives it, agrees in part, agrees to the deals and replies."""
    page = story.page
    story.day(10, 19)
    for plan in (rosas, ines):
        story.be("mina", plan)
        story.press("Publish it", "Published and locked")
    story.be("ines", ines)
    story.press("I have received it", "Receiving is not agreeing")
    story.press("I agree to these deals", "Agreed by both")
    story.be("rosa", rosas)
    expect(
        page.get_by_role("heading", name="What is expected, what you are owed, and when it ends.")
    ).to_be_visible()
    expect(page.get_by_role("button", name="I agree", exact=True)).to_have_count(0)
    story.look_at()
    story.press("I have received it", "Receiving is not agreeing")
    page.get_by_text("I agree in part").first.click()
    page.get_by_label("With what, and with what not").fill("Osmium: the engineer has to come first.")
    story.press("I agree in part", "Said")
    story.press("I agree to these deals", "Agreed by both")
    page.get_by_label("What you want to be read").fill("Iridium: I asked for this in July.")
    story.press("Send it", "nobody else can change it")
    story.hidden("rosa", words=("Osmium", "Iridium"))
    story.glance()
    story.no_trace(otto="rosa ines", carl="rosa ines", vera="rosa ines", ines="rosa")


def _talk(story: Story, plan: str, number: int, words: str) -> None:
    page = story.page
    story.be("mina", plan)
    page.locator("summary", has_text=f"Check-in {number}").click()
    page.get_by_label("What you found together").filter(visible=True).fill(words)
    page.get_by_role("button", name="Held", exact=True).filter(visible=True).click()
    expect(page.get_by_role("status")).to_contain_text("Both of you read it")


def _weeks_go_by(story: Story, rosas: str, ines: str) -> None:
    """Check-ins are held, but for one; the company is late, and the end moves by as many days; the tasks are done."""
    page = story.page
    story.hidden("rosa", words=("Rhenium", "Hafnium"))
    story.day(10, 26)
    for plan in (rosas, ines):
        _talk(story, plan, 1, "Rhenium: two questions practised.")
    debt = Debt.objects.for_system("a test asks for it")
    story.day(10, 29)
    story.be("sanna", f"debts/{debt.get(item='A reference she can call').public_id}/")
    page.get_by_label("What was delivered").fill("Marta Lind at Kemi takes a call.")
    page.get_by_role("button", name="Delivered").click()
    story.day(11, 2)
    _talk(story, ines, 2, "Rhenium: no visit yet.")
    story.be("sanna", f"debts/{debt.get(item='Two half-days with an engineer').public_id}/")
    assert "plan" not in page.locator("main").inner_text().lower(), "a debt does not say what it is for"
    page.get_by_label("What was delivered").fill("Both half-days were held.")
    page.get_by_role("button", name="Delivered").click()
    expect(page.get_by_role("button", name="Delivered")).to_have_count(0)
    story.be("rosa", rosas)
    expect(page.get_by_text("30 days from Mon 19 Oct, and 5 more")).to_be_visible()
    expect(page.get_by_text("Ends Mon 23 Nov.")).to_be_visible()

    story.day(11, 9)
    page.goto(f"{story.server}/{rosas}")
    expect(page.get_by_text("missed by the manager")).to_be_visible()
    _talk(story, rosas, 2, "Hafnium: a week late, and the manager's doing.")
    _talk(story, rosas, 3, "Hafnium: five of nine questions.")
    _talk(story, ines, 3, "Hafnium: one visit.")
    for name in ("Alby Dairy", "Molla Cheese"):
        deal = Deal.objects.for_system("a test asks for it").get(name=name)
        story.be("rosa", f"deals/{deal.public_id}/")
        page.get_by_role("link", name="Score it").click()
        page.get_by_label("2 The buyer said it").check()
        page.fill("#what", "Two lines lose 4 % of whey.")
        page.fill("#buyer_name", "Katarina Ek")
        page.fill("#buyer_role", "Plant manager")
        page.get_by_role("button", name="Keep it", exact=True).click()
        expect(page.locator("main")).to_contain_text("said it")
    story.day(11, 10)
    story.be("sanna", "improvement/")
    page.get_by_role("link", name="Beryllium teach-back").click()
    for part in ("Features", "Benefits", "Value"):
        page.get_by_label(f"{part}, 0 to 5").fill("4")
    page.get_by_label("What it rests on").fill("Hafnium: half an hour in front of two engineers.")
    story.press("Write it down", "The person and the manager read it")
    assert story.get("sanna", rosas)[0] == 404, "who measures reads nothing else of the plan"
    story.be("rosa", rosas)
    expect(page.get_by_text("held 9 Nov, late")).to_be_visible()
    expect(page.get_by_text("missed by the manager at first")).to_be_visible()
    expect(page.get_by_text("Katarina Ek").first).to_be_visible()
    story.look_at()
    story.no_trace(PAGES, otto="rosa ines", carl="rosa ines", vera="rosa ines", ines="rosa")


def _a_superior_has_days(story: Story, rosas: str, ines: str) -> None:
    """Vera reads that two plans run, their days, and nothing else, until one is hers to decide."""
    page = story.page
    story.be("vera", "improvement/")
    said = page.locator("section[aria-labelledby=below]")
    assert [" ".join(line.split()) for line in said.locator("li").all_inner_texts()] == [
        "Ines Duarte, with Mina Aalto runs since Mon 19 Oct, ends Wed 18 Nov",
        "Rosa Lindqvist, with Mina Aalto runs since Mon 19 Oct, ends Mon 23 Nov",
    ]
    for plan in (rosas, ines):
        assert story.get("vera", plan)[0] == 404
    story.glance()


def _not_met(story: Story, rosas: str, ines: str) -> None:
    """Ines's plan is not met: a cover plan, a decider who did not write it, a second person, an appeal, a third."""
    page = story.page
    story.hidden("ines", words=("Tellurium", "Niobium", "Ruthenium"))
    for name in ("Tarn Mills", "Vale Foods"):
        Account.objects.create(
            source="crm", external_id=name, name=name, owner=story.cast.ines, industry="Mills"
        )
    story.day(11, 16)
    _talk(story, rosas, 4, "Hafnium: eight of nine.")
    _talk(story, ines, 4, "Hafnium: one visit, and two that were called off.")
    story.day(11, 18)
    story.be("mina", ines)
    page.get_by_role("link", name="Cover plan").click()
    for number in range(2):
        page.get_by_label("Covered by").nth(number).select_option(story.id("ravi"))
        page.get_by_label("First call").nth(number).fill("2026-12-04")
        page.get_by_label("Hand-over").nth(number).fill("Tellurium: meet the buyer together.")
    story.press("Save the cover plan", "Saved")
    story.glance()

    story.be("vera", "improvement/")
    page.get_by_role("link", name="Ines Duarte").click()
    page.get_by_label("Another place in the company").check()
    page.get_by_label("Why", exact=True).fill("Niobium: one of three visits came about.")
    story.look_at()
    page.get_by_label("Another place in the company").check()
    story.press("Decide", "Decided")
    _, text = story.get("ines", ines)
    assert "Niobium" not in text, "a decision that waits for the second of two is not told"
    story.be("hana", ines)
    story.press("Second it", "can be appealed")

    story.be("ines", ines)
    expect(page.get_by_text("Niobium: one of three visits came about.").first).to_be_visible()
    page.get_by_role("link", name="Cover plan").click()
    expect(page.get_by_role("row", name="Tarn Mills")).to_contain_text("Ravi Menon")
    story.glance()
    page.go_back()
    story.look_at()
    page.get_by_text("Appeal, until").click()
    page.get_by_label("What was not counted").fill("Ruthenium: two were called off by the buyer.")
    story.press("Appeal", "Sent to somebody who neither wrote the plan nor decided")
    expect(page.get_by_text("Carl Ek hears it.")).to_be_visible()

    story.be("carl", "improvement/")
    page.get_by_role("link", name="Ines Duarte").click()
    story.look_at()
    page.get_by_label("The decision stands").check()
    page.get_by_label("Why", exact=True).fill("They were called off, and no others were asked for.")
    story.press("Write it down", "Everybody concerned is told")
    assert story.get("carl", rosas)[0] == 404, "of Rosa's plan he has no part"
    story.no_trace(otto="rosa ines", carl="rosa", vera="rosa", rosa="ines")


def _met(story: Story, rosas: str) -> None:
    """Rosa's plan ends five days later than it began with, and is met."""
    page = story.page
    story.day(11, 20)
    story.be("mina", "improvement/")
    page.get_by_role("link", name="Visits with people who use it").last.click()
    page.get_by_label("Count, in visits").fill("4")
    page.get_by_label("What it rests on").fill("Hafnium: notes of four visits.")
    story.press("Write it down", "The person and the manager read it")
    story.day(11, 23)
    story.be("vera", "improvement/")
    page.get_by_role("link", name="Rosa Lindqvist").click()
    page.get_by_label("Met: the plan ends").check()
    page.get_by_label("Why", exact=True).fill("The talk is well above the target, and both buyers said it.")
    story.press("Decide", "Decided")
    story.be("rosa", rosas)
    expect(page.get_by_text("Met: the plan ends").first).to_be_visible()
    story.glance()


def _another_place(story: Story, ines: str) -> None:
    """Ines moves: the new manager reads the summary that she read first, the old one nothing any more."""
    page = story.page
    story.be("mina", ines)
    page.get_by_label("What a new manager should know").fill("Zirconium: strong with people who run lines.")
    story.press("Write it", "The person reads it before any new manager does")
    story.be("ines", ines)
    page.get_by_label("Your word on it").fill("Zirconium is right.")
    story.press("I have read it", "Said")
    story.day(12, 1)
    story.be("olu", f"people/{story.cast.ines.public_id}/")
    form = page.locator("section[aria-labelledby=move]")
    form.locator("[name=manager]").fill("Sanna Berg")
    form.locator("[name=starts_on]").fill("2026-12-01")
    form.get_by_role("button").click()
    expect(page.get_by_role("status")).to_contain_text("reports to Sanna Berg")
    story.day(12, 2)

    story.be("sanna", "improvement/")
    before = page.locator("section[aria-labelledby=before]")
    expect(before).to_contain_text("Zirconium: strong with people who run lines.")
    expect(before).to_contain_text("Zirconium is right.")
    story.look_at()
    assert "Niobium" not in page.content()
    for who in ("sanna", "mina"):
        for place in (ines, f"{ines}cover/", f"improvement/{_plan_of(story.persons['ines'])}/cover.csv"):
            assert story.get(who, place)[0] == 404, (who, place)
    assert story.get("mina", f"looks/{_look_of(story.persons['ines'])}/")[0] == 404


def _a_year_of_records(story: Story) -> None:
    """HR counts what came of it, and each person reads who read about them."""
    page = story.page
    story.be("hana", "improvement/record/")
    row = page.get_by_role("row", name="Mina Aalto")
    assert " ".join(row.inner_text().split()).startswith("Mina Aalto 2 0 1 1 0")
    story.glance()
    story.be("ines", "records/reads/")
    for name in ("Mina Aalto", "Hana Sato", "Vera Lindholm", "Carl Ek"):
        expect(page.get_by_text(name).first).to_be_visible()
    story.glance()
    story.hidden("ines", words=("Zirconium",))
    story.no_trace(
        PAGES, otto="rosa ines", mina="ines pia", pia="rosa ines", rosa="ines pia", carl="rosa pia"
    )


def test_three_sellers_are_treated_fairly_and_firmly(story: Story) -> None:
    _looks_open(story)
    _a_role_is_looked_at(story)
    _a_company_debt_explains_it(story)
    _diagnoses_are_answered(story)
    rosas, ines = _plans_pass_hr(story)
    _published_and_received(story, rosas, ines)
    _weeks_go_by(story, rosas, ines)
    _a_superior_has_days(story, rosas, ines)
    _not_met(story, rosas, ines)
    _met(story, rosas)
    _another_place(story, ines)
    _a_year_of_records(story)
    assert not story.wrong, "\n".join(story.wrong)

"""A person's day: everything that waits stands on it, can be done from it, and is gone when it is done."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.test import Client

from fairlead.deals.models import Deal
from fairlead.enablement import actions as enablement_actions
from fairlead.people import clock
from fairlead.territories import noting
from fairlead.today import queries, rules, sources
from fairlead.today.rules import Item
from tests.agreements.agreeing import begun, turned_on
from tests.calls.company import Company
from tests.cast import AT, Cast
from tests.enablement import making as enablement
from tests.enablement.test_known import write
from tests.exits import house as exits
from tests.improvement import making
from tests.improvement.conftest import company  # noqa: F401
from tests.promises.test_promises import promised
from tests.watch.test_watch import company as watched  # noqa: F401
from tests.watch.test_watch import cover, leave
from tests.web import world as the_world
from tests.web.matrix import CAST
from tests.winloss import house as winloss

SENSITIVE = {"help", "look", "diagnosis", "plan", "measure", "observation", "disclosure", "person_copy"}


def items_of(cast: Cast, name: str, at: datetime = AT) -> list[Item]:
    return list(sources.everything(cast.actor(name, at), at))


def kinds(cast: Cast, name: str, at: datetime = AT) -> set[str]:
    return {item.kind for item in items_of(cast, name, at)}


def client_of(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(getattr(cast, name).user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: AT)


def test_whatever_stands_on_a_day_opens_for_whom_it_stands_there(db: None, now: None) -> None:
    """Over the whole cast of a company in which everything has happened: each link leads to a page that opens."""
    world = the_world.build()
    opened: set[str] = set()
    without: list[tuple[str, str, str]] = []
    leads_on = {"message", "dates", "import"}
    """A tray or a list of several things: each is done behind its own link there."""
    for name in CAST:
        client = client_of(world.cast, name)
        for item in items_of(world.cast, name):
            url = queries.path_of(item)
            response = client.get(url)
            assert response.status_code == 200, (name, item.kind, url, response.status_code)
            main = response.content.decode().split("<main", 1)[1].split("</main", 1)[0]
            if item.kind not in leads_on and 'method="post"' not in main and "btn-primary" not in main:
                without.append((name, item.kind, url))
            opened.add(item.kind)
    assert without == [], "the page of an item holds the form with which it is done, or the one button to it"
    told_apart = {
        "packet",
        "agreement",
        "dates",
        "account",
        "exit",
        "first_call",
        "newcomer",
        "hr_case",
        "interview",
    }
    """These have tests of their own below."""
    assert opened == set(rules.KINDS) - told_apart


def test_a_day_names_nobody_in_what_is_confidential(db: None, now: None) -> None:
    """A day is read over shoulders."""
    world = the_world.build()
    seen = set()
    for name in CAST:
        for item in items_of(world.cast, name):
            if item.kind in SENSITIVE:
                seen.add(item.kind)
                about = item.about.removeprefix("asked by ").removesuffix("Otto Brandt")
                for other in world.cast.names:
                    last = getattr(world.cast, other).name.split()[-1]
                    assert last not in item.what + about, (name, item)
    assert seen == SENSITIVE


def test_home_is_the_day_and_it_is_the_first_word_of_the_navigation(cast: Cast, now: None) -> None:
    client = client_of(cast, "rosa")
    page = client.get("/", follow=True)
    assert page.redirect_chain[-1][0] == "/today/"
    text = page.content.decode()
    assert text.index('href="/today/" aria-current="page"') < text.index('href="/quarter/"')
    assert "Nothing is due today" in text
    assert "Nothing in the next 5 working days either." in text


def test_a_promise_is_kept_from_the_day_and_stands_there_no_more(cast: Cast, now: None) -> None:
    public_id = promised(cast, due_on=AT.date())
    client = client_of(cast, "rosa")
    page = client.get("/today/").content.decode()
    assert "1 thing for today" in page
    assert f'action="/promises/{public_id}/act/"' in page
    after = client.post(f"/promises/{public_id}/act/", {"act": "kept", "back": "today"}, follow=True)
    assert after.redirect_chain[-1][0] == "/today/"
    assert "Nothing is due today" in after.content.decode()
    assert "promise" not in kinds(cast, "mina"), "whom it was made to has nothing to do"


def test_past_its_day_it_stands_first_with_how_late(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    promised(cast, due_on=AT.date())
    later = AT + timedelta(days=3)
    monkeypatch.setattr(clock, "now", lambda: later)
    page = client_of(cast, "rosa").get("/today/").content.decode()
    assert "Past its day" in page
    assert "3 days late" in page


def test_next_week_it_is_under_what_comes_and_not_due(cast: Cast, now: None) -> None:
    promised(cast, due_on=AT.date() + timedelta(days=2))
    page = client_of(cast, "rosa").get("/today/").content.decode()
    assert "Nothing is due today" in page
    assert "In the next 5 working days: 1" in page
    assert "Next: " in page


def test_weeks_count_what_one_did_oneself(cast: Cast, now: None) -> None:
    public_id = promised(cast, due_on=AT.date())
    before = queries.page(cast.actor("rosa"), AT).weeks
    client_of(cast, "rosa").post(f"/promises/{public_id}/act/", {"act": "kept"})
    assert queries.page(cast.actor("rosa"), AT).weeks == (*before[:-1], before[-1] + 1)
    assert queries.page(cast.actor("mina"), AT).weeks[-1] == 0


def test_an_agreement_waits_for_who_has_not_signed(cast: Cast, now: None) -> None:
    turned_on(cast)
    begun(cast)
    assert "agreement" in kinds(cast, "mina")
    assert "agreement" not in kinds(cast, "rosa")


def test_what_left_the_forecast_is_owed_and_a_packet_waits_for_the_manager(cast: Cast) -> None:
    house = exits.build(cast)
    house.take(datetime(2026, 11, 20, 8, tzinfo=AT.tzinfo), Quill={"stage": "Offer"})
    owed = [item for item in items_of(cast, "rosa") if item.kind == "exit"]
    assert [item.what for item in owed] == ["Say why Quill left the forecast"]
    assert owed[0].due_on is not None
    assert "exit" not in kinds(cast, "mina")


def test_a_close_date_that_passed_is_asked_for_once_for_all_deals(company: Company) -> None:  # noqa: F811
    cast = company.cast
    before = [item for item in items_of(cast, "ravi") if item.kind == "dates"]
    assert before == []
    for name in ("Alby", "Molla"):
        company.deal(name, "ravi", 70, "Talk", AT.date() - timedelta(days=2), at=AT - timedelta(days=30))
    found = [item for item in items_of(cast, "ravi") if item.kind == "dates"]
    assert [item.what for item in found] == ["Say when 2 deals of yours close"]
    assert "close_to=2026-11-2" in found[0].query


def test_a_plan_waits_for_each_side_in_turn(company: Company) -> None:  # noqa: F811
    def waits(name: str, at: datetime) -> list[str]:
        return [item.what for item in items_of(company.cast, name, at) if item.kind == "plan"]

    plan = making.drafted(company)
    making.do(company, "mina", plan, "submitted", making.BEGUN)
    assert waits("hana", making.BEGUN) == ["Check a plan for HR"]
    assert waits("mina", making.BEGUN) == waits("rosa", making.BEGUN) == []
    making.do(company, "hana", plan, "approved", making.BEGUN)
    assert waits("mina", making.PUBLISHED) == ["Publish a plan, which HR has checked"]
    making.do(company, "mina", plan, "published", making.PUBLISHED)
    assert waits("rosa", making.PUBLISHED) == ["Say that you have received your plan"]
    making.do(company, "rosa", plan, "received", making.PUBLISHED)
    assert waits("rosa", making.PUBLISHED) == []
    checkin = making.at_day(date(2026, 11, 9))
    found = [item for item in items_of(company.cast, "mina", checkin) if item.kind == "plan"]
    assert [(item.what, item.due_on) for item in found] == [("Hold the check-in of a plan", checkin.date())]


def test_what_one_answers_for_is_one_thing_an_item_and_no_debt_beside_it(company: Company) -> None:  # noqa: F811
    cast = company.cast
    key = enablement.item(cast)
    found = [item for item in items_of(cast, "sanna") if item.kind == "catalogue"]
    assert len(found) == 1
    assert found[0].of == (key,)
    assert "people" in found[0].what
    late = AT + timedelta(days=300)
    enablement_actions.watch(at=late)
    kinds_late = [item.kind for item in items_of(cast, "sanna", late)]
    assert kinds_late.count("catalogue") == 1
    assert "debt" not in kinds_late


def test_a_teach_back_waits_for_who_was_asked_to_assess_it(cast: Cast) -> None:
    write(cast, assessor="sanna", kind="teach_back")
    assert [item.what for item in items_of(cast, "sanna") if item.kind == "teach_back"] == [
        "Say what you saw of Rosa Lindqvist’s teach-back"
    ]


def test_the_first_call_at_an_account_one_covers_is_due_until_it_is_made(watched: Company) -> None:  # noqa: F811
    cast = watched.cast
    cover(cast, leave(cast).public_id)
    (call,) = [item for item in items_of(cast, "ravi") if item.kind == "first_call"]
    assert (call.what, call.due_on) == ("Call Aalborg, which you cover", date(2026, 11, 26))
    noting.mark(by=cast.actor("ravi"), at=AT, account=call.of[0], what="first_call", done=True)
    assert "first_call" not in kinds(cast, "ravi")


def test_an_account_of_a_closed_deal_is_owed_by_its_owner(cast: Cast) -> None:
    winloss.build(cast)
    owed = [item for item in items_of(cast, "rosa", winloss.MORNING) if item.kind == "account"]
    assert owed
    assert all(item.page == "winloss_write" for item in owed)


def test_an_interview_waits_for_whom_it_was_asked_of_while_the_deal_is_closed(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = winloss.build(cast)
    request = house.ask("Kestrel", at=AT)

    def waiting() -> list[Item]:
        return [item for item in items_of(cast, "pia", AT) if item.kind == "interview"]

    assert [item.of for item in waiting()] == [(request.public_id,)]
    monkeypatch.setattr(clock, "now", lambda: AT)
    page = client_of(cast, "pia").get(queries.path_of(waiting()[0])).content.decode()
    assert 'method="post"' in page.split("<main", 1)[1]
    Deal.objects.for_system("tests open a deal again").filter(external_id="Kestrel").update(status="open")
    assert waiting() == []


def test_the_day_by_api_is_that_of_the_page(cast: Cast, now: None) -> None:
    promised(cast, due_on=AT.date())
    day = client_of(cast, "rosa").get("/api/me/day").json()
    assert [one["kind"] for one in day["due"]] == ["promise"]
    assert day["due"][0]["path"].startswith("/promises/")
    assert len(day["weeks"]) == rules.WEEKS + 1

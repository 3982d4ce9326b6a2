"""The page of one's own earnings: written by oneself, counted from own sales, seen by nobody else."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fairlead.calls.queries import own_sales
from fairlead.earnings import actions, queries, rules
from fairlead.earnings.models import PayPlan
from fairlead.ledger.models import Entry
from fairlead.people import access, clock
from fairlead.people import queries as people
from fairlead.people.models import Person
from tests.calls import company as the_company
from tests.calls.company import Company
from tests.cast import AT, Cast

PLAN = rules.Plan(60_000_00, 40_000_00, (rules.Band(0, 100), rules.Band(100, 150)))
FORM = {
    "act": "keep", "base": "60,000", "variable": "40 000", "above": ["0", "100", "", ""],
    "rate": ["100", "150", "", ""], "threshold": "", "cap": "", "starts": "2026Q4",
}  # fmt: skip


@pytest.fixture
def company(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Company:
    monkeypatch.setattr(clock, "now", lambda: AT)
    made = the_company.build(cast)
    made.target("rosa", 500_000)
    made.won("Kestrel", "rosa", 210_000)
    made.deal("Alby Dairy", "rosa", 70_000, "Talk", date(2026, 12, 20), at=AT - timedelta(days=30))
    return made


def client_of(cast: Cast, name: str) -> Client:
    client = Client()
    client.force_login(getattr(cast, name).user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def now(company: Company, name: str = "rosa") -> queries.OfPeriod:
    actor = company.cast.actor(name)
    return queries.page(actor, people.house().period(AT.date()), AT).now


def test_a_plan_is_written_read_changed_and_deleted(company: Company) -> None:
    rosa = client_of(company.cast, "rosa")
    assert "Write down how you are paid" in rosa.get("/earnings/").content.decode()
    before = Entry.objects.count()
    page = rosa.post("/earnings/?period=2026Q4", FORM, follow=True).content.decode()
    assert "You alone see it." in page
    assert "€100,000 a year at 100 %" in page
    rosa.post("/earnings/?period=2026Q4", FORM | {"base": "64,000.50"})
    assert PayPlan.objects.seen_by(company.cast.actor("rosa"), "earnings.own").count() == 1
    assert 'value="64,000.50"' in rosa.get("/earnings/").content.decode()
    gone = rosa.post("/earnings/", {"act": "delete", "starts": "2026Q4"}, follow=True).content.decode()
    assert "Nothing of it is left." in gone
    assert "Write down how you are paid" in gone
    assert Entry.objects.count() == before, "nothing of it stands in the ledger"


def test_it_is_counted_from_own_sales_and_their_target(company: Company) -> None:
    cast = company.cast
    actions.keep(by=cast.actor("rosa"), at=AT, period=people.house().period(AT.date()), plan=PLAN)
    found = now(company)
    assert (found.sold, found.target) == (210_000_00, 500_000_00)
    assert found.pay is not None
    assert found.pay.variable == 4_200_00, "42 % of 10,000"
    deals = queries.page(cast.actor("rosa"), found.period, AT).worth
    assert [(one.name, one.adds) for one in deals] == [("Alby Dairy", 1_400_00)]


def test_an_earlier_quarter_is_paid_by_the_plan_that_held_then(company: Company) -> None:
    rosa, calendar = company.cast.actor("rosa"), people.house().calendar
    fourth = calendar.period("2026Q4")
    actions.keep(by=rosa, at=AT, period=calendar.period("2026Q3"), plan=rules.Plan(0, 8_000_00))
    actions.keep(by=rosa, at=AT, period=fourth, plan=PLAN)
    page = queries.page(rosa, fourth, AT)
    assert page.plan == PLAN
    assert queries.page(rosa, calendar.period("2026Q3"), AT).plan == rules.Plan(0, 8_000_00)
    assert queries.page(rosa, calendar.period("2026Q2"), AT).plan is None
    assert [one.period.name for one in page.periods] == ["2026Q1", "2026Q2", "2026Q3", "2026Q4"]


def test_the_form_as_it_is_offered_needs_no_more_than_the_amounts(company: Company) -> None:
    mina = client_of(company.cast, "mina")
    assert 'href="/earnings/"' in mina.get("/you/").content.decode()
    page = mina.get("/earnings/").content.decode()
    offered = {name: re.findall(rf'name="{name}"[^>]* value="([^"]*)"', page) for name in ("above", "rate")}
    given = {"act": "keep", "variable": "30000", "starts": "2026Q4", **offered}
    assert mina.post("/earnings/", given).status_code == 302
    kept = queries.kept(company.cast.actor("mina"))
    assert [one.plan for one in kept] == [rules.Plan(0, 30_000_00)]


def test_what_was_typed_is_kept_when_it_is_refused(company: Company) -> None:
    rosa = client_of(company.cast, "rosa")
    answer = rosa.post("/earnings/", FORM | {"variable": "a lot", "cap": "250"})
    assert answer.status_code == 422
    text = answer.content.decode()
    for kept in ("“a lot” is no amount", 'value="a lot"', 'value="250"', 'value="60,000"'):
        assert kept in text
    text = rosa.post("/earnings/", FORM | {"rate": ["100", "fast", "", ""]}).content.decode()
    assert "“fast” is no whole percent" in text
    assert 'value="fast"' in text


def test_a_supposed_end_says_what_it_pays(company: Company) -> None:
    actions.keep(by=company.cast.actor("rosa"), at=AT, period=people.house().period(AT.date()), plan=PLAN)
    rosa = client_of(company.cast, "rosa")
    said = rosa.get("/earnings/", {"end": "500"}).content.decode()
    assert "(100 % of the target) the period pays <b>€25,000</b>" in said
    assert "is no number of thousands" in rosa.get("/earnings/", {"end": "x"}).content.decode()


def test_a_manager_has_the_own_page_from_the_team_and_reads_no_other(company: Company) -> None:
    cast = company.cast
    period = people.house().period(AT.date())
    actions.keep(by=cast.actor("rosa"), at=AT, period=period, plan=PLAN)
    assert queries.page(cast.actor("mina"), period, AT).plan is None
    assert queries.kept(cast.actor("mina")) == []
    for name in ("olu", "hana", "ada"):
        with pytest.raises(access.NotAllowed):
            queries.kept(cast.actor(name))
    for name in cast.names:
        if name in ("rosa", "olu", "hana", "ada"):
            continue
        rows = PayPlan.objects.seen_by(cast.actor(name), "earnings.own")
        assert not rows.exists(), name
    assert actions.delete(by=cast.actor("mina"), period="") == 0
    assert len(queries.kept(cast.actor("rosa"))) == 1


def test_a_pay_plan_goes_with_whoever_leaves(company: Company) -> None:
    cast, period = company.cast, people.house().period(AT.date())
    for name in ("rosa", "ravi"):
        actions.keep(by=cast.actor(name), at=AT, period=period, plan=PLAN)
    Person.objects.filter(pk=cast.rosa.pk).update(ends_on=AT.date())
    assert actions.watch(at=AT - timedelta(days=1)) == 0
    assert actions.watch(at=AT) == 1
    assert len(queries.kept(cast.actor("ravi"))) == 1


def test_a_year_of_months_is_read_as_one_period_is(company: Company) -> None:
    company.won("Sable", "rosa", 30_000, date(2026, 2, 28))
    company.won("Tarn", "rosa", 5_000, date(2026, 3, 1))
    company.target("rosa", 90_000, people.house().calendar.period("2026-02"))
    rosa, calendar = company.cast.actor("rosa"), people.house().calendar
    year = calendar.year_of(AT.date())
    months = calendar.periods_between(year.starts_on, year.ends_on, "month")[:11]
    read = []
    for periods in (months[-1:], months):
        with CaptureQueriesContext(connection) as asked:
            found = own_sales.own_sales(rosa, periods, AT)
        read.append(len(asked))
        assert [one.period for one in found] == periods
    assert read[0] == read[1]
    sold = {one.period.name: (one.booked, one.target) for one in found if one.booked or one.target}
    assert sold == {
        "2026-02": (30_000_00, 90_000_00),
        "2026-03": (5_000_00, None),
        "2026-10": (210_000_00, None),
    }
    assert [own_sales.own_sales(rosa, [one], AT)[0].booked for one in months] == [one.booked for one in found]

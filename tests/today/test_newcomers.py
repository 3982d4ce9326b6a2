"""The first weeks of somebody new: their own list and their manager's, gone once done or after four weeks."""

from __future__ import annotations

from datetime import timedelta

import pytest

from fairlead.calls import actions as calls
from fairlead.people import actions as people
from fairlead.people import queries as directory
from fairlead.people.access import Role
from fairlead.people.models import Person
from fairlead.today import newcomers, queries
from fairlead.today.rules import NEW_FOR, FirstWeeks
from tests.agreements.agreeing import agreed, turned_on
from tests.calls import company as the_company
from tests.calls.company import Company
from tests.cast import AT, Cast
from tests.enablement import making
from tests.today.test_day import client_of

DAY = timedelta(days=1)


@pytest.fixture
def company(cast: Cast) -> Company:
    made = the_company.build(cast)
    Person.objects.filter(pk=cast.rosa.pk).update(starts_on=AT.date() - DAY)
    return made


def weeks(cast: Cast, name: str) -> list[FirstWeeks]:
    return newcomers.first_weeks(cast.actor(name), AT)


def steps(cast: Cast, name: str) -> dict[str, bool]:
    return {step.what: step.done for one in weeks(cast, name) for step in one.steps}


def test_where_nothing_is_on_there_is_the_call_alone_and_nothing_for_the_manager(company: Company) -> None:
    cast = company.cast
    assert steps(cast, "rosa") == {"Look at your target, and say your first call": False}
    assert weeks(cast, "mina") == []
    period = directory.house().period(AT.date())
    calls.set_call(
        by=cast.actor("rosa"), at=AT, person=cast.rosa, period=period, amount_minor=700_00, note=""
    )
    assert weeks(cast, "rosa") == [], "what is done is gone"


def test_both_of_a_line_have_what_they_do_together_and_nobody_else_has(company: Company) -> None:
    cast = company.cast
    turned_on(cast)
    turned_on(cast, feature="oneonones")
    making.item(cast)
    assert list(steps(cast, "mina")) == [
        "Agree with Rosa Lindqvist how you work together", "Hold the first one-to-one with Rosa Lindqvist",
        "See that Rosa Lindqvist gets what the company owes",
    ]  # fmt: skip
    assert list(steps(cast, "rosa"))[:3] == [
        "Agree with Mina Aalto how you work together", "Hold the first one-to-one with Mina Aalto",
        "Read what the company owes you",
    ]  # fmt: skip
    for name in cast.names:
        if name not in ("rosa", "mina"):
            assert weeks(cast, name) == [], name
    agreed(cast)
    assert steps(cast, "mina")["Agree with Rosa Lindqvist how you work together"]
    assert steps(cast, "rosa")["Agree with Mina Aalto how you work together"]


def test_every_step_leads_to_a_page_that_opens(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    cast = company.cast
    monkeypatch.setattr("fairlead.people.clock.now", lambda: AT)
    turned_on(cast)
    turned_on(cast, feature="oneonones")
    making.item(cast)
    for name in ("rosa", "mina"):
        client = client_of(cast, name)
        page = client.get("/today/").content.decode()
        for one in weeks(cast, name):
            for step in one.steps:
                assert f'href="{queries.step_path(step)}"' in page
                assert client.get(queries.step_path(step)).status_code == 200, step


def test_after_four_weeks_nobody_is_new(company: Company) -> None:
    cast = company.cast
    Person.objects.filter(pk=cast.rosa.pk).update(starts_on=AT.date() - NEW_FOR * DAY)
    assert weeks(cast, "rosa")
    Person.objects.filter(pk=cast.rosa.pk).update(starts_on=AT.date() - (NEW_FOR + 1) * DAY)
    assert weeks(cast, "rosa") == []
    Person.objects.filter(pk=cast.rosa.pk).update(starts_on=AT.date() + DAY)
    assert weeks(cast, "rosa") == [], "who comes tomorrow is not here yet"


def test_what_only_others_can_give_waits_for_them(company: Company) -> None:
    cast = company.cast

    def lacking(name: str) -> list[str]:
        return [item.what for item in newcomers.without(cast.actor(name), AT)]

    assert lacking("olu") == ["Set a target for Rosa Lindqvist"]
    assert lacking("ada") == []
    company.target("rosa", 500_000)
    assert lacking("olu") == []
    for name in ("Nora Lind", "Noel Lind"):
        people.add_person(
            by=cast.actor("olu"), at=AT, name=name, manager=cast.mina, roles=frozenset({Role.REP}), starts_on=AT.date()
        )  # fmt: skip
    assert lacking("olu") == ["Set a target for 2 new sellers"]
    assert lacking("ada") == ["Open a sign-in account for 2 new sellers"]
    assert lacking("mina") == lacking("rosa") == []

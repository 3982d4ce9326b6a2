"""What the company owes past its day holds a plan up before it is published, and extends one that runs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from fairlead.debts import actions as debts
from fairlead.debts.models import Debt
from fairlead.improvement import queries
from fairlead.people import access
from tests.calls.company import Company
from tests.improvement import making

CLOCK = access.system("a test")
SOURCE = ("catalogue", "0123456789abcdef")


def late(company: Company, days: int) -> None:
    """Something of the catalogue is owed to Rosa from so many days after publication on."""
    at = making.PUBLISHED
    with transaction.atomic():
        debts.open_debt(
            by=CLOCK, at=at, owner=company.cast.otto.pk, owed_to=company.cast.rosa.pk, item="A day with the desk.",
            source=SOURCE, key="1", due_on=at.date() + timedelta(days=days),
        )  # fmt: skip


def test_nothing_is_published_while_the_catalogue_is_late(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    making.diagnosed(monkeypatch, company)
    plan = making.checked(company)
    late(company, -2)
    with pytest.raises(access.Refusal) as refused:
        making.do(company, "mina", plan, "published", making.PUBLISHED)
    assert refused.value.code == "company_owes"
    assert "A day with the desk." in refused.value.sentence
    with transaction.atomic():
        debts.lift_of(by=CLOCK, at=making.PUBLISHED, source=SOURCE, words="Delivered.")
    making.do(company, "mina", plan, "published", making.PUBLISHED)


def test_each_late_day_of_the_catalogue_adds_a_day(company: Company, monkeypatch: pytest.MonkeyPatch) -> None:
    making.diagnosed(monkeypatch, company)
    plan = making.running(company)
    at = making.PUBLISHED + timedelta(days=8)
    rosa = company.cast.actor("rosa", at)
    before = queries.of_person(rosa, plan.public_id, at)
    late(company, 3)
    after = queries.of_person(rosa, plan.public_id, at)
    assert before.clock is not None
    assert after.clock is not None
    assert len(after.clock.late) == len(before.clock.late) + 1
    assert after.given.ends_on is not None
    assert before.given.ends_on is not None
    assert after.given.ends_on > before.given.ends_on


def refused(company: Company, named: int | None = None) -> Debt:
    """A resource that a deal of Rosa's was refused; with a day that Otto named, so many days from publication."""
    at, otto = making.PUBLISHED - timedelta(days=20), company.cast.actor("otto")
    with transaction.atomic():
        row = debts.open_debt(
            by=CLOCK, at=at, owner=company.cast.otto.pk, owed_to=company.cast.rosa.pk, item="An engineer for Nordwind.",
            source=("plan", "deal"), key="1",
        )  # fmt: skip
    assert row is not None
    if named is not None:
        day = making.PUBLISHED.date() + timedelta(days=named)
        debts.act(by=otto, at=at, debt=row.public_id, kind="dated", due_on=day)
    return row


def test_a_refused_resource_without_a_day_holds_nothing_up(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A deal may ask for what nobody can give: what was only refused is no promise."""
    making.diagnosed(monkeypatch, company)
    plan = making.checked(company)
    refused(company)
    making.do(company, "mina", plan, "published", making.PUBLISHED)


def test_a_resource_that_was_promised_and_is_late_holds_a_plan_up_and_says_nothing_of_the_deal(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    making.diagnosed(monkeypatch, company)
    plan = making.checked(company)
    debt = refused(company, -2)
    with pytest.raises(access.Refusal) as told:
        making.do(company, "mina", plan, "published", making.PUBLISHED)
    assert told.value.code == "company_owes"
    assert queries.RESOURCE_WORDS in told.value.sentence
    assert "Nordwind" not in told.value.sentence
    later = making.PUBLISHED.date() + timedelta(days=30)
    debts.act(
        by=company.cast.actor("otto"), at=making.PUBLISHED, debt=debt.public_id, kind="dated", due_on=later
    )
    with pytest.raises(access.Refusal):
        making.do(company, "mina", plan, "published", making.PUBLISHED)
    debts.act(
        by=company.cast.actor("otto"),
        at=making.PUBLISHED,
        debt=debt.public_id,
        kind="delivered",
        words="Booked.",
    )
    making.do(company, "mina", plan, "published", making.PUBLISHED)


def test_each_late_day_of_a_promised_resource_adds_a_day(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    making.diagnosed(monkeypatch, company)
    plan = making.running(company)
    at = making.PUBLISHED + timedelta(days=8)
    rosa = company.cast.actor("rosa", at)
    before = queries.of_person(rosa, plan.public_id, at)
    refused(company, 3)
    after = queries.of_person(rosa, plan.public_id, at)
    assert before.given.ends_on is not None
    assert after.given.ends_on is not None
    assert after.given.ends_on > before.given.ends_on

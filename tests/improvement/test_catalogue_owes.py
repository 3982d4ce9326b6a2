"""What the catalogue owes holds a plan up before it is published, and extends one that runs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from fairlead.debts import actions as debts
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
    with pytest.raises(access.Refused) as refused:
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

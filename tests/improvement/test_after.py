"""A year after: what HR reads of it, and the reminder on its day."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import transaction

from fairlead.improvement import after
from fairlead.improvement.models import Plan
from fairlead.notices.models import Notice
from fairlead.people import access
from fairlead.people.models import Person
from tests.calls.company import Company
from tests.improvement.making import at_day, do
from tests.improvement.test_plans import LAST, ready

CLOSED = LAST.date()
DUE = date(CLOSED.year + 1, CLOSED.month, CLOSED.day)


@pytest.fixture
def met(company: Company) -> Plan:
    """Rosa's plan, met on its last day."""
    plan = ready(company)
    do(company, "vera", plan, "decided", LAST, "All of it reached.", said="met")
    return plan


def lines(company: Company, day: date, who: str = "hana") -> list[after.Line]:
    return after.a_year(company.cast.actor(who, at_day(day)), at_day(day))


def reminded(day: date) -> int:
    with transaction.atomic():
        return after.remind(at_day(day))


def test_the_same_day_of_the_next_year() -> None:
    assert after.due_on(date(2026, 12, 2)) == date(2027, 12, 2)
    assert after.due_on(date(2028, 2, 29)) == date(2029, 2, 28)


def test_a_met_plan_comes_back_after_a_year(company: Company, met: Plan) -> None:
    (before,) = lines(company, DUE - timedelta(days=1))
    assert (before.due, before.due_on) == (False, DUE)
    (line,) = lines(company, DUE)
    assert (line.due, line.person, line.outcome, line.here, line.left_on) == (
        True, "Rosa Lindqvist", "met", True, None,
    )  # fmt: skip
    assert (line.plan, line.manager) == (met.public_id, "Mina Aalto")
    assert line.where, "where they work now"


def test_who_left_meanwhile_is_not_here_from_the_day_on(company: Company, met: Plan) -> None:
    left = date(2027, 6, 1)
    Person.objects.filter(pk=company.cast.rosa.pk).update(ends_on=left)
    (line,) = lines(company, DUE)
    assert (line.here, line.left_on, line.where, line.quarters) == (False, left, "", None)
    (early,) = lines(company, left - timedelta(days=1))
    assert early.here


def test_hr_is_told_once_on_the_day_without_a_name(company: Company, met: Plan) -> None:
    assert reminded(DUE - timedelta(days=1)) == 0
    assert reminded(DUE) == 1
    assert reminded(DUE) == reminded(DUE + timedelta(days=5)) == 0
    (notice,) = Notice.objects.filter(kind="improvement.year")
    assert notice.to_id == company.cast.hana.pk
    assert "Rosa" not in str(notice.facts)
    assert notice.path.endswith(f"#{met.public_id}")


def test_a_clock_that_stood_still_for_a_while_still_tells_and_much_later_does_not(
    company: Company, met: Plan
) -> None:
    assert reminded(DUE + timedelta(days=after.REMINDED_FOR + 1)) == 0
    assert reminded(DUE + timedelta(days=after.REMINDED_FOR)) == 1


def test_nobody_but_hr_reads_it_and_what_is_taken_back_is_not_followed(company: Company) -> None:
    plan = ready(company)
    assert lines(company, DUE) == [], "a plan that still runs"
    do(company, "hana", plan, "withdrawn", LAST, "It was a mistake.")
    assert lines(company, DUE) == []
    for name in ("mina", "vera", "rosa", "olu", "ada"):
        with pytest.raises(access.NotAllowed):
            lines(company, DUE, name)

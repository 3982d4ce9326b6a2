"""Why a target changed: neutral words, told to the person, and an own history."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from fairlead.calls import actions, rules, targets
from fairlead.calls.models import Target
from fairlead.ledger.models import Entry
from fairlead.notices import rules as notices
from fairlead.notices.models import Notice
from fairlead.people import access
from tests.calls.company import OPS, Q4, Company
from tests.cast import AT


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", ""), ("territory", "territory"), ("Territory changed", "territory"), (" RAMP ", "ramp"),
        ("Re-organisation", "reorganisation"), ("re organisation", "reorganisation"), ("company_plan", "company_plan"),
    ],
)  # fmt: skip
def test_a_reason_is_read_as_people_write_it(text: str, key: str) -> None:
    assert rules.reason_of(text) == key


@pytest.mark.parametrize("text", ["Pia sells too little", "other", "territory changed for Pia"])
def test_a_reason_of_ones_own_is_refused_with_what_can_be_said(text: str) -> None:
    with pytest.raises(access.Refusal, match="Territory changed") as refused:
        rules.reason_of(text)
    assert refused.value.code == "bad_reason"


def test_the_person_is_told_and_reads_an_own_history_without_who(company: Company) -> None:
    company.target("rosa", 700)
    actions.set_target(
        by=company.cast.actor("olu"), at=AT, person=company.cast.rosa, period=Q4, amount_minor=80_000,
        reason="territory",
    )  # fmt: skip
    told = Notice.objects.get(kind="targets.changed")
    assert told.to_id == company.cast.rosa.pk
    assert notices.sentence(told.kind, told.facts).endswith(": territory changed.")
    assert Entry.objects.filter(kind="targets.set").count() == 2
    history = targets.own_history(company.cast.actor("rosa"))
    assert [(one.amount_minor, one.before, one.reason) for one in history] == [
        (80_000, 70_000, "Territory changed"), (70_000, None, ""),
    ]  # fmt: skip
    assert targets.own_history(company.cast.actor("ravi")) == []


def test_a_target_that_was_set_again_is_no_change(company: Company) -> None:
    company.target("rosa", 700)
    company.target("rosa", 700, at=AT - timedelta(days=1))
    assert len(targets.own_history(company.cast.actor("rosa"))) == 1


def test_a_file_may_say_why_and_need_not(company: Company) -> None:
    rows = [
        rules.TargetRow("rosa", "2026Q4", Decimal(700), reason="Ramp"),
        rules.TargetRow("pia", "2026Q4", Decimal(500)),
    ]
    done = actions.take_in_targets(by=company.cast.actor("olu"), at=AT, source="cast", rows=rows)
    assert done.added == 2
    kept = (
        Target.objects.for_system("a test asks for it")
        .order_by("person__name")
        .values_list("reason", flat=True)
    )
    assert list(kept) == ["", "ramp"]
    with pytest.raises(access.Refusal, match=r"line 7: .* is no reason of a target"):
        actions.take_in_targets(
            by=company.cast.actor("olu"), at=AT, source="cast",
            rows=[rules.TargetRow("rosa", "2026Q4", Decimal(600), line=7, reason="Ask Mina")],
        )  # fmt: skip


def test_the_database_keeps_no_other_reason(company: Company) -> None:
    company.target("rosa", 700)
    with pytest.raises(IntegrityError), transaction.atomic():
        Target.objects.create(
            person=company.cast.rosa, period="2026Q4", amount_minor=1, currency="EUR", set_at=AT, by=OPS.ref,
            reason="Pia",
        )  # fmt: skip

"""Numbers of before the first day, taken over from elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from fairlead.calls import due, numbers, rules
from fairlead.calls.actions.reminders import rhythm_of
from fairlead.calls.actions.submissions import content_of
from fairlead.calls.models import (
    Submission,
)
from fairlead.forecasting.periods import Period
from fairlead.ledger import actions as ledger
from fairlead.people import access
from fairlead.people import queries as people


@dataclass(frozen=True, slots=True)
class PastNumber:
    """A number a leader gave before Fairlead was there, taken over from minutes or another system."""

    person: int
    period: Period
    at: datetime
    amount_minor: int
    calls_sum_minor: int
    reason: str = ""


@transaction.atomic
def take_in_past(*, by: access.Actor, at: datetime, rows: Sequence[PastNumber]) -> int:
    """Take over numbers of past periods, so that records begin before the first day; how many.

    They carry no deals and no cells. Refuses a period that is not over, and a person and period that have
    submissions already.
    """
    access.require(by, "import.run")
    currency = people.house().currency
    versions: dict[tuple[int, str], int] = {}
    for row in sorted(rows, key=lambda row: (row.person, row.at)):
        _refuse_not_past(row, at, versions)
        version = versions[row.person, row.period.name] = versions.get((row.person, row.period.name), 0) + 1
        submission = Submission(
            person_id=row.person,
            by_id=by.person or row.person,
            period=row.period.name,
            version=version,
            at=row.at,
            due_at=due.answers(rhythm_of(row.person), row.period, row.at, None),
            amount_minor=row.amount_minor,
            currency=currency,
            reps_sum_minor=row.calls_sum_minor,
            booked_minor=0,
            reason=row.reason,
            cells=[],
            deals=[],
            changes=[],
            key=f"past {row.period.name} {version}",
        )
        submission.digest = rules.digest(content_of(submission))
        submission.save(force_insert=True)
    facts = {"numbers": len(rows)}
    ledger.append(
        kind="calls.past_taken_in", by=by.ref, at=at, subject_kind="source", subject="past", facts=facts
    )
    return len(rows)


def _refuse_not_past(row: PastNumber, at: datetime, versions: Mapping[tuple[int, str], int]) -> None:
    if row.period.ends_on >= people.house().day(at):
        raise access.Refused("not_past", f"{row.period.name} is not over. Submit its number instead.")
    there = numbers.sent_rows().filter(person=row.person, period=row.period.name)
    if (row.person, row.period.name) not in versions and there.exists():
        raise access.Refused("has_numbers", f"There are numbers for {row.period.name} already.")

"""What the pages of the call have in common: whose it is, for when, and how an estimate reads against a number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from fairlead.calls import actions, due, numbers, rules
from fairlead.calls import estimates as stored
from fairlead.calls.models import Submission, SubmittedType
from fairlead.forecasting.periods import Period
from fairlead.people import access
from fairlead.people import queries as people


@dataclass(frozen=True, slots=True)
class Head:
    """Whose page it is, for when, and how things stand. ``as_of`` is the newest estimate's moment.

    ``notes`` are sentences on what that estimate could not know or had little to learn from.
    """

    person: people.Node
    period: Period
    week: int
    weeks: int
    currency: str
    at: datetime
    as_of: datetime | None
    due: due.Due
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outlook:
    """A node's estimate read against a target and a number. Dots are of 20."""

    estimate: stored.Estimate
    chance_of_target: float | None
    chance_of_number: float | None
    dots_reaching_target: int | None
    dots_reaching_number: int | None


@dataclass(frozen=True, slots=True)
class Waterfall:
    """From one number to another; start + the bars = end, to the minor unit."""

    start: int
    start_at: datetime
    bars: tuple[rules.Bar, ...]
    end: int


@dataclass(frozen=True, slots=True)
class Sent:
    """A submission as a list shows it."""

    public_id: str
    version: int
    person: str
    by: str
    at: datetime
    due_at: datetime
    amount: int
    calls_sum: int
    difference: int | None
    reason: str
    withdrawn_at: datetime | None
    standing: bool

    @property
    def late_by(self) -> timedelta:
        """How long after the due moment it came; nothing when it was in time."""
        return max(self.at - self.due_at, timedelta())


@dataclass(frozen=True, slots=True)
class Read:
    """Who may read a submission, and when they opened it (None: not yet)."""

    name: str
    at: datetime | None
    superior: bool


def head_of(number: numbers.Number, at: datetime) -> Head:
    period, sent = number.period, number.standing.get(number.person.id)
    rhythm = actions.rhythm_of(number.person.id)
    return Head(
        person=number.person,
        period=period,
        week=period.week_of(people.house().day(at)),
        weeks=period.weeks,
        currency=people.house().currency,
        at=at,
        as_of=number.run.as_of if number.run else None,
        due=due.standing(rhythm, period, at, sent.due_at if sent else None),
        notes=tuple(number.run.warnings) if number.run and number.kind is None else (),
    )


def outlook_of(estimate: stored.Estimate | None, target: int | None, number: int | None) -> Outlook | None:
    if estimate is None:
        return None
    return Outlook(
        estimate,
        None if target is None else estimate.chance(target),
        None if number is None else estimate.chance(number),
        None if target is None else estimate.dots_reaching(target),
        None if number is None else estimate.dots_reaching(number),
    )


def standing_row(actor: access.Actor, standing: numbers.Standing | None) -> Submission | None:
    if standing is None:
        return None
    rows = Submission.objects.seen_by(actor, "submission.read").select_related("person", "by", "previous")
    return rows.filter(pk=standing.id).first()


def typed_row(actor: access.Actor, sent: Submission | None, type: str) -> SubmittedType | None:
    """What a submission holds of a forecast type, None where it says nothing of it."""
    if sent is None:
        return None
    rows = SubmittedType.objects.seen_by(actor, "submission.read").filter(submission=sent, type=type)
    return rows.select_related("submission").first()


def sent_in(
    actor: access.Actor, rows: Sequence[Submission], at: datetime, category: str, type: str = ""
) -> list[Sent]:
    """Submissions as a list shows them, by their numbers of all business or of a forecast type."""
    return sent_of_type(actor, rows, at, type, category) if type else sent_lines(rows, at, category)


def sent_of_type(
    actor: access.Actor, rows: Sequence[Submission], at: datetime, type: str, category: str
) -> list[Sent]:
    """Submissions as a list shows them, by what they hold of a forecast type; those that hold nothing are left out."""
    numbered = SubmittedType.objects.seen_by(actor, "submission.read").filter(submission__in=rows, type=type)
    typed = {row.submission_id: row for row in numbered.defer("cells", "deals", "changes")}
    before = {row.pk: row.previous_id for row in rows}
    found = []
    for one, row in zip(sent_lines(rows, at), rows, strict=True):
        mine, was = typed.get(row.pk), typed.get(before[row.pk] or 0)
        amount = actions.amount_in(mine, category) if mine else None
        if mine is None or amount is None:
            continue
        then = actions.amount_in(was, category) if was else None
        found.append(
            replace(
                one,
                amount=amount,
                calls_sum=actions.calls_sum_in(mine, category),
                difference=None if then is None else amount - then,
            )
        )
    return found


def due_of(rhythm: due.Rhythm, number: numbers.Number, sent: numbers.Standing | None) -> due.Due:
    return due.standing(rhythm, number.period, number.at, sent.due_at if sent else None)


def sent_lines(rows: Sequence[Submission], at: datetime, category: str = "commit") -> list[Sent]:
    """Submissions as a list shows them, by their numbers in one category; those that kept none are left out."""
    withdrawn = dict(numbers.withdrawn(at).filter(submission__in=rows).values_list("submission_id", "at"))
    pairs = {(row.person_id, row.period) for row in rows}
    standing = {s.id for person, period in pairs for s in numbers.standing_of([person], period, at).values()}
    return [
        Sent(
            public_id=row.public_id,
            version=row.version,
            person=row.person.name,
            by=row.by.name,
            at=row.at,
            due_at=row.due_at,
            amount=amount,
            calls_sum=actions.calls_sum_in(row, category),
            difference=_moved(amount, row.previous, category),
            reason=row.reason,
            withdrawn_at=withdrawn.get(row.pk),
            standing=row.pk in standing,
        )
        for row in rows
        if (amount := actions.amount_in(row, category)) is not None
    ]


def _moved(amount: int, previous: Submission | None, category: str) -> int | None:
    before = actions.amount_in(previous, category) if previous else None
    return None if before is None else amount - before

"""Submitting a number, taking it back, and noting who opened it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, TypeAlias

from django.db import IntegrityError, transaction

from fairlead.calls import due, judging, kinds, numbers, pipeline, rules, turns, wording
from fairlead.calls.actions.reminders import rhythm_of
from fairlead.calls.actions.wanted import COPY_PATH, money, refuse_amount, refuse_over, spoken, tell
from fairlead.calls.models import (
    Receipt,
    Submission,
    SubmittedType,
    Withdrawal,
)
from fairlead.forecasting.periods import Period
from fairlead.ledger import actions as ledger
from fairlead.notices import actions as notices
from fairlead.people import access, forms, kept
from fairlead.people import queries as people
from fairlead.people.guard import GuardedQuerySet
from fairlead.people.models import Person

Sentable: TypeAlias = Submission | SubmittedType
"""What was sent: of all business, or of one forecast type."""


def submit(
    *,
    by: access.Actor,
    at: datetime,
    person: Person,
    period: Period,
    amount_minor: int,
    reason: str = "",
    key: str,
    expected_previous: str = "",
    others: Mapping[str, int] | None = None,
    types: Mapping[str, Mapping[str, int]] | None = None,
) -> Submission:
    """Send a leader's number: frozen with everything behind it, readable by the team at once.

    ``amount_minor`` is Commit; ``others`` are Most Likely and Best Case, where the leader gives them here. What is
    not given goes up as it stands, the own number of that category or the sum with the overlays, and at least as the
    narrower category, which it holds; one given below that is refused (below_narrower).

    ``types`` are the numbers of forecast types that are asked for: key -> category -> amount, in the type's measure.
    What is not given of them goes up as it stands as well, and every type in force is frozen with the submission.

    ``key`` belongs to one form: the same form sent again returns the same submission. ``expected_previous``
    is the public id of the newest submission the form was made from ('' = none); when another one came
    in between, nothing is written and Conflict says which. Raises Refused: reason_missing, key_reused,
    period_over, bad_amount; NotAllowed and NotFound by the table.
    """
    behalf = people.standing_in(by, "submission.make", person.pk)
    given = dict(others or {})
    if given.keys() - set(rules.CALLED[1:]):
        raise access.Refused("bad_category", "Beside Commit a number is for Most Likely or Best Case.")
    typed = {type: dict(numbers) for type, numbers in (types or {}).items() if numbers}
    form = _Form(
        by, at, person, period, amount_minor, reason.strip(), key, expected_previous, behalf, given, typed
    )
    with kept.settings():
        return _sent_already(form) or _sent_now(form)


@dataclass(frozen=True, slots=True)
class _Form:
    """A number as it was sent."""

    by: access.Actor
    at: datetime
    person: Person
    period: Period
    amount: int
    reason: str
    key: str
    expected: str
    behalf: int | None
    others: Mapping[str, int]
    types: Mapping[str, Mapping[str, int]]


def _sent_now(form: _Form) -> Submission:
    """Read before waiting for the pen, and look again at what the number rests on with the pen in hand."""
    number, submission, typed = _drafted(form)
    try:
        with turns.in_turn(), transaction.atomic():
            Person.objects.select_for_update(no_key=True).get(pk=form.person.pk)
            sent = _sent_already(form)
            if sent is not None:
                return sent
            if not _still_stands(form, number):
                number, submission, typed = _drafted(form)
            submission.save(force_insert=True)
            SubmittedType.objects.bulk_create(_of_submission(typed, submission))
            _tell_all(submission, form.person, number)
            ledger.append(
                kind="calls.submitted",
                by=form.by.ref,
                at=form.at,
                subject_kind="submission",
                subject=submission.public_id,
                facts=_facts_of(submission),
                behalf=form.behalf,
            )
            return submission
    except IntegrityError:
        # Two databases' ways of saying the same: another form was faster by less than the lock.
        return _after_race(form)


def _sent_already(form: _Form) -> Submission | None:
    """What the same form sent before. Raises where the form was made from what is not the newest any more."""
    sent = _sent_before(form)
    if sent is None:
        newest = _newest(form.person, form.period)
        if (newest.public_id if newest else "") != form.expected:
            raise _conflict(newest, form)
    return sent


def _of_submission(typed: list[SubmittedType], submission: Submission) -> list[SubmittedType]:
    for one in typed:
        one.submission = submission
    return typed


def _drafted(form: _Form) -> tuple[numbers.Number, Submission, list[SubmittedType]]:
    """The leader's number of this moment, the submission that freezes it, and what it holds of forecast types."""
    refuse_over(form.period, form.at)
    for amount in (form.amount, *form.others.values()):
        refuse_amount(amount)
    _refuse_below(form.amount, form.others)
    every = numbers.numbers_of(form.by, form.person.pk, form.period, form.at)
    number = every["commit"]
    for category, amount in {"commit": form.amount, **form.others}.items():
        if amount != every[category].calls_sum and not form.reason:
            raise _reason_missing(category, amount, every[category].calls_sum)
    submission, typed = _frozen(form, every), _typed(form, number)
    if typed:
        submission.types = {one.type: rules.digest(content_of_type(one)) for one in typed}
        submission.digest = rules.digest(content_of(submission))
    return number, submission, typed


def _typed(form: _Form, whole: numbers.Number) -> list[SubmittedType]:
    """What the submission holds of each forecast type in force."""
    wanted = kinds.in_force(form.at)
    asked = {kind.key for kind in wanted if kind.asked}
    if form.types.keys() - asked:
        raise access.Refused(
            "bad_type", "A forecast type of this form is not asked for any more. Open the page again."
        )
    return [_type_frozen(form, kind, whole) for kind in wanted]


def _type_frozen(form: _Form, kind: rules.Kind, whole: numbers.Number) -> SubmittedType:
    every = numbers.numbers_of(form.by, form.person.pk, form.period, form.at, kind=kind, whole=whole)
    given, number = dict(form.types.get(kind.key, {})), every["commit"]
    for category, amount in given.items():
        refuse_amount(amount)
        if category not in every:
            raise access.Refused("bad_category", "A call is for Commit, Most Likely or Best Case.")
        if amount != every[category].calls_sum and not form.reason:
            raise _reason_missing(category, amount, every[category].calls_sum, kind)
    commit = given.pop("commit", number.suggestion)
    _refuse_below(commit, given, kind)
    before = standing_of_type(number.standing.get(form.person.pk), kind.key)
    others, least = {}, commit
    for category in rules.CALLED[1:]:
        least = given.get(category, max(every[category].suggestion, least))
        others[category] = _other(before, every[category], least)
    return SubmittedType(
        type=kind.key,
        name=kind.name,
        measure=kind.measure,
        amount_minor=commit,
        most_likely_minor=others["most_likely"]["amount"],
        best_case_minor=others["best_case"]["amount"],
        reps_sum_minor=number.calls_sum,
        booked_minor=number.booked,
        target_minor=number.target,
        cells=[asdict(cell) for cell in number.cells],
        deals=[pipeline.frozen(line) for line in number.lines],
        changes=numbers.bars_kept(_bars(before, number, commit)),
        others=others,
    )


def standing_of_type(standing: numbers.Standing | None, type: str) -> SubmittedType | None:
    """What a standing submission holds of a forecast type; for callers that checked access to it."""
    if standing is None:
        return None
    rows = numbers.typed_rows().filter(submission=standing.id, type=type).select_related("submission")
    return rows.first()


def content_of_type(row: SubmittedType) -> dict[str, object]:
    """Everything a submission froze of a forecast type, as it enters its digest."""
    names = (
        "type", "name", "measure", "amount_minor", "most_likely_minor", "best_case_minor", "reps_sum_minor",
        "booked_minor", "target_minor", "cells", "deals", "changes", "others",
    )  # fmt: skip
    return {name: getattr(row, name) for name in names}


def _refuse_below(commit: int, others: Mapping[str, int], kind: rules.Kind | None = None) -> None:
    """A category holds the narrower ones, so no number given is below one given for those."""
    least, narrower = commit, "commit"
    for category in rules.CALLED[1:]:
        amount = others.get(category)
        if amount is not None and amount < least:
            wide, narrow = wording.CATEGORIES[category], wording.CATEGORIES[narrower]
            raise rules.WrongNumber(
                category,
                "below_narrower",
                f"{wide} holds {narrow}, so it cannot be less. Raise {wide}{wording.for_type(kind)}.",
                kind.key if kind else "",
            )
        if amount is not None:
            least, narrower = amount, category


def _still_stands(form: _Form, number: numbers.Number) -> bool:
    """Whether the submissions a number counts, and the one it follows, are still those that stand."""
    leads = [cell.person for cell in number.cells if cell.leads]
    standing = numbers.standing_of([form.person.pk, *leads], form.period.name, form.at)
    return {p: s.id for p, s in standing.items()} == {p: s.id for p, s in number.standing.items()}


def _newest(person: Person, period: Period) -> Submission | None:
    """The newest version, withdrawn or not: what a form must have seen."""
    rows = numbers.sent_rows().filter(person=person, period=period.name)
    return rows.defer("cells", "deals", "changes", "others").order_by("-version").first()


def _sent_before(form: _Form) -> Submission | None:
    sent = forms.made_before(numbers.sent_rows().filter(person=form.person), form.key)
    if sent is not None:
        others = {category: amount_in(sent, category) for category in form.others}
        forms.refuse_other(
            (sent.period, sent.amount_minor, sent.reason, others, _sent_of_types(sent, form)),
            (form.period.name, form.amount, form.reason, dict(form.others), form.types),
        )
    return sent


def _sent_of_types(sent: Submission, form: _Form) -> dict[str, dict[str, int | None]]:
    """What a submission says of the forecast types and categories that a form gives."""
    rows = numbers.typed_rows().filter(submission=sent, type__in=list(form.types)) if form.types else ()
    return {row.type: {one: amount_in(row, one) for one in form.types[row.type]} for row in rows}


def _after_race(form: _Form) -> Submission:
    sent = _sent_before(form)
    if sent is not None:
        return sent
    raise _conflict(_newest(form.person, form.period), form)


def _conflict(newest: Submission | None, form: _Form) -> access.Refused:
    if newest is None:
        return access.Refused(
            "gone", "The submission this form was made from is not there. Open the page again."
        )
    return rules.Conflict(
        amount_minor=form.amount, reason=form.reason, newer=newest.public_id, version=newest.version
    )


def _reason_missing(
    category: str, amount: int, calls_sum: int, kind: rules.Kind | None = None
) -> access.Refused:
    difference = spoken(abs(amount - calls_sum), kind)
    where = f"{wording.for_category(category)}{wording.for_type(kind)}"
    side = "above" if amount > calls_sum else "below"
    return access.Refused(
        "reason_missing",
        f"Your number{where} is {difference} {side} the calls added up. "
        "Say why in a sentence; your superior and your team read it.",
    )


def _frozen(form: _Form, every: Mapping[str, numbers.Number]) -> Submission:
    number = every["commit"]
    person, period, at = number.person, number.period, form.at
    newest, before = _newest(form.person, period), _standing_row(number.standing.get(person.id))
    estimate = number.estimate
    answered = before.due_at if before else None
    others, least = {}, form.amount
    for category in rules.CALLED[1:]:
        least = form.others.get(category, max(every[category].suggestion, least))
        others[category] = _other(before, every[category], least)
    submission = Submission(
        person_id=person.id,
        by_id=form.by.person or person.id,
        period=period.name,
        version=newest.version + 1 if newest else 1,
        at=at,
        due_at=due.answers(rhythm_of(person.id), period, at, answered),
        superior_id=person.manager,
        amount_minor=form.amount,
        currency=people.house().currency,
        reps_sum_minor=number.calls_sum,
        booked_minor=number.booked,
        target_minor=number.target,
        reason=form.reason,
        run_id=estimate.run if estimate else None,
        estimate=estimate.short() if estimate else {},
        cells=[asdict(cell) for cell in number.cells],
        deals=[pipeline.frozen(line) for line in number.lines],
        changes=numbers.bars_kept(_bars(before, number, form.amount)),
        most_likely_minor=others["most_likely"]["amount"],
        best_case_minor=others["best_case"]["amount"],
        others=others,
        rates=pipeline.rates_used(number.lines, people.house().day(at)),
        judged={
            str(deal): one.verdict
            for deal, one in judging.of_author(form.by, person.id, period.name, at).items()
        },
        previous=before,
        key=form.key,
    )
    submission.digest = rules.digest(content_of(submission))
    return submission


def _standing_row(standing: numbers.Standing | None) -> Submission | None:
    if standing is None:
        return None
    return numbers.sent_rows().get(pk=standing.id)


def _other(before: Sentable | None, number: numbers.Number, amount: int) -> dict[str, Any]:
    """What a submission keeps of a category besides Commit."""
    return {
        "amount": amount,
        "calls_sum": number.calls_sum,
        "cells": [asdict(cell) for cell in number.cells],
        "changes": numbers.bars_kept(_bars(before, number, amount)),
    }


def _bars(before: Sentable | None, number: numbers.Number, amount: int) -> list[rules.Bar]:
    if before is None or amount_in(before, number.category) is None:
        return [rules.Bar("first", amount)]
    return bars_since(before, number, amount)


def bars_since(before: Sentable, number: numbers.Number, amount: int) -> list[rules.Bar]:
    """The bars from a submission to a number of now in its category; they add up to the difference.

    For a submission that kept the category (:func:`amount_in`).
    """
    start = amount_in(before, number.category) or 0
    cells, lines = cells_of(before, number.category), pipeline.thawed(before.deals)
    return numbers.bars_between(cells, lines, start, number, amount, before.at)


def amount_in(submission: Sentable, category: str) -> int | None:
    """What a submission said in a category; None where it is older than that category's numbers."""
    if category == "commit":
        return submission.amount_minor
    return submission.most_likely_minor if category == "most_likely" else submission.best_case_minor


def calls_sum_in(submission: Sentable, category: str) -> int:
    """The reports' calls added up in a category, as a submission kept them."""
    if category == "commit":
        return submission.reps_sum_minor
    return int((submission.others or {})[category]["calls_sum"])


def changes_in(submission: Sentable, category: str) -> tuple[rules.Bar, ...]:
    """The bars of a category that led to a submission from the one before."""
    kept = submission.changes if category == "commit" else (submission.others or {})[category]["changes"]
    return numbers.bars_from(kept)


def cells_of(submission: Sentable, category: str = "commit") -> list[rules.Cell]:
    """A submission's cells in a category as values."""
    kept = submission.cells if category == "commit" else (submission.others or {})[category]["cells"]
    return [rules.Cell(**cell) for cell in kept]


def content_of(submission: Submission) -> dict[str, object]:
    """Everything a submission froze, as it enters its digest. What older submissions did not keep is not in it."""
    judged = {} if submission.judged is None else {"judged": submission.judged}
    others = {} if submission.others is None else {"others": submission.others}
    types = {} if submission.types is None else {"types": submission.types}
    return (
        judged
        | others
        | types
        | {
            "person": submission.person_id,
            "period": submission.period,
            "version": submission.version,
            "at": submission.at,
            "due_at": submission.due_at,
            "superior": submission.superior_id,
            "amount_minor": submission.amount_minor,
            "currency": submission.currency,
            "calls_sum_minor": submission.reps_sum_minor,
            "booked_minor": submission.booked_minor,
            "target_minor": submission.target_minor,
            "reason": submission.reason,
            "estimate": submission.estimate,
            "cells": submission.cells,
            "deals": submission.deals,
            "changes": submission.changes,
            "rates": submission.rates,
            "previous": submission.previous.digest if submission.previous else None,
        }
    )


def _facts_of(submission: Submission) -> dict[str, object]:
    return {
        "person": submission.person_id,
        "period": submission.period,
        "version": submission.version,
        "amount_minor": submission.amount_minor,
        "currency": submission.currency,
        "digest": submission.digest,
    } | {
        f"{category}_minor": amount
        for category in rules.CALLED[1:]
        if (amount := amount_in(submission, category)) is not None
    }


def _tell_all(submission: Submission, person: Person, number: numbers.Number) -> None:
    """The superior gets the number and each direct report the copy; who has no account is not written to."""
    difference = submission.amount_minor - submission.reps_sum_minor
    facts = {
        "name": person.name,
        "period": submission.period,
        "amount": money(submission.amount_minor, submission.currency),
        "difference": ""
        if not difference
        else f"That is {money(abs(difference), submission.currency)} "
        f"{'above' if difference > 0 else 'below'} the calls added up: {submission.reason}",
    }
    path = COPY_PATH.format(submission.public_id)
    reports = [cell.person for cell in number.cells if cell.person != person.pk]
    readers = Person.objects.filter(pk__in=[*reports, submission.superior_id or 0], voided_at=None)
    with_account = readers.exclude(user=None).values_list("pk", flat=True)
    told = [
        (reader, "calls.submitted_up" if reader == submission.superior_id else "calls.submitted_copy")
        for reader in with_account
    ]
    notices.tell_all(told, facts=facts, at=submission.at, path=path)


@transaction.atomic
def withdraw(*, by: access.Actor, at: datetime, submission: str, reason: str = "") -> Withdrawal:
    """Take the newest submission back (by public id), until the superior opened or used it."""
    row = _found(by, submission)
    behalf = people.standing_in(by, "submission.make", row.person_id)
    person = Person.objects.select_for_update(no_key=True).get(pk=row.person_id)
    standing = numbers.standing_of([row.person_id], row.period, at).get(row.person_id)
    if standing is None or standing.id != row.pk:
        raise access.Refused(
            "not_newest", "This number does not stand any more, so there is nothing to withdraw."
        )
    if is_used(row):
        raise access.Refused(
            "used", "Your superior has opened this number. Send a new one and say what changed."
        )
    taken_back = Withdrawal.objects.create(
        submission=row, at=at, by_id=by.person or row.person_id, reason=reason.strip()
    )
    facts = {"name": person.name, "period": row.period, "amount": money(row.amount_minor, row.currency)}
    for reader in _readers_today(row, at):
        tell(reader, "calls.withdrawn", at, facts)
    ledger.append(
        kind="calls.withdrawn",
        by=by.ref,
        at=at,
        subject_kind="submission",
        subject=row.public_id,
        facts=_facts_of(row),
        behalf=behalf,
    )
    return taken_back


def _readers_today(row: Submission, at: datetime) -> list[Person]:
    """Of those it went to, and who stand in their places by now, those who may read a submission today."""
    node = people.node(row.person_id)
    asked = {cell["person"] for cell in row.cells} | {row.superior_id or 0, node.manager or 0}
    asked |= {report.id for report in numbers.carriers(row.person_id, at)}
    there = Person.objects.filter(pk__in=asked - {row.person_id}, voided_at=None)
    there = there.exclude(ends_on__lte=people.house().day(at))
    return [
        reader for reader in there if people.may_on(people.actor(reader.pk, at), "submission.read", node.id)
    ]


def _found(by: access.Actor, public_id: str) -> Submission:
    row = (
        Submission.objects.seen_by(by, "submission.read")
        .filter(public_id=public_id)
        .select_related("previous")
    ).first()
    if row is None:
        raise access.NotFound("submission")
    return row


def _receipts(row: Submission) -> GuardedQuerySet[Receipt]:
    return Receipt.objects.for_system("who opened a submission decides whether it can be withdrawn").filter(
        submission=row
    )


def is_used(row: Submission) -> bool:
    """Whether the superior (or who stands in) opened the number, or sent one that counts it."""
    if row.superior_id is None:
        return False
    read = _receipts(row)
    if any(row.superior_id in pair for pair in read.values_list("person_id", "behalf_id")):
        return True
    above = numbers.sent_rows().filter(person=row.superior_id, period=row.period, at__gte=row.at)
    return any(
        cell["submission"] == row.public_id
        for cells in above.values_list("cells", flat=True)
        for cell in cells
    )


@transaction.atomic
def mark_read(*, by: access.Actor, at: datetime, submission: str) -> Receipt | None:
    """Note that the actor opened a submission, once. None for its own author, who needs no receipt."""
    row = _found(by, submission)
    if by.person is None or by.person in (row.person_id, row.by_id):
        return None
    known = _receipts(row).filter(person=by.id).first()
    if known is not None:
        return known
    behalf = people.standing_in(by, "submission.read", row.person_id)
    receipt = Receipt.objects.create(submission=row, person_id=by.id, behalf_id=behalf, at=at)
    ledger.append(
        kind="submission.opened",
        by=by.ref,
        at=at,
        subject_kind="submission",
        subject=row.public_id,
        behalf=behalf,
    )
    return receipt

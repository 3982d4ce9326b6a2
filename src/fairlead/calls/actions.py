"""Targets, calls, overlays, estimates and submissions. Each is one transaction with its ledger entry last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, time, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from fairlead import forecasting
from fairlead.calls import computing, due, estimates, numbers, pipeline, rules, turns
from fairlead.calls.models import (
    Call,
    DealEstimate,
    EstimateRun,
    NodeEstimate,
    Overlay,
    Receipt,
    Submission,
    Target,
    Withdrawal,
)
from fairlead.deals import queries as deal_queries
from fairlead.deals import rules as deals
from fairlead.forecasting import timeline
from fairlead.forecasting.periods import Period
from fairlead.forecasting.types import Forecast, History
from fairlead.ledger import actions as ledger
from fairlead.notices import actions as notices
from fairlead.notices.models import Notice
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.guard import GuardedQuerySet
from fairlead.people.models import Person, Team

LARGEST = 10**15
"""No amount in minor units is larger than this."""
CALL_PATH = "/call/"
COPY_PATH = "/call/copy/{}/"
QUARTER_PATH = "/quarter/"
"""Where notices lead."""


# Targets


@transaction.atomic
def set_target(
    *,
    by: access.Actor,
    at: datetime,
    person: Person,
    period: Period,
    amount_minor: int,
    currency: str = "",
    type: str = "new",
) -> Target:
    """Set one person's target for a period. A foreign currency is converted by the rate of the first day."""
    people.require_on(by, "target.write", person.pk)
    row = _target(by, at, person.pk, period, amount_minor, currency, type)
    row.save(force_insert=True)
    facts = {"period": period.name, "amount_minor": row.amount_minor, "currency": row.currency, "type": type}
    _tell(
        person, "targets.set", at, {"period": period.name, "amount": _money(row.amount_minor, row.currency)}
    )
    ledger.append(kind="targets.set", by=by.ref, at=at, subject_kind="person", subject=person.pk, facts=facts)
    return row


def _target(
    by: access.Actor, at: datetime, person: int, period: Period, amount: int, currency: str, type: str
) -> Target:
    house = people.house().currency
    _refuse_amount(amount)
    converted = pipeline.convert(amount, currency, period.starts_on)
    if converted is None:
        raise access.Refused(
            "no_rate", f"There is no rate for {currency} on {period.starts_on}. Add one, or write {house}."
        )
    return Target(
        person_id=person,
        period=period.name,
        type=type,
        amount_minor=converted,
        currency=house,
        set_at=at,
        by=by.ref,
    )


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What an import of targets changed."""

    added: int
    unchanged: int


@transaction.atomic
def take_in_targets(
    *, by: access.Actor, at: datetime, source: str, rows: Sequence[rules.TargetRow]
) -> TakenIn:
    """Take targets in from a source, all or nothing; a row that says what stands already changes nothing.

    Raises Refused that lists the lines with an unknown person, period or amount.
    """
    access.require(by, "target.write")
    known = dict(Person.objects.filter(source=source).values_list("external_id", "pk"))
    wanted = _read_targets(by, at, rows, known)
    fresh = _not_standing(wanted)
    Target.objects.bulk_create(fresh, batch_size=500)
    done = TakenIn(added=len(fresh), unchanged=len(rows) - len(fresh))
    ledger.append(
        kind="targets.taken_in", by=by.ref, at=at, subject_kind="source", subject=source, facts=asdict(done)
    )
    return done


def _read_targets(
    by: access.Actor, at: datetime, rows: Sequence[rules.TargetRow], known: Mapping[str, int]
) -> list[Target]:
    house, problems, wanted = people.house(), [], []
    for row in rows:
        if row.person_id not in known:
            problems.append(f"line {row.line}: nobody is called {row.person_id!r} in the people file")
            continue
        try:
            period = house.calendar.period(row.period)
            minor = deals.minor_units(row.amount, row.currency or house.currency)
            wanted.append(_target(by, at, known[row.person_id], period, minor, row.currency, row.type))
        except (ValueError, access.Refused) as problem:
            problems.append(f"line {row.line}: {problem}")
    if problems:
        more = f" … and {len(problems) - 20} more" if len(problems) > 20 else ""
        raise access.Refused("bad_targets", f"Nothing was taken in. {'; '.join(problems[:20])}{more}.")
    return wanted


def _not_standing(wanted: Sequence[Target]) -> list[Target]:
    """Of the targets those that differ from what stands; of several rows for one person the last counts."""
    last = {(row.person_id, row.period, row.type): row for row in wanted}
    standing: dict[tuple[int, str, str], int] = {}
    for period, type in {(row.period, row.type) for row in wanted}:
        ids = {row.person_id for row in wanted}
        found = numbers.targets_of(ids, period, type)
        standing |= {(person, period, type): amount for person, amount in found.items()}
    return [row for key, row in last.items() if standing.get(key) != row.amount_minor]


# Calls


@transaction.atomic
def set_call(
    *,
    by: access.Actor,
    at: datetime,
    person: Person,
    period: Period,
    amount_minor: int | None,
    category: str = "commit",
    note: str = "",
) -> Call:
    """Set the own number for a period; None takes it back, and the number follows from the deals again."""
    people.require_on(by, "call.set", person.pk)
    return _call(by, at, person, period, amount_minor, category, note, "call.set", None)


@transaction.atomic
def type_in_call(
    *,
    by: access.Actor,
    at: datetime,
    person: Person,
    period: Period,
    amount_minor: int | None,
    category: str = "commit",
    note: str = "",
) -> Call:
    """Type in the call a direct report gave in words. The row says who typed it, and the report is told."""
    behalf = people.standing_in(by, "call.type_in", person.pk)
    call = _call(by, at, person, period, amount_minor, category, note, "call.typed_in", behalf)
    return call


def _call(
    by: access.Actor, at: datetime, person: Person, period: Period, amount: int | None, category: str,
    note: str, kind: str, behalf: int | None,
) -> Call:  # fmt: skip
    _refuse_over(period, at)
    _refuse_category(category)
    if amount is not None:
        _refuse_amount(amount)
    currency = people.house().currency
    call = Call.objects.create(
        person=person,
        period=period.name,
        category=category,
        amount_minor=amount,
        currency=currency,
        note=note.strip(),
        by_id=by.person or person.pk,
        at=at,
    )
    if kind == "call.typed_in" and amount is not None:
        facts = {"name": by.name, "period": period.name, "amount": _money(amount, currency)}
        _tell(person, "calls.typed_in", at, facts, path=QUARTER_PATH)
    entry = {"period": period.name, "category": category, "amount_minor": amount, "currency": currency}
    ledger.append(
        kind=kind, by=by.ref, at=at, subject_kind="person", subject=person.pk, facts=entry, behalf=behalf
    )
    return call


# Overlays


@transaction.atomic
def set_overlay(
    *,
    by: access.Actor,
    at: datetime,
    person: Person,
    period: Period,
    amount_minor: int,
    note: str,
    category: str = "commit",
) -> Overlay:
    """Set a number beside a direct report's call, or beside the own sum. Needs a note; touches no deal."""
    if not note.strip():
        raise access.Refused("note_missing", "An overlay needs a note: say why you count another number.")
    _refuse_amount(amount_minor)
    return _overlay(by, at, person, period, amount_minor, note.strip(), category)


@transaction.atomic
def reset_overlay(
    *, by: access.Actor, at: datetime, person: Person, period: Period, category: str = "commit"
) -> Overlay:
    """Take an overlay back; the person's own call counts again. Refuses when there is none."""
    author = _author(by, person)[0]
    if (person.pk, author) not in numbers.overlays_on([person.pk], period.name, category, at):
        raise access.Refused("no_overlay", f"There is no overlay beside {person.name}’s call.")
    return _overlay(by, at, person, period, None, "", category)


@transaction.atomic
def answer_drift(
    *, by: access.Actor, at: datetime, person: Person, period: Period, follow: bool, category: str = "commit"
) -> Overlay:
    """Answer a base that moved under an overlay: follow by the same amount, or keep it on the new base.

    Refuses when there is no overlay or nothing moved.
    """
    author = _author(by, person)[0]
    overlay = numbers.overlays_on([person.pk], period.name, category, at).get((person.pk, author))
    base = _base(by, person, period, at, category, author)
    moved = rules.drift(overlay.amount, overlay.base, base) if overlay else None
    if overlay is None or moved is None:
        raise access.Refused("no_drift", f"Nothing moved under an overlay on {person.name}’s call.")
    amount = moved.followed if follow else overlay.amount
    return _overlay(by, at, person, period, amount, overlay.note, category)


def _author(by: access.Actor, person: Person) -> tuple[int, int | None]:
    """Whose overlay it is, and the giver when the actor stands in."""
    behalf = people.standing_in(by, "overlay.set", person.pk)
    if by.person is None:
        return people.manager_of(person.pk) or person.pk, None
    return behalf or by.id, behalf


def _base(by: access.Actor, person: Person, period: Period, at: datetime, category: str, author: int) -> int:
    if author != person.pk:
        return numbers.own_call_of(by, person.pk, period, at, category)
    run = estimates.run_of(period.name, at)
    return numbers.rolled_below([person.pk], period, category, at, run)[person.pk]


def _overlay(
    by: access.Actor, at: datetime, person: Person, period: Period, amount: int | None, note: str, category: str
) -> Overlay:  # fmt: skip
    _refuse_over(period, at)
    _refuse_category(category)
    author, behalf = _author(by, person)
    base = None if amount is None else _base(by, person, period, at, category, author)
    currency = people.house().currency
    row = Overlay.objects.create(
        person=person,
        author_id=author,
        period=period.name,
        category=category,
        amount_minor=amount,
        base_minor=base,
        currency=currency,
        note=note,
        by_id=by.person or author,
        at=at,
    )
    kind = "overlay.reset" if amount is None else "overlay.set"
    if author != person.pk:
        facts = {"name": by.name, "period": period.name, "amount": _money(amount or 0, currency)}
        told = "calls.overlay_reset" if amount is None else "calls.overlay"
        _tell(person, told, at, facts, path=QUARTER_PATH)
    entry = {"period": period.name, "category": category, "amount_minor": amount, "base_minor": base}
    ledger.append(
        kind=kind,
        by=by.ref,
        at=at,
        subject_kind="person",
        subject=person.pk,
        facts=entry,
        personal={"note": note} if note else {},
        behalf=behalf,
    )
    return row


# Estimates


def estimate(
    *,
    by: access.Actor,
    at: datetime,
    as_of: datetime | None = None,
    period: Period | None = None,
    with_past: bool = True,
) -> EstimateRun:
    """Compute and store the estimates of all nodes and deals from what was known at ``as_of`` (default now).

    ``period`` defaults to the one ``as_of`` lies in. The computing holds no lock; only the storing is a
    transaction. When nothing changed since the newest run of the same day, that run is returned and nothing
    is written. ``with_past`` replays the last eight periods as well.
    """
    access.require(by, "import.run")
    moment, house = as_of or at, people.house()
    day = house.day(moment)
    period = period or house.period(day)
    # What was recorded on the day itself counts, so the library looks from the next one.
    look = min(day, period.ends_on) + timedelta(days=1)
    history = _history(look, at)
    targets = _all_targets(period, day, house.currency)
    print_ = computing.fingerprint(history, look, period, targets)
    known = (
        EstimateRun.objects.filter(period=period.name, fingerprint=print_).order_by("-as_of", "-id").first()
    )
    if known is not None and (known.own_past or not with_past):
        return known
    found = forecasting.estimate(history, as_of=look, period=period, calendar=house.calendar, targets=targets)
    past = _past(history, look, house) if with_past and day <= period.ends_on else {}
    known_then = history if look > house.day(at) else timeline.as_known(history, look)
    summed = computing.sums(known_then, house.calendar, period, look)
    return _store(by, at, moment, period, history, found, summed, past, print_)


def _history(look: date, at: datetime) -> History:
    history = deal_queries.evidence(look)
    selling = numbers.sellers(Person.objects.values("pk"), at)
    return computing.carrying(history, {str(person) for person in selling})


def _all_targets(period: Period, day: date, currency: str) -> dict[str, float]:
    above = {node.id: node.manager for node in people.tree(day)}
    return computing.node_targets(numbers.targets_of(list(above), period.name), above, currency)


def _past(history: History, look: date, house: people.House) -> dict[str, object]:
    kind = "month" if house.period_kind == "month" else "quarter"
    found = forecasting.replay(history, as_of=look, calendar=house.calendar, kind=kind)
    return computing.replayed(found, history.currency)


@transaction.atomic
def _store(
    by: access.Actor, at: datetime, moment: datetime, period: Period, history: History, found: Forecast,
    summed: computing.Sums, past: dict[str, object], print_: str,
) -> EstimateRun:  # fmt: skip
    run = EstimateRun.objects.create(
        as_of=moment,
        computed_at=at,
        period=period.name,
        starts_on=period.starts_on,
        ends_on=period.ends_on,
        currency=found.currency,
        model=found.model,
        model_version=found.model_version,
        fitted_on=found.fitted_on,
        fingerprint=print_,
        warnings=list(found.warnings),
        not_counted=[asdict(item) for item in found.not_counted[:1000]],
        own_past=past,
    )
    nodes = computing.node_rows(run, found, history, summed)
    NodeEstimate.objects.bulk_create(nodes, batch_size=500)
    rows = computing.deal_rows(run, found, {deal.id: int(deal.id) for deal in found.deals})
    while batch := list(islice(rows, 2000)):
        DealEstimate.objects.bulk_create(batch, batch_size=1000)
    facts = {"period": period.name, "as_of": moment, "model": f"{run.model} {run.model_version}",
             "fingerprint": print_, "nodes": len(nodes), "deals": len(found.deals)}  # fmt: skip
    ledger.append(kind="estimate.computed", by=by.ref, at=at, subject_kind="run", subject=run.pk, facts=facts)
    return run


# Submissions


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
) -> Submission:
    """Send a leader's number: frozen with everything behind it, readable by the team at once.

    ``key`` belongs to one form: the same form sent again returns the same submission. ``expected_previous``
    is the public id of the newest submission the form was made from ('' = none); when another one came
    in between, nothing is written and Conflict says which. Raises Refused: reason_missing, key_reused,
    period_over, bad_amount; NotAllowed and NotFound by the table.
    """
    behalf = people.standing_in(by, "submission.make", person.pk)
    try:
        with turns.in_turn(), transaction.atomic():
            return _submit(
                by, at, person, period, amount_minor, reason.strip(), key, expected_previous, behalf
            )
    except IntegrityError:
        # Two databases' ways of saying the same: another form was faster by less than the lock.
        return _after_race(person, period, amount_minor, reason.strip(), key)


def _submit(
    by: access.Actor, at: datetime, person: Person, period: Period, amount: int, reason: str, key: str,
    expected: str, behalf: int | None,
) -> Submission:  # fmt: skip
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    sent = _sent_before(person, period, amount, reason, key)
    if sent is not None:
        return sent
    newest = _newest(person, period)
    if (newest.public_id if newest else "") != expected:
        raise _conflict(newest, amount, reason)
    _refuse_over(period, at)
    _refuse_amount(amount)
    number = numbers.number_of(by, person.pk, period, at)
    if amount != number.calls_sum and not reason:
        raise _reason_missing(amount, number.calls_sum)
    submission = _frozen(by, at, number, newest, amount, reason, key)
    submission.save(force_insert=True)
    _tell_all(by, submission, person, number)
    ledger.append(
        kind="calls.submitted",
        by=by.ref,
        at=at,
        subject_kind="submission",
        subject=submission.public_id,
        facts=_facts_of(submission),
        behalf=behalf,
    )
    return submission


def _newest(person: Person, period: Period) -> Submission | None:
    """The newest version, withdrawn or not: what a form must have seen."""
    rows = numbers.sent_rows().filter(person=person, period=period.name)
    return rows.defer("cells", "deals", "changes").order_by("-version").first()


def _sent_before(person: Person, period: Period, amount: int, reason: str, key: str) -> Submission | None:
    if not key:
        raise access.Refused("key_missing", "Send the form's key along, so that it counts once.")
    sent = numbers.sent_rows().filter(person=person, key=key).first()
    if sent is not None and (sent.period, sent.amount_minor, sent.reason) != (period.name, amount, reason):
        raise access.Refused(
            "key_reused",
            "This form was sent already with another number. Open the page again and submit from there.",
        )
    return sent


def _after_race(person: Person, period: Period, amount: int, reason: str, key: str) -> Submission:
    sent = _sent_before(person, period, amount, reason, key)
    if sent is not None:
        return sent
    raise _conflict(_newest(person, period), amount, reason)


def _conflict(newest: Submission | None, amount: int, reason: str) -> access.Refused:
    if newest is None:
        return access.Refused(
            "gone", "The submission this form was made from is not there. Open the page again."
        )
    return rules.Conflict(amount_minor=amount, reason=reason, newer=newest.public_id, version=newest.version)


def _reason_missing(amount: int, calls_sum: int) -> access.Refused:
    currency = people.house().currency
    difference = _money(abs(amount - calls_sum), currency)
    side = "above" if amount > calls_sum else "below"
    return access.Refused(
        "reason_missing",
        f"Your number is {difference} {side} the calls added up. Say why in a sentence; "
        "your superior and your team read it.",
    )


def _frozen(
    by: access.Actor, at: datetime, number: numbers.Number, newest: Submission | None, amount: int, reason: str,
    key: str,
) -> Submission:  # fmt: skip
    person, period = number.person, number.period
    before = _standing_row(number.standing.get(person.id))
    estimate = number.estimate
    answered = before.due_at if before else None
    submission = Submission(
        person_id=person.id,
        by_id=by.person or person.id,
        period=period.name,
        version=newest.version + 1 if newest else 1,
        at=at,
        due_at=due.answers(rhythm_of(person.id), period, at, answered),
        superior_id=person.manager,
        amount_minor=amount,
        currency=people.house().currency,
        reps_sum_minor=number.calls_sum,
        booked_minor=number.booked,
        target_minor=number.target,
        reason=reason,
        run_id=estimate.run if estimate else None,
        estimate=estimate.short() if estimate else {},
        cells=[asdict(cell) for cell in number.cells],
        deals=[pipeline.frozen(line) for line in number.lines],
        changes=numbers.bars_kept(_bars(before, number, amount)),
        rates=pipeline.rates_used(number.lines, people.house().day(at)),
        previous=before,
        key=key,
    )
    submission.digest = rules.digest(content_of(submission))
    return submission


def _standing_row(standing: numbers.Standing | None) -> Submission | None:
    if standing is None:
        return None
    return numbers.sent_rows().get(pk=standing.id)


def _bars(before: Submission | None, number: numbers.Number, amount: int) -> list[rules.Bar]:
    if before is None:
        return [rules.Bar("first", amount)]
    return bars_since(before, number, amount)


def bars_since(before: Submission, number: numbers.Number, amount: int) -> list[rules.Bar]:
    """The bars from a submission to a number of now; they add up to the difference."""
    return numbers.bars_between(
        cells_of(before), pipeline.thawed(before.deals), before.amount_minor, number, amount, before.at
    )


def cells_of(submission: Submission) -> list[rules.Cell]:
    """A submission's cells as values."""
    return [rules.Cell(**cell) for cell in submission.cells]


def content_of(submission: Submission) -> dict[str, object]:
    """Everything a submission froze, as it enters its digest."""
    return {
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


def _facts_of(submission: Submission) -> dict[str, object]:
    return {
        "person": submission.person_id,
        "period": submission.period,
        "version": submission.version,
        "amount_minor": submission.amount_minor,
        "currency": submission.currency,
        "digest": submission.digest,
    }


def _tell_all(by: access.Actor, submission: Submission, person: Person, number: numbers.Number) -> None:
    """The superior gets the number and each direct report the copy; who has no account is not written to."""
    difference = submission.amount_minor - submission.reps_sum_minor
    facts = {
        "name": person.name,
        "period": submission.period,
        "amount": _money(submission.amount_minor, submission.currency),
        "difference": ""
        if not difference
        else f"That is {_money(abs(difference), submission.currency)} "
        f"{'above' if difference > 0 else 'below'} the calls added up: {submission.reason}",
    }
    path = COPY_PATH.format(submission.public_id)
    reports = [cell.person for cell in number.cells if cell.person != person.pk]
    for reader in Person.objects.filter(pk__in=[*reports, submission.superior_id or 0], voided_at=None):
        kind = "calls.submitted_up" if reader.pk == submission.superior_id else "calls.submitted_copy"
        _tell(reader, kind, submission.at, facts, path=path)


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
    facts = {"name": person.name, "period": row.period, "amount": _money(row.amount_minor, row.currency)}
    readers = [cell["person"] for cell in row.cells if cell["person"] != row.person_id]
    for reader in Person.objects.filter(pk__in=[*readers, row.superior_id or 0], voided_at=None):
        _tell(reader, "calls.withdrawn", at, facts)
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


# What all of them need


def rhythm_of(person: int) -> due.Rhythm:
    """The weekly due moment of the team a person leads; what the team does not say, the organisation does."""
    return rhythms([person])[person]


def rhythms(persons: Sequence[int]) -> dict[int, due.Rhythm]:
    """person -> the weekly due moment of the team they lead, in the team's time zone."""
    house = people.house()
    usual = due.Rhythm(house.due_weekday, time.fromisoformat(house.due_time), house.time_zone)
    off = people.off_of_teams(persons)
    found = {person: replace(usual, off=off[person]) for person in persons}
    for team in Team.objects.filter(lead__in=persons).select_related("lead"):
        found[team.lead_id] = due.Rhythm(
            usual.weekday if team.due_weekday is None else team.due_weekday,
            team.due_time or usual.time,
            team.time_zone or team.lead.time_zone or usual.zone,
            off[team.lead_id],
        )
    return found


@transaction.atomic
def remind(*, by: access.Actor, at: datetime, within: timedelta = timedelta(hours=4)) -> int:
    """Tell leaders whose number is due within a while and not there yet, once per due moment; how many.

    For a job that runs every so often; running it again tells nobody twice.
    """
    access.require(by, "import.run")
    house = people.house()
    period = house.period(house.day(at))
    leaders = [node.id for node in people.nodes(numbers.leaders(numbers.selling(at))) if node.manager]
    readers = {p.pk: p for p in Person.objects.filter(pk__in=leaders, user__is_active=True, voided_at=None)}
    sent = numbers.standing_of(readers.keys(), period.name, at)
    recent = Notice.objects.filter(kind="calls.due", to_id__in=list(readers), at__gt=at - within)
    known = set(recent.values_list("to_id", flat=True))
    told = 0
    for person, rhythm in rhythms([one for one in readers if one not in known]).items():
        answered = sent[person].due_at if person in sent else None
        moment = due.coming(rhythm, period, at, answered)
        if moment is None or moment - at > within:
            continue
        facts = {"period": period.name, "time": f"{moment.astimezone(ZoneInfo(rhythm.zone)):%H:%M}"}
        _tell(readers[person], "calls.due", at, facts, path=CALL_PATH)
        told += 1
    if told:
        ledger.append(
            kind="calls.reminded",
            by=by.ref,
            at=at,
            subject_kind="period",
            subject=period.name,
            facts={"leaders": told},
        )
    return told


def _tell(
    reader: Person, kind: str, at: datetime, facts: Mapping[str, str | int | float | None], path: str = ""
) -> None:
    if reader.user_id is not None:
        notices.tell(to=reader.pk, kind=kind, facts=facts, at=at, path=path)


def _money(amount: int, currency: str) -> str:
    return deals.spoken(amount, currency)


def _refuse_amount(amount: int) -> None:
    if not 0 <= amount <= LARGEST:
        raise access.Refused("bad_amount", "Write an amount of 0 or more, in plain figures.")


def _refuse_category(category: str) -> None:
    if category not in ("commit", "most_likely", "best_case"):
        raise access.Refused("bad_category", "A call is for Commit, Most Likely or Best Case.")


def _refuse_over(period: Period, at: datetime) -> None:
    if people.house().day(at) > period.ends_on:
        raise access.Refused(
            "period_over", f"{period.name} ended on {period.ends_on}. Its numbers stay as they are."
        )

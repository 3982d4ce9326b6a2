"""Writing, signing and not agreeing. Each is one transaction with its ledger entry last."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from django.db import transaction

from fairlead.calls import estimates as stored
from fairlead.calls import numbers
from fairlead.calls.actions import LARGEST
from fairlead.deals import rules as deals
from fairlead.expectations import rules
from fairlead.expectations.models import Answer, Statement
from fairlead.forecasting.periods import Period
from fairlead.ledger import actions as ledger
from fairlead.notices import actions as notices
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.guard import GuardedQuerySet
from fairlead.people.models import Person

PATH = "/expectations/{}/"


@transaction.atomic
def write(
    *,
    by: access.Actor,
    at: datetime,
    person: Person,
    period: Period,
    expected_minor: int,
    assumptions: str,
    risks: str = "",
    reason: str = "",
    after_version: int = 0,
) -> Statement:
    """Write a version for a leader's period; nobody else sees it until it is signed.

    The range comes from the newest estimate of the period. ``after_version`` is the newest version the form
    was made from (0 = none). Raises Refused: period_over, newer_version, assumptions_missing,
    reason_missing, bad_amount, too_long; NotAllowed and NotFound by the table.
    """
    behalf = people.standing_in(by, "expectation.write", person.pk)
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    newest = _versions(person.pk, period.name).order_by("-version").first()
    version = newest.version + 1 if newest else 1
    rules.refuse_write(
        version=version, expected=after_version, reason=reason, assumptions=assumptions,
        over=people.house().day(at) > period.ends_on,
    )  # fmt: skip
    _refuse_amount(expected_minor)
    _refuse_long(assumptions, risks, reason)
    row = Statement(
        person=person,
        superior_id=people.manager_of(person.pk),
        by_id=by.person or person.pk,
        period=period.name,
        version=version,
        at=at,
        expected_minor=expected_minor,
        target_minor=target_of(person.pk, period, at),
        currency=people.house().currency,
        estimate=range_of(person.pk, period, at),
        assumptions=assumptions.strip(),
        risks=risks.strip(),
        reason=reason.strip() if version > 1 else "",
    )
    row.digest = rules.digest(content_of(row))
    row.save(force_insert=True)
    texts = {"assumptions": row.assumptions, "risks": row.risks, "reason": row.reason}
    _record("expectation.written", by, at, row, behalf, texts=texts)
    return row


def range_of(person: int, period: Period, at: datetime) -> dict[str, object]:
    """The estimate a statement starts from; empty before the first one. For callers that checked access."""
    run = stored.run_of(period.name, at)
    estimate = stored.of_people(access.system("the range of a statement"), run, [person]).get(person)
    return {} if estimate is None else {key: estimate.short()[key] for key in ("as_of", "p10", "p50", "p90")}


def target_of(person: int, period: Period, at: datetime) -> int | None:
    """A leader's target: typed, else what the newest run added up below. For callers that checked access."""
    typed = numbers.targets_of([person], period.name).get(person)
    if typed is not None:
        return typed
    run = stored.run_of(period.name, at)
    estimate = stored.of_people(access.system("the target of a statement"), run, [person]).get(person)
    if estimate is not None and estimate.target is not None:
        return estimate.target
    below = numbers.targets_of([node.id for node in numbers.carriers(person, at)], period.name)
    return sum(below.values()) if below else None


def _refuse_amount(amount: int) -> None:
    if not 0 <= amount <= LARGEST:
        raise access.Refused("bad_amount", "Write an amount of 0 or more, in plain figures.")


def _refuse_long(*texts: str) -> None:
    if any(len(text) > rules.LONGEST for text in texts):
        raise access.Refused("too_long", f"Keep each text under {rules.LONGEST:,} characters.")


def content_of(row: Statement) -> dict[str, object]:
    """What a signature binds to."""
    return {
        "person": row.person_id,
        "superior": row.superior_id,
        "period": row.period,
        "version": row.version,
        "expected_minor": row.expected_minor,
        "target_minor": row.target_minor,
        "currency": row.currency,
        "estimate": row.estimate,
        "assumptions": row.assumptions,
        "risks": row.risks,
        "reason": row.reason,
    }


def _versions(person: int, period: str) -> GuardedQuerySet[Statement]:
    rows = Statement.objects.for_system("the newest version of a statement decides what may follow")
    return rows.filter(person=person, period=period)


def _answers(row: Statement) -> list[rules.Answer]:
    found = Answer.objects.for_system("earlier answers decide whether another one may follow")
    return [answer_of(one) for one in found.filter(statement=row).order_by("pk")]


def answer_of(row: Answer) -> rules.Answer:
    """A stored answer as a value."""
    return rules.Answer(row.side, row.kind, row.by_id, row.at, row.number_minor, row.reason)  # type: ignore[arg-type]


@transaction.atomic
def sign(*, by: access.Actor, at: datetime, statement: str, digest: str) -> Answer:
    """Sign a version (public id) as its leader. The superior is told. ``digest`` is of what was read."""
    row = _found(by, "expectation.write", statement)
    behalf = people.standing_in(by, "expectation.write", row.person_id)
    answer = _answer(by, at, row, "manager", "signed", digest)
    superior = Person.objects.filter(pk=row.superior_id or 0, user__is_active=True, voided_at=None).first()
    if superior is not None:
        _tell(superior, "expectations.signed_up", at, row, {"name": row.person.name})
    _record("expectation.signed", by, at, row, behalf, side="manager")
    return answer


@transaction.atomic
def agree(*, by: access.Actor, at: datetime, statement: str, digest: str) -> Answer:
    """Sign a version (public id) as the superior: it is agreed. The leader is told."""
    row = _found(by, "expectation.answer", statement)
    behalf = people.standing_in(by, "expectation.answer", row.person_id)
    answer = _answer(by, at, row, "superior", "signed", digest)
    _tell(row.person, "expectations.agreed", at, row, {"name": by.name})
    _record("expectation.signed", by, at, row, behalf, side="superior")
    return answer


@transaction.atomic
def disagree(
    *, by: access.Actor, at: datetime, statement: str, digest: str, number_minor: int, reason: str
) -> Answer:
    """Say as the superior what one expects instead, and why. Both numbers then stand side by side."""
    row = _found(by, "expectation.answer", statement)
    behalf = people.standing_in(by, "expectation.answer", row.person_id)
    if not reason.strip():
        raise access.Refused(
            "reason_missing", "Say why you expect another number; both reasons stand side by side."
        )
    _refuse_amount(number_minor)
    _refuse_long(reason)
    if number_minor == row.expected_minor:
        raise access.Refused(
            "same_number", "That is the number that stands there. Sign it, or write another one."
        )
    answer = _answer(by, at, row, "superior", "not_agreed", digest, number_minor, reason.strip())
    facts = {
        "name": by.name,
        "theirs": deals.spoken(number_minor, row.currency),
        "reason": reason.strip(),
    }
    _tell(row.person, "expectations.not_agreed", at, row, facts)
    _record(
        "expectation.not_agreed", by, at, row, behalf, side="superior", number_minor=number_minor,
        texts={"reason": reason.strip()},
    )  # fmt: skip
    return answer


def _found(by: access.Actor, act: str, public_id: str) -> Statement:
    row = Statement.objects.seen_by(by, act).filter(public_id=public_id).select_related("person").first()
    if row is None:
        raise access.NotFound("statement")
    return row


def _answer(
    by: access.Actor, at: datetime, row: Statement, side: rules.Side, kind: Literal["signed", "not_agreed"],
    digest: str, number: int | None = None, reason: str = "",
) -> Answer:  # fmt: skip
    Person.objects.select_for_update(no_key=True).get(pk=row.person_id)
    newest = _versions(row.person_id, row.period).order_by("-version").values_list("pk", flat=True).first()
    given = _answers(row)
    if side == "superior" and not given:
        raise access.NotFound("statement")
    rules.refuse_answer(
        given, side, kind, by.person or 0, newest=newest == row.pk, digest=row.digest, read=digest
    )
    whose = row.person_id if side == "manager" else people.manager_of(row.person_id) or by.id
    return Answer.objects.create(
        statement=row,
        side=side,
        kind=kind,
        person_id=whose,
        by_id=by.person or whose,
        at=at,
        digest=digest,
        number_minor=number,
        reason=reason,
    )


def _tell(reader: Person, kind: str, at: datetime, row: Statement, facts: dict[str, str]) -> None:
    if reader.user_id is None:
        return
    every = {"period": row.period, "amount": deals.spoken(row.expected_minor, row.currency), **facts}
    notices.tell(to=reader.pk, kind=kind, facts=every, at=at, path=PATH.format(row.public_id))


def _record(
    kind: str, by: access.Actor, at: datetime, row: Statement, behalf: int | None, *, side: str = "",
    number_minor: int | None = None, texts: dict[str, str] | None = None,
) -> None:  # fmt: skip
    facts: dict[str, object] = {
        "person": row.person_id,
        "period": row.period,
        "version": row.version,
        "amount_minor": row.expected_minor,
        "digest": row.digest,
    }
    if side:
        facts["side"] = side
    if number_minor is not None:
        facts["number_minor"] = number_minor
    ledger.append(
        kind=kind, by=by.ref, at=at, subject_kind="statement", subject=row.public_id, facts=facts,
        personal={name: text for name, text in (texts or {}).items() if text}, behalf=behalf,
    )  # fmt: skip

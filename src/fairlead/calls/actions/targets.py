"""Setting targets, one by one or from a source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction

from fairlead.calls import kinds, numbers, pipeline, rules, wording
from fairlead.calls.actions.wanted import refuse_amount, spoken, tell
from fairlead.calls.models import (
    Target,
)
from fairlead.deals import rules as deals
from fairlead.forecasting.periods import Period
from fairlead.ledger import actions as ledger
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.models import Person


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
    reason: str = "",
) -> Target:
    """Set one person's target for a period. A foreign currency is converted by the rate of the first day.

    ``reason``: why it changes, one of the neutral ones; the person reads it. Raises Refused: bad_reason, no_rate.
    """
    people.require_on(by, "target.write", person.pk)
    why = rules.reason_of(reason)
    row = _target(by, at, person.pk, period, amount_minor, currency, type, why)
    row.save(force_insert=True)
    facts = {"period": period.name, "amount_minor": row.amount_minor, "currency": row.currency, "type": type}
    if why:
        facts["reason"] = why
    of = next((one.kind for one in reversed(kinds.said()) if one.kind.key == type), None)
    told = {"period": f"{period.name}{wording.for_type(of)}", "amount": spoken(row.amount_minor, of)}
    if why:
        tell(person, "targets.changed", at, {**told, "reason": rules.REASONS[why].lower()})
    else:
        tell(person, "targets.set", at, told)
    ledger.append(kind="targets.set", by=by.ref, at=at, subject_kind="person", subject=person.pk, facts=facts)
    return row


def _target(
    by: access.Actor, at: datetime, person: int, period: Period, amount: int, currency: str, type: str, why: str
) -> Target:  # fmt: skip
    house = people.house().currency
    refuse_amount(amount)
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
        reason=why,
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
            why = rules.reason_of(row.reason)
            type = kinds.key_of(row.type)
            minor = kinds.of_target(type, minor)
            wanted.append(_target(by, at, known[row.person_id], period, minor, row.currency, type, why))
        except access.Refusal as refusal:
            problems.append(f"line {row.line}: {refusal.sentence}")
        except ValueError as problem:
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

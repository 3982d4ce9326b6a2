"""A person's own number, given or typed in."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from fairlead.calls import wording
from fairlead.calls.actions.wanted import (
    QUARTER_PATH,
    asked_type,
    refuse_amount,
    refuse_category,
    refuse_over,
    spoken,
    tell,
)
from fairlead.calls.models import (
    Call,
)
from fairlead.forecasting.periods import Period
from fairlead.ledger import actions as ledger
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.models import Person


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
    type: str = "",
) -> Call:
    """Set the own number for a period; None takes it back, and the number follows from the deals again.

    ``type``: of a forecast type that is asked for, by its key. Raises Refused: bad_type.
    """
    people.require_on(by, "call.set", person.pk)
    return _call(by, at, person, period, amount_minor, category, note, "call.set", None, type)


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
    type: str = "",
) -> Call:
    """Type in the call a direct report gave in words. The row says who typed it, and the report is told."""
    behalf = people.standing_in(by, "call.type_in", person.pk)
    call = _call(by, at, person, period, amount_minor, category, note, "call.typed_in", behalf, type)
    return call


def _call(
    by: access.Actor, at: datetime, person: Person, period: Period, amount: int | None, category: str,
    note: str, kind: str, behalf: int | None, type: str,
) -> Call:  # fmt: skip
    refuse_over(period, at)
    refuse_category(category)
    of = asked_type(type, at)
    if amount is not None:
        refuse_amount(amount)
    currency = people.house().currency
    call = Call.objects.create(
        person=person,
        period=period.name,
        category=category,
        type=type,
        amount_minor=amount,
        currency=currency,
        note=note.strip(),
        by_id=by.person or person.pk,
        at=at,
    )
    if kind == "call.typed_in" and amount is not None:
        whose = f"{period.name}{wording.for_category(category)}{wording.for_type(of)}"
        facts = {"name": by.name, "period": whose, "amount": spoken(amount, of)}
        tell(person, "calls.typed_in", at, facts, path=QUARTER_PATH)
    entry = {"period": period.name, "category": category, "amount_minor": amount, "currency": currency}
    entry |= {"type": type} if type else {}
    ledger.append(
        kind=kind, by=by.ref, at=at, subject_kind="person", subject=person.pk, facts=entry, behalf=behalf
    )
    return call

"""A superior's number beside a report's call."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from fairlead.calls import estimates, numbers, rules, wording
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
    Overlay,
)
from fairlead.forecasting.periods import Period
from fairlead.ledger import actions as ledger
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.models import Person


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
    type: str = "",
) -> Overlay:
    """Set a number beside a direct report's call, or beside the own sum. Needs a note; touches no deal."""
    if not note.strip():
        raise access.Refused("note_missing", "An overlay needs a note: say why you count another number.")
    refuse_amount(amount_minor)
    return _overlay(by, at, person, period, amount_minor, note.strip(), category, type)


@transaction.atomic
def reset_overlay(
    *,
    by: access.Actor,
    at: datetime,
    person: Person,
    period: Period,
    category: str = "commit",
    type: str = "",
) -> Overlay:
    """Take an overlay back; the person's own call counts again. Refuses when there is none."""
    author = _author(by, person)[0]
    if (person.pk, author) not in numbers.overlays_on([person.pk], period.name, category, at, type):
        raise access.Refused("no_overlay", f"There is no overlay beside {person.name}’s call.")
    return _overlay(by, at, person, period, None, "", category, type)


@transaction.atomic
def answer_drift(
    *, by: access.Actor, at: datetime, person: Person, period: Period, follow: bool, category: str = "commit",
    type: str = "",
) -> Overlay:  # fmt: skip
    """Answer a base that moved under an overlay: follow by the same amount, or keep it on the new base.

    Refuses when there is no overlay or nothing moved.
    """
    author = _author(by, person)[0]
    overlay = numbers.overlays_on([person.pk], period.name, category, at, type).get((person.pk, author))
    base = _base(by, person, period, at, category, author, asked_type(type, at))
    moved = rules.drift(overlay.amount, overlay.base, base) if overlay else None
    if overlay is None or moved is None:
        raise access.Refused("no_drift", f"Nothing moved under an overlay on {person.name}’s call.")
    amount = moved.followed if follow else overlay.amount
    return _overlay(by, at, person, period, amount, overlay.note, category, type)


def _author(by: access.Actor, person: Person) -> tuple[int, int | None]:
    """Whose overlay it is, and the giver when the actor stands in."""
    behalf = people.standing_in(by, "overlay.set", person.pk)
    if by.person is None:
        return people.manager_of(person.pk) or person.pk, None
    return behalf or by.id, behalf


def _base(
    by: access.Actor, person: Person, period: Period, at: datetime, category: str, author: int,
    kind: rules.Kind | None,
) -> int:  # fmt: skip
    if author != person.pk:
        return numbers.own_call_of(by, person.pk, period, at, category, kind)
    run = estimates.run_of(period.name, at)
    return numbers.rolled_below([person.pk], period, category, at, run, kind=kind)[person.pk]


def _overlay(
    by: access.Actor, at: datetime, person: Person, period: Period, amount: int | None, note: str, category: str,
    type: str,
) -> Overlay:  # fmt: skip
    refuse_over(period, at)
    refuse_category(category)
    of = asked_type(type, at)
    author, behalf = _author(by, person)
    base = None if amount is None else _base(by, person, period, at, category, author, of)
    currency = people.house().currency
    row = Overlay.objects.create(
        person=person,
        author_id=author,
        period=period.name,
        category=category,
        type=type,
        amount_minor=amount,
        base_minor=base,
        currency=currency,
        note=note,
        by_id=by.person or author,
        at=at,
    )
    kind = "overlay.reset" if amount is None else "overlay.set"
    if author != person.pk:
        whose = f"{period.name}{wording.for_category(category)}{wording.for_type(of)}"
        facts = {"name": by.name, "period": whose, "amount": spoken(amount or 0, of)}
        told = "calls.overlay_reset" if amount is None else "calls.overlay"
        tell(person, told, at, facts, path=QUARTER_PATH)
    # Without the base: whoever may read overlays in the ledger need not know the call beneath.
    entry = {"period": period.name, "category": category, "amount_minor": amount}
    entry |= {"type": type} if type else {}
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

"""Marlow's forecast types: new business and renewals, called by every leader, and ARR, which follows from deals."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

from fairlead.calls import actions as calls
from fairlead.calls import kinds, numbers
from fairlead.calls.rules import TargetRow
from fairlead.forecasting.simulate import marlow
from fairlead.people import access, queries
from fairlead.people.models import Person

_TYPES = (
    ("New business", ("New Business", "Expansion"), "amount", True),
    ("Renewals", ("Renewal",), "amount", True),
    ("ARR", (), "arr", False),
)
"""Name, deal types, what it adds up, whether leaders give a number."""
_SHARES = (("New business", Decimal("0.7")), ("Renewals", Decimal("0.3")), ("ARR", Decimal("0.5")))
"""Which part of a target is that of a type."""
_RECURRING = {"New Business": Decimal("0.5"), "Expansion": Decimal("0.4"), "Renewal": Decimal(1)}


def deal_type(name: str) -> str:
    """What Marlow's CRM says of a deal: it follows from its name, so that it is the same every time."""
    return ("New Business", "New Business", "New Business", "Expansion", "Renewal", "Renewal")[
        _code(name) % 6
    ]


def arr(name: str, amount: Decimal | None) -> dict[str, str]:
    """The deal's recurring revenue a year; one deal in twenty has none entered, and is not counted in ARR."""
    if amount is None or _code(name) % 20 == 7:
        return {}
    return {"arr": str(int(amount * _RECURRING[deal_type(name)] / 1000) * 1000)}


def _code(name: str) -> int:
    return zlib.crc32(name.encode())


def fill(by: access.Actor, begun: datetime) -> None:
    """The types are in force from the company's first day on."""
    for name, words, measure, asked in _TYPES:
        calls.set_type(
            by=by, at=begun, name=name, deal_types=words, measure=measure, asked=asked, starts_on=begun.date()
        )


def targets(by: access.Actor, at: datetime, source: str, rows: Sequence[TargetRow]) -> None:
    """The quarter's targets per type, as parts of those of all business."""
    told = [
        replace(row, amount=(row.amount * share / 10_000).to_integral_value() * 10_000, type=name)
        for row in rows
        if row.period == marlow.PERIOD
        for name, share in _SHARES
    ]
    calls.take_in_targets(by=by, at=at, source=source, rows=told)


def call(everybody: dict[str, Person]) -> None:
    """Rosa and Ines say more than their renewals add up to; Mina counts less of Ravi's new business."""
    at = marlow.NOW - timedelta(hours=3)
    period = queries.house().calendar.period(marlow.PERIOD)
    for who, type, more in (("rosa", "renewals", 30_000), ("ines", "renewals", 20_000)):
        calls.set_call(
            by=queries.actor(everybody[who].pk, at), at=at, person=everybody[who], period=period, type=type,
            amount_minor=_own(everybody[who], at, type) + more * 100,
        )  # fmt: skip
    ravi = everybody["ravi"]
    own = _own(ravi, at, "new-business")
    calls.set_overlay(
        by=queries.actor(everybody["mina"].pk, at), at=at, person=ravi, period=period, type="new-business",
        amount_minor=max(own - 4_000_000, 0), note="One of the new ones waits for a budget that is not there yet.",
    )  # fmt: skip


def _own(person: Person, at: datetime, type: str) -> int:
    by, period = queries.actor(person.pk, at), queries.house().calendar.period(marlow.PERIOD)
    return numbers.own_call_of(by, person.pk, period, at, kind=kinds.named(type, at))

"""Which forecast types the company has, from which day on. What was said before stays as it was."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from fairlead.calls import kinds, rules
from fairlead.calls.models import ForecastType
from fairlead.ledger import actions as ledger
from fairlead.people import access, kept
from fairlead.people import queries as people


@transaction.atomic
def set_type(
    *,
    by: access.Actor,
    at: datetime,
    key: str = "",
    name: str,
    measure: str = "amount",
    deal_types: Iterable[str] = (),
    asked: bool = True,
    starts_on: date | None = None,
) -> ForecastType:
    """Add a forecast type from a day on (default: today), or with ``key`` say anew what one is.

    Earlier days keep what was in force then. What a type adds up stays: its calls and targets were given in that.
    Raises Refused: bad_name, name_taken, bad_measure, measure_stays, all_again, many_words, many_types,
    bad_day; NotFound.
    """
    access.require(by, "settings.write")
    day = starts_on or people.house().day(at)
    said = {one.kind.key: one.kind for one in kinds.said()}
    current = _in_force(day)
    if key and key not in said:
        raise access.NotFound("forecast type")
    others = {one.key: one.name for one in current if one.key != key}
    text, words = rules.kind_given(name, measure, deal_types, others)
    if key and said[key].measure != measure:
        raise access.Refused(
            "measure_stays",
            f"{said[key].name} adds up {rules.MEASURES[said[key].measure]}, and numbers were given in that. "
            "End it and add another type.",
        )
    _refuse_earlier(key, day)
    if not key and len(current) >= rules.MOST_TYPES:
        raise access.Refused("many_types", f"A company has at most {rules.MOST_TYPES} types. End one first.")
    row = ForecastType(
        key=key or rules.kind_key(text, said), name=text, measure=measure, deal_types=list(words), asked=asked,
        starts_on=day, set_at=at, by=by.ref,
    )  # fmt: skip
    return _kept(by, at, row)


@transaction.atomic
def end_type(*, by: access.Actor, at: datetime, key: str, starts_on: date | None = None) -> ForecastType:
    """From a day on (default: today) the company has a forecast type no more. Raises NotFound, Refused: bad_day."""
    access.require(by, "settings.write")
    day = starts_on or people.house().day(at)
    if any(one.key == key for one in _in_force(people.house().day(at))):
        _refuse_earlier(key, day)
    found = next((one for one in _in_force(day) if one.key == key), None)
    if found is None:
        raise access.NotFound("forecast type")
    row = ForecastType(
        key=key, name=found.name, measure=found.measure, deal_types=list(found.words), asked=found.asked,
        active=False, starts_on=day, set_at=at, by=by.ref,
    )  # fmt: skip
    return _kept(by, at, row)


def _refuse_earlier(key: str, day: date) -> None:
    """What is said from an earlier day on than the newest decision would hold only up to that one."""
    newest = max((one.starts_on for one in kinds.said() if one.kind.key == key), default=day)
    if day < newest:
        raise access.Refused(
            "bad_day", f"It was decided from {newest} on already. Choose that day or a later one."
        )


def _in_force(day: date) -> tuple[rules.Kind, ...]:
    return rules.kinds_in_force(kinds.said(), day)


def _kept(by: access.Actor, at: datetime, row: ForecastType) -> ForecastType:
    row.save(force_insert=True)
    kept.forget()
    ledger.append(
        kind="settings.forecast_type" if row.active else "settings.forecast_type_ended",
        by=by.ref,
        at=at,
        subject_kind="forecast type",
        subject=row.name,
        facts={
            "key": row.key,
            "measure": row.measure,
            "deal_types": ", ".join(row.deal_types),
            "asked": row.asked,
            "starts_on": row.starts_on,
        },
    )
    return row

"""Forecast types as they are read: which are in force at an instant, and which part of the deals each adds up.

Without any type nothing here is asked but whether there is one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from fairlead.calls.models import ForecastType
from fairlead.calls.rules import Kind, KindSaid, kinds_in_force
from fairlead.deals import queries as deals
from fairlead.deals import rules, shares
from fairlead.deals.rules import DealState
from fairlead.people import access, kept
from fairlead.people import queries as people


def _said() -> tuple[KindSaid, ...]:
    rows = ForecastType.objects.order_by("pk").values_list(
        "pk", "key", "name", "measure", "deal_types", "asked", "active", "starts_on", "set_at"
    )
    return tuple(
        KindSaid(Kind(pk, key, name, measure, tuple(words), asked), active, starts_on, set_at)
        for pk, key, name, measure, words, asked, active, starts_on, set_at in rows
    )


def rows() -> list[ForecastType]:
    """Every decision about types, oldest first, for the page that keeps them."""
    return list(ForecastType.objects.order_by("pk"))


def said() -> tuple[KindSaid, ...]:
    """Everything that was ever said of a type, in order; nothing where the company has none."""
    return kept.once("forecast types", _said)


def in_force(at: datetime, *, past: bool = False) -> tuple[Kind, ...]:
    """The types in force at an instant, in the order they came; ``past``: by what was known then."""
    every = said()
    if not every:
        return ()
    return kinds_in_force(every, people.house().day(at), at if past else None)


def named(key: str, at: datetime, *, past: bool = False) -> Kind | None:
    """The type in force with a key; None for all business (no key). Raises NotFound; Refused for a day before it."""
    if not key:
        return None
    for kind in in_force(at, past=past):
        if kind.key == key:
            return kind
    if past and any(one.kind.key == key for one in said()):
        raise access.Refused(
            "no_type_then",
            "The company had no such forecast type on that day. Choose a later day, or all business.",
        )
    raise access.NotFound("forecast type")


def key_of(text: str) -> str:
    """The key behind a type as a file of targets writes it, by name or key; the text itself where it is neither."""
    word = " ".join(text.split()).casefold()
    for one in said():
        if word in (one.kind.key, one.kind.name.casefold()):
            return one.kind.key
    return "new" if word in ("", "new", "all business") else text


def unit() -> int:
    """What one unit counts where a type adds up quantities: as a thousand of the currency, which pages show as 1."""
    return int(1000 * 10 ** rules.exponent(people.house().currency))


def of_target(key: str, minor: int) -> int:
    """A target as it was typed in whole units, as its type counts it."""
    measures = {one.kind.key: one.kind.measure for one in said()}
    return minor * 1000 if measures.get(key) == "quantity" else minor


def taken(
    lines: Iterable[DealState], kind: Kind | None, at: datetime, *, past: bool = False
) -> list[DealState]:
    """Of some deals as known at an instant those that a type takes, with its measure as their amount."""
    every = list(lines)
    if kind is None or not every:
        return every
    ids = {line.id for line in every}
    known = deals.values_as_of(ids, at) if past else deals.values_now(ids)
    rates = deals.rates(known_at=at if past else None)
    day = people.house().day(at)
    found = []
    for line in every:
        values = known.get(line.id, {})
        if not kind.takes(values.get("type", "")):
            continue
        found.append(line if kind.measure == "amount" else _measured(line, kind, values, rates, day))
    return found


def _measured(
    line: DealState, kind: Kind, values: Mapping[str, str], rates: rules.Rates, day: date
) -> DealState:
    whole = _value(kind.measure, values, rates, line.closed_on or day if line.status != "open" else day)
    if not line.divided:
        return replace(line, amount=whole)
    held = None if whole is None else shares.Part(0, line.low, line.high).of(whole)
    return replace(line, amount=held, whole=whole)


def _value(measure: str, values: Mapping[str, str], rates: rules.Rates, day: date) -> int | None:
    try:
        number = Decimal(values[measure])
    except (KeyError, InvalidOperation):
        return None
    if measure == "quantity":
        return int((number * unit()).to_integral_value())
    currency = values.get("currency", "") or rates.home
    return rates.convert(rules.minor_units(number, currency, rounding=True), currency, day)


def aims(parents: Mapping[int, int | None], typed: Mapping[int, int], tops: Sequence[int]) -> dict[int, int]:
    """leader -> the target typed, else what the targets of the reports add up to, where there is any."""
    below: dict[int, list[int]] = {}
    for person, parent in parents.items():
        if parent is not None:
            below.setdefault(parent, []).append(person)

    def aim(person: int) -> int | None:
        if person in typed:
            return typed[person]
        found = [one for report in below.get(person, ()) if (one := aim(report)) is not None]
        return sum(found) if found else None

    return {top: found for top in tops if (found := aim(top)) is not None}

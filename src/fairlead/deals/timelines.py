"""From the facts a source gave to the history of a deal. Plain values, no Django.

Facts are a set of recorded changes and of rows seen. ``timeline`` turns them into events with two clocks, and
any state is a fold of events. Whatever the order in which facts came in, the same history follows.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Literal, cast

from fairlead.deals.rules import MEASURES, DealRow

FIELDS = (
    "name",
    "account",
    "owner",
    "amount",
    "currency",
    "stage",
    "forecast_category",
    "close_on",
    "created_on",
    "status",
    "closed_on",
    "product",
    "source",
    "type",
    "next_step",
)
"""The fields of a DealRow that are values of the deal."""

KNOWN_FROM_CREATION = frozenset({"name", "account", "owner", "currency", "created_on", "source", "type"})
"""Without history these are taken as they stood when the deal was created; the rest only as the file shows."""

TRACKED = frozenset({"amount", "stage", "forecast_category", "close_on", "owner", "status"})
"""Fields a source with history records. A deal with any recorded change of them has had the others all along."""

_PLACES = {name: place for place, name in enumerate(FIELDS)}
_DAYS = frozenset({"close_on", "created_on", "closed_on"})
How = Literal["recorded", "compared", "first"]


@dataclass(frozen=True, slots=True)
class Fact:
    """A recorded change, or (``field`` empty, ``new`` JSON) a row seen at ``recorded_at``."""

    field: str
    old: str | None
    new: str | None
    at: datetime
    at_from: datetime | None
    recorded_at: datetime
    by: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One change of one field. ``how`` says whether the source recorded it, rows were compared, or it is the
    first value known. Where ``at_from`` is set, only the interval from there to ``at`` is known."""

    field: str
    old: str | None
    new: str
    at: datetime
    at_from: datetime | None
    recorded_at: datetime
    by: str
    how: How


# Canonical text


def plain(amount: Decimal) -> str:
    """A decimal as plain canonical text: 1054.0 -> '1054', 1E+3 -> '1000'."""
    text = format(amount, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in {"-0", ""} else text


def canonical_value(field: str, text: str | None) -> str | None:
    """The canonical spelling of a change's value, so that the same fact is told the same."""
    if text is None:
        return None
    text = text.strip()
    if field in ("amount", *MEASURES) and text:
        try:
            return plain(Decimal(text))
        except InvalidOperation:
            return text
    if field in _DAYS:
        return text[:10]
    if field == "currency":
        return text.upper()
    return text.lower() if field == "status" else text


def values_of(row: DealRow, home: str) -> dict[str, str]:
    """The row's values as canonical text, empty ones left out. A missing currency is the organisation's."""
    values = {key: text.strip() for key, text in row.extra.items() if key not in FIELDS}
    values |= {
        "name": row.name.strip(),
        "account": row.account.strip(),
        "owner": row.owner.strip(),
        "amount": "" if row.amount is None else plain(row.amount),
        "currency": row.currency.strip().upper() or home,
        "stage": row.stage.strip(),
        "forecast_category": row.forecast_category.strip(),
        "close_on": row.close_on.isoformat() if row.close_on else "",
        "created_on": row.created_on.isoformat() if row.created_on else "",
        "status": row.status,
        "closed_on": row.closed_on.isoformat() if row.closed_on else "",
        "product": row.product.strip(),
        "source": row.source.strip(),
        "type": row.type.strip(),
        "next_step": row.next_step.strip(),
    }
    return {key: text for key, text in values.items() if text}


def digest(values: Mapping[str, str]) -> int:
    """64 bits (signed) of the values, whatever their order."""
    return digest_of(row_text(values))


def digest_of(text: str) -> int:
    """The same from the ``row_text`` of the values."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big", signed=True)


def fact_key(fact: Fact) -> int:
    """64 bits (signed) of what makes a fact itself: who typed it and how exactly it is dated do not count."""
    old = "\x00" if fact.old is None else fact.old
    new = "\x00" if fact.new is None else fact.new
    text = f"{fact.field}\x1f{old}\x1f{new}\x1f{fact.at.timestamp()}\x1f{fact.recorded_at.timestamp()}"
    return digest_of(text)


def row_text(values: Mapping[str, str]) -> str:
    """A row's values as the text of its fact."""
    return _encode(values)


_encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


@lru_cache(maxsize=4096)
def _row_values(text: str | None) -> dict[str, str]:
    """A row's values back from the text of its fact; kept a while, because one deal's are asked repeatedly."""
    values: dict[str, str] = json.loads(text or "{}")
    return values


# Timeline


@dataclass(frozen=True, slots=True)
class _Seen:
    at: datetime
    at_from: datetime | None
    values: dict[str, str]


StartOfDay = Callable[[date], datetime]


def timeline(
    facts: Iterable[Fact], *, start_of_day: StartOfDay, static: Collection[str] = frozenset()
) -> list[Event]:
    """The events of one deal, by ``recorded_at``; those of one moment by field, each in its own order.

    ``start_of_day`` gives the instant a day begins in the organisation's zone. ``static`` names further
    columns that are known from creation on. Where a row disagrees with the changes recorded up to then, the
    row wins at its moment, and the change lies somewhere after what was known last.
    """
    rows, changes = _sorted(facts)
    begin = _begin(rows, changes, start_of_day)
    if begin is None:
        return []
    first = _first_values(rows, changes, begin, start_of_day, frozenset(static))
    fields = sorted({*first, *changes, *(name for row in rows for name in row.values)}, key=_place)
    events = [e for name in fields for e in _field(name, first.get(name, []), changes.get(name, []), rows)]
    return sorted(events, key=lambda e: e.recorded_at)


def _place(field: str) -> tuple[int, str]:
    """Fields of a deal in their usual order, then extra columns by name."""
    return _PLACES.get(field, len(_PLACES)), field


def _sorted(facts: Iterable[Fact]) -> tuple[list[_Seen], dict[str, list[Fact]]]:
    """Rows by their moment (those of one moment in the order given) and changes by field, chained."""
    rows, changes = [], {}  # type: ignore[var-annotated]
    for fact in facts:
        if fact.field:
            changes.setdefault(fact.field, []).append(fact)
        else:
            rows.append(_Seen(fact.recorded_at, fact.at_from, _row_values(fact.new)))
    rows.sort(key=lambda row: row.at)
    return rows, {name: _chained(changes[name]) for name in sorted(changes)}


def _chained(changes: list[Fact]) -> list[Fact]:
    """Changes by (recorded_at, at); those of one moment so that each ``old`` follows the ``new`` before."""
    changes.sort(key=lambda c: (c.recorded_at, c.at, c.old or "", c.new or ""))
    if all((a.recorded_at, a.at) != (b.recorded_at, b.at) for a, b in itertools.pairwise(changes)):
        return changes
    chained: list[Fact] = []
    waiting = changes
    while waiting:
        moment = (waiting[0].recorded_at, waiting[0].at)
        value = (chained[-1].new or "") if chained else None
        same = [c for c in waiting if (c.recorded_at, c.at) == moment]
        begun = {c.new or "" for c in same}
        following = next((c for c in same if value is not None and (c.old or "") == value), None)
        head = next((c for c in same if c.old is None or c.old not in begun), same[0])
        pick = following or head
        chained.append(pick)
        waiting = [c for c in waiting if c is not pick]
    return chained


def _begin(
    rows: Sequence[_Seen], changes: Mapping[str, Sequence[Fact]], start_of_day: StartOfDay
) -> datetime | None:
    """When the deal begins: its creation, or the earliest thing known of it if that is earlier."""
    moments = [chain[0].recorded_at for chain in changes.values()] + [row.at for row in rows[:1]]
    created = next((row.values["created_on"] for row in rows if "created_on" in row.values), None)
    if created:
        moments.append(start_of_day(date.fromisoformat(created)))
    return min(moments, default=None)


def _first_values(
    rows: Sequence[_Seen],
    changes: Mapping[str, Sequence[Fact]],
    begin: datetime,
    start_of_day: StartOfDay,
    static: frozenset[str],
) -> dict[str, list[Event]]:
    """The first value of each field, and from when on it counts as known."""
    first = {
        name: [_first(name, chain[0].old, begin, begin)] for name, chain in changes.items() if chain[0].old
    }
    if "status" not in changes or changes["status"][0].old == "":
        first["status"] = [_first("status", "open", begin, begin)]
    if not rows:
        return first
    known = KNOWN_FROM_CREATION | static | (TRACKED if TRACKED & changes.keys() else frozenset())
    latest = _known_latest(rows[0], changes.get("status", ()), begin, start_of_day)
    for name, value in rows[0].values.items():
        if name in changes:
            continue
        if name == "status":
            if value != "open":
                first[name].append(replace(_first(name, value, begin, latest), old="open"))
        else:
            first[name] = [_first(name, value, begin, begin if name in known else latest)]
    if rows[0].values.get("closed_on"):  # then the closing has its day, not only an interval
        for name in ("status", "closed_on"):
            first[name] = [replace(event, at_from=None) for event in first.get(name, [])]
    return first


def _first(name: str, value: str, begin: datetime, known: datetime) -> Event:
    return Event(name, None, value, known, None if known == begin else begin, known, "", "first")


def _known_latest(
    row: _Seen, statuses: Sequence[Fact], begin: datetime, start_of_day: StartOfDay
) -> datetime:
    """From when on what the first row shows was known at the latest: its closing, else its own moment."""
    if row.values.get("status", "open") == "open":
        return row.at
    closings = [c.recorded_at for c in statuses if c.new == row.values["status"] and c.recorded_at <= row.at]
    if closings:
        return closings[-1]
    closed = row.values.get("closed_on")
    if not closed:
        return row.at
    return min(max(start_of_day(date.fromisoformat(closed)), begin), row.at)


def _field(name: str, first: list[Event], chain: Sequence[Fact], rows: Sequence[_Seen]) -> list[Event]:
    """The events of one field: its first values, the recorded changes, and what rows showed otherwise."""
    if len(first) == 1 and not chain and _unchanged(first[0], rows):
        return first
    waiting = first + [
        Event(name, c.old, c.new or "", c.at, c.at_from, c.recorded_at, c.by, "recorded") for c in chain
    ]
    events: list[Event] = []
    value, place, before = "", 0, None
    for row in rows:
        while place < len(waiting) and waiting[place].recorded_at <= row.at:
            events.append(waiting[place])
            value, place = waiting[place].new, place + 1
        claim = row.values.get(name, "")
        # An empty cell says something only where the row before had a value: columns can be absent.
        if (claim or (before is not None and before.values.get(name))) and claim != value:
            events.append(_compared(name, value, claim, row, before, events))
            value = claim
        before = row
    return events + waiting[place:]


def _unchanged(first: Event, rows: Sequence[_Seen]) -> bool:
    """Whether every row shows the first value: the common case, and quick to see."""
    name, value, since = first.field, first.new, first.recorded_at
    for row in rows:  # noqa: SIM110 - twice as fast as all(…), and run for every field of every changed deal
        if row.values.get(name) != value or since > row.at:
            return False
    return True


def _compared(
    name: str, old: str, new: str, row: _Seen, before: _Seen | None, events: Sequence[Event]
) -> Event:
    bounds = [moment for moment in (row.at_from, before.at if before else None) if moment]
    bounds += [events[-1].recorded_at] if events else []
    since = max(bounds, default=None)
    return Event(name, old if events else None, new, row.at, since, row.at, "", "compared")


# Folding


def state_at(events: Iterable[Event], instant: datetime | None = None) -> dict[str, str]:
    """The values known at an instant (what was recorded before it), empty ones left out; {} before the first.

    Without an instant: the newest state.
    """
    state: dict[str, str] = {}
    for event in events:
        if instant is not None and event.recorded_at >= instant:
            continue
        if event.new:
            state[event.field] = event.new
        else:
            state.pop(event.field, None)
    return state


def pushes(events: Sequence[Event]) -> int:
    """How often the close date was moved later while the deal was open.

    A date set by the act of closing is no push: the deal is closed at that moment, or the date is the day it
    closed and it closed within a day.
    """
    moves = [e for e in events if e.field == "close_on" and e.old and e.new and e.how != "first"]
    statuses = [e for e in events if e.field == "status"]
    closed_on = next((e.new for e in reversed(events) if e.field == "closed_on"), "")
    count = 0
    for move in moves:
        open_then = _value_at(statuses, move.recorded_at) in {"", "open"}
        closing = move.new == closed_on and not open_then
        if open_then and move.new == closed_on:
            closing = _value_at(statuses, move.recorded_at + timedelta(days=1)) not in {"", "open"}
        count += move.new > cast(str, move.old) and open_then and not closing
    return count


def _value_at(events: Sequence[Event], moment: datetime) -> str:
    return next((e.new for e in reversed(events) if e.recorded_at <= moment), "")


def columns_of_newest_row(facts: Iterable[Fact]) -> list[str]:
    """The columns that had a value in the newest row seen; [] when none was."""
    rows = [fact for fact in facts if not fact.field]
    newest = max(rows, key=lambda row: row.recorded_at, default=None)
    return list(_row_values(newest.new)) if newest else []


def comparable(state: Mapping[str, str], facts: Iterable[Fact]) -> int:
    """The digest a row must have to bring nothing new: of the columns the newest row had."""
    columns = columns_of_newest_row(facts)
    return digest({name: state[name] for name in columns if name in state}) if columns else 0


def owners(events: Iterable[Event]) -> set[str]:
    """Every owner's label the deal ever had."""
    return {text for e in events if e.field == "owner" for text in (e.old, e.new) if text}

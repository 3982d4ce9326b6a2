"""The deals behind a call, as the call needs them: in the reporting currency, with their category."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, cast

from django.db.models import Q, QuerySet

from fairlead.calls import kinds, rules
from fairlead.deals import queries as deal_queries
from fairlead.deals import rules as deals
from fairlead.deals import splits
from fairlead.deals.models import Deal
from fairlead.forecasting.periods import Period
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.guard import GuardedQuerySet

Line = deals.DealState
COLUMNS: dict[str, frozenset[str]] = {
    "closed": frozenset({"closed"}),
    "commit": frozenset({"commit", "closed"}),
    "most_likely": frozenset({"most_likely", "commit", "closed"}),
    "best_case": frozenset({"best_case", "most_likely", "commit", "closed"}),
    "pipeline": deals.OPEN_PIPELINE,
}
"""Which categories each cumulative column adds up."""
_ADDED = "deals that are added up, whoever reads the sum"
_GONE = "a deal that left a number is compared with what it is now"
_FIELDS = (
    "pk", "public_id", "name", "external_id", "owner_id", "home_minor", "own_category", "stage",
    "forecast_category", "status", "close_on", "closed_on", "missing_since", "missing_answer",
)  # fmt: skip


def lines(actor: access.Actor, owners: Iterable[int], *, period: Period, at: datetime) -> list[Line]:
    """Every open deal of the owners, and those closed in the period, that the actor may read.

    Of a divided deal there is a line for each share that one of them holds, and none for an owner who holds none.
    """
    wanted = list(owners)
    held = splits.of_people(wanted)
    rows = (
        Deal.objects.seen_by(actor, "deal.read")
        .filter(Q(owner__in=wanted) | Q(pk__in=list(held)) if held else Q(owner__in=wanted))
        .filter(Q(status="open") | Q(closed_on__range=(period.starts_on, period.ends_on)))
    )
    found = _lines(rows.values_list(*_FIELDS), people.house().day(at))
    mine = set(wanted)
    return [line for line in splits.divided(found, held) if line.owner in mine] if held else found


def lines_then(
    owners: Iterable[int], period: Period, at: datetime, *, shown_to: access.Actor | None = None
) -> list[Line]:
    """The same as it was known at an instant, with the stages, categories and rates of then.

    Sums of the past hold what they held; a deal that ``shown_to`` may not read today has no name.
    """
    wanted = set(owners)
    states = [
        state
        for state in deal_queries.state_as_of(access.system(_GONE), wanted, at)
        if state.owner in wanted
        and (state.status == "open" or (state.closed_on is not None and period.contains(state.closed_on)))
    ]
    named = deal_queries.named(shown_to, [state.id for state in states]) if shown_to is not None else {}
    return [state if state.id in named else replace(state, name="", public_id="") for state in states]


def lines_known(owners: Collection[int], period: Period, at: datetime, *, past: bool) -> list[Line]:
    """Everybody's of these owners, for arithmetic: as known now, or with ``past`` as known at an instant."""
    if past:
        return lines_then(owners, period, at)
    return lines(access.system(_ADDED), owners, period=period, at=at)


def _lines(rows: Iterable[tuple[Any, ...]], day: date) -> list[Line]:
    mapping = deal_queries.mapping(day)
    return [_line(row, mapping) for row in rows]


def states(rows: Iterable[Deal], day: date) -> list[Line]:
    """Deals that were read already, as the call needs them."""
    return _lines([tuple(getattr(row, name) for name in _FIELDS) for row in rows], day)


def _line(row: tuple[Any, ...], mapping: dict[str, str]) -> Line:
    (
        id,
        public_id,
        name,
        external,
        owner,
        amount,
        own,
        stage,
        said,
        status,
        close_on,
        closed_on,
        gone,
        answer,
    ) = row
    category, _ = deals.resolve_category(status=status, own=own, stage=stage, source=said, mapping=mapping)
    # A booking stays until somebody says the record was deleted; an open deal that vanished counts no more.
    missing = gone is not None and (answer == "deleted" or (status == "open" and answer != "kept"))
    return Line(
        id, public_id, name or external, owner, amount, category, status, stage, close_on, closed_on, missing
    )


def due_on(line: Line) -> date | None:
    """The day a deal counts on: expected while it is open, else the day it closed."""
    return line.close_on if line.status == "open" else line.closed_on


def is_due(line: Line, period: Period) -> bool:
    """Whether a deal is due, or closed, in the period."""
    day = due_on(line)
    return day is not None and period.contains(day) and not line.missing


def counted(line: Line, period: Period, category: str = "pipeline") -> bool:
    """Whether the deal stands in a cumulative column of the period (default: open pipeline)."""
    return is_due(line, period) and line.amount is not None and line.category in COLUMNS[category]


def column(every: Iterable[Line], owner: int, period: Period, category: str) -> int:
    """The owner's deals in a cumulative column of the period."""
    return sum(line.amount or 0 for line in every if line.owner == owner and counted(line, period, category))


def columns_by_owner(every: Iterable[Line], period: Period) -> dict[int, dict[str, int]]:
    """owner -> cumulative column -> the own deals of the period, of whoever has any."""
    found: dict[int, dict[str, int]] = {}
    for line in every:
        if line.owner is None or not line.amount or not is_due(line, period):
            continue
        for name, categories in COLUMNS.items():
            if line.category in categories:
                mine = found.setdefault(line.owner, dict.fromkeys(COLUMNS, 0))
                mine[name] += line.amount
    return found


def credited(persons: Iterable[int], period: Period, at: datetime, *, past: bool) -> list[Line]:
    """The deals that credit these persons beside the revenue: one line for each overlay share, its amount the credit.

    For sums: callers checked access to the persons' numbers.
    """
    wanted = set(persons)
    held = splits.credits_at(at, wanted) if past else splits.credits_now(wanted)
    if not held:
        return []
    if past:
        whole = deal_queries.states_of(list(held), at, divided=False)
    else:
        whole = _lines(_any(set(held)).values_list(*_FIELDS), people.house().day(at))
    return [one for line in whole for one in line.shared(held.get(line.id, ())) if is_due(line, period)]


def singles(every: Iterable[Line], owners: Iterable[int | None], period: Period) -> dict[str, int]:
    """The single columns of some owners' deals due in the period."""
    wanted = set(owners)
    parts = [
        (line.category, line.amount or 0)
        for line in every
        if line.owner in wanted
        and line.category
        and (counted(line, period) or counted(line, period, "closed"))
    ]
    return rules.single(parts)


# As a submission keeps them


def frozen(line: Line) -> list[object]:
    """A deal as a submission keeps it; names are looked up where they are shown."""
    days = [day.isoformat() if day else None for day in (line.close_on, line.closed_on)]
    share = [line.whole, line.low, line.high, line.deal_owner] if line.divided else []
    return [line.id, line.owner, line.amount, line.category, line.status, *days, int(line.missing), *share]


def thawed(rows: Iterable[Sequence[Any]]) -> list[Line]:
    """Deals as a submission kept them."""
    return [_thawed(*row) for row in rows]


def _thawed(
    id: int, owner: int, amount: int | None, category: str, status: str, close_on: str | None,
    closed_on: str | None, missing: int, *share: int | None,
) -> Line:  # fmt: skip
    days = [date.fromisoformat(day) if day else None for day in (close_on, closed_on)]
    whole = Line(
        id, "", "", owner, amount, category, cast(deals.Status, status), "", days[0], days[1], bool(missing)
    )
    if not share:
        return whole
    of, low, high, deal_owner = share
    return replace(whole, divided=True, whole=of, low=low or 0, high=high or 0, deal_owner=deal_owner)


# What moved


def moves(
    before: Iterable[Line], now: Iterable[Line], period: Period, *, owners: set[int], since: datetime,
    at: datetime, columns: frozenset[str], past: bool = False, kind: rules.Kind | None = None,
) -> tuple[deals.Moved, ...]:  # fmt: skip
    """What each deal moved in a column between two instants, one reason per deal."""
    mine: frozenset[int | None] = frozenset(owners)
    old, new = list(before), list(now)
    gone = {line.id for line in old} - {line.id for line in new}
    old += kinds.taken(
        _moved_in({line.id for line in new} - {line.id for line in old}, owners, since),
        kind,
        since,
        past=True,
    )
    became = kinds.taken(deal_queries.states_of(gone, at) if past else _now(gone, at), kind, at, past=past)
    return deals.changes_between(old, [*new, *became], period, owners=mine, columns=columns).moves


def bars(
    before: Iterable[Line], now: Iterable[Line], period: Period, *, owners: set[int], since: datetime,
    at: datetime, category: str = "commit", past: bool = False, kind: rules.Kind | None = None,
) -> list[rules.Bar]:  # fmt: skip
    """One bar per reason for a column's move between two instants; together they are its move.

    ``past``: the later instant is no longer now. ``kind``: the deals are those of a forecast type.
    """
    found = []
    columns, old, new = COLUMNS[category], list(before), list(now)
    retyped = _retyped(old, new, since, at, past) if kind is not None else set()
    for move in moves(
        old, new, period, owners=owners, since=since, at=at, columns=columns, past=past, kind=kind
    ):
        found += [
            rules.Bar(
                "type_changed" if move.deal.id in retyped and reason in ("deleted", "new") else reason,
                amount,
                (move.deal.id,),
            )
            for reason, amount in move.bars
        ]
    order = (*deals.REASONS, "type_changed")
    ranked = sorted(found, key=lambda bar: order.index(bar.kind))
    return [replace(bar, deals=tuple(dict.fromkeys(bar.deals))) for bar in rules.add_bars(ranked)]


def _retyped(old: Sequence[Line], new: Sequence[Line], since: datetime, at: datetime, past: bool) -> set[int]:
    """Deals that a forecast type took at one instant only, and that were there at both."""
    was, is_ = {line.id for line in old}, {line.id for line in new}
    gone, came = was - is_, is_ - was
    still = {line.id for line in (deal_queries.states_of(gone, at) if past else _now(gone, at))}
    known = {line.id for line in deal_queries.states_of(came, since) if not line.bare} if came else set()
    return (gone & still) | (came & known)


def _any(ids: set[int]) -> GuardedQuerySet[Deal]:
    return Deal.objects.for_system(_GONE).filter(pk__in=ids)


def _now(ids: set[int], at: datetime) -> list[Line]:
    """What became of deals that are no longer among a team's: moved to another owner, or closed elsewhere."""
    if not ids:
        return []
    rows = _any(ids)
    return splits.divided(_lines(rows.values_list(*_FIELDS), people.house().day(at)), splits.of_deals(ids))


def _moved_in(ids: set[int], owners: set[int], since: datetime) -> list[Line]:
    """What deals that are new to a team were before, where they belonged to somebody else."""
    if not ids:
        return []
    rows = _any(ids).filter(first_recorded_at__lt=since)
    there = dict(rows.values_list("pk", "owner_id"))
    if not there:
        return []
    persons = {owner for owner in there.values() if owner is not None}
    states = deal_queries.state_as_of(access.system(_GONE), persons, since)
    lacking = set(there) - {state.id for state in states} if splits.any_at_all() else set()
    states += deal_queries.states_of(lacking, since) if lacking else []
    return [state for state in states if state.id in there and state.owner not in owners]


# Not counted


@dataclass(frozen=True, slots=True)
class NotCounted:
    """A deal or a person left out of the sums, and why; ``whose`` is the owner."""

    kind: str
    id: int
    public_id: str
    name: str
    whose: str
    amount: int | None
    why: str


_NO_AMOUNT = "Amount missing, or no rate for its currency."


def left_out(line: Line, period: Period, today: date) -> str:
    """Why an open deal stands in no sum, or nothing when it does."""
    if line.status != "open":
        closed_later = line.status == "won" and line.closed_on is not None and line.closed_on > today
        return "Closed in the future." if closed_later else ""
    if line.missing:
        return "Missing from the last full import."
    if line.close_on is None:
        return "Expected close date missing."
    if line.amount is None:
        return _NO_AMOUNT
    if not line.category:
        return f"Stage “{line.stage}” has no category."
    return "Expected before this period began." if line.close_on < period.starts_on else ""


def not_counted(
    every: Iterable[Line], period: Period, today: date, names: dict[int, str], kind: rules.Kind | None = None
) -> list[NotCounted]:
    """The deals left out, largest first; of a forecast type those that it takes."""
    rows = list(every)
    reasons = [(line, left_out(line, period, today)) for line in rows] + _doubles(rows)
    if kind is not None and kind.measure != "amount":
        lacking = {"arr": "ARR missing, or no rate for its currency.", "quantity": "Quantity missing."}
        reasons = [(line, lacking[kind.measure] if why == _NO_AMOUNT else why) for line, why in reasons]
    found = [
        NotCounted(
            "deal", line.id, line.public_id, line.name, names.get(line.owner or 0, ""), line.amount, why
        )
        for line, why in reasons
        if why
    ]
    return sorted(found, key=lambda item: (-(item.amount or 0), item.name))


def _doubles(every: Iterable[Line]) -> list[tuple[Line, str]]:
    """Open deals that look like another one; they count until somebody closes one of the two."""
    seen: dict[tuple[str, int | None], Line] = {}
    found = []
    for line in sorted(every, key=lambda line: line.id):
        key = (line.name.strip().casefold(), line.whole if line.divided else line.amount)
        if line.status == "open" and not line.missing and line.name and line.amount:
            if key in seen and seen[key].id != line.id:
                found.append((line, f"Counted, but looks like a duplicate of {seen[key].name}."))
            seen.setdefault(key, line)
    return found


# Money


def money(amount: int, currency: str) -> str:
    """Minor units as a person writes them in a sentence: ``€2.47M``, ``€61k``."""
    return deals.spoken(amount, currency)


def convert(amount: int, currency: str, day: date) -> int | None:
    """Minor units of a currency in the organisation's by the dated rate; None when there is no rate."""
    home = people.house().currency
    return amount if currency in {"", home} else deal_queries.rates().convert(amount, currency, day)


def rates_used(every: Iterable[Line], day: date) -> dict[str, str]:
    """The conversion rates in force on a day for the currencies of some deals."""
    rates = deal_queries.rates()
    rows = _any({line.id for line in every}).exclude(currency=rates.home)
    found = {}
    for currency in sorted(set(rows.values_list("currency", flat=True))):
        rate = rates.rate(currency, day)
        if rate is not None:
            found[currency] = format(rate, "f")
    return found


def booked_below(members: Iterable[int] | QuerySet[Any, Any], period: Period, at: datetime | None) -> int:
    """Booked by a whole subtree, live or as known at an instant; for companies that have no estimate run yet."""
    ids = set(members.values_list("member", flat=True)) if isinstance(members, QuerySet) else set(members)
    return deal_queries.booked(ids, period, at).minor

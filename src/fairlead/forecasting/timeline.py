"""The history as columns, and its state at any day: what was recorded before that day, nothing later.

A day is ``date.toordinal()``. The state at day t is made of the changes whose recorded day (in the
organisation's zone) is before t. Where a deal has no recorded change of its outcome it is known from
``created_on`` and open until ``closed_on``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from fairlead.forecasting.types import Change, Deal, History

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
NEVER = 4_000_000
"""A day after every real one."""
_FACTOR = 10_000_000


@dataclass(frozen=True)
class Field:
    """One field of all deals in time: value codes, and where each stands at a given day.

    ``levels`` are the texts of the codes. ``now`` is the value as the source shows it, for deals that never
    changed. ``key`` = deal * 10^7 + recorded day, rising. ``recorded`` tells whether any change is known.
    """

    levels: tuple[str, ...]
    now: Ints
    key: Ints
    day: Ints
    old: Ints
    new: Ints
    first: Ints

    @property
    def recorded(self) -> bool:
        return len(self.key) > 0

    @cached_property
    def numbers(self) -> Floats:
        """The levels as numbers; read once, because every look at the past asks for them."""
        return np.array([number(text) for text in self.levels])

    def position(self, deals: Ints, day: int | Ints) -> Ints:
        """For each deal the index after its last change recorded before ``day``."""
        return np.searchsorted(self.key, deals * _FACTOR + day)

    def codes_at(self, deals: Ints, day: int | Ints) -> Ints:
        """Value codes of the given deals as known at the start of ``day``."""
        value = self.now[deals].copy()
        if not self.recorded:
            return value
        at = self.position(deals, day)
        past, later = at > self.first[deals], at < self.first[deals + 1]
        value[past] = self.new[at[past] - 1]
        only_later = later & ~past
        value[only_later] = self.old[at[only_later]]
        return value

    def changed_on(self, deals: Ints, day: int, otherwise: Ints) -> Ints:
        """Day of the last change recorded before ``day``; ``otherwise`` where there is none."""
        if not self.recorded:
            return otherwise.copy()
        at = self.position(deals, day)
        past = at > self.first[deals]
        out = otherwise.copy()
        out[past] = self.day[at[past] - 1]
        return out


@dataclass(frozen=True)
class Timeline:
    """Deals known at ``as_of`` as columns, oldest first, then by id.

    ``created``, ``closed`` (true day) and ``closed_known`` (recorded day) are days, NEVER where open.
    ``outcome`` is 1 won, 0 lost, -1 open. ``amounts`` are floats, NaN where unknown.
    """

    as_of: int
    deals: tuple[Deal, ...]
    created: Ints
    created_known: Bools
    closed: Ints
    closed_known: Ints
    outcome: Ints
    amount: Floats
    fields: dict[str, Field]
    events: Field
    pushes: Ints
    dated: bool
    """Whether closings carry a day at all; without one only ever-won can be estimated."""

    def __len__(self) -> int:
        return len(self.deals)

    def open_at(self, day: int) -> Ints:
        """Indices of deals known and not known to be closed at the start of ``day``."""
        return np.flatnonzero((self.created < day) & (self.closed_known >= day))

    def amounts_at(self, deals: Ints, day: int | Ints) -> Floats:
        """Amounts as known at the start of ``day``; NaN where unknown."""
        f = self.fields.get("amount")
        if f is None or not f.recorded:
            return self.amount[deals]
        moved = f.first[deals + 1] > f.first[deals]
        return np.where(moved, f.numbers[f.codes_at(deals, day)], self.amount[deals])

    def pushes_at(self, deals: Ints, day: int) -> Ints:
        """How often the close date was moved later before ``day``."""
        f = self.fields.get("close_on")
        if f is None or not f.recorded:
            return np.zeros(len(deals), np.int64)
        at = f.position(deals, day)
        return self.pushes[at] - self.pushes[f.first[deals]]


def number(text: str) -> float:
    """The number in a recorded text; NaN where it is none or not finite."""
    try:
        value = float(text)
    except ValueError:
        return float("nan")
    return value if np.isfinite(value) else float("nan")


def as_known(history: History, as_of: date) -> History:
    """The history as it was at the start of ``as_of``: later deals, closings and changes taken back."""
    cut = as_of.toordinal()
    days = recorded_days(history.changes, history.time_zone)
    changes = [c for c, d in zip(history.changes, days, strict=True) if d < cut]
    later: dict[str, dict[str, Change]] = {}
    for c, d in sorted(zip(history.changes, days, strict=True), key=lambda x: x[0].recorded_at, reverse=True):
        if d >= cut:
            later.setdefault(c.deal_id, {})[c.field] = c
    known = [_rolled_back(d, later.get(d.id, {}), cut) for d in history.deals]
    return replace(history, deals=[d for d in known if d is not None], changes=changes)


def _rolled_back(deal: Deal, later: dict[str, Change], cut: int) -> Deal | None:
    if deal.created_on is not None and deal.created_on.toordinal() >= cut:
        return None
    if deal.created_on is None and deal.closed_on is not None and deal.closed_on.toordinal() >= cut:
        return None
    if later:
        deal = _take_back(deal, later)
    if deal.closed_on is not None and deal.closed_on.toordinal() >= cut:
        deal = replace(deal, status="open", closed_on=None)
    return deal


def _take_back(deal: Deal, later: dict[str, Change]) -> Deal:
    evidence = dict(deal.evidence)
    for name, change in later.items():
        old = change.old or ""
        if name == "status":
            if old not in ("won", "lost"):
                deal = replace(deal, status="open", closed_on=None)
        elif name == "amount":
            value = number(old)
            deal = replace(deal, amount=None if np.isnan(value) else value)
        elif name == "close_on":
            deal = replace(deal, close_on=day_of_text(old))
        elif name == "stage":
            deal = replace(deal, stage=old)
        elif name == "category":
            deal = replace(deal, category=old)
        elif name == "owner":
            deal = replace(deal, owner=old)
        else:
            evidence[name] = old
    return replace(deal, evidence=evidence)


def day_of_text(text: str) -> date | None:
    """The date of an ISO text, None where it is none."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def build(history: History, as_of: date) -> Timeline:
    """Columns of what was known at the start of ``as_of``."""
    known = as_known(history, as_of)
    deals = sorted(known.deals, key=_age_order)
    index = {d.id: i for i, d in enumerate(deals)}
    changes = [c for c in known.changes if c.deal_id in index]
    days = recorded_days(changes, history.time_zone)
    by_field: dict[str, list[tuple[int, int, int, Change]]] = {}
    for order, (c, d) in enumerate(zip(changes, days, strict=True)):
        by_field.setdefault(c.field, []).append((index[c.deal_id], d, order, c))
    cut = as_of.toordinal()
    created, created_known, closed, outcome = _outcomes(deals, cut)
    closed_known = _closing_known(closed, outcome, by_field.get("status", []))
    before_close = {f: [r for r in rows if r[1] < closed_known[r[0]]] for f, rows in by_field.items()}
    fields = {f: _field(deals, f, before_close.get(f, [])) for f in _field_names(known, by_field)}
    events = _field(deals, "", [r for f, rows in sorted(before_close.items()) if f != "status" for r in rows])
    amount = np.array([np.nan if d.amount is None else float(d.amount) for d in deals], float)
    dated = bool(((closed < NEVER) & (outcome >= 0)).any()) or not (outcome >= 0).any()
    return Timeline(
        cut, tuple(deals), created, created_known, closed, closed_known, outcome, amount, fields, events,
        _pushes(fields.get("close_on")), dated,
    )  # fmt: skip


def _age_order(deal: Deal) -> tuple[date, str]:
    """Oldest first, then by id; deals without any date keep the order of the source."""
    first = deal.created_on or deal.closed_on
    return (first, deal.id) if first else (date.min, "")


def _field_names(history: History, by_field: Iterable[str]) -> list[str]:
    evidence: set[str] = set()
    for d in history.deals:
        evidence.update(d.evidence)
    plain = {"stage", "category", "owner", "close_on", "amount", "product", "type"}
    return sorted(plain | evidence | (set(by_field) - {"status"}))


def _outcomes(deals: Sequence[Deal], cut: int) -> tuple[Ints, Bools, Ints, Ints]:
    n = len(deals)
    created, closed = np.full(n, cut - 1), np.full(n, NEVER)
    known, outcome = np.zeros(n, bool), np.full(n, -1)
    for i, d in enumerate(deals):
        if d.closed_on is not None and d.status != "open":
            closed[i] = created[i] = d.closed_on.toordinal()
        if d.created_on is not None:
            created[i], known[i] = min(d.created_on.toordinal(), closed[i]), True
        if d.status != "open":
            outcome[i] = int(d.status == "won")
    return created.astype(np.int64), known, closed.astype(np.int64), outcome.astype(np.int64)


def _closing_known(closed: Ints, outcome: Ints, rows: list[tuple[int, int, int, Change]]) -> Ints:
    """The recorded day of the last change into won or lost; the true day where nothing was recorded.

    A closed deal without any day is known from the start, so that it is never taken for open. A closing
    day missing on the deal itself is filled in ``closed`` from the change.
    """
    for deal, _, _, change in sorted(rows, key=lambda r: r[:3]):
        if outcome[deal] >= 0 and closed[deal] == NEVER and change.new in ("won", "lost"):
            closed[deal] = _utc(change.at).toordinal()
    out = np.where((closed == NEVER) & (outcome >= 0), 0, closed)
    for deal, day, _, change in sorted(rows, key=lambda r: r[:3]):
        if change.new in ("won", "lost") and closed[deal] < NEVER:
            out[deal] = max(day, int(closed[deal]))
    return out


def _value(deal: Deal, name: str) -> str:
    if name == "close_on":
        return deal.close_on.isoformat() if deal.close_on else ""
    if name == "amount":
        return "" if deal.amount is None else repr(float(deal.amount))
    if name in ("stage", "category", "owner", "product", "type"):
        return str(getattr(deal, name))
    return str(deal.evidence.get(name, "") or "")


def _field(deals: Sequence[Deal], name: str, rows: list[tuple[int, int, int, Change]]) -> Field:
    rows = sorted(rows, key=lambda r: (r[0], r[1], r[3].recorded_at, r[2]))
    now = [_value(d, name) if name else "" for d in deals]
    old, new = [r[3].old or "" for r in rows], [r[3].new or "" for r in rows]
    levels = tuple(sorted({*now, *old, *new}))
    code = {v: i for i, v in enumerate(levels)}
    deal = np.array([r[0] for r in rows], np.int64)
    day = np.array([r[1] for r in rows], np.int64)
    return Field(
        levels,
        np.array([code[v] for v in now], np.int64),
        deal * _FACTOR + day,
        day,
        np.array([code[v] for v in old], np.int64),
        np.array([code[v] for v in new], np.int64),
        np.searchsorted(deal, np.arange(len(deals) + 1)),
    )


def _pushes(field: Field | None) -> Ints:
    """Running count of moves to a later date over all changes of the close date."""
    if field is None or not field.recorded:
        return np.zeros(1, np.int64)
    days = days_of_levels(field)
    later = (days[field.new] > days[field.old]) & (days[field.old] > 0)
    return np.concatenate([[0], np.cumsum(later)]).astype(np.int64)


def days_of_levels(field: Field) -> Ints:
    """Day of each level of a date field; 0 where it is no date."""
    parsed = [day_of_text(t) for t in field.levels]
    return np.array([p.toordinal() if p else 0 for p in parsed], np.int64)


def recorded_days(changes: Sequence[Change], zone: str) -> list[int]:
    if zone.upper() in ("UTC", "Z", ""):
        return [_utc(c.recorded_at).toordinal() for c in changes]
    tz = ZoneInfo(zone)
    return [c.recorded_at.astimezone(tz).toordinal() for c in changes]


def _utc(moment: datetime) -> datetime:
    return moment if moment.tzinfo is UTC else moment.astimezone(UTC)

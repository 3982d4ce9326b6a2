"""The track of a deal: every state it was ever in, packed, so that any two instants are compared in columns.

A track is derived from what is kept (facts, own categories, absences) and can be thrown away and built again. Its
records hold what a source said, in the deal's own currency and in the source's words; what depends on settings
(the person behind an owner's name, the category of a stage, a rate) is looked up when it is read. A record counts
from after its moment on: what was recorded at an instant is known after it. No Django here.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from fairlead.deals import rules, timelines
from fairlead.deals.timelines import Event

Array: TypeAlias = NDArray[Any]
RECORD = np.dtype(
    [
        ("known", "<i8"),
        ("amount", "<i8"),
        ("owner", "<i4"),
        ("account", "<i4"),
        ("product", "<i4"),
        ("stage", "<i4"),
        ("said", "<i4"),
        ("currency", "<i4"),
        ("due", "<i4"),
        ("status", "u1"),
        ("own", "u1"),
        ("gone", "u1"),
        ("pushes", "u1"),
    ]
)
"""One state: ``known`` in microseconds and ``due`` in days since 1970, ``amount`` in minor units of ``currency``;
``owner`` is the key of an owner's name, the words are keys of ``Word``, 0 for none."""
_pack = struct.Struct("<qqiiiiiiiBBBB").pack
NO_AMOUNT = -(2**63)
NO_DAY = -(2**31)
STATUSES: tuple[str, ...] = ("open", "won", "lost")
CATEGORIES: tuple[str, ...] = ("", *rules.CATEGORIES)
"""Their places are the codes of categories here; 0 is none."""
GONE: Mapping[str, int] = {"found": 0, "kept": 0, "missing": 1, "deleted": 2}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST = date(1970, 1, 1).toordinal()


def moment(at: datetime) -> int:
    """An instant in microseconds since 1970."""
    apart = at - _EPOCH
    return (apart.days * 86_400 + apart.seconds) * 1_000_000 + apart.microseconds


def instant(known: int) -> datetime:
    """The instant that so many microseconds since 1970 are."""
    return _EPOCH + timedelta(microseconds=known)


def day(on: date | None) -> int:
    """A day counted from 1970."""
    return NO_DAY if on is None else on.toordinal() - _FIRST


class Known(NamedTuple):
    """A state in words, from a moment on."""

    known: datetime
    amount: int | None
    owner: str
    account: str
    product: str
    stage: str
    said: str
    currency: str
    due: date | None
    status: str
    own: str = ""
    gone: str = "found"
    pushes: int = 0

    @property
    def words(self) -> tuple[str, str, str, str, str]:
        return self.account, self.product, self.stage, self.said, self.currency

    @property
    def bare(self) -> bool:
        return self.status == "open" and self.amount is None and not (
            self.due or self.stage or self.said or self.own
        )  # fmt: skip


# From what is kept to a track


def of_row(values: Mapping[str, str], known: datetime, home: str) -> list[Known]:
    """The track of a deal of which one row is all there is, in canonical values, known from a moment on."""
    found = _known(values, known, home)
    return [] if found.bare else [found]


def of_events(
    events: Sequence[Event],
    choices: Iterable[tuple[datetime, str]] = (),
    absences: Iterable[tuple[datetime, str]] = (),
    *,
    home: str,
) -> list[Known]:
    """The track of a deal: its events in order of recording, own categories and absences by their moments.

    Of several things of one moment the later given counts. States in which nothing is known of the deal but
    that it exists do not begin a track.
    """
    said: dict[datetime, list[tuple[str, str]]] = {}
    for kind, told in (("own", choices), ("gone", absences)):
        for at, word in told:
            said.setdefault(at, []).append((kind, word))
    by_moment: dict[datetime, list[Event]] = {}
    for event in events:
        by_moment.setdefault(event.recorded_at, []).append(event)
    values: dict[str, str] = {}
    beside = {"own": "", "gone": "found"}
    track: list[Known] = []
    pushes, seen = 0, 0
    for at in sorted(by_moment.keys() | said.keys()):
        mine = by_moment.get(at, [])
        seen += len(mine)
        for event in mine:
            _apply(values, event)
        beside.update(said.get(at, []))
        if any(event.field in {"close_on", "status", "closed_on"} for event in mine):
            pushes = min(timelines.pushes(events[:seen]), 255)
        if not values:
            continue
        state = _known(values, at, home)._replace(own=beside["own"], gone=beside["gone"], pushes=pushes)
        if track and track[-1][1:] == state[1:]:
            continue
        if track or not state.bare:
            track.append(state)
    return track


def _apply(values: dict[str, str], event: Event) -> None:
    if event.new:
        values[event.field] = event.new
    else:
        values.pop(event.field, None)


def _known(values: Mapping[str, str], at: datetime, home: str) -> Known:
    currency = values.get("currency", home)
    status = values.get("status", "open")
    due = values.get("close_on" if status == "open" else "closed_on")
    amount = values.get("amount")
    return Known(
        known=at,
        amount=None if amount is None else rules.minor_of(amount, currency),
        owner=values.get("owner", "")[:160],
        account=values.get("account", "")[:200],
        product=values.get("product", "")[:160],
        stage=values.get("stage", "")[:120],
        said=values.get("forecast_category", "")[:40],
        currency=currency,
        due=date.fromisoformat(due) if due else None,
        status=status,
    )


Packed = tuple[int | None, int | None, bytes]
"""The earliest and the latest due day of a track (None: never due), and its records."""


def pack(track: Sequence[Known], word: Callable[[str], int], owner: Callable[[str], int]) -> Packed:
    """A track as it is stored; ``word`` and ``owner`` give the keys of words and of owners' names."""
    dues = [day(state.due) for state in track if state.due is not None]
    records = b"".join(
        _pack(
            moment(state.known),
            NO_AMOUNT if state.amount is None else state.amount,
            owner(state.owner),
            *map(word, state.words),
            day(state.due),
            STATUSES.index(state.status),
            CATEGORIES.index(state.own),
            GONE[state.gone],
            state.pushes,
        )
        for state in track
    )
    return min(dues, default=None), max(dues, default=None), records


# From tracks to states in columns


def present(*columns: Array) -> list[int]:
    """The different keys in columns of small whole numbers, ascending."""
    seen = np.zeros(max([int(column.max(initial=0)) for column in columns], default=0) + 1, bool)
    for column in columns:
        seen[column] = True
    return [int(key) for key in np.flatnonzero(seen)]


@dataclass(frozen=True)
class Tracks:
    """The tracks of some deals: the records of one deal stand together, in order of time."""

    deals: Array
    begins: Array
    ends: Array
    records: Array

    @classmethod
    def of(cls, rows: Sequence[tuple[int, bytes]]) -> Tracks:
        """From (deal, records), without empty ones."""
        return cls.joined([], rows)

    @classmethod
    def joined(
        cls,
        blocks: Sequence[tuple[bytes, bytes, bytes]],
        rows: Sequence[tuple[int, bytes]],
        instead: Sequence[int] = (),
    ) -> Tracks:
        """From blocks (deals, sizes, records) and single tracks; the deals ``instead`` count in no block."""
        deals = [np.frombuffer(deals, np.int64) for deals, _, _ in blocks]
        sizes = [np.frombuffer(sizes, np.int32) for _, sizes, _ in blocks]
        deals.append(np.array([deal for deal, _ in rows], np.int64))
        sizes.append(np.array([len(records) // RECORD.itemsize for _, records in rows], np.int32))
        records = [records for _, _, records in blocks] + [records for _, records in rows]
        all_deals, ends = np.concatenate(deals), np.cumsum(np.concatenate(sizes), dtype=np.int64)
        begins = np.append(np.zeros(1, np.int64), ends)[:-1]
        kept = np.ones(len(all_deals), bool)
        if len(instead):
            blocked = len(all_deals) - len(rows)
            kept[:blocked] = ~np.isin(all_deals[:blocked], np.array(instead, np.int64))
        joined = np.frombuffer(b"".join(records), RECORD)
        return cls(all_deals[kept], begins[kept], ends[kept], joined)

    def at(self, instant: datetime) -> tuple[Array, Array]:
        """(the place of the record of each deal that was in force, whether there was one)."""
        before = self.records["known"] < moment(instant)
        sums = np.append(np.zeros(1, np.int32), np.cumsum(before, dtype=np.int32))
        counts = sums[self.ends] - sums[self.begins]
        return self.begins + np.maximum(counts, 1) - 1, counts > 0

    def some(self, kept: Array) -> Tracks:
        """Of some of the deals."""
        return Tracks(self.deals[kept], self.begins[kept], self.ends[kept], self.records)

    def newest(self) -> Array:
        """The newest record of each deal."""
        newest: Array = self.records[self.ends - 1]
        return newest


@dataclass(frozen=True)
class Meaning:
    """What words and names mean on a day: the settings under which states are read.

    ``persons``: key of an owner's name -> key of the person, 0 for nobody. ``stages``, ``said``: key of a word
    -> code of the category, 0 for none. ``currencies``: key of a word -> currency. ``on`` dates the rates.
    """

    persons: Array
    stages: Array
    said: Array
    currencies: Mapping[int, str]
    rates: rules.Rates
    on: date


@dataclass(frozen=True)
class States:
    """Deals at an instant, in columns of one order; where ``there`` is False nothing of the rest counts.

    ``owner`` is the person's key or 0; ``amount`` is in minor units of the organisation's currency where
    ``valued``, else 0; ``due`` in days since 1970; ``category``, ``status`` are codes; the rest keys of words.
    """

    there: Array
    owner: Array
    amount: Array
    valued: Array
    category: Array
    status: Array
    due: Array
    stage: Array
    product: Array
    account: Array
    pushes: Array

    @property
    def bare(self) -> Array:
        """Where nothing is known but that the deal exists, as ``rules.DealState.bare`` says."""
        bare: Array = (self.status == 0) & ~self.valued & (self.due == NO_DAY) & (self.category == 0)
        return bare


def states(records: Array, there: Array, meaning: Meaning) -> States:
    """Records read under the settings of a day."""
    status = records["status"]
    amount, valued = _amounts(records, meaning)
    gone = (records["gone"] == 2) | ((records["gone"] == 1) & (status == 0))
    return States(
        there=there & ~gone,
        owner=meaning.persons[records["owner"]],
        amount=amount,
        valued=valued,
        category=_categories(records, meaning),
        status=status,
        due=records["due"],
        stage=records["stage"],
        product=records["product"],
        account=records["account"],
        pushes=records["pushes"],
    )


def _categories(records: Array, meaning: Meaning) -> Array:
    """As ``rules.resolve_category`` decides."""
    stage, said = meaning.stages[records["stage"]], meaning.said[records["said"]]
    still_open = np.where(records["own"] > 0, records["own"], np.where(stage > 0, stage, said))
    closed = np.where(records["status"] == 1, CATEGORIES.index("closed"), CATEGORIES.index("omitted"))
    codes: Array = np.where(records["status"] == 0, still_open, closed).astype(np.int8)
    return codes


def _amounts(records: Array, meaning: Meaning) -> tuple[Array, Array]:
    """As ``rules.Rates.convert`` decides, exact: only amounts of other currencies are looked at one by one."""
    amount = records["amount"].copy()
    valued = amount != NO_AMOUNT
    amount[~valued] = 0
    for key, currency in meaning.currencies.items():
        if currency == meaning.rates.home:
            continue
        for place in np.flatnonzero(valued & (records["currency"] == key)).tolist():
            record = records[place]
            closed = record["status"] > 0 and record["due"] != NO_DAY
            on = date.fromordinal(int(record["due"]) + _FIRST) if closed else meaning.on
            home = meaning.rates.convert(int(record["amount"]), currency, on)
            valued[place] = home is not None
            amount[place] = home or 0
    return amount, valued

"""What moved a number between two instants, in columns: the same as ``rules.changes_between``, for many deals.

``rules.changes_between`` says what is meant; a property test holds this to it, deal by deal and to the cent.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from fairlead.deals import rules, tracks
from fairlead.deals.tracks import CATEGORIES, NO_DAY, States
from fairlead.forecasting.periods import Period

Array: TypeAlias = NDArray[Any]
NONE = -1
_CODE = {reason: code for code, reason in enumerate(rules.REASONS)}
AMOUNT_UP, AMOUNT_DOWN, SPLIT = _CODE["amount_up"], _CODE["amount_down"], _CODE["split_changed"]


@dataclass(frozen=True)
class Moves:
    """Every deal's part in a number's move, in the order of the states.

    ``was`` and ``is_`` say whether it counts at the start and at the end, ``reason`` is a place in
    ``rules.REASONS`` or NONE; ``by_reason``, ``by_amount`` and ``by_split`` add up to its change in minor units.
    """

    was: Array
    is_: Array
    reason: Array
    by_reason: Array
    by_amount: Array
    by_split: Array
    before: Array
    after: Array

    @property
    def kind(self) -> Array:
        """The one class of each deal: its reason, else whether its amount went up or down or its share, else NONE."""
        split = np.where(self.by_split != 0, SPLIT, NONE)
        amount = np.where(self.by_amount > 0, AMOUNT_UP, np.where(self.by_amount < 0, AMOUNT_DOWN, split))
        return np.where(self.reason == NONE, amount, self.reason)


def members(persons: Iterable[int], size: int) -> Array:
    """Persons as a column to look up: whether each key below ``size`` is one of them."""
    found = np.zeros(size, bool)
    found[[person for person in persons if 0 < person < size]] = True
    return found


def within(states: States, period: Period) -> Array:
    """Which deals are there and due in the period."""
    first, last = tracks.day(period.starts_on), tracks.day(period.ends_on)
    return states.there & (states.due >= first) & (states.due <= last)


def compare(
    a: States,
    b: States,
    period: Period,
    *,
    owned_before: Array,
    owned_after: Array,
    columns: frozenset[str],
    mid: Array | None = None,
    resplit: Array | None = None,
) -> Moves:
    """From the states at the start and at the end. ``owned_*`` say which deals were the node's at either time.

    Of shares of deals ``mid`` is what the share of the end came to at the start, ``resplit`` whether it was held at
    one of the two only.
    """
    wanted = np.isin(np.arange(len(CATEGORIES)), [CATEGORIES.index(name) for name in columns])
    known = a.there & ~a.bare
    was = within(a, period) & known & owned_before & wanted[a.category]
    is_ = within(b, period) & owned_after & wanted[b.category]
    old, new = np.where(known, a.amount, 0), np.where(b.there, b.amount, 0)
    reason = _reasons(a, b, period, known, owned_before, owned_after, resplit)
    reason[(reason == NONE) & (was != is_)] = _CODE["corrected"]
    gone = was & ~is_
    kept = is_ & (was | (known & a.valued))
    fresh = is_ & ~kept
    by_reason = np.where(gone, -old, np.where(kept & ~was, old, np.where(fresh, new, 0)))
    same_amount = old if mid is None else np.where(known, mid, 0)
    by_amount, by_split = np.where(kept, new - same_amount, 0), np.where(kept, same_amount - old, 0)
    reason[~(was | is_)] = NONE
    return Moves(
        was, is_, reason, by_reason, by_amount, by_split, np.where(was, old, 0), np.where(is_, new, 0)
    )


def _reasons(
    a: States, b: States, period: Period, known: Array, owned_before: Array, owned_after: Array,
    resplit: Array | None,
) -> Array:  # fmt: skip
    """The first reason that applies, of every deal that was or is there."""
    first, last = tracks.day(period.starts_on), tracks.day(period.ends_on)
    both = known & b.there
    dated = both & (a.due != NO_DAY) & (b.due != NO_DAY)
    a_in, b_in = (a.due >= first) & (a.due <= last), (b.due >= first) & (b.due <= last)
    a_open, b_open = a.status == 0, b.status == 0
    closed = b.there & ~b_open & (~known | a_open)
    lost = closed & (b.status == 2)
    resplit = np.zeros(len(known), bool) if resplit is None else resplit
    same_owner = (a.owner == b.owner) & ~resplit
    entered, left = both & ~owned_before & owned_after, both & owned_before & ~owned_after
    ranked = both & (a.category != b.category) & (a.status == b.status)
    tests: tuple[tuple[rules.Reason, Array], ...] = (
        ("deleted", known & ~b.there),
        ("came_with_owner", entered & same_owner),
        ("left_with_owner", left & same_owner),
        ("split_changed", (entered | left) & resplit),
        ("owner_moved_in", entered),
        ("owner_moved_out", left),
        ("pulled_out", dated & a_in & (b.due < first)),
        ("pushed", dated & a_in & (b.due > last) & b_open),
        ("pulled_in", dated & (a.due > last) & b_in),
        ("pushed_in", dated & (a.due < first) & b_in & a_open & b_open),
        ("won", closed & (b.status == 1)),
        ("lost", lost),
        ("new", b.there & ~known),
        ("category_up", ranked & (b.category > a.category)),
        ("category_down", ranked & (b.category < a.category)),
        ("reopened", both & ~a_open & b_open),
        ("dated", both & (a.due == NO_DAY) & (b.due != NO_DAY)),
        ("undated", both & (a.due != NO_DAY) & (b.due == NO_DAY)),
        ("corrected", both & ((a.status != b.status) | ((a.due != b.due) & (a_in != b_in)))),
    )
    reason = np.full(len(known), NONE, np.int8)
    for name, applies in tests:
        reason[(reason == NONE) & applies] = _CODE[name]
    return reason


def disqualified(moves: Moves, stage: Array, stages: Iterable[int]) -> Moves:
    """The same moves, with those lost in one of these stages (keys of words) as disqualified."""
    hit = (moves.reason == _CODE["lost"]) & np.isin(stage, list(stages))
    reason = np.where(hit, _CODE["disqualified"], moves.reason)
    return replace(moves, reason=reason)


# Sums to the minor unit


def total(values: Array) -> int:
    """The exact sum, however large: the halves of 64 bits are added apart."""
    return int((values >> 32).sum()) * 2**32 + int((values & 0xFFFFFFFF).sum())


def totals(values: Array, groups: Array, count: int) -> list[int]:
    """The exact sums of the groups 0 to ``count`` - 1."""
    high, low = np.zeros(count, np.int64), np.zeros(count, np.int64)
    np.add.at(high, groups, values >> 32)
    np.add.at(low, groups, values & 0xFFFFFFFF)
    return [int(h) * 2**32 + int(lo) for h, lo in zip(high, low, strict=True)]

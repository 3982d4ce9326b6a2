"""How a deal's money is divided: shares that add up, and credit beside them. Plain values, no Django."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from fairlead.people import access

WHOLE = 10_000
"""A whole deal, in hundredths of a percent."""
Kind = Literal["revenue", "overlay"]
KINDS: tuple[Kind, ...] = ("revenue", "overlay")
MOST = 20
"""Shares of one deal."""


@dataclass(frozen=True, slots=True)
class SplitRow:
    """One share of a deal from a day on, as a file says it. ``percent`` of the deal's amount, exact.

    All rows of a deal with one ``starts_on`` are its division from that day on. A row without a person and without a
    percentage ends it. ``starts_on`` None: the day of ``recorded_at``; ``recorded_at`` None: the moment of the file.
    """

    deal_id: str
    person: str
    percent: Decimal
    kind: str = "revenue"
    starts_on: date | None = None
    recorded_at: datetime | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class Given:
    """A share as it is said: whose, of which kind, in hundredths of a percent."""

    person: int
    kind: Kind
    hundredths: int


@dataclass(frozen=True, slots=True)
class Part:
    """What lies between ``low`` and ``high`` hundredths of a percent of an amount, and whose it is."""

    person: int
    low: int = 0
    high: int = WHOLE

    @property
    def hundredths(self) -> int:
        return self.high - self.low

    def of(self, amount: int) -> int:
        """The part of an amount in minor units. The parts of a division add up to it, to the minor unit."""
        return amount * self.high // WHOLE - amount * self.low // WHOLE


def hundredths(percent: Decimal) -> int:
    """A percentage in hundredths of a percent. Raises Refused outside 0.01 to 100, or for finer ones."""
    scaled = percent * 100 if percent.is_finite() else Decimal(0)
    if scaled != scaled.to_integral_value() or not 1 <= scaled <= WHOLE:
        raise access.Refused(
            "bad_share",
            f"{percent} is no share. Write a percentage from 0.01 to 100, with two decimals at most.",
        )
    return int(scaled)


def percent(share: int) -> str:
    """Hundredths of a percent in words: ``60 %``, ``33.34 %``."""
    text = f"{Decimal(share) / 100:.2f}".rstrip("0").rstrip(".")
    return f"{text} %"


def checked(given: Iterable[Given]) -> tuple[Given, ...]:
    """A division in its one order. Raises Refused where revenue shares are not 100 % or a person stands twice."""
    shares = sorted(given, key=lambda one: (KINDS.index(one.kind), one.person))
    if len(shares) > MOST:
        raise access.Refused("many_shares", f"A deal is divided among {MOST} at most.")
    if len({(one.kind, one.person) for one in shares}) < len(shares):
        raise access.Refused(
            "twice", "The same person holds two shares of one kind. Write one with their sum."
        )
    total = sum(one.hundredths for one in shares if one.kind == "revenue")
    if total not in (0, WHOLE):
        raise access.Refused(
            "not_whole",
            f"The revenue shares come to {percent(total)}. They are 100 % together, or there are none; what is "
            "credited beside that is overlay.",
        )
    return tuple(shares)


def kept(given: Sequence[Given]) -> list[list[object]]:
    """A division as it is stored."""
    return [[one.kind, one.person, one.hundredths] for one in given]


def given_of(rows: Iterable[Sequence[object]]) -> tuple[Given, ...]:
    """A division as it was stored."""
    return tuple(Given(person, kind, share) for kind, person, share in rows)  # type: ignore[arg-type]


def parts(given: Iterable[Given]) -> tuple[Part, ...]:
    """The revenue shares of a division one after the other, so that together they are the whole."""
    found, low = [], 0
    for one in given:
        if one.kind == "revenue":
            found.append(Part(one.person, low, low + one.hundredths))
            low += one.hundredths
    return tuple(found)


def credits_of(given: Iterable[Given]) -> tuple[Part, ...]:
    """The overlay shares, each from 0: they add up to nothing in particular."""
    return tuple(Part(one.person, 0, one.hundredths) for one in given if one.kind == "overlay")


@dataclass(frozen=True, slots=True)
class Said:
    """A division as it was said: from which day on it counts, from when on it was known."""

    id: int
    starts_on: date
    recorded_at: datetime
    shares: tuple[Given, ...]


def in_force(said: Iterable[Said], day: date, before: datetime | None = None) -> Said | None:
    """Of what was known before an instant (None: by now) the division that counts on a day."""
    known = [one for one in said if one.starts_on <= day and (before is None or one.recorded_at < before)]
    return max(known, key=lambda one: (one.starts_on, one.recorded_at, one.id), default=None)


def digest(divisions: Iterable[tuple[int, date, Sequence[Given]]]) -> str:
    """SHA-256 of divisions, whatever their order."""
    lines = sorted(f"{deal} {day} {kept(given)}" for deal, day, given in divisions)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def by_person(division: Sequence[Part], owner: int | None) -> Mapping[int | None, Part]:
    """person -> the part held; an undivided deal is its owner's."""
    if not division:
        return {owner: Part(owner or 0)}
    return {part.person: part for part in division}

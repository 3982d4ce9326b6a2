"""The facts of a review, frozen when it begins: typed, with a version, stored as JSON. No Django here.

They hold more than any one reader may read; `queries` narrows them to the reader. Money in minor units, moments with
their offset, deals and people by public id.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

VERSION = 1
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Number:
    """The leader's number beside target and estimate. ``reach`` counts dots of 20 that reach the target."""

    amount: int
    said: bool
    calls_sum: int
    target: int | None
    booked: int
    low: int | None
    middle: int | None
    high: int | None
    reach: int | None
    as_of: datetime | None
    submitted: int | None
    submitted_at: datetime | None


@dataclass(frozen=True, slots=True)
class Called:
    """What a direct report called; ``own`` for the leader's own deals.

    ``booked`` is None for whoever may not read the deals it adds up.
    """

    person: int
    key: str
    name: str
    call: int
    booked: int | None
    own: bool


@dataclass(frozen=True, slots=True)
class Moved:
    """A deal behind a bar. ``owner`` is '' for whom no rep is named."""

    deal: str
    name: str
    owner: str
    amount: int


@dataclass(frozen=True, slots=True)
class Bar:
    """One reason why the number moved; ``unnamed`` counts its deals that the reader does not see by name."""

    kind: str
    amount: int
    count: int
    deals: tuple[Moved, ...]

    @property
    def unnamed(self) -> int:
        return self.count - len(self.deals)


@dataclass(frozen=True, slots=True)
class Heard:
    """News told in the week. ``amount`` has the sign of good or bad."""

    item: str
    deal: str
    name: str
    good: bool
    what: str
    reporter: str
    amount: int | None
    moves_to: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Deciding:
    """A deal that decides the period, with its one question."""

    deal: str
    name: str
    owner: str
    ask: str
    amount: int
    chance: float
    if_won: float
    if_not: float
    question: str


@dataclass(frozen=True, slots=True)
class Due:
    """How somebody who leads stands with the weekly number."""

    person: int
    name: str
    state: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a review looks at. start + the bars = end, in deals of the column Commit."""

    version: int
    at: datetime
    since: datetime
    since_review: str
    """public id of the review before, '' where the last seven days are looked at"""
    period: str
    currency: str
    team: str
    number: Number
    compared: bool
    """False where the history of the deals was still being prepared, so that there are no bars"""
    start: int
    end: int
    bars: tuple[Bar, ...]
    calls: tuple[Called, ...]
    news: tuple[Heard, ...]
    deciding: tuple[Deciding, ...]
    due: tuple[Due, ...]


def frozen(facts: Facts) -> dict[str, Any]:
    """Facts as JSON keeps them."""
    return typing.cast("dict[str, Any]", _plain(dataclasses.asdict(facts)))


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    return value


def thawed(kept: Mapping[str, Any]) -> Facts:
    """Facts from their JSON. Raises ValueError for a version nobody knows."""
    if kept.get("version") != VERSION:
        raise ValueError(f"Facts of version {kept.get('version')} are unknown here.")
    return _read(Facts, kept)


def _read(kind: type[T], kept: Mapping[str, Any]) -> T:
    hints = typing.get_type_hints(kind)
    fields = dataclasses.fields(kind)  # type: ignore[arg-type]
    return kind(**{field.name: _value(hints[field.name], kept[field.name]) for field in fields})


def _value(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(hint, types.UnionType):
        hint = next(part for part in typing.get_args(hint) if part is not type(None))
    if typing.get_origin(hint) is tuple:
        return tuple(_value(typing.get_args(hint)[0], part) for part in value)
    if hint is datetime:
        return datetime.fromisoformat(value)
    return _read(hint, value) if isinstance(hint, type) and dataclasses.is_dataclass(hint) else value

"""Where deals stand in the forecast of a period, and how those left that stand there no more: read from their tracks.

Takes persons instead of an actor: for callers that asked the table. Every exit has the one reason that the analysis
of changes gives the deal between the last moment it stood and now (decision 14). Stages and rates are read as they
mean today at all moments, so that a changed setting moves no deal out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from fairlead.deals import bridges, comparing, tracks
from fairlead.deals import rules as deals
from fairlead.exits import rules
from fairlead.forecasting.periods import Period
from fairlead.people import queries as people

_NOW = timedelta(microseconds=1)
"""A track counts from after its moment on; an act of this very moment is seen as well."""


@dataclass(frozen=True, slots=True)
class Trace:
    """A deal and the column of the forecast it left, came back to, or stands in. Money in minor units.

    ``category`` and ``amount`` are what it last stood with. ``left_at`` is None for a deal that stands;
    ``entered_at`` is when it last began to stand, None where that was before the period; ``back_at`` is when it came
    back after it had left. ``reason`` is that of the analysis of changes, '' for a deal that stands.
    """

    deal: int
    owner: int
    column: rules.Column
    category: str
    amount: int
    reason: str
    left_at: datetime | None
    entered_at: datetime | None
    back_at: datetime | None
    pushes: int
    status: str


def span(period: Period, at: datetime) -> tuple[datetime, datetime]:
    """(the first moment of a period, now or the moment it ended)."""
    zone = ZoneInfo(people.house().time_zone)
    first = datetime.combine(period.starts_on, time(), zone).astimezone(UTC)
    over = datetime.combine(period.ends_on + timedelta(days=1), time(), zone).astimezone(UTC)
    return first, min(at + _NOW, over)


def of_persons(persons: Collection[int], period: Period, at: datetime, rule: rules.Rule) -> list[Trace]:
    """The deals these persons own that left the forecast of a period, or left it and came back.

    Raises Refused while tracks are being built.
    """
    found = _traces(persons, period, at, rule, ())
    return [trace for trace in found if trace.left_at is not None or trace.back_at is not None]


def of_deal(deal: int, period: Period, at: datetime, rule: rules.Rule) -> Trace | None:
    """How one deal stands; None where it never stood in the forecast of the period."""
    found = _traces((), period, at, rule, (deal,))
    return found[0] if found else None


def _traces(
    persons: Collection[int], period: Period, at: datetime, rule: rules.Rule, only: Collection[int]
) -> list[Trace]:
    start, end = span(period, at)
    if not start < end or not (persons or only):
        return []
    found = comparing.steps(persons, period, start, end, only=only)
    within = bridges.within(found.states, period)
    places = _worth_a_look(found, within, bool(only))
    traced = [(n, *_column(rule, _steps(found, within, n))) for n in places]
    return _told(found, period, start, traced)


_Spelled = tuple[rules.Column, frozenset[str], rules.Spell]


def _column(rule: rules.Rule, steps: Sequence[rules.Step]) -> _Spelled:
    """The first column the deal left, else the first it came back to, else the first it stands in."""
    spelled: list[_Spelled] = []
    for name, column in rule.columns():
        spell = rules.last_spell(rules.stood(steps, column))
        if spell is not None:
            spelled.append((name, column, spell))
    left = [one for one in spelled if one[2].ended]
    back = [one for one in spelled if one[2].returned is not None]
    return (left or back or spelled)[0]


def _worth_a_look(found: comparing.Steps, within: Any, every: bool) -> Iterable[int]:
    """Deals with some state in the forecast and more than one state; few of a period's deals are that."""
    codes = [tracks.CATEGORIES.index(name) for name in (*rules.FORECAST, "closed")]
    inside = within & np.isin(found.states.category, codes)
    if not len(found.deals):
        return []
    seen = np.add.reduceat(inside, found.begins) > 0
    several = (found.ends - found.begins > 1) | every
    places: list[int] = np.flatnonzero(seen & several).tolist()
    return places


def _steps(found: comparing.Steps, within: Any, n: int) -> list[rules.Step]:
    begin, end = int(found.begins[n]), int(found.ends[n])
    categories = [tracks.CATEGORIES[code] for code in found.states.category[begin:end].tolist()]
    amounts = found.states.amount[begin:end].tolist()
    return [
        rules.Step(*values) for values in zip(within[begin:end].tolist(), categories, amounts, strict=True)
    ]


_Traced = tuple[int, rules.Column, frozenset[str], rules.Spell]


def _told(found: comparing.Steps, period: Period, start: datetime, traced: Sequence[_Traced]) -> list[Trace]:
    told = []
    for n, name, column, spell in traced:
        begin, last = int(found.begins[n]), int(found.ends[n]) - 1
        stood = begin + spell.last
        left = stood + 1 if spell.ended else None
        reason = _reason(found, period, stood, last, column) if left is not None else ""
        entered = _moment(found, begin + spell.began)
        told.append(
            Trace(
                deal=int(found.deals[n]),
                owner=int(found.now[n]),
                column=name,
                category=tracks.CATEGORIES[int(found.states.category[stood])],
                amount=int(found.states.amount[stood]),
                reason=reason,
                left_at=None if left is None else _moment(found, left),
                entered_at=entered if entered >= start else None,
                back_at=None if spell.returned is None else _moment(found, begin + spell.returned),
                pushes=int(found.states.pushes[last]),
                status=tracks.STATUSES[int(found.states.status[last])],
            )
        )
    return told


def _moment(found: comparing.Steps, place: int) -> datetime:
    return tracks.instant(int(found.known[place]))


def _reason(found: comparing.Steps, period: Period, stood: int, last: int, column: frozenset[str]) -> str:
    """The deal's reason between when it last stood and now, as the analysis of changes decides."""
    a, b = (comparing.at_places(found.states, np.array([place])) for place in (stood, last))
    all_ = np.ones(1, bool)
    moves = bridges.compare(a, b, period, owned_before=all_, owned_after=all_, columns=column)
    out = [key for key, text in comparing.texts({int(b.stage[0])}).items() if "disqualif" in text.lower()]
    code = int(bridges.disqualified(moves, b.stage, out).kind[0])
    return "corrected" if code == bridges.NONE else deals.REASONS[code]

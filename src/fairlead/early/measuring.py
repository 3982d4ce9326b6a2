"""What a talk begins with: the own figures, and the chance. Takes persons: for callers that checked access.

The chance knows the deals in play and how often role peers won such deals on the same day of earlier quarters. It
knows no estimate of a deal, because learned effects of owners are in those.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
from django.db.models import Count, Max

from fairlead.deals import queries as deals
from fairlead.deals import splits
from fairlead.deals.models import Deal, Division
from fairlead.deals.rules import DealState
from fairlead.early import rules
from fairlead.forecasting import luck
from fairlead.forecasting.periods import Period
from fairlead.grounds.rules import Rule
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.standing import measuring
from fairlead.standing import queries as standing
from fairlead.standing import rules as results

_PEERS = (
    "deals that were due on the same day of earlier quarters, of a seller and of role peers without names"
)
_OWN = "the open deals of a seller to whom an early talk may be offered; callers checked whose"
_DAY = timedelta(days=1)
PAST = 4
"""Quarters that are looked back on."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a talk begins with. ``reckoned`` is None where peers or their deals are too few."""

    now: standing.Quarter
    own: rules.Own
    reckoned: rules.Reckoned | None
    chance: float | None
    """0 to 1, as it was reckoned; the page shows ``reckoned``"""
    away: bool


@dataclass(frozen=True, slots=True)
class _Then:
    """A day of an earlier quarter: (owner, amount, won in time) of the deals that were due, and other wins after it."""

    due: tuple[tuple[int, int, bool], ...]
    more: tuple[tuple[int, int], ...]


def of(person: int, rule: Rule, at: datetime) -> Found:
    """The own figures of a seller and the chance of reaching the line in the quarter that runs."""
    house = people.house()
    today, now = house.day(at), standing.running(at)
    past = standing.quarters_before(at, PAST)
    facts = standing.measured([person], [*past, now], rule, at)
    quarter, before = facts[person, now.name], [facts[person, period.name] for period in past]
    mates = standing.peers_of(person, now, at)
    then = [_then((*mates, person), now, period, today) for period in past]
    line = rules.line_of(quarter.asked.minor or 0, rule.line)
    due = _due(person, now, at)
    own = _own(person, quarter, before, then, due, line, rule, today)
    percent, reckoned = _reckoned(person, mates, then, due, own)
    away = any(span.has(today) for span in quarter.given.away)
    return Found(quarter, own, reckoned, percent, away)


# The deals in play


def _due(person: int, now: Period, at: datetime) -> list[DealState]:
    """What a seller's open deals with an amount that are due by the quarter's end would bring; largest first.

    A deal past its day is due as well; of a divided deal it is the share.
    """
    found = [
        state
        for state in deals.state_as_of(access.system(_PEERS), {person}, at)
        if state.owner == person and _is_due(state, now)
    ]
    return sorted(found, key=lambda state: (-(state.amount or 0), state.id))


def _is_due(state: DealState, period: Period) -> bool:
    open_ = state.status == "open" and not state.missing and bool(state.amount)
    return open_ and state.close_on is not None and state.close_on <= period.ends_on


def _then(persons: tuple[int, ...], now: Period, past: Period, today: date) -> _Then:
    """The same day of an earlier quarter, kept while nothing of these sellers' deals changes."""
    rows = Deal.objects.for_system(_PEERS).filter(owner__in=persons)
    mark = rows.aggregate(Count("pk"), Max("changed_at"), Max("pk"))
    divided = Division.objects.for_system(_PEERS).aggregate(Max("pk")) if splits.any_at_all() else {}
    day = rules.same_point(now, today, past)
    return _then_kept(persons, past, day, (*mark.values(), *divided.values()))


@lru_cache(maxsize=256)
def _then_kept(persons: tuple[int, ...], past: Period, day: date, mark: tuple[object, ...]) -> _Then:
    """``mark`` stands for the deals that were read, so that no other state of them answers."""
    house, wanted = people.house(), set(persons)
    instant = datetime.combine(day, time.min, ZoneInfo(house.time_zone))
    ended = [one for one in measuring.closed(persons, day, past.ends_on) if one.won and one.minor]
    won = {one.id for one in ended}
    due = [
        state
        for state in deals.state_as_of(access.system(_PEERS), wanted, instant)
        if state.owner in wanted and _is_due(state, past)
    ]
    known = {state.id for state in due}
    return _Then(
        tuple((state.owner or 0, state.amount or 0, state.id in won) for state in due),
        tuple((one.owner, one.minor or 0) for one in ended if one.id not in known),
    )


# The own figures


def _own(
    person: int, now: standing.Quarter, before: Sequence[standing.Quarter], then: Sequence[_Then],
    due: Sequence[DealState], line: int, rule: Rule, today: date,
) -> rules.Own:  # fmt: skip
    points = [rules.same_point(now.period, today, one.period) for one in before]
    by_then = [_won_before(person, one.period, day) for one, day in zip(before, points, strict=True)]
    opened = [
        len(measuring.created([person], one.period.starts_on, day - _DAY))
        for one, day in zip(before, points, strict=True)
        if one.asked.present
    ]
    pace = [
        percent
        for won, one in zip(by_then, before, strict=True)
        if (percent := results.percent(won, one.asked.minor)) is not None
    ]
    covered = [
        cover
        for won, one, known in zip(by_then, before, then, strict=True)
        if one.asked.minor
        and (
            cover := rules.coverage(_own_due(person, known), rules.line_of(one.asked.minor, rule.line) - won)
        )
        is not None
    ]
    year = standing.habits(before)
    open_minor = sum(state.amount or 0 for state in due)
    pushed, still = _named(due, today)
    return rules.Own(
        won_minor=now.won_minor,
        asked_minor=now.asked.minor or 0,
        line_minor=line,
        open_deals=len(due),
        open_minor=open_minor,
        pace=rules.Beside(now.percent, results.middle(pace)),
        coverage=rules.Beside(rules.coverage(open_minor, line - now.won_minor), results.middle(covered)),
        opened=rules.Beside(now.created, results.middle(opened)),
        rate=now.win_rate,
        rate_before=year.win_rate,
        size=rules.Beside(now.size, year.size),
        cycle=rules.Beside(now.cycle, year.cycle),
        pushed=pushed,
        still=still,
    )


def _won_before(person: int, period: Period, day: date) -> int:
    if day <= period.starts_on:
        return 0
    ended = measuring.closed([person], period.starts_on, day - _DAY)
    return sum(one.minor or 0 for one in ended if one.won)


def _own_due(person: int, known: _Then) -> int:
    return sum(amount for owner, amount, _ in known.due if owner == person)


def _named(due: Sequence[DealState], today: date) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """(address, name) of the open deals that were pushed often, and of the late ones that stand still; as ordered."""
    rows = Deal.objects.for_system(_OWN).filter(pk__in=[state.id for state in due])
    more = {pk: (pushes, changed) for pk, pushes, changed in rows.values_list("pk", "pushes", "changed_at")}
    pushed, still = [], []
    for state in due:
        pushes, changed = more[state.id]
        if pushes >= rules.PUSHED:
            pushed.append((state.public_id, state.name))
        if state.category in rules.LATE and (today - changed.date()).days >= rules.STILL_DAYS:
            still.append((state.public_id, state.name))
    return pushed, still


# The chance


def _reckoned(
    person: int, mates: Collection[int], then: Sequence[_Then], due: Sequence[DealState], own: rules.Own
) -> tuple[float | None, rules.Reckoned | None]:
    """The chance 0 to 1, and what it was reckoned from; None of too few peers or of too few deals of theirs."""
    rows = [[one for one in past.due if one[0] != person] for past in then]
    seen = [n for n, row in enumerate(rows) if row]
    theirs = [one for row in rows for one in row]
    if len(mates) < results.LEAST_PEERS or len(theirs) < rules.LEAST_DEALS or not own.line_minor:
        return None, None
    amounts = [state.amount or 0 for state in due]
    half = float(np.median([amount for _, amount, _ in theirs]))
    kinds = 2 if _enough_of_each(theirs, half) else 1

    def kind(amount: int) -> int:
        return int(kinds == 2 and amount > half)

    dealt, won = np.zeros((len(seen), kinds)), np.zeros((len(seen), kinds))
    for place, n in enumerate(seen):
        for _, amount, hit in rows[n]:
            dealt[place, kind(amount)] += 1
            won[place, kind(amount)] += hit
    others = [amount for n in seen for owner, amount in then[n].more if owner != person]
    more = len(others) / (len(mates) * len(seen))
    size = results.middle(others) or 0
    one = luck.Dealt(
        np.array(amounts, float), np.array([kind(amount) for amount in amounts], np.int64),
        float(own.line_minor), float(own.won_minor),
    )  # fmt: skip
    chance = luck.reaching(one, luck.Peers(dealt, won), new_wins=more, new_size=float(size))
    return chance, rules.Reckoned(
        percent=round(chance * 100), due=len(amounts), due_minor=sum(amounts), peers=len(mates),
        quarters=len(seen), past_due=len(theirs), past_won=int(won.sum()), more_tenths=round(more * 10), more_size=size,
    )  # fmt: skip


def _enough_of_each(theirs: Sequence[tuple[int, int, bool]], half: float) -> bool:
    large = sum(amount > half for _, amount, _ in theirs)
    return min(large, len(theirs) - large) >= rules.LEAST_DEALS

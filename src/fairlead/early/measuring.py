"""What a talk begins with: the own figures, and the chance. Takes persons: for callers that checked access.

The chance knows the deals in play and how often sellers of the same role won such deals on the same day of earlier
quarters. It knows no estimate of a deal, because learned effects of owners are in those. What it knows of the role is
reckoned once a day by the clock and kept as counts, so that no page waits for it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from fairlead.deals import queries as deals
from fairlead.deals import splits
from fairlead.deals.models import Deal
from fairlead.deals.rules import DealState
from fairlead.early import rules
from fairlead.early.models import Reference
from fairlead.forecasting import luck
from fairlead.forecasting.periods import Period
from fairlead.grounds.rules import Rule
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.standing import measuring
from fairlead.standing import queries as standing
from fairlead.standing import rules as results

_ROLE = "deals that were due on the same day of earlier quarters, of sellers of a role without names"
_OWN = "the open deals of a seller to whom an early talk may be offered; callers checked whose"
_DAY = timedelta(days=1)
PAST = 4
"""Quarters that are looked back on."""
MOST_SELLERS = 200
"""Of more sellers of a role as many are looked at, those here the longest."""


@dataclass(frozen=True, slots=True)
class Found:
    """The seller's quarter and the chance. ``reckoned`` is None where the role's sellers or their deals are too few."""

    now: standing.Quarter
    line_minor: int
    due: tuple[Due, ...]
    reckoned: rules.Reckoned | None
    chance: float | None
    """0 to 1, as it was reckoned; ``reckoned`` has it in whole percent"""
    away: bool


@dataclass(frozen=True, slots=True)
class Due:
    """An open deal with an amount that is due by the quarter's end: what it would bring the seller."""

    id: int
    public_id: str
    name: str
    minor: int


def of(person: int, rule: Rule, at: datetime) -> Found:
    """The quarter that runs of a seller, and the chance of reaching its line."""
    today, now = people.house().day(at), standing.running(at)
    quarter = standing.measured([person], [now], rule, at)[person, now.name]
    line = rules.line_of(quarter.asked.minor or 0, rule.line)
    away = any(span.has(today) for span in quarter.given.away)
    if not line or away or quarter.won_minor >= line:
        return Found(quarter, line, (), None, None, away)
    due = _due(person, now, at)
    seat = seat_of([person], today)[person]
    chance, reckoned = _reckoned(seat, due, line, quarter.won_minor, now)
    return Found(quarter, line, due, reckoned, chance, away)


def seat_of(persons: Collection[int], day: date) -> dict[int, str]:
    """person -> job and segment as one word, the same for everybody of a role."""
    held = {person: measuring.seat_on(seats, day) for person, seats in measuring.seats_of(persons).items()}
    return {
        person: "\n".join(" ".join(text.lower().split()) for text in (seat.job, seat.segment))
        for person, seat in held.items()
    }


# The deals in play


def _due(person: int, now: Period, at: datetime) -> tuple[Due, ...]:
    """The open deals due by the quarter's end, those past their day too; largest first, divided ones as shares."""
    if splits.any_at_all():
        found = [
            Due(state.id, state.public_id, state.name, state.amount or 0)
            for state in deals.state_as_of(access.system(_OWN), {person}, at)
            if state.owner == person and _is_due(state, now)
        ]
    else:
        rows = Deal.objects.for_system(_OWN).filter(
            deals.counted_open(), owner=person, home_minor__gt=0, close_on__lte=now.ends_on
        )
        found = [
            Due(pk, key, name, minor or 0)
            for pk, key, name, minor in rows.values_list("pk", "public_id", "name", "home_minor")
        ]
    return tuple(sorted(found, key=lambda one: (-one.minor, one.id)))


def _is_due(state: DealState, period: Period) -> bool:
    open_ = state.status == "open" and not state.missing and bool(state.amount)
    return open_ and state.close_on is not None and state.close_on <= period.ends_on


# What is known of a role


@dataclass(frozen=True, slots=True)
class _Then:
    """A day of an earlier quarter: (amount, won in time) of the deals that were due, and other wins after it."""

    due: tuple[tuple[int, bool], ...]
    more: tuple[int, ...]


def of_role(persons: Sequence[int], at: datetime) -> dict[str, Any] | None:
    """What the sellers of a role show of deals that were due on this day of earlier quarters, as counts without names.

    None where their deals are too few to say anything.
    """
    house, now = people.house(), standing.running(at)
    today, zone = house.day(at), ZoneInfo(house.time_zone)
    every = [
        _then(persons, past, rules.same_point(now, today, past), zone)
        for past in standing.quarters_before(at, PAST)
    ]
    seen = [then for then in every if then.due]
    theirs = [one for then in seen for one in then.due]
    if len(theirs) < rules.LEAST_DEALS:
        return None
    half = round(float(np.median([amount for amount, _ in theirs])))
    large = sum(amount > half for amount, _ in theirs)
    kinds = 2 if min(large, len(theirs) - large) >= rules.LEAST_DEALS else 1
    dealt, won = ([[0] * kinds for _ in seen] for _ in "dw")
    for row, then in enumerate(seen):
        for amount, hit in then.due:
            kind = _kind(amount, half, kinds)
            dealt[row][kind] += 1
            won[row][kind] += hit
    others = [amount for then in seen for amount in then.more]
    return {
        "sellers": len(persons), "half": half, "dealt": dealt, "won": won, "more": len(others),
        "size": results.middle(others) or 0,
    }  # fmt: skip


def _kind(amount: int, half: int, kinds: int) -> int:
    return int(kinds == 2 and amount > half)


def _then(persons: Collection[int], past: Period, day: date, zone: ZoneInfo) -> _Then:
    wanted = set(persons)
    ended = [one for one in measuring.closed(persons, day, past.ends_on) if one.won and one.minor]
    won = {one.id for one in ended}
    instant = datetime.combine(day, time.min, zone)
    due = [
        state
        for state in deals.state_as_of(access.system(_ROLE), wanted, instant)
        if state.owner in wanted and _is_due(state, past)
    ]
    known = {state.id for state in due}
    return _Then(
        tuple((state.amount or 0, state.id in won) for state in due),
        tuple(one.minor or 0 for one in ended if one.id not in known),
    )


def _reckoned(
    seat: str, due: Sequence[Due], line: int, won_minor: int, now: Period
) -> tuple[float | None, rules.Reckoned | None]:
    """The chance 0 to 1, and what it was reckoned from; None where too little is known of the role."""
    row = Reference.objects.filter(until=now.ends_on, seat=seat).order_by("-day").first()
    if row is None or row.facts["sellers"] <= results.LEAST_PEERS:
        return None, None
    facts = row.facts
    dealt, won = np.array(facts["dealt"], float), np.array(facts["won"], float)
    kinds = dealt.shape[1]
    more = facts["more"] / (facts["sellers"] * len(dealt))
    one = luck.Dealt(
        np.array([deal.minor for deal in due], float),
        np.array([_kind(deal.minor, facts["half"], kinds) for deal in due], np.int64),
        float(line), float(won_minor),
    )  # fmt: skip
    if any(not dealt[:, kind].sum() for kind in one.kinds):
        return None, None
    chance = luck.reaching(one, luck.Peers(dealt, won), new_wins=more, new_size=float(facts["size"]))
    return chance, rules.Reckoned(
        percent=round(chance * 100), due=len(due), due_minor=sum(deal.minor for deal in due), sellers=facts["sellers"],
        quarters=len(dealt), past_due=int(dealt.sum()), past_won=int(won.sum()), more_tenths=round(more * 10),
        more_size=facts["size"],
    )  # fmt: skip


# The own figures


def own(person: int, found: Found, rule: Rule, at: datetime) -> rules.Own:
    """The seller's own figures beside the own past year."""
    now, today, zone = found.now, people.house().day(at), ZoneInfo(people.house().time_zone)
    past = standing.quarters_before(at, PAST)
    facts = standing.measured([person], past, rule, at)
    before = [facts[person, period.name] for period in past]
    points = [rules.same_point(now.period, today, period) for period in past]
    by_then = [_won_before(person, period, day) for period, day in zip(past, points, strict=True)]
    was_due = [
        sum(amount for amount, _ in _then([person], period, day, zone).due)
        for period, day in zip(past, points, strict=True)
    ]
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
        for won, one, open_minor in zip(by_then, before, was_due, strict=True)
        if one.asked.minor
        and (cover := rules.coverage(open_minor, rules.line_of(one.asked.minor, rule.line) - won)) is not None
    ]
    year, role = standing.habits(before), found.reckoned
    open_minor = sum(one.minor for one in found.due)
    pushed, still = _named(found.due, today, at)
    return rules.Own(
        won_minor=now.won_minor,
        asked_minor=now.asked.minor or 0,
        line_minor=found.line_minor,
        open_deals=len(found.due),
        open_minor=open_minor,
        pace=rules.Beside(now.percent, results.middle(pace)),
        coverage=rules.Beside(
            rules.coverage(open_minor, found.line_minor - now.won_minor), results.middle(covered)
        ),
        opened=rules.Beside(now.created, results.middle(opened)),
        rate=now.win_rate,
        rate_before=year.win_rate,
        size=rules.Beside(now.size, year.size),
        cycle=rules.Beside(now.cycle, year.cycle),
        usual=rules.usual_rate(year.win_rate, role.past_won, role.past_due) if role else None,
        pushed=pushed,
        still=still,
    )


def _won_before(person: int, period: Period, day: date) -> int:
    if day <= period.starts_on:
        return 0
    ended = measuring.closed([person], period.starts_on, day - _DAY)
    return sum(one.minor or 0 for one in ended if one.won)


def _named(
    due: Sequence[Due], today: date, at: datetime
) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """(address, name) of the open deals that were pushed often, and of the late ones that stand still; as ordered."""
    rows = Deal.objects.for_system(_OWN).filter(pk__in=[one.id for one in due])
    more = {pk: (pushes, changed) for pk, pushes, changed in rows.values_list("pk", "pushes", "changed_at")}
    late = {
        state.id for state in deals.states_of([one.id for one in due], at, divided=False)
        if state.category in rules.LATE
    }  # fmt: skip
    pushed, still = [], []
    for one in due:
        pushes, changed = more[one.id]
        if pushes >= rules.PUSHED:
            pushed.append((one.public_id, one.name))
        if one.id in late and (today - changed.date()).days >= rules.STILL_DAYS:
            still.append((one.public_id, one.name))
    return pushed, still

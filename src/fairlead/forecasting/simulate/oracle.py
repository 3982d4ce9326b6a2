"""The best forecast there could be: the true process run on from the true state, this quarter's shocks known.

Never part of what the product sees; it says how much of a miss was luck. Money per rep, in major units.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from fairlead.forecasting.periods import Period
from fairlead.forecasting.simulate.organisation import AMOUNT_MU, Play, Settings

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_HEAPED, _LAST_STAGE = 0.6, 3


@dataclass(frozen=True, slots=True)
class Oracle:
    """What the rest of the quarter may bring from ``day`` on: ``samples[draw, rep]``, and the reps' ids."""

    day: date
    reps: tuple[str, ...]
    samples: Floats


@dataclass
class _Deals:
    """Open deals of all draws below one another."""

    draw: Ints
    rep: Ints
    segment: Ints
    stage: Ints
    quality: Floats
    born: Floats
    pushes: Floats
    due: Ints
    amount: Floats

    def take(self, kept: NDArray[np.bool_]) -> _Deals:
        return _Deals(*(getattr(self, name)[kept] for name in self.__dataclass_fields__))

    def and_also(self, other: _Deals) -> _Deals:
        return _Deals(
            *(np.concatenate([getattr(d, n) for d in (self, other)]) for n in self.__dataclass_fields__)
        )


def oracle(settings: Settings, days: Sequence[date], *, draws: int = 200) -> list[Oracle]:
    """Samples for each of ``days`` (rising), which must be beginnings of weeks of the simulation.

    Raises ValueError for another day. See :func:`week_beginning`.
    """
    play, found = Play(settings, None), []
    wanted = {(day - play.start).days: day for day in days}
    if any(offset % 7 for offset in wanted):
        raise ValueError("An oracle looks only from the beginning of a simulated week.")
    for week in range(play.weeks):
        if 7 * week in wanted:
            dice = np.random.default_rng([settings.seed, week, 99])
            found.append(_run_on(play, week, wanted[7 * week], draws, dice))
        play.week(week)
    return found


def week_beginning(settings: Settings, day: date) -> date:
    """The first beginning of a simulated week on or after ``day``."""
    start = Play(Settings(quarters=1, reps=1, first_day=settings.first_day), None).start
    return start + timedelta(days=-(-(day - start).days // 7) * 7)


def _run_on(play: Play, week: int, day: date, draws: int, dice: np.random.Generator) -> Oracle:
    quarter = play.quarter_at(day)
    if not play.shocks or quarter.name not in play.shocks:
        raise ValueError(f"The shocks of {quarter.name} are not drawn yet on {day}; look a week later.")
    samples = np.zeros((draws, len(play.reps)))
    deals = _state(play, draws)
    monday = day
    while play.quarter_at(monday).name == quarter.name:
        deals = deals.and_also(_arrivals(play, week, monday, draws, dice))
        deals = _one_week(play, week, monday, quarter, deals, samples, dice)
        week, monday = week + 1, monday + timedelta(days=7)
    return Oracle(day, tuple(play.reps), samples)


def _state(play: Play, draws: int) -> _Deals:
    d = play.open
    n = len(d)
    one = _Deals(
        np.zeros(n, np.int64),
        np.array([x.rep for x in d], np.int64),
        np.array([x.segment for x in d], np.int64),
        np.array([x.stage for x in d], np.int64),
        np.array([x.quality for x in d], float),
        np.array([x.week for x in d], float),
        np.array([x.pushes for x in d], float),
        np.array([x.due.toordinal() for x in d], np.int64),
        np.array([x.amount for x in d], float),
    )
    many = _Deals(*(np.tile(getattr(one, name), draws) for name in one.__dataclass_fields__))
    many.draw = np.repeat(np.arange(draws), n)
    return many


def _arrivals(play: Play, week: int, monday: date, draws: int, dice: np.random.Generator) -> _Deals:
    counts = dice.poisson(play.arrival_rates(week), (draws, len(play.reps)))
    draw, rep = np.nonzero(counts)
    many = counts[draw, rep]
    draw, rep = np.repeat(draw, many), np.repeat(rep, many)
    n = len(rep)
    segment = np.where(dice.random(n) < 0.75, play.segment[rep], dice.integers(3, size=n))
    amount = np.round(np.exp(AMOUNT_MU[segment] + dice.normal(0, play.s.amount_sd, n)), -2)
    kind = play.kind[rep]
    weeks = np.array([3.2, 6, 11])[segment] * np.exp(dice.normal(0, 0.3, n)) * np.array([0.9, 0.6, 1.1])[kind]
    quality = np.zeros(n) if play.s.dull else dice.normal(size=n)
    born = monday.toordinal() + dice.integers(0, 5, n)
    return _Deals(
        draw, rep, segment, np.zeros(n, np.int64), quality, np.full(n, float(week)), np.zeros(n),
        _due(play, born + (7 * weeks).astype(np.int64), dice), np.maximum(amount, 100.0),
    )  # fmt: skip


def _due(play: Play, days: Ints, dice: np.random.Generator) -> Ints:
    known, place = np.unique(days, return_inverse=True)
    ends = [play.calendar.quarter_of(date.fromordinal(int(d))).ends_on.toordinal() for d in known]
    heaped = dice.random(len(days)) < _HEAPED
    return np.where(heaped, np.array(ends, np.int64)[place] if len(known) else days, days)


def _one_week(
    play: Play,
    week: int,
    monday: date,
    quarter: Period,
    d: _Deals,
    samples: Floats,
    dice: np.random.Generator,
) -> _Deals:
    shock = play.company + play.team_shock[play.team[d.rep]] + play.skill[d.rep]
    advance, win, lose = play.hazards(
        d.segment, d.stage, d.quality, week - d.born, d.pushes, shock, monday, quarter
    )
    u = dice.random(len(d.rep))
    won, lost = u < win, (u >= win) & (u < win + lose)
    paid = np.maximum(100.0, d.amount[won] * np.exp(dice.normal(-0.06, 0.12, int(won.sum()))))
    np.add.at(samples, (d.draw[won], d.rep[won]), paid)
    up = ~won & ~lost & (u < win + lose + advance)
    down = ~won & ~lost & ~up & (u > 0.988) & (d.stage > 0)
    d.stage = np.minimum(d.stage + up - down, _LAST_STAGE)
    d = d.take(~won & ~lost)
    return _pushed(play, monday, d, dice)


def _pushed(play: Play, monday: date, d: _Deals, dice: np.random.Generator) -> _Deals:
    friday = monday.toordinal() + 4
    late = np.flatnonzero(d.due <= friday)
    due = _due(play, friday + 7 * (dice.geometric(0.18, len(late)) + 1), dice)
    d.due[late] = np.where(due <= friday, friday + 14, due)
    d.pushes[late] += 1
    return d

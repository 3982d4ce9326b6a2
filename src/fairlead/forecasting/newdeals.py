"""Deals not yet created that still close in the period: arrivals times how fast a new deal is won.

Expected wins = sum over the days left of the arrival rate times the chance to be won from creation to the end.
The winning curve is the cumulative incidence of winning by days since creation (Aalen & Johansen, 1978),
so open deals count for as long as they were seen. A factor from past windows at the same place of
the period corrects for the closing spike.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fairlead.forecasting.timeline import NEVER, Timeline
from fairlead.forecasting.windows import Windows

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_LOOK_BACK, _HALF_LIFE = 730, 120.0
_LONGEST = 400
_PAST_WINDOWS = 8
_POOLED_WINS, _POOLED_AMOUNTS = 10.0, 10.0


@dataclass(frozen=True)
class NewDeals:
    """Expected new wins and what one is worth; ``spread`` is the log-sd of the size."""

    wins: float
    amount: float
    spread: float


def expect(line: Timeline, windows: Windows, day: int, start: int, end: int) -> NewDeals:
    """New wins on days start…end seen from ``day``, from what ``line`` knows before ``day``."""
    if not len(line) or not line.dated:
        return NewDeals(0.0, 0.0, 0.5)
    curve = winning_curve(line, day)
    rate = arrival_rate(line, day)
    wins = rate * _matured(curve, np.arange(day, end + 1), max(start, day), end)
    wins *= _correction(line, windows, curve, day, start, end)
    amount, spread = _size(line, day, end - day + 1)
    return NewDeals(float(wins), amount, spread)


def winning_curve(line: Timeline, day: int) -> Floats:
    """Chance that a deal is won within k days of its creation, k = 0…400."""
    recent = (line.created < day) & (line.created >= day - _LOOK_BACK) & _dated(line)
    created, closed = line.created[recent], np.minimum(line.closed[recent], NEVER)
    lag = np.minimum(np.minimum(closed, day - 1) - created, _LONGEST).clip(0)
    ended = (closed < day) & (closed - created <= _LONGEST)
    size = _LONGEST + 2
    at_risk = len(lag) - np.concatenate([[0], np.cumsum(np.bincount(lag, minlength=size))[:-1]])
    won = np.bincount(lag[ended & (line.outcome[recent] == 1)], minlength=size)
    gone = np.bincount(lag[ended], minlength=size)
    alive = np.concatenate([[1.0], np.cumprod(1 - gone / np.maximum(at_risk, 1))[:-1]])
    return np.asarray(np.cumsum(alive * won / np.maximum(at_risk, 1))[: _LONGEST + 1])


def arrival_rate(line: Timeline, day: int) -> float:
    """New deals per day, the latest counting most (half weight after 120 days)."""
    first = int(line.created[0]) if line.created_known.any() else int(line.created.min())
    days = np.arange(max(first, day - _LOOK_BACK), day)
    if not len(days):
        return 0.0
    weight = 0.5 ** ((day - days) / _HALF_LIFE)
    arrived = line.created[(line.created >= days[0]) & (line.created < day) & _dated(line)]
    counts = np.bincount(arrived - days[0], minlength=len(days))
    return float(weight @ counts / weight.sum())


def _dated(line: Timeline) -> NDArray[np.bool_]:
    """Deals whose arrival is known; a closed deal without one counts as arriving when it closed."""
    return line.created_known | (line.outcome >= 0)


def _matured(curve: Floats, created: Ints, start: int, end: int) -> float:
    """Sum over creation days of the chance to be won on start…end."""
    last = len(curve) - 1
    by_end = curve[np.clip(end - created, 0, last)] * (created <= end)
    before = curve[np.clip(start - 1 - created, 0, last)] * (created <= start - 1)
    return float((by_end - before).sum())


def past_looks(windows: Windows, day: int, count: int = _PAST_WINDOWS) -> list[tuple[int, int, int]]:
    """(look day, start, end) of earlier windows at the same place of the period, latest first."""
    if not windows.periodic:
        return [
            (day - k * windows.days, day - k * windows.days, day - (k - 1) * windows.days - 1)
            for k in range(1, count + 1)
        ]
    offset = day - windows.start(day)
    found, at = [], windows.start(day)
    for _ in range(count):
        at = windows.start(at - 1)
        look = min(at + offset, windows.end(at))
        found.append((look, look, windows.end(at)))
    return found


def new_won(line: Timeline, look: int, end: int) -> NDArray[np.bool_]:
    """Which deals were created from ``look`` on and won by ``end``."""
    inside = (line.created >= look) & (line.closed >= look) & (line.closed <= end)
    return np.asarray((line.outcome == 1) & inside)


def _correction(line: Timeline, windows: Windows, curve: Floats, day: int, start: int, end: int) -> float:
    """Wins of past windows over what the curve makes of their actual arrivals, pooled to 1."""
    if start > day:
        return 1.0
    known = (line.created < day) & (line.closed < day)
    came = made = 0.0
    for look, _, last in past_looks(windows, day):
        if last >= day or look <= line.created.min():
            continue
        arrived = line.created[(line.created >= look) & (line.created <= last)]
        made += _matured(curve, arrived, look, last)
        came += float((new_won(line, look, last) & known).sum())
    return (came + _POOLED_WINS) / (made + _POOLED_WINS)


def _size(line: Timeline, day: int, days: int) -> tuple[float, float]:
    """Mean and log-sd of the size of recent wins that were as quick; pooled to all wins."""
    won = (line.outcome == 1) & (line.closed < day) & (line.amount > 0)
    every = line.amount[won & (line.closed >= day - _LOOK_BACK)]
    every = every if len(every) else line.amount[won]
    if not len(every):
        return 0.0, 0.5
    quick = line.amount[won & (line.closed >= day - _LOOK_BACK) & (line.closed - line.created <= days)]
    mean = (quick.sum() + _POOLED_AMOUNTS * every.mean()) / (len(quick) + _POOLED_AMOUNTS)
    return float(mean), log_spread(quick if len(quick) >= 20 else every)


def log_spread(amounts: Floats) -> float:
    """Log-sd of the log-normal with the mean and variance of these amounts, .1-1.5; .7 below five amounts."""
    if len(amounts) < 5:
        return 0.7
    return float(np.clip(np.sqrt(np.log1p(amounts.var() / amounts.mean() ** 2)), 0.1, 1.5))


def per_person(
    line: Timeline, new: NewDeals, places: Ints, persons: int, active: Floats
) -> tuple[Floats, Floats]:
    """Expected new wins and mean size of each person: past wins pooled across persons, times days active."""
    won = (line.outcome == 1) & (line.closed < NEVER) & (line.closed >= line.as_of - 365)
    wins = np.bincount(places[won], minlength=persons).astype(float)
    amounts = np.bincount(places[won], weights=np.nan_to_num(line.amount[won]).clip(0), minlength=persons)
    share = (wins + 2.0) * active
    rate = new.wins * share / max(share.sum(), 1e-12)
    usual = amounts.sum() / max(wins.sum(), 1.0)
    relative = (
        (amounts + _POOLED_AMOUNTS * usual) / ((wins + _POOLED_AMOUNTS) * usual)
        if usual > 0
        else np.ones(persons)
    )
    return rate, new.amount * relative * _keeps_total(rate, relative)


def _keeps_total(rate: Floats, relative: Floats) -> float:
    """What makes the persons' sizes average to the company's."""
    weighted = float(rate @ relative)
    return float(rate.sum()) / weighted if weighted > 0 else 1.0

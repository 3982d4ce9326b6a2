"""Plain forecasts that the estimate is measured against, each named before the work.

Naive Bayes on field frequencies is what an open-source CRM computes for a lead; R1 is the weighted pipeline times
what it was worth in past windows at the same place; the last period is the simplest of all.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fairlead.forecasting.dealmodel import View
from fairlead.forecasting.evidence import Table
from fairlead.forecasting.newdeals import past_looks
from fairlead.forecasting.past import booked_between, stage_rates

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_SMOOTHING, _EDGE = 0.1, 1e-4
_WEEKS_BACK = 26


def naive_bayes(learned: Table, won: Floats, asked: Table) -> Floats:
    """Chance per asked row from the frequency of each value among won and lost rows; numbers in quintiles."""
    wins, losses = max(won.sum(), 0.5), max((1 - won).sum(), 0.5)
    score = np.full(len(asked), np.log(wins / losses))
    for name in sorted({*learned.codes, *learned.values}):
        then, now = _values(learned, asked, name)
        size = int(max(then.max(initial=0), now.max(initial=0))) + 1
        w = np.bincount(then, weights=won, minlength=size) + _SMOOTHING
        n = np.bincount(then, weights=1 - won, minlength=size) + _SMOOTHING
        seen = np.bincount(then, minlength=size) > 0
        score += np.where(seen, np.log((w / w.sum()) / (n / n.sum())), 0.0)[now]
    return np.asarray(np.clip(1 / (1 + np.exp(-score)), _EDGE, 1 - _EDGE))


def _values(learned: Table, asked: Table, name: str) -> tuple[Ints, Ints]:
    if name in learned.codes:
        return learned.codes[name], asked.codes[name]
    known = learned.values[name][np.isfinite(learned.values[name])]
    cuts = np.unique(np.quantile(known, [0.2, 0.4, 0.6, 0.8])) if len(known) else np.zeros(1)
    return _binned(learned.values[name], cuts), _binned(asked.values[name], cuts)


def _binned(x: Floats, cuts: Floats) -> Ints:
    return np.where(np.isfinite(x), np.digitize(np.nan_to_num(x), cuts), len(cuts) + 1).astype(np.int64)


def weighted_pipeline(view: View, day: int, known_before: int | None = None) -> float:
    """Booked so far in the period of ``day`` plus open amounts times the eventual win rate of their stage.

    The rates come from what was known before ``known_before`` (None: before ``day``).
    """
    line = view.line
    deals = line.open_at(day)
    amount = np.nan_to_num(line.amounts_at(deals, day)).clip(0)
    rates = stage_rates(line, deals, day if known_before is None else known_before)
    booked = booked_between(line, view.windows.start(day), day - 1) if view.windows.periodic else 0.0
    return booked + float(amount @ rates)


def r1(view: View, day: int) -> Floats:
    """Samples: the weighted pipeline of ``day`` times actual over weighted pipeline in each past window."""
    line = view.line
    first = line.created[0] if len(line) else day
    looks = [(a, e) for a, _, e in _looks(view, day) if e < day and a > first]
    ratios = []
    for look, end in looks:
        said = weighted_pipeline(view, look, day)
        if said > 0:
            ratios.append(booked_between(line, window_start(view, look), end) / said)
    return weighted_pipeline(view, day) * np.array(ratios or [1.0])


def _looks(view: View, day: int) -> list[tuple[int, int, int]]:
    if view.windows.periodic:
        return past_looks(view.windows, day)
    length = view.windows.days
    return [(s, s, s + length - 1) for s in range(day - length, day - length - 7 * _WEEKS_BACK, -7)]


def window_start(view: View, look: int) -> int:
    """First day whose bookings count: the period's start, or the look itself for a plain window."""
    return view.windows.start(look) if view.windows.periodic else look


def last_period(view: View, day: int) -> float:
    """Money booked in the window before."""
    windows = view.windows
    if not windows.periodic:
        return booked_between(view.line, day - windows.days, day - 1)
    before = windows.start(day) - 1
    return booked_between(view.line, windows.start(before), before)

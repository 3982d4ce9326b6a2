"""When a deal closes, and how: discrete-time competing risks of won and lost, from looks back at the past.

Each look takes the deals open on a day, with their features of that day, and follows them over weekly steps pooled
into spans of lead time. Won and lost have one log-linear hazard each, constant within a span; the hazard of
winning runs faster or slower with the week of the period (the closing spike), that of losing with the clearing up at
its end; both enter through exposure.
Source: discrete-time competing risks as in Allison, "Discrete-Time Methods for the Analysis of Event
Histories" (1982), in the landmark form of van Houwelingen, "Dynamic Prediction by Landmarking" (2007).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fairlead.forecasting.design import Column, Design, design
from fairlead.forecasting.evidence import Table
from fairlead.forecasting.glm import fit_poisson
from fairlead.forecasting.timeline import NEVER, Timeline

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
SPANS = np.array([0, 7, 14, 28, 56, 91, 182, 364, NEVER])
"""Edges of the spans of lead time in days; the hazard is constant inside a span."""
PRIOR_WON, PRIOR_LOST = 0.02, 0.05
"""Weekly hazards before any data: about 29 % of deals are won, half are closed after ten weeks."""
PRIOR_EVENTS = 4.0
_HORIZON_WEEKS = 104
_WINDOW_ONLY = frozenset({"left", "due"})


@dataclass(frozen=True)
class Pace:
    """How fast winning, or losing, runs: ``running[k]`` is the sum up to day ``first + k``, 1 per usual day."""

    first: int
    running: Floats

    def between(self, start: Ints | Floats, end: Ints | Floats) -> Floats:
        """Exposure in days of usual pace over [start, end)."""
        last = len(self.running) - 1
        a, b = np.asarray(start) - self.first, np.asarray(end) - self.first
        inside = self.running[np.clip(b, 0, last).astype(int)] - self.running[np.clip(a, 0, last).astype(int)]
        return np.asarray(inside + np.maximum(b - last, 0) - np.maximum(a - last, 0))


def even_pace(first: int, last: int) -> Pace:
    """The same pace on every day."""
    return Pace(first, np.arange(last - first + 1, dtype=float))


@dataclass(frozen=True)
class Hazards:
    """Fitted weekly hazards of won and lost."""

    recipe: Design
    won: Floats
    lost: Floats
    won_base: Floats
    lost_base: Floats
    pace: Pace
    lost_pace: Pace

    def weekly(self, table: Table) -> tuple[Floats, Floats]:
        """Log of the weekly hazards at usual pace per row and span: two arrays (rows, spans)."""
        X = self.recipe.matrix(table)[:, 1:]
        return self.won_base + (X @ self.won)[:, None], self.lost_base + (X @ self.lost)[:, None]


@dataclass(frozen=True)
class Curves:
    """Chances per row over whole weeks from the look: ``won[:, k]`` = won by the end of week k, same for lost."""

    won: Floats
    lost: Floats

    def won_between(self, start_day: int, end_day: int) -> Floats:
        """P(won on days start…end inclusive), days counted from the look = 0; linear inside a week."""
        return _at(self.won, (end_day + 1) / 7) - _at(self.won, start_day / 7)

    def ever(self) -> Floats:
        """P(won at all): what is left after two years is split as it was so far."""
        won, lost = self.won[:, -1], self.lost[:, -1]
        left = np.maximum(1 - won - lost, 0)
        return np.asarray(won + left * won / np.maximum(won + lost, 1e-9))

    def median_won_day(self) -> Ints:
        """Days from the look until half of the winning chance is used up."""
        reached = (self.won >= 0.5 * self.won[:, -1:]).argmax(axis=1)
        return np.asarray(reached * 7 - 3).clip(0).astype(np.int64)


def _at(cumulative: Floats, week: float) -> Floats:
    week = min(max(week, 0.0), cumulative.shape[1] - 1.0)
    low = int(week)
    high = min(low + 1, cumulative.shape[1] - 1)
    return np.asarray(cumulative[:, low] + (week - low) * (cumulative[:, high] - cumulative[:, low]))


def follow(hazards: Hazards, table: Table, day: int, *, weeks: int = _HORIZON_WEEKS) -> Curves:
    """Follow the rows of one look from ``day`` over ``weeks`` weekly steps."""
    log_won, log_lost = hazards.weekly(table)
    n = len(table)
    alive, won, lost = np.ones(n), np.zeros((n, weeks + 1)), np.zeros((n, weeks + 1))
    rate_won, rate_lost = np.exp(np.clip(log_won, -20, 1.5)), np.exp(np.clip(log_lost, -20, 1.5))
    for week in range(weeks):
        span = int(np.searchsorted(SPANS, 7 * week, side="right")) - 1
        begin = np.array([day + 7 * week])
        pace, lost_pace = (
            float(p.between(begin, begin + 7)[0]) / 7 for p in (hazards.pace, hazards.lost_pace)
        )
        w, l_ = rate_won[:, span] * pace, rate_lost[:, span] * lost_pace
        gone = alive * -np.expm1(-(w + l_))
        share = w / np.maximum(w + l_, 1e-12)
        won[:, week + 1] = won[:, week] + gone * share
        lost[:, week + 1] = lost[:, week] + gone * (1 - share)
        alive = alive - gone
    return Curves(won, lost)


def fit_hazards(line: Timeline, table: Table, weight: Floats, pace: Pace, lost_pace: Pace) -> Hazards:
    """Fit on looks (rows of deal and day) and what happened to them before ``line.as_of``."""
    if not len(table):
        base = np.log(np.full(len(SPANS) - 1, 1.0))
        return Hazards(
            Design((), ()),
            np.zeros(0),
            np.zeros(0),
            base + np.log(PRIOR_WON),
            base + np.log(PRIOR_LOST),
            pace,
            lost_pace,
        )
    recipe = design(table, without=_WINDOW_ONLY)
    X = recipe.matrix(table)[:, 1:]
    rows, span, lost_exposure, won_exposure, event = _person_spans(line, table, pace, lost_pace)
    w = weight[rows]
    won_base, won = _one_cause(X, recipe.columns, rows, span, won_exposure, event == 1, w, PRIOR_WON)
    lost_base, lost = _one_cause(X, recipe.columns, rows, span, lost_exposure, event == 0, w, PRIOR_LOST)
    return Hazards(recipe, won, lost, won_base, lost_base, pace, lost_pace)


def _person_spans(
    line: Timeline, table: Table, pace: Pace, lost_pace: Pace
) -> tuple[Ints, Ints, Floats, Floats, Ints]:
    """One record per row and span at risk: row, span, weeks of exposure to losing and to winning, event (-1 none)."""
    start = table.day
    closed = line.closed_known[table.deal]
    until = np.minimum(closed + 1, line.as_of) - start
    parts = []
    for b in range(len(SPANS) - 1):
        at_risk = np.flatnonzero(until > SPANS[b])
        begin = start[at_risk] + SPANS[b]
        stop = start[at_risk] + np.minimum(until[at_risk], SPANS[b + 1])
        ends = (closed[at_risk] < line.as_of) & (closed[at_risk] + 1 <= stop)
        event = np.where(ends, line.outcome[table.deal[at_risk]], -1)
        parts.append(
            (
                at_risk,
                np.full(len(at_risk), b),
                lost_pace.between(begin, stop) / 7,
                pace.between(begin, stop) / 7,
                event,
            )
        )
    joined = [np.concatenate([p[k] for p in parts]) for k in range(5)]
    return joined[0], joined[1], np.maximum(joined[2], 1e-3), np.maximum(joined[3], 1e-3), joined[4]


def _one_cause(
    X: Floats, columns: tuple[Column, ...], rows: Ints, span: Ints, exposure: Floats, event: NDArray[np.bool_],
    weight: Floats, prior: float,
) -> tuple[Floats, Floats]:  # fmt: skip
    """Baseline log hazard per span, pooled to the overall hazard, and the effects of the columns."""
    overall = (weight @ event + PRIOR_EVENTS) / (weight @ exposure + PRIOR_EVENTS / prior)
    spans = np.zeros((len(rows), len(SPANS) - 1))
    spans[np.arange(len(rows)), span] = 1.0
    ridge = np.concatenate([np.full(spans.shape[1], 2.0), [c.ridge for c in columns]])
    b = fit_poisson(
        np.hstack([spans, X[rows]]), event.astype(float), weight, ridge, np.log(overall) + np.log(exposure)
    )
    return np.log(overall) + b[: spans.shape[1]], b[spans.shape[1] :]

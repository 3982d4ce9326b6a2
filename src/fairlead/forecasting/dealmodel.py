"""The chance of each deal: one model fitted on looks back at the past, asked about the looks of today.

A look is a past day with the deals open on it. Two models read it: hazards of won and lost over time
(:mod:`hazards`), which need no finished window, and the chance to be won inside the window
(:mod:`blend`), which does. The stated chance is their mean in log-odds, weighted by how many deals stand in
finished windows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fairlead.forecasting.blend import Blend, fit_blend
from fairlead.forecasting.evidence import Plan, Table, join, observe, recode
from fairlead.forecasting.glm import expit, logit
from fairlead.forecasting.hazards import Curves, Hazards, Pace, even_pace, fit_hazards, follow
from fairlead.forecasting.timeline import Timeline
from fairlead.forecasting.windows import Windows

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
LOWEST, HIGHEST = 0.001, 0.999
PRIOR_EVER = 0.25
"""Chance that a deal is ever won before any data."""
MOST_ROWS = 24_000
MOST_HAZARD_ROWS = 8_000
_YEARS_BACK = 3 * 365
_MOST_LOOKS = 80


@dataclass(frozen=True)
class Looks:
    """Past looks: features, whether won inside the window of the look, and the weight of each row.

    All rows weigh the same, less than one because rows of a deal repeat each other. A weight per deal would tilt
    the rate, for how long a deal is looked at depends on how it ends.
    """

    table: Table
    won: Floats
    weight: Floats
    finished: NDArray[np.bool_]


@dataclass(frozen=True)
class Lesson:
    """The rows a model learned its chance from, kept for references that learn from the same rows."""

    table: Table
    won: Floats


@dataclass(frozen=True)
class View:
    """A timeline with what may be read of it. ``teams`` is a team code per owner code."""

    line: Timeline
    plan: Plan
    windows: Windows
    teams: Ints
    team_names: tuple[str, ...]


@dataclass(frozen=True)
class DealModel:
    """A fitted model of one view. ``ever`` is used where closings carry no days."""

    view: View
    levels: dict[str, tuple[str, ...]]
    number_names: frozenset[str]
    hazards: Hazards | None
    direct: Blend | None
    ever: Blend | None
    closed: int
    direct_weight: float
    lesson: Lesson


@dataclass(frozen=True)
class Chances:
    """Chances of the given deals on one day."""

    in_period: Floats
    ever: Floats
    won_day: Ints
    """Most likely day of winning (ordinal); 0 where timing is unknown."""


def fit(view: View, *, quick: bool = False) -> DealModel:
    """Fit everything from what the view holds. ``quick`` leaves the trees out."""
    line = view.line
    closed = int((line.outcome >= 0).sum())
    if not line.dated:
        ever, lesson = _fit_ever(view, quick)
        table = lesson.table
        return DealModel(view, table.levels, frozenset(table.values), None, None, ever, closed, 0.0, lesson)
    looks = look_back(view)
    thin = _thinned(len(looks.table), MOST_HAZARD_ROWS)
    hazards = fit_hazards(
        line,
        looks.table.take(thin),
        looks.weight[thin],
        pace_of(line, view.windows, 1),
        pace_of(line, view.windows, 0),
    )
    done = np.flatnonzero(looks.finished)
    table = looks.table.take(done)
    deals = len(np.unique(table.deal))
    prior = _prior_in_window(view.windows, line.as_of)
    direct = None
    if len(done):
        direct = fit_blend(
            table, looks.won[done], looks.weight[done], deals=deals, prior=prior, trees=not quick
        )
    names = frozenset(looks.table.values)
    lesson = Lesson(table, looks.won[done])
    sure = deals / (deals + 60.0)
    return DealModel(view, looks.table.levels, names, hazards, direct, None, closed, sure, lesson)


def _prior_in_window(windows: Windows, day: int) -> float:
    weeks = max(windows.end(day) - day + 1, 1) / 7
    return float(0.29 * -np.expm1(-0.07 * weeks))


def _thinned(rows: int, most: int) -> Ints:
    step = max(1, -(-rows // most))
    return np.arange(0, rows, step)


def look_back(view: View) -> Looks:
    """Looks at past days, rows in time order, thinned to the limit of rows."""
    line, windows = view.line, view.windows
    days = look_days(line)
    open_by_day = [(d, line.open_at(d)) for d in days]
    total = sum(len(o) for _, o in open_by_day)
    step = max(1, -(-total // MOST_ROWS))
    tables = []
    for k, (day, deals) in enumerate(open_by_day):
        kept = deals[(deals + k) % step == 0]
        if len(kept):
            tables.append(observed(view, kept, int(day)))
    if not tables:
        empty = np.zeros(0)
        none = observed(view, np.zeros(0, np.int64), line.as_of)
        return Looks(none, empty, empty, np.zeros(0, bool))
    table = join(tables)
    ends = np.array([windows.end(int(d)) for d in days])[np.searchsorted(days, table.day)]
    closed = line.closed[table.deal]
    won = (line.outcome[table.deal] == 1) & (closed <= ends) & (closed < line.as_of)
    independent = len(np.unique(table.deal)) / len(table)
    return Looks(table, won.astype(float), np.full(len(table), np.sqrt(independent)), ends < line.as_of)


def look_days(line: Timeline) -> Ints:
    """Past days to look from: weekly over three years, closer together where the history is short."""
    if not len(line):
        return np.zeros(0, np.int64)
    first = max(int(line.created.min()) + 1, line.as_of - _YEARS_BACK)
    span = line.as_of - first
    step = 3 if span < 180 else 7 if span < 7 * _MOST_LOOKS else 14
    return np.arange(line.as_of - step, first, -step)[::-1].astype(np.int64)


def pace_of(line: Timeline, windows: Windows, outcome: int) -> Pace:
    """Pace of winning (1) or losing (0) per week of the period: such closings over open deals, pooled to 1."""
    last = line.as_of + 800
    if not windows.periodic or not len(line):
        return even_pace(line.as_of - _YEARS_BACK, last)
    first = max(int(line.created.min()), line.as_of - _YEARS_BACK)
    days = np.arange(first, last + 1)
    week = windows.weeks(days)
    past = days < line.as_of
    day = line.closed if outcome else line.closed_known
    such = day[(line.outcome == outcome) & (day >= first) & (day < line.as_of)]
    count = np.bincount(week[such - first], minlength=week.max() + 1).astype(float)
    exposure = np.bincount(week[past], weights=_open_counts(line, days[past]), minlength=week.max() + 1)
    rate = count.sum() / max(exposure.sum(), 1.0)
    pace = (count + 8.0) / (exposure * rate + 8.0) if rate > 0 else np.ones(len(count))
    return Pace(first, np.concatenate([[0.0], np.cumsum(pace[week])]))


def _open_counts(line: Timeline, days: Ints) -> Floats:
    created, closed = np.sort(line.created), np.sort(line.closed_known)
    return (np.searchsorted(created, days) - np.searchsorted(closed, days)).clip(0).astype(float)


def observed(view: View, deals: Ints, day: int) -> Table:
    """Features of the given deals as known at the start of ``day``."""
    return observe(view.line, deals, day, view.plan, view.windows.end, view.teams, view.team_names)


def _fit_ever(view: View, quick: bool) -> tuple[Blend, Lesson]:
    done = np.flatnonzero(view.line.outcome >= 0)
    table = observed(view, done, view.line.as_of)
    for clock in ("age", "left", "quiet", "moves", "in stage"):
        table.values.pop(clock, None)
    y = (view.line.outcome[done] == 1).astype(float)
    blend = fit_blend(table, y, np.ones(len(done)), deals=len(done), prior=PRIOR_EVER, trees=not quick)
    return blend, Lesson(table, y)


def features(model: DealModel, view: View, deals: Ints, day: int) -> Table:
    """Features of the given deals of a view on ``day`` as the model reads them."""
    what = replace(view.plan, texts=model.view.plan.texts)
    table = observe(view.line, deals, day, what, view.windows.end, view.teams, view.team_names)
    if view is model.view:
        return table
    for name in model.number_names - set(table.values):
        table.values[name] = np.full(len(deals), np.nan)
    return recode(table, model.levels)


def chances(model: DealModel, table: Table, day: int, start: int, end: int, *, trees: bool = True) -> Chances:
    """Chance to be won on days start…end and ever, for the rows of one look at ``day``.

    ``trees`` False leaves the trees out, for looks that the model was fitted on.
    """
    if model.ever is not None:
        p = np.clip(model.ever.chance(table, trees=trees), LOWEST, HIGHEST)
        return Chances(p, p, np.zeros(len(table), np.int64))
    assert model.hazards is not None
    curves = follow(model.hazards, table, day)
    first = max(start, day) - day
    by_hazard = np.clip(curves.won_between(first, end - day), 1e-5, 1 - 1e-5)
    p = by_hazard
    if model.direct is not None and model.view.windows.end(day) == end and start <= day:
        w = model.direct_weight
        p = expit(w * _direct_mix(model, table, by_hazard, trees) + (1 - w) * logit(by_hazard))
    ever = _ever(curves, by_hazard, p)
    return Chances(
        np.clip(p, LOWEST, HIGHEST),
        np.clip(np.maximum(ever, p), LOWEST, HIGHEST),
        day + curves.median_won_day(),
    )


HAZARD_SHARE = 0.3


def _direct_mix(model: DealModel, table: Table, by_hazard: Floats, trees: bool) -> Floats:
    assert model.direct is not None
    return (1 - HAZARD_SHARE) * logit(model.direct.chance(table, trees=trees)) + HAZARD_SHARE * logit(
        by_hazard
    )


def _ever(curves: Curves, by_hazard: Floats, p: Floats) -> Floats:
    """The hazards' chance of winning after the window, carried over to the mixed chance inside it."""
    later = np.clip(curves.ever() - by_hazard, 0, 1) / np.maximum(1 - by_hazard, 1e-9)
    return np.asarray(p + (1 - p) * later)

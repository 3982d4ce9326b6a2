"""The time-ordered test of the estimate on a history of one's own.

At every as-of day the estimate is made from what was recorded before that day and scored against what came. The model
is refitted at every as-of day, or every four weeks where there are many.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from fairlead.forecasting import dealmodel, estimates, evidence, leaks, references, scores, timeline, tree
from fairlead.forecasting.estimates import Situation
from fairlead.forecasting.everwon import backtest_ever_won
from fairlead.forecasting.glm import expit
from fairlead.forecasting.periods import Calendar, Period
from fairlead.forecasting.results import Backtest, References, Scores, SnapshotRow, WeekScores
from fairlead.forecasting.scores import crps_of_quantiles, crps_of_samples, log_loss, score
from fairlead.forecasting.threads import one_thread
from fairlead.forecasting.types import UNASSIGNED, History, NodeForecast
from fairlead.forecasting.windows import Windows

Floats = NDArray[np.float64]
REFIT_ALWAYS, REFIT_DAYS = 20, 28
_COLUMN_LEVELS = {"owner": "person", "manager": "team"}


@dataclass
class Tally:
    """What accumulates over the as-of days."""

    said: list[Floats] = field(default_factory=list)
    came: list[Floats] = field(default_factory=list)
    base: list[Floats] = field(default_factory=list)
    bayes: list[Floats] = field(default_factory=list)
    rows: list[SnapshotRow] = field(default_factory=list)
    crps: dict[str, list[float]] = field(default_factory=dict)
    weighted: list[float] = field(default_factory=list)
    r1: list[float] = field(default_factory=list)
    last: list[float] = field(default_factory=list)


@one_thread
def backtest(
    history: History,
    *,
    start: date | str,
    end: date | None = None,
    every: int | str = "week",
    horizon_days: int | None = None,
    period_kind: str = "quarter",
    calendar: Calendar | None = None,
    levels: Sequence[str] = ("company", "team", "person"),
    by: Sequence[str] = (),
    progress: Callable[[int, int], None] | None = None,
) -> Backtest:
    """Estimate at every as-of day from ``start`` on and score against what came.

    ``end``: only what was recorded before it counts as come (None: everything). ``every`` is day, week, month or
    a number of days. ``horizon_days`` asks that many days ahead; without it each look asks to the end of its
    ``period_kind``. ``by`` adds roll-ups over columns; owner counts as level person, manager as level team.
    ``start`` may be "80%": after that share of the rows in their order, for a table without close dates,
    which is tested as "ever won": one split, fitted once. Raises ValueError where no window fits.
    """
    end = end or _after_everything(history)
    if not any(d.closed_on for d in history.deals if d.status != "open") and not _status_changes(history):
        return backtest_ever_won(history, start=start, end=end, by=by)
    first = _first_day(start, history)
    windows = _windows(horizon_days, period_kind, calendar or Calendar())
    days = _looks(first, end, every, windows)
    truth = timeline.build(history, end)
    tally, model, fitted = Tally(), None, date.min
    for k, day in enumerate(days):
        here = estimates.situation(history, day, windows)
        if model is None or len(days) <= REFIT_ALWAYS or (day - fitted).days >= REFIT_DAYS:
            model, fitted = dealmodel.fit(here.view), day
        _one_look(tally, model, here, truth, day, levels, by)
        if progress:
            progress(k + 1, len(days))
    refused = leaks.refuse_columns(history, end)
    horizon = f"{horizon_days} days" if horizon_days else period_kind
    return Backtest(
        days[0], end, horizon, len(days), _deal_scores(tally), scores.level_scores(tally.rows, tally.crps),
        _references(tally), tuple(tally.rows), refused, by_week=_by_week(tally, windows),
    )  # fmt: skip


def _after_everything(history: History) -> date:
    days = [d for deal in history.deals for d in (deal.created_on, deal.closed_on) if d]
    days += [c.recorded_at.date() for c in history.changes]
    return max(days, default=date(2000, 1, 1)) + timedelta(days=1)


def _status_changes(history: History) -> bool:
    return any(c.field == "status" and c.new in ("won", "lost") for c in history.changes)


def _first_day(start: date | str, history: History) -> date:
    if isinstance(start, date):
        return start
    if start.endswith("%"):
        created = sorted(d.created_on for d in history.deals if d.created_on)
        if not created:
            raise ValueError("A share as start needs creation dates, or a table without any dates.")
        return created[min(int(len(created) * float(start[:-1]) / 100), len(created) - 1)]
    return date.fromisoformat(start)


def _windows(horizon_days: int | None, kind: str, calendar: Calendar) -> Windows:
    return Windows("window", calendar, horizon_days) if horizon_days else Windows(kind, calendar)


def _looks(first: date, end: date, every: int | str, windows: Windows) -> list[date]:
    step = {"day": 1, "week": 7, "month": 30}.get(every, 0) if isinstance(every, str) else every
    if step < 1:
        raise ValueError(f"{every!r} is no step; use day, week, month or a number of days.")
    days, day = [], first
    while day < end and windows.end(day.toordinal()) < end.toordinal():
        days.append(day)
        day += timedelta(days=step)
    if not days:
        raise ValueError(f"No window that begins on {first} or later has ended by {end}; start earlier.")
    return days


def _one_look(
    tally: Tally, model: dealmodel.DealModel, here: Situation, truth: timeline.Timeline, day: date,
    levels: Sequence[str], by: Sequence[str],
) -> None:  # fmt: skip
    period = _period(here.view.windows, day)
    opened = estimates.open_deals(model, here, period)
    came = won_inside(here, truth, opened.index, period)
    tally.said.append(opened.chances.in_period)
    tally.came.append(came)
    rate = float(expit(np.array(model.direct.base))) if model.direct else 0.5
    tally.base.append(np.full(len(came), rate))
    tally.bayes.append(_naive_bayes(model, opened.table, rate))
    shocks, _ = estimates.shocks_of(model, here)
    for level, grouped in [("", here), *((_COLUMN_LEVELS.get(c, c), regrouped(here, c)) for c in by)]:
        totals = estimates.totals_of(grouped, opened, period, shocks)
        actual = actuals(grouped, truth, period)
        for k, node in enumerate(estimates.nodes_of(grouped, totals, {})):
            where = level or node.kind
            if (node.kind == "person") if level else (where in levels):
                record(tally.rows, tally.crps, node, where, day, float(actual[k]))
    _reference_look(tally, here, day, period, truth)


def _period(windows: Windows, day: date) -> Period:
    if windows.periodic:
        return windows.period_of(day.toordinal())
    last = day + timedelta(days=windows.days - 1)
    return Period(starts_on=day, ends_on=last, name=f"{day}..{last}", kind="window")


def _naive_bayes(model: dealmodel.DealModel, asked: evidence.Table, rate: float) -> Floats:
    if not len(model.lesson.won):
        return np.full(len(asked), rate)
    return references.naive_bayes(model.lesson.table, model.lesson.won, asked)


def won_inside(here: Situation, truth: timeline.Timeline, index: NDArray[np.int64], period: Period) -> Floats:
    """1 for each of the given deals that was won in the period."""
    place = {d.id: i for i, d in enumerate(truth.deals)}
    at = np.array([place[here.view.line.deals[i].id] for i in index], np.int64)
    first, last = period.starts_on.toordinal(), period.ends_on.toordinal()
    won = (truth.outcome[at] == 1) & (truth.closed[at] >= first) & (truth.closed[at] <= last)
    return np.asarray(won, float)


def regrouped(here: Situation, column: str) -> Situation:
    """The same situation rolled up over the values of a column instead of the tree of people."""
    f = here.view.line.fields.get(column)
    if f is None:
        raise ValueError(
            f"There is no column {column!r} to roll up by; there are {sorted(here.view.line.fields)}."
        )
    values = [f.levels[c] or "(blank)" for c in f.now]
    grown = tree.grow((), values)
    return replace(here, tree=grown, places=grown.places(values), members=(), grouped_by=column)


def actuals(here: Situation, truth: timeline.Timeline, period: Period) -> Floats:
    """What came per node. A deal new since then counts where its owner or column puts it, else in the company."""
    first, last = period.starts_on.toordinal(), period.ends_on.toordinal()
    won = np.flatnonzero((truth.outcome == 1) & (truth.closed >= first) & (truth.closed <= last))
    known = {d.id: int(p) for d, p in zip(here.view.line.deals, here.places, strict=True)}
    f, where = truth.fields[here.grouped_by], here.tree.positions()
    places = [
        known.get(truth.deals[i].id, where.get(f.levels[f.now[i]], where.get(UNASSIGNED, -1))) for i in won
    ]
    at, money = np.array(places, np.int64), np.nan_to_num(truth.amount[won])
    found = np.bincount(at[at >= 0], weights=money[at >= 0], minlength=len(here.tree.persons))
    out = estimates.upward(here.tree, np.asarray(found, float))
    out[0] = round(float(money.sum()), 2)
    return out


def record(
    rows: list[SnapshotRow],
    crps: dict[str, list[float]],
    node: NodeForecast,
    level: str,
    day: date,
    actual: float,
) -> None:
    """Keep what was said of a node and what came."""
    rows.append(SnapshotRow(day, level, node.id, node.mean, node.p10, node.p50, node.p90, round(actual, 2)))
    crps.setdefault(level, []).append(crps_of_quantiles(node.quantiles, actual))


def _reference_look(
    tally: Tally, here: Situation, day: date, period: Period, truth: timeline.Timeline
) -> None:
    actual = float(actuals(here, truth, period)[0])
    at = day.toordinal()
    tally.weighted.append(abs(references.weighted_pipeline(here.view, at) - actual))
    tally.r1.append(crps_of_samples(references.r1(here.view, at), actual))
    tally.last.append(abs(references.last_period(here.view, at) - actual))


def _by_week(tally: Tally, windows: Windows) -> tuple[WeekScores, ...]:
    """Empty for a window that does not end with a period: its looks all stand at its beginning."""
    if not windows.periodic:
        return ()
    return scores.week_scores(
        tally.rows, tally.crps, lambda day: windows.period_of(day.toordinal()).week_of(day)
    )


def _deal_scores(tally: Tally) -> Scores:
    return score(np.concatenate(tally.said), np.concatenate(tally.came).astype(np.int64))


def _references(tally: Tally) -> References:
    company = [r.actual for r in tally.rows if r.level == "company"]
    mean = float(np.mean(company)) if company else 0.0
    came = np.concatenate(tally.came)
    some = len(came) > 0
    base, bayes = np.concatenate(tally.base), np.concatenate(tally.bayes)
    weighted, r1, last = (
        scores.ratio(float(np.mean(x)), mean) for x in (tally.weighted, tally.r1, tally.last)
    )
    return References(
        round(log_loss(base, came), 6) if some else None,
        round(log_loss(bayes, came), 6) if some else None,
        weighted,
        r1,
        last,
        round(scores.brier(base, came), 6) if some else None,
        round(scores.brier(bayes, came), 6) if some else None,
    )

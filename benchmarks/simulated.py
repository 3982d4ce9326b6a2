"""Looks at simulated organisations: what the estimate, the rivals and the oracle said, and what came.

Each organisation is drawn from wide priors by its seed; the seeds here are used for nothing else. The model is fitted
anew in every quarter, at its first look. Looks lie at weeks 1, 5, 9 and 12 of the last quarters.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from benchmarks.rivals import Rivals
from fairlead.forecasting import backtests, dealmodel, drift, estimates, scores, simulate, timeline
from fairlead.forecasting.factors import Shocks
from fairlead.forecasting.hazards import follow
from fairlead.forecasting.periods import Calendar, Period
from fairlead.forecasting.timeline import Timeline
from fairlead.forecasting.types import NodeForecast
from fairlead.forecasting.windows import Windows

Floats = NDArray[np.float64]
WEEKS = (1, 5, 9, 12)
FIRST_SEED = 7_000
SHOCKS = (0.0, 0.15, 0.25, 0.40)
TARGETS = (0.9, 1.0, 1.1)
"""Targets, against the mean of the last four periods."""


@dataclass
class Look:
    """One look at one organisation. ``places`` are (level, where the actual lay 0-1) per node."""

    seed: int
    shock: float
    hazard: str
    week: int
    places: list[tuple[str, float]]
    crps: dict[str, float]
    actual: float
    width: float
    oracle_width: float
    targets: list[tuple[float, float, bool]]
    adds_up: bool
    width_of_reps: float
    width_if_independent: float
    sd: float = 0.0
    sd_of_reps: float = 0.0
    deals: tuple[Floats, Floats, float] | None = field(default=None, repr=False)


def settings(number: int, quarters: int = 14) -> simulate.Settings:
    """The organisation of that number: the four shocks in turn, every third one large."""
    drawn = simulate.drawn(FIRST_SEED + number, shock=SHOCKS[number % 4], quarters=quarters)
    return replace(drawn, reps=72) if number % 3 == 2 else replace(drawn, reps=min(drawn.reps, 32))


def looks(number: int, *, scored: int = 5, quick: bool = False) -> list[Look]:
    """Every look of one organisation."""
    wanted = settings(number)
    organisation = simulate.organisation(wanted)
    calendar, truth = Calendar(), timeline.build(organisation.history, organisation.as_of)
    periods = [calendar.quarter_of(wanted.first_day)]
    while len(periods) < wanted.quarters:
        periods.append(calendar.next(periods[-1]))
    days = [
        (period, week, simulate.week_beginning(wanted, period.starts_on + timedelta(days=7 * week)))
        for period in periods[-scored:]
        for week in WEEKS
    ]
    days = [(p, w, d) for p, w, d in days if p.contains(d)]
    oracles = simulate.oracle(wanted, [d for _, _, d in days], draws=150)
    rivals, found, model = Rivals(), [], None
    for k, (period, week, day) in enumerate(days):
        here = estimates.situation(organisation.history, day, Windows("quarter", calendar))
        if model is None or week == WEEKS[0]:
            model = dealmodel.fit(here.view, quick=quick)
        look = _look(wanted, here, model, truth, period, week, rivals, oracles[k].samples.sum(axis=1))
        found.append(look)
    return found


def looks_of(number: int, scored: int) -> list[Look]:
    """The same, with the number of scored quarters by position, for a pool of processes."""
    return looks(number, scored=scored)


def _look(
    wanted: simulate.Settings, here: estimates.Situation, model: dealmodel.DealModel, truth: Timeline, period: Period,
    week: int, rivals: Rivals, oracle: Floats,
) -> Look:  # fmt: skip
    dice = np.random.default_rng([wanted.seed, here.view.line.as_of])
    opened = estimates.open_deals(model, here, period)
    shocks, _ = estimates.shocks_of(model, here)
    totals = estimates.totals_of(here, opened, period, shocks)
    nodes = estimates.nodes_of(here, totals, {})
    actual = backtests.actuals(here, truth, period)
    company = nodes[0]
    said = rivals.samples(here, opened, model, period, week, dice)
    won = backtests.won_inside(here, truth, opened.index, period)
    money = np.where(opened.counted, opened.sizes.mean, 0.0)
    rivals.came(week, period.ends_on.toordinal(), float(won @ money))
    crps = {name: scores.crps_of_samples(x, float(actual[0])) for name, x in said.items()}
    crps["estimate"] = scores.crps_of_quantiles(company.quantiles, float(actual[0]))
    crps["oracle"] = scores.crps_of_samples(oracle + company.booked, float(actual[0]))
    independent = _width_if_independent(here, opened, period) if week == WEEKS[2] else 0.0
    people = [n for n in nodes if n.kind == "person"]
    spread = totals.distribution.sd[:, 0]
    rate = float(np.mean(model.lesson.won)) if len(model.lesson.won) else 0.25
    return Look(
        wanted.seed, wanted.shock, wanted.hazard, week,
        [(n.kind, _place(n, float(actual[k]), dice)) for k, n in enumerate(nodes)],
        crps, float(actual[0]), company.p90 - company.p10, float(np.ptp(np.quantile(oracle, [0.1, 0.9]))),
        _targets(here, company, said["R1"], period, float(actual[0])),
        abs(sum(round(100 * n.mean) for n in people) - round(100 * company.mean)) == 0,
        sum(n.p90 - n.p10 for n in people),
        independent,
        float(spread[0]),
        float(spread[[k for k, n in enumerate(nodes) if n.kind == "person"]].sum()),
        (opened.chances.in_period, won, rate),
    )  # fmt: skip


def _width_if_independent(here: estimates.Situation, opened: estimates.OpenDeals, period: Period) -> float:
    shape = here.tree.shape
    top = replace(shape, first=shape.first[:1], last=shape.last[:1], kind=shape.kind[:1])
    only = replace(here, tree=replace(here.tree, nodes=here.tree.nodes[:1], shape=top))
    q = estimates.totals_of(only, opened, period, Shocks(0.0, 0.0, 0.0)).distribution.quantiles[0, 0]
    return float(q[179] - q[19])


def _place(node: NodeForecast, actual: float, dice: np.random.Generator) -> float:
    """Where the actual lay in the distribution, drawn evenly inside a mass."""
    q = np.asarray(node.quantiles)
    low, high = np.searchsorted(q, actual - 0.005), np.searchsorted(q, actual + 0.005, side="right")
    return float((low + dice.random() * (high - low + 1)) / (len(q) + 1))


def _targets(
    here: estimates.Situation, company: NodeForecast, r1: Floats, period: Period, actual: float
) -> list[tuple[float, float, bool]]:
    """Chance of the estimate, chance of R1, and whether it was reached, for each target."""
    from fairlead.forecasting.chances import chance_of
    from fairlead.forecasting.past import booked_between

    line, windows, at, before = here.view.line, here.view.windows, period.starts_on.toordinal(), []
    for _ in range(4):
        end = at - 1
        at = windows.start(end)
        before.append(booked_between(line, at, end))
    usual = float(np.mean(before))
    return [
        (chance_of(company, t * usual), float(np.mean(r1 >= t * usual)), actual >= t * usual) for t in TARGETS
    ]


@dataclass(frozen=True)
class Broken:
    """A break and what was noticed: within three weekly looks, and in looks where nothing had changed."""

    caught: bool
    false_alarms: int
    quiet_looks: int
    error_before: float
    error_after: float


def broken(number: int) -> Broken:
    """An organisation whose deals are suddenly won a fifth as often and lost twice as often."""
    wanted = replace(settings(number), reps=40, dirt=False)
    day = _break_day(wanted)
    wanted = replace(wanted, breaks_on=day)
    history, truth = (made := simulate.organisation(wanted)).history, timeline.build(made.history, made.as_of)
    windows, model = Windows("quarter", Calendar()), None
    quiet, caught = 0, False
    for week in (-8, -5, -2, 1, 2, 3):
        here = estimates.situation(history, day + timedelta(weeks=week), windows)
        model = model if model is not None and week > 1 else dealmodel.fit(here.view, quick=True)
        shocks, _ = estimates.shocks_of(model, here)
        found = drift.watch(model, here.view, shocks.company)
        quiet, caught = quiet + (found.alarm and week < 1), caught or (found.alarm and week >= 1)
    here = estimates.situation(history, day + timedelta(weeks=4), windows)
    assert model is not None
    moved = drift.refitted(model, drift.watch(model, here.view, 0.2))
    return Broken(caught, quiet, 3, *(_next_weeks(m, here, truth) for m in (model, moved)))


def _next_weeks(model: dealmodel.DealModel, here: estimates.Situation, truth: Timeline) -> float:
    """Size of the miss over the next four weeks in log-odds of wins."""
    line = here.view.line
    deals, place = line.open_at(line.as_of), {d.id: i for i, d in enumerate(truth.deals)}
    assert model.hazards is not None
    curves = follow(
        model.hazards, dealmodel.features(model, here.view, deals, line.as_of), line.as_of, weeks=5
    )
    index = np.array([place[line.deals[i].id] for i in deals])
    came = ((truth.outcome[index] == 1) & (truth.closed[index] < line.as_of + 28)).sum()
    return float(abs(np.log((came + 1) / (curves.won_between(0, 27).sum() + 1))))


def _break_day(wanted: simulate.Settings) -> date:
    """The sixth week of the last quarter but one."""
    calendar = Calendar()
    period = calendar.quarter_of(wanted.first_day)
    for _ in range(wanted.quarters - 2):
        period = calendar.next(period)
    return simulate.week_beginning(wanted, period.starts_on + timedelta(days=35))

"""The forecasts that the estimate is measured against, written anew from their description.

R1: the weighted pipeline due in the period times what it was worth in past periods at the same week.
R2: the rate at which deals of a stage were won inside the window from the same week, drawn deal by deal.
R3: boosted trees per deal, drawn deal by deal, with one shared shock from R3's own past errors.
Deals: base rate, rate table of one column, naive Bayes, logistic regression, trees, and the mean of the last two.
All use only what was recorded before the look. Samples are money of the whole period.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from fairlead.forecasting.dealmodel import DealModel
from fairlead.forecasting.estimates import OpenDeals, Situation
from fairlead.forecasting.evidence import Table
from fairlead.forecasting.newdeals import past_looks
from fairlead.forecasting.past import booked_between, stage_rates
from fairlead.forecasting.periods import Period
from fairlead.forecasting.timeline import Timeline, days_of_levels

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
DRAWS, POOL = 1_000, 20.0
_TOO_FEW, _FIRST_SHOCK = 3, 0.15
_MOST_CATEGORIES = 250


def numbers(table: Table) -> Floats:
    """Numeric columns; a missing number becomes 0."""
    if not table.values:
        return np.zeros((len(table), 0))
    columns = np.column_stack([table.values[n] for n in sorted(table.values)])
    return np.where(np.isfinite(columns), columns, 0.0)


def _categories(table: Table) -> Ints:
    names = sorted(table.codes)
    if not names:
        return np.zeros((len(table), 0), np.int64)
    return np.column_stack([table.codes[n] for n in names])


def matrix(table: Table) -> Floats:
    """Codes of text columns, then numbers."""
    return np.hstack([_categories(table).astype(float), numbers(table)])


def trees(table: Table, won: Floats) -> HistGradientBoostingClassifier:
    """Plain settings, not tuned: small trees, slow rate."""
    few = [len(table.levels[n]) <= _MOST_CATEGORIES for n in sorted(table.codes)]
    mask = np.array(few + [False] * len(table.values), bool)
    model = HistGradientBoostingClassifier(
        learning_rate=0.04, max_iter=150, max_leaf_nodes=15, min_samples_leaf=40, l2_regularization=5.0,
        early_stopping=False, random_state=1, categorical_features=mask if mask.any() else None,
    )  # fmt: skip
    return model.fit(matrix(table), won)


def logistic(table: Table, won: Floats) -> Pipeline:
    """One-hot columns of ten rows or more, standardised numbers, a usual penalty."""
    texts = len(table.codes)
    columns = ColumnTransformer(
        [
            (
                "text",
                OneHotEncoder(handle_unknown="infrequent_if_exist", min_frequency=10),
                list(range(texts)),
            ),
            ("number", StandardScaler(), list(range(texts, texts + len(table.values)))),
        ]
    )
    return make_pipeline(columns, LogisticRegression(C=0.3, max_iter=2_000)).fit(matrix(table), won)


def chances(model: HistGradientBoostingClassifier | Pipeline, table: Table) -> Floats:
    """P(won) per row."""
    return np.asarray(np.clip(model.predict_proba(matrix(table))[:, 1], 1e-4, 1 - 1e-4))


@dataclass
class Rivals:
    """R1-R3 of one company over its looks. R3 remembers its errors per week of the period."""

    errors: dict[int, list[tuple[int, float, float]]] = field(default_factory=dict)
    last_said: tuple[float, float] = (0.0, 0.0)
    """Mean and relative variance of what R3 said of the open deals at its last look."""
    _trees: HistGradientBoostingClassifier | None = None
    _fitted: int = 0

    def samples(
        self, here: Situation, opened: OpenDeals, model: DealModel, period: Period, week: int,
        dice: np.random.Generator,
    ) -> dict[str, Floats]:  # fmt: skip
        """Samples of the company's period for each of last period, pipeline, R1, R2, R3."""
        line, day = here.view.line, here.view.line.as_of
        start, end = period.starts_on.toordinal(), period.ends_on.toordinal()
        booked = booked_between(line, start, day - 1)
        past = [
            (look, last) for look, _, last in past_looks(here.view.windows, day, 12)
            if last < day and look > int(line.created.min()) + 28
        ]  # fmt: skip
        fresh = _fresh(line, past, dice)
        before = here.view.windows.start(day) - 1 if here.view.windows.periodic else day - 1
        begin = here.view.windows.start(before) if here.view.windows.periodic else day - (end - start + 1)
        return {
            "last period": np.array([booked_between(line, begin, before)]),
            "R1": booked + _r1(here, past, day, end),
            "R2": booked + _r2(line, opened, past, day, dice) + fresh,
            "R3": booked + self._r3(opened, model, week, day, dice) + fresh,
        }

    def _r3(
        self, opened: OpenDeals, model: DealModel, week: int, day: int, dice: np.random.Generator
    ) -> Floats:
        if self._trees is None or self._fitted != id(model):
            self._trees, self._fitted = trees(model.lesson.table, model.lesson.won), id(model)
        p, amount = chances(self._trees, opened.table), _amounts(opened)
        drawn = _drawn(p, amount, dice)
        mean, variance = float(p @ amount), float((p * (1 - p)) @ amount**2)
        known = [e for e in self.errors.get(week, []) if e[0] < day]
        own = np.mean([e[1] ** 2 - e[2] for e in known]) if len(known) >= _TOO_FEW else _FIRST_SHOCK**2
        self.last_said = (mean, variance / max(mean, 1.0) ** 2)
        shock = np.sqrt(max(float(own), 0.0))
        return np.asarray(drawn * np.exp(dice.normal(0, shock, DRAWS) - shock**2 / 2))

    def came(self, week: int, end: int, open_money: float) -> None:
        """Tell R3 what the open deals of its last look brought by ``end``; it may use it from then on."""
        mean, variance = self.last_said
        self.errors.setdefault(week, []).append(
            (end, float(np.log(max(open_money, 1.0) / max(mean, 1.0))), variance)
        )


def _amounts(opened: OpenDeals) -> Floats:
    return np.where(opened.counted, opened.sizes.mean, 0.0)


def _drawn(p: Floats, amount: Floats, dice: np.random.Generator) -> Floats:
    return np.asarray((dice.random((DRAWS, len(p))) < p) @ amount)


def _fresh(line: Timeline, past: list[tuple[int, int]], dice: np.random.Generator) -> Floats:
    """Deals not yet created: a gamma over what such deals brought in past windows."""
    brought = []
    for look, last in past:
        new = (line.outcome == 1) & (line.created >= look) & (line.closed >= look) & (line.closed <= last)
        brought.append(float(np.nansum(line.amount[new])))
    if len(brought) < 2 or np.mean(brought) <= 0:
        return np.full(DRAWS, float(np.mean(brought)) if brought else 0.0)
    mean, variance = float(np.mean(brought)), max(float(np.var(brought, ddof=1)), 1.0)
    return np.asarray(dice.gamma(mean**2 / variance, variance / mean, DRAWS))


def _due(line: Timeline, deals: Ints, day: int, end: int) -> Floats:
    """1 where the close date lies in the window, or where close dates have no recorded past."""
    f = line.fields.get("close_on")
    if f is None or not f.recorded:
        return np.ones(len(deals))
    return np.asarray((days_of_levels(f)[f.codes_at(deals, day)] <= end).astype(float))


def _pipeline(line: Timeline, look: int, end: int, known: int) -> float:
    deals = line.open_at(look)
    amount = np.nan_to_num(line.amounts_at(deals, look)).clip(0)
    return float((amount * stage_rates(line, deals, known)) @ _due(line, deals, look, end))


def _r1(here: Situation, past: list[tuple[int, int]], day: int, end: int) -> Floats:
    line = here.view.line
    ratios = [
        booked_between(line, look, last) / max(_pipeline(line, look, last, day), 1.0) for look, last in past
    ]
    return np.asarray(_pipeline(line, day, end, day) * np.array(ratios or [1.0]))


def _r2(
    line: Timeline, opened: OpenDeals, past: list[tuple[int, int]], day: int, dice: np.random.Generator
) -> Floats:
    stage = line.fields["stage"]
    won, size = np.zeros(len(stage.levels)), np.zeros(len(stage.levels))
    for look, last in past:
        deals = line.open_at(look)
        came = (line.outcome[deals] == 1) & (line.closed[deals] <= last)
        codes = stage.codes_at(deals, look)
        won += np.bincount(codes, weights=came, minlength=len(won))
        size += np.bincount(codes, minlength=len(won))
    usual = won.sum() / max(size.sum(), 1.0)
    rate = (won + POOL * usual) / (size + POOL)
    return _drawn(rate[stage.codes_at(opened.index, day)], _amounts(opened), dice)

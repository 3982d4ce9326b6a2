"""A chance from a table of features: pooled logistic regression, mixed with shallow trees where data allows.

The logistic part alone explains (its contributions add up); the trees only sharpen the number. Both are judged on
the later part of the training time, after fitting on what lay before it: their log-odds are weighed by a logistic
regression on those chances (stacking: Wolpert 1992; the weights of one regression also calibrate, as in Platt 1999),
shrunk to equal weights. Where nothing predicts, both weights fall and every chance moves to the base rate.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fairlead.forecasting.design import Design, design
from fairlead.forecasting.evidence import Table
from fairlead.forecasting.glm import expit, fit_logit, logit

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
PRIOR_STRENGTH = 8.0
"""Closed deals that the prior rate is worth."""
ENOUGH_FOR_TREES, ENOUGH_TO_JUDGE = 500, 200
_LATEST = 0.25
_STEPS = (0.5, 0.75, 1.0)
"""Shares of the rows: fitted before each, judged on what follows up to the next."""
_HALF_LIFE, _LEAST_HALF_LIFE = 0.5, 1_000
"""Rows that lie this share of the whole, and these many deals, before the last one count half: the past fades."""
_EQUAL_STRENGTH, _DRIFT_STRENGTH, _DRIFT_KEPT = 50.0, 8.0, 0.3
"""Rows that equal weights are worth; rows that no drift is worth; how much of the latest drift
is added: half is taken to last, and four tenths of it are in the rows that the final fit weighs most."""


@dataclass(frozen=True)
class Blend:
    """A fitted chance: ``coefficients`` of the logistic part, ``trees`` or None, ``shift`` in log-odds.

    The log-odds are ``slope`` times the logistic part's plus ``tree_slope`` times the trees', plus ``shift``.
    ``mean_row`` is the average design row of training, the base that reasons are told against.
    """

    recipe: Design
    coefficients: Floats
    base: float
    shift: float
    trees: Trees | None
    slope: float
    tree_slope: float
    mean_row: Floats

    def chance(self, table: Table, *, trees: bool = True) -> Floats:
        """P(y=1) per row; ``trees`` False reads the logistic part alone."""
        linear = self.base + self.recipe.matrix(table) @ self.coefficients
        if not trees or self.trees is None:
            return expit((self.slope + self.tree_slope) * self._centred(linear) + self.base + self.shift)
        forest = logit(self.trees.chance(table))
        mixed = self.slope * self._centred(linear) + self.tree_slope * self._centred(forest)
        return expit(mixed + self.base + self.shift)

    def _centred(self, log_odds: Floats) -> Floats:
        return log_odds - self.base

    def contributions(self, table: Table) -> dict[str, Floats]:
        """Per feature its part of the log-odds against the average row."""
        part = (self.recipe.matrix(table) - self.mean_row) * self.coefficients
        out: dict[str, Floats] = {}
        for j, group in enumerate(self.recipe.groups, start=1):
            out[group] = out.get(group, 0.0) + part[:, j]
        return out


def fit_blend(table: Table, y: Floats, weight: Floats, *, deals: int, prior: float, trees: bool) -> Blend:
    """Fit on rows in time order. ``deals`` counts independent deals, ``prior`` is the rate before any data."""
    if not len(table):
        recipe = Design((), ())
        return Blend(recipe, np.zeros(1), float(logit(np.array(prior))), 0.0, None, 1.0, 0.0, np.ones(1))
    base, recent = _base(y, weight, deals, prior), weight * _fading(len(y), deals)
    recipe, b = _fit_linear(table, y, recent, base)
    use = trees and deals >= ENOUGH_FOR_TREES
    forest = fit_trees(table, y, recent) if use else None
    slope, tree_slope, shift = _judged(table, y, weight, deals, prior, use)
    mean_row = weight @ recipe.matrix(table) / weight.sum()
    return Blend(recipe, b, base, shift, forest, slope, tree_slope, mean_row)


def _fading(rows: int, deals: int) -> Floats:
    """Weights of rows in time order, 1 for the last."""
    half_life = rows * max(_HALF_LIFE, _LEAST_HALF_LIFE / max(deals, 1))
    return np.asarray(0.5 ** ((rows - 1 - np.arange(rows)) / half_life))


def _base(y: Floats, weight: Floats, deals: int, prior: float) -> float:
    rate = (weight @ y / weight.sum() * deals + PRIOR_STRENGTH * prior) / (deals + PRIOR_STRENGTH)
    return float(logit(np.array(rate)))


def _fit_linear(table: Table, y: Floats, weight: Floats, base: float) -> tuple[Design, Floats]:
    recipe = design(table)
    ridge = recipe.ridge
    ridge[0] = PRIOR_STRENGTH
    return recipe, fit_logit(recipe.matrix(table), y, weight, ridge, np.full(len(y), base))


def _judged(
    table: Table, y: Floats, weight: Floats, deals: int, prior: float, use_trees: bool
) -> tuple[float, float, float]:
    """Slopes of the logistic part and of the trees, and the shift that the latest rows ask for."""
    equal = np.array([0.5, 0.5] if use_trees else [1.0, 0.0])
    if deals < ENOUGH_TO_JUDGE:
        return float(equal[0]), float(equal[1]), 0.0
    said, came, counted = [], [], []
    for k, (before, after) in enumerate(pairwise(_STEPS)):
        early, late = np.arange(int(len(y) * before)), np.arange(int(len(y) * before), int(len(y) * after))
        if len(np.unique(y[early])) < 2 or not len(late):
            continue
        base = _base(y[early], weight[early], int(deals * before), prior)
        drift = np.zeros((len(late), len(_STEPS) - 1))
        drift[:, k] = 1.0
        recent = weight[early] * _fading(len(early), int(deals * before))
        parts = _centred_parts(table.take(early), y[early], recent, base, table.take(late), use_trees)
        said.append(np.column_stack([np.full(len(late), base), drift, parts]))
        came.append(y[late])
        counted.append(weight[late])
    if not said:
        return float(equal[0]), float(equal[1]), 0.0
    X = np.vstack(said)
    drifts, parts = X[:, 1 : len(_STEPS)], X[:, len(_STEPS) :]
    ridge = np.array([_DRIFT_STRENGTH] * drifts.shape[1] + [_EQUAL_STRENGTH] * 2)
    found = fit_logit(X[:, 1:], np.concatenate(came), np.concatenate(counted), ridge, X[:, 0] + parts @ equal)
    slopes = np.clip(equal + found[-2:], 0.0, 1.5)
    shift = _DRIFT_KEPT * float(np.clip(found[len(_STEPS) - 2], -1.0, 1.0))
    return float(slopes[0]), float(slopes[1]), shift


def _centred_parts(
    early: Table, y: Floats, weight: Floats, base: float, late: Table, use_trees: bool
) -> Floats:
    """Log-odds of the late rows against the base, from both parts fitted on the early ones."""
    recipe, b = _fit_linear(early, y, weight, base)
    linear = recipe.matrix(late) @ b
    if not use_trees:
        return np.column_stack([linear, np.zeros(len(late))])
    return np.column_stack([linear, logit(fit_trees(early, y, weight).chance(late)) - base])


@dataclass(frozen=True)
class Trees:
    """Boosted shallow trees on numbers, level ranks, and the pooled past log-odds of columns of many levels.

    ``ranks`` gives each level of a text column its rank by frequency, ``odds`` its pooled log-odds.
    """

    model: Any
    texts: tuple[str, ...]
    numbers: tuple[str, ...]
    ranks: dict[str, Floats]
    odds: dict[str, Floats]

    def chance(self, table: Table) -> Floats:
        """P(y=1) per row; nothing for no rows, which the trees' own library refuses."""
        if not len(table):
            return np.zeros(0)
        X = _tree_matrix(self, table, {n: v[table.codes[n]] for n, v in self.odds.items()})
        p = self.model.predict_proba(X)[:, 1]
        return np.asarray(np.clip(p, 1e-4, 1 - 1e-4), float)


_MANY_LEVELS, _MOST_RANKS, _MANY_ROWS = 8, 250, 20_000
_DEALS_PER_LEAF, _MOST_PER_LEAF = 20, 60


def fit_trees(table: Table, y: Floats, weight: Floats) -> Trees:
    """Histogram gradient boosting with fixed settings and seed on one thread."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    texts, numbers = tuple(sorted(table.codes)), tuple(sorted(table.values))
    many = [n for n in texts if len(np.unique(table.codes[n])) > _MANY_LEVELS]
    ranks = {n: _ranks(table.codes[n], len(table.levels[n])) for n in texts}
    odds = {n: _level_odds(table.codes[n], y, weight, len(table.levels[n])) for n in many}
    large = len(y) >= _MANY_ROWS
    model = HistGradientBoostingClassifier(
        learning_rate=0.05, max_iter=300 if large else 150, max_leaf_nodes=31 if large else 12,
        min_samples_leaf=_leaf(weight), l2_regularization=20.0 if large else 5.0,
        max_features=1.0 if large else 0.5, early_stopping=False,
        random_state=0, categorical_features=list(range(len(texts))) or None,
    )  # fmt: skip
    trees = Trees(model, texts, numbers, ranks, odds)
    ordered = {n: _ordered_odds(table.codes[n], y, weight) for n in many}
    model.fit(_tree_matrix(trees, table, ordered), y, sample_weight=weight)
    return trees


def _leaf(weight: Floats) -> int:
    """Rows of about twenty deals; rows that repeat a deal weigh the root of its share."""
    return int(np.clip(_DEALS_PER_LEAF / max(float(weight.max()), 0.1) ** 2, _DEALS_PER_LEAF, _MOST_PER_LEAF))


def _ranks(codes: Ints, levels: int) -> Floats:
    """Rank of each level by frequency; the rare ones beyond 250 share the last rank."""
    order = np.argsort(-np.bincount(codes, minlength=levels), kind="stable")
    rank = np.empty(levels)
    rank[order] = np.minimum(np.arange(levels), _MOST_RANKS)
    return rank


def _tree_matrix(trees: Trees, table: Table, odds: dict[str, Floats]) -> Floats:
    columns = [trees.ranks[n][table.codes[n]] for n in trees.texts]
    columns += [table.values[n] for n in trees.numbers]
    columns += [odds[n] for n in trees.odds]
    return np.column_stack(columns)


_POOLED = 10.0


def _level_odds(codes: Ints, y: Floats, weight: Floats, levels: int) -> Floats:
    """Pooled log-odds of each level over all rows."""
    rate = float(weight @ y / weight.sum())
    won = np.bincount(codes, weights=weight * y, minlength=levels)
    size = np.bincount(codes, weights=weight, minlength=levels)
    return logit((won + _POOLED * rate) / (size + _POOLED))


def _ordered_odds(codes: Ints, y: Floats, weight: Floats) -> Floats:
    """Pooled log-odds of each row's level from the rows before it only, so that no row sees its own outcome."""
    order = np.argsort(codes, kind="stable")
    first = np.concatenate([[True], np.diff(codes[order]) != 0])
    won, size = (weight * y)[order], weight[order]
    rate = float(weight @ y / weight.sum())
    won_before, size_before = _running(won, first), _running(size, first)
    out = np.empty(len(y))
    out[order] = logit((won_before + _POOLED * rate) / (size_before + _POOLED))
    return out


def _running(x: Floats, first: NDArray[np.bool_]) -> Floats:
    """Sum of the earlier rows of the same run."""
    total = np.cumsum(x) - x
    start = np.maximum.accumulate(np.where(first, np.arange(len(x)), 0))
    return np.asarray(total - total[start])

"""A chance from a table of features: pooled logistic regression, mixed with shallow trees where data allows.

The logistic part alone explains (its contributions add up); the trees only sharpen the number. The weight of the
trees comes from the last part of the training time, shrunk to a half.
"""

from __future__ import annotations

from dataclasses import dataclass
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
ENOUGH_FOR_TREES = 500
_LATEST = 0.25


@dataclass(frozen=True)
class Blend:
    """A fitted chance: ``coefficients`` of the logistic part, ``trees`` or None, ``shift`` in log-odds.

    ``mean_row`` is the average design row of training, the base that reasons are told against.
    """

    recipe: Design
    coefficients: Floats
    base: float
    shift: float
    trees: Trees | None
    tree_weight: float
    mean_row: Floats

    def chance(self, table: Table, *, trees: bool = True) -> Floats:
        """P(y=1) per row; ``trees`` False reads the logistic part alone."""
        p = expit(self.base + self.shift + self.recipe.matrix(table) @ self.coefficients)
        if trees and self.trees is not None:
            q = expit(logit(self.trees.chance(table)) + self.shift)
            p = (1 - self.tree_weight) * p + self.tree_weight * q
        return p

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
        return Blend(recipe, np.zeros(1), float(logit(np.array(prior))), 0.0, None, 0.0, np.ones(1))
    rate = (weight @ y / weight.sum() * deals + PRIOR_STRENGTH * prior) / (deals + PRIOR_STRENGTH)
    base = float(logit(np.array(rate)))
    recipe = design(table)
    X = recipe.matrix(table)
    ridge = recipe.ridge
    ridge[0] = PRIOR_STRENGTH
    b = fit_logit(X, y, weight, ridge, np.full(len(y), base))
    use = trees and deals >= ENOUGH_FOR_TREES
    share = _tree_weight(table, y, weight, X, ridge, base) if use else 0.0
    forest = fit_trees(table, y, weight) if use else None
    mean_row = weight @ X / weight.sum()
    fitted = Blend(recipe, b, base, 0.0, forest, share, mean_row)
    return _recalibrated(fitted, table, y, weight, X)


def _tree_weight(table: Table, y: Floats, weight: Floats, X: Floats, ridge: Floats, base: float) -> float:
    """Weight of the trees from the last quarter of the rows after fitting both on the first three."""
    cut = int(len(y) * (1 - _LATEST))
    early, late = np.arange(cut), np.arange(cut, len(y))
    if len(late) < 200 or len(np.unique(y[early])) < 2:
        return 0.5
    p = expit(base + X[late] @ fit_logit(X[early], y[early], weight[early], ridge, np.full(cut, base)))
    q = fit_trees(table.take(early), y[early], weight[early]).chance(table.take(late))
    grid = np.linspace(0, 1, 11)
    loss = np.array([_loss(y[late], (1 - g) * p + g * q, weight[late]) for g in grid])
    best = float(grid[int(loss.argmin())])
    return 0.5 * 0.3 + 0.7 * best


def _loss(y: Floats, p: Floats, weight: Floats) -> float:
    p = np.clip(p, 1e-6, 1 - 1e-6)
    return float(-(weight @ (y * np.log(p) + (1 - y) * np.log1p(-p))) / weight.sum())


def _recalibrated(model: Blend, table: Table, y: Floats, weight: Floats, X: Floats) -> Blend:
    """Move the intercept towards what the latest rows say: one shrunken Newton step."""
    late = np.arange(int(len(y) * (1 - _LATEST)), len(y))
    p = expit(model.base + X[late] @ model.coefficients)
    w = weight[late]
    shift = float(w @ (y[late] - p)) / (float(w @ (p * (1 - p))) + 25.0)
    return Blend(
        model.recipe, model.coefficients, model.base, float(np.clip(shift, -0.5, 0.5)), model.trees,
        model.tree_weight, model.mean_row,
    )  # fmt: skip


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
        min_samples_leaf=40, l2_regularization=20.0 if large else 5.0,
        max_features=1.0 if large else 0.5, early_stopping=False,
        random_state=0, categorical_features=list(range(len(texts))) or None,
    )  # fmt: skip
    trees = Trees(model, texts, numbers, ranks, odds)
    ordered = {n: _ordered_odds(table.codes[n], y, weight) for n in many}
    model.fit(_tree_matrix(trees, table, ordered), y, sample_weight=weight)
    return trees


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

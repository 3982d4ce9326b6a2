"""Proper scores of stated chances and of distributions.

Sources: log score and Brier score as in Gneiting & Raftery, "Strictly Proper Scoring Rules, Prediction, and
Estimation" (2007); CRPS from quantiles as twice the mean pinball loss; AUC as the Mann-Whitney statistic.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fairlead.forecasting.results import CalibrationBin, LevelScores, Scores, SnapshotRow, WeekScores

Floats = NDArray[np.float64]
BINS = 10
_EDGE = 1e-6


def score(
    probabilities: Sequence[float] | Floats,
    outcomes: Sequence[int | bool] | NDArray[np.integer] | NDArray[np.bool_],
    groups: Sequence[str] | None = None,
) -> Scores:
    """Log loss, Brier, AUC, calibration error and bins of stated chances (0-1) against outcomes 0/1.

    Raises ValueError where lengths differ or a chance lies outside 0-1. Chances are cut at 1e-6 for the
    log loss only, so that one impossible event does not make the score infinite.
    """
    said, came = np.asarray(probabilities, float), np.asarray(outcomes, float)
    _check(said, came)
    if groups is None:
        return _scores(said, came)
    if len(groups) != len(said):
        raise ValueError(
            f"There are {len(said)} chances but {len(groups)} groups; give one group per chance."
        )
    names = np.asarray(groups, object)
    each = tuple((g, _scores(said[names == g], came[names == g])) for g in sorted(set(groups)))
    return _scores(said, came, each)


def _check(said: Floats, came: Floats) -> None:
    if said.shape != came.shape or said.ndim != 1:
        raise ValueError(
            f"There are {said.size} chances but {came.size} outcomes; give one outcome per chance."
        )
    if np.isnan(said).any() or (said < 0).any() or (said > 1).any():
        raise ValueError("A chance lies outside 0-1; give chances as fractions, such as 0.35.")
    if not np.isin(came, (0.0, 1.0)).all():
        raise ValueError("An outcome is neither 0 nor 1; give 1 where it came true and 0 where not.")


def _scores(said: Floats, came: Floats, groups: tuple[tuple[str, Scores], ...] = ()) -> Scores:
    if not len(said):
        return Scores(0, None, None, None, None, (), groups)
    bins = calibration_bins(said, came)
    error = sum(b.n * abs(b.came - b.said) for b in bins) / len(said)
    return Scores(
        len(said),
        _round(log_loss(said, came)),
        _round(float(np.mean((said - came) ** 2))),
        _round(auc(said, came)),
        _round(error),
        bins,
        groups,
    )


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 6)


def log_loss(said: Floats, came: Floats) -> float:
    """Mean negative log likelihood in nats."""
    p = np.clip(said, _EDGE, 1 - _EDGE)
    return float(-np.mean(came * np.log(p) + (1 - came) * np.log1p(-p)))


def auc(said: Floats, came: Floats) -> float | None:
    """Chance that a won one was ranked above a lost one, ties half; None on one class."""
    from scipy.stats import rankdata  # half a second to import, and a forecast needs no ranks

    won = int(came.sum())
    lost = len(came) - won
    if not won or not lost:
        return None
    ranks = rankdata(said)
    return float((ranks[came == 1].sum() - won * (won + 1) / 2) / (won * lost))


def calibration_bins(said: Floats, came: Floats, bins: int = BINS) -> tuple[CalibrationBin, ...]:
    """Bins of equal count in the order of the stated chance (equal width would hide the crowded end)."""
    order = np.argsort(said, kind="stable")
    parts = [part for part in np.array_split(order, bins) if len(part)]
    return tuple(
        CalibrationBin(round(float(said[i].mean()), 6), round(float(came[i].mean()), 6), len(i))
        for i in parts
    )


def crps_of_samples(samples: ArrayLike, actual: float) -> float:
    """CRPS of a sample distribution in the unit of the samples; one sample gives the absolute error."""
    x = np.sort(np.asarray(samples, float))
    n = len(x)
    spread = ((2 * np.arange(1, n + 1) - n - 1) * x).sum() / n**2
    return float(np.abs(x - actual).mean() - spread)


def crps_of_quantiles(quantiles: ArrayLike, actual: float) -> float:
    """CRPS from equally spaced quantiles at levels 1/(n+1) … n/(n+1): twice the mean pinball loss."""
    q = np.asarray(quantiles, float)
    levels = np.arange(1, len(q) + 1) / (len(q) + 1)
    gap = actual - q
    return float(2 * np.mean(np.maximum(levels * gap, (levels - 1) * gap)))


def coverage(low: ArrayLike, high: ArrayLike, actual: ArrayLike) -> float:
    """Share of actuals inside [low, high]; a closed interval, so a mass at the edge counts as inside."""
    a = np.asarray(actual, float)
    return float(np.mean((a >= np.asarray(low, float)) & (a <= np.asarray(high, float))))


def level_scores(rows: Sequence[SnapshotRow], crps: dict[str, list[float]]) -> tuple[LevelScores, ...]:
    """Scores of the totals per level, in the order in which the levels first appear."""
    return tuple(_level(level, [r for r in rows if r.level == level], crps[level]) for level in crps)


def _level(level: str, rows: Sequence[SnapshotRow], crps: Sequence[float]) -> LevelScores:
    actual = np.array([r.actual for r in rows])
    low, mid, high = (np.array([getattr(r, q) for r in rows]) for q in ("p10", "p50", "p90"))
    mean, some = float(actual.mean()), actual > 0
    return LevelScores(
        level,
        len(rows),
        ratio(float(np.mean(crps)), mean),
        round(coverage(low, high, actual), 4),
        ratio(float(np.mean(high - low)), mean),
        round(float(np.mean(np.abs(mid[some] / actual[some] - 1))), 4) if some.any() else None,
        ratio(0.5 * (pinball(low, actual, 0.1) + pinball(high, actual, 0.9)), mean),
    )


def pinball(said: Floats, actual: Floats, level: float) -> float:
    """Mean pinball loss of a quantile of that level, in the unit of the amounts."""
    gap = actual - said
    return float(np.mean(np.maximum(level * gap, (level - 1) * gap)))


def brier(said: Floats, came: Floats) -> float:
    """Mean squared difference of stated chances and outcomes."""
    return float(np.mean((said - came) ** 2))


def week_scores(
    rows: Sequence[SnapshotRow], crps: dict[str, list[float]], week_of: Callable[[date], int]
) -> tuple[WeekScores, ...]:
    """Scores of the totals per level and week of the period."""
    out = []
    for level, losses in crps.items():
        mine = [r for r in rows if r.level == level]
        weeks = np.array([week_of(r.as_of) for r in mine], np.int64)
        for week in np.unique(weeks):
            at = np.flatnonzero(weeks == week)
            some = [mine[i] for i in at]
            actual = np.array([r.actual for r in some])
            inside = coverage([r.p10 for r in some], [r.p90 for r in some], actual)
            loss = float(np.mean([losses[i] for i in at]))
            out.append(
                WeekScores(level, int(week), len(some), ratio(loss, float(actual.mean())), round(inside, 4))
            )
    return tuple(out)


def ratio(value: float, mean: float) -> float | None:
    """``value`` over the mean actual; None where nothing came."""
    return round(value / mean, 4) if mean > 0 else None

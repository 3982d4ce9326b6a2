"""What a backtest, a replay and a scoring give back: plain values, next to the frozen types of a forecast."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from fairlead.forecasting.periods import Period


@dataclass(frozen=True, slots=True)
class CalibrationBin:
    """One bin of equal count: what was said on average, what came, and for how many."""

    said: float
    came: float
    n: int


@dataclass(frozen=True, slots=True)
class Scores:
    """Scores of stated chances against outcomes. A metric that needs both classes is None on one class.

    ``ece`` is the expected calibration error over ten bins of equal count. ``groups`` holds the same
    scores per group where groups were given.
    """

    n: int
    log_loss: float | None
    brier: float | None
    auc: float | None
    ece: float | None
    bins: tuple[CalibrationBin, ...] = ()
    groups: tuple[tuple[str, Scores], ...] = ()


@dataclass(frozen=True, slots=True)
class RefusedColumn:
    """A column that is not used as evidence because it tells the outcome, and why."""

    column: str
    why: str


@dataclass(frozen=True, slots=True)
class LevelScores:
    """Scores of totals on one level. ``ncrps``, ``width80`` and ``pinball`` are divided by the mean actual.

    ``pinball`` is the mean of the pinball losses of P10 and P90. ``level`` is company, team, person, or the name of
    a column asked for with ``by``.
    """

    level: str
    n: int
    ncrps: float | None
    coverage80: float | None
    width80: float | None
    mape_p50: float | None
    pinball: float | None = None


@dataclass(frozen=True, slots=True)
class WeekScores:
    """Scores of totals on one level at one week of the period, counted from 1."""

    level: str
    week: int
    n: int
    ncrps: float | None
    coverage80: float | None


@dataclass(frozen=True, slots=True)
class References:
    """The forecasts every estimate is measured against, at company level; None where not computable.

    ``base_rate`` and ``naive_bayes`` are log losses of deals, the next three CRPS of sums over the mean actual.
    """

    base_rate: float | None
    naive_bayes: float | None
    weighted_pipeline: float | None
    r1: float | None
    last_period: float | None
    base_rate_brier: float | None = None
    naive_bayes_brier: float | None = None


@dataclass(frozen=True, slots=True)
class SnapshotRow:
    """What was said of one node at one as-of date, and what came, in money."""

    as_of: date
    level: str
    id: str
    mean: float
    p10: float
    p50: float
    p90: float
    actual: float


@dataclass(frozen=True, slots=True)
class Backtest:
    """A time-ordered test: at every as-of date only what was recorded before it was used.

    ``horizon`` is such as "28 days", "quarter" or "ever won". ``start`` and ``end`` are None where the
    rows carry no dates and the test went by order.
    """

    start: date | None
    end: date | None
    horizon: str
    snapshots: int
    deals: Scores
    totals: tuple[LevelScores, ...]
    references: References
    by_snapshot: tuple[SnapshotRow, ...]
    refused_columns: tuple[RefusedColumn, ...]
    warnings: tuple[str, ...] = ()
    by_week: tuple[WeekScores, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """The content of ``backtest --format json``, in its order of keys, ready for ``json.dumps``."""
        return {
            "from": self.start.isoformat() if self.start else None,
            "to": self.end.isoformat() if self.end else None,
            "horizon": self.horizon,
            "snapshots": self.snapshots,
            "deals": {
                "n": self.deals.n,
                "log_loss": self.deals.log_loss,
                "brier": self.deals.brier,
                "auc": self.deals.auc,
                "ece": self.deals.ece,
                "calibration": [{"said": b.said, "came": b.came, "n": b.n} for b in self.deals.bins],
            },
            "totals": [
                {
                    "level": t.level,
                    "n": t.n,
                    "ncrps": t.ncrps,
                    "coverage80": t.coverage80,
                    "width80": t.width80,
                    "mape_p50": t.mape_p50,
                    "pinball": t.pinball,
                }
                for t in self.totals
            ],
            "references": {
                "base_rate": {
                    "log_loss": self.references.base_rate,
                    "brier": self.references.base_rate_brier,
                },
                "naive_bayes": {
                    "log_loss": self.references.naive_bayes,
                    "brier": self.references.naive_bayes_brier,
                },
                "weighted_pipeline": {"ncrps": self.references.weighted_pipeline},
                "r1": {"ncrps": self.references.r1},
                "last_period": {"ncrps": self.references.last_period},
            },
            "by_snapshot": [
                {
                    "as_of": r.as_of.isoformat(),
                    "level": r.level,
                    "id": r.id,
                    "mean": r.mean,
                    "p10": r.p10,
                    "p50": r.p50,
                    "p90": r.p90,
                    "actual": r.actual,
                }
                for r in self.by_snapshot
            ],
            "refused_columns": [{"column": c.column, "why": c.why} for c in self.refused_columns],
            "by_week": [
                {"level": w.level, "week": w.week, "n": w.n, "ncrps": w.ncrps, "coverage80": w.coverage80}
                for w in self.by_week
            ],
        }


@dataclass(frozen=True, slots=True)
class ReplayPeriod:
    """One ended period at the same week as today: what would have been said, and what came, in money.

    ``weighted_pipeline`` is booked so far plus open amounts times the win rate of their stage.
    """

    period: Period
    as_of: date
    week: int
    mean: float
    p10: float
    p50: float
    p90: float
    actual: float
    weighted_pipeline: float


@dataclass(frozen=True, slots=True)
class Replay:
    """One's own past at once. ``booked_*`` are booked up to the same day, None before the data begins."""

    node: str
    as_of: date
    period: Period
    periods: tuple[ReplayPeriod, ...]
    booked_now: float
    booked_last_quarter: float | None
    booked_last_year: float | None
    inside: int
    """In how many of the replayed periods the actual lay within P10-P90."""

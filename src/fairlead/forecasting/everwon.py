"""The test of a table without close dates: is a deal ever won? One split, fitted once, scored on the rest.

Totals are the won value of each month of creation, where rows carry creation dates.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from fairlead.forecasting import dealmodel, estimates, leaks, references, scores, tree
from fairlead.forecasting.dealmodel import DealModel
from fairlead.forecasting.estimates import Situation
from fairlead.forecasting.evidence import Table
from fairlead.forecasting.factors import Shocks
from fairlead.forecasting.newdeals import log_spread
from fairlead.forecasting.periods import Calendar
from fairlead.forecasting.results import Backtest, References, SnapshotRow
from fairlead.forecasting.shockfit import PastDeals, PastTotals, fit_shocks
from fairlead.forecasting.spectral import Pipeline, Shape, distribute
from fairlead.forecasting.types import History
from fairlead.forecasting.windows import Windows

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_LEVELS = {"owner": "person", "manager": "team"}
_CLOSE_AMOUNT = 0.03


def backtest_ever_won(history: History, *, start: date | str, end: date, by: Sequence[str]) -> Backtest:
    """Fit on the rows before ``start`` (a day, or a share of the rows in order such as "80%"), score the rest."""
    asked = rows_asked(history, start=start, end=end)
    p, y = asked.chance, asked.came
    months = _Months(asked.model, asked.here, asked.index, p, asked.begins is not None)
    rows, crps = months.test(by)
    return Backtest(
        asked.begins, end if asked.begins else None, "ever won", 1, scores.score(p, y.astype(np.int64)),
        scores.level_scores(rows, crps), months.references(asked.table, y, rows), tuple(rows), asked.here.refused,
    )  # fmt: skip


@dataclass(frozen=True)
class Asked:
    """The rows after the split: their features, the model's chances, and what came."""

    begins: date | None
    model: DealModel
    here: Situation
    index: Ints
    table: Table
    chance: Floats
    came: Floats


def rows_asked(history: History, *, start: date | str, end: date) -> Asked:
    """Fit on the rows before ``start`` and ask about the closed ones after it. Raises ValueError without any."""
    learn, begins = _split(history, start)
    windows = Windows("month", Calendar())
    refused = leaks.refuse_columns(learn)
    model = dealmodel.fit(estimates.situation(learn, end, windows, refused).view)
    here = estimates.situation(history, end, windows, refused)
    line = here.view.line
    before = {d.id for d in learn.deals}
    asked = np.array(
        [i for i, d in enumerate(line.deals) if d.id not in before and line.outcome[i] >= 0], np.int64
    )
    if not len(asked) or model.ever is None:
        raise ValueError(f"No closed rows lie on both sides of {start}; choose another start.")
    table = dealmodel.features(model, here.view, asked, line.as_of)
    chance = np.clip(model.ever.chance(table), dealmodel.LOWEST, dealmodel.HIGHEST)
    return Asked(begins, model, here, asked, table, chance, (line.outcome[asked] == 1).astype(float))


def _split(history: History, start: date | str) -> tuple[History, date | None]:
    if isinstance(start, str) and start.endswith("%"):
        kept = list(history.deals)[: int(len(history.deals) * float(start[:-1]) / 100)]
        return replace(history, deals=kept, changes=()), None
    day = date.fromisoformat(start) if isinstance(start, str) else start
    return replace(history, deals=[d for d in history.deals if d.created_on and d.created_on < day]), day


class _Months:
    """Won value by month of creation, for the company and for the values of columns."""

    def __init__(self, model: DealModel, here: Situation, asked: Ints, p: Floats, dated: bool) -> None:
        self.model, self.here, self.asked, self.p = model, here, asked, p
        line = here.view.line
        self.dated = dated
        self.month = np.array([_month(line.deals[i].created_on) for i in range(len(line))], np.int64)
        self.amount = np.nan_to_num(line.amount).clip(0)
        self.won = line.outcome == 1

    def test(self, by: Sequence[str]) -> tuple[list[SnapshotRow], dict[str, list[float]]]:
        """Distribution and actual per month and node."""
        rows: list[SnapshotRow] = []
        crps: dict[str, list[float]] = {}
        if not self.dated:
            return rows, crps
        for level, places, names in self._levels(by):
            shocks = self._shocks(places)
            for month in np.unique(self.month[self.asked]):
                mine = np.flatnonzero(self.month[self.asked] == month)
                self._one_month(rows, crps, int(month), mine, level, places, names, shocks)
        return rows, crps

    def _levels(self, by: Sequence[str]) -> list[tuple[str, Ints, tuple[str, ...]]]:
        line = self.here.view.line
        out: list[tuple[str, Ints, tuple[str, ...]]] = [
            ("company", np.zeros(len(line), np.int64), ("company",))
        ]
        for column in by:
            if column not in line.fields:
                raise ValueError(
                    f"There is no column {column!r} to roll up by; there are {sorted(line.fields)}."
                )
            f = line.fields[column]
            values = [f.levels[c] or "(blank)" for c in f.now]
            grown = tree.grow((), values)
            out.append((_LEVELS.get(column, column), grown.places(values), grown.persons))
        return out

    def _shocks(self, places: Ints) -> Shocks:
        """From the months of the rows that taught the model."""
        learned = self.model.lesson.table
        names = {d.id: i for i, d in enumerate(self.here.view.line.deals)}
        at = np.array([names[self.model.view.line.deals[i].id] for i in learned.deal], np.int64)
        assert self.model.ever is not None
        chance = np.clip(self.model.ever.chance(learned, trees=False), 0.01, 0.99)
        late = self.month[at] > self.month[at].max(initial=0) - 24
        none = np.zeros(0)
        deals = PastDeals(
            self.month[at][late], np.zeros(int(late.sum()), np.int64), places[at][late], chance[late],
            self.model.lesson.won[late],
        )  # fmt: skip
        return fit_shocks(deals, PastTotals(none, none, none, none))

    def _one_month(
        self, rows: list[SnapshotRow], crps: dict[str, list[float]], month: int, mine: Ints, level: str,
        places: Ints, names: tuple[str, ...], shocks: Shocks,
    ) -> None:  # fmt: skip
        deals = self.asked[mine]
        order = np.lexsort((-self.amount[deals], places[deals]))
        at, used = places[deals][order], np.unique(places[deals])
        n = len(used)
        pipeline = Pipeline(
            np.searchsorted(used, at), self.p[mine][order], self.amount[deals][order],
            np.full(len(deals), _CLOSE_AMOUNT), np.zeros(n), np.zeros(n), log_spread(np.ones(5)),
        )  # fmt: skip
        shape = Shape(np.arange(n), np.arange(n), np.arange(1, n + 1), ("person",) * n)
        found = distribute(pipeline, shape, shocks)
        for k, place in enumerate(used):
            inside = deals[places[deals] == place]
            actual = float(self.amount[inside][self.won[inside]].sum())
            q = found.quantiles[k, 0]
            name = "company" if level == "company" else names[int(place)]
            low, mid, high = (round(float(q[n]), 2) for n in (19, 99, 179))
            mean = round(float(found.mean[k, 0]), 2)
            rows.append(SnapshotRow(_first_of(month), level, name, mean, low, mid, high, round(actual, 2)))
            crps.setdefault(level, []).append(scores.crps_of_quantiles(q, actual))

    def references(self, table: Table, y: Floats, rows: Sequence[SnapshotRow]) -> References:
        """Base rate and naive Bayes per deal; weighted pipeline, R1 and last month per company month."""
        lesson = self.model.lesson
        rate = (lesson.won.sum() + 1) / (len(lesson.won) + 2)
        bayes = references.naive_bayes(lesson.table, lesson.won, table)
        usual = np.full(len(y), rate)
        base = round(scores.log_loss(usual, y), 6)
        money = self._money_references(rate) if self.dated else (None, None, None)
        return References(
            base,
            round(scores.log_loss(bayes, y), 6),
            *money,
            round(scores.brier(usual, y), 6),
            round(scores.brier(bayes, y), 6),
        )

    def _money_references(self, rate: float) -> tuple[float | None, float | None, float | None]:
        total = np.bincount(self.month, weights=self.amount)
        won = np.bincount(self.month, weights=self.amount * self.won)
        asked = [int(m) for m in np.unique(self.month[self.asked])]
        mean = float(np.mean([won[m] for m in asked]))
        past = [m for m in range(asked[0] - 12, asked[0]) if m >= 0 and total[m] > 0]
        ratios = np.array([won[m] / (total[m] * rate) for m in past] or [1.0])
        weighted = np.mean([abs(total[m] * rate - won[m]) for m in asked])
        r1 = np.mean([scores.crps_of_samples(total[m] * rate * ratios, won[m]) for m in asked])
        last = np.mean([abs(won[m - 1] - won[m]) for m in asked])
        if mean <= 0:
            return None, None, None
        return round(float(weighted) / mean, 4), round(float(r1) / mean, 4), round(float(last) / mean, 4)


def _month(day: date | None) -> int:
    return 0 if day is None else (day.year - 1900) * 12 + day.month


def _first_of(month: int) -> date:
    return date(1900 + (month - 1) // 12, (month - 1) % 12 + 1, 1)

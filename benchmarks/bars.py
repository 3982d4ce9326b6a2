"""How good the estimate is: bars B1-B13, each with its figure, what stands beside it, and whether it is met.

    python -m benchmarks.bars [--only B4,B7] [--quick] [--data FOLDER] [--organisations 12] [--processes 2]

Public tables are looked for in FOLDER (by their mappings in docs/how-to/mappings) and skipped with a reason where they
are absent; organisations are simulated. References are fitted on the same rows and stand beside each figure. A figure
that misses its bar by less than two standard errors is said to be within noise, not met.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks import rivals, simulated
from benchmarks.bench import machine
from benchmarks.simulated import SHOCKS, WEEKS, Look
from fairlead import crm
from fairlead.forecasting import backtest as run_backtest
from fairlead.forecasting import (
    dealmodel,
    estimates,
    everwon,
    leaks,
    scores,
    simulate,
    timeline,
)  # fmt: skip
from fairlead.forecasting.backtests import won_inside
from fairlead.forecasting.blend import fit_blend
from fairlead.forecasting.evidence import Table
from fairlead.forecasting.hazards import follow
from fairlead.forecasting.periods import Calendar
from fairlead.forecasting.results import Backtest, LevelScores
from fairlead.forecasting.types import History
from fairlead.forecasting.windows import Windows

Floats = NDArray[np.float64]
NO_TABLES = Path("no-folder-given")
MAPPINGS = Path(__file__).parents[1] / "docs" / "how-to" / "mappings"
STATED = {
    "it-services": 0.596, "ibm": 0.388, "loans 14 d": 0.420, "loans 28 d": 0.508,
    "it-services month R2": 0.139, "it-services month R3": 0.124, "loans 14 d R2": 0.145, "loans 14 d R3": 0.107,
}  # fmt: skip
"""Figures of the plain scripts, run before the work on the same rows; theirs are boosted trees of another library."""
LOANS_FROM, LOANS_TO = date(2011, 11, 28), date(2012, 2, 1)


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    bar: str
    what: str
    figure: str
    beside: str
    asked: str
    verdict: str


class Absent(Exception):
    """A public table is not on this machine."""


@dataclass(eq=False)
class Bench:
    """What the bars share: the tables and the simulated looks, each made once."""

    data: Path
    organisations: int
    quick: bool
    processes: int
    _looks: list[Look] | None = None

    @cache  # noqa: B019
    def history(self, name: str) -> History:
        folder = self.data / name
        if not folder.exists():
            raise Absent(f"{name} is not in {self.data}")
        return crm.to_history(crm.read(folder, crm.load(MAPPINGS / f"{name}.toml")))

    @cache  # noqa: B019
    def ever_won(self, name: str) -> Backtest:
        return run_backtest(self.history(name), start="80%")

    @cache  # noqa: B019
    def loans(self, days: int) -> Backtest:
        every = 12 if self.quick else 3
        return run_backtest(
            self.history("bpic12-loan-pipeline"),
            start=LOANS_FROM,
            end=LOANS_TO,
            every=every,
            horizon_days=days,
        )

    @cache  # noqa: B019
    def months(self) -> Backtest:
        return run_backtest(self.history("it-services-deals"), start="2017-02-09", by=["location"])

    def looks(self) -> list[Look]:
        """Every look of every simulated organisation."""
        if self._looks is None:
            numbers = range(3 if self.quick else self.organisations)
            scored = [2 if self.quick else 5] * len(numbers)
            with ProcessPoolExecutor(self.processes) as pool:
                made = list(pool.map(simulated.looks_of, numbers, scored))
            self._looks = [look for each in made for look in each]
        return self._looks


def verdict(met: bool, near: bool = False) -> str:
    """met, within noise, or missed."""
    return "met" if met else "within noise" if near else "missed"


def most(value: float, limit: float) -> str:
    """Verdict of a figure that must not exceed a limit."""
    return verdict(value <= limit + 5e-4)


# B1-B4: chances of deals


@dataclass(frozen=True, eq=False)
class Split:
    """Rows that teach and rows that are asked, of one table without close dates."""

    table: Table
    won: Floats
    asked: Table
    came: Floats


@cache
def split(bench: Bench, name: str) -> Split:
    """The first 80 % of the rows and the last 20 %, as the backtest splits them."""
    asked = everwon.rows_asked(bench.history(name), start="80%", end=date(2030, 1, 1))
    learned, table = asked.model.lesson.table, asked.table
    table.values = {name: table.values[name] for name in learned.values}
    return Split(learned, asked.model.lesson.won, table, asked.came)


def rerun(rows: Split) -> dict[str, float]:
    """Log loss of base rate, logistic regression, trees, and the mean of the last two."""
    linear = rivals.chances(rivals.logistic(rows.table, rows.won), rows.asked)
    forest = rivals.chances(rivals.trees(rows.table, rows.won), rows.asked)
    said = {"logistic": linear, "trees": forest, "their mean": (linear + forest) / 2}
    return {name: scores.log_loss(p, rows.came) for name, p in said.items()}


def b1(bench: Bench) -> list[Row]:
    """Log loss per deal against the best reference and naive Bayes."""
    out = []
    for name, words in (("it-services-deals", "it-services"), ("ibm-win-loss", "ibm")):
        tested = bench.ever_won(name)
        again = rerun(split(bench, name))
        best = min(STATED[words], *again.values())
        out += _b1_rows(words, tested, best, again, bayes=words == "it-services")
    for days in (14, 28):
        tested = bench.loans(days)
        out += _b1_rows(f"loans {days} d", tested, STATED[f"loans {days} d"], {}, bayes=True)
    return out


def _b1_rows(words: str, tested: Backtest, best: float, again: dict[str, float], *, bayes: bool) -> list[Row]:
    said, base, naive = tested.deals.log_loss, tested.references.base_rate, tested.references.naive_bayes
    assert said is not None
    assert base is not None
    assert naive is not None
    others = ", ".join(f"{n} {v:.3f}" for n, v in again.items())
    rows = [
        Row(
            "B1", f"log loss, {words}", f"{said:.4f}",
            f"best {best:.3f}, base {base:.3f}" + (f", {others}" if others else ""), f"≤ {best + 0.005:.3f}",
            most(said, best + 0.005),
        )
    ]  # fmt: skip
    if bayes:
        rows.append(
            Row("B1", f"log loss, {words}", f"{said:.4f}", f"naive Bayes {naive:.3f}", f"≤ {naive - 0.1:.3f}",
                most(said, naive - 0.1))
        )  # fmt: skip
    return rows


def b2(bench: Bench) -> list[Row]:
    """Ranking."""
    found = [
        ("it-services", bench.ever_won("it-services-deals"), 0.70),
        ("loans 14 d", bench.loans(14), 0.78),
        ("loans 28 d", bench.loans(28), 0.75),
    ]
    return [
        Row("B2", f"AUC, {w}", f"{t.deals.auc:.3f}", "base rate .500", f"≥ {least:.2f}",
            verdict((t.deals.auc or 0) >= least))
        for w, t, least in found
    ]  # fmt: skip


def b3(bench: Bench) -> list[Row]:
    """Calibration error, and no chance of 0 or 1."""
    found = [
        ("it-services", bench.ever_won("it-services-deals")), ("ibm", bench.ever_won("ibm-win-loss")),
        ("loans 14 d", bench.loans(14)), ("loans 28 d", bench.loans(28)),
    ]  # fmt: skip
    rows = []
    for words, tested in found:
        error, n = tested.deals.ece or 0.0, tested.deals.n
        least = _least_error(tested)
        rows.append(
            Row("B3", f"calibration error, {words}", f"{error:.3f}", f"{least:.3f} by luck alone, n {n:,}", "≤ 0.040",
                verdict(error <= 0.0405, error - least <= 0.02))
        )  # fmt: skip
    return rows


def _least_error(tested: Backtest) -> float:
    """What chances that are exactly right would score on as many deals."""
    each = [np.sqrt(2 / np.pi * b.said * (1 - b.said) / b.n) for b in tested.deals.bins]
    return float(np.mean(each))


def b4(bench: Bench) -> list[Row]:
    """Small data: never worse than the base rate by more than .01."""
    rows = []
    for name, words in (("it-services-deals", "it-services"), ("ibm-win-loss", "ibm")):
        whole = split(bench, name)
        for n in (50, 100, 200, 500):
            worse = [_small(whole, n, back) for back in range(2 if bench.quick else 8)]
            rows.append(
                Row("B4", f"{n} closed deals, {words}", f"{np.mean(worse):+.4f}",
                    f"worst of {len(worse)} {max(worse):+.3f}", "≤ +0.010 above the base rate",
                    most(float(np.mean(worse)), 0.01))
            )  # fmt: skip
    rows.append(_dull(bench))
    return rows


def _small(whole: Split, n: int, back: int) -> float:
    """Log loss above the base rate's after learning from n rows that end ``back`` steps before the split."""
    end = len(whole.won) - back * 300
    learn = np.arange(end - n, end)
    table, won = whole.table.take(learn), whole.won[learn]
    model = fit_blend(table, won, np.ones(n), deals=n, prior=dealmodel.PRIOR_EVER, trees=True)
    base = np.full(len(whole.came), (won.sum() + 1) / (n + 2))
    asked = np.arange(min(3_000, len(whole.came)))
    said = model.chance(whole.asked.take(asked))
    return scores.log_loss(said, whole.came[asked]) - scores.log_loss(base[asked], whole.came[asked])


def _dull(bench: Bench) -> Row:
    """An organisation without any signal: no skill may be claimed."""
    worse, spread = [], []
    for number in range(2 if bench.quick else 4):
        wanted = replace(simulated.settings(100 + number), dull=True, dirt=False, shock=0.0, reps=24)
        made, calendar = simulate.organisation(wanted), Calendar()
        last = calendar.quarter_of(made.as_of - timedelta(days=1))
        day = last.starts_on + timedelta(days=35)
        here = estimates.situation(made.history, day, Windows("quarter", calendar))
        model = dealmodel.fit(here.view)
        opened, truth = estimates.open_deals(model, here, last), timeline.build(made.history, made.as_of)
        came = won_inside(here, truth, opened.index, last)
        p = opened.chances.in_period
        base = float(np.mean(came))
        worse.append(scores.log_loss(p, came) - scores.log_loss(np.full(len(p), base), came))
        spread.append(float(np.std(p)))
    return Row(
        "B4", "a dull organisation", f"{np.mean(worse):+.4f}", f"spread of chances {np.mean(spread):.3f}",
        "≤ +0.010 above the rate that came", most(float(np.mean(worse)), 0.01),
    )  # fmt: skip


# B5-B10: sums


def b5(bench: Bench) -> list[Row]:
    """Sums of real tables."""
    months = {t.level: t.ncrps for t in bench.months().totals}
    found = {
        "it-services month": months["company"], "it-services location": months["location"],
        "loans 14 d": _company(bench.loans(14)).ncrps, "loans 28 d": _company(bench.loans(28)).ncrps,
    }  # fmt: skip
    mean = float(np.mean([v or 0.0 for v in found.values()]))
    rows = [
        Row("B5", "CRPS / mean, mean of four", f"{mean:.3f}", ", ".join(f"{k} {v:.3f}" for k, v in found.items()),
            "≤ 0.150", most(mean, 0.150))
    ]  # fmt: skip
    for words in ("it-services month", "loans 14 d"):
        r2, r3 = STATED[f"{words} R2"], STATED[f"{words} R3"]
        value = found[words] or 0.0
        rows.append(
            Row("B5", f"CRPS / mean, {words}", f"{value:.3f}", f"R2 {r2:.3f}, R3 {r3:.3f}",
                f"≤ {1.1 * min(r2, r3):.3f}", most(value, 1.1 * min(r2, r3)))
        )  # fmt: skip
    return rows


def _company(tested: Backtest) -> LevelScores:
    return next(t for t in tested.totals if t.level == "company")


def _relative(looks: Sequence[Look], name: str) -> float:
    """CRPS over the mean actual of the organisation, averaged over organisations."""
    each = []
    for seed in {x.seed for x in looks}:
        mine = [x for x in looks if x.seed == seed]
        each.append(
            np.mean([x.crps[name] for x in mine]) / max(float(np.mean([x.actual for x in mine])), 1.0)
        )
    return float(np.mean(each))


def b6(bench: Bench) -> list[Row]:
    """Sums of simulated organisations against R1-R3."""
    rows = []
    looks = bench.looks()
    for week in (0, *WEEKS[:3]):
        here = [x for x in looks if (x.week == week if week else x.week != 12)]
        beside = {n: _relative(here, n) for n in ("R1", "R2", "R3", "last period", "oracle")}
        best, value = min(beside[n] for n in ("R1", "R2", "R3")), _relative(here, "estimate")
        words = f"week {week}" if week else "weeks 1, 5, 9"
        rows.append(
            Row("B6", f"CRPS / mean, {words}", f"{value:.3f}", ", ".join(f"{k} {v:.3f}" for k, v in beside.items()),
                f"≤ {0.95 * best:.3f}", most(value, 0.95 * best))
        )  # fmt: skip
    return rows


def b7(bench: Bench) -> list[Row]:
    """Coverage of the 80 % interval on each level by week and by shock, and on real roll-ups."""
    rows = []
    looks = bench.looks()
    for level in ("company", "team", "person"):
        rows += [_coverage([x for x in looks if x.week == w], level, f"week {w}", 0.85) for w in WEEKS]
        for shock in SHOCKS:
            some = [x for x in looks if x.shock == shock]
            if some:
                rows.append(_coverage(some, level, f"shock {shock:.2f}", 0.90 if shock == 0 else 0.85))
    try:
        months = {t.level: t for t in bench.months().totals}
        real = [("loans 14 d", _company(bench.loans(14))), ("loans 28 d", _company(bench.loans(28)))]
        real += [("it-services month", months["company"]), ("it-services location", months["location"])]
        for words, t in real:
            share = t.coverage80 or 0.0
            rows.append(
                Row("B7", f"coverage, {words}", f"{share:.2f}", f"{t.n} sums", "0.70-0.90",
                    verdict(0.70 <= share <= 0.90, abs(share - 0.8) <= 0.1 + 2 * np.sqrt(0.16 / t.n)))
            )  # fmt: skip
    except Absent as absent:
        rows.append(Row("B7", "coverage, real roll-ups", "–", str(absent), "0.70-0.90", "skipped"))
    return rows


def _coverage(looks: Sequence[Look], level: str, words: str, highest: float) -> Row:
    """Standard errors come from the looks as wholes, for their nodes share a shock."""
    hits = [[0.1 < u < 0.9 for kind, u in x.places if kind == level] for x in looks]
    hits = [h for h in hits if h]
    share = sum(map(sum, hits)) / max(sum(map(len, hits)), 1)
    error = float(np.std([np.mean(h) for h in hits]) / np.sqrt(max(len(hits), 1)))
    inside = 0.75 <= share <= highest
    return Row(
        "B7", f"coverage, {level}, {words}", f"{share:.3f}", f"± {error:.3f}, {sum(map(len, hits)):,} sums",
        f"0.75-{highest:.2f}", verdict(inside, 0.75 - 2 * error <= share <= highest + 2 * error),
    )  # fmt: skip


def b8(bench: Bench) -> list[Row]:
    """Width at week 9 against the oracle's."""
    nine = [x for x in bench.looks() if x.week == 9]
    value = float(np.median([x.width / max(x.oracle_width, 1.0) for x in nine]))
    return [Row("B8", "width / oracle's, week 9", f"{value:.2f}", "oracle 1.00", "≤ 2.00", most(value, 2.0))]


def b9(bench: Bench) -> list[Row]:
    """Chance of reaching the target."""
    rows = []
    for week, share in ((1, 0.95), (5, 0.80), (9, 0.80)):
        told = np.array([t for x in bench.looks() if x.week == week for t in x.targets], float)
        ours, r1 = (float(np.mean((told[:, k] - told[:, 2]) ** 2)) for k in (0, 1))
        rows.append(
            Row("B9", f"Brier of the target, week {week}", f"{ours:.3f}", f"R1 {r1:.3f}", f"≤ {share * r1:.3f}",
                most(ours, share * r1))
        )  # fmt: skip
    told = np.array([t for x in bench.looks() if x.week in (1, 5, 9) for t in x.targets], float)
    slope = reliability_slope(told[:, 0], told[:, 2])
    rows.append(
        Row("B9", "reliability slope", f"{slope:.2f}", "1.00", "0.80-1.20", verdict(0.8 <= slope <= 1.2))
    )
    return rows


def reliability_slope(said: Floats, came: Floats) -> float:
    """Slope of a least-squares line of what came on what was said."""
    return float(np.cov(said, came)[0, 1] / np.var(said, ddof=1))


def b10(bench: Bench) -> list[Row]:
    """Roll-up."""
    looks = bench.looks()
    nine = [x for x in looks if x.week == 9]
    sums = np.mean([x.adds_up for x in looks])
    narrow = np.mean([x.sd <= x.sd_of_reps for x in looks])
    ranges = np.mean([x.width <= x.width_of_reps for x in looks])
    wide = np.mean([x.width >= 0.999 * x.width_if_independent for x in nine])
    return [
        Row(
            "B10",
            "reps add up to the company, to the cent",
            f"{sums:.0%}",
            "",
            "100%",
            verdict(bool(sums == 1)),
        ),
        Row(
            "B10",
            "standard deviation at most the reps' together",
            f"{narrow:.0%}",
            f"P10 to P90 narrower than the reps' together in {ranges:.0%}, see figures.md",
            "100%",
            verdict(bool(narrow == 1)),
        ),
        Row("B10", "at least as wide as independence", f"{wide:.0%}", "", "100%", verdict(bool(wide == 1))),
    ]


# B11-B13


def b11(bench: Bench) -> list[Row]:
    """Columns that tell the outcome are refused by name."""
    seven = len(
        [r for r in leaks.refuse_columns(bench.history("ibm-win-loss")) if "Supplies" not in r.column]
    )
    two = {r.column for r in leaks.refuse_columns(bench.history("crm-sales-opportunities"))}
    made = simulate.organisation(simulated.settings(200, quarters=5))
    day = made.as_of - timedelta(days=60)
    windows = Windows("quarter", Calendar())
    cut = timeline.as_known(made.history, day)
    same = _same_features(made.history, cut, day, windows)
    return [
        Row("B11", "refused in ibm", str(seven), "", "7", verdict(seven == 7)),
        Row("B11", "refused in crm", ", ".join(sorted(two)), "", "account, amount",
            verdict(two == {"account", "amount"})),
        Row("B11", "features without later events", "equal" if same else "differ", "", "equal", verdict(same)),
    ]  # fmt: skip


def _same_features(whole: History, cut: History, day: date, windows: Windows) -> bool:
    tables = []
    for history in (whole, cut):
        view = estimates.situation(history, day, windows).view
        tables.append(dealmodel.observed(view, view.line.open_at(day.toordinal()), day.toordinal()))
    one, other = tables
    return all(np.array_equal(one.values[k], other.values[k], equal_nan=True) for k in one.values) and all(
        [one.levels[k][c] for c in one.codes[k]] == [other.levels[k][c] for c in other.codes[k]]
        for k in one.codes
    )


def b12(bench: Bench) -> list[Row]:
    """Alarm within three weekly looks of a break, seldom without one, and the error after refitting."""
    numbers = range(2 if bench.quick else 8)
    caught, false, watched, before, after = 0, 0, 0, [], []
    for number in numbers:
        found = simulated.broken(300 + number)
        caught += found.caught
        false, watched = false + found.false_alarms, watched + found.quiet_looks
        before.append(found.error_before)
        after.append(found.error_after)
    halved = float(np.mean(after)) / max(float(np.mean(before)), 1e-9)
    return [
        Row("B12", "breaks noticed within three looks", f"{caught} of {len(numbers)}", "", "all",
            verdict(caught == len(numbers))),
        Row("B12", "alarms where nothing changed", f"{false} of {watched}", "", "few", ""),
        Row("B12", "error after refitting on four weeks", f"{halved:.2f}", f"before {np.mean(before):.2f} in log-odds",
            "≤ 0.50 of before", most(halved, 0.5)),
    ]  # fmt: skip


def b13(bench: Bench) -> list[Row]:
    """Time to close of the loans: chance of being won by each of four days, against a stage-age table."""
    history = bench.history("bpic12-loan-pipeline")
    truth = timeline.build(history, LOANS_TO)
    windows, days = Windows("window", Calendar(), 28), (7, 14, 21, 28)
    said: dict[int, list[Floats]] = {d: [] for d in days}
    table: dict[int, list[Floats]] = {d: [] for d in days}
    came: dict[int, list[Floats]] = {d: [] for d in days}
    place = {d.id: i for i, d in enumerate(truth.deals)}
    day = LOANS_FROM
    while day + timedelta(days=28) <= LOANS_TO:
        here = estimates.situation(history, day, windows)
        view, at = here.view, day.toordinal()
        model, deals = dealmodel.fit(view, quick=True), view.line.open_at(day.toordinal())
        assert model.hazards is not None
        curves = follow(model.hazards, dealmodel.features(model, view, deals, at), at, weeks=5)
        index = np.array([place[view.line.deals[i].id] for i in deals])
        for d in days:
            said[d].append(curves.won_between(0, d - 1))
            table[d].append(_stage_age(view, deals, at, d))
            came[d].append(((truth.outcome[index] == 1) & (truth.closed[index] < at + d)).astype(float))
        day += timedelta(days=12 if bench.quick else 6)
    rows, ours, theirs = [], [], []
    for d in days:
        p, q, y = (np.concatenate(x[d]) for x in (said, table, came))
        ours.append(float(np.mean((p - y) ** 2)))
        theirs.append(float(np.mean((q - y) ** 2)))
        error = scores.score(np.clip(p, 0, 1), y.astype(np.int64)).ece or 0.0
        rows.append(Row("B13", f"won by day {d}", f"{error:.3f}", f"n {len(y):,}", "calibration error ≤ 0.050",
                        most(error, 0.05)))  # fmt: skip
    mine, other = float(np.mean(ours)), float(np.mean(theirs))
    rows.append(
        Row(
            "B13",
            "integrated Brier",
            f"{mine:.4f}",
            f"stage-age table {other:.4f}",
            f"≤ {other:.4f}",
            most(mine, other),
        )
    )
    return rows


_AGES = np.array([3, 7, 14, 21, 35])


def _stage_age(view: dealmodel.View, deals: NDArray[np.int64], at: int, within: int) -> Floats:
    """Share won within so many days of deals of the same stage and age, over finished looks; pooled to all."""
    line, stage = view.line, view.line.fields["stage"]
    cells = len(stage.levels) * (len(_AGES) + 1)
    won, size = np.zeros(cells), np.zeros(cells)

    def cell(some: NDArray[np.int64], day: int) -> NDArray[np.int64]:
        return stage.codes_at(some, day) * (len(_AGES) + 1) + np.searchsorted(_AGES, day - line.created[some])

    for look in range(at - within, int(line.created.min()), -3):
        open_ = line.open_at(look)
        y = (line.outcome[open_] == 1) & (line.closed[open_] < look + within)
        won += np.bincount(cell(open_, look), weights=y, minlength=cells)
        size += np.bincount(cell(open_, look), minlength=cells)
    rate = (won + 20 * won.sum() / max(size.sum(), 1)) / (size + 20)
    return np.asarray(rate[cell(deals, at)])


BARS: dict[str, Callable[[Bench], list[Row]]] = {
    "B1": b1, "B2": b2, "B3": b3, "B4": b4, "B5": b5, "B6": b6, "B7": b7, "B8": b8, "B9": b9, "B10": b10, "B11": b11,
    "B12": b12, "B13": b13,
}  # fmt: skip


def main() -> None:
    """Print the table, bar by bar."""
    asked = argparse.ArgumentParser(description="Bars B1-B13: how good the estimate is.")
    asked.add_argument("--only", default="", help="such as B4,B7")
    asked.add_argument("--quick", action="store_true", help="fewer organisations and looks, in some minutes")
    asked.add_argument("--data", type=Path, default=NO_TABLES, help="folder of the public tables")
    asked.add_argument("--organisations", type=int, default=12)
    asked.add_argument("--processes", type=int, default=2)
    given = asked.parse_args()
    bench = Bench(given.data, given.organisations, given.quick, given.processes)
    wanted = [name.strip().upper() for name in given.only.split(",") if name.strip()] or list(BARS)
    print(f"{machine()}{', quick' if given.quick else ''}\n")
    print("| Bar | What | Figure | Beside it | Asked | |\n| --- | --- | --- | --- | --- | --- |", flush=True)
    begun = time.perf_counter()
    for name in wanted:
        try:
            rows = BARS[name](bench)
        except Absent as absent:
            rows = [Row(name, "", "–", str(absent), "", "skipped")]
        for r in rows:
            print(f"| {r.bar} | {r.what} | {r.figure} | {r.beside} | {r.asked} | {r.verdict} |", flush=True)
    print(f"\n{time.perf_counter() - begun:.0f} s")


if __name__ == "__main__":
    main()

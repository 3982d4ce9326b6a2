"""How fast weekly hazards are fitted: `python -m benchmarks.fitting [--rows 20000000] [--owners 10000]`.

Weekly rows with five categories and an owner are drawn with known effects; the library counts them to cells, fits
both hazards and the pooled effects of owners. Beside it scikit-learn on the same cells, and on a tenth of the rows
one by one, scaled. CPU seconds over all threads; compiled code is warmed up on the first rows.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from benchmarks.bench import machine, peak_memory_mb
from fairlead.forecasting import cells

T = TypeVar("T")
LEVELS = {"stage": 6, "age": 10, "amount": 8, "segment": 8, "week": 13}
CROSSED = ((0, 4),)
SPREAD = 0.45


@dataclass(frozen=True)
class Rows:
    """Weekly rows and the truth behind them."""

    factors: list[NDArray[np.int8]]
    owner: NDArray[np.int32]
    event: NDArray[np.int8]
    effect: NDArray[np.float64]


def draw(rows: int, owners: int, seed: int = 1) -> Rows:
    """Rows of a company whose owners differ by a known spread."""
    rng = np.random.default_rng(seed)
    factors = [rng.integers(0, levels, rows, dtype=np.int8) for levels in LEVELS.values()]
    factors[1] = np.minimum(rng.geometric(0.22, rows) - 1, 9).astype(np.int8)
    owner = rng.integers(0, owners, rows, dtype=np.int32)
    effect = rng.normal(0, SPREAD, owners)
    each: list[NDArray[Any]] = [rng.normal(0, 0.35, levels) for levels in LEVELS.values()]
    each[0], each[1] = np.linspace(-1.2, 1.4, LEVELS["stage"]), -0.12 * np.arange(LEVELS["age"])
    event = np.zeros(rows, np.int8)
    for first in range(0, rows, 1_000_000):
        part = slice(first, first + 1_000_000)
        stage, age, week = (factors[k][part] for k in (0, 1, 4))
        won = -4.2 + sum(e[f[part]] for e, f in zip(each, factors, strict=True)) + effect[owner[part]]
        won = np.exp(won + 0.25 * ((week >= 11) & (stage >= 4)))
        lost = np.exp(-3.6 + 0.05 * age - 0.15 * stage - 0.5 * effect[owner[part]])
        at = rng.random(len(won)) * (1 + won + lost)
        event[part] = np.where(at < won, 1, np.where(at < won + lost, 2, 0))
    return Rows(factors, owner, event, effect)


def timed(words: str, work: Callable[[], T], scale: float = 1.0) -> tuple[T, float]:
    """Do the work and print what it took."""
    cpu, wall = time.process_time(), time.perf_counter()
    found = work()
    cpu, wall = (time.process_time() - cpu) * scale, (time.perf_counter() - wall) * scale
    said = "" if scale == 1 else f", scaled by {scale:g}"
    print(f"  {words:58s} {cpu:8.2f} CPU s {wall:8.2f} s wall{said}", flush=True)
    return found, cpu


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rows", type=int, default=20_000_000)
    asked.add_argument("--owners", type=int, default=10_000)
    asked.add_argument("--alone", action="store_true", help="without scikit-learn beside it")
    given = asked.parse_args()
    sizes = tuple(LEVELS.values())
    warm = draw(cells.COMPILED_FROM, 10)
    counted, cell = cells.gather(warm.factors, sizes, warm.event)
    cells.pooled(np.zeros(len(counted.rows)), cell, warm.owner, warm.event == 1, 10)
    rows = draw(given.rows, given.owners)
    held = (sum(f.nbytes for f in rows.factors) + rows.owner.nbytes + rows.event.nbytes) / 1e6
    print(f"{machine()}\n{given.rows:,} weekly rows of {held:,.0f} MB, {given.owners:,} owners, "
          f"won {np.mean(rows.event == 1):.2%}, lost {np.mean(rows.event == 2):.2%}")  # fmt: skip
    (counted, cell), one = timed("rows to cells", lambda: cells.gather(rows.factors, sizes, rows.event))
    words = f"hazards of won and lost, {len(counted.rows):,} cells"
    fitted, two = timed(words, lambda: cells.fit(counted, crossed=CROSSED))
    odds = fitted.log_odds(counted.codes)[0]
    found, three = timed(
        "effects of owners", lambda: cells.pooled(odds, cell, rows.owner, rows.event == 1, given.owners)
    )
    print(
        f"  {'all of it':58s} {one + two + three:8.2f} CPU s; peak of the process {peak_memory_mb():,.0f} MB"
    )
    print(f"  spread of owners {found.spread:.3f} (true {SPREAD}), "
          f"correlation with the truth {np.corrcoef(found.effect, rows.effect)[0, 1]:.3f}")  # fmt: skip
    if not given.alone:
        beside(rows, counted, fitted)


def beside(rows: Rows, counted: cells.Cells, fitted: cells.Fit) -> None:
    """scikit-learn on the same cells, and on rows one by one."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import OneHotEncoder

    columns = cells.columns_of(counted.codes, counted.sizes, fitted.crossed)
    twice, came = np.vstack([columns, columns]), np.repeat([1, 0], len(columns))
    weight = np.concatenate([counted.won, counted.rows - counted.won])
    model = LogisticRegression(solver="newton-cholesky", max_iter=100, C=0.1)
    timed("scikit-learn, won only, the same cells", lambda: model.fit(twice, came, sample_weight=weight))
    apart = np.abs(model.predict_proba(columns)[:, 1] - fitted.chances(counted.codes)[0])
    print(f"  largest difference of a weekly chance: {apart.max():.5f} (other penalties)")
    tenth = len(rows.event) // 10
    raw = np.stack([f[:tenth] for f in rows.factors], axis=1)
    coded, _ = timed("scikit-learn, rows to columns", lambda: OneHotEncoder().fit_transform(raw), 10)
    timed("scikit-learn, won only, rows, no owners",
          lambda: LogisticRegression(max_iter=100).fit(coded, rows.event[:tenth] == 1), 10)  # fmt: skip


if __name__ == "__main__":
    main()

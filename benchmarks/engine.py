"""The engine beside plain and compiled simulation: `python -m benchmarks.engine [--deals 1000 100000 1000000]`.

For each size, in one process: CPU and wall seconds of 10,000 naive NumPy draws (timed on a few, scaled), of as many
draws of a compiled simulation, and of the engine for every node with 199 quantiles; their ratios; memory; what-ifs on
single deals. `--accuracy` adds the error at nodes of 5, 50 and 500 deals against a long simulation. The default sizes
take about two minutes on two idle cores, most of it compiling; a million deals another two; the accuracy three.
"""

from __future__ import annotations

import argparse
import gc
import time
from collections.abc import Callable
from statistics import median

import numpy as np
from numpy.typing import NDArray

from benchmarks import bench, monte_carlo
from benchmarks.synthetic_pipeline import organisation
from fairlead.forecasting import compiled
from fairlead.forecasting.book import Book, lost, prepare, resized, won
from fairlead.forecasting.factors import Shocks

SHOCKS = Shocks(0.15, 0.20, 0.35)
DRAWS = 10_000
Floats = NDArray[np.float64]


def timed(work: Callable[[], object], times: int = 1) -> tuple[float, float, float]:
    """Least CPU and wall seconds of several runs, and the spread of the CPU seconds (largest over least)."""
    cpu, wall = [], []
    for _ in range(times):
        gc.collect()
        c, w = time.process_time(), time.perf_counter()
        work()
        cpu.append(time.process_time() - c)
        wall.append(time.perf_counter() - w)
    return min(cpu), min(wall), max(cpu) / min(cpu)


def size(persons: int) -> None:
    pipeline, shape = organisation(persons)
    n = len(pipeline.person)
    kernel = compiled.kernel()
    book = prepare(pipeline, shape, SHOCKS, parts=("total",), kernel=kernel)
    print(f"\n{n:,} deals, {persons:,} persons, {len(shape.first):,} nodes")
    naive_draws = int(np.clip(20_000_000 // n, 20, 2_000))
    before = timed(lambda: monte_carlo.naive(pipeline, shape, SHOCKS, naive_draws))
    naive = [v * DRAWS / naive_draws for v in before[:2]]
    _line(f"naive NumPy draws, 10,000 ({naive_draws} timed)", naive[0], naive[1], naive[0])
    simulation = monte_carlo.Compiled(pipeline, shape, SHOCKS)
    low, high = _bounds(book)
    simulation.run(low, high, 512)
    few = 512 * int(np.clip(2_000_000 // n, 1, 20))
    found = timed(lambda: simulation.run(low, high, few))
    _line(f"compiled draws, 10,000 ({few} timed)", found[0] * DRAWS / few, found[1] * DRAWS / few, naive[0])

    def engine() -> None:
        prepare(pipeline, shape, SHOCKS, parts=("total",), kernel=kernel).distribution  # noqa: B018

    cpu, wall, spread = timed(engine, 7)
    _line("engine, total, 199 quantiles a node", cpu, wall, naive[0], f"spread {spread:.2f}")
    cpu, wall, spread = timed(lambda: prepare(pipeline, shape, SHOCKS, kernel=kernel).distribution, 3)
    _line("engine, total, open and new apart", cpu, wall, naive[0], f"spread {spread:.2f}")
    _memory(book)
    _what_if(book)


def _bounds(book: Book) -> tuple[Floats, Floats]:
    s = book.solved["total"]
    return np.maximum(s.mean - 7 * s.sd, 0), s.mean + 9 * s.sd + 1e-6


def _line(what: str, cpu: float, wall: float, naive: float, more: str = "") -> None:
    print(
        f"{what:48s} CPU {cpu:9.3f} s  wall {wall:9.3f} s  naive/this {naive / cpu:7.0f}  {more}", flush=True
    )


def _memory(book: Book) -> None:
    layer, solved = book.layers["total"], book.solved["total"]
    deals = sum(v.nbytes for v in (layer.deals.odds, layer.deals.amount, layer.deals.kind)) / 1e6
    sums = sum(v.nbytes for v in layer.sums) / 1e6
    samples = len(solved.mean) * DRAWS * 4 / 1e6
    print(
        f"memory: deals {deals:.0f} MB, sums {sums:.0f} MB, curves {solved.rise.nbytes / 1e6:.0f} MB"
        f" (10,000 samples a node: {samples:.0f} MB); peak of the process {bench.peak_memory_mb():.0f} MB"
    )


def _what_if(book: Book) -> None:
    """What-ifs on single deals, person to root, answered with all curves of the chain and a chance each."""
    rng = np.random.default_rng(1)
    target = book.curve(len(book.nodes) - 1).mean * 1.05
    clocks = (time.perf_counter, time.process_time)
    medians: tuple[list[float], list[float]] = ([], [])
    for _ in range(5):
        taken: tuple[list[float], list[float]] = ([], [])
        for deal in rng.integers(0, len(book.base.pipeline.person), 60):
            change = (won, lost, lambda i: resized(i, 10_000.0))[int(rng.integers(3))](int(deal))
            began = [clock() for clock in clocks]
            seen = book.what_if([change])
            seen.after[-1].chance(target)
            for k, clock in enumerate(clocks):
                taken[k].append((clock() - began[k]) * 1e3)
        for k in range(2):
            medians[k].append(median(taken[k]))
    for clock_name, values in zip(("wall", "CPU"), medians, strict=True):
        print(
            f"what-if, person to root: {clock_name} median {median(values):.2f} ms"
            f" (five medians {min(values):.2f} to {max(values):.2f})",
            flush=True,
        )
    start = time.perf_counter()
    book.swings(len(book.nodes) - 1, target)
    print(f"swings of all deals on the root, 20 of them exact: {(time.perf_counter() - start) * 1e3:.0f} ms")


def accuracy() -> None:
    """W1 (area between distribution functions, % of target) against a long compiled simulation."""
    print("\naccuracy: area to a long simulation, % of the target; beside it 10,000 naive draws")
    cases = (("5 deals", 1, 5, 1.0, 11, 1), ("50 deals", 1, 50, 1.0, 12, 1), ("500 deals", 7, 71, 7.0, 13, 0))
    for name, persons, per_person, per_team, seed, level in cases:
        pipeline, shape = organisation(persons, per_person, per_team=per_team, whales=False, seed=seed)
        node = 0 if level else len(shape.first) - 1
        book = prepare(pipeline, shape, SHOCKS, parts=("total",), kernel=compiled.kernel())
        curve = book.curve(node)
        bins, target = 4_096, 1.1 * curve.mean
        top = curve.mean + 12 * curve.sd
        draws = 512 * int(20_000_000 // max(len(pipeline.person), 250) // 2)
        simulation = monte_carlo.Compiled(pipeline, shape, SHOCKS)
        long = simulation.run(np.zeros(len(shape.first)), np.full(len(shape.first), top), draws, bins=bins)[
            node
        ]
        x = np.linspace(0, top, bins - 1)
        step = x[1] - x[0]
        ours = np.array([curve.below(v) for v in x - 1e-9 * top])
        drawn = np.sort(monte_carlo.naive(pipeline, shape, SHOCKS, DRAWS)[:, node])
        plain = np.searchsorted(drawn, x, "left") / DRAWS
        w1 = [100 * np.abs(f - long)[1:].sum() * step / target for f in (ours, plain)]
        print(
            f"{name:12s} engine {w1[0]:.4f} %  naive {w1[1]:.3f} %  largest gap {np.abs(ours - long)[1:].max():.4f}"
            f"  ({draws:,} draws)"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deals", type=int, nargs="*", default=[1_000, 100_000])
    parser.add_argument("--accuracy", action="store_true")
    asked = parser.parse_args()
    start = time.process_time()
    compiled.kernel()
    print(f"kernels ready after {time.process_time() - start:.1f} CPU s; {bench.machine()}")
    for deals in asked.deals:
        size(deals // 100)
    if asked.accuracy:
        accuracy()


if __name__ == "__main__":
    main()

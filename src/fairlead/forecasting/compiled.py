"""The compiled kernel: what a book asks of it, for large organisations and for peers of :mod:`plain`.

Importing this module costs nothing; the first call of :func:`kernel` imports Numba and compiles for some 20 seconds, or
reads what was compiled before from the user's cache folder. Kernels run without the interpreter's lock on up to two
threads; each node is computed by one thread in a fixed order, so that results do not depend on their number.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from fairlead.forecasting import jit, tuning
from fairlead.forecasting.layers import Layer

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Ints = NDArray[np.int64]
THREADS = 2
_WORTH_A_THREAD = 50_000
_FEW = 64
"""Nodes at a time for which a second thread costs more than it gives: a what-if never takes one."""


@cache
def _kernels() -> ModuleType:
    jit.settle()
    return importlib.import_module("fairlead.forecasting.kernels")


def _without_cache() -> None:
    """Compile in memory from here on: what is kept on disk cannot be read or written."""
    jit.keep(False)
    importlib.reload(_kernels())


class Compiled:
    """The kernel behind :class:`book.Book`; see :class:`plain.Plain` for what each method gives."""

    name = "compiled"

    def __init__(self, threads: int | None = None) -> None:
        self.threads = max(1, min(threads or THREADS, os.cpu_count() or 1))

    def persons(self, layer: Layer, persons: Ints) -> None:
        k = _kernels()
        self._split(
            layer,
            persons,
            lambda some: k.sum_persons(layer.deals, layer.amounts, layer.grid, layer.sums, some),
        )

    def teams(self, layer: Layer, teams: Ints) -> None:
        _kernels().sum_teams(layer.deals, layer.grid, layer.sums, teams)

    def moments(self, layer: Layer, parts: Ints) -> Floats:
        out = np.empty((len(parts), 7))
        _kernels().moments(layer.deals, layer.amounts, layer.grid, layer.sums, parts, out)
        return out

    def largest(self, layer: Layer, parts: Ints) -> Ints:
        out = np.empty((len(parts), 3), np.int64)
        _kernels().largest(layer.deals, layer.sums, parts, out)
        return out

    def spectra(
        self, layer: Layer, parts: Ints, low: Floats, width: Floats, mass: Floats, zero: Floats, blocks: int
    ) -> tuple[NDArray[np.complex64], Ints]:
        k = _kernels()
        stretch = float(layer.amounts.stretch.max())
        out = np.zeros((len(parts), 1 + blocks * tuning.BLOCK), np.complex64)
        used = np.zeros(len(parts), np.int64)

        def some(rows: Ints) -> None:
            a, b = int(rows[0]), int(rows[-1]) + 1
            k.spectra(
                layer.deals, layer.amounts, layer.grid, layer.sums, parts[a:b], low[a:b], width[a:b], mass[a:b],
                zero[a:b], blocks, stretch, out[a:b], used[a:b],
            )  # fmt: skip

        if len(parts):
            self._split(layer, np.arange(len(parts)), some)
        return out, used

    def quantiles(
        self,
        rise: Singles,
        begin: Ints,
        points: Ints,
        low: Floats,
        width: Floats,
        zero: Floats,
        levels: Floats,
    ) -> Floats:
        out = np.empty((len(begin), len(levels)))
        _kernels().quantiles(rise, begin, points, low, width, zero, levels, out)
        return out

    def screen(
        self,
        rise: Singles,
        low: float,
        width: float,
        zero: float,
        target: float,
        amount: Singles,
        chance: Floats,
    ) -> Floats:
        out = np.empty(len(amount))
        _kernels().screen(rise, low, width, zero, target, amount, chance, out)
        return out

    def _split(self, layer: Layer, rows: Ints, work: Callable[[Ints], None]) -> None:
        """Run on two threads where there is enough to do; pieces are small so that both end together."""
        if self.threads == 1 or layer.used < _WORTH_A_THREAD or len(rows) < _FEW:
            work(rows)
            return
        pieces = np.array_split(rows, min(len(rows), 32))
        with ThreadPoolExecutor(self.threads) as pool:
            list(pool.map(work, pieces))


@cache
def kernel(threads: int | None = None) -> Compiled:
    """The compiled kernel, ready: compiled or read from the cache, and tried on a small book."""
    from fairlead.forecasting.book import try_out

    made = Compiled(threads)
    _kernels()
    try:
        try_out(made)
    except Exception:  # whatever is wrong with the cache folder must never stop a forecast
        _without_cache()
        try_out(made)
    return made

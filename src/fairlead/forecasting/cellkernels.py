"""The loops over rows of :mod:`~fairlead.forecasting.cells`, compiled. Single-threaded; callers split the rows."""

from __future__ import annotations

from typing import Any

import numpy as np

from fairlead.forecasting import jit


@jit.outer
def shift(cell: Any, codes: Any, size: int) -> None:
    """One more factor into the number of each row's cell."""
    for i in range(len(cell)):
        cell[i] = cell[i] * size + codes[i]


@jit.outer
def count(cell: Any, event: Any, cells: int) -> Any:
    """Rows per cell and event."""
    found = np.zeros((cells, 3), np.int64)
    for i in range(len(cell)):
        found[cell[i], event[i]] += 1
    return found


@jit.outer
def owner_sums(against: Any, factor: Any, cell: Any, owner: Any) -> Any:
    """Per owner the sum of p and of p (1 - p), where p = 1 / (1 + against * factor)."""
    expected = np.zeros(len(factor))
    curvature = np.zeros(len(factor))
    for i in range(len(cell)):
        k = owner[i]
        p = 1.0 / (1.0 + against[cell[i]] * factor[k])
        expected[k] += p
        curvature[k] += p * (1.0 - p)
    return expected, curvature

"""Proper scores of stated chances and of distributions."""

from __future__ import annotations

from collections.abc import Sequence

from fairlead.forecasting.results import Scores


def score(
    probabilities: Sequence[float], outcomes: Sequence[int | bool], groups: Sequence[str] | None = None
) -> Scores:
    """Log loss, Brier, AUC, calibration error and bins of stated chances against outcomes 0/1."""
    raise NotImplementedError

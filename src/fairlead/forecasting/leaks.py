"""Columns that tell the outcome are refused by name."""

from __future__ import annotations

from datetime import date

from fairlead.forecasting.results import RefusedColumn
from fairlead.forecasting.types import History


def refuse_columns(history: History, as_of: date | None = None) -> tuple[RefusedColumn, ...]:
    """The evidence columns (and ``amount``) that are known only at or near the close, each with why."""
    raise NotImplementedError

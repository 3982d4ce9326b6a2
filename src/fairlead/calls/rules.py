"""Targets as rows from outside, and the rules of the forecast call. No Django here."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class TargetRow:
    """A target (quota) of one person for one named period, e.g. ``2026Q4``. Major units, exact."""

    person_id: str
    period: str
    amount: Decimal
    currency: str = ""
    type: str = "new"
    line: int = 0

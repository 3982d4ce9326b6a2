"""Deals as rows from outside, money, and how rows become evidence for a forecast. No Django here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Literal

Status = Literal["open", "won", "lost"]


@dataclass(frozen=True, slots=True)
class DealRow:
    """One deal as a source shows it at its as-of moment. Amount in major units, exact."""

    deal_id: str
    name: str = ""
    account: str = ""
    owner: str = ""
    amount: Decimal | None = None
    currency: str = ""
    stage: str = ""
    forecast_category: str = ""
    close_on: date | None = None
    created_on: date | None = None
    status: Status = "open"
    closed_on: date | None = None
    product: str = ""
    source: str = ""
    type: str = ""
    next_step: str = ""
    extra: Mapping[str, str] = field(default_factory=dict)
    line: int = 0


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """One change of one field. ``field`` is a DealRow field name or an extra column.

    ``old`` and ``new`` are canonical text: ISO dates, plain decimals, ISO currency, '' for unknown.
    ``at_from`` is set when the change is only known to lie between two moments (snapshots compared).
    """

    deal_id: str
    field: str
    old: str | None
    new: str | None
    at: datetime
    recorded_at: datetime
    by: str = ""
    at_from: datetime | None = None
    line: int = 0


@dataclass(frozen=True, slots=True)
class RateRow:
    """A dated conversion rate: 1 unit of ``currency`` = ``rate`` units of the reporting currency."""

    currency: str
    starts_on: date
    rate: Decimal
    line: int = 0

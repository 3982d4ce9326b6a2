"""What goes into a forecast and what comes out: plain values, no database, no clock.

Money here is ``float`` in major units of one reporting currency. This is the only part of Fairlead
where money is not exact; the conversion happens in :func:`fairlead.deals.rules.to_history`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from fairlead.forecasting.periods import Period

Status = Literal["open", "won", "lost"]
NodeKind = Literal["company", "team", "person"]
COMPANY = "company"
"""Id of the root node of every forecast."""
UNASSIGNED = "unassigned"
"""Id of the person node that holds deals whose owner is not in the tree."""


@dataclass(frozen=True, slots=True)
class Deal:
    """One deal as the source shows it now. ``amount`` None = unknown; dates None = unknown.

    ``shares`` of a deal that several people hold: person, and from where to where in hundredths of a percent of the
    amount. Sums of people and teams count shares; what is learnt of owners stays with the owner.
    """

    id: str
    name: str = ""
    owner: str = ""
    amount: float | None = None
    stage: str = ""
    category: str = ""
    created_on: date | None = None
    close_on: date | None = None
    status: Status = "open"
    closed_on: date | None = None
    account: str = ""
    product: str = ""
    type: str = ""
    evidence: Mapping[str, str] = field(default_factory=dict)
    shares: tuple[tuple[str, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One recorded change of one field of one deal.

    ``field`` is one of ``stage amount close_on category owner status`` or an evidence column.
    ``at`` is when it was true, ``recorded_at`` when the source recorded it; both aware, UTC.
    As-of questions use ``recorded_at`` only.
    """

    deal_id: str
    field: str
    old: str | None
    new: str | None
    at: datetime
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Member:
    """A person of the tree; ``manager`` None = reports to nobody."""

    id: str
    name: str = ""
    manager: str | None = None
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class History:
    """Everything a forecast may learn from. ``static`` names evidence columns known from creation on."""

    deals: Sequence[Deal]
    changes: Sequence[Change] = ()
    members: Sequence[Member] = ()
    static: frozenset[str] = frozenset()
    currency: str = "USD"
    time_zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a node's distribution, in money."""

    mean: float
    p10: float
    p50: float
    p90: float


@dataclass(frozen=True, slots=True)
class NodeForecast:
    """The estimate of one node for one period.

    ``mean == booked + from_open.mean + from_new.mean``. ``dots`` are the 20 quantiles 2.5 %, 7.5 %, ….
    ``quantiles`` holds the 199 quantiles .005, .010, … .995, so that any chance can be read later.
    """

    id: str
    name: str
    kind: NodeKind
    parent: str | None
    booked: float
    open_amount: float
    open_deals: int
    weighted: float
    mean: float
    p10: float
    p50: float
    p90: float
    from_open: Part
    from_new: Part
    target: float | None
    chance_of_target: float | None
    dots: tuple[float, ...]
    quantiles: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason of a chance in plain words; ``effect`` in percentage points against the base rate."""

    text: str
    effect: float


@dataclass(frozen=True, slots=True)
class DealForecast:
    id: str
    name: str
    owner: str
    amount: float | None
    chance_in_period: float
    chance_ever: float
    expected_close_on: date | None
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class NotCounted:
    """What was left out and why. ``kind`` is deal, person or column."""

    kind: Literal["deal", "person", "column"]
    id: str
    why: str


@dataclass(frozen=True, slots=True)
class Forecast:
    as_of: date
    period: Period
    currency: str
    model: str
    model_version: str
    fitted_on: int
    nodes: tuple[NodeForecast, ...]
    deals: tuple[DealForecast, ...]
    not_counted: tuple[NotCounted, ...]
    warnings: tuple[str, ...]

    def node(self, id: str) -> NodeForecast:
        """The node of that id. Raises KeyError."""
        for node in self.nodes:
            if node.id == id:
                return node
        raise KeyError(id)

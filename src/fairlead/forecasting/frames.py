"""Data frames in, data frames out: pandas, Polars, PyArrow, or a mapping of column names to arrays.

The frame library is the caller's; Narwhals reads all of them alike. Columns have the names of
:class:`~fairlead.forecasting.types.Deal`, :class:`~fairlead.forecasting.types.Change` and
:class:`~fairlead.forecasting.types.Member`. A column of deals with another name is evidence, read as text.
None, null, NaN, NaT and blank text all mean unknown.

>>> import numpy as np
>>> told = history_of({
...     "id": np.array([1, 2]), "amount": np.array([9_000.0, np.nan]), "status": ["won", "open"],
...     "closed_on": ["2026-03-04", None], "region": ["north", "south"],
... })
>>> told.deals[0].closed_on, told.deals[1].amount, told.deals[1].evidence
(datetime.date(2026, 3, 4), None, {'region': 'south'})
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Literal, TypeVar, cast
from zoneinfo import ZoneInfo

import narwhals.stable.v2 as nw

from fairlead.forecasting.types import Change, Deal, Forecast, History, Member, Status

Frame = Any
"""A data frame that Narwhals reads (pandas, Polars, PyArrow, …), or a mapping of names to arrays of one length."""
Backend = Literal["pandas", "polars", "pyarrow"]
T = TypeVar("T")
_TEXTS = ("name", "owner", "stage", "category", "account", "product", "type")
_DAYS = ("created_on", "close_on", "closed_on")
_OF_DEALS = frozenset(("id", "amount", "status", *_TEXTS, *_DAYS))
_STATUSES = ("open", "won", "lost")


def history_of(
    deals: Frame,
    changes: Frame | None = None,
    members: Frame | None = None,
    *,
    static: Sequence[str] = (),
    currency: str = "USD",
    time_zone: str = "UTC",
) -> History:
    """A history from frames. Raises ValueError that names the table, column, row (from 1) and value.

    ``deals`` needs ``id``; without ``status`` every deal is open. ``changes`` needs ``deal_id field old new at``;
    without ``recorded_at`` a change was recorded when it was true, and a moment without a zone is taken in
    ``time_zone``. ``static`` names evidence columns known from the creation of a deal on. Days may be dates,
    moments (their date counts) or ISO text.
    """
    zone = ZoneInfo(time_zone)
    told = list(_deals(_Table("deals", deals, needed=("id",))))
    ids = {deal.id for deal in told}
    if len(ids) < len(told):
        seen: set[str] = set()
        for row, deal in enumerate(told, start=1):
            if deal.id in seen:
                raise ValueError(f"deals, column id, row {row}: {deal.id!r} stands in an earlier row already")
            seen.add(deal.id)
    moves = () if changes is None else tuple(_changes(_Table("changes", changes, needed=_OF_CHANGES), zone))
    for row, change in enumerate(moves, start=1):
        if change.deal_id not in ids:
            raise ValueError(f"changes, column deal_id, row {row}: there is no deal {change.deal_id!r}")
    people = () if members is None else tuple(_members(_Table("members", members, needed=("id",))))
    return History(tuple(told), moves, people, frozenset(static), currency, time_zone)


def nodes_frame(forecast: Forecast, backend: Backend = "pandas") -> Frame:
    """One row per node of a forecast, in money, as a frame of the library named by ``backend``."""
    nodes = forecast.nodes
    plain = ("id", "name", "kind", "parent", "booked", "open_amount", "open_deals", "weighted", "mean",
             "p10", "p50", "p90", "target", "chance_of_target")  # fmt: skip
    columns: dict[str, list[Any]] = {name: [getattr(node, name) for node in nodes] for name in plain}
    columns["from_open"] = [node.from_open.mean for node in nodes]
    columns["from_new"] = [node.from_new.mean for node in nodes]
    return nw.from_dict(columns, backend=backend).to_native()


def deals_frame(forecast: Forecast, backend: Backend = "pandas") -> Frame:
    """One row per open deal of a forecast: chances from 0 to 1, and the reasons as one text."""
    deals = forecast.deals
    plain = ("id", "name", "owner", "amount", "chance_in_period", "chance_ever", "expected_close_on")
    columns: dict[str, list[Any]] = {name: [getattr(deal, name) for deal in deals] for name in plain}
    columns["reasons"] = ["; ".join(reason.text for reason in deal.reasons) for deal in deals]
    return nw.from_dict(columns, backend=backend).to_native()


# Reading


class _Table:
    """The columns of a frame as lists in which every unknown is None."""

    def __init__(self, name: str, given: Frame, *, needed: Sequence[str]) -> None:
        self.name, self.columns = name, _columns(name, given)
        lacking = [column for column in needed if column not in self.columns]
        if lacking:
            raise ValueError(
                f"{name} has no column {lacking[0]!r}; it has {', '.join(self.columns) or 'none'}"
            )
        self.rows = len(next(iter(self.columns.values()), []))

    def read(self, column: str, reading: Callable[[Any], T], missing: T) -> list[T]:
        """The values of a column as ``reading`` takes them; ``missing`` where unknown, or without such a column."""
        values = self.columns.get(column)
        if values is None:
            return [missing] * self.rows
        out = []
        for row, value in enumerate(values, start=1):
            try:
                out.append(missing if value is None else reading(value))
            except (ValueError, TypeError, OverflowError):
                raise ValueError(
                    f"{self.name}, column {column}, row {row}: {value!r} {_WANTED[reading]}"
                ) from None
        return out

    def ids(self, column: str) -> list[str]:
        """A column that must be filled."""
        found = self.read(column, _text, "")
        if "" in found:
            raise ValueError(f"{self.name}, column {column}, row {found.index('') + 1}: it is blank")
        return found


def _columns(name: str, given: Frame) -> dict[str, list[Any]]:
    if isinstance(given, Mapping):
        columns = {str(key): _listed(values) for key, values in given.items()}
    else:
        frame = nw.from_native(given, eager_only=True)
        columns = {column: _unmasked(frame[column]) for column in frame.columns}
    lengths = {len(values) for values in columns.values()}
    if len(lengths) > 1:
        raise ValueError(f"the columns of {name} have different lengths: {sorted(lengths)}")
    return {column: [None if _unknown(v) else v for v in values] for column, values in columns.items()}


def _listed(values: Any) -> list[Any]:
    return list(values.tolist() if hasattr(values, "tolist") else values)


def _unmasked(series: nw.Series[Any]) -> list[Any]:
    """Values with None for null: pandas' own mark for it compares with nothing."""
    return [
        None if null else value
        for value, null in zip(series.to_list(), series.is_null().to_list(), strict=True)
    ]


def _unknown(value: Any) -> bool:
    """NaN and NaT are not equal to themselves."""
    return value is None or (isinstance(value, str) and not value.strip()) or bool(value != value)


def _deals(table: _Table) -> Iterator[Deal]:
    texts = [table.read(name, _text, "") for name in _TEXTS]
    days = [table.read(name, _day, None) for name in _DAYS]
    extra = [name for name in table.columns if name not in _OF_DEALS]
    evidence = [table.read(name, _text, "") for name in extra]
    amounts, statuses = table.read("amount", _number, None), table.read("status", _status, "open")
    for row, key in enumerate(table.ids("id")):
        name, owner, stage, category, account, product, kind = (column[row] for column in texts)
        created, due, closed = (column[row] for column in days)
        yield Deal(
            key, name, owner, amounts[row], stage, category, created, due, cast(Status, statuses[row]), closed,
            account, product, kind, {n: c[row] for n, c in zip(extra, evidence, strict=True) if c[row]},
        )  # fmt: skip


_OF_CHANGES = ("deal_id", "field", "old", "new", "at")


def _changes(table: _Table, zone: ZoneInfo) -> Iterator[Change]:
    true = table.read("at", _moment, None)
    recorded = table.read("recorded_at", _moment, None)
    old, new = table.read("old", _text, None), table.read("new", _text, None)
    for row, (deal, field) in enumerate(zip(table.ids("deal_id"), table.ids("field"), strict=True)):
        at = true[row]
        if at is None:
            raise ValueError(f"changes, column at, row {row + 1}: it is blank")
        yield Change(deal, field, old[row], new[row], _aware(at, zone), _aware(recorded[row] or at, zone))


def _aware(moment: datetime, zone: ZoneInfo) -> datetime:
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _members(table: _Table) -> Iterator[Member]:
    names, managers = table.read("name", _text, ""), table.read("manager", _text, None)
    starts, ends = table.read("starts_on", _day, None), table.read("ends_on", _day, None)
    for row, key in enumerate(table.ids("id")):
        yield Member(key, names[row], managers[row], starts[row], ends[row])


def _text(value: Any) -> str:
    """Whole floats lose their point: a column of whole numbers with a gap comes as floats."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value.isoformat() if isinstance(value, date) else value).strip()


def _number(value: Any) -> float | None:
    if isinstance(value, bool):
        raise TypeError
    number = float(value)
    if not math.isfinite(number):
        raise ValueError
    return number


def _day(value: Any) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else datetime.fromisoformat(value).date()


def _moment(value: Any) -> datetime | None:
    if isinstance(value, datetime):
        return datetime.fromisoformat(value.isoformat())
    if isinstance(value, date):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001
    return datetime.fromisoformat(value)


def _status(value: Any) -> str:
    text = str(value).strip().lower()
    if text not in _STATUSES:
        raise ValueError
    return text


_WANTED: dict[Callable[[Any], Any], str] = {
    _text: "is no text",
    _number: "is no finite number",
    _day: "is no day such as 2026-03-04",
    _moment: "is no moment such as 2026-03-04T09:30:00+00:00",
    _status: "is none of open, won, lost",
}

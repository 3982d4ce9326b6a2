"""What may be known of a deal on a day, as features: text columns as codes, numbers as floats.

A feature of a deal at day t uses only what was recorded before t. A text field of the source takes part only if
its past is known: recorded changes, or declared known from creation on (``History.static``).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from fairlead.forecasting.results import RefusedColumn
from fairlead.forecasting.timeline import NEVER, Field, Timeline, days_of_levels, number
from fairlead.forecasting.types import NotCounted

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
WindowEnd = Callable[[int], int]
"""Last day (inclusive) of the window that a look from a given day asks about."""
OWNER, TEAM = "owner", "team"
UNSEEN = "\0unseen"
"""The level of a value that training never saw; every text column has it as its last."""
_RESERVED = {"amount", "close_on", "owner", "status"}
_COUNTED_VALUES = 8


@dataclass(frozen=True)
class Plan:
    """Which columns take part. ``texts`` become categories, ``numbers`` numeric evidence, ``counted`` counts."""

    texts: tuple[str, ...]
    numbers: tuple[str, ...]
    counted: tuple[str, ...]
    amount: bool
    due: bool
    stage: bool
    unused: tuple[NotCounted, ...]


@dataclass
class Table:
    """Rows of (deal, day): ``codes`` per text column (into ``levels``), ``values`` per numeric column."""

    deal: Ints
    day: Ints
    codes: dict[str, Ints] = field(default_factory=dict)
    values: dict[str, Floats] = field(default_factory=dict)
    levels: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.deal)

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> Table:
        """The given rows."""
        return Table(
            self.deal[rows],
            self.day[rows],
            {k: v[rows] for k, v in self.codes.items()},
            {k: v[rows] for k, v in self.values.items()},
            self.levels,
        )


def join(tables: Sequence[Table]) -> Table:
    """Tables of the same timeline below one another."""
    head = tables[0]
    return Table(
        np.concatenate([t.deal for t in tables]),
        np.concatenate([t.day for t in tables]),
        {k: np.concatenate([t.codes[k] for t in tables]) for k in head.codes},
        {k: np.concatenate([t.values[k] for t in tables]) for k in head.values},
        head.levels,
    )


def plan(line: Timeline, static: frozenset[str], refused: Sequence[RefusedColumn]) -> Plan:
    """Choose the columns that may take part, and say of each other column why not."""
    out = {r.column for r in refused}
    texts: list[str] = []
    numbers: list[str] = []
    counted: list[str] = []
    unused: list[NotCounted] = []
    for name, f in line.fields.items():
        if name in _RESERVED or name in out or len(f.levels) < 2:
            continue
        if f.recorded and name in ("stage", "category"):
            if _covered(line, f):
                texts.append(name)
        elif f.recorded:
            texts.append(name)
            counted.append(name)
        elif name in static or name in ("product", "type"):
            (numbers if _numeric(f) else texts).append(name)
        elif name not in ("stage", "category"):
            unused.append(
                NotCounted("column", name, "its past is not known: it is known only as of the file's date")
            )
    due = line.fields.get("close_on")
    return Plan(
        tuple(texts), tuple(numbers), tuple(counted), "amount" not in out and bool(np.isfinite(line.amount).any()),
        due is not None and due.recorded, "stage" in texts, tuple(unused),
    )  # fmt: skip


def _covered(line: Timeline, f: Field) -> bool:
    """Whether enough closed deals have a recorded past of this field to learn from it."""
    closed = np.flatnonzero(line.outcome >= 0)
    if not len(closed):
        return True
    return bool(np.mean(f.first[closed + 1] > f.first[closed]) >= 0.2)


def _numeric(f: Field) -> bool:
    filled = [t for t in f.levels if t.strip()]
    parsed = sum(np.isfinite(number(t)) for t in filled)
    return len(filled) > 12 and parsed >= 0.95 * len(filled)


def observe(
    line: Timeline,
    deals: Ints,
    day: int,
    what: Plan,
    window: WindowEnd,
    teams: Ints,
    team_names: tuple[str, ...],
) -> Table:
    """Features of the given deals as known at the start of ``day``. ``teams`` is a team code per owner code."""
    table = Table(deals, np.full(len(deals), day))
    end = window(day)
    for name in what.texts:
        f = line.fields[name]
        table.codes[name], table.levels[name] = f.codes_at(deals, day), (*f.levels, UNSEEN)
    owner = line.fields["owner"]
    table.codes[OWNER], table.levels[OWNER] = owner.codes_at(deals, day), (*owner.levels, UNSEEN)
    table.codes[TEAM], table.levels[TEAM] = teams[table.codes[OWNER]], (*team_names, UNSEEN)
    _add_clocks(table, line, deals, day, end, what)
    if what.amount:
        amount = np.maximum(np.nan_to_num(line.amounts_at(deals, day), nan=-1.0), -1.0)
        table.values["amount"] = np.where(amount > 0, np.log1p(np.maximum(amount, 0)), np.nan)
        table.codes["no amount"], table.levels["no amount"] = (amount <= 0).astype(np.int64), ("no", "yes")
    if what.due:
        _add_due(table, line, deals, day, end)
    for name in what.numbers:
        values = np.array([number(t) for t in line.fields[name].levels])[line.fields[name].now[deals]]
        table.values[name] = np.sign(values) * np.log1p(np.abs(values))
    for name in what.counted:
        _add_counts(table, line.fields[name], name, deals, day)
    return table


def recode(table: Table, levels: dict[str, tuple[str, ...]]) -> Table:
    """The same rows with the codes of another table's levels; what those never saw becomes unseen."""
    codes = {}
    for name, wanted in levels.items():
        code = {text: i for i, text in enumerate(wanted)}
        last = len(wanted) - 1
        codes[name] = np.array([code.get(t, last) for t in table.levels[name]], np.int64)[table.codes[name]]
    return Table(table.deal, table.day, codes, table.values, dict(levels))


def _add_clocks(table: Table, line: Timeline, deals: Ints, day: int, end: int, what: Plan) -> None:
    created = line.created[deals]
    age = np.log1p(np.maximum(day - created, 0.0))
    table.values["age"] = np.where(line.created_known[deals], age, np.nan)
    table.values["left"] = np.full(len(deals), np.log(max(end - day + 1, 1)))
    if what.stage:
        entered = line.fields["stage"].changed_on(deals, day, created)
        table.values["in stage"] = np.log1p(np.maximum(day - entered, 0.0))
    if line.events.recorded:
        table.values["quiet"] = np.log1p(np.maximum(day - line.events.changed_on(deals, day, created), 0.0))
        table.values["moves"] = np.log1p(line.events.position(deals, day) - line.events.first[deals])


def _add_due(table: Table, line: Timeline, deals: Ints, day: int, end: int) -> None:
    f = line.fields["close_on"]
    due = days_of_levels(f)[f.codes_at(deals, day)]
    late = np.where(due > 0, due - day, NEVER)
    edges = np.array([-30, 0, end - day + 1, end - day + 31, NEVER])
    table.codes["due"] = np.searchsorted(edges, late, side="right").astype(np.int64)
    table.levels["due"] = (
        "overdue by more than 30 days", "overdue", "due in the period", "due within 30 days after it", "due later",
        "without a close date",
    )  # fmt: skip
    table.values["due in"] = np.where(due > 0, np.clip(late, -90, 365) / 30.0, np.nan)
    table.values["pushes"] = np.log1p(line.pushes_at(deals, day).astype(float))


def _add_counts(table: Table, f: Field, name: str, deals: Ints, day: int) -> None:
    """How often each of the most frequent recorded values came so far."""
    usual = np.argsort(-np.bincount(f.new, minlength=len(f.levels)), kind="stable")[:_COUNTED_VALUES]
    at = f.position(deals, day)
    for code in sorted(usual.tolist()):
        running = np.concatenate([[0], np.cumsum(f.new == code)])
        if running[-1] >= 50:
            table.values[f"{name}: {f.levels[code]}"] = np.log1p(running[at] - running[f.first[deals]])

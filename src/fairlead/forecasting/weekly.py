"""Weekly rows of a history: the deals open on each Monday, a few categories of each, and how the week ended.

Everything is as it was recorded before that Monday. Cells are the same rows counted: how many deals of one kind were
open, and how many of them were won and lost before the next Monday. Chances of such counts are fitted in
:mod:`~fairlead.forecasting.cells`. Owners are no category: what is learnt of a person has no place in a table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fairlead.forecasting import estimates, evidence
from fairlead.forecasting.dealmodel import View
from fairlead.forecasting.periods import Calendar
from fairlead.forecasting.types import History
from fairlead.forecasting.windows import Windows

Ints = NDArray[np.int64]
RECORDED = ("stage", "category", "product", "type")
"""Fields of a deal that are categories of a week where their past may be read."""
FACTORS = (*RECORDED, "due", "age", "left")
"""What a cell is told apart by, besides its week."""
OPEN, WON, LOST, RUNNING = "open", "won", "lost", ""
"""How a week ended; a week that has not ended yet is running."""
AGES = (14, 28, 56, 91, 182, 364)
_AGES = (*(f"under {days} days" for days in AGES), f"{AGES[-1]} days or more", "not known")


@dataclass(frozen=True)
class Week:
    """The rows of one Monday: a value per row in every column. Money is in cents, None where unknown."""

    monday: date
    period: str
    deal: tuple[str, ...]
    factors: dict[str, list[str]]
    cents: list[int | None]
    event: list[str]

    def __len__(self) -> int:
        return len(self.deal)


@dataclass(frozen=True, order=True)
class Cell:
    """Deals of one kind that were open on a Monday. ``won_cents`` leaves out amounts that are not known."""

    period: str
    week: date
    factors: tuple[str, ...]
    rows: int
    won: int
    lost: int
    won_cents: int


def read(history: History, as_of: date, calendar: Calendar | None = None) -> View:
    """The history as weekly rows read it: quarters of the calendar, leaking columns refused."""
    return estimates.situation(history, as_of, Windows("quarter", calendar or Calendar())).view


def weeks(view: View) -> Iterator[Week]:
    """Every Monday on which a deal was open, oldest first, before the day the view is of."""
    line = view.line
    if not len(line) or not line.dated:
        return
    first = int(line.created.min()) + 1
    monday = first + (1 - first) % 7
    texts = tuple(name for name in RECORDED if name in view.plan.texts)
    plan = replace(view.plan, texts=texts, numbers=(), counted=(), amount=False)
    for day in range(monday, line.as_of, 7):
        deals = line.open_at(day)
        if len(deals):
            yield _week(view, plan, deals, day)


def _week(view: View, plan: evidence.Plan, deals: Ints, day: int) -> Week:
    line, end = view.line, view.windows.end(day)
    table = evidence.observe(line, deals, day, plan, view.windows.end, view.teams, view.team_names)
    told = {name: [table.levels[name][code] for code in table.codes[name].tolist()] for name in table.codes}
    blank = [""] * len(deals)
    factors = {name: told.get(name, blank) for name in (*RECORDED, "due")}
    age = np.searchsorted(AGES, day - line.created[deals], side="right")
    age[~line.created_known[deals]] = len(AGES) + 1
    factors["age"] = [_AGES[code] for code in age.tolist()]
    factors["left"] = [f"{(end - day) // 7:02d}"] * len(deals)
    amount = line.amounts_at(deals, day)
    cents = [None if a != a else round(a * 100) for a in amount.tolist()]
    return Week(
        date.fromordinal(day), view.windows.period_of(day).name, tuple(line.deals[i].id for i in deals.tolist()),
        factors, cents, _events(view, deals, day),
    )  # fmt: skip


def _events(view: View, deals: Ints, day: int) -> list[str]:
    line = view.line
    if day + 7 > line.as_of:
        return [RUNNING] * len(deals)
    closes = line.closed_known[deals] < day + 7
    outcome = np.where(closes, line.outcome[deals], -1)
    return [(LOST, WON, OPEN)[code] for code in outcome.tolist()]


def counted(rows: Iterator[Week] | Sequence[Week]) -> list[Cell]:
    """The cells of weekly rows, in order. A running week has no cells."""
    found: dict[tuple[str, date, tuple[str, ...]], Counter[str]] = {}
    for week in rows:
        for k, event in enumerate(week.event):
            if event == RUNNING:
                continue
            kind = tuple(week.factors[name][k] for name in FACTORS)
            cell = found.setdefault((week.period, week.monday, kind), Counter())
            cell["rows"] += 1
            cell[event] += 1
            cell["cents"] += (week.cents[k] or 0) if event == WON else 0
    return sorted(
        Cell(*key, count["rows"], count[WON], count[LOST], count["cents"]) for key, count in found.items()
    )


def columns(week: Week) -> dict[str, Any]:
    """A week as columns of one length, in the order of the table of snapshots."""
    n = len(week)
    return {
        "period": [week.period] * n,
        "week": [week.monday] * n,
        "deal": list(week.deal),
        **{name: week.factors[name] for name in FACTORS},
        "cents": week.cents,
        "event": week.event,
    }

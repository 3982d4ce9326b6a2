"""Histories from data frames of several libraries, and forecasts back as frames."""

from __future__ import annotations

import doctest
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from fairlead import forecasting
from fairlead.forecasting import frames
from fairlead.forecasting.frames import Backend, deals_frame, history_of, nodes_frame
from fairlead.forecasting.periods import Calendar
from fairlead.forecasting.types import Change, Deal, History, Member
from tests.forecasting.small_world import world

Columns = dict[str, list[Any]]
KINDS: dict[str, Callable[[Columns], Any]] = {
    "pandas": lambda columns: pd.DataFrame(columns),
    "pandas with its own nulls": lambda columns: pd.DataFrame(columns).convert_dtypes(),
    "polars": lambda columns: pl.DataFrame(columns, strict=False),
    "pyarrow": lambda columns: pa.table(columns),
    "arrays": lambda columns: {name: np.array(values, object) for name, values in columns.items()},
}


@pytest.fixture(params=list(KINDS))
def frame(request: pytest.FixtureRequest) -> Callable[[Columns], Any]:
    return KINDS[request.param]


DEALS: Columns = {
    "id": ["a", "b", "c"],
    "owner": ["r1", None, "r2"],
    "amount": [1000.5, None, 3.0],
    "status": ["won", "open", "lost"],
    "created_on": [date(2026, 1, 2), date(2026, 1, 3), None],
    "closed_on": [date(2026, 2, 1), None, date(2026, 2, 2)],
    "region": ["north", "", None],
}


def test_every_kind_of_frame_gives_the_same_history(frame: Callable[[Columns], Any]) -> None:
    told = history_of(frame(DEALS), static=["region"], currency="EUR")
    assert told.deals == (
        Deal("a", owner="r1", amount=1000.5, status="won", created_on=date(2026, 1, 2),
             closed_on=date(2026, 2, 1), evidence={"region": "north"}),
        Deal("b", created_on=date(2026, 1, 3)),
        Deal("c", owner="r2", amount=3.0, status="lost", closed_on=date(2026, 2, 2)),
    )  # fmt: skip
    assert (told.static, told.currency) == (frozenset({"region"}), "EUR")


def test_changes_and_people_come_along_and_a_moment_without_a_zone_is_local(
    frame: Callable[[Columns], Any],
) -> None:
    changes: Columns = {
        "deal_id": ["a", "a"],
        "field": ["stage", "amount"],
        "old": ["Discover", None],
        "new": ["Agree", "1000.5"],
        "at": ["2026-01-05T12:00:00", "2026-01-06T12:00:00+00:00"],
        "recorded_at": ["2026-01-07T12:00:00+00:00", None],
    }
    members: Columns = {
        "id": ["m", "r1"],
        "name": ["Mo", "Ro"],
        "manager": [None, "m"],
        "ends_on": [None, date(2026, 5, 1)],
    }
    told = history_of(frame(DEALS), frame(changes), frame(members), time_zone="Europe/Vienna")
    noon = datetime(2026, 1, 6, 12, tzinfo=UTC)
    assert told.changes == (
        Change("a", "stage", "Discover", "Agree", datetime(2026, 1, 5, 11, tzinfo=UTC),
               datetime(2026, 1, 7, 12, tzinfo=UTC)),
        Change("a", "amount", None, "1000.5", noon, noon),
    )  # fmt: skip
    assert told.members == (Member("m", "Mo"), Member("r1", "Ro", "m", None, date(2026, 5, 1)))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"id": ["a", "a", "c"]}, "deals, column id, row 2: 'a' stands in an earlier row already"),
        ({"id": ["a", None, "c"]}, "deals, column id, row 2: it is blank"),
        ({"amount": [1.0, float("inf"), 2.0]}, "deals, column amount, row 2: inf is no finite number"),
        ({"status": ["won", "Verloren", "lost"]}, "row 2: 'Verloren' is none of open, won, lost"),
        ({"closed_on": ["2026-02-30", None, None]}, "closed_on, row 1: '2026-02-30' is no day such as"),
    ],
)
def test_what_cannot_be_read_names_table_column_row_and_value(changed: Columns, said: str) -> None:
    with pytest.raises(ValueError, match="deals, ") as refused:
        history_of({**DEALS, **changed})
    assert said in str(refused.value)


def test_a_missing_column_uneven_columns_and_a_change_of_no_deal_are_refused() -> None:
    with pytest.raises(ValueError, match="deals has no column 'id'; it has owner"):
        history_of({"owner": ["r1"]})
    with pytest.raises(ValueError, match=r"different lengths: \[1, 2\]"):
        history_of({"id": ["a"], "owner": ["r1", "r2"]})
    lost = {"deal_id": ["z"], "field": ["stage"], "old": [""], "new": ["x"], "at": ["2026-01-01"]}
    with pytest.raises(ValueError, match="there is no deal 'z'"):
        history_of(DEALS, lost)


def test_the_example_of_the_module_runs() -> None:
    found = doctest.testmod(frames)
    assert found.attempted > 0
    assert found.failed == 0


def test_whole_numbers_as_ids_stay_whole_where_a_gap_made_them_floats() -> None:
    told = history_of(pd.DataFrame({"id": [1, 2], "owner": [7, None]}))
    assert [(deal.id, deal.owner) for deal in told.deals] == [("1", "7"), ("2", "")]


def _as_columns(history: History) -> tuple[Columns, Columns, Columns]:
    plain = "id name owner amount stage category created_on close_on status closed_on account product type".split()
    deals = {name: [getattr(deal, name) for deal in history.deals] for name in plain}
    for name in sorted({key for deal in history.deals for key in deal.evidence}):
        deals[name] = [deal.evidence.get(name) for deal in history.deals]
    fields = "deal_id field old new at recorded_at".split()
    changes = {name: [getattr(change, name) for change in history.changes] for name in fields}
    people = {
        n: [getattr(m, n) for m in history.members] for n in "id name manager starts_on ends_on".split()
    }
    return deals, changes, people


@pytest.mark.parametrize("kind", ["pandas", "polars", "pyarrow"])
def test_a_forecast_from_frames_is_the_forecast_from_plain_values_and_goes_back_into_one(
    kind: Backend,
) -> None:
    history = world(seed=3, days=500, per_week=3.0)
    read = history_of(*(KINDS[kind](part) for part in _as_columns(history)), static=["region"])
    calendar, day = Calendar(), date(2023, 5, 2)
    period = calendar.quarter_of(day)
    direct = forecasting.estimate(history, as_of=day, period=period)
    through = forecasting.estimate(read, as_of=day, period=period)
    assert through == direct
    nodes, deals = nodes_frame(through, kind), deals_frame(through, kind)
    assert list(nodes["id"].to_pylist() if kind == "pyarrow" else nodes["id"]) == [
        n.id for n in through.nodes
    ]
    chances = deals["chance_in_period"]
    assert list(chances.to_pylist() if kind == "pyarrow" else chances) == [
        d.chance_in_period for d in through.deals
    ]

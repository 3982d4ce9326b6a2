"""The same expressions on Spark Connect give the same rows: `pytest -m spark`, with requirements/spark.lock installed.

Sail stands in for Apache Spark: the same protocol without Java. Outside the default suite.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from fairlead.forecasting import estimate, lake
from fairlead.forecasting.lake import backtests, expressions
from fairlead.forecasting.lake.tables import TABLES
from fairlead.forecasting.periods import Calendar
from tests.forecasting.small_world import FIRST, world
from tests.forecasting.test_lake import small, without_names

pytestmark = pytest.mark.spark
AS_OF = FIRST + timedelta(days=400)


@pytest.fixture(scope="module")
def spark() -> Iterator[lake.Spark]:
    server = pytest.importorskip("pysail.spark").SparkConnectServer("127.0.0.1", 0)
    server.start(background=True)
    engine = lake.Spark(f"sc://127.0.0.1:{server.listening_address[1]}")
    yield engine
    engine.session.stop()
    server.stop()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two companies of different size, and one with blanks, copies and shares."""
    made = tmp_path_factory.mktemp("lake")
    lake.write(world(seed=7, days=400, per_week=20), made, company="large", as_of=AS_OF)
    lake.write(world(seed=8, days=400, per_week=6), made, company="other", as_of=AS_OF)
    lake.write(small(), made, company="tiny", as_of=date(2026, 3, 1))
    return made


@pytest.fixture(scope="module")
def duck() -> lake.DuckDB:
    return lake.DuckDB(threads=1)


@pytest.mark.parametrize("name", sorted(TABLES))
def test_every_table_has_the_same_rows(name: str, folder: Path, spark: lake.Spark, duck: lake.DuckDB) -> None:
    held = lake.Lake(folder)

    def key(row: tuple[object, ...]) -> list[str]:
        return [str(cell) for cell in row]

    ours, theirs = (sorted(engine.rows(held.table(engine, name)), key=key) for engine in (duck, spark))
    assert ours == theirs


def test_cells_are_the_same_rows_in_the_same_order(
    folder: Path, spark: lake.Spark, duck: lake.DuckDB
) -> None:
    held = lake.Lake(folder)
    ours, theirs = (e.rows(expressions.cells(held.table(e, "snapshots"))) for e in (duck, spark))
    assert len(ours) > 500
    assert ours == theirs


def test_kinds_and_spans_are_the_same_rows(folder: Path, spark: lake.Spark, duck: lake.DuckDB) -> None:
    held, until = lake.Lake(folder), FIRST + timedelta(days=300)
    for ask in (
        expressions.spans,
        lambda cells: expressions.kinds(cells, FIRST, until),
        lambda cells: expressions.kinds(expressions.of_company(cells, "other"), date.min, until),
    ):
        ours, theirs = (e.rows(ask(held.table(e, "cells"))) for e in (duck, spark))
        assert ours
        assert ours == theirs


def test_a_backtest_says_the_same(folder: Path, spark: lake.Spark, duck: lake.DuckDB) -> None:
    held, start = lake.Lake(folder), FIRST + timedelta(days=250)
    ours, theirs = (
        backtests.backtest(held, e, companies=["large", "other"], start=start) for e in (duck, spark)
    )
    assert ours == theirs


def test_the_history_of_a_company_is_the_same_and_so_is_its_forecast(
    folder: Path, spark: lake.Spark, duck: lake.DuckDB
) -> None:
    held = lake.Lake(folder)
    for company in held.companies:
        assert held.history(duck, company) == held.history(spark, company)
    period = Calendar().quarter_of(AS_OF)
    ours, theirs = (estimate(held.history(e, "other"), as_of=AS_OF, period=period) for e in (duck, spark))
    assert without_names(ours) == without_names(theirs)

"""`fairlead history`: written once, and the same numbers from there as from the files."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.commands import run, typed

AS_OF = "2024-02-19"


@pytest.fixture(scope="module")
def folder(company: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("history") / "lake"
    done = run("history", "write", company, made)
    assert done.status == 0, done.err
    assert "company, as of" in done.out
    assert "left out: column segment" in done.out
    return made


def told(*words: object) -> Any:
    ended = run(*words, "--format", "json")
    assert ended.status == 0, ended.err
    return json.loads(ended.out)


def test_a_forecast_from_there_is_the_forecast_of_the_files(company: Path, folder: Path) -> None:
    from_files = told("forecast", company, "--as-of", AS_OF)
    found = told("history", "forecast", folder, "--as-of", AS_OF)["companies"]["company"]
    for one in (*from_files["nodes"], *from_files["deals"], *found["nodes"], *found["deals"]):
        one.pop("name")
    for node in (*from_files["nodes"], *found["nodes"]):
        del node["target"], node["chance_of_target"]
    for part in ("as_of", "period", "currency", "model", "nodes", "deals"):
        assert found[part] == from_files[part], part


def test_the_same_again_is_said_to_be_the_same(company: Path, folder: Path) -> None:
    assert "holds the same already" in run("history", "write", company, folder).out


def test_a_table_and_a_csv_have_a_line_per_company_and_node(folder: Path) -> None:
    table = run("history", "forecast", folder, "--as-of", AS_OF).out.splitlines()
    assert table[0].split()[:3] == ["period", "as", "of"]
    assert table[2].split()[0] == "company"
    rows = list(csv.DictReader(io.StringIO(run("history", "forecast", folder, "--format", "csv").out)))
    assert rows[0]["company"] == "company"
    assert rows[0]["kind"] == "company"
    assert len({row["id"] for row in rows}) == len(rows) > 5


def test_cells_count_every_ended_week_once(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "cells.csv"
    assert run("history", "cells", folder, "--out", out).status == 0
    rows = list(csv.DictReader(out.open(encoding="utf-8")))
    assert list(rows[0])[:3] == ["company", "period", "week"]
    assert all(int(row["won"]) + int(row["lost"]) <= int(row["rows"]) for row in rows)
    kinds = [tuple(row[name] for name in list(row)[:-4]) for row in rows]
    assert len(set(kinds)) == len(kinds)
    assert len(told("history", "cells", folder)) == len(rows)


def test_a_backtest_says_log_loss_beside_the_rate(folder: Path) -> None:
    (one,) = told("history", "backtest", folder, "--from", "2024-01-01")["companies"]
    assert one["company"] == "company"
    assert one["rows"] == sum(look["rows"] for look in one["looks"]) > 100
    assert one["log_loss"] < one["base_rate_log_loss"]
    table = run("history", "backtest", folder, "--from", "2024-01-01").out
    assert "by the rate" in table


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["forecast", "{empty}"], 1, "holds no history"),
        (["forecast", "{folder}", "--company", "other"], 1, "there is company"),
        (["forecast", "{folder}", "--period", "soon"], 2, "is no period"),
        (["cells", "{folder}", "--format", "html"], 2, "is no format here"),
        (["cells", "{folder}", "--engine", "sparkle"], 2, "duckdb or spark"),
        (["cells", "{folder}", "--engine", "spark"], 2, "--remote"),
        (["backtest", "{folder}", "--from", "1990-01-01"], 1, "its weeks go from"),
        (["backtest", "{folder}", "--from", "soon"], 2, "is no day"),
        (["write", "{source}", "{empty}", "--company", "../up"], 2, "no name of a company"),
        (["write", "{empty}/none.csv", "{empty}"], 1, "There is no file"),
    ],
)
def test_what_makes_no_sense_is_said(
    words: list[str], status: int, said: str, company: Path, folder: Path, tmp_path: Path
) -> None:
    places = {"folder": folder, "empty": tmp_path, "source": company}
    ended = run("history", *(word.format(**places) for word in words))
    assert ended.status == status, ended.err
    assert said in ended.err.replace("\n", " ").replace("│ ", "").replace("  ", " ")


def test_spark_that_is_not_installed_is_named(folder: Path) -> None:
    program = (
        "import sys; sys.modules['pyspark'] = None; sys.modules['pyspark.sql'] = None\n"
        "from fairlead.cli.main import main; main()"
    )
    ended = typed("history", "cells", folder, "--engine", "spark", "--remote", "sc://x:1", program=program)
    assert ended.status == 1
    assert "fairlead[spark]" in ended.err


def test_it_needs_no_django_and_forecast_needs_no_duckdb(company: Path, folder: Path) -> None:
    refuse = "import sys; sys.modules[{0!r}] = None\nfrom fairlead.cli.main import main; main()"
    ended = typed("history", "cells", folder, program=refuse.format("django"))
    assert ended.status == 0, ended.err
    ended = typed("history", "cells", folder, program=refuse.format("duckdb"))
    assert ended.status == 1
    assert "DuckDB is not installed" in ended.err
    ended = typed("forecast", company, "--as-of", AS_OF, "--format", "csv", program=refuse.format("duckdb"))
    assert ended.status == 0, ended.err

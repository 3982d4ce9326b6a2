"""`fairlead backtest`, `score` and `simulate`, and what all commands on files share."""

from __future__ import annotations

import csv
import json
import os
import pty
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cli.commands import MAPPINGS, ROOT, run, typed

LEVELS = "level n ncrps coverage80 width80 mape_p50".split()
LOOK = "as_of level id mean p10 p50 p90 actual".split()


def backtested(*words: object) -> dict[str, Any]:
    ended = run("backtest", *words, "--format", "json")
    assert ended.status == 0, ended.err
    found: dict[str, Any] = json.loads(ended.out)
    return found


# backtest


@pytest.fixture(scope="module")
def past(company: Path) -> dict[str, Any]:
    return backtested(
        company, "--from", "2024-01-08", "--to", "2024-04-01", "--every", "28d", "--horizon", "28d"
    )


def test_a_backtest_has_the_documented_keys_in_their_order(past: dict[str, Any]) -> None:
    assert list(past) == (
        "from to horizon snapshots deals totals references by_snapshot refused_columns by_week".split()
    )
    assert list(past["deals"]) == "n log_loss brier auc ece calibration".split()
    assert [level["level"] for level in past["totals"]] == ["company", "team", "person"]
    assert all(list(level) == [*LEVELS, "pinball"] for level in past["totals"])
    assert list(past["references"]) == "base_rate naive_bayes weighted_pipeline r1 last_period".split()
    assert all(list(row) == LOOK for row in past["by_snapshot"])


def test_a_backtest_looks_as_often_and_as_far_as_asked(past: dict[str, Any]) -> None:
    days = [row["as_of"] for row in past["by_snapshot"] if row["level"] == "company"]
    assert days == ["2024-01-08", "2024-02-05", "2024-03-04"]
    assert (past["from"], past["to"], past["snapshots"], past["horizon"]) == (
        "2024-01-08", "2024-04-01", 3, "28 days",
    )  # fmt: skip


def test_the_actuals_of_people_add_up_to_the_company(past: dict[str, Any]) -> None:
    for day in ("2024-01-08", "2024-02-05", "2024-03-04"):
        rows = [row for row in past["by_snapshot"] if row["as_of"] == day]
        company = next(row["actual"] for row in rows if row["level"] == "company")
        people = sum(row["actual"] for row in rows if row["level"] == "person")
        assert people == pytest.approx(company, abs=0.05)


def test_a_backtest_to_the_periods_end_rolls_up_over_a_column(company: Path) -> None:
    found = backtested(
        company, "--from", "2024-01-15", "--to", "2024-04-01", "--every", "42", "--period", "quarter",
        "--by", "product",
    )  # fmt: skip
    assert found["horizon"] == "quarter"
    assert "product" in [level["level"] for level in found["totals"]]


def test_a_backtest_as_page_shows_ranges_and_references(company: Path, tmp_path: Path) -> None:
    out = tmp_path / "past.html"
    words = [company, "--from", "2024-01-08", "--every", "28d", "--horizon", "28d"]
    assert run("backtest", *words, "--out", out).status == 0
    page = out.read_text()
    assert "<script" not in page
    assert "weighted pipeline, corrected by its own past" in page
    assert page.count("<svg") == 2, "the ranges, and what was said against what came true"


def test_a_backtest_as_table_names_the_references(company: Path) -> None:
    ended = run("backtest", company, "--from", "2024-01-08", "--every", "28d", "--horizon", "28d")
    assert ended.status == 0
    for words in ("naive Bayes", "weighted pipeline", "what the period before brought", "AUC"):
        assert words in ended.out


def dateless(folder: Path) -> Path:
    """Deals with a day of creation and an outcome; one column is known only afterwards."""
    lines = ["deal_id,created_on,status,amount,size,days_to_close"]
    for n in range(400):
        on = date(2023, 1, 1) + timedelta(days=n)
        won = (n * 7919) % 10 < (7 if n % 2 else 3)
        size = "large" if n % 2 else "small"
        lines.append(f"{n},{on},{'won' if won else 'lost'},{100 + n},{size},{20 if won else 200}")
    path = folder / "deals.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_a_table_without_closing_days_is_tested_as_ever_won(tmp_path: Path) -> None:
    mapping = tmp_path / "m.toml"
    mapping.write_text(
        '[deals]\ndeal_id = "deal_id"\ncreated_on = "created_on"\nstatus = "status"\namount = "amount"\n'
        'evidence = ["size", "days_to_close"]\nstatic = ["size"]\n'
        '[deals.status_values]\nwon = ["won"]\nlost = ["lost"]\n'
    )
    found = backtested(dateless(tmp_path), "--mapping", mapping, "--from", "80%")
    assert (found["from"], found["horizon"], found["snapshots"]) == (None, "ever won", 1)
    assert found["deals"]["n"] == 80
    assert found["deals"]["log_loss"] < found["references"]["base_rate"]["log_loss"]
    assert [column["column"] for column in found["refused_columns"]] == ["days_to_close"]


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--from", "80"],
        ["--from", "100%"],
        ["--from", "2024-13-01"],
        ["--from", "2024-01-08", "--horizon", "28d", "--period", "month"],
        ["--from", "2024-01-08", "--horizon", "soon"],
        ["--from", "2024-01-08", "--horizon", "0d"],
        ["--from", "2024-01-08", "--every", "fortnight"],
        ["--from", "2024-01-08", "--period", "week"],
        ["--from", "2024-01-08", "--format", "csv"],
        ["--from", "2024-01-08", "--by", "produkt"],
        ["--from", "2024-01-08", "--to", "later"],
    ],
)
def test_wrong_usage_of_backtest_ends_with_2(company: Path, words: list[str]) -> None:
    ended = run("backtest", company, *words)
    assert (ended.status, ended.out) == (2, "")
    assert ended.err


def test_a_backtest_that_fits_no_window_ends_with_1(company: Path) -> None:
    ended = run("backtest", company, "--from", "2031-01-01", "--horizon", "28d")
    assert ended.status == 1
    assert ended.err.strip()


def test_the_seven_columns_known_only_at_closing_are_refused_by_name(shared: Path) -> None:
    name = "ibm-win-loss"
    found = backtested(shared / "data" / name, "--mapping", MAPPINGS / f"{name}.toml", "--from", "80%")
    refused = {column["column"] for column in found["refused_columns"]}
    assert refused >= {
        "Elapsed Days In Sales Stage", "Sales Stage Change Count", "Total Days Identified Through Closing",
        "Total Days Identified Through Qualified", "Ratio Days Identified To Total Days",
        "Ratio Days Validated To Total Days", "Ratio Days Qualified To Total Days",
    }  # fmt: skip
    assert found["deals"]["log_loss"] < found["references"]["base_rate"]["log_loss"]


def test_bids_are_told_apart_better_than_by_the_references(shared: Path) -> None:
    name = "it-services-deals"
    found = backtested(shared / "data" / name, "--mapping", MAPPINGS / f"{name}.toml", "--from", "80%")
    assert found["deals"]["log_loss"] <= found["references"]["naive_bayes"]["log_loss"] - 0.10
    assert found["deals"]["auc"] >= 0.68


# score


def test_a_score_has_every_metric_and_its_groups(tmp_path: Path) -> None:
    source = tmp_path / "p.csv"
    source.write_text("Probability,outcome,group\n0.8,won,a\n0.2,lost,a\n.6,1,b\n0.4,1,b\n")
    found = json.loads(run("score", source, "--format", "json").out)
    assert list(found) == "n log_loss brier auc ece calibration groups".split()
    assert found["n"] == 4
    assert found["brier"] == pytest.approx((0.04 + 0.04 + 0.16 + 0.36) / 4)
    assert found["groups"]["a"]["auc"] == 1
    assert found["groups"]["b"]["auc"] is None
    assert "log loss" in run("score", source).out


def test_every_chance_that_is_none_is_listed(tmp_path: Path) -> None:
    source = tmp_path / "p.csv"
    source.write_text("probability,outcome\n35%,1\nnan,0\n1.2,0\n0.5,perhaps\n0_1,1\n٠,1\n")
    ended = run("score", source)
    assert (ended.status, ended.out) == (1, "")
    assert len(ended.err.splitlines()) == 6
    assert "Write 0.35." in ended.err
    assert "row 5, column outcome: 'perhaps'" in ended.err


def test_a_table_without_chances_says_which_columns_it_has(tmp_path: Path) -> None:
    source = tmp_path / "p.csv"
    source.write_text("probabilty,outcome\n0.5,1\n")
    ended = run("score", source)
    assert ended.status == 1
    assert "Did you mean 'probabilty'?" in ended.err


# simulate


def test_a_seed_gives_the_same_bytes_and_another_seed_other_ones(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        ended = run("simulate", tmp_path / name, "--quarters", "2", "--reps", "4", "--seed", seed)
        assert ended.status == 0
    a, b, c = ((tmp_path / name / "deals.csv").read_bytes() for name in "abc")
    assert a == b
    assert a != c
    assert (tmp_path / "a" / "truth" / "deals.csv").is_file()


def test_the_truth_is_no_part_of_what_is_read(company: Path) -> None:
    with (company / "deals.csv").open() as stream:
        assert not {"quality", "end"} & set(csv.DictReader(stream).fieldnames or [])


@pytest.mark.parametrize("words", [["--reps", "0"], ["--quarters", "0"], ["--shock", "9"]])
def test_an_organisation_that_cannot_be_is_wrong_usage(tmp_path: Path, words: list[str]) -> None:
    ended = run("simulate", tmp_path / "new", *words)
    assert ended.status == 2
    assert not (tmp_path / "new").exists()


def test_a_folder_that_holds_something_is_not_written_to(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    ended = run("simulate", tmp_path)
    assert ended.status == 2
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


# All commands


def test_commands_on_files_never_import_django(company: Path, tmp_path: Path) -> None:
    predictions = tmp_path / "p.csv"
    predictions.write_text("probability,outcome\n0.5,1\n0.4,0\n")
    program = f"""
import sys
class Refuse:
    def find_spec(self, name, path=None, target=None):
        if name.split('.')[0] in ('django', 'ninja', 'jinja2', 'allauth', 'psycopg'):
            raise ImportError(name)
sys.meta_path.insert(0, Refuse())
from fairlead.cli.main import app
for words in (
    ['forecast', {str(company)!r}, '--as-of', '2024-02-19', '--format', 'html', '--out', {str(tmp_path / "f.html")!r}],
    ['backtest', {str(company)!r}, '--from', '2024-02-26', '--horizon', '28d', '--out', {str(tmp_path / "b.html")!r}],
    ['score', {str(predictions)!r}],
    ['simulate', {str(tmp_path / "s")!r}, '--quarters', '1', '--reps', '2'],
):
    app(words, standalone_mode=False)
assert not [name for name in sys.modules if name.split('.')[0] == 'django']
print('alone')
"""
    ended = typed(program=program)
    assert ended.status == 0, ended.err
    assert ended.out.splitlines()[-1] == "alone"


def test_the_command_ends_with_the_status_of_what_it_did(tmp_path: Path) -> None:
    assert typed("score", tmp_path / "nowhere.csv").status == 1
    assert typed("score").status == 2
    helped = typed("--help")
    assert helped.status == 0
    for name in (
        "demo serve work import export forecast backtest score simulate backup restore verify doctor createadmin"
    ).split():
        assert name in helped.out


def test_progress_shows_on_a_terminal_and_not_in_a_pipe(company: Path) -> None:
    command = [sys.executable, "-m", "fairlead.cli.main", "forecast", str(company), "--as-of", "2024-02-19"]
    command += ["--format", "csv"]
    ours, theirs = pty.openpty()
    on_terminal = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=theirs)
    out, _ = on_terminal.communicate()
    os.set_blocking(ours, False)
    shown = os.read(ours, 100_000)
    os.close(ours)
    os.close(theirs)
    assert b"Reading" in shown or b"Estimating" in shown
    piped = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    assert piped.stderr == b""
    assert piped.stdout == out


# mapping


def test_a_guessed_mapping_reads_the_table_it_was_guessed_from(tmp_path: Path) -> None:
    table = tmp_path / "bids.csv"
    rows = ["bid no,account,sales agent,deal stage,engage date,close date,close value"]
    for n in range(60):
        stage, closed = ("Engaging", "") if n % 5 == 0 else ("Won" if n % 3 else "Lost", f"2016-1{n % 3}-20")
        rows.append(f"B{n},Acme {n % 7},Agent {n % 4},{stage},2016-0{1 + n % 9}-11,{closed},{500 + n}")
    table.write_text("\n".join(rows) + "\n")
    refused = run("forecast", table)
    assert refused.status == 1
    assert "fairlead mapping" in refused.err
    told = run("mapping", table, "--out", tmp_path / "mapping.toml")
    assert (told.status, told.out) == (0, ""), told.err
    assert "# close value: amount" in (tmp_path / "mapping.toml").read_text()
    ended = run(
        "forecast", table, "--mapping", tmp_path / "mapping.toml", "--as-of", "2017-01-01", "--format", "json"
    )
    assert ended.status == 0, ended.err


def test_a_source_that_is_read_as_it_is_needs_no_mapping(company: Path) -> None:
    told = run("mapping", company)
    assert (told.status, told.out) == (0, "")
    assert "needs no mapping" in told.err

"""A history on disk: what is written, that it is the same history, and that cells are the same however counted."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from fairlead.forecasting import estimate, lake, simulate, weekly
from fairlead.forecasting.lake import backtests, expressions, writing
from fairlead.forecasting.lake.tables import SCHEMA, TABLES
from fairlead.forecasting.periods import Calendar
from fairlead.forecasting.types import Change, Deal, DealForecast, Forecast, History, Member, NodeForecast
from tests.forecasting.small_world import FIRST, world

AS_OF = FIRST + timedelta(days=400)
SECRET = "canary-of-free-text"


@pytest.fixture(scope="module")
def engine() -> lake.DuckDB:
    return lake.DuckDB(threads=1)


def stored(folder: Path, engine: lake.Engine, name: str, *keys: str) -> list[tuple[object, ...]]:
    return engine.rows(expressions.ordered(lake.Lake(folder).table(engine, name), *keys))


def in_memory(company: str, history: History, as_of: date, calendar: Calendar) -> list[tuple[object, ...]]:
    rows = weekly.counted(weekly.weeks(weekly.read(history, as_of, calendar)))
    return sorted((company, c.period, c.week, *c.factors, c.rows, c.won, c.lost, c.won_cents) for c in rows)


def simulated(seed: int) -> tuple[History, date]:
    dull = seed == 2
    made = simulate.organisation(simulate.Settings(seed=seed, quarters=4, reps=6, dirt=seed == 3, dull=dull))
    return made.history, made.as_of


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_cells_of_simulated_organisations_are_those_counted_in_memory(
    seed: int, tmp_path: Path, engine: lake.DuckDB
) -> None:
    history, as_of = simulated(seed)
    calendar = Calendar("4-4-5", 2) if seed == 4 else Calendar()
    lake.write(history, tmp_path, company=f"org{seed}", as_of=as_of, calendar=calendar)
    told = in_memory(f"org{seed}", history, as_of, calendar)
    by_engine = engine.rows(expressions.cells(lake.Lake(tmp_path).table(engine, "snapshots")))
    assert len(told) > 100
    assert sorted(by_engine) == told
    assert sorted(stored(tmp_path, engine, "cells", *expressions.CELL)) == told


def _naive(history: History, as_of: date) -> Iterator[tuple[date, str, str]]:
    """(Monday, deal, how the week ended) straight from the deals: of a world where all is recorded when it is true."""
    day = FIRST
    while day < as_of:
        if day.weekday() == 0:
            for deal in history.deals:
                assert deal.created_on
                if deal.created_on < day and (deal.closed_on is None or deal.closed_on >= day):
                    closes = deal.closed_on is not None and deal.closed_on < day + timedelta(days=7)
                    ended = day + timedelta(days=7) <= as_of
                    yield day, deal.id, (deal.status if closes else "open") if ended else ""
        day += timedelta(days=1)


def test_weekly_rows_are_the_deals_that_were_open_on_each_monday() -> None:
    history = world(seed=5, days=200, per_week=4)
    as_of = FIRST + timedelta(days=200)
    found = [
        (week.monday, deal, event)
        for week in weekly.weeks(weekly.read(history, as_of))
        for deal, event in zip(week.deal, week.event, strict=True)
    ]
    assert sorted(found) == sorted(_naive(history, as_of))


def test_a_weekly_row_knows_nothing_of_what_was_recorded_later() -> None:
    history = world(seed=6, days=300, per_week=4)
    late = list(weekly.weeks(weekly.read(history, FIRST + timedelta(days=300))))
    early = list(weekly.weeks(weekly.read(history, FIRST + timedelta(days=200))))
    assert len(early) > 20
    ended = [week for week in early if weekly.RUNNING not in week.event]
    for before, after in zip(ended, late, strict=False):
        assert before == after


def without_names(told: Forecast) -> tuple[tuple[NodeForecast, ...], tuple[DealForecast, ...]]:
    return (
        tuple(replace(node, name="") for node in told.nodes),
        tuple(replace(deal, name="") for deal in told.deals),
    )


@pytest.mark.parametrize("seed", [1, 3])
def test_a_history_read_back_gives_the_same_forecast(seed: int, tmp_path: Path, engine: lake.DuckDB) -> None:
    history, as_of = simulated(seed)
    lake.write(history, tmp_path, company="a", as_of=as_of)
    again = lake.Lake(tmp_path).history(engine, "a")
    for day in (as_of, as_of - timedelta(days=60)):
        period = Calendar().quarter_of(day)
        told, back = (estimate(h, as_of=day, period=period) for h in (history, again))
        assert without_names(told) == without_names(back)


def small(**more: object) -> History:
    """Three deals of which two are copies, a divided one, a recorded column of free text, and one of categories."""
    moment = datetime(2026, 1, 5, 10, 30, 0, 123456, UTC)
    deals = [
        Deal("1", f"{SECRET} deal", "ann", 100.25, "Talk", created_on=date(2026, 1, 2), account=f"{SECRET} account",
             evidence={"next_step": f"{SECRET} step", "region": "north", "later": f"{SECRET} later"}),
        Deal("2", f"{SECRET} deal", "ann", 100.25, "Talk", created_on=date(2026, 1, 2), account=f"{SECRET} account"),
        Deal("3", "other", "bob", None, "Offer", status="won", closed_on=date(2026, 2, 3), product="Pump",
             shares=(("ann", 0, 5_000), ("bob", 5_000, 10_000))),
    ]  # fmt: skip
    changes = [
        Change("1", "next_step", "", f"{SECRET} new step", moment, moment),
        Change("1", "stage", "Lead", "Talk", moment, moment + timedelta(days=1)),
    ]
    members = [
        Member("ann", f"{SECRET} Ann", "boss"),
        Member("bob", "", "boss"),
        Member("boss", starts_on=FIRST),
    ]
    told = History(deals, changes, members, frozenset({"region"}), "EUR", "Europe/Vienna")
    return replace(told, **more)  # type: ignore[arg-type]


def test_names_accounts_and_free_text_are_nowhere_in_the_files(tmp_path: Path, engine: lake.DuckDB) -> None:
    done = lake.write(small(), tmp_path, company="a", as_of=date(2026, 3, 1))
    assert set(done.left_out) == {"next_step", "later"}
    for name, columns in TABLES.items():
        rows = stored(tmp_path, engine, name, next(iter(columns)))
        assert SECRET not in str(rows), name
    assert SECRET not in (tmp_path / "company=a" / "manifest.json").read_text()
    for file in tmp_path.rglob("*.parquet"):
        assert SECRET.encode() not in file.read_bytes()


def test_what_a_forecast_reads_comes_back_as_it_was(tmp_path: Path, engine: lake.DuckDB) -> None:
    told = small()
    lake.write(told, tmp_path, company="a", as_of=date(2026, 3, 1))
    back = lake.Lake(tmp_path).history(engine, "a")
    assert [d.id for d in back.deals] == ["1", "2", "3"]
    assert [d.name for d in back.deals] == ["twin 1", "twin 1", ""]
    assert back.deals[0].evidence == {"region": "north"}
    assert back.deals[2] == replace(told.deals[2], name="")
    assert back.changes == [replace(told.changes[0], old=None, new=None), told.changes[1]]
    assert back.members == [replace(m, name="") for m in told.members]
    assert (back.currency, back.time_zone, back.static) == ("EUR", "Europe/Vienna", frozenset({"region"}))


def test_long_values_are_free_text_and_so_are_many_wordy_ones() -> None:
    wordy = {f"something that somebody typed, number {n}" for n in range(300)}
    assert writing._is_free_text(wordy)
    assert writing._is_free_text({"x" * 61})
    assert writing._is_free_text({"two\nlines"})
    assert not writing._is_free_text({str(n / 7) for n in range(3_000)})
    assert not writing._is_free_text({"north", "south"})


def test_the_same_history_again_writes_nothing_and_another_takes_its_place(
    tmp_path: Path, engine: lake.DuckDB
) -> None:
    first = lake.write(small(), tmp_path, company="a", as_of=date(2026, 3, 1))
    lake.write(small(), tmp_path, company="b", as_of=date(2026, 3, 1))
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    again = lake.write(small(), tmp_path, company="a", as_of=date(2026, 3, 1))
    assert (first.changed, again.changed) == (True, False)
    assert before == {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*") if path.is_file()}
    fewer = small(deals=small().deals[1:], changes=())
    assert lake.write(fewer, tmp_path, company="a", as_of=date(2026, 3, 1)).changed
    assert [d.id for d in lake.Lake(tmp_path).history(engine, "a").deals] == ["2", "3"]
    assert len(list((tmp_path / "company=a").glob("written-*"))) == 1
    assert lake.Lake(tmp_path).companies == ("a", "b")
    assert len(lake.Lake(tmp_path).history(engine, "b").deals) == 3


def test_a_write_that_fails_leaves_what_was_there(
    tmp_path: Path, engine: lake.DuckDB, monkeypatch: pytest.MonkeyPatch
) -> None:
    lake.write(small(), tmp_path, company="a", as_of=date(2026, 3, 1))

    def full(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(writing, "_weeks", full)
    with pytest.raises(OSError, match="No space"):
        lake.write(small(deals=small().deals[:1]), tmp_path, company="a", as_of=date(2026, 3, 1))
    assert len(lake.Lake(tmp_path).history(engine, "a").deals) == 3
    assert {p.name for p in (tmp_path / "company=a").iterdir()} == {
        "manifest.json", *(p.name for p in (tmp_path / "company=a").glob("written-*"))
    }  # fmt: skip


def test_only_the_owner_of_the_files_may_read_them(tmp_path: Path) -> None:
    lake.write(small(), tmp_path, company="a", as_of=date(2026, 3, 1))
    assert stat.S_IMODE((tmp_path / "company=a").stat().st_mode) == 0o700


def test_an_empty_history_is_written_and_read(tmp_path: Path, engine: lake.DuckDB) -> None:
    done = lake.write(History([]), tmp_path, company="none", as_of=date(2026, 3, 1))
    assert sum(done.rows.values()) == 0
    back = lake.Lake(tmp_path).history(engine, "none")
    assert (back.deals, back.changes, back.members) == ([], [], [])
    assert engine.rows(expressions.cells(lake.Lake(tmp_path).table(engine, "snapshots"))) == []


@pytest.mark.parametrize("name", ["", "A", "../x", "a/b", "a b", ".hidden", "x" * 70])
def test_a_name_that_is_no_folder_of_ours_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no name of a company"):
        lake.write(small(), tmp_path / "new", company=name, as_of=date(2026, 3, 1))
    assert not (tmp_path / "new").exists()


def test_what_cannot_be_read_says_why(tmp_path: Path) -> None:
    with pytest.raises(lake.Unreadable, match="holds no history"):
        lake.Lake(tmp_path)
    lake.write(small(), tmp_path, company="a", as_of=date(2026, 3, 1))
    with pytest.raises(lake.Unreadable, match="there is a"):
        lake.Lake(tmp_path).of("b")
    manifest = tmp_path / "company=a" / "manifest.json"
    told = json.loads(manifest.read_text())
    manifest.write_text(json.dumps({**told, "schema": SCHEMA + 1}))
    with pytest.raises(lake.Unreadable, match="later version"):
        lake.Lake(tmp_path)
    manifest.write_text("{")
    with pytest.raises(lake.Unreadable, match="Write the company again"):
        lake.Lake(tmp_path)
    manifest.write_text(json.dumps(told))
    next(tmp_path.rglob("*.parquet")).unlink()
    with pytest.raises(lake.Unreadable, match="is missing"):
        lake.Lake(tmp_path)


def test_weekly_chances_of_a_world_with_signal_beat_its_rate_and_no_company_teaches_another(
    tmp_path: Path, engine: lake.DuckDB
) -> None:
    lake.write(world(seed=7, days=400, per_week=20), tmp_path, company="a", as_of=AS_OF)
    start = FIRST + timedelta(days=250)
    (alone,) = backtests.backtest(lake.Lake(tmp_path), engine, companies=["a"], start=start)
    lake.write(world(seed=8, days=400, per_week=3), tmp_path, company="b", as_of=AS_OF)
    (beside, other) = backtests.backtest(lake.Lake(tmp_path), engine, companies=["a", "b"], start=start)
    assert alone == beside
    assert other.company == "b"
    assert alone.log_loss is not None
    assert alone.base_rate_log_loss is not None
    assert alone.log_loss < alone.base_rate_log_loss
    assert alone.won == sum(look.won for look in alone.looks)
    assert all(np.diff([look.taught for look in alone.looks]) > 0)


def test_a_test_counts_every_ended_deal_week_from_its_start_on(tmp_path: Path, engine: lake.DuckDB) -> None:
    history = world(seed=5, days=200, per_week=4)
    as_of, start = FIRST + timedelta(days=200), FIRST + timedelta(days=120)
    lake.write(history, tmp_path, company="a", as_of=as_of)
    (tested,) = backtests.backtest(lake.Lake(tmp_path), engine, companies=["a"], start=start)
    rows = [event for monday, _, event in _naive(history, as_of) if monday >= start and event]
    assert (tested.rows, tested.won) == (len(rows), rows.count("won"))


def test_a_test_without_weeks_on_both_sides_says_so(tmp_path: Path, engine: lake.DuckDB) -> None:
    lake.write(world(seed=5, days=200, per_week=4), tmp_path, company="a", as_of=FIRST + timedelta(days=200))
    for start in (FIRST, FIRST + timedelta(days=900)):
        with pytest.raises(lake.Unreadable, match="its weeks go from"):
            backtests.backtest(lake.Lake(tmp_path), engine, companies=["a"], start=start)


def test_no_engine_fetches_extensions(engine: lake.DuckDB) -> None:
    for setting in ("autoinstall_known_extensions", "autoload_known_extensions"):
        assert engine.connection.execute(f"SELECT current_setting('{setting}')").fetchone() == (False,)

"""How fast deals are taken in: `.venv/bin/python -m benchmarks.imports --deals 1000000 --changes 100000`.

Makes a temporary database, fills it with deals (a first, full import), then takes in recorded changes together
with the rows they changed, then the whole file once more. Meanwhile another process writes a small row to the
same database, ten times a second, as somebody who submits a number does.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from multiprocessing.synchronize import Event

from benchmarks import bench, company

FIRST = datetime(2026, 11, 16, 6, tzinfo=UTC)
TODAY = FIRST.date()
SECOND = FIRST + timedelta(days=1)
THIRD = FIRST + timedelta(days=2)


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--deals", type=int, default=50_000)
    words.add_argument("--changes", type=int, default=10_000)
    words.add_argument("--reps", type=int, default=1_000)
    words.add_argument("--keep", action="store_true", help="print the database's address and leave it there")
    told = words.parse_args()
    folder = bench.own_database("imports")
    people = company.people(told.reps, FIRST)
    _measured("first import", told.deals, people, _rows(told.deals, told.reps, 0), (), FIRST, full=True)
    touched = random.Random(7).sample(range(told.deals), min(told.changes, told.deals))
    changed = set(touched)
    rows = (company.deal(n, told.reps, 1, TODAY) for n in sorted(changed))
    recorded = company.changes(touched, FIRST)
    _measured("changes and their rows", 2 * len(changed), people, rows, recorded, SECOND, full=False)
    whole = (company.deal(n, told.reps, 2 if n in changed else 0, TODAY) for n in range(told.deals))
    _measured("whole file, as many changed", told.deals, people, whole, (), THIRD, full=True)
    print(f"{bench.machine()} · {os.environ['FAIRLEAD_DATABASE'].split(':')[0]}")
    if told.keep:
        print(f"FAIRLEAD_DATA={folder} FAIRLEAD_DATABASE={os.environ['FAIRLEAD_DATABASE']}")


def _rows(deals: int, reps: int, version: int) -> Iterator[object]:
    return (company.deal(n, reps, version, TODAY) for n in range(deals))


def _measured(
    what: str,
    count: int,
    people: dict[str, int],
    rows: object,
    changes: object,
    as_of: datetime,
    *,
    full: bool,
) -> None:
    from django.db import connection

    from fairlead.deals import actions
    from fairlead.people import access

    stop, waits = multiprocessing.Event(), multiprocessing.Queue()  # type: ignore[var-annotated]
    connection.close()
    other = multiprocessing.Process(target=_write_meanwhile, args=(stop, waits), daemon=True)
    other.start()
    begun, worked = time.perf_counter(), time.process_time()
    taken = actions.take_in(
        by=access.system("a benchmark"),
        at=THIRD,
        source="crm",
        deals=rows,  # type: ignore[arg-type]
        changes=changes,  # type: ignore[arg-type]
        people_ids=people,
        as_of=as_of,
        full=full,
    )
    seconds, worked = time.perf_counter() - begun, time.process_time() - worked
    stop.set()
    times: list[float] = waits.get()
    other.join()
    print(
        f"{what}: {count:,} rows in {seconds:.1f} s = {count / seconds:,.0f} a second "
        f"({worked:.1f} s of processor time); "
        f"new {taken.new:,}, changed {taken.changed:,}, unchanged {taken.unchanged:,}, changes {taken.changes:,}; "
        f"peak {bench.peak_memory_mb():.0f} MB; another's write meanwhile: p95 "
        f"{bench.percentile(times, 0.95) * 1000:.0f} ms, longest {max(times) * 1000:.0f} ms, n={len(times)}"
    )


def _write_meanwhile(stop: Event, waits: object) -> None:
    """A small durable write ten times a second, on a connection of its own."""
    times = []
    write = _writer()
    while not stop.is_set():
        begun = time.perf_counter()
        write()
        times.append(time.perf_counter() - begun)
        time.sleep(0.1)
    waits.put(times)  # type: ignore[attr-defined]


def _writer() -> Callable[[], None]:
    from django.conf import settings
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE IF NOT EXISTS bench_note (at double precision)")

        def write() -> None:
            with connection.cursor() as cursor:
                cursor.execute("INSERT INTO bench_note VALUES (%s)", [time.time()])

        return write
    plain = sqlite3.connect(str(settings.DATABASES["default"]["NAME"]), timeout=60, isolation_level=None)
    plain.execute("PRAGMA synchronous=FULL")
    plain.execute("CREATE TABLE IF NOT EXISTS bench_note (at REAL)")

    def write_plain() -> None:
        plain.execute("BEGIN IMMEDIATE")
        plain.execute("INSERT INTO bench_note VALUES (?)", [time.time()])
        plain.execute("COMMIT")

    return write_plain


if __name__ == "__main__":
    main()

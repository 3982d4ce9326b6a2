"""How fast changes are analysed: `.venv/bin/python -m benchmarks.changes --deals 1000000 --reps 10000`.

Builds a company in bulk: deals and their tracks as an import writes them, with three changes on average (stage, close
date, amount, now and then the owner), but without the facts, which this reading does not touch. Then asks, as
persons of each level, what changed between two weeks picked at random from half a year, in the period of the
later week or a neighbour of it: first the query alone, then the whole page over HTTP. `--keep` leaves the company
there and prints its folder; `--reuse FOLDER` measures it again. Set FAIRLEAD_DATABASE for PostgreSQL.
"""

from __future__ import annotations

import argparse
import os
import random
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks import bench, company, pages

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LEVELS = {"rep": 0.3, "manager": 0.3, "director": 1.0, "vice president": 1.0, "head": 1.0}
"""Who asks, and the seconds the 95th percentile may take."""
WEEKS = 26
OWNERS_CHANGE, CHUNK = 50, 20_000


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--deals", type=int, default=50_000)
    words.add_argument("--reps", type=int, default=1_000)
    words.add_argument("--times", type=int, default=40, help="questions per level")
    words.add_argument("--no-pages", action="store_true", help="the query alone, without HTTP")
    words.add_argument("--keep", action="store_true", help="print the company's folder and leave it there")
    words.add_argument("--reuse", type=Path, help="measure a company kept earlier")
    told = words.parse_args()
    if told.reuse:
        folder = told.reuse
        bench.known_database(folder, "changes")
    else:
        folder = bench.own_database("changes")
        build(told.deals, told.reps)
    ask(told.times)
    if not told.no_pages:
        ask_pages(told.times)
    print(f"{bench.machine()} · {os.environ['FAIRLEAD_DATABASE'].split(':')[0]}")
    if told.keep:
        print(f"--reuse {folder}")


# The company


def build(deals: int, reps: int) -> None:
    """People, accounts to sign in with, stages, and deals with their tracks."""
    from fairlead.deals import actions
    from fairlead.people import access

    people = company.people(reps, NOW - timedelta(days=3))
    company.accounts(people[name] for names in pages.voices(reps).values() for name in names)
    by = access.system("a benchmark builds a company")
    for stage, category in company.STAGES.items():
        actions.set_category_mapping(
            by=by, at=NOW, stage=stage, category=category, starts_on=date(2024, 1, 1)
        )
    with pages.timed(f"{deals:,} deals with tracks"):
        _deals(deals, reps, people)
    from fairlead.deals.models import Import

    Import.objects.update(status="current", ended_at=NOW)
    with pages.timed("tracks put into blocks, as the worker does"):
        actions.keep_tracks()


def _deals(deals: int, reps: int, people: dict[str, int]) -> None:
    from django.db import transaction

    from fairlead.deals import staging, tracking
    from fairlead.deals.models import Import, Source

    source = Source.objects.create(name="crm", kind="table")
    run = Import.objects.create(
        source=source, by="system: a benchmark", started_at=NOW, as_of=NOW - timedelta(days=900), file_name=""
    )
    with transaction.atomic():
        names = {f"r{n}": people[f"r{n}"] for n in range(reps)}
        staging.owner_names(source.pk, names)
    packer = tracking.Packer(source.pk)
    for first in range(0, deals, CHUNK):
        told = [_deal(n, reps, people) for n in range(first, min(first + CHUNK, deals))]
        with transaction.atomic():
            packed = packer.packed([track for _, _, track, _ in told])
            rows: list[Any] = [(id, state, [], p) for (id, state, _, _), p in zip(told, packed, strict=True)]
            taken = staging.insert_deals(source.pk, run.pk, rows)
            staging.past_owners(
                source.pk, [(taken[id], owner) for id, _, _, owners in told for owner in owners]
            )


def _deal(n: int, reps: int, people: dict[str, int]) -> tuple[str, tuple[Any, ...], list[Any], list[str]]:
    """(id, newest state, track, owners where there were several) of deal ``n``; no chance in it."""
    from fairlead.deals import staging
    from fairlead.deals.tracks import Known

    row = company.deal(n, reps, 0, NOW.date())
    closed_on, close_on = row.closed_on, row.close_on
    created = datetime.combine(row.created_on or NOW.date(), datetime.min.time(), UTC)
    end = datetime.combine(closed_on, datetime.min.time(), UTC) if closed_on else NOW - timedelta(days=n % 40)
    steps, stages = n % 7, list(company.STAGES)
    moments = [created + (end - created) * i / (steps + 1) for i in range(steps + 1)] + [end]
    old_owner = f"r{(n // 5 + 17) % reps}" if n % OWNERS_CHANGE == 0 else row.owner
    amount, due = int(row.amount or 0) * 100 + n % 100, close_on or NOW.date()
    track = []
    for i, at in enumerate(moments):
        last = i == len(moments) - 1
        track.append(
            Known(
                known=at,
                amount=amount if last or i % 3 else amount - amount // 7,
                owner=row.owner if last else old_owner,
                account=row.account,
                product=row.product,
                stage=row.stage if last else stages[min(i, len(stages) - 1)],
                said="",
                currency="EUR",
                due=due if last else due - timedelta(days=35 * ((len(moments) - i) // 2)),
                status=row.status if last else "open",
                pushes=i // 2,
            )
        )
    day, stamp = staging.day, staging.stamp
    state = (
        row.name, row.account, people[row.owner], row.owner, amount, "EUR", amount, row.stage, "",
        day(due if row.status == "open" else close_on), day(row.created_on), row.status, day(closed_on), row.product,
        "", "new", "", "{}", steps // 2, n, stamp(created), stamp(NOW), stamp(end), None, "",
    )  # fmt: skip
    return row.deal_id, state, track, [row.owner, old_owner] if old_owner != row.owner else []


# Asking


def questions(times: int) -> list[tuple[datetime, datetime, str]]:
    """(start, end, period) at random, the same every time."""
    from fairlead.calls import queries

    chance, found = random.Random(11), []
    for _ in range(times):
        older, newer = sorted(chance.sample(range(WEEKS), 2), reverse=True)
        end = NOW - timedelta(weeks=newer)
        period = chance.choice(queries.periods_around(end, back=1, ahead=1))
        found.append((NOW - timedelta(weeks=older), end, period.name))
    return found


def ask(times: int) -> None:
    """Median and 95th percentile of the query, by level."""
    from fairlead.calls import queries
    from fairlead.people import queries as people
    from fairlead.people.models import Person

    keys = dict(Person.objects.values_list("external_id", "pk"))
    asked, reps = questions(times), sum(name[0] == "r" for name in keys)
    print(
        "| who | deals compared | processor, p95 | median | p95 | within |\n| --- | --- | --- | --- | --- | --- |"
    )
    for level, bar in LEVELS.items():
        persons = [keys[name] for name in pages.voices(reps)[level]]
        seconds, worked, most = [], [], 0
        for n, (start, end, period) in enumerate([asked[0], *asked]):
            person = persons[n % len(persons)]
            actor, when = people.actor(person, NOW), queries.period_named(period)
            begun, busy = time.perf_counter(), time.process_time()
            found = queries.changes(actor, person, when, start, end, at=NOW)
            seconds.append(time.perf_counter() - begun)
            worked.append(time.process_time() - busy)
            if found.start + sum(bar.amount for bar in found.bars) != found.end:
                raise SystemExit("The bars do not add up.")
            most = max(most, sum(cell.count for cell in found.flow))
        busiest = f"{bench.percentile(worked[1:], 0.95) * 1000:.0f} ms"
        _line(level, f"{most:,} | {busiest}", seconds[1:], bar)
    print(f"peak {bench.peak_memory_mb():.0f} MB")


def ask_pages(times: int) -> None:
    """The same for the whole page, over HTTP, by one server process."""
    cookies, asked = pages.sign_in(), questions(times)
    from django.db import connection

    connection.close()
    print("\n| who | kB | median | p95 | within |\n| --- | --- | --- | --- | --- |")
    with pages.server() as port:
        for level, bar in LEVELS.items():
            askers = [pages.Asker(port, cookie) for cookie in cookies[level]]
            seconds, size = [], 0
            for n, question in enumerate([asked[0], *asked]):
                took, status, body = askers[n % len(askers)].get(_address(question))
                if status != 200:
                    raise SystemExit(f"{level}: answered {status}.")
                seconds.append(took)
                size = max(size, len(body))
            _line(level, f"{size / 1000:.0f}", seconds[1:], bar)


def _address(question: tuple[datetime, datetime, str]) -> str:
    start, end, period = question
    return f"/changes/?period={period}&since=date&day={start.date()}&until={end.date()}"


def _line(who: str, what: str, seconds: list[float], bar: float) -> None:
    p95 = bench.percentile(seconds, 0.95)
    print(
        f"| {who} | {what} | {bench.percentile(seconds, 0.5) * 1000:.0f} ms | {p95 * 1000:.0f} ms "
        f"| {bar * 1000:.0f} ms: {'yes' if p95 <= bar else '**no**'} |",
        flush=True,
    )


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()

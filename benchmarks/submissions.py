"""How many numbers a second can be submitted: `.venv/bin/python -m benchmarks.submissions --seconds 20`.

Several processes submit for many teams at once on SQLite with the settings of production (write-ahead log,
synchronous FULL). Every submission freezes its team's deals, tells the superior and the team, and is recorded
in the ledger. Afterwards the chain is verified and every acknowledged number is looked up again.
"""

from __future__ import annotations

import argparse
import multiprocessing
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from queue import Queue
from threading import Thread
from typing import Any

from benchmarks import bench

AT = datetime(2026, 11, 24, 12, 10, tzinfo=UTC)
REPS, DEALS = 8, 12
Result = tuple[list[float], list[str], Counter[str]]


def build(teams: int) -> list[int]:
    """A company of ``teams`` managers with 8 reps each and 12 open deals per rep; the managers' ids."""
    from fairlead.deals.models import Category, Deal, Import, Source
    from fairlead.people import access, actions
    from fairlead.people.models import Person
    from fairlead.people.rules import PersonRow

    by = access.system("the benchmark builds a company")
    actions.set_up(by=by, at=AT, name="Benchmark", currency="EUR", time_zone="Europe/Helsinki")
    rows = [PersonRow("boss", "Boss", role="executive")]
    for team in range(teams):
        rows.append(
            PersonRow(f"m{team}", f"Manager {team}", manager="boss", role="manager", team=f"Team {team}")
        )
        rows += [
            PersonRow(f"m{team}r{rep}", f"Rep {team} {rep}", manager=f"m{team}", role="rep")
            for rep in range(REPS)
        ]
    ids = actions.take_in(by=by, at=AT, source="bench", rows=rows, lines_from=date(2024, 1, 1)).people
    users = [
        actions.User(email=f"{name}@bench.test", password="!", is_active=True)  # type: ignore[attr-defined]
        for name in ids
    ]
    actions.User.objects.bulk_create(users)  # type: ignore[attr-defined]
    made = dict(actions.User.objects.values_list("email", "pk"))  # type: ignore[attr-defined]
    for name, person in ids.items():
        Person.objects.filter(pk=person).update(user_id=made[f"{name}@bench.test"])
    source = Source.objects.create(name="bench", kind="fairlead")
    run = Import.objects.create(
        source=source, by="system", started_at=AT, as_of=AT, status="current", file_name=""
    )
    Category.objects.create(
        stage="Paper", category="commit", starts_on=date(2024, 1, 1), set_at=AT, by="system: benchmark"
    )
    deals = [
        Deal(
            source=source, external_id=f"{name} {n}", name=f"Deal {n} of {name}", owner_id=person, run=run,
            amount_minor=1000_00 + n, home_minor=1000_00 + n, currency="EUR", stage="Paper", status="open",
            close_on=date(2026, 12, 1) + timedelta(days=n), digest=0, first_recorded_at=AT, last_recorded_at=AT,
            changed_at=AT,
        )
        for name, person in ids.items() if "r" in name
        for n in range(DEALS)
    ]  # fmt: skip
    Deal.objects.bulk_create(deals, batch_size=1000)
    return [person for name, person in ids.items() if name.startswith("m") and "r" not in name]


def submit_for(managers: list[int], seconds: float, worker: int) -> Result:
    """Submit in turn for these managers until the time is over: seconds each, ids, refusals by kind."""
    from django.db import connection

    from fairlead.calls import actions, queries
    from fairlead.people import access
    from fairlead.people import queries as people
    from fairlead.people.models import Person

    period = queries.period_at(AT)
    actors = {m: (people.actor(m, AT), Person.objects.get(pk=m)) for m in managers}
    last = dict.fromkeys(managers, "")
    times: list[float] = []
    ids: list[str] = []
    failed: Counter[str] = Counter()
    end, turn = time.perf_counter() + seconds, 0
    while (begun := time.perf_counter()) < end:
        manager = managers[turn % len(managers)]
        by, person = actors[manager]
        turn += 1
        try:
            sent = actions.submit(
                by=by, at=AT + timedelta(seconds=turn), person=person, period=period, amount_minor=90_000_00 + turn,
                reason="Two dates are not sure.", key=f"{worker} {turn}", expected_previous=last[manager],
            )  # fmt: skip
        except access.Refused as refused:
            failed[refused.code] += 1
        except Exception as problem:  # every error counts and is named
            failed[type(problem).__name__] += 1
        else:
            last[manager] = sent.public_id
            times.append(time.perf_counter() - begun)
            ids.append(sent.public_id)
    connection.close()
    return times, ids, failed


def process(managers: list[int], seconds: float, threads: int, number: int, results: Any) -> None:
    """One process with its own connection per thread."""
    import django

    django.setup()
    inside: Queue[Result] = Queue()

    def one(share: list[int], worker: int) -> None:
        inside.put(submit_for(share, seconds, worker))

    started = [Thread(target=one, args=(managers[n::threads], number * 100 + n)) for n in range(threads)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()
    while not inside.empty():
        results.put(inside.get())


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--seconds", type=float, default=20, help="how long to submit; 600 for the long run")
    words.add_argument("--processes", type=int, default=2)
    words.add_argument("--threads", type=int, default=4, help="threads in each process")
    words.add_argument("--teams", type=int, default=80)
    given = words.parse_args()
    bench.own_database("submissions")
    from django.db import connection

    managers = build(given.teams)
    connection.close()
    context = multiprocessing.get_context("spawn")
    results: Any = context.Queue()
    workers = [
        context.Process(
            target=process, args=(managers[n :: given.processes], given.seconds, given.threads, n, results)
        )
        for n in range(given.processes)
    ]
    begun = time.perf_counter()
    for worker in workers:
        worker.start()
    found: list[Result] = [results.get() for _ in range(given.processes * given.threads)]
    for worker in workers:
        worker.join()
    report(found, given.seconds, time.perf_counter() - begun, given.processes, given.threads)


def report(found: list[Result], seconds: float, took: float, processes: int, threads: int) -> None:
    """Print the figures, and check that nothing acknowledged was lost."""
    from fairlead.calls.models import Submission
    from fairlead.ledger import queries as ledger

    times = [one for result in found for one in result[0]]
    ids = {one for result in found for one in result[1]}
    failed = sum((result[2] for result in found), Counter[str]())
    kept = set(Submission.objects.for_system("the benchmark counts").values_list("public_id", flat=True))
    verified = ledger.verify()
    print(f"{len(times):,} submissions in {seconds:.0f} s by {processes} processes of {threads} threads: "
          f"{len(times) / seconds:.0f} a second (start to end {took:.0f} s)")  # fmt: skip
    print(f"median {bench.percentile(times, 0.5) * 1000:.0f} ms, p95 {bench.percentile(times, 0.95) * 1000:.0f} ms, "
          f"worst {max(times) * 1000:.0f} ms; errors {dict(failed) or 'none'}")  # fmt: skip
    print(f"acknowledged and lost: {len(ids - kept)}; ledger verified: {verified.entries:,} entries")
    print(f"each freezes {REPS * DEALS} deals of {REPS} reps · {bench.machine()}")


if __name__ == "__main__":
    main()

"""How fast accounts' contacts are taken in and listed: `.venv/bin/python -m benchmarks.contacts`.

Makes a temporary database with accounts of a thousand reps, takes in the buyers' people and the calls and meetings with
them, then the same once more; another process writes a small row meanwhile, ten times a second. Then it starts the
production server and asks for the list of accounts and for accounts, as different reps and managers.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from benchmarks import bench, company, pages
from benchmarks.imports import _write_meanwhile

if TYPE_CHECKING:
    from fairlead.territories.rules import AccountRow, ActivityRow, ContactRow


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument(
        "--contacts", type=int, default=10_000, help="the buyers' people; a fifth as many accounts"
    )
    words.add_argument("--activities", type=int, default=100_000)
    words.add_argument("--reps", type=int, default=1_000)
    words.add_argument("--times", type=int, default=40, help="requests per page")
    told = words.parse_args()
    bench.own_database("contacts")
    now = datetime.now(UTC)
    many = max(told.contacts // 5, 1)
    people = company.people(told.reps, now - timedelta(days=3))
    measured("accounts", many, lambda: _accounts(now, people, [_account(n, told.reps) for n in range(many)]))
    buyers = [_buyer(n, many) for n in range(told.contacts)]
    measured("the buyers' people", told.contacts, lambda: _buyers(now, buyers))
    for what in ("calls and meetings", "the same file again"):
        rows = _made(told.activities, told.contacts, many, now.date())
        measured(what, told.activities, lambda rows=rows: _activities(now, people, rows))  # type: ignore[misc]
    company.accounts(people[name] for names in pages.voices(told.reps).values() for name in names)
    cookies = pages.sign_in()
    from django.db import connection

    connection.close()
    pages.PAGES[:] = [
        pages.PageAsked("rep", "Accounts", "/accounts/"),
        pages.PageAsked("rep", "Account", _an_account),
        pages.PageAsked("rep", "Accounts, CSV", "/accounts/export.csv"),
        pages.PageAsked("sales operations", "Accounts, search", "/accounts/?find=Account+12"),
    ]
    with pages.server() as port:
        pages.measure(port, cookies, told.times, "")
    print(f"{bench.machine()} · {os.environ['FAIRLEAD_DATABASE'].split(':')[0]}")


def _account(n: int, reps: int) -> AccountRow:
    from fairlead.territories.rules import AccountRow

    return AccountRow(
        f"001{n:012d}", f"Account {n}", owner=f"r{n % reps}", industry="water", tier="ABC"[n % 3]
    )


def _buyer(n: int, accounts: int) -> ContactRow:
    from fairlead.territories.rules import ContactRow

    return ContactRow(
        f"003{n:012d}",
        f"001{n % accounts:012d}",
        f"Buyer {n}",
        f"b{n}@x.test",
        state="left" if n % 29 == 0 else "",
    )


def _made(activities: int, contacts: int, accounts: int, today: date) -> Iterator[ActivityRow]:
    """Contacts of three years; every third was two-way, and of those every other says with whom."""
    from fairlead.territories.rules import KINDS, ActivityRow

    for n in range(activities):
        buyer = n * 7919 % contacts
        yield ActivityRow(
            f"00T{n:012d}", account=f"001{buyer % accounts:012d}", on=today - timedelta(days=n % 1000),
            kind=KINDS[n % 5], way="two" if n % 3 == 0 else "one", by=f"r{buyer % accounts % 1000}",
            contact=f"003{buyer:012d}" if n % 2 == 0 else "",
        )  # fmt: skip


def _accounts(at: datetime, people: dict[str, int], rows: list[AccountRow]) -> object:
    from fairlead.people import access
    from fairlead.territories import actions

    by = access.system("a benchmark")
    return actions.take_in(by=by, at=at, source="crm", accounts=rows, people_ids=people)


def _buyers(at: datetime, rows: list[ContactRow]) -> object:
    from fairlead.people import access
    from fairlead.territories import actions

    return actions.take_in(by=access.system("a benchmark"), at=at, source="crm", contacts=rows)


def _activities(at: datetime, people: dict[str, int], rows: Iterator[ActivityRow]) -> object:
    from fairlead.people import access
    from fairlead.territories import actions

    return actions.take_in_activities(
        by=access.system("a benchmark"), at=at, source="crm", rows=rows, as_of=at, people_ids=people,
        deal_accounts={},
    )  # fmt: skip


def measured(what: str, count: int, take: Callable[[], object]) -> None:
    """Print how long it took, how much memory, and how long another's small write had to wait."""
    from django.db import connection

    stop, waits = multiprocessing.Event(), multiprocessing.Queue()  # type: ignore[var-annotated]
    connection.close()
    other = multiprocessing.Process(target=_write_meanwhile, args=(stop, waits), daemon=True)
    other.start()
    begun, worked = time.perf_counter(), time.process_time()
    done = take()
    seconds, worked = time.perf_counter() - begun, time.process_time() - worked
    stop.set()
    times: list[float] = waits.get()
    other.join()
    print(
        f"{what}: {count:,} rows in {seconds:.1f} s = {count / seconds:,.0f} a second ({worked:.1f} s of processor "
        f"time); {done}; peak {bench.peak_memory_mb():.0f} MB; another's write meanwhile: p95 "
        f"{bench.percentile(times, 0.95) * 1000:.0f} ms, longest {max(times) * 1000:.0f} ms, n={len(times)}",
        flush=True,
    )


def _an_account(asker: pages.Asker) -> str:
    _, _, body = asker.get("/accounts/")
    return pages._found(r'href="(/accounts/[\w-]{10,20}/)"', body)


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()

"""How long pages take: `.venv/bin/python -m benchmarks.pages --deals 1000000 --reps 10000`.

Builds a company through the ordinary doors (import, targets, estimate, calls, submissions), starts the production
server on it, signs people in, and asks for whole pages over HTTP, one after the other, as different persons of
each role. `--keep` leaves the company there and prints its folder; `--reuse FOLDER` measures it again.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from urllib.parse import quote

from benchmarks import bench, company

BAR = 0.300
"""Seconds: what the 95th percentile of a page may take."""


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--deals", type=int, default=50_000)
    words.add_argument("--reps", type=int, default=1_000)
    words.add_argument("--times", type=int, default=40, help="requests per page")
    words.add_argument("--only", default="", help="measure only the pages whose name contains this")
    words.add_argument("--keep", action="store_true", help="print the company's folder and leave it there")
    words.add_argument("--reuse", type=Path, help="measure a company kept earlier")
    told = words.parse_args()
    if told.reuse:
        folder = told.reuse
        bench.known_database(folder, "pages")
    else:
        folder = bench.own_database("pages")
        build(told.deals, told.reps)
    cookies = sign_in()
    from django.db import connection

    connection.close()
    with server() as port:
        measure(port, cookies, told.times, told.only)
    if told.only.lower() in "what-ifs":
        what_ifs(told.times)
    print(f"{bench.machine()} · one server process, as `fairlead serve --workers 1` starts it")
    if told.keep:
        print(f"--reuse {folder}")


# The company


def build(deals: int, reps: int) -> None:
    """A company with a history, targets, calls, half of its leaders' numbers submitted, and an estimate."""
    now = datetime.now(UTC)
    people = company.people(reps, now - timedelta(days=3))
    with timed(f"{deals:,} deals imported"):
        _take_in(deals, reps, people, now)
    with timed(f"{len(people):,} targets set"):
        _targets(people, now)
    with timed("estimate of every node and deal, stored"):
        _estimate(now)
    with timed("calls typed in and half of the numbers submitted"):
        _numbers(people, now)
    company.accounts(people[name] for names in voices(reps).values() for name in names)


@contextmanager
def timed(what: str) -> Iterator[None]:
    begun = time.perf_counter()
    yield
    print(f"{what}: {time.perf_counter() - begun:.1f} s, peak {bench.peak_memory_mb():.0f} MB", flush=True)


def voices(reps: int) -> dict[str, list[str]]:
    """Who asks for the pages of each role, by their names in the file."""
    step = max(reps // 10, 10)
    return {
        "rep": [f"r{n}" for n in range(0, reps, step)],
        "manager": [f"m{n // 10}" for n in range(0, reps, step)],
        "director": [f"d{n}" for n in range(max(reps // 100, 1))][:10],
        "vice president": [f"v{n}" for n in range(max(reps // 1000, 1))],
        "head": ["head"],
        "sales operations": ["ops"],
    }


def _take_in(deals: int, reps: int, people: dict[str, int], now: datetime) -> None:
    from fairlead.deals import actions
    from fairlead.people import access

    by = access.system("a benchmark builds a company")
    day = now.date() - timedelta(days=2)
    for stage, category in company.STAGES.items():
        actions.set_category_mapping(
            by=by, at=now, stage=stage, category=category, starts_on=day.replace(day=1, month=1)
        )
    rows = (company.deal(n, reps, 0, now.date()) for n in range(deals))
    first = company.at_six(day)
    actions.take_in(by=by, at=now, source="crm", deals=rows, people_ids=people, as_of=first, full=True)
    touched = range(0, deals, 10)
    changed = (company.deal(n, reps, 1, now.date()) for n in touched)
    actions.take_in(
        by=by, at=now, source="crm", deals=changed, changes=company.changes(touched, first), people_ids=people,
        as_of=first + timedelta(days=1), full=False,
    )  # fmt: skip


def _targets(people: dict[str, int], now: datetime) -> None:
    from fairlead.calls import actions, queries
    from fairlead.calls.rules import TargetRow
    from fairlead.people import access

    period = queries.period_at(now)
    rows = [TargetRow(name, period.name, Decimal(40_000), "EUR") for name in people if name.startswith("r")]
    actions.take_in_targets(by=access.system("a benchmark"), at=now, source="crm", rows=rows)


def _estimate(now: datetime) -> None:
    from fairlead.calls import actions
    from fairlead.people import access

    actions.estimate(by=access.system("a benchmark"), at=now, with_past=False)


def _numbers(people: dict[str, int], now: datetime) -> None:
    """A call of every second rep, an overlay here and there, every second leader's number, from below."""
    from fairlead.calls import actions, queries
    from fairlead.people import queries as people_queries
    from fairlead.people.models import Person

    period = queries.period_at(now)
    person = {name: Person.objects.get(pk=key) for name, key in people.items() if name[0] in "mdv"}
    for level in "mdv":
        for name in [name for name in person if name[0] == level and int(name[1:]) % 2 == 0]:
            by = people_queries.actor(people[name], now)
            if level == "m":
                rep = Person.objects.get(pk=people[f"r{int(name[1:]) * 10}"])
                actions.set_overlay(
                    by=by,
                    at=now,
                    person=rep,
                    period=period,
                    amount_minor=30_000_00,
                    note="One date is not sure.",
                )
            actions.submit(
                by=by, at=now, person=person[name], period=period, amount_minor=350_000_00 * 10 ** "mdv".index(level),
                reason="Two dates are not sure.", key=name, expected_previous="",
            )  # fmt: skip


# Asking


def sign_in() -> dict[str, list[str]]:
    """Role -> cookies of sessions of its persons, made in the database as a sign-in makes them."""
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from fairlead.people.models import Person

    known = {p.external_id: p for p in Person.objects.filter(user__isnull=False).select_related("user")}
    reps = Person.objects.filter(external_id__startswith="r").count()
    found: dict[str, list[str]] = {}
    for role, names in voices(reps).items():
        for name in names:
            user, store = known[name].user, SessionStore()
            assert user is not None
            store[SESSION_KEY] = str(user.pk)
            store[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
            store[HASH_SESSION_KEY] = user.get_session_auth_hash()
            store.save()
            found.setdefault(role, []).append(f"sessionid={store.session_key}")
    return found


@contextmanager
def server() -> Iterator[int]:
    """The production server with one process, on a free port, until the block ends."""
    from fairlead.cli import app

    port = app.free_port(0)
    command = [sys.executable, "-m", "fairlead.cli.main", "serve", "--port", str(port), "--workers", "1"]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        _until_up(port, running)
        yield port
    finally:
        running.terminate()
        running.wait(timeout=20)


def _until_up(port: int, running: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if running.poll() is not None:
            raise SystemExit("The server ended while it started.")
        try:
            Asker(port, "").get("/health/")
            return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("The server did not start within a minute.")


class Asker:
    """One person's browser: a connection that stays open and the session's cookie."""

    def __init__(self, port: int, cookie: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.cookie = cookie

    def get(self, address: str) -> tuple[float, int, bytes]:
        """Seconds until the whole answer was there, its status, its body."""
        begun = time.perf_counter()
        self.connection.request("GET", address, headers={"Cookie": self.cookie})
        answer = self.connection.getresponse()
        body = answer.read()
        return time.perf_counter() - begun, answer.status, body


@dataclass(frozen=True)
class PageAsked:
    """A page as a role asks for it. ``address`` may need the person's own listing first, to find a deal."""

    role: str
    name: str
    address: str | Callable[[Asker], str]


def _a_deal(asker: Asker) -> str:
    _, _, body = asker.get("/deals/")
    return _found(r'href="(/deals/[\w-]{10,20}/)"', body)


def _second(asker: Asker) -> str:
    _, _, body = asker.get("/deals/")
    query = _found(r'href="[^"]*(\?[^"]*after=[^"]*)"', body)
    return "/deals/" + query.replace("&amp;", "&")


def _what_if(page: str) -> Callable[[Asker], str]:
    """The page with the first of its deals supposed won."""

    def address(asker: Asker) -> str:
        _, _, body = asker.get(page)
        deal = _found(r'name="(d[.][^"]+)"', body)
        return f"{page}?{deal}=won&target=50000"

    return address


def _found(pattern: str, body: bytes) -> str:
    found = re.search(pattern, body.decode())
    if found is None:
        raise SystemExit(f"The list of deals has no {pattern}. Build more deals.")
    return found[1]


PAGES = [
    PageAsked("rep", "My quarter", "/quarter/"),
    PageAsked("rep", "What if", _what_if("/quarter/what-if/")),
    PageAsked("rep", "Deals", "/deals/"),
    PageAsked("rep", "Deals, search", "/deals/?q=account+123"),
    PageAsked("rep", "Deal", _a_deal),
    PageAsked("rep", "Find", "/find/?q=Rep+12"),
    PageAsked("manager", "Call", "/call/"),
    PageAsked("manager", "What if", _what_if("/call/what-if/")),
    PageAsked("manager", "Deals", "/deals/"),
    PageAsked("manager", "Deals, second page", _second),
    PageAsked("manager", "Deals in Commit", "/deals/?category=commit"),
    PageAsked("manager", "Deals, by amount", "/deals/?order=amount"),
    PageAsked("manager", "People", "/people/"),
    PageAsked("director", "Board", "/board/"),
    PageAsked("director", "Call", "/call/"),
    PageAsked("manager", "Deals, search without a match", "/deals/?q=zzzz"),
    PageAsked("vice president", "Board", "/board/"),
    PageAsked("vice president", "Call", "/call/"),
    PageAsked("head", "Board", "/board/"),
    PageAsked("head", "Call", "/call/"),
    PageAsked("head", "People", "/people/"),
    PageAsked("head", "Accuracy", "/accuracy/"),
    PageAsked("sales operations", "Imports", "/imports/"),
    PageAsked("sales operations", "Deals", "/deals/"),
    PageAsked("sales operations", "Deals, search", "/deals/?q=account+123"),
    PageAsked("sales operations", "Deals, search without a match", "/deals/?q=" + quote("no such name")),
    PageAsked("sales operations", "Deals of all states, search without a match", "/deals/?status=all&q=zzzz"),
    PageAsked("sales operations", "Deals in Commit", "/deals/?category=commit"),
    PageAsked("sales operations", "Deals, second page", _second),
    PageAsked("sales operations", "Not counted", "/not-counted/"),
    PageAsked("sales operations", "Settings", "/settings/"),
    PageAsked("sales operations", "Targets", "/settings/targets/"),
    PageAsked("sales operations", "Ledger", "/ledger/"),
]


def measure(port: int, cookies: dict[str, list[str]], times: int, only: str) -> None:
    """Print median and 95th percentile of every page, as a table."""
    print(
        f"| role | page | median | p95 | kB | within {BAR * 1000:.0f} ms |\n| --- | --- | --- | --- | --- | --- |"
    )
    over = []
    for page in PAGES:
        if only.lower() not in f"{page.role} {page.name}".lower():
            continue
        seconds, size = _ask(port, cookies[page.role], page, times)
        p95 = bench.percentile(seconds, 0.95)
        over += [page] if p95 > BAR else []
        print(
            f"| {page.role} | {page.name} | {bench.percentile(seconds, 0.5) * 1000:.0f} ms | {p95 * 1000:.0f} ms"
            f" | {size / 1000:.0f} | {'yes' if p95 <= BAR else '**no**'} |",
            flush=True,
        )
    print(json.dumps({"pages": len(PAGES), "over": [f"{page.role}: {page.name}" for page in over]}))


def what_ifs(times: int) -> None:
    """Print what a what-if takes through the database, without HTTP: the node read and computed anew, and kept."""
    from fairlead.calls import queries, rebuilding, supposing
    from fairlead.people import queries as people_queries
    from fairlead.people.models import Person

    at = datetime.now(UTC)
    period = queries.period_at(at)
    nothing = supposing.Supposal()
    print(
        "| what-if of | open deals | wall, first | processor, first | wall, then | processor, then |\n"
        + "| --- " * 6
        + "|"
    )
    for name in ("r0", "m0"):
        person = Person.objects.get(external_id=name)
        actor = people_queries.actor(person.pk, at)

        def ask(
            supposal: supposing.Supposal, own: bool = name == "r0", who: int = person.pk
        ) -> queries.WhatIf:
            if own:
                return queries.own_what_if(actor, period, at, supposal)  # noqa: B023
            return queries.team_what_if(actor, who, period, at, supposal)  # noqa: B023

        keys = [choice.public_id for choice in ask(nothing).choices]
        took: dict[str, list[tuple[float, float]]] = {"first": [], "then": []}
        for n in range(times):
            supposal = supposing.Supposal({keys[n % len(keys)]: supposing.OfDeal("won")})
            for which, seconds in took.items():
                if which == "first":
                    rebuilding.forget()
                begun = time.perf_counter(), time.process_time()
                ask(supposal)
                seconds.append((time.perf_counter() - begun[0], time.process_time() - begun[1]))
        said = [
            f"{bench.percentile([pair[k] for pair in seconds], 0.5) * 1000:.0f} ms"
            for seconds in took.values()
            for k in (0, 1)
        ]
        print(f"| {name} | {len(keys)} | {' | '.join(said)} |", flush=True)


def _ask(port: int, cookies: list[str], page: PageAsked, times: int) -> tuple[list[float], int]:
    askers = [Asker(port, cookie) for cookie in cookies]
    addresses = [page.address if isinstance(page.address, str) else page.address(asker) for asker in askers]
    seconds, size = [], 0
    for n in range(times + 1):
        asker, address = askers[n % len(askers)], addresses[n % len(askers)]
        took, status, body = asker.get(address)
        if status != 200:
            raise SystemExit(f"{page.role}, {page.name}: {address} answered {status}.")
        size = max(size, len(body))
        seconds.append(took)
    return seconds[1:], size


if __name__ == "__main__":
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    main()

"""How many mails a minute come to desks, and whether one is lost: `.venv/bin/python -m benchmarks.mail`.

The listener (`fairlead mail listen`) runs as a process of its own on SQLite with the settings of production
(synchronous FULL), and real clients send over real sockets. With ``--kills`` it is killed without warning that many
times while they send and started again; a client sends again what was not acknowledged, as a mail server does.
Afterwards every acknowledged mail has to stand on a desk, once.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import smtplib
import socket
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from queue import Empty, Queue

from benchmarks import bench

DESK, AUTHSERV = "desk@bench.test", "mx.bench.test"
MANAGERS = 20
LINES = "\r\n".join(["word " * 15] * 13)


def build() -> list[str]:
    """An executive and managers with accounts and the address of the desk; the managers' addresses."""
    from fairlead.mail import actions as mail
    from fairlead.people import access, actions
    from fairlead.people.access import Role

    by, at = access.system("the benchmark builds a company"), datetime.now(UTC)
    actions.set_up(by=by, at=at, name="Benchmark", currency="EUR", time_zone="Europe/Helsinki")
    boss = actions.add_person(by=by, at=at, name="Boss", roles=frozenset({Role.EXECUTIVE}), team="All")
    actions.open_account(by=by, at=at, person=boss, email="boss@bench.test", password=None)
    addresses = [f"m{number}@bench.test" for number in range(MANAGERS)]
    for address in addresses:
        person = actions.add_person(
            by=by, at=at, name=address, manager=boss, roles=frozenset({Role.MANAGER}), team=f"Team {address}"
        )
        actions.open_account(by=by, at=at, person=person, email=address, password=None)
    mail.set_address(by=by, at=at, address=DESK, after_version=0)
    return addresses


def raw(manager: str, number: int) -> bytes:
    """A forwarded mail as the organisation's server relays it."""
    return (
        f"Authentication-Results: {AUTHSERV}; dmarc=pass header.from=bench.test\r\n"
        f"From: {manager}\r\nTo: {DESK}\r\nSubject: Fwd: Question {number}\r\nMessage-ID: <{number}@bench.test>\r\n\r\n"
        "---------- Forwarded message ---------\r\nFrom: Boss <boss@bench.test>\r\nDate: Tue, 24 Nov 2026\r\n"
        f"Subject: Question {number}\r\nTo: {manager}\r\n\r\nIs it safe? {LINES}\r\n"
    ).encode()


class Server:
    """The listener as a process that can be killed and started again."""

    def __init__(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [sys.executable, "-m", "fairlead.cli.main", "mail", "listen", "--port", str(self.port)]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.1)
        raise SystemExit("The listener did not start.")

    def end(self, how: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(how)
            self.process.wait(30)


def send(port: int, waiting: Queue[tuple[str, int]], acknowledged: list[int], again: list[int]) -> None:
    """Send what waits; what was not acknowledged is sent again."""
    client: smtplib.SMTP | None = None
    while True:
        try:
            manager, number = waiting.get_nowait()
        except Empty:
            break
        try:
            client = client or smtplib.SMTP("127.0.0.1", port, timeout=30)
            client.sendmail(manager, [DESK], raw(manager, number))
            acknowledged.append(number)
        except (OSError, smtplib.SMTPException) as problem:
            if isinstance(problem, smtplib.SMTPResponseException) and 500 <= problem.smtp_code < 600:
                raise
            client = None
            again.append(number)
            waiting.put((manager, number))
            time.sleep(0.2)
    if client is not None:
        client.close()


def on_desks() -> list[str]:
    """The Message-IDs on desks."""
    from fairlead.desk.models import Message

    rows = Message.objects.for_system("a benchmark looks").filter(door="mailed")
    return list(rows.values_list("message_id", flat=True))


def settled() -> dict[str, int]:
    from django.db.models import Count

    from fairlead.mail.models import Arrived

    rows = Arrived.objects.for_system("a benchmark looks").values_list("state").annotate(count=Count("pk"))
    return dict(rows.order_by())


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--mails", type=int, default=1000)
    words.add_argument("--connections", type=int, default=8)
    words.add_argument("--kills", type=int, default=0)
    given = words.parse_args()
    os.environ["FAIRLEAD_MAIL_AUTHSERV"] = AUTHSERV
    bench.own_database("mail")
    from django.db import connection

    managers = build()
    connection.close()
    server = Server()
    server.start()
    waiting: Queue[tuple[str, int]] = Queue()
    for number in range(given.mails):
        waiting.put((managers[number % len(managers)], number))
    acknowledged: list[int] = []
    again: list[int] = []
    clients = [
        threading.Thread(target=send, args=(server.port, waiting, acknowledged, again))
        for _ in range(given.connections)
    ]
    begun = time.perf_counter()
    for client in clients:
        client.start()
    for kill in range(given.kills):
        mark = given.mails * (kill + 1) // (given.kills + 1)
        while len(acknowledged) < mark and any(client.is_alive() for client in clients):
            time.sleep(0.01)
        time.sleep(random.Random(kill).random() * 0.2)
        server.end(signal.SIGKILL)
        server.start()
    for client in clients:
        client.join()
    sending = time.perf_counter() - begun
    print(
        f"{len(acknowledged)} acknowledged in {sending:.1f} s, {given.kills} kills, sent again: {len(again)}",
        flush=True,
    )
    while settled().get("waiting", 0) and time.perf_counter() - begun < 600:
        connection.close()
        time.sleep(0.2)
    whole = time.perf_counter() - begun
    server.end(signal.SIGTERM)
    found = on_desks()
    wanted = {f"<{number}@bench.test>" for number in acknowledged}
    print(
        f"{len(acknowledged)} acknowledged in {sending:.1f} s, settled after {whole:.1f} s, {given.kills} kills"
    )
    print(f"sent again: {len(again)}; states: {settled()}")
    print(f"lost: {len(wanted - set(found))}; twice on a desk: {len(found) - len(set(found))}")
    print(bench.machine())
    if wanted - set(found) or len(found) != len(set(found)):
        raise SystemExit(1)


if __name__ == "__main__":
    main()

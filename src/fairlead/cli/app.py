"""The commands that need the database. Imported only when one of them is used."""

from __future__ import annotations

import importlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import webbrowser
from contextlib import suppress
from pathlib import Path

from rich.console import Console

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


def stop(text: str, status: int = 1) -> None:
    """Say why on stderr and end with a status."""
    err.print(text, markup=False)
    raise SystemExit(status)


def start_django(**environment: str) -> None:
    """Bring the application up in this process. Says which extra is missing where Django is."""
    for name, value in environment.items():
        os.environ.setdefault(name, value)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fairlead.server.settings")
    try:
        import django
    except ImportError:
        stop("This command needs the web application: pip install 'fairlead[app]'", 2)
    django.setup()


def migrate() -> None:
    """Bring the database's tables up to this version."""
    from django.core.management import call_command
    from django.db import connection

    from fairlead.desk import full_text

    if connection.vendor == "sqlite" and full_text.lacks_full_text():
        stop(full_text.LACKING)
    if not connection.introspection.table_names():
        out.print("Making the tables of the database, once …")
    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)


def free_port(wanted: int) -> int:
    """The wanted port, or a free one for 0. Stops when the wanted one is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            stop(f"Port {wanted} is in use. Choose another one with --port.")
        return int(probe.getsockname()[1])


def demo(*, port: int = 0, browser: bool = True, seed: int = 1, size: str = "small") -> None:
    """A filled company on an embedded database, one click to be each person of the cast, until Ctrl-C."""
    import tempfile

    begun = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="fairlead-demo-"))
    os.environ.update(
        FAIRLEAD_DATA=str(folder), FAIRLEAD_DEMO="yes", FAIRLEAD_DATABASE=f"sqlite:///{folder}/demo.sqlite3"
    )
    _end_on_signals()
    making = subprocess.Popen([sys.executable, "-m", "fairlead.cli.main", "migrate"])
    running = [making]
    try:
        with err.status("Filling the demo company …"):
            port = free_port(port)
            server = _filled(making, running, port=port, seed=seed, size=size)
        address = f"http://localhost:{port}/"
        running.append(_worker())
        _wait_until_up(port, server)
        out.print(f"The demo is at {address} (ready in {time.monotonic() - begun:.0f} s). Ctrl-C ends it.")
        if browser:
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
        server.wait()
    except KeyboardInterrupt:
        pass
    finally:
        _end(*running)
        import shutil

        shutil.rmtree(folder, ignore_errors=True)


def _filled(
    making: subprocess.Popen[bytes],
    running: list[subprocess.Popen[bytes]],
    *,
    port: int,
    seed: int,
    size: str,
) -> subprocess.Popen[bytes]:
    """Fill the demo's database. A second processor makes the tables and starts the server meanwhile."""
    start_django()
    from fairlead.cli import demo_company
    from fairlead.people import clock

    company = demo_company.company_of(seed=seed, size=size)
    importlib.import_module("sklearn.ensemble")
    if making.wait():
        stop("The demo's tables could not be made; the lines above say why.")
    collect_static()
    clock.demo_fills().touch()
    server = _server(host="127.0.0.1", port=port, workers=1)
    running.append(server)
    demo_company.fill(company)
    clock.demo_fills().unlink()
    return server


def collect_static() -> None:
    """Copy static files to where the server serves them from."""
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0)


def _server(*, host: str, port: int, workers: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)]
    command += ["--workers", str(workers), "--blocking-threads", "4", "--log-level", "warning"]
    command += ["--no-ws", "--respawn-failed-workers", "fairlead.server.wsgi:application"]
    return subprocess.Popen(command)


def _worker() -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-m", "fairlead.cli.main", "work"])


def _wait_until_up(port: int, server: subprocess.Popen[bytes], seconds: float = 120) -> None:
    import urllib.error
    import urllib.request

    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if server.poll() is not None:
            stop("The server ended while it started; the lines above say why.")
        with suppress(urllib.error.URLError, OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health/", timeout=2).close()
            return
        time.sleep(0.1)
    stop(f"The server did not answer within {seconds:.0f} s.")


def _end_on_signals() -> None:
    """Ctrl-C and a polite end both lead through the clean-up, also where a shell started us in the background."""

    def end(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)


def _end(*processes: subprocess.Popen[bytes]) -> None:
    for process in processes:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
    for process in processes:
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()


def serve(*, host: str = "127.0.0.1", port: int = 8000, workers: int = 2, work: bool = True) -> None:
    """The production server. Checks its settings first and starts a worker unless told not to."""
    start_django()
    from django.core.management import call_command

    migrate()
    call_command("check", deploy=False, verbosity=0)
    wrong = _durability()
    if wrong:
        stop("The server does not start like this:\n" + "\n".join(wrong))
    collect_static()
    server = _server(host=host, port=free_port(port) if host == "127.0.0.1" else port, workers=workers)
    _end_on_signals()
    children = [server, _worker()] if work else [server]
    out.print(f"Fairlead is at http://{host}:{port}/")
    try:
        server.wait()
    except KeyboardInterrupt:
        pass
    finally:
        _end(*children)


def _durability() -> list[str]:
    """What the server says about its database; the server stands left of the commands, so it is named here."""
    found: list[str] = importlib.import_module("fairlead.server.durability").problems()
    return found


def work() -> None:
    """The background loop: imports and estimates that wait, reminders, and reporting lines that come into force."""
    start_django()
    from django.core.management import call_command

    importlib.import_module("fairlead.web.jobs").begin_watch()
    with suppress(KeyboardInterrupt):
        call_command("db_worker", interval=0.5, verbosity=0)


def verify(*, anchor: Path | None = None) -> None:
    """Check the ledger's chain; with an anchor file also against the head noted there, and note the new one."""
    start_django()
    from fairlead.ledger import queries, rules

    known = _read_anchor(anchor)
    begun = time.monotonic()
    try:
        verified = queries.verify(known)
    except rules.BrokenChain as broken:
        stop(f"The chain is broken. {broken}")
    from fairlead.qualification import queries as evidence

    if wrong := evidence.swapped_files():
        stop("The chain is whole, and files of evidence are not as they were sent.\n" + "\n".join(wrong))
    if anchor is not None:
        anchor.write_text(f"{verified.entries} {verified.head.hex()}\n")
    out.print(
        f"{verified.entries} entries verified in {time.monotonic() - begun:.1f} s. Head {verified.head.hex()}"
    )


def _read_anchor(anchor: Path | None) -> tuple[int, bytes] | None:
    if anchor is None or not anchor.exists():
        return None
    try:
        entries, head = anchor.read_text().split()
        return int(entries), bytes.fromhex(head)
    except ValueError:
        stop(f"{anchor} is not an anchor file. It holds a number and a hash.", 2)
    return None


def backup(*, file: Path) -> None:
    """A consistent copy of everything in one file, verified after writing. The server may run meanwhile."""
    start_django()
    from django.db import connection

    if file.exists():
        stop(f"{file} is there already. Choose another name; a backup never overwrites.", 2)
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM INTO %s", [str(file)])
        _check_sqlite(file)
    else:
        _postgresql_tool("pg_dump", "--format=custom", "--file", str(file))
    out.print(f"Backed up to {file} ({file.stat().st_size:,} bytes).")


def _check_sqlite(file: Path) -> None:
    import sqlite3

    with sqlite3.connect(file) as copy:
        verdict = copy.execute("PRAGMA integrity_check").fetchone()[0]
    if verdict != "ok":
        stop(f"The copy in {file} is damaged: {verdict}")


def _postgresql_tool(tool: str, *words: str) -> None:
    from django.db import connection

    given = connection.get_connection_params()
    environment = {**os.environ, "PGPASSWORD": str(given.get("password", ""))}
    where = ["--dbname", str(given["dbname"])]
    for name, flag in (("host", "--host"), ("port", "--port"), ("user", "--username")):
        if given.get(name):
            where += [flag, str(given[name])]
    done = subprocess.run(
        [tool, *where, *words], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        stop(f"{tool} ended with {done.returncode}: {done.stderr}")


def restore(*, file: Path, replace: bool = False) -> None:
    """Put a backup in place of the database. Refuses to replace one with people in it unless told to."""
    start_django()
    from django.db import connection

    if not file.exists():
        stop(f"{file} is not there.", 2)
    if not replace and _people_exist():
        stop("This database has people in it. Add --replace to put the backup in its place.", 2)
    if connection.vendor == "sqlite":
        _restore_sqlite(file, Path(str(connection.settings_dict["NAME"])))
    else:
        connection.close()
        _postgresql_tool("pg_restore", "--clean", "--if-exists", str(file))
    migrate()
    out.print(f"Restored from {file}.")
    verify()


def _people_exist() -> bool:
    from django.db import DatabaseError

    from fairlead.people import queries

    try:
        return queries.people_exist()
    except DatabaseError:
        return False


def _restore_sqlite(file: Path, database: Path) -> None:
    import shutil

    from django.db import connection

    _check_sqlite(file)
    connection.close()
    database.parent.mkdir(parents=True, exist_ok=True)
    for tail in ("-wal", "-shm"):
        database.with_name(database.name + tail).unlink(missing_ok=True)
    waiting = database.with_name(database.name + ".restoring")
    shutil.copyfile(file, waiting)
    waiting.replace(database)


def doctor() -> None:
    """Look at the installation and say what is wrong; status 1 when something is."""
    start_django()
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from fairlead.people import actions, clock, queries

    wrong = _durability()
    executor = MigrationExecutor(connection)
    if not executor.loader.applied_migrations:
        stop("There is no database here yet. `fairlead serve` makes it and says what to do next.")
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        stop("The tables are of another version. Run `fairlead serve` once, or migrate.")
    differing = actions.closure_differs(on=queries.house().day(clock.now()))
    if differing:
        wrong.append(f"The reporting closure differs from the lines at {len(differing)} pairs.")
    if not queries.people_exist():
        wrong.append("Nobody is here yet. Run `fairlead createadmin` and import people.")
    for sentence in wrong:
        out.print(f"- {sentence}", markup=False)
    if wrong:
        raise SystemExit(1)
    out.print("Nothing is wrong.")


def createadmin(*, email: str, name: str, password: str, alone: bool = False) -> None:
    """The first account: an admin who also runs sales operations; with ``alone`` also a manager.

    A manager alone, with one CRM export and no account for anybody else, starts like this.
    """
    start_django()
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    from fairlead.people import access, actions, clock
    from fairlead.people.access import Role

    migrate()
    try:
        validate_password(password)
    except ValidationError as problem:
        stop(" ".join(problem.messages), 2)
    roles = {Role.ADMIN, Role.SALES_OPS} | ({Role.MANAGER} if alone else set())
    by, at = access.system("createadmin on the command line"), clock.now()
    try:
        person = actions.add_person(
            by=by,
            at=at,
            name=name,
            email=email,
            roles=frozenset(roles),
            team=f"{name}’s team" if alone else "",
        )
        actions.open_account(by=by, at=at, person=person, email=email, password=password)
    except access.Refusal as refusal:
        stop(refusal.sentence)
    out.print(f"{name} can sign in as {email}.")

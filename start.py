#!/usr/bin/env python3
"""The two commands of Fairlead on a machine that has nothing but Python 3.11 or newer.

    python3 start.py demo     a filled demo company in your browser (--no-browser, --port N)
    python3 start.py test     every check and every test

The environment is made in .venv beside this file, from the hashed locks in requirements/.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
LOCKS = {"run": HERE / "requirements" / "run.lock", "dev": HERE / "requirements" / "dev.lock"}
INSTALLER = HERE / "requirements" / "installer.lock"
LAUNCHER = """#!{python}
import sys

from fairlead.cli.main import main

sys.exit(main())
"""


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def stop(text: str) -> None:
    say(text)
    raise SystemExit(1)


# The environment


def environment(lock: str) -> None:
    """Make or bring up to date .venv with the packages of a lock; nothing to do when it is already right."""
    if not ((3, 11) <= sys.version_info[:2] < (3, 14)):
        stop(f"Fairlead runs on Python 3.11, 3.12 or 3.13; this is {sys.version.split()[0]}.")
    stamp, want = VENV / "fairlead-lock", fingerprint(lock)
    if stamp.exists() and stamp.read_text() in {want, fingerprint("dev")}:
        return
    if not PYTHON.exists():
        make_venv()
    say("Installing the packages of the lock …")
    install(LOCKS[lock])
    launcher()
    stamp.write_text(want)


def fingerprint(lock: str) -> str:
    content = LOCKS[lock].read_bytes() + INSTALLER.read_bytes() + sys.version.encode() + str(HERE).encode()
    return f"{lock} {hashlib.sha256(content).hexdigest()}"


def make_venv() -> None:
    say("Making the environment in .venv …")
    made = subprocess.run(
        [sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False
    )
    if made.returncode:
        shutil.rmtree(VENV, ignore_errors=True)
        version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
        stop(
            f"Python could not make an environment:\n{made.stdout}{made.stderr}\n"
            f"On Debian or Ubuntu this is one package: apt install {version}-venv"
        )


def install(lock: Path) -> None:
    """Install with uv, itself from a hashed lock; with pip where uv has no build for this machine."""
    quiet = ["--disable-pip-version-check", "--quiet"]
    pip = [str(PYTHON), "-m", "pip", "install", *quiet, "--require-hashes", "-r"]
    fast = subprocess.run([*pip, str(INSTALLER)], capture_output=True, text=True, check=False)
    if fast.returncode == 0:
        uv = [str(BIN / "uv"), "pip", "install", "--quiet", "--require-hashes", "--python", str(PYTHON)]
        done = subprocess.run([*uv, "-r", str(lock)], env=uv_environment(), check=False)
        if done.returncode == 0:
            return
        say("uv could not install the lock; trying pip …")
    if subprocess.run([*pip, str(lock)], check=False).returncode:
        stop("The packages could not be installed. The lines above say which and why.")


def uv_environment() -> dict[str, str]:
    return {**os.environ, "UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1", "VIRTUAL_ENV": str(VENV)}


def launcher() -> None:
    """Put the source on the path of .venv and a `fairlead` command beside its python; nothing is built."""
    where = "import sysconfig; print(sysconfig.get_path('purelib'))"
    site = subprocess.run(
        [str(PYTHON), "-c", where], capture_output=True, text=True, check=True
    ).stdout.strip()
    (Path(site) / "fairlead.pth").write_text(f"{HERE / 'src'}\n")
    command = BIN / "fairlead"
    command.write_text(LAUNCHER.format(python=PYTHON))
    command.chmod(0o755)


# The demo


def demo(arguments: list[str]) -> int:
    environment("run")
    command = [str(BIN / "fairlead"), "demo", *arguments]
    if os.name != "nt":
        os.execv(command[0], command)  # so that a signal to this process ends the demo and leaves no orphan
    try:
        return subprocess.call(command)
    except KeyboardInterrupt:
        return 0


# The tests

CHECKS = [
    ["ruff", "check", "."],
    ["ruff", "format", "--check", "."],
    ["lint-imports"],
    ["mypy"],
]
DATABASE_TESTS = "database or both_databases"


def test(arguments: list[str]) -> int:
    """Everything: checks, the forecasting library alone, PostgreSQL, SQLite. Extra words go to pytest."""
    environment("dev")
    chromium, postgres = find_chromium(), find_postgres()
    settings = {**os.environ, "FAIRLEAD_CHROMIUM": str(chromium), "PYTHONHASHSEED": "0"}
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        settings[name] = "1"
    for check in CHECKS:
        heading(" ".join(check))
        run([str(BIN / check[0]), *check[1:]], settings)
    heading("migrations are complete")
    manage = [str(BIN / "django-admin"), "makemigrations", "--check", "--dry-run"]
    run(manage, {**settings, "DJANGO_SETTINGS_MODULE": "fairlead.server.settings_test"})
    heading("the forecasting library installed alone")
    run([str(PYTHON), "-m", "tests.alone"], settings)
    with postgresql(postgres) as url:
        heading("tests on PostgreSQL")
        run(pytest(["-m", DATABASE_TESTS, *arguments]), {**settings, "FAIRLEAD_DATABASE": url})
    heading("tests on SQLite")
    settings.pop("FAIRLEAD_DATABASE", None)
    run(pytest(arguments), settings)
    return 0


def pytest(arguments: list[str]) -> list[str]:
    return [str(PYTHON), "-m", "pytest", "-n", "2", "--dist", "loadgroup", "-q", "--durations=25", *arguments]


def heading(text: str) -> None:
    say(f"\n== {text}")


def run(command: list[str], settings: dict[str, str]) -> None:
    code = subprocess.call(command, cwd=HERE, env=settings)
    if code:
        say(f"\nStopped: {' '.join(command[:4])} … ended with status {code}.")
        raise SystemExit(code)


def find_chromium() -> Path:
    given = os.environ.get("FAIRLEAD_CHROMIUM")
    candidates = [given] if given else ["chromium", "chromium-browser", "google-chrome"]
    for name in candidates:
        found = shutil.which(name)
        if found:
            return Path(found)
    stop(
        "The browser tests need Chromium. On Debian: apt install chromium\n"
        "Or set FAIRLEAD_CHROMIUM to a Chromium or Chrome that is already there."
    )
    raise AssertionError


def find_postgres() -> Path:
    """The folder with initdb and postgres."""
    on_path = shutil.which("initdb")
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=version_of, reverse=True)
    for folder in ([Path(on_path).resolve().parent] if on_path else []) + folders:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    stop("The tests also run on PostgreSQL. On Debian: apt install postgresql")
    raise AssertionError


def version_of(folder: Path) -> int:
    name = folder.parent.name
    return int(name) if name.isdigit() else 0


@contextlib.contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """A PostgreSQL of our own on a free port and a socket of its own; its address. Gone afterwards.

    PostgreSQL refuses to run as root, so root runs it as the user postgres.
    """
    home = Path(tempfile.mkdtemp(prefix="fairlead-pg-", dir="/tmp"))
    port = free_port()
    as_user = [runuser(), "-u", "postgres", "--"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    if as_user:
        shutil.chown(home, "postgres")
    user = "postgres" if as_user else os.environ.get("USER", "postgres")
    data = home / "data"
    initdb = [str(folder / "initdb"), "-D", str(data), "-U", user, "-A", "trust", "-E", "UTF8"]
    quiet([*as_user, *initdb, "--locale=C.UTF-8", "--no-sync"], home)
    options = f"-k {home} -p {port} -h '' -F -c max_connections=60 -c max_prepared_transactions=0"
    control = [*as_user, str(folder / "pg_ctl"), "-D", str(data)]
    quiet([*control, "-w", "-l", str(home / "log"), "-o", options, "start"], home)
    try:
        yield f"postgresql://{user}@:{port}/postgres?host={home}"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], cwd=home, capture_output=True, check=False)
        shutil.rmtree(home, ignore_errors=True)


def runuser() -> str:
    return shutil.which("runuser", path=os.environ.get("PATH", "") + ":/sbin:/usr/sbin") or "runuser"


def quiet(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        stop(f"{' '.join(command)}\n{done.stdout}{done.stderr}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def main() -> int:
    commands = {"demo": demo, "test": test}
    if len(sys.argv) < 2 or sys.argv[1] not in commands:
        say(__doc__ or "")
        return 2
    return commands[sys.argv[1]](sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())

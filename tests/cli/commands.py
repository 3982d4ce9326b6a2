"""The command as it is typed: a process of its own, and the same in this process for speed."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner

from fairlead.cli.main import app

ROOT = Path(__file__).resolve().parents[2]
MAPPINGS = ROOT / "docs" / "how-to" / "mappings"


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it said."""

    status: int
    out: str
    err: str


def run(*words: object) -> Ended:
    """A command in this process."""
    result = CliRunner().invoke(app, [str(word) for word in words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ended(result.exit_code, result.stdout, result.stderr)


def typed(*words: object, program: str = "") -> Ended:
    """A command in a process of its own; ``program`` runs instead of the command where given."""
    start = ["-c", program] if program else ["-m", "fairlead.cli.main"]
    done = subprocess.run(
        [sys.executable, *start, *map(str, words)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return Ended(done.returncode, done.stdout, done.stderr)

"""What every benchmark shares: a database of its own, percentiles, and a line about the machine."""

from __future__ import annotations

import os
import platform
import resource
import tempfile
from collections.abc import Sequence
from pathlib import Path


def own_database(name: str) -> Path:
    """Point the application at a new SQLite file with production settings, and set Django up."""
    folder = Path(tempfile.mkdtemp(prefix=f"fairlead-{name}-"))
    known_database(folder, name)
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    call_command("createcachetable", verbosity=0)
    return folder


def known_database(folder: Path, name: str) -> None:
    """Point the application at the database of an earlier benchmark in ``folder``, and set Django up."""
    os.environ["FAIRLEAD_DATA"] = str(folder)
    os.environ.setdefault("FAIRLEAD_DATABASE", f"sqlite:///{folder}/{name}.sqlite3")
    os.environ["DJANGO_SETTINGS_MODULE"] = "fairlead.server.settings"
    import django

    django.setup()


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which ``share`` of the values lie (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def peak_memory_mb() -> float:
    """The largest resident size of this process so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def machine() -> str:
    """Cores, Python and system, for the line under every table of figures."""
    return f"{os.cpu_count()} cores, Python {platform.python_version()}, {platform.system()} {platform.machine()}"

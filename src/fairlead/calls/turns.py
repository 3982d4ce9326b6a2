"""Queueing writers on SQLite, for the minute before a number is due and everybody submits at once.

SQLite has one writer at a time, and who finds it busy naps for growing spells: under pressure one of many
may wait until it gives up while others come and go. A lock file beside the database lets them wait for each
other without naps. PostgreSQL queues its writers itself.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def in_turn() -> Iterator[None]:
    """Wait for the own turn to write. Does nothing inside a transaction, which has its turn already."""
    path = _lock_file()
    if path is None or sys.platform == "win32":
        yield
        return
    import fcntl

    with open(path, "ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield  # closing the file lets the next one in


def _lock_file() -> str | None:
    name = str(connection.settings_dict["NAME"])
    if connection.vendor != "sqlite" or connection.in_atomic_block or "memory" in name:
        return None
    return f"{name}.turn"

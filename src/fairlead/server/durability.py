"""What the database must promise before anybody submits a number: an acknowledged write is kept."""

from __future__ import annotations

from django.conf import settings
from django.db import connection

from fairlead.desk import full_text


def problems() -> list[str]:
    """Sentences about what would lose an acknowledged write; empty is right. Tests may switch fsync off."""
    if getattr(settings, "DURABILITY_MAY_BE_OFF", False):
        return []
    found = _sqlite() if connection.vendor == "sqlite" else _postgresql()
    if connection.settings_dict.get("ATOMIC_REQUESTS"):
        found.append("ATOMIC_REQUESTS is on: every page would wait for the write lock. Switch it off.")
    return found


def _asked(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        row = cursor.fetchone()
    return str(row[0]).lower() if row else ""


def _sqlite() -> list[str]:
    found = []
    if _asked("PRAGMA journal_mode") != "wal":
        found.append("SQLite does not write ahead (journal_mode is not WAL): readers would block writers.")
    if _asked("PRAGMA synchronous") not in {"2", "3"}:
        found.append(
            "SQLite does not wait for the disk (synchronous is not FULL): a power cut loses submissions."
        )
    if _asked("PRAGMA foreign_keys") != "1":
        found.append("SQLite does not check references (foreign_keys is off).")
    if full_text.lacks_full_text():
        found.append(full_text.LACKING)
    return found


def _postgresql() -> list[str]:
    wrong = [name for name in ("fsync", "synchronous_commit") if _asked(f"SHOW {name}") == "off"]
    return [f"PostgreSQL has {name} off: a crash loses submissions. Switch it on." for name in wrong]

"""The loud readers: every setting from outside passes here and is named when it is odd."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str | None = None) -> str:
    """The value of an environment variable. Raises when it is absent and has no default."""
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set. See docs/reference/settings.md for what it means.")
    return value


def flag(name: str, *, default: bool) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if not value:
        return default
    if value in {"1", "yes", "on", "true"}:
        return True
    if value in {"0", "no", "off", "false"}:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}. Write yes or no.")


def number(name: str, *, default: int, least: int, most: int) -> int:
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    if not (value.isascii() and value.isdigit() and least <= int(value) <= most):
        raise ImproperlyConfigured(f"{name} is {value!r}. Write a whole number from {least} to {most}.")
    return int(value)


def one_of(name: str, values: tuple[str, ...], *, default: str) -> str:
    value = os.environ.get(name, "").strip().lower() or default
    if value not in values:
        raise ImproperlyConfigured(f"{name} is {value!r}. Write one of {', '.join(values)}.")
    return value


def words(name: str, default: str) -> list[str]:
    return [word for word in text(name, default).replace(",", " ").split() if word]


def ports(name: str, default: str) -> frozenset[int]:
    found = words(name, default)
    if not found or not all(one.isascii() and one.isdigit() and 0 < int(one) < 65536 for one in found):
        raise ImproperlyConfigured(f"{name} is {' '.join(found)!r}. Write ports such as 443 or 443,8443.")
    return frozenset(map(int, found))


SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
    " PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY; PRAGMA mmap_size=268435456;",
}
"""WAL with FULL: an acknowledged submission survives a power cut. IMMEDIATE: writers wait instead of failing."""


def database(url: str) -> dict[str, object]:
    """Django's database dictionary from ``sqlite:///file`` or ``postgresql://user:password@host:port/name``.

    A PostgreSQL socket folder is given as ``?host=/folder``. Raises ImproperlyConfigured.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return _sqlite(Path(unquote(parts.path)))
    if parts.scheme in {"postgresql", "postgres"}:
        return _postgresql(url)
    raise ImproperlyConfigured(
        f"FAIRLEAD_DATABASE starts with {parts.scheme!r}. Write sqlite:////folder/file.sqlite3 or "
        "postgresql://user:password@host:port/name."
    )


def _sqlite(path: Path) -> dict[str, object]:
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "CONN_MAX_AGE": None,
        "OPTIONS": dict(SQLITE_OPTIONS),
    }


def _postgresql(url: str) -> dict[str, object]:
    parts = urlsplit(url)
    query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(query.get("host", parts.hostname or "")),
        "PORT": str(parts.port or query.get("port", "")),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }

"""What tests build by acts, put back row by row for the tests after: acting anew was most of the suite's time."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import date, time
from decimal import Decimal
from typing import Any, TypeVar

from django.db import connection, transaction

T = TypeVar("T")
Rows = dict[str, list[tuple[Any, ...]]]
_ALWAYS_THERE = frozenset({"django_migrations", "django_content_type", "auth_permission"})
_kept: dict[Hashable, tuple[Any, Rows]] = {}


def once(key: Hashable, build: Callable[[], T]) -> T:
    """``build()`` in an empty database; from the second time on the rows that it wrote, and what it returned then.

    Rows have the ids they had. Objects in what was returned are those of the first time: read them anew.
    """
    if key not in _kept:
        built = build()
        _kept[key] = built, _written()
        return built
    built, rows = _kept[key]
    with transaction.atomic(), connection.cursor() as cursor:
        for table, some in rows.items():
            marks = ", ".join(["%s"] * len(some[0]))
            cursor.executemany(f'INSERT INTO "{table}" VALUES ({marks})', some)
    found: T = built
    return found


def _written() -> Rows:
    rows: Rows = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table not in _ALWAYS_THERE:
                cursor.execute(f'SELECT * FROM "{table}"')
                some = [tuple(_stored(value) for value in row) for row in cursor.fetchall()]
                if some:
                    rows[table] = some
    return rows


def _stored(value: Any) -> Any:
    """SQLite reads days, times and decimals as such and keeps them as text."""
    if connection.vendor == "sqlite" and isinstance(value, date | time | Decimal):
        return str(value)
    return value

"""What tests build by acts, put back row by row for the tests after: acting anew was most of the suite's time."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import date, time
from decimal import Decimal
from typing import Any, TypeVar

from django.db import connection, transaction

from fairlead.desk import full_text

T = TypeVar("T")
Rows = dict[str, list[dict[str, Any]]]
_ALWAYS_THERE = frozenset({"django_migrations", "django_content_type", "auth_permission"})
_INDEXED = tuple(name for one in full_text.SOURCES for name in (one.stems, one.forms))
"""The database fills these and what stands behind them by itself, as it does a generated column."""
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
            names, marks = ", ".join(f'"{one}"' for one in some[0]), ", ".join(["%s"] * len(some[0]))
            values = [tuple(row.values()) for row in some]
            cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({marks})', values)
    found: T = built
    return found


def _written() -> Rows:
    rows: Rows = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if table not in _ALWAYS_THERE and not table.startswith(_INDEXED):
                cursor.execute(f'SELECT * FROM "{table}"')
                names = [one[0] for one in cursor.description]
                some = [_row(table, names, row) for row in cursor.fetchall()]
                if some:
                    rows[table] = some
    return rows


def _row(table: str, names: list[str], row: tuple[Any, ...]) -> dict[str, Any]:
    kept = {name: _stored(value) for name, value in zip(names, row, strict=True)}
    if table in {one.table for one in full_text.SOURCES}:
        kept.pop(full_text.COLUMN, None)
    return kept


def _stored(value: Any) -> Any:
    """SQLite reads days, times and decimals as such and keeps them as text."""
    if connection.vendor == "sqlite" and isinstance(value, date | time | Decimal):
        return str(value)
    return value

"""The tables of a history on disk: names, columns and their types, and the version of all of them together.

Types are SQL's. Days are DATE; moments are whole microseconds since 1970 in UTC, which every engine reads alike, and
money in snapshots and cells is in whole cents, so that sums do not depend on the order they are added in.
"""

from __future__ import annotations

from fairlead.forecasting.weekly import FACTORS

SCHEMA = 1
"""Rises when a column changes its meaning or goes. A reader refuses a schema above its own."""

_KINDS = dict.fromkeys(FACTORS, "VARCHAR")
TABLES: dict[str, dict[str, str]] = {
    "deals": {
        "company": "VARCHAR", "period": "VARCHAR", "position": "BIGINT", "deal": "VARCHAR", "owner": "VARCHAR",
        "amount": "DOUBLE", "stage": "VARCHAR", "category": "VARCHAR", "created_on": "DATE", "close_on": "DATE",
        "status": "VARCHAR", "closed_on": "DATE", "product": "VARCHAR", "type": "VARCHAR", "twin": "BIGINT",
    },
    "evidence": {"company": "VARCHAR", "deal": "VARCHAR", "name": "VARCHAR", "value": "VARCHAR"},
    "shares": {
        "company": "VARCHAR", "position": "BIGINT", "deal": "VARCHAR", "person": "VARCHAR", "low": "BIGINT",
        "high": "BIGINT",
    },
    "members": {
        "company": "VARCHAR", "position": "BIGINT", "person": "VARCHAR", "manager": "VARCHAR",
        "starts_on": "DATE", "ends_on": "DATE",
    },
    "events": {
        "company": "VARCHAR", "period": "VARCHAR", "position": "BIGINT", "deal": "VARCHAR", "field": "VARCHAR",
        "old": "VARCHAR", "new": "VARCHAR", "at_us": "BIGINT", "recorded_us": "BIGINT", "recorded_on": "DATE",
    },
    "snapshots": {
        "company": "VARCHAR", "period": "VARCHAR", "week": "DATE", "deal": "VARCHAR", **_KINDS,
        "cents": "BIGINT", "event": "VARCHAR",
    },
    "cells": {
        "company": "VARCHAR", "period": "VARCHAR", "week": "DATE", **_KINDS,
        "rows": "BIGINT", "won": "BIGINT", "lost": "BIGINT", "won_cents": "BIGINT",
    },
}  # fmt: skip
PERIODIC = frozenset(name for name, columns in TABLES.items() if "period" in columns)
"""Tables with a folder per period; the others have one file per company."""

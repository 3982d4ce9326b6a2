"""`fairlead migrate` on an empty database."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

_TABLES = (
    "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE tbl_name != 'fairlead_cache' ORDER BY 1, 2"
)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="It makes a database of SQLite.")
def test_the_tests_play_on_the_tables_that_fairlead_migrate_makes(db: None, tmp_path: Path) -> None:
    """Those of the tests are made in a quicker way (tests/migrating.py)."""
    own = {name: value for name, value in os.environ.items() if not name.startswith(("FAIRLEAD_", "DJANGO_"))}
    command = [sys.executable, "-m", "fairlead.cli.main", "migrate"]
    subprocess.run(command, check=True, env={**own, "FAIRLEAD_DATA": str(tmp_path)})
    with sqlite3.connect(tmp_path / "fairlead.sqlite3") as made, connection.cursor() as cursor:
        cursor.execute(_TABLES)
        ours = cursor.fetchall()
        assert len(ours) > 500
        assert ours == made.execute(_TABLES).fetchall()

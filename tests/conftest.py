"""Fixtures shared by all tests."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests import cast as the_cast


@pytest.fixture
def cast(db: None) -> the_cast.Cast:
    """The standing cast in a fresh database."""
    return the_cast.build()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of public tables to try things on; tests that need it are skipped where it is absent."""
    folder = Path(os.environ.get("FAIRLEAD_SHARED", Path(__file__).resolve().parents[2] / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip("The shared tables are not on this machine (set FAIRLEAD_SHARED to their folder).")
    return folder

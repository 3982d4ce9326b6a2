"""A small simulated organisation, written once for all tests of commands."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.commands import run


@pytest.fixture(scope="session")
def company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("simulated") / "company"
    made = run("simulate", folder, "--quarters", "5", "--reps", "8", "--seed", "3")
    assert made.status == 0, made.err
    return folder

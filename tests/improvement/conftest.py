"""Fixtures of the tests of plans."""

from __future__ import annotations

import pytest

from tests import cast as the_cast
from tests.calls import company as the_company
from tests.improvement import making
from tests.looks import making as looks


@pytest.fixture
def company(cast: the_cast.Cast, monkeypatch: pytest.MonkeyPatch) -> the_company.Company:
    """The cast in a unit with its ground, and a used diagnosis of Rosa whose layer of knowledge failed."""
    made = the_company.build(cast)
    looks.ground(cast)
    making.diagnosed(monkeypatch, made)
    return made

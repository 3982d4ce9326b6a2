"""Fixtures of the tests of the weekly review."""

from __future__ import annotations

import pytest

from tests import cast as the_cast
from tests.calls import company as the_company
from tests.calls.company import Company
from tests.calls.conftest import real_transactions

__all__ = ["real_transactions"]


@pytest.fixture
def team(cast: the_cast.Cast) -> Company:
    """Mina's team with targets and deals."""
    return the_company.mina_team(the_company.build(cast))

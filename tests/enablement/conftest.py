"""Fixtures of the tests of what the company owes and what a rep knows."""

from __future__ import annotations

import pytest

from tests import cast as the_cast
from tests.calls import company as the_company


@pytest.fixture
def team(cast: the_cast.Cast) -> the_company.Company:
    """Mina's team with targets and deals."""
    return the_company.mina_team(the_company.build(cast))

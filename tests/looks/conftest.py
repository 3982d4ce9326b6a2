"""Fixtures of the tests of looks."""

from __future__ import annotations

import pytest

from tests import cast as the_cast
from tests.calls import company as the_company
from tests.looks import making


@pytest.fixture
def company(cast: the_cast.Cast) -> the_company.Company:
    """The cast with two past quarters; what HR has to record is recorded."""
    made = making.past(the_company.build(cast))
    making.ground(cast)
    return made

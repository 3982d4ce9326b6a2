"""Fixtures of the tests of win and loss."""

from __future__ import annotations

import pytest

from tests.cast import Cast
from tests.winloss import house as the_house


@pytest.fixture
def house(cast: Cast) -> the_house.House:
    """The cast with closed deals, and owners asked about those of 100 euros or more."""
    return the_house.build(cast)

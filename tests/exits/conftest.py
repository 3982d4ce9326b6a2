"""Fixtures of the tests of exits."""

from __future__ import annotations

import pytest

from tests.cast import Cast
from tests.exits import house as the_house


@pytest.fixture
def house(cast: Cast) -> the_house.House:
    """The cast with deals in the forecast."""
    return the_house.build(cast)

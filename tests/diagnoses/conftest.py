"""Fixtures of the tests of diagnoses."""

from __future__ import annotations

import pytest

from tests import cast as the_cast
from tests.calls.company import Company
from tests.diagnoses import making


@pytest.fixture
def company(db: None) -> Company:
    """The cast with two past quarters, a look at Rosa's results, and nothing diagnosed yet."""
    made = making.company()
    made.cast = the_cast.present()
    return made

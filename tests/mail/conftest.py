"""Fixtures of the tests of mail."""

from __future__ import annotations

import pytest

from tests import cast as the_cast
from tests.calls import company as the_company
from tests.mail import mailing


@pytest.fixture
def team(cast: the_cast.Cast) -> the_company.Company:
    """Mina's team with deals, and the desk's address set."""
    mailing.open_desk(cast)
    return the_company.mina_team(the_company.build(cast))

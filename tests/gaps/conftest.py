"""The cast with two past quarters, HR's ground, and the gap ledger turned on for Vera's unit."""

from __future__ import annotations

import pytest

from fairlead.people import switches
from tests import cast as the_cast
from tests.calls import company as the_company
from tests.cast import AT
from tests.looks import making


@pytest.fixture
def company(cast: the_cast.Cast) -> the_company.Company:
    """Rosa alone has a gap: 300 of 600 and 420 of 600."""
    made = making.past(the_company.build(cast))
    making.ground(cast)
    for name in making.REPS:
        made.target(name, 700)
    made.won("ravi now", "ravi", 350)
    switches.turn(by=cast.actor("ada"), at=AT, feature="gaps", head=cast.vera, state="on")
    return made

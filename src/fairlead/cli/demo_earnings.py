"""Pay plans that Rosa and Ravi wrote down for themselves."""

from __future__ import annotations

from datetime import datetime

from fairlead.earnings import actions
from fairlead.earnings.rules import Band, Plan
from fairlead.forecasting.simulate import marlow
from fairlead.people import queries
from fairlead.people.models import Person

_STEEPER = (Band(0, 100), Band(100, 150), Band(125, 200))


def fill(everybody: dict[str, Person]) -> None:
    """From the first quarter of the year on, through the usual act."""
    at = datetime(2026, 1, 12, 18, 30, tzinfo=marlow.ZONE)
    first = queries.house().period(at.date())
    for name, plan in (
        ("rosa", Plan(72_000_00, 48_000_00, _STEEPER, threshold=40, cap=300)),
        ("ravi", Plan(66_000_00, 44_000_00, _STEEPER)),
    ):
        actions.keep(by=queries.actor(everybody[name].pk, at), at=at, period=first, plan=plan)

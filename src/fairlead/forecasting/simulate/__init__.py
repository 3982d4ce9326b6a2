"""The simulator: an invented sales organisation with a known truth, for tests, benchmarks and demos."""

from fairlead.forecasting.simulate.oracle import Oracle, oracle, week_beginning
from fairlead.forecasting.simulate.organisation import (
    STAGES,
    Organisation,
    Settings,
    Target,
    Truth,
    drawn,
    organisation,
)
from fairlead.forecasting.simulate.writing import write

__all__ = [
    "STAGES",
    "Oracle",
    "Organisation",
    "Settings",
    "Target",
    "Truth",
    "drawn",
    "oracle",
    "organisation",
    "week_beginning",
    "write",
]

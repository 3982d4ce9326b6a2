"""The simulator: an invented sales organisation with a known truth, for tests, benchmarks and demos."""

from fairlead.forecasting.simulate.organisation import (
    Organisation,
    Settings,
    Target,
    Truth,
    drawn,
    organisation,
)
from fairlead.forecasting.simulate.writing import write

__all__ = ["Organisation", "Settings", "Target", "Truth", "drawn", "organisation", "write"]

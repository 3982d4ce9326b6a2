"""The distribution of every node of an organisation, computed without simulation.

Total of a node = sum over open deals of (won or not) x amount + deals not yet created. Given the summed shock x
of company, team and person, deals are independent, so the characteristic function of a person is a product over
deals times a compound Poisson factor. Integrating the person's shock gives a factor of the team, integrating the
team's shock one of the company (:mod:`factors`). The distribution function is the Fourier series of the marginal
characteristic function on a range found from exact cumulants; the mass at exactly zero is carried apart, and a deal
much larger than the rest is taken as given.

Where what stands: :mod:`layers` the arrays, :mod:`plain` the steps in NumPy, :mod:`kernels` the same compiled,
:mod:`solving` from sums to distribution functions, :mod:`curves` what is read from them, :mod:`book` what-ifs.
Source: conditional independence with factor quadrature as in CreditRisk+ and factor copula models (Andersen,
Sidenius & Basu, "All your hedges in one basket", 2003); Fourier series of a CDF as in Fang & Oosterlee (2008).
"""

from __future__ import annotations

from fairlead.forecasting.book import LEVELS, PARTS, Distribution, prepare
from fairlead.forecasting.factors import Shocks
from fairlead.forecasting.layers import Pipeline, Shape
from fairlead.forecasting.threads import one_thread

__all__ = ["LEVELS", "PARTS", "Distribution", "Pipeline", "Shape", "distribute"]


@one_thread
def distribute(pipeline: Pipeline, shape: Shape, shocks: Shocks) -> Distribution:
    """Quantiles of total, open and new parts for every node. Deterministic; same bytes on one machine."""
    return prepare(pipeline, shape, shocks).distribution

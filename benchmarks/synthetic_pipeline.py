"""A pipeline with a realistic shape for the engine's benchmark and tests; drawn with a fixed seed."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fairlead.forecasting.layers import Pipeline, Shape

SPREADS = np.array([0.0, 0.10, 0.25])
NEW_SPREAD = 0.8


def organisation(
    persons: int,
    per_person: float = 100,
    *,
    per_team: float = 6.7,
    span: int = 8,
    whales: bool = True,
    seed: int = 7,
) -> tuple[Pipeline, Shape]:
    """Persons, their teams, and three levels above; some 100 deals and 3 new wins a person.

    Deals are sorted by person and falling amount, as an estimate gives them.
    """
    rng = np.random.default_rng(seed)
    teams = max(1, round(persons / per_team))
    extra = rng.integers(0, teams, max(0, persons - teams))
    team = np.sort(np.concatenate([np.arange(min(teams, persons)), extra]))[:persons]
    count = np.maximum(1, rng.gamma(3.0, per_person / 3.0, persons).round())
    count = np.maximum(1, (count * (persons * per_person / count.sum())).round()).astype(np.int64)
    n = int(count.sum())
    stage = rng.choice(5, n, p=[0.35, 0.27, 0.2, 0.12, 0.06])
    chance = np.clip(np.array([0.06, 0.14, 0.3, 0.55, 0.85])[stage] * rng.lognormal(0, 0.25, n), 0.005, 0.97)
    chance = np.clip(chance * rng.beta(2, 3.5, n), 1e-4, 0.98)
    amount = 20_000 * rng.lognormal(0, 1.0, n)
    if whales:
        big = rng.random(n) < 0.004
        amount[big] *= rng.uniform(8, 30, big.sum())
    spread = SPREADS[rng.choice(3, n, p=[0.3, 0.4, 0.3])]
    person = np.repeat(np.arange(persons), count)
    order = np.lexsort((-amount, person))
    pipeline = Pipeline(
        person, chance[order], amount[order], spread[order], rng.gamma(2.0, 1.5, persons),
        8_000 * rng.lognormal(0, 0.3, persons), NEW_SPREAD,
    )  # fmt: skip
    return pipeline, _nodes(team, span)


def _nodes(team: NDArray[np.int64], span: int) -> Shape:
    persons = len(team)
    bounds = np.flatnonzero(np.concatenate([[True], np.diff(team) != 0, [True]]))
    first, last = [np.arange(persons), bounds[:-1]], [np.arange(1, persons + 1), bounds[1:]]
    kinds = ["person"] * persons + ["team"] * (len(bounds) - 1)
    at = bounds
    for level in range(3):
        groups = 1 if level == 2 else max(1, round((len(at) - 1) / span))
        at = at[(np.arange(groups + 1) * (len(at) - 1)) // groups]
        first.append(at[:-1])
        last.append(at[1:])
        kinds += ["top"] * groups
    return Shape(team, np.concatenate(first), np.concatenate(last), tuple(kinds))

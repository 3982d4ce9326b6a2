"""Has the world changed? Wins and losses of the last weeks against what was said of them before they came.

At each of the last weekly looks the model states how many of the open deals it takes to be won, and to be lost,
within the week. Deals share a shock, so the sum may miss by more than independence allows; what is beyond that too is
an alarm. After an alarm the hazards and the chances are moved to the last four weeks.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from fairlead.forecasting.dealmodel import DealModel, View, features
from fairlead.forecasting.hazards import follow

Floats = NDArray[np.float64]
WEEKS_WATCHED, WEEKS_REFITTED = 3, 4
ALARM = 2.75
"""Standard deviations: one look in a hundred and fifty of a world that stays the same, on either side."""
_POOLED = 4.0
_LEAST_EXPECTED = 5.0
_LARGEST = np.log(8.0)


@dataclass(frozen=True, slots=True)
class Drift:
    """What was said and what came in the last weeks. ``won_shift`` and ``lost_shift`` are logs of the hazard ratio.

    ``score`` is the larger of the two misses in standard deviations, with the sign of the won one's direction.
    """

    weeks: int
    expected_won: float
    came_won: int
    expected_lost: float
    came_lost: int
    score: float
    alarm: bool
    won_shift: float
    lost_shift: float


def watch(model: DealModel, view: View, shared: float, *, weeks: int = WEEKS_WATCHED) -> Drift:
    """Compare the last ``weeks`` weeks before the view's day. ``shared`` is the company's shock in log-odds.

    The model should not have learned from these weeks; if it did, they are a small part of what it learned.
    """
    said = _weekly(model, view, max(weeks, WEEKS_REFITTED))
    watched = said[:weeks].sum(axis=0)
    every = said.sum(axis=0)
    won, lost = (_miss(watched[0], watched[1], shared), _miss(watched[2], watched[3], shared))
    score = won if abs(won) >= abs(lost) else lost
    return Drift(
        weeks, round(float(watched[0]), 2), int(watched[1]), round(float(watched[2]), 2), int(watched[3]),
        round(score, 3), abs(score) > ALARM, _shift(every[0], every[1]), _shift(every[2], every[3]),
    )  # fmt: skip


def refitted(model: DealModel, found: Drift) -> DealModel:
    """The model moved to what the last four weeks showed: its hazards, and its chance to be won in the period."""
    if model.hazards is None:
        return model
    hazards = replace(
        model.hazards,
        won_base=model.hazards.won_base + found.won_shift,
        lost_base=model.hazards.lost_base + found.lost_shift,
    )
    direct = model.direct
    if direct is not None:
        direct = replace(direct, shift=direct.shift + found.won_shift)
    return replace(model, hazards=hazards, direct=direct)


def words(found: Drift) -> str:
    """The warning that a forecast carries after an alarm."""
    more = "more" if found.came_won > found.expected_won else "fewer"
    return (
        f"Something changed: in the last {found.weeks} weeks {found.came_won} deals were won and {found.came_lost} "
        f"lost where {found.expected_won:.0f} and {found.expected_lost:.0f} were expected. "
        f"Chances are moved to the last {WEEKS_REFITTED} weeks, with {more} wins."
    )


def _weekly(model: DealModel, view: View, weeks: int) -> Floats:
    """Rows of expected and actual wins, expected and actual losses, of one week each, the latest first."""
    line, rows = view.line, []
    for back in range(1, weeks + 1):
        look = line.as_of - 7 * back
        deals = line.open_at(look)
        if model.hazards is None or not len(deals):
            rows.append([0.0] * 4)
            continue
        curves = follow(model.hazards, features(model, view, deals, look), look, weeks=1)
        closed = line.closed_known[deals] < look + 7
        outcome = line.outcome[deals]
        rows.append(
            [
                float(curves.won[:, 1].sum()), float((closed & (outcome == 1)).sum()),
                float(curves.lost[:, 1].sum()), float((closed & (outcome == 0)).sum()),
            ]
        )  # fmt: skip
    return np.array(rows)


def _miss(expected: float, came: float, shared: float) -> float:
    """In standard deviations, on the scale of roots, where a count varies by 1 whatever its size (Anscombe, 1948)."""
    if expected < _LEAST_EXPECTED:
        return 0.0
    step = 2 * (np.sqrt(came + 0.375) - np.sqrt(expected + 0.375))
    return float(step / np.sqrt(1 + shared**2 * expected))


def _shift(expected: float, came: float) -> float:
    return float(np.clip(np.log((came + _POOLED) / (expected + _POOLED)), -_LARGEST, _LARGEST))

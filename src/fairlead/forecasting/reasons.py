"""Why a deal's chance differs from the base rate, in plain words: each feature dropped in turn.

The effect of a feature is the chance less what it would be without that feature's part of the log-odds, in
percentage points. The owner and the team never appear: their effects serve sums only.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from fairlead.forecasting.blend import Blend
from fairlead.forecasting.evidence import OWNER, TEAM, Table
from fairlead.forecasting.glm import expit, logit
from fairlead.forecasting.types import Reason

Floats = NDArray[np.float64]
MOST, SMALLEST = 4, 0.5
_NEVER_SHOWN = {OWNER, TEAM, "left"}
LAST_KNOWN = 1
"""A look is the start of a day and knows what was recorded before it: in words days count from the day before, the
last one that is known, as everywhere else."""


def reasons(model: Blend, table: Table, chance: Floats) -> list[tuple[Reason, ...]]:
    """Up to four reasons per row, largest first; effects below half a point are left out."""
    parts = {g: v for g, v in model.contributions(table).items() if g not in _NEVER_SHOWN}
    names = sorted(parts)
    if not names or not len(table):
        return [()] * len(table)
    odds = logit(chance)
    effects = np.stack([100 * (chance - expit(odds - parts[n])) for n in names], axis=1)
    effects = np.round(effects, 1)
    order = np.argsort(-np.abs(effects), axis=1, kind="stable")[:, :MOST]
    out = []
    for row in range(len(table)):
        shown = [k for k in order[row] if abs(effects[row, k]) >= SMALLEST]
        out.append(tuple(Reason(_words(names[k], table, row), float(effects[row, k])) for k in shown))
    return out


def _words(name: str, table: Table, row: int) -> str:
    if name in table.codes:
        return _level_words(name, table.levels[name][int(table.codes[name][row])], table, row)
    return _number_words(name, float(table.values[name][row]))


def _level_words(name: str, level: str, table: Table, row: int) -> str:
    if name == "stage":
        held = f" for {_days(table.values['in stage'][row])}" if "in stage" in table.values else ""
        return f"In stage {level or 'none'}{held}"
    if name == "due":
        return f"Close date: {level}"
    if name == "no amount":
        return "No amount is entered" if level == "yes" else "An amount is entered"
    label = {"category": "Forecast category", "product": "Product", "type": "Type"}.get(name, name)
    return f"{label}: {level or 'blank'}"


def _number_words(name: str, value: float) -> str:
    if name == "age":
        return f"Open for {_days(value)}" if np.isfinite(value) else "Its age is not known"
    if name == "in stage":
        return f"In its stage for {_days(value)}"
    if name == "quiet":
        return f"Last change {_days(value)} ago"
    if name == "moves":
        return _count(value, "recorded change")
    if name == "pushes":
        return (
            "Close date never moved later"
            if value < 0.5
            else f"Close date moved later {_count(value, 'time')}"
        )
    if name == "due in":
        return "Close date missing" if np.isnan(value) else _due_words(round(value * 30) + LAST_KNOWN)
    if name == "amount":
        return "Its amount" if np.isfinite(value) else "Its missing amount"
    if ": " in name:
        return f"{name}, {_count(value, 'time')}"
    return f"{name}: {np.sign(value) * np.expm1(abs(value)):.6g}" if np.isfinite(value) else f"{name}: blank"


def _due_words(days: int) -> str:
    if days < 0:
        return f"Close date passed {_count_of(-days)} ago"
    return f"Close date in {_count_of(days)}"


def _days(log_days: float) -> str:
    return _count_of(max(round(float(np.expm1(log_days))) - LAST_KNOWN, 0))


def _count_of(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"


def _count(log_count: float, thing: str) -> str:
    count = round(float(np.expm1(log_count)))
    return f"1 {thing}" if count == 1 else f"{count} {thing}s"

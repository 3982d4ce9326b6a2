"""Columns that tell the outcome are refused by name.

Four tests, each with its own sentence: the column's name says that it is counted up to the close; it is filled
on closed deals only; its number is the time from creation to close; or the amount itself differs by outcome.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from fairlead.forecasting.results import RefusedColumn
from fairlead.forecasting.timeline import as_known, number
from fairlead.forecasting.types import Deal, History

_COUNTED_TO_THE_CLOSE = re.compile(
    r"""(elapsed\W*days | total\W*days | ratio\W*days | days\W*(to|until|in)\W*(close|closing|sales?\W*stage)
    | days\W*open | time\W*to\W*close | sales?\W*cycle | cycle\W*(time|length|days) | lifecycle
    | stage\W*change\W*count | through\W*clos | stage\W*duration | (sales?\W*)?velocity)""",
    re.IGNORECASE | re.VERBOSE,
)
_SAID_AT_THE_CLOSE = re.compile(
    r"""(clos(e|ed|ing)|won|win|lost|loss)\W*(reason|date|day|month|quarter|comment|notes?)\b
    | reason\W*(won|lost|for\W*loss|for\W*win) | actual\W*(revenue|value|amount|close) | is\W*(won|closed)""",
    re.IGNORECASE | re.VERBOSE,
)
FEW = 20
"""Fewer closed or open deals than this prove nothing about how a column is filled."""


def refuse_columns(history: History, as_of: date | None = None) -> tuple[RefusedColumn, ...]:
    """The columns that may not serve as evidence, each with why, in the order of their names.

    Judged on what was known before ``as_of`` (None: on everything). Besides evidence columns the field
    ``account`` is judged, and ``amount``: where the amount itself tells the outcome it is no evidence, and
    only won deals teach its size.
    """
    deals = (as_known(history, as_of) if as_of else history).deals
    closed = [d for d in deals if d.status != "open"]
    open_ = [d for d in deals if d.status == "open"]
    changing = {c.field for c in history.changes}
    names = sorted({name for d in deals for name in d.evidence} - changing)
    found = [(name, _why(name, closed, open_)) for name in names]
    found += [("account", _by_filling([d.account for d in closed], [d.account for d in open_]))]
    found += [("amount", _amount_why(closed, open_) if "amount" not in changing else None)]
    return tuple(RefusedColumn(name, why) for name, why in sorted(found) if why)


def amount_leaks(refused: Sequence[RefusedColumn]) -> bool:
    """Whether the amount was refused as evidence."""
    return any(r.column == "amount" for r in refused)


def _why(name: str, closed: Sequence[Deal], open_: Sequence[Deal]) -> str | None:
    if _COUNTED_TO_THE_CLOSE.search(name.replace("_", " ")):
        return "it is counted over the whole life of a deal, so it is known only at the close"
    if _SAID_AT_THE_CLOSE.search(name.replace("_", " ")):
        return "its name says that it is written at the close"
    filled = [str(d.evidence.get(name, "") or "") for d in closed]
    return (
        _by_filling(filled, [str(d.evidence.get(name, "") or "") for d in open_])
        or _by_outcome(filled, closed)
        or _by_length(filled, closed)
    )


def _by_filling(closed: Sequence[str], open_: Sequence[str]) -> str | None:
    """Filled far more often on closed than on open deals: the value arrives with the outcome."""
    if len(closed) < FEW or len(open_) < FEW:
        return None
    on_closed, on_open = _filled(closed), _filled(open_)
    if on_closed - on_open < 0.25 or on_open > 0.75 * on_closed:
        return None
    filled = f"{on_closed:.0%} of closed deals and on {on_open:.0%} of open ones"
    return f"it is filled on {filled}, so it tells that a deal closed"


def _filled(values: Sequence[str]) -> float:
    return sum(bool(v.strip()) for v in values) / len(values)


def _by_outcome(values: Sequence[str], closed: Sequence[Deal]) -> str | None:
    """One column that alone separates won from lost almost perfectly is an echo of the outcome."""
    won = np.array([d.status == "won" for d in closed])
    if len(closed) < 4 * FEW or won.sum() < FEW or (~won).sum() < FEW:
        return None
    rate, size = _rates(values, won)
    usual = max(won.mean(), 1 - won.mean())
    right = (np.maximum(rate, 1 - rate) * size).sum() / size.sum()
    if len(size) > len(closed) / 10 or right < 0.97 or (1 - right) > 0.2 * (1 - usual):
        return None
    return f"it alone tells {right:.0%} of the outcomes, so it is written with or after the outcome"


def _rates(values: Sequence[str], won: NDArray[np.bool_]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    _, code = np.unique(np.array(values, object).astype(str), return_inverse=True)
    size = np.bincount(code).astype(float)
    return np.bincount(code, weights=won.astype(float)) / size, size


def _by_length(values: Sequence[str], closed: Sequence[Deal]) -> str | None:
    """A number that runs along with the days from creation to close."""
    pairs = [
        (number(v), (d.closed_on - d.created_on).days)
        for v, d in zip(values, closed, strict=True)
        if d.closed_on and d.created_on
    ]
    x = np.array([p for p in pairs if np.isfinite(p[0])], float)
    if len(x) < 4 * FEW or len(x) < 0.5 * len(values) or np.ptp(x[:, 0]) == 0 or np.ptp(x[:, 1]) == 0:
        return None
    if abs(np.corrcoef(x.T)[0, 1]) < 0.95:
        return None
    return "it runs along with the days from creation to close, so it is known only at the close"


def _amount_why(closed: Sequence[Deal], open_: Sequence[Deal]) -> str | None:
    won = [bool(d.amount) for d in closed if d.status == "won"]
    lost = [bool(d.amount) for d in closed if d.status == "lost"]
    still = [bool(d.amount) for d in open_]
    if len(won) < FEW:
        return None
    on_won = sum(won) / len(won)
    if len(lost) >= FEW and on_won - sum(lost) / len(lost) > 0.5:
        return "it is 0 or blank on lost deals, so it tells the outcome; only won deals teach its size"
    if len(still) >= FEW and on_won - sum(still) / len(still) > 0.5:
        return "it is 0 or blank on open deals, so it arrives with the close; only won deals teach its size"
    return None

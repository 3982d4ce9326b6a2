"""What every act of the call asks of its input, and how it tells people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from fairlead.calls import kinds, rules, wording
from fairlead.deals import rules as deals
from fairlead.forecasting.periods import Period
from fairlead.notices import actions as notices
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.models import Person

LARGEST = 10**15
"""No amount in minor units is larger than this."""
CALL_PATH = "/call/"
COPY_PATH = "/call/copy/{}/"
QUARTER_PATH = "/quarter/"


def tell(
    reader: Person, kind: str, at: datetime, facts: Mapping[str, str | int | float | None], path: str = ""
) -> None:
    if reader.user_id is not None:
        notices.tell(to=reader.pk, kind=kind, facts=facts, at=at, path=path)


def money(amount: int, currency: str) -> str:
    return deals.spoken(amount, currency)


def spoken(amount: int, kind: rules.Kind | None) -> str:
    """An amount in a sentence; of a forecast type that counts units, these."""
    if kind is not None and kind.measure == "quantity":
        return wording.units(amount, kinds.unit())
    return money(amount, people.house().currency)


def asked_type(key: str, at: datetime) -> rules.Kind | None:
    """The forecast type a number is given for; None for all business. Raises Refused: bad_type."""
    for kind in kinds.in_force(at) if key else ():
        if kind.key == key and kind.asked:
            return kind
        if kind.key == key:
            raise access.Refused(
                "bad_type", f"{kind.name} follows from the deals alone; no number is given for it."
            )
    if key:
        raise access.Refused("bad_type", "There is no such forecast type any more. Open the page again.")
    return None


def refuse_amount(amount: int) -> None:
    if not 0 <= amount <= LARGEST:
        raise access.Refused("bad_amount", "Write an amount of 0 or more, in plain figures.")


def refuse_category(category: str) -> None:
    if category not in rules.CALLED:
        raise access.Refused("bad_category", "A call is for Commit, Most Likely or Best Case.")


def refuse_over(period: Period, at: datetime) -> None:
    if people.house().day(at) > period.ends_on:
        raise access.Refused(
            "period_over", f"{period.name} ended on {period.ends_on}. Its numbers stay as they are."
        )

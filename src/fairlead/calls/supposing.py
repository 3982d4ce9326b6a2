"""What somebody supposes of deals, new business and the target, and what one says of the answer. No Django here.

Money is minor units of the reporting currency.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from fairlead.calls import wording
from fairlead.forecasting import Supposed
from fairlead.forecasting.workings import Open
from fairlead.people import access

Outcome = Literal["", "won", "lost", "later"]
OUTCOMES: tuple[Outcome, ...] = ("", "won", "lost", "later")
MOST_AMOUNT = 10**15
MOST_ADDED = 50
MOST_CHANGES = 100


@dataclass(frozen=True, slots=True)
class OfDeal:
    """What is supposed of one open deal: an outcome ("" stays open), another amount, or both."""

    outcome: Outcome = ""
    amount: int | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """``count`` new deals of one size for a person (public id; "" is the asker). ``chance`` None: like a new one."""

    amount: int
    chance: float | None = None
    count: int = 1
    person: str = ""


@dataclass(frozen=True, slots=True)
class Supposal:
    """Everything that is supposed at once. ``target`` None leaves it as it is."""

    deals: Mapping[str, OfDeal] = field(default_factory=dict)
    added: tuple[Added, ...] = ()
    target: int | None = None

    @property
    def nothing(self) -> bool:
        return not self.deals and not self.added and self.target is None


def check(supposal: Supposal) -> None:
    """Raise Refused with what to write instead where a value is out of its bounds."""
    if len(supposal.deals) > MOST_CHANGES:
        raise access.Refused("too_many", f"Suppose at most {MOST_CHANGES} deals at once.")
    amounts = [d.amount for d in supposal.deals.values()] + [a.amount for a in supposal.added]
    for amount in [*amounts, supposal.target]:
        if amount is not None and not 0 <= amount <= MOST_AMOUNT:
            raise access.Refused("bad_amount", "An amount is from 0 up to a million millions.")
    for deal in supposal.deals.values():
        if deal.outcome not in OUTCOMES:
            raise access.Refused("bad_outcome", "A deal is supposed won, lost or later, or left as it is.")
    for new in supposal.added:
        if new.chance is not None and not 0 <= new.chance <= 1:
            raise access.Refused("bad_chance", "A chance is from 0 to 100 %.")
        if not 1 <= new.count <= MOST_ADDED:
            raise access.Refused("bad_count", f"Add from 1 to {MOST_ADDED} deals.")


def change_of(row: int, deal: Open, supposed: OfDeal, scale: int) -> Supposed:
    """One deal's change for the book. An amount is taken for what of it is usually paid, as the estimate takes it."""
    size = None
    if supposed.amount is not None:
        paid = deal.size / deal.entered if deal.entered else 1.0
        size = supposed.amount / scale * paid
    chance = {"won": 1.0, "lost": 0.0, "later": 0.0}.get(supposed.outcome)
    return Supposed(row, chance=chance, amount=size)


# What one says of it


@dataclass(frozen=True, slots=True)
class Reached:
    """How many of 20 equally likely results reach a number, before and after. Numbers may differ (another target)."""

    before: int
    after: int
    number: int
    was: int | None = None
    """The number before, where another target is supposed."""


def sentence(
    reached: Reached | None, middles: tuple[int, int], nothing: bool, money: Callable[[int], str]
) -> str:
    """The one sentence that stands above the drawing."""
    was, now = middles
    if reached is None:
        return (
            "Nothing is supposed yet." if nothing else f"The middle moves from {money(was)} to {money(now)}."
        )
    goal = f"of 20 quarters like this one reach the target of {money(reached.number)}"
    if nothing:
        return f"{reached.before} {goal}. Suppose something, and see what it moves."
    if reached.was is not None and reached.was != reached.number:
        return (
            f"{reached.before} of 20 quarters like this one reach {money(reached.was)}; "
            f"{reached.after} would reach {money(reached.number)}."
        )
    if reached.before == reached.after:
        return f"{reached.before} {goal}, before and after."
    return f"{reached.before} → {reached.after} {goal}."


_WORDS = {"won": "is won", "lost": "is lost", "later": "comes in a later period"}


def words_of(name: str, supposed: OfDeal, money: Callable[[int], str]) -> str:
    """One supposition in words: ``Nordwind is won at €240k``."""
    size = "" if supposed.amount is None else money(supposed.amount)
    if not supposed.outcome:
        return f"{name} is worth {size}"
    at = f" at {size}" if size and supposed.outcome == "won" else ""
    return f"{name} {_WORDS[supposed.outcome]}{at}"


def words_of_added(added: Added, chance: float, whose: str, money: Callable[[int], str]) -> str:
    """``2 new deals of €72k for Rosa, each at 20 %``."""
    many = "one new deal" if added.count == 1 else f"{added.count} new deals"
    each = "" if added.count == 1 else "each "
    return (
        f"{many} of {money(added.amount)}{f' for {whose}' if whose else ''}, {each}at {wording.share(chance)}"
    )


def joined(parts: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""

"""When an account is in breach, why it stands on the list, and the money at risk. No Django here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Literal

RIVAL_DAYS = 180
"""So long after it was seen a rival is a reason."""
YEAR = 365

Code = Literal["contact", "never", "taken_over", "renewal", "rival", "step", "tier", "buyers"]


@dataclass(frozen=True, slots=True)
class Renewal:
    """A renewal that comes: ``minor`` in the organisation's currency, None where nobody knows or there is no rate."""

    on: date
    minor: int | None = None
    unconverted: str = ""
    """the currency that has no rate on the day"""


@dataclass(frozen=True, slots=True)
class Deals:
    """What the deals of an account add up to, in minor units of the organisation's currency."""

    open: int = 0
    open_minor: int = 0
    open_unknown: int = 0
    """open deals without an amount that counts"""
    without_step: int = 0
    year_minor: int = 0
    renewing_minor: int = 0
    """open deals that are themselves a renewal"""


Stale = Literal["", "left", "bounced", "silent"]
"""Why somebody at a buyer's is no way to the account any more; '' where they are, or where nobody can say."""


@dataclass(frozen=True, slots=True)
class Buyers:
    """The buyers' people of an account: how many, and how many of them are stale for which reason."""

    all: int = 0
    left: int = 0
    bounced: int = 0
    silent: int = 0


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of an account. ``allowed``: days its tier may go without two-way contact, None without a tier.

    ``held_since``: the day from which the owner of today answers for it, None where nobody knows: whoever takes an
    account over has the tier's days from then on, whatever was before.
    """

    tier: str
    allowed: int | None
    last: date | None
    planned: date | None = None
    renewals: tuple[Renewal, ...] = ()
    """those within the days that the policy looks ahead"""
    rival: str = ""
    rival_on: date | None = None
    deals: Deals = field(default_factory=Deals)
    held_since: date | None = None
    buyers: Buyers = Buyers()


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason in plain words."""

    code: Code
    says: str


@dataclass(frozen=True, slots=True)
class Money:
    """The money at risk and what it is added up from."""

    renewals: int
    open: int
    year: int
    not_twice: int
    """open deals that are the renewal, counted with the renewal and not again"""

    @property
    def total(self) -> int:
        return self.renewals + self.open + self.year


def counted_from(facts: Facts) -> date | None:
    """The day from which silence counts: the last two-way contact, or the day the owner took it over."""
    return max(filter(None, (facts.last, facts.held_since)), default=None)


def due_on(facts: Facts) -> date | None:
    """By when the next two-way contact is due; None without a tier, or where nothing is known to count from."""
    since = counted_from(facts)
    if facts.allowed is None or since is None:
        return None
    return since + timedelta(days=facts.allowed)


def in_breach(facts: Facts, today: date) -> bool:
    """Whether its owner let an account go without two-way contact for longer than its tier allows.

    Without a tier it is not; what was before the owner had it is not the owner's.
    """
    if facts.allowed is None:
        return False
    since = counted_from(facts)
    return since is None or (today - since).days > facts.allowed


def taken_over_late(facts: Facts, today: date) -> bool:
    """Whether an account is silent for too long, and not through its owner, who has it only lately."""
    return not in_breach(facts, today) and in_breach(replace(facts, held_since=None), today)


def stale(state: str, last: date | None, allowed: int | None, today: date, with_nobody: date | None) -> Stale:
    """Whether somebody is stale: left, mail comes back, or without two-way contact within the tier's days.

    ``with_nobody`` is the last two-way contact that does not say with whom: while that is recent it may have been with
    them, and nobody is called silent. Without a tier nobody is.
    """
    if state in ("left", "bounced"):
        return "left" if state == "left" else "bounced"
    if allowed is None:
        return ""
    newest = max((day for day in (last, with_nobody) if day is not None), default=None)
    return "silent" if newest is None or (today - newest).days > allowed else ""


def counted(reasons_: Iterable[Stale]) -> Buyers:
    """How many of an account's people are stale for which reason."""
    every = list(reasons_)
    return Buyers(len(every), every.count("left"), every.count("bounced"), every.count("silent"))


def money(facts: Facts) -> Money:
    """Renewals that come, open amounts, and what was won in the last 365 days.

    An open deal that is itself a renewal is not added where a renewal with an amount is listed: it is the same money.
    """
    renewals = sum(one.minor or 0 for one in facts.renewals)
    twice = facts.deals.renewing_minor if renewals else 0
    return Money(renewals, facts.deals.open_minor - twice, facts.deals.year_minor, twice)


def days_words(days: int) -> str:
    """A span in words: days up to three weeks, then weeks, then months."""
    if days < 22:
        return f"{days} day{'' if days == 1 else 's'}"
    if days < 92:
        return f"{days // 7} weeks"
    return f"{days // 30} months"


def reasons(facts: Facts, today: date) -> tuple[Reason, ...]:
    """Why an account is on the list, the most pressing first, in words anybody understands."""
    found: list[Reason] = []
    limit = f"tier {facts.tier} allows {facts.allowed}"
    if taken_over_late(facts, today) and facts.held_since is not None:
        found.append(Reason("taken_over", _taken_over(facts, today)))
    elif facts.allowed is not None and facts.last is None:
        found.append(Reason("never", f"no two-way contact is known, {limit} days"))
    elif facts.last is not None and in_breach(facts, today):
        found.append(Reason("contact", f"{(today - facts.last).days} days since two-way contact, {limit}"))
    for renewal in facts.renewals:
        left = (renewal.on - today).days
        if left < 0:
            found.append(Reason("renewal", f"renewal was due {days_words(-left)} ago"))
        else:
            found.append(Reason("renewal", f"renewal in {left} days" if left != 1 else "renewal tomorrow"))
    if facts.rival and facts.rival_on and (today - facts.rival_on).days <= RIVAL_DAYS:
        ago = (today - facts.rival_on).days
        found.append(
            Reason(
                "rival", f"{facts.rival} seen {days_words(ago)} ago" if ago else f"{facts.rival} seen today"
            )
        )
    found += _buyers(facts, today)
    if facts.deals.without_step and facts.planned is None:
        count = facts.deals.without_step
        found.append(Reason("step", f"{count} open deal{'' if count == 1 else 's'} without a next step"))
    if facts.allowed is None:
        what = f"tier {facts.tier} is not among the tiers" if facts.tier else "no tier, so no limit is known"
        found.append(Reason("tier", what))
    return tuple(found)


def _taken_over(facts: Facts, today: date) -> str:
    days = (today - facts.held_since).days if facts.held_since else 0
    before = (
        f"{(today - facts.last).days} days since two-way contact"
        if facts.last
        else "no two-way contact is known"
    )
    here = f"taken over {days_words(days)} ago" if days else "taken over today"
    left = ((due_on(facts) or today) - today).days
    until = f"within {left} day{'' if left == 1 else 's'}" if left else "today"
    return f"{before}, {here}: first contact {until}"


def _buyers(facts: Facts, today: date) -> Iterable[Reason]:
    """What is said of the buyer's people. That some are silent goes without saying where the account itself is."""
    some = facts.buyers
    told = []
    if some.left:
        told.append(f"{some.left} left")
    if some.bounced:
        told.append(f"mail to {some.bounced} comes back")
    if some.silent and not in_breach(facts, today):
        told.append(f"{some.silent} without two-way contact for longer than the tier allows")
    if told:
        yield Reason(
            "buyers", f"of {some.all} {'person' if some.all == 1 else 'people'} there {', '.join(told)}"
        )


def planned_words(facts: Facts, today: date) -> str:
    """What is in the calendar, '' where nothing is."""
    return f"a contact is planned in {days_words((facts.planned - today).days)}" if facts.planned else ""


def in_order(rows: Iterable[tuple[bool, int, str]]) -> list[int]:
    """Places of (in breach, money at risk, name) rows: those in breach first, the most money first, then by name."""
    listed = list(rows)
    return sorted(
        range(len(listed)), key=lambda i: (not listed[i][0], -listed[i][1], listed[i][2].lower(), i)
    )

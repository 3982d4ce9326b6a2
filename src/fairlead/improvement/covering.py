"""A suggestion of who covers which account, from industries and load. No Django here. A human decides."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Account:
    """An account to be covered."""

    key: str
    name: str
    industry: str
    open_deals: int


@dataclass(frozen=True, slots=True)
class Mate:
    """Somebody who could cover: how many accounts they have, and in which industries."""

    key: str
    name: str
    accounts: int
    industries: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Who could cover an account, and why."""

    account: str
    mate: str
    why: str


def suggest(accounts: Sequence[Account], mates: Iterable[Mate]) -> list[Suggestion]:
    """For each account the mate who knows its industry best, less what they carry already.

    Accounts with open deals are given first. Of the same fit the one with fewer accounts, then by name, so that it is
    the same each time. A mate's fit is twice the share of the own accounts in the industry; every account they carry,
    given here or before, counts against them by its part of the usual load.
    """
    people = sorted(mates, key=lambda one: (one.name, one.key))
    if not people:
        return []
    load = {one.key: float(one.accounts) for one in people}
    usual = max(1.0, (sum(load.values()) + len(accounts)) / len(people))
    found = []
    for account in sorted(accounts, key=lambda one: (-one.open_deals, one.name, one.key)):
        best = max(people, key=lambda one: 2 * _fit(one, account) - load[one.key] / usual)
        known = best.industries.get(account.industry, 0) if account.industry else 0
        why = (
            f"has {known} account{'' if known == 1 else 's'} in {account.industry}"
            if known
            else "carries the least of the team"
            if load[best.key] == min(load.values())
            else "fits best after the load"
        )
        load[best.key] += 1
        found.append(Suggestion(account.key, best.key, why))
    return found


def _fit(mate: Mate, account: Account) -> float:
    if not account.industry or not mate.accounts:
        return 0.0
    return mate.industries.get(account.industry, 0) / mate.accounts

"""A company of any size for the benchmarks: a tree of tens, and deals with changes, without any chance in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fairlead.deals.rules import ChangeRow, DealRow
    from fairlead.people.rules import PersonRow

STAGES = {
    "Qualification": "pipeline",
    "Discovery": "pipeline",
    "Proposal": "best_case",
    "Negotiation": "most_likely",
    "Contract": "commit",
}
_LEVELS = ("m", "d", "v")
"""Managers of ten reps, directors of ten managers, vice presidents of ten directors."""


def people(reps: int, at: datetime) -> dict[str, int]:
    """Reps below managers of ten, below directors of ten, below vice presidents of ten, below one head.

    Returns the id of each in the file -> the person's key: ``head``, ``ops``, ``v0``, ``d0``, ``m0``, ``r0``.
    """
    from fairlead.people import access, actions
    from fairlead.people.rules import PersonRow

    by = access.system("a benchmark builds a company")
    actions.set_up(by=by, at=at, name="Benchmark", currency="EUR", time_zone="Europe/Helsinki")
    rows = [
        PersonRow("head", "Head", role="executive"),
        PersonRow("ops", "Ops", role="sales ops", manager="head"),
    ]
    counts = [reps]
    for _ in _LEVELS:
        counts.append((counts[-1] + 9) // 10)
    above = "head"
    for level, count in zip(reversed(_LEVELS), reversed(counts[1:]), strict=True):
        role = "manager" if level == "m" else "executive"
        rows += [_leader(level, n, above, role) for n in range(count)]
        above = level
    rows += [PersonRow(f"r{n}", f"Rep {n}", manager=f"m{n // 10}") for n in range(reps)]
    return actions.take_in(by=by, at=at, source="crm", rows=rows, lines_from=date(at.year - 2, 1, 1)).people


def _leader(level: str, n: int, above: str, role: str) -> PersonRow:
    from fairlead.people.rules import PersonRow

    titles = {"v": "Vice president", "d": "Director", "m": "Manager"}
    manager = above if above == "head" else f"{above}{n // 10}"
    return PersonRow(f"{level}{n}", f"{titles[level]} {n}", manager=manager, role=role)


def accounts(ids: Iterable[int]) -> None:
    """Give these persons an account to sign in with; nobody knows its password."""
    from fairlead.people.models import Person, User

    for person in ids:
        user = User.objects.create(email=f"{person}@benchmark.test", password="!", is_active=True)
        Person.objects.filter(pk=person).update(user=user)


def deal(n: int, reps: int, version: int, today: date) -> DealRow:
    """Deal ``n``: three in five closed, spread over three years; ``version`` changes its amount and stage."""
    from fairlead.deals.rules import DealRow

    closed = n % 5 < 3
    created = today - timedelta(days=60 + n * 7919 % 1000)
    closed_on = min(created + timedelta(days=30 + n % 120), today - timedelta(days=1))
    return DealRow(
        deal_id=f"006{n:012d}",
        name=f"Deal {n * 7919 % 1_000_003} for account {n % 50_000}",
        account=f"Account {n % 50_000}",
        owner=f"r{n // 5 % reps}",
        amount=Decimal(1000 + n % 9000 + version),
        currency="EUR",
        stage="Closed" if closed else list(STAGES)[(n + n // 5 + version) % 5],
        close_on=closed_on if closed else today - timedelta(days=10) + timedelta(days=n % 180),
        created_on=created,
        status=("won" if n % 5 == 0 else "lost") if closed else "open",
        closed_on=closed_on if closed else None,
        product=f"Product {n % 12}",
        type="new",
        line=n + 2,
    )


def changes(touched: Iterable[int], first: datetime) -> Iterator[ChangeRow]:
    """The recorded change of the amount behind version 1 of these deals."""
    from fairlead.deals.rules import ChangeRow

    for n in touched:
        at = first + timedelta(seconds=n % 80_000)
        old = str(1000 + n % 9000)
        yield ChangeRow(f"006{n:012d}", "amount", old, str(int(old) + 1), at, at, by="crm")


def at_six(day: date) -> datetime:
    """Six o'clock in the morning, UTC."""
    return datetime(day.year, day.month, day.day, 6, tzinfo=UTC)

"""Two past quarters of the cast in which Rosa alone was under the line, and what HR recorded before. Euros."""

from __future__ import annotations

from datetime import UTC, date, datetime

from fairlead.forecasting.periods import Calendar
from fairlead.grounds import actions as grounds
from fairlead.grounds.models import Ground
from fairlead.grounds.rules import Given
from fairlead.looks import actions
from fairlead.looks.models import Look
from tests.calls.company import Company
from tests.cast import Cast

RECORDED = datetime(2026, 3, 2, 9, tzinfo=UTC)
SWEPT = datetime(2026, 10, 6, 6, tzinfo=UTC)
"""The first morning on which looks at the third quarter open: its third working day was Monday."""
IN_TIME = datetime(2026, 10, 20, 9, tzinfo=UTC)
LATE = datetime(2026, 11, 5, 9, tzinfo=UTC)
Q2, Q3 = Calendar().period("2026Q2"), Calendar().period("2026Q3")
REPS = ("rosa", "ravi", "ines", "tomas", "pia", "piet", "sven")
TARGET = 600
GIVEN = Given(
    country="FI",
    notice_on=date(2026, 2, 16),
    notice_words="A letter to everybody.",
    basis="The contract, section 7.",
    consulted="none_required",
    consulted_on=None,
    consulted_words="No works council.",
    runs_from=date(2026, 3, 2),
)


def ground(cast: Cast, at: datetime = RECORDED, head: str = "vera", given: Given = GIVEN) -> Ground:
    """Hana records what stands for Vera's unit."""
    return grounds.record(
        by=cast.actor("hana", at), at=at, head=getattr(cast, head).public_id, given=given, after_number=0
    )


def quarter(company: Company, name: str, number: int, euros: int) -> None:
    """Three deals won and three lost of one size by one rep in Q2 or Q3."""
    for n in range(3):
        day = date(2026, 3 * number - 1, 10 + n)
        company.won(f"{name} {number} won {n}", name, euros, day)
        company.deal(f"{name} {number} lost {n}", name, euros, "Paper", day, "lost", day)


def past(company: Company) -> Company:
    """Everybody but Rosa won 660 of 600 in both quarters; Rosa 300 and 420."""
    for name in REPS:
        for period in (Q2, Q3):
            company.target(name, TARGET, period, RECORDED)
    for name in REPS[1:]:
        quarter(company, name, 2, 220)
        quarter(company, name, 3, 220)
    quarter(company, "rosa", 2, 100)
    quarter(company, "rosa", 3, 140)
    return company


def sweep(at: datetime = SWEPT) -> int:
    return actions.watch(at=at)


def look() -> Look:
    return Look.objects.for_system("a test asks for it").get()


FACTS = {
    "line": 80,
    "in_a_row": 2,
    "job": "Seller",
    "segment": "",
    "quarters": [
        {"name": "2026Q2", "asked": 100, "whole": 100, "won": 50, "percent": 50, "wins": 1, "closed": 2},
        {"name": "2026Q3", "asked": 100, "whole": 100, "won": 50, "percent": 50, "wins": 1, "closed": 2},
    ],
    "luck": None,
    "peers": [],
    "late_deals": [],
    "targets": [],
    "ramp": [],
    "seated": None,
    "away": [],
    "accounts": None,
    "debts": [],
}
"""What a look keeps, where a test needs a look and not how it came."""

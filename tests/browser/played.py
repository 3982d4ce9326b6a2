"""A quarter as it is played: what the CRM shows week by week, and what every number must be, computed apart.

Nothing of the product is imported here. Sums, trees and reasons are written anew from the semantics, in whole cents,
so that a test can hold the product's pages against them.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

FIRST, LAST = date(2026, 10, 1), date(2026, 12, 31)
WEEKS = range(1, 14)
MOVED_IN_WEEK, MAPPED_IN_WEEK = 7, 9
TEAMS = {"mina": ("rosa", "ravi", "ines", "tomas"), "otto": ("pia", "piet"), "sanna": ("sven",)}
NAMES = {
    "rosa": "Rosa Lindqvist", "ravi": "Ravi Menon", "ines": "Ines Duarte", "tomas": "Tomas Novak",
    "pia": "Pia Kranz", "piet": "Piet Maas", "sven": "Sven Dahl",
}  # fmt: skip
TARGETS = {"rosa": 150_000_00, "ravi": 140_000_00, "ines": 130_000_00, "tomas": 120_000_00,
           "pia": 110_000_00, "piet": 100_000_00, "sven": 90_000_00}  # fmt: skip
STAGES = ("Talk", "Offer", "Paper")
MAPPING = {"Talk": "pipeline", "Offer": "best_case", "Paper": "commit"}


@dataclass(frozen=True)
class Row:
    """One deal as an export shows it; ``cents`` of euros."""

    id: str
    owner: str
    cents: int
    stage: str
    close_on: date
    created_on: date
    status: str = "open"
    closed_on: date | None = None


Rows = Mapping[str, Row]


def monday(week: int) -> date:
    """The Monday in a week of the quarter, which begins on a Thursday."""
    return FIRST + timedelta(days=7 * (week - 1) + 4)


def at(week: int, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(monday(week), time(hour, minute), UTC)


# What the CRM shows


def snapshots(seed: int = 2026) -> dict[int, dict[str, Row]]:
    """week -> every deal as the export of its Monday shows it."""
    rng = random.Random(seed)
    rows = _past(rng) | {f"D{n}": _opened(rng, f"D{n}", monday(1)) for n in range(28)}
    found = {1: dict(rows)}
    for week in WEEKS[1:]:
        day = monday(week)
        for key in list(rows):
            if rows[key].status == "open":
                rows[key] = _moved(rng, rows[key], day, last=week == WEEKS[-1])
        for n in range(2):
            key = f"W{week}.{n}"
            rows[key] = _opened(rng, key, day)
        found[week] = dict(rows)
    return found


def _past(rng: random.Random) -> dict[str, Row]:
    """Two years of ended deals, from which an estimate can learn."""
    rows = {}
    for n in range(150):
        created = date(2024, 6, 1) + timedelta(days=rng.randrange(700))
        closed = created + timedelta(days=rng.randrange(20, 110))
        if closed < FIRST:
            status = "won" if rng.random() < 0.4 else "lost"
            owner = rng.choice(sorted(NAMES))
            rows[f"P{n}"] = Row(
                f"P{n}", owner, rng.randrange(300_000, 4_000_000), "Paper", closed, created, status, closed
            )
    return rows


def _opened(rng: random.Random, key: str, day: date) -> Row:
    created = day - timedelta(days=rng.randrange(1, 60))
    due = day + timedelta(days=rng.randrange(10, 110))
    return Row(
        key, rng.choice(sorted(NAMES)), rng.randrange(300_000, 4_000_000), rng.choice(STAGES), due, created
    )


def _moved(rng: random.Random, row: Row, day: date, last: bool) -> Row:
    what, friday = rng.random(), day - timedelta(days=3)
    if what < 0.10:
        return replace(row, status="won", closed_on=friday, close_on=friday)
    if what < 0.16:
        return replace(row, status="lost", closed_on=friday, close_on=friday)
    if what < 0.26 or (row.close_on <= day and not last):
        return replace(row, close_on=max(row.close_on, day) + timedelta(days=rng.randrange(7, 60)))
    if what < 0.30:
        return replace(row, close_on=max(day + timedelta(days=5), row.close_on - timedelta(days=30)))
    if what < 0.38:
        return replace(row, stage=rng.choice(STAGES))
    if what < 0.46:
        return replace(row, cents=row.cents * rng.choice((70, 85, 120)) // 100)
    return row


HEADER = "deal_id,name,owner,amount,currency,stage,close_date,created_on,status,closed_on"


def as_csv(rows: Rows) -> str:
    """The export's file."""
    lines = [
        f"{r.id},Deal {r.id},{NAMES[r.owner]},{r.cents // 100}.{r.cents % 100:02d},EUR,{r.stage},"
        f"{r.close_on},{r.created_on},{r.status},{r.closed_on or ''}"
        for r in rows.values()
    ]
    return "\n".join([HEADER, *lines]) + "\n"


# What the numbers must be


def team(leader: str, week: int) -> tuple[str, ...]:
    """The reps of a leader from the Monday of a week on: Ines moves to Otto in week 7."""
    members = TEAMS[leader]
    if week >= MOVED_IN_WEEK:
        members = tuple(m for m in members if m != "ines") + (("ines",) if leader == "otto" else ())
    return members


def category(row: Row, week: int) -> str:
    """What a deal counts as; an offer means commit from week 9 on."""
    if row.status != "open":
        return "closed" if row.status == "won" else "omitted"
    return "commit" if row.stage == "Offer" and week >= MAPPED_IN_WEEK else MAPPING[row.stage]


def due(row: Row) -> date:
    return row.close_on if row.status == "open" else row.closed_on or row.close_on


def inside(row: Row | None) -> bool:
    return row is not None and FIRST <= due(row) <= LAST


def commit(row: Row | None, week: int) -> int:
    """What a deal brings to Commit with Closed."""
    counts = row is not None and inside(row) and category(row, week) in ("commit", "closed")
    return row.cents if row is not None and counts else 0


def booked(rows: Rows, owners: Iterable[str]) -> int:
    mine = set(owners)
    return sum(r.cents for r in rows.values() if r.owner in mine and r.status == "won" and inside(r))


def summed(rows: Rows, owners: Iterable[str], week: int) -> int:
    mine = set(owners)
    return sum(commit(r, week) for r in rows.values() if r.owner in mine)


def reason(was: Row | None, now: Row, week_before: int, week: int, was_in: bool, is_in: bool) -> str:
    """The one reason, first that applies, for which a deal moved Commit between two Mondays; '' for none."""
    before, after = (commit(was, week_before) if was_in else 0), (commit(now, week) if is_in else 0)
    if not before and not after:
        return ""
    if was is not None and was_in != is_in:
        return "came_with_owner" if is_in else "left_with_owner"
    if was is None:
        return "new"
    if now.status == "open" or not inside(now):
        if inside(was) and due(now) < FIRST:
            return "pulled_out"
        if inside(was) and due(now) > LAST:
            return "pushed"
        if due(was) > LAST and inside(now):
            return "pulled_in"
    if was.status == "open" and now.status == "won":
        return "pulled_in" if due(was) > LAST else "won"
    if was.status == "open" and now.status == "lost":
        return "lost"
    order = ["omitted", "pipeline", "best_case", "commit", "closed"]
    a, b = order.index(category(was, week_before)), order.index(category(now, week))
    return "category_up" if b > a else "category_down" if b < a else ""


def bars(was: Rows, now: Rows, week_before: int, week: int, leader: str) -> dict[str, int]:
    """kind -> cents, by the semantics: one reason per deal, a change of amount split off as a bar of its own."""
    found: dict[str, int] = {}
    for key, row in now.items():
        old = was.get(key)
        was_in = old is not None and old.owner in team(leader, week_before)
        is_in = row.owner in team(leader, week)
        before, after = (commit(old, week_before) if was_in else 0), (commit(row, week) if is_in else 0)
        if before == after:
            continue
        parts: list[tuple[str, int]] = []
        if before and after:
            parts = [("amount_up" if after > before else "amount_down", after - before)]
        else:
            # What came in came with the amount it had before, what left took that along; the rest is the amount's.
            base = old.cents if old is not None and old.cents else row.cents
            kind = reason(old, row, week_before, week, was_in, is_in)
            if after:
                parts = [(kind, base), ("amount_up" if after > base else "amount_down", after - base)]
            else:
                parts = [(kind, -before)]
        for kind, amount in parts:
            if amount:
                found[kind] = found.get(kind, 0) + amount
    return found


# How a page writes it


def thousands(cents: int) -> str:
    """Thousands of euros without decimals, as tables write them."""
    whole = (Decimal(cents) / 100_000).quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return f"{whole:,}".replace("-", "\N{MINUS SIGN}")

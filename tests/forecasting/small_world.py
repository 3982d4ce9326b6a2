"""A small simulated sales organisation for tests, of another family than the model: per-deal gamma-mixed lives.

Each deal has a hidden quality; each quarter a shared shock in log-odds. Nothing here imports the model.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import numpy as np

from fairlead.forecasting.types import Change, Deal, History, Member

FIRST = date(2022, 1, 1)
STAGES = ("Discover", "Propose", "Agree")


def world(
    *, seed: int, days: int = 1095, per_week: float = 12.0, shock: float = 0.25, teams: int = 2
) -> History:
    """A history of ``days`` days with stage changes, six persons, and a shock per quarter."""
    rng = np.random.default_rng(seed)
    shocks = rng.normal(0, shock, days // 91 + 2)
    members = _members(teams)
    reps = [m.id for m in members if m.manager]
    deals, changes = [], []
    for k in range(rng.poisson(per_week * days / 7)):
        deal, moved = _deal(rng, k, int(rng.integers(0, days)), days, reps, shocks)
        deals.append(deal)
        changes += moved
    return History(deals, changes, members, frozenset({"region"}))


def _members(teams: int) -> list[Member]:
    out = []
    for t in range(teams):
        out.append(Member(f"m{t}", f"Manager {t}"))
        out += [Member(f"m{t}r{r}", f"Rep {t}{r}", f"m{t}") for r in range(3)]
    return out


def _deal(
    rng: np.random.Generator, k: int, born: int, days: int, reps: list[str], shocks: np.ndarray
) -> tuple[Deal, list[Change]]:
    quality, amount = rng.normal(0, 0.6), float(np.round(np.exp(rng.normal(9.5, 0.9)), 2))
    region = ("north", "south", "east")[int(rng.integers(0, 3))]
    stage, status, closed, changes = 0, "open", None, []
    for day in range(born + 7, days, 7):
        won = 0.03 * (0.3 + stage) * np.exp(quality + shocks[day // 91] + 0.4 * (region == "north"))
        if rng.random() < won:
            status, closed = "won", day
        elif rng.random() < 0.05:
            status, closed = "lost", day
        elif stage < 2 and rng.random() < 0.2:
            changes.append(_change(f"d{k:05d}", "stage", STAGES[stage], STAGES[stage + 1], day))
            stage += 1
        if closed is not None:
            changes.append(_change(f"d{k:05d}", "status", "open", status, closed))
            break
    return (
        Deal(
            f"d{k:05d}", f"Deal {k}", reps[int(rng.integers(0, len(reps)))], amount, STAGES[stage],
            created_on=_day(born), status=status, closed_on=None if closed is None else _day(closed),  # type: ignore[arg-type]
            evidence={"region": region},
        ),
        changes,
    )  # fmt: skip


def _day(n: int) -> date:
    return FIRST + timedelta(days=int(n))


def _change(deal: str, field: str, old: str, new: str, day: int) -> Change:
    at = datetime.combine(_day(day), datetime.min.time(), UTC) + timedelta(hours=10)
    return Change(deal, field, old, new, at, at)

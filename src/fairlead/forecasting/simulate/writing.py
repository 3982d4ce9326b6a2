"""Writing a simulated organisation as the exchange format: what the CRM shows, and the truth in a folder apart."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path

from fairlead.forecasting.simulate.organisation import Organisation
from fairlead.forecasting.types import Member

_DEALS = (
    "deal_id name account owner amount currency stage forecast_category close_date created_on status closed_on "
    "product"
).split()


def write(organisation: Organisation, folder: Path) -> dict[str, int]:
    """Write deals, changes, people, targets, accounts (and rates) as CSV; file -> rows. Truth goes to ``truth/``."""
    history = organisation.history
    folder.mkdir(parents=True, exist_ok=True)
    written = {
        "deals.csv": _write(folder / "deals.csv", [*_DEALS, "segment"], _deals(organisation)),
        "changes.csv": _write(
            folder / "changes.csv",
            ["deal_id", "field", "old", "new", "at", "recorded_at"],
            (
                [c.deal_id, _NAMES.get(c.field, c.field), c.old, c.new, c.at, c.recorded_at]
                for c in history.changes
            ),
        ),
        "people.csv": _write(
            folder / "people.csv",
            ["person_id", "name", "manager", "role", "team", "starts_on", "ends_on"],
            (
                (
                    m.id,
                    m.name,
                    m.manager,
                    organisation.roles.get(m.id),
                    organisation.teams.get(m.id),
                    *_stay(m),
                )
                for m in history.members
            ),
        ),
        "targets.csv": _write(
            folder / "targets.csv",
            ["person_id", "period", "amount", "currency"],
            ([t.person, t.period, f"{t.amount:.0f}", history.currency] for t in organisation.targets),
        ),
        "accounts.csv": _write(
            folder / "accounts.csv",
            ["account_id", "name", "owner", "industry"],
            ([a.id, a.name, a.owner, a.industry] for a in organisation.accounts),
        ),
    }
    if organisation.rates:
        rows = ([currency, day, rate] for currency, day, rate in organisation.rates)
        written["rates.csv"] = _write(folder / "rates.csv", ["currency", "starts_on", "rate"], rows)
    _write_truth(organisation, folder / "truth")
    return written


def _stay(member: Member) -> tuple[date | None, date | None]:
    return member.starts_on, member.ends_on


_NAMES = {"category": "forecast_category"}


def _deals(organisation: Organisation) -> Iterable[Sequence[object]]:
    for d in organisation.history.deals:
        amount = None if d.amount is None else f"{d.amount:.2f}"
        yield [
            d.id, d.name, d.account, d.owner, amount, organisation.history.currency, d.stage, d.category,
            d.close_on, d.created_on, d.status, d.closed_on, d.product, d.evidence.get("segment", ""),
        ]  # fmt: skip


def _write_truth(organisation: Organisation, folder: Path) -> None:
    truth = organisation.truth
    folder.mkdir(exist_ok=True)
    _write(
        folder / "deals.csv",
        ["deal_id", "quality", "end", "ended_on"],
        ([id, f"{quality:.4f}", *truth.ends.get(id, ("", ""))] for id, quality in truth.quality.items()),
    )
    (folder / "organisation.json").write_text(
        json.dumps({"shocks": truth.shocks, "kinds": truth.kinds}, indent=1, sort_keys=True) + "\n"
    )


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    count = 0
    with path.open("w", encoding="utf-8", newline="") as stream:
        out = csv.writer(stream, lineterminator="\n")
        out.writerow(header)
        for row in rows:
            out.writerow([_cell(value) for value in row])
            count += 1
    return count


def _cell(value: object) -> str:
    if value is None:
        return ""
    return value.isoformat() if isinstance(value, date | datetime) else str(value)

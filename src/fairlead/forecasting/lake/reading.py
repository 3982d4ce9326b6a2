"""A history on disk, read back: its manifests, its tables by any engine, and the plain history of one company."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from fairlead.forecasting.lake import expressions
from fairlead.forecasting.lake.engines import Engine, Frame
from fairlead.forecasting.lake.tables import SCHEMA, TABLES
from fairlead.forecasting.lake.writing import MANIFEST
from fairlead.forecasting.periods import Calendar
from fairlead.forecasting.types import Change, Deal, History, Member, Status

_START = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Manifest:
    """What is said of one company's files. ``as_of``: everything recorded before that day is in them."""

    company: str
    as_of: date
    currency: str
    time_zone: str
    calendar: Calendar
    static: frozenset[str]
    left_out: dict[str, str]
    rows: dict[str, int]
    files: dict[str, tuple[Path, ...]]


class Unreadable(ValueError):
    """Why a folder is no history that can be read here."""


class Lake:
    """A folder of histories. Raises Unreadable where it holds none, or one of a later version, or one with a gap."""

    def __init__(self, folder: Path) -> None:
        found = sorted(folder.glob(f"company=*/{MANIFEST}"))
        if not found:
            raise Unreadable(f"{folder} holds no history. Write one: fairlead history write SOURCE {folder}")
        told = [_manifest(path) for path in found]
        self.manifests = {manifest.company: manifest for manifest in told}

    @property
    def companies(self) -> tuple[str, ...]:
        return tuple(self.manifests)

    def of(self, company: str) -> Manifest:
        """The manifest of a company. Raises Unreadable that names those that are there."""
        try:
            return self.manifests[company]
        except KeyError:
            there = ", ".join(self.companies)
            raise Unreadable(f"There is no company {company!r} here; there is {there}.") from None

    def table(self, engine: Engine, name: str, company: str | None = None) -> Frame:
        """A table of one company, or of all of them, as a lazy frame."""
        chosen = [self.of(company)] if company else list(self.manifests.values())
        return engine.scan([file for manifest in chosen for file in manifest.files[name]]).select(
            *TABLES[name]
        )

    def history(self, engine: Engine, company: str) -> History:
        """The history of one company as the library takes it. Names are not in it; ids stand for them."""
        told = self.of(company)

        def rows(name: str, *keys: str) -> list[tuple[Any, ...]]:
            frame = expressions.of_company(self.table(engine, name, company), company)
            found = engine.rows(expressions.ordered(frame, *keys))
            return [row[1:] for row in found]

        evidence: dict[str, dict[str, str]] = defaultdict(dict)
        for deal, name, value in rows("evidence", "deal", "name"):
            evidence[deal][name] = value
        shares: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
        for _, deal, person, low, high in rows("shares", "position"):
            shares[deal].append((person, low, high))
        deals = [_deal(row, evidence, shares) for row in rows("deals", "position")]
        changes = [
            Change(deal, field, old, new, _moment(at), _moment(recorded))
            for _, _, deal, field, old, new, at, recorded, _ in rows("events", "position")
        ]
        members = [
            Member(person, "", manager, starts, ends)
            for _, person, manager, starts, ends in rows("members", "position")
        ]
        return History(deals, changes, members, told.static, told.currency, told.time_zone)


def _deal(
    row: tuple[Any, ...], evidence: dict[str, dict[str, str]], shares: dict[str, list[tuple[str, int, int]]]
) -> Deal:
    _, _, key, owner, amount, stage, category, created, due, status, closed, product, kind, twin = row
    return Deal(
        key, f"twin {twin}" if twin else "", owner, amount, stage, category, created, due, cast(Status, status),
        closed, "", product, kind, dict(evidence.get(key, {})), tuple(shares.get(key, ())),
    )  # fmt: skip


def _moment(micros: int) -> datetime:
    return _START + timedelta(microseconds=micros)


def _manifest(path: Path) -> Manifest:
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        schema = int(told["schema"])
        if schema > SCHEMA:
            raise Unreadable(
                f"{path}: written by a later version of Fairlead (schema {schema}, here {SCHEMA})."
            )
        where = path.parent / told["folder"]
        manifest = Manifest(
            told["company"], date.fromisoformat(told["as_of"]), told["currency"], told["time_zone"],
            Calendar(**told["calendar"]), frozenset(told["static"]), told["left_out"], told["rows"],
            {name: tuple(where / one["file"] for one in told["files"][name]) for name in TABLES},
        )  # fmt: skip
    except (OSError, ValueError, KeyError, TypeError) as problem:
        if isinstance(problem, Unreadable):
            raise
        raise Unreadable(f"{path} cannot be read as a manifest. Write the company again.") from None
    for files in manifest.files.values():
        for file in files:
            if not file.is_file():
                raise Unreadable(f"{file} is missing. Write {manifest.company} again.")
    return manifest

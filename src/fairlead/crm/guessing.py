"""Guessing a mapping for a foreign table: per column a field, why, and three samples, for the mapping page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from fairlead.crm import tables, values
from fairlead.crm.mapping import Mapping, TableMap
from fairlead.crm.reading import LOST_WORDS, WON_WORDS

_HINTS: dict[str, tuple[str, ...]] = {
    "deal_id": (
        "opportunity id",
        "deal id",
        "record id",
        "opportunity number",
        "case id",
        "lead id",
        "id",
        "number",
    ),
    "name": ("opportunity name", "deal name", "name", "title", "topic", "subject", "opportunity"),
    "account": ("account", "company", "customer", "client", "organisation", "organization", "account name"),
    "owner": (
        "owner",
        "sales agent",
        "sales rep",
        "rep",
        "salesperson",
        "account executive",
        "seller",
        "assigned to",
    ),
    "amount": (
        "amount",
        "value",
        "close value",
        "deal value",
        "revenue",
        "price",
        "deal cost",
        "amount requested",
    ),
    "currency": ("currency", "currency code"),
    "stage": ("stage", "deal stage", "pipeline stage", "phase", "step", "sales stage"),
    "forecast_category": ("forecast category", "category", "forecast"),
    "close_on": ("close date", "expected close", "expected close date", "due date", "expected closing"),
    "created_on": (
        "created",
        "created date",
        "create date",
        "engage date",
        "opened",
        "registered",
        "deal date",
    ),
    "status": ("status", "outcome", "result", "opportunity result", "won lost", "state"),
    "closed_on": ("closed on", "closed date", "actual close date", "won date"),
    "product": ("product", "product name", "solution", "line"),
    "source": ("lead source", "source", "origin", "channel"),
    "type": ("type", "deal type", "opportunity type"),
    "next_step": ("next step", "next action"),
    "arr": ("arr", "annual recurring revenue", "annual contract value", "acv"),
    "quantity": ("quantity", "units", "seats", "licences", "licenses", "total opportunity quantity"),
}
LABELS = {
    "deal_id": "Deal id",
    "name": "Name",
    "account": "Account",
    "owner": "Owner",
    "amount": "Amount",
    "currency": "Currency",
    "stage": "Stage",
    "forecast_category": "Forecast category",
    "close_on": "Expected close date",
    "created_on": "Created on",
    "status": "Status (won, lost, open)",
    "closed_on": "Closed on",
    "product": "Product",
    "source": "Lead source",
    "type": "Type",
    "next_step": "Next step",
    "arr": "Recurring revenue a year (ARR)",
    "quantity": "Quantity, units",
}
"""Fields of a deal in words, in the order of the page."""


@dataclass(frozen=True, slots=True)
class Guess:
    """What a column probably is. ``field`` is empty where nothing fits; ``samples`` are up to three values."""

    column: str
    field: str
    why: str
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Guessed:
    """A guess for a whole table, and the words of its status column."""

    table: str
    columns: tuple[Guess, ...]
    status_words: tuple[str, ...]
    mapping: Mapping


def guess(table: tables.Table, rows: int = 2000) -> Guessed:
    """Guess from column names and the first rows what each column holds."""
    sample = [cells for _, cells in islice(table.rows(), rows)]
    scored = sorted(
        ((_score(column, field), column, field) for column in table.header for field in _HINTS),
        key=lambda item: -item[0],
    )
    chosen: dict[str, tuple[str, str]] = {}
    for score, column, field in scored:
        taken = {f for f, _ in chosen.values()}
        if score <= 0 or column in chosen or field in taken:
            continue
        why = _fits(field, [cells[column] for cells in sample])
        if why:
            chosen[column] = (field, f"the name says so, and {why}")
    if "deal_id" not in {f for f, _ in chosen.values()}:
        _find_id(table.header, sample, chosen)
    _closed_on(sample, chosen)
    columns = tuple(
        Guess(c, *chosen.get(c, ("", "no field fits; it can be kept as evidence")), _samples(sample, c))
        for c in table.header
    )
    words = _status_words(sample, chosen)
    return Guessed(table.name, columns, words, _mapping(table, chosen, words))


def _plain(name: str) -> str:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return re.sub(r"[^a-z0-9]+", " ", spaced.lower()).strip()


def _score(column: str, field: str) -> float:
    """How well a column's name fits a field: whole hints first, then words of them."""
    name = _plain(column)
    best = 0.0
    for rank, hint in enumerate(_HINTS[field]):
        if name == hint:
            best = max(best, 10 - rank * 0.1)
        elif name.endswith(" " + hint) or name.startswith(hint + " "):
            best = max(best, 5 - rank * 0.1)
    return best


def _fits(field: str, cells: Sequence[str]) -> str:
    """Why the values fit the field, or empty when they do not."""
    filled = [cell for cell in cells if cell.strip()]
    if not filled:
        return "its values are empty so far"
    if field == "deal_id":
        return "every value is there once" if len(set(filled)) == len(cells) else ""
    if field in ("amount", "arr", "quantity"):
        return "its values are amounts" if _share(filled, values.money) > 0.95 else ""
    if field in ("close_on", "created_on", "closed_on"):
        orders = values.orders(filled)
        good = bool(orders) and _share(filled, lambda cell: values.day(cell, sorted(orders)[0])) > 0.95
        return "its values are days" if good else ""
    if field == "currency":
        return "its values are currencies" if _share(filled, values.currency) > 0.95 else ""
    if field in ("stage", "status", "forecast_category", "type"):
        return f"it has {len(set(filled))} different values" if len(set(filled)) <= 60 else ""
    return "its values are words"


def _share(cells: Sequence[str], parse: object) -> float:
    good = 0
    for cell in cells:
        try:
            good += parse(cell) is not None  # type: ignore[operator]
        except values.Unreadable:
            continue
    return good / len(cells)


def _find_id(header: Sequence[str], sample: list[dict[str, str]], chosen: dict[str, tuple[str, str]]) -> None:
    for column in header:
        cells = [cells[column] for cells in sample]
        if column not in chosen and cells and all(cells) and len(set(cells)) == len(cells):
            chosen[column] = ("deal_id", "every row has another value here")
            return


def _closed_on(sample: list[dict[str, str]], chosen: dict[str, tuple[str, str]]) -> None:
    """A close date that only closed rows have is the day of closing, not an expectation."""
    by_field = {field: column for column, (field, _) in chosen.items()}
    close, status = by_field.get("close_on"), by_field.get("status") or by_field.get("stage")
    if not close or not status or "closed_on" in by_field:
        return
    closed = {True: [0, 0], False: [0, 0]}
    for cells in sample:
        done = cells[status].strip().lower() in WON_WORDS | LOST_WORDS
        closed[done][bool(cells[close].strip())] += 1
    if closed[True][1] and not closed[True][0] and closed[False][0] and not closed[False][1]:
        chosen[close] = ("closed_on", "it is filled on closed rows only, so it is the day of closing")


def _samples(sample: list[dict[str, str]], column: str) -> tuple[str, ...]:
    distinct = dict.fromkeys(cells[column].strip() for cells in sample if cells[column].strip())
    return tuple(value[:60] for value in list(distinct)[:3])


def _status_words(sample: list[dict[str, str]], chosen: dict[str, tuple[str, str]]) -> tuple[str, ...]:
    by_field = {field: column for column, (field, _) in chosen.items()}
    column = by_field.get("status") or by_field.get("stage")
    if column is None:
        return ()
    return tuple(
        word for word, _ in Counter(cells[column].strip() for cells in sample).most_common(40) if word
    )


def _mapping(table: tables.Table, chosen: dict[str, tuple[str, str]], words: Sequence[str]) -> Mapping:
    columns = {field: (column,) for column, (field, _) in chosen.items()}
    if "status" not in columns and "stage" in columns:
        columns["status"] = columns["stage"]
    won = tuple(word for word in words if word.lower() in WON_WORDS)
    lost = tuple(word for word in words if word.lower() in LOST_WORDS)
    return Mapping(deals=TableMap(table.name, columns), won=won, lost=lost)

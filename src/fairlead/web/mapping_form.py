"""The mapping page as values: what each table holds, what each column is, which words mean won and lost.

A guess fills the form first; what a person chose comes back as a ``crm.Mapping``, which is TOML from then on.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from fairlead import crm
from fairlead.crm import guessing, reading, recognise, tables, values
from fairlead.crm.mapping import TableMap

SAMPLE = 100_000
"""Rows looked at for words of the status column and for the order of days."""
LEAVE, EVIDENCE, STATIC = "", "evidence", "static"
_KEPT = {
    EVIDENCE: "Keep it: may serve the estimate",
    STATIC: "Keep it: known from the first day on",
    LEAVE: "Leave it out",
}
ROLES = {
    "deals": "Deals",
    "people": "People and who reports to whom",
    "targets": "Targets",
    "accounts": "Accounts",
    "contacts": "Contacts",
    "changes": "Changes of deals",
    "rates": "Conversion rates",
    "": "Nothing that is needed here",
}
FIELDS: dict[str, dict[str, str]] = {
    "deals": {name: label for name, label in guessing.LABELS.items() if name != "status"},
    "people": {
        "person_id": "Person id, or name where there is no id",
        "name": "Name",
        "email": "Work email",
        "manager": "Manager (their person id)",
        "role": "Role",
        "title": "Title",
        "team": "Name of the team they lead",
        "territory": "Territory",
        "starts_on": "First day",
        "ends_on": "Last day",
        "currency": "Currency",
        "time_zone": "Time zone",
    },
    "targets": {
        "person_id": "Person id",
        "period": "Period",
        "amount": "Amount",
        "currency": "Currency",
        "type": "Type",
        "reason": "Reason of a change",
    },
    "accounts": {
        "account_id": "Account id",
        "name": "Name",
        "owner": "Owner",
        "industry": "Industry",
        "country": "Country",
    },
    "contacts": {
        "contact_id": "Contact id",
        "name": "Name",
        "account": "Account",
        "email": "Email",
        "title": "Title",
    },
    "changes": {
        "deal_id": "Deal id",
        "at": "When it was true",
        "recorded_at": "When it was recorded",
        "by": "Who changed it",
        "field": "Which field",
        "old": "Old value",
        "new": "New value",
        "stage": "Stage",
        "amount": "Amount",
        "close_on": "Expected close date",
        "forecast_category": "Forecast category",
        "owner": "Owner",
    },
    "rates": {"currency": "Currency", "starts_on": "From", "rate": "Rate"},
}
NEEDED = {
    "deals": ["deal_id"],
    "people": ["person_id"],
    "targets": ["person_id", "period", "amount"],
    "accounts": ["account_id"],
    "contacts": ["contact_id"],
    "changes": ["deal_id", "at"],
    "rates": ["currency", "starts_on", "rate"],
}
MEANINGS = {"open": "Open", "won": "Won", "lost": "Lost"}
DATE_FORMATS = {
    "": "As the values tell",
    "%d/%m/%Y": "Day first: 24/11/2026",
    "%m/%d/%Y": "Month first: 11/24/2026",
    "%Y-%m-%d": "Year first: 2026-11-24",
}
DECIMALS = {"": "As the values tell", ".": "A point: 1,234.50", ",": "A comma: 1.234,50"}
_DAYS = {"close_on", "created_on", "closed_on", "starts_on", "ends_on", "at", "recorded_at"}
_WORDS: dict[str, dict[str, str]] = {
    "people": {
        "manager": r"\b(manager|reports to|supervisor|boss)\b",
        "email": r"\be.?mail\b",
        "person_id": r"\b(agent|rep|seller|salesperson|employee|user|person|owner|name|id)\b",
        "role": r"\brole\b",
        "title": r"\b(title|position)\b",
        "team": r"\bteam\b",
        "territory": r"\b(territory|region|regional|office|area)\b",
    },
    "targets": {
        "person_id": r"\b(person|owner|rep|agent|name|id)\b",
        "period": r"\b(period|quarter|month)\b",
        "amount": r"\b(amount|quota|target)\b",
        "currency": r"\bcurrency\b",
        "reason": r"\breason\b",
    },
    "accounts": {
        "account_id": r"\b(account|company|customer|id)\b",
        "industry": r"\b(industry|sector)\b",
        "country": r"\b(country|location)\b",
        "owner": r"\bowner\b",
    },
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it is taken for, why, and up to three of its values."""

    number: int
    name: str
    field: str
    why: str
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table. ``known`` names the export it was recognised as; then there is nothing to map."""

    number: int
    name: str
    role: str
    known: str
    columns: tuple[Column, ...]
    options: tuple[tuple[str, str], ...]

    def column_of(self, field: str) -> str:
        return next((column.name for column in self.columns if column.field == field), "")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the status column, how many rows have it, and what it means."""

    number: int
    word: str
    rows: int
    meaning: str


@dataclass(frozen=True, slots=True)
class Form:
    """Everything the page shows."""

    sheets: tuple[Sheet, ...]
    status: str
    """the column that says won or lost"""
    words: tuple[Word, ...]
    currency: str
    time_zone: str
    date_format: str
    decimal: str
    ambiguous: tuple[str, ...]
    """columns whose days can be read in two ways"""
    problems: tuple[str, ...] = ()

    @property
    def deals(self) -> Sheet | None:
        return next((sheet for sheet in self.sheets if sheet.role == "deals" and not sheet.known), None)


def guessed(found: Sequence[tables.Table], currency: str, time_zone: str) -> Form:
    """The form as guessed from names and values."""
    sheets = [_guess_sheet(number, table) for number, table in enumerate(found)]
    sheets = _one_deals_sheet(sheets)
    form = Form(tuple(sheets), "", (), currency, time_zone, "", "", ())
    deals = form.deals
    if deals is not None:
        guess = guessing.guess(found[deals.number]).mapping
        status = next(iter(guess.deals.columns.get("status", ())), "")
        form = replace(form, status=status, words=_words(found[deals.number], status, guess.won, guess.lost))
    return replace(form, ambiguous=_ambiguous(found, form))


def _guess_sheet(number: int, table: tables.Table) -> Sheet:
    known = recognise.recognise(table.header)
    if known is not None:
        return _sheet(number, table, known.rows, {}, known.source)
    role, fields = _guess_role(table)
    return _sheet(number, table, role, fields)


def _guess_role(table: tables.Table) -> tuple[str, dict[str, tuple[str, str]]]:
    """What a table holds and column -> (field, why)."""
    people = _by_words(table, "people")
    has_manager = any(field == "manager" for field, _ in people.values())
    fields = {guess.column: (guess.field, guess.why) for guess in guessing.guess(table).columns}
    chosen = {field for field, _ in fields.values()}
    if has_manager and not chosen & {"amount", "stage", "status", "closed_on", "close_on"}:
        return "people", people
    if "deal_id" in chosen and chosen & {"amount", "stage", "status", "close_on", "closed_on"}:
        return "deals", fields
    targets = _by_words(table, "targets")
    if {"person_id", "period", "amount"} <= {field for field, _ in targets.values()}:
        return "targets", targets
    return "", {}


def _by_words(table: tables.Table, role: str) -> dict[str, tuple[str, str]]:
    found: dict[str, tuple[str, str]] = {}
    for field, pattern in _WORDS.get(role, {}).items():
        for column in table.header:
            plain = re.sub(r"[^a-z0-9]+", " ", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", column).lower())
            if column not in found and re.search(pattern, plain):
                found[column] = (field, "the name says so")
                break
    return found


def _one_deals_sheet(sheets: list[Sheet]) -> list[Sheet]:
    """Of several tables that look like deals the one with most fields; the others are for the person to say."""
    like = [sheet for sheet in sheets if sheet.role == "deals"]
    best = max(
        like, key=lambda sheet: (bool(sheet.known), sum(bool(c.field) for c in sheet.columns)), default=None
    )
    return [
        replace(sheet, role="") if sheet.role == "deals" and sheet is not best and not sheet.known else sheet
        for sheet in sheets
    ]


def _sheet(
    number: int, table: tables.Table, role: str, fields: Mapping[str, tuple[str, str]], known: str = ""
) -> Sheet:
    kept = role == "deals"
    seen = _samples(table)
    nothing = "No field fits." if role else ""
    columns = tuple(
        Column(
            place,
            name,
            fields.get(name, ("", ""))[0] or (EVIDENCE if kept else LEAVE),
            _sentence(fields.get(name, ("", nothing))[1]),
            seen[name],
        )
        for place, name in enumerate(table.header)
    )
    return Sheet(number, table.name, role, known, columns, options(role))


def _sentence(why: str) -> str:
    return f"{why[:1].upper()}{why[1:]}{'' if why.endswith('.') or not why else '.'}"


def options(role: str) -> tuple[tuple[str, str], ...]:
    """The choices for a column of a table that holds ``role``."""
    kept = _KEPT if role == "deals" else {LEAVE: _KEPT[LEAVE]}
    return (*kept.items(), *FIELDS.get(role, {}).items())


def _samples(table: tables.Table) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {name: {} for name in table.header}
    for _, cells in islice(table.rows(), 500):
        for name, seen in found.items():
            value = cells[name].strip()
            if value and len(seen) < 3:
                seen[value[:60]] = None
    return {name: tuple(seen) for name, seen in found.items()}


def _words(table: tables.Table, column: str, won: Iterable[str], lost: Iterable[str]) -> tuple[Word, ...]:
    if column not in table.header:
        return ()
    counted = Counter(cells[column].strip() for _, cells in islice(table.rows(), SAMPLE))
    wins, losses = {w.lower() for w in won}, {w.lower() for w in lost}
    if not wins and not losses:
        wins, losses = reading.WON_WORDS, reading.LOST_WORDS
    ranked = [(word, rows) for word, rows in counted.most_common(40) if word]
    return tuple(
        Word(n, word, rows, "won" if word.lower() in wins else "lost" if word.lower() in losses else "open")
        for n, (word, rows) in enumerate(ranked)
    )


def _ambiguous(found: Sequence[tables.Table], form: Form) -> tuple[str, ...]:
    names = []
    for sheet in form.sheets:
        days = [column.name for column in sheet.columns if column.field in _DAYS]
        if not days or sheet.known:
            continue
        cells: dict[str, set[str]] = {name: set() for name in days}
        for _, row in islice(found[sheet.number].rows(), SAMPLE):
            for name in days:
                cells[name].add(row[name])
        names += [
            name
            for name in days
            if {"dmy", "mdy"} <= values.orders(cells[name]) and len(values.orders(cells[name])) < 3
        ]
    return tuple(names)


# From a mapping, and from what was sent


def from_mapping(found: Sequence[tables.Table], mapping: crm.Mapping, currency: str, time_zone: str) -> Form:
    """The form as a mapping has it; tables it does not speak of as guessed."""
    first = guessed(found, currency, time_zone)
    sheets = [_mapped_sheet(sheet, found[sheet.number], mapping, len(found) == 1) for sheet in first.sheets]
    form = replace(
        first,
        sheets=tuple(sheets),
        currency=mapping.currency or currency,
        time_zone=mapping.time_zone or time_zone,
        date_format=mapping.date_format,
        decimal=mapping.decimal,
    )
    deals = form.deals
    if deals is None:
        return form
    status = next((c for c in mapping.deals.columns.get("status", ()) if c in found[deals.number].header), "")
    words = _words(found[deals.number], status, mapping.won, mapping.lost)
    return replace(form, status=status, words=words, ambiguous=_ambiguous(found, form))


def _mapped_sheet(sheet: Sheet, table: tables.Table, mapping: crm.Mapping, alone: bool) -> Sheet:
    for role in FIELDS:
        said = mapping.table(role)
        same = said.file and _stem(said.file) == _stem(table.name)
        if not said.columns or not (same or (not said.file and (alone or _stem(table.name) == role))):
            continue
        lower = {name.lower(): name for name in table.header}
        fields = {
            lower[column.lower()]: (field, "The mapping says so.")
            for field, columns in reversed(list(said.columns.items()))
            if field != "status"
            for column in reversed(columns)
            if column.lower() in lower
        }
        mapped = _sheet(sheet.number, table, role, fields)
        return replace(mapped, columns=tuple(_kept_as(c, mapping) for c in mapped.columns))
    return sheet


def _kept_as(column: Column, mapping: crm.Mapping) -> Column:
    if column.field != EVIDENCE:
        return column
    if column.name in mapping.static:
        return replace(column, field=STATIC)
    left = bool(mapping.evidence) and column.name not in mapping.evidence
    return replace(column, field=LEAVE) if left else column


def _stem(name: str) -> str:
    return re.sub(r"\.(csv|tsv|txt|xlsx)$", "", name.strip().lower())


def sent(found: Sequence[tables.Table], data: Mapping[str, str]) -> Form:
    """The form as somebody sent it. What a table holds may have changed: then its columns are guessed anew."""
    sheets = tuple(_sent_sheet(_guess_sheet(n, table), table, data) for n, table in enumerate(found))
    form = Form(
        sheets,
        data.get("status", ""),
        (),
        data.get("currency", "").strip().upper()[:3],
        data.get("time_zone", "").strip()[:60],
        data.get("date_format", "")[:40],
        data.get("decimal", "")[:1],
        (),
    )
    deals = form.deals
    if deals is not None:
        if form.status not in found[deals.number].header:
            form = replace(form, status="")
        words = _words(found[deals.number], form.status, (), ())
        meanings = {data.get(f"word-{n}", ""): data.get(f"means-{n}", "") for n in range(40)}
        words = tuple(
            replace(w, meaning=meanings[w.word]) if meanings.get(w.word) in MEANINGS else w for w in words
        )
        form = replace(form, words=words)
    form = replace(form, ambiguous=_ambiguous(found, form))
    return replace(form, problems=tuple(_missing(form)))


def _sent_sheet(sheet: Sheet, table: tables.Table, data: Mapping[str, str]) -> Sheet:
    role = data.get(f"t{sheet.number}", sheet.role)
    if sheet.known or role not in ROLES:
        return sheet
    if role != data.get(f"t{sheet.number}-was", role):
        fields = _by_words(table, role)
        if role == "deals":
            fields = {guess.column: (guess.field, guess.why) for guess in guessing.guess(table).columns}
        return _sheet(sheet.number, table, role, fields)
    fitting = _sheet(sheet.number, table, role, {})
    allowed = {value for value, _ in fitting.options}
    why = {column.name: column.why for column in sheet.columns} if role == sheet.role else {}
    columns = tuple(
        replace(
            column,
            field=said
            if (said := data.get(f"t{sheet.number}c{column.number}", column.field)) in allowed
            else LEAVE,
            why=why.get(column.name, ""),
        )
        for column in fitting.columns
    )
    return replace(fitting, columns=columns)


def _missing(form: Form) -> list[str]:
    problems = []
    for sheet in form.sheets:
        if sheet.known or not sheet.role:
            continue
        fields = [c.field for c in sheet.columns if c.field not in (LEAVE, EVIDENCE, STATIC)]
        for field in NEEDED[sheet.role]:
            if field not in fields:
                words = FIELDS[sheet.role][field]
                problems.append(
                    f"{sheet.name}: say which column is “{words}”. Without it rows cannot be told apart."
                )
        for field, count in Counter(fields).items():
            if count > 1:
                problems.append(
                    f"{sheet.name}: {count} columns are “{FIELDS[sheet.role][field]}”. Choose one."
                )
    for role, count in Counter(s.role for s in form.sheets if s.role and not s.known).items():
        if count > 1:
            problems.append(f"{count} files hold “{ROLES[role]}”. Import them one after the other.")
    return problems


def mapping_of(form: Form, before: crm.Mapping) -> crm.Mapping:
    """The form as a mapping; what the page does not show (corrections, an event log) stays as ``before`` has it."""
    parts: dict[str, TableMap] = {
        sheet.role: TableMap(sheet.name, _columns(sheet, form))
        for sheet in form.sheets
        if sheet.role and not sheet.known
    }
    deals = form.deals
    kept = [c for c in deals.columns if c.field in (EVIDENCE, STATIC)] if deals else []
    return replace(
        before,
        deals=parts.get("deals", TableMap()),
        people=parts.get("people", TableMap()),
        targets=parts.get("targets", TableMap()),
        accounts=parts.get("accounts", TableMap()),
        contacts=parts.get("contacts", TableMap()),
        changes=parts.get("changes", TableMap()),
        rates=parts.get("rates", TableMap()),
        evidence=tuple(column.name for column in kept),
        static=tuple(column.name for column in kept if column.field == STATIC),
        won=tuple(word.word for word in form.words if word.meaning == "won"),
        lost=tuple(word.word for word in form.words if word.meaning == "lost"),
        currency=form.currency,
        time_zone=form.time_zone,
        date_format=form.date_format,
        decimal=form.decimal,
    )


def _columns(sheet: Sheet, form: Form) -> dict[str, tuple[str, ...]]:
    fields = FIELDS[sheet.role]
    columns: dict[str, tuple[str, ...]] = {c.field: (c.name,) for c in sheet.columns if c.field in fields}
    if sheet.role == "deals" and form.status:
        columns["status"] = (form.status,)
    return columns

"""The mapping page as values: what each table holds, what each column is, which words mean won and lost.

A guess fills the form first; what a person chose comes back as a ``crm.Mapping``, which is TOML from then on.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from fairlead import crm
from fairlead.crm import guessing, reading, recognise, tables, values
from fairlead.crm.mapping import TableMap
from fairlead.territories import rules as territories

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
    "contacts": "The buyers’ people",
    "activities": "Calls, meetings, mails with accounts",
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
        "tier": "Tier",
        "renewal_on": "Day of the renewal",
        "renewal_amount": "Amount of the renewal",
        "renewal_currency": "Currency of the renewal",
    },
    "contacts": {
        "contact_id": "Contact id",
        "name": "Name",
        "account": "Account",
        "email": "Email",
        "title": "Title",
        "state": "Whether they are still there",
    },
    "activities": {
        "activity_id": "Id of the contact",
        "on": "Day",
        "kind": "Kind: call, meeting, mail",
        "account": "Account",
        "deal_id": "Deal id",
        "way": "Whether both sides took part",
        "outcome": "Outcome",
        "direction": "Direction",
        "by": "Who of us",
        "contact": "Who of the buyer’s people",
        "deleted": "Deleted",
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
    "activities": ["activity_id", "on", "kind"],
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
KIND_MEANINGS = {
    "call": "A call",
    "meeting": "A meeting",
    "mail": "A mail",
    "visit": "A visit",
    "event": "An event",
    reading.NO_CONTACT: "No contact: leave it out",
}
WAY_MEANINGS = {
    "two": "Both sides took part",
    "held": "It was held: both, for meetings and visits",
    "one": "Sent or tried only",
    "": "It does not say",
}
STATE_MEANINGS = {
    "there": "They are there",
    "left": "They left the buyer’s company",
    "bounced": "Mail comes back",
    "": "It does not say",
}
_SAID = {
    "kind": KIND_MEANINGS, "way": WAY_MEANINGS, "outcome": WAY_MEANINGS, "direction": WAY_MEANINGS,
    "state": STATE_MEANINGS,
}  # fmt: skip
"""Fields whose words mean one of a few things, of contacts with accounts and of the buyers' people."""
_WRITTEN = {"two": "two", "held": "done", "one": "one"}
"""How a meaning of a way is written, so that it is read as that."""
MOST_WORDS = 40
_DAYS = {
    "on",
    "renewal_on",
    "close_on",
    "created_on",
    "closed_on",
    "starts_on",
    "ends_on",
    "at",
    "recorded_at",
}
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
    "contacts": {
        "email": r"\be.?mail\b",
        "account": r"\b(account|company|customer|client|organi[sz]ation)\b",
        "state": r"\b(left|bounced|no longer|status|state|active)\b",
        "title": r"\b(title|position|function)\b",
        "name": r"\b(name|contact)\b",
        "contact_id": r"\b(id|number|no|nr|key|ref|reference)\b",
    },
    "activities": {
        "account": r"\b(account|company|customer|client|organi[sz]ation)\b",
        "deal_id": r"\b(deal|opportunity)\b",
        "activity_id": r"\b(id|number|no|nr|key|ref|reference)\b",
        "kind": r"\b(type|kind|channel|subtype|activity)\b",
        "on": r"\b(date|day|on|when|start|time)\b",
        "way": r"\b(two way|both)\b",
        "outcome": r"\b(outcome|result|disposition|answered|held|reached)\b",
        "direction": r"\b(direction|inbound|in out)\b",
        "contact": r"\b(contact|attendee|participant|with)\b",
        "by": r"\b(by|owner|rep|agent|user|seller|assigned|who)\b",
        "deleted": r"\bdeleted\b",
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
class Said:
    """The words of a column, of which each means one of a few things. ``sheet`` and ``number`` are of its column."""

    sheet: int
    number: int
    column: str
    title: str
    words: tuple[Word, ...]
    meanings: tuple[tuple[str, str], ...]


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
    said: tuple[Said, ...] = ()
    """words of contacts with accounts and of the buyers' people"""

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
    return replace(form, ambiguous=_ambiguous(found, form), said=_said(found, form, {}))


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
    if contacts := _guess_contacts(table, chosen):
        return contacts
    if has_manager and not chosen & {"amount", "stage", "status", "closed_on", "close_on"}:
        return "people", people
    if "deal_id" in chosen and chosen & {"amount", "stage", "status", "close_on", "closed_on"}:
        return "deals", fields
    targets = _by_words(table, "targets")
    if {"person_id", "period", "amount"} <= {field for field, _ in targets.values()}:
        return "targets", targets
    return "", {}


def _guess_contacts(
    table: tables.Table, deal: Collection[str]
) -> tuple[str, dict[str, tuple[str, str]]] | None:
    """Contacts with accounts, or the buyers' people; None for neither. ``deal``: the fields of a deal it could have."""
    rows = [cells for _, cells in islice(table.rows(), 500)]
    made = _by_words(table, "activities")
    by_field = {field: column for column, (field, _) in made.items()}
    if {"kind", "on"} <= by_field.keys() and _share(rows, by_field["kind"], _is_kind) > 0.5:
        if "activity_id" not in by_field:
            made |= _only_once(table, rows, made, "activity_id")
        made[by_field["kind"]] = ("kind", "The name says so, and its values are kinds of contacts")
        return "activities", made
    buyers = _by_words(table, "contacts")
    by_field = {field: column for column, (field, _) in buyers.items()}
    whole = {"email", "account", "name"} <= by_field.keys() and not {"amount", "stage"} & set(deal)
    if whole and _share(rows, by_field["email"], lambda cell: "@" in cell) > 0.5:
        if "contact_id" not in by_field:
            buyers |= _only_once(table, rows, buyers, "contact_id")
        return "contacts", buyers
    return None


def _is_kind(cell: str) -> bool:
    return territories.kind_of(cell) is not None


def _share(rows: Sequence[Mapping[str, str]], column: str, fits: Callable[[str], bool]) -> float:
    """The share of filled cells that fit."""
    filled = [cell for row in rows if (cell := row[column].strip())]
    return sum(map(fits, filled)) / len(filled) if filled else 0.0


def _only_once(
    table: tables.Table, rows: Sequence[Mapping[str, str]], taken: Collection[str], field: str
) -> dict[str, tuple[str, str]]:
    """The first free column whose every value is there once, as the id."""
    for column in table.header:
        cells = [row[column].strip() for row in rows]
        if column not in taken and cells and all(cells) and len(set(cells)) == len(cells):
            return {column: (field, "every row has another value here")}
    return {}


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


def _said(
    found: Sequence[tables.Table], form: Form, corrected: Mapping[str, Mapping[str, str]]
) -> tuple[Said, ...]:
    """The words of columns of contacts, with what each means: as corrected, else as it says by itself."""
    every = []
    for sheet in form.sheets:
        if sheet.known or sheet.role not in ("activities", "contacts"):
            continue
        columns = [column for column in sheet.columns if column.field in _SAID]
        counted: dict[str, Counter[str]] = {column.name: Counter() for column in columns}
        for _, cells in islice(found[sheet.number].rows(), SAMPLE):
            for name, words in counted.items():
                words[cells[name].strip()] += 1
        for column in columns:
            ranked = [(word, n) for word, n in counted[column.name].most_common(MOST_WORDS + 1) if word]
            words_ = tuple(
                Word(n, word, rows, _meaning(column.field, corrected.get(column.name, {}).get(word, word)))
                for n, (word, rows) in enumerate(ranked[:MOST_WORDS])
            )
            options_ = tuple(_SAID[column.field].items())
            every.append(
                Said(sheet.number, column.number, column.name, _title(sheet, column.field), words_, options_)
            )
    return tuple(every)


def _title(sheet: Sheet, field: str) -> str:
    return FIELDS[sheet.role][field]


def _meaning(field: str, word: str) -> str:
    """What a word of a column says by itself, as one of the column's meanings."""
    if field == "kind":
        return territories.kind_of(word) or reading.NO_CONTACT
    return territories.state_of(word) if field == "state" else territories.says(word)


def _corrections(form: Form, before: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """Corrections of values: of columns whose words are shown as they were chosen, of others as before."""
    kept = {column: dict(pairs) for column, pairs in before.items()}
    for said in form.said:
        field = next(c.field for c in form.sheets[said.sheet].columns if c.number == said.number)
        shown = {word.word for word in said.words}
        pairs = {old: new for old, new in kept.get(said.column, {}).items() if old not in shown}
        for word in said.words:
            unknown = field == "kind" and territories.kind_of(word.word) is None
            if unknown or _meaning(field, word.word) != word.meaning:
                pairs[word.word] = (
                    word.meaning if field in ("kind", "state") else _WRITTEN.get(word.meaning, "")
                )
                pairs[word.word] = pairs[word.word] or NOTHING
        kept.pop(said.column, None)
        if pairs:
            kept[said.column] = pairs
    return kept


NOTHING = "unknown"
"""What a word becomes that says nothing."""


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
    form = replace(form, said=_said(found, form, mapping.corrections), ambiguous=_ambiguous(found, form))
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
    form = replace(form, ambiguous=_ambiguous(found, form), said=_sent_words(_said(found, form, {}), data))
    return replace(form, problems=tuple(_missing(form)))


def _sent_words(said: Iterable[Said], data: Mapping[str, str]) -> tuple[Said, ...]:
    """Words with the meanings that were chosen; those of a column that was not shown before as they say."""
    found = []
    for one in said:
        place, allowed = f"s{one.sheet}c{one.number}", dict(one.meanings)
        chosen = {
            data[f"{place}w{n}"]: data[f"{place}m{n}"]
            for n in range(MOST_WORDS)
            if f"{place}w{n}" in data and data.get(f"{place}m{n}") in allowed
        }
        words = tuple(replace(word, meaning=chosen.get(word.word, word.meaning)) for word in one.words)
        found.append(replace(one, words=words))
    return tuple(found)


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
                    f"{sheet.name}: say which column is “{words}”. "
                    + (
                        "Without it rows cannot be told apart."
                        if field.endswith("_id")
                        else "Every row needs it."
                    )
                )
        if sheet.role == "activities" and not {"account", "deal_id"} & set(fields):
            problems.append(
                f"{sheet.name}: say which column is the account, or the deal. Else nobody knows with whom."
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
        contacts_made=parts.get("activities", TableMap()),
        corrections=_corrections(form, before.corrections),
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

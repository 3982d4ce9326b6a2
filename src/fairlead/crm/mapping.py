"""The mapping: how a foreign table becomes deals, as a TOML file that a person can read and a page can write."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Sequence
from collections.abc import Mapping as Map
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from fairlead.crm import values
from fairlead.crm.problems import Problem, Refused, refuse
from fairlead.deals import rules as deal_rules

Names = tuple[str, ...]
"""A column by one or several alternative names; empty = not given."""

DEAL_FIELDS = (
    "deal_id name account owner amount currency stage forecast_category close_on created_on status closed_on "
    "product source type next_step arr quantity is_closed is_won deleted"
).split()
PERSON_FIELDS = (
    "person_id name email manager role starts_on ends_on title territory currency time_zone team"
).split()
TARGET_FIELDS = ["person_id", "period", "amount", "currency", "type", "reason"]
ACCOUNT_FIELDS = ["account_id", "name", "owner", "industry", "country", "tier"]
ACCOUNT_FIELDS += ["renewal_on", "renewal_amount", "renewal_currency"]
ACTIVITY_FIELDS = [
    "activity_id",
    "account",
    "deal_id",
    "on",
    "kind",
    "way",
    "outcome",
    "direction",
    "by",
    "contact",
]
ACTIVITY_FIELDS += ["deleted"]
CONTACT_FIELDS = ["contact_id", "account", "name", "email", "title", "state"]
RATE_FIELDS = ["currency", "starts_on", "rate"]
SPLIT_FIELDS = ["deal_id", "person", "percent", "kind", "starts_on", "recorded_at"]
CHANGE_FIELDS = ["deal_id", "at", "recorded_at", "by", "field", "old", "new", "stage", "amount", "close_on"]
CHANGE_FIELDS += ["forecast_category", "owner"]
_TABLES = {
    "deals": DEAL_FIELDS,
    "people": PERSON_FIELDS,
    "targets": TARGET_FIELDS,
    "accounts": ACCOUNT_FIELDS,
    "contacts": CONTACT_FIELDS,
    "rates": RATE_FIELDS,
    "changes": CHANGE_FIELDS,
    "splits": SPLIT_FIELDS,
    "activities": ACTIVITY_FIELDS,
}
_EXTRA = {
    "deals": ["evidence", "static", "order_by", "repeated", "status_values"],
    "changes": ["stages", "won", "lost", "starts_at", "activities", "counted"],
}
_TOP = [*_TABLES, "defaults", "calendar", "values", "categories", "source"]
_ALIASES = {"close_date": "close_on", "category": "forecast_category", "close_on": "close_on"}


@dataclass(frozen=True)
class TableMap:
    """One table: its file and the columns of each field."""

    file: str = ""
    columns: Map[str, Names] = field(default_factory=dict)


@dataclass(frozen=True)
class Mapping:
    """Everything a mapping file can say. Empty parts are guessed or absent."""

    source: str = ""
    deals: TableMap = field(default_factory=TableMap)
    people: TableMap = field(default_factory=TableMap)
    targets: TableMap = field(default_factory=TableMap)
    accounts: TableMap = field(default_factory=TableMap)
    contacts: TableMap = field(default_factory=TableMap)
    rates: TableMap = field(default_factory=TableMap)
    changes: TableMap = field(default_factory=TableMap)
    splits: TableMap = field(default_factory=TableMap)
    contacts_made: TableMap = field(default_factory=TableMap)
    """The table ``activities``."""
    evidence: Names = ()
    static: Names = ()
    order_by: str = ""
    repeated: str = ""
    """"keep": rows with an id that was there before are deals of their own (numbered)."""
    won: Names = ()
    lost: Names = ()
    stages: Names = ()
    changes_won: Names = ()
    changes_lost: Names = ()
    starts_at: str = ""
    activities: str = ""
    """"rest": every other event of the log counts as activity, and the last one is evidence."""
    counted: Names = ()
    """Events of the log that are counted one by one."""
    currency: str = ""
    time_zone: str = ""
    date_format: str = ""
    encoding: str = ""
    delimiter: str = ""
    decimal: str = ""
    calendar_kind: str = "months"
    starts_month: int = 1
    corrections: Map[str, Map[str, str]] = field(default_factory=dict)
    categories: Map[str, str] = field(default_factory=dict)

    def table(self, name: str) -> TableMap:
        found: TableMap = getattr(self, _attribute(name))
        return found


CATEGORIES = ("omitted", "pipeline", "best_case", "most_likely", "commit", "closed")


def load(path: Path) -> Mapping:
    """Read a mapping file. Raises Refused with every problem: unknown keys, wrong types, unknown words."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise refuse(path.name, "the mapping cannot be read.", meant="It is a UTF-8 text file.") from error
    return parse(text, path.name)


def parse(text: str, name: str = "mapping.toml") -> Mapping:
    """A mapping from TOML text. Raises Refused."""
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise refuse(name, f"it is not TOML ({error}).") from error
    return _Parser(name, given).mapping()


class _Parser:
    """Walks the parsed TOML, collecting every problem before it refuses."""

    def __init__(self, name: str, given: dict[str, object]) -> None:
        self.name, self.given = name, given
        self.problems: list[Problem] = []

    def wrong(self, key: str, why: str, meant: str = "") -> None:
        self.problems.append(Problem(self.name, 0, key, "", why, meant))

    def mapping(self) -> Mapping:
        for key in self.given:
            if key not in _TOP:
                self.wrong(key, "there is no such part of a mapping.", values.nearest(key, _TOP))
        deals, changes = self.section("deals"), self.section("changes")
        statuses = self.sub("deals.status_values", deals.get("status_values"), ["won", "lost", "open"])
        defaults = self.section(
            "defaults", "currency time_zone date_format encoding delimiter decimal".split()
        )
        calendar = self.section("calendar", ["kind", "starts_month"])
        mapping = Mapping(
            source=self.word("source", self.given.get("source", "")),
            evidence=self.names("deals.evidence", deals.get("evidence")),
            static=self.names("deals.static", deals.get("static")),
            order_by=self.word("deals.order_by", deals.get("order_by", "")),
            repeated=self.word("deals.repeated", deals.get("repeated", "")),
            won=self.names("deals.status_values.won", statuses.get("won")),
            lost=self.names("deals.status_values.lost", statuses.get("lost")),
            stages=self.names("changes.stages", changes.get("stages")),
            changes_won=self.names("changes.won", changes.get("won")),
            changes_lost=self.names("changes.lost", changes.get("lost")),
            counted=self.names("changes.counted", changes.get("counted")),
            starts_at=self.word("changes.starts_at", changes.get("starts_at", "")),
            activities=self.word("changes.activities", changes.get("activities", "")),
            calendar_kind=self.word("calendar.kind", calendar.get("kind", "months")) or "months",
            starts_month=self.month(calendar.get("starts_month", 1)),
            corrections=self.corrections(),
            categories=self.categories(),
            currency=self.word("defaults.currency", defaults.get("currency", "")),
            time_zone=self.word("defaults.time_zone", defaults.get("time_zone", "")),
            date_format=self.word("defaults.date_format", defaults.get("date_format", "")),
            encoding=self.word("defaults.encoding", defaults.get("encoding", "")),
            delimiter=self.word("defaults.delimiter", defaults.get("delimiter", "")),
            decimal=self.word("defaults.decimal", defaults.get("decimal", "")),
            deals=self.table_map("deals"),
            people=self.table_map("people"),
            targets=self.table_map("targets"),
            accounts=self.table_map("accounts"),
            contacts=self.table_map("contacts"),
            rates=self.table_map("rates"),
            splits=self.table_map("splits"),
            contacts_made=self.table_map("activities"),
            changes=self.table_map("changes"),
        )
        self.check(mapping)
        if self.problems:
            raise Refused(self.problems)
        return mapping

    def section(self, name: str, known: Sequence[str] = ()) -> dict[str, object]:
        part = self.given.get(name, {})
        if not isinstance(part, dict):
            self.wrong(name, f"it is a table; write [{name}] and its keys below.")
            return {}
        allowed = known or [*_TABLES.get(name, ()), "file", *_EXTRA.get(name, ())]
        for key in part:
            if _ALIASES.get(key, key) not in allowed:
                self.wrong(f"{name}.{key}", "there is no such key.", values.nearest(key, list(allowed)))
        return part

    def sub(self, name: str, part: object, known: Sequence[str]) -> dict[str, object]:
        if part is None:
            return {}
        if not isinstance(part, dict):
            self.wrong(name, "it is a table.")
            return {}
        for key in part:
            if key not in known:
                self.wrong(f"{name}.{key}", "there is no such key.", values.nearest(key, known))
        return part

    def table_map(self, name: str) -> TableMap:
        part = self.section(name) if name not in ("deals", "changes") else self.given.get(name, {})
        if not isinstance(part, dict):
            return TableMap()
        columns = {
            str(_ALIASES.get(key, key)): self.names(f"{name}.{key}", value)
            for key, value in part.items()
            if _ALIASES.get(key, key) in _TABLES[name]
        }
        return TableMap(self.word(f"{name}.file", part.get("file", "")), columns)

    def names(self, key: str, value: object) -> Names:
        if value is None:
            return ()
        if isinstance(value, str):
            return (value,) if value.strip() else ()
        if isinstance(value, list) and all(isinstance(word, str) for word in value):
            return tuple(word for word in value if word.strip())
        self.wrong(key, "it is a name or a list of names.")
        return ()

    def word(self, key: str, value: object) -> str:
        if isinstance(value, str):
            return value.strip()
        self.wrong(key, "it is a text.")
        return ""

    def month(self, value: object) -> int:
        if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 12:
            return value
        self.wrong("calendar.starts_month", "it is a number from 1 to 12.")
        return 1

    def corrections(self) -> dict[str, dict[str, str]]:
        part = self.given.get("values", {})
        if isinstance(part, dict) and all(
            isinstance(pairs, dict) and all(isinstance(new, str) for new in pairs.values())
            for pairs in part.values()
        ):
            return {str(column): dict(pairs) for column, pairs in part.items()}
        self.wrong("values", 'write [values] and below it: column = { "old" = "new" }.')
        return {}

    def categories(self) -> dict[str, str]:
        part = self.given.get("categories", {})
        if not isinstance(part, dict):
            self.wrong("categories", 'write [categories] and below it: "Stage" = "pipeline".')
            return {}
        for stage, category in part.items():
            if category not in CATEGORIES:
                meant = (
                    values.nearest(str(category), CATEGORIES) or f"Categories are {', '.join(CATEGORIES)}."
                )
                self.wrong(f"categories.{stage}", f"{category!r} is no category.", meant)
        return {str(stage): str(category) for stage, category in part.items()}

    def check(self, mapping: Mapping) -> None:
        if mapping.calendar_kind not in {"months", "4-4-5", "4-5-4", "5-4-4"}:
            self.wrong("calendar.kind", "it is no calendar.", "Write months, 4-4-5, 4-5-4 or 5-4-4.")
        if mapping.decimal not in {"", ".", ","}:
            self.wrong("defaults.decimal", 'it is "." or ",".')
        if mapping.date_format:
            try:
                values.order_of_format(mapping.date_format)
            except values.Unreadable as error:
                self.wrong("defaults.date_format", error.why, error.meant)
        if mapping.currency and mapping.currency.upper() not in deal_rules.CURRENCIES:
            self.wrong("defaults.currency", f"{mapping.currency!r} is no currency.", "Write an ISO code.")
        if mapping.time_zone:
            import zoneinfo

            try:
                zoneinfo.ZoneInfo(mapping.time_zone)
            except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
                self.wrong(
                    "defaults.time_zone", "there is no such time zone.", "Write for example Europe/Berlin."
                )
        if mapping.deals.columns and "deal_id" not in mapping.deals.columns:
            self.wrong("deals.deal_id", "the id's column is not named.", 'Write deal_id = "the column".')
        if mapping.repeated not in {"", "keep", "refuse"}:
            self.wrong("deals.repeated", 'it is "keep" or "refuse".')
        if mapping.activities not in {"", "rest", "none"}:
            self.wrong("changes.activities", 'it is "rest" or "none".')


# Using it again


def fitted(mapping: Mapping, found: Sequence[tuple[str, Sequence[str]]]) -> Mapping:
    """What of a mapping fits some tables (name, columns): each part with the file that has all its columns.

    Parts without such a file go, and so do corrections of columns that are not there. Empty where nothing fits.
    """
    lower = [(name, {column.lower() for column in columns}) for name, columns in found]
    free = dict(lower)
    parts: dict[str, TableMap] = {}
    for role in _TABLES:
        part = mapping.table(role)
        like = [name for name, columns in lower if name in free and part.columns and _has_all(part, columns)]
        if like:
            chosen = next((name for name in like if name == part.file), like[0])
            parts[role] = TableMap(chosen, part.columns)
            free.pop(chosen)
    if not parts:
        return Mapping()
    every = {column for _, columns in found for column in columns}
    kept = {column: pairs for column, pairs in mapping.corrections.items() if column in every}
    return replace(
        _with_parts(mapping, {role: parts.get(role, TableMap()) for role in _TABLES}), corrections=kept
    )


def files_of(mapping: Mapping) -> set[str]:
    """The files that a mapping says something of."""
    return {part.file for role in _TABLES if (part := mapping.table(role)).columns}


def _has_all(part: TableMap, columns: Collection[str]) -> bool:
    return all(any(name.lower() in columns for name in names) for names in part.columns.values() if names)


def merged(before: Mapping, now: Mapping) -> Mapping:
    """``now``, and what ``before`` said of tables that ``now`` says nothing of: what is kept for next time."""
    parts = {
        role: before.table(role)
        for role in _TABLES
        if before.table(role).columns and not now.table(role).columns
    }
    made = _with_parts(now, parts)
    if "deals" in parts:
        made = replace(
            made, evidence=before.evidence, static=before.static, order_by=before.order_by, repeated=before.repeated,
            won=before.won, lost=before.lost,
        )  # fmt: skip
    if "changes" in parts:
        made = replace(
            made, stages=before.stages, changes_won=before.changes_won, changes_lost=before.changes_lost,
            starts_at=before.starts_at, activities=before.activities, counted=before.counted,
        )  # fmt: skip
    names = {name.lower() for part in parts.values() for names in part.columns.values() for name in names}
    names |= {name.lower() for name in before.evidence} if "deals" in parts else set()
    more = {
        column: pairs
        for column, pairs in before.corrections.items()
        if column.lower() in names and column not in now.corrections
    }
    return replace(
        made, corrections={**more, **now.corrections}, categories={**before.categories, **now.categories}
    )


def _with_parts(mapping: Mapping, parts: Map[str, TableMap]) -> Mapping:
    return replace(mapping, **{_attribute(role): part for role, part in parts.items()})  # type: ignore[arg-type]


def _attribute(role: str) -> str:
    return "contacts_made" if role == "activities" else role


_DEFAULTS = {"currency", "time_zone", "date_format", "encoding", "delimiter", "decimal"}


# Writing


def to_toml(mapping: Mapping) -> str:
    """The mapping as TOML text; ``parse(to_toml(m)) == m``."""
    parts = [f"source = {_quoted(mapping.source)}\n" if mapping.source else ""]
    parts += [_table_toml(mapping, name) for name in _TABLES]
    defaults = {key: getattr(mapping, key) for key in sorted(_DEFAULTS) if getattr(mapping, key)}
    parts.append(_section("defaults", {key: _quoted(value) for key, value in defaults.items()}))
    if (mapping.calendar_kind, mapping.starts_month) != ("months", 1):
        calendar = {"kind": _quoted(mapping.calendar_kind), "starts_month": str(mapping.starts_month)}
        parts.append(_section("calendar", calendar))
    corrections = {
        _key(column): "{ " + ", ".join(f"{_quoted(a)} = {_quoted(b)}" for a, b in pairs.items()) + " }"
        for column, pairs in mapping.corrections.items()
    }
    parts.append(_section("values", corrections))
    parts.append(_section("categories", {_key(s): _quoted(c) for s, c in mapping.categories.items()}))
    return "\n".join(part for part in parts if part)


def _table_toml(mapping: Mapping, name: str) -> str:
    table = mapping.table(name)
    lines = {"file": _quoted(table.file)} if table.file else {}
    lines |= {field_name: _names(names) for field_name, names in table.columns.items()}
    if name == "deals":
        lines |= {k: _list(v) for k, v in (("evidence", mapping.evidence), ("static", mapping.static)) if v}
        words = (("order_by", mapping.order_by), ("repeated", mapping.repeated))
        lines |= {k: _quoted(v) for k, v in words if v}
    if name == "changes":
        lists = (
            ("stages", mapping.stages),
            ("won", mapping.changes_won),
            ("lost", mapping.changes_lost),
            ("counted", mapping.counted),
        )
        lines |= {k: _list(v) for k, v in lists if v}
        words = (("starts_at", mapping.starts_at), ("activities", mapping.activities))
        lines |= {k: _quoted(v) for k, v in words if v}
    text = _section(name, lines)
    if name == "deals" and (mapping.won or mapping.lost):
        statuses = (("won", mapping.won), ("lost", mapping.lost))
        text += "\n" + _section("deals.status_values", {k: _list(v) for k, v in statuses if v})
    return text


def _section(name: str, lines: Map[str, str]) -> str:
    if not lines:
        return ""
    return f"[{name}]\n" + "".join(f"{key} = {value}\n" for key, value in lines.items())


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return (
        '"' + "".join(ch if ord(ch) >= 32 and ord(ch) != 127 else f"\\u{ord(ch):04x}" for ch in escaped) + '"'
    )


def _key(text: str) -> str:
    return text if text.isascii() and text.replace("_", "").replace("-", "").isalnum() else _quoted(text)


def _names(names: Names) -> str:
    return _quoted(names[0]) if len(names) == 1 else _list(names)


def _list(names: Sequence[str]) -> str:
    return "[" + ", ".join(_quoted(name) for name in names) + "]"


assert {f.name for f in fields(Mapping)} >= set(_TABLES)

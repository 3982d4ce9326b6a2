"""The full-text index of messages and of what was said about them. The database keeps it right by itself.

SQLite: two FTS5 tables beside each table, of word stems and of words as they stand, filled by triggers; they keep no
copy of the text. PostgreSQL: one generated column with a GIN index, and a configuration without stop words, so that
“IT” is a word. On both, accents and capitals do not count and everything but letters and digits divides words.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState


@dataclass(frozen=True, slots=True)
class Source:
    """A table that is searched. ``first`` are the columns that count most, ``rest`` the others."""

    table: str
    first: tuple[str, ...]
    rest: tuple[str, ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.first, *self.rest)

    @property
    def stems(self) -> str:
        return f"{self.table}_stems"

    @property
    def forms(self) -> str:
        return f"{self.table}_forms"


MESSAGES = Source("desk_message", ("title", "text"), ("sender_name",))
ACTS = Source("desk_act", ("text",))
SOURCES = (MESSAGES, ACTS)

COLUMN = "words"
"""The generated column on PostgreSQL; no model has it."""
STEMMED = "fairlead_words"
_FOLD = "fairlead_fold"
TOKENS = "unicode61 remove_diacritics 2"

LACKING = (
    "SQLite here was built without FTS5, the full-text index that the desk searches with. "
    "Use a Python whose SQLite has it (most do), or PostgreSQL."
)


def lacks_full_text() -> bool:
    """Whether the SQLite of this Python has no full-text index."""
    probe = sqlite3.connect(":memory:")
    try:
        probe.execute("CREATE VIRTUAL TABLE probe USING fts5(word)")
    except sqlite3.OperationalError:
        return True
    finally:
        probe.close()
    return False


class Indexed(Operation):
    """A step of a migration after which messages and acts are indexed, also those that are there already.

    A later step that makes one of the tables anew takes its triggers away on SQLite: it lists this one after it.
    """

    reversible = True
    reduces_to_sql = True

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Models stay as they are."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Make the index and fill it."""
        if schema_editor.connection.vendor == "postgresql":
            _on_postgresql(schema_editor)
        else:
            if lacks_full_text():
                raise RuntimeError(LACKING)
            for source in SOURCES:
                _on_sqlite(schema_editor, source)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Take the index away."""
        run = schema_editor.execute
        for source in SOURCES:
            if schema_editor.connection.vendor == "postgresql":
                run(f"ALTER TABLE {source.table} DROP COLUMN IF EXISTS {COLUMN}")
                continue
            for act in ("insert", "update", "delete"):
                run(f"DROP TRIGGER IF EXISTS {source.table}_words_{act}")
            run(f"DROP TABLE IF EXISTS {source.stems}")
            run(f"DROP TABLE IF EXISTS {source.forms}")
        if schema_editor.connection.vendor == "postgresql":
            run(f"DROP TEXT SEARCH CONFIGURATION IF EXISTS {STEMMED}")
            run(f"DROP TEXT SEARCH DICTIONARY IF EXISTS {STEMMED}")
            run(f"DROP FUNCTION IF EXISTS {_FOLD}(text)")

    def describe(self) -> str:
        """What the step does, for the list of a migration's steps."""
        return "Messages and what was said about them are found by their words"


def _on_sqlite(editor: BaseDatabaseSchemaEditor, source: Source) -> None:
    run, names = editor.execute, ", ".join(source.columns)
    old, new = (", ".join(f"{row}.{one}" for one in source.columns) for row in ("old", "new"))
    adds, drops = [], []
    for table, tokens in ((source.stems, f"porter {TOKENS}"), (source.forms, TOKENS)):
        kept = f"content='{source.table}', content_rowid='id', tokenize='{tokens}'"
        run(f"CREATE VIRTUAL TABLE IF NOT EXISTS {table} USING fts5({names}, {kept})")
        run(f"INSERT INTO {table}({table}) VALUES ('rebuild')")
        adds.append(f"INSERT INTO {table}(rowid, {names}) VALUES (new.id, {new});")
        drops.append(f"INSERT INTO {table}({table}, rowid, {names}) VALUES ('delete', old.id, {old});")
    # Rows of these tables are never changed or deleted; whoever steps around that keeps the index right all the same.
    for act, does in (("insert", adds), ("update", drops + adds), ("delete", drops)):
        name = f"{source.table}_words_{act}"
        run(f"DROP TRIGGER IF EXISTS {name}")
        run(f"CREATE TRIGGER {name} AFTER {act.upper()} ON {source.table} BEGIN {' '.join(does)} END")


# What divides words where PostgreSQL reads addresses, paths, decimals and tags instead.
_DIVIDES = "!\"#$%&()*+,-./:;<=>?@[\\]^_`{|}~'‘’“”„«»–—…·•"


def _on_postgresql(editor: BaseDatabaseSchemaEditor) -> None:
    run = editor.execute
    divides = _DIVIDES.replace("'", "''")
    run(
        f"CREATE OR REPLACE FUNCTION {_FOLD}(said text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS "
        f"$$ SELECT pg_catalog.translate(pg_catalog.regexp_replace(pg_catalog.normalize(said, 'NFKD'), "
        f"'[\u0300-\u036f]', '', 'g'), '{divides}', pg_catalog.repeat(' ', {len(_DIVIDES)})) $$",
        None,
    )
    run(
        f"DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_catalog.pg_ts_config WHERE cfgname = '{STEMMED}') THEN "
        f"CREATE TEXT SEARCH DICTIONARY {STEMMED} (TEMPLATE = pg_catalog.snowball, Language = english); "
        f"CREATE TEXT SEARCH CONFIGURATION {STEMMED} (COPY = pg_catalog.english); "
        f"ALTER TEXT SEARCH CONFIGURATION {STEMMED} ALTER MAPPING REPLACE pg_catalog.english_stem WITH {STEMMED}; "
        "END IF; END $$"
    )
    for source in SOURCES:
        parts = [f"setweight(to_tsvector('{STEMMED}', {_folded(source.first)}), 'A')"]
        if source.rest:
            parts.append(f"setweight(to_tsvector('{STEMMED}', {_folded(source.rest)}), 'B')")
        parts.append(f"setweight(to_tsvector('pg_catalog.simple', {_folded(source.columns)}), 'D')")
        # The whole table is written anew, without the triggers that refuse a change.
        run(
            f"ALTER TABLE {source.table} ADD COLUMN IF NOT EXISTS {COLUMN} tsvector "
            f"GENERATED ALWAYS AS ({' || '.join(parts)}) STORED"
        )
        run(f"CREATE INDEX IF NOT EXISTS {source.table}_words ON {source.table} USING GIN ({COLUMN})")


def _folded(columns: tuple[str, ...]) -> str:
    said = " || ' ' || ".join(columns)
    return f"{_FOLD}({said})"

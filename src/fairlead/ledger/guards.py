"""Database triggers that refuse to change what was said. Used by migrations of every append-only table."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

_POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION fairlead_refuse() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION USING MESSAGE = 'Rows of ' || TG_TABLE_NAME || ' are never changed or deleted'; END;
$$ LANGUAGE plpgsql;
"""


_POSTGRESQL_BUT_WORDS = """
CREATE OR REPLACE FUNCTION fairlead_refuse_but_words() RETURNS trigger AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND EXISTS (SELECT 1 FROM ledger_door)
    AND (to_jsonb(NEW) - TG_ARGV::text[]) = (to_jsonb(OLD) - TG_ARGV::text[])
  THEN RETURN NEW; END IF;
  RAISE EXCEPTION USING MESSAGE = 'Rows of ' || TG_TABLE_NAME || ' are never changed or deleted';
END;
$$ LANGUAGE plpgsql;
"""


def make_append_only(
    schema_editor: BaseDatabaseSchemaEditor, table: str, words: Collection[str] = ()
) -> None:
    """Refuse UPDATE and DELETE on a table, on SQLite and on PostgreSQL.

    The columns in ``words`` may be changed while the door of erasure stands open, and no other column even then.
    """
    if words:
        _make_erasable(schema_editor, table, words)
        return
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(_POSTGRESQL_FUNCTION)
        schema_editor.execute(
            f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION fairlead_refuse()"
        )
        return
    for act in ("UPDATE", "DELETE"):
        schema_editor.execute(
            f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, 'Rows of {table} are never changed or deleted'); END"
        )


def _make_erasable(schema_editor: BaseDatabaseSchemaEditor, table: str, words: Collection[str]) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(_POSTGRESQL_BUT_WORDS)
        columns = ", ".join(f"'{word}'" for word in words)
        schema_editor.execute(
            f"CREATE TRIGGER {table}_kept BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION fairlead_refuse_but_words({columns})"
        )
        return
    with schema_editor.connection.cursor() as cursor:
        every = [
            one.name for one in schema_editor.connection.introspection.get_table_description(cursor, table)
        ]
    same = " AND ".join(f'OLD."{name}" IS NEW."{name}"' for name in every if name not in words)
    refusal = f"SELECT RAISE(ABORT, 'Rows of {table} are never changed or deleted')"
    schema_editor.execute(
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table} "
        f"WHEN NOT (EXISTS (SELECT 1 FROM ledger_door) AND {same}) BEGIN {refusal}; END"
    )
    schema_editor.execute(f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} BEGIN {refusal}; END")


def release(schema_editor: BaseDatabaseSchemaEditor, table: str) -> None:
    """Take the refusal away again; for reversing a migration and for tests that empty tables."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_kept ON {table}")
        return
    for act in ("update", "delete"):
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{act}")


class AppendOnly(Operation):
    """A step of a migration after which the database refuses to change or delete rows of some tables.

    Instead of RunPython, for which Django builds all models anew: that took a fifth of making the tables.
    """

    reversible = True
    reduces_to_sql = True

    def __init__(self, *tables: str) -> None:
        self.tables = tables

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Models stay as they are."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Make the tables append-only."""
        for table in self.tables:
            make_append_only(schema_editor, table)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Take the refusal away."""
        for table in self.tables:
            release(schema_editor, table)

    def describe(self) -> str:
        """What the step does, for the list of a migration's steps."""
        return f"Rows of {', '.join(self.tables)} are never changed or deleted"


class MayChange(AppendOnly):
    """A step before one that alters an append-only table: the refusal steps aside until `AppendOnly` comes again."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Take the refusal away."""
        super().database_backwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Make the tables append-only again."""
        super().database_forwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        """What the step does, for the list of a migration's steps."""
        return f"Rows of {', '.join(self.tables)} may be changed for a moment"


class Erasable(AppendOnly):
    """A step after which words of some tables, and nothing else of them, can be erased through the door.

    Tables that were append-only stay so in everything else.
    """

    def __init__(self, words: Mapping[str, Collection[str]]) -> None:
        super().__init__(*words)
        self.words = words

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Open the words to the door."""
        for table, words in self.words.items():
            release(schema_editor, table)
            make_append_only(schema_editor, table, words)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        """Close them again."""
        super().database_backwards(app_label, schema_editor, from_state, to_state)
        super().database_forwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        """What the step does, for the list of a migration's steps."""
        return f"Words in {', '.join(self.tables)} can be erased"

"""Database triggers that refuse to change what was said. Used by migrations of every append-only table."""

from __future__ import annotations

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION fairlead_refuse() RETURNS trigger AS $$
BEGIN RAISE EXCEPTION USING MESSAGE = 'Rows of ' || TG_TABLE_NAME || ' are never changed or deleted'; END;
$$ LANGUAGE plpgsql;
"""


def make_append_only(schema_editor: BaseDatabaseSchemaEditor, table: str) -> None:
    """Refuse UPDATE and DELETE on a table, on SQLite and on PostgreSQL."""
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


def release(schema_editor: BaseDatabaseSchemaEditor, table: str) -> None:
    """Take the refusal away again; for reversing a migration and for tests that empty tables."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_kept ON {table}")
        return
    for act in ("update", "delete"):
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{act}")

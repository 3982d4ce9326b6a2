"""The database refuses to change or delete what was said."""

from django.db import migrations

from fairlead.ledger import guards

TABLES = (
    "desk_desksetting", "desk_message", "desk_kind", "desk_confidential", "desk_act", "desk_passed", "desk_switch",
    "desk_contact",
)


def keep(apps, schema_editor):
    for table in TABLES:
        guards.make_append_only(schema_editor, table)


def let_go(apps, schema_editor):
    for table in TABLES:
        guards.release(schema_editor, table)


class Migration(migrations.Migration):
    dependencies = [("desk", "0001_initial"), ("ledger", "0002_append_only")]
    operations = [migrations.RunPython(keep, let_go)]

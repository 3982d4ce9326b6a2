"""The database refuses to change or delete an entry."""

from django.db import migrations

from fairlead.ledger import guards


def keep(apps, schema_editor):
    guards.make_append_only(schema_editor, "ledger_entry")


def let_go(apps, schema_editor):
    guards.release(schema_editor, "ledger_entry")


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunPython(keep, let_go)]

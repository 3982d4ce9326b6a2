"""The database refuses to change or delete what a file was called and why it was removed; its bytes may be erased."""

from django.db import migrations

from fairlead.ledger import guards

TABLES = ("qualification_file", "qualification_fileremoved")


def keep(apps, schema_editor):
    for table in TABLES:
        guards.make_append_only(schema_editor, table)


def let_go(apps, schema_editor):
    for table in TABLES:
        guards.release(schema_editor, table)


class Migration(migrations.Migration):
    dependencies = [("qualification", "0003_files"), ("ledger", "0002_append_only")]
    operations = [migrations.RunPython(keep, let_go)]

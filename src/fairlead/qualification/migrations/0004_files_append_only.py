"""The database refuses to change or delete what a file was called and why it was removed; its bytes may be erased."""

from django.db import migrations

from fairlead.ledger import guards


class Migration(migrations.Migration):
    dependencies = [("qualification", "0003_files"), ("ledger", "0002_append_only")]
    operations = [guards.AppendOnly("qualification_file", "qualification_fileremoved")]

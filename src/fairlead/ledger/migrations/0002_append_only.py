"""The database refuses to change or delete an entry."""

from django.db import migrations

from fairlead.ledger import guards


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [guards.AppendOnly("ledger_entry")]

"""The database refuses to change or delete what was noted or set."""

from django.db import migrations

from fairlead.ledger import guards


class Migration(migrations.Migration):
    dependencies = [("records", "0001_initial"), ("ledger", "0002_append_only")]
    operations = [guards.AppendOnly("records_read", "records_countryrule")]

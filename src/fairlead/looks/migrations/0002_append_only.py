"""The database refuses to change or delete what was said."""

from django.db import migrations

from fairlead.ledger import guards


class Migration(migrations.Migration):
    dependencies = [("looks", "0001_initial"), ("ledger", "0002_append_only")]
    operations = [guards.AppendOnly("looks_look", "looks_lookact", "looks_rolelook", "looks_roledecision")]

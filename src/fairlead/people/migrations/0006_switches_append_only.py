"""The database refuses to change or delete what was said."""

from django.db import migrations

from fairlead.ledger import guards


class Migration(migrations.Migration):
    dependencies = [("people", "0005_unitswitch"), ("ledger", "0002_append_only")]
    operations = [guards.AppendOnly("people_unitswitch")]

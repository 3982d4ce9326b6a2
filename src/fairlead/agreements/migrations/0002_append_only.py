"""The database refuses to change or delete what was said."""

from django.db import migrations

from fairlead.ledger import guards


class Migration(migrations.Migration):
    dependencies = [("agreements", "0001_initial"), ("ledger", "0002_append_only")]
    operations = [guards.AppendOnly("agreements_agreement", "agreements_version", "agreements_act")]

"""The database refuses to change or delete what was said."""

from django.db import migrations

from fairlead.ledger import guards


class Migration(migrations.Migration):
    dependencies = [("health", "0001_initial"), ("ledger", "0002_append_only")]
    operations = [
        guards.AppendOnly(
            "health_threshold",
            "health_snooze",
            "health_correction",
            "health_note",
            "health_message",
            "health_sentnote",
        )
    ]

"""The database refuses to change or delete what was said."""

from django.db import migrations

from fairlead.ledger import guards


class Migration(migrations.Migration):
    dependencies = [("asks", "0001_initial"), ("ledger", "0002_append_only")]
    operations = [
        guards.AppendOnly(
            "asks_ask",
            "asks_version",
            "asks_step",
            "asks_debrief",
            "asks_concession",
            "asks_sponsor",
        )
    ]

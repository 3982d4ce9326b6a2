"""The database refuses to change or delete what was said."""

from django.db import migrations

from fairlead.ledger import guards


class Migration(migrations.Migration):
    dependencies = [("calls", "0001_initial"), ("ledger", "0002_append_only")]
    operations = [
        guards.AppendOnly(
            "calls_target",
            "calls_call",
            "calls_overlay",
            "calls_submission",
            "calls_withdrawal",
        )
    ]

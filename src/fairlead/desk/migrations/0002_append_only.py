"""The database refuses to change or delete what was said."""

from django.db import migrations

from fairlead.ledger import guards


class Migration(migrations.Migration):
    dependencies = [("desk", "0001_initial"), ("ledger", "0002_append_only")]
    operations = [
        guards.AppendOnly(
            "desk_desksetting",
            "desk_message",
            "desk_kind",
            "desk_confidential",
            "desk_act",
            "desk_passed",
            "desk_switch",
            "desk_contact",
        )
    ]

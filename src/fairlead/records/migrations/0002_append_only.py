"""The database refuses to change or delete what was noted, set or decided, but for words behind the door of erasure."""

from django.db import migrations

from fairlead.ledger import guards


class Migration(migrations.Migration):
    dependencies = [
        ("records", "0001_initial"), ("ledger", "0004_erasable"), ("looks", "0002_append_only"),
        ("help", "0002_append_only"), ("oneonones", "0002_append_only"), ("standing", "0002_append_only"),
    ]
    operations = [
        guards.AppendOnly(
            "records_read", "records_countryrule", "records_request", "records_step", "records_item", "records_ruling",
            "records_finished", "records_hold", "records_holdend", "records_erasure",
        ),
        guards.Erasable(
            {
                "help_request": ("subject", "need", "tried"),
                "help_step": ("text",),
                "help_shield": ("affects", "shielded", "hours", "channels", "promised", "needed"),
                "help_shieldact": ("text",),
                "oneonones_point": ("text",),
                "oneonones_sharednote": ("text",),
                "standing_leavereason": ("words",),
                "looks_look": ("facts",),
                "looks_lookact": ("words",),
                "records_item": ("content",),
                "records_finished": ("data",),
            }
        ),
    ]

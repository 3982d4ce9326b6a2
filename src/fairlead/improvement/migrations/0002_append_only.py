"""The database refuses to change or delete what was said, but for words behind the door of erasure."""

from django.db import migrations

from fairlead.ledger import guards


class Migration(migrations.Migration):
    dependencies = [("improvement", "0001_initial"), ("ledger", "0004_erasable")]
    operations = [
        guards.AppendOnly(
            "improvement_plan",
            "improvement_version",
            "improvement_act",
            "improvement_cover",
            "improvement_assessment",
        ),
        guards.Erasable(
            {
                "improvement_version": ("content",),
                "improvement_act": ("words", "scores"),
                "improvement_cover": ("lines",),
            }
        ),
    ]

"""The database refuses to change or delete what was said."""

from django.db import migrations

from fairlead.ledger import guards


class Migration(migrations.Migration):
    dependencies = [("improvement", "0001_initial"), ("ledger", "0002_append_only")]
    operations = [
        guards.AppendOnly(
            "improvement_plan",
            "improvement_version",
            "improvement_act",
            "improvement_cover",
            "improvement_assessment",
        )
    ]

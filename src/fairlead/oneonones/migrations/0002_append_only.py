"""The database refuses to change or delete what the two share. Private notes and addresses are their owners'."""

from django.db import migrations

from fairlead.ledger import guards


class Migration(migrations.Migration):
    dependencies = [("oneonones", "0001_initial"), ("ledger", "0002_append_only")]
    operations = [
        guards.AppendOnly(
            "oneonones_series", "oneonones_rhythm", "oneonones_step", "oneonones_point", "oneonones_mark",
            "oneonones_sharednote",
        )
    ]  # fmt: skip

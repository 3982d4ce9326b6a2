"""Whose a message's deal was when the message came."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    # An empty column: neither database writes the rows of an append-only table again.
    dependencies = [("desk", "0004_sending"), ("people", "0001_initial")]
    operations = [
        migrations.AddField(
            "message",
            "owner",
            models.ForeignKey(
                null=True, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="+",
                to="people.person", help_text="Whose the deal was when it came.",
            ),  # fmt: skip
        )
    ]

"""The database refuses to change or delete what was kept, but for words behind the door of erasure."""

from django.db import migrations

from fairlead.ledger import guards


class Migration(migrations.Migration):
    dependencies = [("gaps", "0001_initial"), ("ledger", "0004_erasable")]
    operations = [
        guards.AppendOnly("gaps_gap", "gaps_version", "gaps_carried"),
        guards.Erasable({"gaps_version": ("content", "why"), "gaps_carried": ("said",)}),
    ]

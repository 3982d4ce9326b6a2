"""Personal texts are never changed or deleted, but erased through the door."""

from django.db import migrations

from fairlead.ledger import guards


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_door")]
    operations = [guards.Erasable({"ledger_personal": ("text", "salt", "erased_at")})]

"""The database refuses to change or delete what was shown, and with whom it was shared."""

from django.db import migrations

from fairlead.ledger import guards


class Migration(migrations.Migration):
    dependencies = [("feedback", "0001_initial"), ("ledger", "0002_append_only")]
    operations = [guards.AppendOnly("feedback_figure", "feedback_share")]

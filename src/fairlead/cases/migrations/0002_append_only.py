"""The database refuses to change or delete what was kept, but for words behind the door of erasure."""

from django.db import migrations

from fairlead.ledger import guards


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial"), ("ledger", "0004_erasable")]
    operations = [
        guards.AppendOnly("cases_case", "cases_side", "cases_step"),
        guards.Erasable({"cases_case": ("reason",), "cases_step": ("words",)}),
    ]

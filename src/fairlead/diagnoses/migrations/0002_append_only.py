"""The database refuses to change or delete what was said."""

from django.db import migrations

from fairlead.ledger import guards


class Migration(migrations.Migration):
    dependencies = [("diagnoses", "0001_initial"), ("ledger", "0002_append_only")]
    operations = [
        guards.AppendOnly(
            "diagnoses_diagnosis", "diagnoses_version", "diagnoses_act", "diagnoses_remedy", "diagnoses_asked",
            "diagnoses_observation",
        )
    ]  # fmt: skip

"""The words of diagnoses can be erased behind the door of erasure, and nothing else of them."""

from django.db import migrations

from fairlead.ledger import guards


class Migration(migrations.Migration):
    dependencies = [("diagnoses", "0002_append_only"), ("ledger", "0004_erasable")]
    operations = [
        guards.Erasable(
            {
                "diagnoses_version": (
                    "facts", "words_0", "words_1", "words_2", "words_3", "words_4", "words_5", "words_6",
                ),
                "diagnoses_act": ("words",),
                "diagnoses_remedy": ("text",),
                "diagnoses_observation": ("words",),
            }
        ),
    ]  # fmt: skip

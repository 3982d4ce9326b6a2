"""Submissions and estimate runs keep every called category, not Commit alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("calls", "0004_judgements")]
    operations = [
        migrations.AddField("nodeestimate", "most_likely_minor", models.BigIntegerField(null=True)),
        migrations.AddField("nodeestimate", "best_case_minor", models.BigIntegerField(null=True)),
        migrations.AddField("nodeestimate", "pipeline_minor", models.BigIntegerField(null=True)),
        migrations.AddField("submission", "most_likely_minor", models.BigIntegerField(null=True)),
        migrations.AddField("submission", "best_case_minor", models.BigIntegerField(null=True)),
        migrations.AddField(
            "submission",
            "others",
            models.JSONField(
                null=True,
                help_text="Per category besides Commit: amount, calls_sum, cells and changes, as those of Commit.",
            ),
        ),
        migrations.AlterField("submission", "amount_minor", models.BigIntegerField(help_text="Commit.")),
    ]

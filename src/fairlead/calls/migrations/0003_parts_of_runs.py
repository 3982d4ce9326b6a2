"""What-ifs: what a run's distributions were computed from, per person."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("calls", "0002_append_only"), ("people", "0001_initial")]
    operations = [
        migrations.AddField(
            "estimaterun",
            "widths",
            models.JSONField(
                default=dict, help_text="Spread of the shared shocks and of the size of new deals, for what-ifs."
            ),
        ),
        migrations.AddField(
            "nodeestimate",
            "first",
            models.IntegerField(null=True, help_text="The node's parts are those at first … last - 1."),
        ),
        migrations.AddField("nodeestimate", "last", models.IntegerField(null=True)),
        migrations.CreateModel(
            name="RunPart",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("place", models.IntegerField(help_text="Place of the person in the order of the run.")),
                ("team", models.IntegerField(help_text="A code that persons of one team share in the run.")),
                ("new_rate", models.FloatField(help_text="Expected new wins.")),
                ("new_size", models.FloatField(help_text="Their mean size, in major units.")),
                (
                    "deals",
                    models.JSONField(
                        help_text="Deal, chance, mean size, spread of it, and amount entered; largest first."
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="people.person",
                    ),
                ),
                (
                    "run",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="calls.estimaterun",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("run", "place"), name="one_part_per_place")
                ],
            },
        ),
    ]

"""Judgements of deals, in or out, and what a submission froze of them."""

import django.db.models.deletion
from django.db import migrations, models

from fairlead.ledger import guards


class Migration(migrations.Migration):
    dependencies = [
        ("calls", "0003_parts_of_runs"),
        ("deals", "0001_initial"),
        ("people", "0001_initial"),
        ("ledger", "0002_append_only"),
    ]
    operations = [
        migrations.AddField(
            "submission",
            "judged",
            models.JSONField(
                null=True,
                help_text="The author’s judgements of deals as they stood: deal to in or out.",
            ),
        ),
        migrations.CreateModel(
            name="Judgement",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("period", models.CharField(max_length=20)),
                (
                    "verdict",
                    models.CharField(blank=True, help_text="in, out, or empty: cleared.", max_length=3),
                ),
                ("note", models.TextField(blank=True)),
                ("at", models.DateTimeField()),
                (
                    "author",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person"
                    ),
                ),
                (
                    "deal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="deals.deal"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "indexes": [
                    models.Index(
                        fields=["author", "period", "deal", "-id"], name="judgement_of_author"
                    ),
                    models.Index(fields=["deal", "period", "-id"], name="judgement_of_deal"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("verdict__in", ["", "in", "out"])), name="judgement_in_or_out"
                    )
                ],
            },
        ),
        guards.AppendOnly("calls_judgement"),
    ]

"""What a sender says of a message, broadcasts, notices to everybody, and the pressure calendar."""

import django.db.models.deletion
from django.db import migrations, models

import fairlead.people.models
from fairlead.ledger import guards


def _person(**more):
    return models.ForeignKey(
        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="people.person", **more
    )


def _id():
    return models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


def _public_id():
    return models.CharField(default=fairlead.people.models.public_id, max_length=16, unique=True)


_OPTIONS = {"abstract": False, "base_manager_name": "objects", "default_manager_name": "objects"}


class Migration(migrations.Migration):
    # Columns of the message are empty ones: neither database writes its rows again, so its triggers stay.
    dependencies = [("desk", "0003_mailed"), ("people", "0001_initial"), ("ledger", "0002_append_only")]
    operations = [
        migrations.AddField(
            "message",
            "job",
            models.CharField(max_length=10, null=True, help_text="Whose job it is, as the sender said."),
        ),
        migrations.AddField(
            "message",
            "job_name",
            models.CharField(max_length=160, null=True, help_text="Who that is, if somebody else."),
        ),
        migrations.AddField(
            "message",
            "broadcast",
            models.CharField(max_length=16, null=True, help_text="Messages sent as one share it."),
        ),
        migrations.AddField(
            "message",
            "release_at",
            models.DateTimeField(null=True, help_text="Before this nobody passes it on."),
        ),
        migrations.AddIndex("message", models.Index(fields=["broadcast"], name="messages_of_broadcast")),
        migrations.CreateModel(
            name="CompanyNotice",
            fields=[
                ("id", _id()),
                ("public_id", _public_id()),
                ("reason", models.CharField(blank=True, max_length=12)),
                ("title", models.CharField(blank=True, max_length=80)),
                ("text", models.CharField(blank=True, max_length=400)),
                ("at", models.DateTimeField()),
                ("key", models.CharField(max_length=64)),
                (
                    "about",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="desk.companynotice"
                    ),
                ),
                ("by", _person()),
            ],
            options=_OPTIONS | {
                "constraints": [
                    models.UniqueConstraint(fields=("by", "key"), name="one_notice_per_form"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("about", None), ("reason__in", ["safety", "security", "outage", "closed"])),
                            models.Q(("about__isnull", False), ("reason", "")),
                            _connector="OR",
                        ),
                        name="notice_for_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("about__isnull", False),
                            models.Q(
                                models.Q(("text", ""), _negated=True), models.Q(("title", ""), _negated=True)
                            ),
                            _connector="OR",
                        ),
                        name="notice_says_something",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PressureDay",
            fields=[
                ("id", _id()),
                ("public_id", _public_id()),
                ("on", models.DateField()),
                ("kind", models.CharField(max_length=12)),
                ("at", models.DateTimeField()),
                ("by", _person()),
                ("person", _person(null=True, help_text="Whose desk; empty: all.")),
            ],
            options=_OPTIONS | {
                "indexes": [models.Index(fields=["on"], name="pressure_days_by_day")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["board", "announcement"])),
                        name="pressure_day_is_known",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PressureDayEnd",
            fields=[
                ("id", _id()),
                ("at", models.DateTimeField()),
                ("by", _person()),
                (
                    "day",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="desk.pressureday"
                    ),
                ),
            ],
            options=_OPTIONS,
        ),
        guards.AppendOnly("desk_companynotice", "desk_pressureday", "desk_pressuredayend"),
    ]

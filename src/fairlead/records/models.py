"""Reads, and rules per country. Rows are only added."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from fairlead.people.guard import Guard, Guarded
from fairlead.records.rules import LONGEST


class Read(Guarded):
    """That somebody read something about a person, once for each reader, thing and hour."""

    owner_path = "subject"
    objects: Guard[Read] = Guard["Read"]()  # type: ignore[assignment]
    subject = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    reader = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    behalf = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    thing = models.CharField(max_length=16, help_text="Its public id.")
    hour = models.DateTimeField()
    at = models.DateTimeField(help_text="The first time within the hour.")

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["reader", "subject", "kind", "thing", "hour"],
                condition=Q(behalf=None),
                name="read_once",
            ),
            models.UniqueConstraint(
                fields=["reader", "subject", "kind", "thing", "hour", "behalf"],
                condition=Q(behalf__isnull=False),
                name="read_once_for",
            ),
            models.CheckConstraint(condition=~Q(reader=models.F("subject")), name="own_reading_is_not_noted"),
        ]
        indexes = [models.Index(fields=["subject", "-at"], name="reads_of_person")]


class CountryRule(models.Model):
    """A version of what holds in a country, from a moment on. Everybody may read it."""

    country = models.CharField(max_length=2)
    version = models.PositiveIntegerField(help_text="1, 2, … of the country.")
    min_plan_days = models.PositiveSmallIntegerField()
    companion = models.BooleanField()
    protected = models.JSONField(help_text="Kinds of leave.")
    named_comparisons = models.BooleanField()
    retention = models.JSONField(help_text="Class of data -> months, where it is not what ships.")
    reason = models.CharField(max_length=LONGEST)
    set_at = models.DateTimeField()
    by = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["country", "version"], name="one_country_rule_per_version"),
            models.CheckConstraint(condition=~Q(reason=""), name="a_country_rule_says_why"),
        ]

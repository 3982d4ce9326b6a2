"""Versions of what to expect, and the answers to them. What was said is never changed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from fairlead.people.guard import Guard, Guarded
from fairlead.people.models import public_id


class Statement(Guarded):
    """One version of what a leader and the superior expect of a period. A change is a new version with a reason."""

    owner_path = "person"
    objects: Guard[Statement] = Guard["Statement"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    superior = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=20)
    version = models.PositiveIntegerField(help_text="1, 2, … within the person's period.")
    at = models.DateTimeField()
    expected_minor = models.BigIntegerField(help_text="The number both expect.")
    target_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    estimate = models.JSONField(
        default=dict, help_text="The range when it was written: p10, p50, p90, as_of."
    )
    assumptions = models.TextField()
    risks = models.TextField(blank=True)
    reason = models.TextField(blank=True, help_text="Why this version replaces the one before.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of what is signed.")

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["person", "period", "version"], name="one_statement_per_version"),
            models.CheckConstraint(condition=Q(version=1) | ~Q(reason=""), name="new_version_needs_reason"),
            models.CheckConstraint(condition=~Q(assumptions=""), name="statement_needs_assumptions"),
        ]
        indexes = [models.Index(fields=["person", "period", "-version"], name="statement_of_person")]


class Answer(Guarded):
    """A signature under one version by one side, or the superior's own number and reason."""

    owner_path = "statement__person"
    objects: Guard[Answer] = Guard["Answer"]()  # type: ignore[assignment]
    statement = models.ForeignKey(Statement, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=10, help_text="manager or superior")
    kind = models.CharField(max_length=12, help_text="signed or not_agreed")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    digest = models.CharField(max_length=64, help_text="Of what was read and answered.")
    number_minor = models.BigIntegerField(null=True)
    reason = models.TextField(blank=True)

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["statement", "side", "kind"], name="one_answer_of_a_kind"),
            models.CheckConstraint(
                condition=Q(kind="signed", number_minor=None)
                | (Q(kind="not_agreed", side="superior", number_minor__isnull=False) & ~Q(reason="")),
                name="not_agreed_says_number_and_reason",
            ),
        ]

"""A seller's own pay plans, one for each period from which another one holds. Read by the seller and nobody else."""

from __future__ import annotations

from django.db import models

from fairlead.people.guard import Guard, Guarded


class PayPlan(Guarded):
    """What somebody wrote down of the own pay. It can be changed and deleted, and leaves no entry in the ledger."""

    owner_path = "person"
    objects: Guard[PayPlan] = Guard["PayPlan"]()  # type: ignore[assignment]
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    starts = models.CharField(max_length=20, help_text="The period from which it holds.")
    starts_on = models.DateField(help_text="The first day of that period.")
    content = models.JSONField()
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        verbose_name = "own pay plan"
        constraints = [
            models.UniqueConstraint(fields=["person", "starts_on"], name="pay_plan_once_per_period")
        ]

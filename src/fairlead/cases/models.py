"""Cases of HR, whose words each may read, and what was done with it. Nothing here is ever changed."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from fairlead.cases.rules import LONGEST, STEPS
from fairlead.people.guard import Guard, Guarded
from fairlead.people.models import public_id


class Case(Guarded):
    """That an HR partner may read some of what lies between a person and the manager, for a reason, until a day."""

    owner_path = "person"
    objects: Guard[Case] = Guard["Case"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    what = models.JSONField(help_text="Kinds of records that are read.")
    first = models.DateField(help_text="The first day of the records that are read.")
    last = models.DateField(help_text="The last one.")
    until = models.DateField(help_text="The last day on which they are read.")
    reason = models.CharField(max_length=LONGEST)
    second = models.BooleanField(help_text="Whether another HR partner confirms it first.")
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    key = models.CharField(max_length=64, help_text="The form's key, so that it opens once.")

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["by", "key"], name="one_case_per_form"),
            models.CheckConstraint(condition=~Q(by=F("person")), name="no_case_about_oneself"),
            models.CheckConstraint(condition=~Q(reason=""), name="a_case_has_a_reason"),
            models.CheckConstraint(condition=Q(first__lte=F("last")), name="a_case_reads_some_days"),
        ]


class Side(Guarded):
    """Somebody whose words a case may read: the person it is about, or who was the manager in its days."""

    owner_path = "person"
    objects: Guard[Side] = Guard["Side"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")

    class Meta(Guarded.Meta):
        constraints = [models.UniqueConstraint(fields=["case", "person"], name="one_side_of_a_case")]


class Step(Guarded):
    """That another HR partner confirmed or declined a case, or that it was closed before its day."""

    owner_path = "case__person"
    objects: Guard[Step] = Guard["Step"]()  # type: ignore[assignment]
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10)
    words = models.CharField(max_length=LONGEST, blank=True)
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(kind__in=["confirmed", "declined"]),
                name="a_case_is_answered_once",
            ),
            models.UniqueConstraint(
                fields=["case"], condition=Q(kind="closed"), name="a_case_is_closed_once"
            ),
            models.CheckConstraint(condition=Q(kind__in=STEPS), name="case_step_is_known"),
            models.CheckConstraint(
                condition=~Q(kind="declined") | ~Q(words=""), name="declined_with_a_reason"
            ),
        ]

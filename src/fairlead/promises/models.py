"""Promises and the steps taken with them. What was said is never changed: every step is a new row."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from fairlead.people.guard import Guard, Guarded
from fairlead.people.models import public_id
from fairlead.promises.rules import KINDS, LONGEST


class Promise(Guarded):
    """What one person said they would do for another, by which day. Read by the two of them only."""

    owner_path = "owner"
    also_path = "made_to"
    objects: Guard[Promise] = Guard["Promise"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    owner = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    made_to = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=LONGEST)
    due_on = models.DateField(help_text="The first due day; a move is a step.")
    zone = models.CharField(max_length=60, help_text="The owner's time zone: due by the end of its day.")
    source_kind = models.CharField(max_length=20, blank=True, help_text="Where it comes from: review, …")
    source_id = models.CharField(max_length=16, blank=True)
    source_label = models.CharField(max_length=120, blank=True)
    made_at = models.DateTimeField()
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=64, help_text="The form's key, so that it counts once.")

    class Meta(Guarded.Meta):
        constraints = [
            models.CheckConstraint(condition=~Q(owner=F("made_to")), name="promised_to_another"),
            models.CheckConstraint(condition=~Q(text=""), name="promise_says_something"),
            models.UniqueConstraint(fields=["by", "key"], name="one_promise_per_form"),
        ]
        indexes = [
            models.Index(fields=["owner", "-id"], name="promise_by_owner"),
            models.Index(fields=["made_to", "-id"], name="promise_to_person"),
            models.Index(fields=["source_kind", "source_id"], name="promise_by_source"),
            models.Index(fields=["due_on"], name="promise_by_day"),
        ]


class Step(Guarded):
    """One step with a promise: kept, moved, withdrawn, confirmed, said not to be kept, or the undoing of one."""

    owner_path = "promise__owner"
    also_path = "promise__made_to"
    objects: Guard[Step] = Guard["Step"]()  # type: ignore[assignment]
    promise = models.ForeignKey(Promise, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(help_text="1, 2, … within the promise.")
    kind = models.CharField(max_length=12, choices=[(kind, kind) for kind in KINDS])
    due_on = models.DateField(null=True, help_text="A move's new day.")
    reason = models.CharField(max_length=LONGEST, blank=True)
    about = models.PositiveIntegerField(null=True, help_text="The number of the step that is undone.")
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["promise", "number"], name="one_step_per_number"),
            models.CheckConstraint(
                condition=~Q(kind__in=["moved", "withdrawn"]) | ~Q(reason=""), name="step_says_why"
            ),
            models.CheckConstraint(
                condition=Q(kind="moved", due_on__isnull=False) | (~Q(kind="moved") & Q(due_on=None)),
                name="a_move_has_a_day",
            ),
            models.CheckConstraint(
                condition=Q(kind="undone", about__isnull=False) | (~Q(kind="undone") & Q(about=None)),
                name="an_undo_has_a_step",
            ),
        ]
        indexes = [models.Index(fields=["due_on"], name="step_by_day")]

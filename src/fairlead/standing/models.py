"""Seats and leave: what decides, beside the target, how much was asked of a seller. Taken back, never deleted."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from fairlead.people.guard import Guard, Guarded
from fairlead.people.models import public_id


class Seat(Guarded):
    """The job and segment somebody sells in from a day on, until the next one. Ramps where ``ramps``."""

    owner_path = "person"
    objects: Guard[Seat] = Guard["Seat"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    job = models.CharField(max_length=160)
    segment = models.CharField(max_length=160, blank=True)
    starts_on = models.DateField()
    ramps = models.BooleanField(help_text="Whether the job's ramp begins with it.")
    at = models.DateTimeField()
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    taken_back_at = models.DateTimeField(null=True)

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["person", "starts_on"], condition=Q(taken_back_at=None), name="one_seat_a_day"
            ),
            models.CheckConstraint(condition=~Q(job=""), name="seat_has_a_job"),
        ]


class Leave(Guarded):
    """Days on which somebody is away, the last one included. Why stands in ``LeaveReason``, for fewer eyes."""

    owner_path = "person"
    objects: Guard[Leave] = Guard["Leave"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    first = models.DateField()
    last = models.DateField(null=True, help_text="Empty while nobody knows when it ends.")
    at = models.DateTimeField()
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    taken_back_at = models.DateTimeField(null=True)

    class Meta(Guarded.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(last=None) | Q(last__gte=models.F("first")), name="leave_ends_after_its_start"
            )
        ]
        indexes = [models.Index(fields=["person", "first"], name="leave_of_person")]


class LeaveReason(Guarded):
    """Why somebody is away: read by that person and by HR of the unit, and by nobody else."""

    owner_path = "leave__person"
    objects: Guard[LeaveReason] = Guard["LeaveReason"]()  # type: ignore[assignment]
    leave = models.OneToOneField(Leave, on_delete=models.PROTECT, related_name="+", primary_key=True)
    words = models.CharField(max_length=300)

    class Meta(Guarded.Meta):
        constraints = [models.CheckConstraint(condition=~Q(words=""), name="a_reason_says_something")]

"""Series of one-to-ones with what belongs to them. Shared things are never changed; a private note is its writer's."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from fairlead.oneonones.rules import KINDS, STEPS
from fairlead.people.guard import Guard, Guarded
from fairlead.people.models import public_id


class Series(Guarded):
    """The one-to-ones of two people while the one reports to the other; afterwards the rep alone reads them."""

    owner_path = "rep"
    also_path = "manager"
    objects: Guard[Series] = Guard["Series"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    rep = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    manager = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    begun_on = models.DateField(help_text="The organisation's day; a line that begins later ends it.")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["rep", "manager", "begun_on"], name="one_series_a_day"),
            models.CheckConstraint(condition=~Q(rep=F("manager")), name="series_between_two"),
        ]


class _Between(Guarded):
    """Something of a series, read by its two people."""

    owner_path = "series__rep"
    also_path = "series__manager"
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        abstract = True


class Rhythm(_Between):
    """How often the two meet, as either of them set it; the newest counts from its first day on."""

    owner_path = "series__rep"
    objects: Guard[Rhythm] = Guard["Rhythm"]()  # type: ignore[assignment]
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=12)
    weekday = models.PositiveSmallIntegerField(help_text="0 is Monday.")
    begins = models.TimeField(help_text="On the clock of the zone.")
    zone = models.CharField(max_length=60)
    minutes = models.PositiveSmallIntegerField()
    starts_on = models.DateField()

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["series", "number"], name="one_rhythm_per_number"),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="rhythm_is_known"),
        ]


class Step(_Between):
    """What either did with a meeting: held, moved, skipped, or took that back. Nothing else is kept of a meeting."""

    owner_path = "series__rep"
    objects: Guard[Step] = Guard["Step"]()  # type: ignore[assignment]
    slot = models.DateField(help_text="The day the rhythm gives it, or the day it was first planned for.")
    kind = models.CharField(max_length=8)
    starts_at = models.DateTimeField(null=True, help_text="Where it moved to.")

    class Meta(Guarded.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=STEPS), name="meeting_step_is_known"),
            models.CheckConstraint(
                condition=Q(kind="moved", starts_at__isnull=False) | (~Q(kind="moved") & Q(starts_at=None)),
                name="a_moved_meeting_has_a_moment",
            ),
        ]
        indexes = [models.Index(fields=["series", "slot"], name="meeting_steps")]


class Point(_Between):
    """Something one of the two put on the agenda; it stays on it until it was talked about or taken off."""

    owner_path = "series__rep"
    objects: Guard[Point] = Guard["Point"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    text = models.CharField(max_length=300)
    key = models.CharField(max_length=64)

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["by", "key"], name="one_point_per_form"),
            models.CheckConstraint(condition=~Q(text=""), name="point_says_something"),
        ]


class Mark(_Between):
    """A line of a meeting's agenda that was done with, taken off, or carried over to the next one."""

    owner_path = "series__rep"
    objects: Guard[Mark] = Guard["Mark"]()  # type: ignore[assignment]
    slot = models.DateField()
    line = models.CharField(max_length=80, help_text="Which line: a point, or what a fact is about.")
    kind = models.CharField(max_length=8, help_text="off, carried or back.")

    class Meta(Guarded.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=["off", "carried", "back"]), name="mark_is_known"),
        ]
        indexes = [models.Index(fields=["series", "line"], name="agenda_marks")]


class SharedNote(_Between):
    """One version of the notes of a meeting, written by either, read by both."""

    owner_path = "series__rep"
    objects: Guard[SharedNote] = Guard["SharedNote"]()  # type: ignore[assignment]
    slot = models.DateField()
    number = models.PositiveIntegerField(help_text="1, 2, … of the meeting.")
    text = models.TextField(blank=True)

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["series", "slot", "number"], name="one_shared_note_per_number"),
        ]


class PrivateNote(Guarded):
    """A note of one person's own for a meeting: read by its writer and nobody else, changed and erased at will."""

    owner_path = "writer"
    objects: Guard[PrivateNote] = Guard["PrivateNote"]()  # type: ignore[assignment]
    writer = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    slot = models.DateField()
    text = models.TextField()
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["writer", "other", "slot"], name="one_private_note_per_meeting"),
        ]


class Feed(Guarded):
    """A person's own secret calendar address: its digest. The address itself is shown once."""

    owner_path = "person"
    objects: Guard[Feed] = Guard["Feed"]()  # type: ignore[assignment]
    person = models.OneToOneField("people.Person", on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    names = models.BooleanField(default=False, help_text="Whether the other one's name stands in it.")
    made_at = models.DateTimeField()

    class Meta(Guarded.Meta):
        pass

"""Entries of the gap ledger in versions. Nothing kept is ever changed: a correction is a new row."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from fairlead.gaps.rules import KINDS, LONGEST
from fairlead.people.guard import Guard, Guarded
from fairlead.people.models import public_id


class Gap(Guarded):
    """That a gap of a seller's closed quarter is kept. The newest version says what."""

    owner_path = "person"
    objects: Guard[Gap] = Guard["Gap"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    quarter = models.CharField(max_length=20)
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [models.UniqueConstraint(fields=["person", "quarter"], name="one_gap_a_quarter")]


class Version(Guarded):
    """What an entry says from a moment on, or that it was taken back."""

    owner_path = "gap__person"
    objects: Guard[Version] = Guard["Version"]()  # type: ignore[assignment]
    gap = models.ForeignKey(Gap, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(help_text="1, 2, … within the entry.")
    kind = models.CharField(max_length=10, choices=[(kind, kind) for kind in KINDS])
    content = models.JSONField(default=dict, help_text="What was asked and won, and what was cut or delayed.")
    why = models.CharField(max_length=LONGEST, blank=True)
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["gap", "number"], name="one_gap_version_per_number"),
            models.CheckConstraint(condition=Q(number=1, kind="kept") | ~Q(why=""), name="a_gap_says_why"),
        ]


class Carried(Guarded):
    """One part of a version: who carries it, how much, from when until when."""

    owner_path = "version__gap__person"
    also_path = "person"
    objects: Guard[Carried] = Guard["Carried"]()  # type: ignore[assignment]
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    place = models.PositiveSmallIntegerField()
    said = models.JSONField(help_text="The amount in minor units, and the days.")

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["version", "place"], name="one_part_of_a_gap_per_place")
        ]

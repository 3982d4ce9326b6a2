"""Grounds of units and versions of the rule. What was recorded is never changed: every word is a new row."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from fairlead.grounds.rules import CONSULTED, LONGEST
from fairlead.people.guard import Guard, Guarded


class Ground(Guarded):
    """What HR recorded for the unit below a leader, or that nothing runs there any more. The newest counts."""

    owner_path = "head"
    objects: Guard[Ground] = Guard["Ground"]()  # type: ignore[assignment]
    head = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(help_text="1, 2, … within the unit.")
    kind = models.CharField(max_length=8, choices=[(kind, kind) for kind in ("recorded", "stopped")])
    country = models.CharField(max_length=2, blank=True)
    notice_on = models.DateField(null=True)
    notice_words = models.CharField(max_length=LONGEST, blank=True)
    basis = models.CharField(max_length=LONGEST, blank=True)
    consulted = models.CharField(max_length=13, blank=True, choices=[(word, word) for word in CONSULTED])
    consulted_on = models.DateField(null=True)
    consulted_words = models.CharField(max_length=LONGEST, blank=True)
    runs_from = models.DateField(null=True)
    words = models.CharField(max_length=LONGEST, blank=True, help_text="Why it was stopped.")
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["head", "number"], name="one_ground_per_number"),
            models.CheckConstraint(
                condition=(Q(kind="stopped") & ~Q(words=""))
                | Q(
                    kind="recorded", notice_on__isnull=False, runs_from__isnull=False,
                    consulted__in=list(CONSULTED),
                ) & ~Q(notice_words="") & ~Q(basis="") & ~Q(consulted_words="") & ~Q(country=""),
                name="a_ground_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(consulted="held") | Q(consulted_on__isnull=False), name="consulted_on_a_day"
            ),
        ]  # fmt: skip


class RuleVersion(models.Model):
    """A version of the rule by which results are looked at, from a moment on. Everybody may read it."""

    version = models.PositiveIntegerField(unique=True)
    line = models.PositiveSmallIntegerField(help_text="Percent of what was asked.")
    in_a_row = models.PositiveSmallIntegerField(help_text="Quarters under the line that open a look.")
    decide_days = models.PositiveSmallIntegerField()
    early_chance = models.PositiveSmallIntegerField(help_text="Percent.")
    ramps = models.JSONField(default=dict, help_text="Job in lower case -> percent per month of a seat.")
    set_at = models.DateTimeField()
    by = models.CharField(max_length=120)

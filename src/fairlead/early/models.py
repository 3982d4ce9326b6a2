"""What the two said of an early talk, gone with the quarter, and counts of roles. Nothing else of a talk is kept."""

from __future__ import annotations

from datetime import date

from django.db import models

from fairlead.early.rules import WORDS
from fairlead.people.guard import Guard, Guarded


class Said(Guarded):
    """That somebody said ``talked`` or ``not now`` of a talk, or put it on the agenda of the next one-to-one.

    It belongs to who said it. The row is deleted with the quarter, and when it is taken back.
    """

    owner_path = "by"
    objects: Guard[Said] = Guard["Said"]()  # type: ignore[assignment]
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    until: models.DateField[date, date] = models.DateField(help_text="The last day of the quarter.")
    word = models.CharField(max_length=8, choices=[(word, word) for word in WORDS])

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["person", "by", "until", "word"], name="one_word_of_a_talk"),
            models.CheckConstraint(condition=models.Q(word__in=WORDS), name="a_word_of_a_talk_is_known"),
        ]


class Reference(models.Model):
    """What the sellers of a role together show of deals on a day: counts without names, made anew each day."""

    until: models.DateField[date, date] = models.DateField(help_text="The last day of the quarter.")
    day: models.DateField[date, date] = models.DateField()
    seat = models.CharField(max_length=330, help_text="Job and segment in lower case.")
    facts = models.JSONField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["until", "day", "seat"], name="one_reference_a_day")]

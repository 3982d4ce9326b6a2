"""Rounds of upward feedback. No row holds an answer with its author: an answer raises tallies and is gone.

Keys are drawn by chance, so that no order of rows tells who came first.
"""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import Q

from fairlead.people.guard import Guard, Guarded
from fairlead.people.models import public_id


def chance() -> int:
    """A key without an order: 62 bits."""
    return secrets.randbits(62)


class Round(Guarded):
    """A quarter's round of one group: who owns its result, until when it is open, what came of it."""

    owner_path = "owner"
    objects: Guard[Round] = Guard["Round"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    kind = models.CharField(
        max_length=4, help_text="team: about its owner; line: about the managers of the owner's unit."
    )
    owner = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    quarter = models.CharField(max_length=12)
    opened_on = models.DateField()
    closes_on = models.DateField(help_text="The last day for an answer.")
    reminded_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    released_at = models.DateTimeField(null=True, help_text="The same moment for all rounds of a quarter.")
    outcome = models.CharField(max_length=8, blank=True, help_text="shown, or why not.")
    answered = models.PositiveIntegerField(
        null=True, help_text="How many answered; known from the closing on."
    )

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["kind", "owner", "quarter"], name="one_feedback_round_a_quarter"),
            models.CheckConstraint(condition=Q(kind__in=["team", "line"]), name="feedback_round_has_a_kind"),
            models.CheckConstraint(
                condition=Q(released_at=None) | Q(closed_on__isnull=False),
                name="feedback_released_after_closing",
            ),
        ]
        indexes = [models.Index(fields=["closed_on", "closes_on"], name="feedback_open_rounds")]


class Asked(Guarded):
    """That somebody is asked about a manager, and whether an answer came: no day, no time, no link to it."""

    owner_path = "person"
    objects: Guard[Asked] = Guard["Asked"]()  # type: ignore[assignment]
    id = models.BigIntegerField(primary_key=True, default=chance)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    manager = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    answered = models.BooleanField(default=False)

    class Meta(Guarded.Meta):
        constraints = [models.UniqueConstraint(fields=["round", "person"], name="asked_for_feedback_once")]


class Tally(Guarded):
    """How many said what of one item, while a round is open; erased when it is released."""

    owner_path = "round__owner"
    objects: Guard[Tally] = Guard["Tally"]()  # type: ignore[assignment]
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="+")
    item = models.CharField(max_length=10)
    yes = models.PositiveIntegerField(default=0)
    no = models.PositiveIntegerField(default=0)
    unable = models.PositiveIntegerField(default=0)

    class Meta(Guarded.Meta):
        constraints = [models.UniqueConstraint(fields=["round", "item"], name="one_feedback_tally_an_item")]


class Comment(Guarded):
    """What somebody wrote to a round, without who; written anew in another order at the closing."""

    owner_path = "round__owner"
    objects: Guard[Comment] = Guard["Comment"]()  # type: ignore[assignment]
    id = models.BigIntegerField(primary_key=True, default=chance)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=1000)

    class Meta(Guarded.Meta):
        pass


class Figure(Guarded):
    """What is shown of an item, or of a half of them, for good: a word, and whether it told something new."""

    owner_path = "round__owner"
    objects: Guard[Figure] = Guard["Figure"]()  # type: ignore[assignment]
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=10)
    level = models.CharField(
        max_length=8, blank=True, help_text="high, divided, low; empty where nothing is shown."
    )
    state = models.CharField(max_length=6, help_text="fresh, kept, moved, few, held.")
    size = models.PositiveIntegerField(help_text="Answers behind it.")

    class Meta(Guarded.Meta):
        constraints = [models.UniqueConstraint(fields=["round", "key"], name="one_feedback_figure_a_key")]


class Share(Guarded):
    """The owner lets others read a round's result, or no longer; the newest row counts."""

    owner_path = "round__owner"
    objects: Guard[Share] = Guard["Share"]()  # type: ignore[assignment]
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="+")
    whom = models.CharField(max_length=5, help_text="asked: those who were asked; above: the superior.")
    on = models.BooleanField()
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(whom__in=["asked", "above"]), name="feedback_is_shared_with_known"
            )
        ]

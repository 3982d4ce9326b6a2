"""Reviews with their frozen facts, who was in the room, notes while it runs, minutes, and what was set straight.

Only the draft of the notes changes; everything else is never changed.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from fairlead.people.guard import Guard, Guarded
from fairlead.people.models import public_id
from fairlead.reviews.rules import KINDS, LONGEST


class Review(Guarded):
    """A review of a leader's team, with the facts as they were when it began."""

    owner_path = "leader"
    objects: Guard[Review] = Guard["Review"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    leader = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    team = models.CharField(max_length=200)
    period = models.CharField(max_length=20)
    begun_at = models.DateTimeField()
    facts = models.JSONField(help_text="Typed facts with their version; narrowed to each reader.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the facts.")

    class Meta(Guarded.Meta):
        indexes = [models.Index(fields=["leader", "-begun_at"], name="review_of_leader")]


class Attendance(Guarded):
    """Somebody in the room of a review. This row is the right to read it, wherever the person works later."""

    owner_path = "person"
    objects: Guard[Attendance] = Guard["Attendance"]()  # type: ignore[assignment]
    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=[(kind, kind) for kind in KINDS])
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["review", "person"], name="one_seat_per_person"),
            models.UniqueConstraint(
                fields=["review"], condition=Q(kind="leader"), name="one_leader_per_review"
            ),
        ]
        indexes = [models.Index(fields=["person", "-review"], name="reviews_of_person")]


class Draft(Guarded):
    """The notes of a running review as typed; gone when it ends."""

    owner_path = "review__leader"
    objects: Guard[Draft] = Guard["Draft"]()  # type: ignore[assignment]
    review = models.OneToOneField(Review, on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=0)
    notes = models.JSONField(default=dict)
    saved_at = models.DateTimeField()
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")


class CalledOff(Guarded):
    """A review that was begun by mistake and called off before its end."""

    owner_path = "review__leader"
    objects: Guard[CalledOff] = Guard["CalledOff"]()  # type: ignore[assignment]
    review = models.OneToOneField(Review, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Minutes(Guarded):
    """The end of a review: one per review. ``absent`` are the persons who were not there."""

    owner_path = "review__leader"
    objects: Guard[Minutes] = Guard["Minutes"]()  # type: ignore[assignment]
    review = models.OneToOneField(Review, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    absent = models.JSONField(default=list)
    digest = models.CharField(max_length=64, help_text="SHA-256 of what was agreed.")


class Decision(Guarded):
    """A decision of a review, of one deal or of the team. Of a deal it stands on the deal's page."""

    owner_path = "deal__owner"
    objects: Guard[Decision] = Guard["Decision"]()  # type: ignore[assignment]
    minutes = models.ForeignKey(Minutes, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    text = models.CharField(max_length=LONGEST)
    deal = models.ForeignKey("deals.Deal", null=True, on_delete=models.PROTECT, related_name="+")
    deal_name = models.CharField(max_length=240, blank=True, help_text="As it was called in the room.")

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["minutes", "number"], name="one_decision_per_number"),
            models.CheckConstraint(condition=~Q(text=""), name="decision_says_something"),
        ]


class Question(Guarded):
    """A question left open by a review, with who finds out. The next review begins with it."""

    owner_path = "finder"
    objects: Guard[Question] = Guard["Question"]()  # type: ignore[assignment]
    minutes = models.ForeignKey(Minutes, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    text = models.CharField(max_length=LONGEST)
    finder = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    asked_on = models.DateField(help_text="The day of the review that asked it first.")

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["minutes", "number"], name="one_question_per_number"),
            models.CheckConstraint(condition=~Q(text=""), name="question_says_something"),
        ]


class Action(Guarded):
    """An action agreed in a review; the promise it became is read by its two people."""

    owner_path = "owner"
    objects: Guard[Action] = Guard["Action"]()  # type: ignore[assignment]
    minutes = models.ForeignKey(Minutes, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    text = models.CharField(max_length=LONGEST)
    owner = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    promise = models.CharField(max_length=16, help_text="Public id of the promise.")

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["minutes", "number"], name="one_action_per_number"),
            models.CheckConstraint(condition=~Q(text=""), name="action_says_something"),
        ]


class Straight(Guarded):
    """What somebody who was there set straight under the minutes, in the own name."""

    owner_path = "by"
    objects: Guard[Straight] = Guard["Straight"]()  # type: ignore[assignment]
    minutes = models.ForeignKey(Minutes, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=LONGEST)
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    key = models.CharField(max_length=64, help_text="The form's key, so that it counts once.")

    class Meta(Guarded.Meta):
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="straight_says_something"),
            models.UniqueConstraint(fields=["by", "key"], name="one_straight_per_form"),
        ]

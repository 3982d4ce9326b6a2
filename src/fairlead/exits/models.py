"""What was said of deals that left the forecast. What was handed in is never changed: the next version is a new row."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from fairlead.exits.rules import LONGEST
from fairlead.people.guard import Guard, Guarded
from fairlead.people.models import public_id


class Ruling(models.Model):
    """What exits ask for, from a day on. A change is a new version; exits keep the version of the day they left on."""

    version = models.PositiveIntegerField(unique=True)
    times = models.FloatField(help_text="A packet from so many times the team's median amount on.")
    fixed_minor = models.BigIntegerField(null=True, help_text="From this amount on instead.")
    days = models.PositiveSmallIntegerField(help_text="Working days until it is due.")
    blocking = models.BooleanField(help_text="Whether doors inside Fairlead refuse without a packet.")
    who = models.CharField(max_length=12, help_text="everybody, or reps")
    categories = models.JSONField(help_text="The categories whose deals need a packet.")
    starts_on = models.DateField()
    set_at = models.DateTimeField()
    by = models.CharField(max_length=120)

    class Meta:
        indexes = [models.Index(fields=["-starts_on", "-version"], name="exit_rule_in_force")]


class Answer(Guarded):
    """What the owner of a deal said of its exit: a short answer, or one version of a packet. Never evidence.

    It is its author's, not the next owner's: what replaces a deal are deals of the author.
    """

    owner_path = "by"
    objects: Guard[Answer] = Guard["Answer"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    deal = models.ForeignKey("deals.Deal", on_delete=models.PROTECT, related_name="+", db_index=False)
    period = models.CharField(max_length=20)
    number = models.PositiveIntegerField(help_text="1, 2, … within the deal and period.")
    kind = models.CharField(max_length=6, choices=[(k, k) for k in ("short", "packet")])
    reason = models.CharField(max_length=20, blank=True)
    why = models.CharField(max_length=LONGEST, blank=True)
    content = models.JSONField(default=dict, help_text="The packet, as exits.rules.Packet.")
    computed = models.JSONField(
        default=dict, help_text="gap_minor, stood_in, way, replacements, effects: as computed when handed in."
    )
    left_at = models.DateTimeField(
        null=True, help_text="When the deal left; empty where it was said beforehand."
    )
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["deal", "period", "number"], name="one_version_of_answer"),
            models.CheckConstraint(condition=~Q(why="") | ~Q(reason=""), name="answer_says_something"),
        ]


class Act(Guarded):
    """What a manager did with a packet: accepted it, asked back, took it upstairs."""

    owner_path = "answer__by"
    objects: Guard[Act] = Guard["Act"]()  # type: ignore[assignment]
    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(
        max_length=10, choices=[(k, k) for k in ("accepted", "asked_back", "taken_up", "taken_back")]
    )
    words = models.CharField(max_length=LONGEST, blank=True)
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.CheckConstraint(condition=~Q(kind="asked_back") | ~Q(words=""), name="asking_back_asks"),
        ]


class Draft(Guarded):
    """What somebody typed of a packet and has not handed in yet. The writer's alone."""

    owner_path = "by"
    objects: Guard[Draft] = Guard["Draft"]()  # type: ignore[assignment]
    deal = models.ForeignKey("deals.Deal", on_delete=models.CASCADE, related_name="+", db_index=False)
    by = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    typed = models.JSONField(help_text="The form's fields as they were typed.")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [models.UniqueConstraint(fields=["deal", "by"], name="one_draft_each")]


class Asked(Guarded):
    """That an owner was told of an exit that asks for something, so that nobody is told twice."""

    owner_path = "deal__owner"
    objects: Guard[Asked] = Guard["Asked"]()  # type: ignore[assignment]
    deal = models.ForeignKey("deals.Deal", on_delete=models.CASCADE, related_name="+", db_index=False)
    period = models.CharField(max_length=20)
    left_at = models.DateTimeField()
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [models.UniqueConstraint(fields=["deal", "period", "left_at"], name="asked_once")]


class Looked(models.Model):
    """Up to which import the clock looked for exits. One row."""

    run = models.BigIntegerField()

"""Thresholds in versions, the stored record of flags, what people did in a review. What was said is never changed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from fairlead.health.rules import KEYS, LONGEST
from fairlead.health.wording import FIELDS
from fairlead.people.guard import Guard, Guarded
from fairlead.people.models import public_id


class Threshold(models.Model):
    """The thresholds of all flags from a moment on. A change is a new version."""

    version = models.PositiveIntegerField(unique=True)
    content = models.JSONField(help_text="As health.rules.Thresholds.")
    set_at = models.DateTimeField()
    by = models.CharField(max_length=120)


class FlagRun(models.Model):
    """What was usual, and the record of all flags, computed beside an estimate run with one version of thresholds."""

    run = models.ForeignKey("calls.EstimateRun", on_delete=models.CASCADE, related_name="+")
    thresholds = models.PositiveIntegerField(help_text="Their version, 0 for those that ship.")
    computed_at = models.DateTimeField()
    stages = models.JSONField(help_text="stage -> [days, won deals]")
    amounts = models.JSONField(help_text="product -> [median in major units, won deals]")
    record = models.JSONField(help_text="As health.record.Record.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "thresholds"], name="one_flag_run")]


class Snooze(Guarded):
    """A flag of a deal held back until a day, or (``undoes``) the waking of one.

    ``fact`` is what the flag rested on: when it changes, the flag is up again whatever the day.
    """

    owner_path = "deal__owner"
    objects: Guard[Snooze] = Guard["Snooze"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    deal = models.ForeignKey("deals.Deal", on_delete=models.PROTECT, related_name="+", db_index=False)
    flag = models.CharField(max_length=20)
    fact = models.CharField(max_length=400, blank=True)
    until = models.DateField(null=True)
    reason = models.CharField(max_length=LONGEST, blank=True)
    undoes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(flag__in=list(KEYS)), name="snoozes_a_known_flag"),
            models.CheckConstraint(
                condition=Q(undoes__isnull=False) | (~Q(reason="") & Q(until__isnull=False)),
                name="snooze_has_reason_and_end",
            ),
        ]
        indexes = [models.Index(fields=["deal", "flag", "id"], name="snoozes_of_deal")]


class Correction(Guarded):
    """A proposal to correct a field in the source, or (``undoes``) the taking back of one. It changes no fact here."""

    owner_path = "deal__owner"
    objects: Guard[Correction] = Guard["Correction"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    deal = models.ForeignKey("deals.Deal", on_delete=models.PROTECT, related_name="+", db_index=False)
    field = models.CharField(max_length=20)
    old = models.CharField(max_length=LONGEST, blank=True)
    new = models.CharField(max_length=LONGEST, blank=True)
    undoes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(field__in=list(FIELDS)), name="corrects_a_known_field"),
            models.CheckConstraint(
                condition=Q(undoes__isnull=False) | ~Q(new=""), name="correction_says_something"
            ),
        ]
        indexes = [models.Index(fields=["deal", "field", "id"], name="corrections_of_deal")]


class Note(Guarded):
    """A question or a thank-you for a deal's owner, its writer's alone until it is sent, or the taking back of one."""

    owner_path = "by"
    objects: Guard[Note] = Guard["Note"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    deal = models.ForeignKey("deals.Deal", on_delete=models.PROTECT, related_name="+")
    to = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=[(k, k) for k in ("question", "thanks")])
    text = models.CharField(max_length=LONGEST, blank=True)
    undoes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(undoes__isnull=False) | ~Q(text=""), name="note_says_something"
            )
        ]
        indexes = [models.Index(fields=["by", "to", "id"], name="notes_for_person")]


class Message(Guarded):
    """The one message that ended a review of a person's deals, frozen as it was sent."""

    owner_path = "by"
    also_path = "to"
    objects: Guard[Message] = Guard["Message"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    to = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    content = models.JSONField(help_text="kind, deal, name and text of every note, in order.")

    class Meta(Guarded.Meta):
        indexes = [models.Index(fields=["by", "-at"], name="messages_by_writer")]


class SentNote(Guarded):
    """Which message a note went out with. A note goes out once."""

    owner_path = "note__by"
    objects: Guard[SentNote] = Guard["SentNote"]()  # type: ignore[assignment]
    note = models.OneToOneField(Note, on_delete=models.PROTECT, related_name="+")
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="+")

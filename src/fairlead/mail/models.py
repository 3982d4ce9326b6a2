"""The address of the desk, what people want by mail, mail that came in, and mail that leaves."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from fairlead.mail.rules import MODES
from fairlead.mail.wording import DOORS, STATES
from fairlead.people.guard import Guard, Guarded
from fairlead.people.models import public_id


class MailSetting(models.Model):
    """The address of the desk from a moment on. A change is a new version; an empty one switches mail in off."""

    version = models.PositiveIntegerField(unique=True)
    address = models.CharField(max_length=120, blank=True)
    set_at = models.DateTimeField()
    by = models.CharField(max_length=120)


class Wish(Guarded):
    """How a person wants notices by mail. Wishing anew is a new row; nobody else reads it."""

    owner_path = "person"
    objects: Guard[Wish] = Guard["Wish"]()  # type: ignore[assignment]
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    mode = models.CharField(max_length=10)
    hour = models.PositiveSmallIntegerField(help_text="From which hour on the digest leaves.")
    quiet_from = models.PositiveSmallIntegerField()
    quiet_to = models.PositiveSmallIntegerField()
    weekends = models.BooleanField(help_text="Whether mail comes on weekends and days off as well.")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [models.CheckConstraint(condition=Q(mode__in=list(MODES)), name="mail_mode_is_known")]


class Arrived(Guarded):
    """A mail to the desk: its size, its moments and what became of it. Its bytes stay until that is settled.

    ``person`` is whose account its sender names, once that is known.
    """

    owner_path = "person"
    objects: Guard[Arrived] = Guard["Arrived"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    digest = models.CharField(
        max_length=64, unique=True, help_text="Of its bytes and to whom it was delivered."
    )
    door = models.CharField(max_length=10)
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    delivered_to = models.TextField(
        blank=True, help_text="The addresses it was delivered to; erased with the bytes."
    )
    returns = models.BooleanField(default=True, help_text="Whether an answer may go back: not for bounces.")
    raw = models.BinaryField(null=True, help_text="The mail itself, until it is settled.")
    at = models.DateTimeField()
    state = models.CharField(max_length=10, default="waiting")
    reason = models.CharField(max_length=40, blank=True)
    person = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    proven = models.BooleanField(
        default=False, help_text="Whether the sender was proven, or said it was theirs."
    )
    judged = models.BooleanField(
        default=False, help_text="Whether the receiving server said anything where its word counts."
    )
    server = models.CharField(
        max_length=60,
        blank=True,
        help_text="The network of the server that handed it in; erased with the bytes.",
    )
    message_id = models.CharField(max_length=250, blank=True, help_text="Erased with the bytes.")
    tries = models.PositiveSmallIntegerField(default=0)
    done_at = models.DateTimeField(null=True)
    answer_due = models.BooleanField(
        default=False, help_text="Whether its sender is still to be answered by mail."
    )
    answered_at = models.DateTimeField(null=True)

    class Meta(Guarded.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(state__in=list(STATES)), name="mail_state_is_known"),
            models.CheckConstraint(condition=Q(door__in=list(DOORS)), name="mail_came_by_a_door"),
            models.CheckConstraint(
                condition=~Q(state__in=["taken", "discarded", "refused"]) | Q(raw=None),
                name="mail_is_erased_when_done",
            ),
        ]
        indexes = [
            models.Index(fields=["state", "at"], name="mail_by_state"),
            models.Index(fields=["person", "state"], name="mail_of_person"),
        ]


class Letter(Guarded):
    """A mail about notices to one person: which notices, how many of what kind, and whether it left."""

    owner_path = "person"
    objects: Guard[Letter] = Guard["Letter"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    digest = models.BooleanField()
    groups = models.JSONField(help_text="What waits -> how many.")
    notices = models.JSONField(help_text="The notices it is about.")
    at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    failed_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=60, blank=True)

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["person"], condition=Q(sent_at=None, failed_at=None), name="one_open_letter"
            ),
        ]
        indexes = [models.Index(fields=["person", "digest", "-at"], name="letters_of_person")]

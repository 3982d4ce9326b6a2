"""Requests for help with their steps, what became known to a manager, and shields. Nothing here is ever changed."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from fairlead.help.rules import ACTS, DOORS, LONGEST_SUBJECT, STEPS
from fairlead.people.guard import Guard, Guarded
from fairlead.people.models import public_id


class HelpSetting(models.Model):
    """How long a request for help may wait, and what exists outside the company, from a moment on."""

    version = models.PositiveIntegerField(unique=True)
    days = models.PositiveSmallIntegerField(help_text="Working days until a request is late.")
    outside = models.TextField(blank=True, help_text="Works council, ombudsperson: for whom nobody is left.")
    set_at = models.DateTimeField()
    by = models.CharField(max_length=120)


class Request(Guarded):
    """What one person asked another for. A second door is a row of its own, so that nobody finds it on the first.

    Read by who asked and by who was asked, and by nobody else; what goes on to a new manager is a new row as well.
    """

    owner_path = "by"
    also_path = "to"
    objects: Guard[Request] = Guard["Request"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    to = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    door = models.CharField(max_length=6, help_text="first, above (the skip level) or hr.")
    first = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="+", help_text="What the second door follows."
    )  # fmt: skip
    after = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="+", help_text="What went on to somebody else."
    )  # fmt: skip
    complaint = models.BooleanField(default=False, help_text="A complaint about the manager.")
    about = models.ForeignKey(
        "people.Person", null=True, on_delete=models.PROTECT, related_name="+",
        help_text="The manager that a second door goes past.",
    )  # fmt: skip
    subject = models.CharField(max_length=LONGEST_SUBJECT)
    deal = models.ForeignKey("deals.Deal", null=True, on_delete=models.PROTECT, related_name="+")
    need = models.TextField(help_text="What is needed.")
    tried = models.TextField(blank=True, help_text="What was tried.")
    needed_by = models.DateField(null=True)
    days = models.PositiveSmallIntegerField(
        help_text="Working days until it is late, as set when it was asked."
    )
    at = models.DateTimeField()
    key = models.CharField(max_length=64)

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["by", "key"], name="one_help_request_per_form"),
            models.UniqueConstraint(
                fields=["after"], condition=Q(after__isnull=False), name="help_request_goes_on_once"
            ),
            models.CheckConstraint(condition=Q(door__in=DOORS), name="help_request_has_a_door"),
            models.CheckConstraint(condition=~Q(by=F("to")), name="help_is_asked_of_another"),
            models.CheckConstraint(condition=~Q(subject="") & ~Q(need=""), name="help_request_says_something"),
            models.CheckConstraint(
                condition=Q(door="first", first=None, complaint=False, about=None)
                | Q(door__in=["above", "hr"], about__isnull=False, after=None, first__isnull=False, complaint=False)
                | Q(door__in=["above", "hr"], about__isnull=False, after=None, first=None, complaint=True),
                name="second_door_follows_or_complains",
            ),
            models.CheckConstraint(
                condition=Q(about=None) | ~Q(about=F("to")), name="second_door_goes_past_the_manager"
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["to", "-at"], name="help_asked_of_person"),
            models.Index(fields=["first"], name="help_second_doors"),
        ]


class Step(Guarded):
    """One step with a request, of who asked or of who was asked."""

    owner_path = "request__by"
    also_path = "request__to"
    objects: Guard[Step] = Guard["Step"]()  # type: ignore[assignment]
    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveIntegerField(help_text="1, 2, … within the request.")
    kind = models.CharField(max_length=10)
    text = models.TextField(blank=True)
    promise = models.CharField(max_length=16, blank=True, help_text="The promise an answer made.")
    by = models.ForeignKey(
        "people.Person", null=True, on_delete=models.PROTECT, related_name="+", help_text="Empty for the clock."
    )  # fmt: skip
    at = models.DateTimeField()
    key = models.CharField(max_length=64, blank=True)

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["request", "number"], name="one_help_step_per_number"),
            models.UniqueConstraint(
                fields=["request", "by", "key"], condition=~Q(key=""), name="one_help_step_per_form"
            ),
            models.CheckConstraint(condition=Q(kind__in=STEPS), name="help_step_is_known"),
            models.CheckConstraint(
                condition=~Q(kind__in=["answered", "declined", "asked_back", "replied"]) | ~Q(text=""),
                name="help_step_says_something",
            ),
        ]


class Disclosed(Guarded):
    """Who asked agreed that the manager knows of a second door: that there is one and whose, not its words."""

    owner_path = "request__by"
    also_path = "request__to"
    objects: Guard[Disclosed] = Guard["Disclosed"]()  # type: ignore[assignment]
    request = models.OneToOneField(Request, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        pass


class Shield(Guarded):
    """One version of what a rep is shielded from and what the manager needs in return. Between the two."""

    owner_path = "rep"
    also_path = "manager"
    objects: Guard[Shield] = Guard["Shield"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    rep = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    manager = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(help_text="1, 2, … between the two.")
    side = models.CharField(max_length=8, help_text="Who wrote this version: rep or manager.")
    affects = models.TextField(help_text="How noise from above affects the rep.")
    shielded = models.JSONField(
        default=list, help_text="What the rep wants to be shielded from, line by line."
    )
    hours = models.CharField(max_length=300, blank=True)
    channels = models.CharField(max_length=300, blank=True)
    promised = models.JSONField(default=list, help_text="What the manager promises, line by line.")
    needed = models.JSONField(default=list, help_text="What the manager needs in return, line by line.")
    review_on = models.DateField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of what is signed.")
    at = models.DateTimeField()
    key = models.CharField(max_length=64)

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["rep", "manager", "version"], name="one_shield_per_version"),
            models.UniqueConstraint(fields=["rep", "manager", "side", "key"], name="one_shield_per_form"),
            models.CheckConstraint(condition=~Q(rep=F("manager")), name="shield_between_two"),
            models.CheckConstraint(condition=Q(side__in=["rep", "manager"]), name="shield_has_a_writer"),
            models.CheckConstraint(condition=~Q(affects=""), name="shield_says_something"),
        ]


class ShieldAct(Guarded):
    """What one side did with a version: signed it, asked back, or ended it with notice."""

    owner_path = "shield__rep"
    also_path = "shield__manager"
    objects: Guard[ShieldAct] = Guard["ShieldAct"]()  # type: ignore[assignment]
    shield = models.ForeignKey(Shield, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=8)
    kind = models.CharField(max_length=10)
    text = models.TextField(blank=True)
    on = models.DateField(null=True, help_text="The day it ends on.")
    digest = models.CharField(max_length=64, help_text="Of what was read.")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["shield", "side"], condition=Q(kind="signed"), name="one_shield_signature_per_side"
            ),
            models.UniqueConstraint(fields=["shield"], condition=Q(kind="ended"), name="shield_ends_once"),
            models.CheckConstraint(condition=Q(kind__in=ACTS), name="shield_act_is_known"),
            models.CheckConstraint(condition=Q(side__in=["rep", "manager"]), name="shield_act_has_a_side"),
            models.CheckConstraint(
                condition=Q(kind="ended", on__isnull=False) | (~Q(kind="ended") & Q(on=None)),
                name="shield_ends_on_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(kind="asked_back") | ~Q(text=""), name="shield_question_asks"
            ),
        ]

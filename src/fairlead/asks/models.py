"""Asks with their versions, steps and debriefs, and who is named sponsor of a deal. Nothing here is ever changed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from fairlead.asks.rules import BRIEF, KINDS, LONGEST, REACHED_WORDS, REASONED, TYPES
from fairlead.people.guard import Guard, Guarded
from fairlead.people.models import public_id


class Ask(Guarded):
    """One thing asked of one executive for one deal."""

    owner_path = "deal__owner"
    objects: Guard[Ask] = Guard["Ask"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    deal = models.ForeignKey("deals.Deal", on_delete=models.PROTECT, related_name="+")
    addressee = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    plan_version = models.PositiveIntegerField(help_text="The version of the plan it comes from.")
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    key = models.CharField(max_length=64, help_text="The form's key, so that it counts once.")

    class Meta(Guarded.Meta):
        constraints = [models.UniqueConstraint(fields=["by", "key"], name="one_ask_per_form")]
        indexes = [models.Index(fields=["addressee", "-id"], name="asks_of_addressee")]


class Version(Guarded):
    """What an ask says. Writing it again, or approving it with edits, is a new version."""

    owner_path = "ask__deal__owner"
    objects: Guard[Version] = Guard["Version"]()  # type: ignore[assignment]
    ask = models.ForeignKey(Ask, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveIntegerField(help_text="1, 2, … within the ask.")
    kind = models.CharField(max_length=10)
    buyer = models.CharField(max_length=120, blank=True)
    buyer_role = models.CharField(max_length=120, blank=True)
    purpose = models.CharField(max_length=LONGEST)
    outcome = models.CharField(max_length=LONGEST)
    deadline = models.DateField()
    whose = models.CharField(max_length=BRIEF)
    helps = models.CharField(max_length=BRIEF)
    background = models.CharField(max_length=BRIEF)
    do_not_offer = models.JSONField(default=list)
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["ask", "number"], name="one_version_of_ask"),
            models.CheckConstraint(condition=Q(kind__in=list(TYPES)), name="ask_is_of_a_type"),
            models.CheckConstraint(condition=~Q(buyer="") | Q(kind="block"), name="ask_names_the_buyer"),
        ]
        indexes = [models.Index(fields=["deadline"], name="asks_by_deadline")]


class Step(Guarded):
    """One step with an ask: sent, approved, accepted, … or the undoing of one."""

    owner_path = "ask__deal__owner"
    objects: Guard[Step] = Guard["Step"]()  # type: ignore[assignment]
    ask = models.ForeignKey(Ask, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveIntegerField(help_text="1, 2, … within the ask.")
    kind = models.CharField(max_length=12, choices=[(kind, kind) for kind in KINDS])
    on = models.DateField(null=True, help_text="The day accepted, proposed or agreed.")
    reason = models.CharField(max_length=LONGEST, blank=True)
    about = models.PositiveIntegerField(null=True, help_text="The number of the step that is undone.")
    by = models.ForeignKey(
        "people.Person",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Empty for the clock.",
    )
    at = models.DateTimeField()
    key = models.CharField(max_length=64, blank=True)

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["ask", "number"], name="one_ask_step_per_number"),
            models.UniqueConstraint(
                fields=["ask", "by", "key"], condition=~Q(key=""), name="one_ask_step_per_form"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=sorted(REASONED)) | ~Q(reason=""), name="ask_step_says_why"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["accepted", "proposed", "agreed"], on__isnull=False)
                | (~Q(kind__in=["accepted", "proposed", "agreed"]) & Q(on=None)),
                name="ask_step_has_its_day",
            ),
            models.CheckConstraint(
                condition=Q(kind="undone", about__isnull=False) | (~Q(kind="undone") & Q(about=None)),
                name="an_ask_undo_has_a_step",
            ),
            models.CheckConstraint(
                condition=Q(kind="expired", by=None) | (~Q(kind="expired") & Q(by__isnull=False)),
                name="only_the_clock_expires_asks",
            ),
        ]


class Debrief(Guarded):
    """What was said when an ask was done, whether its outcome was reached, what stands in our way."""

    owner_path = "ask__deal__owner"
    objects: Guard[Debrief] = Guard["Debrief"]()  # type: ignore[assignment]
    ask = models.ForeignKey(Ask, on_delete=models.PROTECT, related_name="+")
    said = models.TextField()
    reached = models.CharField(max_length=10)
    happened_on = models.DateField()
    blocks = models.CharField(max_length=LONGEST, blank=True)
    provides = models.CharField(max_length=LONGEST, blank=True)
    provides_by = models.DateField(null=True)
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    key = models.CharField(max_length=64)

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["ask", "by", "key"], name="one_debrief_per_form"),
            models.CheckConstraint(
                condition=Q(reached__in=list(REACHED_WORDS)), name="debrief_says_if_reached"
            ),
            models.CheckConstraint(
                condition=Q(provides="") | Q(provides_by__isnull=False), name="what_is_provided_has_a_day"
            ),
        ]


class Concession(Guarded):
    """Something promised or conceded to the buyer, as logged; how it stands is read as a promise by its two people."""

    owner_path = "debrief__ask__deal__owner"
    objects: Guard[Concession] = Guard["Concession"]()  # type: ignore[assignment]
    debrief = models.ForeignKey(Debrief, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(max_length=LONGEST)
    owner = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    promise_id = models.CharField(max_length=16, help_text="Public id of the promise it became.")

    class Meta(Guarded.Meta):
        pass


class Sponsor(Guarded):
    """An executive is named sponsor of a deal by the owner's manager, or nobody is any more.

    It holds while the deal is that manager's: another one lets nobody write to the own people by inheritance.
    """

    owner_path = "deal__owner"
    objects: Guard[Sponsor] = Guard["Sponsor"]()  # type: ignore[assignment]
    deal = models.ForeignKey("deals.Deal", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    manager = models.ForeignKey(
        "people.Person",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Whose the deal was then.",
    )
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        pass

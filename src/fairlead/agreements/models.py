"""Agreements, their versions, and what was done with them. Nothing here is ever changed."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from fairlead.agreements.rules import KINDS
from fairlead.people.guard import Guard, Guarded
from fairlead.people.models import public_id

_SIDES = ["rep", "manager"]


class Agreement(Guarded):
    """What a rep and the manager agree on, from its first version until it ends.

    Read by the two while the one reports to the other, and then by the rep.
    """

    owner_path = "rep"
    also_path = "manager"
    objects: Guard[Agreement] = Guard["Agreement"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    rep = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    manager = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    begun_on = models.DateField(help_text="The organisation's day; a line that begins later ends it.")
    carried = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="+", help_text="What the rep carried over."
    )  # fmt: skip
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.CheckConstraint(condition=~Q(rep=F("manager")), name="agreement_between_two"),
        ]
        indexes = [
            models.Index(fields=["rep", "manager"], name="agreement_by_pair"),
            models.Index(fields=["manager"], name="agreement_by_manager"),
        ]


class Version(Guarded):
    """One version of an agreement, as its writer signed it."""

    owner_path = "agreement__rep"
    also_path = "agreement__manager"
    objects: Guard[Version] = Guard["Version"]()  # type: ignore[assignment]
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveIntegerField(help_text="1, 2, … within the agreement.")
    side = models.CharField(max_length=8, help_text="Who wrote it: rep or manager.")
    content = models.JSONField(help_text="What is signed, part by part.")
    review_on = models.DateField(help_text="When the two look at it again.")
    reason = models.CharField(max_length=300, blank=True, help_text="Why it follows the one before.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of what is signed.")
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    key = models.CharField(max_length=64)

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="one_agreement_version_per_number"),
            models.UniqueConstraint(fields=["by", "key"], name="one_agreement_version_per_form"),
            models.CheckConstraint(condition=Q(side__in=_SIDES), name="agreement_version_has_a_side"),
            models.CheckConstraint(condition=Q(number=1) | ~Q(reason=""), name="agreement_version_says_why"),
        ]


class Act(Guarded):
    """What a side did with a version: signed, asked back, took it back, ended the agreement; or that it was settled."""

    owner_path = "version__agreement__rep"
    also_path = "version__agreement__manager"
    objects: Guard[Act] = Guard["Act"]()  # type: ignore[assignment]
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    side = models.CharField(max_length=8, blank=True, help_text="Empty for the clock.")
    kind = models.CharField(max_length=10)
    text = models.CharField(max_length=2000, blank=True)
    on = models.DateField(null=True, help_text="The last day.")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["version", "side"], condition=Q(kind="signed"), name="one_agreement_signature_per_side"
            ),
            models.UniqueConstraint(
                fields=["version"], condition=Q(kind="ended"), name="agreement_ends_once"
            ),
            models.UniqueConstraint(
                fields=["version"], condition=Q(kind="settled"), name="agreement_settles_once"
            ),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="agreement_act_is_known"),
            models.CheckConstraint(
                condition=Q(kind="settled", side="") | (~Q(kind="settled") & Q(side__in=_SIDES)),
                name="agreement_act_has_a_side",
            ),
            models.CheckConstraint(
                condition=Q(kind="ended", on__isnull=False) | (~Q(kind="ended") & Q(on=None)),
                name="agreement_ends_on_a_day",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["asked_back", "ended"]) | ~Q(text=""), name="agreement_act_says_why"
            ),
        ]  # fmt: skip

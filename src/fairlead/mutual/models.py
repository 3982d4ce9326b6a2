"""Published versions of mutual plans, drafts, addresses, the rule of sharing. What was published is never changed."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from fairlead.mutual.rules import LONGEST_WHOM
from fairlead.people.guard import Guard, Guarded
from fairlead.people.models import public_id


class Sharing(models.Model):
    """Whether plans are shared with buyers, and for how long, from a moment on. A change is a new version."""

    version = models.PositiveIntegerField(unique=True)
    on = models.BooleanField()
    usual_days = models.PositiveSmallIntegerField()
    most_days = models.PositiveSmallIntegerField()
    set_at = models.DateTimeField()
    by = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(usual_days__gte=1) & Q(usual_days__lte=F("most_days")), name="sharing_lasts"
            )
        ]


class Published(Guarded):
    """One version of the mutual plan of a deal, as the buyer reads it."""

    owner_path = "deal__owner"
    objects: Guard[Published] = Guard["Published"]()  # type: ignore[assignment]
    deal = models.ForeignKey("deals.Deal", on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveIntegerField(help_text="1, 2, … within the deal.")
    content = models.JSONField(help_text="The plan, as mutual.rules.MutualPlan.")
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [models.UniqueConstraint(fields=["deal", "number"], name="one_version_of_mutual_plan")]


class Draft(Guarded):
    """What somebody wrote of the next version and has not published. The writer's alone."""

    owner_path = "by"
    objects: Guard[Draft] = Guard["Draft"]()  # type: ignore[assignment]
    deal = models.ForeignKey("deals.Deal", on_delete=models.CASCADE, related_name="+", db_index=False)
    by = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    after_version = models.PositiveIntegerField(help_text="The version it was begun from, 0 for none.")
    content = models.JSONField(help_text="The plan, as mutual.rules.MutualPlan.")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [models.UniqueConstraint(fields=["deal", "by"], name="one_mutual_draft_each")]


class Address(Guarded):
    """An address that leads a buyer to the mutual plan of a deal: its digest, for whom, when it ends, how often opened.

    The address itself is shown once and kept nowhere. Of whoever opens it nothing is kept.
    """

    owner_path = "deal__owner"
    objects: Guard[Address] = Guard["Address"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    deal = models.ForeignKey("deals.Deal", on_delete=models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    whom = models.CharField(max_length=LONGEST_WHOM)
    made_by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_by = models.ForeignKey(
        "people.Person", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    revoked_at = models.DateTimeField(null=True)
    opens = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField(null=True, help_text="Last opened, to the minute.")

    class Meta(Guarded.Meta):
        constraints = [
            models.CheckConstraint(condition=~Q(whom=""), name="address_is_for_somebody"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="address_ends"),
        ]

"""Versions of deal plans and who tested them. A version that was saved is never changed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from fairlead.people.guard import Guard, Guarded
from fairlead.plans.rules import LONGEST


class Version(Guarded):
    """One version of the plan of a deal, as it was saved."""

    owner_path = "deal__owner"
    objects: Guard[Version] = Guard["Version"]()  # type: ignore[assignment]
    deal = models.ForeignKey("deals.Deal", on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveIntegerField(help_text="1, 2, … within the deal.")
    content = models.JSONField(help_text="The plan, as plans.rules.Plan.")
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [models.UniqueConstraint(fields=["deal", "number"], name="one_version_of_plan")]


class Opened(Guarded):
    """Whether the plans of a team are open to the team, as its lead said at a moment. The newest row counts."""

    owner_path = "lead"
    objects: Guard[Opened] = Guard["Opened"]()  # type: ignore[assignment]
    lead = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    on = models.BooleanField()
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        pass


class Tested(Guarded):
    """Somebody other than the author tested a version and signed with a sentence."""

    owner_path = "version__deal__owner"
    objects: Guard[Tested] = Guard["Tested"]()  # type: ignore[assignment]
    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=LONGEST)
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [models.CheckConstraint(condition=~Q(words=""), name="test_says_something")]

"""News of deals, its versions, what was done with it, and what was told upward. What was said is never changed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from fairlead.people.guard import Guard, Guarded
from fairlead.people.models import public_id


class Item(Guarded):
    """News of one deal, told by its owner or the manager. Never evidence about a person."""

    owner_path = "person"
    objects: Guard[Item] = Guard["Item"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    deal = models.ForeignKey("deals.Deal", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey(
        "people.Person", on_delete=models.PROTECT, related_name="+", help_text="The deal's owner."
    )
    lead = models.ForeignKey(
        "people.Person", null=True, on_delete=models.PROTECT, related_name="+",
        help_text="Whose number it is in: the owner's manager, or the owner who leads.",
    )  # fmt: skip
    reporter = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=20)
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        indexes = [
            models.Index(fields=["person", "-at"], name="news_of_person"),
            models.Index(fields=["lead", "period", "at"], name="news_of_lead"),
            models.Index(fields=["deal", "-at"], name="news_of_deal"),
        ]


class Version(Guarded):
    """What a news item says. A correction is a new version."""

    owner_path = "item__person"
    objects: Guard[Version] = Guard["Version"]()  # type: ignore[assignment]
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=4, help_text="good or bad")
    what = models.CharField(max_length=300)
    known_on = models.DateField()
    amount_minor = models.BigIntegerField(null=True, help_text="The money it moves, without a sign.")
    currency = models.CharField(max_length=3)
    moves_to = models.CharField(max_length=20, blank=True, help_text="The period it moves to.")
    days_left = models.PositiveIntegerField(help_text="Days left to fix it when it was told.")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["item", "number"], name="one_version_of_news"),
            models.CheckConstraint(condition=Q(kind__in=("good", "bad")), name="news_is_good_or_bad"),
            models.CheckConstraint(condition=~Q(what=""), name="news_says_something"),
        ]


class Told(Guarded):
    """One notice upward by a leader: the news items and the changes it told, with own words."""

    owner_path = "person"
    objects: Guard[Told] = Guard["Told"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    superior = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=20)
    at = models.DateTimeField()
    words = models.TextField(blank=True)
    changes = models.JSONField(default=list, help_text="deal, reason, amount in minor units, known at")

    class Meta(Guarded.Meta):
        indexes = [models.Index(fields=["person", "period", "-at"], name="told_by_leader")]


class Act(Guarded):
    """What was done with a news item: thanked, told upward, withdrawn."""

    owner_path = "item__person"
    objects: Guard[Act] = Guard["Act"]()  # type: ignore[assignment]
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, help_text="thanked, told or withdrawn")
    told = models.ForeignKey(Told, null=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    reason = models.TextField(blank=True)

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["item", "kind"], name="one_act_of_a_kind"),
            models.CheckConstraint(
                condition=~Q(kind="withdrawn") | ~Q(reason=""), name="withdrawn_with_reason"
            ),
            models.CheckConstraint(
                condition=~Q(kind="told") | Q(told__isnull=False), name="told_in_a_notice"
            ),
        ]


class Surprise(Guarded):
    """The manager heard something first from above. Counted for the team; no item and no rep stands here."""

    owner_path = "person"
    objects: Guard[Surprise] = Guard["Surprise"]()  # type: ignore[assignment]
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=20)
    at = models.DateTimeField()
    once = models.CharField(max_length=64, unique=True, help_text="So that one thing counts once.")

    class Meta(Guarded.Meta):
        pass

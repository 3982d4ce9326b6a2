"""Accounts, the buyers' people in them, and what is known of how an account is looked after.

What was noted is not written over: a correction or a removal is a row of its own, and the one before it is marked as
replaced. No content of a contact is kept anywhere here: no text of a mail, no note of a meeting, no recording.
"""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q

from fairlead.people import access, kept
from fairlead.people import queries as people
from fairlead.people.guard import Guard, Guarded
from fairlead.people.models import public_id
from fairlead.territories.rules import KINDS, LONGEST, MARKS, SHORT, STATES, WAYS


def covered_by(actor: access.Actor) -> list[int]:
    """The accounts the actor covers while their seat is empty. Few, and read once."""
    if actor.person is None or actor.day is None:
        return []
    day = actor.day
    return list(kept.once(("covers", actor.person, day), lambda: _covered(actor.id, day)))


def _covered(person: int, day: date) -> list[int]:
    rows = Cover.objects.for_system(
        "whoever covers an account reads it; the condition asks whose covers they are"
    )
    owners = dict(rows.filter(interim=person, replaced_at=None).values_list("account", "account__owner"))
    gone = people.gone_of({one for one in owners.values() if one is not None}, day, EMPTY_WITHOUT)
    return [account for account, owner in owners.items() if owner is None or owner in gone]


EMPTY_WITHOUT = "activity.write"
"""The act without which somebody has no seat any more: their accounts are an empty seat's."""


class Account(Guarded):
    """A customer or a prospect."""

    owner_path = "owner"
    shared_act = "account.read"
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    source = models.CharField(max_length=40)
    external_id = models.CharField(max_length=160)
    name = models.CharField(max_length=200)
    owner = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    industry = models.CharField(max_length=120, blank=True)
    country = models.CharField(max_length=120, blank=True)
    extra = models.JSONField(default=dict)
    objects: Guard[Account] = Guard["Account"]()  # type: ignore[assignment]

    @classmethod
    def shared_with(cls, actor: access.Actor) -> Q | None:
        covered = covered_by(actor)
        return Q(pk__in=covered) if covered else None

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="account_once_per_source")
        ]


class OfAccount(Guarded):
    """What belongs to an account, and is read by whoever reads that."""

    owner_path = "account__owner"
    shared_act = "account.read"

    @classmethod
    def shared_with(cls, actor: access.Actor) -> Q | None:
        covered = covered_by(actor)
        return Q(account__in=covered) if covered else None

    class Meta(Guarded.Meta):
        abstract = True


class Contact(OfAccount):
    """A person at a buyer's."""

    owner_path = "account__owner"
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    source = models.CharField(max_length=40)
    external_id = models.CharField(max_length=160)
    account = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    title = models.CharField(max_length=160, blank=True)
    state = models.CharField(
        max_length=7,
        blank=True,
        choices=[(one, one) for one in STATES],
        help_text="Empty: no import said it.",
    )
    objects: Guard[Contact] = Guard["Contact"]()  # type: ignore[assignment]

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="contact_once_per_source")
        ]


class Owned(OfAccount):
    """That somebody else became the owner of an account: who it was, who it is, and what told it."""

    owner_path = "account__owner"
    objects: Guard[Owned] = Guard["Owned"]()  # type: ignore[assignment]
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    before = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=40)
    at = models.DateTimeField(help_text="When an import showed it.")

    class Meta(Guarded.Meta):
        pass


class Activity(OfAccount):
    """One dated contact with an account: that it was, never what was in it. The row that is not replaced counts."""

    owner_path = "account__owner"
    objects: Guard[Activity] = Guard["Activity"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    source = models.CharField(max_length=40, help_text="Empty for what was noted by hand.")
    external_id = models.CharField(max_length=160)
    account = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    on = models.DateField(null=True, help_text="The day of the contact.")
    kind = models.CharField(max_length=8, blank=True, choices=[(one, one) for one in KINDS])
    way = models.CharField(max_length=7, blank=True, choices=[(one, one) for one in WAYS])
    by = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    by_label = models.CharField(max_length=160, blank=True, help_text="Who it was, as the source spells it.")
    contact = models.ForeignKey(Contact, null=True, on_delete=models.PROTECT, related_name="+")
    gone = models.BooleanField(default=False, help_text="Said to have been wrong, or deleted in the source.")
    digest = models.BigIntegerField(help_text="Of what was said, to know it again.")
    as_of = models.DateTimeField(help_text="The moment the file shows, or when it was noted.")
    noted_by = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["source", "external_id"],
                condition=Q(replaced_at=None),
                name="activity_once_per_source",
            ),
            models.CheckConstraint(
                condition=Q(gone=True)
                | Q(account__isnull=False, on__isnull=False) & ~Q(kind="") & ~Q(way=""),
                name="an_activity_is_whole",
            ),
        ]
        indexes = [
            models.Index(
                fields=["account", "way", "on"], name="activities_of_account",
                condition=Q(replaced_at=None, gone=False),
            )
        ]  # fmt: skip


class TierPolicy(models.Model):
    """A version of the tiers of a unit: how many days each may go without two-way contact. Everybody may read it."""

    head = models.ForeignKey(
        "people.Person", null=True, on_delete=models.PROTECT, related_name="+",
        help_text="The leader of the unit; empty for the whole organisation.",
    )  # fmt: skip
    number = models.PositiveIntegerField(help_text="1, 2, … within the unit.")
    tiers = models.JSONField(help_text="[[name, days], …], the closest first; empty: as the unit above.")
    renewal_days = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=LONGEST, blank=True)
    by = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["head", "number"], name="one_tier_policy_per_number"),
            models.UniqueConstraint(fields=["number"], condition=Q(head=None), name="one_tier_policy_of_all"),
        ]


class AccountTier(OfAccount):
    """The tier of an account from a day on; of two for one day the later said.

    What operations set by hand holds before what imports say, until it is set to nothing (an empty tier).
    """

    owner_path = "account__owner"
    objects: Guard[AccountTier] = Guard["AccountTier"]()  # type: ignore[assignment]
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    tier = models.CharField(max_length=20, blank=True)
    starts_on = models.DateField()
    seen_on = models.DateField(help_text="The last day on which an import said the same.")
    by_hand = models.BooleanField(default=False)
    by = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        indexes = [models.Index(fields=["account", "starts_on", "id"], name="tiers_of_account")]


class Renewal(OfAccount):
    """That a contract is to be renewed on a day, and for how much. The rows that are not replaced count."""

    owner_path = "account__owner"
    objects: Guard[Renewal] = Guard["Renewal"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    amount_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    by = models.ForeignKey(
        "people.Person", null=True, on_delete=models.PROTECT, related_name="+", help_text="Empty: an import."
    )
    as_of = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(by=None, replaced_at=None), name="one_imported_renewal"
            )
        ]


class RivalSeen(OfAccount):
    """That a rival was seen at an account: which, when, and where it is known from."""

    owner_path = "account__owner"
    objects: Guard[RivalSeen] = Guard["RivalSeen"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    rival = models.CharField(max_length=80)
    on = models.DateField()
    known_from = models.CharField(max_length=SHORT, blank=True)
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True, help_text="Taken back.")

    class Meta(Guarded.Meta):
        constraints = [models.CheckConstraint(condition=~Q(rival=""), name="a_rival_has_a_name")]


class Cover(OfAccount):
    """Who covers an account while its seat is empty, how it is handed over, and when the first call is."""

    owner_path = "account__owner"
    also_path = "interim"
    objects: Guard[Cover] = Guard["Cover"]()  # type: ignore[assignment]
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    interim = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    hand_over = models.CharField(max_length=SHORT, blank=True)
    first_call_on = models.DateField(null=True)
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(help_text="Since when this person covers it, or when it was written.")
    replaced_at = models.DateTimeField(null=True, help_text="Written anew, or the seat is filled.")

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(replaced_at=None), name="one_cover_of_an_account"
            )
        ]


class CoverMark(Guarded):
    """That a part of a cover was done, or not after all."""

    owner_path = "cover__account__owner"
    also_path = "cover__interim"
    objects: Guard[CoverMark] = Guard["CoverMark"]()  # type: ignore[assignment]
    cover = models.ForeignKey(Cover, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=11, choices=[(one, one) for one in MARKS])
    done = models.BooleanField()
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        pass

"""Criteria in force from a day on, and the evidence of deals. What was said is never changed: every act is a row."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from fairlead.people.guard import Guard, Guarded
from fairlead.people.models import public_id
from fairlead.qualification.rules import LONGEST, LONGEST_FILE_NAME, LONGEST_LINK


class CriteriaSet(models.Model):
    """The criteria of the organisation from a day on. A change or a correction is a new version."""

    version = models.PositiveIntegerField(unique=True)
    name = models.CharField(max_length=80)
    template = models.CharField(max_length=40, help_text="The method it was copied from.")
    criteria = models.JSONField(help_text="key, name, question, belief, said, wrote, days")
    exits = models.JSONField(default=dict, help_text="stage -> criterion -> least score to leave it")
    starts_on = models.DateField()
    set_at = models.DateTimeField()
    by = models.CharField(max_length=120)

    class Meta:
        indexes = [models.Index(fields=["-starts_on", "-version"], name="criteria_in_force")]


class Item(Guarded):
    """One piece of evidence for one criterion of a deal, or the taking back of one."""

    owner_path = "deal__owner"
    objects: Guard[Item] = Guard["Item"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    deal = models.ForeignKey("deals.Deal", on_delete=models.PROTECT, related_name="+", db_index=False)
    criterion = models.CharField(max_length=40)
    score = models.PositiveSmallIntegerField(
        help_text="0 unknown, 1 our belief, 2 the buyer said it, 3 the buyer wrote or did it"
    )
    what = models.CharField(max_length=LONGEST, blank=True)
    on = models.DateField(help_text="The day it was said, written, done or believed.")
    contact = models.ForeignKey("territories.Contact", null=True, on_delete=models.PROTECT, related_name="+")
    buyer_name = models.CharField(max_length=200, blank=True, help_text="The person at the buyer.")
    buyer_role = models.CharField(max_length=160, blank=True)
    link = models.CharField(max_length=LONGEST_LINK, blank=True, help_text="Where it can be read.")
    undoes = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(score__lte=3), name="score_to_three"),
            models.CheckConstraint(
                condition=Q(score__lt=2) | (~Q(buyer_name="") & ~Q(what="")), name="said_by_somebody"
            ),
            models.CheckConstraint(
                condition=Q(score=0) | (~Q(what="") & Q(undoes=None)), name="evidence_says_something"
            ),
            models.UniqueConstraint(
                fields=["undoes"], condition=Q(undoes__isnull=False), name="taken_back_once"
            ),
        ]
        indexes = [models.Index(fields=["deal", "criterion", "id"], name="evidence_of_deal")]


class File(Guarded):
    """A file that is the evidence of an item: what it is called, what it is, and its digest. The bytes stand apart."""

    owner_path = "item__deal__owner"
    objects: Guard[File] = Guard["File"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    item = models.OneToOneField(Item, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=LONGEST_FILE_NAME)
    kind = models.CharField(max_length=100, help_text="The content type it is sent with.")
    size = models.PositiveIntegerField(help_text="Bytes.")
    sha256 = models.CharField(max_length=64, help_text="Of the bytes; the ledger has it too.")
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(size__gt=0) & ~Q(name=""), name="file_holds_something")
        ]


class FileBytes(Guarded):
    """The bytes of a file, in the database so that a backup holds them. Removing a file deletes this row only."""

    owner_path = "file__item__deal__owner"
    objects: Guard[FileBytes] = Guard["FileBytes"]()  # type: ignore[assignment]
    file = models.OneToOneField(File, on_delete=models.PROTECT, related_name="+", primary_key=True)
    data = models.BinaryField()


class FileRemoved(Guarded):
    """That a file was removed, by whom and why: its bytes are erased, its digest stays."""

    owner_path = "file__item__deal__owner"
    objects: Guard[FileRemoved] = Guard["FileRemoved"]()  # type: ignore[assignment]
    file = models.OneToOneField(File, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=LONGEST)
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="removed_for_a_reason")]

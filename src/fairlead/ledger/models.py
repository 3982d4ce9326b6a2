"""The ledger's tables. Rows are only ever added; the database itself refuses an update or a deletion."""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """One act or one change. ``seq`` counts from 1 without a gap."""

    seq = models.BigIntegerField(primary_key=True)
    at = models.BigIntegerField(help_text="Microseconds since 1970 in UTC.")
    kind = models.CharField(max_length=60)
    actor = models.CharField(max_length=120, help_text="person:ID or system: reason")
    behalf = models.BigIntegerField(null=True, help_text="The person the actor stood in for.")
    subject_kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=80)
    body = models.BinaryField()
    hash = models.BinaryField(max_length=32)

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "subject", "-seq"], name="ledger_by_subject"),
            models.Index(fields=["actor", "-seq"], name="ledger_by_actor"),
            models.Index(fields=["kind", "-seq"], name="ledger_by_kind"),
        ]


class Head(models.Model):
    """The one row that is locked while an entry is appended: how many entries, and the last hash."""

    seq = models.BigIntegerField()
    hash = models.BinaryField(max_length=32)


class Personal(models.Model):
    """A personal text that an entry refers to by a salted commitment, so that it can be erased."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=40)
    salt = models.BinaryField(max_length=32)
    text = models.TextField()
    erased_at = models.DateTimeField(null=True)


class Door(models.Model):
    """The door of erasure: a row stands here only inside the transaction in which words are erased."""

    at = models.DateTimeField()

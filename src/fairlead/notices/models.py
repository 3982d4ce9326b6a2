"""The outbox through which features tell people. Mail and the inbox page read it; nothing else does."""

from __future__ import annotations

from django.db import models


class Notice(models.Model):
    """One thing one person is told. ``kind`` picks the wording, ``facts`` fill it in, ``path`` leads there."""

    to_id = models.BigIntegerField(db_index=True)
    kind = models.CharField(max_length=60)
    facts = models.JSONField()
    path = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["to_id", "-at"], name="notices_by_person")]

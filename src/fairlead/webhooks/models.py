"""Addresses at which what waits for a person rings, and each call of them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from fairlead.people.guard import Guard, Guarded
from fairlead.people.models import public_id
from fairlead.webhooks.wording import CALLS, STATES


class Webhook(Guarded):
    """An address at which what waits for one person rings, once that person said yes.

    Address and groups never change: others are another address, which asks anew. The secret is not kept; it follows
    from the server's key, the id and ``version``.
    """

    owner_path = "person"
    objects: Guard[Webhook] = Guard["Webhook"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    url = models.CharField(max_length=500, blank=True, help_text="Emptied when it ends; never shown again.")
    host = models.CharField(max_length=260)
    groups = models.JSONField(help_text="What rings there.")
    made_at = models.DateTimeField()
    by = models.CharField(max_length=120)
    state = models.CharField(max_length=10, default="asked")
    agreed_at = models.DateTimeField(null=True)
    resumed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1, help_text="Which secret.")
    rotated_at = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0, help_text="In a row.")
    next_at = models.DateTimeField(null=True, help_text="Not called before.")

    class Meta(Guarded.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(state__in=list(STATES)), name="webhook_state_is_known"),
            models.CheckConstraint(
                condition=~Q(state__in=["on", "broken"]) | Q(agreed_at__isnull=False),
                name="webhook_rings_after_a_yes",
            ),
            models.CheckConstraint(
                condition=~Q(state="ended") | Q(url="", ended_at__isnull=False), name="webhook_ends_whole"
            ),
        ]
        indexes = [models.Index(fields=["person", "state"], name="webhooks_of_person")]


class Call(Guarded):
    """One notice at one address: when, how often it was tried and what number came back. Never what it said."""

    owner_path = "webhook__person"
    objects: Guard[Call] = Guard["Call"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    webhook = models.ForeignKey(Webhook, on_delete=models.PROTECT, related_name="+")
    notice = models.BigIntegerField(null=True, help_text="None for a test.")
    at = models.DateTimeField()
    state = models.CharField(max_length=10, default="waiting")
    tries = models.PositiveSmallIntegerField(default=0)
    status = models.PositiveSmallIntegerField(null=True, help_text="The number it answered last.")
    reason = models.CharField(max_length=20, blank=True)
    tried_at = models.DateTimeField(null=True)

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["webhook", "notice"], name="notice_rings_once_an_address"),
            models.CheckConstraint(condition=Q(state__in=list(CALLS)), name="webhook_call_state_is_known"),
        ]
        indexes = [models.Index(fields=["webhook", "-at"], name="calls_of_webhook")]

"""Accounts and the buyers' people in them."""

from __future__ import annotations

from django.db import models

from fairlead.people.guard import Guard, Guarded
from fairlead.people.models import public_id


class Account(Guarded):
    """A customer or a prospect."""

    owner_path = "owner"
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    source = models.CharField(max_length=40)
    external_id = models.CharField(max_length=160)
    name = models.CharField(max_length=200)
    owner = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    industry = models.CharField(max_length=120, blank=True)
    country = models.CharField(max_length=120, blank=True)
    extra = models.JSONField(default=dict)
    objects: Guard[Account] = Guard["Account"]()  # type: ignore[assignment]

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="account_once_per_source")
        ]


class Contact(Guarded):
    """A person at a buyer's."""

    owner_path = "account__owner"
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    source = models.CharField(max_length=40)
    external_id = models.CharField(max_length=160)
    account = models.ForeignKey(Account, null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    title = models.CharField(max_length=160, blank=True)
    objects: Guard[Contact] = Guard["Contact"]()  # type: ignore[assignment]

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="contact_once_per_source")
        ]

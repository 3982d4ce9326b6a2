"""Deals as change events with two clocks, and the current state kept by the same transaction."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from fairlead.people.guard import Guarded
from fairlead.people.models import public_id


class Source(models.Model):
    """Where deals come from, with the mapping that was last used."""

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    name = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=20, help_text="fairlead, table, salesforce, hubspot, dynamics, odoo")
    mapping = models.TextField(blank=True, help_text="TOML")
    static = models.JSONField(default=list, help_text="Evidence columns known from creation on.")
    evidence = models.JSONField(default=list, help_text="Extra columns the estimate may use.")


class Import(models.Model):
    """One import: who, when, as of when, what came of it. Rows of an import that is not current are ignored."""

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    by = models.CharField(max_length=120, help_text="The actor as in the ledger.")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    as_of = models.DateTimeField(help_text="The moment the file shows.")
    status = models.CharField(
        max_length=10, choices=[(s, s) for s in ("staged", "current", "refused", "dry")], default="staged"
    )
    file_name = models.CharField(max_length=200)
    done = models.IntegerField(default=0, help_text="Rows handled so far, for the progress bar.")
    total = models.IntegerField(default=0)
    counts = models.JSONField(default=dict)
    report = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, blank=True)


class Deal(Guarded):
    """The current state of one deal. Rebuilt from events at any time; written with them in one transaction."""

    owner_path = "owner"
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+")
    external_id = models.CharField(max_length=160)
    name = models.CharField(max_length=240, blank=True)
    account = models.CharField(max_length=200, blank=True)
    owner = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    owner_label = models.CharField(max_length=160, blank=True, help_text="The owner as the source spells it.")
    amount_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    stage = models.CharField(max_length=120, blank=True)
    forecast_category = models.CharField(max_length=40, blank=True, help_text="As the source says it.")
    close_on = models.DateField(null=True)
    created_on = models.DateField(null=True)
    status = models.CharField(max_length=4, choices=[(s, s) for s in ("open", "won", "lost")], default="open")
    closed_on = models.DateField(null=True)
    product = models.CharField(max_length=160, blank=True)
    origin = models.CharField(max_length=160, blank=True, help_text="Lead source.")
    type = models.CharField(max_length=80, blank=True)
    next_step = models.TextField(blank=True)
    extra = models.JSONField(default=dict)
    pushes = models.PositiveSmallIntegerField(default=0)
    first_recorded_at = models.DateTimeField()
    last_recorded_at = models.DateTimeField()
    missing_since = models.DateTimeField(null=True, help_text="Absent from a full import since.")
    missing_answer = models.CharField(max_length=20, blank=True, help_text="'', deleted, kept")

    class Meta(Guarded.Meta):
        constraints = [models.UniqueConstraint(fields=["source", "external_id"], name="deal_once_per_source")]
        indexes = [
            models.Index(fields=["owner", "status", "close_on", "id"], name="deals_of_owner"),
            models.Index(fields=["owner", "status", "closed_on"], name="deals_closed_by_owner"),
            models.Index(fields=["close_on", "id"], name="deals_by_close_day"),
            models.Index(fields=["name", "id"], name="deals_by_name"),
            models.Index(
                fields=["missing_since"], name="deals_missing", condition=Q(missing_since__isnull=False)
            ),
        ]


class DealEvent(Guarded):
    """One change of one field. Events are a set: whatever the order they come in, the same state follows.

    ``at`` is when it was true in the source (``at_from`` is set when only the interval is known),
    ``recorded_at`` when the source recorded it. ``old`` and ``new`` are canonical text. The first values of
    a deal are events too, with ``old`` None.
    """

    owner_path = "deal__owner"
    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="+")
    field = models.CharField(max_length=80)
    old = models.TextField(null=True)
    new = models.TextField(null=True)
    at = models.DateTimeField()
    at_from = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=120, blank=True)
    run = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="+", db_index=False)
    current = models.BooleanField(default=True, help_text="False while its import is only staged.")

    class Meta(Guarded.Meta):
        indexes = [
            models.Index(fields=["deal", "field", "recorded_at", "at", "id"], name="events_of_deal"),
            models.Index(fields=["recorded_at", "deal"], name="events_by_record"),
        ]


class Category(models.Model):
    """Which forecast category a stage means, from a day on. Never overwritten, only followed."""

    stage = models.CharField(max_length=120)
    category = models.CharField(max_length=20, help_text="omitted, pipeline, best_case, most_likely, commit, closed")
    starts_on = models.DateField()
    set_at = models.DateTimeField()
    by = models.CharField(max_length=120)

    class Meta:
        indexes = [models.Index(fields=["stage", "-starts_on", "-id"], name="category_of_stage")]


class OwnCategory(Guarded):
    """The owner's own choice of category for a deal; sticks until cleared (an empty category)."""

    owner_path = "deal__owner"
    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="+")
    category = models.CharField(max_length=20, blank=True)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        indexes = [models.Index(fields=["deal", "-at", "-id"], name="own_category_of_deal")]


class Rate(models.Model):
    """A dated conversion rate into the organisation's currency; the latest row for a day counts."""

    currency = models.CharField(max_length=3)
    starts_on = models.DateField()
    rate = models.DecimalField(max_digits=20, decimal_places=10)
    set_at = models.DateTimeField()
    by = models.CharField(max_length=120)

    class Meta:
        indexes = [models.Index(fields=["currency", "-starts_on", "-id"], name="rate_of_day")]

"""Deals as facts with two clocks, and the current state kept by the same transaction.

What a source said is kept as facts (``DealEvent``) and never changed: a change it recorded, or a row it
showed. Every history and every state is computed from the set of facts (``deals.timelines``), so that the
order in which they came does not matter. ``Deal`` is the newest state, kept for lists and sums.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from fairlead.people import access, kept, queries
from fairlead.people.guard import Guard, Guarded, GuardedQuerySet
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
    full = models.BooleanField(default=False, help_text="Whether the file shows every deal there is.")
    done = models.IntegerField(default=0, help_text="Rows handled so far, for the progress bar.")
    total = models.IntegerField(default=0)
    counts = models.JSONField(default=dict)
    report = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source"], condition=Q(status="staged"), name="one_import_at_a_time"
            )
        ]
        indexes = [
            models.Index(fields=["status"], name="imports_staged", condition=Q(status="staged")),
            models.Index(fields=["source", "as_of"], name="imports_of_source"),
        ]


class OwnerName(models.Model):
    """An owner as a source spells it, and the person meant; nobody while nobody is known by it."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+", db_index=False)
    label = models.CharField(max_length=160)
    person = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "label"], name="owner_named_once")]


def held_by(actor: access.Actor, path: str) -> Q | None:
    """Deals at ``path`` in which somebody within the actor's reach holds a share today; None for nobody's."""
    held = held_now(actor)
    return Q(**{f"{path}__in": held}) if held else None


def held_now(actor: access.Actor) -> list[int]:
    """Deals in which somebody within the actor's reach holds a share, revenue or overlay.

    Few, and read once: a condition on ids leaves the walk along an owner's index as it is.
    """
    if actor.person is None or not access.may(actor, "share.read"):
        return []
    return list(kept.once(("held", actor.principals), lambda: _held(actor)))


def _held(actor: access.Actor) -> list[int]:
    where = queries.scope(actor, "share.read", "person")
    rows = Share.objects.for_system("Who holds a share reads the deal.").filter(where, current=True)
    return list(rows.values_list("deal", flat=True).distinct())


class VisibleDeals(Guard["Deal"]):
    """Deals without those of an import that is only staged."""

    def get_queryset(self) -> GuardedQuerySet[Deal]:
        staged = Import.objects.filter(status="staged").values("id")
        return super().get_queryset().exclude(run__in=staged)


class State(Guarded):
    """What is kept of a deal's newest state. Money in minor units of ``currency``."""

    owner_path = "owner"
    name = models.CharField(max_length=240, blank=True)
    account = models.CharField(max_length=200, blank=True)
    owner = models.ForeignKey(
        "people.Person", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    owner_label = models.CharField(max_length=160, blank=True, help_text="The owner as the source spells it.")
    amount_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3, blank=True)
    home_minor = models.BigIntegerField(
        null=True, help_text="The amount in the organisation's currency, by the dated rate."
    )
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
    digest = models.BigIntegerField(help_text="Of what a row must show to be unchanged.")
    first_recorded_at = models.DateTimeField()
    last_recorded_at = models.DateTimeField(help_text="When a source showed it last, as far as noted.")
    changed_at = models.DateTimeField()
    missing_since = models.DateTimeField(null=True, help_text="Absent from a full import since.")
    missing_answer = models.CharField(max_length=20, blank=True, help_text="'', deleted, kept")

    class Meta(Guarded.Meta):
        abstract = True


class Deal(State):
    """The current state of one deal. Computed from the facts; written with them in one transaction."""

    owner_path = "owner"
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="+", db_index=False)
    external_id = models.CharField(max_length=160)
    run = models.ForeignKey(
        Import,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
        help_text="The import that brought it.",
    )
    own_category = models.CharField(max_length=20, blank=True, help_text="The newest OwnCategory.")
    own_by = models.ForeignKey(
        "people.Person", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    objects = VisibleDeals()
    shared_act = "deal.read"

    @classmethod
    def shared_with(cls, actor: access.Actor) -> Q | None:
        return held_by(actor, "pk")

    class Meta(Guarded.Meta):
        constraints = [models.UniqueConstraint(fields=["source", "external_id"], name="deal_once_per_source")]
        indexes = [
            models.Index(fields=["owner", "status", "close_on", "id"], name="deals_of_owner"),
            models.Index(fields=["status", "closed_on", "owner", "home_minor", "run"], name="deals_booked"),
            models.Index(fields=["close_on", "id"], name="deals_by_close_day"),
            models.Index(fields=["status", "close_on", "id"], name="deals_of_status_by_day"),
            models.Index(fields=["name", "id"], name="deals_by_name"),
            models.Index(fields=["home_minor", "id"], name="deals_by_amount"),
            models.Index(fields=["changed_at", "id"], name="deals_by_change"),
            # Searches and the panel of what is not counted look at every open deal: these hold all they need.
            models.Index(
                fields=[
                    "status",
                    "account",
                    "name",
                    "amount_minor",
                    "external_id",
                    "missing_since",
                    "missing_answer",
                    "run",
                ],
                name="deals_by_words",
            ),
            models.Index(
                fields=[
                    "status",
                    "stage",
                    "forecast_category",
                    "own_category",
                    "missing_since",
                    "missing_answer",
                    "run",
                    "home_minor",
                ],
                name="deals_open_by_stage",
                condition=Q(status="open"),
            ),
            models.Index(
                fields=["status", "home_minor", "missing_since", "missing_answer", "run"],
                name="deals_open_without_amount",
                condition=Q(status="open", home_minor__isnull=True),
            ),
            models.Index(
                fields=["missing_since"], name="deals_missing", condition=Q(missing_since__isnull=False)
            ),
        ]


class StagedDeal(State):
    """The next state of a known deal while its import is staged."""

    owner_path = "owner"
    run = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="+", db_index=False)
    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="+", db_index=False)
    first_due = models.IntegerField(null=True)
    last_due = models.IntegerField(null=True)
    track = models.BinaryField(default=b"", help_text="The deal's next track.")
    objects: Guard[StagedDeal] = Guard["StagedDeal"]()  # type: ignore[assignment]

    class Meta(Guarded.Meta):
        constraints = [models.UniqueConstraint(fields=["run", "deal"], name="staged_once")]


class DealEvent(Guarded):
    """One fact a source gave. Facts are a set: whatever the order they come in, the same history follows.

    A change the source recorded: ``field`` with ``old`` and ``new`` as canonical text, ``at`` when it was true
    (``at_from`` is set when only the interval is known), ``recorded_at`` when the source recorded it.
    A row the source showed: ``field`` is empty, ``new`` holds the row's values as JSON, ``at`` is the import's
    as-of and ``at_from`` the moment the deal was seen before.
    """

    owner_path = "deal__owner"
    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="+", db_index=False)
    field = models.CharField(max_length=80, blank=True)
    old = models.TextField(null=True)
    new = models.TextField(null=True)
    at = models.DateTimeField()
    at_from = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()
    by = models.CharField(max_length=120, blank=True)
    run = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="+", db_index=False)
    key = models.BigIntegerField(help_text="64 bits of a digest of the fact: the same fact is kept once.")
    objects: Guard[DealEvent] = Guard["DealEvent"]()  # type: ignore[assignment]
    shared_act = "deal.read"

    @classmethod
    def shared_with(cls, actor: access.Actor) -> Q | None:
        return held_by(actor, "deal")

    class Meta(Guarded.Meta):
        constraints = [models.UniqueConstraint(fields=["deal", "key"], name="fact_once")]


class PastOwner(Guarded):
    """Every owner a deal ever had besides a constant one, so that past teams find their deals."""

    owner_path = "name__person"
    name = models.ForeignKey(OwnerName, on_delete=models.CASCADE, related_name="+", db_index=False)
    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="+")
    objects: Guard[PastOwner] = Guard["PastOwner"]()  # type: ignore[assignment]

    class Meta(Guarded.Meta):
        constraints = [models.UniqueConstraint(fields=["name", "deal"], name="past_owner_once")]


class Absence(Guarded):
    """What a full import or a person said of a deal that was not shown: missing, found, deleted, kept."""

    owner_path = "deal__owner"
    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="+", db_index=False)
    at = models.DateTimeField(help_text="The moment the file shows, or when it was answered.")
    word = models.CharField(max_length=8, choices=[(w, w) for w in ("missing", "found", "deleted", "kept")])
    objects: Guard[Absence] = Guard["Absence"]()  # type: ignore[assignment]

    class Meta(Guarded.Meta):
        indexes = [models.Index(fields=["deal", "id"], name="absences_of_deal")]


class Track(Guarded):
    """Every state a deal was ever in, packed (``deals.tracks``). Derived: it is built again from what is kept."""

    owner_path = "deal__owner"
    deal = models.OneToOneField(Deal, on_delete=models.CASCADE, related_name="+", primary_key=True)
    first_due = models.IntegerField(null=True, help_text="The earliest day it was ever due, from 1970.")
    last_due = models.IntegerField(null=True, help_text="The latest.")
    records = models.BinaryField(default=b"")
    block = models.BigIntegerField(null=True, help_text="The block that holds it, or held what it was.")
    fresh = models.BooleanField(default=False, help_text="Whether the block holds it as it is.")
    objects: Guard[Track] = Guard["Track"]()  # type: ignore[assignment]

    class Meta(Guarded.Meta):
        indexes = [
            models.Index(fields=["block", "deal"], name="tracks_waiting", condition=Q(fresh=False)),
        ]


class TrackBlock(models.Model):
    """The tracks of many deals that were due at about the same time, one after the other. Derived from tracks.

    Read by ``deals.comparing`` only, for nodes with many people. ``deals`` are keys of 64 bits, ``sizes`` the
    number of records of each in 32 bits.
    """

    first_due = models.IntegerField(help_text="The earliest day any of them was due, from 1970.")
    last_due = models.IntegerField(help_text="The latest.")
    deals = models.BinaryField()
    sizes = models.BinaryField()
    records = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["last_due", "first_due"], name="blocks_by_due")]


class Word(models.Model):
    """A word of a source (stage, product, account, category, currency) as tracks refer to it."""

    text = models.CharField(max_length=200, unique=True)


class Category(models.Model):
    """Which forecast category a stage means, from a day on. Never overwritten, only followed."""

    stage = models.CharField(max_length=120)
    category = models.CharField(
        max_length=20, help_text="omitted, pipeline, best_case, most_likely, commit, closed"
    )
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
    objects: Guard[OwnCategory] = Guard["OwnCategory"]()  # type: ignore[assignment]
    shared_act = "deal.read"

    @classmethod
    def shared_with(cls, actor: access.Actor) -> Q | None:
        return held_by(actor, "deal")

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


class Division(Guarded):
    """How a deal is divided from a day on. A new division is a new row; none is changed. An empty one ends it.

    ``shares`` are ``[kind, person, hundredths of a percent]``: the revenue shares of a deal are 10,000 together or
    there are none, overlay shares any total. ``recorded_at`` is from when on it was known, ``starts_on`` from when on
    it counts; of those known, the one that starts last counts, and of two of one day the one known later.
    """

    owner_path = "deal__owner"
    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="+", db_index=False)
    starts_on = models.DateField()
    shares = models.JSONField()
    recorded_at = models.DateTimeField()
    set_at = models.DateTimeField()
    by = models.CharField(max_length=120)
    objects: Guard[Division] = Guard["Division"]()  # type: ignore[assignment]
    shared_act = "deal.read"

    @classmethod
    def shared_with(cls, actor: access.Actor) -> Q | None:
        return held_by(actor, "deal")

    class Meta(Guarded.Meta):
        indexes = [
            models.Index(fields=["deal", "-starts_on", "-recorded_at", "-id"], name="divisions_of_deal")
        ]


class Share(Guarded):
    """Who holds a share of a deal, or ever did. Derived from divisions and written with them.

    A revenue share is what lies between ``low`` and ``high`` (hundredths of a percent of the amount), so that the
    shares of a deal add up to its amount whatever is rounded. ``current``: by the division in force.
    """

    owner_path = "person"
    deal = models.ForeignKey(Deal, on_delete=models.CASCADE, related_name="+", db_index=False)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(max_length=7, choices=[(k, k) for k in ("revenue", "overlay")])
    low = models.IntegerField(default=0)
    high = models.IntegerField(default=0)
    current = models.BooleanField(default=False)
    division = models.ForeignKey(
        Division, null=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    objects: Guard[Share] = Guard["Share"]()  # type: ignore[assignment]

    class Meta(Guarded.Meta):
        constraints = [models.UniqueConstraint(fields=["deal", "person", "kind"], name="one_share_of_a_kind")]
        indexes = [models.Index(fields=["person", "current", "deal"], name="shares_of_person")]

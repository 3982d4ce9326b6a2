"""Targets, stored estimates, calls, overlays, submissions and their receipts. What was said is never changed."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q

from fairlead.calls.rules import MEASURES, REASONS
from fairlead.people.guard import Guard, Guarded
from fairlead.people.models import public_id


class ForecastType(models.Model):
    """A forecast type beside "All business" from a day on. A change is a new row of the same key; none is changed.

    ``deal_types`` are the words of deals it takes, empty for all. ``measure`` is what it adds up. ``asked``: leaders
    submit a number for it; else it follows from the deals alone. A row that is not ``active`` ends it.
    """

    key = models.CharField(max_length=20)
    name = models.CharField(max_length=40)
    measure = models.CharField(max_length=10, default="amount")
    deal_types = models.JSONField(default=list)
    asked = models.BooleanField(default=True)
    active = models.BooleanField(default=True)
    starts_on = models.DateField()
    set_at = models.DateTimeField()
    by = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(measure__in=list(MEASURES)), name="a_type_adds_up_a_measure")
        ]
        indexes = [models.Index(fields=["key", "-starts_on", "-id"], name="forecast_type_by_day")]


class Target(Guarded):
    """A target (quota) of one person for one period. A later row replaces an earlier one; none is deleted."""

    owner_path = "person"
    objects: Guard[Target] = Guard["Target"]()  # type: ignore[assignment]
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=20)
    type = models.CharField(
        max_length=20, default="new", help_text="new: all business; else the key of a forecast type."
    )
    amount_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    set_at = models.DateTimeField()
    by = models.CharField(max_length=120)
    reason = models.CharField(
        max_length=14, default="", blank=True, choices=list(REASONS.items()), help_text="Why it changed."
    )

    class Meta(Guarded.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(reason__in=["", *REASONS]), name="a_target_changes_for_a_neutral_reason"
            )
        ]
        indexes = [models.Index(fields=["person", "period", "type", "-id"], name="target_of_person")]


class EstimateRun(models.Model):
    """One computation of all estimates: of what, with what, when. ``fingerprint`` is of the inputs."""

    as_of = models.DateTimeField()
    computed_at = models.DateTimeField()
    period = models.CharField(max_length=20)
    starts_on = models.DateField()
    ends_on = models.DateField()
    currency = models.CharField(max_length=3)
    model = models.CharField(max_length=60)
    model_version = models.CharField(max_length=20)
    fitted_on = models.IntegerField()
    fingerprint = models.CharField(max_length=64)
    warnings = models.JSONField(default=list)
    not_counted = models.JSONField(default=list)
    own_past = models.JSONField(default=dict, help_text="The replay of past periods.")
    widths = models.JSONField(
        default=dict, help_text="Spread of the shared shocks and of the size of new deals, for what-ifs."
    )
    types = models.JSONField(default=list, help_text="The forecast types whose columns were stored with it.")

    class Meta:
        indexes = [models.Index(fields=["period", "-as_of", "-id"], name="run_of_period")]


class NodeEstimate(Guarded):
    """The estimate of one person's own deals (person), or of the whole subtree (team). Minor units.

    The company's node belongs to nobody: ``person`` is empty, and it is read for the top of the tree.
    ``commit_minor``, ``most_likely_minor``, ``best_case_minor`` and ``pipeline_minor`` are the cumulative columns of
    the node when the run was made, so that a roll-up far below a leader needs no deals. Runs of before have the first.
    """

    owner_path = "person"
    objects: Guard[NodeEstimate] = Guard["NodeEstimate"]()  # type: ignore[assignment]
    run = models.ForeignKey(EstimateRun, on_delete=models.CASCADE, related_name="+", db_index=False)
    person = models.ForeignKey("people.Person", null=True, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, help_text="company, team, person, unassigned")
    booked_minor = models.BigIntegerField()
    open_minor = models.BigIntegerField()
    open_deals = models.IntegerField()
    weighted_minor = models.BigIntegerField()
    mean_minor = models.BigIntegerField()
    p10_minor = models.BigIntegerField()
    p50_minor = models.BigIntegerField()
    p90_minor = models.BigIntegerField()
    parts = models.JSONField(help_text="from_open and from_new: mean, p10, p50, p90 in minor units.")
    target_minor = models.BigIntegerField(null=True)
    chance_of_target = models.FloatField(null=True)
    quantiles = models.JSONField(help_text="199 quantiles in minor units.")
    commit_minor = models.BigIntegerField(default=0)
    most_likely_minor = models.BigIntegerField(null=True)
    best_case_minor = models.BigIntegerField(null=True)
    pipeline_minor = models.BigIntegerField(null=True)
    past = models.JSONField(default=dict, help_text="Booked in each of the last periods, by name.")
    year_ago_minor = models.BigIntegerField(
        null=True, help_text="Booked up to the same day of the period one year earlier."
    )
    first = models.IntegerField(null=True, help_text="The node's parts are those at first … last - 1.")
    last = models.IntegerField(null=True)

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["run", "person", "kind"], name="one_estimate_per_node")
        ]


class TypeColumns(Guarded):
    """The cumulative columns of one person's own deals in a forecast type when a run was made, in its measure.

    ``type`` is the row of :class:`ForecastType` that was in force. Whoever has nothing in it has no row.
    """

    owner_path = "person"
    objects: Guard[TypeColumns] = Guard["TypeColumns"]()  # type: ignore[assignment]
    run = models.ForeignKey(EstimateRun, on_delete=models.CASCADE, related_name="+", db_index=False)
    type = models.ForeignKey(ForecastType, on_delete=models.PROTECT, related_name="+", db_index=False)
    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    closed = models.BigIntegerField()
    commit = models.BigIntegerField()
    most_likely = models.BigIntegerField()
    best_case = models.BigIntegerField()
    pipeline = models.BigIntegerField()

    class Meta(Guarded.Meta):
        constraints = [models.UniqueConstraint(fields=["run", "type", "person"], name="one_row_per_type")]


class RunPart(Guarded):
    """What one person adds to an estimate run: expected new business and open deals, to compute a node again.

    Never shown: chances and sizes are shown at their deals, new business in the node's estimate. Learned effects of
    owners are not in it.
    """

    owner_path = "person"
    objects: Guard[RunPart] = Guard["RunPart"]()  # type: ignore[assignment]
    run = models.ForeignKey(EstimateRun, on_delete=models.CASCADE, related_name="+", db_index=False)
    place = models.IntegerField(help_text="Place of the person in the order of the run.")
    person = models.ForeignKey("people.Person", null=True, on_delete=models.CASCADE, related_name="+")
    team = models.IntegerField(help_text="A code that persons of one team share in the run.")
    new_rate = models.FloatField(help_text="Expected new wins.")
    new_size = models.FloatField(help_text="Their mean size, in major units.")
    deals = models.JSONField(
        help_text="Deal, chance, mean size, spread of it, and amount entered; largest first."
    )

    class Meta(Guarded.Meta):
        constraints = [models.UniqueConstraint(fields=["run", "place"], name="one_part_per_place")]


class DealEstimate(Guarded):
    """The chances of one deal in one run, with its reasons."""

    owner_path = "deal__owner"
    objects: Guard[DealEstimate] = Guard["DealEstimate"]()  # type: ignore[assignment]
    run = models.ForeignKey(EstimateRun, on_delete=models.CASCADE, related_name="+", db_index=False)
    deal = models.ForeignKey("deals.Deal", on_delete=models.CASCADE, related_name="+")
    chance_in_period = models.FloatField()
    chance_ever = models.FloatField()
    expected_close_on = models.DateField(null=True)
    reasons = models.JSONField(default=list)

    class Meta(Guarded.Meta):
        constraints = [models.UniqueConstraint(fields=["deal", "run"], name="one_estimate_per_deal")]


class Call(Guarded):
    """A person's own number for a period. A new number is a new row; the newest one counts."""

    owner_path = "person"
    objects: Guard[Call] = Guard["Call"]()  # type: ignore[assignment]
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=20)
    category = models.CharField(max_length=20, default="commit")
    type = models.CharField(max_length=20, default="", blank=True, help_text="Empty: all business.")
    amount_minor = models.BigIntegerField(null=True, help_text="Empty takes the call back.")
    currency = models.CharField(max_length=3)
    note = models.TextField(blank=True)
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        indexes = [models.Index(fields=["person", "period", "category", "-at", "-id"], name="call_of_person")]


class Overlay(Guarded):
    """A superior's number beside a report's own call (or beside the sum of one's own team). Needs a note.

    It replaces the total in the superior's call and touches no deal. An empty amount resets it.
    """

    owner_path = "person"
    objects: Guard[Overlay] = Guard["Overlay"]()  # type: ignore[assignment]
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=20)
    category = models.CharField(max_length=20, default="commit")
    type = models.CharField(max_length=20, default="", blank=True, help_text="Empty: all business.")
    amount_minor = models.BigIntegerField(null=True)
    base_minor = models.BigIntegerField(null=True, help_text="The own call when the overlay was set.")
    currency = models.CharField(max_length=3)
    note = models.TextField(blank=True)
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor=None) | ~Q(note=""), name="overlay_needs_note")
        ]
        indexes = [
            models.Index(fields=["person", "author", "period", "-at", "-id"], name="overlay_of_person")
        ]


class Submission(Guarded):
    """The number a leader sent, frozen with everything behind it. Immutable; a correction is a new one."""

    owner_path = "person"
    objects: Guard[Submission] = Guard["Submission"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=20)
    version = models.PositiveIntegerField(help_text="1, 2, … within the person's period.")
    at = models.DateTimeField()
    due_at = models.DateTimeField()
    superior = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    amount_minor = models.BigIntegerField(help_text="Commit.")
    most_likely_minor = models.BigIntegerField(null=True)
    best_case_minor = models.BigIntegerField(null=True)
    currency = models.CharField(max_length=3)
    reps_sum_minor = models.BigIntegerField()
    booked_minor = models.BigIntegerField()
    target_minor = models.BigIntegerField(null=True)
    reason = models.TextField(blank=True, help_text="Why the number differs from the sum of the calls.")
    run = models.ForeignKey(EstimateRun, null=True, on_delete=models.PROTECT, related_name="+")
    estimate = models.JSONField(default=dict, help_text="The node's estimate as shown.")
    cells = models.JSONField(help_text="Per direct report: own call, overlay, in the call, target, booked.")
    deals = models.JSONField(help_text="The deals behind, as they stood.")
    changes = models.JSONField(help_text="Bars from the previous standing number to this one; they add up.")
    rates = models.JSONField(default=dict, help_text="The conversion rates used.")
    judged = models.JSONField(
        null=True, help_text="The author’s judgements of deals as they stood: deal to in or out."
    )
    others = models.JSONField(
        null=True,
        help_text="Per category besides Commit: amount, calls_sum, cells and changes, as those of Commit.",
    )
    types = models.JSONField(
        null=True, help_text="Forecast type -> SHA-256 of what was sent of it, where the company has types."
    )
    previous = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=64, help_text="The form's idempotency key.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the frozen content.")

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["person", "period", "version"], name="one_submission_per_version"
            ),
            models.UniqueConstraint(fields=["person", "key"], name="one_submission_per_form"),
        ]
        indexes = [models.Index(fields=["person", "period", "-version"], name="submission_of_person")]


class SubmittedType(Guarded):
    """What a submission holds of one forecast type, frozen as the submission is; its digest stands there.

    Amounts in the type's measure: minor units of the organisation's currency, units as ``calls.kinds`` counts them.
    """

    owner_path = "submission__person"
    objects: Guard[SubmittedType] = Guard["SubmittedType"]()  # type: ignore[assignment]
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="+", db_index=False)
    type = models.CharField(max_length=20)
    name = models.CharField(max_length=40)
    measure = models.CharField(max_length=10)
    amount_minor = models.BigIntegerField(help_text="Commit.")
    most_likely_minor = models.BigIntegerField()
    best_case_minor = models.BigIntegerField()
    reps_sum_minor = models.BigIntegerField()
    booked_minor = models.BigIntegerField()
    target_minor = models.BigIntegerField(null=True)
    cells = models.JSONField()
    deals = models.JSONField()
    changes = models.JSONField()
    others = models.JSONField()

    class Meta(Guarded.Meta):
        constraints = [models.UniqueConstraint(fields=["submission", "type"], name="one_number_per_type")]

    @property
    def at(self) -> datetime:
        return self.submission.at


class Withdrawal(Guarded):
    """A submission taken back by its author before the superior used it."""

    owner_path = "submission__person"
    objects: Guard[Withdrawal] = Guard["Withdrawal"]()  # type: ignore[assignment]
    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)

    class Meta(Guarded.Meta):
        pass


class Receipt(Guarded):
    """Somebody opened a submission: a team member the copy, the superior the number."""

    owner_path = "submission__person"
    objects: Guard[Receipt] = Guard["Receipt"]()  # type: ignore[assignment]
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    behalf = models.ForeignKey(
        "people.Person",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="Whose rights were lent.",
    )
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["submission", "person"], name="one_receipt_per_reader")
        ]


class Judgement(Guarded):
    """A leader's judgement of a direct report's deal: in or out of the period. A new one is a new row; empty clears it.

    It stands beside Commit as evidence and changes no call.
    """

    owner_path = "deal__owner"
    objects: Guard[Judgement] = Guard["Judgement"]()  # type: ignore[assignment]
    deal = models.ForeignKey("deals.Deal", on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    period = models.CharField(max_length=20)
    verdict = models.CharField(max_length=3, blank=True, help_text="in, out, or empty: cleared.")
    note = models.TextField(blank=True)
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(verdict__in=["", "in", "out"]), name="judgement_in_or_out")
        ]
        indexes = [
            models.Index(fields=["author", "period", "deal", "-id"], name="judgement_of_author"),
            models.Index(fields=["deal", "period", "-id"], name="judgement_of_deal"),
        ]

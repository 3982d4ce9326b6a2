"""Improvement plans, their versions and acts, and cover plans. What was said is never changed: every act is a row."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from fairlead.improvement.content import LONGEST
from fairlead.improvement.rules import DUTIES, FORMS, KINDS
from fairlead.people.guard import Guard, Guarded
from fairlead.people.models import public_id

LONGEST_NAME = 120
LONGEST_WHY = 600


class Reviewer(Guarded):
    """Somebody from outside who is named for the unit below a leader, or that nobody is any more. The newest counts."""

    owner_path = "head"
    objects: Guard[Reviewer] = Guard["Reviewer"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    head = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(help_text="1, 2, … within the unit.")
    kind = models.CharField(max_length=8, choices=[(one, one) for one in ("named", "ended")])
    name = models.CharField(max_length=LONGEST_NAME, blank=True)
    organisation = models.CharField(max_length=LONGEST_NAME, blank=True)
    email = models.CharField(max_length=254, blank=True)
    first = models.DateField(null=True)
    last = models.DateField(null=True)
    why = models.CharField(
        max_length=LONGEST_WHY, blank=True, help_text="Why they are independent, or why it ended."
    )
    same_as = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="+",
        help_text="The first row with the same address: the same somebody, wherever they are named.",
    )  # fmt: skip
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["head", "number"], name="one_reviewer_per_number"),
            models.CheckConstraint(
                condition=Q(kind="ended", first=None, last=None)
                | Q(kind="named", first__isnull=False, last__gte=F("first")),
                name="a_reviewer_has_days",
            ),
        ]

    @property
    def identity(self) -> int:
        """The same number for the same somebody."""
        return self.same_as_id or self.pk


class Invitation(Guarded):
    """A secret address that leads somebody from outside to one plan, for one duty: its digest, and how it ended.

    The address itself is kept nowhere. It dies with the act, with its day, and when it is taken back.
    """

    owner_path = "plan__person"
    objects: Guard[Invitation] = Guard["Invitation"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    plan = models.ForeignKey("improvement.Plan", on_delete=models.PROTECT, related_name="+")
    reviewer = models.ForeignKey(Reviewer, on_delete=models.PROTECT, related_name="+")
    duty = models.CharField(max_length=8, choices=[(one, one) for one in DUTIES])
    digest = models.CharField(max_length=64, unique=True)
    shown = models.BooleanField(
        help_text="Whether whoever made it saw the address; else it left by mail alone."
    )
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    used_at = models.DateTimeField(null=True)
    opens = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField(null=True, help_text="Last opened, to the minute.")

    class Meta(Guarded.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(expires_at__gt=F("at")), name="an_invitation_ends"),
        ]


class Plan(Guarded):
    """A plan of one person, redeployment without a plan, or a plan that somebody gave themself and shared."""

    owner_path = "person"
    objects: Guard[Plan] = Guard["Plan"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    form = models.CharField(max_length=12, choices=[(one, one) for one in FORMS])
    layer = models.PositiveSmallIntegerField(null=True, help_text="The layer of the diagnosis that failed.")
    diagnosis = models.CharField(max_length=16, blank=True, help_text="Public id; empty for a self-plan.")
    attempt = models.PositiveSmallIntegerField(default=1, help_text="1, 2, … of what a diagnosis led to.")
    by = models.ForeignKey(
        "people.Person", on_delete=models.PROTECT, related_name="+", help_text="Who wrote it."
    )
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(form="self", diagnosis="") | (~Q(form="self") & ~Q(diagnosis="")),
                name="a_plan_has_its_diagnosis",
            ),
            models.UniqueConstraint(
                fields=["diagnosis", "attempt"], condition=~Q(diagnosis=""), name="one_plan_a_diagnosis"
            ),
        ]


class Version(Guarded):
    """A version of a plan as it was saved."""

    owner_path = "plan__person"
    objects: Guard[Version] = Guard["Version"]()  # type: ignore[assignment]
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(help_text="1, 2, … within the plan.")
    content = models.JSONField(help_text="As improvement.content.Content.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the content.")
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="one_improvement_version")]


class Act(Guarded):
    """One act with a plan, in its order."""

    owner_path = "plan__person"
    objects: Guard[Act] = Guard["Act"]()  # type: ignore[assignment]
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(help_text="1, 2, … within the plan.")
    kind = models.CharField(max_length=14, choices=[(one, one) for one in KINDS])
    on = models.DateField(
        help_text="The organisation's day of the act, or the first day of what was published."
    )
    version = models.PositiveIntegerField(default=0, help_text="Of the plan, where the act is about one.")
    which = models.CharField(max_length=16, blank=True, help_text="The check-in, task or deal it is about.")
    said = models.CharField(
        max_length=12, blank=True, help_text="The outcome, who missed, or what an appeal came to."
    )
    value = models.IntegerField(null=True, help_text="What was measured, or the days of an extension.")
    scores = models.JSONField(default=dict, help_text="Part of a teach-back -> points.")
    words = models.CharField(max_length=LONGEST, blank=True)
    days_late = models.PositiveSmallIntegerField(
        default=0, help_text="Of a decision: working days past its day."
    )
    by = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    outside = models.ForeignKey(
        "improvement.Reviewer", null=True, on_delete=models.PROTECT, related_name="+",
        help_text="Who acted from outside, where nobody of the company did.",
    )  # fmt: skip
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(by__isnull=False, outside=None) | Q(by=None, outside__isnull=False),
                name="an_improvement_act_has_somebody",
            ),
            models.UniqueConstraint(fields=["plan", "number"], name="one_improvement_act"),
            models.UniqueConstraint(
                fields=["plan"], condition=Q(kind="decided", said="extended"), name="a_plan_is_extended_once"
            ),
            models.CheckConstraint(
                condition=~Q(
                    kind__in=["replied", "decided", "refused", "appealed", "heard", "withdrawn", "returned"]
                )
                | ~Q(words=""),
                name="an_improvement_act_says_why",
            ),
        ]


class Cover(Guarded):
    """Who covers the accounts of a person, as saved; the newest counts."""

    owner_path = "plan__person"
    objects: Guard[Cover] = Guard["Cover"]()  # type: ignore[assignment]
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    lines = models.JSONField(help_text="account, name, covered_by, covered_by_name, hand_over, first_call_on")
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="one_cover_plan_per_number")]


class SelfDraft(Guarded):
    """What somebody writes for themself and has not shared: read by the writer and nobody else. It can be changed."""

    owner_path = "person"
    objects: Guard[SelfDraft] = Guard["SelfDraft"]()  # type: ignore[assignment]
    person = models.OneToOneField("people.Person", on_delete=models.PROTECT, related_name="+")
    layer = models.PositiveSmallIntegerField(null=True)
    content = models.JSONField()
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        pass


class Assessment(Guarded):
    """Who is named to measure a task, so that they find it and nothing else of the plan."""

    owner_path = "assessor"
    objects: Guard[Assessment] = Guard["Assessment"]()  # type: ignore[assignment]
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="+")
    task = models.CharField(max_length=16, help_text="The key of the task.")
    assessor = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["plan", "task", "assessor"], name="named_once_to_measure")
        ]

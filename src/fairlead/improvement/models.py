"""Improvement plans, their versions and acts, and cover plans. What was said is never changed: every act is a row."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from fairlead.improvement.content import LONGEST
from fairlead.improvement.rules import FORMS, KINDS
from fairlead.people.guard import Guard, Guarded
from fairlead.people.models import public_id


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
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
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

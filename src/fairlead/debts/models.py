"""Company debts and the steps taken with them. What was said is never changed: every step is a new row."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from fairlead.debts.rules import KINDS, LONGEST, RATINGS
from fairlead.people.guard import Guard, Guarded
from fairlead.people.models import public_id


class Debt(Guarded):
    """Something the company owes a rep, and who owes it in the company's name."""

    owner_path = "owed_to"
    also_path = "owner"
    objects: Guard[Debt] = Guard["Debt"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    item = models.CharField(max_length=LONGEST)
    owner = models.ForeignKey(
        "people.Person", on_delete=models.PROTECT, related_name="+", help_text="Who owes."
    )
    owed_to = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(
        null=True, help_text="The first due day, where one was named; a new one is a step."
    )
    source_kind = models.CharField(max_length=20, help_text="plan, ask, debrief, manager or catalogue.")
    source_id = models.CharField(
        max_length=16, help_text="Public id of the deal of the plan, of the ask, or a key."
    )
    key = models.CharField(max_length=64, help_text="What opened it, so that it opens once.")
    since = models.DateField(help_text="From when on its age counts.")
    at = models.DateTimeField()
    by = models.ForeignKey(
        "people.Person", null=True, on_delete=models.PROTECT, related_name="+",
        help_text="Empty where time alone opened it.",
    )  # fmt: skip

    class Meta(Guarded.Meta):
        constraints = [
            models.CheckConstraint(condition=~Q(owner=F("owed_to")), name="owed_to_another"),
            models.CheckConstraint(condition=~Q(item=""), name="debt_says_something"),
            models.UniqueConstraint(fields=["source_kind", "source_id", "key"], name="one_debt_per_cause"),
        ]
        indexes = [
            models.Index(fields=["owner", "-id"], name="debt_by_owner"),
            models.Index(fields=["owed_to", "-id"], name="debt_to_person"),
        ]


class DebtStep(Guarded):
    """One step with a debt: a day named, delivered, rated, disputed, lifted, or the undoing of one."""

    owner_path = "debt__owed_to"
    also_path = "debt__owner"
    objects: Guard[DebtStep] = Guard["DebtStep"]()  # type: ignore[assignment]
    debt = models.ForeignKey(Debt, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(help_text="1, 2, … within the debt.")
    kind = models.CharField(max_length=12, choices=[(kind, kind) for kind in KINDS])
    due_on = models.DateField(null=True)
    words = models.CharField(max_length=LONGEST, blank=True)
    rating = models.CharField(max_length=10, blank=True)
    about = models.PositiveIntegerField(null=True, help_text="The number of the step that is undone.")
    by = models.ForeignKey(
        "people.Person", null=True, on_delete=models.PROTECT, related_name="+",
        help_text="Empty where the plan or the ask it came from settled it.",
    )  # fmt: skip
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["debt", "number"], name="one_debt_step_per_number"),
            models.CheckConstraint(
                condition=~Q(kind__in=["delivered", "disputed", "lifted"]) | ~Q(words=""),
                name="debt_step_says_what",
            ),
            models.CheckConstraint(
                condition=Q(kind="rated", rating__in=list(RATINGS)) | (~Q(kind="rated") & Q(rating="")),
                name="only_a_rating_rates",
            ),
            models.CheckConstraint(
                condition=Q(kind="dated", due_on__isnull=False) | (~Q(kind="dated") & Q(due_on=None)),
                name="only_a_day_is_dated",
            ),
            models.CheckConstraint(
                condition=Q(kind="undone", about__isnull=False) | (~Q(kind="undone") & Q(about=None)),
                name="a_debt_undo_has_a_step",
            ),
        ]

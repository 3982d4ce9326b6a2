"""Looks at a seller's results or at a role's targets, and what was done with them. Never changed: acts are rows."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from fairlead.looks.rules import ABOUTS, KINDS, LONGEST, REASONS
from fairlead.people.guard import Guard, Guarded
from fairlead.people.models import public_id


class Look(Guarded):
    """A look at one seller's results, with everything that was known when it opened. Nothing follows by itself."""

    owner_path = "person"
    objects: Guard[Look] = Guard["Look"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    quarter = models.CharField(max_length=20, help_text="The last quarter of the run.")
    closed_on = models.DateField(help_text="Its last day.")
    decide_days = models.PositiveSmallIntegerField()
    rule_version = models.PositiveIntegerField()
    ground = models.ForeignKey("grounds.Ground", on_delete=models.PROTECT, related_name="+")
    facts = models.JSONField(help_text="The run and the counter-evidence as they stood.")
    digest = models.CharField(max_length=64, help_text="SHA-256 of the facts.")
    opened_at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [models.UniqueConstraint(fields=["person", "quarter"], name="one_look_a_quarter")]

    @property
    def erased(self) -> bool:
        """Whether what it held was erased after its time: then it is shown nowhere."""
        return bool(self.facts.get("erased"))


class LookAct(Guarded):
    """One act with a look: the seller's answer, a reasoned waiver or its undoing, or what became of its diagnosis."""

    owner_path = "look__person"
    objects: Guard[LookAct] = Guard["LookAct"]()  # type: ignore[assignment]
    look = models.ForeignKey(Look, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(help_text="1, 2, … within the look.")
    kind = models.CharField(max_length=10, choices=[(kind, kind) for kind in KINDS])
    reason = models.CharField(max_length=10, blank=True, choices=[(one, one) for one in REASONS])
    words = models.CharField(max_length=LONGEST, blank=True)
    about = models.PositiveIntegerField(null=True, help_text="The number of the act that is undone.")
    days_late = models.PositiveSmallIntegerField(
        default=0, help_text="Of a decision: working days past its day."
    )
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["look", "number"], name="one_look_act_per_number"),
            models.CheckConstraint(
                condition=Q(kind="waived", reason__in=list(REASONS)) & ~Q(words="")
                | Q(kind="answered", reason="") & ~Q(words="")
                | Q(kind="undone", reason="", about__isnull=False)
                | Q(kind__in=["diagnosed", "decided", "reopened"], reason="", words=""),
                name="a_look_act_is_whole",
            ),
        ]


class RoleLook(Guarded):
    """A look at target and territory of a role, where half of it or more is under the line. It names no person."""

    owner_path = "owner"
    objects: Guard[RoleLook] = Guard["RoleLook"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    owner = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    job = models.CharField(max_length=160)
    segment = models.CharField(max_length=160, blank=True)
    quarter = models.CharField(max_length=20)
    closed_on = models.DateField()
    decide_days = models.PositiveSmallIntegerField()
    rule_version = models.PositiveIntegerField()
    sellers = models.PositiveIntegerField()
    under = models.PositiveIntegerField()
    facts = models.JSONField(help_text="Quartiles of attainment and of targets, without names.")
    opened_at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "quarter", "job", "segment"], name="one_look_at_a_role_a_quarter"
            )
        ]


class RoleHanded(Guarded):
    """That a look at a role went on to whoever answers for it since its owner is gone; the newest counts."""

    owner_path = "to"
    objects: Guard[RoleHanded] = Guard["RoleHanded"]()  # type: ignore[assignment]
    look = models.ForeignKey(RoleLook, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    to = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [models.UniqueConstraint(fields=["look", "number"], name="one_hand_on_per_number")]


class RoleDecision(Guarded):
    """What was decided on a role's targets and territories. A later one replaces it and says why."""

    owner_path = "look__owner"
    objects: Guard[RoleDecision] = Guard["RoleDecision"]()  # type: ignore[assignment]
    look = models.ForeignKey(RoleLook, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    about = models.CharField(max_length=9, choices=[(one, one) for one in ABOUTS])
    words = models.CharField(max_length=LONGEST)
    days_late = models.PositiveSmallIntegerField(default=0)
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["look", "number"], name="one_role_decision_per_number"),
            models.CheckConstraint(condition=~Q(words=""), name="a_role_decision_says_why"),
        ]


class Sweep(models.Model):
    """That every seller whose results are looked at was gone through on a day."""

    day = models.DateField(unique=True)
    quarter = models.CharField(max_length=20)
    sellers = models.PositiveIntegerField(help_text="How many were gone through.")
    opened = models.PositiveIntegerField()
    at = models.DateTimeField()

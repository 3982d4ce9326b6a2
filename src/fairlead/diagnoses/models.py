"""Diagnoses, their versions, acts, remedy and observations. Nothing is ever changed: a save is a row, an act too."""

from __future__ import annotations

from functools import reduce
from operator import or_

from django.db import models
from django.db.models import F, Q

from fairlead.diagnoses.rules import CHANGES, KINDS, LAYERS, LONGEST, ORDERS, ROUTE_OF, ROUTES, WORDED
from fairlead.people.guard import Guard, Guarded
from fairlead.people.models import public_id


def _words(layer: int) -> models.TextField[str, str]:
    return models.TextField(blank=True, max_length=LONGEST, help_text=f"Evidence of {LAYERS[layer].lower()}.")


def _judged(layer: int) -> Q:
    """The orders in which a layer is judged."""
    return Q(verdicts__in=[one for one in ORDERS if len(one) > layer])


class Diagnosis(Guarded):
    """A diagnosis of one look. The manager's alone until it is shared."""

    owner_path = "person"
    objects: Guard[Diagnosis] = Guard["Diagnosis"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    look = models.ForeignKey("looks.Look", on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveIntegerField(help_text="1, 2, … within the look.")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [models.UniqueConstraint(fields=["look", "number"], name="one_diagnosis_per_number")]


class Version(Guarded):
    """What a diagnosis found, as it was saved. The verdicts are a word of p and f, in the order of the layers."""

    owner_path = "diagnosis__person"
    objects: Guard[Version] = Guard["Version"]()  # type: ignore[assignment]
    diagnosis = models.ForeignKey(Diagnosis, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveIntegerField(help_text="1, 2, … within the diagnosis.")
    verdicts = models.CharField(max_length=len(LAYERS), blank=True)
    words_0 = _words(0)
    words_1 = _words(1)
    words_2 = _words(2)
    words_3 = _words(3)
    words_4 = _words(4)
    words_5 = _words(5)
    words_6 = _words(6)
    facts = models.JSONField(help_text="What was computed beside the layers, as it stood.")
    digest = models.CharField(
        max_length=64, help_text="SHA-256 of verdicts, evidence, facts and observations."
    )
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["diagnosis", "number"], name="one_version_of_a_diagnosis"),
            models.CheckConstraint(
                condition=Q(verdicts__in=ORDERS), name="layers_in_order_until_the_first_fail"
            ),
            *(
                models.CheckConstraint(
                    condition=(_judged(layer) & ~Q(**{f"words_{layer}": ""}))
                    | Q(verdicts="p" * layer)
                    | (~_judged(layer) & Q(**{f"words_{layer}": ""})),
                    name=f"layer_{layer}_is_judged_on_evidence",
                )
                for layer in range(len(LAYERS))
            ),
        ]

    @property
    def words(self) -> tuple[str, ...]:
        """The evidence of every layer."""
        return tuple(str(getattr(self, f"words_{layer}")) for layer in range(len(LAYERS)))


class Act(Guarded):
    """One act with a diagnosis. Answers are the seller's; nobody else writes there."""

    owner_path = "diagnosis__person"
    objects: Guard[Act] = Guard["Act"]()  # type: ignore[assignment]
    diagnosis = models.ForeignKey(Diagnosis, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveIntegerField(help_text="1, 2, … within the diagnosis.")
    kind = models.CharField(max_length=14, choices=[(kind, kind) for kind in KINDS])
    version = models.PositiveIntegerField(help_text="The version it is about.")
    words = models.CharField(max_length=LONGEST, blank=True)
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["diagnosis", "number"], name="one_diagnosis_act_per_number"),
            models.CheckConstraint(
                condition=(Q(kind__in=WORDED) & ~Q(words="")) | (~Q(kind__in=WORDED) & Q(words="")),
                name="a_diagnosis_act_says_what_it_must",
            ),
        ]


def _route() -> Q:
    return reduce(or_, (Q(layer=layer, route=route) for layer, route in enumerate(ROUTE_OF)))


class Remedy(Guarded):
    """What follows from the layer that failed, as it was set when the diagnosis was used."""

    owner_path = "diagnosis__person"
    objects: Guard[Remedy] = Guard["Remedy"]()  # type: ignore[assignment]
    diagnosis = models.OneToOneField(Diagnosis, on_delete=models.PROTECT, related_name="+", primary_key=True)
    layer = models.PositiveSmallIntegerField()
    route = models.CharField(max_length=12, choices=[(one, one) for one in ROUTES])
    change = models.CharField(max_length=9, blank=True, choices=[(one, one) for one in CHANGES])
    text = models.TextField(blank=True, max_length=LONGEST)
    owner = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(null=True)
    talk_on = models.DateField(null=True)
    review_on = models.DateField(null=True)
    source = models.CharField(max_length=16, help_text="Names the promise or debt it made, and nothing else.")
    thing = models.CharField(max_length=16, blank=True, help_text="Public id of that promise or debt.")
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.CheckConstraint(condition=_route(), name="the_layer_sets_the_route"),
            models.CheckConstraint(
                condition=(
                    Q(route="change", change__in=CHANGES, due_on__isnull=False, owner__isnull=False)
                    & Q(talk_on=None, review_on=None)
                    & ~Q(text="")
                    & ~Q(thing="")
                )
                | (
                    Q(route__in=["talk", "agreement"], change="", owner=None, due_on=None, thing="")
                    & Q(talk_on__isnull=False, review_on__gt=F("talk_on"))
                    & ~Q(text="")
                )
                | Q(
                    route__in=["plan", "redeployment"], change="", owner=None, due_on=None, talk_on=None,
                    review_on=None, text="", thing="",
                ),
                name="a_remedy_is_whole",
            ),
        ]  # fmt: skip


class Asked(Guarded):
    """That somebody was asked what they observed. It is theirs: the page of it names the seller and says no more."""

    owner_path = "observer"
    objects: Guard[Asked] = Guard["Asked"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    diagnosis = models.ForeignKey(Diagnosis, on_delete=models.PROTECT, related_name="+", db_index=False)
    observer = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["diagnosis", "observer"], name="asked_once_of_an_observer"),
            models.CheckConstraint(condition=~Q(observer=F("by")), name="another_is_asked"),
        ]


class Observation(Guarded):
    """What was done or said, on which day, written by who saw it; or that they decline, or take one back."""

    owner_path = "diagnosis__person"
    objects: Guard[Observation] = Guard["Observation"]()  # type: ignore[assignment]
    diagnosis = models.ForeignKey(Diagnosis, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveIntegerField(help_text="1, 2, … within the diagnosis.")
    kind = models.CharField(
        max_length=10, choices=[(one, one) for one in ("observed", "declined", "taken_back")]
    )
    on = models.DateField(null=True)
    words = models.CharField(max_length=LONGEST, blank=True)
    about = models.PositiveIntegerField(null=True, help_text="The number of the one that is taken back.")
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["diagnosis", "number"], name="one_observation_per_number"),
            models.CheckConstraint(
                condition=(Q(kind="observed", on__isnull=False, about=None) & ~Q(words=""))
                | Q(kind="declined", on=None, words="", about=None)
                | Q(kind="taken_back", on=None, words="", about__isnull=False),
                name="an_observation_is_whole",
            ),
        ]

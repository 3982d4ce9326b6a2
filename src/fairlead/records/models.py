"""Reads, rules per country, copies about a person, holds and erasures. What was said or done is never changed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from fairlead.people.guard import Guard, Guarded
from fairlead.people.models import public_id
from fairlead.records.rules import CHOICES, LONGEST, STEPS


class Read(Guarded):
    """That somebody read something about a person, once for each reader, thing and hour."""

    owner_path = "subject"
    objects: Guard[Read] = Guard["Read"]()  # type: ignore[assignment]
    subject = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    reader = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    outside = models.CharField(max_length=16, blank=True, help_text="Public id of a reader from outside.")
    behalf = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20)
    thing = models.CharField(max_length=16, help_text="Its public id.")
    hour = models.DateTimeField()
    at = models.DateTimeField(help_text="The first time within the hour.")

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["reader", "subject", "kind", "thing", "hour"],
                condition=Q(behalf=None),
                name="read_once",
            ),
            models.UniqueConstraint(
                fields=["reader", "subject", "kind", "thing", "hour", "behalf"],
                condition=Q(behalf__isnull=False),
                name="read_once_for",
            ),
            models.UniqueConstraint(
                fields=["outside", "subject", "kind", "thing", "hour"],
                condition=Q(reader=None),
                name="read_once_outside",
            ),
            models.CheckConstraint(
                condition=Q(reader=None) & ~Q(outside="") | Q(reader__isnull=False, outside=""),
                name="somebody_read_it",
            ),
            models.CheckConstraint(condition=~Q(reader=models.F("subject")), name="own_reading_is_not_noted"),
        ]
        indexes = [models.Index(fields=["subject", "-at"], name="reads_of_person")]


class CountryRule(models.Model):
    """A version of what holds in a country, from a moment on. Everybody may read it."""

    country = models.CharField(max_length=2)
    version = models.PositiveIntegerField(help_text="1, 2, … of the country.")
    min_plan_days = models.PositiveSmallIntegerField()
    companion = models.BooleanField()
    protected = models.JSONField(help_text="Kinds of leave.")
    named_comparisons = models.BooleanField()
    retention = models.JSONField(help_text="Class of data -> months, where it is not what ships.")
    erases_alone = models.BooleanField(
        default=False, help_text="Whether what is past its time is erased without a look at the list."
    )
    reason = models.CharField(max_length=LONGEST)
    set_at = models.DateTimeField()
    by = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["country", "version"], name="one_country_rule_per_version"),
            models.CheckConstraint(condition=~Q(reason=""), name="a_country_rule_says_why"),
        ]


# Copies of everything about a person


class Request(Guarded):
    """That somebody asked for a copy of everything about them, and HR prepares it."""

    owner_path = "person"
    objects: Guard[Request] = Guard["Request"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    asked_on = models.DateField()
    reason = models.CharField(max_length=LONGEST)
    ready_on = models.DateField(help_text="The day until which writers of private notes have time.")
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="a_copy_is_asked_for_a_reason")]


class Step(Guarded):
    """One step of a copy: gathered, finished, handed out, or called off."""

    owner_path = "request__person"
    objects: Guard[Step] = Guard["Step"]()  # type: ignore[assignment]
    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=10, choices=[(kind, kind) for kind in STEPS])
    words = models.CharField(max_length=LONGEST, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["request", "number"], name="one_copy_step_per_number"),
            models.CheckConstraint(condition=~Q(kind="finished") | ~Q(digest=""), name="a_copy_has_a_digest"),
            models.CheckConstraint(
                condition=~Q(kind="called_off") | ~Q(words=""), name="called_off_for_a_reason"
            ),
        ]


class Item(Guarded):
    """One thing of a copy as it was gathered. Where ``others`` names somebody it is decided before it goes out."""

    owner_path = "request__person"
    objects: Guard[Item] = Guard["Item"]()  # type: ignore[assignment]
    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    class_key = models.CharField(max_length=20)
    title = models.CharField(max_length=200)
    content = models.JSONField(help_text="Rows of [word, value].")
    others = models.JSONField(help_text="Names of others in it.")
    written_by = models.CharField(max_length=160, blank=True, help_text="Who else wrote it.")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [models.UniqueConstraint(fields=["request", "number"], name="one_copy_item_per_number")]


class Ruling(Guarded):
    """What was decided of an item: release, redact or withhold. A later one replaces it."""

    owner_path = "item__request__person"
    objects: Guard[Ruling] = Guard["Ruling"]()  # type: ignore[assignment]
    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    choice = models.CharField(max_length=8, choices=[(one, one) for one in CHOICES])
    hidden = models.JSONField(help_text="Words that are blacked out.")
    reason = models.CharField(max_length=LONGEST, blank=True)
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["item", "number"], name="one_copy_ruling_per_number"),
            models.CheckConstraint(
                condition=Q(choice="release") | ~Q(reason=""), name="what_is_kept_back_has_a_reason"
            ),
        ]


class Finished(Guarded):
    """The file that was made of a copy."""

    owner_path = "request__person"
    objects: Guard[Finished] = Guard["Finished"]()  # type: ignore[assignment]
    request = models.OneToOneField(Request, on_delete=models.PROTECT, related_name="+")
    data = models.BinaryField()
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        pass


class NoteAsk(Guarded):
    """That a writer of private notes is asked whether they go into a copy. Read by the writer and nobody else."""

    owner_path = "writer"
    objects: Guard[NoteAsk] = Guard["NoteAsk"]()  # type: ignore[assignment]
    request = models.ForeignKey(Request, on_delete=models.PROTECT, related_name="+")
    writer = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta(Guarded.Meta):
        constraints = [models.UniqueConstraint(fields=["request", "writer"], name="a_writer_is_asked_once")]


# Holds and erasure


class Hold(Guarded):
    """That nothing about a person is erased, from a moment until it is lifted."""

    owner_path = "person"
    objects: Guard[Hold] = Guard["Hold"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=LONGEST)
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="a_hold_has_a_reason")]


class HoldEnd(Guarded):
    """That a hold was lifted, and why."""

    owner_path = "hold__person"
    objects: Guard[HoldEnd] = Guard["HoldEnd"]()  # type: ignore[assignment]
    hold = models.OneToOneField(Hold, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=LONGEST)
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="a_hold_is_lifted_for_a_reason")]


class Erasure(Guarded):
    """The stone that stands where words were: of which class, how many entries, when, by whom, by which rule."""

    owner_path = "person"
    objects: Guard[Erasure] = Guard["Erasure"]()  # type: ignore[assignment]
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    class_key = models.CharField(max_length=20)
    entries = models.PositiveIntegerField()
    country = models.CharField(max_length=2, blank=True)
    rule_version = models.PositiveIntegerField()
    months = models.PositiveSmallIntegerField()
    by = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        indexes = [models.Index(fields=["person", "-at"], name="erasures_of_person")]


class Sweep(models.Model):
    """That what is past its time was counted on a day."""

    day = models.DateField(unique=True)
    past = models.PositiveIntegerField(help_text="Persons and classes past their time.")
    erased = models.PositiveIntegerField(
        help_text="Of them erased without a look, where a country's rule says so."
    )

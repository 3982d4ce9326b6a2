"""The catalogue in versions, what was delivered to whom, what reps know, and where a plan cites it.

What was said is never changed: a correction is a new row.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from fairlead.enablement.rules import (
    GAP_STEPS,
    KINDS,
    KNOWN,
    LONGEST,
    LONGEST_LINK,
    LONGEST_NAME,
    LONGEST_TEXT,
    PLACES,
    RATINGS,
    SCOPES,
)
from fairlead.people.guard import Guard, Guarded
from fairlead.people.models import public_id
from fairlead.qualification.rules import LONGEST_FILE_NAME


def _choices(words: dict[str, str]) -> list[tuple[str, str]]:
    return list(words.items())


class Product(models.Model):
    """A product as somebody said it once: its launch, or that it is sold no more. The newest of a name counts."""

    name = models.CharField(max_length=LONGEST_NAME)
    launched_on = models.DateField(null=True)
    retired = models.BooleanField(default=False)
    at = models.DateTimeField()
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="product_has_a_name")]


class Entry(models.Model):
    """An item of the catalogue; what it says stands in its versions."""

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    lead = models.ForeignKey(
        "people.Person", null=True, on_delete=models.PROTECT, related_name="+",
        help_text="The manager for whose direct reports it is; empty for the whole company.",
    )  # fmt: skip
    at = models.DateTimeField()
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")


class EntryVersion(models.Model):
    """What an item of the catalogue says from a moment on."""

    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    role = models.CharField(max_length=LONGEST_NAME)
    product = models.CharField(max_length=LONGEST_NAME, blank=True, help_text="Empty: whatever they sell.")
    kind = models.CharField(max_length=10, choices=_choices(KINDS))
    what = models.CharField(max_length=LONGEST)
    proof = models.CharField(max_length=LONGEST, help_text="What counts as delivered.")
    owner = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    days = models.PositiveIntegerField()
    scope = models.CharField(max_length=4, choices=_choices(SCOPES))
    again = models.BooleanField(default=False, help_text="What was delivered before counts no more.")
    retired = models.BooleanField(default=False)
    at = models.DateTimeField()
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "number"], name="one_catalogue_version_per_number"),
            models.CheckConstraint(
                condition=~Q(role="") & ~Q(what="") & ~Q(proof=""), name="catalogue_says_something"
            ),
        ]


class Sells(Guarded):
    """Which products somebody sells from a day on, as somebody said; the newest row of a day counts."""

    owner_path = "person"
    objects: Guard[Sells] = Guard["Sells"]()  # type: ignore[assignment]
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    products = models.JSONField()
    starts_on = models.DateField()
    at = models.DateTimeField()
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")

    class Meta(Guarded.Meta):
        indexes = [models.Index(fields=["person", "id"], name="sells_of_person")]


class Attachment(Guarded):
    """A file that shows a delivery, or that is material: what it is called, what it is, its digest."""

    owner_path = "by"
    objects: Guard[Attachment] = Guard["Attachment"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    name = models.CharField(max_length=LONGEST_FILE_NAME)
    kind = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(size__gt=0) & ~Q(name=""), name="attachment_holds_something")
        ]


class AttachmentBytes(Guarded):
    """The bytes of a file, in the database so that a backup holds them."""

    owner_path = "attachment__by"
    objects: Guard[AttachmentBytes] = Guard["AttachmentBytes"]()  # type: ignore[assignment]
    attachment = models.OneToOneField(
        Attachment, on_delete=models.PROTECT, related_name="+", primary_key=True
    )
    data = models.BinaryField()


class Delivery(Guarded):
    """That an item was delivered to somebody, or (``undoes``) that it was not after all."""

    owner_path = "person"
    also_path = "answers"
    objects: Guard[Delivery] = Guard["Delivery"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    answers = models.ForeignKey(
        "people.Person", on_delete=models.PROTECT, related_name="+", help_text="Who answered for it then."
    )
    on = models.DateField()
    words = models.CharField(max_length=LONGEST, blank=True)
    link = models.CharField(max_length=LONGEST_LINK, blank=True)
    file = models.ForeignKey(Attachment, null=True, on_delete=models.PROTECT, related_name="+")
    undoes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.CheckConstraint(
                condition=~Q(words="") | ~Q(link="") | Q(file__isnull=False), name="a_delivery_is_shown"
            )
        ]
        indexes = [models.Index(fields=["person", "entry"], name="delivery_to_person")]


class Rating(Guarded):
    """What somebody says a delivery was worth. The words are for who answers for the item."""

    owner_path = "person"
    also_path = "answers"
    objects: Guard[Rating] = Guard["Rating"]()  # type: ignore[assignment]
    delivery = models.ForeignKey(Delivery, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    answers = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    rating = models.CharField(max_length=10, choices=_choices(RATINGS))
    words = models.CharField(max_length=LONGEST, blank=True)
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        pass


# What a rep knows


class Knowledge(Guarded):
    """Something a rep worked out or showed; what it says stands in its versions."""

    owner_path = "person"
    objects: Guard[Knowledge] = Guard["Knowledge"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=_choices(KNOWN))
    assessor = models.ForeignKey(
        "people.Person", null=True, on_delete=models.PROTECT, related_name="+", help_text="Of a teach-back."
    )
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="teach_back", assessor__isnull=False)
                | (~Q(kind="teach_back") & Q(assessor=None)),
                name="a_teach_back_has_an_assessor",
            ),
            models.CheckConstraint(
                condition=Q(assessor=None) | ~Q(assessor=F("person")), name="assessed_by_another"
            ),
        ]


class KnowledgeVersion(Guarded):
    """What somebody learnt, as written; ``withdrawn`` takes it off the list."""

    owner_path = "knowledge__person"
    objects: Guard[KnowledgeVersion] = Guard["KnowledgeVersion"]()  # type: ignore[assignment]
    knowledge = models.ForeignKey(Knowledge, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=LONGEST_NAME)
    about = models.CharField(max_length=LONGEST_NAME)
    learnt = models.CharField(max_length=LONGEST_TEXT)
    sources = models.CharField(max_length=LONGEST, blank=True)
    on = models.DateField()
    withdrawn = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["knowledge", "number"], name="one_knowledge_version_per_number")
        ]


class Assessed(Guarded):
    """What an assessor said of a teach-back, part by part, or that they decline. The newest counts."""

    owner_path = "knowledge__person"
    objects: Guard[Assessed] = Guard["Assessed"]()  # type: ignore[assignment]
    knowledge = models.ForeignKey(Knowledge, on_delete=models.PROTECT, related_name="+")
    grades = models.JSONField(help_text="Part -> clear, in_part, not_yet; empty where declined.")
    words = models.CharField(max_length=LONGEST, blank=True)
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        pass


# The library


class Material(Guarded):
    """Material for selling that anybody may add; what it says stands in its versions."""

    owner_path = "by"
    objects: Guard[Material] = Guard["Material"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        pass


class MaterialVersion(Guarded):
    """A piece of material as somebody added it; ``retired`` takes it out of the library."""

    owner_path = "material__by"
    objects: Guard[MaterialVersion] = Guard["MaterialVersion"]()  # type: ignore[assignment]
    material = models.ForeignKey(Material, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=LONGEST_NAME)
    what = models.CharField(max_length=LONGEST, help_text="What it is good for.")
    kind = models.CharField(max_length=10, choices=_choices(KINDS))
    product = models.CharField(max_length=LONGEST_NAME, blank=True)
    role = models.CharField(max_length=LONGEST_NAME, blank=True)
    made_by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    link = models.CharField(max_length=LONGEST_LINK, blank=True)
    file = models.ForeignKey(Attachment, null=True, on_delete=models.PROTECT, related_name="+")
    retired = models.BooleanField(default=False)
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["material", "number"], name="one_material_version_per_number"),
            models.CheckConstraint(
                condition=~Q(link="") | Q(file__isnull=False), name="material_can_be_opened"
            ),
        ]


class Thanks(Guarded):
    """That somebody thanks for a piece of material, or (``on`` False) no more. The newest counts."""

    owner_path = "person"
    objects: Guard[Thanks] = Guard["Thanks"]()  # type: ignore[assignment]
    material = models.ForeignKey(Material, on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    on = models.BooleanField()
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        pass


class Gap(Guarded):
    """Something a rep had to work out alone because nobody gave guidance."""

    owner_path = "person"
    objects: Guard[Gap] = Guard["Gap"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=_choices(KINDS))
    product = models.CharField(max_length=LONGEST_NAME, blank=True)
    words = models.CharField(max_length=LONGEST)
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        pass


class GapStep(Guarded):
    """What became of a gap: material or a delivery proposed as an answer, closed by it, open again, or withdrawn."""

    owner_path = "gap__person"
    objects: Guard[GapStep] = Guard["GapStep"]()  # type: ignore[assignment]
    gap = models.ForeignKey(Gap, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=_choices(GAP_STEPS))
    material = models.ForeignKey(Material, null=True, on_delete=models.PROTECT, related_name="+")
    delivery = models.ForeignKey(Delivery, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind__in=["closed", "proposed"])
                | Q(material__isnull=False)
                | Q(delivery__isnull=False),
                name="something_closes_a_gap",
            )
        ]


class SupportStatement(models.Model):
    """What the company says of its support for sellers in a year, frozen when issued. A correction is a new one."""

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    year = models.PositiveIntegerField()
    lead = models.ForeignKey(
        "people.Person", null=True, on_delete=models.PROTECT, related_name="+",
        help_text="Whose unit; empty for the whole company.",
    )  # fmt: skip
    unit = models.CharField(max_length=LONGEST_NAME, help_text="As the unit was called.")
    role = models.CharField(max_length=LONGEST_NAME, blank=True)
    number = models.PositiveIntegerField(help_text="1, 2, … within year, unit and role.")
    why = models.CharField(max_length=LONGEST, blank=True, help_text="Why it was corrected.")
    text = models.TextField(help_text="The text as issued.")
    content = models.JSONField(help_text="The figures behind it.")
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["year", "lead", "role", "number"],
                name="one_statement_per_number",
                condition=Q(lead__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["year", "role", "number"], name="one_statement_of_the_whole", condition=Q(lead=None)
            ),
            models.CheckConstraint(condition=Q(number=1) | ~Q(why=""), name="a_correction_says_why"),
        ]


class StatementDraft(Guarded):
    """That the draft of a statement was read, and who was behind each figure that it showed: by their keys, for the
    comparison with later ones, and shown to nobody."""

    owner_path = "by"
    objects: Guard[StatementDraft] = Guard["StatementDraft"]()  # type: ignore[assignment]
    year = models.PositiveIntegerField()
    lead = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=LONGEST_NAME, blank=True)
    behind = models.JSONField(help_text="Figure -> the keys of those behind it.")
    digest = models.CharField(max_length=64)
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        indexes = [models.Index(fields=["year"], name="statement_drafts_of_year")]


class Cite(Guarded):
    """That a deal's plan uses what somebody knows, at a place of it; ``on`` False takes it back. The newest counts."""

    owner_path = "deal__owner"
    objects: Guard[Cite] = Guard["Cite"]()  # type: ignore[assignment]
    deal = models.ForeignKey("deals.Deal", on_delete=models.PROTECT, related_name="+")
    knowledge = models.ForeignKey(Knowledge, null=True, on_delete=models.PROTECT, related_name="+")
    material = models.ForeignKey(Material, null=True, on_delete=models.PROTECT, related_name="+")
    place = models.CharField(max_length=10, choices=_choices(PLACES))
    text = models.CharField(max_length=LONGEST, blank=True, help_text="Which row of the plan.")
    on = models.BooleanField()
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(knowledge=None, material__isnull=False)
                | Q(knowledge__isnull=False, material=None),
                name="a_cite_is_of_one_thing",
            )
        ]
        indexes = [models.Index(fields=["deal", "id"], name="cite_in_deal")]

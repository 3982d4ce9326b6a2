"""Messages from above, what became of them, and what reached whom. Nothing here is ever changed."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from fairlead.desk.rules import ACTS, LONGEST_TITLE
from fairlead.desk.sending import LONGEST_NOTICE, LONGEST_NOTICE_TITLE, PRESSURE, REASONS
from fairlead.desk.wording import ABOUTS, DOORS, KINDS, URGENCIES
from fairlead.people.guard import Guard, Guarded
from fairlead.people.models import public_id


class DeskSetting(models.Model):
    """The limits of all desks from a moment on. A change is a new version."""

    version = models.PositiveIntegerField(unique=True)
    days = models.PositiveSmallIntegerField(help_text="Working days in which a must-pass kind is passed.")
    share = models.PositiveSmallIntegerField(
        help_text="Per cent of words in copied runs that ask for a raw pass."
    )
    longest = models.PositiveSmallIntegerField(help_text="Words in one copied run that ask for a raw pass.")
    set_at = models.DateTimeField()
    by = models.CharField(max_length=120)


class Message(Guarded):
    """What came from above, as it came. Who is accountable for it is computed from the reporting line, not kept.

    ``owner_path`` is the sender: only the sender reads it by the guard; a desk is a condition of `desk.accountable`.
    """

    owner_path = "sender"
    objects: Guard[Message] = Guard["Message"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    sender = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    sender_name = models.CharField(
        max_length=160, help_text="As it was then; the only one of somebody without account."
    )
    title = models.CharField(max_length=LONGEST_TITLE)
    text = models.TextField()
    about = models.CharField(max_length=10)
    deal = models.ForeignKey("deals.Deal", null=True, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey("people.Team", null=True, on_delete=models.PROTECT, related_name="+")
    to = models.ForeignKey(
        "people.Person", on_delete=models.PROTECT, related_name="+",
        help_text="Who was accountable when it came.",
    )  # fmt: skip
    owner = models.ForeignKey(
        "people.Person", null=True, on_delete=models.PROTECT, related_name="+", db_index=False,
        help_text="Whose the deal was when it came.",
    )  # fmt: skip
    urgency = models.CharField(max_length=10)
    door = models.CharField(max_length=10)
    praise = models.BooleanField(default=False, help_text="Whether the sender said it is praise.")
    job = models.CharField(max_length=10, null=True, help_text="Whose job it is, as the sender said.")
    job_name = models.CharField(max_length=160, null=True, help_text="Who that is, if somebody else.")
    broadcast = models.CharField(max_length=16, null=True, help_text="Messages sent as one share it.")
    release_at = models.DateTimeField(null=True, help_text="Before this nobody passes it on.")
    message_id = models.CharField(max_length=250, blank=True)
    received_at = models.DateTimeField()
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    key = models.CharField(max_length=64)

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["by", "key"], name="one_message_per_form"),
            models.UniqueConstraint(
                fields=["to", "message_id"], condition=~Q(message_id=""), name="one_message_per_mail"
            ),
            models.CheckConstraint(condition=Q(about__in=list(ABOUTS)), name="message_about_something"),
            models.CheckConstraint(
                condition=Q(about="deal", deal__isnull=False) | (~Q(about="deal") & Q(deal=None)),
                name="message_about_its_deal",
            ),
            models.CheckConstraint(condition=Q(urgency__in=list(URGENCIES)), name="message_has_urgency"),
            models.CheckConstraint(condition=Q(door__in=list(DOORS)), name="message_came_by_a_door"),
            models.CheckConstraint(condition=~Q(text="") & ~Q(title=""), name="message_says_something"),
        ]
        indexes = [
            models.Index(fields=["team", "-received_at"], name="messages_of_team"),
            models.Index(fields=["deal", "-received_at"], name="messages_of_deal"),
            models.Index(fields=["broadcast"], name="messages_of_broadcast"),
        ]


class Kind(Guarded):
    """What kind of message it is, as the receiving manager set it. Setting it again is a new row."""

    owner_path = "by"
    objects: Guard[Kind] = Guard["Kind"]()  # type: ignore[assignment]
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=12)
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["message", "number"], name="one_kind_per_number"),
            models.CheckConstraint(condition=Q(kind__in=list(KINDS)), name="kind_of_message_is_known"),
        ]


class Confidential(Guarded):
    """A must-pass message is confidential until a moment: HR said so. Its limit starts then."""

    owner_path = "by"
    objects: Guard[Confidential] = Guard["Confidential"]()  # type: ignore[assignment]
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="+")
    until = models.DateTimeField()
    reason = models.CharField(max_length=300)
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="confidential_for_a_reason")]


class Act(Guarded):
    """What was done with a message. ``manager`` was accountable at that moment; ``by`` may have stood in."""

    owner_path = "manager"
    objects: Guard[Act] = Guard["Act"]()  # type: ignore[assignment]
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveIntegerField(help_text="1, 2, … within the message.")
    kind = models.CharField(max_length=12)
    text = models.TextField(blank=True, help_text="The answer, the passed words, the reason, the correction.")
    until = models.DateTimeField(null=True, help_text="Held until.")
    event = models.CharField(max_length=200, blank=True)
    opens_at = models.DateTimeField(null=True, help_text="When what is passed opens.")
    about = models.PositiveIntegerField(null=True, help_text="The number of the act that is taken back.")
    facts = models.JSONField(default=list, help_text="The facts beside it, frozen as text.")
    manager = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(
        "people.Person", null=True, on_delete=models.PROTECT, related_name="+", help_text="Empty for a rule."
    )
    at = models.DateTimeField()
    key = models.CharField(max_length=64, blank=True)

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["message", "number"], name="one_desk_act_per_number"),
            models.UniqueConstraint(
                fields=["message", "by", "key"], condition=~Q(key=""), name="one_desk_act_per_form"
            ),
            models.CheckConstraint(condition=Q(kind__in=list(ACTS)), name="desk_act_is_known"),
            models.CheckConstraint(
                condition=Q(kind="held", until__isnull=False) | (~Q(kind="held") & Q(until=None)),
                name="held_until_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(kind="withdrawn", about__isnull=False) | (~Q(kind="withdrawn") & Q(about=None)),
                name="desk_withdrawal_has_its_act",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["answered", "declined", "passed", "passed_raw"]) | ~Q(text=""),
                name="desk_act_says_something",
            ),
        ]
        indexes = [models.Index(fields=["manager", "at"], name="desk_acts_of_manager")]


class Passed(Guarded):
    """What one person was passed, in the words that reached them. The message itself is behind the manager.

    A row with ``straight`` corrects or withdraws (no text) an earlier one of the same person.
    """

    owner_path = "to"
    objects: Guard[Passed] = Guard["Passed"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    act = models.ForeignKey(Act, on_delete=models.PROTECT, related_name="+")
    to = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+", db_index=False)
    manager_name = models.CharField(max_length=160)
    sender_name = models.CharField(max_length=160, blank=True, help_text="Only where it was passed as it is.")
    title = models.CharField(
        max_length=LONGEST_TITLE, blank=True, help_text="Only where it was passed as it is."
    )
    text = models.TextField(blank=True)
    raw = models.BooleanField(default=False)
    straight = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    opens_at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["act", "to"], condition=Q(straight=None), name="passed_once"),
            models.UniqueConstraint(
                fields=["act", "straight"], condition=Q(straight__isnull=False), name="set_straight_once"
            ),
            models.CheckConstraint(
                condition=Q(straight__isnull=False) | ~Q(text=""), name="passed_says_something"
            ),
        ]
        indexes = [models.Index(fields=["to", "-opens_at"], name="passed_to_person")]


class Switch(Guarded):
    """Whether praise passes at once, as a manager switched it for the own team."""

    owner_path = "person"
    objects: Guard[Switch] = Guard["Switch"]()  # type: ignore[assignment]
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    on = models.BooleanField()
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        pass


class Contact(Guarded):
    """Somebody above the manager contacted a rep directly. It is logged, never blocked."""

    owner_path = "by"
    objects: Guard[Contact] = Guard["Contact"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    rep = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    executive = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    executive_name = models.CharField(max_length=160)
    deal = models.ForeignKey("deals.Deal", null=True, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=300, blank=True)
    on = models.DateField()
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    key = models.CharField(max_length=64)

    class Meta(Guarded.Meta):
        constraints = [models.UniqueConstraint(fields=["by", "key"], name="one_contact_per_form")]
        indexes = [models.Index(fields=["rep", "-on"], name="contacts_of_rep")]


class CompanyNotice(Guarded):
    """A notice to everybody, or with ``about`` what sets an earlier one straight: no text withdraws it."""

    owner_path = "by"
    objects: Guard[CompanyNotice] = Guard["CompanyNotice"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    reason = models.CharField(max_length=12, blank=True)
    title = models.CharField(max_length=LONGEST_NOTICE_TITLE, blank=True)
    text = models.CharField(max_length=LONGEST_NOTICE, blank=True)
    about = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    key = models.CharField(max_length=64)

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["by", "key"], name="one_notice_per_form"),
            models.CheckConstraint(
                condition=Q(about=None, reason__in=list(REASONS)) | Q(about__isnull=False, reason=""),
                name="notice_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(about__isnull=False) | (~Q(text="") & ~Q(title="")), name="notice_says_something"
            ),
        ]


class PressureDay(Guarded):
    """A day on which pressure from above is likely: a date and its kind, of the organisation or of one desk."""

    owner_path = "person"
    objects: Guard[PressureDay] = Guard["PressureDay"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    on = models.DateField()
    kind = models.CharField(max_length=12)
    person = models.ForeignKey(
        "people.Person", null=True, on_delete=models.PROTECT, related_name="+", help_text="Whose desk; empty: all."
    )  # fmt: skip
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=list(PRESSURE)), name="pressure_day_is_known")
        ]
        indexes = [models.Index(fields=["on"], name="pressure_days_by_day")]


class PressureDayEnd(Guarded):
    """A day of the pressure calendar was taken back."""

    owner_path = "by"
    objects: Guard[PressureDayEnd] = Guard["PressureDayEnd"]()  # type: ignore[assignment]
    day = models.OneToOneField(PressureDay, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        pass

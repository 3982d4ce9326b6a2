"""What was said of closed deals, and what is asked. What was said is never changed: a correction is a new version."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from fairlead.people.guard import Guard, Guarded
from fairlead.people.models import public_id
from fairlead.winloss.rules import LONGEST, LONGEST_NAME


class Ruling(models.Model):
    """What is asked after a deal closed and the list of reasons, from a day on. A change is a new version."""

    version = models.PositiveIntegerField(unique=True)
    asks = models.BooleanField(help_text="Whether owners owe an account at all.")
    times = models.FloatField(help_text="From so many times the team's median amount on.")
    fixed_minor = models.BigIntegerField(null=True, help_text="From this amount on instead.")
    days = models.PositiveSmallIntegerField(help_text="Working days to answer.")
    reasons = models.JSONField(help_text="key, name; the last one is other")
    starts_on = models.DateField()
    set_at = models.DateTimeField()
    by = models.CharField(max_length=120)

    class Meta:
        indexes = [models.Index(fields=["-starts_on", "-version"], name="winloss_rule_in_force")]


class Request(Guarded):
    """That somebody neutral was asked to interview the buyer of a deal. It is the interviewer's to read."""

    owner_path = "interviewer"
    objects: Guard[Request] = Guard["Request"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    deal = models.ForeignKey("deals.Deal", on_delete=models.PROTECT, related_name="+")
    interviewer = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    with_whom = models.CharField(max_length=LONGEST, blank=True, help_text="Whom to talk to, in words.")
    due_on = models.DateField()
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Dropped(Guarded):
    """That an interview is no longer asked for."""

    owner_path = "request__interviewer"
    objects: Guard[Dropped] = Guard["Dropped"]()  # type: ignore[assignment]
    request = models.OneToOneField(Request, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()


class Account(Guarded):
    """What one source says decided a deal: one version of the owner's account, or of an interview with the buyer.

    It belongs to who owned the deal when it was written, not to the next owner. Never evidence about a person.
    """

    owner_path = "owner"
    objects: Guard[Account] = Guard["Account"]()  # type: ignore[assignment]
    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    deal = models.ForeignKey("deals.Deal", on_delete=models.PROTECT, related_name="+", db_index=False)
    owner = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=5, choices=[(s, s) for s in ("rep", "buyer")])
    number = models.PositiveIntegerField(help_text="1, 2, … within the deal and source.")
    list_version = models.PositiveIntegerField(
        help_text="The version of the list; both sources use the same."
    )
    outcome = models.CharField(max_length=12, choices=[(o, o) for o in ("won", "lost", "no_decision")])
    primary = models.CharField(max_length=40)
    ratings = models.JSONField(help_text="reason -> decisive, contributed, none, helped")
    other = models.CharField(max_length=LONGEST, blank=True)
    rival = models.CharField(max_length=LONGEST, blank=True, help_text="Who won it instead, or was beaten.")
    moment = models.CharField(max_length=LONGEST, help_text="The decisive moment, in one sentence.")
    differently = models.CharField(max_length=LONGEST, blank=True)
    request = models.ForeignKey(Request, null=True, on_delete=models.PROTECT, related_name="+")
    interviewer = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    interviewer_name = models.CharField(max_length=LONGEST_NAME, blank=True, help_text="Of one from outside.")
    buyer_name = models.CharField(max_length=LONGEST_NAME, blank=True)
    buyer_role = models.CharField(max_length=LONGEST_NAME, blank=True)
    held_on = models.DateField(null=True)
    may_quote = models.BooleanField(default=False, help_text="Whether the buyer agreed to be quoted.")
    quote = models.CharField(max_length=LONGEST, blank=True, help_text="The buyer's exact words.")
    blind = models.BooleanField(help_text="Written before the writer could read the other source.")
    segment = models.CharField(max_length=120, blank=True, help_text="The account's industry at that time.")
    closed_on = models.DateField(null=True)
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [
            models.UniqueConstraint(fields=["deal", "source", "number"], name="one_version_of_account"),
            models.CheckConstraint(condition=~Q(primary="") & ~Q(moment=""), name="account_says_something"),
            models.CheckConstraint(
                condition=Q(source="rep", buyer_name="", held_on=None, interviewer=None, interviewer_name="")
                | (Q(source="buyer", held_on__isnull=False) & ~Q(buyer_name="")),
                name="interview_names_its_buyer",
            ),
            models.CheckConstraint(
                condition=Q(source="rep") | Q(interviewer__isnull=False, interviewer_name="")
                | (Q(interviewer=None) & ~Q(interviewer_name="")),
                name="one_interviewer",
            ),
            models.CheckConstraint(condition=Q(quote="") | Q(may_quote=True), name="quoted_with_consent"),
        ]  # fmt: skip
        indexes = [models.Index(fields=["closed_on", "deal"], name="accounts_by_close")]


class Answer(Guarded):
    """What the owner of a deal says to an interview about it; the newest is shown, earlier ones stay readable."""

    owner_path = "account__owner"
    objects: Guard[Answer] = Guard["Answer"]()  # type: ignore[assignment]
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=LONGEST)
    by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta(Guarded.Meta):
        constraints = [models.CheckConstraint(condition=~Q(words=""), name="answer_to_interview_says")]


class Told(Guarded):
    """That an owner was told of a closed deal that asks for an account, so that nobody is told twice."""

    owner_path = "deal__owner"
    objects: Guard[Told] = Guard["Told"]()  # type: ignore[assignment]
    deal = models.OneToOneField("deals.Deal", on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()


class Looked(models.Model):
    """Up to which import and rule the clock looked for closed deals. One row."""

    run = models.BigIntegerField()
    version = models.PositiveIntegerField(default=0)

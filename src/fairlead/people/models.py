"""Persons, roles, teams, reporting lines and their closure, delegations, the organisation itself."""

from __future__ import annotations

import secrets
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from fairlead.people.access import Lending, Role


def public_id() -> str:
    """A random id for addresses: 72 bits, so that ids cannot be guessed or counted."""
    return secrets.token_urlsafe(9)


def day_in(start: str, end: str) -> Q:
    """Constraint: an end lies after its start, or is open."""
    return Q(**{f"{end}__isnull": True}) | Q(**{f"{end}__gt": models.F(start)})


class Organisation(models.Model):
    """The one organisation of this installation and how it counts time and money."""

    name = models.CharField(max_length=120)
    currency = models.CharField(max_length=3)
    time_zone = models.CharField(max_length=60)
    calendar_kind = models.CharField(max_length=10, default="months")
    calendar_starts_month = models.PositiveSmallIntegerField(default=1)
    period_kind = models.CharField(max_length=10, default="quarter")
    due_weekday = models.PositiveSmallIntegerField(default=0, help_text="0 is Monday.")
    due_time = models.TimeField(default="17:00")
    news_limit = models.PositiveSmallIntegerField(
        default=2, help_text="Working days in which a leader tells a change upward."
    )
    begun_at = models.DateTimeField(null=True, help_text="When it was set up: nothing was due before.")


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **more: Any) -> User:
        user = self.model(email=self.normalize_email(email).lower(), **more)
        user.set_password(password)
        user.save()
        return user


class User(AbstractBaseUser):
    """A sign-in account. What it may do comes from its person's roles, never from flags here."""

    email = models.EmailField(unique=True)
    is_active = models.BooleanField(default=True)
    date_joined = models.DateTimeField(auto_now_add=True)
    is_staff: ClassVar[bool] = False
    is_superuser: ClassVar[bool] = False
    objects = UserManager()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def get_full_name(self) -> str:
        return self.email

    def get_short_name(self) -> str:
        return self.email


class Person(models.Model):
    """Somebody in the organisation, with or without a sign-in account."""

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    source = models.CharField(max_length=40, default="fairlead")
    external_id = models.CharField(max_length=120)
    name = models.CharField(max_length=160)
    email = models.EmailField(null=True, unique=True)
    title = models.CharField(max_length=160, blank=True)
    territory = models.CharField(max_length=160, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    time_zone = models.CharField(max_length=60, blank=True)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    user = models.OneToOneField(User, null=True, on_delete=models.SET_NULL, related_name="person")
    voided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="person_once_per_source"),
        ]
        indexes = [models.Index(fields=["name", "id"], name="person_by_name")]

    def __str__(self) -> str:
        return self.name


class RoleGrant(models.Model):
    """A role somebody has from a day on, until a day (exclusive)."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=20, choices=[(r.value, r.value) for r in Role])
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "role"], condition=Q(ends_on=None), name="role_granted_once"
            ),
        ]


class Team(models.Model):
    """The people who report to one lead. The lead owns the team's number."""

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    name = models.CharField(max_length=160)
    lead = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="team")
    time_zone = models.CharField(max_length=60, blank=True)
    due_weekday = models.PositiveSmallIntegerField(null=True)
    due_time = models.TimeField(null=True)


class DayOff(models.Model):
    """A day off of the whole organisation or of one team. Taken back, not deleted."""

    day = models.DateField()
    name = models.CharField(max_length=120, blank=True)
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="days_off")
    set_at = models.DateTimeField()
    by = models.CharField(max_length=120)
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["day"], condition=Q(team=None, taken_back_at=None), name="one_day_off"
            ),
            models.UniqueConstraint(
                fields=["team", "day"], condition=Q(taken_back_at=None), name="one_day_off_of_a_team"
            ),
        ]


class ReportingLine(models.Model):
    """Who reports to whom, from a day on, until a day (exclusive). Never overwritten, only ended."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="lines")
    manager = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="lines_below")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    settled = models.BooleanField(default=False, help_text="Whether the closure already knows this line.")
    set_at = models.DateTimeField(
        null=True, help_text="When it was said; empty for a line known from its first day on."
    )
    end_set_at = models.DateTimeField(null=True, help_text="When its end was said.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(ends_on=None), name="one_open_line"),
            models.UniqueConstraint(fields=["person", "starts_on"], name="one_line_a_day"),
            models.CheckConstraint(condition=day_in("starts_on", "ends_on"), name="line_ends_after_start"),
            models.CheckConstraint(
                condition=Q(manager=None) | ~Q(manager=models.F("person")), name="nobody_reports_to_self"
            ),
        ]
        indexes = [
            models.Index(fields=["settled", "starts_on"], name="lines_to_settle"),
            models.Index(fields=["manager", "ends_on"], name="lines_below"),
        ]


class Reach(models.Model):
    """The closure of today's reporting tree: boss reaches member, ``depth`` levels down; oneself is depth 0."""

    boss = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    member = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    depth = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["boss", "member"], name="reach_once")]
        indexes = [
            models.Index(fields=["boss", "depth", "member"], name="reach_down"),
            models.Index(fields=["member", "depth", "boss"], name="reach_up"),
        ]


class Delegation(models.Model):
    """Rights lent from one person to another for a half-open interval in UTC. Never passed on further."""

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    giver = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="delegations_given")
    taker = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="delegations_taken")
    kind = models.CharField(max_length=20, choices=[(k.value, k.value) for k in Lending])
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=300, blank=True)
    voided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=models.F("starts_at")), name="delegation_ends"),
            models.CheckConstraint(condition=~Q(giver=models.F("taker")), name="delegation_to_another"),
        ]
        indexes = [models.Index(fields=["taker", "ends_at"], name="delegation_by_taker")]


class Partnership(models.Model):
    """An HR partner looks after the unit below a head, from a day on, until a day (exclusive)."""

    hr = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="partnerships")
    head = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="hr_partners")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)


class Token(models.Model):
    """A personal API token: its digest, its scopes, when it ends. The token itself is shown once."""

    public_id = models.CharField(max_length=16, unique=True, default=public_id)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


class UnitSwitch(models.Model):
    """Whether something that is off by default is on for everybody below a head, from a moment on."""

    feature = models.CharField(max_length=20)
    head = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=5, help_text="on, off, or above: as the unit above has it.")
    at = models.DateTimeField()
    by = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["on", "off", "above"]), name="unit_switch_is_known"
            ),
        ]
        indexes = [models.Index(fields=["feature", "head", "-id"], name="unit_switch_newest")]


class DemoClock(models.Model):
    """Demo mode only: the demo's moment and when it was set. The demo's clock runs on from there."""

    stands_at = models.DateTimeField()
    set_at = models.DateTimeField()

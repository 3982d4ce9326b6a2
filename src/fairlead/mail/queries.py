"""What is set, what somebody wishes, what waits for its sender, and counts. Nobody reads a mail that is not theirs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Q

from fairlead.mail import forwarded, reading, rules, wording
from fairlead.mail.models import Arrived, Letter, MailSetting, Wish
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.guard import GuardedQuerySet
from fairlead.people.models import Person

_COUNTED = "mail is counted for the settings page, not read"
RECENT = timedelta(days=30)
SHOWN = 20
"""So many mails that wait are read for a page; each may be as large as one mail may be."""


def address() -> str:
    """The address of the desk; '' while mail in is off."""
    row = MailSetting.objects.order_by("-version").first()
    return row.address if row else ""


def sends() -> bool:
    """Whether notices leave as mail: a server to send through and an address of Fairlead to link to are known."""
    return bool(settings.MAIL_OUT)


def account(email: str, at: datetime) -> Person | None:
    """Whose account an address is: somebody who can sign in and has not left."""
    rows = Person.objects.filter(user__email=email.lower(), user__is_active=True, voided_at=None)
    return rows.exclude(ends_on__lte=people.house().day(at)).select_related("user").first()


def is_somebodys(email: str) -> bool:
    """Whether an address belongs to anybody of the organisation, with account or without."""
    return Person.objects.filter(Q(user__email=email) | Q(email__iexact=email), voided_at=None).exists()


# Wishes


def wish(actor: access.Actor) -> rules.Wish:
    """How the actor wants notices by mail."""
    row = Wish.objects.seen_by(actor, "mail.wish").filter(person=actor.id).order_by("-pk").first()
    return _wish(row) if row else rules.DEFAULT


def zone(actor: access.Actor) -> str:
    """The time zone of the actor's wall clock."""
    own = Person.objects.filter(pk=actor.id).values_list("time_zone", flat=True).first()
    return own or people.house().time_zone


def wishes_of(persons: Iterable[int]) -> dict[int, rules.Wish]:
    """person -> their newest wish, of those who ever wished; for the sender."""
    found = Wish.objects.for_system("the sender follows what each person wishes").filter(
        person__in=list(persons)
    )
    return {row.person_id: _wish(row) for row in found.order_by("pk")}


def _wish(row: Wish) -> rules.Wish:
    return rules.Wish(row.mode, row.hour, row.quiet_from, row.quiet_to, row.weekends)


# What waits for its sender


@dataclass(frozen=True, slots=True)
class Waiting:
    """A mail that waits for who sent it, or is said to have. ``state`` is asks or unsure."""

    public_id: str
    state: str
    at: datetime
    subject: str
    text: str
    attachments: int
    suggested: str
    server: str = ""
    """the network of the server that handed it in, where nothing proves its sender"""
    alike: int = 0
    """how many wait that the same one handed in"""


def waits(actor: access.Actor) -> int:
    """How many mails wait for the actor."""
    if not access.may(actor, "mail.claim"):
        return 0
    return _mine(actor).count()


def waiting(actor: access.Actor) -> list[Waiting]:
    """The first mails that wait for the actor: own ones, then those whose server handed in the fewest.

    What was forged in numbers stands last, and hides nothing. Raises NotAllowed.
    """
    listed = list(_mine(actor).order_by("at", "pk").values_list("pk", "state", "server"))
    counts = Counter(server for _, state, server in listed if state == "unsure")
    listed.sort(key=lambda one: (one[1], counts[one[2]], one[2]))
    rows = _mine(actor).in_bulk([pk for pk, _, _ in listed[:SHOWN]])
    return [replace(_waiting(rows[pk]), alike=counts[server]) for pk, _, server in listed[:SHOWN]]


def lost(actor: access.Actor) -> list[tuple[str, int]]:
    """(why, how many) of mails in the actor's name that nothing proved and that reached no desk, of the last 90 days.

    Copies of one message and mail of machines are left out. Raises NotAllowed.
    """
    own = Arrived.objects.seen_by(actor, "mail.claim").filter(person=actor.id, proven=False)
    gone = own.filter(Q(state="refused") | Q(state="failed", raw=None)).exclude(
        reason__in=["same", "automatic"]
    )
    found = gone.values_list("state", "reason").annotate(count=Count("pk")).order_by("-count", "reason")
    return [
        (wording.why(reason if state == "refused" else "given_up"), count) for state, reason, count in found
    ]


def _mine(actor: access.Actor) -> GuardedQuerySet[Arrived]:
    own = Arrived.objects.seen_by(actor, "mail.claim").filter(person=actor.id)
    return own.filter(state__in=["asks", "unsure"])


def _waiting(row: Arrived) -> Waiting:
    try:
        mail = reading.read(bytes(row.raw or b""))
    except reading.Unreadable:
        return Waiting(row.public_id, row.state, row.at, "", "", 0, "")
    original = forwarded.recognise(mail.text)
    return Waiting(
        row.public_id, row.state, row.at, mail.subject, mail.text[:4000], mail.attachments,
        (original.name or original.address) if original else "", row.server,
    )  # fmt: skip


# For sales operations and admins: counts, sizes, times and reasons


@dataclass(frozen=True, slots=True)
class Failed:
    """A mail that could not be settled: when, how large, why. Never what it says."""

    public_id: str
    at: datetime
    size: int
    reason: str
    kept: bool


@dataclass(frozen=True, slots=True)
class State:
    """How mail stands. Counts are of the last 30 days; (words, count) in the order of the page."""

    address: str
    version: int
    sends: bool
    server: str
    authserv: str
    hops: int
    judged: bool
    """whether any mail that came carries that server's word where it counts"""
    imap: bool
    out: tuple[tuple[str, int], ...]
    taken_in: tuple[tuple[str, int], ...]
    refused: tuple[tuple[str, int], ...]
    failed: tuple[Failed, ...]


def state(actor: access.Actor, at: datetime) -> State:
    """How mail stands. Raises NotAllowed."""
    access.require(actor, "mail.keep")
    row = MailSetting.objects.order_by("-version").first()
    return State(
        address=row.address if row else "", version=row.version if row else 0, sends=sends(),
        server=settings.EMAIL_HOST if sends() else "", authserv=settings.MAIL_AUTHSERV,
        hops=settings.MAIL_AUTHSERV_HOPS, judged=bool(settings.MAIL_AUTHSERV) and _judged(),
        imap=bool(settings.MAIL_IMAP_HOST), out=_out(at), taken_in=_taken_in(at), refused=_refused(at),
        failed=tuple(_failures()),
    )  # fmt: skip


def _judged() -> bool:
    return Arrived.objects.for_system(_COUNTED).filter(judged=True).exists()


def _out(at: datetime) -> tuple[tuple[str, int], ...]:
    found = Letter.objects.for_system(_COUNTED).filter(at__gt=at - RECENT).aggregate(
        sent=Count("pk", filter=Q(sent_at__isnull=False)),
        failed=Count("pk", filter=Q(failed_at__isnull=False)),
        retried=Count("pk", filter=Q(sent_at=None, failed_at=None, tries__gt=0)),
        waiting=Count("pk", filter=Q(sent_at=None, failed_at=None, tries=0)),
    )  # fmt: skip
    words = {"sent": "sent", "waiting": "waiting", "retried": "to be tried again", "failed": "given up"}
    return tuple((said, found[name]) for name, said in words.items())


def _taken_in(at: datetime) -> tuple[tuple[str, int], ...]:
    rows = Arrived.objects.for_system(_COUNTED).filter(at__gt=at - RECENT)
    found = dict(rows.values_list("state").annotate(count=Count("pk")).order_by())
    return tuple((said, found.get(name, 0)) for name, said in wording.STATES.items())


def _refused(at: datetime) -> tuple[tuple[str, int], ...]:
    rows = Arrived.objects.for_system(_COUNTED).filter(at__gt=at - RECENT, state="refused")
    found = rows.values_list("reason").annotate(count=Count("pk")).order_by("-count", "reason")
    return tuple((wording.why(reason), count) for reason, count in found)


def _failures() -> list[Failed]:
    rows = Arrived.objects.for_system(_COUNTED).filter(state="failed").annotate(kept=Q(raw__isnull=False))
    newest = rows.order_by("-at", "-pk").values_list("public_id", "at", "size", "reason", "kept")[:50]
    return [Failed(*one) for one in newest]

"""Notices to everybody: what all must know at once, from the top, HR or an admin, within narrow rules."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from fairlead.deals.models import Deal
from fairlead.desk import sending
from fairlead.desk.models import CompanyNotice
from fairlead.ledger import actions as ledger
from fairlead.notices import actions as notices
from fairlead.people import access, forms
from fairlead.people import queries as people
from fairlead.people.access import Role
from fairlead.people.models import Person
from fairlead.people.models import RoleGrant as Grant

PATH = "/everybody/{}/"
FRESH = timedelta(days=14)
"""How long an inbox shows a notice."""


@dataclass(frozen=True, slots=True)
class Straight:
    """A correction; without text the notice is withdrawn. ``by`` is who did it."""

    text: str
    at: datetime
    by: str = ""


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """A notice to everybody, with what set it straight."""

    public_id: str
    reason: str
    title: str
    text: str
    by: str
    at: datetime
    straight: tuple[Straight, ...]
    mine: bool
    may_withdraw: bool = False

    @property
    def withdrawn(self) -> bool:
        return bool(self.straight) and not self.straight[-1].text

    @property
    def reason_words(self) -> str:
        return sending.REASONS.get(self.reason, "").split(":")[0]


def may_send(actor: access.Actor) -> bool:
    """Whether the actor may tell everybody: HR, an admin, or an executive whom nobody is above."""
    if actor.person is None or not access.may(actor, "company_notice.send"):
        return False
    return bool(actor.roles & {Role.HR_PARTNER, Role.ADMIN}) or people.manager_of(actor.id) is None


def may_withdraw(actor: access.Actor) -> bool:
    """Whether the actor may withdraw a notice of somebody else: HR and admins."""
    return actor.person is not None and bool(actor.roles & {Role.HR_PARTNER, Role.ADMIN})


def require_send(actor: access.Actor) -> None:
    """Raises NotAllowed for everybody else."""
    if not may_send(actor):
        raise access.NotAllowed("company_notice.send")


@transaction.atomic
def send(*, by: access.Actor, at: datetime, reason: str, title: str, text: str, key: str) -> CompanyNotice:
    """Tell everybody at once. The same ``key`` tells it once. Raises Refused by `sending.refuse_notice`; NotAllowed."""
    require_send(by)
    title, text = _plain(title), _lines(text)
    known = _known(by, key)
    if known is not None:
        forms.refuse_other(
            (known.about_id, known.reason, known.title, known.text), (None, reason, title, text)
        )
        return known
    sending.refuse_notice(reason, title, text, _deals(), _no_executives(at))
    row = CompanyNotice.objects.create(
        reason=reason, title=title, text=text, by_id=by.id, at=at, key=key[: forms.LONGEST_KEY]
    )
    _tell(by, at, row, "desk.everybody", title)
    _record("desk.everybody", by, at, row, {"reason": reason})
    return row


@transaction.atomic
def set_straight(*, by: access.Actor, at: datetime, notice: str, text: str, key: str) -> CompanyNotice:
    """Correct or (without text) withdraw an own notice; everybody is told, and the author where another withdraws it.

    HR and admins withdraw anybody's, and correct their own alone: words in a name are its owner's. Raises Refused,
    NotAllowed, NotFound.
    """
    access.require(by, "company_notice.send")
    if text.strip():
        require_send(by)
    rows = CompanyNotice.objects.seen_by(by, "company_notice.read")
    known, text = _known(by, key), _lines(text)
    if known is not None:
        forms.refuse_other((known.about.public_id if known.about else "", known.text), (notice, text))
        return known
    row = rows.filter(public_id=notice, about=None).select_related("by").first()
    if row is None or (row.by_id != by.id and (bool(text) or not may_withdraw(by))):
        raise access.NotFound("notice")
    if text:
        sending.refuse_notice(row.reason, row.title, text, _deals(), _no_executives(at))
    kept = CompanyNotice.objects.create(
        about=row, text=text, by_id=by.id, at=at, key=key[: forms.LONGEST_KEY]
    )
    _tell(by, at, row, "desk.everybody_straight", row.title)
    _record("desk.everybody_straight", by, at, row, {"withdrawn": not text, "own": row.by_id == by.id})
    return kept


def _known(by: access.Actor, key: str) -> CompanyNotice | None:
    """What the form made when it was sent before."""
    rows = CompanyNotice.objects.seen_by(by, "company_notice.read").filter(by=by.id)
    return forms.made_before(rows.select_related("about"), key)


def _plain(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _lines(text: str) -> str:
    return "\n".join(line for line in (_plain(one) for one in text.replace("\r\n", "\n").split("\n")) if line)


def _deals() -> list[str]:
    """The names of all deals and their customers; only whether one stands in a notice is told."""
    rows = Deal.objects.for_system("a notice to everybody names no deal").values_list("name", "account")
    return [name for pair in rows.distinct().iterator() for name in pair if name]


def _no_executives(at: datetime) -> list[str]:
    day = people.house().day(at)
    held = Grant.objects.filter(
        Q(ends_on=None) | Q(ends_on__gt=day), role=Role.EXECUTIVE.value, starts_on__lte=day
    )
    rows = Person.objects.filter(voided_at=None).exclude(pk__in=held.values("person"))
    return list(rows.values_list("name", flat=True))


def _tell(by: access.Actor, at: datetime, row: CompanyNotice, kind: str, title: str) -> None:
    """Put a notice for everybody with an account who is there, but for who acts."""
    day = people.house().day(at)
    rows = Person.objects.filter(Q(ends_on=None) | Q(ends_on__gt=day), voided_at=None, user__isnull=False)
    told = [(pk, kind) for pk in rows.exclude(pk=by.id).values_list("pk", flat=True)]
    notices.tell_all(told, facts={"name": by.name, "title": title}, at=at, path=PATH.format(row.public_id))


def _record(kind: str, by: access.Actor, at: datetime, row: CompanyNotice, facts: dict[str, object]) -> None:
    ledger.append(
        kind=kind, by=by.ref, at=at, subject_kind="company_notice", subject=row.public_id, facts=facts,
    )  # fmt: skip


# Reading


def listing(
    actor: access.Actor, at: datetime, *, since: datetime | None = None, only: str = ""
) -> list[NoticeLine]:
    """The newest notices to everybody, newest first; ``only`` the one with this public id. Raises NotAllowed."""
    rows = CompanyNotice.objects.seen_by(actor, "company_notice.read").filter(at__lte=at)
    first = rows.filter(about=None)
    if since is not None:
        first = first.filter(at__gte=since)
    if only:
        first = first.filter(public_id=only)
    every = list(first.select_related("by").order_by("-at", "-pk")[:100])
    later: dict[int, list[Straight]] = {}
    for row in rows.filter(about__in=[one.pk for one in every]).select_related("by").order_by("at", "pk"):
        later.setdefault(row.about_id or 0, []).append(Straight(row.text, row.at, row.by.name))
    withdraws = may_withdraw(actor)
    return [
        NoticeLine(
            row.public_id, row.reason, row.title, row.text, row.by.name, row.at, tuple(later.get(row.pk, ())),
            row.by_id == actor.person, row.by_id == actor.person or withdraws,
        )
        for row in every
    ]  # fmt: skip


def one(actor: access.Actor, public_id: str, at: datetime) -> NoticeLine:
    """One notice to everybody. Raises NotFound."""
    found = listing(actor, at, only=public_id)
    if not found:
        raise access.NotFound("notice")
    return found[0]


def fresh(actor: access.Actor, at: datetime) -> list[NoticeLine]:
    """What an inbox shows: the notices of the last two weeks."""
    return listing(actor, at, since=at - FRESH)


def counts(actor: access.Actor, at: datetime) -> list[tuple[str, int]]:
    """(reason in words, how many this period): everybody sees how often the lane is used. Raises NotAllowed."""
    period = people.house().period(people.house().day(at))
    start = datetime(period.starts_on.year, period.starts_on.month, period.starts_on.day, tzinfo=UTC)
    rows = CompanyNotice.objects.seen_by(actor, "company_notice.read").filter(
        about=None, at__gte=start, at__lte=at
    )
    found = Counter(rows.values_list("reason", flat=True))
    return [(words.split(":")[0], found[key]) for key, words in sending.REASONS.items()]

"""Naming somebody from outside, sending them the address to one plan, and what they do there. Each is one transaction
with its ledger entry last; the address itself stands nowhere, nor does a name in the ledger."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F

from fairlead.improvement import actions, content, outside, queries, rules
from fairlead.improvement.models import LONGEST_NAME, LONGEST_WHY, Act, Invitation, Plan, Reviewer
from fairlead.ledger import actions as ledger
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.models import Person

SECRET_BYTES = 32
"""Random bytes of an address: 256 bits."""
LIVES = 14
"""Days that an address leads somewhere at most."""
MOST_DAYS = 730
"""For so many days somebody is named at most; then they are named anew."""
_MAIL = re.compile(r"[^\s@<>\"',;:\\]{1,64}@[^\s@<>\"',;:\\]+\.[^\s@<>\"',;:\\.]{2,}")
_FIRST = "whether somebody of this address was named anywhere before: then it is the same somebody"
_OPENED = "whoever opens an address is nobody here; openings are counted"
_ONE = "a plan that waits for somebody from outside, for who keeps that; nothing of it is shown"


@dataclass(frozen=True, slots=True)
class Given:
    """Who is named, as typed."""

    name: str
    organisation: str
    email: str
    first: date | None
    last: date | None
    why: str


def _one_line(text: str) -> str:
    return " ".join(text.split())


def refuse(given: Given, today: date) -> None:
    """Raises Refused: text_missing, text_long, bad_email, bad_day."""
    for words, what, most in (
        (given.name, "the name", LONGEST_NAME), (given.organisation, "the organisation", LONGEST_NAME),
        (given.email, "the e-mail address", 254), (given.why, "why they are independent", LONGEST_WHY),
    ):  # fmt: skip
        if not words.strip():
            raise access.Refused("text_missing", f"Write {what}.")
        if len(words.strip()) > most:
            raise access.Refused("text_long", f"Write {what} in at most {most} characters.")
    if not _MAIL.fullmatch(given.email.strip()):
        raise access.Refused("bad_email", "That is no e-mail address.")
    if given.first is None or given.last is None or given.last < given.first or given.last < today:
        raise access.Refused("bad_day", "Say from which day to which: the last one still to come.")
    if (given.last - given.first).days > MOST_DAYS:
        raise access.Refused("bad_day", "Name somebody for two years at most, then anew.")


@transaction.atomic
def name(*, by: access.Actor, at: datetime, head: str, given: Given, after_number: int) -> Reviewer:
    """Name somebody from outside for the unit below a leader (public id), as the next version.

    Raises Refused: text_missing, text_long, bad_email, bad_day, inside, changed_meanwhile; NotAllowed, NotFound.
    """
    unit = outside.unit(by, head, at)
    refuse(given, people.house().day(at))
    email = given.email.strip().lower()
    known = Person.objects.filter(voided_at=None)
    if known.filter(email__iexact=email).exists() or known.filter(user__email__iexact=email).exists():
        raise access.Refused(
            "inside", "This is the address of somebody of the company. Name somebody from outside."
        )
    first = (
        Reviewer.objects.for_system(_FIRST).filter(email__iexact=email, kind="named").order_by("pk").first()
    )
    row = Reviewer.objects.create(
        head_id=unit.head, number=_next(unit, after_number), kind="named", name=_one_line(given.name),
        organisation=_one_line(given.organisation), email=email, first=given.first, last=given.last,
        why=given.why.strip(), same_as=first, by_id=by.id, at=at,
    )  # fmt: skip
    _entry("outside.named", by, at, unit, row)
    return row


@transaction.atomic
def end(*, by: access.Actor, at: datetime, head: str, words: str, after_number: int) -> Reviewer:
    """End it, at once and with the reason: every address of theirs leads nowhere from now on.

    Raises Refused: nobody_named, text_missing, text_long, changed_meanwhile; NotAllowed, NotFound.
    """
    unit = outside.unit(by, head, at)
    if unit.newest is None or unit.newest.kind != "named":
        raise access.Refused("nobody_named", "Nobody is named for this unit.")
    said = rules.refuse_words(words, "why it ends")
    if len(said) > LONGEST_WHY:
        raise access.Refused("text_long", f"Say it in at most {LONGEST_WHY} characters.")
    row = Reviewer.objects.create(
        head_id=unit.head, number=_next(unit, after_number), kind="ended", why=said, by_id=by.id, at=at
    )
    _entry("outside.ended", by, at, unit, row)
    return row


def _next(unit: outside.Unit, after_number: int) -> int:
    newest = unit.newest.number if unit.newest else 0
    if newest != after_number:
        raise access.Refused(
            "changed_meanwhile", "Something was written for this unit meanwhile. Look at it first."
        )
    return newest + 1


def _entry(kind: str, by: access.Actor, at: datetime, unit: outside.Unit, row: Reviewer) -> None:
    told = f"{row.public_id} {row.name} {row.organisation} {row.email} {row.why}"
    ledger.append(
        kind=kind, by=by.ref, at=at, subject_kind="unit", subject=unit.public_id,
        facts={
            "number": row.number, "reviewer": row.public_id, "first": row.first, "last": row.last,
            "digest": hashlib.sha256(told.encode()).hexdigest(),
        },
    )  # fmt: skip


# Addresses


def digest(secret: str) -> str:
    """What of an address is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()


@transaction.atomic
def send(*, by: access.Actor, at: datetime, plan: str, by_mail: bool) -> tuple[Invitation, str]:
    """Make an address to a plan for whoever is named from outside; an earlier one for the same is taken back.

    ``by_mail``: the caller mails the second value and shows it to nobody. Else it is shown once to the actor, which an
    admin and whoever had a part in the plan are refused. Raises Refused: nothing_waits, nobody_named, had_part,
    mail_only; NotAllowed, NotFound.
    """
    outside.require(by)
    row = (
        Plan.objects.for_system(_ONE)
        .select_for_update(of=("self",), no_key=True)
        .filter(public_id=plan)
        .first()
    )
    if row is None or not outside.kept_by(by, row.person_id):
        raise access.NotFound("plan")
    found = next(iter(queries.together(queries.where_it_runs([row], at), access.system(_ONE), at)), None)
    waits = outside.waits(by, found, at) if found is not None else None
    if waits is None:
        raise access.Refused("nothing_waits", "Nothing of this plan waits for somebody from outside.")
    reviewer = waits.reviewer
    if reviewer is None or reviewer.last is None:
        raise access.Refused(
            "nobody_named", "Nobody from outside is named for this unit. Name somebody first."
        )
    if waits.had_part:
        raise access.Refused(
            "had_part", f"{reviewer.name} had a part in this plan. Name somebody else for this."
        )
    if waits.conflicted and not by_mail:
        raise access.Refused(
            "mail_only",
            "Whoever has no sight of a plan, or had a part in it, sees no address to it either. It leaves by mail "
            "alone: mail out has to be connected first.",
        )
    Invitation.objects.for_system(_ONE).filter(plan=row, used_at=None, revoked_at=None).update(
        revoked_at=at, revoked_by=by.id
    )
    secret = secrets.token_urlsafe(SECRET_BYTES)
    zone = ZoneInfo(people.house().time_zone)
    last = datetime.combine(reviewer.last + timedelta(days=1), time(), zone)
    made = Invitation.objects.create(
        plan=row, reviewer=reviewer, duty=waits.duty, digest=digest(secret), shown=not by_mail, by_id=by.id, at=at,
        expires_at=min(at + timedelta(days=LIVES), last),
    )  # fmt: skip
    ledger.append(
        kind="outside.sent", by=by.ref, at=at, subject_kind="improvement", subject=plan,
        facts={
            "invitation": made.public_id, "reviewer": reviewer.public_id, "duty": made.duty, "shown": made.shown,
            "expires_at": made.expires_at,
        },
    )  # fmt: skip
    return made, secret


@transaction.atomic
def take_back(*, by: access.Actor, at: datetime, invitation: str) -> None:
    """Take an address back, at once and for good; twice is once. Raises NotAllowed, NotFound."""
    outside.require(by)
    rows = Invitation.objects.for_system(_ONE).select_for_update(of=("self",), no_key=True)
    row = rows.select_related("plan").filter(public_id=invitation).first()
    if row is None or not outside.kept_by(by, row.plan.person_id):
        raise access.NotFound("address")
    found = next(iter(queries.together([row.plan], access.system(_ONE), at)), None)
    if found is not None and outside.stands_in_it(by, found):
        raise access.NotFound("address")
    if row.revoked_at is not None or row.used_at is not None:
        return
    Invitation.objects.for_system(_ONE).filter(pk=row.pk).update(revoked_at=at, revoked_by=by.id)
    ledger.append(
        kind="outside.taken_back", by=by.ref, at=at, subject_kind="improvement", subject=row.plan.public_id,
        facts={"invitation": row.public_id},
    )  # fmt: skip


def note_opening(invitation: int, at: datetime) -> None:
    """Count an opening, and when to the minute. Not an act, so not in the ledger."""
    rows = Invitation.objects.for_system(_OPENED).filter(pk=invitation)
    rows.update(opens=F("opens") + 1, opened_at=at.replace(second=0, microsecond=0))


# What somebody from outside does


@transaction.atomic
def act(
    *, at: datetime, secret: str, kind: str, words: str, said: str = "", value: int | None = None,
    after: int | None = None,
) -> Act | None:  # fmt: skip
    """Do what an address allows, with a reason: then it is dead. None where it leads nowhere.

    Raises Refused with the code of what stands against it; the address stays open then.
    """
    opened = outside.opened(digest(secret), at, lock=True)
    if opened is None:
        return None
    if kind not in opened.acts:
        raise access.Refused("bad_step", "Choose what you say.")
    reason = rules.refuse_words(words, rules.WORDS_NEEDED.get(kind, "why"))
    if len(reason) > content.LONGEST:
        raise access.Refused("text_long", f"Say it in at most {content.LONGEST} characters.")
    Invitation.objects.for_system(_OPENED).filter(pk=opened.invitation.pk).update(used_at=at)
    by = access.system("somebody from outside acted by the address that was sent to them")
    done = actions.perform(
        opened.found, by, at, kind=kind, words=reason, said=said, value=value, after=after,
        outside=opened.invitation.reviewer,
    )  # fmt: skip
    return done

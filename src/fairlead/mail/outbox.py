"""Notices leave as mail. A letter is written down first and marked when the server took it: a crash between the two
sends it twice at worst, with the same Message-ID, and never loses it."""

from __future__ import annotations

import logging
import smtplib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import IntegrityError, transaction
from django.db.models import Max

from fairlead.mail import intake, queries, rules, wording
from fairlead.mail.models import Letter
from fairlead.notices.models import Notice
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.guard import GuardedQuerySet
from fairlead.people.models import Person, Reach

logger = logging.getLogger(__name__)
YOU, WISHES, PASTE = "/you/", "/you/mail/", "/desk/paste/"
_ANSWERED = ("mail.refused",)
"""Told by an answer of their own already."""
_MOST_BROKEN = 3
"""After so many failures of the connection in a row a run ends; the next one begins with the others."""


def _letters() -> GuardedQuerySet[Letter]:
    return Letter.objects.for_system(
        "the sender writes and sends letters, which say what kind of thing waits"
    )


@dataclass(frozen=True, slots=True)
class Sent:
    """What one run did."""

    letters: int = 0
    answers: int = 0
    failed: int = 0


def send_due(at: datetime, most: int = 1000) -> Sent:
    """Write the letters that are due, and send those and answers that wait. Nothing while mail is not configured."""
    if not queries.sends():
        return Sent()
    write_due(at)
    due = _letters().filter(sent_at=None, failed_at=None, next_at__lte=at).order_by("next_at", "pk")
    answers = intake.rows().filter(answer_due=True, answered_at=None, done_at__gt=at - timedelta(days=2))
    sent = failed = broken = answered = 0
    connection = get_connection()
    try:
        for letter in list(due.values_list("pk", flat=True)[:most]):
            ok, lost = _deliver(letter, at, connection)
            sent, failed, broken = sent + ok, failed + (not ok), broken + 1 if lost else 0
            if broken >= _MOST_BROKEN:
                break
        for mail in list(answers.values_list("pk", flat=True)[:most]) if broken < _MOST_BROKEN else []:
            answered += _answer(mail, at, connection)
    finally:
        _closed(connection)
    return Sent(sent, answered, failed)


def _closed(connection: BaseEmailBackend) -> None:
    try:
        connection.close()
    except (OSError, smtplib.SMTPException):
        logger.warning("The connection to the mail server did not close in order.")


# Writing


def write_due(at: datetime) -> int:
    """Write a letter to everybody for whom one is due; how many."""
    rows = Notice.objects.filter(sent_at=None, read_at=None, at__gt=at - rules.OLDEST, at__lte=at)
    rows = rows.exclude(kind__in=_ANSWERED)
    open_ = set(_letters().filter(sent_at=None, failed_at=None).values_list("person_id", flat=True))
    told = set(rows.values_list("to_id", flat=True).distinct().order_by())
    due = _due(told - open_, at)
    waiting: dict[int, list[tuple[int, str]]] = {}
    for key, to, kind in rows.filter(to_id__in=list(due)).values_list("pk", "to_id", "kind").order_by("pk"):
        waiting.setdefault(to, []).append((key, kind))
    return sum(_write(person, found, due[person], at) for person, found in waiting.items())


def _due(persons: Iterable[int], at: datetime) -> dict[int, rules.Wish]:
    """Those of the persons to whom mail leaves at this moment, with what they wish."""
    readers = _readers(persons, at)
    wishes = queries.wishes_of(readers)
    last, off, house = _last_digests(readers), _off(readers), people.house().time_zone
    found: dict[int, rules.Wish] = {}
    for key, person in readers.items():
        wish = wishes.get(key, rules.DEFAULT)
        if rules.is_due(wish, at, person.time_zone or house, last.get(key), off.get(key, frozenset())):
            found[key] = wish
    return found


def _readers(persons: Iterable[int], at: datetime) -> dict[int, Person]:
    """Those of the persons who get mail: with an account that is open, and still there."""
    rows = Person.objects.filter(pk__in=list(persons), user__is_active=True, voided_at=None)
    there = rows.exclude(ends_on__lte=people.house().day(at)).select_related("user")
    return {row.pk: row for row in there}


def _last_digests(persons: Iterable[int]) -> dict[int, datetime]:
    rows = _letters().filter(person__in=list(persons), digest=True)
    return dict(rows.values_list("person").annotate(last=Max("at")).order_by())


def _off(persons: Iterable[int]) -> dict[int, frozenset[date]]:
    """person -> the days off of their team, or of the one they lead."""
    leads = dict(Reach.objects.filter(member__in=list(persons), depth=1).values_list("member", "boss"))
    every = {key: leads.get(key, key) for key in persons}
    days = people.off_of_teams(set(every.values()))
    return {key: days[lead] for key, lead in every.items()}


def _write(person: int, waiting: list[tuple[int, str]], wish: rules.Wish, at: datetime) -> bool:
    groups = Counter(_group(kind) for _, kind in waiting)
    ordered = {name: groups[name] for name in (*wording.GROUPS, _OTHER) if name in groups}
    try:
        with transaction.atomic():
            _letters().create(
                person_id=person,
                digest=wish.mode == "digest",
                groups=ordered,
                notices=[key for key, _ in waiting],
                at=at,
                next_at=at,
            )
    except IntegrityError:
        return False  # another worker wrote it
    return True


_OTHER = "Something else"


def _group(kind: str) -> str:
    """What is said of a notice; of a kind about which nothing was decided, nothing."""
    try:
        return wording.group(kind)
    except KeyError:
        return _OTHER


# Sending


def _deliver(letter: int, at: datetime, connection: BaseEmailBackend) -> tuple[bool, bool]:
    """Send one letter: whether it left, and whether the connection was lost over it."""
    mine = _letters().filter(pk=letter, sent_at=None, failed_at=None, next_at__lte=at)
    if not mine.update(next_at=at + rules.LEASE):
        return False, False  # another worker has it
    row = _letters().select_related("person__user").get(pk=letter)
    there = _readers([row.person_id], at).get(row.person_id)
    wish = queries.wishes_of([row.person_id]).get(row.person_id, rules.DEFAULT)
    if there is None or there.user is None or wish.mode == "off":
        _letters().filter(pk=letter).update(failed_at=at, reason="nobody")
        return False, False
    try:
        connection.send_messages([_letter_mail(row, there.user.email)])
    except (OSError, smtplib.SMTPException, ValueError) as problem:
        _later(row, problem, at)
        return False, _is_lost(problem, connection)
    with transaction.atomic():
        _letters().filter(pk=letter).update(sent_at=at, tries=row.tries + 1, reason="")
        Notice.objects.filter(to_id=row.person_id, pk__in=row.notices, sent_at=None).update(sent_at=at)
    return True, False


def _later(row: Letter, problem: Exception, at: datetime) -> None:
    """Try again later, or give it up: what it told of stands in Fairlead, and goes into the next letter."""
    tries = row.tries + 1
    again = rules.next_try(tries, at)
    reason = type(problem).__name__[:60]
    logger.warning("A mail could not be sent: %s", reason)
    changes = {"next_at": again} if again else {"failed_at": at}
    _letters().filter(pk=row.pk).update(tries=tries, reason=reason, **changes)


def _is_lost(problem: Exception, connection: BaseEmailBackend) -> bool:
    """Whether the connection is gone; a refused address leaves it as it is."""
    if isinstance(problem, smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused | ValueError):
        return False
    _closed(connection)
    return True


def _letter_mail(row: Letter, to: str) -> EmailMessage:
    count = sum(row.groups.values())
    body = wording.text(
        row.groups, link=settings.MAIL_URL + YOU, settings=settings.MAIL_URL + WISHES, digest=row.digest
    )
    return _mail(wording.subject(count), body, to, row.public_id)


def _mail(subject: str, body: str, to: str, key: str) -> EmailMessage:
    """A plain text mail with a Message-ID that stays the same when it is sent again."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    headers = {
        "Message-ID": f"<fairlead.{key}@{domain}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "List-Unsubscribe": f"<{settings.MAIL_URL}{WISHES}>",
    }
    return EmailMessage(subject, body, settings.DEFAULT_FROM_EMAIL, [to], headers=headers)


def _answer(mail: int, at: datetime, connection: BaseEmailBackend) -> bool:
    """Answer a sender whose mail reached no desk; tried on the next runs for two days."""
    row = intake.rows().select_related("person__user").get(pk=mail)
    user = row.person.user if row.person else None
    if user is None:
        return False
    reason = "given_up" if row.state == "failed" else row.reason
    body = wording.refusal_text(reason, settings.MAIL_URL + PASTE)
    message = _mail("Fairlead: your mail reached no desk", body, user.email, row.public_id)
    message.extra_headers["Auto-Submitted"] = "auto-replied"
    try:
        connection.send_messages([message])
    except (OSError, smtplib.SMTPException, ValueError) as problem:
        _is_lost(problem, connection)
        return False
    intake.rows().filter(pk=mail).update(answered_at=at, answer_due=False)
    return True


def send_test(by: access.Actor) -> str:
    """Send the actor a test mail; what went wrong by its kind, '' when it left. Raises Refused, NotAllowed."""
    access.require(by, "mail.keep")
    if not queries.sends():
        raise access.Refused(
            "not_configured", "Mail out is not configured. The how-to says which settings it needs."
        )
    person = Person.objects.select_related("user").get(pk=by.id)
    if person.user is None:
        raise access.Refused("no_account", "You have no account with an address to send to.")
    message = EmailMessage(
        wording.TEST_SUBJECT, wording.TEST_TEXT, settings.DEFAULT_FROM_EMAIL, [person.user.email],
        headers={"Auto-Submitted": "auto-generated"},
    )  # fmt: skip
    try:
        message.send()
    except (OSError, smtplib.SMTPException, ValueError) as problem:
        return type(problem).__name__
    return ""


def send_to(to: str, subject: str, body: str, key: str) -> str:
    """Send one mail to somebody without an account; what went wrong by its kind, '' when it left.

    Nothing of it is kept: it may hold an address that nobody here is to see. ``key`` names the mail.
    """
    message = _mail(subject, body, to, key)
    del message.extra_headers["List-Unsubscribe"]
    try:
        message.send()
    except (OSError, smtplib.SMTPException, ValueError) as problem:
        return type(problem).__name__
    return ""


@transaction.atomic
def forget(at: datetime) -> None:
    """Drop old letters: they hold nothing but counts."""
    _letters().filter(at__lte=at - rules.TOLD).delete()

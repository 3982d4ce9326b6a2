"""What waits rings: calls are written down, made and marked. An address that fails is put off by itself.

A crash between making a call and marking it makes it twice, with the same id, and never loses it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from fairlead.mail import queries as mail
from fairlead.mail import rules as mail_rules
from fairlead.mail import wording as mail_wording
from fairlead.notices import actions as notices
from fairlead.notices.models import Notice
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.guard import GuardedQuerySet
from fairlead.people.models import Person, RoleGrant
from fairlead.promises import queries as promises
from fairlead.webhooks import actions, calling, rules, wording
from fairlead.webhooks.models import Call, Webhook

logger = logging.getLogger(__name__)
YOU = "/you/"
_MOST = 50
"""Calls of one address in one run; the others go with the next."""
_LONGEST = 120.0
"""Seconds of one run; who was not reached goes with the next. Those that fail come last."""
_GONE = 410


def is_on() -> bool:
    """Whether anything is called from here: an address of Fairlead to link to is known, and it is no demo."""
    return bool(settings.WEBHOOKS)


def _hooks() -> GuardedQuerySet[Webhook]:
    return Webhook.objects.for_system("the caller reads which addresses ring, which their persons agreed to")


def _calls() -> GuardedQuerySet[Call]:
    return Call.objects.for_system("the caller writes and marks calls, which say what kind of thing waits")


def ring(at: datetime) -> int:
    """Call every address that has something to be told and is not put off; how many calls were taken."""
    if not is_on():
        return 0
    due = _hooks().filter(Q(next_at=None) | Q(next_at__lte=at), state="on").order_by("failures", "pk")
    taken, until = 0, time.monotonic() + _LONGEST
    for key in list(due.values_list("pk", flat=True)):
        if time.monotonic() > until:
            break
        try:
            taken += _ring_at(key, at, until)
        except Exception as problem:
            logger.warning("A webhook could not be rung: %s", type(problem).__name__)
    forget(at)
    return taken


def forget(at: datetime) -> None:
    """Drop old calls."""
    _calls().filter(at__lte=at - rules.KEPT).exclude(state="waiting").delete()


def _ring_at(key: int, at: datetime, until: float) -> int:
    """Make the calls of one address, until one fails. One worker at a time has an address."""
    mine = _hooks().filter(Q(next_at=None) | Q(next_at__lte=at), pk=key, state="on")
    if not mine.update(next_at=at + rules.LEASE):
        return 0
    row = _hooks().select_related("person").get(pk=key)
    taken = 0
    try:
        if _may_be_told(row, at):
            _write(row, at)
            taken = _make_all(row, at, until)
    finally:
        # A failure has set its own moment: only the lease is given back.
        _hooks().filter(pk=key, next_at=at + rules.LEASE).update(next_at=None)
    return taken


def _may_be_told(row: Webhook, at: datetime) -> bool:
    """Whether its person is there with an account, and not in the hours they want to be left alone."""
    who = Person.objects.filter(pk=row.person_id, user__is_active=True, voided_at=None)
    person = who.exclude(ends_on__lte=people.house().day(at)).first()
    if person is None:
        return False
    wish = mail.wishes_of([person.pk]).get(person.pk, mail_rules.DEFAULT)
    zone = ZoneInfo(person.time_zone or people.house().time_zone)
    lead = people.manager_of(person.pk) or person.pk
    return not mail_rules.quiet(wish, at.astimezone(zone), people.off_of_teams({lead})[lead])


# Writing


def _write(row: Webhook, at: datetime) -> None:
    """Write down a call for each unread notice of the groups since the address was agreed to."""
    since = max(at - rules.OLDEST, *(moment for moment in (row.agreed_at, row.resumed_at) if moment))
    found = Notice.objects.filter(
        to_id=row.person_id, read_at=None, at__gt=since, at__lte=at, kind__in=_kinds(row.groups)
    ).exclude(path__in=promises.private_paths(row.person_id))
    written = set(_calls().filter(webhook=row, at__gt=since).values_list("notice", flat=True))
    new = [key for key in found.order_by("pk").values_list("pk", flat=True) if key not in written]
    _calls().bulk_create([Call(webhook=row, notice=key, at=at) for key in new], ignore_conflicts=True)


def _kinds(groups: Iterable[str]) -> list[str]:
    """The kinds of the groups, as the one table of mail says today. A group that never rings has none."""
    return [kind for group in groups if group in rules.OFFERED for kind in mail_wording.GROUPS[group]]


# Calling


def _make_all(row: Webhook, at: datetime, until: float) -> int:
    """The calls that wait, each only while its address still rings: a no, a pause and an end hold at once."""
    taken = 0
    for one in list(_calls().filter(webhook=row, state="waiting").order_by("pk")[:_MOST]):
        rings = (
            _calls().filter(pk=one.pk, state="waiting", webhook__state="on", webhook__url=row.url).exists()
        )
        if not rings or time.monotonic() > until:
            break
        if (body := _body_of(one, at)) is None:
            continue
        outcome = _made(row, one.public_id, body, at)
        _mark(row, one, outcome, at)
        if not outcome.taken:
            break
        taken += 1
    return taken


def _body_of(one: Call, at: datetime) -> bytes | None:
    """What a call says, None where it is not needed any more: read, gone or too old."""
    told = Notice.objects.filter(pk=one.notice or 0).first()
    if told is None or told.read_at is not None or one.at <= at - rules.OLDEST:
        state = "read" if told is not None and told.read_at is not None else "dropped"
        _calls().filter(pk=one.pk).update(state=state)
        return None
    group = mail_wording.group(told.kind)
    return wording.body(key=one.public_id, group=group, at=told.at, link=settings.MAIL_URL + YOU)


def _made(row: Webhook, key: str, body: bytes, at: datetime) -> calling.Outcome:
    """Make one call now: its address as the settings of today allow it, signed with every secret that is valid."""
    try:
        address = actions.address_of(row.url)
    except access.Refusal:
        return calling.Outcome(False, "inside")
    seconds = int(at.timestamp())
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Fairlead-Webhook",
        "webhook-id": key,
        "webhook-timestamp": str(seconds),
        "webhook-signature": rules.signature(
            actions.secrets_of(row, at), key=key, seconds=seconds, body=body
        ),
    }
    return calling.call(address, headers, body, loopback=settings.WEBHOOK_LOOPBACK)


@transaction.atomic
def _mark(row: Webhook, one: Call, outcome: calling.Outcome, at: datetime) -> None:
    _calls().filter(pk=one.pk, state="waiting").update(
        state="sent" if outcome.taken else "waiting", tries=one.tries + 1, status=outcome.status,
        reason=outcome.reason, tried_at=at,
    )  # fmt: skip
    now = _hooks().select_for_update().get(pk=row.pk)
    if outcome.taken:
        _hooks().filter(pk=row.pk).update(failures=0)
        return
    failures = now.failures + 1
    again = rules.next_try(failures, at) if outcome.status != _GONE else None
    _hooks().filter(pk=row.pk).update(failures=failures, next_at=again)
    if again is None and now.state == "on":
        _break(row, at)


def _break(row: Webhook, at: datetime) -> None:
    """Pause an address that failed for three days, or said that it is gone, and tell who keeps addresses."""
    _hooks().filter(pk=row.pk).update(state="broken")
    _calls().filter(webhook=row, state="waiting").update(state="dropped")
    told = [(key, "webhooks.paused") for key in _admins(at)]
    notices.tell_all(told, facts={"host": row.host}, at=at, path=actions.ALL)


def _admins(at: datetime) -> list[int]:
    day = people.house().day(at)
    there = Person.objects.filter(user__is_active=True, voided_at=None).exclude(ends_on__lte=day)
    grants = RoleGrant.objects.filter(role=access.Role.ADMIN, starts_on__lte=day, person__in=there)
    return sorted(set(grants.exclude(ends_on__lte=day).values_list("person_id", flat=True)))


def send_test(*, by: access.Actor, at: datetime, webhook: str) -> calling.Outcome:
    """Call an address with a test, now. Raises Refused: off; NotFound, NotAllowed."""
    rows = Webhook.objects.seen_by(by, "webhook.keep").exclude(state="ended")
    row = rows.filter(public_id=webhook).first()
    if row is None:
        raise access.NotFound("webhook")
    if not is_on():
        raise access.Refused("off", "Nothing is called from here. The how-to says which setting it needs.")
    one = _calls().create(webhook=row, at=at)
    body = wording.test_body(key=one.public_id, at=at, link=settings.MAIL_URL + YOU)
    outcome = _made(row, one.public_id, body, at)
    _calls().filter(pk=one.pk).update(
        state="sent" if outcome.taken else "dropped", tries=1, status=outcome.status, reason=outcome.reason,
        tried_at=at,
    )  # fmt: skip
    return outcome

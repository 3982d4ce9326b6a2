"""Setting the address, wishing, and what people do with mail that waits for them or failed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from fairlead.ledger import actions as ledger
from fairlead.mail import intake, reading, rules, wording
from fairlead.mail.models import Arrived, MailSetting, Wish
from fairlead.people import access
from fairlead.people.models import Person


@transaction.atomic
def set_address(*, by: access.Actor, at: datetime, address: str, after_version: int) -> MailSetting:
    """Set the address of the desk; '' switches mail in off. Raises Refused: bad_address, changed; NotAllowed."""
    access.require(by, "mail.keep")
    said = rules.address_of(address)
    newest = MailSetting.objects.order_by("-version").first()
    if (newest.version if newest else 0) != after_version:
        raise access.Refused(
            "changed", "Somebody else set the address meanwhile. Look at it and set it again."
        )
    row = MailSetting.objects.create(version=after_version + 1, address=said, set_at=at, by=by.ref)
    ledger.append(
        kind="settings.mail", by=by.ref, at=at, subject_kind="settings", subject="mail",
        facts={"version": row.version, "on": bool(said)},
    )  # fmt: skip
    return row


@transaction.atomic
def wish(*, by: access.Actor, at: datetime, wished: rules.Wish) -> Wish:
    """Say how one wants notices by mail. Raises Refused, NotAllowed."""
    access.require(by, "mail.wish")
    kept = rules.wish_of(wished.mode, wished.hour, wished.quiet_from, wished.quiet_to, wished.weekends)
    row = Wish.objects.create(
        person_id=by.id, mode=kept.mode, hour=kept.hour, quiet_from=kept.quiet_from, quiet_to=kept.quiet_to,
        weekends=kept.weekends, at=at,
    )  # fmt: skip
    ledger.append(
        kind="mail.wished", by=by.ref, at=at, subject_kind="person", subject=by.id, facts={"mode": kept.mode}
    )
    return row


@transaction.atomic
def confirm(*, by: access.Actor, at: datetime, mail: str) -> str:
    """Say that a mail (public id) in one's own name is one's own; what became of it then.

    Raises NotFound for any other mail.
    """
    row = _held(by, mail, "unsure")
    row.proven, row.state = True, "waiting"
    row.save(update_fields=["proven", "state"])
    ledger.append(
        kind="mail.confirmed", by=by.ref, at=at, subject_kind="mail", subject=row.public_id, facts={}
    )
    return row.public_id


def settled(public_id: str, at: datetime) -> tuple[str, str]:
    """Settle a mail that was just confirmed or is tried again: (state, reason)."""
    row = intake.rows().get(public_id=public_id)
    intake.process(row.pk, at)
    row = intake.rows().get(public_id=public_id)
    return row.state, row.reason


@transaction.atomic
def discard(*, by: access.Actor, at: datetime, mail: str) -> None:
    """Say that a mail in one's own name is not one's own, or not wanted on a desk. Its bytes are erased."""
    row = _held(by, mail, "unsure", "asks")
    was = row.state
    intake.erase(row, "discarded", at, "discarded")
    ledger.append(
        kind="mail.discarded",
        by=by.ref,
        at=at,
        subject_kind="mail",
        subject=row.public_id,
        facts={"was": was},
    )


@transaction.atomic
def discard_alike(*, by: access.Actor, at: datetime, mail: str) -> int:
    """Say that a mail in one's own name and all others the same server handed in are not one's own; how many."""
    row = _held(by, mail, "unsure")
    alike = Arrived.objects.seen_by(by, "mail.claim").filter(person=by.id, state="unsure", server=row.server)
    every = list(alike.select_for_update())
    for one in every:
        intake.erase(one, "discarded", at, "discarded")
    ledger.append(
        kind="mail.discarded", by=by.ref, at=at, subject_kind="mail", subject=row.public_id,
        facts={"was": "unsure", "mails": len(every)},
    )  # fmt: skip
    return len(every)


@transaction.atomic
def say_from(
    *, by: access.Actor, at: datetime, mail: str, sender: Person | None = None, sender_name: str = ""
) -> None:
    """Say from whom a message came that one forwarded; it comes on one's own desk then.

    Raises Refused as `desk.actions.receive` does, and NotFound.
    """
    row = _held(by, mail, "asks")
    try:
        read = reading.read(bytes(row.raw or b""))
    except reading.Unreadable as odd:
        raise access.Refused(odd.reason, wording.why(odd.reason)) from odd
    intake.put_on_own_desk(row, read, intake.Place(True), by, at, sender=sender, sender_name=sender_name)


@transaction.atomic
def try_again(*, by: access.Actor, at: datetime, mail: str) -> str:
    """Put a mail that failed back among those that wait, unread. Raises NotAllowed, NotFound."""
    access.require(by, "mail.keep")
    row = intake.rows().select_for_update().filter(public_id=mail, state="failed", raw__isnull=False).first()
    if row is None:
        raise access.NotFound("mail")
    row.state, row.tries, row.done_at = "waiting", 0, None
    row.save(update_fields=["state", "tries", "done_at"])
    ledger.append(
        kind="mail.tried_again", by=by.ref, at=at, subject_kind="mail", subject=row.public_id, facts={}
    )
    return row.public_id


def _held(by: access.Actor, mail: str, *states: str) -> Arrived:
    found = Arrived.objects.seen_by(by, "mail.claim").filter(person=by.id, public_id=mail, state__in=states)
    row = found.select_for_update().first()
    if row is None:
        raise access.NotFound("mail")
    return row

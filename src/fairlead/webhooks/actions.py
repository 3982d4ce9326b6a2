"""Addresses are registered by an administrator, agreed to by the person they are about, and ended by either."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction

from fairlead.ledger import actions as ledger
from fairlead.notices import actions as notices
from fairlead.people import access
from fairlead.people.guard import GuardedQuerySet
from fairlead.people.models import Person
from fairlead.webhooks import rules
from fairlead.webhooks.models import Call, Webhook

YOURS, ALL = "/you/webhooks/", "/settings/webhooks/"


def secrets_of(row: Webhook, at: datetime) -> list[bytes]:
    """The secrets a call is signed with at a moment, newest first."""
    versions = [row.version]
    if row.rotated_at is not None and at < row.rotated_at + rules.BOTH_SECRETS:
        versions.append(row.version - 1)
    return [rules.secret_of(settings.SECRET_KEY, row.public_id, version) for version in versions]


def address_of(text: str) -> rules.Address:
    """An address as it was typed, as the settings of the server allow it. Raises Refused."""
    return rules.address_of(text, ports=settings.WEBHOOK_PORTS, loopback=settings.WEBHOOK_LOOPBACK)


@transaction.atomic
def register(
    *, by: access.Actor, at: datetime, person: Person, url: str, groups: Iterable[str]
) -> tuple[Webhook, str]:
    """Register an address for a person, who is asked; the secret, which is shown this once.

    For oneself it is on at once. Raises NotAllowed, and Refused: bad_address, bad_port, no_groups, bad_group, same,
    too_many.
    """
    access.require(by, "webhook.keep")
    address, chosen = address_of(url), rules.groups_of(groups)
    Person.objects.select_for_update().get(pk=person.pk)
    theirs = list(_all().filter(person=person).exclude(state="ended").values_list("url", flat=True))
    if url.strip() in theirs:
        raise access.Refused("same", "This address is registered for this person already.")
    if len(theirs) >= rules.MOST_ADDRESSES:
        raise access.Refused(
            "too_many",
            f"There are {rules.MOST_ADDRESSES} addresses for this person already. Remove one first.",
        )
    own = person.pk == by.id
    row = Webhook.objects.create(
        person=person, url=url.strip(), host=address.authority, groups=list(chosen), made_at=at, by=by.ref,
        state="on" if own else "asked", agreed_at=at if own else None,
    )  # fmt: skip
    if not own:
        notices.tell(
            to=person.pk, kind="webhooks.asked", facts={"host": address.authority}, at=at, path=YOURS
        )
    _note("webhooks.registered", row, by, at, {"groups": len(chosen)})
    return row, rules.shown(secrets_of(row, at)[0])


@transaction.atomic
def answer(*, by: access.Actor, at: datetime, webhook: str, yes: bool) -> None:
    """Say yes or no to an address that is about oneself; no ends it, at any time. Raises NotFound, NotAllowed."""
    row = _own(by, webhook, *(("asked",) if yes else ("asked", "on", "stopped", "broken")))
    if yes:
        row.state, row.agreed_at = "on", at
        row.save(update_fields=["state", "agreed_at"])
    else:
        _end(row, at)
    _tell_who_registered(row, by, at, "yes" if yes else "no")
    _note("webhooks.agreed" if yes else "webhooks.declined", row, by, at)


@transaction.atomic
def remove(*, by: access.Actor, at: datetime, webhook: str) -> None:
    """End an address: it is called no more, and is forgotten but for its name. Raises NotFound, NotAllowed."""
    row = _kept(by, webhook)
    _end(row, at)
    _note("webhooks.removed", row, by, at)


@transaction.atomic
def pause(*, by: access.Actor, at: datetime, webhook: str) -> None:
    """Stop calling an address until it is resumed. Raises NotFound, NotAllowed."""
    row = _kept(by, webhook, "on", "broken")
    row.state = "stopped"
    row.save(update_fields=["state"])
    _note("webhooks.paused", row, by, at)


@transaction.atomic
def resume(*, by: access.Actor, at: datetime, webhook: str) -> None:
    """Call an address again, from now on: what came meanwhile rings no more. Raises NotFound, NotAllowed."""
    row = _kept(by, webhook, "stopped", "broken")
    row.state, row.failures, row.next_at, row.resumed_at = "on", 0, None, at
    row.save(update_fields=["state", "failures", "next_at", "resumed_at"])
    _calls().filter(webhook=row, state="waiting").update(state="dropped")
    _note("webhooks.resumed", row, by, at)


@transaction.atomic
def rotate(*, by: access.Actor, at: datetime, webhook: str) -> str:
    """Give an address a new secret, which is shown this once; the one before is valid for a day.

    Raises Refused: rotated, within that day; NotFound, NotAllowed.
    """
    row = _kept(by, webhook)
    if len(secrets_of(row, at)) > 1:
        raise access.Refused(
            "rotated", "The secret was changed less than a day ago, and the one before is still valid."
        )
    row.version, row.rotated_at = row.version + 1, at
    row.save(update_fields=["version", "rotated_at"])
    _note("webhooks.rotated", row, by, at)
    return rules.shown(secrets_of(row, at)[0])


@transaction.atomic
def send_again(*, by: access.Actor, at: datetime, webhook: str, call: str) -> None:
    """Put a call (public id) back among those that wait; it keeps its id. Raises NotFound, NotAllowed."""
    row = _kept(by, webhook, "on")
    found = _calls().filter(webhook=row, public_id=call, notice__isnull=False)
    again = found.filter(state__in=["sent", "dropped"]).update(state="waiting", at=at)
    waits = found.filter(state="waiting")
    if not (again or waits.exists()):
        raise access.NotFound("call")
    row.next_at = None
    row.save(update_fields=["next_at"])
    _note("webhooks.sent_again", row, by, at)


def _end(row: Webhook, at: datetime) -> None:
    row.state, row.url, row.ended_at = "ended", "", at
    row.save(update_fields=["state", "url", "ended_at"])
    _calls().filter(webhook=row, state="waiting").update(state="dropped")


def _tell_who_registered(row: Webhook, by: access.Actor, at: datetime, said: str) -> None:
    kind, _, key = row.by.partition(":")
    if kind != "person" or int(key) == by.id:
        return
    named = Person.objects.values_list("name", flat=True).get(pk=by.id)
    facts = {"name": named, "said": said, "host": row.host}
    notices.tell(to=int(key), kind="webhooks.answered", facts=facts, at=at, path=ALL)


def _note(
    kind: str, row: Webhook, by: access.Actor, at: datetime, facts: dict[str, str | int] | None = None
) -> None:
    ledger.append(
        kind=kind, by=by.ref, at=at, subject_kind="webhook", subject=row.public_id, facts=facts or {}
    )


def _own(by: access.Actor, webhook: str, *states: str) -> Webhook:
    return _found(
        Webhook.objects.seen_by(by, "webhook.answer").filter(person=by.id, state__in=states), webhook
    )


def _kept(by: access.Actor, webhook: str, *states: str) -> Webhook:
    """An address in one of these states; in any but ended where none are named."""
    rows = Webhook.objects.seen_by(by, "webhook.keep").exclude(state="ended")
    return _found(rows.filter(state__in=states) if states else rows, webhook)


def _found(rows: GuardedQuerySet[Webhook], webhook: str) -> Webhook:
    row = rows.select_for_update().filter(public_id=webhook).first()
    if row is None:
        raise access.NotFound("webhook")
    return row


def _all() -> GuardedQuerySet[Webhook]:
    return Webhook.objects.for_system("addresses of a person are counted before one more is registered")


def _calls() -> GuardedQuerySet[Call]:
    return Call.objects.for_system("calls of an address are dropped or tried again with it")

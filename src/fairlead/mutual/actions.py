"""Drafting, publishing and sharing a mutual plan, and revoking its addresses. Each is one transaction, its ledger entry
last; a draft and an opening are nobody's act and stand in no ledger, and the address itself stands nowhere."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from fairlead.deals.models import Deal
from fairlead.ledger import actions as ledger
from fairlead.mutual import queries, rules
from fairlead.mutual.models import Address, Draft, Published, Sharing
from fairlead.people import access, kept, telling, versions

PATH = "/deals/{}/mutual/"
SECRET_BYTES = 32
"""Random bytes of an address: 256 bits."""


class Overtaken(access.Refused):
    """Somebody published another version meanwhile; nothing was published of this one. ``number`` is the newest."""

    def __init__(self, number: int, who: str) -> None:
        self.number = number
        super().__init__(
            "changed_meanwhile",
            f"{who} published version {number} meanwhile. Your draft is kept; compare, and publish it as the next.",
        )


# Writing and publishing


def keep_draft(
    *, by: access.Actor, at: datetime, deal: str, plan: rules.MutualPlan, after_version: int
) -> None:
    """Keep what was written of the next version, the writer's alone, begun from ``after_version`` (0 for none)."""
    row = queries.deal_row(by, deal, "mutual.share")
    Draft.objects.seen_by(by, "mutual.share").update_or_create(
        deal=row, by_id=by.id,
        defaults={"content": rules.content_of(plan), "after_version": after_version, "at": at},
    )  # fmt: skip


@transaction.atomic
def drop_draft(*, by: access.Actor, deal: str) -> None:
    """Throw the own draft away."""
    row = queries.deal_row(by, deal, "mutual.share")
    Draft.objects.seen_by(by, "mutual.share").filter(deal=row, by=by.id).delete()


@transaction.atomic
def publish(
    *, by: access.Actor, at: datetime, deal: str, plan: rules.MutualPlan, after_version: int
) -> Published:
    """Publish a plan of a deal (public id) as the version after ``after_version`` (0 for the first).

    Who holds an open address reads it from now on. The same content as the newest version is published once. Raises
    Overtaken, Refused (sharing_off, deal_lost, incomplete); NotAllowed and NotFound by the table.
    """
    row = _held(by, deal, "mutual.share")
    _refuse_closed(row, at)
    rules.refuse_unready(plan)
    newest = queries.newest(row.pk)
    before = rules.plan_of(newest.content) if newest else None
    content = rules.content_of(rules.numbered(plan, before))
    if newest is not None and newest.content == content:
        return newest
    number = newest.number if newest else 0
    if newest is not None and after_version != number:
        raise Overtaken(number, newest.by.name)
    made = Published.objects.create(deal=row, number=number + 1, content=content, by_id=by.id, at=at)
    Draft.objects.seen_by(by, "mutual.share").filter(deal=row, by=by.id).delete()
    _tell("mutual.published", by, at, row, number=made.number)
    ledger.append(
        kind="mutual.published", by=by.ref, at=at, subject_kind="deal", subject=row.public_id,
        facts={"version": made.number, "steps": len(plan.steps)},
    )  # fmt: skip
    return made


# Addresses


@transaction.atomic
def share(
    *, by: access.Actor, at: datetime, deal: str, whom: str, days: int | None = None
) -> tuple[Address, str]:
    """Make an address of a deal's mutual plan for somebody; the second value is shown once and never stored.

    ``days`` it lives, what is usual where None. Raises Refused (sharing_off, deal_lost, nothing_published,
    whom_missing, text_long, bad_days); NotAllowed and NotFound by the table.
    """
    row = _held(by, deal, "mutual.share")
    _refuse_closed(row, at)
    rule = queries.sharing(at)
    lives, name = rule.usual_days if days is None else days, rules.whom(whom)
    rules.refuse_days(lives, rule)
    if queries.newest(row.pk) is None:
        raise access.Refused("nothing_published", "Publish a version first: there is nothing to read yet.")
    secret = secrets.token_urlsafe(SECRET_BYTES)
    made = Address.objects.create(
        deal=row, digest=rules.digest(secret), whom=name, made_by_id=by.id, made_at=at,
        expires_at=at + timedelta(days=lives),
    )  # fmt: skip
    _tell("mutual.shared", by, at, row, whom=name)
    ledger.append(
        kind="mutual.shared", by=by.ref, at=at, subject_kind="deal", subject=row.public_id,
        facts={"address": made.public_id, "expires_at": made.expires_at}, personal={"whom": name},
    )  # fmt: skip
    return made, secret


@transaction.atomic
def revoke(*, by: access.Actor, at: datetime, deal: str, address: str | None = None) -> int:
    """Revoke an address (public id) of a deal at once, or all that are open (None); how many were revoked.

    Revoked twice is revoked once. Raises NotFound for an address of another deal; NotAllowed and NotFound by the table.
    """
    row = _held(by, deal, "mutual.revoke")
    rows = Address.objects.seen_by(by, "mutual.revoke").filter(deal=row)
    if address is not None:
        rows = rows.filter(public_id=address)
        if not rows.exists():
            raise access.NotFound("address")
    else:
        rows = rows.filter(expires_at__gt=at)
    found = list(rows.filter(revoked_at=None).order_by("pk"))
    if not found:
        return 0
    rows.filter(pk__in=[one.pk for one in found]).update(revoked_at=at, revoked_by=by.id)
    count = f"{len(found)} address{'' if len(found) == 1 else 'es'}"
    _tell("mutual.revoked", by, at, row, count=count)
    ledger.append(
        kind="mutual.revoked", by=by.ref, at=at, subject_kind="deal", subject=row.public_id,
        facts={"addresses": [one.public_id for one in found]},
    )  # fmt: skip
    return len(found)


def note_opening(*, address: int, at: datetime) -> None:
    """Count an opening, and when to the minute; nothing of who opened. Not an act, so not in the ledger."""
    Address.objects.for_system("whoever opens an address is nobody here; openings are counted").filter(
        pk=address
    ).update(opens=F("opens") + 1, opened_at=at.replace(second=0, microsecond=0))


# The organisation


@transaction.atomic
def set_sharing(
    *,
    by: access.Actor,
    at: datetime,
    on: bool,
    usual_days: int,
    most_days: int,
    after_version: int | None = None,
) -> Sharing:
    """Put in force from now on whether plans are shared, and for how long, as a new version.

    Switched off, every address answers as one that never was. Raises Refused: bad_days, the_same, changed_meanwhile
    (``after_version`` is not the newest); NotAllowed.
    """
    access.require(by, "sharing.set")
    newest, number = versions.newest(Sharing.objects.all(), after_version)
    wanted, now = rules.Sharing(number, on, usual_days, most_days), queries.rule_of(newest)
    rules.refuse_sharing(wanted)
    if wanted == now:
        raise access.Refused("the_same", "Nothing is changed.")
    made = Sharing.objects.create(
        version=number + 1, on=on, usual_days=usual_days, most_days=most_days, set_at=at, by=by.ref
    )
    kept.forget()
    ledger.append(
        kind="settings.sharing", by=by.ref, at=at, subject_kind="organisation", subject=1,
        facts={"version": made.version, "on": on, "usual_days": usual_days, "most_days": most_days},
    )  # fmt: skip
    return made


def _held(by: access.Actor, deal: str, act: str) -> Deal:
    """The deal, held until the transaction ends, so that versions follow each other."""
    access.require(by, act)
    mine = Deal.objects.seen_by(by, act).filter(public_id=deal)
    row = mine.select_for_update(of=("self",), no_key=True).first()
    if row is None:
        raise access.NotFound("deal")
    return row


def _refuse_closed(row: Deal, at: datetime) -> None:
    if not queries.sharing(at).on:
        raise access.Refused(
            "sharing_off", "Plans are not shared with buyers here. Sales operations or an admin can allow it."
        )
    if row.status == "lost":
        raise access.Refused("deal_lost", "The deal is lost. Nothing more is shared; revoke what is open.")


def _tell(kind: str, by: access.Actor, at: datetime, deal: Deal, **facts: str | int) -> None:
    told = {"name": by.name, "deal": deal.name or deal.external_id, **facts}
    telling.tell(deal.owner_id, by=by, kind=kind, facts=told, at=at, path=PATH.format(deal.public_id))

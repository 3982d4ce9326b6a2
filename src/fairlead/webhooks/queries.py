"""How addresses stand. Of an address its name is shown, never the rest of it, and of a call never what it said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet

from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.guard import GuardedQuerySet
from fairlead.people.models import Person
from fairlead.webhooks import rules, wording
from fairlead.webhooks.models import Call, Webhook

_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Listed:
    """One address: where, for whom, what rings there and how it stands."""

    public_id: str
    host: str
    person: str
    groups: tuple[str, ...]
    state: str
    words: str
    made_at: datetime
    last: datetime | None
    next_at: datetime | None
    failures: int


@dataclass(frozen=True, slots=True)
class Made:
    """One call: when, how it stands, how often it was tried, and why not."""

    public_id: str
    at: datetime
    words: str
    tries: int
    status: int | None
    why: str
    test: bool
    may_again: bool


@dataclass(frozen=True, slots=True)
class Page:
    """An address with its newest calls, newest first."""

    hook: Listed
    calls: tuple[Made, ...]
    both_until: datetime | None
    """Until when the secret before is valid as well."""


MOST_TO_RING = 200
"""So many people the form lists; more are found by a part of their name."""


@dataclass(frozen=True, slots=True)
class ToRing:
    """For whom an address may ring: (public id, name and title). ``count`` of all; ``more``: not all are listed."""

    rows: tuple[tuple[str, str], ...]
    count: int
    more: bool


def to_ring(actor: access.Actor, at: datetime, *, named: str = "", chosen: str = "") -> ToRing:
    """Who signs in here of those the actor may see, by name, and who is ``chosen`` (public id). Raises NotAllowed."""
    every = _ringable(actor, at)
    rows = (every.filter(name__icontains=named) if named else every).order_by("name", "pk")
    found = list(rows.values_list("public_id", "name", "title")[:MOST_TO_RING])
    if chosen and all(key != chosen for key, _, _ in found):
        found += every.filter(public_id=chosen).values_list("public_id", "name", "title")
    count = every.count()
    said = tuple((key, f"{name}, {title}" if title else name) for key, name, title in found)
    return ToRing(said, count, count > MOST_TO_RING)


def person_to_ring(actor: access.Actor, public_id: str, at: datetime) -> Person | None:
    """Somebody the form offers, by public id. Raises NotAllowed."""
    return _ringable(actor, at).filter(public_id=public_id).first() if public_id else None


def _ringable(actor: access.Actor, at: datetime) -> QuerySet[Person]:
    access.require(actor, "webhook.keep")
    rows = Person.objects.filter(
        people.scope(actor, "person.read", "pk"), user__is_active=True, voided_at=None
    )
    return rows.exclude(ends_on__lte=people.house().day(at))


def is_on() -> bool:
    """Whether anything is called from here."""
    return bool(settings.WEBHOOKS)


def every(actor: access.Actor) -> tuple[Listed, ...]:
    """All addresses that have not ended, newest first. Raises NotAllowed."""
    return _listed(Webhook.objects.seen_by(actor, "webhook.keep"))


def own(actor: access.Actor) -> tuple[Listed, ...]:
    """The addresses at which what waits for the actor rings, or would."""
    return _listed(Webhook.objects.seen_by(actor, "webhook.answer").filter(person=actor.id))


def page(actor: access.Actor, webhook: str, at: datetime) -> Page:
    """One address and its calls. Raises NotFound, NotAllowed."""
    found = Webhook.objects.seen_by(actor, "webhook.keep").filter(public_id=webhook)
    listed = _listed(found)
    if not listed:
        raise access.NotFound("webhook")
    row = found.get()
    until = row.rotated_at + rules.BOTH_SECRETS if row.rotated_at else None
    calls = Call.objects.seen_by(actor, "webhook.keep").filter(webhook=row).order_by("-at", "-pk")[:_SHOWN]
    made = tuple(_made(one, row.state) for one in calls)
    return Page(listed[0], made, until if until and until > at else None)


def _made(one: Call, state: str) -> Made:
    again = state == "on" and one.notice is not None and one.state in ("sent", "dropped", "waiting")
    return Made(
        one.public_id, one.at, wording.CALLS[one.state], one.tries, one.status,
        wording.why(one.reason, one.status), one.notice is None, again,
    )  # fmt: skip


def _listed(rows: GuardedQuerySet[Webhook]) -> tuple[Listed, ...]:
    found = list(rows.exclude(state="ended").select_related("person").order_by("-made_at", "-pk"))
    last = _last(row.pk for row in found)
    return tuple(
        Listed(
            row.public_id, row.host, row.person.name, tuple(row.groups), row.state, wording.STATES[row.state],
            row.made_at, last.get(row.pk), row.next_at if row.failures else None, row.failures,
        )
        for row in found
    )  # fmt: skip


def _last(hooks: Iterable[int]) -> dict[int, datetime]:
    """webhook -> when it last took a call."""
    rows = Call.objects.for_system(
        "when an address last took a call stands beside it, for who sees the address"
    )
    taken = rows.filter(webhook__in=list(hooks), state="sent", tried_at__isnull=False).order_by("tried_at")
    return {key: moment for key, moment in taken.values_list("webhook", "tried_at") if moment is not None}

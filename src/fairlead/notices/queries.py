"""A person's own notices; nobody else's can be asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.crypto import salted_hmac

from fairlead.notices import rules
from fairlead.notices.models import Notice


@dataclass(frozen=True, slots=True)
class Told:
    """A notice. ``id`` says nothing: a running number would tell how many everybody was sent."""

    id: str
    kind: str
    sentence: str
    path: str
    at: datetime
    read_at: datetime | None


def was_told(to: int, kind: str, facts: Mapping[str, str | int | float | None], path: str) -> bool:
    """Whether a person was told just this before."""
    return Notice.objects.filter(to_id=to, kind=kind, facts=dict(facts), path=path).exists()


def opaque(notice: int) -> str:
    """What stands for a notice in addresses and answers; it changes with the server's key."""
    return salted_hmac("fairlead.notices", str(notice), algorithm="sha256").hexdigest()[:20]


def of_person(person: int, shown: str) -> tuple[int, str] | None:
    """The key and the path of one person's notice that an id stands for; None where it stands for none of theirs."""
    mine = Notice.objects.filter(to_id=person).order_by("-at", "-pk").values_list("pk", "path")
    return next((one for one in mine[:MOST_OPENED] if opaque(one[0]) == shown), None)


MOST_OPENED = 500
"""So many newest notices of a person can be opened by their id."""


def unread(person: int) -> int:
    """How many notices a person has not read yet."""
    return Notice.objects.filter(to_id=person, read_at=None).count()


def for_person(person: int, *, unread_only: bool = False, limit: int = 20) -> list[Told]:
    """The newest notices of one person, newest first."""
    found = Notice.objects.filter(to_id=person).order_by("-at", "-pk")
    if unread_only:
        found = found.filter(read_at=None)
    return [
        Told(opaque(n.pk), n.kind, rules.sentence(n.kind, n.facts), n.path, n.at, n.read_at)
        for n in found[:limit]
    ]

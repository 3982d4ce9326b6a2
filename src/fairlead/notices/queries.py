"""A person's own notices; nobody else's can be asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fairlead.notices import rules
from fairlead.notices.models import Notice


@dataclass(frozen=True, slots=True)
class Told:
    id: int
    kind: str
    sentence: str
    path: str
    at: datetime
    read_at: datetime | None


def unread(person: int) -> int:
    """How many notices a person has not read yet."""
    return Notice.objects.filter(to_id=person, read_at=None).count()


def for_person(person: int, *, unread_only: bool = False, limit: int = 20) -> list[Told]:
    """The newest notices of one person, newest first."""
    found = Notice.objects.filter(to_id=person).order_by("-at", "-pk")
    if unread_only:
        found = found.filter(read_at=None)
    return [
        Told(n.pk, n.kind, rules.sentence(n.kind, n.facts), n.path, n.at, n.read_at) for n in found[:limit]
    ]

"""Noting who reads what about whom. Pages and the API call it after access was granted and before anything is shown."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import DatabaseError, transaction

from fairlead.people import access
from fairlead.records import rules
from fairlead.records.models import Read

_NOTED = "whether this reader was noted in this hour already; nothing of it is shown"


def note(
    *,
    actor: access.Actor,
    at: datetime,
    kind: str,
    subject: int,
    public_id: str,
    behalf: int | None = None,
) -> None:
    """Note that the actor reads something about a person (id): once for each reader, thing and hour.

    One's own reading is not noted: it says nothing of who knew, and would tell when somebody worries. It is the one
    write of a reading page: a look-up, and at most one short transaction in an hour.

    Raises Refused not_noted where it cannot be written: then the page must not be shown.
    """
    if actor.person is None or actor.person == subject:
        return
    _keep(at, reader_id=actor.person, subject_id=subject, behalf_id=behalf, kind=kind, thing=public_id)


def note_outside(*, reviewer: str, at: datetime, kind: str, subject: int, public_id: str) -> None:
    """Note that somebody from outside (public id of who is named) reads something about a person."""
    _keep(at, reader_id=None, outside=reviewer, subject_id=subject, kind=kind, thing=public_id)


def _keep(at: datetime, **what: str | int | None) -> None:
    row: dict[str, Any] = {**what, "hour": rules.hour_of(at)}
    try:
        if not Read.objects.for_system(_NOTED).filter(**row).exists():
            with transaction.atomic():
                Read.objects.bulk_create([Read(**row, at=at)], ignore_conflicts=True)
    except DatabaseError as wrong:
        raise access.Refused(
            "not_noted",
            "Whoever reads this is noted, and that could not be written just now. Nothing is shown; try it again.",
        ) from wrong

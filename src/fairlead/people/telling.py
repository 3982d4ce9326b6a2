"""Telling somebody of what another did. Whether a person can be told, and that nobody is told of the own act, is
decided here once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from fairlead.notices import actions as notices
from fairlead.notices import queries as told
from fairlead.people import access
from fairlead.people.models import Person


def tell(
    reader: Person | int | None, *, by: access.Actor, kind: str, facts: Mapping[str, str | int | float | None],
    at: datetime, path: str,
) -> int:  # fmt: skip
    """Put a notice for a person, or the id of one: 1 when it was put.

    0 for nobody, for who acts, and for who has no account or is not there any more. Needs a transaction.
    """
    key = reader.pk if isinstance(reader, Person) else reader
    if key is None or key == by.person:
        return 0
    if not isinstance(reader, Person):
        reader = Person.objects.filter(pk=key).only("user_id", "voided_at").first()
    if reader is None or reader.user_id is None or reader.voided_at is not None:
        return 0
    notices.tell(to=key, kind=kind, facts=facts, at=at, path=path)
    return 1


def tell_once(
    reader: int | None, *, by: access.Actor, kind: str, facts: Mapping[str, str | int | float | None], at: datetime,
    path: str,
) -> int:  # fmt: skip
    """The same for what time brings about again and again: 0 for whom was told just this before, too."""
    if reader is None or told.was_told(reader, kind, facts, path):
        return 0
    return tell(reader, by=by, kind=kind, facts=facts, at=at, path=path)

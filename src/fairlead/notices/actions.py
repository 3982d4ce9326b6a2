"""Telling people, in the transaction of the act that they are told of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import connection

from fairlead.notices import rules
from fairlead.notices.models import Notice


def tell(
    *, to: int, kind: str, facts: Mapping[str, str | int | float | None], at: datetime, path: str = ""
) -> None:
    """Put a notice for one person (by id) in the outbox. ``path`` is a path inside Fairlead, or empty.

    A link grants nothing: whoever follows it sees what their own rights show. Raises RuntimeError outside a
    transaction and KeyError for a kind without wording.
    """
    if not connection.in_atomic_block:
        raise RuntimeError("People are told inside the transaction of the act.")
    rules.sentence(kind, facts)
    Notice.objects.create(to_id=to, kind=kind, facts=dict(facts), path=path, at=at)


def mark_read(*, to: int, notice: int, at: datetime) -> bool:
    """Mark one of a person's own notices as read; False when there is no such notice for this person."""
    return bool(Notice.objects.filter(pk=notice, to_id=to, read_at=None).update(read_at=at))

"""Telling people, in the transaction of the act that they are told of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
    tell_all([(to, kind)], facts=facts, at=at, path=path)


def tell_all(
    told: Sequence[tuple[int, str]],
    *,
    facts: Mapping[str, str | int | float | None],
    at: datetime,
    path: str = "",
) -> None:
    """The same for several persons (id, kind) of one act, in one write."""
    if not connection.in_atomic_block:
        raise RuntimeError("People are told inside the transaction of the act.")
    for kind in {kind for _, kind in told}:
        rules.sentence(kind, facts)
    Notice.objects.bulk_create(
        [Notice(to_id=to, kind=kind, facts=dict(facts), path=path, at=at) for to, kind in told]
    )


def mark_read(*, to: int, notice: int, at: datetime) -> bool:
    """Mark one of a person's own notices as read; False when there is no such notice for this person."""
    return bool(Notice.objects.filter(pk=notice, to_id=to, read_at=None).update(read_at=at))

"""Reading the ledger. Who may read which entries is decided by the caller's ``where`` (people.access)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.db.models import Q

from fairlead.ledger import rules
from fairlead.ledger.models import Entry, Head, Personal

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_COLUMNS = "seq, at, kind, actor, behalf, subject_kind, subject, body, hash"


@dataclass(frozen=True, slots=True)
class Read:
    """One entry as a person reads it. Personal texts are filled in where they are not erased."""

    seq: int
    at: datetime
    kind: str
    actor: str
    behalf: int | None
    subject_kind: str
    subject: str
    facts: dict[str, object]


def entries(where: Q, *, before: int | None = None, limit: int = 50) -> list[Read]:
    """The newest entries that ``where`` lets through, newest first; ``before`` pages on by ``seq``.

    An empty ``where`` would mean everything and is refused with ValueError.
    """
    if not where:
        raise ValueError("Say which entries: an empty condition would show the whole ledger.")
    found = Entry.objects.filter(where).order_by("-seq")
    if before is not None:
        found = found.filter(seq__lt=before)
    page = list(found[:limit])
    texts = {
        (text.entry_id, text.name): text.text if text.erased_at is None else "(erased)"
        for text in Personal.objects.filter(entry_id__in=[entry.seq for entry in page])
    }
    return [_read(entry, texts) for entry in page]


def _read(entry: Entry, texts: dict[tuple[int, str], str]) -> Read:
    facts = json.loads(bytes(entry.body))
    for name in facts:
        facts[name] = texts.get((entry.seq, name), facts[name])
    return Read(
        seq=entry.seq,
        at=_EPOCH + timedelta(microseconds=entry.at),
        kind=entry.kind,
        actor=entry.actor,
        behalf=entry.behalf,
        subject_kind=entry.subject_kind,
        subject=entry.subject,
        facts=facts,
    )


def acts_of(actor: str, since: datetime) -> list[tuple[str, datetime]]:
    """(kind, moment) of what somebody did since a moment, in order; ``actor`` as :attr:`Entry.actor` has it."""
    first = (since - _EPOCH) // timedelta(microseconds=1)
    rows = Entry.objects.filter(actor=actor, at__gte=first).order_by("seq").values_list("kind", "at")
    return [(kind, _EPOCH + timedelta(microseconds=at)) for kind, at in rows]


def facts_of(kind: str) -> Iterator[dict[str, object]]:
    """What every entry of a kind says, the oldest first; personal texts as commitments. For the system's checks."""
    for body in Entry.objects.filter(kind=kind).order_by("seq").values_list("body", flat=True).iterator(500):
        yield json.loads(bytes(body))


def verify(anchor: tuple[int, bytes] | None = None) -> rules.Verified:
    """Check the whole chain, the head row, and an anchor kept outside the database if one is given.

    Raises BrokenChain. Without an anchor a tail cut together with the head row cannot be seen.
    """
    verified = rules.verify(_rows(anchor))
    head = Head.objects.first()
    seq, last = (head.seq, bytes(head.hash)) if head else (0, rules.GENESIS)
    if (seq, last) != (verified.entries, verified.head):
        raise rules.BrokenChain(verified.entries + 1, f"missing; the head says there are {seq} entries.")
    if anchor is not None and anchor[0] > verified.entries:
        raise rules.BrokenChain(verified.entries + 1, f"missing; the anchor says there were {anchor[0]}.")
    return verified


def _rows(anchor: tuple[int, bytes] | None) -> Iterator[rules.Row]:
    """Stream the raw rows; no ORM objects, so that a million take seconds."""
    last = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {_COLUMNS} FROM ledger_entry WHERE seq > %s ORDER BY seq LIMIT 20000",
                [last],
            )
            rows: list[rules.Row] = cursor.fetchall()
        if not rows:
            return
        for row in rows:
            if anchor and row[0] == anchor[0] and bytes(row[8]) != anchor[1]:
                raise rules.BrokenChain(row[0], "it is not the entry the anchor was taken from.")
            yield row
        last = rows[-1][0]

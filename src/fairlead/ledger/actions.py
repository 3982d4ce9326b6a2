"""Writing to the ledger: always last in the transaction of the act it records."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.db import connection

from fairlead.ledger import rules
from fairlead.ledger.models import Entry, Head, Personal

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Act:
    """What is to be recorded. ``personal`` texts enter as salted commitments and can be erased later."""

    kind: str
    subject_kind: str
    subject: str
    facts: Mapping[str, rules.Fact] = field(default_factory=dict)
    personal: Mapping[str, str] = field(default_factory=dict)


def append(
    *,
    kind: str,
    by: str,
    at: datetime,
    subject_kind: str,
    subject: str | int,
    facts: Mapping[str, rules.Fact] | None = None,
    personal: Mapping[str, str] | None = None,
    behalf: int | None = None,
) -> int:
    """Record one act and return its ``seq``.

    Must be the last write of an open transaction: the head row stays locked until it ends. ``by`` is
    ``person:ID`` or ``system: reason``. Raises RuntimeError outside a transaction.
    """
    act = Act(kind, subject_kind, str(subject), facts or {}, personal or {})
    return append_all([act], by=by, at=at, behalf=behalf)


def append_all(acts: Sequence[Act], *, by: str, at: datetime, behalf: int | None = None) -> int:
    """Record several acts of one actor in one go and return the last ``seq``."""
    if not connection.in_atomic_block:
        raise RuntimeError("A ledger entry is written inside the transaction of its act.")
    head = _lock_head()
    moment = (at - _EPOCH) // timedelta(microseconds=1)
    seq, last, entries, texts = head.seq, bytes(head.hash), [], []
    for act in acts:
        seq += 1
        body, kept = _body(act, seq)
        texts += kept
        line = rules.header(seq, moment, act.kind, by, behalf, act.subject_kind, act.subject)
        last = rules.link(last, line + body)
        entries.append(
            Entry(
                seq=seq,
                at=moment,
                kind=act.kind,
                actor=by,
                behalf=behalf,
                subject_kind=act.subject_kind,
                subject=act.subject,
                body=body,
                hash=last,
            )
        )
    Entry.objects.bulk_create(entries, batch_size=500)
    Personal.objects.bulk_create(texts)
    Head.objects.filter(pk=head.pk).update(seq=seq, hash=last)
    return seq


def _lock_head() -> Head:
    head = Head.objects.select_for_update().first()
    return head or Head.objects.create(seq=0, hash=rules.GENESIS)


def _body(act: Act, seq: int) -> tuple[bytes, list[Personal]]:
    facts, kept = dict(act.facts), []
    for name, text in act.personal.items():
        salt = secrets.token_bytes(32)
        facts[name] = {"commitment": rules.commitment(text, salt)}
        kept.append(Personal(entry_id=seq, name=name, salt=salt, text=text))
    return rules.canonical(facts), kept

"""How an entry of the ledger becomes bytes, and how the chain is checked. No Django here.

An entry's bytes are a header line and a body. The header repeats every column a reader could filter on,
so that an edit of a column is found as surely as an edit of the body. The hash of an entry covers the hash
of the entry before it and its own bytes: an edit, a deletion, a swap or an insertion breaks the chain.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

GENESIS = hashlib.sha256(b"fairlead ledger 1").digest()
"""The hash before the first entry."""

Fact = object
"""A JSON value, a date, an aware datetime or a Decimal."""


class BrokenChain(Exception):
    """The ledger does not verify. ``seq`` is the first entry that is wrong."""

    def __init__(self, seq: int, why: str) -> None:
        self.seq = seq
        self.why = why
        super().__init__(f"Entry {seq}: {why}")


@dataclass(frozen=True, slots=True)
class Verified:
    """A chain that holds: how many entries and the hash of the last one."""

    entries: int
    head: bytes


def canonical(facts: Mapping[str, Fact]) -> bytes:
    """The facts as canonical JSON: sorted keys, no blanks, UTF-8; dates as ISO text, Decimals as plain text."""
    return json.dumps(
        facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_plain
    ).encode()


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    raise TypeError(f"{type(value).__name__} cannot stand in the ledger: {value!r}")


def header(
    seq: int, at: int, kind: str, actor: str, behalf: int | None, subject_kind: str, subject: str
) -> bytes:
    """The header line. ``at`` is microseconds since 1970 in UTC."""
    return f"{seq}|{at}|{kind}|{actor}|{behalf or ''}|{subject_kind}|{subject}\n".encode()


def link(before: bytes, record: bytes) -> bytes:
    """The hash of an entry, from the hash of the entry before and its own bytes (header and body)."""
    return hashlib.sha256(before + record).digest()


Row = tuple[int, int, str, str, int | None, str, str, bytes, bytes]
"""seq, at, kind, actor, on behalf of, subject kind, subject id, body, hash."""


def verify(rows: Iterable[Row]) -> Verified:
    """Walk the chain in order of ``seq``. Raises BrokenChain at the first entry that is wrong."""
    before, expected, sha256 = GENESIS, 1, hashlib.sha256
    for seq, at, kind, actor, behalf, subject_kind, subject, body, stored in rows:
        if seq != expected:
            raise BrokenChain(expected, f"missing; the next entry is {seq}.")
        record = f"{seq}|{at}|{kind}|{actor}|{behalf or ''}|{subject_kind}|{subject}\n".encode() + body
        before = sha256(before + record).digest()
        if before != stored:
            raise BrokenChain(seq, "its content is not what was written.")
        expected += 1
    return Verified(entries=expected - 1, head=before)


def commitment(text: str, salt: bytes) -> str:
    """A salted commitment to a personal text: the chain keeps it, the text itself can be erased."""
    return hmac.new(salt, text.encode(), hashlib.sha256).hexdigest()

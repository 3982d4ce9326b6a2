"""The one door through which words can be erased. Everything around them, and the chain, stays as it was.

The database lets a listed column of a kept table be changed only while a row stands in ``ledger_door``, and that row
stands there only inside the transaction of an erasure: nobody else ever sees it open.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, transaction

from fairlead.ledger.models import Door, Entry, Personal

WORDS = ("text", "salt", "erased_at")
"""What of a personal text goes: the text, and the salt without which its commitment says nothing."""


@contextmanager
def door(at: datetime) -> Iterator[None]:
    """Open inside a transaction, and shut at its end whatever happens. Raises RuntimeError outside one."""
    if not connection.in_atomic_block:
        raise RuntimeError("Words are erased inside the transaction that says so.")
    with transaction.atomic():  # an exception takes the row back with everything that was changed behind it
        row = Door.objects.create(at=at)
        yield
        row.delete()


def erase_texts(*, at: datetime, subject_kind: str, subjects: Collection[str]) -> int:
    """Erase the personal texts of every entry about these subjects; how many. Only with the door open."""
    entries = Entry.objects.filter(subject_kind=subject_kind, subject__in=list(subjects)).values("seq")
    texts = Personal.objects.filter(entry__in=entries, erased_at=None)
    return texts.update(text="", salt=b"", erased_at=at)

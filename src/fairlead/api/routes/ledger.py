"""The ledger as the asker may read it, and the check of the chain."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema
from ninja.params.functions import Query

from fairlead.api.door import REFUSALS, asker
from fairlead.ledger import queries, rules
from fairlead.people import access, reading

router = Router(tags=["ledger"])


class Entry(Schema):
    seq: int
    at: datetime
    kind: str
    actor: str
    behalf: int | None
    subject_kind: str
    subject: str
    facts: dict[str, Any]


class Verdict(Schema):
    """``broken_at`` is null for a whole chain."""

    entries: int
    head: str
    broken_at: int | None = None
    why: str = ""


@router.get("", response={200: list[Entry], **REFUSALS})
def entries(
    request: HttpRequest,
    before: int | None = Query(None, ge=1, le=2**62),
    limit: int = Query(50, ge=1, le=500),
) -> list[queries.Read]:
    """Entries newest first; page on with ``before`` = the last ``seq``."""
    who = asker(request)
    return queries.entries(reading.readable(who.actor), before=before, limit=limit)


@router.post("verify", response={200: Verdict, **REFUSALS})
def verify(request: HttpRequest) -> Verdict:
    """Check the whole chain."""
    who = asker(request)
    access.require(who.actor, "ledger.verify")
    try:
        verified = queries.verify()
    except rules.BrokenChain as broken:
        return Verdict(entries=broken.seq - 1, head="", broken_at=broken.seq, why=broken.why)
    return Verdict(entries=verified.entries, head=verified.head.hex())

"""The ledger as people read it, and its verification."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from fairlead.ledger import queries as ledger
from fairlead.ledger import rules as ledger_rules
from fairlead.people import access, queries, reading
from fairlead.qualification import queries as evidence
from fairlead.web.middleware import AskingRequest, signed_in
from fairlead.web.wording import act_sentence

PAGE = 50


@dataclass(frozen=True, slots=True)
class Line:
    seq: int
    at: datetime
    who: str
    behalf: str
    sentence: str
    facts: list[tuple[str, object]]


@signed_in
@require_safe
def entries(request: AskingRequest) -> HttpResponse:
    access.require(request.actor, "ledger.read")
    before = request.GET.get("before", "")
    number = int(before) if before.isascii() and before.isdigit() and len(before) < 19 else None
    page = ledger.entries(reading.readable(request.actor), before=number, limit=PAGE + 1)
    context = {
        "lines": lines(page[:PAGE]),
        "more": page[PAGE - 1].seq if len(page) > PAGE else None,
        "paged": number is not None,
        "may_verify": access.may(request.actor, "ledger.verify"),
    }
    return render(request, "ledger.html", context)


def lines(page: list[ledger.Read]) -> list[Line]:
    """Entries with names instead of ids and a sentence per kind."""
    ids = {int(entry.actor[7:]) for entry in page if entry.actor.startswith("person:")}
    ids |= {entry.behalf for entry in page if entry.behalf}
    ids |= {int(e.subject) for e in page if e.subject_kind == "person" and e.subject.isdigit()}
    names = queries.names(ids)
    return [_line(entry, names) for entry in page]


def _line(entry: ledger.Read, names: dict[int, str]) -> Line:
    who = names.get(int(entry.actor[7:]), "?") if entry.actor.startswith("person:") else entry.actor
    subject = (
        names.get(int(entry.subject), entry.subject) if entry.subject_kind == "person" else entry.subject
    )
    return Line(
        seq=entry.seq,
        at=entry.at,
        who=who,
        behalf=names.get(entry.behalf, "") if entry.behalf else "",
        sentence=act_sentence(entry.kind, subject),
        facts=[(name.replace("_", " "), value) for name, value in sorted(entry.facts.items())],
    )


@signed_in
@require_POST
def verify(request: AskingRequest) -> HttpResponse:
    access.require(request.actor, "ledger.verify")
    try:
        verified = ledger.verify()
    except ledger_rules.BrokenChain as broken:
        messages.error(
            request, f"The chain is broken. {broken} Keep the database as it is and find out who wrote."
        )
    else:
        if wrong := evidence.swapped_files():
            messages.error(
                request, f"The chain is whole, and files of evidence are not as sent. {' '.join(wrong[:5])}"
            )
            return redirect("ledger")
        messages.success(
            request,
            f"All {verified.entries} entries are as they were written. Last hash {verified.head.hex()[:16]}.",
        )
    return redirect("ledger")

"""Opening a case, answering it as the second HR partner, and closing it. Each is one transaction, its entry last."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from fairlead.cases import queries, rules
from fairlead.cases.models import Case, Side, Step
from fairlead.ledger import actions as ledger
from fairlead.notices import actions as notices
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.models import Person

_SIDES = "everybody whose words a case may read is told, or asked nothing"


@transaction.atomic
def open_case(*, by: access.Actor, at: datetime, person: str, asked: rules.Asked, key: str) -> Case:
    """Open a case about somebody (public id). Where the unit has another HR partner it waits for one of them.

    Raises Refused: nothing_asked, bad_span, bad_until, text_missing, text_long, own_part; NotAllowed, NotFound.
    """
    access.require(by, queries.OPEN)
    row_of = Person.objects.filter(
        people.scope(by, queries.OPEN, "pk"), public_id=person, voided_at=None
    ).first()
    if row_of is None:
        raise access.NotFound("person")
    again = Case.objects.seen_by(by, queries.OPEN).filter(by=by.id, key=key).first()
    if again is not None:
        return again
    rules.refuse(asked, people.house().day(at))
    assert asked.first
    assert asked.last
    assert asked.until
    whose = queries.sides_of(row_of.pk, asked.first, asked.last)
    if by.id in whose:
        raise access.Refused(
            "own_part",
            "You managed them in these days: the case would read your own words. Ask another HR partner.",
        )
    others = sorted(people.hr_partners([row_of.pk]) - {by.id, *whose})
    case = Case.objects.create(
        person=row_of, what=sorted(asked.what), first=asked.first, last=asked.last, until=asked.until,
        reason=asked.reason.strip(), second=bool(others), by_id=by.id, at=at, key=key,
    )  # fmt: skip
    Side.objects.bulk_create(Side(case=case, person_id=one) for one in whose)
    if others:
        _tell(others, "cases.asked", case, at)
    else:
        _tell(whose, "cases.opened", case, at)
    # Without the reason, which can be erased: a digest of few words can be guessed.
    _entry("case.opened", by, at, case, {"what": case.what, "second": case.second})
    return case


@transaction.atomic
def answer(*, by: access.Actor, at: datetime, case: str, kind: str, words: str) -> Step:
    """Confirm a case that another HR partner opened, or decline it with a reason. From confirming on it runs.

    Raises Refused: bad_kind, text_missing, text_long, not_yours, answered; NotAllowed, NotFound.
    """
    row = _locked(by, case)
    if kind not in ("confirmed", "declined"):
        raise access.Refused("bad_kind", "Confirm it or decline it.")
    said = rules.words(words, "why it is declined") if kind == "declined" else words.strip()[: rules.LONGEST]
    if row.by_id == by.id or by.id in _whose(row):
        raise access.Refused("not_yours", "Another HR partner, who has no part in it, confirms a case.")
    if queries.state_of(row, at) != "waits":
        raise access.Refused("answered", "It does not wait any more: look at it again.")
    step = Step.objects.create(case=row, kind=kind, words=said, by_id=by.id, at=at)
    _tell([row.by_id], "cases.answered", row, at)
    if kind == "confirmed":
        _tell(_whose(row), "cases.opened", row, at)
    _entry(f"case.{kind}", by, at, row, {})
    return step


@transaction.atomic
def close(*, by: access.Actor, at: datetime, case: str, words: str) -> Step:
    """Close a case before its day: nothing is read by it any more.

    Raises Refused: closed, own_part; NotAllowed, NotFound.
    """
    row = _locked(by, case)
    if by.id in _whose(row):
        raise access.Refused("own_part", "It may read words of yours: another HR partner closes it.")
    state = queries.state_of(row, at)
    if state not in ("waits", "runs"):
        raise access.Refused("closed", "It is over already: nothing is read by it.")
    step = Step.objects.create(
        case=row, kind="closed", words=words.strip()[: rules.LONGEST], by_id=by.id, at=at
    )
    if state == "runs":
        _tell(_whose(row), "cases.closed", row, at)
    _entry("case.closed", by, at, row, {})
    return step


def _locked(by: access.Actor, case: str) -> Case:
    found = queries.row_of(by, case)
    return Case.objects.seen_by(by, queries.OPEN).select_for_update().get(pk=found.pk)


def _whose(case: Case) -> list[int]:
    return list(
        Side.objects.for_system(_SIDES).filter(case=case).order_by("pk").values_list("person", flat=True)
    )


def _tell(persons: list[int], kind: str, case: Case, at: datetime) -> None:
    for person in persons:
        notices.tell(to=person, kind=kind, facts={}, at=at, path=f"/cases/{case.public_id}/")


def _entry(kind: str, by: access.Actor, at: datetime, case: Case, facts: dict[str, object]) -> None:
    ledger.append(kind=kind, by=by.ref, at=at, subject_kind="case", subject=case.public_id, facts=facts)

"""Company debts: what somebody answers for, what is owed to somebody, and the steps taken with it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal

from django.http import HttpRequest
from ninja import Router, Schema

from fairlead.api.door import REFUSALS, asker
from fairlead.debts import actions, queries

router = Router(tags=["debts"])


class DebtPerson(Schema):
    public_id: str
    name: str


class Debt(Schema):
    """A debt as its readers see it. ``may`` are the steps the asker can take now."""

    public_id: str
    item: str
    owner: DebtPerson
    owed_to: DebtPerson
    source_kind: str
    source_id: str
    since: date
    age_days: int
    state: str
    due_on: date | None
    days_late: int
    delivered_at: datetime | None
    evidence: str
    rating: str
    reason: str
    may: list[str]


class DebtBook(Schema):
    owed_by_me: list[Debt]
    owed_to_me: list[Debt]
    of_reports: list[Debt]
    settled: list[Debt]


class DebtStepIn(Schema):
    """``due_on`` is for dated; ``words`` for delivered, disputed and lifted; ``rating`` for rated."""

    act: Literal["dated", "delivered", "rated", "disputed", "lifted", "undone"]
    due_on: date | None = None
    words: str = ""
    rating: Literal["", "helped", "in_part", "no_help"] = ""


def _debt(line: queries.Line) -> Debt:
    now = line.standing
    return Debt(
        public_id=line.public_id,
        item=line.item,
        owner=DebtPerson(public_id=line.owner.public_id, name=line.owner.name),
        owed_to=DebtPerson(public_id=line.owed_to.public_id, name=line.owed_to.name),
        source_kind=line.source_kind,
        source_id=line.source_id,
        since=line.since,
        age_days=line.age_days,
        state=now.state,
        due_on=now.due_on,
        days_late=line.days_late,
        delivered_at=now.delivered_at,
        evidence=now.evidence,
        rating=now.rating,
        reason=now.reason,
        may=list(line.may),
    )


@router.get("", response={200: DebtBook, **REFUSALS})
def debts(request: HttpRequest) -> DebtBook:
    """The debts the asker may read."""
    who = asker(request)
    book = queries.book(who.actor, who.at)
    return DebtBook(
        owed_by_me=[_debt(line) for line in book.owed_by_me],
        owed_to_me=[_debt(line) for line in book.owed_to_me],
        of_reports=[_debt(line) for line in book.of_reports],
        settled=[_debt(line) for line in book.settled],
    )


@router.get("{public_id}", response={200: Debt, **REFUSALS})
def one(request: HttpRequest, public_id: str) -> Debt:
    """One debt."""
    who = asker(request)
    return _debt(queries.one(who.actor, public_id, who.at))


@router.post("{public_id}/act", response={200: Debt, **REFUSALS})
def act(request: HttpRequest, public_id: str, body: DebtStepIn) -> Debt:
    """Take a step with a debt, as the one who owes or the one it is owed to."""
    who = asker(request, "ask")
    actions.act(
        by=who.actor, at=who.at, debt=public_id, kind=body.act, due_on=body.due_on, words=body.words,
        rating=body.rating,
    )  # fmt: skip
    return _debt(queries.one(who.actor, public_id, who.at))

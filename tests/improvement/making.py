"""A diagnosis of Rosa that was used, a whole plan for her, and the acts that bring it to where a test begins. Euros."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction

from fairlead.debts import actions as debts
from fairlead.debts.models import Debt
from fairlead.diagnoses import queries as diagnoses
from fairlead.diagnoses.queries import Usable
from fairlead.improvement import actions
from fairlead.improvement.content import Commitment, Content, Milestone, PlanDeal, Task, keep_keys, plain
from fairlead.improvement.models import Act, Assessment, Plan, Reviewer, Version
from fairlead.people import queries
from fairlead.people.models import Person
from tests.calls.company import Company
from tests.cast import Cast

BEGUN = datetime(2026, 10, 22, 9, tzinfo=UTC)
PUBLISHED = datetime(2026, 11, 2, 9, tzinfo=UTC)
"""A Monday."""
STARTS = date(2026, 11, 2)
ENDS = date(2026, 12, 2)


def at_day(day: date, hour: int = 9) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def diagnosed(monkeypatch: pytest.MonkeyPatch, company: Company, layer: int = 3, name: str = "rosa") -> None:
    """As if a diagnosis of this layer had been used: its own way there is played in its own tests."""
    key = getattr(company.cast, name).pk
    known = Usable(
        f"diag{layer}{key}", layer, "Flow analysers are 4 % of what was won.", company.cast.mina.pk, BEGUN
    )
    monkeypatch.setattr(diagnoses, "usable", lambda person: known if person == key else None)


def content(cast: Cast, deals: list[str], *, target: int = 9, start: date = STARTS) -> Content:
    """Three tasks, two deals and two things the company does, from a first day on."""

    def day(number: int) -> date:
        return start + timedelta(days=number)

    return Content(
        why="Flow analysers are 4 % of what was won; peers have 31 %.",
        days=30,
        tasks=(
            Task(
                "", "Its worth is not shown", "Teach-back on the flow analyser", "teach_back", "points of 15", 5,
                target, "Scored after the talk", cast.sanna.public_id, day(14),
            ),
            Task("", "Too few starts", "New opportunities", "opened", "opportunities", 0, 2, "The deals", "",
                 day(28)),
            Task(
                "", "No users met", "Visits with people who use it", "counted", "visits", 0, 3, "Visit notes",
                cast.mina.public_id, day(25),
            ),
        ),
        deals=tuple(
            PlanDeal(deal, "", (Milestone("", "pain", "Pain", 2, day(18)),)) for deal in deals
        ),
        commitments=(
            Commitment("", "Two half-days with an engineer", cast.sanna.public_id, "Sanna Berg", day(8)),
            Commitment("", "A reference she can call", cast.vera.public_id, "Vera Lindholm", day(16)),
        ),
    )  # fmt: skip


def deals(company: Company) -> list[str]:
    """Two open deals of Rosa by public id."""
    return [
        company.deal(name, "rosa", 70, "Talk", date(2026, 12, 20), at=BEGUN - timedelta(days=30)).public_id
        for name in ("Alby Dairy", "Molla Cheese")
    ]


def do(
    company: Company, name: str, plan: Plan, kind: str, at: datetime, words: str = "", **more: object
) -> Act:
    return actions.act(
        by=company.cast.actor(name, at), at=at, plan=plan.public_id, kind=kind, words=words, **more,  # type: ignore[arg-type]
    )  # fmt: skip


def drafted(company: Company, at: datetime = BEGUN) -> Plan:
    cast = company.cast
    by = cast.actor("mina", at)
    plan = actions.begin(by=by, at=at, person=cast.rosa.public_id)
    actions.save(by=by, at=at, plan=plan.public_id, held=content(cast, deals(company)))
    return plan


def checked(company: Company, at: datetime = BEGUN) -> Plan:
    plan = drafted(company, at)
    do(company, "mina", plan, "submitted", at)
    do(company, "hana", plan, "approved", at)
    return plan


def published(company: Company, at: datetime = PUBLISHED) -> Plan:
    plan = checked(company)
    do(company, "mina", plan, "published", at)
    return plan


def running(company: Company, at: datetime = PUBLISHED) -> Plan:
    plan = published(company, at)
    do(company, "rosa", plan, "received", at)
    return plan


def placed(
    person: Person,
    by: Person,
    hr: Person | Reviewer,
    held: Content,
    at: datetime,
    *,
    words: str = "",
    gate: str = "",
    diagnosis: str = "placed",
) -> Plan:
    """A plan that runs and was received, row by row: for tests of who reads it, and not of how it came."""
    plan = Plan.objects.create(person=person, form="plan", layer=3, diagnosis=diagnosis, by=by, at=at)
    kept = keep_keys(held, None)
    Version.objects.create(plan=plan, number=1, content=plain(kept), digest="", by=by, at=at)
    acts = (("submitted", by, ""), ("approved", hr, gate), ("published", by, ""), ("received", person, ""))
    for number, (kind, who, said) in enumerate(acts, 1):
        Act.objects.create(
            plan=plan,
            number=number,
            kind=kind,
            on=at.date(),
            version=1,
            words=said,
            at=at,
            **({"outside": who} if isinstance(who, Reviewer) else {"by": who}),
        )
    for task in kept.tasks:
        if task.assessor:
            assessor = Person.objects.get(public_id=task.assessor)
            Assessment.objects.create(plan=plan, task=task.key, assessor=assessor, at=at)
    with transaction.atomic():
        for one in kept.commitments:
            debts.open_debt(
                by=queries.actor(by.pk, at), at=at, owner=Person.objects.get(public_id=one.owner).pk,
                owed_to=person.pk, item=one.what, source=("manager", one.ref), key="plan", due_on=one.due_on,
            )  # fmt: skip
    return plan


def delivered(company: Company, day: date = date(2026, 11, 10)) -> None:
    """What the company owes is delivered on a day by who owes it."""
    for row in Debt.objects.for_system("a test delivers").filter(source_kind="manager"):
        owner = next(name for name in company.cast.names if getattr(company.cast, name).pk == row.owner_id)
        debts.act(
            by=company.cast.actor(owner, at_day(day)), at=at_day(day), debt=row.public_id, kind="delivered",
            words="Held.",
        )  # fmt: skip


def held(company: Company, plan: Plan, count: int = 4) -> None:
    """So many check-ins held on their days."""
    for number, day in enumerate(
        (date(2026, 11, 9), date(2026, 11, 16), date(2026, 11, 23), date(2026, 11, 30)), 1
    ):
        if number <= count:
            do(company, "mina", plan, "checked_in", at_day(day), "Talked.", which=str(number))


def parted(plan: Plan, decider: Person, second: Person, at: datetime, words: str = "Not reached.") -> None:
    """A placed plan that was decided, seconded and appealed, row by row."""
    acts = (
        ("decided", decider, "leaves", words),
        ("seconded", second, "", ""),
        ("appealed", plan.person, "", words),
    )
    for number, (kind, who, said, why) in enumerate(acts, 5):
        Act.objects.create(
            plan=plan, number=number, kind=kind, on=at.date(), version=1, said=said, words=why, by=who, at=at
        )

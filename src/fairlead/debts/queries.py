"""Reading company debts: those one owes, those owed to one, and those of direct reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from fairlead.debts import rules
from fairlead.debts.models import Debt, DebtStep
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.guard import GuardedQuerySet


@dataclass(frozen=True, slots=True)
class Party:
    """Who owes, or who it is owed to."""

    id: int
    public_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Line:
    """A debt as its reader sees it. ``side`` is None for a manager of one of the two, who only reads.

    ``steps`` are all steps as taken, with names; ``may`` are those the reader may take now.
    """

    public_id: str
    item: str
    owner: Party
    owed_to: Party
    source_kind: str
    source_id: str
    since: date
    age_days: int
    at: datetime
    standing: rules.Standing
    days_late: int
    side: rules.Side | None
    steps: tuple[tuple[rules.Step, str], ...]
    may: tuple[rules.Kind, ...]


@dataclass(frozen=True, slots=True)
class Book:
    """Everything on a person's page of debts, oldest first; ``settled`` newest first."""

    owed_by_me: tuple[Line, ...]
    owed_to_me: tuple[Line, ...]
    of_reports: tuple[Line, ...]
    settled: tuple[Line, ...]


def book(actor: access.Actor, at: datetime, *, settled: int = 40) -> Book:
    """The debts the actor may read."""
    lines = _lines(actor, _readable(actor).order_by("since", "pk"), at)
    still = [line for line in lines if line.standing.open]
    done = [line for line in reversed(lines) if not line.standing.open]
    return Book(
        tuple(line for line in still if line.side == "owes"),
        tuple(line for line in still if line.side == "owed"),
        tuple(line for line in still if line.side is None),
        tuple(done[:settled]),
    )


def one(actor: access.Actor, public_id: str, at: datetime) -> Line:
    """One debt. Raises NotAllowed or NotFound."""
    return _lines(actor, [_found(actor, public_id)], at)[0]


def from_source(actor: access.Actor, kinds: Iterable[str], source_id: str, at: datetime) -> list[Line]:
    """The debts that come from one plan or ask, of those the actor may read, oldest first."""
    rows = _readable(actor).filter(source_kind__in=list(kinds), source_id=source_id).order_by("pk")
    return _lines(actor, rows, at)


def open_towards(person: int, at: datetime) -> list[tuple[str, int, date, date | None]]:
    """What the company still owes a person: (item, who owes, since, due). For rules; callers checked whose."""
    rows = Debt.objects.for_system("what the company owes decides on its demands; callers checked whose")
    found = [
        (row, standing_of(row)) for row in rows.filter(owed_to=person, at__lte=at).order_by("since", "pk")
    ]
    return [(row.item, row.owner_id, row.since, now.due_on) for row, now in found if now.open]


@dataclass(frozen=True, slots=True)
class Settled:
    """On which of the organisation's days a debt was settled: delivered, or ``lifted``."""

    on: date
    lifted: bool


def settled_of(kind: str, ids: Iterable[str]) -> dict[str, Settled]:
    """Source id -> how its debt was settled, of those that are. For what opened them; callers checked whose."""
    rows = Debt.objects.for_system("what the company owes decides on its demands; callers checked whose")
    kept = list(rows.filter(source_kind=kind, source_id__in=list(ids)))
    steps = _steps([row.pk for row in kept])
    house = people.house()
    found = {}
    for row in kept:
        now = rules.standing(row.due_on, [step for step, _ in steps.get(row.pk, [])])
        if now.open:
            continue
        last = now.delivered_at or max(step.at for step, _ in steps[row.pk])
        found[row.source_id] = Settled(house.day(last), now.state == "lifted")
    return found


@dataclass(frozen=True, slots=True)
class Held:
    """A debt as what opened it asks for it: how it stands, and whether a human settled it and not its source."""

    owner: int
    due_on: date | None
    standing: rules.Standing
    by_human: bool


def of_kind(kind: str, ids: Iterable[str]) -> dict[str, list[Held]]:
    """Source id -> its debts, oldest first. For what opened them; callers checked whose."""
    rows = Debt.objects.for_system("what opened debts asks how they stand; callers checked whose")
    kept = list(rows.filter(source_kind=kind, source_id__in=list(ids)).order_by("pk"))
    steps = _steps([row.pk for row in kept])
    found: dict[str, list[Held]] = {}
    for row in kept:
        now = rules.standing(row.due_on, [step for step, _ in steps.get(row.pk, [])])
        human = now.newest is not None and now.newest.by is not None
        found.setdefault(row.source_id, []).append(Held(row.owner_id, row.due_on, now, human))
    return found


def open_of_kind(kind: str) -> list[tuple[str, int]]:
    """(source id, who it is owed to) of every debt of a kind that is still open. For what opened them."""
    rows = Debt.objects.for_system("what opened debts lifts those it owes no more")
    kept = list(rows.filter(source_kind=kind).order_by("pk"))
    steps = _steps([row.pk for row in kept])
    return [
        (row.source_id, row.owed_to_id)
        for row in kept
        if rules.standing(row.due_on, [step for step, _ in steps.get(row.pk, [])]).open
    ]


@dataclass(frozen=True, slots=True)
class Late:
    """A debt with its day and the day on which it was settled, None while it is open."""

    item: str
    due_on: date
    settled_on: date | None


def days_of(kind: str, person: int) -> list[Late]:
    """The debts of a kind towards a person with the day named first. For rules; callers checked whose."""
    rows = Debt.objects.for_system("what the company owes decides on its demands; callers checked whose")
    kept = list(rows.filter(source_kind=kind, owed_to=person).order_by("pk"))
    steps, house, found = _steps([row.pk for row in kept]), people.house(), []
    for row in kept:
        taken = [step for step, _ in steps.get(row.pk, [])]
        now = rules.standing(row.due_on, taken)
        if now.due_on is None:
            continue
        settled = None if now.open else house.day(now.delivered_at or max(step.at for step in taken))
        found.append(Late(row.item, rules.first_day(row.due_on, taken) or now.due_on, settled))
    return found


@dataclass(frozen=True, slots=True)
class Towards:
    """A debt towards somebody, for figures without names."""

    owed_to: int
    since: date
    due_on: date | None
    settled_on: date | None


def all_towards(person: int) -> list[Towards]:
    """Every debt there was towards a person. For figures without names; callers checked that they may be said."""
    rows = Debt.objects.for_system("debts are counted for figures that name nobody")
    kept = list(rows.filter(owed_to=person).order_by("pk"))
    steps, house, found = _steps([row.pk for row in kept]), people.house(), []
    for row in kept:
        taken = [step for step, _ in steps.get(row.pk, [])]
        now = rules.standing(row.due_on, taken)
        settled = None if now.open else house.day(now.delivered_at or max(step.at for step in taken))
        found.append(Towards(person, row.since, now.due_on, settled))
    return found


# Rows


def _readable(actor: access.Actor) -> GuardedQuerySet[Debt]:
    return Debt.objects.seen_by(actor, "debt.read").select_related("owner", "owed_to")


def _found(actor: access.Actor, public_id: str) -> Debt:
    row = _readable(actor).filter(public_id=public_id).first()
    if row is None:
        raise access.NotFound("debt")
    return row


def locked(actor: access.Actor, public_id: str) -> Debt:
    """A debt the actor may read, held until the transaction ends, so that steps follow each other."""
    row = _found(actor, public_id)
    held = _readable(actor).filter(pk=row.pk)
    return held.select_for_update(of=("self",), no_key=True).get()


def side_of(row: Debt, actor: access.Actor) -> rules.Side | None:
    """On which side of a debt the actor stands."""
    if actor.person == row.owner_id:
        return "owes"
    return "owed" if actor.person == row.owed_to_id else None


def standing_of(row: Debt) -> rules.Standing:
    """How a debt stands that the caller may read."""
    return rules.standing(row.due_on, [step for step, _ in _steps([row.pk]).get(row.pk, ())])


def steps_taken(row: Debt) -> int:
    """How many steps were taken with a debt that the caller may read."""
    return len(_steps([row.pk]).get(row.pk, ()))


def _steps(debts: Iterable[int]) -> Mapping[int, list[tuple[rules.Step, str]]]:
    rows = DebtStep.objects.for_system("the steps of debts that went through the table")
    found: dict[int, list[tuple[rules.Step, str]]] = {}
    for row in rows.filter(debt__in=list(debts)).select_related("by").order_by("debt", "number"):
        step = rules.Step(
            row.number, row.kind, row.by_id, row.at, row.due_on, row.words, row.rating,  # type: ignore[arg-type]
            row.about,
        )  # fmt: skip
        found.setdefault(row.debt_id, []).append((step, row.by.name if row.by else ""))
    return found


def _lines(actor: access.Actor, rows: Iterable[Debt], at: datetime) -> list[Line]:
    kept, today = list(rows), people.house().day(at)
    steps = _steps([row.pk for row in kept])
    return [_line(actor, row, tuple(steps.get(row.pk, ())), today) for row in kept]


def _line(actor: access.Actor, row: Debt, steps: tuple[tuple[rules.Step, str], ...], today: date) -> Line:
    now = rules.standing(row.due_on, [step for step, _ in steps])
    side = side_of(row, actor)
    ended = people.house().day(now.delivered_at) if now.delivered_at else today
    return Line(
        public_id=row.public_id,
        item=row.item,
        owner=Party(row.owner_id, row.owner.public_id, row.owner.name),
        owed_to=Party(row.owed_to_id, row.owed_to.public_id, row.owed_to.name),
        source_kind=row.source_kind,
        source_id=row.source_id,
        since=row.since,
        age_days=max((ended - row.since).days, 0),
        at=row.at,
        standing=now,
        days_late=now.days_late(today),
        side=side,
        steps=steps,
        may=rules.may(now, side, actor.id) if actor.person is not None else (),
    )

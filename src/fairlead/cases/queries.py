"""Reading cases: HR of the unit that there are some and why, those concerned what is read, and what a case reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from fairlead.agreements import queries as agreements
from fairlead.cases import rules
from fairlead.cases.models import Case, Side, Step
from fairlead.cases.wording import STEPS
from fairlead.oneonones import queries as oneonones
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.promises import queries as promises

OPEN, READ, KNOW = "case.open", "case.read", "case.know"
_OF_CASE = "steps, sides and days of a case that the reader found through the table"


@dataclass(frozen=True, slots=True)
class Line:
    """A case as a list or its page shows it.

    ``reason`` and the words of steps are there for HR of the unit alone: they may name who complained. ``reads`` is the
    key of the page of what it reads, for who opened it, while it runs.
    """

    public_id: str
    person: people.Node
    what: str
    first: date
    last: date
    until: date
    by: str
    at: datetime
    state: rules.State
    reason: str
    sides: tuple[str, ...]
    steps: tuple[tuple[str, str, str, datetime], ...]
    mine: bool
    may: tuple[str, ...]
    reads: str
    begun: bool
    """Whether anything could ever be read by it: one that was never confirmed is told to nobody it is about."""

    @property
    def state_words(self) -> str:
        return rules.STATES[self.state]


def register(actor: access.Actor, at: datetime) -> list[Line]:
    """Every case about somebody in the actor's units, newest first. Raises NotAllowed."""
    rows = Case.objects.seen_by(actor, OPEN).select_related("by").order_by("-pk")[:200]
    return _lines(actor, rows, at, hr=True)


def of_person(actor: access.Actor, person: int, at: datetime) -> list[Line]:
    """The cases about one person, for HR of the unit. Raises NotAllowed."""
    rows = Case.objects.seen_by(actor, OPEN).filter(person=person).select_related("by").order_by("-pk")
    return _lines(actor, rows, at, hr=True)


def told(actor: access.Actor, at: datetime) -> list[Line]:
    """The cases that read or read things of the actor's own: what, of which days and until when, not why."""
    mine = Side.objects.seen_by(actor, KNOW).filter(person=actor.id).values("case")
    rows = Case.objects.for_system(_OF_CASE).filter(pk__in=mine).select_related("by").order_by("-pk")
    return [line for line in _lines(actor, rows, at, hr=False) if line.begun]


def one(actor: access.Actor, public_id: str, at: datetime) -> tuple[Line, bool]:
    """A case, and whether it is read as HR. Raises NotFound for everybody but HR of the unit and who was told."""
    if access.may(actor, OPEN):
        row = Case.objects.seen_by(actor, OPEN).filter(public_id=public_id).select_related("by").first()
        lines = _lines(actor, [row] if row is not None else [], at, hr=True)
        if lines:
            return lines[0], True
    found = next((line for line in told(actor, at) if line.public_id == public_id), None)
    if found is None:
        raise access.NotFound("case")
    return found, False


def row_of(actor: access.Actor, public_id: str) -> Case:
    """A case about somebody in the actor's units, to act on. Raises NotAllowed, NotFound."""
    row = Case.objects.seen_by(actor, OPEN).filter(public_id=public_id).first()
    if row is None:
        raise access.NotFound("case")
    return row


def to_confirm(actor: access.Actor, at: datetime) -> list[tuple[str, date]]:
    """(case, the day it was opened) of cases that wait for a second HR partner, of those the actor may answer."""
    if not access.may(actor, OPEN):
        return []
    house = people.house()
    return [(one.public_id, house.day(one.at)) for one in register(actor, at) if "confirmed" in one.may]


def sides_of(person: int, first: date, last: date) -> list[int]:
    """Whose words a case may read: the person, and who managed them on some of these days."""
    return [person, *sorted(people.managed(person, first, last))]


def state_of(row: Case, at: datetime) -> rules.State:
    """How a case stands; callers checked whose."""
    kinds = Step.objects.for_system(_OF_CASE).filter(case=row).values_list("kind", flat=True)
    return rules.state(row.second, set(kinds), row.until, people.house().day(at))


def _lines(actor: access.Actor, rows: Iterable[Case], at: datetime, *, hr: bool) -> list[Line]:
    kept, day = list(rows), people.house().day(at)
    ids = [row.pk for row in kept]
    steps: dict[int, list[Step]] = {}
    for step in Step.objects.for_system(_OF_CASE).filter(case__in=ids).select_related("by").order_by("pk"):
        steps.setdefault(step.case_id, []).append(step)
    sides: dict[int, list[Side]] = {}
    for side in (
        Side.objects.for_system(_OF_CASE).filter(case__in=ids).select_related("person").order_by("pk")
    ):
        sides.setdefault(side.case_id, []).append(side)
    nodes = {node.id: node for node in people.nodes({row.person_id for row in kept})}
    found = []
    for row in kept:
        done, whose = steps.get(row.pk, []), sides.get(row.pk, [])
        now = rules.state(row.second, {step.kind for step in done}, row.until, day)
        mine = row.by_id == actor.person
        part = any(side.person_id == actor.person for side in whose)
        begun = not row.second or any(step.kind == "confirmed" for step in done)
        if part and not begun:
            continue
        why = hr and not part
        may: list[str] = []
        if hr and now == "waits" and not mine and not part:
            may += ["confirmed", "declined"]
        if hr and now in ("waits", "runs") and not part:
            may.append("closed")
        reads = next((side.public_id for side in whose if side.person_id == row.person_id), "")
        found.append(
            Line(
                row.public_id, nodes[row.person_id], rules.in_words(row.what), row.first, row.last, row.until,
                row.by.name, row.at, now, row.reason if why else "", tuple(side.person.name for side in whose),
                tuple((STEPS[one.kind], one.by.name, one.words if why else "", one.at) for one in done), mine,
                tuple(may), reads if hr and mine and now == "runs" else "", begun,
            )
        )  # fmt: skip
    return found


@dataclass(frozen=True, slots=True)
class Content:
    """What a case reads, of one person and of its days."""

    line: Line
    whose: tuple[int, ...]
    """everybody whose words these are: for each of them the reading is noted"""
    agreements: tuple[agreements.ForCase, ...] | None
    notes: tuple[oneonones.ForCase, ...] | None
    promises: tuple[promises.ForCase, ...] | None


def content(actor: access.Actor, reads: str, at: datetime) -> Content:
    """What a case reads, by the key of its page, for who opened it while it runs. Raises NotAllowed, NotFound."""
    access.require(actor, READ)
    side = Side.objects.for_system(_OF_CASE).filter(public_id=reads).first()
    row = (
        Case.objects.seen_by(actor, READ)
        .filter(pk=side.case_id, person=side.person_id, by=actor.id)
        .select_related("by")
        .first()
        if side is not None
        else None
    )
    if row is None or state_of(row, at) != "runs":
        raise access.NotFound("case")
    line = _lines(actor, [row], at, hr=True)[0]
    whose = tuple(Side.objects.for_system(_OF_CASE).filter(case=row).values_list("person", flat=True))
    managers = people.managed(row.person_id, row.first, row.last)
    span = (row.person_id, {one: days for one, days in managers.items() if one in whose}, row.last)
    return Content(
        line, whose,
        tuple(agreements.for_case(*span)) if "agreements" in row.what else None,
        tuple(oneonones.for_case(*span)) if "notes" in row.what else None,
        tuple(promises.for_case(*span, without=rules.NEVER, at=at)) if "promises" in row.what else None,
    )  # fmt: skip

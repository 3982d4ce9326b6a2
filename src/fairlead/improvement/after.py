"""A year after a plan was met or somebody was parted from their place: for HR, with a reminder on its day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from fairlead.grounds import queries as grounds
from fairlead.improvement import queries, rules
from fairlead.improvement.models import Plan
from fairlead.people import access, telling
from fairlead.people import queries as people
from fairlead.people.models import Person
from fairlead.standing import queries as standing

PATH = "/improvement/year-after/#{}"
FOLLOWED: frozenset[str] = rules.PARTING | {"met"}
"""Outcomes that are looked at again after a year."""
REMINDED_FOR = 30
"""Days after its day on which a reminder still goes out, once."""
_DUE = "which plans were over a year ago; HR of the unit is told, without a name"


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody a year after. ``here``: still with the company. ``on_line`` of ``quarters``: the closed ones since.

    ``quarters`` is None where nothing was asked since.
    """

    plan: str
    person: str
    manager: str
    outcome: str
    closed_on: date
    due_on: date
    due: bool
    here: bool
    left_on: date | None
    where: str
    title: str
    on_line: int
    quarters: int | None


def due_on(closed: date) -> date:
    """The same day of the next year; of the 29 February, the 28."""
    try:
        return closed.replace(year=closed.year + 1)
    except ValueError:
        return closed.replace(year=closed.year + 1, day=28)


def a_year(actor: access.Actor, at: datetime) -> list[Line]:
    """In HR's units, those whose year is over first, the newest of them on top; nothing of a plan that was erased.

    Raises NotAllowed.
    """
    access.require(actor, "improvement.gate")
    rows = Plan.objects.seen_by(actor, "improvement.gate").exclude(form="self").exclude(person=actor.id)
    still = {one.row.pk for one in queries.together(queries.where_it_runs(rows, at), actor, at)}
    found = [one for one in _followed(list(rows)) if one[0].pk in still]
    keys = {row.person_id for row, *_ in found}
    persons = {one.pk: one for one in Person.objects.filter(pk__in=keys)}
    names = people.names({row.by_id for row, *_ in found})
    lines = [_line(row, now, day, persons[row.person_id], names[row.by_id], at) for row, now, day in found]
    lines.sort(
        key=lambda one: (
            not one.due,
            -one.due_on.toordinal() if one.due else one.due_on.toordinal(),
            one.person,
        )
    )
    return lines


def _followed(rows: list[Plan]) -> list[tuple[Plan, rules.State, date]]:
    found = []
    for row, now in queries.states(rows):
        closed = queries.closed_on(now)
        if (
            now.phase != "void"
            and now.decision is not None
            and now.decision.said in FOLLOWED
            and closed is not None
        ):
            found.append((row, now, closed))
    return found


def _line(row: Plan, now: rules.State, closed: date, person: Person, manager: str, at: datetime) -> Line:
    today = people.house().day(at)
    assert now.decision is not None
    gone = person.voided_at is not None or (person.ends_on is not None and person.ends_on <= today)
    lead = people.manager_of(person.pk)
    node = people.node(lead) if lead is not None else None
    day = due_on(closed)
    on_line, quarters = (0, None) if gone else since(person.pk, closed, at)
    return Line(
        row.public_id, person.name, manager, now.decision.said, closed, day, day <= today, not gone,
        person.ends_on,
        "" if gone or node is None else node.team or node.name, person.title, on_line, quarters,
    )  # fmt: skip


def since(person: int, day: date, at: datetime) -> tuple[int, int | None]:
    """(on the line, of how many) of the closed quarters after the one of a day; None where nothing was asked since."""
    if not grounds.covered(person, people.house().day(at)):
        return 0, None
    periods = [one for one in standing.quarters_before(at) if one.starts_on > day]
    if not periods:
        return 0, None
    facts = standing.measured([person], periods, grounds.rule(at), at)
    asked = [facts[key].under for key in ((person, one.name) for one in periods) if key in facts]
    counted = [under for under in asked if under is not None]
    return sum(not under for under in counted), len(counted) or None


def remind(at: datetime) -> int:
    """Tell HR that a year is over, once for each plan. Needs a transaction. Returns how many were told."""
    by, today, told = access.system(_DUE), people.house().day(at), 0
    rows = Plan.objects.for_system(_DUE).exclude(form="self").filter(at__lt=at - timedelta(days=365))
    for row, _, closed in _followed(list(rows)):
        day = due_on(closed)
        if day <= today <= day + timedelta(days=REMINDED_FOR):
            for reader in queries.partners(row.person_id):
                told += telling.tell_once(
                    reader, by=by, kind="improvement.year", facts={}, at=at, path=PATH.format(row.public_id)
                )
    return told


# HR's record of each manager's plans


@dataclass(frozen=True, slots=True)
class Record:
    """A manager's plans: published, met, parted, and of those over a year ago how many are still here, of how many.

    ``on_line`` of ``quarters``: those since of everybody for whom another place was found, together.
    """

    manager: str
    opened: int
    running: int
    met: int
    parted: int
    withdrawn: int
    still_here: int
    of: int
    on_line: int
    quarters: int


YEAR = timedelta(days=365)


def record(actor: access.Actor, at: datetime) -> list[Record]:
    """Counts per manager who wrote plans in HR's units. Raises NotAllowed."""
    access.require(actor, "improvement.gate")
    rows = Plan.objects.seen_by(actor, "improvement.gate").filter(form="plan")
    found = [(row, now) for row, now in queries.states(rows) if now.published]
    today = people.house().day(at)
    here = set(
        Person.objects.filter(pk__in=[row.person_id for row, _ in found], voided_at=None)
        .filter(ends_on=None)
        .values_list("pk", flat=True)
    )
    names = people.names({row.by_id for row, _ in found})
    lines = []
    for author in sorted(names, key=lambda key: names[key]):
        own = [(row.person_id, now) for row, now in found if row.by_id == author]
        said = [now.decision.said if now.decision and now.phase != "void" else "" for _, now in own]
        year = [
            person
            for person, now in own
            if (day := queries.closed_on(now)) is not None and day + YEAR <= today
        ]
        lines.append(
            Record(
                names[author], len(own), sum(now.phase in ("running", "paused") for _, now in own), said.count("met"),
                sum(one in rules.PARTING for one in said),
                sum(now.phase == "void" or word == "withdrawn" for (_, now), word in zip(own, said, strict=True)),
                sum(person in here for person in year), len(year), *_placed(own, at),
            )
        )  # fmt: skip
    return lines


def _placed(own: list[tuple[int, rules.State]], at: datetime) -> tuple[int, int]:
    """(on the line, of how many) quarters since of everybody for whom another place was found, together."""
    on_line = quarters = 0
    for person, now in own:
        closed = queries.closed_on(now)
        if now.phase == "void" or now.decision is None or now.decision.said != "redeployed" or closed is None:
            continue
        hits, of = since(person, closed, at)
        on_line, quarters = on_line + hits, quarters + (of or 0)
    return on_line, quarters

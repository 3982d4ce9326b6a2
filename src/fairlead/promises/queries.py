"""Reading promises: one's own and those made to one, with how each stands. Nobody else's can be asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, Q

from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.guard import GuardedQuerySet
from fairlead.people.models import Reach, ReportingLine
from fairlead.promises import rules
from fairlead.promises.models import Promise, Step

PATH = "/promises/{}/"
_CASE = "what a case of HR reads: it runs, names the two and the days, and went through the table"


@dataclass(frozen=True, slots=True)
class Party:
    """One of the two people of a promise."""

    public_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Line:
    """A promise as one of its two people sees it; both see the same.

    ``mine`` says that the reader made it. ``steps`` are all steps as taken, with names; ``may`` are the steps the
    reader may take now.
    """

    public_id: str
    text: str
    owner: Party
    made_to: Party
    mine: bool
    made_at: datetime
    noted_by: str
    first_due_on: date
    zone: str
    source_kind: str
    source_id: str
    source_label: str
    standing: rules.Standing
    steps: tuple[tuple[rules.Step, str], ...]
    may: tuple[rules.Kind, ...]

    @property
    def other(self) -> Party:
        return self.made_to if self.mine else self.owner


@dataclass(frozen=True, slots=True)
class Between:
    """The kept-rates of two people, both ways."""

    other: Party
    mine: rules.Rate
    theirs: rules.Rate


@dataclass(frozen=True, slots=True)
class Book:
    """Everything on a person's page of promises. Each open promise stands in exactly one of the first four."""

    overdue: tuple[Line, ...]
    due_today: tuple[Line, ...]
    mine: tuple[Line, ...]
    made_to_me: tuple[Line, ...]
    closed: tuple[Line, ...]
    rates: tuple[Between, ...]


def book(actor: access.Actor, at: datetime, *, closed: int = 40) -> Book:
    """The reader's promises, both ways; of the closed ones the newest."""
    lines = _lines(actor, _readable(actor), at)
    still = sorted((one for one in lines if not one.standing.closed), key=lambda one: one.standing.due_on)
    done = sorted((one for one in lines if one.standing.closed), key=_closed_at, reverse=True)
    overdue = [one for one in still if one.standing.state == "broken"]
    ahead = [one for one in still if one.standing.state == "open"]
    today = [one for one in ahead if one.standing.due_on == rules.day_of(at, one.zone)]
    later = [one for one in ahead if one not in today]
    return Book(
        overdue=tuple(overdue),
        due_today=tuple(today),
        mine=tuple(one for one in later if one.mine),
        made_to_me=tuple(one for one in later if not one.mine),
        closed=tuple(done[:closed]),
        rates=_rates(lines),
    )


def one(actor: access.Actor, public_id: str, at: datetime) -> Line:
    """One promise by public id. Raises NotFound for everybody but its two people."""
    return _lines(actor, [_found(actor, public_id)], at)[0]


def from_source(actor: access.Actor, kind: str, ids: Iterable[str], at: datetime) -> list[Line]:
    """The promises that come from somewhere, of those the reader may read, oldest first."""
    rows = _readable(actor).filter(source_kind=kind, source_id__in=list(ids)).order_by("pk")
    return _lines(actor, rows, at)


def waiting(actor: access.Actor, at: datetime) -> int:
    """How many own promises are due today or overdue."""
    if not access.may(actor, "promise.read") or actor.person is None:
        return 0
    day = rules.day_of(at, "UTC") + timedelta(days=1)
    rows = _bound(actor, Promise.objects.seen_by(actor, "promise.read"))
    rows = rows.filter(owner=actor.id, due_on__lte=day).order_by()
    due = list(rows.values_list("pk", "due_on", "zone"))
    if not due:
        return 0
    steps = _bare_steps([pk for pk, _, _ in due])
    return sum(_waits(rules.standing(on, zone, steps.get(pk, []), at), zone, at) for pk, on, zone in due)


def _waits(now: rules.Standing, zone: str, at: datetime) -> bool:
    return not now.closed and (now.state == "broken" or now.due_on == rules.day_of(at, zone))


def _bare_steps(promises: Sequence[int]) -> Mapping[int, list[rules.Step]]:
    """promise -> its steps in order; for every page's frame, which counts and shows nothing of them."""
    rows = Step.objects.for_system("the steps of promises that were read by their people").filter(
        promise__in=promises
    )
    found: dict[int, list[rules.Step]] = {}
    for row in rows.order_by("promise", "number"):
        found.setdefault(row.promise_id, []).append(_step(row))
    return found


def _step(row: Step) -> rules.Step:
    return rules.Step(row.number, row.kind, row.by_id, row.at, row.due_on, row.reason, row.about)  # type: ignore[arg-type]


def _closed_at(line: Line) -> datetime:
    return line.standing.newest.at if line.standing.newest else line.made_at


def _rates(lines: Iterable[Line]) -> tuple[Between, ...]:
    pairs: dict[str, tuple[Party, list[rules.Standing], list[rules.Standing]]] = {}
    for line in lines:
        pair = pairs.setdefault(line.other.public_id, (line.other, [], []))
        (pair[1] if line.mine else pair[2]).append(line.standing)
    found = [Between(other, rules.rate(mine), rules.rate(theirs)) for other, mine, theirs in pairs.values()]
    return tuple(sorted(found, key=lambda one: one.other.name))


# Rows


def _bound(actor: access.Actor, rows: GuardedQuerySet[Promise]) -> GuardedQuerySet[Promise]:
    """Without promises of an agreement or a one-to-one with somebody who reports to the actor no more.

    Who reported keeps them; who led loses sight with the line, and does not get it back with a later one.
    """
    if actor.person is None:
        return rows
    me = actor.person
    for mine, other in (("owner", "made_to"), ("made_to", "owner")):
        below = Reach.objects.filter(boss=me, member=OuterRef(other), depth=1)
        moved = ReportingLine.objects.filter(
            person=OuterRef(other), settled=True, starts_on__gt=OuterRef("made_at__date")
        )
        above = ReportingLine.objects.filter(person=me, manager=OuterRef(other))
        lost = Q(**{mine: me}, source_kind__in=sorted(rules.BOUND)) & ~Exists(above)
        rows = rows.exclude(lost & (~Exists(below) | Exists(moved)))
    return rows


def _readable(actor: access.Actor) -> GuardedQuerySet[Promise]:
    rows = _bound(actor, Promise.objects.seen_by(actor, "promise.read"))
    return rows.select_related("owner", "made_to", "by").order_by("-pk")


def _found(actor: access.Actor, public_id: str) -> Promise:
    row = _readable(actor).filter(public_id=public_id).first()
    if row is None:
        raise access.NotFound("promise")
    return row


def locked(actor: access.Actor, public_id: str) -> Promise:
    """A promise of the actor's, held until the transaction ends, so that steps follow each other."""
    _found(actor, public_id)
    rows = _readable(actor).filter(public_id=public_id)
    return rows.select_for_update(of=("self",), no_key=True).get()


def standing_of(row: Promise, at: datetime) -> rules.Standing:
    """How a promise stands that the caller may read."""
    return rules.standing(row.due_on, row.zone, [step for step, _ in _steps([row.pk]).get(row.pk, ())], at)


def steps_taken(row: Promise) -> int:
    """How many steps were taken with a promise that the caller may read."""
    return len(_steps([row.pk]).get(row.pk, ()))


def due_tomorrow(at: datetime) -> list[tuple[Promise, rules.Standing]]:
    """Open promises due tomorrow in their owner's time zone, for the reminder alone."""
    around = [at.date(), at.date() + timedelta(days=1), at.date() + timedelta(days=2)]
    reason = "the clock reminds owners of what is due tomorrow"
    moved = Step.objects.for_system(reason).filter(kind="moved", due_on__in=around).values("promise")
    rows = Promise.objects.for_system(reason).filter(Q(due_on__in=around) | Q(pk__in=moved))
    found = []
    for row in rows.select_related("owner", "made_to").order_by("pk"):
        now = standing_of(row, at)
        if now.state == "open" and now.due_on == rules.day_of(at, row.zone) + timedelta(days=1):
            found.append((row, now))
    return found


def _steps(promises: Iterable[int]) -> Mapping[int, list[tuple[rules.Step, str]]]:
    """promise -> its steps with the names of who took them, in order; for promises the caller may read."""
    rows = Step.objects.for_system("the steps of promises that were read by their people").filter(
        promise__in=list(promises)
    )
    found: dict[int, list[tuple[rules.Step, str]]] = {}
    for row in rows.select_related("by").order_by("promise", "number"):
        found.setdefault(row.promise_id, []).append((_step(row), row.by.name))
    return found


def _lines(actor: access.Actor, rows: Iterable[Promise], at: datetime) -> list[Line]:
    kept = list(rows)
    steps = _steps([row.pk for row in kept])
    return [_line(actor, row, tuple(steps.get(row.pk, ())), at) for row in kept]


def _line(actor: access.Actor, row: Promise, steps: tuple[tuple[rules.Step, str], ...], at: datetime) -> Line:
    now = rules.standing(row.due_on, row.zone, [step for step, _ in steps], at)
    mine = row.owner_id == actor.person
    return Line(
        public_id=row.public_id,
        text=row.text,
        owner=Party(row.owner.public_id, row.owner.name),
        made_to=Party(row.made_to.public_id, row.made_to.name),
        mine=mine,
        made_at=row.made_at,
        noted_by=row.by.name if row.by_id != row.owner_id else "",
        first_due_on=row.due_on,
        zone=row.zone,
        source_kind=row.source_kind,
        source_id=row.source_id,
        source_label=row.source_label,
        standing=now,
        steps=steps,
        may=rules.may(now, owner=mine, by=actor.id),
    )


@dataclass(frozen=True, slots=True)
class ForCase:
    """A promise as a case of HR reads it."""

    owner: str
    made_to: str
    text: str
    made_at: datetime
    due_on: date
    state: str
    source_label: str


def for_case(
    person: int, managers: Mapping[int, Sequence[tuple[date, date]]], last: date, *, without: Collection[str],
    at: datetime,
) -> list[ForCase]:  # fmt: skip
    """Promises between a person and some managers, both ways, for a case that the caller checked.

    ``managers``: those with the days on which each managed the person; what was promised on another day is not read.
    """
    house, others = people.house(), list(managers)
    rows = Promise.objects.for_system(_CASE).filter(
        Q(owner=person, made_to__in=others) | Q(owner__in=others, made_to=person)
    )
    kept = rows.exclude(source_kind__in=list(without)).select_related("owner", "made_to").order_by("pk")
    found = [
        row
        for row in kept
        for other in [row.made_to_id if row.owner_id == person else row.owner_id]
        if people.within(managers[other], house.day(row.made_at))
    ]
    steps: dict[int, list[rules.Step]] = {}
    for step in (
        Step.objects.for_system(_CASE).filter(promise__in=[row.pk for row in found]).order_by("number")
    ):
        if house.day(step.at) <= last:
            steps.setdefault(step.promise_id, []).append(_step(step))
    return [
        ForCase(
            row.owner.name, row.made_to.name, row.text, row.made_at, now.due_on, now.state, row.source_label
        )
        for row in found
        for now in [rules.standing(row.due_on, row.zone, steps.get(row.pk, []), at)]
    ]


def open_of(kind: str, source: str, at: datetime) -> list[Promise]:
    """Promises of one source that are open and not yet due, for the feature that ends it."""
    rows = Promise.objects.for_system("what two people ended takes its open promises along")
    found = rows.filter(source_kind=kind, source_id=source).select_related("owner", "made_to").order_by("pk")
    return [row for row in found if standing_of(row, at).state == "open"]


def private_paths(person: int) -> list[str]:
    """Where notices of a person's private promises lead, those of help and of shields: what must not ring elsewhere."""
    rows = Promise.objects.for_system("a promise of help or of a shield rings at no address").filter(
        Q(owner=person) | Q(made_to=person), source_kind__in=sorted(rules.PRIVATE)
    )
    return [PATH.format(one) for one in rows.values_list("public_id", flat=True)]

"""Reading the gap ledger: the manager of today and HR of the unit. A superior reads totals; whose gap it is, peers and
whoever carries a part read nothing, not even that there is an entry.

It runs for a person only where an admin turned it on and HR's grounds stand. What a part did is reckoned when it is
read, and kept nowhere.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from fairlead.forecasting.periods import Period
from fairlead.gaps import rules
from fairlead.gaps.models import Carried, Gap, Version
from fairlead.grounds import queries as grounds
from fairlead.people import access, switches
from fairlead.people import queries as people
from fairlead.people.guard import GuardedQuerySet
from fairlead.people.models import Person, Reach
from fairlead.standing import measuring
from fairlead.standing import queries as standing

FEATURE = "gaps"
PATH = "/gaps/{}/"
QUARTERS = 4
"""Closed quarters of which an entry can be begun."""
_WENT_THROUGH = "versions and parts of entries of the gap ledger that went through the table"
_TOTALS = "gaps as sums and counts for a superior; nobody is named"


def refuse_without_ground(head: int, at: datetime) -> None:
    """Raises Refused where HR recorded nothing that runs for anybody of a unit."""
    if not grounds.in_force(people.below(head), people.house().day(at)):
        raise access.Refused(
            "no_ground",
            "HR has not recorded for this unit that people were told, on which legal basis, and who was consulted. "
            "Before that the gap ledger cannot be turned on here.",
        )


def runs(persons: Collection[int], at: datetime) -> set[int]:
    """Those of some sellers of whom gaps may be kept: turned on, and HR's grounds stand."""
    if not persons or not switches.newest(FEATURE):
        return set()
    day = people.house().day(at)
    here = set(grounds.in_force(persons, day)) & measuring.sellers(persons, day)
    return {one for one in here if switches.is_on(FEATURE, one)}


def _reach(actor: access.Actor, at: datetime) -> set[int]:
    """The sellers whose entries the actor may read."""
    if actor.person is None or not access.may(actor, "gap.read") or not switches.newest(FEATURE):
        return set()
    return runs(people.reached(actor, "gap.read", _candidates(actor)) - {actor.person}, at)


def _candidates(actor: access.Actor) -> list[int]:
    kept = set(Gap.objects.seen_by(actor, "gap.read").values_list("person_id", flat=True))
    return list(kept | {one.id for one in people.reports(actor.id)})


def _below(actor: access.Actor, at: datetime) -> set[int]:
    """The sellers whose direct manager reports to the actor."""
    if actor.person is None or not access.may(actor, "gap.totals") or not switches.newest(FEATURE):
        return set()
    rows = Reach.objects.filter(boss=actor.person, depth=2)
    return runs(set(rows.values_list("member_id", flat=True)), at)


def available(actor: access.Actor, at: datetime) -> bool:
    """Whether there is a page for the actor at all."""
    if actor.person is None or not switches.newest(FEATURE):
        return False
    if access.may(actor, "gap.write") and (_reach(actor, at) or _below(actor, at)):
        return True
    # HR sees the page where it is on in a unit of theirs, before there is an entry.
    return access.may(actor, "ground.keep") and any(
        switches.is_on_below(FEATURE, unit.head) for unit in grounds.units(actor, at)
    )


def require_available(actor: access.Actor, at: datetime) -> None:
    """Raises NotFound where there is no page for the actor, the same as for an address that leads nowhere."""
    if not available(actor, at):
        raise access.NotFound("page")


def readable(actor: access.Actor, at: datetime) -> GuardedQuerySet[Gap]:
    """The entries the actor may read now. Raises NotAllowed."""
    rows = Gap.objects.seen_by(actor, "gap.read")
    return rows.filter(person__in=_reach(actor, at))


# Lists


@dataclass(frozen=True, slots=True)
class Line:
    """An entry in a list, or a closed quarter of which one can be begun (``public_id`` '')."""

    public_id: str
    person: people.Node
    quarter: str
    gap_minor: int
    given_minor: int
    carriers: int
    cuts: int
    taken_back: bool


@dataclass(frozen=True, slots=True)
class Book:
    """The page: entries by quarter and name, what could be begun, totals of a superior. ``leads``: who writes."""

    leads: bool
    lines: tuple[Line, ...]
    open: tuple[Line, ...]
    totals: tuple[rules.Total, ...]
    above: bool


def book(actor: access.Actor, at: datetime) -> Book:
    """The page of the gap ledger. Raises NotFound where it is off for the actor."""
    require_available(actor, at)
    entries = _entries(list(readable(actor, at))) if access.may(actor, "gap.read") else []
    lines = tuple(sorted((_line(one) for one in entries), key=_order))
    leads = access.may(actor, "gap.write")
    below = _below(actor, at)
    return Book(
        leads,
        lines,
        tuple(_open(actor, at, {(one.person.id, one.quarter) for one in lines})) if leads else (),
        tuple(_totals(below)) if below else (),
        bool(below),
    )


def _order(line: Line) -> tuple[int, str]:
    return -people.house().calendar.period(line.quarter).starts_on.toordinal(), line.person.name


def _line(entry: Entry) -> Line:
    return Line(
        entry.public_id, entry.person, entry.quarter, entry.newest.gap_minor,
        sum(part.minor for part in entry.newest.parts), len({part.carrier for part in entry.newest.parts}),
        len(entry.newest.cuts), entry.newest.kind == "taken_back",
    )  # fmt: skip


def _open(actor: access.Actor, at: datetime, kept: Collection[tuple[int, str]]) -> list[Line]:
    """Closed quarters of direct reports under the whole of what was asked, by name; nobody is ranked."""
    mine = {one.id for one in people.reports(actor.id)} & _reach(actor, at)
    if not mine:
        return []
    periods = standing.quarters_before(at, QUARTERS)
    facts = standing.measured(mine, periods, grounds.rule(at), at)
    found = []
    for node in people.nodes(mine):
        for period in reversed(periods):
            quarter = facts[node.id, period.name]
            missing = rules.gap(quarter.asked.minor, quarter.won_minor)
            if missing and (node.id, period.name) not in kept:
                found.append(Line("", node, period.name, missing, 0, 0, 0, False))
    return found


def _totals(below: Collection[int]) -> list[rules.Total]:
    rows = Gap.objects.for_system(_TOTALS).filter(person__in=below)
    by_quarter: dict[str, list[Entry]] = {}
    for one in _entries(list(rows)):
        if one.newest.kind == "kept":
            by_quarter.setdefault(one.quarter, []).append(one)
    calendar = people.house().calendar
    order = sorted(by_quarter, key=lambda name: calendar.period(name).starts_on, reverse=True)
    return [
        rules.total(
            name, [(one.newest.gap_minor, one.newest.parts, one.newest.cuts) for one in by_quarter[name]]
        )
        for name in order
    ]


# One entry


@dataclass(frozen=True, slots=True)
class Said:
    """A version of an entry with who wrote it."""

    number: int
    kind: str
    asked_minor: int
    won_minor: int
    parts: tuple[rules.Part, ...]
    cuts: tuple[rules.CutOrDelay, ...]
    why: str
    by: str
    at: datetime
    erased: bool

    @property
    def gap_minor(self) -> int:
        return rules.gap(self.asked_minor, self.won_minor)


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry with its versions, newest first."""

    public_id: str
    person: people.Node
    quarter: str
    versions: tuple[Said, ...]

    @property
    def newest(self) -> Said:
        return self.versions[0]


@dataclass(frozen=True, slots=True)
class Borne:
    """A part, who carries it and what it did, quarter by quarter. ``shown``: whether the reader may see that."""

    part: rules.Part
    carrier: str
    shown: bool
    effects: tuple[rules.Effect, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One entry. ``today``: (asked, won) where they are others by now. ``may`` write: the manager of today."""

    entry: Entry
    borne: tuple[Borne, ...]
    today: tuple[int, int] | None
    may: bool


def _entries(rows: Sequence[Gap]) -> list[Entry]:
    """Entries with their versions; callers checked which."""
    versions = Version.objects.for_system(_WENT_THROUGH).filter(gap__in=[row.pk for row in rows])
    every = list(versions.select_related("by").order_by("-number"))
    parts: dict[int, list[rules.Part]] = {}
    carried = Carried.objects.for_system(_WENT_THROUGH).filter(version__in=[one.pk for one in every])
    for one in carried.select_related("person").order_by("place"):
        if one.said.get("minor"):
            parts.setdefault(one.version_id, []).append(rules.part_of(one.person.public_id, one.said))
    by_gap: dict[int, list[Said]] = {}
    for row in every:
        by_gap.setdefault(row.gap_id, []).append(
            Said(
                row.number, row.kind, row.content.get("asked", 0), row.content.get("won", 0),
                tuple(parts.get(row.pk, ())), rules.cuts_of(row.content), row.why, row.by.name, row.at,
                bool(row.content.get("erased")),
            )
        )  # fmt: skip
    nodes = {node.id: node for node in people.nodes({row.person_id for row in rows})}
    return [Entry(row.public_id, nodes[row.person_id], row.quarter, tuple(by_gap[row.pk])) for row in rows]


def found(actor: access.Actor, public_id: str, at: datetime) -> Gap:
    """One entry. Raises NotAllowed, NotFound."""
    row = readable(actor, at).filter(public_id=public_id).first()
    if row is None:
        raise access.NotFound("entry")
    return row


def one(actor: access.Actor, public_id: str, at: datetime) -> Page:
    """One entry as its reader sees it. Raises NotAllowed, NotFound."""
    row = found(actor, public_id, at)
    entry = _entries([row])[0]
    period = people.house().calendar.period(row.quarter)
    now = standing.measured([row.person_id], [period], grounds.rule(at), at)[row.person_id, row.quarter]
    stands = (now.asked.minor or 0, now.won_minor)
    return Page(
        entry,
        tuple(_borne(actor, entry.newest.parts, at)),
        stands if stands != (entry.newest.asked_minor, entry.newest.won_minor) else None,
        may_write(actor, row.person_id),
    )


def may_write(actor: access.Actor, person: int) -> bool:
    return people.may_on(actor, "gap.write", person)


def _borne(actor: access.Actor, parts: Sequence[rules.Part], at: datetime) -> list[Borne]:
    """Parts with what they did: of oneself, to the manager of direct reports, to HR of its units; by the same table."""
    ids = {one.public_id: one.pk for one in _persons({part.carrier for part in parts})}
    names = people.names(ids.values())
    shown = people.reached(actor, "gap.read", ids.values()) | ({actor.id} & set(ids.values()))
    # Results run where HR's grounds stand for who carries it, and not for leaders.
    day = people.house().day(at)
    shown &= set(grounds.in_force(list(ids.values()), day)) & measuring.sellers(list(ids.values()), day)
    facts, periods = _quarters_of(shown, parts, at)
    return [
        Borne(
            part, names[ids[part.carrier]], ids[part.carrier] in shown,
            tuple(_effects(part, facts, ids[part.carrier], periods)) if ids[part.carrier] in shown else (),
        )
        for part in parts
    ]  # fmt: skip


def _persons(public_ids: Collection[str]) -> list[Person]:
    return [people.find(one) for one in sorted(public_ids)]


def _quarters_of(
    persons: Collection[int], parts: Sequence[rules.Part], at: datetime
) -> tuple[Mapping[tuple[int, str], standing.Quarter], list[Period]]:
    """The quarters that parts lie in, closed or running, of some persons."""
    if not persons or not parts:
        return {}, []
    first = min(part.first for part in parts)
    last = min(max(part.last for part in parts), standing.running(at).ends_on)
    if first > last:
        return {}, []
    calendar = people.house().calendar
    periods = calendar.periods_between(calendar.quarter_of(first).starts_on, last, "quarter")
    return standing.measured(persons, periods, grounds.rule(at), at), periods


def _effects(
    part: rules.Part, facts: Mapping[tuple[int, str], standing.Quarter], person: int, periods: Sequence[Period]
) -> list[rules.Effect]:  # fmt: skip
    found = []
    for period in periods:
        quarter = facts[person, period.name]
        one = rules.effect(
            part, period, over=quarter.over, won_minor=quarter.won_minor, asked_minor=quarter.asked.minor,
            off=quarter.given.off,
        )  # fmt: skip
        if one is not None:
            found.append(one)
    return found


# Writing


@dataclass(frozen=True, slots=True)
class Form:
    """What stands before somebody who writes an entry. ``carriers``: (public id, name) of who can be given a part."""

    person: people.Node
    quarter: Period
    asked_minor: int
    won_minor: int
    entry: Entry | None
    carriers: tuple[tuple[str, str], ...]

    @property
    def gap_minor(self) -> int:
        return rules.gap(self.asked_minor, self.won_minor)

    @property
    def number(self) -> int:
        return self.entry.newest.number if self.entry else 0


def form(actor: access.Actor, person: str, quarter: str, at: datetime) -> Form:
    """The form of a seller (public id) and a closed quarter. Raises NotAllowed, NotFound."""
    whom = people.find(person)
    people.require_on(actor, "gap.write", whom.pk, "entry")
    if whom.pk not in runs([whom.pk], at):
        raise access.NotFound("entry")
    rows = list(Gap.objects.seen_by(actor, "gap.write").filter(person=whom, quarter=quarter))
    periods = {one.name: one for one in standing.quarters_before(at, standing.QUARTERS)}
    if quarter not in periods:
        raise access.NotFound("entry")
    period = periods[quarter]
    now = standing.measured([whom.pk], [period], grounds.rule(at), at)[whom.pk, quarter]
    team = [(one.public_id, one.name) for one in people.reports(actor.id) if one.id != whom.pk]
    mine = people.node(actor.id)
    entry = _entries(rows)[0] if rows else None
    before = {part.carrier for part in entry.newest.parts} if entry else set()
    gone = [
        (key, people.find(key).name) for key in sorted(before - {key for key, _ in team} - {mine.public_id})
    ]
    return Form(
        people.node(whom.pk), period, now.asked.minor or 0, now.won_minor, entry,
        (*team, (mine.public_id, mine.name), *gone),
    )  # fmt: skip

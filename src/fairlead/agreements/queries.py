"""Reading agreements: as the two of a reporting line that holds, and as the rep whose line has ended.

The table lets both people of an agreement through; `readable` narrows that to the line of today. Who led somebody
loses sight on the day the line ends, and does not get it back with a later one: that begins a new agreement.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from fairlead.agreements import rules, wording
from fairlead.agreements.models import Act, Agreement, Version
from fairlead.people import access, spans, switches
from fairlead.people import queries as people
from fairlead.people.guard import GuardedQuerySet
from fairlead.people.models import Person, Reach
from fairlead.promises import queries as promises
from fairlead.promises import rules as promise_rules

FEATURE = "agreements"
SOURCE = "agreement"
_CASE = "what a case of HR reads: it runs, names the two and the days, and went through the table"
_WENT_THROUGH = "versions and acts of agreements that went through the table"


# Who may


@dataclass(frozen=True, slots=True)
class Pair:
    """Two people of a reporting line of today. ``side`` is the reader's."""

    rep: int
    manager: int
    side: rules.Side
    other_id: str
    other: str


def pairs(actor: access.Actor) -> list[Pair]:
    """The reader and today's manager, and the reader and each direct report, where it is turned on."""
    if actor.person is None or not access.may(actor, "agreement.read"):
        return []
    found = []
    above = people.manager_of(actor.person)
    if above is not None and switches.is_on(FEATURE, actor.person):
        node = people.node(above)
        found.append(Pair(actor.person, above, "rep", node.public_id, node.name))
    if switches.is_on_below(FEATURE, actor.person):
        found += [
            Pair(node.id, actor.person, "manager", node.public_id, node.name)
            for node in people.reports(actor.person)
        ]
    return found


def available(actor: access.Actor) -> bool:
    """Whether there is a page for the reader at all: somebody to agree with, where it is turned on."""
    if actor.person is None or not switches.newest(FEATURE) or not access.may(actor, "agreement.read"):
        return False
    me = actor.person
    if switches.is_on(FEATURE, me) and people.manager_of(me) is not None:
        return True
    return switches.is_on_below(FEATURE, me) and Reach.objects.filter(boss=me, depth=1).exists()


def require_available(actor: access.Actor) -> None:
    """Raises NotFound where it is off for the reader, the same as for an address that leads nowhere."""
    if not available(actor):
        raise access.NotFound("page")


def pair_with(actor: access.Actor, public_id: str) -> Pair:
    """The reader and a person (public id) of a direct line. Raises NotFound."""
    found = next((pair for pair in pairs(actor) if pair.other_id == public_id), None)
    if found is None:
        raise access.NotFound("person")
    return found


def readable(actor: access.Actor) -> GuardedQuerySet[Agreement]:
    """Agreements the reader may read now. Off in a unit, there are none of it."""
    rows = Agreement.objects.seen_by(actor, "agreement.read")
    if actor.person is None or not available(actor):
        return rows.none()
    me = actor.person
    mine = Q(rep=me) if switches.is_on(FEATURE, me) else Q(pk__in=[])
    led = spans.led(me)
    return rows.filter(mine | led) if switches.is_on_below(FEATURE, me) else rows.filter(mine)


# How each stands


@dataclass(frozen=True, slots=True)
class ActLine:
    """What somebody did with a version."""

    who: str
    words: str
    text: str
    on: date | None
    at: datetime


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One version as its readers see it."""

    number: int
    by: str
    side: str
    content: rules.Content
    review_on: date
    reason: str
    digest: str
    state: str
    words: str
    at: datetime
    acts: tuple[ActLine, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """An agreement as the reader sees it. ``held`` is what both hold to (or held to), ``pending`` what waits.

    ``mine`` says that the reader is the rep; ``waits`` that the reader has something to do; ``with_now`` that the
    line still holds.
    """

    id: int
    public_id: str
    rep: str
    manager: str
    mine: bool
    standing: rules.Standing
    held: VersionLine | None
    pending: VersionLine | None
    versions: tuple[VersionLine, ...]
    may: tuple[str, ...]
    waits: bool

    @property
    def other(self) -> str:
        return self.manager if self.mine else self.rep

    @property
    def newest(self) -> VersionLine:
        return self.versions[0]


def lines_of(actor: access.Actor, rows: Iterable[Agreement], at: datetime) -> list[Line]:
    kept = list(rows)
    if not kept:
        return []
    versions, acts = _parts(kept)
    ended = spans.line_ends(kept)
    today = people.house().day(at)
    return [
        _line(actor, row, versions.get(row.pk, []), acts, rules_of(row, versions, acts, today, ended))
        for row in kept
    ]


def rules_of(
    row: Agreement, versions: dict[int, list[Version]], acts: dict[int, list[Act]], today: date,
    ended: dict[int, date | None],
) -> rules.Standing:  # fmt: skip
    """How one agreement stands, from rows that were read."""
    every = versions.get(row.pk, [])
    return rules.standing(
        [(one.number, one.side, one.review_on) for one in every],  # type: ignore[misc]
        [rules.Act(one.number, act.side, act.kind, act.on) for one in every for act in acts.get(one.pk, [])],
        today,
        ended.get(row.pk),
    )


def _parts(rows: Sequence[Agreement]) -> tuple[dict[int, list[Version]], dict[int, list[Act]]]:
    versions: dict[int, list[Version]] = {}
    found = Version.objects.for_system(_WENT_THROUGH).filter(agreement__in=[row.pk for row in rows])
    for one in found.select_related("by").order_by("number"):
        versions.setdefault(one.agreement_id, []).append(one)
    acts: dict[int, list[Act]] = {}
    done = Act.objects.for_system(_WENT_THROUGH).filter(version__agreement__in=[row.pk for row in rows])
    for act in done.order_by("pk"):
        acts.setdefault(act.version_id, []).append(act)
    return versions, acts


def _line(
    actor: access.Actor, row: Agreement, versions: list[Version], acts: dict[int, list[Act]], now: rules.Standing
) -> Line:  # fmt: skip
    names = {"rep": row.rep.name, "manager": row.manager.name, "": "Fairlead"}
    side: rules.Side = "rep" if row.rep_id == actor.person else "manager"
    shown = [
        VersionLine(
            one.number, one.by.name, one.side, rules.content_of(one.content), one.review_on, one.reason, one.digest,
            now.states[one.number], wording.STATES[now.states[one.number]], one.at,
            tuple(
                ActLine(names[act.side], wording.DONE[act.kind], act.text, act.on, act.at)
                for act in acts.get(one.pk, [])
            ),
        )
        for one in reversed(versions)
    ]  # fmt: skip
    by_number = {one.number: one for one in shown}
    return Line(
        row.pk, row.public_id, names["rep"], names["manager"], side == "rep", now,
        by_number.get(now.held or 0), by_number.get(now.pending or 0), tuple(shown), rules.may(now, side),
        rules.waits_for(now, side),
    )  # fmt: skip


# Pages


@dataclass(frozen=True, slots=True)
class Beside:
    """One person the reader works with, and the agreement of the two, if there is one that is not over."""

    pair: Pair
    line: Line | None


@dataclass(frozen=True, slots=True)
class Book:
    """Everybody the reader could agree with, the manager first; and the reader's own agreements that are over."""

    beside: tuple[Beside, ...]
    over: tuple[Line, ...]


def book(actor: access.Actor, at: datetime) -> Book:
    """The reader's page of agreements. Raises NotFound where it is off."""
    require_available(actor)
    rows = readable(actor).select_related("rep", "manager").order_by("-pk")
    every = list(zip(list(rows), lines_of(actor, rows, at), strict=True))
    open_of = {
        (row.rep_id, row.manager_id): line for row, line in every if not line.standing.over
    }  # fmt: skip
    beside = [Beside(pair, open_of.get((pair.rep, pair.manager))) for pair in pairs(actor)]
    over = tuple(line for _, line in every if line.standing.over)
    return Book(tuple(beside), over)


@dataclass(frozen=True, slots=True)
class Page:
    """One agreement with the promises made in it and how both keep theirs.

    ``carry_to`` names today's manager where the reader may carry the own part of an agreement that is over.
    """

    line: Line
    promises: tuple[promises.Line, ...]
    mine: promise_rules.Rate
    theirs: promise_rules.Rate
    carry_to: str


def one(actor: access.Actor, public_id: str, at: datetime) -> Page:
    """One agreement by public id. Raises NotFound for everybody but its readers."""
    row = found(actor, public_id)
    line = lines_of(actor, [row], at)[0]
    made = promises.from_source(actor, SOURCE, [row.public_id], at)
    return Page(
        line,
        tuple(one for one in made if not one.standing.closed),
        promise_rules.rate([one.standing for one in made if one.mine]),
        promise_rules.rate([one.standing for one in made if not one.mine]),
        _carry_to(actor, row, line, at),
    )


@dataclass(frozen=True, slots=True)
class ForCase:
    """A version of an agreement as a case of HR reads it: whose, what it says, what was done with it in the days."""

    rep: str
    manager: str
    number: int
    by: str
    at: datetime
    content: rules.Content
    reason: str
    acts: tuple[tuple[str, str, datetime], ...]


def for_case(person: int, managers: Mapping[int, Sequence[tuple[date, date]]], last: date) -> list[ForCase]:
    """Versions between a person and some managers, for a case that the caller checked, oldest first.

    ``managers``: those with the days on which each managed the person; a version of another day is not read.
    """
    house = people.house()
    every = Version.objects.for_system(_CASE).filter(
        agreement__rep=person, agreement__manager__in=list(managers)
    )
    rows = every.select_related("agreement__rep", "agreement__manager", "by").order_by("pk")
    kept = [row for row in rows if people.within(managers[row.agreement.manager_id], house.day(row.at))]
    acts: dict[int, list[tuple[str, str, datetime]]] = {}
    for act in Act.objects.for_system(_CASE).filter(version__in=[row.pk for row in kept]).order_by("pk"):
        if act.side and house.day(act.at) <= last:
            acts.setdefault(act.version_id, []).append((act.side, act.kind, act.at))
    return [
        ForCase(
            row.agreement.rep.name, row.agreement.manager.name, row.number, row.by.name, row.at,
            rules.content_of(row.content), row.reason, tuple(acts.get(row.pk, ())),
        )
        for row in kept
    ]  # fmt: skip


def found(actor: access.Actor, public_id: str) -> Agreement:
    """An agreement the reader may read, by public id. Raises NotFound."""
    row = readable(actor).filter(public_id=public_id).select_related("rep", "manager").first()
    if row is None:
        raise access.NotFound("agreement")
    return row


def open_between(rep: int, manager: int, at: datetime) -> Agreement | None:
    """The agreement of two people that is not over; callers checked whose."""
    rows = Agreement.objects.for_system("whether two people have an agreement that is not over")
    for row in rows.filter(rep=rep, manager=manager).order_by("-pk"):
        if not standing_of(row, at).over:
            return row
    return None


def standing_of(row: Agreement, at: datetime) -> rules.Standing:
    """How an agreement stands; callers checked whose."""
    versions, acts = _parts([row])
    return rules_of(row, versions, acts, people.house().day(at), spans.line_ends([row]))


def newest_of(row: Agreement) -> Version:
    """The newest version of an agreement; callers checked whose."""
    return Version.objects.for_system(_WENT_THROUGH).filter(agreement=row).latest("number")


def _carry_to(actor: access.Actor, row: Agreement, line: Line, at: datetime) -> str:
    above = people.manager_of(actor.id)
    if not line.mine or not line.standing.over or line.held is None or above in (None, row.manager_id):
        return ""
    assert above is not None
    if open_between(actor.id, above, at) is not None:
        return ""
    return people.names([above]).get(above, "")


def waiting(actor: access.Actor, at: datetime) -> int:
    """How many agreements wait for the reader: to sign, to answer, to look at again."""
    return len(waiting_lines(actor, at))


def waiting_lines(actor: access.Actor, at: datetime) -> list[Line]:
    """The agreements that wait for the reader, for the page of the day."""
    if not available(actor):
        return []
    rows = readable(actor).select_related("rep", "manager").order_by("pk")
    return [line for line in lines_of(actor, rows, at) if line.waits]


def over_everywhere(at: datetime) -> Iterator[tuple[Agreement, rules.Standing]]:
    """Agreements that are over or whose review date has come, for the clock alone, where it is on."""
    rows = Agreement.objects.for_system("the clock closes what ended and tells of reviews").select_related(
        "rep", "manager"
    )
    settled = Act.objects.for_system("the clock closes what ended once").filter(kind="settled")
    left = list(rows.exclude(pk__in=settled.values("version__agreement")).order_by("pk"))
    versions, acts = _parts(left)
    ended, today = spans.line_ends(left), people.house().day(at)
    for row in left:
        if switches.is_on(FEATURE, row.rep_id):
            now = rules_of(row, versions, acts, today, ended)
            if now.over or now.review_due:
                yield row, now


def person(pk: int) -> Person:
    """One of the two of an agreement; callers checked whose."""
    return Person.objects.get(pk=pk)

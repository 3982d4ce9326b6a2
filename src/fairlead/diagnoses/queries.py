"""Reading diagnoses: the seller's and the manager's from sharing on, HR's in its units, a status above, usable ones.

A draft is its writer's alone, while they lead the seller. Whoever led the seller before reads nothing any more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fairlead.diagnoses import rules
from fairlead.diagnoses.models import Act, Asked, Diagnosis, Observation, Remedy, Version
from fairlead.help import queries as help_queries
from fairlead.looks import queries as looks
from fairlead.looks.models import Look
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.guard import GuardedQuerySet
from fairlead.people.models import Person
from fairlead.standing import queries as standing
from fairlead.standing.models import Leave

_PARTS = "versions, acts, remedies and observations of diagnoses that were read through the table"
_LEAVE = "days away move the last day of the wait for an answer; the reader sees no reason and no days"
_USABLE = "what was diagnosed is what a plan is about; callers checked whose"
_BELOW = "a superior sees that a diagnosis runs or was used, and nothing of it"
_ASKED = "who was asked what they observed, of a diagnosis that was read through the table"
_ANSWERS = "whoever was asked for observations reads of whom, and nothing else of it"


@dataclass(frozen=True, slots=True)
class Seen:
    """An observation as it is read: what, on which day, by whom, and when it was written."""

    number: int
    by: people.Node
    on: date
    words: str
    at: datetime
    mine: bool


@dataclass(frozen=True, slots=True)
class AskedOf:
    """Somebody who was asked for observations: how many they wrote, or that they declined."""

    name: str
    written: int
    declined: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A diagnosis in a list. ``layer`` is the failing one of what is shown, None where none failed yet."""

    public_id: str
    person: people.Node
    manager: people.Node | None
    look: str
    standing: rules.Standing
    layer: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class Page:
    """One diagnosis as its reader sees it.

    ``shown`` is the version on the page: the draft for its writer, else what was shared last; ``editable`` that the
    reader may save a next one. ``moment`` decides with the acts what ``may`` be done. ``help`` are requests for help
    that wait for the manager: (how many, how many past their time), for the two alone, else None.
    """

    line: Line
    side: rules.Side
    quarter: str
    shown: rules.Version
    facts: Mapping[str, Any]
    saved_at: datetime
    newest: int
    editable: bool
    own: bool
    """whether the reader wrote what is shown"""
    moment: rules.Moment
    may: tuple[rules.Kind, ...]
    steps: tuple[tuple[rules.Step, str], ...]
    remedy: Remedy | None
    remedy_owner: str
    seen: tuple[Seen, ...]
    asked: tuple[AskedOf, ...]
    fit_lacks: str
    may_observe: bool
    help: tuple[int, int] | None
    others: tuple[rules.Version, ...]
    """versions that were shared before the one shown, newest first"""


def found(actor: access.Actor, public_id: str) -> Diagnosis:
    """A diagnosis the actor reads. Raises NotAllowed, NotFound."""
    row = None
    if access.may(actor, "diagnosis.read"):
        rows = unerased(Diagnosis.objects.seen_by(actor, "diagnosis.read")).select_related("look", "person")
        row = rows.filter(public_id=public_id).first()
        if row is not None and not _reads(actor, row):
            row = None
    elif not access.may(actor, "diagnosis.read_shared"):
        access.require(actor, "diagnosis.read")
    if row is None and access.may(actor, "diagnosis.read_shared"):
        rows = unerased(Diagnosis.objects.seen_by(actor, "diagnosis.read_shared")).select_related(
            "look", "person"
        )
        row = rows.filter(public_id=public_id).first()
        row = row if row is not None and standing_of(row).ever_shared else None
    if row is None:
        raise access.NotFound("diagnosis")
    return row


def _reads(actor: access.Actor, row: Diagnosis) -> bool:
    now = standing_of(row)
    if actor.person == row.person_id:
        return now.ever_shared
    return now.ever_shared or now.newest.by == actor.person


def side_of(row: Diagnosis, actor: access.Actor) -> rules.Side:
    """On which side of a diagnosis its reader stands."""
    if actor.person == row.person_id:
        return "person"
    return "manager" if people.may_on(actor, "diagnosis.write", row.person_id) else "hr"


def one(actor: access.Actor, public_id: str, at: datetime) -> Page:
    """One diagnosis. Raises NotAllowed, NotFound."""
    row = found(actor, public_id)
    side, versions, steps = side_of(row, actor), versions_of(row), _steps([row.pk]).get(row.pk, ())
    now = rules.standing(_said(versions[-1]), [step for step, _ in steps])
    drafting = (
        side == "manager" and now.state in ("draft", "withdrawn") and versions[-1].by_id == actor.person
    )
    shared_as = {step.version for step, _ in steps if step.kind == "shared"}
    shown = versions[-1] if drafting else next(one for one in reversed(versions) if one.number in shared_as)
    moment, remedy = moment_of(row, now, at), remedy_of(row)
    kept, others = observed(row), [_said(one) for one in reversed(versions) if one.number in shared_as]
    if not drafting and now.shared is not None:
        kept = [one for one in kept if one.at <= now.shared.at]
    editable = side == "manager" and now.state == "draft" and (drafting or now.ever_shared)
    nodes = {node.id: node for node in people.nodes({one.by_id for one in kept})}
    return Page(
        line=_line(row, now, _said(shown)),
        side=side,
        quarter=row.look.quarter,
        shown=_said(shown),
        facts=shown.facts,
        saved_at=shown.at,
        newest=versions[-1].number,
        editable=editable,
        own=shown.by_id == actor.person,
        moment=moment,
        may=rules.may(now, side, actor.id, moment) if drafting or now.ever_shared else (),
        steps=tuple((step, who) for step, who in steps if now.ever_shared or drafting),
        remedy=remedy,
        remedy_owner=remedy.owner.name if remedy is not None and remedy.owner else "",
        seen=tuple(
            Seen(one.number, nodes[one.by_id], one.on, one.words, one.at, one.by_id == actor.person)
            for one in kept
            if one.on is not None
        ),
        asked=_asked(row) if drafting else (),
        fit_lacks=_fit_lacks(kept) if drafting else "",
        may_observe=drafting and observing(now.newest.findings),
        help=_help(actor, row, side, at),
        others=tuple(one for one in others if one.number != shown.number),
    )


def observing(found_: rules.Findings) -> bool:
    """Whether observations may be asked for and written: when every layer before fit has passed."""
    return found_.verdicts.startswith("p" * rules.FIT)


# Lists


@dataclass(frozen=True, slots=True)
class OfLook:
    """The diagnoses of a look its reader sees, newest first, and whether the reader may open one now."""

    lines: tuple[Line, ...]
    may_open: bool


def of_look(actor: access.Actor, look: str, at: datetime) -> OfLook:
    """The diagnoses of a look (public id) that the actor reads already."""
    row = looks.found(actor, look, at)
    rows = unerased(Diagnosis.objects.for_system(_PARTS)).filter(look=row).select_related("look", "person")
    kept = list(rows.order_by("-number"))
    hr = looks.side_of(row, actor) == "hr"
    readable = [one for one in kept if (standing_of(one).ever_shared if hr else _reads(actor, one))]
    lines = tuple(_line(one, standing_of(one), None) for one in readable)
    now = looks.standing_of(row)
    open_ = now.open and now.diagnosed is None and not any(line.standing.state == "draft" for line in lines)
    return OfLook(lines, open_ and looks.side_of(row, actor) == "manager")


@dataclass(frozen=True, slots=True)
class Status:
    """All that a manager's superior sees of a diagnosis: whose manager, since when, and whether it was used."""

    manager: people.Node
    since: date
    state: rules.State
    on: date


def statuses_below(actor: access.Actor, at: datetime) -> list[Status]:
    """Shared and used diagnoses of managers who report to the actor, newest first. No seller, no layer, no words."""
    access.require(actor, "diagnosis.status")
    leads = {node.id: node for node in people.reports(actor.id)}
    direct = {one.id: lead for lead in leads for one in people.reports(lead)}
    reach = people.reached(actor, "diagnosis.status", list(direct))
    rows = (
        unerased(Diagnosis.objects.for_system(_BELOW)).filter(person__in=list(reach)).order_by("-at", "-pk")
    )
    day, said = people.house().day, []
    for row in rows:
        now = standing_of(row)
        if now.shared is not None and now.state in ("shared", "used", "draft"):
            last = now.used or now.shared
            state: rules.State = "used" if now.used else "shared"
            said.append(Status(leads[direct[row.person_id]], day(now.shared.at), state, day(last.at)))
    return said


@dataclass(frozen=True, slots=True)
class Registered:
    """A diagnosis as HR's register names it: its public id, state, since when it is shared or used, the layer."""

    public_id: str
    state: rules.State
    on: date
    layer: int | None


def register(actor: access.Actor) -> dict[str, Registered]:
    """look (public id) -> the newest shared diagnosis of it that was not withdrawn, in HR's units."""
    access.require(actor, "diagnosis.read_shared")
    rows = unerased(Diagnosis.objects.seen_by(actor, "diagnosis.read_shared")).order_by("number")
    looks_ = dict(
        Look.objects.seen_by(actor, "look.register").filter(pk__in=[row.look_id for row in rows]).values_list(
            "pk", "public_id"
        )
    )  # fmt: skip
    found_: dict[str, Registered] = {}
    for row in rows:
        now = standing_of(row)
        if now.shared is None or now.state == "withdrawn" or row.look_id not in looks_:
            continue
        step = now.used or now.shared
        layer = _shared_version(row, now).failing if now.used else None
        state: rules.State = "used" if now.used else "shared"
        found_[looks_[row.look_id]] = Registered(row.public_id, state, people.house().day(step.at), layer)
    return found_


@dataclass(frozen=True, slots=True)
class Usable:
    """What was diagnosed last and used: the failing layer and its evidence, by whom, when."""

    public_id: str
    layer: int
    gap: str
    by: int
    used_at: datetime


def usable(person: int) -> Usable | None:
    """The newest diagnosis of a seller that was used and not withdrawn; callers checked whose."""
    kept = (
        Act.objects.for_system(_USABLE)
        .filter(diagnosis__person=person, kind="used")
        .exclude(diagnosis__in=_erased())
        .order_by("-at", "-pk")
    )
    for act in kept.select_related("diagnosis"):
        now = standing_of(act.diagnosis)
        if now.state == "used" and now.used is not None:
            found_ = _shared_version(act.diagnosis, now)
            layer = found_.failing
            assert layer is not None
            return Usable(act.diagnosis.public_id, layer, found_.words[layer], now.used.by, now.used.at)
    return None


def to_answer(actor: access.Actor, at: datetime) -> list[tuple[str, date | None]]:
    """(public id, last day of the wait) of own diagnoses that are shared and neither answered nor used."""
    if actor.person is None or not access.may(actor, "diagnosis.answer"):
        return []
    rows = Diagnosis.objects.seen_by(actor, "diagnosis.answer").filter(person=actor.id)
    found_ = []
    for row in rows.select_related("person", "look").order_by("pk"):
        now = standing_of(row)
        if now.state == "shared" and now.current and now.replied is None:
            found_.append((row.public_id, moment_of(row, now, at).waits_until))
    return found_


# Observations


@dataclass(frozen=True, slots=True)
class AskedLine:
    """What somebody was asked to observe: of whom, by whom, and what they wrote. Nothing else of what it is for."""

    public_id: str
    person: str
    by: str
    at: datetime
    open: bool
    declined: bool
    seen: tuple[tuple[int, date, str], ...]


def asked(actor: access.Actor) -> list[AskedLine]:
    """What the actor was asked to observe, newest first."""
    every = Asked.objects.seen_by(actor, "observation.write").exclude(diagnosis__in=_erased())
    rows = every.select_related("diagnosis").order_by("-at", "-pk")
    return [_asked_line(row, actor.id) for row in rows]


def asked_row(actor: access.Actor, public_id: str) -> Asked:
    """What the actor was asked to observe. Raises NotFound for everybody else."""
    rows = Asked.objects.seen_by(actor, "observation.write").filter(public_id=public_id)
    rows = rows.exclude(diagnosis__in=_erased())
    row = rows.select_related("diagnosis").first()
    if row is None:
        raise access.NotFound("request")
    return row


def asked_one(actor: access.Actor, public_id: str) -> AskedLine:
    """One thing the actor was asked to observe. Raises NotFound for everybody else."""
    return _asked_line(asked_row(actor, public_id), actor.id)


def takes_observations(row: Diagnosis, now: rules.Standing) -> bool:
    """Whether observations are still written: while it is a draft of whoever leads the seller."""
    return now.state == "draft" and now.newest.by == people.manager_of(row.person_id)


def _asked_line(row: Asked, observer: int) -> AskedLine:
    names = people.names([row.diagnosis.person_id, row.by_id])
    rows = Observation.objects.for_system(_ANSWERS).filter(diagnosis=row.diagnosis_id, by=observer)
    every = list(rows.order_by("number"))
    gone = {one.about for one in every if one.kind == "taken_back"}
    kept = [one for one in every if one.kind == "observed" and one.number not in gone]
    return AskedLine(
        row.public_id, names[row.diagnosis.person_id], names[row.by_id], row.at,
        takes_observations(row.diagnosis, standing_of(row.diagnosis)), bool(every) and every[-1].kind == "declined",
        tuple((one.number, one.on, one.words) for one in kept if one.on is not None),
    )  # fmt: skip


def why_no_observer(row: Diagnosis, observer: Person, at: datetime) -> str:
    """Why somebody is not asked about a seller, as a sentence; '' where they may be."""
    manager = people.manager_of(row.person_id)
    if observer.pk in (row.person_id, manager):
        return "Write your own observations yourself; the person answers with the rest."
    if observer.ends_on is not None and observer.ends_on <= people.house().day(at):
        return f"{observer.name} is not here any more."
    if observer.user_id is None:
        return f"{observer.name} has no account to answer with."
    mates = {node.id for node in people.reports(manager)} if manager is not None else set()
    peers = standing.peers_of(row.person_id, standing.running(at), at)
    if observer.pk in mates or observer.pk in peers:
        return f"{observer.name} is a team mate or a role peer. Peers are never asked about each other."
    if observer.pk in people.below(row.person_id):
        return f"{observer.name} reports to the person. Nobody is asked about the own manager."
    if people.may_on(people.actor(observer.pk, at), "diagnosis.read_shared", row.person_id):
        return f"{observer.name} is HR of this unit, and checks what others say."
    return ""


def _asked(row: Diagnosis) -> tuple[AskedOf, ...]:
    rows = Asked.objects.for_system(_ASKED).filter(diagnosis=row).select_related("observer").order_by("pk")
    lines = [(one.observer.name, _asked_line_of(row, one.observer_id)) for one in rows]
    return tuple(AskedOf(name, written, declined) for name, (written, declined) in lines)


def _asked_line_of(row: Diagnosis, observer: int) -> tuple[int, bool]:
    every = list(Observation.objects.for_system(_PARTS).filter(diagnosis=row, by=observer).order_by("number"))
    gone = {one.about for one in every if one.kind == "taken_back"}
    written = [one for one in every if one.kind == "observed" and one.number not in gone]
    return len(written), bool(every) and every[-1].kind == "declined"


def observed(row: Diagnosis) -> list[Observation]:
    """The observations that were not taken back, by the day they are of; callers checked whose."""
    every = list(Observation.objects.for_system(_PARTS).filter(diagnosis=row).order_by("number"))
    gone = {one.about for one in every if one.kind == "taken_back"}
    kept = [one for one in every if one.kind == "observed" and one.number not in gone]
    return sorted(kept, key=lambda one: (one.on or date.min, one.number))


def _fit_lacks(kept: Iterable[Observation]) -> str:
    several = [one for one in kept if one.on is not None]
    calendar = people.house().calendar
    return rules.fit_lacks(
        [rules.Seen(one.by_id, one.on or date.min) for one in several],
        [calendar.quarter_of(one.on or date.min).name for one in several],
    )


def fit_lacks(row: Diagnosis) -> str:
    """What is missing before fit may fail; callers checked whose."""
    return _fit_lacks(observed(row))


# Rows


def _erased() -> GuardedQuerySet[Version]:
    gone = Version.objects.for_system(_PARTS).filter(facts={"erased": True})
    return gone.order_by().values("diagnosis")  # type: ignore[return-value]


def unerased(rows: GuardedQuerySet[Diagnosis]) -> GuardedQuerySet[Diagnosis]:
    """Without those whose words were erased after their time: they are shown nowhere."""
    return rows.exclude(pk__in=_erased())


def versions_of(row: Diagnosis) -> list[Version]:
    """All versions, oldest first; callers checked whose."""
    return list(Version.objects.for_system(_PARTS).filter(diagnosis=row).order_by("number"))


def _said(version: Version) -> rules.Version:
    return rules.Version(version.number, version.by_id, rules.Findings(version.verdicts, version.words))


def _shared_version(row: Diagnosis, now: rules.Standing) -> rules.Findings:
    assert now.shared is not None
    kept = Version.objects.for_system(_PARTS).get(diagnosis=row, number=now.shared.version)
    return _said(kept).findings


def steps_of(row: Diagnosis) -> tuple[rules.Step, ...]:
    """The acts of a diagnosis, in order; callers checked whose."""
    return tuple(step for step, _ in _steps([row.pk]).get(row.pk, ()))


def standing_of(row: Diagnosis) -> rules.Standing:
    """What versions and acts of a diagnosis amount to; callers checked whose."""
    newest = Version.objects.for_system(_PARTS).filter(diagnosis=row).order_by("-number").first()
    assert newest is not None
    return rules.standing(_said(newest), steps_of(row))


def _steps(rows: Collection[int]) -> Mapping[int, tuple[tuple[rules.Step, str], ...]]:
    acts = Act.objects.for_system(_PARTS).filter(diagnosis__in=list(rows)).select_related("by")
    found_: dict[int, list[tuple[rules.Step, str]]] = {}
    for act in acts.order_by("diagnosis", "number"):
        step = rules.Step(act.number, act.kind, act.by_id, act.at, act.version, act.words)
        found_.setdefault(act.diagnosis_id, []).append((step, act.by.name))
    return {pk: tuple(steps) for pk, steps in found_.items()}


def moment_of(row: Diagnosis, now: rules.Standing, at: datetime) -> rules.Moment:
    """What decides beside the acts: the day, the last day of the wait, and the days of the route."""
    day, remedy = people.house().day, remedy_of(row)
    waits = None
    if now.shared is not None:
        leave = Leave.objects.for_system(_LEAVE).filter(person=row.person_id, taken_back_at=None)
        lead = people.manager_of(row.person_id)
        off = people.off_of_teams([lead])[lead] if lead is not None else frozenset()
        waits = rules.waits_until(day(now.shared.at), list(leave.values_list("first", "last")), off)
    if remedy is None:
        return rules.Moment(day(at), waits)
    route: rules.Route = remedy.route  # type: ignore[assignment]
    return rules.Moment(day(at), waits, route, remedy.talk_on, remedy.review_on)


def remedy_of(row: Diagnosis) -> Remedy | None:
    """What follows from a diagnosis, None before it is used; callers checked whose."""
    return Remedy.objects.for_system(_PARTS).filter(diagnosis=row).select_related("owner").first()


def _line(row: Diagnosis, now: rules.Standing, shown: rules.Version | None) -> Line:
    manager = people.manager_of(row.person_id)
    found_ = shown.findings if shown else _shared_version(row, now) if now.shared else now.newest.findings
    return Line(
        row.public_id, people.node(row.person_id), people.node(manager) if manager is not None else None,
        row.look.public_id, now, found_.failing, row.at,
    )  # fmt: skip


def _help(actor: access.Actor, row: Diagnosis, side: rules.Side, at: datetime) -> tuple[int, int] | None:
    """Requests for help that wait for the manager at the first door; what went further is no page of this."""
    manager = people.manager_of(row.person_id)
    if side == "hr" or manager is None:
        return None
    waiting = help_queries.between(actor, row.person_id, manager, at)
    return len(waiting), sum(line.standing.late for line in waiting)

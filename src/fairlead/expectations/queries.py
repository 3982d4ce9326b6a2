"""What was agreed, as its readers may see it. Money is minor units of the organisation's currency."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from django.db.models import Exists, OuterRef, Q

from fairlead.calls import wording as calls_wording
from fairlead.calls.numbers import carriers, leaders
from fairlead.deals import rules as deals
from fairlead.expectations import actions, rules, wording
from fairlead.expectations.models import Answer, Statement
from fairlead.forecasting.periods import Period
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.guard import GuardedQuerySet
from fairlead.people.models import Person


@dataclass(frozen=True, slots=True)
class Signature:
    """Who signed, for which side, when; ``by`` differs from ``name`` where somebody stood in."""

    side: str
    name: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a statement. ``theirs`` is what the superior expects, where it was said."""

    public_id: str
    person: people.Node
    superior: str
    period: str
    version: int
    at: datetime
    expected: int
    target: int | None
    low: int | None
    middle: int | None
    high: int | None
    assumptions: str
    risks: str
    reason: str
    currency: str
    digest: str
    state: rules.State
    agreed_at: datetime | None
    signatures: tuple[Signature, ...]
    theirs: int | None
    their_name: str
    their_reason: str
    newest: bool

    @property
    def words(self) -> str:
        return wording.STATES[self.state]


@dataclass(frozen=True, slots=True)
class Row:
    """A leader in the list: the newest version, and whether it is due."""

    person: people.Node
    version: Version | None
    standing: Literal["done", "due", "overdue", "early"]
    due_on: date
    mine: bool
    may_answer: bool


@dataclass(frozen=True, slots=True)
class Page:
    """One version with everything its reader may do, and the other versions to compare."""

    version: Version
    versions: tuple[Version, ...]
    may_sign: bool
    may_answer: bool
    may_write: bool
    standing: Literal["done", "due", "overdue", "early"]
    due_on: date


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the form for a new version starts from."""

    person: people.Node
    superior: str
    after_version: int
    expected: int | None
    target: int | None
    low: int | None
    middle: int | None
    high: int | None
    assumptions: str
    risks: str


def _visible(actor: access.Actor) -> GuardedQuerySet[Statement]:
    """What the actor may read: signed versions, and unsigned ones only where the actor may write them."""
    rows = Statement.objects.seen_by(actor, "expectation.read")
    signed = Exists(
        Answer.objects.for_system("a version is shown from its first signature on").filter(
            statement=OuterRef("pk"), side="manager"
        )
    )
    where = Q(signed)
    if access.may(actor, "expectation.write"):
        where |= people.scope(actor, "expectation.write", "person")
    return rows.filter(where)


def _versions(actor: access.Actor, rows: Iterable[Statement]) -> list[Version]:
    every = list(rows)
    given: dict[int, list[Answer]] = {}
    answers = Answer.objects.seen_by(actor, "expectation.read").filter(statement__in=[r.pk for r in every])
    for answer in answers.select_related("person", "by").order_by("pk"):
        given.setdefault(answer.statement_id, []).append(answer)
    above = [row.superior_id for row in every if row.superior_id]
    accounts = dict(Person.objects.filter(pk__in=above, user__is_active=True).values_list("pk", "name"))
    names = people.names(above)
    nodes = {node.id: node for node in people.nodes({row.person_id for row in every})}
    last: dict[tuple[int, str], int] = {}
    for row in every:
        key = (row.person_id, row.period)
        last[key] = max(last.get(key, 0), row.version)
    return [
        _version(
            row, given.get(row.pk, []), nodes[row.person_id], names.get(row.superior_id or 0, ""),
            row.superior_id in accounts, row.version == last[row.person_id, row.period],
        )
        for row in every
    ]  # fmt: skip


def _version(
    row: Statement, given: Sequence[Answer], node: people.Node, superior: str, has_account: bool, newest: bool
) -> Version:
    answers = [actions.answer_of(one) for one in given]
    other = next((one for one in given if one.kind == "not_agreed"), None)
    return Version(
        public_id=row.public_id,
        person=node,
        superior=superior,
        period=row.period,
        version=row.version,
        at=row.at,
        expected=row.expected_minor,
        target=row.target_minor,
        low=row.estimate.get("p10"),
        middle=row.estimate.get("p50"),
        high=row.estimate.get("p90"),
        assumptions=row.assumptions,
        risks=row.risks,
        reason=row.reason,
        currency=row.currency,
        digest=row.digest,
        state=rules.state_of(answers, has_account),
        agreed_at=rules.agreed_at(answers),
        signatures=tuple(
            Signature(one.side, one.person.name, one.by.name, one.at) for one in given if one.kind == "signed"
        ),
        theirs=other.number_minor if other else None,
        their_name=other.person.name if other else "",
        their_reason=other.reason if other else "",
        newest=newest,
    )


def newest(actor: access.Actor, persons: Iterable[int], period: str) -> dict[int, Version]:
    """person -> the newest version the actor may read; empty for whoever may read none, such as reps."""
    if not access.may(actor, "expectation.read"):
        return {}
    rows = _visible(actor).filter(person__in=list(persons), period=period).order_by("version")
    last = {row.person_id: row for row in rows}
    return {version.person.id: version for version in _versions(actor, last.values())}


def page(actor: access.Actor, public_id: str, at: datetime) -> Page:
    """One version by public id. Raises NotAllowed or NotFound."""
    row = _visible(actor).filter(public_id=public_id).first()
    if row is None:
        raise access.NotFound("statement")
    same = _visible(actor).filter(person=row.person_id, period=row.period).order_by("-version")
    versions = _versions(actor, same)
    one = next(version for version in versions if version.public_id == public_id)
    period = people.house().calendar.period(row.period)
    today = people.house().day(at)
    signed = any(answer.side == "manager" for answer in one.signatures)
    writes = people.may_on(actor, "expectation.write", row.person_id)
    return Page(
        version=one,
        versions=tuple(versions),
        may_sign=writes and one.newest and not signed,
        may_answer=one.newest
        and signed
        and one.state != "agreed"
        and people.may_on(actor, "expectation.answer", row.person_id),
        may_write=writes and today <= period.ends_on,
        standing=rules.standing(versions[0].state, _asked_from(period), today),
        due_on=rules.due_on(_asked_from(period)),
    )


def listing(actor: access.Actor, period: Period, at: datetime) -> list[Row]:
    """Own, then the direct reports who lead, then whatever else the actor may read of the period, by name."""
    access.require(actor, "expectation.read")
    today, asked_from = people.house().day(at), _asked_from(period)
    rows = _visible(actor).filter(period=period.name).order_by("version")
    last = {row.person_id: row for row in rows}
    versions = {version.person.id: version for version in _versions(actor, last.values())}
    wanted = set(versions)
    if actor.person is not None and access.may(actor, "expectation.write"):
        reports = [node.id for node in carriers(actor.id, at)]
        wanted |= leaders(reports) | ({actor.id} if leaders([actor.id]) else set())
    found = [
        Row(
            person=node,
            version=versions.get(node.id),
            standing=rules.standing(_state(versions.get(node.id)), asked_from, today),
            due_on=rules.due_on(asked_from),
            mine=node.id == actor.person,
            may_answer=node.id in versions and node.manager is not None and node.manager == actor.person,
        )
        for node in people.nodes(wanted)
    ]
    return sorted(found, key=lambda row: (not row.mine, not row.may_answer, row.person.name))


def _asked_from(period: Period) -> date:
    """From when a statement of the period is asked for: its first day, or the organisation's first day here."""
    house = people.house()
    return period.starts_on if house.begun_at is None else max(period.starts_on, house.day(house.begun_at))


def _state(version: Version | None) -> rules.State:
    return "none" if version is None else version.state


def proposal(actor: access.Actor, person: int, period: Period, at: datetime) -> Proposal:
    """What a new version starts from: the newest one, else the estimate. Raises by ``expectation.write``."""
    people.require_on(actor, "expectation.write", person)
    node = people.node(person)
    last = newest(actor, [person], period.name).get(person)
    known = actions.range_of(person, period, at)
    middle = known.get("p50")
    return Proposal(
        person=node,
        superior=people.names([node.manager]).get(node.manager, "") if node.manager else "",
        after_version=last.version if last else 0,
        expected=last.expected if last else int(str(middle)) if middle is not None else None,
        target=actions.target_of(person, period, at),
        low=_int(known.get("p10")),
        middle=_int(middle),
        high=_int(known.get("p90")),
        assumptions=last.assumptions if last else "",
        risks=last.risks if last else "",
    )


def _int(value: object) -> int | None:
    return None if value is None else int(str(value))


def as_text(actor: access.Actor, public_id: str, at: datetime) -> str:
    """A version as plain text, for a superior without an account."""
    one, zone = page(actor, public_id, at).version, people.house().time_zone
    said = wording.Said(
        name=one.person.name, team=one.person.team, period=one.period, version=one.version,
        written=calls_wording.moment(one.at, zone), expected=one.expected, low=one.low, middle=one.middle,
        high=one.high, target=one.target, assumptions=one.assumptions, risks=one.risks, reason=one.reason,
        state=one.state, theirs=one.theirs, their_name=one.their_name, their_reason=one.their_reason,
        signatures=tuple((s.name, calls_wording.moment(s.at, zone)) for s in one.signatures),
    )  # fmt: skip
    return wording.as_text(said, lambda minor: deals.spoken(minor, one.currency))

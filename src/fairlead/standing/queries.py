"""Reading standing: one's own, and that of direct reports. Peers are figures without names."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from fairlead.forecasting.periods import Period
from fairlead.grounds import queries as grounds
from fairlead.grounds.rules import Rule
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.models import Person, Reach, RoleGrant
from fairlead.records import queries as records
from fairlead.standing import measuring, rules
from fairlead.standing.measuring import Closed, SeatSaid
from fairlead.standing.models import Leave, LeaveReason, Seat

QUARTERS = 8
MOST_PEERS = 200
"""Of more role peers those nearest by the reporting tree are looked at."""
LATE_DAYS = 15
"""A deal signed so many days after a quarter is named beside it."""


@dataclass(frozen=True, slots=True)
class Quarter:
    """One quarter of a seller. Money in minor units of the organisation's currency.

    ``won``: the amounts of the deals won. ``late``: those won within LATE_DAYS after it. ``percent`` and ``under`` are
    None where nothing was asked, and while the quarter runs ``under`` is None too.
    """

    period: Period
    over: bool
    seat: SeatSaid
    given: rules.Given
    asked: rules.Asked
    won: tuple[int, ...]
    late: tuple[int, ...]
    win_rate: rules.Rate
    size: int | None
    cycle: int | None
    created: int
    percent: int | None
    under: bool | None
    without_largest: rules.OneDeal | None
    with_late: rules.OneDeal | None
    first_target: rules.OneDeal | None

    @property
    def won_minor(self) -> int:
        return sum(self.won)


@dataclass(frozen=True, slots=True)
class Habits:
    """Figures of four quarters: deals won of those closed, the middle won deal, its days, deals opened a quarter.

    ``attained``: won of what was asked in all of them; ``coverage``: the middle of what was open as they began, in
    percent of what was asked; None where it was not reckoned or nothing is known.
    """

    win_rate: rules.Rate
    size: int | None
    cycle: int | None
    created: int | None
    attained: int | None = None
    coverage: int | None = None


@dataclass(frozen=True, slots=True)
class Beside:
    """The role peers of a quarter: how many there were, and their attainment without names."""

    period: Period
    peers: rules.Peers


@dataclass(frozen=True, slots=True)
class Standing:
    """A seller's results, newest quarter first. ``now`` is the one that runs; ``run`` the newest ones under the line.

    ``own`` are the last four closed quarters, ``before`` the four before them, ``peers`` the role peers in the last
    four, None where they are too few.
    """

    person: people.Node
    mine: bool
    seat: SeatSaid
    rule: Rule
    since: date
    now: Quarter
    quarters: tuple[Quarter, ...]
    beside: tuple[Beside, ...]
    run: int
    own: Habits
    before: Habits
    peers: Habits | None
    peer_count: int
    away_now: bool
    covers: Mapping[str, int]
    """quarter -> what was open as it began, in percent of what was asked"""


@dataclass(frozen=True, slots=True)
class Row:
    """A direct report in a manager's list: the last closed quarters, oldest first, as (period, percent, under)."""

    person: people.Node
    job: str
    segment: str
    quarters: tuple[tuple[Period, int | None, bool | None], ...]
    run: int


def quarters_before(at: datetime, count: int = QUARTERS) -> list[Period]:
    """The closed quarters before a moment, oldest first."""
    house = people.house()
    period = house.calendar.quarter_of(house.day(at))
    found: list[Period] = []
    for _ in range(count):
        period = house.calendar.previous(period)
        found.insert(0, period)
    return found


def running(at: datetime) -> Period:
    """The quarter that runs."""
    house = people.house()
    return house.calendar.quarter_of(house.day(at))


def require_readable(actor: access.Actor, person: int, at: datetime) -> None:
    """Raises NotAllowed, or NotFound for whom the actor may not see or in whose unit nothing runs."""
    people.require_on(actor, "standing.read", person, "standing")
    if not _covered([person], at):
        raise access.NotFound("standing")


def _covered(persons: Collection[int], at: datetime) -> set[int]:
    day = people.house().day(at)
    return set(grounds.in_force(persons, day)) & measuring.sellers(persons, day)


def runs_for(actor: access.Actor, at: datetime) -> bool:
    """Whether the actor is a seller in whose unit results are looked at."""
    return actor.person is not None and bool(_covered([actor.id], at))


def runs_below(actor: access.Actor, at: datetime) -> bool:
    """Whether anybody's results below a leader are looked at."""
    if actor.person is None or not access.may(actor, "standing.read"):
        return False
    return bool(grounds.in_force(people.below(actor.id, 2), people.house().day(at)))


def of_reports(actor: access.Actor, at: datetime) -> list[Row]:
    """The direct reports whose results are looked at, by name."""
    access.require(actor, "standing.read")
    mates = people.reached(actor, "standing.read", [one.id for one in people.reports(actor.id)])
    here = _covered(mates - {actor.id}, at)
    if not here:
        return []
    periods, rule = quarters_before(at, 4), grounds.rule(at)
    facts = measured(here, periods, rule, at)
    rows = []
    for node in people.nodes(here):
        quarters = [facts[node.id, period.name] for period in periods]
        rows.append(
            Row(
                node, quarters[-1].seat.job, quarters[-1].seat.segment,
                tuple((one.period, one.percent, one.under) for one in quarters),
                rules.run_length([one.under for one in quarters]),
            )
        )  # fmt: skip
    return rows


def of(actor: access.Actor, person: int, at: datetime) -> Standing:
    """One seller's standing. Raises NotAllowed, NotFound."""
    require_readable(actor, person, at)
    rule, past, now = grounds.rule(at), quarters_before(at), running(at)
    facts = measured([person], [*past, now], rule, at)
    quarters = [facts[person, period.name] for period in past]
    shown = [one for one in quarters if one.asked.present or one.won]
    mates = peers_of(person, now, at)
    theirs = measured(mates, past[-4:], rule, at) if mates else {}
    ground = grounds.in_force([person], people.house().day(at))[person]
    recent, earlier = quarters[-4:], quarters[-8:-4]
    enough = len(mates) >= rules.LEAST_PEERS
    covers = _covered_of([person], facts, [*past, now])
    beside = _covered_of(mates[:MOST_COVERED], theirs, past[-4:]) if enough else {}
    peers = together(theirs, mates, past[-4:]) if enough else None
    return Standing(
        person=people.node(person),
        mine=person == actor.person,
        seat=facts[person, now.name].seat,
        rule=rule,
        since=grounds.runs_since(ground),
        now=facts[person, now.name],
        quarters=tuple(reversed(shown)),
        beside=tuple(Beside(period, _beside(theirs, mates, period)) for period in reversed(past[-4:])),
        run=rules.run_length([one.under for one in quarters]),
        own=replace(habits(recent), coverage=_middle_of(covers, past[-4:])),
        before=replace(habits(earlier), coverage=_middle_of(covers, past[-8:-4])),
        peers=replace(peers, coverage=_middle_of(beside, past[-4:])) if peers is not None else None,
        covers={name: percent for (_, name), percent in covers.items()},
        peer_count=len(mates),
        away_now=any(span.has(people.house().day(at)) for span in facts[person, now.name].given.away),
    )


def asked_now(actor: access.Actor, at: datetime) -> tuple[str, rules.Asked] | None:
    """The quarter that runs and what it really asks of the actor, where that is less than the target says.

    None where results are not looked at, or where nothing but the target counts.
    """
    if not runs_for(actor, at):
        return None
    now = running(at)
    found = measured([actor.id], [now], grounds.rule(at), at).get((actor.id, now.name))
    if found is None or found.asked.minor is None or not found.asked.reduced:
        return None
    return now.name, found.asked


def _beside(theirs: Mapping[tuple[int, str], Quarter], mates: Collection[int], period: Period) -> rules.Peers:
    known = [theirs[mate, period.name] for mate in mates]
    asked = [one for one in known if one.percent is not None]
    return rules.peers([one.percent or 0 for one in asked], [bool(one.under) for one in asked])


def habits(quarters: Sequence[Quarter]) -> Habits:
    """The figures of some quarters together."""
    there = [one for one in quarters if one.asked.present]
    return Habits(
        rules.rate(sum(one.win_rate.hits for one in quarters), sum(one.win_rate.cases for one in quarters)),
        rules.middle([minor for one in quarters for minor in one.won]),
        rules.middle([one.cycle for one in quarters if one.cycle is not None]),
        rules.middle([one.created for one in there]),
        rules.percent(
            sum(one.won_minor for one in quarters if one.asked.minor),
            sum(one.asked.minor or 0 for one in quarters),
        ),
    )


MOST_COVERED = 30
"""Of more role peers the coverage is that of so many, the first by key: a middle of many is not worth the time."""


def _covered_of(
    persons: Sequence[int], facts: Mapping[tuple[int, str], Quarter], periods: Sequence[Period]
) -> dict[tuple[int, str], int]:
    """(person, quarter) -> coverage in percent, of those that are known."""
    found = {}
    for period in periods:
        known = measuring.opening(persons, period)
        for person in persons:
            quarter = facts.get((person, period.name))
            asked = quarter.asked.minor if quarter is not None else None
            if (percent := rules.coverage(known.get(person), asked)) is not None:
                found[person, period.name] = percent
    return found


def _middle_of(found: Mapping[tuple[int, str], int], periods: Sequence[Period]) -> int | None:
    names = {one.name for one in periods}
    return rules.middle([percent for (_, name), percent in found.items() if name in names])


def together(
    theirs: Mapping[tuple[int, str], Quarter], mates: Collection[int], periods: Sequence[Period]
) -> Habits:
    """The figures of role peers together, without names; callers checked that they are enough."""
    return habits([theirs[mate, period.name] for mate in sorted(mates) for period in periods])


# Measuring


def measured(
    persons: Collection[int], periods: Sequence[Period], rule: Rule, at: datetime
) -> dict[tuple[int, str], Quarter]:
    """(person, quarter) -> what it was. Of quarters in a row; callers checked whose."""
    house, day = people.house(), people.house().day(at)
    parts = {one.name: _parts(one) for one in periods}
    given = measuring.given(persons, [part for several in parts.values() for part in several], rule.ramps, at)
    first, last = periods[0].starts_on, min(periods[-1].ends_on + timedelta(days=LATE_DAYS), day)
    ended = measuring.closed(persons, first, last)
    opened = measuring.created(persons, first, last)
    seats = measuring.seats_of(persons)
    by_person: dict[int, list[Closed]] = {}
    for end in ended:
        by_person.setdefault(end.owner, []).append(end)
    found = {}
    for person in persons:
        if person not in seats:
            continue
        for period in periods:
            several = [given[person, part.name] for part in parts[period.name]]
            asked = rules.together([rules.asked(one) for one in several])
            found[person, period.name] = _quarter(
                period, period.ends_on < house.day(at), measuring.seat_on(seats[person], period.ends_on),
                replace(several[-1], period=period) if len(several) > 1 else several[0],
                asked, by_person.get(person, ()),
                sum(1 for owner, born in opened if owner == person and period.contains(born)), rule,
            )  # fmt: skip
    return found


def _parts(quarter: Period) -> list[Period]:
    """What targets are set for: the quarter, or its months."""
    house = people.house()
    if house.period_kind != "month":
        return [quarter]
    return house.calendar.periods_between(quarter.starts_on, quarter.ends_on, "month")


def _quarter(
    period: Period, over: bool, seat: SeatSaid, given: rules.Given, asked: rules.Asked, ended: Sequence[Closed],
    created: int, rule: Rule,
) -> Quarter:  # fmt: skip
    inside = [one for one in ended if period.contains(one.closed_on)]
    won = [one for one in inside if one.won]
    amounts = tuple(sorted((one.minor for one in won if one.minor), reverse=True))
    after = [
        one.minor
        for one in ended
        if one.won and one.minor and 0 < (one.closed_on - period.ends_on).days <= LATE_DAYS
    ]
    minor, total = asked.minor or 0, sum(amounts)
    single = len(_parts(period)) == 1
    return Quarter(
        period=period, over=over, seat=seat, given=given, asked=asked, won=amounts, late=tuple(after),
        win_rate=rules.rate(len(won), len(inside)), size=rules.middle(amounts),
        cycle=rules.middle([one.days for one in won if one.days is not None]), created=created,
        percent=rules.percent(total, asked.minor),
        under=rules.under(total, minor, rule.line) if over and asked.minor else None,
        without_largest=rules.without_largest(amounts, minor, rule.line),
        with_late=rules.with_late(total, after, minor, rule.line) if over else None,
        first_target=rules.against_first_target(given, total, rule.line) if single else None,
    )  # fmt: skip


def peers_of(person: int, period: Period, at: datetime) -> list[int]:
    """The role peers of a quarter's last day: same job and segment, results looked at, not oneself."""
    day = min(period.ends_on, people.house().day(at))
    grants = RoleGrant.objects.filter(role="rep", starts_on__lte=day).exclude(ends_on__lte=day)
    sellers = measuring.sellers(set(grants.values_list("person_id", flat=True)), day)
    here = {pk for pk in grounds.in_force(sellers, people.house().day(at)) if pk in sellers} | {person}
    seats = measuring.seats_of(here)
    own = measuring.seat_on(seats[person], day)
    mates = {
        pk for pk in here if pk != person and measuring.same_seat(measuring.seat_on(seats[pk], day), own)
    }
    return sorted(_nearest(person, mates))


def _nearest(person: int, mates: set[int]) -> set[int]:
    """All of them, or of many those under the highest leader above who has few enough."""
    if len(mates) <= MOST_PEERS:
        return mates
    for boss in reversed(people.chain(person)[1:]):
        below = mates & set(Reach.objects.filter(boss=boss).values_list("member_id", flat=True))
        if len(below) <= MOST_PEERS:
            return below
    return set()


# Role peers by name, where a country says so


@dataclass(frozen=True, slots=True)
class Compared:
    """The role peers that may be named beside a person: names, and how many stay figures."""

    names: tuple[str, ...]
    others: int


def compared(actor: access.Actor, person: int, at: datetime) -> Compared | None:
    """Who the role peers are, for the manager and HR, where the rule of the person's country says so; else None.

    A peer whose own country keeps them unnamed stays a figure. What somebody attained is never among it, and the person
    reads no name of it. Nothing of it is kept.
    """
    if actor.person is None or actor.person == person or not records.named_comparisons(person, at):
        return None
    if not any(people.may_on(actor, act, person) for act in ("look.decide", "look.register")):
        return None
    mates = peers_of(person, running(at), at)
    if len(mates) < rules.LEAST_PEERS:
        return None
    named = [mate for mate in mates if mate != actor.person and records.named_comparisons(mate, at)]
    names = people.names(named)
    return Compared(tuple(sorted(names.values())), len(mates) - len(names))


# Seats and leave


@dataclass(frozen=True, slots=True)
class SeatLine:
    """A seat as it is kept, with who said it."""

    public_id: str
    person: people.Node
    job: str
    segment: str
    starts_on: date
    ramps: bool
    at: datetime
    by: str


def seats(actor: access.Actor, *, person: int | None = None) -> list[SeatLine]:
    """The seats that were set, newest first. Raises NotAllowed."""
    rows = Seat.objects.seen_by(actor, "seat.read").filter(taken_back_at=None).select_related("by")
    if person is not None:
        rows = rows.filter(person=person)
    kept = list(rows.order_by("-starts_on", "-pk")[:500])
    nodes = {node.id: node for node in people.nodes({row.person_id for row in kept})}
    return [
        SeatLine(
            row.public_id,
            nodes[row.person_id],
            row.job,
            row.segment,
            row.starts_on,
            row.ramps,
            row.at,
            row.by.name,
        )
        for row in kept
    ]


@dataclass(frozen=True, slots=True)
class LeaveLine:
    """A leave as its reader sees it; ``reason`` is '' where it is not the reader's to see."""

    public_id: str
    person: people.Node
    first: date
    last: date | None
    reason: str
    at: datetime
    by: str


def leaves(actor: access.Actor, *, person: int | None = None) -> list[LeaveLine]:
    """The leave the actor may read with its reason: own, and of the units one is HR partner of. Raises NotAllowed."""
    rows = Leave.objects.seen_by(actor, "leave.read").filter(taken_back_at=None).select_related("by")
    if person is not None:
        rows = rows.filter(person=person)
    kept = list(rows.order_by("-first", "-pk")[:500])
    why = dict(
        LeaveReason.objects.seen_by(actor, "leave.read")
        .filter(leave__in=[row.pk for row in kept])
        .values_list("leave_id", "words")
    )
    nodes = {node.id: node for node in people.nodes({row.person_id for row in kept})}
    return [
        LeaveLine(
            row.public_id, nodes[row.person_id], row.first, row.last, why.get(row.pk, ""), row.at, row.by.name
        )
        for row in kept
    ]


def unit_of(actor: access.Actor) -> list[people.Node]:
    """The people whose leave the actor writes down, by name."""
    here = Person.objects.filter(people.scope(actor, "leave.keep", "pk"), voided_at=None, ends_on=None)
    return people.nodes(here.values_list("pk", flat=True))

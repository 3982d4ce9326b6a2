"""What sellers were asked, were dealt and won, quarter by quarter. Takes persons: for callers that checked access.

A deal belongs to whoever had it on the day it closed, so that a book handed over later moves nobody's past.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from fairlead.calls.models import Target
from fairlead.deals import queries as deals
from fairlead.deals import shares, splits
from fairlead.deals.models import Deal, PastOwner
from fairlead.forecasting.periods import Period
from fairlead.people import access
from fairlead.people import queries as people
from fairlead.people.models import Person, Reach, RoleGrant
from fairlead.standing import rules
from fairlead.standing.models import Leave, Seat

_SUMS = "results of sellers and of their role peers, as sums and counts; callers checked whose"
_DEALT = (
    "the deals a seller and the role peers were dealt, for the chance that a run is luck; no names are shown"
)


@dataclass(frozen=True, slots=True)
class SeatSaid:
    """A seat as it counts: job, segment, since when (None: for long), and whether a ramp begins with it."""

    job: str
    segment: str
    since: date | None
    ramps: bool


@dataclass(frozen=True, slots=True)
class Closed:
    """A deal that was won or lost, with its seller of that day. Minor units; None where no amount is known."""

    id: int
    owner: int
    won: bool
    minor: int | None
    created_on: date | None
    closed_on: date

    @property
    def days(self) -> int | None:
        """How long it ran."""
        return (self.closed_on - self.created_on).days if self.created_on else None


def sellers(persons: Collection[int], on: date) -> set[int]:
    """Those who are reps on a day and lead nobody."""
    grants = RoleGrant.objects.filter(role="rep", starts_on__lte=on).exclude(ends_on__lte=on)
    if len(persons) <= 500:
        grants = grants.filter(person__in=list(persons))
    lead = set(Reach.objects.filter(depth=1).values_list("boss_id", flat=True))
    return (set(grants.values_list("person_id", flat=True)) & set(persons)) - lead


def seats_of(persons: Collection[int]) -> dict[int, list[SeatSaid]]:
    """person -> seats, oldest first. Where none was set: the title as job, from the first day on, with its ramp."""
    found: dict[int, list[SeatSaid]] = {}
    rows = Seat.objects.for_system(_SUMS).filter(person__in=list(persons), taken_back_at=None)
    for row in rows.order_by("person", "starts_on"):
        found.setdefault(row.person_id, []).append(SeatSaid(row.job, row.segment, row.starts_on, row.ramps))
    for pk, title, since in Person.objects.filter(pk__in=list(persons)).values_list(
        "pk", "title", "starts_on"
    ):
        said = found.setdefault(pk, [])
        if not said or (since is not None and said[0].since is not None and said[0].since > since):
            said.insert(0, SeatSaid(title or "Seller", "", since, ramps=True))
    return found


def seat_on(seats: Sequence[SeatSaid], day: date) -> SeatSaid:
    """The seat of a day; the first one before it began."""
    held = [seat for seat in seats if seat.since is None or seat.since <= day]
    return held[-1] if held else seats[0]


def same_seat(one: SeatSaid, other: SeatSaid) -> bool:
    """Whether two seats are role peers: same job, same segment."""
    return _words(one.job) == _words(other.job) and _words(one.segment) == _words(other.segment)


def _words(text: str) -> str:
    return " ".join(text.lower().split())


def given(
    persons: Collection[int],
    periods: Sequence[Period],
    ramp: Mapping[str, tuple[int, ...]],
    at: datetime,
) -> dict[tuple[int, str], rules.Given]:
    """(person, period) -> what a quarter is reckoned from. ``ramp``: job in lower case -> shares; "" is the rest."""
    zone, seats = ZoneInfo(people.house().time_zone), seats_of(persons)
    targets = _targets(persons, [one.name for one in periods], zone, at)
    away: dict[int, list[rules.Span]] = {}
    rows = Leave.objects.for_system(_SUMS).filter(person__in=list(persons), taken_back_at=None)
    for row in rows.order_by("first"):
        away.setdefault(row.person_id, []).append(rules.Span(row.first, row.last))
    dates = Person.objects.filter(pk__in=list(persons)).values_list("pk", "starts_on", "ends_on")
    here = {
        pk: rules.Span(first or date.min, last - timedelta(days=1) if last else None)
        for pk, first, last in dates
    }
    leads = dict(Reach.objects.filter(member__in=list(persons), depth=1).values_list("member_id", "boss_id"))
    off = people.off_of_teams(set(leads.values()))
    found = {}
    for person in here:
        for period in periods:
            seat = seat_on(seats[person], period.ends_on)
            shares = ramp.get(_words(seat.job), ramp.get("", ()))
            found[person, period.name] = rules.Given(
                period=period,
                targets=targets.get((person, period.name), []),
                here=here[person],
                seats=[one.since for one in seats[person] if one.ramps and one.since is not None],
                away=away.get(person, ()),
                ramp=rules.Ramp(shares),
                off=off.get(leads.get(person, 0), frozenset()),
            )
    return found


def _targets(
    persons: Collection[int], periods: Sequence[str], zone: ZoneInfo, at: datetime
) -> dict[tuple[int, str], list[rules.Said]]:
    rows = Target.objects.for_system(_SUMS).filter(person__in=list(persons), period__in=periods, type="new")
    home, rates = people.house().currency, deals.rates()
    found: dict[tuple[int, str], list[rules.Said]] = {}
    columns = "person_id", "period", "amount_minor", "currency", "set_at"
    for person, period, minor, currency, set_at in (
        rows.filter(set_at__lte=at).order_by("pk").values_list(*columns)
    ):
        day = set_at.astimezone(zone).date()
        held = minor if currency == home else rates.convert(minor, currency, day)
        said = found.setdefault((person, period), [])
        if held is None or (said and said[-1].minor == held):
            continue
        if said and said[-1].on == day:
            said.pop()
        said.append(rules.Said(held, day))
    return found


def closed(persons: Collection[int], first: date, last: date) -> list[Closed]:
    """Deals won or lost in these days by these persons, each with whoever had it when it closed.

    A deal that was divided on that day is one for each share, with its part of the amount.
    """
    wanted = list(persons)
    moved = PastOwner.objects.for_system(_SUMS).filter(name__person__in=wanted).values("deal")
    shared = splits.ever_held(wanted) if splits.any_at_all() else []
    rows = (
        Deal.objects.for_system(_SUMS)
        .filter(Q(owner__in=wanted) | Q(pk__in=moved) | Q(pk__in=shared), closed_on__range=(first, last))
        .filter(deals.counted_won() | Q(status="lost"))
        .values_list("pk", "owner_id", "status", "home_minor", "created_on", "closed_on")
    )
    found = [row for row in rows if row[5] is not None]
    whose = deals.owners_over([row[0] for row in found])
    divisions = splits.said_of([row[0] for row in found])
    zone, here = ZoneInfo(people.house().time_zone), set(wanted)
    ended = []
    for pk, owner, status, minor, created, day in found:
        if day is None:
            continue
        for seller, part in _held_on(divisions.get(pk, ()), _owner_on(whose.get(pk), day, zone, owner), day):
            if seller in here:
                share = part.of(minor) if minor is not None else None
                ended.append(Closed(pk, seller, status == "won", share, created, day))
    return ended


def opening(persons: Collection[int], period: Period) -> dict[int, int]:
    """person -> the amounts that were open as a quarter began, with a close date in it, as they were known then.

    Nobody of whom no deal was known by then: of them nothing can be said.
    """
    zone = ZoneInfo(people.house().time_zone)
    instant = datetime.combine(period.starts_on, time(), zone)
    here, found = set(persons), dict[int, int]()
    for one in deals.state_as_of(access.system(_SUMS), list(persons), instant):
        if one.owner not in here:
            continue
        counts = (
            one.status == "open"
            and not one.missing
            and one.close_on is not None
            and period.contains(one.close_on)
        )
        found[one.owner] = found.get(one.owner, 0) + ((one.amount or 0) if counts else 0)
    return found


def _held_on(said: Sequence[shares.Said], owner: int | None, day: date) -> list[tuple[int, shares.Part]]:
    """Who held which part of a deal on a day: its shares, or whoever had it."""
    division = shares.in_force(said, day)
    parts = shares.parts(division.shares) if division is not None else ()
    if not parts:
        return [(owner, shares.Part(owner))] if owner is not None else []
    return [(part.person, part) for part in parts]


def _owner_on(
    known: Sequence[tuple[datetime, int | None]] | None, day: date | None, zone: ZoneInfo, today: int | None
) -> int | None:
    if not known or day is None:
        return today
    end = datetime.combine(day, time.max, zone)
    had = [owner for since, owner in known if since <= end]
    return had[-1] if had else known[0][1]


def created(persons: Collection[int], first: date, last: date) -> list[tuple[int, date]]:
    """(seller, day) of every deal that was opened in these days, by its owner of today."""
    rows = Deal.objects.for_system(_SUMS).filter(owner__in=list(persons), created_on__range=(first, last))
    return [(owner, day) for owner, day in rows.values_list("owner_id", "created_on") if owner and day]


@dataclass(frozen=True, slots=True)
class Dealt:
    """A deal that could have been won in a period. ``before``: open when it began; else it came and closed in it."""

    id: int
    owner: int
    minor: int
    before: bool
    won: bool


def dealt(persons: Collection[int], period: Period, ended: Iterable[Closed]) -> list[Dealt]:
    """The deals these persons were dealt in a period: open at its start and due by its end, or closed in it.

    ``ended``: what they closed in the period. A deal that was open at its start belongs to who had it then, unless it
    closed. Deals without an amount bring nothing and are left out.
    """
    zone = ZoneInfo(people.house().time_zone)
    start = datetime.combine(period.starts_on, time.min, zone)
    known: dict[int, list[Closed]] = {}
    for one in ended:
        if period.contains(one.closed_on):
            known.setdefault(one.id, []).append(one)
    system, here = access.system(_DEALT), set(persons)
    found: list[Dealt] = []
    before: set[int] = set()
    for state in deals.state_as_of(system, here, start):
        due = state.status == "open" and not state.missing and state.close_on is not None
        if not due or state.owner is None or state.close_on is None:
            continue
        if state.id in known:
            before.add(state.id)
        elif state.amount and state.owner in here and state.close_on <= period.ends_on:
            found.append(Dealt(state.id, state.owner, state.amount, True, False))
    return found + [
        Dealt(end.id, end.owner, end.minor, end.id in before, end.won)
        for several in known.values()
        for end in several
        if end.minor
    ]

"""The pressure calendar: days on which questions from above are likely. Dates only, and never a person's mood."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q

from fairlead.calls import actions as calls
from fairlead.desk import sending
from fairlead.desk.models import PressureDay, PressureDayEnd
from fairlead.ledger import actions as ledger
from fairlead.people import access, telling
from fairlead.people import queries as people
from fairlead.people.access import Role
from fairlead.people.guard import GuardedQuerySet
from fairlead.people.models import Person, Team
from fairlead.people.workdays import day_words

MOST = 200


@dataclass(frozen=True, slots=True)
class DayLine:
    """A day of the calendar. ``public_id`` is '' for the end of a period, which is known without being kept."""

    public_id: str
    on: date
    kind: str
    own: bool
    may_take_back: bool

    @property
    def words(self) -> str:
        return "End of the period" if self.kind == sending.PERIOD_END else sending.PRESSURE[self.kind]


@transaction.atomic
def keep(*, by: access.Actor, at: datetime, on: date, kind: str) -> PressureDay:
    """Keep a day: of the organisation where sales operations does, else of the actor's own desk; once.

    Raises Refused: bad_kind, bad_day; NotAllowed.
    """
    access.require(by, "pressure_day.keep")
    sending.refuse_day(kind, on, people.house().day(at))
    person = None if Role.SALES_OPS in by.roles else by.id
    known = _standing(PressureDay.objects.for_system("a day is kept once")).filter(
        on=on, kind=kind, person=person
    )
    if (row := known.first()) is not None:
        return row
    row = PressureDay.objects.create(on=on, kind=kind, person_id=person, by_id=by.id, at=at)
    _record("desk.pressure_day", by, at, row)
    return row


@transaction.atomic
def take_back(*, by: access.Actor, at: datetime, day: str) -> PressureDay:
    """Take a day (public id) back that the actor may keep. Raises NotAllowed, NotFound."""
    access.require(by, "pressure_day.keep")
    row = _seen(by).filter(_kept_by(by), public_id=day).first()
    if row is None:
        raise access.NotFound("day")
    PressureDayEnd.objects.create(day=row, by_id=by.id, at=at)
    _record("desk.pressure_day_taken_back", by, at, row)
    return row


def _kept_by(actor: access.Actor) -> Q:
    """Whose days somebody may take back: the organisation's for sales operations, else the own ones."""
    return Q(person=None) if Role.SALES_OPS in actor.roles else Q(person=actor.id)


def _standing(rows: GuardedQuerySet[PressureDay]) -> GuardedQuerySet[PressureDay]:
    ended = PressureDayEnd.objects.for_system("a day that was taken back stands no more").values("day")
    return rows.exclude(pk__in=ended)


def _seen(actor: access.Actor) -> GuardedQuerySet[PressureDay]:
    """The days of the organisation, and those of the actor's own desk."""
    access.require(actor, "pressure_day.read")
    rows = PressureDay.objects.for_system("days of the organisation stand on every desk, own ones on the own")
    return _standing(rows).filter(Q(person=None) | Q(person=actor.person))


def _record(kind: str, by: access.Actor, at: datetime, row: PressureDay) -> None:
    ledger.append(
        kind=kind, by=by.ref, at=at, subject_kind="pressure_day", subject=row.public_id,
        facts={"on": row.on.isoformat(), "kind": row.kind},
    )  # fmt: skip


# Reading


def listing(actor: access.Actor, at: datetime) -> list[DayLine]:
    """The days to come, with the ends of this period and the next one. Raises NotAllowed."""
    today = people.house().day(at)
    rows = _seen(actor).filter(on__gte=today).order_by("on", "pk")[:MOST]
    mine = Role.SALES_OPS in actor.roles
    may = access.may(actor, "pressure_day.keep")
    lines = [
        DayLine(
            row.public_id,
            row.on,
            row.kind,
            row.person_id is not None,
            may and (row.person_id is None) == mine,
        )
        for row in rows
    ]
    ends = [DayLine("", on, sending.PERIOD_END, False, False) for on in _period_ends(today)]
    return sorted([*lines, *ends], key=lambda line: (line.on, line.kind))


def _period_ends(today: date) -> list[date]:
    house = people.house()
    this = house.period(today)
    return [this.ends_on, house.period(this.ends_on + timedelta(days=1)).ends_on]


def ahead(actor: access.Actor, at: datetime) -> list[DayLine]:
    """The days that are at most two working days away, for the desk of the actor."""
    if not access.may(actor, "pressure_day.read"):
        return []
    off = calls.rhythm_of(actor.id).off
    today = people.house().day(at)
    return [line for line in listing(actor, at) if sending.is_ahead(line.on, today, off)]


# The clock


@transaction.atomic
def watch(*, by: access.Actor, at: datetime) -> int:
    """Tell managers once of a day that is two working days away: the calm card is ready. How many were told."""
    access.require(by, "import.run")
    today = people.house().day(at)
    near = today + timedelta(days=14)
    rows = _standing(PressureDay.objects.for_system("the clock tells of days that are near"))
    kept = [(row.on, row.kind, row.person_id) for row in rows.filter(on__gte=today, on__lte=near)]
    days = [*kept, *((on, sending.PERIOD_END, None) for on in _period_ends(today) if on <= near)]
    if not days:
        return 0
    leads = _leads(today)
    off = people.off_of_teams(leads)
    told = 0
    for lead in leads:
        for on, kind, person in days:
            if person in (None, lead) and sending.is_ahead(on, today, off[lead]):
                told += _once(by, at, lead, DayLine("", on, kind, False, False))
    return told


def _leads(today: date) -> list[int]:
    """Who leads a team and has a desk today."""
    present = Person.objects.filter(
        Q(ends_on=None) | Q(ends_on__gt=today), voided_at=None, user__isnull=False
    )
    return list(Team.objects.filter(lead__in=present).values_list("lead_id", flat=True).order_by("lead_id"))


def _once(by: access.Actor, at: datetime, reader: int, day: DayLine) -> int:
    facts: dict[str, str] = {"what": day.words, "on": day_words(day.on)}
    path = "/desk/answer/"
    return telling.tell_once(reader, by=by, kind="desk.pressure_day", facts=facts, at=at, path=path)

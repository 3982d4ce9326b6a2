"""The manager record: numbers said week by week in past periods, the estimate beside them, and what came.

Counts, dates and money, no score of a person. The person reads a period's record at once, others from the fifth
working day after its end.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from fairlead.calls import estimates as stored
from fairlead.calls import numbers, rules
from fairlead.calls.models import EstimateRun
from fairlead.calls.queries.periods import PAST, past_periods, period_at
from fairlead.forecasting.periods import Period
from fairlead.people import access
from fairlead.people import queries as people


@dataclass(frozen=True, slots=True)
class WeekSaid:
    """What stood at the end of one week: the number sent, and the estimate stored then, each if there was one."""

    week: int
    number: int | None
    p10: int | None
    p50: int | None
    p90: int | None


@dataclass(frozen=True, slots=True)
class PeriodRecord:
    """One ended period. ``target`` as it stood at its end: the leader's own, or what the last number was sent beside;
    ``others_from`` is the day others may read it.
    """

    period: str
    weeks: tuple[WeekSaid, ...]
    came: int
    target: int | None
    first_sent_at: datetime | None
    sent: int
    late: int
    others_from: date


@dataclass(frozen=True, slots=True)
class WeekRecord:
    """All periods at one week of the period: how the numbers and the estimates leant."""

    week: int
    numbers: rules.Leaning
    estimates: rules.Leaning
    inside: tuple[int, int]
    """in how many periods what came lay inside the estimate's 8 in 10, and of how many"""


@dataclass(frozen=True, slots=True)
class ManagerRecord:
    """A leader's record, oldest period first. ``kept_back`` periods are the person's alone for some days yet."""

    person: people.Node
    mine: bool
    week: int
    currency: str
    periods: tuple[PeriodRecord, ...]
    weeks: tuple[WeekRecord, ...]
    kept_back: int

    @property
    def now(self) -> WeekRecord | None:
        """The record at today's week of the period."""
        return next((week for week in self.weeks if week.week == self.week), None)


def manager_record(actor: access.Actor, person: int, at: datetime, *, periods: int = PAST) -> ManagerRecord:
    """The record of a leader: at once for that person, five working days after each period for who else may.

    Raises NotAllowed or NotFound.
    """
    mine = access.may(actor, "record.read") and people.may_on(actor, "record.read", person)
    if not mine:
        people.require_on(actor, "record.read_settled", person)
    house, today = people.house(), people.house().day(at)
    every = past_periods(period_at(at), periods)
    off = people.off_of_teams([person])[person]
    shown = [one for one in every if mine or rules.shown_from(one.ends_on, off) <= today]
    came = _came(person, period_at(at), at)
    found = tuple(
        _period_record(
            person, one, came[one.name], ZoneInfo(house.time_zone), rules.shown_from(one.ends_on, off)
        )
        for one in shown
        if one.name in came
    )
    found = tuple(one for one in found if one.sent or any(week.p50 is not None for week in one.weeks))
    return ManagerRecord(
        person=people.node(person),
        mine=mine,
        week=period_at(at).week_of(today),
        currency=house.currency,
        periods=found,
        weeks=_by_week(found),
        kept_back=len(every) - len(shown),
    )


_CHECKED = access.system("a record whose reader was checked")


def _came(person: int, period: Period, at: datetime) -> Mapping[str, int]:
    """What past periods brought the person's team, from the newest estimate run."""
    known = stored.of_people(_CHECKED, stored.run_of(period.name, at), [person]).get(person)
    if known is None or not known.past:
        return {}
    first = min(known.past)
    names = [one.name for one in past_periods(period)]
    return {name: known.past.get(name, 0) for name in names if name >= first}


def _period_record(person: int, period: Period, came: int, zone: ZoneInfo, others_from: date) -> PeriodRecord:
    over = period.ends_on + timedelta(days=1)
    days = [min(period.starts_on + timedelta(days=7 * n), over) for n in range(1, period.weeks)] + [over]
    ends = [datetime.combine(day, time(), zone) for day in days]
    sent = _sent(person, period, ends[-1])
    runs = _runs(period, ends)
    estimates = stored.ranges(_CHECKED, [run for run in runs if run is not None], person)
    weeks = []
    for n, (end, run) in enumerate(zip(ends, runs, strict=True), start=1):
        number = next((one.amount for one in reversed(sent) if one.at < end), None)
        p10, p50, p90 = estimates.get(run or 0, (None, None, None))
        weeks.append(WeekSaid(n, number, p10, p50, p90))
    typed = numbers.targets_of([person], period.name, known_at=ends[-1]).get(person)
    return PeriodRecord(
        period=period.name,
        weeks=tuple(weeks),
        came=came,
        target=typed if typed is not None or not sent else sent[-1].target,
        first_sent_at=sent[0].at if sent else None,
        sent=len(sent),
        late=sum(one.at > one.due_at for one in sent),
        others_from=others_from,
    )


class _Sent(NamedTuple):
    """A number as it was sent, with the target that stood beside it."""

    at: datetime
    amount: int
    due_at: datetime
    target: int | None


def _sent(person: int, period: Period, end: datetime) -> list[_Sent]:
    """What was sent in a period and not withdrawn, oldest first."""
    gone = numbers.withdrawn(end).values("submission")
    rows = numbers.sent_rows().filter(person=person, period=period.name, at__lt=end).exclude(pk__in=gone)
    told = rows.order_by("version").values_list("at", "amount_minor", "due_at", "target_minor")
    return [_Sent(*one) for one in told]


def _runs(period: Period, ends: Sequence[datetime]) -> list[int | None]:
    """The newest estimate run of the period as of each week's end; an older week's is not repeated."""
    rows = list(
        EstimateRun.objects.filter(period=period.name).order_by("as_of", "pk").values_list("pk", "as_of")
    )
    found: list[int | None] = []
    before = datetime.combine(period.starts_on, time(), ends[0].tzinfo)
    for end in ends:
        found.append(next((pk for pk, as_of in reversed(rows) if before <= as_of < end), None))
        before = end
    return found


def _by_week(periods: Sequence[PeriodRecord]) -> tuple[WeekRecord, ...]:
    weeks = max((len(one.weeks) for one in periods), default=0)
    return tuple(_week(n, periods) for n in range(weeks))


def _week(n: int, periods: Sequence[PeriodRecord]) -> WeekRecord:
    at = [(one.weeks[n], one.came) for one in periods if n < len(one.weeks)]
    ranged = [(week, came) for week, came in at if week.p10 is not None and week.p90 is not None]
    return WeekRecord(
        week=n + 1,
        numbers=rules.leaning([(came - said) / said for said, came in _known((w.number, c) for w, c in at)]),
        estimates=rules.leaning([(came - said) / said for said, came in _known((w.p50, c) for w, c in at)]),
        inside=(sum((w.p10 or 0) <= came <= (w.p90 or 0) for w, came in ranged), len(ranged)),
    )


def _known(pairs: Iterable[tuple[int | None, int]]) -> list[tuple[int, int]]:
    """Pairs with something said; a number of 0 has no share."""
    return [(said, came) for said, came in pairs if said]

"""What was said of past periods, beside what came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from fairlead.calls import estimates as stored
from fairlead.calls import rules
from fairlead.calls.models import Call, EstimateRun, Submission, Withdrawal
from fairlead.calls.queries.periods import PAST, past_periods, period_at, same_week
from fairlead.forecasting.periods import Period
from fairlead.people import access
from fairlead.people import queries as people

Pairs = Mapping[tuple[int, str], int]


@dataclass(frozen=True, slots=True)
class Past:
    """What was said of past periods at the same week, and what came: (person, period) -> minor units."""

    periods: tuple[str, ...]
    numbers: Pairs
    sums: Pairs
    calls: Pairs
    middles: Pairs
    came: Pairs
    reader: int | None
    kept_back: Mapping[int, frozenset[str]]
    """person -> periods that only the person reads yet: others wait until the fifth working day after the end."""

    @classmethod
    def of(
        cls,
        actor: access.Actor,
        ids: Sequence[int],
        period: Period,
        at: datetime,
        category: str = "commit",
    ) -> Past:
        past = past_periods(period)
        moments = {one.name: same_week(period, one, at) for one in past}
        sent, sums = said_before(actor, ids, moments, category)
        today, off = people.house().day(at), people.off_of_teams(ids)
        return cls(
            periods=tuple(moments),
            numbers=sent,
            sums=sums,
            calls=_calls_before(actor, ids, moments, category),
            middles=_middles_before(actor, ids[0], moments),
            came=came_of(actor, ids, period, at, moments),
            reader=actor.person,
            kept_back={
                person: frozenset(
                    one.name for one in past if rules.shown_from(one.ends_on, off[person]) > today
                )
                for person in ids
            },
        )

    @classmethod
    def none(cls, actor: access.Actor) -> Past:
        """Nothing said of the past: a forecast type has no record."""
        return cls((), {}, {}, {}, {}, {}, actor.person, {})

    def record(self, person: int, said: Pairs) -> rules.Record:
        """How what a person said at this week of past periods compares with what came."""
        own = person == self.reader
        waits = self.kept_back.get(person, frozenset(self.periods))
        keys = [(person, name) for name in self.periods if own or name not in waits]
        known = [key for key in keys if key in said and key in self.came]
        return rules.record((key[1], said[key], self.came[key]) for key in known)


_COLUMN = {"commit": "amount", "most_likely": "most_likely", "best_case": "best_case"}


def said_before(
    actor: access.Actor, ids: Sequence[int], moments: Mapping[str, datetime], category: str = "commit"
) -> tuple[dict[tuple[int, str], int], dict[tuple[int, str], int]]:
    """The numbers that stood at the same week of past periods, and the sums of calls beside them."""
    rows = Submission.objects.seen_by(actor, "submission.read").filter(
        person__in=ids, period__in=list(moments)
    )
    withdrawn = Withdrawal.objects.seen_by(actor, "submission.read").values("submission")
    sent, sums = {}, {}
    calls_sum = "reps_sum_minor" if category == "commit" else f"others__{category}__calls_sum"
    for person, period, at, amount, calls in (
        rows.exclude(pk__in=withdrawn)
        .order_by("version")
        .values_list("person_id", "period", "at", f"{_COLUMN[category]}_minor", calls_sum)
    ):
        if at <= moments[period] and amount is not None:
            sent[person, period], sums[person, period] = amount, calls
    return sent, sums


def _calls_before(
    actor: access.Actor, ids: Sequence[int], moments: Mapping[str, datetime], category: str
) -> dict[tuple[int, str], int]:
    if not access.may(actor, "call.read"):
        return {}
    rows = Call.objects.seen_by(actor, "call.read").filter(
        person__in=ids, period__in=list(moments), category=category, type=""
    )
    found: dict[tuple[int, str], int] = {}
    for person, period, at, amount in rows.order_by("pk").values_list(
        "person_id", "period", "at", "amount_minor"
    ):
        if at <= moments[period] and amount is not None:
            found[person, period] = amount
    return found


def _middles_before(
    actor: access.Actor, person: int, moments: Mapping[str, datetime]
) -> dict[tuple[int, str], int]:
    """The middle of the estimate of the same week of past periods, as it was stored then."""
    rows = EstimateRun.objects.filter(period__in=list(moments)).order_by("as_of", "pk")
    every = rows.values_list("pk", "period", "as_of")
    runs = {period: pk for pk, period, as_of in every if as_of <= moments[period]}
    return {(person, period): middle for period, middle in stored.medians(actor, runs, person).items()}


def came_of(
    actor: access.Actor, ids: Sequence[int], period: Period, at: datetime, moments: Mapping[str, datetime]
) -> dict[tuple[int, str], int]:
    """What past periods brought, from the newest run; nothing booked counts as 0 once there is a history."""
    known = stored.of_people(actor, stored.run_of(period.name, at), ids)
    first = min((name for estimate in known.values() for name in estimate.past), default=None)
    return {
        (person, name): estimate.past.get(name, 0)
        for person, estimate in known.items()
        for name in moments
        if first is not None and name >= first
    }


@dataclass(frozen=True, slots=True)
class PastPeriod:
    """One ended period at the same week as now: what would have been said, and what came."""

    period: str
    as_of: date
    week: int
    mean: int
    p10: int
    p50: int
    p90: int
    actual: int
    weighted_pipeline: int


@dataclass(frozen=True, slots=True)
class OwnPast:
    """My own past at once: the replay of the last periods of the own data."""

    as_of: date
    period: str
    currency: str
    periods: tuple[PastPeriod, ...]
    inside: int
    booked_now: int
    booked_last_period: int | None
    booked_last_year: int | None


def own_past(actor: access.Actor, at: datetime) -> OwnPast | None:
    """The newest replay of the whole organisation's past; None where no period is over or none is replayed yet."""
    access.require(actor, "accuracy.read")
    run = stored.with_past(at)
    if run is None or not run.own_past["periods"]:
        return None
    kept = run.own_past
    periods = [PastPeriod(**(one | {"as_of": date.fromisoformat(one["as_of"])})) for one in kept["periods"]]
    return OwnPast(
        as_of=date.fromisoformat(kept["as_of"]),
        period=kept["period"],
        currency=run.currency,
        periods=tuple(periods),
        inside=kept["inside"],
        booked_now=kept["booked_now"],
        booked_last_period=kept["booked_last_period"],
        booked_last_year=kept["booked_last_year"],
    )


def past_waits(actor: access.Actor, at: datetime) -> bool:
    """Whether there is an estimate whose past is not replayed yet; a worker does it within minutes."""
    access.require(actor, "accuracy.read")
    return stored.with_past(at) is None and stored.run_of(period_at(at).name, at) is not None


@dataclass(frozen=True, slots=True)
class Judged:
    """A stored estimate of a past period, as it was shown then, beside the call and what came."""

    period: str
    as_of: datetime
    week: int
    p10: int
    p50: int
    p90: int
    weighted: int
    call: int | None
    actual: int

    @property
    def inside(self) -> bool:
        return self.p10 <= self.actual <= self.p90


def accuracy(actor: access.Actor, person: int, at: datetime, *, periods: int = PAST) -> list[Judged]:
    """What was stored of a team's past periods at today's week, beside what came, oldest first."""
    people.require_on(actor, "estimate.read", person)
    period = period_at(at)
    past = past_periods(period, periods)
    moments = {one.name: same_week(period, one, at) for one in past}
    came = came_of(actor, [person], period, at, moments)
    said, _ = said_before(actor, [person], moments)
    found = []
    for one in past:
        run = stored.run_of(one.name, moments[one.name])
        estimate = stored.of_people(actor, run, [person]).get(person)
        if estimate is None or (person, one.name) not in came:
            continue
        found.append(
            Judged(
                one.name,
                estimate.as_of,
                one.week_of(people.house().day(estimate.as_of)),
                estimate.p10,
                estimate.p50,
                estimate.p90,
                estimate.weighted,
                said.get((person, one.name)),
                came[person, one.name],
            )
        )
    return found

"""The record of each flag: what became of deals that had it at past looks, and of those that had not.

A look is the day a third of the way through a past period. On it stand the open deals that were dated in that period
or earlier, as known at the start of that day; a flag is what the rule said then, an outcome whether the deal was won by
the period's end. A deal is counted once per period. Rates are over all of these rows; intervals are as wide as if each
different deal had been counted once, because rows of one deal repeat each other. No Django here: the same function
reads a database, files and simulated organisations.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fairlead.forecasting import backtests, dealmodel, estimates, leaks, timeline
from fairlead.forecasting.glm import expit, fit_logit, logit
from fairlead.forecasting.periods import Calendar, Period
from fairlead.forecasting.threads import one_thread
from fairlead.forecasting.timeline import NEVER, Timeline
from fairlead.forecasting.types import History
from fairlead.forecasting.windows import Windows, of_kind
from fairlead.health import rules
from fairlead.health.rules import NOTHING_SAID, Facts, Said, Thresholds, Usual

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
LOOKS = 12
LEAST = 20
"""With fewer different deals on one side nothing is said."""
LEAST_TESTED = 60
_Z = 1.96
_RIDGE = 1.0
_DEAL = 10_000_000
SaidThen = Callable[[date], Mapping[str, Said]]
"""What people had written down by the start of a day, by deal id."""


def nothing_said(day: date) -> Mapping[str, Said]:
    """For histories in which nobody wrote anything down."""
    return {}


# The facts of a day


def usual_of(line: Timeline, t: Thresholds) -> Usual:
    """What was usual among the won deals that were known to be closed when the timeline was read."""
    return Usual(_stage_days(line, t.stalled_share), _median_amounts(line))


def _stage_days(line: Timeline, share: float) -> dict[str, tuple[float, int]]:
    """stage -> (the days in it that this share of the won deals did not exceed, how many won deals left it)."""
    f = line.fields["stage"]
    if not f.recorded:
        return {}
    deal = f.key // _DEAL
    usable = (line.outcome == 1) & line.created_known & (line.closed < NEVER)
    first_of_deal = np.arange(len(deal)) == f.first[deal]
    begun = np.where(first_of_deal, line.created[deal], np.concatenate([[0], f.day[:-1]]))
    days = np.maximum(f.day - begun, 0)
    kept = usable[deal]
    found = {}
    for code in np.unique(f.old[kept]):
        mine = days[kept & (f.old == code)]
        # The smallest number of days that at least this share did not exceed.
        place = int(np.ceil(share * len(mine))) - 1
        found[f.levels[code]] = (float(np.sort(mine)[max(place, 0)]), len(mine))
    return found


def _median_amounts(line: Timeline) -> dict[str, tuple[float, int]]:
    won = np.flatnonzero((line.outcome == 1) & (line.amount > 0))
    if not len(won):
        return {}
    f = line.fields["product"]
    codes = f.codes_at(won, line.as_of)
    found = {"": (float(np.median(line.amount[won])), len(won))}
    for code in np.unique(codes):
        if f.levels[code]:
            mine = line.amount[won[codes == code]]
            found[f.levels[code]] = (float(np.median(mine)), len(mine))
    return found


def facts_of(
    line: Timeline, deals: Ints, t: Thresholds, said: Mapping[str, Said], static: frozenset[str] = frozenset()
) -> list[Facts]:
    """The facts of the given deals as known at the timeline's day."""
    day = line.as_of
    stage, close, product = (line.fields[name] for name in ("stage", "close_on", "product"))
    unknown = np.full(len(deals), -1)
    born = np.where(line.created_known[deals], line.created[deals], -1)
    since = stage.changed_on(deals, day, born) if stage.recorded else unknown
    moved = line.events.changed_on(deals, day, born) if line.events.recorded else unknown
    due = timeline.days_of_levels(close)[close.codes_at(deals, day)]
    pushes, amounts = line.pushes_at(deals, day), line.amounts_at(deals, day)
    stages, products = stage.codes_at(deals, day), product.codes_at(deals, day)
    columns = _columns(line, deals, t, static)
    return [
        Facts(
            stage=stage.levels[stages[k]],
            stage_since=_date(since[k]),
            product=product.levels[products[k]],
            amount=None if np.isnan(amounts[k]) else float(amounts[k]),
            close_on=_date(due[k]),
            pushes=int(pushes[k]) if close.recorded else None,
            moved_on=_date(moved[k]),
            said=with_columns(said.get(line.deals[i].id, NOTHING_SAID), {name: c[k] for name, c in columns.items()}),
        )
        for k, i in enumerate(deals.tolist())
    ]  # fmt: skip


def _columns(line: Timeline, deals: Ints, t: Thresholds, static: frozenset[str]) -> dict[str, list[str]]:
    """Extra columns as they stood. One whose past is not recorded shows today's value, so it is not read."""
    found = {}
    for what, name in (("step", t.step_column), ("contact", t.contact_column), ("people", t.people_column)):
        f = line.fields.get(name) if name else None
        if f is not None and (f.recorded or name in static):
            found[what] = [f.levels[code] for code in f.codes_at(deals, line.as_of)]
    return found


def with_columns(said: Said, told: Mapping[str, str]) -> Said:
    """What was said, and what columns of the source hold where nothing was said."""
    step, contact = (rules.moment_of(told.get(name, "")) for name in ("step", "contact"))
    people = told.get("people", "").strip()
    return Said(
        people=said.people if said.people is not None else int(people) if people.isdecimal() else None,
        only=said.only,
        decides=said.decides,
        contact_on=max((day for day in (said.contact_on, contact) if day), default=None),
        step=said.step,
        step_due=min((day for day in (said.step_due, step) if day), default=None),
        steps=said.steps or step is not None,
        weakest=said.weakest,
    )


def _date(day: Any) -> date | None:
    return date.fromordinal(int(day)) if 0 < day < NEVER else None


# The looks


@dataclass(frozen=True)
class Looked:
    """One row per deal and period. States: 1 up, 0 down, -1 unknown; ``grade`` 0 to 3, -1 without evidence."""

    days: tuple[date, ...]
    deals: tuple[str, ...]
    look: Ints
    won: Floats
    chance: Floats
    states: Mapping[str, Ints]
    grade: Ints


def look_days(calendar: Calendar, kind: str, as_of: date, count: int = LOOKS) -> list[tuple[Period, date]]:
    """The last ended periods, oldest first, each with the day a third of the way through it."""
    found, at = [], of_kind(calendar, kind, as_of)
    for _ in range(count):
        at = calendar.previous(at)
        found.append((at, at.starts_on + timedelta(days=((at.ends_on - at.starts_on).days + 1) // 3)))
    return found[::-1]


@one_thread
def look_back(
    history: History, *, as_of: date, calendar: Calendar | None = None, kind: str = "quarter",
    thresholds: Thresholds = rules.SHIPPED, said: SaidThen = nothing_said, looks: int = LOOKS,
) -> Looked:  # fmt: skip
    """Every look with the flags, chances and outcomes of its deals.

    At each look flags and chances come from what was recorded before that day; outcomes from what was recorded
    before ``as_of``. Looks at which no closed deal was known are left out.
    """
    calendar = calendar or Calendar()
    windows = Windows(kind, calendar)
    truth = timeline.build(history, as_of)
    refused = leaks.refuse_columns(history, as_of)
    days, parts = [], []
    for period, day in look_days(calendar, kind, as_of, looks):
        here = estimates.situation(history, day, windows, refused)
        line = here.view.line
        if not line.dated or not (line.outcome >= 0).any():
            continue
        opened = estimates.open_deals(dealmodel.fit(here.view, quick=True), here, period)
        due = _due(line, opened.index)
        asked = np.flatnonzero((due > 0) & (due <= period.ends_on.toordinal()))
        if not len(asked):
            continue
        index = opened.index[asked]
        facts = facts_of(line, index, thresholds, said(day), history.static)
        usual = usual_of(line, thresholds)
        states = np.array([_states(one, usual, thresholds, day) for one in facts], np.int64)
        grade = np.array([-1 if f.said.weakest is None else f.said.weakest for f in facts], np.int64)
        won = backtests.won_inside(here, truth, index, period)
        parts.append(([line.deals[i].id for i in index], won, opened.chances.in_period[asked], states, grade))
        days.append(day)
    return _joined(tuple(days), parts)


def _due(line: Timeline, deals: Ints) -> Ints:
    f = line.fields["close_on"]
    return np.asarray(timeline.days_of_levels(f)[f.codes_at(deals, line.as_of)])


_CODES = {"up": 1, "down": 0, "unknown": -1}


def _states(facts: Facts, usual: Usual, t: Thresholds, day: date) -> list[int]:
    return [_CODES[one.state] for one in rules.verdicts(facts, usual, t, day)]


def _joined(days: tuple[date, ...], parts: Sequence[tuple[list[str], Floats, Floats, Ints, Ints]]) -> Looked:
    if not parts:
        none = np.zeros(0, np.int64)
        return Looked((), (), none, np.zeros(0), np.zeros(0), dict.fromkeys(rules.KEYS, none), none)
    states = np.concatenate([part[3] for part in parts])
    return Looked(
        days,
        tuple(deal for part in parts for deal in part[0]),
        np.concatenate([np.full(len(part[0]), k) for k, part in enumerate(parts)]),
        np.concatenate([part[1] for part in parts]),
        np.concatenate([part[2] for part in parts]),
        {key: states[:, k] for k, key in enumerate(rules.KEYS)},
        np.concatenate([part[4] for part in parts]),
    )


# What became of them


@dataclass(frozen=True, slots=True)
class Group:
    """Rows on one side: how many looks, of how many different deals, how many of the looks ended won."""

    rows: int
    deals: int
    won: int

    @property
    def share(self) -> float | None:
        return self.won / self.rows if self.rows else None


@dataclass(frozen=True, slots=True)
class Beyond:
    """Whether a flag tells more than the chance does: log loss saved per look, in nats, with an interval.

    ``word``: few, nothing or adds.
    """

    rows: int
    gain: float | None
    low: float | None
    high: float | None
    word: str


@dataclass(frozen=True, slots=True)
class FlagRecord:
    """What became of deals with a flag and without. ``word``: unknown (the rule's data is not there), few, nothing,
    differs; the interval is of the difference of the two shares. ``unknown`` counts looks the rule had no data for."""

    key: str
    up: Group
    down: Group
    unknown: int
    difference: float | None
    low: float | None
    high: float | None
    word: str
    beyond: Beyond


@dataclass(frozen=True, slots=True)
class Record:
    """The record of all flags, and of the evidence scale: ``grades`` are the looks by weakest criterion, 0 to 3, and
    ``proven`` compares a weakest criterion of 2 or 3 with one of 0 or 1."""

    days: tuple[date, ...]
    rows: int
    deals: int
    won: int
    flags: tuple[FlagRecord, ...]
    grades: tuple[Group, ...]
    proven: FlagRecord


def record(looked: Looked) -> Record:
    """What became of the deals of all looks, by flag and by grade."""
    every = _group(looked, np.ones(len(looked.won), bool))
    proven = np.where(looked.grade < 0, -1, (looked.grade >= 2).astype(np.int64))
    return Record(
        looked.days, every.rows, every.deals, every.won,
        tuple(_flag(looked, key, looked.states[key]) for key in rules.KEYS),
        tuple(_group(looked, looked.grade == grade) for grade in range(4)),
        _flag(looked, "proven", proven),
    )  # fmt: skip


def _group(looked: Looked, kept: NDArray[np.bool_]) -> Group:
    rows = np.flatnonzero(kept)
    return Group(len(rows), len({looked.deals[i] for i in rows}), int(looked.won[rows].sum()))


def _flag(looked: Looked, key: str, state: Ints) -> FlagRecord:
    up, down = _group(looked, state == 1), _group(looked, state == 0)
    apart, low, high = difference(up, down)
    if not up.rows + down.rows:
        word = "unknown"
    elif min(up.deals, down.deals) < LEAST or low is None or high is None:
        word = "few"
    else:
        word = "nothing" if low <= 0 <= high else "differs"
    return FlagRecord(key, up, down, int((state < 0).sum()), apart, low, high, word, beyond(looked, state))


def difference(up: Group, down: Group) -> tuple[float | None, float | None, float | None]:
    """(the difference of the shares won, and its 95 % interval), by Agresti and Caffo's added successes.

    Source: Agresti & Caffo, "Simple and Effective Confidence Intervals for Proportions and Differences of Proportions
    Result from Adding Two Successes and Two Failures" (2000). The numbers of different deals stand for the sizes.
    """
    if not up.rows or not down.rows:
        return None, None, None
    middle, spread = 0.0, 0.0
    for group, sign in ((up, 1), (down, -1)):
        p = (group.won / group.rows * group.deals + 1) / (group.deals + 2)
        middle += sign * p
        spread += p * (1 - p) / (group.deals + 2)
    half = _Z * float(np.sqrt(spread))
    return up.won / up.rows - down.won / down.rows, max(middle - half, -1.0), min(middle + half, 1.0)


def beyond(looked: Looked, state: Ints) -> Beyond:
    """What the flag adds to the chance, on looks that the comparison did not learn from.

    For each look from the third on, two corrections of the chance (its level and its steepness in log-odds) are
    learned from earlier looks, one of them with the flag; both are then scored on the look. Rows of a deal are taken
    together for the interval.
    """
    known = state >= 0
    saved: list[Floats] = []
    which: list[Ints] = []
    for look in range(2, len(looked.days)):
        learn, test = known & (looked.look < look), known & (looked.look == look)
        flags = state[learn]
        if not test.any() or min(int((flags == 1).sum()), int((flags == 0).sum())) < LEAST:
            continue
        with_, without = (_corrected(looked, state, learn, test, flagged) for flagged in (True, False))
        won = looked.won[test]
        saved.append(_loss(without, won) - _loss(with_, won))
        which.append(np.flatnonzero(test))
    if not saved:
        return Beyond(0, None, None, None, "few")
    gains, rows = np.concatenate(saved), np.concatenate(which)
    mean = float(gains.mean())
    sums: dict[str, float] = {}
    for gain, row in zip(gains.tolist(), rows.tolist(), strict=True):
        sums[looked.deals[row]] = sums.get(looked.deals[row], 0.0) + gain - mean
    half = _Z * float(np.sqrt(sum(one * one for one in sums.values()))) / len(gains)
    ups = int((state[rows] == 1).sum())
    word = "adds" if mean - half > 0 else "nothing"
    if len(gains) < LEAST_TESTED or ups < LEAST:
        word = "few"
    return Beyond(len(gains), mean, mean - half, mean + half, word)


def _corrected(
    looked: Looked, state: Ints, learn: NDArray[np.bool_], test: NDArray[np.bool_], flagged: bool
) -> Floats:
    def columns(kept: NDArray[np.bool_]) -> Floats:
        base = [np.ones(int(kept.sum())), logit(looked.chance[kept])]
        return np.column_stack([*base, state[kept].astype(float)] if flagged else base)

    learned = columns(learn)
    ridge = np.full(learned.shape[1], _RIDGE)
    offset = logit(looked.chance[learn])
    b = fit_logit(learned, looked.won[learn], np.ones(len(learned)), ridge, offset)
    return np.clip(expit(logit(looked.chance[test]) + columns(test) @ b), 1e-4, 1 - 1e-4)


def _loss(said: Floats, won: Floats) -> Floats:
    return np.asarray(-(won * np.log(said) + (1 - won) * np.log(1 - said)))


# As it is kept


def kept(found: Record) -> dict[str, Any]:
    """A record as plain values for JSON."""
    return asdict(found) | {"days": [day.isoformat() for day in found.days]}


def record_of(values: Mapping[str, Any]) -> Record:
    """A record from what was kept."""

    def flag(one: Mapping[str, Any]) -> FlagRecord:
        sides = {name: Group(**one[name]) for name in ("up", "down")}
        return FlagRecord(**{**one, **sides, "beyond": Beyond(**one["beyond"])})

    return Record(
        tuple(date.fromisoformat(day) for day in values["days"]), values["rows"], values["deals"], values["won"],
        tuple(map(flag, values["flags"])), tuple(Group(**one) for one in values["grades"]), flag(values["proven"]),
    )  # fmt: skip

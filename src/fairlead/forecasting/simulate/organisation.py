"""A simulated sales organisation: what its CRM shows, and apart from it the truth behind.

Every week of every deal is a race of risks: to advance a stage, to be won, to be lost. The risks depend on the
segment, the stage, a hidden quality, the age, the pushes, the week of the quarter and shocks that whole teams and
the company share. Reps enter what they see in their own way: sober, with happy ears, or sandbagging. Nothing of the
truth stands in what the CRM shows. All amounts are major units; all moments are UTC; the same seed gives the same
organisation.

The family of hazards is a setting, so that a model which assumes one family can be tried on another: ``logit`` risks
are exponential in their causes, ``log-logistic`` ones rise and fall with age, and ``empirical`` ones follow a table of
bands of age, different in every organisation, in which causes add instead of multiply.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from fairlead.forecasting.periods import Calendar, Period
from fairlead.forecasting.types import Change, Deal, History, Member

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

STAGES = ("Qualification", "Discovery", "Proposal", "Negotiation")
CATEGORIES = ("pipeline", "pipeline", "best_case", "commit")
PRODUCTS = ("Sensors", "Analysers", "Service plan")
SEGMENTS = ("small", "middle", "large")
AMOUNT_MU = np.log([9e3, 4e4, 1.5e5])
_ADVANCE = np.array([0.30, 0.20, 0.13])
_LOSE = np.array([0.085, 0.062, 0.045])
_CYCLE = np.array([10.0, 16.0, 26.0])
_SPIKE = np.array([0.45, 0.5, 0.7, 0.8, 0.8, 0.8, 0.85, 0.9, 1.0, 1.1, 1.5, 2.4, 5.5])
"""How likely closing is in each of thirteen parts of a quarter, against the middle one."""
_BANDS = np.array([0.15, 0.35, 0.6, 1.0, 1.5, 2.2])
"""Edges of the bands of age of the empirical hazards, in usual cycles of the segment."""
_BAND_ADVANCE = np.array([1.5, 1.3, 1.0, 0.8, 0.5, 0.3, 0.15])
_BAND_WIN = np.array([0.5, 1.3, 1.4, 1.0, 0.6, 0.3, 0.12])
_BAND_LOSE = np.array([1.6, 0.7, 0.6, 0.9, 1.5, 1.2, 0.8])
_DULL_WIN, _DULL_LOSE = 0.025, 0.06
_BREAK_WIN, _BREAK_LOSE = 0.2, 2.0
Hazard = Literal["logit", "log-logistic", "empirical"]


@dataclass(frozen=True, slots=True)
class Settings:
    """What kind of organisation. ``shock`` is the standard deviation of the company's quarterly shock (log odds)."""

    seed: int = 1
    quarters: int = 12
    reps: int = 40
    shock: float = 0.25
    team_size: int = 6
    hazard: Hazard = "logit"
    amount_sd: float = 0.8
    dull: bool = False
    dirt: bool = False
    currency: str = "EUR"
    first_day: date = date(2023, 1, 1)
    arrivals: float = 1.0
    target_per_rep: float = 0.0
    spike: float = 1.0
    """How strongly closing bunches at the end of a quarter: the power of the usual bunching, 0 for none."""
    pace: float = 1.0
    """How fast deals move, against the usual."""
    breaks_on: date | None = None
    """From this day on deals are won a fifth as often and lost twice as often: what the past taught is over."""

    def __post_init__(self) -> None:
        if self.quarters < 1 or self.reps < 1 or self.team_size < 1:
            raise ValueError("An organisation has at least one quarter, one rep and one rep per team.")
        if not 0 <= self.shock <= 2:
            raise ValueError(f"A shock of {self.shock} is no standard deviation of log odds; write 0 to 2.")


def drawn(
    seed: int, *, shock: float | None = None, hazard: Hazard | None = None, quarters: int = 16
) -> Settings:
    """Settings drawn from wide priors, for tests over many kinds of organisation. The same for a seed."""
    dice = np.random.default_rng([seed, 2026])
    kinds: tuple[Hazard, ...] = ("logit", "log-logistic", "empirical")
    kind, size = kinds[int(dice.integers(3))], int(np.exp(dice.uniform(np.log(16), np.log(48))))
    return Settings(
        seed=seed,
        quarters=quarters,
        reps=size,
        shock=float(dice.choice([0.0, 0.15, 0.25, 0.40])) if shock is None else shock,
        team_size=int(dice.integers(4, 9)),
        hazard=hazard or kind,
        amount_sd=float(dice.uniform(0.6, 1.3)),
        dirt=bool(dice.random() < 0.5),
        arrivals=float(dice.uniform(0.6, 1.4)),
        spike=float(dice.uniform(0.4, 1.2)),
        pace=float(dice.uniform(0.75, 1.3)),
    )


@dataclass(frozen=True, slots=True)
class Target:
    person: str
    period: str
    amount: float


@dataclass(frozen=True, slots=True)
class Account:
    id: str
    name: str
    owner: str
    industry: str


@dataclass(frozen=True, slots=True)
class Truth:
    """What nobody in the organisation knows. Never written beside what the CRM shows."""

    quality: Mapping[str, float]
    shocks: Mapping[str, Mapping[str, float]]
    kinds: Mapping[str, str]
    ends: Mapping[str, tuple[str, date]]
    """deal -> how and when it really ended, also where the CRM does not know yet"""


@dataclass(frozen=True, slots=True)
class Organisation:
    """Everything the CRM shows at ``as_of`` (exclusive), and the truth apart."""

    settings: Settings
    as_of: date
    history: History
    targets: tuple[Target, ...]
    accounts: tuple[Account, ...]
    rates: tuple[tuple[str, date, float], ...]
    truth: Truth
    roles: Mapping[str, str] = field(default_factory=dict)
    teams: Mapping[str, str] = field(default_factory=dict)


def organisation(settings: Settings = Settings(), *, as_of: date | None = None) -> Organisation:
    """Simulate ``settings.quarters`` quarters from ``settings.first_day``, seen as of a day.

    The default ``as_of`` is the day after the last quarter; an earlier day leaves that quarter live.
    """
    play = Play(settings, as_of)
    for week in range(play.weeks):
        play.week(week)
    return play.result()


class Play:
    """The state of the simulation, run week by week: its deals, and the events that the CRM recorded."""

    def __init__(self, settings: Settings, as_of: date | None) -> None:
        self.s, self.dice = settings, np.random.default_rng(settings.seed)
        self.calendar = Calendar()
        first = self.calendar.quarter_of(settings.first_day)
        self.start = first.starts_on
        self.quarters = [first]
        while len(self.quarters) < settings.quarters:
            self.quarters.append(self.calendar.next(self.quarters[-1]))
        self.as_of = as_of or self.quarters[-1].ends_on + timedelta(days=1)
        self.weeks = (self.as_of - self.start).days // 7 + 1
        self._people()
        self.deals: list[_Deal] = []
        self.open: list[_Deal] = []
        self.shown: list[_Deal] = []
        """What the CRM shows as open: also lost deals whose loss is not recorded yet."""
        self.changes: list[Change] = []
        self.shocks: dict[str, dict[str, float]] = {}
        self.company = 0.0
        self.team_shock = np.zeros(len(self.managers))
        self.bands = np.exp(np.random.default_rng([settings.seed, 7]).normal(0, 0.25, (3, len(_BAND_WIN))))
        """What makes one organisation's empirical hazards differ from another's."""

    # People

    def _people(self) -> None:
        s, dice = self.s, self.dice
        self.reps = [f"rep-{n + 1:03d}" for n in range(s.reps)]
        teams = (s.reps + s.team_size - 1) // s.team_size
        self.managers = [f"mgr-{n + 1:02d}" for n in range(teams)]
        self.regions = [f"vp-{n + 1}" for n in range(max(1, (teams + 4) // 5))]
        self.team = np.arange(s.reps) // s.team_size
        self.segment = dice.choice(3, s.reps, p=[0.45, 0.35, 0.2])
        self.skill = dice.normal(0, 0 if s.dull else 0.3, s.reps)
        self.kind = dice.choice(3, s.reps, p=[0.5, 0.33, 0.17])
        self.rate = (
            np.array([1.3, 0.8, 0.42])[self.segment] * np.exp(dice.normal(0, 0.2, s.reps)) * s.arrivals
        )
        hired = dice.random(s.reps) < 0.3
        self.hired = np.where(hired, dice.integers(0, max(1, self.weeks - 20), s.reps), -60)
        leaves = (dice.random(s.reps) < 0.12) & (self.weeks > 60)
        self.left = np.where(leaves, self.hired + dice.integers(52, 52 + self.weeks, s.reps), 10**6)

    # A week

    def week(self, week: int) -> None:
        monday = self.start + timedelta(days=7 * week)
        quarter = self.quarter_at(monday)
        if not self.shocks or quarter.name not in self.shocks:
            self._new_shocks(quarter)
        self._arrive(week, monday, quarter)
        self._race(week, monday, quarter)
        self._review(week, monday, quarter)

    def quarter_at(self, day: date) -> Period:
        for quarter in reversed(self.quarters):
            if quarter.contains(day):
                return quarter
        return self.calendar.quarter_of(day)

    def _new_shocks(self, quarter: Period) -> None:
        self.company = 0.4 * self.company + float(self.dice.normal(0, self.s.shock))
        fresh = self.dice.normal(0, self.s.shock * 0.8, len(self.managers))
        self.team_shock = 0.3 * self.team_shock + fresh
        teams = {manager: float(x) for manager, x in zip(self.managers, self.team_shock, strict=True)}
        self.shocks[quarter.name] = {"company": self.company, **teams}

    def _arrive(self, week: int, monday: date, quarter: Period) -> None:
        counts = self.dice.poisson(self.arrival_rates(week))
        for rep in np.flatnonzero(counts):
            for _ in range(int(counts[rep])):
                self._new_deal(int(rep), week, monday, quarter)

    def arrival_rates(self, week: int) -> Floats:
        """Expected new deals of each rep in a week: season, trend, this quarter's shock, hires and their ramp."""
        season = 1 + 0.15 * np.sin(2 * np.pi * (week % 52) / 52)
        trend = 1 + 0.0015 * week
        here = (self.hired <= week) & (week < self.left)
        ramp = np.clip((week - self.hired + 4) / 26, 0.1, 1)
        return np.asarray(self.rate * season * trend * np.exp(0.5 * self.company) * here * ramp)

    def _new_deal(self, rep: int, week: int, monday: date, quarter: Period) -> None:
        dice, s = self.dice, self.s
        segment = int(self.segment[rep]) if dice.random() < 0.75 else int(dice.integers(3))
        number = len(self.deals) + 1
        amount = float(np.round(np.exp(AMOUNT_MU[segment] + dice.normal(0, s.amount_sd)), -2)) or 100.0
        born = monday + timedelta(days=int(dice.integers(0, 5)))
        at = self._moment(born)
        kind = int(self.kind[rep])
        weeks = np.array([3.2, 6, 11])[segment] * np.exp(dice.normal(0, 0.3)) * (0.9, 0.6, 1.1)[kind]
        deal = _Deal(
            id=f"D{number:06d}",
            name=_deal_name(number),
            rep=rep,
            segment=segment,
            amount=amount,
            quality=0.0 if s.dull else float(dice.normal()),
            created=born,
            week=week,
            due=self._due(born + timedelta(days=int(7 * weeks)), quarter),
            product=PRODUCTS[int(dice.choice(3, p=[0.5, 0.3, 0.2]))],
            account=f"A{1 + int(dice.integers(0, max(40, self.s.reps * 12))):04d}",
        )
        self.deals.append(deal)
        self.open.append(deal)
        self.shown.append(deal)
        first = {"stage": STAGES[0], "amount": _plain(amount), "close_on": deal.due.isoformat()}
        first |= {"category": CATEGORIES[0], "owner": self.reps[rep], "status": "open"}
        for name, value in first.items():
            self.changes.append(Change(deal.id, name, None, value, at, at))

    def _due(self, day: date, quarter: Period) -> date:
        """The rep's close date: six in ten are the quarter's last day."""
        if self.dice.random() < 0.6:
            return self.calendar.quarter_of(day).ends_on
        return day

    def _moment(self, day: date) -> datetime:
        seconds = int(self.dice.integers(7 * 3600, 17 * 3600))
        return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(seconds=seconds)

    # The race of risks

    def _race(self, week: int, monday: date, quarter: Period) -> None:
        if not self.open:
            return
        d = self.open
        seg = np.array([x.segment for x in d])
        stage = np.array([x.stage for x in d])
        quality = np.array([x.quality for x in d])
        rep = np.array([x.rep for x in d])
        age = np.array([week - x.week for x in d], float)
        pushes = np.array([x.pushes for x in d], float)
        shock = self.company + self.team_shock[self.team[rep]] + self.skill[rep]
        if self.s.dull:
            shock = np.zeros(len(d))
        advance, win, lose = self.hazards(seg, stage, quality, age, pushes, shock, monday, quarter)
        u = self.dice.random(len(d))
        for i, deal in enumerate(list(d)):
            if u[i] < win[i]:
                self._win(deal, monday, quarter)
            elif u[i] < win[i] + lose[i]:
                self._lose(deal, monday, quarter)
            elif u[i] < win[i] + lose[i] + advance[i]:
                self._move(deal, deal.stage + 1, monday)
            elif u[i] > 0.988 and deal.stage > 0:
                self._move(deal, deal.stage - 1, monday)
        self.open = [deal for deal in self.open if deal.end is None]

    def hazards(
        self,
        seg: Ints,
        stage: Ints,
        quality: Floats,
        age: Floats,
        pushes: Floats,
        shock: Floats,
        monday: date,
        quarter: Period,
    ) -> tuple[Floats, Floats, Floats]:
        stale = np.maximum(age - _CYCLE[seg], 0)
        slow = np.exp(-0.05 * stale - 0.12 * pushes)
        part = min(12, (monday - quarter.starts_on).days * 13 // quarter.days)
        spike = _SPIKE[part] ** self.s.spike
        if self.s.dull:
            same = np.ones(len(seg))
            advance, win, lose = 0.2 * same, _DULL_WIN * same, _DULL_LOSE * same
        elif self.s.hazard == "log-logistic":
            scale, shape = _CYCLE[seg] * np.exp(-0.25 * quality), 2.2
            rise = (shape / scale) * (age / scale + 0.05) ** (shape - 1) / (1 + (age / scale) ** shape)
            base = np.minimum(0.8, 1.5 * rise)
            advance = base * np.exp(0.3 * shock)
            win = np.where(stage == 3, base * 0.55 * spike * np.exp(0.4 * quality + 0.6 * shock), 0)
            lose = 0.6 * base * np.exp(-0.5 * quality - 0.5 * shock) + 0.01
        elif self.s.hazard == "empirical":
            advance, win, lose = self._by_table(seg, stage, quality, age, pushes, shock, spike)
        else:
            advance = _ADVANCE[seg] * np.exp(0.30 * quality + 0.3 * shock) * slow
            win = np.where(stage == 3, 0.15 * spike * np.exp(0.4 * quality + 0.6 * shock) * slow, 0)
            lose = _LOSE[seg] * np.exp(-0.55 * quality - 0.5 * shock) * (1 + 0.03 * stale)
        if self.s.breaks_on and monday >= self.s.breaks_on:
            win, lose = win * _BREAK_WIN, lose * _BREAK_LOSE
        advance = np.where(stage == 3, 0, advance)
        total = (advance + win + lose) * self.s.pace
        over = np.maximum(1, total / 0.97) / self.s.pace
        return advance / over, win / over, lose / over

    def _by_table(
        self,
        seg: Ints,
        stage: Ints,
        quality: Floats,
        age: Floats,
        pushes: Floats,
        shock: Floats,
        spike: float,
    ) -> tuple[Floats, Floats, Floats]:
        """Risks from a table of bands of age: causes add, and a push counts only from the third on."""
        band = np.searchsorted(_BANDS, age / _CYCLE[seg], side="right")
        tired = 1 / (1 + 0.5 * np.maximum(pushes - 2, 0))
        add, better = (
            self.bands[0, band] * _BAND_ADVANCE[band],
            np.maximum(0.05, 1 + 0.35 * quality + 0.6 * shock),
        )
        win = self.bands[1, band] * _BAND_WIN[band] * 0.2 * spike * better * tired
        worse = np.maximum(0.1, 1 - 0.45 * quality - 0.5 * shock)
        return (
            add * _ADVANCE[seg] * np.maximum(0.1, 1 + 0.3 * quality + 0.3 * shock),
            np.where(stage == 3, win, 0.0),
            self.bands[2, band] * _BAND_LOSE[band] * _LOSE[seg] * worse,
        )

    def _say(self, deal: _Deal, name: str, old: str | None, new: str, at: datetime) -> None:
        recorded = at
        if self.s.dirt and self.dice.random() < 0.02:
            recorded = at + timedelta(days=int(self.dice.integers(1, 9)))
        self.changes.append(Change(deal.id, name, old, new, at, recorded))

    def _move(self, deal: _Deal, stage: int, monday: date) -> None:
        at = self._moment(monday + timedelta(days=int(self.dice.integers(0, 5))))
        self._say(deal, "stage", STAGES[deal.stage], STAGES[stage], at)
        deal.stage = stage
        self._set_category(deal, at)

    def _set_category(self, deal: _Deal, at: datetime) -> None:
        """The seller's own judgement: happy ears go one up, sandbaggers one down."""
        kind, tilt = int(self.kind[deal.rep]), 0
        if kind == 1 and self.dice.random() < 0.5:
            tilt = 1
        if kind == 2 and self.dice.random() < 0.4:
            tilt = -1
        category = CATEGORIES[min(3, max(0, deal.stage + tilt))]
        if category != deal.category:
            self._say(deal, "category", deal.category, category, at)
            deal.category = category

    def _win(self, deal: _Deal, monday: date, quarter: Period) -> None:
        day = self._closing_day(monday, quarter)
        at = self._moment(day)
        haggled = deal.amount * float(np.exp(self.dice.normal(-0.06, 0.12)))
        amount = max(100.0, round(haggled, -2))
        if amount != deal.amount:
            self._say(deal, "amount", _plain(deal.amount), _plain(amount), at)
            deal.amount = amount
        if self.dice.random() < 0.07:
            self._entered_closed(deal, at)
        self._close(deal, "won", day, at)

    def _entered_closed(self, deal: _Deal, at: datetime) -> None:
        """A deal that was entered only when it was already won: its history begins with its end."""
        mine = [i for i in range(len(self.changes) - 1, -1, -1) if self.changes[i].deal_id == deal.id]
        for i in mine:
            self.changes[i] = replace(self.changes[i], at=at, recorded_at=at)
        deal.created = at.date()

    def _lose(self, deal: _Deal, monday: date, quarter: Period) -> None:
        day = self._closing_day(monday, quarter)
        known = day
        if self.dice.random() < 0.5:
            end = quarter.ends_on
            later = end if self.dice.random() < 0.6 else day + timedelta(weeks=int(self.dice.geometric(0.12)))
            known = max(day, later)
        deal.end = ("lost", day)
        deal.lost_known = known
        if known == day:
            self._record_loss(deal, day)

    def _record_loss(self, deal: _Deal, day: date) -> None:
        self._close(deal, "lost", day, self._moment(day))

    def _closing_day(self, monday: date, quarter: Period) -> date:
        """A day of the week, and not after the quarter it began in: the last week is the shorter one."""
        return min(monday + timedelta(days=int(self.dice.integers(0, 5))), quarter.ends_on)

    def _close(self, deal: _Deal, status: str, day: date, at: datetime) -> None:
        self.changes.append(Change(deal.id, "status", "open", status, at, at))
        if deal.due != day:
            self.changes.append(Change(deal.id, "close_on", deal.due.isoformat(), day.isoformat(), at, at))
        deal.due, deal.status, deal.closed, deal.lost_known = day, status, day, None
        deal.end = deal.end or (status, day)

    # What reps do with their list each week

    def _review(self, week: int, monday: date, quarter: Period) -> None:
        friday = monday + timedelta(days=4)
        self.shown = [deal for deal in self.shown if deal.status == "open"]
        for deal in self.shown:
            if deal.lost_known is not None and deal.lost_known <= friday:
                self._record_loss(deal, max(deal.lost_known, monday))
                continue
            if deal.due <= friday:
                self._push(deal, friday)
        self._hand_over(week, monday)

    def _push(self, deal: _Deal, friday: date) -> None:
        weeks = int(self.dice.geometric(0.18)) + 1
        due = self._due(friday + timedelta(weeks=weeks), self.quarter_at(friday))
        if due <= friday:
            due = friday + timedelta(weeks=2)
        at = self._moment(friday)
        self._say(deal, "close_on", deal.due.isoformat(), due.isoformat(), at)
        deal.due, deal.pushes = due, deal.pushes + 1

    def _hand_over(self, week: int, monday: date) -> None:
        """Deals of a rep who left go to a team mate."""
        for rep in np.flatnonzero(self.left == week):
            mates = [r for r in range(self.s.reps) if self.team[r] == self.team[rep] and self.left[r] > week]
            for deal in self.shown:
                if deal.rep == rep and deal.status == "open" and mates:
                    heir = mates[int(self.dice.integers(len(mates)))]
                    self._say(deal, "owner", self.reps[rep], self.reps[heir], self._moment(monday))
                    deal.rep = heir

    # The result

    def result(self) -> Organisation:
        cut = datetime(self.as_of.year, self.as_of.month, self.as_of.day, tzinfo=UTC)
        changes = sorted(
            (c for c in self.changes if c.recorded_at < cut), key=lambda c: (c.recorded_at, c.at)
        )
        deals = _fold(self.deals, changes)
        members = self._members()
        if self.s.dirt:
            deals = _soil(deals, self.dice)
        history = History(
            deals=deals,
            changes=changes,
            members=members,
            static=frozenset({"segment"}),
            currency=self.s.currency,
        )
        managers = {m.id: m.manager for m in members}
        roles = {m.id: "rep" for m in members} | dict.fromkeys(self.managers, "manager")
        roles |= dict.fromkeys([*self.regions, "ceo"], "executive")
        return Organisation(
            settings=self.s,
            as_of=self.as_of,
            history=history,
            targets=self._targets(deals, managers),
            accounts=tuple(_accounts(deals)),
            rates=(("USD", self.start, 0.92),) if self.s.dirt else (),
            truth=Truth(
                quality={d.id: d.quality for d in self.deals},
                shocks=self.shocks,
                kinds={rep: _KINDS[int(k)] for rep, k in zip(self.reps, self.kind, strict=True)},
                ends={d.id: d.end for d in self.deals if d.end is not None},
            ),
            roles=roles,
            teams={m: f"Team {n + 1}" for n, m in enumerate(self.managers)}
            | {r: f"Region {n + 1}" for n, r in enumerate(self.regions)}
            | {"ceo": "Company"},
        )

    def _members(self) -> list[Member]:
        names = _person_names(self.s.seed, len(self.reps) + len(self.managers) + len(self.regions) + 1)
        name = iter(names)
        begin = self.start - timedelta(days=400)
        people = [Member("ceo", next(name), None, begin)]
        people += [Member(vp, next(name), "ceo", begin) for vp in self.regions]
        people += [
            Member(m, next(name), self.regions[n * len(self.regions) // len(self.managers)], begin)
            for n, m in enumerate(self.managers)
        ]
        for n, rep in enumerate(self.reps):
            hired = max(begin, self.start + timedelta(weeks=int(self.hired[n])))
            left = self.start + timedelta(weeks=int(self.left[n])) if self.left[n] < self.weeks else None
            people.append(Member(rep, next(name), self.managers[self.team[n]], hired, left))
        return people

    def _targets(self, deals: list[Deal], managers: dict[str, str | None]) -> tuple[Target, ...]:
        """Each quarter's target: the mean of the rep's last four quarters and 8 % more, never under a floor."""
        won: dict[tuple[str, str], float] = {}
        for deal in deals:
            if deal.status == "won" and deal.closed_on and deal.amount:
                key = (deal.owner, self.calendar.quarter_of(deal.closed_on).name)
                won[key] = won.get(key, 0.0) + deal.amount
        sums: dict[tuple[str, str], float] = {}
        for place, quarter in enumerate(self.quarters):
            for rep in self.reps:
                past = [won.get((rep, q.name), 0.0) for q in self.quarters[max(0, place - 4) : place]]
                given = max(60_000.0, 1.08 * sum(past) / len(past)) if past else 120_000.0
                amount = self.s.target_per_rep or round(given, -3)
                person: str | None = rep
                while person is not None:
                    sums[person, quarter.name] = sums.get((person, quarter.name), 0.0) + amount
                    person = managers[person]
        return tuple(Target(person, period, amount) for (person, period), amount in sums.items())


@dataclass(slots=True)
class _Deal:
    id: str
    name: str
    rep: int
    segment: int
    amount: float
    quality: float
    created: date
    week: int
    due: date
    product: str
    account: str
    stage: int = 0
    category: str = CATEGORIES[0]
    pushes: int = 0
    status: str = "open"
    closed: date | None = None
    end: tuple[str, date] | None = None
    lost_known: date | None = None


_KINDS = ("sober", "happy ears", "sandbagger")


def _fold(states: list[_Deal], changes: list[Change]) -> list[Deal]:
    """The CRM's current rows: every field's last recorded value."""
    fields: dict[str, dict[str, str]] = {}
    closed: dict[str, date] = {}
    for change in changes:
        fields.setdefault(change.deal_id, {})[change.field] = change.new or ""
        if change.field == "status" and change.new in ("won", "lost"):
            closed[change.deal_id] = change.at.date()
    return [
        Deal(
            id=deal.id,
            name=deal.name,
            owner=now["owner"],
            amount=float(now["amount"]),
            stage=now["stage"],
            category=now["category"],
            created_on=deal.created,
            close_on=date.fromisoformat(now["close_on"]),
            status=now["status"],  # type: ignore[arg-type]
            closed_on=closed.get(deal.id),
            account=deal.account,
            product=deal.product,
            evidence={"segment": SEGMENTS[deal.segment]},
        )
        for deal in states
        if (now := fields.get(deal.id)) is not None and {"owner", "amount", "stage", "category"} <= now.keys()
    ]


def _soil(deals: list[Deal], dice: np.random.Generator) -> list[Deal]:
    """Dirt as CRMs have it: blank amounts and dates on open deals, and a few duplicates."""
    soiled = []
    for deal in deals:
        u = dice.random()
        if deal.status == "open" and u < 0.03:
            deal = replace(deal, amount=None)
        elif deal.status == "open" and u < 0.06:
            deal = replace(deal, close_on=None)
        soiled.append(deal)
        if deal.status == "open" and dice.random() < 0.01:
            soiled.append(replace(deal, id=deal.id + "-2"))
    return soiled


def _plain(amount: float) -> str:
    return f"{amount:.2f}".rstrip("0").rstrip(".")


_FIRST = (
    "Ada Bo Cem Dora Emil Finn Gita Hugo Ilse Jan Kaja Lars Mara Nils Olga Per Quinn Rita Sven Tove Uma Vito Wim "
    "Xenia Yara Zeno Alma Bela Carl Dana Elif Femi Gro Hana Ivo June Kofi Lena Milo Noor Otis Pia Ravi Saga Tomas"
).split()
_LAST = (
    "Aalto Berg Craft Dahl Ekman Falk Gruber Holm Ivers Juhl Kranz Lund Moss Nyberg Olsen Palm Quist Rask Strand "
    "Thorn Ulven Vik Wolff Ylva Zander Abel Brandt Costa Duarte Engel Frost Grau Hoff Imre Jarl Keller Lind Maas"
).split()
_HEAD = (
    "Alder Beacon Cedar Delta Ember Falcon Garnet Harbour Iris Juniper Kestrel Larch Meridian North Orchard Pine "
    "Quarry River Sable Tamar Umber Vale Willow Yarrow Zephyr Amber Birch Coral Dune Elm"
).split()
_TAIL = (
    "Foods Works Paper Chemicals Dairy Pumps Mills Steel Textiles Glass Brewing Energy Water Rail Ports Motors "
    "Optics Timber Salt Cable Grain Ceramics Tools Printing"
).split()
_INDUSTRIES = ("Food", "Paper", "Chemicals", "Metals", "Energy", "Water", "Transport")


def _person_names(seed: int, count: int) -> list[str]:
    dice = np.random.default_rng(seed + 99)
    pairs = dice.permutation(len(_FIRST) * len(_LAST))
    names = [f"{_FIRST[p % len(_FIRST)]} {_LAST[p // len(_FIRST)]}" for p in pairs]
    return [
        names[n % len(names)] + (f" {n // len(names) + 1}" if n >= len(names) else "") for n in range(count)
    ]


def company_name(number: int) -> str:
    """An invented buyer's name for a number; the first 720 differ."""
    head, tail = _HEAD[(number * 7) % len(_HEAD)], _TAIL[(number // len(_HEAD) + number) % len(_TAIL)]
    again = number // (len(_HEAD) * len(_TAIL))
    return f"{head} {tail}" + (f" {again + 1}" if again else "")


def _deal_name(number: int) -> str:
    return company_name(number * 11 % 691)


def _accounts(deals: list[Deal]) -> list[Account]:
    owners: dict[str, str] = {}
    for deal in deals:
        owners[deal.account] = deal.owner
    return [
        Account(id, company_name(int(id[1:])), owner, _INDUSTRIES[int(id[1:]) % len(_INDUSTRIES)])
        for id, owner in sorted(owners.items())
    ]

"""Targets as rows from outside, and the arithmetic of the forecast call. No Django here.

All money is integer minor units of the reporting currency unless a name says otherwise.
"""

from __future__ import annotations

import hashlib
import itertools
import math
import re
import statistics
import unicodedata
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from fairlead.ledger import rules as ledger_rules
from fairlead.people import access, workdays


@dataclass(frozen=True, slots=True)
class TargetRow:
    """A target (quota) of one person for one named period, e.g. ``2026Q4``. Major units, exact."""

    person_id: str
    period: str
    amount: Decimal
    currency: str = ""
    type: str = "new"
    line: int = 0
    reason: str = ""


MEASURES: Mapping[str, str] = {"amount": "Amount", "arr": "ARR", "quantity": "Units"}
"""What a forecast type adds up -> its name."""
ALL_BUSINESS = "All business"
MOST_TYPES = 8
MOST_WORDS = 40


@dataclass(frozen=True, slots=True)
class Kind:
    """A forecast type in force: which deals it takes, what it adds up, whether leaders are asked for a number.

    ``version`` is the row that says so, ``words`` the deal types as they were written; none takes every deal.
    """

    version: int
    key: str
    name: str
    measure: str
    words: tuple[str, ...]
    asked: bool

    def takes(self, deal_type: str) -> bool:
        return not self.words or _word(deal_type) in {_word(one) for one in self.words}


def _word(text: str) -> str:
    return " ".join(text.split()).casefold()


@dataclass(frozen=True, slots=True)
class KindSaid:
    """What was said of a forecast type: from which day on it counts, and since when that is known."""

    kind: Kind
    active: bool
    starts_on: date
    set_at: datetime


def kinds_in_force(said: Iterable[KindSaid], day: date, known_at: datetime | None = None) -> tuple[Kind, ...]:
    """The types in force on a day, from what had been said by an instant (None: all), in the order they came.

    Of what was said of one type the latest day counts, of two of one day the later said.
    """
    newest: dict[str, KindSaid] = {}
    for one in sorted(said, key=lambda one: (one.starts_on, one.kind.version)):
        if one.starts_on <= day and (known_at is None or one.set_at <= known_at):
            newest[one.kind.key] = one
    first = {one.kind.key: 0 for one in newest.values()}
    for one in sorted(said, key=lambda one: -one.kind.version):
        first[one.kind.key] = one.kind.version
    ordered = sorted(newest.values(), key=lambda one: first[one.kind.key])
    return tuple(one.kind for one in ordered if one.active)


def kind_key(name: str, taken: Collection[str]) -> str:
    """A short key for a new type, made of its name: ``renewals``, and ``renewals-2`` where that is taken."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:16].strip("-") or "type"
    refused = {*taken, "new", "all", ""}
    for number in itertools.count(1):
        key = stem if number == 1 else f"{stem}-{number}"
        if key not in refused:
            return key
    raise AssertionError


def kind_given(
    name: str, measure: str, words: Iterable[str], others: Mapping[str, str]
) -> tuple[str, tuple[str, ...]]:
    """(name, deal types) as they are kept. ``others``: names of the other types in force. Raises Refused."""
    said = " ".join(name.split())
    if not 1 <= len(said) <= 40:
        raise access.Refused("bad_name", "Give the forecast type a name of at most 40 characters.")
    if said.casefold() in {one.casefold() for one in (*others.values(), ALL_BUSINESS, "new", "all")}:
        raise access.Refused("name_taken", f"{said} is there already. Choose another name.")
    if measure not in MEASURES:
        raise access.Refused("bad_measure", f"A type adds up one of: {', '.join(MEASURES.values())}.")
    kept: dict[str, str] = {}
    for one in words:
        text = " ".join(one.split())
        if text:
            kept.setdefault(_word(text), text[:80])
    if len(kept) > MOST_WORDS:
        raise access.Refused("many_words", f"A type takes at most {MOST_WORDS} deal types.")
    if not kept and measure == "amount":
        raise access.Refused(
            "all_again",
            f"The amounts of all deals are {ALL_BUSINESS}. Choose deal types, or another measure.",
        )
    return said, tuple(kept.values())


REASONS: Mapping[str, str] = {
    "territory": "Territory changed",
    "seat": "Job or segment changed",
    "ramp": "Ramp",
    "leave": "Leave",
    "reorganisation": "Re-organisation",
    "company_plan": "Company plan",
    "correction": "Correction",
}
"""Why a target changed. Neutral words and no text of one's own, so that none of them names anybody else."""


def reason_of(text: str) -> str:
    """The key of a reason as a file or a form says it, '' for none. Raises Refused that names what can be said."""
    said = " ".join(text.replace("_", " ").replace("-", " ").lower().split())
    if not said:
        return ""
    for key, words in REASONS.items():
        if said in (key.replace("_", " "), words.replace("-", " ").lower()):
            return key
    raise access.Refused(
        "bad_reason", f"“{text[:40]}” is no reason of a target. Write one of: {', '.join(REASONS.values())}."
    )


class Conflict(access.Refused):
    """Somebody submitted from another form meanwhile. Keeps what was typed and names the newer number."""

    def __init__(self, *, amount_minor: int, reason: str, newer: str, version: int) -> None:
        self.amount_minor = amount_minor
        self.reason = reason
        self.newer = newer
        self.version = version
        super().__init__(
            "newer_submission",
            f"Version {version} was submitted after you opened this form. Nothing was sent. "
            "Your number and reason are kept: compare them with the newer version, then submit again.",
        )


class WrongNumber(access.Refused):
    """A number of one category cannot stand. It names the category and the type, for the form to mark."""

    def __init__(self, category: str, code: str, sentence: str, type: str = "") -> None:
        self.category = category
        self.type = type
        super().__init__(code, sentence)


# Categories and columns

CATEGORIES = ("omitted", "pipeline", "best_case", "most_likely", "commit", "closed")
"""From least to most certain. Omitted counts nowhere."""

CALLED = ("commit", "most_likely", "best_case")
"""The columns that people give a number for, each with its own calls, overlays and roll-up."""


def with_narrower(categories: Sequence[str]) -> tuple[str, ...]:
    """These called columns and every narrower one, the narrowest first: a wider one holds them."""
    return CALLED[: max(CALLED.index(category) for category in categories) + 1]


FORMULAS = {
    "commit": "Commit + Closed",
    "most_likely": "Most Likely + Commit + Closed",
    "best_case": "Best Case + Most Likely + Commit + Closed",
    "pipeline": "Pipeline + Best Case + Most Likely + Commit, without Closed",
    "closed": "Closed",
}
"""What each cumulative column adds up, for its header."""


def single(parts: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Sum per category of (category, amount); every category is there. Raises KeyError for an unknown one."""
    sums = dict.fromkeys(CATEGORIES, 0)
    for category, amount in parts:
        sums[category] += amount
    return sums


def cumulative(sums: Mapping[str, int]) -> dict[str, int]:
    """The cumulative columns of single ones. The open pipeline is everything open, without Closed."""
    commit = sums["commit"] + sums["closed"]
    likely = commit + sums["most_likely"]
    best = likely + sums["best_case"]
    return {
        "closed": sums["closed"],
        "commit": commit,
        "most_likely": likely,
        "best_case": best,
        "pipeline": best - sums["closed"] + sums["pipeline"],
    }


def singles_of(columns: Mapping[str, int]) -> dict[str, int]:
    """The single columns of cumulative ones: what :func:`cumulative` was made of. Omitted counts in none and is 0."""
    likely = columns["most_likely"] - columns["commit"]
    best = columns["best_case"] - columns["most_likely"]
    opened = columns["best_case"] - columns["closed"]
    return dict.fromkeys(CATEGORIES, 0) | {
        "closed": columns["closed"],
        "commit": columns["commit"] - columns["closed"],
        "most_likely": likely,
        "best_case": best,
        "pipeline": columns["pipeline"] - opened,
    }


# Roll-up


@dataclass(frozen=True, slots=True)
class Point:
    """One person of the tree for the roll-up of one category. None means: not said.

    ``own_deals`` are the person's own deals in the cumulative column. ``said`` is the person's own number,
    ``overlay`` the direct superior's number beside it.
    """

    id: int
    parent: int | None
    own_deals: int = 0
    said: int | None = None
    overlay: int | None = None


@dataclass(frozen=True, slots=True)
class Rolled:
    """What a point comes to. ``computed`` is from own deals and what is seen of the reports."""

    computed: int
    own_call: int
    seen: int


def roll_up(points: Iterable[Point]) -> dict[int, Rolled]:
    """Every point's numbers, from the leaves up.

    own_call(n) = what n said, if anything, else own deals + the sum of seen(c) over the reports c;
    seen(n) = the superior's overlay, if set, else own_call(n). A parent that is not among the points ends the
    walk. Raises ValueError on a circle.
    """
    by_id = {point.id: point for point in points}
    waiting = dict.fromkeys(by_id, 0)
    for point in by_id.values():
        if point.parent in waiting:
            waiting[point.parent] += 1
    below, rolled = dict.fromkeys(by_id, 0), {}
    ready = [id for id, count in waiting.items() if not count]
    while ready:
        point = by_id[ready.pop()]
        rolled[point.id] = _rolled(point, below[point.id])
        if point.parent in by_id:
            below[point.parent] += rolled[point.id].seen
            waiting[point.parent] -= 1
            if not waiting[point.parent]:
                ready.append(point.parent)
    if len(rolled) < len(by_id):
        raise ValueError("The reporting lines run in a circle.")
    return rolled


def _rolled(point: Point, reports: int) -> Rolled:
    computed = point.own_deals + reports
    own_call = computed if point.said is None else point.said
    return Rolled(computed, own_call, own_call if point.overlay is None else point.overlay)


@dataclass(frozen=True, slots=True)
class Given:
    """What the persons of a tree gave in one category, by person; who is missing said nothing."""

    own_deals: Mapping[int, int]
    said: Mapping[int, int]
    overlays: Mapping[int, int]


def computed_in(parents: Mapping[int, int | None], given: Mapping[str, Given]) -> dict[str, dict[int, int]]:
    """category -> person -> own deals + what is seen of the reports: ``computed`` of :func:`roll_up` for several.

    ``parents`` names everybody of the tree; a parent that is not among them ends the walk. The order is found once
    for all categories, so that three of them cost a tree of ten thousand little more than one. Raises ValueError on
    a circle.
    """
    waiting = dict.fromkeys(parents, 0)
    for parent in parents.values():
        if parent in waiting:
            waiting[parent] += 1
    ready = [person for person, count in waiting.items() if not count]
    order: list[tuple[int, int | None]] = []
    while ready:
        person = ready.pop()
        parent = parents[person]
        if parent not in waiting:
            parent = None
        order.append((person, parent))
        if parent is not None:
            waiting[parent] -= 1
            if not waiting[parent]:
                ready.append(parent)
    if len(order) < len(parents):
        raise ValueError("The reporting lines run in a circle.")
    return {category: _computed(order, one) for category, one in given.items()}


def _computed(order: Sequence[tuple[int, int | None]], given: Given) -> dict[int, int]:
    """From the leaves up, in the order given."""
    own, said, overlays = given.own_deals, given.said, given.overlays
    computed = {person: own.get(person, 0) for person, _ in order}
    for person, parent in order:
        if parent is None:
            continue
        seen = overlays.get(person)
        if seen is None:
            seen = said.get(person)
        computed[parent] += computed[person] if seen is None else seen
    return computed


@dataclass(frozen=True, slots=True)
class Drift:
    """How far the own call moved since an overlay was set beside it. ``followed`` is overlay + drift."""

    base: int
    now: int
    by: int
    followed: int


def drift(overlay: int | None, base: int | None, now: int) -> Drift | None:
    """The drift under an overlay; None when there is none, or nothing moved. Never changes the overlay."""
    if overlay is None or base is None or base == now:
        return None
    return Drift(base, now, now - base, overlay + now - base)


# What moved between two numbers


@dataclass(frozen=True, slots=True)
class Bar:
    """One step from an earlier number to a later one. ``deals`` are internal ids, ``person`` whose it is."""

    kind: str
    amount: int
    deals: tuple[int, ...] = ()
    person: int | None = None
    label: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One direct report (or the leader's own deals) in a leader's number, each fact kept apart.

    ``said`` is the number the person gave, None while it follows from the deals; ``own_call`` is what counts
    as their number; ``in_call`` what the leader counts. ``submission`` is set for a leader who submitted. ``credit`` is
    overlay credit of the person, or of the whole team of a leader: it counts in no sum.
    """

    person: int
    name: str
    leads: bool
    computed: int
    said: int | None
    own_call: int
    overlay: int | None
    in_call: int
    target: int | None = None
    booked: int = 0
    submission: str = ""
    credit: int = 0

    @property
    def call_step(self) -> int:
        return self.own_call - self.computed

    @property
    def overlay_step(self) -> int:
        return self.in_call - self.own_call


def standing_bars(
    before: Sequence[Cell], amount_before: int, now: Sequence[Cell], amount_now: int, computed: Sequence[Bar]
) -> list[Bar]:
    """All bars from one number to the next; ``computed`` explain the moves of the cells' computed numbers.

    What is left of a cell is its own call's and its overlay's move; what is left of the number is the
    leader's own judgement. The bars add up by construction: a difference that ``computed`` does not explain
    stands in a bar of its own, kind ``unexplained``.
    """
    old, new = {c.person: c for c in before}, {c.person: c for c in now}
    bars = list(computed)
    moved = sum(c.computed for c in now) - sum(c.computed for c in before)
    bars.append(Bar("unexplained", moved - sum(bar.amount for bar in computed)))
    for person in sorted(old.keys() | new.keys()):
        was, is_ = old.get(person), new.get(person)
        name = (is_ or was).name  # type: ignore[union-attr]
        call = (is_.call_step if is_ else 0) - (was.call_step if was else 0)
        overlay = (is_.overlay_step if is_ else 0) - (was.overlay_step if was else 0)
        bars.append(Bar("own_call", call, person=person, label=name))
        bars.append(Bar("overlay", overlay, person=person, label=name))
    own_before = amount_before - sum(c.in_call for c in before)
    own_now = amount_now - sum(c.in_call for c in now)
    bars.append(Bar("own_number", own_now - own_before))
    return [bar for bar in bars if bar.amount]


def moving_bars(old: Mapping[int, Cell], new: Mapping[int, Cell], persons: Iterable[int]) -> list[Bar]:
    """One bar for each of these persons who left or joined between two numbers, with what their deals came to.

    A bar of a person without deals is there too, with amount 0: it says that their deals are not compared.
    """
    bars = []
    for person in sorted(persons):
        was, is_ = old.get(person), new.get(person)
        if is_ is None and was is not None:
            bars.append(Bar("left", -was.computed, person=person, label=was.name))
        elif was is None and is_ is not None:
            bars.append(Bar("joined", is_.computed, person=person, label=is_.name))
    return bars


def add_bars(bars: Iterable[Bar]) -> list[Bar]:
    """Bars of several numbers as one per kind (and per person where there is one), in order of appearance."""
    sums: dict[tuple[str, int | None], Bar] = {}
    for bar in bars:
        key = (bar.kind, bar.person)
        known = sums.get(key)
        sums[key] = (
            bar
            if known is None
            else Bar(bar.kind, known.amount + bar.amount, known.deals + bar.deals, bar.person, bar.label)
        )
    return [bar for bar in sums.values() if bar.amount]


# Submissions


def reason_wanted(
    amount: int, calls_sum: int, estimate: int | None, *, share: float = 0.05
) -> tuple[bool, bool]:
    """Whether a reason is required (the number differs from the calls added up) and whether one is asked for.

    Asked, not required: the number lies more than ``share`` away from the middle of the estimate.
    """
    far = estimate is not None and abs(amount - estimate) > share * max(abs(estimate), 1)
    return amount != calls_sum, far


def digest(content: Mapping[str, object]) -> str:
    """SHA-256 of the frozen content as canonical JSON, in hexadecimal."""
    return hashlib.sha256(ledger_rules.canonical(content)).hexdigest()


# Records


@dataclass(frozen=True, slots=True)
class Record:
    """How numbers of past periods compare with what came. Shares are (came - said) / said.

    ``bias`` is their mean and ``spread`` their standard deviation, both None under three periods.
    """

    periods: int
    within: int
    bias: float | None
    spread: float | None
    shares: tuple[tuple[str, float], ...]

    @property
    def leaning(self) -> str:
        """``high``, ``low`` or nothing: whether most of the numbers erred to one side."""
        high = sum(share < 0 for _, share in self.shares)
        low = sum(share > 0 for _, share in self.shares)
        if self.periods < 3 or max(high, low) <= self.periods * 0.6:
            return ""
        return "high" if high > low else "low"


def record(pairs: Iterable[tuple[str, int, int]], *, within: float = 0.05) -> Record:
    """The record of (period, said, came), oldest first. A number of 0 has no share and is left out."""
    shares = tuple((period, (came - said) / said) for period, said, came in pairs if said > 0)
    enough = len(shares) >= 3
    values = [share for _, share in shares]
    return Record(
        periods=len(shares),
        within=sum(abs(value) <= within for value in values),
        bias=statistics.fmean(values) if enough else None,
        spread=statistics.stdev(values) if enough else None,
        shares=shares,
    )


@dataclass(frozen=True, slots=True)
class Leaning:
    """Which way numbers said at one week erred. Shares are (came - said) / said: above 0, more came than was said.

    ``mean`` with its 9-in-10 interval ``low`` to ``high`` (Student's t, periods taken as independent); all None
    under ``LEAST_PERIODS`` periods, which say too little.
    """

    periods: int
    within: int
    mean: float | None
    low: float | None
    high: float | None

    @property
    def words(self) -> str:
        """``high``, ``low`` or nothing: named only where the whole interval lies on one side."""
        if self.low is None or self.high is None:
            return ""
        return "low" if self.low > 0 else "high" if self.high < 0 else ""


LEAST_PERIODS = 4
"""Fewer periods name no bias."""


def leaning(shares: Sequence[float], *, within: float = 0.05) -> Leaning:
    """The bias of past numbers and how sure it is."""
    inside = sum(abs(share) <= within for share in shares)
    if len(shares) < LEAST_PERIODS:
        return Leaning(len(shares), inside, None, None, None)
    from scipy import stats

    mean = statistics.fmean(shares)
    half = float(stats.t.ppf(0.95, len(shares) - 1)) * statistics.stdev(shares) / math.sqrt(len(shares))
    return Leaning(len(shares), inside, mean, mean - half, mean + half)


def shown_from(ends_on: date, off: Collection[date] = ()) -> date:
    """From which day others read a person's record of a period: the person has it five working days before."""
    return workdays.workdays_after(ends_on, 5, off) + timedelta(days=1)


# What is still needed


@dataclass(frozen=True, slots=True)
class Candidate:
    """An open deal of this period that could close the gap, or a part of it."""

    id: int
    name: str
    amount: int


@dataclass(frozen=True, slots=True)
class Needed:
    """What a target still needs, in deals of usual size and in new opportunities at the own rate.

    ``usual`` is the median of the won deals (``usual_from`` says whose: own, team), None under three.
    ``rate`` is won / (won + lost) in number, None without any. ``with_largest`` counts the deals of usual
    size needed beside ``largest``.
    """

    gap: int
    usual: int | None
    usual_from: str
    rate: float | None
    deals: int | None
    opportunities: int | None
    largest: Candidate | None
    with_largest: int | None


def needed(
    *,
    target: int | None,
    booked: int,
    won: Sequence[int],
    lost: int,
    team_won: Sequence[int] = (),
    open_deals: Sequence[Candidate] = (),
) -> Needed | None:
    """What is still needed; None without a target. ``won`` are the amounts of the own won deals."""
    if target is None:
        return None
    gap = max(target - booked, 0)
    sizes, source = (won, "own") if len(won) >= 3 else (team_won, "team")
    usual = round(statistics.median(sizes)) if len(sizes) >= 3 else None
    usual = usual if usual and usual > 0 else None
    rate = len(won) / (len(won) + lost) if len(won) + lost >= 3 and won else None
    deals = math.ceil(gap / usual) if usual else None
    largest = max(open_deals, key=lambda deal: (deal.amount, -deal.id), default=None) if gap else None
    rest = max(gap - largest.amount, 0) if largest else gap
    return Needed(
        gap=gap,
        usual=usual,
        usual_from=source if usual else "",
        rate=rate,
        deals=deals,
        opportunities=math.ceil(round(deals / rate, 9)) if deals is not None and rate else None,
        largest=largest,
        with_largest=math.ceil(rest / usual) if largest and usual else None,
    )


# How deals usually go, and the path to a target


@dataclass(frozen=True, slots=True)
class Ended:
    """A closed deal of a year: won or not, its amount, and days from creation to the close (None: not known)."""

    won: bool
    amount: int | None
    days: int | None


LEAST_OWN = 3
"""Fewer won deals of one's own say too little; the team's are taken then."""


@dataclass(frozen=True, slots=True)
class Habits:
    """How deals went in a year. Each figure with whose it is: own, team, or "" where nobody's are enough.

    ``rate`` won of ``closed``; ``usual`` the median amount of won deals; ``days`` the median from creation to won;
    ``quick`` the days of each won deal behind it, rising.
    """

    won: int
    closed: int
    rate: float | None
    rate_from: str
    usual: int | None
    usual_from: str
    days: int | None
    days_from: str
    quick: tuple[int, ...]

    def as_quick(self, days: int) -> float | None:
        """The share of won deals that took no longer than ``days``."""
        return sum(d <= days for d in self.quick) / len(self.quick) if self.quick else None

    def new_deal_chance(self, days: int) -> float | None:
        """The chance that a deal made today is won within ``days``: the rate, times the share that is as quick."""
        quick = self.as_quick(days)
        return None if self.rate is None or quick is None else self.rate * quick


def habits(own: Sequence[Ended], team: Sequence[Ended] = ()) -> Habits:
    """From the own closed deals of a year, with the team's for each figure that the own are too few for."""
    rate, rate_from, of = _enough(own, team, lambda deals: [d for d in deals if d.won])
    usual, usual_from, _ = _enough(own, team, lambda deals: [d for d in deals if d.won and d.amount])
    days, days_from, _ = _enough(own, team, lambda deals: [d for d in deals if d.won and d.days is not None])
    quick = tuple(sorted(d.days for d in days if d.days is not None))
    return Habits(
        won=len(rate),
        closed=len(of),
        rate=len(rate) / len(of) if rate else None,
        rate_from=rate_from,
        usual=round(statistics.median(d.amount or 0 for d in usual)) if usual else None,
        usual_from=usual_from,
        days=math.ceil(statistics.median(quick)) if quick else None,
        days_from=days_from,
        quick=quick,
    )


def _enough(
    own: Sequence[Ended], team: Sequence[Ended], pick: Callable[[Sequence[Ended]], list[Ended]]
) -> tuple[list[Ended], str, Sequence[Ended]]:
    """The won deals that a figure is read from, whose they are, and all closed deals they were picked from."""
    for deals, whose in ((own, "own"), (team, "team")):
        found = pick(deals)
        if len(found) >= LEAST_OWN:
            return found, whose, deals
    return [], "", own


@dataclass(frozen=True, slots=True)
class Path:
    """From what is booked to the target. Money in minor units.

    ``gap`` what is still needed, of which open deals bring ``open_brings`` by their chances (None: no estimate yet)
    and ``rest`` is left. ``open_share`` what of their amounts they would have to bring for the whole gap.
    ``deals`` of usual size and ``opportunities`` at the rate make up the rest; ``by`` is the last day on which they
    must exist to close in time at the median pace, ``in_time`` whether that day is still to come.
    """

    gap: int
    open_amount: int
    open_brings: int | None
    open_share: float | None
    rest: int
    habits: Habits
    deals: int | None
    opportunities: int | None
    by: date | None
    in_time: bool


def path(
    *,
    target: int,
    booked: int,
    open_amount: int,
    open_brings: int | None,
    found: Habits,
    today: date,
    ends_on: date,
) -> Path:
    """What is still needed and how it could come together, from rates that stand beside it."""
    gap = max(target - booked, 0)
    rest = max(gap - (open_brings or 0), 0)
    deals = math.ceil(rest / found.usual) if found.usual else None
    opportunities = math.ceil(round(deals / found.rate, 9)) if deals is not None and found.rate else None
    by = ends_on - timedelta(days=found.days) if found.days is not None else None
    return Path(
        gap=gap,
        open_amount=open_amount,
        open_brings=open_brings,
        open_share=gap / open_amount if open_amount else None,
        rest=rest,
        habits=found,
        deals=deals,
        opportunities=opportunities,
        by=by,
        in_time=by is not None and by >= today,
    )


# Pace


@dataclass(frozen=True, slots=True)
class Course:
    """What was booked by the end of each week of a period, in minor units; ``by_week[0]`` is week 1."""

    period: str
    by_week: tuple[int, ...]


def course(
    period: str, starts_on: date, weeks: int, wins: Iterable[tuple[date, int]], until: date | None
) -> Course:
    """Won amounts added up by week of the period; with ``until`` only the weeks begun by that day."""
    added = [0] * weeks
    for day, amount in wins:
        added[min(max((day - starts_on).days // 7, 0), weeks - 1)] += amount
    shown = weeks if until is None else min(max((until - starts_on).days // 7 + 1, 0), weeks)
    return Course(period, tuple(itertools.accumulate(added[:shown])))


# What needs the owner today


@dataclass(frozen=True, slots=True)
class Attention:
    """A deal that needs its owner today: why, in a sentence, and what it moves."""

    id: int
    why: str
    weight: int


def attention(
    *,
    id: int,
    amount: int | None,
    category: str,
    close_on: date | None,
    changed_on: date,
    pushes: int,
    chance: float | None,
    today: date,
    ends_on: date,
) -> Attention | None:
    """Why an open deal needs its owner today, or None. The first reason that applies.

    ``weight`` orders deals: the money that hangs on acting now. A deal outside every sum weighs its whole
    amount, one with a chance what is undecided about it.
    """
    money = amount or 0
    if close_on is None:
        return Attention(id, "Not counted anywhere until it has an expected close date.", money)
    if amount is None:
        return Attention(id, "Not counted anywhere until it has an amount.", 1)
    if not category:
        return Attention(id, "Not counted anywhere until its stage has a category.", money)
    if close_on < today:
        return Attention(
            id, f"Expected {_day(close_on)}, which has passed. Set a new date or close it.", money
        )
    if close_on > ends_on:
        return None
    undecided = round(money * 4 * chance * (1 - chance)) if chance is not None else money
    if (close_on - today).days <= 7:
        return Attention(id, f"Expected {_in_days((close_on - today).days)}.", undecided)
    if (today - changed_on).days >= 21:
        return Attention(id, f"Nothing changed for {(today - changed_on).days} days.", undecided)
    if pushes >= 2:
        return Attention(id, f"Pushed {pushes} times; expected {_day(close_on)}.", undecided)
    return Attention(id, f"Expected {_day(close_on)}.", undecided // 2) if undecided else None


def _day(day: date) -> str:
    return f"{day.day} {day:%b}"


def _in_days(days: int) -> str:
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")

"""Attainment against the target that was really there: ramp, part quarters, leave, changed targets. No Django here.

Everything is counted in working days, so that a page can show the arithmetic and a reader do it again by hand. A
working day of a quarter asks for an equal part of the target that was held on that day, times the share of the ramp,
and for nothing when the person was not there yet, not there any more, or away.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from math import sqrt
from statistics import NormalDist

from fairlead.forecasting.periods import Period
from fairlead.people.workdays import is_workday

FULL = 100
LONGEST_RAMP = 24
"""Months."""
LEAST_PEERS = 5
"""Of fewer peers a middle and a range would be nearly one person's figures."""
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Said:
    """A target as it was set: minor units, and the day from which it was known."""

    minor: int
    on: date


@dataclass(frozen=True, slots=True)
class Span:
    """Days from the first until the last (inclusive); None = open."""

    first: date
    last: date | None = None

    def has(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, slots=True)
class Ramp:
    """Percent of the target in the first, second, … month of a seat; afterwards the whole of it. Empty = no ramp."""

    shares: tuple[int, ...] = ()

    def share(self, seated: date | None, day: date) -> int:
        """Percent of the target that a day asks for, from somebody in the seat since ``seated`` (None: for long)."""
        if seated is None:
            return FULL
        month = months_between(seated, day)
        return self.shares[month] if 0 <= month < len(self.shares) else FULL


def months_between(first: date, day: date) -> int:
    """Whole months from a day to another: 31 January to 28 February is none, to 1 March is one."""
    return (day.year - first.year) * 12 + day.month - first.month - (day.day < first.day)


@dataclass(frozen=True, slots=True)
class Given:
    """What one quarter of one seller is reckoned from.

    ``targets``: as set, oldest first; the first one holds from the start, whenever it was written. ``here``: the days
    of employment. ``seats``: the days a seat was taken that ramps (a start, a new territory), oldest first. ``away``:
    leave. ``off``: days off of everybody.
    """

    period: Period
    targets: Sequence[Said]
    here: Span
    seats: Sequence[date] = ()
    away: Sequence[Span] = ()
    ramp: Ramp = Ramp()
    off: Collection[date] = ()


@dataclass(frozen=True, slots=True)
class Stretch:
    """Working days in a row that ask for the same: how many, of which target, at what percent, and why less."""

    first: date
    last: date
    days: int
    target_minor: int
    share: int
    why: str
    """"" for the whole, else not_here, away or ramp."""
    of: int = 0
    """the working days of the whole period the target is for"""

    @property
    def minor(self) -> Fraction:
        """What these days ask for, exactly."""
        return (
            Fraction(self.target_minor * self.days * self.share, FULL * self.of) if self.of else Fraction(0)
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked of a seller in a quarter. ``minor`` None: no target was ever set.

    ``stretches`` add up to ``minor``: each is days × target × share, over the quarter's ``days``.
    """

    minor: int | None
    whole_minor: int | None
    """The target as it stood at the end."""
    days: int
    present: int
    stretches: tuple[Stretch, ...]
    changes: tuple[Said, ...]
    """Targets that came in while the quarter ran."""
    written_late: date | None
    """The day on which the first target was set, where that was after the quarter."""

    @property
    def reduced(self) -> bool:
        """Whether anything but the target itself counts: a ramp, leave, a part of the quarter."""
        return any(stretch.why for stretch in self.stretches)


def asked(given: Given) -> Asked:
    """The target of a quarter as it was really held, in minor units, rounded once, half to even."""
    days = workdays(given.period.starts_on, given.period.ends_on, given.off)
    if not given.targets:
        return Asked(
            None, None, len(days), sum(_why(given, day) in ("", "ramp") for day in days), (), (), None
        )
    stretches = tuple(replace(one, of=len(days)) for one in _stretches(given, days))
    parts = sum((one.minor for one in stretches), Fraction(0))
    first = given.targets[0]
    known = [said for said in given.targets if said.on <= given.period.ends_on] or [first]
    return Asked(
        minor=round(parts),
        whole_minor=known[-1].minor,
        days=len(days),
        present=sum(one.days for one in stretches if one.share),
        stretches=stretches,
        changes=tuple(said for said in given.targets[1:] if given.period.contains(said.on)),
        written_late=first.on if first.on > given.period.ends_on else None,
    )


def together(parts: Sequence[Asked]) -> Asked:
    """What a quarter asked whose targets are set month by month; None where no month has a target."""
    if len(parts) == 1:
        return parts[0]
    stretches = tuple(stretch for part in parts for stretch in part.stretches)
    known = [part for part in parts if part.minor is not None]
    late = [part.written_late for part in known if part.written_late]
    return Asked(
        minor=round(sum((one.minor for one in stretches), Fraction(0))) if known else None,
        whole_minor=sum(part.whole_minor or 0 for part in known) if known else None,
        days=sum(part.days for part in parts),
        present=sum(part.present for part in parts),
        stretches=stretches,
        changes=tuple(said for part in parts for said in part.changes),
        written_late=max(late) if late else None,
    )


def workdays(first: date, last: date, off: Collection[date]) -> list[date]:
    """The working days from a day to another, both counted."""
    every = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return [day for day in every if is_workday(day, off)]


def _why(given: Given, day: date) -> str:
    if not given.here.has(day):
        return "not_here"
    if any(span.has(day) for span in given.away):
        return "away"
    return "" if _share(given, day) == FULL else "ramp"


def _share(given: Given, day: date) -> int:
    return given.ramp.share(max((seat for seat in given.seats if seat <= day), default=None), day)


def _target(given: Given, day: date) -> int:
    held = [said for said in given.targets if said.on <= day]
    return (held[-1] if held else given.targets[0]).minor


def _stretches(given: Given, days: Iterable[date]) -> Iterable[Stretch]:
    current: Stretch | None = None
    for day in days:
        why = _why(given, day)
        share = _share(given, day) if why in ("", "ramp") else 0
        target = _target(given, day)
        if current is not None and (current.target_minor, current.share, current.why) == (target, share, why):
            current = Stretch(current.first, day, current.days + 1, target, share, why)
            continue
        if current is not None:
            yield current
        current = Stretch(day, day, 1, target, share, why)
    if current is not None:
        yield current


# Attainment


def under(won_minor: int, asked_minor: int, line: int) -> bool:
    """Whether what was won is under the line (percent) of what was asked, exactly; nothing asked is never under."""
    return asked_minor > 0 and won_minor * FULL < asked_minor * line


def percent(won_minor: int, asked_minor: int | None) -> int | None:
    """Attainment in whole percent, half to even; None where nothing was asked."""
    return round(Fraction(won_minor * FULL, asked_minor)) if asked_minor else None


def coverage(open_minor: int | None, asked_minor: int | None) -> int | None:
    """What was open at a quarter's start for its days, in percent of what was asked; None where one is not known."""
    if open_minor is None or not asked_minor:
        return None
    return round(Fraction(open_minor * FULL, asked_minor))


@dataclass(frozen=True, slots=True)
class Peers:
    """Attainment of role peers in one quarter, as figures without names. Percent; None where there are too few."""

    count: int
    under: int
    low: int | None
    middle: int | None
    high: int | None


def peers(attained: Sequence[int], missed: Sequence[bool]) -> Peers:
    """The quartiles of the peers' attainment (percent), and how many were under the line."""
    if len(attained) < LEAST_PEERS:
        return Peers(len(attained), sum(missed), None, None, None)
    row = sorted(attained)
    low, middle, high = (_quantile(row, Fraction(n, 4)) for n in (1, 2, 3))
    return Peers(len(row), sum(missed), low, middle, high)


def _quantile(row: Sequence[int], at: Fraction) -> int:
    place = at * (len(row) - 1)
    below = int(place)
    above = min(below + 1, len(row) - 1)
    return round(row[below] + (row[above] - row[below]) * (place - below))


def run_length(missed: Sequence[bool | None]) -> int:
    """How many of the newest quarters in a row were under the line; a quarter in which nothing was asked ends a run."""
    count = 0
    for one in reversed(missed):
        if not one:
            break
        count += 1
    return count


# One's own figures, quarter by quarter


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of few cases with its uncertainty: percent, half to even. None where there was no case."""

    hits: int
    cases: int
    middle: int | None
    low: int | None
    high: int | None


def rate(hits: int, cases: int) -> Rate:
    """A share with Wilson's interval that holds the true one 8 times in 10.

    Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, JASA 22 (1927).
    """
    if not cases:
        return Rate(0, 0, None, None, None)
    share, z = hits / cases, NormalDist().inv_cdf(0.9)
    centre = (share + z * z / (2 * cases)) / (1 + z * z / cases)
    half = z / (1 + z * z / cases) * sqrt(share * (1 - share) / cases + z * z / (4 * cases * cases))
    low, high = max(centre - half, 0.0), min(centre + half, 1.0)
    return Rate(hits, cases, round(Fraction(hits * FULL, cases)), round(low * FULL), round(high * FULL))


def middle(values: Sequence[int]) -> int | None:
    """The median, None of nothing; between two it is their mean, half to even."""
    row = sorted(values)
    if not row:
        return None
    half = len(row) // 2
    return row[half] if len(row) % 2 else round(Fraction(row[half - 1] + row[half], 2))


@dataclass(frozen=True, slots=True)
class OneDeal:
    """What one deal does to a quarter: the attainment in percent without the largest win, with a late one."""

    minor: int
    percent: int
    over: bool
    """whether the quarter is on the line that way"""


def without_largest(won: Sequence[int], asked_minor: int, line: int) -> OneDeal | None:
    """The quarter without its largest deal; None where nothing was won or asked."""
    if not won or asked_minor <= 0:
        return None
    rest = sum(won) - max(won)
    return OneDeal(max(won), percent(rest, asked_minor) or 0, not under(rest, asked_minor, line))


def with_late(won_minor: int, late: Sequence[int], asked_minor: int, line: int) -> OneDeal | None:
    """The quarter with the largest deal that was signed soon after it; None where none was, or nothing was asked."""
    if not late or asked_minor <= 0:
        return None
    more = won_minor + max(late)
    return OneDeal(max(late), percent(more, asked_minor) or 0, not under(more, asked_minor, line))


def against_first_target(given: Given, won_minor: int, line: int) -> OneDeal | None:
    """The quarter against the target as it was before it changed on the way; None where none changed."""
    first = given.targets[0] if given.targets else None
    changed = [said for said in given.targets[1:] if given.period.contains(said.on)]
    if first is None or not changed:
        return None
    then = asked(replace(given, targets=[first])).minor or 0
    return (
        OneDeal(first.minor, percent(won_minor, then) or 0, not under(won_minor, then, line))
        if then
        else None
    )

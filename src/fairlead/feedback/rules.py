"""Who is asked together, and what may be shown of what they said. Plain values, no Django.

Three things keep an answer from being worked out, also by two of those who answered and put theirs together:

* *Groups share nobody.* Each person's answer counts in one figure of a round, so no total less a part leaves a few.
* *Figures are words with wide ends.* "Mostly so" begins far enough from everybody that as many as two known answers,
  and nobody else's, always leave room for another way.
* *One figure a year tells something new.* Until a year has passed a word stays unless more answers moved than people
  came, went, answered or did not. As long as nobody changes their mind the later words tell nothing at all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from fairlead.people.access import Refused

Pair = tuple[int, int]
"""Who answers, about whom."""
Kind = Literal["team", "line"]
Level = Literal["high", "divided", "low"]
State = Literal["fresh", "kept", "moved", "few", "held"]
Outcome = Literal["shown", "few", "seven", "changed", "held"]

ITEMS = ("shields", "passes", "upward", "owns", "deals", "coaches", "fair", "promises")
"""What is asked, by key."""
POOLS: dict[str, tuple[str, ...]] = {"above": ITEMS[:4], "team": ITEMS[4:]}
"""The two halves, shown together where there are too few answers for one item."""
ANSWERS = ("yes", "no", "unable")
DAYS_OPEN = 10
"""Working days for an answer."""
REMIND = 3
"""Working days before the end."""
LONGEST = 1000
_MIDDLE = timedelta(days=45)
_LATEST = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Policy:
    """The limits. The simulated attacks turn them off one by one; nothing else uses another one."""

    least: int = 5
    """answers for anything"""
    each: int = 7
    """answers for a single item"""
    alone: int = 6
    """direct reports who are asked as one team"""
    moved: int = 2
    """who must have come or gone since the last release, where anybody has"""
    comments: int = 8
    """answers for comments"""
    known: int = 2
    """who may put their answers together"""
    keep: bool = True
    """a word stays unless more moved than came or went"""
    once: bool = True
    """nobody's answer makes a new figure of two groups within a year"""
    year: timedelta = timedelta(days=340)
    """until then nobody's answer makes another new figure; between three quarters and four"""
    apart: bool = True
    """groups share nobody"""


POLICY = Policy()


# Who is asked together


@dataclass(frozen=True, slots=True)
class Group:
    """Those who are asked as one: a manager's team, or the smaller teams of a unit about their managers."""

    kind: Kind
    owner: int
    pairs: frozenset[Pair]


def groups(
    teams: Mapping[int, Collection[int]], above: Mapping[int, int | None], policy: Policy = POLICY
) -> list[Group]:
    """The groups of a round, from manager -> direct reports and manager -> superior.

    A team of six is asked alone. Smaller ones of one superior are asked together; where they are one team alone or
    still fewer than six, the smallest of the other teams joins them, because a total beside its parts would show
    them. Who then still is with too few is in no group.
    """
    found: list[Group] = []
    units: dict[int | None, list[int]] = {}
    for manager in sorted(teams):
        units.setdefault(above.get(manager), []).append(manager)
    for superior, managers in units.items():
        large = sorted(
            (m for m in managers if len(teams[m]) >= policy.alone), key=lambda m: (len(teams[m]), m)
        )
        small = [m for m in managers if 0 < len(teams[m]) < policy.alone]
        if superior is not None and small:
            if policy.apart:
                while large and (len(small) < 2 or sum(len(teams[m]) for m in small) < policy.alone):
                    small.append(large.pop(0))
            else:
                small = [*small, *large]
            if len(small) > 1 and sum(len(teams[m]) for m in small) >= policy.alone:
                found.append(Group("line", superior, _pairs(teams, small)))
        found += [Group("team", manager, _pairs(teams, [manager])) for manager in large]
    return found


def _pairs(teams: Mapping[int, Collection[int]], managers: Iterable[int]) -> frozenset[Pair]:
    return frozenset((person, manager) for manager in managers for person in teams[manager])


# When


def first_day(starts_on: date) -> date:
    """The day from which the round of a quarter opens: its middle."""
    return starts_on + _MIDDLE


def after(day: date) -> date:
    """The day after."""
    return day + timedelta(days=1)


def opens(starts_on: date, ends_on: date, today: date) -> bool:
    """Whether a quarter's round opens on a day: from the middle of the quarter on, two weeks long.

    A unit that is turned on later than that is asked in the next quarter.
    """
    first = first_day(starts_on)
    return first <= today <= min(first + _LATEST, ends_on)


# Answering


def checked(answers: Mapping[str, str]) -> dict[str, str]:
    """An answer to every item. Raises Refused: item_missing."""
    said = {item: answers.get(item, "") for item in ITEMS}
    missing = sum(one not in ANSWERS for one in said.values())
    if missing:
        raise Refused(
            "item_missing",
            f"{missing} of the eight {'has' if missing == 1 else 'have'} no answer yet. “Not able to say” is one.",
        )
    return said


def comment(text: str) -> str:
    """A comment as it is kept. Raises Refused: text_long."""
    said = text.replace("\x00", "").replace("\r\n", "\n").strip()
    if len(said) > LONGEST:
        raise Refused("text_long", f"A comment has {LONGEST} characters at most; this one has {len(said)}.")
    return said


def refuse_answer(*, open_: bool, answered: bool) -> None:
    """Raises Refused: twice, closed."""
    if answered:
        raise Refused("twice", "You have answered. Nobody can find your answer to change it, you neither.")
    if not open_:
        raise Refused("closed", "This round is closed. The next one comes with the next quarter.")


# What may be shown


@dataclass(frozen=True, slots=True)
class Tally:
    """How many said what of one item."""

    yes: int = 0
    no: int = 0
    unable: int = 0

    @property
    def said(self) -> int:
        return self.yes + self.no


@dataclass(frozen=True, slots=True)
class Figure:
    """A word about an item, or about a half of them: the level is None where nothing is shown."""

    key: str
    level: Level | None
    state: State
    size: int = 0
    """answers behind it"""


@dataclass(frozen=True, slots=True)
class Base:
    """A figure that told something new, with who had answered by then, and when."""

    key: str
    level: Level
    size: int
    pairs: frozenset[Pair]
    on: date
    kind: Kind
    owner: int


@dataclass(frozen=True, slots=True)
class Closed:
    """A round that is closed, with all that decides what is shown of it."""

    kind: Kind
    owner: int
    on: date
    asked: frozenset[Pair]
    answered: frozenset[Pair]
    tallies: Mapping[str, Tally]
    before: frozenset[Pair] | None = None
    """who was asked in the last round of the same owner that was shown"""
    bases: Sequence[Base] = field(default_factory=tuple)
    """figures that told something new, of anybody"""


def weight(key: str) -> int:
    """How many answers one person has in a figure."""
    return len(POOLS[key]) if key in POOLS else 1


def edges(size: int, weight: int = 1, policy: Policy = POLICY) -> tuple[int, int]:
    """The last number of yeses that is "mostly not so", and the first that is "mostly so".

    Either end takes in one more than those who put theirs together can know, and a third of the answers at least.
    """
    end = max(policy.known * weight + 1, size // 3)
    return end, size - end


def enough(size: int, weight: int = 1, policy: Policy = POLICY) -> bool:
    """Whether the two ends leave each other room."""
    low, high = edges(size, weight, policy)
    return low < high


def level(yes: int, size: int, weight: int = 1, policy: Policy = POLICY) -> Level:
    """The word for a number of yeses."""
    low, high = edges(size, weight, policy)
    return "low" if yes <= low else "high" if yes >= high else "divided"


def span(base: Base, came: int, went: int, policy: Policy = POLICY) -> tuple[int, int]:
    """The numbers of yeses at which the word of a base stays: all that those who came and went can account for."""
    low, high = edges(base.size, weight(base.key), policy)
    least, most = {"low": (0, low), "divided": (low + 1, high - 1), "high": (high, base.size)}[base.level]
    each = weight(base.key)
    return least - went * each, (10**9 if base.level == "high" else most + came * each)


def recent(bases: Iterable[Base], on: date, policy: Policy = POLICY) -> list[Base]:
    """The bases that are younger than a year."""
    return [base for base in bases if base.on > on - policy.year]


def outcome(closed: Closed, policy: Policy = POLICY) -> tuple[Outcome, list[Figure]]:
    """Whether a round is shown, or why not, and its figures. What decides is who was asked and how many answered."""
    number = len(closed.answered)
    if number < policy.least:
        return "few", []
    if closed.before is not None and 0 < len(closed.asked ^ closed.before) < policy.moved:
        return "changed", []
    bases = recent(closed.bases, closed.on, policy)
    own = [base for base in bases if (base.kind, base.owner) == (closed.kind, closed.owner)]
    others = [base for base in bases if base not in own and base.pairs & closed.answered]
    pooled = any(base.key in POOLS for base in own) or (not own and number < policy.each)
    if not pooled and number < policy.each:
        return "seven", []
    keys = tuple(POOLS) if pooled else ITEMS
    figures = [_figure(key, closed, own, bool(others) and policy.once, policy) for key in keys]
    if all(one.level is None for one in figures):
        return ("held" if any(one.state == "held" for one in figures) else "few"), []
    return "shown", figures


def _figure(key: str, closed: Closed, own: Sequence[Base], taken: bool, policy: Policy) -> Figure:
    parts = [closed.tallies.get(item, Tally()) for item in POOLS.get(key, (key,))]
    yes, size = sum(one.yes for one in parts), sum(one.said for one in parts)
    each = weight(key)
    if size < (policy.each if each == 1 else policy.least) or not enough(size, each, policy):
        return Figure(key, None, "few", size)
    base = max((one for one in own if one.key == key), key=lambda one: one.on, default=None)
    if base is None or not policy.keep:
        return (
            Figure(key, None, "held", size)
            if taken
            else Figure(key, level(yes, size, each, policy), "fresh", size)
        )
    least, most = span(base, len(closed.answered - base.pairs), len(base.pairs - closed.answered), policy)
    if least <= yes <= most:
        return Figure(key, base.level, "kept", size)
    return Figure(key, level(yes, size, each, policy), "moved", size)


def comments_shown(number: int, policy: Policy = POLICY) -> bool:
    """Whether comments of a round are shown that has so many answers."""
    return number >= policy.comments

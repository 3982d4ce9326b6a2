"""When an early talk is offered, the own figures it begins with, and the one thing to try. No Django here.

Every figure is arithmetic that stands on the page. The chance comes from the deals in play and how often role peers won
such deals; nothing about the seller's own skill is estimated, and no effect of an owner is in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Literal, get_args

from fairlead.forecasting.periods import Period
from fairlead.people.access import Refused
from fairlead.standing.rules import FULL, Rate

Word = Literal["talked", "not_now", "agenda"]
WORDS: tuple[Word, ...] = get_args(Word)
Why = Literal["", "early", "no_target", "away", "reached", "few", "likely"]
"""Why no talk is offered; '' where it is."""
Thing = Literal["new", "qualify", "stuck", "lost", "size", "together"]
"""What to try: new opportunities, qualify what was pushed, help with what stands still, what lost deals say, larger
deals, or go through the open deals together."""

LEAST_DEALS = 8
"""Fewer deals of role peers say too little about how often such deals are won."""
LEAST_CLOSED = 5
"""Fewer own closed deals say too little about a rate, and fewer won ones about a size."""
PUSHED = 2
"""A deal whose date moved so often is asked whether it is qualified."""
STILL_DAYS = 21
"""A late deal without a change for so long stands still, the same as on My quarter."""
LATE = ("commit", "most_likely", "best_case")


def second_half(period: Period) -> date:
    """The first day of the second half of a period."""
    return period.starts_on + timedelta(days=period.days // 2)


def same_point(now: Period, today: date, past: Period) -> date:
    """The day of an earlier period that lies as far before its end; never before its first."""
    return max(past.ends_on - (now.ends_on - today), past.starts_on)


def line_of(asked_minor: int, line: int) -> int:
    """The least sum that is not under the line (percent), in minor units."""
    return -(-asked_minor * line // FULL)


@dataclass(frozen=True, slots=True)
class Reckoned:
    """The chance and what it was reckoned from: percent, half to even. ``sellers`` of the role, without names.

    ``due`` own open deals of ``due_minor`` in all are due in the quarter. On the same day of ``quarters`` earlier
    quarters they had ``past_due`` such deals and won ``past_won`` of them in time. ``more``: the other deals that one
    of them won on average in the days that were left, in tenths, of ``more_size`` each.
    """

    percent: int
    due: int
    due_minor: int
    sellers: int
    quarters: int
    past_due: int
    past_won: int
    more_tenths: int
    more_size: int


@dataclass(frozen=True, slots=True)
class Beside:
    """A figure of this quarter beside the own past year's; None where there is nothing to say."""

    now: int | None
    before: int | None


@dataclass(frozen=True, slots=True)
class Own:
    """The seller's own figures. Money in minor units.

    ``pace``: won so far in percent of what the quarter asks, beside the middle of own past quarters on the same day.
    ``coverage``: open deals due in the quarter in percent of what is still needed to the line, beside the same.
    ``opened``: deals opened so far, beside the middle of the past quarters. ``pushed`` and ``still``: (address, name)
    of open deals due in the quarter that were pushed often, and of late ones without a change for long.
    """

    won_minor: int
    asked_minor: int
    line_minor: int
    open_deals: int
    open_minor: int
    pace: Beside
    coverage: Beside
    opened: Beside
    rate: Rate
    rate_before: Rate
    size: Beside
    cycle: Beside
    usual: int | None = None
    """the win rate that coverage is held against, in percent: the own of a year, the role's where that is of too few"""
    pushed: Sequence[tuple[str, str]] = ()
    still: Sequence[tuple[str, str]] = ()

    @property
    def wanted(self) -> int | None:
        """The coverage that the usual rate asks for, in percent, rounded up."""
        return -(-FULL * FULL // self.usual) if self.usual else None

    @property
    def needed_minor(self) -> int:
        """What is still needed to the line."""
        return max(self.line_minor - self.won_minor, 0)


def usual_rate(before: Rate, past_won: int, past_due: int) -> int | None:
    """The own rate of a year in percent; the role's where too few own deals closed, None of nothing."""
    if before.cases >= LEAST_CLOSED:
        return before.middle
    return round(Fraction(past_won * FULL, past_due)) if past_due else None


def coverage(open_minor: int, needed_minor: int) -> int | None:
    """Open deals in percent of what is needed; None where nothing is."""
    return round(Fraction(open_minor * FULL, needed_minor)) if needed_minor > 0 else None


def why_not(
    *, period: Period, today: date, asked_minor: int | None, won_minor: int, line: int, away: bool,
    percent: int | None, early_chance: int,
) -> Why:  # fmt: skip
    """Why no talk is offered, the first reason that applies; '' where it is. ``percent`` None: too few deals."""
    if today < second_half(period) or today > period.ends_on:
        return "early"
    if not asked_minor:
        return "no_target"
    if away:
        return "away"
    if won_minor >= line_of(asked_minor, line):
        return "reached"
    if percent is None:
        return "few"
    return "" if percent < early_chance else "likely"


@dataclass(frozen=True, slots=True)
class Try:
    """The one thing to try, and the (address, name) of the deal it begins with, where it begins with one."""

    thing: Thing
    deal: tuple[str, str] | None = None


def to_try(own: Own) -> Try:
    """The first that the own figures show: too little open, dates that move, late deals that stand still, fewer won,
    smaller ones; else the open deals together."""
    if _short(own):
        return Try("new")
    if own.pushed and 2 * len(own.pushed) >= own.open_deals:
        return Try("qualify", own.pushed[0])
    if own.still:
        return Try("stuck", own.still[0])
    usual = own.rate_before.low
    if own.rate.cases >= LEAST_CLOSED and usual is not None and (own.rate.middle or 0) < usual:
        return Try("lost")
    if own.size.now is not None and own.size.before and 3 * own.size.now < 2 * own.size.before:
        return Try("size")
    return Try("together", own.pushed[0] if own.pushed else None)


def _short(own: Own) -> bool:
    """Whether too little is open: less than is needed, or than the usual rate asks for."""
    covered = own.coverage.now
    if covered is None:
        return False
    return covered < FULL or bool(own.usual and covered * own.usual < FULL * FULL)


def refuse_word(word: str, offered: bool) -> None:
    """Raises Refused: no_word, not_offered."""
    if word not in (*WORDS, "back"):
        raise Refused("no_word", "Say that you talked, that it is not now, or put it on the agenda.")
    if word != "back" and not offered:
        raise Refused("not_offered", "No talk is offered any more. Open the page again.")

"""Pay from attainment by a simple plan: plain arithmetic that is shown. No Django here.

A plan pays a base, and a variable part by what was sold against the target of the period. What is sold is paid at the
base rate (variable pay of the period / target) times the rate of the band it falls in. Money is minor units. A period
is one of ``parts`` equal ones of a year: 4 quarters or 12 months.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from fairlead.people.access import Refused

MOST_BANDS = 6
MOST_PERCENT = 1_000
MOST_MONEY = 10**13


@dataclass(frozen=True, slots=True)
class Band:
    """From this percent of the target on, each sale pays ``rate`` percent of the base rate."""

    above: int
    rate: int


@dataclass(frozen=True, slots=True)
class Plan:
    """A pay plan. ``base`` and ``variable`` are of a year at 100 % of the target.

    ``threshold``: below this percent of the target the variable part pays nothing; reached, it pays from the first
    sale on.
    ``cap``: the variable part pays no more than this percent of itself; None without a cap. ``bands`` begin at 0.
    """

    base: int
    variable: int
    bands: tuple[Band, ...] = (Band(0, 100),)
    threshold: int = 0
    cap: int | None = None

    @property
    def at_target(self) -> int:
        """Pay of a year at 100 % of the target, as sellers say it: on-target earnings."""
        at_100 = sum((width * rate for _, _, width, rate in _parts(self.bands, Fraction(100))), Fraction(0))
        return self.base + round_half_up(self.variable * at_100 / 10_000)


@dataclass(frozen=True, slots=True)
class Line:
    """What one band pays: ``sold`` of the period fell into it, between two percents of the target (None: no end)."""

    above: int
    until: int | None
    sold: int
    rate: int
    pays: int


@dataclass(frozen=True, slots=True)
class Pay:
    """What a period pays. The lines add up to ``before_cap``; ``variable`` is what is paid of it."""

    attained: Fraction
    base: int
    lines: tuple[Line, ...]
    before_cap: int
    variable: int
    below_threshold: bool
    capped: bool

    @property
    def total(self) -> int:
        return self.base + self.variable


def checked(plan: Plan) -> Plan:
    """The plan, its bands in order. Raises Refused with what to correct."""
    if not 0 <= plan.base <= MOST_MONEY or not 0 < plan.variable <= MOST_MONEY:
        raise Refused(
            "bad_pay",
            "Write the variable pay of a year, more than nothing, and the base as 0 or more.",
        )
    bands = tuple(sorted(plan.bands, key=lambda band: band.above))
    if len({band.above for band in bands}) < len(bands):
        raise Refused("bad_bands", "Two bands begin at the same percent of the target. Keep one of them.")
    if not bands or bands[0].above != 0:
        raise Refused("bad_bands", "The first band begins at 0 % of the target.")
    if len(bands) > MOST_BANDS:
        raise Refused("bad_bands", f"At most {MOST_BANDS} bands. Leave out the smallest.")
    if any(not 0 <= band.above <= MOST_PERCENT or not 0 <= band.rate <= MOST_PERCENT for band in bands):
        raise Refused("bad_bands", f"Percents of bands and rates lie between 0 and {MOST_PERCENT}.")
    if not 0 <= plan.threshold <= MOST_PERCENT:
        raise Refused(
            "bad_threshold", f"The threshold is a percent of the target between 0 and {MOST_PERCENT}."
        )
    if plan.cap is not None and not 0 < plan.cap <= 10 * MOST_PERCENT:
        raise Refused(
            "bad_cap", "A cap is a percent of the variable pay above 0. Leave it empty where there is none."
        )
    return Plan(plan.base, plan.variable, bands, plan.threshold, plan.cap)


def round_half_up(exact: Fraction) -> int:
    """To the minor unit; a half goes up, as pay slips do."""
    return (2 * exact.numerator + exact.denominator) // (2 * exact.denominator)


def _parts(bands: Sequence[Band], attained: Fraction) -> list[tuple[int, int | None, Fraction, int]]:
    """(above, until, percent of the target that fell in, rate) of each band."""
    found = []
    for place, band in enumerate(bands):
        until = bands[place + 1].above if place + 1 < len(bands) else None
        top = attained if until is None else min(attained, Fraction(until))
        found.append((band.above, until, max(top - band.above, Fraction(0)), band.rate))
    return found


def pay(plan: Plan, sold: int, target: int, parts: int = 4) -> Pay:
    """What a period pays. Raises ValueError for a target of nothing. What was taken back below nothing counts as 0."""
    if target <= 0:
        raise ValueError("Without a target there is nothing to attain.")
    variable = Fraction(plan.variable, parts)
    base = round_half_up(Fraction(plan.base, parts))
    attained = Fraction(100 * max(sold, 0), target)
    if attained < plan.threshold:
        return Pay(attained, base, (), 0, 0, True, False)
    lines: list[Line] = []
    paid, counted, due, reached = 0, 0, Fraction(0), Fraction(0)
    for above, until, width, rate in _parts(plan.bands, attained):
        # Each line is the difference of rounded sums, so that the lines add up to the cent.
        due, reached = due + variable * width * rate / 10_000, reached + width
        due_upto, sold_upto = round_half_up(due), round_half_up(reached * target / 100)
        if width or above == 0:
            lines.append(Line(above, until, sold_upto - counted, rate, due_upto - paid))
        paid, counted = due_upto, sold_upto
    most = None if plan.cap is None else round_half_up(variable * plan.cap / 100)
    capped = most is not None and paid > most
    return Pay(
        attained, base, tuple(lines), paid, most if capped and most is not None else paid, False, capped
    )


def adds(plan: Plan, sold: int, target: int, amount: int, parts: int = 4) -> int:
    """What one more sale of an amount adds to the pay of the period."""
    return pay(plan, sold + amount, target, parts).variable - pay(plan, sold, target, parts).variable


def plain(plan: Plan) -> dict[str, Any]:
    """As it is kept."""
    return {
        "base": plan.base, "variable": plan.variable, "threshold": plan.threshold, "cap": plan.cap,
        "bands": [[band.above, band.rate] for band in plan.bands],
    }  # fmt: skip


def from_plain(kept: Mapping[str, Any]) -> Plan:
    return Plan(
        kept["base"], kept["variable"], tuple(Band(above, rate) for above, rate in kept["bands"]), kept["threshold"],
        kept["cap"],
    )  # fmt: skip

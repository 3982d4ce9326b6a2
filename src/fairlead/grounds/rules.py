"""What has to stand before results of persons are looked at in a unit, and the rule they are looked at by. No Django.

Nothing of standing, looks and what follows from them runs for a person whose unit has no ground in force. A ground is
three things a human answers for: that people were told, why it is lawful, and who was consulted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Literal, get_args

from fairlead.people.access import Refused

Consulted = Literal["held", "none_required"]
CONSULTED: tuple[Consulted, ...] = get_args(Consulted)
LONGEST = 1000
LONGEST_RAMP = 24
"""Months."""
FULL = 100
_LEAST_LINE, _MOST_LINE = 30, 100
_MOST_DAYS = 90


@dataclass(frozen=True, slots=True)
class Given:
    """What is recorded for a unit. ``notice_words``: how people were told and where it can be read.

    ``consulted_words``: with whom, or why nobody has to be consulted; ``consulted_on`` only where it was held.
    """

    country: str
    notice_on: date | None
    notice_words: str
    basis: str
    consulted: str
    consulted_on: date | None
    consulted_words: str
    runs_from: date | None


def refuse_ground(given: Given, today: date, countries: Mapping[str, str]) -> None:
    """Raises Refused where something is missing that has to stand before anything runs."""
    if given.country not in countries:
        raise Refused("bad_country", "Choose the country whose law holds for the unit.")
    if given.notice_on is None or given.notice_on > today:
        raise Refused("no_notice", "Say on which day people were told: a day that has come.")
    _refuse_text(given.notice_words, "no_notice", "how people were told, and where they can read it")
    _refuse_text(given.basis, "no_basis", "on which legal basis their results are looked at")
    if given.consulted not in CONSULTED:
        raise Refused("no_consultation", "Say whether somebody was consulted, or that nobody has to be.")
    held = given.consulted == "held"
    _refuse_text(
        given.consulted_words, "no_consultation",
        "who was consulted" if held else "why no consultation is required",
    )  # fmt: skip
    if held and (given.consulted_on is None or given.consulted_on > today):
        raise Refused("no_consultation", "Say on which day the consultation ended: a day that has come.")
    if given.runs_from is None or given.runs_from < max(today, given.notice_on):
        raise Refused(
            "bad_start",
            "It begins today or later: no quarter that was over before can be looked at afterwards.",
        )


def _refuse_text(text: str, code: str, what: str) -> None:
    if not text.strip():
        raise Refused(code, f"Write {what}.")
    if len(text) > LONGEST:
        raise Refused("text_long", f"Write {what} in at most {LONGEST} characters.")


@dataclass(frozen=True, slots=True)
class Rule:
    """By what results are looked at, the same for everybody. ``version`` 0 is what ships.

    ``line``: percent of what was asked. ``in_a_row``: quarters under it that open a look. ``decide_days``: days after
    the last of them closed. ``early_chance``: percent; below it an early talk is offered. ``ramps``: job in lower
    case -> percent of the target in the first, second, … month of a seat; "" is every other job.
    """

    line: int = 80
    in_a_row: int = 2
    decide_days: int = 30
    early_chance: int = 25
    ramps: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    version: int = 0

    def ramp(self, job: str) -> tuple[int, ...]:
        """The ramp of a job; that of every other job where it has none of its own."""
        return self.ramps.get(job.strip().lower(), self.ramps.get("", ()))


def refuse_rule(rule: Rule) -> None:
    """Raises Refused for a rule that could not be answered for."""
    if not _LEAST_LINE <= rule.line <= _MOST_LINE:
        raise Refused(
            "bad_line", f"The line lies between {_LEAST_LINE} and {_MOST_LINE} % of what was asked."
        )
    if not 2 <= rule.in_a_row <= 4:
        raise Refused("bad_run", "Two to four quarters in a row: one alone says nothing about a person.")
    if not 10 <= rule.decide_days <= _MOST_DAYS:
        raise Refused("bad_days", f"Ten to {_MOST_DAYS} days for the decision.")
    if not 0 <= rule.early_chance <= 50:
        raise Refused("bad_chance", "An early talk is offered below a chance of 0 to 50 %.")
    for job, shares in rule.ramps.items():
        refuse_ramp(job, shares)


def refuse_ramp(job: str, shares: Sequence[int]) -> None:
    """Raises Refused for a ramp that is too long, or whose shares fall or pass the whole."""
    name = f"The ramp of {job}" if job else "The ramp of every other job"
    if len(shares) > LONGEST_RAMP:
        raise Refused("bad_ramp", f"{name} has at most {LONGEST_RAMP} months.")
    if any(not 0 <= share <= FULL for share in shares):
        raise Refused("bad_ramp", f"{name} has shares from 0 to 100 %.")
    if any(later < share for share, later in pairwise(shares)):
        raise Refused(
            "bad_ramp", f"{name} never falls: each month asks for as much as the one before or more."
        )


def read_ramps(text: str) -> dict[str, tuple[int, ...]]:
    """Ramps from lines such as ``Account executive: 0 25 50 75``; ``every other job: 50`` is for the rest.

    Raises Refused with the line that cannot be read.
    """
    found: dict[str, tuple[int, ...]] = {}
    for line in filter(None, (line.strip() for line in text.splitlines())):
        job, colon, said = line.rpartition(":")
        shares = said.replace("%", " ").replace(",", " ").split()
        if (
            not colon
            or not shares
            or any(not (one.isascii() and one.isdecimal() and len(one) < 4) for one in shares)
        ):
            raise Refused("bad_ramp", f"Write a ramp as “Account executive: 0 25 50 75”, not “{line[:60]}”.")
        name = " ".join(job.lower().split())
        name = "" if name == OTHERS else name
        if name in found:
            raise Refused("bad_ramp", f"{job.strip()} has two ramps: keep one.")
        found[name] = tuple(int(one) for one in shares)
        refuse_ramp(job.strip() if name else "", found[name])
    return found


OTHERS = "every other job"


def ramps_text(ramps: Mapping[str, Sequence[int]]) -> str:
    """Ramps as ``read_ramps`` reads them, by job, the rest last."""
    ordered = sorted(ramps.items(), key=lambda pair: (not pair[0], pair[0]))
    return "\n".join(
        f"{(job or OTHERS).capitalize()}: {' '.join(map(str, shares))}" for job, shares in ordered
    )

"""What an entry of the gap ledger may hold, and what a part did to who carried it. No Django here.

An entry is arithmetic and days: the gap, who was given what part of it and for how long, what else was cut or delayed.
It is never evidence about anybody: no look, diagnosis or plan can reach it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, Literal, get_args

from fairlead.diagnoses import words
from fairlead.forecasting.periods import Period
from fairlead.people.access import Refused
from fairlead.standing.rules import percent, workdays

Cut = Literal["programme", "support", "hiring", "other"]
CUTS: tuple[Cut, ...] = get_args(Cut)
Kind = Literal["kept", "taken_back"]
KINDS: tuple[Kind, ...] = get_args(Kind)
LONGEST = 300
MOST_LINES = 8
FURTHEST = timedelta(days=370)
LEAST_TOTALS = 3
"""Of fewer sellers a total would be nearly one person's gap."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the gap that somebody (public id) was given on top, from a day until another."""

    carrier: str
    minor: int
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class CutOrDelay:
    """Something cut or delayed because of the gap. ``last`` None: it was cut, or nobody knows until when."""

    kind: str
    words: str
    first: date
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """What a manager writes in an entry; ``why`` it is corrected, '' in the first version."""

    parts: tuple[Part, ...] = ()
    cuts: tuple[CutOrDelay, ...] = ()
    why: str = ""


def gap(asked_minor: int | None, won_minor: int) -> int:
    """What was missing to the whole of what was asked."""
    return max((asked_minor or 0) - won_minor, 0)


def checked(
    given: Given, *, missing: int, quarter: Period, carriers: Collection[str], names: Collection[str] = ()
) -> Given:
    """The entry as it is kept. ``names``: first names that are meant as a person.

    Raises Refused: no_gap, nothing_said, too_many, bad_carrier, bad_amount, too_much, bad_day, bad_cut, text_missing,
    text_long, about_the_person.
    """
    if missing <= 0:
        raise Refused("no_gap", "Nothing was missing in that quarter, so there is nothing to keep here.")
    if not given.parts and not given.cuts:
        raise Refused("nothing_said", "Say who was given a part, or what was cut or delayed.")
    if max(len(given.parts), len(given.cuts)) > MOST_LINES:
        raise Refused("too_many", f"At most {MOST_LINES} parts, and as many things cut or delayed.")
    for part in given.parts:
        _refuse_part(part, quarter, carriers)
    if sum(part.minor for part in given.parts) > missing:
        raise Refused("too_much", "The parts come to more than the gap. Keep what of it was given to others.")
    cuts = tuple(_checked_cut(one, quarter, names) for one in given.cuts)
    return Given(given.parts, cuts, _why(given.why, names) if given.why.strip() else "")


def _refuse_part(part: Part, quarter: Period, carriers: Collection[str]) -> None:
    if part.carrier not in carriers:
        raise Refused(
            "bad_carrier", "Choose yourself or one of your direct reports, and not whose gap it is."
        )
    if part.minor <= 0:
        raise Refused("bad_amount", "Write how much each was given, an amount above 0.")
    if part.last < part.first:
        raise Refused("bad_day", "The last day of a part is not before its first.")
    _refuse_far(part.first, quarter)
    _refuse_far(part.last, quarter)


def _refuse_far(day: date, quarter: Period) -> None:
    if not quarter.starts_on <= day <= quarter.ends_on + FURTHEST:
        raise Refused("bad_day", "Choose days from the quarter’s first one on, and within a year after it.")


def _checked_cut(one: CutOrDelay, quarter: Period, names: Collection[str]) -> CutOrDelay:
    if one.kind not in CUTS:
        raise Refused(
            "bad_cut", "Choose what was cut or delayed: a programme, support, hiring, or something else."
        )
    said = " ".join(one.words.split())
    if not said:
        raise Refused("text_missing", "Say in a few words what was cut or delayed.")
    if len(said) > LONGEST:
        raise Refused("text_long", f"Say what was cut or delayed in at most {LONGEST} characters.")
    words.refuse(said, "what was cut or delayed", names)
    _refuse_far(one.first, quarter)
    if one.last is not None and one.last < one.first:
        raise Refused("bad_day", "What was delayed does not end before it begins.")
    return CutOrDelay(one.kind, said, one.first, one.last)


def why_corrected(text: str, names: Collection[str] = ()) -> str:
    """Why an entry is corrected or taken back. Raises Refused: text_missing, text_long, about_the_person."""
    if not text.strip():
        raise Refused("text_missing", "Say why it changes; whoever reads the entry reads the reason.")
    return _why(text, names)


def _why(text: str, names: Collection[str]) -> str:
    said = " ".join(text.split())
    if len(said) > LONGEST:
        raise Refused("text_long", f"Say why in at most {LONGEST} characters.")
    words.refuse(said, "the reason", names)
    return said


# As it is kept


def stored(given: Given, asked_minor: int, won_minor: int) -> dict[str, Any]:
    """What a version keeps beside its parts, as plain values."""
    return {
        "asked": asked_minor,
        "won": won_minor,
        "cuts": [
            {
                "kind": one.kind, "words": one.words, "first": one.first.isoformat(),
                "last": one.last.isoformat() if one.last else None,
            }
            for one in given.cuts
        ],
    }  # fmt: skip


def cuts_of(content: Mapping[str, Any]) -> tuple[CutOrDelay, ...]:
    """Cuts as they were kept; none where they were erased."""
    return tuple(
        CutOrDelay(
            one["kind"], one["words"], date.fromisoformat(one["first"]),
            date.fromisoformat(one["last"]) if one["last"] else None,
        )
        for one in content.get("cuts", ())
    )  # fmt: skip


def stored_part(part: Part) -> dict[str, Any]:
    return {"minor": part.minor, "first": part.first.isoformat(), "last": part.last.isoformat()}


def part_of(carrier: str, said: Mapping[str, Any]) -> Part:
    return Part(carrier, said["minor"], date.fromisoformat(said["first"]), date.fromisoformat(said["last"]))


# What a part did


@dataclass(frozen=True, slots=True)
class Effect:
    """One quarter of who carried a part: what was asked with it, and without. Percent, half to even.

    ``days`` of the part's ``of`` working days lie in the quarter, and so does ``minor`` of its amount. ``without`` is
    None where nothing else was asked.
    """

    quarter: str
    over: bool
    days: int
    of: int
    minor: int
    won_minor: int
    asked_minor: int
    with_it: int | None
    without: int | None


def days_in(part: Part, quarter: Period, off: Collection[date] = ()) -> int:
    """How many working days of a part lie in a quarter."""
    first, last = max(part.first, quarter.starts_on), min(part.last, quarter.ends_on)
    return len(workdays(first, last, off)) if first <= last else 0


def effect(
    part: Part, quarter: Period, *, over: bool, won_minor: int, asked_minor: int | None, off: Collection[date] = ()
) -> Effect | None:  # fmt: skip
    """What a part did in a quarter; None where none of it lies there or no target was set."""
    days, of = days_in(part, quarter, off), len(workdays(part.first, part.last, off))
    if not days or not of or asked_minor is None:
        return None
    minor = round(Fraction(part.minor * days, of))
    rest = asked_minor - minor
    return Effect(
        quarter.name, over, days, of, minor, won_minor, asked_minor, percent(won_minor, asked_minor),
        percent(won_minor, rest) if rest > 0 else None,
    )  # fmt: skip


# Totals


@dataclass(frozen=True, slots=True)
class Total:
    """What a superior sees of a quarter: sums and counts, None where they are of too few sellers."""

    quarter: str
    sellers: int | None
    gap_minor: int | None
    given_minor: int | None
    carriers: int | None
    cuts: Mapping[str, int] | None


def total(quarter: str, entries: Sequence[tuple[int, Sequence[Part], Sequence[CutOrDelay]]]) -> Total:
    """The total of (gap, parts, cuts) of a quarter, one entry for each seller."""
    if len(entries) < LEAST_TOTALS:
        return Total(quarter, None, None, None, None, None)
    counts = {kind: sum(one.kind == kind for _, _, cuts in entries for one in cuts) for kind in CUTS}
    return Total(
        quarter,
        len(entries),
        sum(missing for missing, _, _ in entries),
        sum(part.minor for _, parts, _ in entries for part in parts),
        len({part.carrier for _, parts, _ in entries for part in parts}),
        {kind: count for kind, count in counts.items() if count},
    )

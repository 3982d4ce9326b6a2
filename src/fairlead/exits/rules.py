"""Exits as plain values: when a deal left the forecast, what that asks of its owner, what a packet holds. No Django.

A packet protects who writes it. It is never a performance item: `NEVER_EVIDENCE` lists the subjects of the ledger
that no judgement of a person may be built on, the dates of a packet included.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from statistics import median
from typing import Any, Literal

from fairlead.exits.wording import ALTERNATIVES, REASONS, VERDICTS
from fairlead.people import access, workdays

NEVER_EVIDENCE = frozenset({"exit", "exit_packet"})
"""Subject kinds of the ledger that are refused as evidence about a person, whoever asks and whatever for."""
LONGEST = 300
"""A sentence."""
MOST_ROWS = 6
TENTH = 10
"""An amount cut to less than a tenth of what it was is almost nothing."""
ENOUGH = 5
"""Under so many won deals a median says too little."""
FORECAST: tuple[str, ...] = ("commit", "most_likely", "best_case")
"""The categories of the forecast, the surest first; a deal in Pipeline is not in it yet."""
WHO = ("everybody", "reps")

Need = Literal["packet", "reason", "sentence", ""]
Column = Literal["full", "forecast", "commit"]


# When a deal left


@dataclass(frozen=True, slots=True)
class Step:
    """One state of a deal: whether it is due in the period and there, its category, its amount in minor units."""

    within: bool
    category: str
    amount: int


def stood(steps: Sequence[Step], column: Collection[str]) -> list[bool]:
    """At which steps the deal stood in a column of the forecast.

    An amount below a tenth of the most the deal stood with counts as gone.
    """
    most, found = 0, []
    for step in steps:
        inside = step.within and step.category in column
        most = max(most, step.amount) if inside else most
        found.append(inside and step.amount * TENTH >= most)
    return found


@dataclass(frozen=True, slots=True)
class Spell:
    """The last time a deal stood in a column: from step ``began`` to step ``last``; ``ended`` if it stands no more.

    ``returned`` is the step at which the deal came back, where it had left before.
    """

    began: int
    last: int
    ended: bool
    returned: int | None


def last_spell(stands: Sequence[bool]) -> Spell | None:
    """The last spell of standing; None for a deal that never stood."""
    places = [n for n, here in enumerate(stands) if here]
    if not places:
        return None
    last = began = places[-1]
    while began and stands[began - 1]:
        began -= 1
    left_before = any(stands[n] for n in range(began))
    return Spell(began, last, last < len(stands) - 1, began if left_before else None)


# What it asks


@dataclass(frozen=True, slots=True)
class Rule:
    """What the organisation asks for, from a day on. Money in minor units.

    A full packet from ``fixed_minor`` on where it is set, else from ``times`` the team's median amount on, for deals
    that stood in one of ``categories``; it is due within ``days`` working days. ``blocking``: doors inside Fairlead
    refuse without it. ``who``: everybody's deals, or only those of who leads nobody.
    """

    version: int = 0
    times: float = 3.0
    fixed_minor: int | None = None
    days: int = 3
    blocking: bool = False
    who: str = "everybody"
    categories: tuple[str, ...] = ("commit", "most_likely")

    def threshold(self, sizes: Sequence[int]) -> int | None:
        """The amount from which a packet is asked for; None where too few won deals say what is usual."""
        if self.fixed_minor is not None:
            return self.fixed_minor
        return round(self.times * median(sizes)) if len(sizes) >= ENOUGH else None

    def columns(self) -> tuple[tuple[Column, frozenset[str]], ...]:
        """The columns a deal can leave, in the order they are asked: those of a packet, the forecast, Commit."""
        return (
            ("full", frozenset({*self.categories, "closed"})),
            ("forecast", frozenset({*FORECAST, "closed"})),
            ("commit", frozenset({"commit", "closed"})),
        )


def refuse_rule(rule: Rule) -> None:
    """Raises Refused with what to write instead."""
    if not 0 < rule.times <= 100:
        raise access.Refused("bad_times", "Write how many times the usual deal, from 0.1 to 100.")
    if rule.fixed_minor is not None and not 0 <= rule.fixed_minor <= 10**15:
        raise access.Refused("bad_amount", "An amount is from 0 up to a million millions.")
    if not 0 <= rule.days <= 20:
        raise access.Refused("bad_days", "A packet is due within 0 to 20 working days.")
    if rule.who not in WHO:
        raise access.Refused("bad_who", f"Whose exits count is one of {', '.join(WHO)}.")
    if not rule.categories or not set(rule.categories) <= set(FORECAST):
        raise access.Refused("bad_categories", f"Choose at least one of {', '.join(FORECAST)}.")


def need(
    *, reason: str, status: str, column: Column, amount: int, threshold: int | None, pushes: int
) -> Need:
    """What an exit asks for. ``reason`` is the deal's reason in the analysis of changes, ``pushes`` how often ever."""
    if status == "won":
        return ""
    if reason == "lost":
        return "reason"
    if reason == "pushed" and pushes < 2:
        return ""
    return "packet" if column == "full" and threshold is not None and amount >= threshold else "sentence"


def covers(kind: str, wanted: Need) -> bool:
    """Whether an answer of a kind is what an exit asks for; a packet is always enough."""
    return wanted == "" or kind == "packet" or (wanted in ("reason", "sentence") and kind == "short")


def due_on(left_on: date, days: int, off: Collection[date] = ()) -> date:
    """The last day on which the answer is in time."""
    return workdays.workdays_after(left_on, days, off)


def age(left_on: date, today: date, off: Collection[date] = ()) -> int:
    """How old an exit is, in working days."""
    return workdays.workdays_between(left_on, today, off)


# What a packet holds


@dataclass(frozen=True, slots=True)
class Evidence:
    """What was known of the criterion: the words, who said or believed it, the day. Typed ones have neither."""

    text: str = ""
    source: str = ""
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Alternative:
    """Something considered before giving up: kept or rejected, and why."""

    kind: str = ""
    verdict: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Sourcing:
    """An act that brings new business, by a day."""

    what: str = ""
    by_when: date | None = None


@dataclass(frozen=True, slots=True)
class Packet:
    """A disqualification packet as it is handed in. ``replacements`` are public ids of deals."""

    why: str = ""
    reason: str = ""
    criterion: str = ""
    criterion_name: str = ""
    old: Evidence = Evidence()
    new: Evidence = Evidence()
    alternatives: tuple[Alternative, ...] = ()
    replacements: tuple[str, ...] = ()
    sourcing: tuple[Sourcing, ...] = ()
    shortfall: str = ""
    first_known_on: date | None = None
    told_on: date | None = None


@dataclass(frozen=True, slots=True)
class Lack:
    """Something a packet lacks: the field to go to, and what to write there."""

    field: str
    sentence: str


class Incomplete(access.Refused):
    """A packet that lacks something; nothing of it is lost. ``lacks`` says what, one by one."""

    def __init__(self, lacks: Sequence[Lack]) -> None:
        self.lacks = tuple(lacks)
        super().__init__("packet_incomplete", " ".join(lack.sentence for lack in lacks))


def lacking(packet: Packet, *, covered: bool, today: date) -> list[Lack]:
    """What is missing or odd in a packet, in the order of its form. ``covered``: replacements close the gap."""
    checks = (_why_lacks, _evidence_lacks, _alternatives_lack, _dates_lack)
    found = [lack for check in checks for lack in check(packet, today)]
    return found + ([] if covered else _gap_lacks(packet, today))


def _why_lacks(packet: Packet, today: date) -> list[Lack]:
    if packet.why:
        return []
    return [Lack("why", "Say in one sentence why it leaves.")]


def _evidence_lacks(packet: Packet, today: date) -> list[Lack]:
    found = []
    if not packet.criterion_name:
        found.append(Lack("criterion", "Name the criterion that failed."))
    if not packet.old.text:
        found.append(Lack("old", "Say what was known before."))
    if not packet.new.text:
        found.append(Lack("new", "Say what is known now."))
    return found


def _alternatives_lack(packet: Packet, today: date) -> list[Lack]:
    found = [
        Lack(f"alt-{one.kind}", f"{ALTERNATIVES[one.kind]}: say whether it is kept or rejected, and why.")
        for one in packet.alternatives
        if not one.verdict or not one.reason
    ]
    if len({one.kind for one in packet.alternatives}) < 2:
        found.append(
            Lack("alternatives", "Consider at least two alternatives, each kept or rejected with a reason.")
        )
    return found


def _dates_lack(packet: Packet, today: date) -> list[Lack]:
    first, told = packet.first_known_on, packet.told_on
    if first is None:
        return [Lack("first_known_on", "Say on which day you first knew.")]
    if first > today:
        return [Lack("first_known_on", "The day you first knew lies in the future.")]
    if told is None:
        return [Lack("told_on", "Say on which day you told your manager; today, if it is with this packet.")]
    if told > today or told < first:
        return [Lack("told_on", "The day you told it lies between the day you first knew and today.")]
    return []


def _gap_lacks(packet: Packet, today: date) -> list[Lack]:
    undated = [one for one in packet.sourcing if one.by_when is None]
    if undated:
        return [Lack("sourcing", f"Give a day to “{undated[0].what[:60]}”.")]
    past = [one for one in packet.sourcing if one.by_when is not None and one.by_when < today]
    if past:
        return [Lack("sourcing", f"The day of “{past[0].what[:60]}” is over. Choose one to come.")]
    if packet.sourcing or packet.shortfall:
        return []
    return [
        Lack(
            "shortfall",
            "The replacements do not cover the gap. Add deals, a dated act that brings new ones, or state the "
            "shortfall: saying that there is no replacement is fine, leaving it open is not.",
        )
    ]


def refuse_short(reason: str, why: str, wanted: Need) -> None:
    """Refuse a short answer that says nothing."""
    if wanted == "reason":
        if reason not in REASONS:
            raise access.Refused("reason_missing", "Choose the reason they gave.")
        if reason == "other" and not why:
            raise access.Refused("why_missing", "Say in one sentence what it was.")
    elif not why:
        raise access.Refused("why_missing", "Say in one sentence why it left.")


def refuse_reply(*, verdict: str, words: str, author: int, by: int) -> None:
    """Refuse a reply to one's own packet, and asking back without a question."""
    if author == by:
        raise access.Refused("own_packet", "You wrote this packet; your superior replies to it.")
    if verdict not in ("accepted", "asked_back"):
        raise access.Refused("bad_verdict", "Accept it, or ask back.")
    if verdict == "asked_back" and not words:
        raise access.Refused("words_missing", "Say in one sentence what is still open.")


# To what is kept, and back

_ROWS: dict[str, type[Any]] = {"alternatives": Alternative, "sourcing": Sourcing}
_PARTS = {"old": Evidence, "new": Evidence}
_DAYS = {"on", "by_when", "first_known_on", "told_on"}
_CHOICES: dict[str, Collection[str]] = {
    "kind": ("", *ALTERNATIVES), "verdict": ("", *VERDICTS), "reason": ("", *REASONS),
}  # fmt: skip


def packet_of(content: Mapping[str, Any]) -> Packet:
    """A packet from what is kept or was sent. Texts are trimmed, rows without anything said are dropped.

    Raises Refused for a day, a choice or a length that cannot be kept.
    """
    values: dict[str, Any] = {}
    for one in fields(Packet):
        given = content.get(one.name)
        if one.name in _ROWS:
            values[one.name] = _rows(one.name, given or ())
        elif one.name in _PARTS:
            values[one.name] = _made(_PARTS[one.name], given or {})
        elif one.name == "replacements":
            values[one.name] = tuple(dict.fromkeys(str(key)[:16] for key in (given or ())))
        else:
            values[one.name] = value(one.name, given, choices=one.name == "reason")
    if len(values["replacements"]) > 50:
        raise access.Refused("many_rows", "Name at most 50 replacement deals.")
    return Packet(**values)


def _rows(name: str, given: Sequence[Mapping[str, Any]]) -> tuple[Any, ...]:
    made = [_made(_ROWS[name], row) for row in given]
    kept = [row for row in made if _says(row)]
    if len(kept) > MOST_ROWS:
        raise access.Refused("many_rows", f"At most {MOST_ROWS} rows of {name}.")
    return tuple(kept)


def _says(row: Any) -> bool:
    if isinstance(row, Alternative):
        return bool(row.kind and (row.verdict or row.reason))
    return bool(row.what)


def _made(kind: type[Any], given: Mapping[str, Any]) -> Any:
    plain = kind is Alternative
    return kind(
        **{
            one.name: value(one.name, given.get(one.name), choices=plain and one.name != "reason")
            for one in fields(kind)
        }
    )


def value(name: str, given: Any, *, choices: bool = False) -> Any:
    """One field: a day, or a text of one line of at most LONGEST characters."""
    if name in _DAYS:
        return _day(given)
    text = " ".join("".join(c if c.isprintable() else " " for c in str(given or "")).split())
    if choices and text not in _CHOICES.get(name, (text,)):
        known = ", ".join(filter(None, _CHOICES[name]))
        raise access.Refused("bad_choice", f"“{text[:30]}” is not among the choices: {known}.")
    if len(text) > LONGEST:
        raise access.Refused("text_long", f"Say it in at most {LONGEST} characters: “{text[:40]}…”.")
    return text


def _day(given: Any) -> date | None:
    if given in (None, ""):
        return None
    try:
        return given if isinstance(given, date) else date.fromisoformat(str(given).strip())
    except ValueError as odd:
        raise access.Refused("bad_day", f"“{str(given)[:30]}” is no day. Write it as in 2026-11-24.") from odd


def content_of(packet: Packet) -> dict[str, Any]:
    """A packet as it is kept: plain values, days as text."""
    found: dict[str, Any] = _plain(asdict(packet))
    return found


def _plain(given: Any) -> Any:
    if isinstance(given, date):
        return given.isoformat()
    if isinstance(given, dict):
        return {name: _plain(one) for name, one in given.items()}
    return [_plain(one) for one in given] if isinstance(given, list | tuple) else given


# The gap


@dataclass(frozen=True, slots=True)
class Replacement:
    """A deal that is to make up for the exit, as it stood when the packet was handed in. Minor units.

    ``expected`` is its chance in the period times its amount, of which nothing counts in Commit; None where no
    stored estimate gives it a chance.
    """

    deal: str
    name: str
    amount: int | None
    category: str
    chance: float | None

    @property
    def expected(self) -> int | None:
        return None if self.chance is None or self.amount is None else round(self.chance * self.amount)


def made_up(replacements: Sequence[Replacement]) -> int:
    """What replacements are expected to bring; those without a chance bring nothing here."""
    return sum(one.expected or 0 for one in replacements)


def shortfall(gap: int, replacements: Sequence[Replacement]) -> int:
    """What of a gap is not made up for; never below zero."""
    return max(gap - made_up(replacements), 0)

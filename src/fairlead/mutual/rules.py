"""A mutual plan as plain values: what it holds, what changed since, when an address leads to it. No Django."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime, timedelta
from typing import Any

from fairlead.people import access

MOST_CONTACTS, MOST_STEPS = 6, 30
LONGEST = {
    "title": 120, "ours": 80, "theirs": 80, "goal": 400, "closing": 600, "name": 80, "role": 80, "reach": 120,
    "what": 200,
}  # fmt: skip
"""Field -> its most characters."""
LONGEST_WHOM = 120
SHORTEST_INSIDE = 5
"""A text of the deal plan under so many characters is no sign that it went out by mistake."""


# What a mutual plan holds


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody named on one of the sides; ``reach`` is an e-mail address or a number."""

    name: str = ""
    role: str = ""
    reach: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """What is done by when: ``ours`` with us, ``theirs`` at the buyer. ``key`` finds it in the version before."""

    what: str = ""
    ours: str = ""
    theirs: str = ""
    due_on: date | None = None
    done: bool = False
    key: int = 0


@dataclass(frozen=True, slots=True)
class MutualPlan:
    """What the buyer reads, and nothing else: every word of it was written for the buyer.

    ``ours`` and ``theirs`` are the names of the two companies.
    """

    title: str = ""
    ours: str = ""
    theirs: str = ""
    goal: str = ""
    go_live_on: date | None = None
    closing: str = ""
    our_contacts: tuple[Contact, ...] = ()
    their_contacts: tuple[Contact, ...] = ()
    steps: tuple[Step, ...] = ()

    @property
    def next(self) -> Step | None:
        """The open step that is due first."""
        return next((step for step in self.steps if not step.done), None)


_ROWS: dict[str, tuple[type[Any], str, int]] = {
    "our_contacts": (Contact, "name", MOST_CONTACTS),
    "their_contacts": (Contact, "name", MOST_CONTACTS),
    "steps": (Step, "what", MOST_STEPS),
}
"""Rows -> what they are, the field without which a row says nothing, how many there may be."""
_DAYS = ("go_live_on", "due_on")
_JOINERS = "\u200c\u200d"
"""Invisible, and part of names in some scripts."""


def plan_of(content: Mapping[str, Any]) -> MutualPlan:
    """A plan from what is kept or was sent: texts on one line, rows that say nothing dropped, steps in order of day.

    Raises Refused (bad_day, text_long, many_rows).
    """
    plain = {
        one.name: _value(one.name, content.get(one.name))
        for one in fields(MutualPlan)
        if one.name not in _ROWS
    }
    rows: dict[str, Any] = {name: _rows(name, content.get(name) or ()) for name in _ROWS}
    rows["steps"] = tuple(sorted(rows["steps"], key=lambda step: step.due_on or date.max))
    told: dict[str, Any] = {name: value for name, value in plain.items() if value is not None}
    return MutualPlan(**told, **rows)


def _rows(name: str, given: Sequence[Mapping[str, Any]]) -> tuple[Any, ...]:
    kind, first, most = _ROWS[name]
    made = []
    for row in given:
        values = {one.name: _value(one.name, row.get(one.name)) for one in fields(kind)}
        made.append(kind(**{key: value for key, value in values.items() if value is not None}))
    kept = tuple(row for row in made if getattr(row, first))
    if len(kept) > most:
        what = "steps" if name == "steps" else "contacts on a side"
        raise access.Refused("many_rows", f"At most {most} {what}: the buyer reads it on a phone.")
    return kept


def _value(name: str, given: Any) -> Any:
    """None where nothing is given, so that the default of the field stands."""
    if given is None or given == "":
        return None
    if name == "key":
        return int(given) if str(given).isdecimal() and len(str(given)) < 6 else 0
    if name == "done":
        return bool(given)
    if name in _DAYS:
        return _day(given)
    text = one_line(str(given))
    if name in ("ours", "theirs"):
        name = "name"
    if len(text) > LONGEST[name]:
        raise access.Refused("text_long", f"Say it in at most {LONGEST[name]} characters: “{text[:40]}…”.")
    return text or None


def _day(given: Any) -> date:
    try:
        return given if isinstance(given, date) else date.fromisoformat(str(given).strip())
    except ValueError as odd:
        said = f"“{str(given)[:30]}” is no day. Write it as in 2026-11-24."
        raise access.Refused("bad_day", said) from odd


def one_line(text: str) -> str:
    """Text without control characters and hidden marks of direction, in one line."""
    plain = (c if c in _JOINERS or unicodedata.category(c)[0] != "C" else " " for c in text)
    return " ".join(unicodedata.normalize("NFC", "".join(plain)).split())


def content_of(plan: MutualPlan) -> dict[str, Any]:
    """A plan as it is kept: plain values, days as text."""
    return {name: _plain(value) for name, value in asdict(plan).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value


def fingerprint(plan: MutualPlan) -> str:
    """Of every word of a plan: what was previewed is what is published."""
    return hashlib.sha256(json.dumps(content_of(plan), sort_keys=True).encode()).hexdigest()


def numbered(plan: MutualPlan, before: MutualPlan | None) -> MutualPlan:
    """The plan with a key of its own for every step: those of the version before stay, new ones follow."""
    known = {step.key for step in before.steps} if before else set()
    following, taken, steps = max(known, default=0) + 1, set[int](), []
    for step in plan.steps:
        key = step.key if step.key in known and step.key not in taken else following
        following += key == following
        taken.add(key)
        steps.append(replace(step, key=key))
    return replace(plan, steps=tuple(steps))


def lacking(plan: MutualPlan) -> list[str]:
    """What a plan needs before a buyer reads it, a sentence each."""
    wanted = {
        "Give it a title.": plan.title,
        "Name your company as the buyer knows it.": plan.ours,
        "Name the buyer’s company.": plan.theirs,
        "Say the common goal in a sentence.": plan.goal,
        "Name somebody on our side whom the buyer can ask.": plan.our_contacts,
        "Add at least one step.": plan.steps,
    }
    orphans = [f"Say who does “{step.what}”." for step in plan.steps if not (step.ours or step.theirs)]
    return [sentence for sentence, there in wanted.items() if not there] + orphans


def refuse_unready(plan: MutualPlan) -> None:
    """Raises Refused ``incomplete`` with everything that lacks."""
    if lacks := lacking(plan):
        raise access.Refused("incomplete", " ".join(lacks))


# Words of the deal plan that went along


@dataclass(frozen=True, slots=True)
class Inside:
    """A text of the deal plan that stands in the mutual plan too. ``what`` it is inside."""

    text: str
    what: str


def inside(plan: MutualPlan, texts: Iterable[Inside]) -> list[Inside]:
    """What of the deal plan's own texts stands in the mutual plan; a hint for whoever publishes it, never a refusal."""
    out = "\n".join(words_of(plan)).casefold()
    found = dict.fromkeys(
        one for one in texts if len(one.text) >= SHORTEST_INSIDE and one.text.casefold() in out
    )
    return list(found)


def words_of(plan: MutualPlan) -> list[str]:
    """Every text of a plan."""
    rows: list[Contact | Step] = [*plan.our_contacts, *plan.their_contacts, *plan.steps]
    plain = [plan.title, plan.ours, plan.theirs, plan.goal, plan.closing]
    told = [getattr(row, one.name) for row in rows for one in fields(row)]
    return [text for text in [*plain, *told] if isinstance(text, str) and text]


# What the buyer reads


@dataclass(frozen=True, slots=True)
class SheetStep:
    """A step on the page with what changed since the version before."""

    number: int
    step: Step
    changes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A version as the buyer reads it. ``changes`` are those outside of steps and how many steps were taken out.

    What was taken out is not repeated: it may have been taken out because the buyer should not read it.
    """

    plan: MutualPlan
    number: int
    on: date
    before_on: date | None
    steps: tuple[SheetStep, ...]
    changes: tuple[str, ...]

    @property
    def done(self) -> int:
        return sum(step.step.done for step in self.steps)

    @property
    def changed(self) -> bool:
        return bool(self.changes or any(step.changes for step in self.steps))


def sheet(
    plan: MutualPlan, number: int, on: date, before: MutualPlan | None = None, before_on: date | None = None
) -> Sheet:
    """A version beside the one before it (None for the first, which marks nothing)."""
    old = {step.key: step for step in before.steps} if before else {}
    steps = tuple(
        SheetStep(n, step, _step_changes(old.get(step.key), step) if before else ())
        for n, step in enumerate(plan.steps, 1)
    )
    return Sheet(plan, number, on, before_on, steps, _changes(before, plan) if before else ())


def _step_changes(before: Step | None, after: Step) -> tuple[str, ...]:
    if before is None:
        return ("new",)
    told = []
    if after.done != before.done:
        told.append("now done" if after.done else "open again")
    if after.due_on != before.due_on:
        told.append(f"day changed, was {_words(before.due_on)}")
    if (after.ours, after.theirs) != (before.ours, before.theirs):
        told.append("owner changed")
    if after.what != before.what:
        told.append("reworded")
    return tuple(told)


def _changes(before: MutualPlan, after: MutualPlan) -> tuple[str, ...]:
    told = []
    if after.go_live_on != before.go_live_on:
        told.append(f"The go-live day changed, it was {_words(before.go_live_on)}.")
    if after.goal != before.goal:
        told.append("The common goal is worded anew.")
    if (after.our_contacts, after.their_contacts) != (before.our_contacts, before.their_contacts):
        told.append("The contacts changed.")
    out = len({step.key for step in before.steps} - {step.key for step in after.steps})
    if out:
        told.append("A step was taken out." if out == 1 else f"{out} steps were taken out.")
    return tuple(told)


def _words(day: date | None) -> str:
    return "not set" if day is None else long_day(day)


def long_day(day: date) -> str:
    """ "4 December 2026": read the same in every country."""
    return f"{day.day} {day:%B %Y}"


# Sharing


@dataclass(frozen=True, slots=True)
class Sharing:
    """What the organisation allows: whether plans are shared at all, for how many days usually and at most."""

    version: int = 0
    on: bool = True
    usual_days: int = 30
    most_days: int = 90


LONGEST_DAYS = 365


def refuse_sharing(rule: Sharing) -> None:
    """Raises Refused ``bad_days`` for days that no address can live."""
    if not 1 <= rule.usual_days <= rule.most_days <= LONGEST_DAYS:
        raise access.Refused(
            "bad_days",
            f"An address lives 1 to {LONGEST_DAYS} days, and usually not longer than at most.",
        )


def refuse_days(days: int, rule: Sharing) -> None:
    """Raises Refused ``bad_days`` for an address that would live longer than is allowed."""
    if not 1 <= days <= rule.most_days:
        raise access.Refused(
            "bad_days", f"An address lives 1 to {rule.most_days} days here. Make a new one when it has ended."
        )


def ends_at(made_at: datetime, expires_at: datetime, rule: Sharing) -> datetime:
    """When an address ends: as it was made, or earlier where the organisation allows less by now."""
    return min(expires_at, made_at + timedelta(days=rule.most_days))


def state(
    made_at: datetime, expires_at: datetime, revoked_at: datetime | None, rule: Sharing, at: datetime
) -> str:
    """open, revoked, ended or off, as of ``at``."""
    if revoked_at is not None and revoked_at <= at:
        return "revoked"
    if ends_at(made_at, expires_at, rule) <= at:
        return "ended"
    return "open" if rule.on else "off"


def digest(secret: str) -> str:
    """What is kept of an address."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def whom(text: str) -> str:
    """For whom an address is, as kept. Raises Refused (whom_missing, text_long)."""
    kept = one_line(text)
    if not kept:
        raise access.Refused("whom_missing", "Say for whom it is: one address for each person.")
    if len(kept) > LONGEST_WHOM:
        raise access.Refused("text_long", f"Say for whom in at most {LONGEST_WHOM} characters.")
    return kept

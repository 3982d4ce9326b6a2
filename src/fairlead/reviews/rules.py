"""What minutes may say, who may take what on, and the brief of a guest. No Django here.

Notes are what is typed during a review, kept as it was typed. Minutes are what the notes come to at the end: every
sentence is complete, every action has an owner who was there and a day that is still to come.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

from fairlead.people import access

Kind = Literal["leader", "report", "standing_in", "guest"]
KINDS: tuple[Kind, ...] = Kind.__args__  # type: ignore[attr-defined]
State = Literal["open", "ended", "called_off"]
LONGEST = 300
"""No sentence of the minutes is longer; a promise is no longer either."""
MOST = 40
"""So many decisions, questions and actions each."""
TYPED = 2000
"""What is typed in one field is kept up to this length, also where it is too long for the minutes."""


@dataclass(frozen=True, slots=True)
class Seat:
    """Somebody in the room. ``key`` is the public id."""

    person: int
    key: str
    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class DecisionNote:
    """A decision as typed; ``deal`` is a public id, or '' for one about the team."""

    text: str
    deal: str = ""


@dataclass(frozen=True, slots=True)
class QuestionNote:
    """An open question as typed; ``finder`` finds out, ``since`` is the day it was first asked, '' for today."""

    text: str
    finder: str = ""
    since: str = ""


@dataclass(frozen=True, slots=True)
class ActionNote:
    """An action as typed: who does what for whom by which day. ``to`` counts for the leader's own actions."""

    text: str
    owner: str = ""
    to: str = ""
    due_on: str = ""


@dataclass(frozen=True, slots=True)
class Notes:
    """Everything typed in the form of a review. ``absent`` are public ids of who was not there."""

    decisions: tuple[DecisionNote, ...] = ()
    questions: tuple[QuestionNote, ...] = ()
    actions: tuple[ActionNote, ...] = ()
    absent: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        texts = [row.text for row in self.decisions] + [row.text for row in self.questions]
        return not any(text.strip() for text in [*texts, *(row.text for row in self.actions)])


@dataclass(frozen=True, slots=True)
class Agreed:
    """An action that can be promised."""

    text: str
    owner: Seat
    to: Seat
    due_on: date


@dataclass(frozen=True, slots=True)
class Wanted:
    """Notes that can become minutes."""

    decisions: tuple[tuple[str, str], ...]
    """(sentence, deal's public id or '')"""
    questions: tuple[tuple[str, Seat, str], ...]
    """(sentence, who finds out, first asked on, '' for today)"""
    actions: tuple[Agreed, ...]
    absent: tuple[Seat, ...]


class Conflict(access.Refused):
    """Somebody else kept other notes since this form was opened. Nothing is written; both are shown."""

    def __init__(self, name: str, version: int) -> None:
        self.version = version
        super().__init__(
            "newer_notes",
            f"{name} kept other notes after you opened this form. Yours are still in it, theirs stand beside it. "
            "Put together what belongs in, then save again.",
        )


class Ended(access.Refused):
    """The review is over; the minutes are what they are."""

    def __init__(self, name: str) -> None:
        super().__init__(
            "ended_already",
            f"{name} ended this review before you. The minutes stand; add what is missing below them, "
            "under “Set straight afterwards”. What you typed is still here.",
        )


def notes_of(kept: Mapping[str, Any]) -> Notes:
    """Notes as they were stored or sent. Raises Refused for more rows than a meeting can have."""
    rows = {name: list(kept.get(name) or ()) for name in ("decisions", "questions", "actions")}
    if any(len(found) > MOST for found in rows.values()):
        raise access.Refused("too_many", f"A review takes {MOST} of each. Keep what matters.")
    return Notes(
        tuple(DecisionNote(**_short(row)) for row in rows["decisions"]),
        tuple(QuestionNote(**_short(row)) for row in rows["questions"]),
        tuple(ActionNote(**_short(row)) for row in rows["actions"]),
        tuple(str(key) for key in kept.get("absent") or ()),
    )


def _short(row: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value).replace("\x00", "")[:TYPED] for name, value in row.items()}


def kept(notes: Notes) -> dict[str, Any]:
    """Notes as they are stored; `notes_of` gives them back."""
    return json.loads(json.dumps(asdict(notes)))  # type: ignore[no-any-return]


def digest(content: Mapping[str, Any]) -> str:
    """SHA-256 of what was frozen."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def sentence(text: str, what: str) -> str:
    """Text as minutes keep it: one line, no control characters. Raises Refused when empty or too long."""
    line = " ".join("".join(c if unicodedata.category(c)[0] != "C" else " " for c in text).split())
    if not line:
        raise access.Refused("text_missing", f"{what}: write it in a sentence.")
    if len(line) > LONGEST:
        raise access.Refused(
            "text_long", f"{what}: say it in at most {LONGEST} characters; this is {len(line)}."
        )
    return line


def wanted(notes: Notes, room: Sequence[Seat], *, by: int, today: date) -> Wanted:
    """The minutes that notes come to. Rows without a sentence are left out.

    Raises Refused naming the row: text_long, nobody_finds_out, no_owner, not_there, guest_owner, leader_owner,
    no_receiver, bad_day, day_passed.
    """
    seats = {seat.key: seat for seat in room}
    absent = tuple(seats[key] for key in dict.fromkeys(notes.absent) if key in seats)
    if any(seat.person == by for seat in absent):
        raise access.Refused("not_there", "You write the minutes, so you are there.")
    there = {key: seat for key, seat in seats.items() if seat not in absent}
    return Wanted(
        decisions=tuple(
            (sentence(row.text, f"Decision {n}"), row.deal)
            for n, row in enumerate(_written(notes.decisions), 1)
        ),
        questions=tuple(
            _question(row, there, f"Question {n}") for n, row in enumerate(_written(notes.questions), 1)
        ),
        actions=tuple(
            _action(row, seats, there, by, today, f"Action {n}")
            for n, row in enumerate(_written(notes.actions), 1)
        ),
        absent=absent,
    )


def _written(rows: Sequence[Any]) -> list[Any]:
    return [row for row in rows if row.text.strip()]


def _question(row: QuestionNote, there: Mapping[str, Seat], what: str) -> tuple[str, Seat, str]:
    text = sentence(row.text, what)
    if row.finder not in there:
        raise access.Refused("nobody_finds_out", f"{what}: choose who of those present finds out.")
    return text, there[row.finder], row.since


def _action(
    row: ActionNote, seats: Mapping[str, Seat], there: Mapping[str, Seat], by: int, today: date, what: str
) -> Agreed:
    text, owner = sentence(row.text, what), there.get(row.owner)
    if owner is None:
        if row.owner in seats:
            raise access.Refused(
                "not_there", f"{what}: {seats[row.owner].name} was not there. Nobody promises unheard."
            )
        raise access.Refused("no_owner", f"{what}: choose who does it.")
    return Agreed(text, owner, _receiver(row, owner, there, by, what, seats), _day(row.due_on, today, what))


def _receiver(
    row: ActionNote, owner: Seat, there: Mapping[str, Seat], by: int, what: str, seats: Mapping[str, Seat]
) -> Seat:
    """To whom an action is promised: a report's to the leader, the writer's to whoever was chosen."""
    if owner.kind == "guest":
        raise access.Refused(
            "guest_owner", f"{what}: a guest makes promises under the own name, on the page of promises."
        )
    leader = next(seat for seat in seats.values() if seat.kind == "leader")
    if owner.person != by and owner.kind in ("leader", "standing_in"):
        raise access.Refused(
            "leader_owner", f"{what}: nobody promises in {owner.name}’s name; {owner.name} does that."
        )
    if owner.kind == "report":
        return leader
    chosen = there.get(row.to)
    if chosen is None or chosen.person == owner.person or chosen.kind == "guest":
        raise access.Refused("no_receiver", f"{what}: choose to whom of the team you promise it.")
    return chosen


def _day(text: str, today: date, what: str) -> date:
    try:
        day = date.fromisoformat(text.strip())
    except ValueError as error:
        raise access.Refused("bad_day", f"{what}: choose the day by which it is done.") from error
    if day < today:
        raise access.Refused("day_passed", f"{what}: {day} has passed. Choose today or a later day.")
    return day


def brief(
    name: str, team: str, deals: Sequence[tuple[str, str]], middle_apart: int | None
) -> tuple[str, ...]:
    """What a guest should know: whose number this is, what helps, two questions worth asking.

    ``deals`` are (name, question) of the deciding deals that the guest may read; ``middle_apart`` is the number less
    the middle of the estimate. Nobody of the team is named.
    """
    if middle_apart is None:
        first = f"What has to be true for your number, {name.split()[0]}?"
    else:
        side = "above" if middle_apart > 0 else "below" if middle_apart < 0 else "at"
        first = f"Your number lies {side} the middle of the estimate. What do you know that it does not?"
    second = f"About {deals[0][0]}: {deals[0][1][:1].lower()}{deals[0][1][1:]}" if deals else ""
    second = second or "Which deal decides the period, and what would settle it?"
    return (
        f"The number is {name}’s. {name} answers for it; the people of {team} do not answer to you here.",
        f"What helps: ask {name}, offer what only you can get, and leave the deciding to the team.",
        f"Worth asking: {first} {second}",
    )

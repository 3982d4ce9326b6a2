"""The life of an expectation statement: who signs what, in which order, and when it is due. No Django here.

A leader writes a version and signs it; the superior signs the same content or says what they expect instead.
A signature binds to the digest of what was read. A later change is a new version with a reason.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from fairlead.people import access

State = Literal["none", "written", "signed", "agreed", "not_agreed", "alone"]
Side = Literal["manager", "superior"]
DAYS = 10
"""A statement is due in this many first days of its period."""
LONGEST = 2000
"""No text of a statement is longer than this."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A signature of one side, or the superior's own number and reason. ``by`` is who did it."""

    side: Side
    kind: Literal["signed", "not_agreed"]
    by: int
    at: datetime
    number: int | None = None
    reason: str = ""


def state_of(answers: Sequence[Answer], superior_has_account: bool) -> State:
    """Where a written version stands."""
    if not any(answer.side == "manager" for answer in answers):
        return "written"
    if any(answer.side == "superior" and answer.kind == "signed" for answer in answers):
        return "agreed"
    if any(answer.kind == "not_agreed" for answer in answers):
        return "not_agreed"
    return "signed" if superior_has_account else "alone"


def agreed_at(answers: Sequence[Answer]) -> datetime | None:
    """When the second signature came."""
    signed = [a.at for a in answers if a.kind == "signed" and a.side == "superior"]
    return signed[0] if signed else None


def due_on(starts_on: date) -> date:
    """The last day on which a statement is in time: the tenth of its period."""
    return starts_on + timedelta(days=DAYS - 1)


def is_open(state: State) -> bool:
    """Whether somebody still has to do something: nothing is settled, neither as agreed nor as not agreed."""
    return state in ("none", "written", "signed")


def standing(state: State, starts_on: date, today: date) -> Literal["done", "due", "overdue", "early"]:
    """Whether a statement is due. Before its period begins it is early, and may be written all the same."""
    if not is_open(state):
        return "done"
    if today < starts_on:
        return "early"
    return "due" if today <= due_on(starts_on) else "overdue"


def refuse_write(*, version: int, expected: int, reason: str, assumptions: str, over: bool) -> None:
    """Refuse a version that nobody may write: after the period, from an old page, without reason or assumptions."""
    if over:
        raise access.Refused("period_over", "The period is over. What was agreed stays as it is.")
    if expected != version - 1:
        raise access.Refused(
            "newer_version", "A newer version was written after you opened this form. Read it first."
        )
    if not assumptions.strip():
        raise access.Refused("assumptions_missing", "Say in a sentence what the number rests on.")
    if version > 1 and not reason.strip():
        raise access.Refused("reason_missing", "Say why it changes; the version before stays readable.")


def refuse_answer(
    answers: Sequence[Answer], side: Side, kind: Literal["signed", "not_agreed"], by: int, *, newest: bool,
    digest: str, read: str,
) -> None:  # fmt: skip
    """Refuse an answer in the wrong order, to something else than was read, or by the same person for both sides."""
    if not newest:
        raise access.Refused("old_version", "This is not the newest version. Read and sign that one.")
    if read != digest:
        raise access.Refused(
            "not_what_you_read", "What you read is not what stands here. Open the page again."
        )
    mine = [answer for answer in answers if answer.side == side]
    if side == "manager" and mine:
        raise access.Refused("signed_already", "This version has the writer’s signature already.")
    if side == "superior":
        _refuse_superior(answers, mine, kind, by)


def _refuse_superior(answers: Sequence[Answer], mine: Sequence[Answer], kind: str, by: int) -> None:
    first = next((answer for answer in answers if answer.side == "manager"), None)
    if first is None:
        raise access.Refused(
            "not_signed_yet", "Its writer has not signed it yet, so there is nothing to answer."
        )
    if first.by == by:
        raise access.Refused("both_sides", "You signed the other side. Two people agree, not one.")
    if any(answer.kind == "signed" for answer in mine):
        raise access.Refused("agreed_already", "It is agreed. A change is a new version with a reason.")
    if kind == "not_agreed" and mine:
        raise access.Refused(
            "answered_already", "Your number stands already. Sign, or wait for a new version."
        )


def digest(content: Mapping[str, object]) -> str:
    """SHA-256 of a version's content, which both sides sign."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()

"""The sentences of what was agreed. No Django here. ``money`` turns minor units into what the reader sees."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

NOTICES = {
    "expectations.signed_up": "{name} signed what to expect of {period}: {amount}. Sign it, or say what you expect.",
    "expectations.agreed": "{name} signed what you wrote for {period}. You both expect {amount}.",
    "expectations.not_agreed": "{name} expects {theirs} of {period}, you wrote {amount}: {reason}",
}
"""Notice kind -> sentence."""

STATES = {
    "none": "nothing written yet",
    "written": "written, not signed yet",
    "signed": "waits for the second signature",
    "agreed": "agreed",
    "not_agreed": "not agreed",
    "alone": "signed, nobody above has an account",
}
"""State of a statement -> words."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a statement says, for its text."""

    name: str
    team: str
    period: str
    version: int
    written: str
    expected: int
    low: int | None
    middle: int | None
    high: int | None
    target: int | None
    assumptions: str
    risks: str
    reason: str
    state: str
    signatures: tuple[tuple[str, str], ...]
    theirs: int | None
    their_name: str
    their_reason: str


def as_text(said: Said, money: Callable[[int], str]) -> str:
    """A statement as plain text to copy into a mail or to print."""
    lines = [
        f"What to expect of {said.period}: {money(said.expected)}",
        f"{said.team or said.name}, written by {said.name} {said.written}, version {said.version}",
        "",
    ]
    if said.target is not None:
        lines.append(f"Target {money(said.target)}")
    if said.low is not None and said.middle is not None and said.high is not None:
        lines.append(
            f"Estimate then {money(said.middle)}, 8 in 10 between {money(said.low)} and {money(said.high)}"
        )
    lines += [f"Assumptions: {said.assumptions}"]
    if said.risks:
        lines.append(f"Risks: {said.risks}")
    if said.reason:
        lines.append(f"Why this version: {said.reason}")
    lines += ["", f"State: {STATES[said.state]}"]
    if said.state == "not_agreed" and said.theirs is not None:
        lines.append(f"{said.their_name} expects {money(said.theirs)}: {said.their_reason}")
    lines += [f"Signed by {name} {moment}" for name, moment in said.signatures]
    return "\n".join(lines) + "\n"

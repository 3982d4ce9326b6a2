"""The sentences of reviews. No Django here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

NOTICES = {
    "reviews.begun": "{name} began the review of {team}. You are in the room.",
    "reviews.ended": "The minutes of the review of {team} on {day} are there to read.",
    "reviews.called_off": "{name} called off the review of {team} that began {day}.",
    "reviews.set_straight": "{name} set something straight under the minutes of {team} of {day}.",
}
"""Notice kind -> sentence. A notice tells nothing of what the minutes say."""

KINDS = {"leader": "leads", "report": "", "standing_in": "stands in for the leader", "guest": "guest"}
"""Kind of attendance -> words."""


@dataclass(frozen=True, slots=True)
class Said:
    """Minutes for their text."""

    title: str
    when: str
    there: Sequence[str]
    absent: Sequence[str]
    number: Sequence[str]
    decisions: Sequence[tuple[str, str]]
    questions: Sequence[tuple[str, str]]
    actions: Sequence[tuple[str, str, str]]
    straight: Sequence[tuple[str, str, str]]


def as_text(said: Said) -> str:
    """Minutes as plain text to copy into a mail or to print."""
    lines = [said.title, said.when, "", f"There: {', '.join(said.there)}"]
    if said.absent:
        lines.append(f"Not there: {', '.join(said.absent)}")
    lines += ["", *said.number]
    lines += ["", "Decided", *([_decided(*row) for row in said.decisions] or ["- nothing"])]
    lines += ["", "Open questions", *([f"- {text} ({who})" for text, who in said.questions] or ["- none"])]
    lines += [
        "",
        "Actions",
        *([f"- {who}, by {day}: {text}" for text, who, day in said.actions] or ["- none"]),
    ]
    if said.straight:
        lines += [
            "",
            "Set straight afterwards",
            *(f"- {who}, {when}: {text}" for who, when, text in said.straight),
        ]
    return "\n".join(lines) + "\n"


def _decided(text: str, deal: str) -> str:
    return f"- {deal}: {text}" if deal else f"- {text}"

"""The calm reply: up to three facts, one example, one ask, each a sentence that rests on something. No Django here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence and the page where its evidence opens."""

    text: str
    link: str


@dataclass(frozen=True, slots=True)
class Calm:
    """The card. Only what rests on something stands in it; what is missing is left out."""

    facts: tuple[Said, ...]
    example: Said | None
    ask: Said | None
    gap: str = ""
    """what is not known, said plainly, where fewer than three facts are there"""

    @property
    def words(self) -> str:
        """What stands in it, in words: “Two facts, one ask”; never more than there is."""
        count = len(self.facts)
        said = [f"{('one', 'two', 'three')[count - 1]} fact{'s' if count > 1 else ''}"] if count else []
        said += ["one example"] if self.example else []
        said += ["one ask"] if self.ask else []
        said += ["what is not known"] if self.gap else []
        return ", ".join(said).capitalize()

    @property
    def text(self) -> str:
        """The reply to begin with, a sentence a line."""
        parts = [one.text for one in self.facts]
        if self.example is not None:
            parts.append(f"For example: {_lower(self.example.text)}")
        if self.gap:
            parts.append(self.gap)
        if self.ask is not None:
            parts.append(f"You can help: {_lower(self.ask.text)}")
        return "\n".join(parts)


def _lower(text: str) -> str:
    """A sentence as it goes on after a colon; names and abbreviations keep their capital."""
    first = text.split(" ", 1)[0]
    starts = ("The", "A", "An", "One", "Call", "Ask", "It", "Their", "Your", "Get", "Name", "Tell", "Confirm")
    return text[0].lower() + text[1:] if first in starts else text


MOST = 3


def card(facts: Sequence[Said], example: Said | None, ask: Said | None, unknown: str = "") -> Calm:
    """The card from facts in the order of their weight; the first three are taken."""
    taken = tuple(facts[:MOST])
    return Calm(taken, example, ask, unknown if len(taken) < MOST else "")


def as_mail(to: str, name: str, text: str) -> str:
    """A reply as a plain mail."""
    return f"Hello {to},\n\n{text.strip()}\n\n{name}\n" if to else f"{text.strip()}\n\n{name}\n"


def as_chat(text: str) -> str:
    """A reply as a chat message: its lines in one paragraph."""
    return " ".join(line.strip() for line in text.splitlines() if line.strip())


@dataclass(frozen=True, slots=True)
class Likely:
    """A question the week may bring: why it is likely, and the answer from facts."""

    question: str
    because: str
    answer: str
    link: str
    weight: int


def likely(found: Sequence[Likely], most: int = 5) -> tuple[Likely, ...]:
    """The likeliest questions: those that move most money first, one of a kind where money is equal."""
    return tuple(sorted(found, key=lambda one: -one.weight)[:most])

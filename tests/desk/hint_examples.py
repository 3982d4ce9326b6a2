"""The sentences that hints are measured on, and how often each rule is right. Read by tests and by the docs."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from fairlead.desk import hints

SENTENCES = Path(__file__).with_name("hints")
NAMES = hints.Names(
    ("Ravi Menon", "Rosa Lindqvist", "Ines Duarte", "Tomas Novak"),
    ("Mina Aalto", "Otto Brandt"),
    ("Carl Ek",),
)
SETS = ("tuning", "second", "held_out", "fresh", "unseen", "after")
"""`held_out` was written before the rules; `fresh` widened them later; `unseen` came before that, `after` after it."""


@dataclass(frozen=True)
class Measured:
    """How a rule did on a set: of ``yes`` sentences it found ``right``, of ``no`` sentences it took ``wrong``."""

    rule: str
    yes: int
    no: int
    right: int
    wrong: int

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.yes


def sentences(code: str = "en") -> dict[str, dict[str, dict[str, list[str]]]]:
    """rule -> set -> yes or no -> sentences."""
    read: dict[str, dict[str, dict[str, list[str]]]] = tomllib.loads((SENTENCES / f"{code}.toml").read_text())
    return read


def finds(rule: str, text: str) -> bool:
    """Whether a rule gives a hint on a text of the cast."""
    return any(hint.rule.id == rule for hint in hints.found(text, NAMES))


def measure(which: str, code: str = "en") -> list[Measured]:
    """Every rule on one set, in the order of the rules."""
    read = sentences(code)
    found = []
    for rule in hints.language(code).rules:
        one = read[rule.id][which]
        right = sum(finds(rule.id, text) for text in one["yes"])
        wrong = sum(finds(rule.id, text) for text in one["no"])
        found.append(Measured(rule.id, len(one["yes"]), len(one["no"]), right, wrong))
    return found

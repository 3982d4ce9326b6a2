"""Hints on the words of a draft, from reviewed rules of a language. Nothing here is stored or counted. No Django.

A rule is a few patterns in a file of its language, with why it matters and how to say it. A hint is a phrase that
stands in the draft, so that it can be shown and argued with; the text is never judged as a whole, its writer never.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

WORDS = Path(__file__).with_name("hint_words")
"""One file for each language: ``en.toml``."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What a hint looks for. ``look`` are patterns, ``unless`` speaks against them in the same sentence,
    ``unless_text`` anywhere; ``whole`` patterns may cross sentences."""

    id: str
    name: str
    looks_for: str
    why: str
    say: str
    look: tuple[str, ...]
    unless: tuple[str, ...] = ()
    unless_text: tuple[str, ...] = ()
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Names:
    """Who is who for the sender: ``reps`` cannot be addressed, ``managers`` are below, ``above`` is above."""

    reps: tuple[str, ...] = ()
    managers: tuple[str, ...] = ()
    above: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hint:
    """A phrase of the draft and the rule that found it. ``before`` and ``after`` are the rest of its sentence."""

    rule: Rule
    before: str
    phrase: str
    after: str


@dataclass(frozen=True, slots=True)
class Language:
    """The rules of a language, the most important first. ``parts`` are patterns that rules share, ``ordinary`` names
    that are words as well: alone they name nobody."""

    rules: tuple[Rule, ...]
    parts: dict[str, str]
    ordinary: frozenset[str]


@lru_cache(maxsize=8)
def language(code: str = "en") -> Language:
    """The rules of a language. Raises FileNotFoundError for one without a file."""
    read = tomllib.loads((WORDS / f"{code}.toml").read_text(encoding="utf-8"))
    rules = [
        Rule(
            id=key, name=one["name"], looks_for=one["looks_for"], why=one["why"], say=one["say"],
            look=tuple(one["look"]), unless=tuple(one.get("unless", ())),
            unless_text=tuple(one.get("unless_text", ())), whole=one.get("whole", False),
        )
        for key, one in read["rules"].items()
    ]  # fmt: skip
    return Language(tuple(rules), dict(read["parts"]), frozenset(read["ordinary"]))


def found(text: str, names: Names, code: str = "en") -> tuple[Hint, ...]:
    """The hints on a draft, the most important first, at most one of each rule."""
    # The same length, so that places in one are places in the other.
    plain = text.replace("’", "'").replace("‘", "'")
    hints = (_hint(rule, text, plain, names, code) for rule in language(code).rules)
    return tuple(hint for hint in hints if hint is not None)


def _hint(rule: Rule, text: str, plain: str, names: Names, code: str) -> Hint | None:
    ready = _ready(rule, names, code)
    if any(pattern.search(plain) for pattern in ready.unless_text):
        return None
    for start, end in [(0, len(plain))] if rule.whole else sentences(plain):
        said = plain[start:end]
        if any(pattern.search(said) for pattern in ready.unless):
            continue
        for pattern in ready.look:
            at = pattern.search(said)
            if at is not None:
                return _cut(rule, text, start + at.start(), start + at.end())
    return None


def _cut(rule: Rule, text: str, start: int, end: int) -> Hint:
    first = next((a for a, b in sentences(text) if b > start), 0)
    last = next((b for _, b in sentences(text) if b >= end), len(text))
    return Hint(rule, text[first:start].lstrip(), text[start:end], text[end:last].rstrip())


_END = re.compile(r"[.!?]+(?=\s|$)|\n+")


def sentences(text: str) -> list[tuple[int, int]]:
    """Where the sentences of a text begin and end; a point within a number ends none."""
    ends = [one.end() for one in _END.finditer(text)]
    found, begins = [], 0
    for end in [*ends, len(text)]:
        if text[begins:end].strip():
            found.append((begins + len(text[begins:end]) - len(text[begins:end].lstrip()), end))
        begins = end
    return found


@dataclass(frozen=True, slots=True)
class _Ready:
    look: tuple[re.Pattern[str], ...]
    unless: tuple[re.Pattern[str], ...]
    unless_text: tuple[re.Pattern[str], ...]


@lru_cache(maxsize=512)
def _ready(rule: Rule, names: Names, code: str) -> _Ready:
    """The patterns of a rule with the shared parts and the names filled in."""
    spoken = language(code)
    parts = dict(spoken.parts)
    people = (*names.reps, *names.managers)
    for part, who in (("reps", names.reps), ("people", people), ("above", names.above)):
        parts[part] = _alternatives(who, spoken.ordinary)

    def filled(patterns: Iterable[str]) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(_filled(one, parts), re.IGNORECASE) for one in patterns)

    return _Ready(filled(rule.look), filled(rule.unless), filled(rule.unless_text))


_PART = re.compile(r"<([a-z]+)>")


def _filled(pattern: str, parts: dict[str, str]) -> str:
    while (filled := _PART.sub(lambda at: parts[at[1]], pattern)) != pattern:
        pattern = filled
    return pattern


def _alternatives(names: Iterable[str], ordinary: frozenset[str]) -> str:
    """A pattern of names as people are called, with exact capitals; one that never matches where there are none."""
    called = sorted(
        {one for name in names for one in called_of(name, ordinary)}, key=lambda one: (-len(one), one)
    )
    if not called:
        return "(?!)"
    return rf"(?-i:(?<!\w)(?:{'|'.join(re.escape(one) for one in called)})(?!\w))"


def called_of(name: str, ordinary: frozenset[str]) -> tuple[str, ...]:
    """How a person may be called: the whole name, and each part of it that is no ordinary word."""
    parts = name.split()
    if not parts:
        return ()
    alone = [one for one in parts if len(one) > 2 and one.casefold() not in ordinary]
    return (" ".join(parts), *alone)


def named(text: str, names: Iterable[str], code: str = "en") -> str:
    """The first name of some people that stands in a text, as it is written there; '' where none does."""
    pattern = re.compile(_alternatives(names, language(code).ordinary))
    at = pattern.search(text)
    return at[0] if at else ""

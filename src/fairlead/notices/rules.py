"""The wording of notices: one sentence per kind, filled from facts. No Django here."""

from __future__ import annotations

from collections.abc import Mapping

WORDING: dict[str, str] = {}
"""kind -> sentence with {facts}; every feature adds its own kinds when it loads."""


def word(kinds: Mapping[str, str]) -> None:
    """Add a feature's kinds. A kind worded twice is refused with ValueError."""
    twice = WORDING.keys() & kinds.keys()
    if any(WORDING[kind] != kinds[kind] for kind in twice):
        raise ValueError(f"These notices are worded twice: {', '.join(sorted(twice))}")
    WORDING.update(kinds)


def sentence(kind: str, facts: Mapping[str, object]) -> str:
    """The sentence a person reads. Raises KeyError for a kind without wording."""
    return WORDING[kind].format_map(dict(facts))

"""Words that an act cannot do without. No Django here."""

from __future__ import annotations

from fairlead.people.access import Refused


def needed(text: str, what: str, longest: int) -> str:
    """The words without space around them. Raises Refused: text_missing, text_long; ``what`` says what to write."""
    said = text.strip()
    if not said:
        raise Refused("text_missing", f"Write {what}.")
    if len(said) > longest:
        raise Refused("text_long", f"Write {what} in at most {longest} characters.")
    return said

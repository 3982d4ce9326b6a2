"""How accounts and what is known of them are spoken of. No Django here."""

from __future__ import annotations

from collections.abc import Mapping

NOTICES: Mapping[str, str] = {
    "territories.cover": "You cover {what} of an empty seat for now: read the hand-over and the first call",
}
KINDS: Mapping[str, str] = {
    "call": "Call", "meeting": "Meeting", "mail": "Mail", "visit": "Visit", "event": "Event",
}  # fmt: skip
WAYS: Mapping[str, str] = {
    "two": "two-way",
    "one": "one-way",
    "unknown": "not known",
}
"""Whether both sides took part."""
HELD: Mapping[str, str] = {
    "call": "They talked", "meeting": "It was held", "mail": "They replied", "visit": "It was held",
    "event": "We talked there",
}  # fmt: skip
"""What makes a contact of a kind two-way."""
MARKS: Mapping[str, str] = {"handed_over": "Handed over", "first_call": "First call held"}

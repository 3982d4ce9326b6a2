"""The sentences of what is owed and known. No Django here."""

from __future__ import annotations

NOTICES = {
    "enablement.answers": "{name} named you to answer for this in the catalogue, for {role}: {item}",
    "enablement.delivered": "{name} says this was delivered to you: {item} Evidence: {words}",
    "enablement.taken_back": "{name} took a delivery to you back: {item}",
    "enablement.not_received": "{name} did not get what you delivered: {item} Why: {words}",
    "enablement.rated": "{name} says of what you delivered ({item}): {words}",
    "enablement.sells": "{name} wrote down that you sell {products} from {day}",
    "enablement.assess": "{name} asks you to assess a teach-back: {title}",
    "enablement.assessed": "{name} assessed your teach-back",
    "enablement.credited": "{name} added material that you made to the library: {title}",
    "enablement.thanked": "{name} thanks you for what you made: {title}",
    "enablement.proposed": "An answer to what you had to work out alone is proposed: {title} Say whether it is one",
    "enablement.answered": "Something answers what you had to work out alone. Say whether it is still open",
    "enablement.declined": "{name} does not assess your teach-back. Ask somebody else who saw it",
}
"""Notice kind -> sentence."""

STATES = {
    "delivered": ("ok", "delivered"),
    "waived": ("stop", "not owed any more"),
    "late": ("late", "late"),
    "due": ("wait", "to come"),
}
"""State -> the shape and the words it is shown with."""

GRADE_SHAPES = {"clear": "ok", "in_part": "half", "not_yet": "wait"}

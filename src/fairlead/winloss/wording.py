"""The words of win and loss: reasons, ratings, outcomes, notices. No Django here."""

from __future__ import annotations

NOTICES = {
    "winloss.owed": "{deal} closed ({outcome}). What decided it? Two minutes, by {due}, while you remember it.",
    "winloss.asked": "{name} asks you to talk with the buyer of {deal}, by {due}, and to write down what they say.",
    "winloss.dropped": "{name} no longer asks for the interview about {deal}.",
    "winloss.interviewed": "The buyer of {deal} was interviewed. {then}",
    "winloss.answered": "{name} answers the interview about {deal}: {words}",
}
"""Notice kind -> sentence."""

READ_BOTH = "Both accounts stand beside each other."
WRITE_FIRST = "Write yours first; then both stand beside each other."

REASONS = (
    ("price", "Price and value"),
    ("product", "Product gap"),
    ("timing", "Timing, or no decision"),
    ("access", "Relationship and access"),
    ("rival", "Strength of the rival"),
    ("incumbent", "The incumbent, or doing nothing"),
    ("risk", "Implementation and risk"),
    ("priorities", "Their priorities changed"),
    ("process", "Our process and response"),
    ("other", "Something else, in words"),
)
"""The list that ships: key, name. An organisation edits a copy of it."""

RATINGS = {
    "decisive": "decided it",
    "contributed": "contributed",
    "none": "not a factor",
    "helped": "helped us",
}
"""How much a reason counted -> its words."""

OUTCOMES = {"won": "won", "lost": "lost", "no_decision": "no decision"}
"""How it ended -> its word."""

SOURCES = {"rep": "Who sold it", "buyer": "The buyer, to somebody neutral"}
"""Who says it -> its heading."""

STATES = {"owed": ("owed", "wait"), "late": ("time is over", "late"), "said": ("said", "ok")}
"""Where the rep's account stands -> its word and its sign."""

FROM_EXIT = {
    "rival": "rival",
    "no_decision": "timing",
    "budget": "priorities",
    "price": "price",
    "fit": "product",
    "timing": "timing",
    "people": "access",
    "other": "other",
}
"""The reason given when a deal left the forecast -> the reason of the list that comes closest."""

TOO_FEW = "too few to say"

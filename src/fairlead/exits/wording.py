"""The words of exits: kinds of alternatives, reasons, ways out, notices. No Django here."""

from __future__ import annotations

NOTICES = {
    "exits.owed": "{deal} left the forecast ({way}). {wanted} is due by {due}.",
    "exits.handed_in": "{name} handed in the packet for {deal}: {why}",
    "exits.said": "{name} said why {deal} left the forecast: {why}",
    "exits.accepted": "{name} accepted your packet for {deal}. {words}",
    "exits.asked_back": "{name} asks back about {deal}: {words}",
    "exits.taken_up": "{name} brings you a deal that left the forecast: {deal}.",
}
"""Notice kind -> sentence."""

ALTERNATIVES = {
    "smaller": "A smaller scope",
    "sponsor": "Another sponsor",
    "later": "A later date",
    "partner": "A partner",
    "price": "Price",
    "executive": "An executive call",
}
"""What may be considered before a deal is given up -> its name."""

VERDICTS = {"kept": "kept: it goes on this way", "rejected": "rejected"}

REASONS = {
    "rival": "A rival won it",
    "no_decision": "They decided not to decide",
    "budget": "The money went away",
    "price": "The price",
    "fit": "It did not fit what they need",
    "timing": "Not now, perhaps later",
    "people": "Our people there left or lost their say",
    "other": "Something else",
}
"""Why a deal went -> its name."""

WAYS = {
    "lost": "lost",
    "disqualified": "ended as not a deal",
    "pushed": "pushed out of the period",
    "pulled_out": "dated before the period",
    "deleted": "vanished from the CRM",
    "category_down": "dropped to a lower category",
    "amount_down": "amount cut to almost nothing",
    "undated": "lost its close date",
    "corrected": "corrected in the CRM",
}
"""The reason of a change -> how the deal left, in words."""

WANTED = {
    "packet": "A packet",
    "reason": "A reason",
    "sentence": "One sentence",
    "": "Nothing",
}
"""What an exit asks for -> its name."""

STATES = {
    "owed": ("owed", "wait"),
    "late": ("overdue", "late"),
    "asked_back": ("asked back", "late"),
    "waiting": ("with the manager", "half"),
    "accepted": ("accepted", "ok"),
    "said": ("said", "ok"),
    "nothing": ("nothing asked", "ok"),
}
"""Where an exit stands -> its word and its sign."""

NOT_COMPUTED = "Not computed: {why}"
NO_RUN = "no estimate of this period was stored before the deal left."
NOT_IN_RUN = "the estimate stored before the deal left does not hold it as an open deal of this person."
NO_CHANCE = "no stored estimate gives this deal a chance."


def way(reason: str) -> str:
    """How a deal left."""
    return WAYS.get(reason, reason.replace("_", " "))

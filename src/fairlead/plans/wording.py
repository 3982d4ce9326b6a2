"""The sentences of deal plans. No Django here."""

from __future__ import annotations

NOTICES = {
    "plans.saved": "{name} wrote version {number} of the plan for {deal}.",
    "plans.opened": "{name} opened the plans of the team to the team: you read those of the others.",
    "plans.tested": "{name} tested version {number} of the plan for {deal}: {words}",
}
"""Notice kind -> sentence."""

STRATEGIES = {
    "direct": ("Direct", "We are ahead by what they compare, and say so."),
    "indirect": ("Indirect", "We change what they compare, because by the present list we lose."),
    "divide": ("Divide", "We win one part, site or year now, and leave the rest for later."),
    "defend": ("Defend", "They are ours; we keep others from a foothold."),
    "develop": ("Develop", "Too early to fight: we earn trust until there is something to win."),
    "withdraw": ("Withdraw", "We stop, on our terms, and say so."),
}
"""Strategy -> its name and what it means."""

INFLUENCES = {
    "unknown": "not known",
    "decides": "decides about the money",
    "stops": "can stop it",
    "uses": "uses it",
    "advises": "advises",
    "buys": "handles the purchase",
}
STANCES = {"unknown": "not known", "for": "for us", "neutral": "neutral", "against": "against us"}
KINDS = {
    "people": "people",
    "money": "money",
    "executive": "an executive",
    "reference": "a reference",
    "legal": "legal",
}
ANSWERS = {"asked": "asked", "granted": "granted", "refused": "refused"}
STATES = {"to_do": "to do", "done": "done", "dropped": "dropped"}

STOP = "Then we stop"
"""The box that makes a risk one at which we stop, as the form labels it."""
WHY_MISSING = {
    "objective": "One sentence: what is signed, how much, by when, by whom. Without it nobody can test the rest.",
    "players": "Name the people at the buyer and say of one at least what they can do; names alone sign nothing.",
    "nothing": "Doing nothing is the rival that wins most often. Say what it costs them.",
    "tactics": "A plan without a dated next act is an opinion.",
    "kills": f"Set beforehand what would make us stop, and tick “{STOP}”: now it costs nothing to be honest.",
    "strategy": "Why this way and not another, and what would make us change it.",
}
"""What is missing -> why it matters, in the order of the form."""

"""The sentences of company debts. No Django here."""

from __future__ import annotations

NOTICES = {
    "debts.opened": "The company owes {owed}, and you answer for it: {item}",
    "debts.opened_for": "The company owes you, and {owner} answers for it: {item}",
    "debts.dated": "{name} says by {day}: {item}",
    "debts.delivered": "{name} delivered what was owed: {item} Evidence: {words}",
    "debts.rated": "{name} says of what you delivered ({item}): {words}",
    "debts.disputed": "{name} disputes a debt, {item} Why: {words}",
    "debts.lifted": "No longer owed: {item} Why: {words}",
    "debts.undone": "{name} took back the last step with a debt: {item}",
}
"""Notice kind -> sentence."""

STATES = {
    "open": ("wait", "open"),
    "delivered": ("ok", "delivered"),
    "disputed": ("half", "disputed"),
    "lifted": ("stop", "no longer owed"),
}
"""State -> the shape and the words it is shown with."""

STEPS = {
    "dated": "named the day",
    "delivered": "delivered it",
    "rated": "said what it was worth:",
    "disputed": "disputed it",
    "lifted": "said that it is no longer owed",
    "undone": "took back step",
}

SOURCES = {
    "plan": "refused in a deal plan",
    "ask": "an ask to remove a block was declined",
    "debrief": "said after an executive ask",
    "manager": "said by the manager",
    "catalogue": "owed by the catalogue, past its day",
}
"""Where a debt comes from, in words."""

DONE = {
    "dated": "The day is named. {other} is told.",
    "delivered": "Delivered. {other} is told and can say whether it helped.",
    "rated": "Said. {other} is told.",
    "disputed": "Disputed. {other} reads why, and so do both managers.",
    "lifted": "No longer owed. {other} is told.",
    "undone": "Taken back. It stands as before.",
}
"""What a step came to, for who made it."""

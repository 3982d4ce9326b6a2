"""The sentences of one-to-ones. No Django here."""

from __future__ import annotations

NOTICES = {
    "oneonones.rhythm": "The rhythm of your 1:1 was set.",
    "oneonones.moved": "Your 1:1 was moved.",
    "oneonones.skipped": "Your 1:1 is skipped this time.",
    "oneonones.action": "Something was agreed in your 1:1; it stands in the promises of both.",
}
"""Notice kind -> sentence."""

KINDS = {
    "weekly": "every week",
    "fortnightly": "every two weeks",
    "monthly": "every month",
    "none": "no rhythm",
}
"""Rhythm -> words."""

STATES = {"planned": "planned", "held": "held", "moved": "moved", "skipped": "skipped"}
"""State of a meeting -> words."""

"""The words of upward feedback. No Django."""

from __future__ import annotations

ITEMS = {
    "shields": "Shields me from noise",
    "passes": "Passes on what I need",
    "upward": "Tells the truth upward",
    "owns": "Owns the number",
    "deals": "Helps me win deals",
    "coaches": "Coaches me",
    "fair": "Deals with underperformance fairly and in time",
    "promises": "Keeps promises",
}
"""Item -> what is asked, about the manager."""
POOLS = {"above": "Between the team and those above", "team": "With the team"}
"""Half of the items -> its name."""
ANSWERS = {"yes": "Mostly so", "no": "Mostly not so", "unable": "Not able to say"}
LEVELS = {"high": "Mostly so", "divided": "Divided", "low": "Mostly not so"}
SHAPES = {"high": "ok", "divided": "half", "low": "late", "": "wait"}
STATES = {
    "few": "too few could say",
    "held": "not yet: the same answers stood behind another group’s word less than a year ago",
}
"""Why a figure has no word."""

STATE_WORDS = {
    "open": "open",
    "closed": "closed; released with the other rounds of the quarter",
    "shown": "released",
    "few": "not enough answers",
    "seven": "not enough answers",
    "changed": "not released",
    "held": "not released",
}
"""State of a round -> words."""
STATE_SHAPES = {"open": "wait", "closed": "half", "shown": "ok"}
WHY = {
    "few": "Fewer than five could be counted. With so few, words about the whole would be words about somebody.",
    "seven": "Five or six answered. This group’s words stand item by item, which takes seven.",
    "changed": "One person came or went since the last release. The difference of the two would be what that one said.",
    "held": "Those who answered stood behind another group’s words less than a year ago. Both together could tell what "
    "a few of them said.",
}
"""Outcome -> why nothing is shown."""

NOTICES = {
    "feedback.asked": "You are asked for upward feedback, until {day}. Nobody can see who said what.",
    "feedback.reminded": "Upward feedback closes on {day}, and you have not answered. Nobody else is told.",
    "feedback.released": "A round of upward feedback is released.",
    "feedback.not_released": "A round of upward feedback is not released; the page says why.",
    "feedback.shared": "The result of a round of upward feedback was shared with you.",
}
"""Notice kind -> sentence."""

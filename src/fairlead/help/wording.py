"""The sentences of help. Notices say that something waits and never what or through which door. No Django here."""

from __future__ import annotations

NOTICES = {
    "help.asked": "Somebody asks you for help. It waits for your answer.",
    "help.answered": "There is an answer to a request for help of yours.",
    "help.late": "A request for help of yours was not answered in its time. You can send it further.",
    "help.owed": "A request for help that was asked of you is past its time.",
    "help.news": "There is something new on a request for help that was asked of you.",
    "help.gone": "Whoever you asked for help is not there any more. Choose where it goes.",
    "help.shield_asked": "Somebody of your team wants to agree with you what they are shielded from.",
    "help.shield_answered": "Your manager answered what you want to be shielded from.",
    "help.shield_agreed": "What you agreed to shield is signed by both of you.",
    "help.shield_asked_back": "There is a question on what you agree to shield.",
    "help.shield_ended": "What you agreed to shield ends on {day}.",
}
"""Notice kind -> sentence."""

STATES = {
    "waiting": "waits for an answer",
    "asked_back": "asked back",
    "answered": "answered",
    "declined": "declined",
    "helped": "this helped",
    "not_helped": "this did not help",
    "withdrawn": "withdrawn",
    "moved": "went on to somebody else",
}
"""State of a request -> words."""

DONE = {
    "answered": "answered",
    "declined": "declined",
    "asked_back": "asked back",
    "replied": "replied",
    "helped": "said that this helped",
    "not_helped": "said that this did not help",
    "withdrawn": "withdrew it",
    "moved": "let it go on to the new manager",
}
"""Step -> what was done, after a name."""

DOORS = {"first": "asked the manager", "above": "skip level", "hr": "HR"}
"""Door of a request -> words."""

SHIELD_STATES = {
    "asked": "waits for the manager's answer",
    "answered": "waits for the other signature",
    "asked_back": "asked back",
    "agreed": "agreed",
    "ending": "agreed, ends on a day",
    "ended": "ended",
}
"""State of a shield -> words."""

SHIELD_DONE = {"signed": "signed", "asked_back": "asked back", "ended": "ended it"}

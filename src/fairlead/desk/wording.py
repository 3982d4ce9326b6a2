"""The sentences of the desk. Notices say that something waits and never what: they also go out by mail. No Django."""

from __future__ import annotations

NOTICES = {
    "desk.received": "A message from above waits on your desk.",
    "desk.straight_from_above": "A message on your desk was set straight by its sender.",
    "desk.direct": "A message reached a rep directly, by a rule you know; a copy is on your desk.",
    "desk.back": "A message you held is back on your desk.",
    "desk.contact": "{name} logged that somebody above you made contact.",
    "desk.passed": "{name} passed something on to you.",
    "desk.set_straight": "{name} set straight what was passed on to you.",
    "desk.no_longer": "Something that reached you no longer holds as it was told.",
    "desk.answered": "{name} answered a message of yours.",
    "desk.declined": "{name} declined a message of yours, with a reason.",
    "desk.late": "A must-pass message on the desk of {name} is past its limit.",
    "desk.everybody": "{name} tells everybody: {title}",
    "desk.everybody_straight": "{name} set a notice to everybody straight: {title}",
    "desk.pressure_day": "{what} on {on}: the answers to what you will be asked are ready.",
    "desk.confidential": "A must-pass message on your desk is confidential until {day}; its limit counts from then.",
}
"""Notice kind -> sentence."""

KINDS = {
    "question": "Question",
    "concern": "Concern",
    "instruction": "Instruction",
    "praise": "Praise",
    "news": "News",
    "pay": "Pay",
    "quota": "Quota",
    "territory": "Territory",
    "job_security": "Job security",
    "legal": "Legal",
    "safety": "Safety",
    "ethics": "Ethics",
}
"""Kind of a message -> its word."""

LANES = {
    "hr": "an HR matter about a person",
    "ethics_report": "a report of wrongdoing",
    "complaint": "a complaint about the manager",
}
"""What never comes to a desk -> in words."""

URGENCIES = {"today": "wanted today", "week": "wanted this week", "none": "no hurry"}
DOORS = {"written": "written here", "pasted": "pasted", "api": "through the API", "mailed": "by mail"}

ACTS = {
    "answered": "Answer it myself",
    "held": "Hold until …",
    "passed": "Put it in my words and pass it",
    "passed_raw": "Pass it as it is",
    "declined": "Decline upwards",
}
"""The five acts, in the order of the form."""

DONE = {
    "answered": "answered",
    "held": "held",
    "passed": "passed in other words",
    "passed_raw": "passed as it is",
    "declined": "declined",
    "direct": "went directly",
    "withdrawn": "taken back before it opened",
    "straight": "set straight",
}
"""What was done, as a list says it."""

ABOUTS = {"deal": "a deal", "team": "a team", "nothing": "nothing in particular"}

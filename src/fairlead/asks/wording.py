"""The sentences of executive asks. No Django here."""

from __future__ import annotations

NOTICES = {
    "asks.sent": "{name} asks you to approve an executive ask for {deal}: {purpose}",
    "asks.passed": "{name} asked {executive}, the sponsor of {deal}: {purpose}",
    "asks.written": "{name} asked {executive} for {deal}: {purpose}",
    "asks.asked": "{name} asks you, by {day}: {purpose}",
    "asks.approved": "{name} approved your ask for {deal}; {executive} has it now.",
    "asks.approved_edited": "{name} approved your ask for {deal} with edits; {executive} has it now.",
    "asks.sent_back": "{name} sent your ask for {deal} back: {reason}",
    "asks.turned_down": "{name} declined your ask for {deal}: {reason}",
    "asks.accepted": "{name} does it on {day}: {purpose}",
    "asks.declined": "{name} declined: {purpose} Why: {reason}",
    "asks.proposed": "{name} proposes {day} for: {purpose}",
    "asks.agreed": "{name} agreed to {day}: {purpose}",
    "asks.withdrawn": "{name} withdrew an ask: {purpose}",
    "asks.undone": "{name} took back the last step with an ask: {purpose}",
    "asks.expired": "Expired without an answer by {day}: {purpose}",
    "asks.debriefed": "{name} wrote what came of: {purpose}",
    "asks.waits": "Tomorrow it expires: {purpose}",
    "asks.debrief_owed": "Write down what was said and promised, by {day}: {purpose}",
    "asks.sponsor": "{name} names you sponsor of {deal}. Its owner may ask you directly; {name} is told each time.",
}
"""Notice kind -> sentence."""

SHAPES = {
    "with_manager": "wait",
    "sent_back": "half",
    "turned_down": "stop",
    "asked": "wait",
    "proposed": "half",
    "accepted": "half",
    "declined": "stop",
    "withdrawn": "stop",
    "expired": "late",
    "done": "ok",
}
"""State -> the shape it is shown with."""

STEPS = {
    "sent": "sent it to the manager",
    "sent_back": "sent it back",
    "turned_down": "declined it",
    "approved": "approved it",
    "passed": "asked the sponsor directly, the manager in copy",
    "accepted": "accepted it for",
    "declined": "declined it",
    "proposed": "proposed",
    "agreed": "agreed to",
    "withdrawn": "withdrew it",
    "debriefed": "wrote what came of it",
    "expired": "It expired without an answer",
    "undone": "took back step",
}

DONE = {
    "sent": "Sent to {manager}.",
    "sent_back": "Sent back. The owner of the deal reads why.",
    "turned_down": "Declined. The owner of the deal reads why, and {executive} never saw it.",
    "approved": "Approved. {executive} is told.",
    "accepted": "Accepted for {day}. {manager} and the deal’s owner are told.",
    "declined": "Declined. {manager} and the deal’s owner read why.",
    "proposed": "{day} is proposed. {manager} or the deal’s owner answers.",
    "agreed": "Agreed. {executive} is told.",
    "withdrawn": "Withdrawn. Whoever had it is told.",
    "undone": "Taken back. It stands as before.",
}
"""What a step came to, for who made it."""

HELPS = {
    "call": "A call from you to {buyer}, one to one, without us on the line.",
    "attend": "You in the room when {buyer} decides; ten minutes are enough.",
    "reference": "A customer you know, willing to talk with {buyer}.",
    "block": "A word from you to whoever holds it.",
    "roadmap": "What is planned and what is not, said to {buyer} by you.",
}
"""Type -> the line of the brief to begin with."""

WHY_A_PLAN = (
    "An ask without a plan spends somebody’s name on a hope. The plan says who decides, why this way and what "
    "comes next; the ask takes its buyer person and its background from there."
)

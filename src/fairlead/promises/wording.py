"""The sentences of promises. No Django here."""

from __future__ import annotations

NOTICES = {
    "promises.made": "{name} promises you by {day}: {text}",
    "promises.noted": "{name} wrote down what you promised by {day}: {text}",
    "promises.due_tomorrow": "Due tomorrow, promised to {name}: {text}",
    "promises.kept": "{name} kept a promise to you: {text}",
    "promises.moved": "{name} moved a promise to you to {day}: {text} Why: {reason}",
    "promises.withdrawn": "{name} withdrew a promise to you: {text} Why: {reason}",
    "promises.confirmed": "{name} confirms that you kept: {text}",
    "promises.not_kept": "{name} says that this was not kept: {text}",
    "promises.undone": "{name} took back the last step of a promise between you: {text}",
}
"""Notice kind -> sentence."""

DONE = {
    "kept": "Kept. {other} is told.",
    "moved": "Moved to {day}. {other} is told, and the old date stays readable.",
    "withdrawn": "Withdrawn. {other} is told why.",
    "confirmed": "Confirmed. {other} is told.",
    "not_kept": "Said. {other} reads that you do not see it as kept.",
    "undone": "Taken back. It stands as before.",
}
"""What a step came to, for who made it."""

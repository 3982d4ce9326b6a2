"""The sentences of evidence. No Django here."""

from __future__ import annotations

NOTICES = {
    "evidence.scored": "{name} scored {criterion} of {deal}: {grade}. {what}",
    "evidence.file_removed": "{name} removed a file from the evidence of {deal}: {reason}",
}
"""Notice kind -> sentence."""

GRADES = ("unknown", "our belief", "the buyer said it", "the buyer wrote or did it")
"""Score -> what it means."""

MEANS = (
    "Nobody knows yet. It is never counted as good.",
    "We think so, and no buyer has said it.",
    "A named person at the buyer said it on a day.",
    "A named person at the buyer wrote it or did it.",
)
"""Score -> one line of consequence for the form."""

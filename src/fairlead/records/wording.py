"""How people are told of records about them, and how kinds are written. No Django here."""

from __future__ import annotations

from collections.abc import Mapping

NOTICES: Mapping[str, str] = {
    "records.copy_opened": "HR prepares a copy of everything that is kept about you",
    "records.copy_finished": "The copy of everything that is kept about you is finished: HR hands it to you",
    "records.note_asked": "HR prepares a copy about somebody you wrote private notes on. Say whether they go into "
    "it; nobody else can read them",
    "records.past_time": "More about people in your units is past its time: look at the list",
}
CHOICES = {"release": "Release it", "redact": "Black out words", "withhold": "Withhold it"}
CHOSEN = {"release": "released", "redact": "redacted", "withhold": "withheld"}
STEPS = {
    "gathered": "gathered what is kept, and asked writers of private notes", "finished": "made the file",
    "handed_out": "took the file to hand it out", "called_off": "called it off",
}  # fmt: skip
KINDS: Mapping[str, str] = {
    "look": "a look at results",
    "watch": "which accounts went without contact, while a look waits",
    "diagnosis": "a diagnosis",
    "plan": "a plan",
    "copy": "a copy of everything about the person",
    "case": "what lies between the person and the manager, by a case",
}
"""What was read, in words."""

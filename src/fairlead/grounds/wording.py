"""How people are told of grounds and rules."""

from __future__ import annotations

NOTICES = {
    "grounds.recorded": "In {unit} results are looked at from {day} on. What is kept, who reads it and by which rule "
    "stands here",
    "grounds.stopped": "In {unit} results are no longer looked at",
}
CONSULTED = {
    "held": "Consulted",
    "none_required": "No consultation required",
}

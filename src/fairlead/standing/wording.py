"""How people are told of seats and leave, and the words of a page of standing."""

from __future__ import annotations

NOTICES = {
    "standing.seat": "Your seat is {job} from {day} on, by {name}",
    "standing.seat_back": "The seat {job} from {day} on was taken back by {name}",
    "standing.leave": "Leave from {day} on is written down by {name}; it is left out of what is asked of you",
    "standing.leave_back": "The leave from {day} on was taken back by {name}",
}
WHY = {"": "", "not_here": "not there", "away": "away", "ramp": "ramp"}

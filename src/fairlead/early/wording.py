"""The words of an early talk. No Django here."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from fairlead.early.rules import Thing, Try, Why

TITLES: Mapping[Thing, str] = {
    "new": "Open new opportunities",
    "qualify": "Ask of a pushed deal whether it is qualified",
    "stuck": "Ask for help with a late deal that stands still",
    "lost": "Look at what lost deals say",
    "size": "Look for what a deal could hold beside",
    "together": "Go through the open deals together",
}
WHY_TRY: Mapping[Thing, str] = {
    "new": "What is open and due in the quarter covers too little of what is needed, at the usual rate of winning.",
    "qualify": "Half of the open deals or more were pushed twice or oftener: the dates are not the buyers’.",
    "stuck": "Nothing changed there for three weeks, and it is late in the quarter.",
    "lost": "A smaller share of closed deals was won than in the past year.",
    "size": "The middle deal won is less than two thirds of the past year’s.",
    "together": "No single figure stands out. Two people see more in the same deals than one.",
}
WHY_NOT: Mapping[Why, str] = {
    "": "",
    "early": "The quarter is in its first half. A talk is offered from the middle on.",
    "no_target": "Nothing is asked in this quarter: no target, or a ramp that asks for nothing yet.",
    "away": "Nothing is asked during leave.",
    "reached": "The line is reached already.",
    "few": "There are too few deals to reckon a chance: it takes six sellers of the role or more, and eight deals of "
    "theirs that were due on this day of earlier quarters, counted once a day. So none is reckoned, and no talk is "
    "offered.",
    "likely": "The chance of reaching the line is not below the one at which a talk is offered.",
}


def link(thing: Try, *, mine: bool, seller: str) -> tuple[str, str]:
    """(address, words) of where it is done. ``seller``: the seller's name, by which a manager's list is filtered."""
    deal = thing.deal
    theirs = "/deals/?" + urlencode({"status": "open", "owner": seller})
    if thing.thing == "new":
        return ("/quarter/#path", "See how many, and until when") if mine else (theirs, "See what is open")
    if thing.thing == "qualify" and deal:
        return f"/deals/{deal[0]}/evidence/", f"The criteria of {deal[1]}"
    if thing.thing == "stuck" and deal and mine:
        return f"/help/ask/?deal={deal[0]}", f"Ask for help with {deal[1]}"
    if thing.thing == "stuck" and deal:
        return f"/deals/{deal[0]}/", f"Open {deal[1]}, and offer help"
    if thing.thing == "lost":
        return "/win-loss/", "What decided them"
    if deal:
        return f"/deals/{deal[0]}/", f"Begin with {deal[1]}"
    return ("/deals/?status=open" if mine else theirs), "The open deals"

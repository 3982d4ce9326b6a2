"""The words of looks: notices, reasons, states. No Django here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from fairlead.forecasting.periods import period_words
from fairlead.looks.rules import About, Reason, State

NOTICES = {
    "looks.opened": "A look at your results is open. It begins with what speaks for you, and you can answer in it",
    "looks.opened_for": "A look at the results of a direct report is open. Decide by {day}",
    "looks.opened_role": "Half or more of {role} are under the line: a look at target and territory is open. Decide "
    "by {day}",
    "looks.role_handed": "A look at target and territory of {role} is yours now: who answered for it has left",
    "looks.answered": "Somebody answered in a look that waits for you",
    "looks.waived": "The look at your results is closed with a reason: {reason}",
    "looks.undone": "The decision on the look at your results was taken back",
    "looks.late": "A look that one of your managers decides is past its day",
}
REASONS: dict[Reason, str] = {
    "luck": "It can be luck",
    "peers": "The role’s peers missed too",
    "late_deal": "A deal came days late",
    "target": "The target changed on the way",
    "ramp": "Ramp",
    "leave": "Leave",
    "territory": "The territory",
    "debt": "The company owes",
    "other": "Another reason",
}


def reason(code: str) -> str:
    """A reason in words, '' for none."""
    return next((words for key, words in REASONS.items() if key == code), "")


ABOUTS: dict[About, str] = {
    "target": "The target changes",
    "territory": "The territory changes",
    "both": "Target and territory change",
    "nothing": "Nothing changes",
}
STATES: dict[State, tuple[str, str]] = {
    "open": ("wait", "to be decided"),
    "overdue": ("late", "overdue"),
    "waived": ("ok", "closed with a reason"),
    "diagnosis": ("half", "diagnosis"),
    "decided": ("ok", "decided, with a diagnosis"),
}

Money = Callable[[int], str]
"""Minor units as they are written."""


@dataclass(frozen=True, slots=True)
class Point:
    """One thing that could explain the results: its name, a sentence, and whether it speaks for the person."""

    name: str
    says: str
    speaks: bool


def counter_evidence(facts: Mapping[str, Any], money: Money) -> list[Point]:
    """What speaks against a problem with the person, in the order in which it is read. From frozen facts."""
    return [
        _luck(facts, money), _peers(facts), _late(facts, money), _target(facts, money), _ramp(facts), _leave(facts),
        _territory(facts), _debts(facts),
    ]  # fmt: skip


def _luck(facts: Mapping[str, Any], money: Money) -> Point:
    luck = facts["luck"]
    if luck is None:
        return Point(
            "Luck", "Too few role peers, or too few deals of theirs, to say how often it is luck.", False
        )
    of_20 = round(20 * luck["run"])
    run = "in each of these quarters" if len(facts["quarters"]) > 2 else "in both quarters"
    dealt, expected = money(sum(luck["dealt_minor"])), money(sum(luck["expected"]))
    somebody = _times(round(20 * luck["somebody"]))
    says = (
        f"A seller of usual skill who was dealt the same deals is under the line {run} {_times(of_20)}. Among "
        f"{luck['sellers']} such sellers somebody has a run like this {somebody}. Dealt were "
        f"{_count(sum(luck['dealt']), 'deal')} worth {dealt}; usual skill wins {expected} of it."
    )
    return Point("Luck", says, of_20 >= _NOT_RARE)


_NOT_RARE = 4
"""Of 20: as often as that a run under the line says little about a person."""


def _times(of_20: int) -> str:
    if of_20 == 0:
        return "less than once in 20"
    return "nearly always" if of_20 >= 20 else "once in 20" if of_20 == 1 else f"{of_20} times in 20"


def _count(number: int, one: str) -> str:
    return f"{number} {one}" if number == 1 else f"{number} {one}s"


def _peers(facts: Mapping[str, Any]) -> Point:
    known = [one for one in facts["peers"] if one["count"]]
    if not known:
        return Point("Peers", "Nobody else has this job and segment.", False)
    said = [f"{one['under']} of {one['count']} in {period_words(one['name'])}" for one in known]
    newest = known[-1]
    return Point(
        "Peers", f"Role peers under the line: {', '.join(said)}.", 3 * newest["under"] >= newest["count"] > 0
    )


def _late(facts: Mapping[str, Any], money: Money) -> Point:
    if not facts["late_deals"]:
        return Point("One deal", "No deal was signed in the two weeks after these quarters.", False)
    said = [
        f"One of {money(one['minor'])} was signed in the two weeks after {period_words(one['name'])}. With it: "
        f"{one['percent']} %, {'over' if one['over'] else 'still under'} the line."
        for one in facts["late_deals"]
    ]
    return Point("One deal", " ".join(said), any(one["over"] for one in facts["late_deals"]))


def _target(facts: Mapping[str, Any], money: Money) -> Point:
    if not facts["targets"]:
        return Point("Target", "It did not change while these quarters ran.", False)
    said = [
        f"Changed from {money(one['minor'])} to {money(one['to'])} while {period_words(one['name'])} ran. Against the "
        f"first one: {one['percent']} %."
        for one in facts["targets"]
    ]
    return Point("Target", " ".join(said), any(one["over"] for one in facts["targets"]))


def _ramp(facts: Mapping[str, Any]) -> Point:
    if not facts["ramp"]:
        since = f" In the seat since {_day(facts['seated'])}." if facts["seated"] else ""
        return Point("Ramp", f"None in these quarters.{since}", False)
    said = [
        f"{_count(one['days'], 'working day')} of {period_words(one['name'])} asked for less, at last {one['share']} %."
        for one in facts["ramp"]
    ]
    return Point("Ramp", f"{' '.join(said)} It is left out of what was asked.", True)


def _day(text: str) -> str:
    day = date.fromisoformat(text)
    return f"{day.day} {day:%b %Y}"


def _leave(facts: Mapping[str, Any]) -> Point:
    if not facts["away"]:
        return Point("Leave", "None is written down in these quarters.", False)
    said = [
        f"{one['days']} of {one['of']} working days of {period_words(one['name'])}" for one in facts["away"]
    ]
    return Point("Leave", f"Away on {' and '.join(said)}. They are left out of what was asked.", True)


def _territory(facts: Mapping[str, Any]) -> Point:
    accounts = facts["accounts"]
    if accounts is None or not accounts["middle"]:
        return Point("Territory", "Too few role peers, or no accounts, to compare.", False)
    own, middle = accounts["own"], accounts["middle"]
    return Point(
        "Territory", f"{_count(own, 'account')}; the middle of role peers is {middle}.", own * 4 < middle * 3
    )


def _debts(facts: Mapping[str, Any]) -> Point:
    if not facts["debts"]:
        return Point("The company owes", "Nothing that was open in these quarters.", False)
    said = [f"{one['item']} ({_count(one['days'], 'day')})" for one in facts["debts"]]
    return Point("The company owes", f"{'; '.join(said)}.", True)

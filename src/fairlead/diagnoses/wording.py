"""The words of diagnoses: notices, layers, what is computed beside them, routes. No Django here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from fairlead.diagnoses.rules import LAYERS, Change, Route, State
from fairlead.forecasting.periods import period_words

NOTICES = {
    "diagnoses.shared": "Your manager wrote down how they see what is behind the look at your results. Read it and "
    "answer: it counts for nothing before you could",
    "diagnoses.taken_back": "What your manager wrote about the look at your results was taken back to be written anew. "
    "Your answers stay",
    "diagnoses.answered": "Somebody answered what you shared with them about a look",
    "diagnoses.nothing_to_add": "Somebody read what you shared about a look and has nothing to add",
    "diagnoses.used": "What follows from the look at your results is decided. Your answer box stays open",
    "diagnoses.withdrawn": "What your manager wrote about the look at your results was withdrawn, with the reason",
    "diagnoses.held": "Your manager wrote down that a talk was held. Answer if you see it otherwise",
    "diagnoses.not_held": "Your manager wrote down that a talk was not held, and why",
    "diagnoses.signed": "An agreement of yours was signed",
    "diagnoses.kept": "What you agreed on was looked at again. Read it, and answer",
    "diagnoses.not_kept": "What you agreed on was looked at again. Read it, and answer",
    "diagnoses.may_use": "What you shared about a look has waited five working days. It is yours to go on",
    "diagnoses.talk_day": "Today is the day of a talk you agreed on",
    "diagnoses.review_day": "Today is the day to look again at what you agreed on",
    "diagnoses.asked": "{name} asks what you saw of somebody’s work, on which day. You may decline",
    "diagnoses.observed": "Somebody you asked wrote down what they saw",
    "diagnoses.declined": "Somebody you asked declined to write down what they saw",
}
STATES: dict[State, tuple[str, str]] = {
    "draft": ("wait", "draft"),
    "shared": ("half", "shared, not used"),
    "used": ("ok", "used"),
    "withdrawn": ("stop", "withdrawn"),
}
ROUTES: dict[Route, str] = {
    "change": "Target, territory or a company debt changes",
    "talk": "A talk about what is expected",
    "plan": "A plan of 30 days",
    "agreement": "A talk with a dated agreement",
    "redeployment": "A talk about another place, with HR, without a plan",
}
CHANGES: dict[Change, str] = {
    "target": "The target",
    "territory": "The territory",
    "debt": "What the company owes",
}
VERDICTS = {"pass": ("ok", "pass"), "fail": ("stop", "fail"), "": ("wait", "not evaluated")}
ASKS = (
    "Did the job have what it needs: accounts, a fair target, what the company promised, time in the seat, an answer "
    "when help was asked for?",
    "Is there a gap at all, is it more than luck, and where is it: in starting deals or in closing them?",
    "Was the work done: opportunities opened, next steps set, plans written?",
    "Does the person know the products, the market and how customers use them? A teach-back shows it.",
    "Is what is known put to use with a buyer? Where in the course of a deal do deals stop?",
    "What was agreed, on which day, and what was done? Never what somebody is like.",
    "Only with three observed behaviours, each with its day, by two people, over two quarters, after all the others.",
)
"""What is asked of each layer."""
DONE = {
    "shared": "Shared. {name} is told and has five working days to answer; nothing counts before.",
    "taken_back": "Taken back to a draft. {name} is told. When you share it again the five working days begin anew.",
    "read": "Thank you. That you read it is written down, and nothing else.",
    "answered": "Sent. It stands as you wrote it, and nobody else can change it.",
    "nothing_to_add": "Written down. The box stays open if something comes to you.",
    "used": "Used. The look is decided, and {name} is told.",
    "withdrawn": "Withdrawn with your reason. The look waits for a decision again.",
    "held": "Written down. {name} is told and can answer.",
    "not_held": "Written down. {name} is told and can answer.",
    "signed": "Signed.",
    "kept": "Written down. {name} is told and can answer.",
    "not_kept": "Written down. {name} is told and can answer.",
}
ACTED = {
    "shared": "shared version {version}",
    "taken_back": "took version {version} back to a draft",
    "read": "read version {version}",
    "answered": "answered",
    "nothing_to_add": "has nothing to add to version {version}",
    "used": "used version {version}",
    "withdrawn": "withdrew it",
    "held": "wrote that the talk was held",
    "not_held": "wrote that the talk was not held",
    "signed": "signed the agreement",
    "kept": "looked at it again: kept",
    "not_kept": "looked at it again: not kept",
}
SAYS = {
    "answered": "your answer",
    "withdrawn": "why you withdraw it",
    "held": "what you talked about",
    "not_held": "why it was not held",
    "kept": "what you saw on the day",
    "not_kept": "what was not done",
}
"""What the words of an act are, where they are missing."""


def layer_words(layer: int) -> str:
    """ "layer 3, knowledge"."""
    return f"layer {layer}, {LAYERS[layer].lower()}"


# What is computed beside the layers

Money = Callable[[int], str]


@dataclass(frozen=True, slots=True)
class Point:
    """One computed thing beside a layer. ``speaks``: it speaks for the person."""

    name: str
    says: str
    speaks: bool = False


def beside(facts: Mapping[str, Any], money: Money) -> tuple[tuple[Point, ...], ...]:
    """What is computed beside each of the seven layers, from frozen facts. Beside will and fit there is nothing."""
    return (
        _environment(facts, money), _results(facts, money), _effort(facts), _knowledge(facts), _skill(facts), (), (),
    )  # fmt: skip


def _environment(facts: Mapping[str, Any], money: Money) -> tuple[Point, ...]:
    said = facts["environment"]
    accounts = said["accounts"]
    if accounts is None or not accounts["middle"]:
        first = Point("Accounts", "Too few role peers, or no accounts, to compare.")
    else:
        own, middle = accounts["own"], accounts["middle"]
        first = Point(
            "Accounts",
            f"{_count(own, 'account')}, {own / middle:.1f} times the middle of role peers ({middle}).",
            own * 4 < middle * 3,
        )
    debts = "; ".join(f"{one['item']} ({_count(one['days'], 'day')})" for one in said["debts"])
    targets = " ".join(
        f"Set to {money(one['to'])} on {_day(one['on'])}, while {period_words(one['name'])} ran."
        for one in said["targets"]
    )
    seats = " ".join(
        f"{one['job']}{', ' + one['segment'] if one['segment'] else ''} since {_day(one['since'])}."
        for one in said["seats"]
    )
    return (
        first,
        Point("The company owes", f"{debts}." if debts else "Nothing that is open.", bool(debts)),
        Point("Target", targets or "No change while the last four quarters ran.", bool(targets)),
        Point("Seat and territory", seats or "No change in the last four quarters.", bool(seats)),
        _spans("Ramp", said["ramp"], "None in the last four quarters."),
        _spans("Leave", said["away"], "None is written down in the last four quarters."),
    )


def _spans(name: str, several: list[Mapping[str, Any]], none: str) -> Point:
    said = [f"{one['days']} of {one['of']} working days of {period_words(one['name'])}" for one in several]
    return Point(name, f"{', '.join(said)}. They asked for less." if said else none, bool(said))


def _results(facts: Mapping[str, Any], money: Money) -> tuple[Point, ...]:
    said = facts["results"]
    attained = ", ".join(f"{period_words(one['name'])} {one['percent']}" for one in said["quarters"])
    return (
        Point(
            "Attained, %",
            f"{attained}. The line is {facts['line']}." if attained else "Nothing was asked yet.",
        ),
        _change(said["change"]),
        *_starting_or_closing(said, money, facts["peers"]),
    )


def _change(change: Mapping[str, Any] | None) -> Point:
    if change is None:
        return Point("Earlier", "Fewer than five quarters to compare, or all alike: no change can be named.")
    of_20 = round(20 * change["chance"])
    by_chance = (
        "less than once in 20" if of_20 == 0 else "once in 20" if of_20 == 1 else f"{of_20} times in 20"
    )
    fell = change["after"] < change["before"]
    clear = (
        "It went well before that: ask what changed then." if fell and of_20 <= _RARE else
        "That is often enough to be chance alone." if of_20 > _RARE else "It has been better since."
    )  # fmt: skip
    return Point(
        "Earlier",
        f"Middle of {change['before']} % before {period_words(change['since'])}, {change['after']} % from then on. By "
        f"chance alone {change['quarters']} quarters like these have a split like this {by_chance}. {clear}",
        fell and of_20 <= _RARE,
    )


_RARE = 2
"""Of 20."""


def _starting_or_closing(said: Mapping[str, Any], money: Money, mates: int) -> tuple[Point, ...]:
    own, peers = said["own"], said["peers"]
    rate = f"{own['won']} of {own['closed']} closed deals won"
    between = f" (likely {own['low']} to {own['high']} %)" if own["rate"] is not None else ""
    started = "none" if own["opened"] is None else f"{own['opened']}"
    size = "none won" if own["size"] is None else money(own["size"])
    if peers is None:
        few = f"Role peers: {mates}, too few to compare."
        return (
            Point("Starting", f"{started} opened a quarter. {few}"),
            Point("Closing", f"{rate}{between}. Middle won deal: {size}."),
        )
    return (
        Point("Starting", f"{started} opened a quarter; the middle of role peers is {peers['opened'] or 0}."),
        Point(
            "Closing",
            f"{rate}{between}; role peers {peers['rate'] or 0} %. Middle won deal: {size}; "
            f"role peers {money(peers['size']) if peers['size'] is not None else 'none won'}.",
        ),
        Point("Where the gap is", _gap(own, peers)),
    )


_CLEARLY = 0.9
"""Under this part of the peers' figure it is called less."""


def _gap(own: Mapping[str, Any], peers: Mapping[str, Any]) -> str:
    """The parts of a result that are less than the peers', the largest gap first. Opened × won share × size."""
    parts = []
    for name, key in (("starting", "opened"), ("closing", "rate"), ("the size of deals", "size")):
        if own[key] is not None and peers[key]:
            parts.append((own[key] / peers[key], name))
    less = sorted(part for part in parts if part[0] < _CLEARLY)
    if not parts:
        return "Too little to say."
    if not less:
        return "In none of the three: opened, won of those closed, and size are nine tenths of the peers’ or more."
    said = [f"{name} ({round(100 * share)} % of the peers’)" for share, name in less]
    return f"In {' and '.join(said)}."


def _effort(facts: Mapping[str, Any]) -> tuple[Point, ...]:
    own, peers = facts["effort"]["own"], facts["effort"]["peers"]
    opened, theirs = facts["results"]["own"]["opened"], facts["results"]["peers"]
    beside_ = f"; the middle of role peers is {theirs['opened'] or 0}" if theirs else ""
    return (
        Point("Opened", f"{opened if opened is not None else 'None'} a quarter{beside_}."),
        Point("Next step", _part(own, peers, "next_step", "a next step")),
        Point("Plan", _part(own, peers, "plan", "a deal plan")),
        Point(
            "Not known here",
            "Meetings, calls and mails are not counted in Fairlead. Ask, and write down what was said.",
        ),
    )


def _part(own: Mapping[str, Any], peers: Mapping[str, Any] | None, key: str, what: str) -> str:
    if not own["open"]:
        return "No open deal."
    share = f"{round(100 * peers[key] / peers['open'])} %" if peers and peers["open"] else ""
    return f"{own[key]} of {_count(own['open'], 'open deal')} with {what}{'; role peers ' + share if share else ''}."


def _knowledge(facts: Mapping[str, Any]) -> tuple[Point, ...]:
    said, points = facts["knowledge"], []
    if said["lines"] is None:
        points.append(
            Point(
                "Product mix",
                f"{_count(said['won'], 'deal')} won in a year with a product: too few, or too few peers.",
            )
        )
    for one in said["lines"] or []:
        money = (
            f", of the money {one['own_money']} and {one['peers_money']} %"
            if one["peers_money"] is not None
            else ""
        )
        points.append(
            Point(
                one["name"],
                f"{one['own_count']} % of wins ({one['own_won']} of {said['won']}), role peers "
                f"{one['peers_count']} %{money}.",
            )
        )
    points.extend(
        Point("New line", f"Role peers took up {name} in the last four quarters; no win with it yet here.")
        for name in said["new"]
    )
    return tuple(points)


def _skill(facts: Mapping[str, Any]) -> tuple[Point, ...]:
    if not facts["skill"]:
        return (Point("Stage by stage", "Too few closed deals with a history of stages, or too few peers."),)
    return tuple(
        Point(
            f"Of those in “{one['stage']}”",
            f"{one['own_won']} of {one['own']} won (likely {one['low']} to {one['high']} %), "
            f"role peers {one['rate']} %.",
        )
        for one in facts["skill"]
    )


def _count(number: int, one: str) -> str:
    return f"{number} {one}" if number == 1 else f"{number} {one}s"


def _day(text: str) -> str:
    day = date.fromisoformat(text)
    return f"{day.day} {day:%b %Y}"

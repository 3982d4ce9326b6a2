"""What Marlow learned from deals that closed: sellers and buyers of past quarters, and two accounts that Ravi owes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import cycle

from fairlead.deals.models import Deal
from fairlead.forecasting.simulate import marlow
from fairlead.people import access, queries
from fairlead.people.models import Person
from fairlead.winloss import actions, rules

_SINCE = date(2026, 11, 1)
"""From here on owners of larger deals are asked."""
_FROM_MINOR = 70_000_00
_PAST = (date(2025, 10, 1), date(2026, 10, 31))
_SELLERS = ("rosa", "ravi", "ines", "tomas", "pia", "piet", "femi")
_HEARD_ON = datetime(2026, 11, 24, 9, 40, tzinfo=marlow.ZONE)


@dataclass(frozen=True)
class _Told:
    """What one side says: the primary reason, others with their rating, the moment, what to do differently."""

    primary: str
    others: Mapping[str, str]
    moment: str
    differently: str = ""


@dataclass(frozen=True)
class _Story:
    """A closed deal as both tell it."""

    rival: str
    rep: _Told
    buyer: _Told
    quote: str = ""
    outcome: str = "lost"


_C, _H = "contributed", "helped"
_LOST = (
    _Story(
        "Halvorsen Controls",
        _Told(
            "price",
            {"rival": _C},
            "Purchasing put the offers side by side and ours was dearer.",
            "Start lower.",
        ),
        _Told(
            "process",
            {"risk": _C, "product": _H},
            "They waited eleven days for a technical answer.",
            "Name one person who answers within a day.",
        ),
        "We liked the sensor. We never got our questions answered.",
    ),
    _Story(
        "Doing nothing",
        _Told("timing", {"priorities": _C}, "The board moved all projects into next year."),
        _Told(
            "timing",
            {"priorities": _C},
            "Nobody could say what waiting costs, so they waited.",
            "Bring a figure for each month of waiting.",
        ),
        outcome="no_decision",
    ),
    _Story(
        "Halvorsen Controls",
        _Told(
            "price",
            {"incumbent": _C},
            "They asked for 15 per cent and we gave 5.",
            "Ask earlier what it may cost.",
        ),
        _Told(
            "risk",
            {"rival": _C},
            "The plant manager had no reference with a plant like theirs.",
            "Take them to a running plant.",
        ),
    ),
    _Story(
        "Their own maintenance",
        _Told("price", {}, "The saving was too small for their controller."),
        _Told("price", {"incumbent": _C}, "Their own people could do most of it for less."),
    ),
    _Story(
        "Benthos Instruments",
        _Told(
            "product",
            {"price": _C},
            "The wireless model was not approved for their zone.",
            "Check the zone first.",
        ),
        _Told("product", {"process": _C}, "Approval was missing, and they learned it in the last week."),
        "You knew our zone since March.",
    ),
    _Story(
        "Halvorsen Controls",
        _Told("price", {"rival": _C}, "The rival gave a year for free."),
        _Told(
            "access",
            {"process": _C},
            "Three sellers in a year; nobody knew what was agreed.",
            "Hand over in their presence.",
        ),
        "We told the same story three times.",
    ),
    _Story(
        "Benthos Instruments",
        _Told("rival", {"price": _C}, "Their consultant had used the rival before."),
        _Told(
            "rival",
            {"access": _C},
            "The rival’s engineer was on site every week.",
            "Send an engineer, not slides.",
        ),
    ),
    _Story(
        "Halvorsen Controls",
        _Told("price", {}, "It was price, they said so on the phone."),
        _Told("process", {"price": _H}, "The contract came with the wrong annex, twice."),
    ),
    _Story(
        "Doing nothing",
        _Told("priorities", {"timing": _C}, "A new director stopped everything."),
        _Told(
            "priorities",
            {"access": _C},
            "The new director had never heard of it.",
            "Meet the new one in the first week.",
        ),
        outcome="no_decision",
    ),
)
_WON = (
    _Story(
        "Halvorsen Controls",
        _Told("product", {"access": _C}, "The trial line ran a month without drift."),
        _Told("product", {"risk": _C, "process": _C}, "The trial, and that somebody came the day it failed."),
    ),
    _Story(
        "Benthos Instruments",
        _Told("access", {"price": _C}, "The head of quality carried it through the board."),
        _Told(
            "risk", {"access": _C}, "A plant like theirs told them how it went.", "Offer the visit earlier."
        ),
        "The visit did it.",
    ),
    _Story(
        "Doing nothing",
        _Told("priorities", {"access": _C}, "A fine in spring made it urgent."),
        _Told("priorities", {"product": _C}, "After the fine it had to be there by winter."),
    ),
)
_QUILL = _Story(
    "Halvorsen Controls", _Told("", {}, ""),
    _Told("process", {"price": _C}, "The offer they had asked for on a Monday came on the Friday after.",
          "Answer first, polish later."),
)  # fmt: skip


def fill(everybody: dict[str, Person]) -> None:
    """Both accounts of a dozen closed deals, an interview Ravi has not read yet, one that Pia was asked for."""
    by = access.system("the demo fills its company")
    set_at = datetime(2026, 10, 28, 10, 0, tzinfo=marlow.ZONE)
    rule = rules.Rule(asks=True, fixed_minor=_FROM_MINOR)
    actions.set_rule(by=by, at=set_at, rule=rule, starts_on=_SINCE)
    for number, (who, deal, story) in enumerate(_stories(everybody)):
        _play(everybody, who, deal, story, number)
    ravi = _closed(everybody["ravi"], (_SINCE, marlow.NOW.date()))
    lost = next(deal for deal in ravi if deal.status == "lost")
    _hear(everybody, lost, _QUILL, _HEARD_ON, 1)
    won = next((deal for deal in ravi if deal.status == "won"), None)
    if won is not None:
        actions.ask_for_interview(
            by=queries.actor(everybody["olu"].pk, _HEARD_ON), at=_HEARD_ON, deal=won.public_id,
            interviewer=everybody["pia"].public_id, due_on=date(2026, 12, 4),
            with_whom="The plant manager expects a call this week.",
        )  # fmt: skip


def _closed(owner: Person, days: tuple[date, date]) -> list[Deal]:
    """Closed deals of somebody, the largest first."""
    rows = Deal.objects.for_system("the demo acts on deals of its story").filter(
        owner=owner, closed_on__range=days
    )
    return list(rows.exclude(status="open").exclude(name="").order_by("-home_minor", "pk")[:60])


def _stories(everybody: dict[str, Person]) -> Iterator[tuple[str, Deal, _Story]]:
    """Two deals of each seller: one of them won for two of them, and where not enough were lost."""
    lost, won = cycle(_LOST), cycle(_WON)
    for n, who in enumerate(_SELLERS):
        closed = _closed(everybody[who], _PAST)
        wins = [deal for deal in closed if deal.status == "won"]
        losses = [deal for deal in closed if deal.status == "lost"][: 1 if n in (0, 4) else 2]
        for deal in [*losses, *wins][:2]:
            yield who, deal, next(won if deal.status == "won" else lost)


def _play(everybody: dict[str, Person], who: str, deal: Deal, story: _Story, number: int) -> None:
    """The seller two days after the close, the buyer ten days later."""
    said_at = _moment(deal, 2)
    actions.say(
        by=queries.actor(everybody[who].pk, said_at), at=said_at, deal=deal.public_id,
        said=_said(deal, story, story.rep),
    )  # fmt: skip
    _hear(everybody, deal, story, _moment(deal, 12), number)


def _moment(deal: Deal, days: int) -> datetime:
    assert deal.closed_on is not None
    day = deal.closed_on + timedelta(days=days)
    return datetime(day.year, day.month, day.day, 15, 10, tzinfo=marlow.ZONE)


_BUYERS = (("Eva Sorensen", "head of purchasing"), ("Jan Weber", "plant manager"), ("Lucia Conti", "head of quality"),
           ("Mark Hale", "controller"), ("Sofia Lund", "managing director"))  # fmt: skip


def _hear(everybody: dict[str, Person], deal: Deal, story: _Story, at: datetime, number: int) -> None:
    buyer, role = _BUYERS[number % len(_BUYERS)]
    outside = "Nadia Frost, Northfold Research" if number % 3 == 0 else ""
    talk = rules.Talk(buyer, role, at.date(), outside, bool(story.quote), story.quote)
    actions.interview(
        by=queries.actor(everybody["olu"].pk, at), at=at, deal=deal.public_id, said=_said(deal, story, story.buyer),
        talk=talk,
    )  # fmt: skip


def _said(deal: Deal, story: _Story, told: _Told) -> rules.Said:
    plain = {
        "outcome": "won" if deal.status == "won" else story.outcome, "primary": told.primary, "rival": story.rival,
        "moment": told.moment, "differently": told.differently,
    }  # fmt: skip
    return rules.said_of(rules.Rule(), plain, told.others)

"""What Rosa shares with Nordwind: a mutual plan in two versions, one address that is open and one that was revoked."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from fairlead.cli import demo_deals
from fairlead.forecasting.simulate import marlow
from fairlead.mutual import actions, rules
from fairlead.people import queries
from fairlead.people.models import Person

_PLAN: dict[str, Any] = {
    "title": "Both pulp lines measured before Easter",
    "ours": "Marlow Instruments",
    "theirs": "Nordwind Paper Mills",
    "goal": "Both lines are measured every hour, and the pulp that is lost on them is halved by Easter.",
    "go_live_on": "2027-03-15",
    "closing": "We go through this page together every second Thursday. What moves is written here first.",
    "our_contacts": [
        {"name": "Rosa Lindqvist", "role": "account manager", "reach": "rosa.lindqvist@marlow.example"},
        {"name": "Vera Lindholm", "role": "sponsor", "reach": "vera.lindholm@marlow.example"},
    ],
    "their_contacts": [
        {"name": "Karin Holm", "role": "CFO"},
        {"name": "Marta Lind", "role": "plant manager"},
        {"name": "Jens Aho", "role": "head of IT"},
    ],
}
_FIRST: list[dict[str, Any]] = [
    {"what": "Go through the loss of both lines", "ours": "Rosa Lindqvist", "theirs": "Marta Lind",
     "due_on": "2026-11-12"},
    {"what": "Send your contract template", "theirs": "Jens Aho", "due_on": "2026-11-16"},
    {"what": "Call on the price over three years", "ours": "Vera Lindholm", "theirs": "Karin Holm",
     "due_on": "2026-11-26"},
    {"what": "Sign", "ours": "Vera Lindholm", "theirs": "Karin Holm", "due_on": "2026-12-14"},
]  # fmt: skip
_SECOND: list[dict[str, Any]] = [
    {**_FIRST[0], "done": True, "key": 1},
    {**_FIRST[1], "due_on": "2026-11-25", "key": 2},
    {**_FIRST[2], "key": 3},
    {
        "what": "Purchasing confirms that ten working days are enough",
        "theirs": "Jens Aho",
        "due_on": "2026-11-30",
    },
    {**_FIRST[3], "key": 4},
    {
        "what": "Install the first line",
        "ours": "Rosa Lindqvist",
        "theirs": "Marta Lind",
        "due_on": "2027-02-08",
    },
]


def fill(everybody: dict[str, Person]) -> None:
    """Version 1 with two addresses; the one for Jens Aho is revoked; version 2 a week later."""
    deal = demo_deals.deal_of(everybody["rosa"], "Nordwind Paper Mills").public_id
    first = datetime(2026, 11, 11, 14, 20, tzinfo=marlow.ZONE)
    second = datetime(2026, 11, 20, 10, 45, tzinfo=marlow.ZONE)
    _publish(everybody["rosa"], deal, first, _FIRST, 0)
    karin = _address(everybody["rosa"], deal, first + timedelta(minutes=4), "Karin Holm, CFO")
    jens = _address(everybody["rosa"], deal, first + timedelta(minutes=6), "Jens Aho, head of IT")
    actions.note_opening(address=jens[0], at=first + timedelta(hours=2))
    gone = datetime(2026, 11, 18, 9, 5, tzinfo=marlow.ZONE)
    actions.revoke(by=queries.actor(everybody["rosa"].pk, gone), at=gone, deal=deal, address=jens[1])
    _publish(everybody["rosa"], deal, second, _SECOND, 1)
    for hours in (-170, -20, 3, 70):
        actions.note_opening(address=karin[0], at=second + timedelta(hours=hours))


def _publish(rosa: Person, deal: str, at: datetime, steps: list[dict[str, Any]], after: int) -> None:
    plan = rules.plan_of({**_PLAN, "steps": steps})
    actions.publish(by=queries.actor(rosa.pk, at), at=at, deal=deal, plan=plan, after_version=after)


def _address(rosa: Person, deal: str, at: datetime, whom: str) -> tuple[int, str]:
    """An address's key and id; in the demo nobody is sent it, so make another one to read the page."""
    made, _ = actions.share(by=queries.actor(rosa.pk, at), at=at, deal=deal, whom=whom, days=60)
    return made.pk, made.public_id

"""What came to Mina's desk from above, what she decided, and what one rep heard of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fairlead.cli import demo_deals
from fairlead.desk import actions, broadcasts, calendar, company, rules
from fairlead.desk.actions import Given
from fairlead.forecasting.simulate import marlow
from fairlead.people import queries
from fairlead.people.models import Person


def _at(day: int, hour: int, minute: int) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=marlow.ZONE)


@dataclass(frozen=True, slots=True)
class _Message:
    """Who wrote what when, of which deal (owner, name); its kind, and what Mina did: (when, act, words, more)."""

    who: str
    at: datetime
    title: str
    text: str
    kind: str
    deal: tuple[str, str] | None = None
    done: tuple[tuple[datetime, str, str, dict[str, Any]], ...] = field(default_factory=tuple)


_KESTREL, _NORDWIND, _LUMEN = (
    ("ravi", "Kestrel Chemicals"), ("rosa", "Nordwind Paper Mills"), ("ines", "Lumen Foods"),
)  # fmt: skip
_MESSAGES = (
    _Message(
        "vera", _at(12, 9, 20), "Who signs at Nordwind?",
        "Carl wants to know who signs at Nordwind, and whether we have met them.", "question", _NORDWIND,
        (
            (_at(12, 11, 5), "answered", "Karin Holm, their CFO, decides alone up to 300 thousand. Rosa met her on "
             "28 October. Her budget of 250 is approved since today.", {}),
            (_at(12, 11, 10), "passed", "Well done on the budget. Please note in the plan who proposes and who signs.",
             {"to": "rosa"}),
        ),
    ),
    _Message(
        "vera", _at(17, 9, 40), "Is Kestrel safe?", "Is Kestrel safe for December? It has moved before.", "question",
        _KESTREL,
        (
            (_at(17, 11, 45), "answered", "It stands for 18 December. Their site manager has the budget; the security "
             "review has no day yet, and I ask for it this week.", {}),
            (_at(17, 11, 50), "passed", "Please ask Kestrel which day their security review starts, by Friday.",
             {"to": "ravi"}),
        ),
    ),
    _Message(
        "carl", _at(18, 8, 15), "What is booked?", "What is booked in the north by now? The board asks.", "question",
        None,
        ((_at(18, 9, 0), "answered", "It stands in Tuesday’s call: what is booked, the call, the range.", {}),),
    ),
    _Message(
        "carl", _at(19, 16, 5), "New service hours", "From December the service line is staffed until 20:00.", "news",
        None,
        ((_at(20, 9, 10), "passed_raw", "", {"to": "rosa ravi ines tomas", "confirmed": True}),),
    ),
    _Message(
        "vera", _at(20, 10, 30), "Discounts before year end",
        "No discount above 5 % without me until the end of the year, please tell everybody.", "instruction", None,
        ((_at(20, 10, 40), "passed_raw", "", {"to": "tomas", "confirmed": True}),),
    ),
    _Message(
        "carl", _at(20, 17, 15), "Daily list of deals", "Send me the list of all open deals every evening.",
        "instruction", None,
        ((_at(20, 17, 50), "declined", "An evening list costs each rep half an hour a day. Tuesday’s call has every "
          "change with its reason; I call you the same hour when something large moves.", {}),),
    ),
    _Message(
        "carl", _at(20, 15, 20), "Lumen Foods: thanks to the team",
        "The head of quality at Lumen told me how well the trial was run. Thanks to all of you.", "praise", _LUMEN,
        ((_at(20, 15, 40), "held", "", {"until": _at(26, 9, 0), "event": "Thursday’s team meeting"}),),
    ),
    _Message(
        "vera", _at(23, 9, 10), "Pipeline review twice a week from now on",
        "I want a pipeline review twice a week from now on, Mondays and Thursdays, with everybody in the room.",
        "instruction",
    ),
    _Message(
        "vera", _at(23, 16, 40), "Commission plan from 1 January",
        "From 1 January the accelerator begins at 105 % of quota in place of 100 %. Finance confirmed it today.", "pay",
    ),
    _Message(
        "carl", _at(24, 11, 5), "Are we on 2.4 or not?", "Are we on 2.4 in the north or not? What is booked by now?",
        "question",
    ),
    _Message(
        "vera", _at(24, 13, 20), "Kestrel: daily update until it closes",
        "Carl asks me every day whether Kestrel still closes this year. It has moved before. I need to know what Ravi "
        "is doing about it, every day until it is signed. We cannot miss another one.",
        "concern", _KESTREL,
    ),
)  # fmt: skip


def fill(everybody: dict[str, Person]) -> None:
    """Mina's desk as it looks on arrival; Ravi and Rosa heard a sentence each, and Tomas logged a call."""
    for number, one in enumerate(_MESSAGES):
        deal = demo_deals.deal_of(everybody[one.deal[0]], one.deal[1]).public_id if one.deal else ""
        row = actions.write(
            by=queries.actor(everybody[one.who].pk, one.at), at=one.at, key=f"demo message {number}",
            given=Given(one.title, one.text, deal=deal, urgency="today" if one.kind == "concern" else "week"),
            to=None if one.deal else everybody["mina"],
        )  # fmt: skip
        told = one.done[0][0] if one.done else one.at
        actions.set_kind(
            by=queries.actor(everybody["mina"].pk, told), at=told, message=row.public_id, kind=one.kind
        )
        for at, kind, words, more in one.done:
            _act(everybody, row.public_id, at, kind, words, dict(more))
    _to_many(everybody)
    at = _at(20, 13, 5)
    actions.log_contact(
        by=queries.actor(everybody["tomas"].pk, at), at=at, key="demo contact", executive=everybody["carl"],
        deal=demo_deals.deal_of(everybody["tomas"], "Sable Dairy").public_id,
        words="Called about the price of Sable Dairy.",
    )  # fmt: skip


def _to_many(everybody: dict[str, Person]) -> None:
    """Vera's message to two managers, of whom one answered; a board day in two working days, and a closed
    office for everybody."""
    at = _at(24, 9, 30)
    vera = queries.actor(everybody["vera"].pk, at)
    broadcasts.send(
        by=vera, at=at, key="demo to many", to=[everybody[name].public_id for name in ("otto", "sanna")],
        given=Given(
            "Price list from January", "The price list changes on 1 January, 3 % on service, nothing on devices. "
            "Which of your deals would it reach? I can keep the old prices for offers that are out.", job="manager",
        ),
        release_at=_at(30, 9, 0),
    )  # fmt: skip
    sent = broadcasts.listing(vera, at)[0]
    told = _at(24, 11, 0)
    otto = queries.actor(everybody["otto"].pk, told)
    mine = next(line.public_id for line in sent.lines if line.manager == everybody["otto"].name)
    actions.act(
        by=otto, at=told, message=mine, key="demo to many", kind="news", attach=False,
        wanted=rules.Wanted("answered", "Two offers are out, both above 100 thousand. Please keep the old prices."),
    )  # fmt: skip
    calendar.keep(by=queries.actor(everybody["olu"].pk, at), at=at, on=_at(26, 9, 0).date(), kind="board")
    company.send(
        by=queries.actor(everybody["hana"].pk, at), at=at, reason="closed", key="demo closed",
        title="All offices close at noon on 4 December",
        text="The building tests its alarms on Friday 4 December. Please work from home from noon.",
    )  # fmt: skip


def _act(
    everybody: dict[str, Person], message: str, at: datetime, kind: str, words: str, more: dict[str, Any]
) -> None:
    to = [everybody[name].public_id for name in more.pop("to", "").split()]
    actions.act(
        by=queries.actor(everybody["mina"].pk, at), at=at, message=message, wanted=rules.Wanted(kind, words, **more),
        to=to, key=f"demo {kind} {at:%d%H%M}",
    )  # fmt: skip

"""What Marlow's people ask of those above: one ask done, one waiting for Vera, one for Mina; a debt with a day.

The debt for the refused engineer is opened by the plan itself; see `demo_deals.plan`.
"""

from __future__ import annotations

from datetime import date, datetime

from fairlead.asks import actions
from fairlead.asks.rules import Content, Debrief, Word
from fairlead.cli import demo_deals
from fairlead.debts import actions as debts
from fairlead.debts import queries as debt_queries
from fairlead.forecasting.simulate import marlow
from fairlead.people import queries
from fairlead.people.models import Person

_WHOSE = "It is in Mina Aalto’s number; ask Mina."
_REFERENCE = Content(
    "reference", "Marta Lind", "plant manager", "Ask the mill in Kemi to talk with Marta Lind.",
    "She has spoken with a plant like hers.", date(2026, 11, 23), _WHOSE,
    "You know the mill’s director; one message from you opens it.",
    "Two lines lose 4 % of pulp; she wants to hear it from a plant, not from us.", ("A visit before a contract",),
)  # fmt: skip
_PRICE = Content(
    "call", "Karin Holm", "CFO", "Confirm the three-year price to Karin Holm.", "She names the day of signature.",
    date(2026, 11, 26), _WHOSE, "Ten minutes, one to one, without us on the line.",
    "240 thousand, two sites, by 14 December. Her budget of 250 is approved; a rival offers 12 % less for one site.",
    ("A price below 80 thousand a year", "A start before 11 January", "The second site for later"),
)  # fmt: skip
_ROADMAP = Content(
    "roadmap", "Jens Aho", "head of IT", "Tell Jens Aho what is planned for the interface, and what is not.",
    "He puts no condition on the interface into the contract.", date(2026, 12, 2), _WHOSE,
    "What is planned and what is not, said to him by you.",
    "He brought the security review through without conditions and can still stop it.",
    ("A date for the new interface",),
)  # fmt: skip
_TOLD = Debrief(
    "The mill’s director called her the same day. Marta Lind heard that the probe held for two winters, and asked how "
    "fast somebody is there when it drifts.",
    "yes", date(2026, 11, 20), "Our service contract names no time of arrival, and she noticed.",
    "A written time of arrival for both sites", date(2026, 12, 1),
    (Word("The mill’s drift readings of two winters", "executive", date(2026, 11, 27)),),
)  # fmt: skip


def fill(everybody: dict[str, Person]) -> None:
    """The asks of Rosa for Nordwind, as far as they have come."""
    done = _written(everybody, _REFERENCE, "vera", _at(18, 9, 30))
    _step(everybody, "mina", done, "approved", _at(18, 11, 5))
    _step(everybody, "vera", done, "accepted", _at(18, 17, 40), date(2026, 11, 20))
    told = _at(20, 16, 15)
    by = queries.actor(everybody["vera"].pk, told)
    actions.debrief(by=by, at=told, ask=done, given=_TOLD, key="demo debrief")
    waits = _written(everybody, _PRICE, "vera", _at(23, 10, 20))
    _step(everybody, "mina", waits, "approved", _at(23, 13, 50))
    _written(everybody, _ROADMAP, "carl", _at(24, 11, 10))
    _otto_names_a_day(everybody)


def _at(day: int, hour: int, minute: int) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=marlow.ZONE)


def _written(everybody: dict[str, Person], content: Content, to: str, at: datetime) -> str:
    deal = demo_deals.deal_of(everybody["rosa"], "Nordwind Paper Mills")
    row = actions.write(
        by=queries.actor(everybody["rosa"].pk, at), at=at, deal=deal.public_id, addressee=everybody[to],
        content=content, key=f"demo {content.kind}",
    )  # fmt: skip
    return row.public_id


def _step(
    everybody: dict[str, Person], who: str, ask: str, kind: str, at: datetime, on: date | None = None
) -> None:
    by = queries.actor(everybody[who].pk, at)
    actions.act(by=by, at=at, ask=ask, kind=kind, key=f"demo {kind}", on=on)  # type: ignore[arg-type]


def _otto_names_a_day(everybody: dict[str, Person]) -> None:
    """The engineer that Otto refused in Rosa's plan: he says by when he can spare one."""
    at = _at(23, 15, 0)
    otto = queries.actor(everybody["otto"].pk, at)
    for line in debt_queries.book(otto, at).owed_by_me:
        debts.act(by=otto, at=at, debt=line.public_id, kind="dated", due_on=date(2026, 12, 3))

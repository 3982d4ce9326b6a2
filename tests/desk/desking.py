"""Messages of the cast, for the tests of the desk: Vera writes, Mina decides, Ravi hears what Mina passes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from fairlead.desk import actions, queries, rules
from fairlead.desk.actions import Given
from tests.calls.company import Company
from tests.cast import AT

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TEXT = (
    "Carl asks me every day whether Kestrel still closes this year. It has moved before. I need to know what Ravi is "
    "doing about it, every day until it is signed."
)
MINE = "Please note down who signs at the buyer, and when you last spoke."


def written(
    team: Company,
    text: str = TEXT,
    *,
    deal: str = "Kestrel",
    at: datetime = AT,
    who: str = "vera",
    **more: Any,
) -> str:
    """A message of Vera's about a deal, to whoever is accountable; its public id."""
    given = Given("Kestrel", text, deal=team.deals[deal].public_id if deal else "", **more)
    to = None if deal else team.cast.mina
    return actions.write(
        by=team.cast.actor(who, at), at=at, given=given, to=to, key=f"{text[:20]} {deal} {at}"
    ).public_id


def pasted(
    team: Company, text: str = TEXT, *, at: datetime = AT, key: str = "paste", who: str = "mina", **more: Any
) -> str:
    given = Given("Pasted", text, **({"sender_name": "Ari Board"} | more))
    return actions.receive(by=team.cast.actor(who, at), at=at, given=given, key=key).public_id


def act(
    team: Company, message: str, kind: str, text: str = "", *, who: str = "mina", at: datetime = AT + HOUR,
    said: str = "concern", to: str = "", key: str = "", **more: Any,
) -> None:  # fmt: skip
    """An act on a message; ``to`` names people of the cast."""
    names = [getattr(team.cast, name).public_id for name in to.split()]
    extra = {name: more.pop(name) for name in ("opens", "attach") if name in more}
    actions.act(
        by=team.cast.actor(who, at), at=at, message=message, wanted=rules.Wanted(kind, text, **more), kind=said,
        to=names, key=key or f"{kind} {at} {text[:20]}", **extra,
    )  # fmt: skip


def tray(team: Company, who: str = "mina", at: datetime = AT + HOUR) -> list[str]:
    return [one.public_id for one in queries.tray(team.cast.actor(who, at), at).to_decide]


def held(team: Company, who: str = "mina", at: datetime = AT + HOUR) -> list[str]:
    return [one.public_id for one in queries.tray(team.cast.actor(who, at), at).held]


def heard(team: Company, who: str, at: datetime = AT + HOUR) -> list[queries.Heard]:
    return queries.heard(team.cast.actor(who, at), at)


def state(team: Company, message: str, who: str = "mina", at: datetime = AT + HOUR) -> rules.Standing:
    return queries.one(team.cast.actor(who, at), message, at).line.standing

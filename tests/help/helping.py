"""Requests of the cast, for the tests of help: Rosa asks, Mina answers, Hana is behind the second door."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from fairlead.help import actions, queries
from fairlead.help.actions import Asked, Wish
from tests.cast import AT, Cast

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LATER = AT + 6 * DAY
"""After the three working days that a request may wait from AT on."""
WORDS = Asked("A day in the lab", "I need a day in the lab before Christmas.", "I asked the lab.")


def asked(cast: Cast, who: str = "rosa", *, at: datetime = AT, key: str = "ask", given: Asked = WORDS) -> str:
    """A request to the manager of the day; its public id."""
    return actions.ask(by=cast.actor(who, at), at=at, given=given, key=key).public_id


def step(
    cast: Cast, who: str, request: str, kind: str, text: str = "", *, at: datetime = AT + HOUR, **more: Any
) -> Any:
    return actions.step(by=cast.actor(who, at), at=at, request=request, kind=kind, text=text, **more)


def further(
    cast: Cast, request: str, to: str = "hana", *, who: str = "rosa", at: datetime = LATER, key: str = "further",
    told: bool = False,
) -> str:  # fmt: skip
    """Through the second door; the public id of what came there."""
    return actions.send_further(
        by=cast.actor(who, at), at=at, request=request, to=getattr(cast, to).public_id, given=WORDS, key=key,
        tell_manager=told,
    ).public_id  # fmt: skip


def complained(
    cast: Cast, to: str = "hana", *, who: str = "rosa", at: datetime = AT, key: str = "complaint"
) -> str:
    by = cast.actor(who, at)
    return actions.complain(by=by, at=at, to=getattr(cast, to).public_id, given=WORDS, key=key).public_id


def offered(cast: Cast, who: str, request: str = "", at: datetime = AT) -> list[str]:
    """First names of who is behind the second door, in order."""
    actor = cast.actor(who, at)
    first = queries.own(actor, request) if request else None
    return [door.name.split(" ")[0] for door in queries.second_doors(actor, first, at)]


def page(cast: Cast, who: str, request: str, at: datetime = AT + HOUR) -> queries.RequestPage:
    return queries.one(cast.actor(who, at), request, at)


REVIEW = date(2027, 1, 29)


def wished(
    cast: Cast, *, at: datetime = AT, after: int = 0, key: str = "wish", shielded: str = "Daily questions"
) -> Any:
    wish = Wish("I lose the morning.", shielded, "9 to 17", "Mail", REVIEW)
    return actions.ask_shield(by=cast.actor("rosa", at), at=at, wish=wish, after_version=after, key=key)


def answered(
    cast: Cast, shield: str, *, at: datetime = AT + HOUR, key: str = "answer", needed: str = ""
) -> Any:
    return actions.answer_shield(
        by=cast.actor("mina", at), at=at, shield=shield, promised="I take them myself\nNobody calls you at a customer",
        needed=needed or "News within 24 hours", review_on=REVIEW, key=key,
    )  # fmt: skip


def agreed(cast: Cast) -> Any:
    """Rosa's shield, signed by both."""
    row = answered(cast, wished(cast).public_id)
    at = AT + 2 * HOUR
    actions.act_on_shield(
        by=cast.actor("rosa", at), at=at, shield=row.public_id, kind="signed", digest=row.digest
    )
    return row

"""Agreements of the cast, for the tests: Rosa writes, Mina signs."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from fairlead.agreements import actions, queries
from fairlead.agreements.models import Version
from fairlead.agreements.rules import Content
from fairlead.people import switches
from tests.cast import AT, Cast

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
REVIEW = date(2027, 1, 29)
OWN = Content(
    "I lose the morning.", ("Daily questions",), "9 to 17", "Mail", 24, 4, ("One number a week",), ("No surprises",),
    ("I answer upstairs",),
)  # fmt: skip


def turned_on(cast: Cast, head: str = "carl", state: str = "on", feature: str = "agreements") -> None:
    switches.turn(by=cast.actor("ada"), at=AT, feature=feature, head=getattr(cast, head), state=state)


def begun(
    cast: Cast, who: str = "rosa", other: str = "mina", *, at: datetime = AT, content: Content = OWN, key: str = "one",
    review: date = REVIEW,
) -> Version:  # fmt: skip
    return actions.begin(
        by=cast.actor(who, at), at=at, other=getattr(cast, other).public_id, content=content, review_on=review, key=key
    )  # fmt: skip


def acted(cast: Cast, who: str, version: Version, kind: str, *, at: datetime = AT + HOUR, **more: Any) -> Any:
    return actions.act(
        by=cast.actor(who, at), at=at, agreement=version.agreement.public_id, kind=kind,
        digest=more.pop("digest", version.digest), **more,
    )  # fmt: skip


def agreed(cast: Cast, **more: Any) -> Version:
    """Rosa's agreement with Mina, in force."""
    row = begun(cast, **more)
    acted(cast, "mina", row, "signed", at=more.get("at", AT) + HOUR)
    return row


def changed(
    cast: Cast, who: str, version: Version, content: Content, *, at: datetime = AT + 2 * HOUR, after: int = 1,
    key: str = "change", reason: str = "It did not work", review: date = REVIEW,
) -> Version:  # fmt: skip
    return actions.propose(
        by=cast.actor(who, at), at=at, agreement=version.agreement.public_id, content=content, review_on=review,
        reason=reason, after=after, key=key,
    )  # fmt: skip


def page(cast: Cast, who: str, version: Version, at: datetime = AT + 3 * HOUR) -> queries.Page:
    return queries.one(cast.actor(who, at), version.agreement.public_id, at)

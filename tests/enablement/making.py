"""A small catalogue for the cast: sellers without a title sell as “Seller” since their first day."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from fairlead.enablement import actions, rules
from fairlead.enablement.models import Entry
from tests.cast import AT, Cast

SAID = AT - timedelta(days=40)
GIVEN = rules.Given("seller", "", "market", "A day with the market desk", "The day was held", 30)
STUDY = rules.Known(
    "account",
    "Nordwind after the merger",
    "Nordwind",
    "They buy in one place now.",
    "Their report",
    AT.date(),
)


def item(
    cast: Cast,
    *,
    who: str = "olu",
    owner: str = "sanna",
    at: datetime = SAID,
    team: bool = False,
    **more: object,
) -> str:
    """Keep an item as sales operations, answered for by Sanna; its public id."""
    given = replace(GIVEN, **more)  # type: ignore[arg-type]
    row = actions.keep_item(
        by=cast.actor(who, at), at=at, given=given, owner=getattr(cast, owner).public_id, team=team
    )
    return Entry.objects.get(pk=row.entry_id).public_id


def delivered(
    cast: Cast, key: str, *names: str, at: datetime = AT, who: str = "sanna", words: str = "Held."
) -> None:
    """Deliver an item to some."""
    actions.deliver(
        by=cast.actor(who, at), at=at, item=key, persons=[getattr(cast, name).public_id for name in names],
        on=at.date(), words=words,
    )  # fmt: skip
